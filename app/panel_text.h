#pragma once

#include <string>
#include <string_view>
#include <unordered_map>

#include "scene/text.h"
#include "ui/text_source.h"

namespace headscope {

/// The panels' view of the font library: the same shaping and the same glyphs as on the stage.
class PanelText final : public UiTextSource {
 public:
  explicit PanelText(FontLibrary& fonts) : fonts_(&fonts) {}
  const UiRun& shape(std::string_view text, UiFace face) override;
  UiGlyphBitmap rasterize(std::uint32_t font, std::uint32_t glyph, float pixel_size,
                          float subpixel_x) override;
  void forget() override;

 private:
  struct Hash {
    using is_transparent = void;
    std::size_t operator()(std::string_view text) const { return std::hash<std::string_view>{}(text); }
  };
  struct Entry {
    UiRun run;
    unsigned used = 0;  ///< the generation that asked for it last
  };
  FontLibrary* fonts_;
  std::unordered_map<std::string, Entry, Hash, std::equal_to<>> runs_[4];  ///< one map a face
  unsigned generation_ = 0;
};

}  // namespace headscope
