#pragma once

#include <filesystem>
#include <optional>

#include "models/model.h"

namespace headscope {

/// What a file of this name is to a model: a picture (PNG, JPEG), a sound (WAV, FLAC, OGG, Opus); none:
/// neither.
std::optional<InputKind> input_kind_of(const std::filesystem::path& file);

/// Why a model cannot be given a file of this kind: one sentence and what to do.
Error wrong_input(const Model& model, InputKind kind, const std::filesystem::path& file);

}  // namespace headscope
