#include "models/trace_dump.h"

#include <limits>

#include "base/utf8.h"
#include "base/version.h"
#include "io/json.h"
#include "io/quote.h"
#include "io/safetensors.h"

namespace headscope {
namespace {

using HeadMatrix = Matrix (AttentionLayer::*)(int head) const;

/// [n_heads, n_tokens, columns] of one quantity of a layer.
TraceTensor layer_tensor(const TracePtr& trace, const char* kind, int layer, HeadMatrix get, int columns) {
  const AttentionLayerPtr heads = trace->layers[static_cast<std::size_t>(layer)];
  TraceTensor tensor;
  tensor.spec = {std::string(kind) + "." + std::to_string(layer),
                 DType::F32,
                 {heads->n_heads(), heads->n_query(), columns}};
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
  if (!trace->complete() || (keep.hidden && trace->hidden.empty()) ||
      (keep.logits && trace->logits.empty())) {
    return Error{ErrorCode::InvalidArgument, "the trace was made without what is to be written",
                 "Ask for hidden states and logits when the trace is made"};
  }
  std::vector<TraceTensor> tensors;
  for (int layer = 0; layer < trace->shape.n_layers; ++layer) {
    const int n_key = trace->layers[static_cast<std::size_t>(layer)]->n_key(),
              head_dim = trace->shape.head_dim;
    const auto add = [&](bool wanted, const char* kind, HeadMatrix get, int columns) {
      if (wanted) tensors.push_back(layer_tensor(trace, kind, layer, get, columns));
    };
    add(keep.attn, "attn", &AttentionLayer::weights, n_key);
    add(keep.scores, "scores", &AttentionLayer::scores, n_key);
    add(keep.q, "q", &AttentionLayer::query, head_dim);
    add(keep.k, "k", &AttentionLayer::key, head_dim);
    add(keep.v, "v", &AttentionLayer::value, head_dim);
    add(keep.z, "z", &AttentionLayer::z, head_dim);
  }
  for (std::size_t i = 0; keep.hidden && i < trace->hidden.size(); ++i) {
    tensors.push_back(rows_tensor("hidden." + std::to_string(i), trace->hidden[i]));
  }
  if (keep.logits) tensors.push_back(rows_tensor("logits", trace->logits));
  return tensors;
}

Status write_trace(const std::filesystem::path& path, const TracePtr& trace, const TraceKeep& keep) {
  auto tensors = trace_tensors(trace, keep);
  if (!tensors) return tensors.error();
  Json tokens = Json::array();
  for (const TraceToken& token : trace->tokens) {
    tokens.push_back(to_valid_utf8(token.label.empty() ? token.text : token.label));
  }
  std::vector<TensorSpec> specs;
  for (const TraceTensor& tensor : *tensors) specs.push_back(tensor.spec);
  auto writer = SafetensorsWriter::create(path, std::move(specs),
                                          {{"model", to_valid_utf8(trace->model_name)},
                                           {"text", to_valid_utf8(trace->text)},
                                           {"tokens", json_text(tokens, -1)},
                                           {"headscope", kVersion}});
  if (!writer) return writer.error();
  for (const TraceTensor& tensor : *tensors) {
    if (Status written = writer->write(tensor.numbers()); !written) return written;
  }
  return writer->commit();
}

Result<TokenInput> read_token_input(const std::filesystem::path& path) {
  auto file = SafetensorsFile::open(path);
  if (!file) return file.error();
  for (const char* other : {"pixel_values", "input_features", "decoder_input_ids", "token_type_ids"}) {
    if (!file->find(other)) continue;
    return Error{ErrorCode::Unsupported,
                 "'" + std::string(other) + "' is not an input of a decoder-only model",
                 "Give input_ids, and position_ids and attention_mask where they matter"};
  }
  if (!file->find("input_ids")) {
    return Error{ErrorCode::NotFound, quote(path.filename().string()) + " holds no tensor 'input_ids'",
                 "Write the token ids as input_ids, [n_tokens] of I64"};
  }
  TokenInput input;
  struct Field {
    const char* name;
    std::vector<int>* into;
  };
  for (const Field field : {Field{"input_ids", &input.ids}, Field{"position_ids", &input.position_ids},
                            Field{"attention_mask", &input.attention_mask}}) {
    auto values = read_ints(*file, field.name);
    if (!values) return values.error();
    *field.into = std::move(*values);
  }
  return input;
}

}  // namespace headscope
