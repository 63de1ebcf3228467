#include "render/opengl/matrix_cache.h"

#include <algorithm>
#include <cassert>

#include "render/opengl/max_levels.h"
#include "scene/palette.h"

namespace headscope {

namespace {

constexpr std::size_t kMaxBytes = std::size_t{192} << 20;
constexpr std::uint64_t kFramesKept = 120;

void set_sampling(GLint filter, int top_level) {
  glTexParameteri(GL_TEXTURE_2D, GL_TEXTURE_MIN_FILTER, top_level > 0 ? GL_NEAREST_MIPMAP_NEAREST : filter);
  glTexParameteri(GL_TEXTURE_2D, GL_TEXTURE_MAG_FILTER, filter);
  glTexParameteri(GL_TEXTURE_2D, GL_TEXTURE_WRAP_S, GL_CLAMP_TO_EDGE);
  glTexParameteri(GL_TEXTURE_2D, GL_TEXTURE_WRAP_T, GL_CLAMP_TO_EDGE);
  glTexParameteri(GL_TEXTURE_2D, GL_TEXTURE_MAX_LEVEL, top_level);
}

}  // namespace

MatrixCache::Entry MatrixCache::upload_picture(const MatrixValues& picture) {
  assert(picture.pixels->size() ==
         static_cast<std::size_t>(picture.rows) * static_cast<std::size_t>(picture.cols) * 4);
  Entry entry;
  entry.texture = GlTexture::make();
  glBindTexture(GL_TEXTURE_2D, entry.texture.id());
  glPixelStorei(GL_UNPACK_ALIGNMENT, 4);
  glTexImage2D(GL_TEXTURE_2D, 0, GL_SRGB8_ALPHA8, picture.cols, picture.rows, 0, GL_RGBA, GL_UNSIGNED_BYTE,
               picture.pixels->data());
  glGenerateMipmap(GL_TEXTURE_2D);
  set_sampling(GL_LINEAR, 0);
  glTexParameteri(GL_TEXTURE_2D, GL_TEXTURE_MIN_FILTER, GL_LINEAR_MIPMAP_LINEAR);
  glTexParameteri(GL_TEXTURE_2D, GL_TEXTURE_MAX_LEVEL, 1000);
  entry.bytes = picture.pixels->size() + picture.pixels->size() / 3;
  return entry;
}

MatrixCache::Entry MatrixCache::upload(const MatrixValues& matrix) {
  if (matrix.pixels) return upload_picture(matrix);
  assert(matrix.values.size() ==
         static_cast<std::size_t>(matrix.rows) * static_cast<std::size_t>(matrix.cols));
  Entry entry;
  entry.texture = GlTexture::make();
  glBindTexture(GL_TEXTURE_2D, entry.texture.id());
  glPixelStorei(GL_UNPACK_ALIGNMENT, 4);
  const float* values = matrix.values.data();
  MaxLevel level{matrix.rows, matrix.cols, {}};
  for (int number = 0;; ++number) {
    glTexImage2D(GL_TEXTURE_2D, number, GL_R32F, level.cols, level.rows, 0, GL_RED, GL_FLOAT, values);
    entry.bytes += static_cast<std::size_t>(level.rows) * level.cols * sizeof(float);
    entry.top_level = number;
    if (level.rows == 1 && level.cols == 1) break;
    level = halve_keeping_maxima(values, level.rows, level.cols);
    values = level.values.data();
  }
  set_sampling(GL_NEAREST, entry.top_level);
  return entry;
}

int MatrixCache::bind(const MatrixValues& matrix, GLenum unit) {
  glActiveTexture(unit);
  auto known = entries_.find(matrix.id);
  if (known == entries_.end()) {
    known = entries_.emplace(matrix.id, upload(matrix)).first;
    bytes_ += known->second.bytes;
  }
  known->second.last_frame = frame_;
  glBindTexture(GL_TEXTURE_2D, known->second.texture.id());
  return known->second.top_level;
}

void MatrixCache::bind_palette(ColorMap map, GLenum unit) {
  GlTexture& palette = palettes_.at(static_cast<std::size_t>(map));
  glActiveTexture(unit);
  if (palette) {
    glBindTexture(GL_TEXTURE_2D, palette.id());
    return;
  }
  std::array<std::uint8_t, 256 * 4> bytes{};
  const std::array<Color, 256> colors = color_table(map);
  const auto byte = [](float v) { return static_cast<std::uint8_t>(std::clamp(v, 0.0f, 1.0f) * 255 + 0.5f); };
  for (std::size_t i = 0; i < colors.size(); ++i) {
    bytes[i * 4] = byte(colors[i].r);
    bytes[i * 4 + 1] = byte(colors[i].g);
    bytes[i * 4 + 2] = byte(colors[i].b);
    bytes[i * 4 + 3] = 255;
  }
  palette = GlTexture::make();
  glBindTexture(GL_TEXTURE_2D, palette.id());
  glPixelStorei(GL_UNPACK_ALIGNMENT, 4);
  glTexImage2D(GL_TEXTURE_2D, 0, GL_SRGB8_ALPHA8, 256, 1, 0, GL_RGBA, GL_UNSIGNED_BYTE, bytes.data());
  set_sampling(GL_LINEAR, 0);
}

void MatrixCache::end_frame() {
  ++frame_;
  if (bytes_ <= kMaxBytes) return;
  for (auto it = entries_.begin(); it != entries_.end();) {
    if (it->second.last_frame + kFramesKept < frame_) {
      bytes_ -= it->second.bytes;
      it = entries_.erase(it);
    } else {
      ++it;
    }
  }
}

}  // namespace headscope
