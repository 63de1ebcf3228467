#include "models/sound_model.h"

#include <cmath>

#include "io/sound.h"
#include "models/model_instance.h"
#include "models/token_input.h"
#include "models/trace_tokens.h"

namespace headscope {
namespace {

/// Spectrogram columns that one position of the encoder stands for: the second convolution skips every other.
constexpr int kColumnsPerPosition = 2;

Error no_sound(const std::string& name) {
  return {ErrorCode::Unsupported, "'" + name + "' listens to sound; it has none",
          "Give a sound as WAV, FLAC or OGG: headscope attend --audio FILE"};
}

TraceMediaPtr media_of(Matrix features, double seconds_per_column, double seconds) {
  auto sound = std::make_unique<TraceSound>();
  sound->spectrogram = std::move(features);
  sound->seconds_per_column = seconds_per_column;
  sound->columns_per_token = kColumnsPerPosition;
  sound->seconds = seconds;
  auto media = std::make_shared<TraceMedia>();
  media->sound = std::move(sound);
  return media;
}

/// "1.46 s", in whole hundredths where that says it all.
std::string seconds_text(double seconds) {
  const long thousandths = std::lround(seconds * 1000);
  const bool hundredths = thousandths % 10 == 0;
  std::string digits = std::to_string(thousandths % 1000 + 1000).substr(1);
  if (hundredths) digits.pop_back();
  return std::to_string(thousandths / 1000) + "." + digits + " s";
}

}  // namespace

SoundModel::SoundModel(std::string name, ModelInfo info, TokenizerPtr tokenizer, SoundFront front,
                       SoundParams params, std::shared_ptr<ThreadPool> pool, EncoderDecoder engine,
                       int start_id, Result<MelRecipe> recipe)
    : name_(std::move(name)),
      info_(std::move(info)),
      shape_(engine.decoder_shape()),
      instance_(next_model_instance()),
      tokenizer_(std::move(tokenizer)),
      front_(front),
      params_(std::move(params)),
      pool_(std::move(pool)),
      start_id_(start_id),
      recipe_(std::move(recipe)),
      engine_(std::move(engine)) {
  info_.kind = ModelKind::EncoderDecoder;
  info_.encoder = engine_.encoder_shape();
}

double SoundModel::seconds_per_position() const {
  const MelRecipe recipe = recipe_ ? *recipe_ : MelRecipe();
  return static_cast<double>(recipe.hop) * kColumnsPerPosition / recipe.sample_rate;
}

Result<MediaInputPtr> SoundModel::read_media(const std::filesystem::path& path) const {
  if (!recipe_) return recipe_.error();
  const Result<Sound> sound = read_sound(path, recipe_->seconds());
  if (!sound) return sound.error();
  auto features = sound_features(*sound, *recipe_);
  if (!features) return features.error();
  auto input = std::make_shared<MediaInput>();
  input->shown = media_of(*features, seconds_per_position() / kColumnsPerPosition, sound->seconds());
  input->features = std::move(*features);
  return MediaInputPtr(std::move(input));
}

TraceMediaPtr SoundModel::shown(const MediaInput& media) const {
  if (media.shown) return media.shown;
  const double column = seconds_per_position() / kColumnsPerPosition;
  return media_of(media.features, column, column * static_cast<double>(media.features.cols()));
}

std::vector<TraceToken> SoundModel::positions() const {
  std::vector<TraceToken> tokens(static_cast<std::size_t>(front_.n_positions));
  for (int i = 0; i < front_.n_positions; ++i) {
    tokens[static_cast<std::size_t>(i)].id = i;
    tokens[static_cast<std::size_t>(i)].label = seconds_text(i * seconds_per_position());
  }
  return tokens;
}

Result<TracePtr> SoundModel::trace(const std::string&, const TraceOptions&) const {
  return no_sound(name_);
}

Result<TracePtr> SoundModel::trace_media(const MediaInputPtr& media, const std::string& text,
                                         const TraceOptions& options) const {
  if (!media) return no_sound(name_);
  DecoderInput target;
  target.text = text;
  std::vector<Token> written = tokenizer_->encode(text, false);
  written.insert(written.begin(), Token{start_id_, 0, 0, true});
  for (const Token& token : written) target.ids.push_back(token.id);
  target.tokens = trace_tokens(*tokenizer_, text, written);
  if (Status status = check_ids(target.ids, engine_.decoder(), name_, "the text"); !status)
    return status.error();
  return run(*media, std::move(target), options);
}

Result<TracePtr> SoundModel::trace_ids(const TokenInput& input, const TraceOptions& options) const {
  if (!input.media || input.media->features.size() == 0) return no_sound(name_);
  if (!input.ids.empty() || !input.position_ids.empty() || !input.token_type_ids.empty()) {
    return Error{ErrorCode::Unsupported, "'" + name_ + "' reads a sound, and decoder_input_ids beside it",
                 "Give input_features and decoder_input_ids"};
  }
  DecoderInput target;
  target.ids = input.decoder_input_ids;
  if (target.ids.empty()) target.ids.push_back(start_id_);
  if (Status status = check_ids(target.ids, engine_.decoder(), name_, "the text"); !status)
    return status.error();
  target.tokens = trace_tokens(*tokenizer_, target.ids, target.text);
  return run(*input.media, std::move(target), options);
}

Result<TracePtr> SoundModel::run(const MediaInput& media, DecoderInput target,
                                 const TraceOptions& options) const {
  const int n_mels = static_cast<int>(media.features.rows()),
            n_frames = static_cast<int>(media.features.cols());
  if (n_mels != front_.n_mels || n_frames != front_.n_frames()) {
    return Error{ErrorCode::InvalidArgument,
                 "'" + name_ + "' hears spectrograms of " + std::to_string(front_.n_mels) + " × " +
                     std::to_string(front_.n_frames()) + ", found " + std::to_string(n_mels) + " × " +
                     std::to_string(n_frames),
                 "Prepare the sound for this model"};
  }
  const std::lock_guard lock(mutex_);
  AttentionTrace base;
  base.model_name = name_;
  base.model_instance = instance_;
  base.media = shown(media);
  const Matrix embedded = embed_sound(media.features, params_, *pool_);
  EncoderInput source;
  source.embedded = &embedded;
  source.tokens = positions();
  return engine_.trace(std::move(source), std::move(target), options, *tokenizer_, base);
}

}  // namespace headscope
