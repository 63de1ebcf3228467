#pragma once

#include <filesystem>
#include <memory>
#include <string>

#include "core/thread_pool.h"
#include "models/family.h"
#include "models/model.h"
#include "models/params_reader.h"

namespace headscope {

/// What is known of a checkpoint when its family turns out to look or to listen.
struct MediaModelParts {
  std::string name;
  ModelInfo info;
  std::filesystem::path folder;
  FamilyModel family;  ///< with `patches` or `sound`
  FamilyParams params;
  TokenizerPtr tokenizer;
  std::shared_ptr<ThreadPool> pool;
};

/// The model, prepared for pictures or sounds as preprocessor_config.json says, or as the family does where
/// that file is missing. A file that cannot be followed is no error here: the model then reads numbers alone,
/// and says why when it is given a picture or a sound.
ModelPtr media_model(MediaModelParts parts);

}  // namespace headscope
