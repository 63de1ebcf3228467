// Models that look and listen: from files, and against a forward pass of this test's own in double precision.
#include <gmock/gmock.h>

#include <cmath>
#include <fstream>
#include <map>
#include <random>

#include "io/json.h"
#include "io/safetensors.h"
#include "io/safetensors_writer.h"
#include "io/temporary_folder.h"
#include "models/test_models.h"

namespace headscope {
namespace {

using testing::HasSubstr;
using Wide = Eigen::Matrix<double, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;
using WideRow = Eigen::Matrix<double, 1, Eigen::Dynamic>;
using Tensors = std::map<std::string, std::pair<TensorShape, std::vector<float>>>;

Tensors read_tensors(const std::string& path) {
  Tensors tensors;
  const auto file = SafetensorsFile::open(path);
  EXPECT_TRUE(file.ok());
  for (const TensorView& tensor : file->tensors()) tensors[tensor.name] = {tensor.shape, *to_float(tensor)};
  return tensors;
}

/// ViT and DeiT as the papers have them, token by token, in double precision and with none of the engine's
/// code.
struct PlainVit {
  const Tensors& tensors;
  std::string prefix;
  int image = 0, patch = 0, n_layers = 0, n_heads = 0;
  double epsilon = 0;
  std::vector<std::vector<Wide>> weights = {};  ///< [n_layers][n_heads]
  std::vector<Wide> hidden = {};

  Wide matrix(const std::string& name, bool own_prefix = true) const {
    const auto& [shape, values] = tensors.at(own_prefix ? prefix + name : name);
    const auto n_columns = static_cast<Eigen::Index>(
        shape.size() == 1 ? shape[0]
                          : values.size() / static_cast<std::size_t>(shape[0] == 1 ? shape[1] : shape[0]));
    return Eigen::Map<const Matrix>(values.data(), static_cast<Eigen::Index>(values.size()) / n_columns,
                                    n_columns)
        .cast<double>();
  }
  Wide linear(const Wide& x, const std::string& name, bool own_prefix = true) const {
    return (x * matrix(name + ".weight", own_prefix).transpose()).rowwise() +
           WideRow(matrix(name + ".bias", own_prefix).row(0));
  }
  Wide norm(const Wide& x, const std::string& name) const {
    Wide out = x;
    for (Eigen::Index i = 0; i < x.rows(); ++i) {
      const double mean = x.row(i).mean(), variance = (x.row(i).array() - mean).square().mean();
      out.row(i) = ((x.row(i).array() - mean) / std::sqrt(variance + epsilon) *
                        matrix(name + ".weight").row(0).array() +
                    matrix(name + ".bias").row(0).array());
    }
    return out;
  }

  Wide embed(const std::vector<float>& pixels) const {
    const int side = image / patch;
    const Wide kernel = matrix("embeddings.patch_embeddings.projection.weight");
    const Eigen::Index d = kernel.rows();
    std::vector<std::string> special = {"embeddings.cls_token"};
    if (tensors.contains(prefix + "embeddings.distillation_token"))
      special.push_back("embeddings.distillation_token");
    Wide x = matrix("embeddings.position_embeddings");
    for (std::size_t i = 0; i < special.size(); ++i) {
      const auto& values = tensors.at(prefix + special[i]).second;
      for (Eigen::Index j = 0; j < d; ++j)
        x(static_cast<Eigen::Index>(i), j) += values[static_cast<std::size_t>(j)];
    }
    for (int p = 0; p < side * side; ++p) {
      for (Eigen::Index out = 0; out < d; ++out) {
        double sum = matrix("embeddings.patch_embeddings.projection.bias")(0, out);
        for (int c = 0; c < 3; ++c) {
          for (int dy = 0; dy < patch; ++dy) {
            for (int dx = 0; dx < patch; ++dx) {
              const int y = p / side * patch + dy, column = p % side * patch + dx;
              sum += kernel(out, (c * patch + dy) * patch + dx) *
                     pixels[static_cast<std::size_t>((c * image + y) * image + column)];
            }
          }
        }
        x(static_cast<Eigen::Index>(special.size()) + p, out) += sum;
      }
    }
    return x;
  }

  void run(const std::vector<float>& pixels) {
    Wide x = embed(pixels);
    const Eigen::Index head_dim = x.cols() / n_heads;
    for (int layer = 0; layer < n_layers; ++layer) {
      hidden.push_back(x);
      const std::string name = "encoder.layer." + std::to_string(layer) + ".";
      const Wide normed = norm(x, name + "layernorm_before");
      const Wide q = linear(normed, name + "attention.attention.query"),
                 k = linear(normed, name + "attention.attention.key"),
                 v = linear(normed, name + "attention.attention.value");
      Wide mixed(x.rows(), x.cols());
      weights.emplace_back();
      for (int head = 0; head < n_heads; ++head) {
        const auto part = [&](const Wide& all) { return all.middleCols(head * head_dim, head_dim); };
        Wide w = (part(q) * part(k).transpose() / std::sqrt(static_cast<double>(head_dim))).array().exp();
        for (Eigen::Index i = 0; i < w.rows(); ++i) w.row(i) /= w.row(i).sum();
        mixed.middleCols(head * head_dim, head_dim) = w * part(v);
        weights.back().push_back(w);
      }
      x += linear(mixed, name + "attention.output.dense");
      Wide inner = linear(norm(x, name + "layernorm_after"), name + "intermediate.dense");
      inner =
          inner.unaryExpr([](double value) { return 0.5 * value * (1 + std::erf(value / std::sqrt(2.0))); });
      x += linear(inner, name + "output.dense");
    }
    hidden.push_back(x);
  }

  Wide logits(const std::vector<std::string>& classifiers) const {
    const Wide normed = norm(hidden.back(), "layernorm");
    Wide sum = linear(normed.row(0), classifiers[0], false);
    if (classifiers.size() == 2) sum = (sum + linear(normed.row(1), classifiers[1], false)) / 2;
    return sum;
  }
};

TracePtr traced_pixels(const Model& model, int size, const std::vector<float>& pixels) {
  auto media = std::make_shared<MediaInput>();
  media->pixels = {3, size, size, pixels};
  TokenInput input;
  input.media = media;
  TraceOptions options;
  options.keep_hidden = options.keep_logits = true;
  auto trace = model.trace_ids(input, options);
  EXPECT_TRUE(trace.ok()) << (trace.ok() ? "" : trace.error().message);
  return trace.ok() ? *trace : nullptr;
}

void expect_equal(const AttentionTrace& trace, const PlainVit& plain,
                  const std::vector<std::string>& classifiers) {
  for (int layer = 0; layer < plain.n_layers; ++layer) {
    for (int head = 0; head < plain.n_heads; ++head) {
      const Wide difference = trace.layers[static_cast<std::size_t>(layer)]->weights(head).cast<double>() -
                              plain.weights[static_cast<std::size_t>(layer)][static_cast<std::size_t>(head)];
      EXPECT_LT(difference.cwiseAbs().maxCoeff(), 1e-5) << layer << "." << head;
    }
  }
  ASSERT_EQ(trace.hidden.size(), plain.hidden.size());
  for (std::size_t i = 0; i < plain.hidden.size(); ++i) {
    EXPECT_LT((trace.hidden[i].matrix().cast<double>() - plain.hidden[i]).cwiseAbs().maxCoeff(), 1e-4) << i;
  }
  if (classifiers.empty()) return;
  EXPECT_LT((trace.logits.matrix().cast<double>() - plain.logits(classifiers)).cwiseAbs().maxCoeff(), 1e-4);
}

TEST(PictureModel, vit_agrees_with_a_plain_forward_pass_and_both_with_the_reference) {
  const std::string folder = kFixtures + "checkpoints/vit-tiny";
  const ModelPtr model = loaded(folder);
  const Tensors tensors = read_tensors(folder + "/model.safetensors");
  Tensors expected = read_tensors(kFixtures + "expected/vit-tiny/picture.safetensors");
  PlainVit plain{tensors, "vit.", 32, 8, 3, 4, 1e-3};
  plain.run(expected["pixel_values"].second);
  expect_equal(*traced_pixels(*model, 32, expected["pixel_values"].second), plain, {"classifier"});
  const auto& attention = expected["attn.2"].second;
  const Matrix reference = Eigen::Map<const Matrix>(attention.data(), 4 * 17, 17);
  for (int head = 0; head < 4; ++head) {
    EXPECT_LT((plain.weights[2][static_cast<std::size_t>(head)] -
               reference.middleRows(head * 17, 17).cast<double>())
                  .cwiseAbs()
                  .maxCoeff(),
              2e-5);
  }
}

/// A DeiT with random weights: 2 layers of 3 heads, pictures of 20 × 20 in patches of 5.
struct RandomDeit {
  TemporaryFolder folder;
  Tensors tensors;

  explicit RandomDeit(const std::string& architecture) {
    constexpr int d = 12, inner = 20;
    const auto linear = [&](const std::string& name, int n_out, int n_in) {
      add(name + ".weight", {n_out, n_in}, 1.5f / std::sqrt(static_cast<float>(n_in)));
      add(name + ".bias", {n_out}, 0.3f);
    };
    const auto norm = [&](const std::string& name) {
      add(name + ".weight", {d}, 0.5f, 1.0f);
      add(name + ".bias", {d}, 0.3f);
    };
    add("deit.embeddings.cls_token", {1, 1, d}, 1);
    add("deit.embeddings.distillation_token", {1, 1, d}, 1);
    add("deit.embeddings.position_embeddings", {1, 18, d}, 0.7f);
    add("deit.embeddings.patch_embeddings.projection.weight", {d, 3, 5, 5}, 0.2f);
    add("deit.embeddings.patch_embeddings.projection.bias", {d}, 0.3f);
    for (int layer = 0; layer < 2; ++layer) {
      const std::string name = "deit.encoder.layer." + std::to_string(layer) + ".";
      for (const char* part : {"query", "key", "value"}) linear(name + "attention.attention." + part, d, d);
      linear(name + "attention.output.dense", d, d);
      linear(name + "intermediate.dense", inner, d);
      linear(name + "output.dense", d, inner);
      norm(name + "layernorm_before");
      norm(name + "layernorm_after");
    }
    norm("deit.layernorm");
    if (architecture == "DeiTForImageClassification") linear("classifier", 3, d);
    if (architecture == "DeiTForImageClassificationWithTeacher") {
      linear("cls_classifier", 3, d);
      linear("distillation_classifier", 3, d);
    }
    std::vector<TensorSpec> specs;
    for (const auto& [name, tensor] : tensors) specs.push_back({name, DType::F32, tensor.first});
    auto writer = SafetensorsWriter::create(folder / "model.safetensors", specs, {});
    for (const auto& [name, tensor] : tensors) EXPECT_TRUE(writer->write(tensor.second).ok());
    EXPECT_TRUE(writer->commit().ok());
    std::ofstream(folder / "config.json")
        << R"({"architectures": [")" << architecture
        << R"("], "hidden_size": 12, "intermediate_size": 20, "num_hidden_layers": 2, "num_attention_heads": 3,
               "image_size": 20, "patch_size": 5, "layer_norm_eps": 1e-3,
               "id2label": {"0": "cat", "1": "dog", "2": "owl"}})";
  }
  void add(const std::string& name, const TensorShape& shape, float spread, float middle = 0) {
    std::size_t n = 1;
    for (const std::int64_t axis : shape) n *= static_cast<std::size_t>(axis);
    std::vector<float> values(n);
    for (float& value : values) value = middle + spread * uniform();
    tensors[name] = {shape, std::move(values)};
  }
  float uniform() { return static_cast<float>(random() % 20001) / 10000.0f - 1.0f; }
  std::mt19937 random{7};
};

TEST(PictureModel, deit_agrees_with_a_plain_forward_pass) {
  const std::map<std::string, std::vector<std::string>> classifiers = {
      {"DeiTForImageClassification", {"classifier"}},
      {"DeiTForImageClassificationWithTeacher", {"cls_classifier", "distillation_classifier"}},
      {"DeiTModel", {}}};
  for (const auto& [architecture, names] : classifiers) {
    RandomDeit checkpoint(architecture);
    const ModelPtr model = loaded(checkpoint.folder.path().string());
    ASSERT_TRUE(model);
    std::vector<float> pixels(3 * 20 * 20);
    for (float& pixel : pixels) pixel = checkpoint.uniform();
    PlainVit plain{checkpoint.tensors, "deit.", 20, 5, 2, 3, 1e-3};
    plain.run(pixels);
    const TracePtr trace = traced_pixels(*model, 20, pixels);
    ASSERT_TRUE(trace);
    expect_equal(*trace, plain, names);
    EXPECT_EQ(trace->tokens[1].label, "[DIST]");
    EXPECT_EQ(trace->tokens[2].label, "patch 1,1");
    EXPECT_EQ(trace->tokens[17].label, "patch 4,4");
    EXPECT_EQ(trace->media->picture->first_patch, 2);
    EXPECT_EQ(trace->next_tokens.size(), names.empty() ? 0u : 18u);
    if (names.empty()) continue;
    EXPECT_EQ(trace->next_tokens[0].size(), 3u);
    const Wide logits = plain.logits(names);
    Eigen::Index best = 0;
    logits.row(0).maxCoeff(&best);
    EXPECT_EQ(trace->next_tokens[0][0].id, best);
    EXPECT_EQ(trace->next_tokens[0][0].text,
              (std::vector<std::string>{"cat", "dog", "owl"})[static_cast<std::size_t>(best)]);
  }
}

TEST(PictureModel, a_picture_file_gives_the_attention_of_the_reference) {
  const ModelPtr model = loaded(kFixtures + "checkpoints/vit-tiny");
  EXPECT_EQ(model->input_kind(), InputKind::Picture);
  for (const std::string name : {"png-same-size", "png-resized"}) {
    const auto media = model->read_media(kFixtures + "expected/vit-tiny/" + name + ".png");
    ASSERT_TRUE(media.ok()) << media.error().message;
    const auto trace = model->trace_media(*media, "", {});
    ASSERT_TRUE(trace.ok()) << trace.error().message;
    const Tensors expected = read_tensors(kFixtures + "expected/vit-tiny/" + name + ".safetensors");
    for (int layer = 0; layer < 3; ++layer) {
      const auto& values = expected.at("attn." + std::to_string(layer)).second;
      for (int head = 0; head < 4; ++head) {
        const Eigen::Map<const Matrix> reference(values.data() + head * 17 * 17, 17, 17);
        EXPECT_LT(((*trace)->layers[static_cast<std::size_t>(layer)]->weights(head) - reference)
                      .cwiseAbs()
                      .maxCoeff(),
                  3e-5f);
      }
    }
    EXPECT_EQ((*trace)->media->picture->width, 32);
    EXPECT_EQ((*trace)->media->picture->n_columns, 4);
  }
}

TEST(PictureModel, the_picture_can_be_seen_again_from_its_pixel_values) {
  const ModelPtr model = loaded(kFixtures + "checkpoints/vit-tiny");
  const auto media = model->read_media(kFixtures + "expected/vit-tiny/png-resized.png");
  ASSERT_TRUE(media.ok());
  const TracePtr trace = traced_pixels(*model, 32, (*media)->pixels.values);
  EXPECT_EQ(trace->media->picture->rgba, (*media)->shown->picture->rgba);
}

TEST(SoundModel, a_sound_file_gives_the_attention_of_the_reference) {
  const ModelPtr model = loaded(kFixtures + "checkpoints/whisper-tiny-random");
  EXPECT_EQ(model->input_kind(), InputKind::Sound);
  const Tensors expected = read_tensors(kFixtures + "expected/whisper-tiny-random/wav-chirp.safetensors");
  const auto media = model->read_media(kFixtures + "expected/whisper-tiny-random/wav-chirp.wav");
  ASSERT_TRUE(media.ok()) << media.error().message;
  TokenInput input;
  input.media = *media;
  for (const float id : expected.at("decoder_input_ids").second)
    input.decoder_input_ids.push_back(static_cast<int>(id));
  const auto trace = model->trace_ids(input, {});
  ASSERT_TRUE(trace.ok()) << trace.error().message;
  const TracePtr cross = part_of(*trace, AttentionPart::Cross);
  ASSERT_TRUE(cross);
  const auto& values = expected.at("cross.attn.2").second;
  for (int head = 0; head < 4; ++head) {
    const Eigen::Map<const Matrix> reference(values.data() + head * 9 * 50, 9, 50);
    EXPECT_LT((cross->layers[2]->weights(head) - reference).cwiseAbs().maxCoeff(), 2e-5f);
  }
  EXPECT_EQ(cross->keys()[0].label, "0.00 s");
  EXPECT_EQ(cross->keys()[49].label, "0.98 s");
  EXPECT_EQ((*trace)->media->sound->spectrogram.cols(), 100);
  EXPECT_DOUBLE_EQ((*trace)->media->sound->seconds, 1.0);

  // The words beside the sound, here numbers, make the same trace.
  std::string text;
  for (std::size_t i = 1; i < input.decoder_input_ids.size(); ++i)
    text += std::to_string(input.decoder_input_ids[i]) + " ";
  const auto worded = model->trace_media(*media, text, {});
  ASSERT_TRUE(worded.ok()) << worded.error().message;
  EXPECT_EQ(weight_difference(*part_of(*worded, AttentionPart::Cross), *cross), 0);
}

TEST(MediaModels, what_does_not_fit_is_refused_in_a_sentence) {
  const ModelPtr eye = loaded(kFixtures + "checkpoints/vit-tiny"),
                 ear = loaded(kFixtures + "checkpoints/whisper-tiny-random"),
                 reader = loaded(kFixtures + "checkpoints/gpt2-tiny");
  EXPECT_THAT(eye->trace("a cat", {}).error().message, HasSubstr("'vit-tiny' looks at pictures"));
  EXPECT_THAT(ear->trace("a cat", {}).error().message, HasSubstr("listens to sound"));
  EXPECT_THAT(eye->read_media(kFixtures + "expected/whisper-tiny-random/wav-chirp.wav").error().message,
              HasSubstr("neither a PNG nor a JPEG"));
  EXPECT_THAT(ear->read_media(kFixtures + "expected/vit-tiny/png-resized.png").error().message,
              HasSubstr("neither WAV nor FLAC nor OGG"));
  EXPECT_THAT(reader->read_media("cat.png").error().message, HasSubstr("'gpt2-tiny' reads text"));
  auto media = std::make_shared<MediaInput>();
  media->pixels = {3, 8, 8, std::vector<float>(3 * 8 * 8)};
  media->features = Matrix::Zero(20, 7);
  TokenInput input;
  input.media = media;
  EXPECT_THAT(eye->trace_ids(input, {}).error().message, HasSubstr("shape [3, 32, 32], found [3, 8, 8]"));
  EXPECT_THAT(ear->trace_ids(input, {}).error().message, HasSubstr("20 × 100, found 20 × 7"));
}

}  // namespace
}  // namespace headscope
