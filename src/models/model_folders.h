#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "base/paths.h"
#include "base/result.h"

/// Which checkpoints there are on this machine, so that a person picks one instead of typing a path.
namespace headscope {

struct ModelFolder {
  std::string name;  ///< "EleutherAI/pythia-70m", or the folder's own name
  std::filesystem::path folder;
};

/// Checkpoint folders (those with a config.json) in the usual places, sorted by name: the Hugging Face cache
/// ($HF_HUB_CACHE, $HF_HOME/hub, or ~/.cache/huggingface/hub; of each model the snapshot that `main` names,
/// else the newest), the folders in $HEADSCOPE_MODELS (separated as in $PATH) and ~/models. What cannot be
/// read is left out; nothing is opened but folders.
std::vector<ModelFolder> found_models();

/// The folders that were opened last, newest first; those that are gone are left out. A list that cannot be
/// read is an empty one.
std::vector<ModelFolder> recent_models(const std::filesystem::path& state_folder = state_dir());

inline constexpr int kMaxRecentModels = 12;

/// Puts a folder at the head of the list, which is written whole or not at all. Errors: as
/// write_file_atomically.
Status remember_model(const std::filesystem::path& folder,
                      const std::filesystem::path& state_folder = state_dir());

}  // namespace headscope
