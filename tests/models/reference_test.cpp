// Every tensor of every reference case, within the tolerance that the manifest states.
#include <gtest/gtest.h>

#include <cmath>
#include <cstdio>
#include <map>
#include <set>

#include "io/json.h"
#include "io/safetensors.h"
#include "models/model.h"
#include "models/trace_dump.h"

namespace headscope {
namespace {

const std::string kFixtures = HEADSCOPE_SHARED_DIR "/fixtures/";

/// "attn" of "attn.3" and of "encoder.attn.3".
std::string kind_of(const std::string& name) {
  const std::size_t end = std::min(name.rfind('.'), name.size());
  if (end == name.size()) return name;
  const std::size_t before = name.rfind('.', end - 1);
  const std::size_t begin = before == std::string::npos ? 0 : before + 1;
  return name.substr(begin, end - begin);
}

bool is_input(const std::string& name) {
  return name.ends_with("_ids") || name == "attention_mask" || name == "pixel_values" ||
         name == "input_features" || name.starts_with("probs");
}

/// The largest difference over the rows of real positions; columns of padding keys must be 0 in the weights.
///   real  [n_positions] of the sequence that the tensor's rows belong to; empty: all are
double worst_error(const std::vector<float>& found, const std::vector<float>& expected,
                   const TraceTensor& tensor, const std::vector<int>& real) {
  const TensorShape& shape = tensor.spec.shape;
  const auto width = static_cast<std::size_t>(shape.back());
  const auto n_rows = shape.size() < 2 ? 1 : static_cast<std::size_t>(shape[shape.size() - 2]);
  double worst = 0;
  for (std::size_t i = 0; i < found.size(); ++i) {
    const std::size_t row = i / width % n_rows;
    if (!real.empty() && !real[row]) continue;
    if (std::isinf(expected[i]) && expected[i] == found[i]) continue;
    const double error = std::abs(static_cast<double>(found[i]) - static_cast<double>(expected[i]));
    worst = std::isnan(error) ? 1e30 : std::max(worst, error);
  }
  return worst;
}

/// Whether the rows of a tensor are positions of the input, which may be padded, or of the decoder's.
bool rows_are_inputs(const std::string& name, bool has_decoder) {
  if (!has_decoder || name.starts_with("encoder.")) return true;
  return name.starts_with("cross.k.") || name.starts_with("cross.v.");
}

void compare_case(const Model& model, const Json& test_case, std::map<std::string, double>& worst) {
  const std::string path = kFixtures + test_case["file"].get<std::string>();
  auto input = read_token_input(path);
  ASSERT_TRUE(input.ok()) << input.error().message;
  auto expected = SafetensorsFile::open(path);
  ASSERT_TRUE(expected.ok());
  auto keep = parse_keep("all");
  auto trace = model.trace_ids(*input, trace_options(*keep));
  ASSERT_TRUE(trace.ok()) << trace.error().message;
  auto tensors = trace_tensors(*trace, *keep);
  ASSERT_TRUE(tensors.ok()) << tensors.error().message;

  std::size_t n_compared = 0;
  for (const TraceTensor& tensor : *tensors) {
    const std::string& name = tensor.spec.name;
    const TensorView* reference = expected->find(name);
    if (!reference) continue;
    ++n_compared;
    ASSERT_EQ(tensor.spec.shape, reference->shape) << path << ' ' << name;
    const bool padded = rows_are_inputs(name, !(*trace)->parts.empty());
    const double error = worst_error(tensor.numbers(), *to_float(*reference), tensor,
                                     padded ? input->attention_mask : std::vector<int>());
    const std::string kind = kind_of(name);
    const Json& tolerance = test_case["tolerance"];
    EXPECT_LE(error, tolerance.value(kind, tolerance["default"].get<double>())) << path << ' ' << name;
    worst[kind] = std::max(worst[kind], error);
  }
  // Every tensor of the file that is no input was compared.
  std::size_t n_expected = 0;
  for (const TensorView& tensor : expected->tensors()) n_expected += !is_input(tensor.name);
  EXPECT_EQ(n_compared, n_expected) << path;
}

class Reference : public testing::TestWithParam<const char*> {};

TEST_P(Reference, every_tensor_agrees_within_the_manifests_tolerance) {
  auto manifest = read_json(kFixtures + "manifest.json");
  ASSERT_TRUE(manifest.ok()) << manifest.error().message;
  int n_cases = 0;
  for (const Json& entry : (*manifest)["models"]) {
    if (entry["name"] != GetParam()) continue;
    auto model = load_model(kFixtures + entry["checkpoint"].get<std::string>());
    ASSERT_TRUE(model.ok()) << model.error().message;
    std::map<std::string, double> worst;
    for (const Json& test_case : entry["cases"]) {
      compare_case(**model, test_case, worst);
      ++n_cases;
    }
    std::printf("%-24s worst error:", GetParam());
    for (const auto& [kind, error] : worst) std::printf("  %s %.1e", kind.c_str(), error);
    std::printf("\n");
  }
  EXPECT_GT(n_cases, 0);
}

std::string test_name(const testing::TestParamInfo<const char*>& info) {
  std::string text = info.param;
  for (char& c : text) c = c == '-' ? '_' : c;
  return text;
}

const char* const kDecoders[] = {"gpt2-tiny",
                                 "gpt2-f16",
                                 "hard-tied-scores-gpt2",
                                 "text-gpt2",
                                 "gpt-nano-sort",
                                 "llama-tiny",
                                 "llama-bf16-sharded",
                                 "hard-large-scores-llama",
                                 "stories260K",
                                 "mistral-tiny",
                                 "qwen2-tiny",
                                 "qwen3-tiny",
                                 "gemma2-tiny",
                                 "neox-tiny"};
const char* const kEncoders[] = {"bert-tiny", "bert-gamma-beta", "distilbert-tiny", "roberta-tiny",
                                 "text-bert"};
const char* const kEncoderDecoders[] = {"t5-tiny", "bart-tiny", "marian-tiny", "text-t5"};
const char* const kMedia[] = {"vit-tiny", "whisper-tiny-random"};

INSTANTIATE_TEST_SUITE_P(Decoders, Reference, testing::ValuesIn(kDecoders), test_name);
INSTANTIATE_TEST_SUITE_P(Encoders, Reference, testing::ValuesIn(kEncoders), test_name);
INSTANTIATE_TEST_SUITE_P(EncoderDecoders, Reference, testing::ValuesIn(kEncoderDecoders), test_name);
INSTANTIATE_TEST_SUITE_P(Media, Reference, testing::ValuesIn(kMedia), test_name);

TEST(Manifest, has_no_model_that_no_test_covers) {
  std::set<std::string> covered(std::begin(kDecoders), std::end(kDecoders));
  covered.insert(std::begin(kEncoders), std::end(kEncoders));
  covered.insert(std::begin(kEncoderDecoders), std::end(kEncoderDecoders));
  covered.insert(std::begin(kMedia), std::end(kMedia));
  auto manifest = read_json(kFixtures + "manifest.json");
  ASSERT_TRUE(manifest.ok()) << manifest.error().message;
  std::size_t n_cases = 0;
  for (const Json& entry : (*manifest)["models"]) {
    EXPECT_TRUE(covered.contains(entry["name"].get<std::string>())) << entry["name"];
    n_cases += entry["cases"].size();
  }
  EXPECT_EQ((*manifest)["models"].size(), covered.size());
  EXPECT_GE(n_cases, 104u);
}

}  // namespace
}  // namespace headscope
