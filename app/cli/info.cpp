#include <algorithm>
#include <memory>
#include <system_error>

#include "base/paths.h"
#include "base/utf8.h"
#include "cli/console.h"
#include "cli/subcommand.h"
#include "cli/table.h"
#include "document/document_json.h"
#include "io/image.h"
#include "io/quote.h"
#include "io/sound.h"
#include "io/tensor_source.h"
#include "models/checkpoint_info.h"

namespace headscope {

namespace {

namespace fs = std::filesystem;

struct InfoCall {
  std::string path;
  bool tensors = false;
};

Table facts() {
  return Table({{"what"}, {"value"}});
}

std::string tensor_list(const TensorSource& source) {
  Table table({{"TENSOR"}, {"TYPE"}, {"SHAPE"}});
  for (const SafetensorsFile& file : source.files()) {
    for (const TensorView& tensor : file.tensors()) {
      table.add({one_line(tensor.name), std::string(dtype_name(tensor.dtype)), shape_text(tensor.shape)});
    }
  }
  return table.text();
}

std::string cut(const std::string& text) {
  const std::size_t end = utf8_floor(text, 200);
  return one_line(text.substr(0, end)) + (end < text.size() ? "…" : "");
}

Result<std::string> describe_tensors(const fs::path& path, bool list) {
  const Result<TensorSource> source = TensorSource::open(path);
  if (!source) return source.error();
  std::int64_t n_tensors = 0, n_elements = 0;
  bool is_trace = false;
  Table table = facts();
  for (const SafetensorsFile& file : source->files()) {
    for (const auto& [key, value] : file.metadata()) table.add({one_line(key), cut(value)});
    for (const TensorView& tensor : file.tensors()) {
      ++n_tensors;
      n_elements += tensor.n_elements();
      is_trace = is_trace || tensor.name.find("attn.") != std::string::npos;
    }
  }
  const bool is_dump = is_trace && (source->find("attn.0") || source->find("encoder.attn.0") ||
                                    source->find("decoder.attn.0"));
  Table all = facts();
  all.add({"file", is_dump ? "an attention trace" : "tensors"});
  if (is_dump && path.extension() == ".safetensors") {
    // As the window would open it: what cannot be shown is said here too.
    const Result<ModelPtr> dump = open_model(path.string());
    if (!dump) return dump.error();
    const TracePtr trace = *(*dump)->trace("", {});
    all.add({"layers", std::to_string(trace->shape.n_layers)});
    all.add({"heads", std::to_string(trace->shape.n_heads)});
    all.add({"tokens", std::to_string(trace->n_tokens())});
    all.add({"looks", trace->causal ? "back only" : "everywhere"});
    for (const TracePtr& part : trace->parts) {
      const char* name = part->part == AttentionPart::Encoder ? "encoder"
                         : part->part == AttentionPart::Cross ? "cross"
                                                              : "decoder";
      all.add({name, std::to_string(part->shape.n_layers) + " layers, " + std::to_string(part->n_tokens()) +
                         " × " + std::to_string(part->n_keys()) + " tokens"});
    }
  }
  all.add({"tensors", std::to_string(n_tensors)});
  all.add({"numbers", std::to_string(n_elements)});
  std::string text = all.text(false) + table.text(false);
  if (list) text += "\n" + tensor_list(*source);
  return text;
}

const char* input_name(InputKind kind) {
  return kind == InputKind::Picture ? "pictures" : kind == InputKind::Sound ? "sound" : "text";
}

std::string stack_sizes(const TraceShape& shape) {
  return std::to_string(shape.n_layers) + " layers of " + std::to_string(shape.n_heads) + " heads of width " +
         std::to_string(shape.head_dim);
}

const char* kind_name(ModelKind kind) {
  switch (kind) {
    case ModelKind::Decoder:
      return "a decoder: a token sees what came before";
    case ModelKind::Encoder:
      return "an encoder: a token sees all others";
    case ModelKind::EncoderDecoder:
      return "an encoder and a decoder that looks at it";
  }
  return "";
}

std::string megabytes(std::int64_t bytes) {
  return fixed(static_cast<double>(bytes) / 1e6, bytes < 10'000'000 ? 1 : 0) + " MB";
}

/// Memory, tokenizer, and what is in the way of opening the folder.
void add_readiness(const CheckpointInfo& info, Table& table) {
  if (info.n_params > 0) {
    table.add({"files", megabytes(info.file_bytes)});
    table.add({"memory", "about " + megabytes(info.memory_bytes)});
  }
  if (!info.tokenizer.empty()) table.add({"tokenizer", one_line(info.tokenizer)});
  table.add({"opens", info.problems.empty() ? "yes" : "no"});
  for (const std::string& problem : info.problems) table.add({"in the way", one_line(problem)});
}

/// A folder that cannot be opened: what can be said all the same.
Result<std::string> describe_unopened(const fs::path& folder, const Error& error) {
  Result<CheckpointInfo> info = inspect_checkpoint(folder);
  if (!info) return info.error();
  if (info->problems.empty()) info->problems.push_back(error.message);
  Table table = facts();
  table.add({"architecture", one_line(info->architecture)});
  if (info->n_params > 0)
    table.add({"parameters", std::to_string(info->n_params) + " (" + info->storage + ")"});
  add_readiness(*info, table);
  return table.text(false);
}

Result<std::string> describe_checkpoint(const std::string& name, const fs::path& folder, bool list) {
  const Result<ModelPtr> model = open_model(name);
  if (!model) return describe_unopened(folder, model.error());
  const TraceShape& shape = (*model)->shape();
  const ModelInfo info = (*model)->info();
  Table table = facts();
  table.add({"model", (*model)->name()});
  table.add({"architecture", info.architecture});
  table.add({"kind", kind_name(info.kind)});
  table.add({"parameters", std::to_string(info.n_params) + " (" + info.storage + ")"});
  table.add({"reads", input_name((*model)->input_kind())});
  if (info.encoder) {
    table.add({"encoder", stack_sizes(*info.encoder)});
    table.add({"decoder", stack_sizes(shape)});
  } else {
    table.add({"layers", std::to_string(shape.n_layers)});
    table.add({"heads", std::to_string(shape.n_heads) + " of width " + std::to_string(shape.head_dim) + ", " +
                            std::to_string(shape.n_kv_heads) + " for keys and values"});
  }
  if (info.output != "next token" && (*model)->input_kind() == InputKind::Text) {
    table.add({"output", info.output == "none" ? "none: it names no tokens" : "tokens that fill gaps"});
  }
  table.add({"width", std::to_string(shape.d_model)});
  table.add({"vocabulary", std::to_string(shape.vocab_size)});
  table.add({"longest input", std::to_string((*model)->max_tokens()) + " tokens"});
  if (const auto readiness = inspect_checkpoint(folder)) add_readiness(*readiness, table);
  std::string text = table.text(false);
  if (!list) return text;
  const Result<TensorSource> source = TensorSource::open(folder);
  if (!source) return source.error();
  return text + "\n" + tensor_list(*source);
}

Table picture_facts(const Image& image) {
  Table table = facts();
  table.add({"file", "a picture of " + std::to_string(image.width) + " × " + std::to_string(image.height) +
                         " pixels"});
  return table;
}

Result<std::string> describe_jpeg(const fs::path& path) {
  const Result<Image> picture = read_picture(path);
  if (!picture) return picture.error();
  return picture_facts(*picture).text(false);
}

Result<std::string> describe_sound(const fs::path& path) {
  constexpr double kMaxSeconds = 600;
  const Result<Sound> sound = read_sound(path, kMaxSeconds);
  if (!sound) return sound.error();
  Table table = facts();
  table.add({"file", "a sound of " + std::string(sound->whole ? "" : "more than ") +
                         fixed(sound->seconds(), 2) + " s"});
  table.add({"rate", std::to_string(sound->sample_rate) + " samples a second"});
  return table.text(false);
}

Result<std::string> describe_picture(const fs::path& path) {
  const Result<DecodedImage> picture = read_png(path);
  if (!picture) return picture.error();
  Table table = picture_facts(picture->image);
  for (const auto& [key, value] : picture->texts) table.add({one_line(key), cut(value)});
  return table.text(false);
}

Result<std::string> describe_document(const fs::path& path) {
  const Result<Document> document = load_document(path);
  if (!document) return document.error();
  Table table = facts();
  table.add({"file", "a document"});
  table.add({"model", one_line(document->model)});
  table.add({"text", cut(document->text)});
  table.add({"heads", std::to_string(document->selection.heads.size())});
  return table.text(false);
}

bool has_ending(const fs::path& path, std::initializer_list<const char*> endings) {
  return std::find(endings.begin(), endings.end(), path.extension().string()) != endings.end();
}

Result<std::string> describe(const InfoCall& call) {
  std::error_code ignored;
  for (const BuiltInModel& built_in : built_in_models()) {
    if (built_in.name == call.path) {
      return describe_checkpoint(call.path, assets_dir() / "models" / call.path, call.tensors);
    }
  }
  const fs::path path = call.path;
  if (fs::is_directory(path, ignored)) return describe_checkpoint(call.path, path, call.tensors);
  if (path.extension() == ".png") return describe_picture(path);
  if (has_ending(path, {".jpg", ".jpeg"})) return describe_jpeg(path);
  if (has_ending(path, {".wav", ".flac", ".ogg", ".oga", ".opus"})) return describe_sound(path);
  if (path.extension() == ".safetensors" || path.filename() == "model.safetensors.index.json") {
    return describe_tensors(path, call.tensors);
  }
  return describe_document(path);
}

int run_info(const InfoCall& call) {
  const Result<std::string> text = describe(call);
  if (!text) return report(text.error());
  const Status status = print(*text);
  return status ? kDone : report(status.error());
}

}  // namespace

void add_info(CLI::App& app, CliAction& action) {
  CLI::App* command = app.add_subcommand(
      "info", "What a checkpoint, an attention trace, a document, a picture or a sound is");
  const auto call = std::make_shared<InfoCall>();
  command->add_option("FILE", call->path, "Built-in name, checkpoint folder or file")->required();
  command->add_flag("--tensors", call->tensors, "List the tensors");
  set_examples(*command, "  headscope info stories\n  headscope info t.safetensors --tensors");
  command->callback([call, &action] { action = [call] { return run_info(*call); }; });
}

}  // namespace headscope
