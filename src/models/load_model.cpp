#include <algorithm>
#include <filesystem>
#include <set>

#include "base/paths.h"
#include "io/json.h"
#include "io/quote.h"
#include "io/tensor_source.h"
#include "models/dump_model.h"
#include "models/encoder_decoder.h"
#include "models/id_tokenizer.h"
#include "models/load_media_model.h"
#include "models/model.h"
#include "models/params_reader.h"
#include "models/transformer_model.h"
#include "tokenizers/load_tokenizer.h"

namespace headscope {
namespace {

namespace fs = std::filesystem;

struct BuiltInFolder {
  const char *name, *summary;
};
constexpr BuiltInFolder kBuiltIn[] = {
    {"stories", "a small model of everyday English sentences, trained by this program"},
};

fs::path built_in_folder(const std::string& name) {
  return assets_dir() / "models" / name;
}

bool has_checkpoint(const fs::path& folder) {
  std::error_code ignored;
  return fs::is_regular_file(folder / "config.json", ignored);
}

/// The threads that compute, shared by all models: two models never run at once for one person.
std::shared_ptr<ThreadPool> shared_pool() {
  static const auto pool = std::make_shared<ThreadPool>();
  return pool;
}

ModelInfo read_info(const Json& config, const TensorSource& source, const FamilyModel& family) {
  ModelInfo info;
  info.architecture = config["architectures"][0];
  std::set<std::string> types;
  for (const SafetensorsFile& file : source.files()) {
    for (const TensorView& tensor : file.tensors()) {
      types.insert(std::string(dtype_name(tensor.dtype)));
      info.n_params += tensor.n_elements();
    }
  }
  info.kind = family.decoder         ? ModelKind::EncoderDecoder
              : family.config.causal ? ModelKind::Decoder
                                     : ModelKind::Encoder;
  const TransformerConfig& last = family.decoder ? family.decoder->config : family.config;
  info.output = !last.has_output ? "none" : last.causal ? "next token" : "masked token";
  const TransformerConfig& first = family.config;
  if (family.decoder) {
    info.encoder = TraceShape{first.n_layers, first.n_heads, first.n_kv_heads,
                              first.head_dim, first.d_model, first.vocab_size};
  }
  for (const std::string& type : types) info.storage += (info.storage.empty() ? "" : ", ") + type;
  return info;
}

/// The tokens that end a text, as config.json and generation_config.json name them.
std::vector<int> end_ids(const Json& config, const fs::path& folder) {
  std::vector<int> ids;
  // The second file says how text is written; it may be missing, and a trace needs nothing of it.
  const Result<Json> writing = read_json(folder / "generation_config.json");
  for (const Json* file : {&config, writing && writing->is_object() ? &*writing : nullptr}) {
    const Json ends = file ? file->value("eos_token_id", Json()) : Json();
    for (const Json& end : ends.is_array() ? ends : Json::array({ends})) {
      if (!end.is_number_integer() || std::ranges::find(ids, end.get<int>()) != ids.end()) continue;
      ids.push_back(end.get<int>());
    }
  }
  return ids;
}

/// A checkpoint without a tokenizer is told its ids by number. Errors: as load_tokenizer.
Result<TokenizerPtr> read_tokenizer(const fs::path& folder, int vocab_size) {
  Result<TokenizerPtr> tokenizer = load_tokenizer(folder);
  const bool has_none = !tokenizer && tokenizer.error().code == ErrorCode::NotFound;
  return has_none ? TokenizerPtr(std::make_shared<IdTokenizer>(vocab_size)) : tokenizer;
}

/// Errors: as load_model.
Result<ModelPtr> load_folder(const std::string& name, const fs::path& folder, const LoadOptions& options) {
  auto config = read_json(folder / "config.json");
  if (!config) return config.error();
  auto family = read_family(*config);
  if (!family) return family.error();
  auto opened = TensorSource::open(folder);
  if (!opened) return opened.error();
  const auto source = std::make_shared<const TensorSource>(std::move(*opened));
  auto params = read_params(source, *family, *shared_pool(), options);
  if (!params) return params.error();
  auto tokenizer = read_tokenizer(folder, family->config.vocab_size);
  if (!tokenizer) return tokenizer.error();
  ModelInfo info = read_info(*config, *source, *family);
  info.end_ids = end_ids(*config, folder);
  if (family->patches || family->sound) {
    return media_model(
        {name, info, folder, std::move(*family), std::move(*params), std::move(*tokenizer), shared_pool()});
  }
  Transformer engine(family->config, std::move(params->stack), shared_pool());
  if (!family->decoder) {
    return ModelPtr(
        std::make_shared<const TransformerModel>(name, info, std::move(*tokenizer), std::move(engine)));
  }
  Transformer decoder(family->decoder->config, std::move(params->decoder), shared_pool());
  EncoderDecoder both(std::move(engine), std::move(decoder));
  return ModelPtr(std::make_shared<const EncoderDecoderModel>(name, info, std::move(*tokenizer),
                                                              std::move(both), family->decoder->start_id));
}

}  // namespace

Result<TracePtr> Model::trace_ids(const TokenInput&, const TraceOptions&) const {
  return Error{ErrorCode::Unsupported, "'" + name() + "' takes no token ids", "Give a text instead"};
}

Result<TracePtr> Model::trace_texts(const TextInput& input, const TraceOptions& options) const {
  if (!input.second_text || input.second_text->empty()) return trace(input.text, options);
  return Error{ErrorCode::Unsupported, "'" + name() + "' reads one text", "Leave the second one out"};
}

Result<MediaInputPtr> Model::read_media(const std::filesystem::path& path) const {
  return Error{
      ErrorCode::Unsupported,
      "'" + name() + "' reads text: it cannot look at or listen to " + quote(path.filename().string()),
      "Use a model for pictures (ViT, DeiT) or for sound (Whisper)"};
}

Result<TracePtr> Model::trace_media(const MediaInputPtr& media, const std::string&,
                                    const TraceOptions& options) const {
  TokenInput input;
  input.media = media;
  return trace_ids(input, options);
}

std::vector<BuiltInModel> built_in_models() {
  std::vector<BuiltInModel> models;
  for (const BuiltInFolder& model : kBuiltIn) {
    if (has_checkpoint(built_in_folder(model.name))) models.push_back({model.name, model.summary});
  }
  return models;
}

Result<ModelPtr> load_model(const std::string& name_or_folder) {
  return load_model_with(name_or_folder, {});
}

Result<ModelPtr> open_model(const std::string& name_or_folder) {
  LoadOptions options;
  options.reading = WeightReading::AsUsed;
  return load_model_with(name_or_folder, options);
}

Result<ModelPtr> load_model_with(const std::string& name_or_folder, const LoadOptions& options) {
  for (const BuiltInFolder& model : kBuiltIn) {
    if (name_or_folder == model.name && has_checkpoint(built_in_folder(model.name))) {
      return load_folder(model.name, built_in_folder(model.name), options);
    }
  }
  const fs::path folder = name_or_folder;
  if (has_checkpoint(folder)) {
    const fs::path full = fs::weakly_canonical(folder);
    return load_folder(full.filename().string(), full, options);
  }
  std::error_code ignored;
  if (folder.extension() == ".safetensors" && fs::is_regular_file(folder, ignored))
    return DumpModel::load(folder);
  if (fs::is_directory(folder, ignored)) {
    return Error{ErrorCode::NotFound, "the folder " + quote(name_or_folder) + " holds no config.json",
                 "Open a folder that Hugging Face's save_pretrained wrote"};
  }
  return Error{
      ErrorCode::NotFound, "there is no model " + quote(name_or_folder),
      "Give a built-in name ('headscope models' lists them), a checkpoint folder or an attention dump"};
}

}  // namespace headscope
