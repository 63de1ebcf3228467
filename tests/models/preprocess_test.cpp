#include <gmock/gmock.h>

#include <cmath>

#include "io/safetensors.h"
#include "io/sound.h"
#include "models/log_mel.h"
#include "models/preprocess_image.h"
#include "models/resample_sound.h"
#include "models/test_models.h"

namespace headscope {
namespace {

using testing::HasSubstr;

constexpr double kPi = 3.14159265358979323846;

Json preprocessor(const std::string& model) {
  return *read_json(kFixtures + "checkpoints/" + model + "/preprocessor_config.json");
}

std::vector<float> expected_input(const std::string& file, const std::string& name) {
  const auto opened = SafetensorsFile::open(kFixtures + "expected/" + file);
  EXPECT_TRUE(opened.ok());
  return *to_float(*opened->find(name));
}

/// One row of grey levels.
Image row_of(const std::vector<int>& levels) {
  Image image{static_cast<int>(levels.size()), 1, {}};
  for (const int level : levels) {
    for (int c = 0; c < 3; ++c) image.rgba.push_back(static_cast<std::uint8_t>(level));
    image.rgba.push_back(255);
  }
  return image;
}

std::vector<int> levels_of(const Image& image) {
  std::vector<int> levels;
  for (std::size_t i = 0; i < image.rgba.size(); i += 4) levels.push_back(image.rgba[i]);
  return levels;
}

TEST(Preprocessing, pictures_become_the_pixel_values_of_the_reference) {
  const auto recipe = read_image_recipe(preprocessor("vit-tiny"), ImageRecipe::vit(32));
  ASSERT_TRUE(recipe.ok()) << recipe.error().message;
  for (const std::string name : {"png-same-size", "png-resized"}) {
    const auto image = read_picture(kFixtures + "expected/vit-tiny/" + name + ".png");
    ASSERT_TRUE(image.ok()) << image.error().message;
    const PixelValues pixels = pixel_values(*prepared_image(*image, *recipe), *recipe);
    EXPECT_EQ(pixels.height, 32);
    EXPECT_EQ(pixels.width, 32);
    // Exact where the picture is resized, too: the arithmetic is Pillow's, level for level.
    EXPECT_EQ(pixels.values, expected_input("vit-tiny/" + name + ".safetensors", "pixel_values")) << name;
  }
}

TEST(Preprocessing, a_sound_becomes_the_input_features_of_the_reference) {
  const auto recipe = read_mel_recipe(preprocessor("whisper-tiny-random"), 20, 100);
  ASSERT_TRUE(recipe.ok()) << recipe.error().message;
  const auto sound = read_sound(kFixtures + "expected/whisper-tiny-random/wav-chirp.wav", recipe->seconds());
  ASSERT_TRUE(sound.ok()) << sound.error().message;
  const auto features = sound_features(*sound, *recipe);
  ASSERT_TRUE(features.ok());
  const std::vector<float> expected =
      expected_input("whisper-tiny-random/wav-chirp.safetensors", "input_features");
  ASSERT_EQ(static_cast<std::size_t>(features->size()), expected.size());
  float worst = 0;
  for (std::size_t i = 0; i < expected.size(); ++i) {
    worst = std::max(worst, std::abs(features->data()[i] - expected[i]));
  }
  EXPECT_LT(worst, 1e-4f);
  RecordProperty("worst", std::to_string(worst));
}

TEST(Preprocessing, shrinking_weighs_every_pixel_and_growing_the_two_nearest) {
  // Halving with a triangle of width 4: (1 3 3 1) / 8 in the middle, and without what is cut off at the ends.
  EXPECT_EQ(levels_of(resize(row_of({0, 80, 160, 240}), 2, 1, ResizeFilter::Bilinear)),
            (std::vector{(0 * 3 + 80 * 3 + 160 + 3) / 7, (80 + 160 * 3 + 240 * 3 + 3) / 7}));
  EXPECT_EQ(levels_of(resize(row_of({0, 100}), 4, 1, ResizeFilter::Bilinear)), (std::vector{0, 25, 75, 100}));
  EXPECT_EQ(levels_of(resize(row_of({10, 20, 30, 41}), 2, 1, ResizeFilter::Box)), (std::vector{15, 36}));
  EXPECT_EQ(levels_of(resize(row_of({1, 2, 3, 4}), 2, 1, ResizeFilter::Nearest)), (std::vector{2, 4}));
  // Keys' cubic at a quarter of the way: (-9 111 29 -3) / 128 of four neighbours; it overshoots an edge.
  EXPECT_EQ(levels_of(resize(row_of({0, 0, 0, 128, 128, 128}), 12, 1, ResizeFilter::Bicubic))[4], 0);
  EXPECT_EQ(levels_of(resize(row_of({0, 0, 0, 128, 128, 128}), 12, 1, ResizeFilter::Bicubic))[6], 102);
  for (const auto filter : {ResizeFilter::Lanczos, ResizeFilter::Hamming, ResizeFilter::Bicubic}) {
    EXPECT_EQ(levels_of(resize(row_of(std::vector<int>(7, 93)), 3, 1, filter)), std::vector(3, 93));
    const Image turned = resize(Image{1, 4, row_of({0, 80, 160, 240}).rgba}, 1, 2, filter);
    EXPECT_EQ(levels_of(turned), levels_of(resize(row_of({0, 80, 160, 240}), 2, 1, filter)));
  }
}

TEST(Preprocessing, deit_cuts_out_the_middle) {
  const ImageRecipe recipe = ImageRecipe::deit(224);
  EXPECT_EQ(*recipe.size, (PictureSize{256, 256}));
  ImageRecipe small = ImageRecipe::deit(2);
  small.size = PictureSize{5, 1};
  small.crop = PictureSize{2, 1};
  EXPECT_EQ(levels_of(*prepared_image(row_of({1, 2, 3, 4, 5}), small)), (std::vector{2, 3}));
  small.crop = PictureSize{6, 1};
  EXPECT_THAT(prepared_image(row_of({1, 2, 3, 4, 5}), small).error().message, HasSubstr("6 × 1"));
}

TEST(Preprocessing, settings_that_are_not_read_are_refused_by_name) {
  const ImageRecipe vit = ImageRecipe::vit(32);
  const auto picture = [&](const char* json) {
    const auto recipe = read_image_recipe(Json::parse(json), vit);
    return recipe.ok() ? std::string() : recipe.error().message;
  };
  EXPECT_EQ(picture(R"({"size": 48, "feature_extractor_type": "ViTFeatureExtractor"})"), "");
  EXPECT_THAT(picture(R"({"image_processor_type": "CLIPImageProcessor"})"),
              HasSubstr("'CLIPImageProcessor'"));
  EXPECT_THAT(picture(R"({"size": {"shortest_edge": 3}})"), HasSubstr("'size' without height and width"));
  EXPECT_THAT(picture(R"({"size": 0})"), HasSubstr("'size' must be"));
  EXPECT_THAT(picture(R"({"resample": 6})"), HasSubstr("'resample' must be"));
  EXPECT_THAT(picture(R"({"image_std": [0.5, 0, 0.5]})"),
              HasSubstr("'image_std' must be a list of three positive"));
  EXPECT_THAT(picture(R"({"do_center_crop": true})"), HasSubstr("without 'crop_size'"));
  EXPECT_THAT(picture("[]"), HasSubstr("must be an object"));

  const auto sound = [](const char* json) {
    const auto recipe = read_mel_recipe(Json::parse(json), 80, 3000);
    return recipe.ok() ? std::string() : recipe.error().message;
  };
  EXPECT_EQ(sound("{}"), "");
  EXPECT_THAT(sound(R"({"feature_extractor_type": "Wav2Vec2FeatureExtractor"})"), HasSubstr("'Wav2Vec2"));
  EXPECT_THAT(sound(R"({"dither": 0.1})"), HasSubstr("'dither'"));
  EXPECT_THAT(sound(R"({"chunk_length": 10})"), HasSubstr("80 × 1000, but the model reads 80 × 3000"));
  EXPECT_THAT(sound(R"({"feature_size": 128})"), HasSubstr("128 × 3000"));
}

TEST(Preprocessing, each_mel_band_peaks_in_its_middle_and_has_area_one) {
  MelRecipe recipe;
  const Eigen::MatrixXd filters = mel_filters(recipe);
  ASSERT_EQ(filters.rows(), 80);
  ASSERT_EQ(filters.cols(), 201);
  int before = -1;
  for (int mel = 0; mel < 80; ++mel) {
    Eigen::Index peak = 0;
    filters.row(mel).maxCoeff(&peak);
    EXPECT_GE(peak, before);
    before = static_cast<int>(peak);
    // 40 Hz a bin: the narrow bands are sampled in one or two places only.
    if (mel >= 40) {
      EXPECT_NEAR(filters.row(mel).sum() * 40, 1, 0.1) << mel;
    }
  }
}

TEST(Preprocessing, a_tone_keeps_its_pitch_and_height_at_another_rate) {
  for (const int rate : {8000, 11025, 22050, 44100, 48000, 96000}) {
    const double hertz = 1234;
    std::vector<float> samples(static_cast<std::size_t>(rate / 2));
    for (std::size_t i = 0; i < samples.size(); ++i) {
      samples[i] = static_cast<float>(std::sin(2 * kPi * hertz * static_cast<double>(i) / rate));
    }
    const std::vector<float> out = resample_sound(samples, rate, 16000);
    ASSERT_EQ(out.size(), 8000u);
    for (std::size_t i = 500; i + 500 < out.size(); ++i) {
      ASSERT_NEAR(out[i], std::sin(2 * kPi * hertz * static_cast<double>(i) / 16000), 2e-4)
          << rate << " " << i;
    }
  }
}

TEST(Preprocessing, what_the_new_rate_cannot_hold_is_gone) {
  std::vector<float> samples(48000);
  for (std::size_t i = 0; i < samples.size(); ++i) {
    samples[i] = static_cast<float>(std::sin(2 * kPi * 11000 * static_cast<double>(i) / 48000));
  }
  const std::vector<float> out = resample_sound(samples, 48000, 16000);
  for (std::size_t i = 500; i + 500 < out.size(); ++i) ASSERT_NEAR(out[i], 0, 1e-4);
}

TEST(Preprocessing, an_empty_sound_is_refused) {
  EXPECT_EQ(sound_features({16000, {}, true}, MelRecipe()).error().code, ErrorCode::InvalidArgument);
}

}  // namespace
}  // namespace headscope
