#include "models/load_media_model.h"

#include <utility>

#include "models/picture_model.h"
#include "models/sound_model.h"

namespace headscope {
namespace {

/// {} where the folder has none. Errors: as read_json.
Result<Json> read_preprocessor(const std::filesystem::path& folder) {
  const std::filesystem::path path = folder / "preprocessor_config.json";
  std::error_code ignored;
  if (!std::filesystem::exists(path, ignored)) return Json::object();
  return read_json(path);
}

ModelPtr picture_model(MediaModelParts parts) {
  const PatchFront& front = *parts.family.patches;
  const ImageRecipe own =
      front.n_special == 2 ? ImageRecipe::deit(front.image_size) : ImageRecipe::vit(front.image_size);
  const Result<Json> file = read_preprocessor(parts.folder);
  Result<ImageRecipe> recipe = file ? read_image_recipe(*file, own) : Result<ImageRecipe>(file.error());
  PatchParams params = patch_params(front, parts.family.config.d_model, parts.params.extra);
  Transformer transformer(parts.family.config, std::move(parts.params.stack), parts.pool);
  return std::make_shared<const PictureModel>(std::move(parts.name), std::move(parts.info), front,
                                              std::move(params), std::move(transformer), std::move(recipe));
}

ModelPtr sound_model(MediaModelParts parts) {
  const SoundFront& front = *parts.family.sound;
  const Result<Json> file = read_preprocessor(parts.folder);
  Result<MelRecipe> recipe =
      file ? read_mel_recipe(*file, front.n_mels, front.n_frames()) : Result<MelRecipe>(file.error());
  SoundParams params = sound_params(front, parts.family.config.d_model, parts.params.extra);
  EncoderDecoder engine(
      Transformer(parts.family.config, std::move(parts.params.stack), parts.pool),
      Transformer(parts.family.decoder->config, std::move(parts.params.decoder), parts.pool));
  return std::make_shared<const SoundModel>(
      std::move(parts.name), std::move(parts.info), std::move(parts.tokenizer), front, std::move(params),
      parts.pool, std::move(engine), parts.family.decoder->start_id, std::move(recipe));
}

}  // namespace

ModelPtr media_model(MediaModelParts parts) {
  return parts.family.patches ? picture_model(std::move(parts)) : sound_model(std::move(parts));
}

}  // namespace headscope
