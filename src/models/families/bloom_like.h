#pragma once

#include "models/config_fields.h"
#include "models/family.h"

/// What BLOOM and Falcon write alike.
namespace headscope {

/// Names of both; q, k and v are one tensor, sorted by key/value head.
TensorNames bloom_like_names();

/// The first of the two keys that the file has, else the second.
const char* either_key(const JsonFields& fields, const char* first, const char* second);

/// Vocabulary, epsilon and whether the output is tied. A fault stays with `fields`.
void read_bloom_like(JsonFields& fields, TransformerConfig& into);

}  // namespace headscope
