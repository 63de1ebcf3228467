#include "models/trace_dump.h"

#include <limits>
#include <map>

#include "base/utf8.h"
#include "base/version.h"
#include "io/json.h"
#include "io/quote.h"
#include "io/safetensors.h"
#include "models/media_dump.h"

namespace headscope {
namespace {

using HeadMatrix = Matrix (AttentionLayer::*)(int head) const;

/// [n_heads, n_rows, columns] of one quantity of a layer.
TraceTensor layer_tensor(const std::string& name, const AttentionLayerPtr& heads, HeadMatrix get, int n_rows,
                         int columns) {
  TraceTensor tensor;
  tensor.spec = {name, DType::F32, {heads->n_heads(), n_rows, columns}};
  tensor.numbers = [heads, get] {
    std::vector<float> all;
    for (int head = 0; head < heads->n_heads(); ++head) {
      const Matrix one = ((*heads).*get)(head);
      all.insert(all.end(), one.data(), one.data() + one.size());
    }
    return all;
  };
  return tensor;
}

TraceTensor rows_tensor(std::string name, const SharedRows& rows) {
  TraceTensor tensor;
  tensor.spec = {std::move(name), DType::F32, {rows.n_rows(), rows.n_cols()}};
  tensor.numbers = [rows] {
    const Matrix all = rows.matrix();
    return std::vector<float>(all.data(), all.data() + all.size());
  };
  return tensor;
}

const char* prefix_of(AttentionPart part) {
  switch (part) {
    case AttentionPart::Encoder:
      return "encoder.";
    case AttentionPart::Decoder:
      return "decoder.";
    case AttentionPart::Cross:
      return "cross.";
    case AttentionPart::Self:
      break;
  }
  return "";
}

/// What is kept of one kind of attention.
void add_stack(const TracePtr& trace, const std::string& prefix, const TraceKeep& keep,
               std::vector<TraceTensor>& tensors) {
  for (std::size_t layer = 0; layer < trace->layers.size(); ++layer) {
    const AttentionLayerPtr& heads = trace->layers[layer];
    const int n_query = heads->n_query(), n_key = heads->n_key(), head_dim = heads->head_dim();
    const auto add = [&](bool wanted, const char* kind, HeadMatrix get, int n_rows, int columns) {
      const std::string name = prefix + kind + "." + std::to_string(layer);
      if (wanted) tensors.push_back(layer_tensor(name, heads, get, n_rows, columns));
    };
    add(keep.attn, "attn", &AttentionLayer::weights, n_query, n_key);
    add(keep.scores, "scores", &AttentionLayer::scores, n_query, n_key);
    add(keep.q, "q", &AttentionLayer::query, n_query, head_dim);
    add(keep.k, "k", &AttentionLayer::key, n_key, head_dim);
    add(keep.v, "v", &AttentionLayer::value, n_key, head_dim);
    add(keep.z, "z", &AttentionLayer::z, n_query, head_dim);
  }
  for (std::size_t i = 0; keep.hidden && i < trace->hidden.size(); ++i) {
    tensors.push_back(rows_tensor(prefix + "hidden." + std::to_string(i), trace->hidden[i]));
  }
}

/// Its last hidden state is not what such a model calls last_hidden_state, which has been normalised once
/// more.
bool looks_at_picture(const AttentionTrace& trace) {
  return trace.media && trace.media->picture;
}

/// The names of tokens as a JSON list.
std::string token_list(const std::vector<TraceToken>& tokens) {
  Json list = Json::array();
  for (const TraceToken& token : tokens) {
    list.push_back(to_valid_utf8(token.label.empty() ? token.text : token.label));
  }
  return json_text(list, -1);
}

/// A whole number for each token. Errors: Corrupt.
Result<std::vector<int>> read_ints(const SafetensorsFile& file, const std::string& name) {
  const TensorView* tensor = file.find(name);
  if (!tensor) return std::vector<int>();
  auto wide = to_int64(*tensor);
  if (!wide) return wide.error();
  std::vector<int> values;
  for (const std::int64_t value : *wide) {
    if (tensor->shape.size() != 1 || value < 0 || value > std::numeric_limits<int>::max()) {
      return Error{ErrorCode::Corrupt, "tensor " + quote(name) + " must be a list of whole numbers from 0 up",
                   "Write the inputs of one sequence, without a batch axis"};
    }
    values.push_back(static_cast<int>(value));
  }
  return values;
}

}  // namespace

Result<TraceKeep> parse_keep(std::string_view list) {
  TraceKeep keep;
  keep.attn = false;
  for (std::size_t begin = 0; begin <= list.size();) {
    const std::size_t end = std::min(list.find(',', begin), list.size());
    const std::string_view name = list.substr(begin, end - begin);
    begin = end + 1;
    if (name == "all") return TraceKeep{true, true, true, true, true, true, true, true};
    bool* flag = name == "attn"     ? &keep.attn
                 : name == "scores" ? &keep.scores
                 : name == "q"      ? &keep.q
                 : name == "k"      ? &keep.k
                 : name == "v"      ? &keep.v
                 : name == "z"      ? &keep.z
                 : name == "hidden" ? &keep.hidden
                 : name == "logits" ? &keep.logits
                                    : nullptr;
    if (!flag) {
      return Error{ErrorCode::InvalidArgument, "there is no " + quote(name) + " to keep",
                   "Choose from attn, scores, q, k, v, z, hidden, logits, or all"};
    }
    *flag = true;
  }
  return keep;
}

TraceOptions trace_options(const TraceKeep& keep) {
  TraceOptions options;
  options.keep_hidden = keep.hidden;
  options.keep_logits = keep.logits;
  options.n_next_tokens = 0;
  return options;
}

Result<std::vector<TraceTensor>> trace_tensors(const TracePtr& trace, const TraceKeep& keep) {
  // Without an output there is nothing to keep, and the trace cannot know that it was asked.
  if (!trace->complete() || (keep.hidden && trace->hidden.empty()) ||
      (keep.logits && !keep.hidden && trace->logits.empty())) {
    return Error{ErrorCode::InvalidArgument, "the trace was made without what is to be written",
                 "Ask for hidden states and logits when the trace is made"};
  }
  std::vector<TraceTensor> tensors;
  if (trace->parts.empty()) add_stack(trace, "", keep, tensors);
  for (const TracePtr& part : trace->parts) add_stack(part, prefix_of(part->part), keep, tensors);
  if (keep.logits && !trace->logits.empty()) {
    tensors.push_back(rows_tensor("logits", trace->logits));
    // Classes belong to the whole picture, not to one of its tokens.
    if (looks_at_picture(*trace)) tensors.back().spec.shape = {trace->logits.n_cols()};
  } else if (keep.logits && !looks_at_picture(*trace)) {
    tensors.push_back(rows_tensor("last_hidden_state", trace->hidden.back()));
  }
  return tensors;
}

Status write_trace(const std::filesystem::path& path, const TracePtr& trace, const TraceKeep& keep) {
  auto tensors = trace_tensors(trace, keep);
  if (!tensors) return tensors.error();
  std::map<std::string, std::string> metadata = {{"model", to_valid_utf8(trace->model_name)},
                                                 {"text", to_valid_utf8(trace->text)},
                                                 {"tokens", token_list(trace->tokens)},
                                                 {"headscope", kVersion}};
  if (const TracePtr encoder = part_of(trace, AttentionPart::Encoder)) {
    // An encoder's text and tokens are the input; what the decoder read comes second.
    metadata["target_text"] = metadata["text"];
    metadata["target_tokens"] = metadata["tokens"];
    metadata["text"] = to_valid_utf8(encoder->text);
    metadata["tokens"] = token_list(encoder->tokens);
  }
  std::vector<TensorSpec> specs;
  for (const TraceTensor& tensor : *tensors) specs.push_back(tensor.spec);
  auto writer = SafetensorsWriter::create(path, std::move(specs), std::move(metadata));
  if (!writer) return writer.error();
  for (const TraceTensor& tensor : *tensors) {
    if (Status written = writer->write(tensor.numbers()); !written) return written;
  }
  return writer->commit();
}

Result<TokenInput> read_token_input(const std::filesystem::path& path) {
  auto file = SafetensorsFile::open(path);
  if (!file) return file.error();
  auto media = read_media_tensors(*file);
  if (!media) return media.error();
  if (!*media && !file->find("input_ids")) {
    return Error{ErrorCode::NotFound, quote(path.filename().string()) + " holds no tensor 'input_ids'",
                 "Write the token ids as input_ids, [n_tokens] of I64"};
  }
  TokenInput input;
  input.media = std::move(*media);
  struct Field {
    const char* name;
    std::vector<int>* into;
  };
  for (const Field field :
       {Field{"input_ids", &input.ids}, Field{"position_ids", &input.position_ids},
        Field{"attention_mask", &input.attention_mask}, Field{"token_type_ids", &input.token_type_ids},
        Field{"decoder_input_ids", &input.decoder_input_ids}}) {
    auto values = read_ints(*file, field.name);
    if (!values) return values.error();
    *field.into = std::move(*values);
  }
  return input;
}

}  // namespace headscope
