#pragma once

#include <cstdint>

#include "io/image.h"

namespace headscope {

/// A picture that the panels show, as a texture of the window's context. Not copied; let go of before the
/// window.
class PanelPicture {
 public:
  PanelPicture() = default;
  ~PanelPicture();
  PanelPicture(const PanelPicture&) = delete;
  PanelPicture& operator=(const PanelPicture&) = delete;

  /// An empty image lets the texture go.
  void set(const Image& image);
  std::uint32_t texture() const { return texture_; }  ///< an OpenGL name; 0: none
  int width() const { return width_; }
  int height() const { return height_; }

 private:
  std::uint32_t texture_ = 0;
  int width_ = 0, height_ = 0;
};

}  // namespace headscope
