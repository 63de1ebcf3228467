#include "scene/media_image.h"

#include <algorithm>
#include <cmath>

#include "base/hash.h"
#include "scene/row_reader.h"
#include "scene/weight_scale.h"

namespace headscope {
namespace {

std::uint64_t hash_pixels(const std::vector<std::uint8_t>& bytes, int width) {
  Hasher hasher;
  hasher.add(static_cast<std::uint64_t>(width));
  hasher.bytes(bytes.data(), bytes.size());
  return hasher.value() | 1;
}

/// Layouts of one input follow each other: the last image is kept for each thread that makes them.
struct Kept {
  std::weak_ptr<const TraceMedia> media;
  std::shared_ptr<const MatrixValues> image;
};

/// A spectrogram as it was painted last.
struct KeptSpectrogram : Kept {
  int columns = 0;
  Color ground, loud;
};

Color blend_encoded(Color a, Color b, float u) {
  return {a.r + u * (b.r - a.r), a.g + u * (b.g - a.g), a.b + u * (b.b - a.b), 1};
}

/// Its first columns, low notes at the bottom.
std::vector<std::uint8_t> paint(const Matrix& spectrogram, int columns, Color ground, Color loud) {
  const float low = spectrogram.minCoeff(), range = std::max(spectrogram.maxCoeff() - low, 1e-6f);
  std::vector<std::uint8_t> bytes;
  bytes.reserve(static_cast<std::size_t>(spectrogram.rows()) * static_cast<std::size_t>(columns) * 4);
  for (Eigen::Index row = spectrogram.rows(); row-- > 0;)
    for (Eigen::Index column = 0; column < columns; ++column) {
      const Color color = blend_encoded(ground, loud, (spectrogram(row, column) - low) / range);
      for (const float part : {color.r, color.g, color.b, color.a})
        bytes.push_back(static_cast<std::uint8_t>(std::lround(std::clamp(part, 0.0f, 1.0f) * 255)));
    }
  return bytes;
}

}  // namespace

bool shows_media(const AttentionTrace& trace) {
  // The words of a decoder among each other have no place in a spectrogram.
  return trace.media &&
         (trace.media->picture || (trace.media->sound && trace.part != AttentionPart::Decoder));
}

std::shared_ptr<const MatrixValues> photo_of(const TraceMediaPtr& media) {
  thread_local Kept kept;
  if (kept.image && kept.media.lock() == media) return kept.image;
  const TracePicture& picture = *media->picture;
  auto image = std::make_shared<MatrixValues>();
  image->rows = picture.height;
  image->cols = picture.width;
  image->pixels = Pixels(media, &picture.rgba);
  image->id = hash_pixels(picture.rgba, picture.width);
  kept = {media, image};
  return image;
}

std::shared_ptr<const MatrixValues> spectrogram_of(const TraceMediaPtr& media, int columns, Color ground,
                                                   Color loud) {
  thread_local KeptSpectrogram kept;
  if (kept.image && kept.media.lock() == media && kept.columns == columns && kept.ground == ground &&
      kept.loud == loud)
    return kept.image;
  const Matrix& spectrogram = media->sound->spectrogram;
  columns = std::clamp(columns, 1, static_cast<int>(spectrogram.cols()));
  auto image = std::make_shared<MatrixValues>();
  image->rows = static_cast<int>(spectrogram.rows());
  image->cols = columns;
  image->pixels =
      std::make_shared<const std::vector<std::uint8_t>>(paint(spectrogram, columns, ground, loud));
  image->id = hash_pixels(*image->pixels, columns);
  kept = {{media, image}, columns, ground, loud};
  return image;
}

KeyHeat key_heat(const Picture& p, const Strand& strand) {
  RowReader reader(p.document, p.trace);
  const int active = p.connections.active;
  const int first = active >= 0 ? active : 0, end = active >= 0 ? active + 1 : p.n_tokens(true);
  KeyHeat heat;
  for (int query = first; query < end; ++query) {
    const RowReader::Row row = reader.read(strand, query);
    heat.weights.resize(row.weights.size(), 0.0f);
    for (std::size_t key = 0; key < row.weights.size(); ++key)
      heat.weights[key] += row.weights[key] / static_cast<float>(end - first);
  }
  std::vector<int> kept;
  keep_keys(heat.weights, {p.view().weight_threshold, p.view().top_k, 1}, kept);
  std::vector<float> shown(heat.weights.size(), 0.0f);
  float largest = 0;
  for (const float w : heat.weights) largest = std::max(largest, w);
  heat.scaled.assign(shown.size(), 0.0f);
  for (const int key : kept) {
    const auto at = static_cast<std::size_t>(key);
    shown[at] = heat.weights[at];
    heat.scaled[at] = scaled_weight(shown[at], largest, p.connections.full_weight, p.view().scale);
  }
  heat.weights = std::move(shown);
  return heat;
}

Color heat_color(const Picture& p, const Strand& strand, float scaled) {
  if (p.connections.strands.size() > 1) {
    const float seen = scaled > 0 ? 0.05f + 0.9f * std::sqrt(scaled) : 0.0f;
    return strand.color.with_alpha(seen_alpha(seen, p.view().theme));
  }
  const ColorMap map = color_map(p.view().matrix_colors);
  Color color = matrix_color(map, scaled, strand.color);
  if (map != ColorMap::Tint) color.a *= kHeatCover;
  return color;
}

}  // namespace headscope
