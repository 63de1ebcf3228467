#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "scene/geometry.h"

/// What is in the picture: plain data, no pixels. A Layout is one still picture; a Morph pairs two of them by
/// key; a Scene is a Morph at one moment. Screen, export, picking and tests read the same values.
namespace headscope {

/// Identity of an element across layouts, for instance a hash of (edge, layer 2, head 5, query token #17, key
/// token #4). Token identities survive edits around them. 0 never matches anything.
using ElementKey = std::uint64_t;

/// A cubic Bézier band. A straight one, as long as a cell is wide and as thick as it is high, is a matrix
/// cell; that is how a ribbon becomes its cell.
struct RibbonState {
  Vec2 p0, p1, p2, p3;  ///< from the query's side (p0) to the key's side (p3)
  float width0 = 0,
        width3 = 0;      ///< thickness at either end, logical pixels; below one pixel it fades instead
  Color color0, color3;  ///< colour at either end; alpha carries the weight too
  float round_caps = 1;  ///< 1: round ends, 0: butt ends (cells)
  friend bool operator==(const RibbonState&, const RibbonState&) = default;
};

/// A rounded rectangle: token pill, frame, bar, legend swatch.
struct BoxState {
  Rect rect;
  float radius = 0, border = 0;
  Color fill, stroke;
  friend bool operator==(const BoxState&, const BoxState&) = default;
};

struct GlyphRun;  // scene/text.h: shaped glyphs, placed relative to their origin
using GlyphRunPtr = std::shared_ptr<const GlyphRun>;

/// A shaped run of text. `origin` is the left end of the base line; `size` scales the run's own size.
struct LabelState {
  Vec2 origin;
  float size = 14;  ///< font size in logical pixels
  Color color;
  friend bool operator==(const LabelState&, const LabelState&) = default;
};

/// 8-bit sRGB with straight alpha, four bytes a pixel, row by row from the top.
using Pixels = std::shared_ptr<const std::vector<std::uint8_t>>;

/// Values of a matrix drawn as one texture [rows, cols] through a colour map; zoomed out, each pixel shows
/// the maximum of the values it covers. Or a picture: then `pixels` are drawn as they are, smoothly.
struct MatrixValues {
  std::uint64_t id = 0;  ///< equal ids have equal values: the renderer keeps one texture for each
  int rows = 0, cols = 0;
  std::vector<float>
      values;  ///< row-major, in [0, 1]; negative where there is nothing (masked): the ground shows
  Pixels pixels = nullptr;  ///< [rows, cols] instead of `values`
};
struct ImageState {
  Rect rect;
  float opacity = 1;
  Color tint;  ///< a head's colour; used when the colour map is ColorMap::Tint
  friend bool operator==(const ImageState&, const ImageState&) = default;
};
enum class ColorMap { Tint, Viridis, Cividis, Signed };

template <class State>
struct Element {
  ElementKey key = 0;
  State state;
  int layer = 0;    ///< drawing order within its kind, low first
  float delay = 0;  ///< stagger: starts this fraction of the transition later, [0, 1)
};

/// What a ribbon, box or label stands for, so that picking can say what the mouse is on.
struct Meaning {
  enum class Kind { None, Token, Edge, Cell, Label } kind = Kind::None;
  int layer = -1, head = -1, query = -1, key = -1;
  bool query_side = false;  ///< for tokens drawn twice
  float weight = 0;
  friend bool operator==(const Meaning&, const Meaning&) = default;
};

/// Looser identities of a ribbon, for when its key finds no partner in a transition.
struct RibbonKin {
  ElementKey pair = 0;   ///< the two tokens it joins, whichever head
  ElementKey query = 0;  ///< the token that looks
  friend bool operator==(const RibbonKin&, const RibbonKin&) = default;
};

struct Layout {
  Rect bounds;  ///< what the picture occupies
  Rect seen;    ///< the part that the document's camera shows; empty: all of it
  Color background;
  std::vector<Element<RibbonState>> ribbons;
  std::vector<Meaning> ribbon_meanings;  ///< parallel to `ribbons`
  std::vector<RibbonKin> ribbon_kin;     ///< parallel to `ribbons`, or empty
  std::vector<Element<BoxState>> boxes;
  std::vector<Meaning> box_meanings;  ///< parallel to `boxes`
  std::vector<Element<LabelState>> labels;
  std::vector<GlyphRunPtr> label_runs;  ///< parallel to `labels`
  std::vector<Element<ImageState>> images;
  std::vector<std::shared_ptr<const MatrixValues>> image_values;  ///< parallel to `images`
  std::vector<Meaning>
      image_meanings;  ///< parallel to `images`, or empty: which head; picking adds row and column
  ColorMap color_map = ColorMap::Viridis;
  std::string readout;  ///< "87 of 91 connections, 99.2 % of the weight"
};
using LayoutPtr = std::shared_ptr<const Layout>;

/// One element at both ends of a transition. An element that has no partner grows from, or fades to, nothing.
/// At transition time t it stands at  ease((t - begin) / (end - begin))  clamped to [0, 1].
template <class State>
struct Tween {
  State from, to;
  float begin = 0, end = 1;
};

/// Whose tween it is; parallel to the tweens of its kind.
struct TweenTag {
  ElementKey key = 0;
  int layer = 0;           ///< drawing order; tweens are sorted by it already
  int from = -1, to = -1;  ///< index in Morph::from's and Morph::to's vector; -1: it grows, or fades
};

/// A pair of layouts, matched by key. Immutable; the renderer uploads it once, then only `Scene::mix` moves.
struct Morph {
  std::uint64_t id = 0;  ///< unique in the process
  LayoutPtr from, to;
  std::vector<Tween<RibbonState>> ribbons;
  std::vector<Tween<BoxState>> boxes;
  std::vector<Tween<LabelState>> labels;
  std::vector<GlyphRunPtr> label_runs;
  std::vector<Tween<ImageState>> images;
  std::vector<std::shared_ptr<const MatrixValues>> image_values;
  std::vector<TweenTag> ribbon_tags, box_tags, label_tags, image_tags;
};
using MorphPtr = std::shared_ptr<const Morph>;

/// The easing every transition uses: smoothstep, 3u² − 2u³. The shaders have the same line.
inline float ease(float u) {
  return u <= 0 ? 0 : u >= 1 ? 1 : u * u * (3 - 2 * u);
}

/// Where the stage's logical coordinates land: pixel = (point − offset) · zoom · scale.
struct Camera {
  Vec2 offset;
  float zoom = 1;
  friend bool operator==(const Camera&, const Camera&) = default;
};

/// One picture: a morph at one moment, seen through a camera. Small, copied freely.
struct Scene {
  MorphPtr morph;
  float mix = 1;  ///< transition time in [0, 1], before easing
  Camera camera;
  float pixel_scale = 1;  ///< device pixels per logical pixel
  float dim = 0;          ///< 0…1: how far the picture fades toward the background (stale while computing)
  bool transparent = false;
  bool reproducible =
      false;  ///< for files: the pixels follow from this value alone, not from what was drawn before
  ElementKey highlighted = 0;  ///< element under the mouse: drawn lit, costs no upload
};

}  // namespace headscope
