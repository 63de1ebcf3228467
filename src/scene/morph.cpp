#include "scene/morph.h"

#include <algorithm>
#include <atomic>
#include <cassert>
#include <numeric>
#include <unordered_map>

#include "scene/text.h"

namespace headscope {
namespace {

float mix(float a, float b, float u) {
  return a + u * (b - a);
}
Vec2 mix(Vec2 a, Vec2 b, float u) {
  return {mix(a.x, b.x, u), mix(a.y, b.y, u)};
}
Color mix(Color a, Color b, float u) {
  return {mix(a.r, b.r, u), mix(a.g, b.g, u), mix(a.b, b.b, u), mix(a.a, b.a, u)};
}
Rect mix(Rect a, Rect b, float u) {
  return {mix(a.x, b.x, u), mix(a.y, b.y, u), mix(a.width, b.width, u), mix(a.height, b.height, u)};
}

RibbonState mix(const RibbonState& a, const RibbonState& b, float u) {
  return {mix(a.p0, b.p0, u),         mix(a.p1, b.p1, u),         mix(a.p2, b.p2, u),
          mix(a.p3, b.p3, u),         mix(a.width0, b.width0, u), mix(a.width3, b.width3, u),
          mix(a.color0, b.color0, u), mix(a.color3, b.color3, u), mix(a.round_caps, b.round_caps, u)};
}
BoxState mix(const BoxState& a, const BoxState& b, float u) {
  return {mix(a.rect, b.rect, u), mix(a.radius, b.radius, u), mix(a.border, b.border, u),
          mix(a.fill, b.fill, u), mix(a.stroke, b.stroke, u)};
}
LabelState mix(const LabelState& a, const LabelState& b, float u) {
  return {mix(a.origin, b.origin, u), mix(a.size, b.size, u), mix(a.color, b.color, u)};
}
ImageState mix(const ImageState& a, const ImageState& b, float u) {
  return {mix(a.rect, b.rect, u), mix(a.opacity, b.opacity, u), mix(a.tint, b.tint, u)};
}

/// What an element is before it grows and after it fades.
RibbonState nothing(RibbonState s) {
  s.width0 = s.width3 = 0;
  s.color0.a = s.color3.a = 0;
  return s;
}
BoxState nothing(BoxState s) {
  s.fill.a = s.stroke.a = 0;
  return s;
}
LabelState nothing(LabelState s) {
  s.color.a = 0;
  return s;
}
ImageState nothing(ImageState s) {
  s.opacity = 0;
  return s;
}
/// A ribbon that is still all in its query.
RibbonState in_its_query(RibbonState s) {
  s.p1 = s.p2 = s.p3 = s.p0;
  return nothing(s);
}

template <class State>
using Elements = std::vector<Element<State>>;

/// For each element of `to` the index of its partner in `from`, or -1. Equal keys pair in order.
template <class State>
std::vector<int> pair_by_key(const Elements<State>& from, const Elements<State>& to) {
  std::vector<int> partner(to.size(), -1);
  // Layouts of the same sentence list their elements in the same order: try that before hashing.
  if (from.size() == to.size() &&
      std::equal(from.begin(), from.end(), to.begin(),
                 [](const auto& a, const auto& b) { return a.key == b.key && a.key != 0; })) {
    std::iota(partner.begin(), partner.end(), 0);
    return partner;
  }
  std::unordered_map<ElementKey, int> index;
  index.reserve(from.size());
  for (std::size_t i = 0; i < from.size(); ++i)
    if (from[i].key) index.try_emplace(from[i].key, static_cast<int>(i));
  for (std::size_t i = 0; i < to.size(); ++i) {
    const auto found = to[i].key ? index.find(to[i].key) : index.end();
    if (found == index.end()) continue;
    partner[i] = found->second;
    index.erase(found);
  }
  return partner;
}

/// Gives ribbons that found no partner one that joins the same two tokens in another head.
void pair_by_tokens(const Layout& from, const Layout& to, std::vector<int>& partner) {
  if (from.ribbon_kin.empty() || to.ribbon_kin.empty()) return;
  std::vector<bool> taken(from.ribbons.size(), false);
  for (const int i : partner)
    if (i >= 0) taken[static_cast<std::size_t>(i)] = true;
  std::unordered_multimap<ElementKey, int> alone;
  for (std::size_t i = from.ribbons.size(); i-- > 0;)
    if (!taken[i] && from.ribbon_kin[i].pair) alone.emplace(from.ribbon_kin[i].pair, static_cast<int>(i));
  if (alone.empty()) return;
  for (std::size_t i = 0; i < partner.size(); ++i) {
    if (partner[i] >= 0) continue;
    const auto found = alone.find(to.ribbon_kin[i].pair);
    if (found == alone.end()) continue;
    partner[i] = found->second;
    alone.erase(found);
  }
}

/// Whether the query of each ribbon of `to` had any ribbon in `from`.
std::vector<bool> new_queries(const Layout& from, const Layout& to) {
  std::vector<bool> is_new(to.ribbons.size(), false);
  if (to.ribbon_kin.empty()) return is_new;
  std::vector<ElementKey> known;
  for (const RibbonKin& kin : from.ribbon_kin)
    if (known.empty() || known.back() != kin.query) known.push_back(kin.query);
  std::sort(known.begin(), known.end());
  for (std::size_t i = 0; i < is_new.size(); ++i)
    is_new[i] = to.ribbon_kin[i].query != 0 &&
                !std::binary_search(known.begin(), known.end(), to.ribbon_kin[i].query);
  return is_new;
}

/// Sorts tweens and their tags by drawing order, fading ones below those of the same layer that stay.
template <class State, class Begin>
void fill(const Elements<State>& from, const Elements<State>& to, const std::vector<int>& partner,
          float stagger, const Begin& begin_of, std::vector<Tween<State>>& tweens,
          std::vector<TweenTag>& tags) {
  std::vector<bool> taken(from.size(), false);
  for (const int i : partner)
    if (i >= 0) taken[static_cast<std::size_t>(i)] = true;
  std::vector<TweenTag> order;
  order.reserve(from.size() + to.size());
  for (std::size_t i = 0; i < from.size(); ++i)
    if (!taken[i]) order.push_back({from[i].key, from[i].layer, static_cast<int>(i), -1});
  for (std::size_t i = 0; i < to.size(); ++i)
    order.push_back({to[i].key, to[i].layer, partner[i], static_cast<int>(i)});
  std::stable_sort(order.begin(), order.end(),
                   [](const TweenTag& a, const TweenTag& b) { return a.layer < b.layer; });

  tweens.reserve(order.size());
  for (const TweenTag& tag : order) {
    Tween<State> tween;
    const float delay = tag.to >= 0 ? to[static_cast<std::size_t>(tag.to)].delay : 0;
    tween.begin = stagger * std::clamp(delay, 0.0f, 1.0f);
    tween.end = tween.begin + (1 - stagger);
    if (tag.to < 0) {
      tween.from = from[static_cast<std::size_t>(tag.from)].state;
      tween.to = nothing(tween.from);
    } else {
      tween.to = to[static_cast<std::size_t>(tag.to)].state;
      tween.from = tag.from >= 0 ? from[static_cast<std::size_t>(tag.from)].state : begin_of(tag.to);
    }
    tweens.push_back(tween);
  }
  tags = std::move(order);
}

/// Where the capitals of a label stand.
Rect ink_of(const LabelState& state, const GlyphRun& run) {
  const float height = run.cap_height * state.size;
  return {state.origin.x, state.origin.y - height, run.width * state.size, height};
}

/// Of the labels without a partner: marks the old ones that stand where a new one will, and those new ones.
void mark_collisions(const Layout& from, const Layout& to, const std::vector<int>& partner,
                     std::vector<bool>& leaves, std::vector<bool>& comes) {
  std::vector<bool> stays(from.labels.size(), false);
  for (const int i : partner)
    if (i >= 0) stays[static_cast<std::size_t>(i)] = true;
  struct New {
    Rect ink;
    std::size_t index;
  };
  std::vector<New> arriving;
  float tallest = 0;
  for (std::size_t i = 0; i < partner.size(); ++i) {
    if (partner[i] >= 0) continue;
    arriving.push_back({ink_of(to.labels[i].state, *to.label_runs[i]), i});
    tallest = std::max(tallest, arriving.back().ink.height);
  }
  if (arriving.empty()) return;
  std::sort(arriving.begin(), arriving.end(), [](const New& a, const New& b) { return a.ink.y < b.ink.y; });
  for (std::size_t i = 0; i < from.labels.size(); ++i) {
    if (stays[i]) continue;
    const Rect old = ink_of(from.labels[i].state, *from.label_runs[i]);
    auto at = std::lower_bound(arriving.begin(), arriving.end(), old.y - tallest,
                               [](const New& a, float y) { return a.ink.y < y; });
    for (; at != arriving.end() && at->ink.y < old.bottom(); ++at)
      if (at->ink.bottom() > old.y && at->ink.x < old.right() && at->ink.right() > old.x)
        leaves[i] = comes[at->index] = true;
  }
}

std::uint64_t next_id() {
  static std::atomic<std::uint64_t> id{0};
  return ++id;
}

/// Part of the way, from the linear transition time.
template <class State>
float progress(const Tween<State>& tween, float t) {
  const float length = tween.end - tween.begin;
  return ease(length > 0 ? (t - tween.begin) / length : t < tween.begin ? 0.0f : 1.0f);
}

/// Unseen: grows, but has not begun; or fades, and is gone.
bool unseen(const TweenTag& tag, float u) {
  return (tag.from < 0 && u <= 0) || (tag.to < 0 && u >= 1);
}

template <class State, class Extra>
void evaluate_kind(const std::vector<Tween<State>>& tweens, const std::vector<TweenTag>& tags, float t,
                   Elements<State>& out, const Extra& extra) {
  out.reserve(tweens.size());
  for (std::size_t i = 0; i < tweens.size(); ++i) {
    const float u = progress(tweens[i], t);
    if (unseen(tags[i], u)) continue;
    out.push_back({tags[i].key, mix(tweens[i].from, tweens[i].to, u), tags[i].layer, 0});
    extra(i);
  }
}

/// The entry of a vector parallel to an element kind, whichever layout has it.
template <class T>
T entry(const TweenTag& tag, const std::vector<T>& from, const std::vector<T>& to) {
  if (tag.to >= 0 && static_cast<std::size_t>(tag.to) < to.size())
    return to[static_cast<std::size_t>(tag.to)];
  if (tag.to < 0 && static_cast<std::size_t>(tag.from) < from.size())
    return from[static_cast<std::size_t>(tag.from)];
  return {};
}

constexpr float kSmallestZoom = 0.05f;

const Rect& seen_of(const Layout& layout) {
  return layout.seen.width > 0 && layout.seen.height > 0 ? layout.seen : layout.bounds;
}

}  // namespace

MorphPtr make_morph(LayoutPtr from, LayoutPtr to, const MorphOptions& options) {
  assert(from && to);
  auto morph = std::make_shared<Morph>();
  morph->id = next_id();
  const float stagger = std::clamp(options.stagger, 0.0f, 0.9f);

  std::vector<int> ribbons = pair_by_key(from->ribbons, to->ribbons);
  pair_by_tokens(*from, *to, ribbons);
  const std::vector<bool> grows = options.grow_from_query ? new_queries(*from, *to) : std::vector<bool>();
  fill(
      from->ribbons, to->ribbons, ribbons, stagger,
      [&](int i) {
        const auto at = static_cast<std::size_t>(i);
        const RibbonState& state = to->ribbons[at].state;
        return !grows.empty() && grows[at] ? in_its_query(state) : nothing(state);
      },
      morph->ribbons, morph->ribbon_tags);

  const std::vector<int> boxes = pair_by_key(from->boxes, to->boxes);
  fill(
      from->boxes, to->boxes, boxes, stagger,
      [&](int i) { return nothing(to->boxes[static_cast<std::size_t>(i)].state); }, morph->boxes,
      morph->box_tags);

  std::vector<int> labels = pair_by_key(from->labels, to->labels);
  std::vector<bool> leaves(from->labels.size(), false), comes(to->labels.size(), false);
  for (std::size_t i = 0; i < labels.size(); ++i) {
    if (labels[i] < 0) continue;
    const auto old = static_cast<std::size_t>(labels[i]);
    const GlyphRunPtr &a = from->label_runs[old], &b = to->label_runs[i];
    if (a == b || (a->text == b->text && a->role == b->role && a->weight == b->weight)) continue;
    labels[i] = -1;
    leaves[old] = comes[i] = true;
  }
  mark_collisions(*from, *to, labels, leaves, comes);
  fill(
      from->labels, to->labels, labels, stagger,
      [&](int i) { return nothing(to->labels[static_cast<std::size_t>(i)].state); }, morph->labels,
      morph->label_tags);
  // Two texts over each other cannot be read: the old one is gone before the new one comes.
  constexpr float kTurn = 0.45f;
  for (std::size_t i = 0; i < morph->labels.size(); ++i) {
    const TweenTag& tag = morph->label_tags[i];
    Tween<LabelState>& tween = morph->labels[i];
    if (tag.to < 0 && leaves[static_cast<std::size_t>(tag.from)]) tween.begin = 0, tween.end = kTurn;
    if (tag.from < 0 && comes[static_cast<std::size_t>(tag.to)]) tween.begin = 1 - kTurn, tween.end = 1;
  }

  std::vector<int> images = pair_by_key(from->images, to->images);
  for (std::size_t i = 0; i < images.size(); ++i)
    if (images[i] >= 0 &&
        from->image_values[static_cast<std::size_t>(images[i])]->id != to->image_values[i]->id)
      images[i] = -1;
  fill(
      from->images, to->images, images, stagger,
      [&](int i) { return nothing(to->images[static_cast<std::size_t>(i)].state); }, morph->images,
      morph->image_tags);

  for (const TweenTag& tag : morph->label_tags)
    morph->label_runs.push_back(entry(tag, from->label_runs, to->label_runs));
  for (const TweenTag& tag : morph->image_tags)
    morph->image_values.push_back(entry(tag, from->image_values, to->image_values));
  morph->from = std::move(from);
  morph->to = std::move(to);
  return morph;
}

MorphPtr still(LayoutPtr layout) {
  return make_morph(layout, layout);
}

RibbonState ribbon_at(const Tween<RibbonState>& tween, float t) {
  return mix(tween.from, tween.to, progress(tween, t));
}
BoxState box_at(const Tween<BoxState>& tween, float t) {
  return mix(tween.from, tween.to, progress(tween, t));
}
LabelState label_at(const Tween<LabelState>& tween, float t) {
  return mix(tween.from, tween.to, progress(tween, t));
}
ImageState image_at(const Tween<ImageState>& tween, float t) {
  return mix(tween.from, tween.to, progress(tween, t));
}

Layout evaluate(const Morph& morph, float t) {
  const Layout &from = *morph.from, &to = *morph.to;
  if (t <= 0) return from;
  if (t >= 1) return to;
  Layout now;
  now.bounds = mix(from.bounds, to.bounds, ease(t));
  now.seen = mix(seen_of(from), seen_of(to), ease(t));
  now.background = mix(from.background, to.background, ease(t));
  now.color_map = to.color_map;
  now.readout = to.readout;
  const bool kin = !from.ribbon_kin.empty() || !to.ribbon_kin.empty();
  evaluate_kind(morph.ribbons, morph.ribbon_tags, t, now.ribbons, [&](std::size_t i) {
    now.ribbon_meanings.push_back(entry(morph.ribbon_tags[i], from.ribbon_meanings, to.ribbon_meanings));
    if (kin) now.ribbon_kin.push_back(entry(morph.ribbon_tags[i], from.ribbon_kin, to.ribbon_kin));
  });
  evaluate_kind(morph.boxes, morph.box_tags, t, now.boxes, [&](std::size_t i) {
    now.box_meanings.push_back(entry(morph.box_tags[i], from.box_meanings, to.box_meanings));
  });
  evaluate_kind(morph.labels, morph.label_tags, t, now.labels,
                [&](std::size_t i) { now.label_runs.push_back(morph.label_runs[i]); });
  evaluate_kind(morph.images, morph.image_tags, t, now.images, [&](std::size_t i) {
    now.image_values.push_back(morph.image_values[i]);
    now.image_meanings.push_back(entry(morph.image_tags[i], from.image_meanings, to.image_meanings));
  });
  return now;
}

Camera camera_of(const Morph& morph, float t, float width, float height) {
  const float u = t <= 0 ? 0 : t >= 1 ? 1 : ease(t);
  const Rect bounds = mix(morph.from->bounds, morph.to->bounds, u);
  const Rect seen = mix(seen_of(*morph.from), seen_of(*morph.to), u);
  if (width <= 0 || height <= 0 || seen.width <= 0 || seen.height <= 0) return {};
  const float nearest = std::max(1.0f, std::min(bounds.width / seen.width, bounds.height / seen.height));
  const float zoom = std::clamp(std::min(width / seen.width, height / seen.height), kSmallestZoom, nearest);
  return {seen.center() - Vec2{0.5f * width / zoom, 0.5f * height / zoom}, zoom};
}

float edge_stagger(const Layout& to, float duration_secs, std::optional<double> secs_per_edge) {
  constexpr float kSecondsPerEdge = 0.02f, kLargestPart = 0.4f;
  std::size_t n_edges = 0;
  for (const Element<RibbonState>& ribbon : to.ribbons) n_edges += ribbon.delay > 0 ? 1 : 0;
  if (duration_secs <= 0) return 0;
  const float each = secs_per_edge ? static_cast<float>(*secs_per_edge) : kSecondsPerEdge;
  return std::min(kLargestPart, each * static_cast<float>(n_edges) / duration_secs);
}

}  // namespace headscope
