#include "models/dump_model.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "base/utf8.h"
#include "io/json.h"
#include "io/quote.h"
#include "models/dump_layer.h"
#include "models/id_tokenizer.h"

namespace headscope {
namespace {

constexpr int kMostHeads = 4096, kMostTokens = 1 << 20, kMostLayers = 4096;

Error corrupt_dump(const std::string& what) {
  return {ErrorCode::Corrupt, what,
          "Write attn.0, attn.1, … as [n_heads, n_query, n_key], rows that sum to 1, and no batch axis"};
}

/// One tensor of a layer with its expected shape; empty when the file has none. Errors: Corrupt, Unsupported.
Result<std::vector<float>> read_numbers(const SafetensorsFile& file, const std::string& name,
                                        const TensorShape& expected) {
  const TensorView* tensor = file.find(name);
  if (!tensor) return std::vector<float>();
  if (tensor->shape != expected) {
    return corrupt_dump("tensor " + quote(name) + ": expected shape " + shape_text(expected) + ", found " +
                        shape_text(tensor->shape));
  }
  return to_float(*tensor);
}

/// Rows of weights: from 0 to 1, and their sum is 1, or 0 where a query may look at nothing. Half-precision
/// files round each weight.
Status check_weights(const std::string& name, const std::vector<float>& weights, std::int64_t n_key) {
  constexpr float kSlack = 0.02f;
  for (std::size_t row = 0; row < weights.size(); row += static_cast<std::size_t>(n_key)) {
    double sum = 0;
    for (std::size_t i = row; i < row + static_cast<std::size_t>(n_key); ++i) {
      if (!(weights[i] >= -1e-6f && weights[i] <= 1 + kSlack)) {
        return corrupt_dump("tensor " + quote(name) + " holds " + std::to_string(weights[i]) +
                            ", which is no attention weight");
      }
      sum += static_cast<double>(weights[i]);
    }
    if (sum > 1e-6 && std::abs(sum - 1) > static_cast<double>(kSlack)) {
      return corrupt_dump("tensor " + quote(name) + ": row " +
                          std::to_string(row / static_cast<std::size_t>(n_key)) + " sums to " +
                          std::to_string(sum) + ", expected 1");
    }
  }
  return {};
}

/// Errors: Corrupt, Unsupported.
Result<AttentionLayerPtr> read_layer(const SafetensorsFile& file, const std::string& prefix, int layer) {
  const std::string number = "." + std::to_string(layer), name = prefix + "attn" + number;
  const TensorView& attn = *file.find(name);
  const TensorShape& s = attn.shape;
  if (s.size() != 3 || s[0] < 1 || s[1] < 1 || s[2] < 1 || s[0] > kMostHeads || s[1] > kMostTokens ||
      s[2] > kMostTokens) {
    return corrupt_dump("tensor " + quote(name) + ": expected [n_heads, n_query, n_key], found " +
                        shape_text(s));
  }
  DumpLayer::Sizes sizes{static_cast<int>(s[0]), static_cast<int>(s[1]), static_cast<int>(s[2]), 0};
  const TensorView* q = file.find(prefix + "q" + number);
  if (!q) q = file.find(prefix + "z" + number);
  if (q && q->shape.size() == 3 && q->shape[2] > 0 && q->shape[2] <= kMostTokens) {
    sizes.head_dim = static_cast<int>(q->shape[2]);
  }
  DumpLayer::Numbers numbers;
  const TensorShape by_query{s[0], s[1], sizes.head_dim}, by_key{s[0], s[2], sizes.head_dim};
  struct Part {
    const char* kind;
    const TensorShape& shape;
    std::vector<float>& into;
  };
  for (const Part part : {Part{"attn", s, numbers.weights}, Part{"scores", s, numbers.scores},
                          Part{"q", by_query, numbers.query}, Part{"k", by_key, numbers.key},
                          Part{"v", by_key, numbers.value}, Part{"z", by_query, numbers.z}}) {
    Result<std::vector<float>> read = read_numbers(file, prefix + part.kind + number, part.shape);
    if (!read) return read.error();
    part.into = std::move(*read);
  }
  if (Status fine = check_weights(name, numbers.weights, s[2]); !fine) return fine.error();
  return AttentionLayerPtr(std::make_shared<const DumpLayer>(sizes, std::move(numbers)));
}

bool looks_back_only(const AttentionTrace& trace) {
  for (const AttentionLayerPtr& layer : trace.layers) {
    if (layer->n_query() != layer->n_key()) return false;
    std::vector<float> row(static_cast<std::size_t>(layer->n_key()));
    for (int head = 0; head < layer->n_heads(); ++head) {
      for (int query = 0; query < layer->n_query(); ++query) {
        layer->weights_row(head, query, row);
        if (std::any_of(row.begin() + query + 1, row.end(), [](float w) { return w > 1e-7f; })) return false;
      }
    }
  }
  return true;
}

/// The names of `n` tokens, from the metadata's JSON list. Their texts follow one another. Errors: Corrupt.
Result<std::vector<TraceToken>> read_tokens(const SafetensorsFile& file, const std::string& key, int n,
                                            std::string& text) {
  std::vector<TraceToken> tokens;
  const auto found = file.metadata().find(key);
  Json list = Json::array();
  if (found == file.metadata().end()) {
    for (int i = 0; i < n; ++i) list.push_back((i > 0 ? " " : "") + std::to_string(i));
  } else {
    Result<Json> parsed = parse_json(found->second, "the metadata's '" + key + "'");
    if (!parsed) return parsed.error();
    list = std::move(*parsed);
  }
  const bool strings = list.is_array() && std::all_of(list.begin(), list.end(),
                                                      [](const Json& token) { return token.is_string(); });
  if (!strings || static_cast<int>(list.size()) != n) {
    return Error{ErrorCode::Corrupt,
                 "the metadata's '" + key + "' must be a JSON list of " + std::to_string(n) + " texts" +
                     (strings ? ", found " + std::to_string(list.size()) : ""),
                 "Name one token for each row of attn"};
  }
  for (const Json& name : list) {
    TraceToken token;
    token.text = to_valid_utf8(name.get<std::string>());
    token.label = token.text;
    token.special = token.text.size() > 2 && ((token.text.front() == '<' && token.text.back() == '>') ||
                                              (token.text.front() == '[' && token.text.back() == ']'));
    token.begin = text.size();
    text += token.text;
    token.end = text.size();
    if (token.special) token.text.clear();
    tokens.push_back(std::move(token));
  }
  return tokens;
}

/// One kind of attention; null when the file has none. Errors: Corrupt, Unsupported.
Result<std::shared_ptr<AttentionTrace>> read_part(const SafetensorsFile& file, const std::string& prefix,
                                                  AttentionPart part) {
  if (!file.find(prefix + "attn.0")) return std::shared_ptr<AttentionTrace>();
  auto trace = std::make_shared<AttentionTrace>();
  trace->part = part;
  for (int layer = 0; layer < kMostLayers && file.find(prefix + "attn." + std::to_string(layer)); ++layer) {
    Result<AttentionLayerPtr> read = read_layer(file, prefix, layer);
    if (!read) return read.error();
    const AttentionLayerPtr &first = trace->layers.empty() ? *read : trace->layers.front(), &next = *read;
    if (next->n_heads() != first->n_heads() || next->n_query() != first->n_query() ||
        next->n_key() != first->n_key()) {
      return corrupt_dump("tensor " + quote(prefix + "attn." + std::to_string(layer)) +
                          " has another shape than that of layer 0");
    }
    trace->layers.push_back(std::move(*read));
  }
  const AttentionLayer& first = *trace->layers.front();
  trace->shape = {static_cast<int>(trace->layers.size()),
                  first.n_heads(),
                  first.n_heads(),
                  first.head_dim(),
                  first.n_heads() * first.head_dim(),
                  0};
  trace->causal = looks_back_only(*trace);
  trace->n_computed = first.n_query();
  return trace;
}

}  // namespace

Result<ModelPtr> DumpModel::load(const std::filesystem::path& path) {
  Result<SafetensorsFile> file = SafetensorsFile::open(path);
  if (!file) return file.error();
  return read(*file, path.filename().string());
}

Result<ModelPtr> DumpModel::read(const SafetensorsFile& file, const std::string& name) {
  struct Kind {
    const char* prefix;
    AttentionPart part;
    const char *queries, *keys;
  };
  constexpr Kind kKinds[] = {{"", AttentionPart::Self, "tokens", "tokens"},
                             {"encoder.", AttentionPart::Encoder, "tokens", "tokens"},
                             {"decoder.", AttentionPart::Decoder, "target_tokens", "target_tokens"},
                             {"cross.", AttentionPart::Cross, "target_tokens", "tokens"}};
  std::vector<std::shared_ptr<AttentionTrace>> parts;
  for (const Kind& kind : kKinds) {
    Result<std::shared_ptr<AttentionTrace>> read = read_part(file, kind.prefix, kind.part);
    if (!read) return read.error();
    if (!*read) continue;
    AttentionTrace& trace = **read;
    const AttentionLayer& layer = *trace.layers.front();
    std::string key_text;
    Result<std::vector<TraceToken>> tokens = read_tokens(file, kind.queries, layer.n_query(), trace.text);
    if (!tokens) return tokens.error();
    trace.tokens = std::move(*tokens);
    if (kind.part == AttentionPart::Cross) {
      Result<std::vector<TraceToken>> keys = read_tokens(file, kind.keys, layer.n_key(), key_text);
      if (!keys) return keys.error();
      trace.key_tokens = std::move(*keys);
    } else if (layer.n_query() != layer.n_key()) {
      return corrupt_dump("tensor " + quote(std::string(kind.prefix) + "attn.0") +
                          ": queries and keys are the same tokens here, but there are " +
                          std::to_string(layer.n_query()) + " and " + std::to_string(layer.n_key()));
    }
    trace.model_name = name;
    parts.push_back(std::move(*read));
  }
  if (parts.empty()) {
    return Error{ErrorCode::NotFound, quote(name) + " holds no attention: there is no tensor 'attn.0'",
                 "Open a trace that 'headscope attend' wrote, or the folder of a checkpoint"};
  }
  std::shared_ptr<AttentionTrace> whole = parts.front();
  if (parts.size() > 1 || whole->part != AttentionPart::Self) {
    // Whoever knows nothing of parts sees the decoder.
    const auto decoder = std::find_if(parts.begin(), parts.end(),
                                      [](const auto& part) { return part->part == AttentionPart::Decoder; });
    whole = std::make_shared<AttentionTrace>(decoder == parts.end() ? *parts.front() : **decoder);
    for (const auto& part : parts) whole->parts.push_back(part);
  }
  auto tokenizer = std::make_shared<const IdTokenizer>(0);
  return ModelPtr(std::shared_ptr<const DumpModel>(new DumpModel(std::move(whole), std::move(tokenizer))));
}

Result<TracePtr> DumpModel::trace(const std::string&, const TraceOptions& options) const {
  if (options.on_layer) options.on_layer(trace_, 1);
  return trace_;
}

}  // namespace headscope
