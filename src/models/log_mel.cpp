#include "models/log_mel.h"

#include <algorithm>
#include <cassert>
#include <cmath>
#include <complex>
#include <numbers>
#include <vector>

#include <unsupported/Eigen/FFT>

#include "io/quote.h"
#include "models/resample_sound.h"

namespace headscope {
namespace {

constexpr double kTopHertz = 8000;
const char* const kFile = "preprocessor_config.json";

// Slaney's scale: 200/3 Hz a mel up to 1000 Hz, which is mel 15; from there a factor of 6.4 in 27 mels.
constexpr double kBreakHertz = 1000, kBreakMel = 15;
double mel_from_hertz(double hertz) {
  if (hertz < kBreakHertz) return 3 * hertz / 200;
  return kBreakMel + std::log(hertz / kBreakHertz) * 27 / std::log(6.4);
}
double hertz_from_mel(double mel) {
  if (mel < kBreakMel) return 200 * mel / 3;
  return kBreakHertz * std::exp(std::log(6.4) / 27 * (mel - kBreakMel));
}

/// Sample `at` of a sound of n samples that is mirrored at both ends.
std::size_t reflected(std::int64_t at, std::int64_t n) {
  if (at < 0) at = -at;
  if (at >= n) at = 2 * (n - 1) - at;
  return static_cast<std::size_t>(at);
}

}  // namespace

Result<MelRecipe> read_mel_recipe(const Json& config, int n_mels, int n_frames) {
  MelRecipe recipe;
  recipe.n_mels = n_mels;
  JsonFields fields(config, kFile);
  const std::string kind = fields.string("feature_extractor_type", "WhisperFeatureExtractor");
  recipe.sample_rate = static_cast<int>(fields.integer("sampling_rate", 1000, 768'000, recipe.sample_rate));
  recipe.n_fft = static_cast<int>(fields.integer("n_fft", 16, 16384, recipe.n_fft));
  recipe.hop = static_cast<int>(fields.integer("hop_length", 1, 16384, recipe.hop));
  const int file_mels = static_cast<int>(fields.integer("feature_size", 1, 4096, n_mels));
  const std::int64_t chunk_seconds = fields.integer("chunk_length", 1, 3600, 30);
  recipe.n_samples = static_cast<int>(fields.integer(
      "n_samples", 1, 1 << 30, std::min<std::int64_t>(chunk_seconds * recipe.sample_rate, 1 << 30)));
  const double dither = fields.number("dither", 0, 1e9, 0.0);
  const bool normalizes = fields.boolean("do_normalize", false);
  if (!fields.status()) return fields.status().error();
  const auto unsupported = [](const std::string& what) {
    return Error{ErrorCode::Unsupported, std::string(kFile) + ": " + what + " is not supported",
                 "Write input_features with the model's own software and give them by --inputs"};
  };
  if (kind != "WhisperFeatureExtractor") return unsupported("the feature extractor " + quote(kind));
  if (dither != 0) return unsupported("'dither'");
  if (normalizes) return unsupported("'do_normalize'");
  if (file_mels != n_mels || recipe.n_frames() != n_frames || recipe.n_samples <= recipe.n_fft) {
    return Error{ErrorCode::Corrupt,
                 std::string(kFile) + " makes spectrograms of " + std::to_string(file_mels) + " × " +
                     std::to_string(recipe.n_frames()) + ", but the model reads " + std::to_string(n_mels) +
                     " × " + std::to_string(n_frames),
                 "Check that the file belongs to this checkpoint"};
  }
  return recipe;
}

Eigen::MatrixXd mel_filters(const MelRecipe& recipe) {
  const int n_bins = recipe.n_fft / 2 + 1;
  std::vector<double> corners(static_cast<std::size_t>(recipe.n_mels) + 2);
  const double top_mel = mel_from_hertz(kTopHertz);
  for (std::size_t i = 0; i < corners.size(); ++i) {
    corners[i] = hertz_from_mel(top_mel * static_cast<double>(i) / (recipe.n_mels + 1));
  }
  Eigen::MatrixXd filters = Eigen::MatrixXd::Zero(recipe.n_mels, n_bins);
  for (int mel = 0; mel < recipe.n_mels; ++mel) {
    const double low = corners[static_cast<std::size_t>(mel)],
                 middle = corners[static_cast<std::size_t>(mel) + 1],
                 high = corners[static_cast<std::size_t>(mel) + 2];
    for (int bin = 0; bin < n_bins; ++bin) {
      const double hertz = recipe.sample_rate / 2 * static_cast<double>(bin) / (n_bins - 1);
      const double height = std::min((hertz - low) / (middle - low), (high - hertz) / (high - middle));
      filters(mel, bin) = std::max(0.0, height) * 2 / (high - low);
    }
  }
  return filters;
}

Matrix log_mel_spectrogram(std::span<const float> samples, const MelRecipe& recipe) {
  assert(recipe.n_samples > recipe.n_fft / 2);
  const int n_fft = recipe.n_fft, n_bins = n_fft / 2 + 1, n_frames = recipe.n_frames();
  const std::int64_t n = recipe.n_samples;
  std::vector<double> window(static_cast<std::size_t>(n_fft)), frame(window.size());
  for (int i = 0; i < n_fft; ++i)
    window[static_cast<std::size_t>(i)] = 0.5 - 0.5 * std::cos(2 * std::numbers::pi * i / n_fft);

  const Eigen::MatrixXd filters = mel_filters(recipe);
  std::vector<std::pair<int, int>> bands;  // a triangle covers a few bins alone
  for (int mel = 0; mel < recipe.n_mels; ++mel) {
    int first = 0, end = n_bins;
    while (first < end && filters(mel, first) == 0) ++first;
    while (end > first && filters(mel, end - 1) == 0) --end;
    bands.emplace_back(first, end);
  }

  Eigen::FFT<double> fourier;
  std::vector<std::complex<double>> spectrum;
  Eigen::VectorXd power(n_bins);
  Matrix logs(recipe.n_mels, n_frames);
  for (int t = 0; t < n_frames; ++t) {
    const std::int64_t first = static_cast<std::int64_t>(t) * recipe.hop - n_fft / 2;
    for (int i = 0; i < n_fft; ++i) {
      const std::size_t at = reflected(first + i, n);
      frame[static_cast<std::size_t>(i)] =
          at < samples.size() ? window[static_cast<std::size_t>(i)] * samples[at] : 0.0;
    }
    fourier.fwd(spectrum, frame);
    for (int bin = 0; bin < n_bins; ++bin) power(bin) = std::norm(spectrum[static_cast<std::size_t>(bin)]);
    for (int mel = 0; mel < recipe.n_mels; ++mel) {
      const auto [begin, end] = bands[static_cast<std::size_t>(mel)];
      const double energy =
          filters.row(mel).segment(begin, end - begin).dot(power.segment(begin, end - begin));
      logs(mel, t) = static_cast<float>(std::log10(std::max(energy, 1e-10)));
    }
  }
  const float floor = logs.maxCoeff() - 8.0f;
  return ((logs.array().max(floor) + 4.0f) / 4.0f).matrix();
}

Result<Matrix> sound_features(const Sound& sound, const MelRecipe& recipe) {
  if (sound.samples.empty()) {
    return Error{ErrorCode::InvalidArgument, "the sound is empty", "Give a file with at least one sample"};
  }
  return log_mel_spectrogram(resample_sound(sound.samples, sound.sample_rate, recipe.sample_rate), recipe);
}

}  // namespace headscope
