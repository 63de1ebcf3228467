#pragma once

#include <cstdint>

#include "tokenizers/bpe_model.h"

namespace headscope {

struct BpeModel::Part {
  TokenId id = 0;
  std::uint32_t begin = 0, end = 0;  ///< byte range in the typed text
};

}  // namespace headscope
