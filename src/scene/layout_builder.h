#pragma once

#include <vector>

#include "scene/scene.h"
#include "scene/text.h"

namespace headscope {

enum class Align { Left, Center, Right };

/// Collects the elements of one layout and remembers where its labels are, so that no two overlap.
class LayoutBuilder {
 public:
  void ribbon(ElementKey key, const RibbonState& state, const Meaning& meaning, const RibbonKin& kin,
              int layer, float delay = 0) {
    if (fixing_) fixed_.ribbons.push_back(layout_.ribbons.size());
    layout_.ribbons.push_back({key, state, layer, delay});
    layout_.ribbon_meanings.push_back(meaning);
    layout_.ribbon_kin.push_back(kin);
  }
  void box(ElementKey key, const BoxState& state, const Meaning& meaning = {}, int layer = 0) {
    if (fixing_) fixed_.boxes.push_back(layout_.boxes.size());
    layout_.boxes.push_back({key, state, layer, 0});
    layout_.box_meanings.push_back(meaning);
  }
  void image(ElementKey key, const ImageState& state, std::shared_ptr<const MatrixValues> values,
             const Meaning& meaning = {}, int layer = 0) {
    layout_.image_meanings.push_back(meaning);
    layout_.images.push_back({key, state, layer, 0});
    layout_.image_values.push_back(std::move(values));
  }

  /// Places `run` beside `anchor`: its left end, middle or right end lies there, its capitals are centred on
  /// it. Returns the box the text takes.
  Rect label(ElementKey key, const GlyphRunPtr& run, Vec2 anchor, Align align, float size, Color color);
  /// As `label`, unless it would overlap one already placed or leave `inside`; then nothing is placed.
  bool try_label(ElementKey key, const GlyphRunPtr& run, Vec2 anchor, Align align, float size, Color color,
                 const Rect& inside);
  /// Whether `try_label` would place it.
  bool has_room(const GlyphRun& run, Vec2 anchor, Align align, float size, const Rect& inside) const;
  /// Keeps labels of `try_label` out of `area`.
  void reserve(const Rect& area) { taken_.push_back(area); }
  void reserve_edges(std::size_t n);

  /// What is placed while this is on stays in its place on the stage, wherever the camera looks.
  void fix(bool on) { fixing_ = on; }
  /// Indices into the layout's vectors.
  struct Fixed {
    std::vector<std::size_t> ribbons, boxes, labels;
  };
  const Fixed& fixed() const { return fixed_; }

  Layout& layout() { return layout_; }

 private:
  Layout layout_;
  Fixed fixed_;
  bool fixing_ = false;
  std::vector<Rect> taken_;
};

/// The box of a label; what `pick`, the placement and the tests measure overlaps with.
Rect label_rect(const LabelState& state, const GlyphRun& run);
bool overlap(const Rect& a, const Rect& b);

}  // namespace headscope
