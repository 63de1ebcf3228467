#pragma once

#include <memory>
#include <mutex>
#include <string>

#include "models/encoder_decoder.h"
#include "models/log_mel.h"
#include "models/model.h"
#include "models/sound_front.h"

namespace headscope {

/// A model that listens: the encoder hears a sound, the decoder writes what was said. The encoder's positions
/// are labelled by the time at which they begin, "0.02 s"; the text of a trace is the decoder's.
class SoundModel final : public Model {
 public:
  /// `recipe` says how a sound becomes features, or why none can. `start_id` stands in front of what the
  /// decoder reads.
  SoundModel(std::string name, ModelInfo info, TokenizerPtr tokenizer, SoundFront front, SoundParams params,
             std::shared_ptr<ThreadPool> pool, EncoderDecoder engine, int start_id, Result<MelRecipe> recipe);

  const std::string& name() const override { return name_; }
  const TraceShape& shape() const override { return shape_; }
  int max_tokens() const override { return engine_.decoder().max_tokens; }
  const Tokenizer& tokenizer() const override { return *tokenizer_; }
  ModelInfo info() const override { return info_; }
  void settle(const std::stop_token& stop) const override { engine_.settle(stop); }
  InputKind input_kind() const override { return InputKind::Sound; }
  Result<MediaInputPtr> read_media(const std::filesystem::path& path) const override;
  /// Errors: Unsupported, always: there is no sound.
  Result<TracePtr> trace(const std::string& text, const TraceOptions& options) const override;
  Result<TracePtr> trace_media(const MediaInputPtr& media, const std::string& text,
                               const TraceOptions& options) const override;
  Result<TracePtr> trace_ids(const TokenInput& input, const TraceOptions& options) const override;

 private:
  Result<TracePtr> run(const MediaInput& media, DecoderInput target, const TraceOptions& options) const;
  TraceMediaPtr shown(const MediaInput& media) const;
  std::vector<TraceToken> positions() const;
  double seconds_per_position() const;

  std::string name_;
  ModelInfo info_;
  TraceShape shape_;
  std::uint64_t instance_;
  TokenizerPtr tokenizer_;
  SoundFront front_;
  SoundParams params_;
  std::shared_ptr<ThreadPool> pool_;
  int start_id_;
  Result<MelRecipe> recipe_;
  mutable std::mutex mutex_;  ///< one pass at a time
  mutable EncoderDecoder engine_;
};

}  // namespace headscope
