#include <algorithm>
#include <array>

#include "scene/axis_plan.h"
#include "scene/picture.h"
#include "scene/weight_scale.h"

/// Two columns: each query on the left looks at keys on the right. The horizontal view is the same picture
/// with its columns laid down as rows, so both are written once, along and across.
namespace headscope {
namespace {

/// One side's tokens, placed along the axis.
struct Side {
  AxisPlan plan;
  bool query_side = false;
  float start = 0;  ///< of the shorter of two texts, so that both have one middle
  float along(int token) const { return start + plan.center[static_cast<std::size_t>(token)]; }
};

/// A direction-free view on the picture: `along` runs down the column, `across` from queries to keys.
struct Frame {
  bool rows = false;                   ///< horizontal: along is x, across is y
  float start = 0;                     ///< where the axis begins, along
  float query_edge = 0, key_edge = 0;  ///< where ribbons begin and end, across
  float type = 15;                     ///< size of tokens
  float tightness = 1;                 ///< of pills: below 1 takes room from their padding
  float thickness = 30;                ///< of pills, across when rows, along when columns
  Vec2 point(float along, float across) const { return rows ? Vec2{along, across} : Vec2{across, along}; }
};

/// Two texts of different lengths have one middle. Returns the length of the longer one.
float align(const Picture& p, Side& queries, Side& keys) {
  if (p.one_text()) return queries.plan.used;
  const float used = std::max(queries.plan.used, keys.plan.used);
  for (Side* side : {&queries, &keys}) side->start = (used - side->plan.used) / 2;
  return used;
}

void add_side(Picture& p, const Frame& frame, const Side& side) {
  for (int token = 0; token < p.n_tokens(side.query_side); ++token) {
    const auto at = static_cast<std::size_t>(token);
    const float center = frame.start + side.along(token), extent = side.plan.extent[at];
    const float edge = side.query_side ? frame.query_edge : frame.key_edge;
    if (side.plan.labelled[at]) {
      const float width = p.pill_width(token, side.query_side, frame.type, frame.tightness),
                  height = frame.thickness;
      if (frame.rows)
        add_pill(p, token, side.query_side,
                 {center - width / 2, side.query_side ? edge - height : edge, width, height}, frame.type);
      else
        add_pill(p, token, side.query_side,
                 {side.query_side ? edge - width : edge, center - height / 2, width, height}, frame.type);
    } else {
      // Where ticks run together into a bar, the bar is a thin one.
      const float size = std::clamp(0.7f * extent, 0.5f, 4.0f), length = std::clamp(2 * extent, 3.0f, 7.0f);
      const float begin = side.query_side ? edge - length : edge;
      const Vec2 corner = frame.point(center - size / 2, begin);
      add_tick(p, token, side.query_side,
               frame.rows ? Rect{corner.x, corner.y, size, length} : Rect{corner.x, corner.y, length, size});
    }
  }
}

void add_ribbons(Picture& p, const Frame& frame, const Side& queries, const Side& keys) {
  const std::vector<Connection>& edges = p.connections.edges;
  p.builder.reserve_edges(edges.size());
  // A line is never thicker than its row: among ticks it tapers with them.
  const auto full_at = [&](const Side& side, int token) {
    return std::min(p.full_width, std::max(1.2f, 0.85f * side.plan.extent[static_cast<std::size_t>(token)]));
  };
  std::vector<float> widths(edges.size());
  for (std::size_t i = 0; i < edges.size(); ++i) widths[i] = p.full_width * p.scaled(edges[i]);
  const float room = 0.92f * frame.thickness;
  const std::vector<float> offsets = parallel_offsets(p.connections, widths, room);
  // Each strand leaves its query in a lane of its own.
  const auto n_strands = static_cast<float>(p.connections.strands.size());
  const float lane = std::min(0.45f * p.full_width, room / (n_strands + 1));
  const float reach = 0.46f * (frame.key_edge - frame.query_edge);
  const float gap = 6 * p.measures.line;
  int rank = 0;
  for (std::size_t i = 0; i < edges.size(); ++i) {
    const Connection& edge = edges[i];
    const float shrink0 = full_at(queries, edge.query) / p.full_width,
                shrink3 = full_at(keys, edge.key) / p.full_width;
    const float own_lane = lane * (static_cast<float>(edge.strand) - (n_strands - 1) / 2);
    const float from =
        frame.start + queries.along(edge.query) + shrink0 * (offsets[i] != 0 ? offsets[i] : own_lane);
    const float to = frame.start + keys.along(edge.key) + shrink3 * offsets[i];
    RibbonState ribbon;
    ribbon.p0 = frame.point(from, frame.query_edge + gap);
    ribbon.p1 = frame.point(from, frame.query_edge + gap + reach);
    ribbon.p2 = frame.point(to, frame.key_edge - gap - reach);
    ribbon.p3 = frame.point(to, frame.key_edge - gap);
    ribbon.width0 = shrink0 * widths[i];
    ribbon.width3 = shrink3 * widths[i];
    ribbon.color0 = ribbon.color3 =
        p.strand(edge).color.with_alpha(weight_opacity(p.scaled(edge), edge.lit, p.view().theme));
    const bool active = edge.query == p.connections.active;
    const float delay = active ? static_cast<float>(++rank) / 64 : 0;
    p.builder.ribbon(p.edge_key(edge), ribbon, p.edge_meaning(edge), p.kin(edge), active ? 1 : 0,
                     std::min(delay, 1.0f));
  }
}

/// Weights of the active row beside their keys, strongest first.
void add_weights(Picture& p, const Frame& frame, const Side& keys) {
  if (!p.view().show_labels || p.connections.active < 0) return;
  std::vector<const Connection*> lit;
  for (const Connection& edge : p.connections.edges)
    if (edge.query == p.connections.active && edge.weight >= 0.005f) lit.push_back(&edge);
  std::stable_sort(lit.begin(), lit.end(),
                   [](const auto* a, const auto* b) { return a->weight > b->weight; });
  std::vector<float> taken(static_cast<std::size_t>(p.n_tokens(false)), 0.0f);
  const float edge_gap = 0.25f * p.measures.margin;
  const Rect stage{edge_gap, 0, p.stage.width - 2 * edge_gap, p.stage.height};
  for (const Connection* edge : lit) {
    const auto key = static_cast<std::size_t>(edge->key);
    if (!keys.plan.labelled[key]) continue;
    const GlyphRunPtr run = p.mono(weight_text(p, edge->weight), FontWeight::Medium);
    const float along = frame.start + keys.along(edge->key);
    const float size = p.measures.weight;
    bool placed = false;
    if (frame.rows) {
      const Vec2 anchor{along, frame.key_edge + frame.thickness + (0.9f + 1.35f * taken[key]) * size};
      placed = p.builder.try_label(p.edge_key(*edge, ElementKind::Weight), run, anchor, Align::Center, size,
                                   p.strand(*edge).color, stage);
      taken[key] += placed ? 1.0f : 0.0f;
    } else {
      const Vec2 anchor{
          frame.key_edge + p.pill_width(edge->key, false, frame.type) + 0.8f * size + taken[key], along};
      placed = p.builder.try_label(p.edge_key(*edge, ElementKind::Weight), run, anchor, Align::Left, size,
                                   p.strand(*edge).color, stage);
      taken[key] += placed ? (run->width + 0.8f) * size : 0.0f;
    }
  }
}

/// Left out where it would stand on something else, as on a very small stage.
void add_caption(Picture& p, std::string_view text, Vec2 at, Align align, std::uint64_t number) {
  p.builder.try_label(element_key(ElementKind::Furniture, 10, number), p.words(text), at, align,
                      p.measures.caption, p.colors.text_secondary, {0, 0, p.stage.width, p.stage.height});
}

}  // namespace

void add_columns(Picture& p) {
  const Measures& m = p.measures;
  const int n_queries = p.n_tokens(true), n_keys = p.n_tokens(false);
  const float captions = 2.2f * m.caption;
  const float length = std::max(1.0f, p.content.height - captions);
  const float wanted_pitch = 1.75f * m.pill_height;
  // Large type stands closer: a class reads the words, not the room between them.
  const float least_pitch = (p.view().present ? 1.25f : 1.5f) * m.token_min;
  // One size of type for both columns: that of the longer one.
  const float pitch =
      std::clamp(length / static_cast<float>(std::max(n_queries, n_keys)), least_pitch, wanted_pitch);

  Frame frame;
  frame.start = p.content.y + captions;
  frame.type = std::clamp(0.42f * pitch, m.token_min, m.token);
  frame.thickness = std::min(m.pill_height * frame.type / m.token, pitch - 2 * m.line);
  p.full_width = std::min(m.ribbon, 0.62f * pitch);
  float widest = 0;
  for (const bool query_side : {true, false})
    for (int token = 0; token < p.n_tokens(query_side); ++token)
      widest = std::max(widest, p.pill_width(token, query_side, frame.type));
  const float weights = 7 * m.weight;
  const float between =
      std::clamp(p.content.width - 2 * widest - weights, 0.2f * p.content.width, 0.56f * p.content.width);
  frame.query_edge = p.content.center().x - between / 2;
  frame.key_edge = p.content.center().x + between / 2;

  const auto side = [&](bool query_side) {
    const std::vector<float> wanted(static_cast<std::size_t>(p.n_tokens(query_side)), pitch);
    Side made{plan_axis(wanted, length, label_priority(p, query_side, !query_side)), query_side};
    return made;
  };
  Side queries = side(true), keys = side(false);
  align(p, queries, keys);
  add_ribbons(p, frame, queries, keys);
  add_side(p, frame, queries);
  add_side(p, frame, keys);
  const float caption_y = p.content.y + 0.8f * m.caption;
  add_caption(p, "query · looks from", {frame.query_edge, caption_y}, Align::Right, 0);
  add_caption(p, "key · looks at", {frame.key_edge, caption_y}, Align::Left, 1);
  add_weights(p, frame, keys);
}

void add_horizontal(Picture& p) {
  const Measures& m = p.measures;
  Frame frame;
  frame.rows = true;
  frame.type = m.token;
  std::array<std::vector<float>, 2> wanted;  // of keys, of queries
  const auto measure = [&](float type) {
    float longest = 0;
    for (const bool query_side : {false, true}) {
      std::vector<float>& room = wanted[query_side ? 1 : 0];
      room.clear();
      float sum = 0;
      for (int token = 0; token < p.n_tokens(query_side); ++token)
        sum += room.emplace_back(p.pill_width(token, query_side, type, frame.tightness) +
                                 frame.tightness * m.gap * type / m.token);
      longest = std::max(longest, sum);
    }
    return longest;
  };
  // Smaller type first, then tighter pills: words in full before ticks.
  for (const float tightness : {1.0f, 0.8f, 0.6f, 0.4f}) {
    frame.tightness = tightness;
    const float sum = measure(m.token);
    frame.type = std::clamp(m.token * p.content.width / sum, m.token_min, m.token);
    if (measure(frame.type) <= p.content.width) break;
  }
  frame.thickness = m.pill_height * frame.type / m.token;
  const float captions = 2.2f * m.caption, weights = 4 * m.weight;
  frame.query_edge = p.content.y + captions + frame.thickness;
  frame.key_edge =
      std::max(frame.query_edge + frame.thickness, p.content.bottom() - frame.thickness - captions - weights);
  Side queries{plan_axis(wanted[1], p.content.width, label_priority(p, true, false)), true};
  Side keys{plan_axis(wanted[0], p.content.width, label_priority(p, false, true)), false};
  const float used = align(p, queries, keys);
  frame.start = p.content.x + std::max(0.0f, p.content.width - used) / 2;
  add_ribbons(p, frame, queries, keys);
  add_side(p, frame, queries);
  add_side(p, frame, keys);
  add_caption(p, "query · looks from", {p.content.x, p.content.y + 0.8f * m.caption}, Align::Left, 0);
  add_caption(p, "key · looks at", {p.content.x, p.content.bottom() - 0.8f * m.caption}, Align::Left, 1);
  add_weights(p, frame, keys);
}

}  // namespace headscope
