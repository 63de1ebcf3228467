#pragma once

#include <filesystem>
#include <string>

#include "base/result.h"
#include "document/document.h"

/// How a document names its model and its input when it lies in a file: a built-in model by its name, a
/// checkpoint folder by its path from the file's folder and a hash, so that both can be moved together and a
/// changed checkpoint is noticed; a picture or a sound by its path from the file's folder.
namespace headscope {

/// 16 hexadecimal digits over config.json and the headers of all safetensors files: names, types and shapes
/// of every tensor, but no weights, so that a large model costs nothing. Tells changes, not forgeries. ""
/// when `folder` is no checkpoint.
std::string checkpoint_hash(const std::filesystem::path& folder);

/// The document as it is written into a file in `folder`: models and inputs relative to it, models with their
/// hashes.
Document with_relative_paths(Document document, const std::filesystem::path& folder);

/// The other way: models and inputs that lie relative to `folder` get a path that can be opened from here.
/// One that is not there stays as it is written.
Document with_found_paths(Document document, const std::filesystem::path& folder);

/// The model that a document, or the start of its story, asks for and that is not there; "" when all are.
std::string missing_model(const Document& document);

/// The document with `found` in the place of the model `missing`: in what is shown, in the start of the
/// story, and where its steps choose it.
Document with_model_at(Document document, const std::string& missing, const std::string& found);

/// Whether the model of a document, or of a story's start, is there and is the one it was saved with.
/// Errors: NotFound; Corrupt: it changed since (it can be shown all the same).
Status check_model(const DocumentState& state);

}  // namespace headscope
