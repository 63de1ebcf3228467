#pragma once

#include <filesystem>
#include <string>

#include "base/result.h"
#include "document/document.h"
#include "scene/scene.h"
#include "trace/attention_trace.h"

namespace headscope {

/// What is in the picture right now as one JSON object, for tests and for people who want the numbers:
///   "mix", "moving", "document", "tokens": [text …], "readout",
///   "ribbons": [{"key", "layer", "head", "query", "key_token", "weight", "from", "to", "width", "alpha",
///   "points"} …], "boxes": [{"key", "kind", "query", "x", "y", "width", "height"} …], "labels": [{"text",
///   "x", "y", "size"} …]
/// "from" and "to" are the widths at the ends of the transition, "width" the one at "mix".
std::string scene_json(const Scene& scene, const Document& document, const AttentionTrace* trace,
                       bool moving);

/// Errors: those of write_file_atomically.
Status dump_scene(const std::filesystem::path& path, const Scene& scene, const Document& document,
                  const AttentionTrace* trace, bool moving);

}  // namespace headscope
