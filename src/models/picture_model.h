#pragma once

#include <memory>
#include <mutex>
#include <string>

#include "models/id_tokenizer.h"
#include "models/model.h"
#include "models/patch_front.h"
#include "models/transformer.h"

namespace headscope {

/// A model that looks at pictures. Its tokens are the class token "[CLS]" (and DeiT's distillation token
/// "[DIST]"), then the patches row by row, labelled "patch row,column" from 1; its vocabulary is the classes.
class PictureModel final : public Model {
 public:
  /// `recipe` says how a picture becomes pixel values, or why none can.
  PictureModel(std::string name, ModelInfo info, PatchFront front, PatchParams params,
               Transformer transformer, Result<ImageRecipe> recipe);

  const std::string& name() const override { return name_; }
  const TraceShape& shape() const override { return shape_; }
  int max_tokens() const override { return front_.n_tokens(); }
  const Tokenizer& tokenizer() const override { return tokenizer_; }
  ModelInfo info() const override { return info_; }
  void settle(const std::stop_token& stop) const override { transformer_.settle(stop); }
  InputKind input_kind() const override { return InputKind::Picture; }
  Result<MediaInputPtr> read_media(const std::filesystem::path& path) const override;
  /// Errors: Unsupported, always: there is no picture.
  Result<TracePtr> trace(const std::string& text, const TraceOptions& options) const override;
  Result<TracePtr> trace_ids(const TokenInput& input, const TraceOptions& options) const override;

 private:
  TraceMediaPtr shown(const MediaInput& input) const;
  std::vector<TraceToken> tokens() const;
  /// [1, n_classes] from what leaves the last block.
  Matrix class_logits(const Matrix& hidden) const;
  std::vector<TokenProbability> most_probable_classes(const Matrix& logits, int n) const;

  std::string name_;
  ModelInfo info_;
  PatchFront front_;
  PatchParams params_;
  TraceShape shape_;
  std::uint64_t instance_;
  IdTokenizer tokenizer_;
  Result<ImageRecipe> recipe_;
  mutable std::mutex mutex_;  ///< one pass at a time
  mutable Transformer transformer_;
};

}  // namespace headscope
