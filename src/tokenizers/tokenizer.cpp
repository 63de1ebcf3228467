#include "tokenizers/tokenizer.h"

namespace headscope {

Result<std::vector<Token>> Tokenizer::encode_pair(std::string_view, std::string_view, bool) const {
  return Error{ErrorCode::Unsupported, "this tokenizer does not say how two texts are joined",
               "Give one text, or a model that was trained on pairs, such as BERT"};
}

}  // namespace headscope
