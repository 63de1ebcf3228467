#include <algorithm>
#include <cmath>

#include "base/hash.h"
#include "scene/annotations.h"
#include "scene/media_image.h"
#include "scene/patch_grid.h"
#include "scene/weight_scale.h"

/// The picture that a model looks at. Over each patch lies what the chosen one gives it; lines go from the
/// chosen patch to the strongest. Tokens that stand for no patch are pills beside the picture.
namespace headscope {
namespace {

enum Piece : std::uint64_t { GridLine = 30, QueryFrame, KeyFrame, WeightBack };

/// Where tokens stand.
struct TokenPlaces {
  PatchGrid grid;
  std::vector<Rect> pills;  ///< [first patch] of the tokens before the patches
  float type = 15;
  Rect rect(int token) const {
    return grid.has(token) ? grid.patch(token) : pills[static_cast<std::size_t>(token)];
  }
};

/// The largest rectangle of this shape in the middle of `area`.
Rect fit(const Rect& area, float aspect) {
  const float width = std::min(area.width, area.height * aspect), height = width / aspect;
  return {area.x + (area.width - width) / 2, area.y + (area.height - height) / 2, width, height};
}

TokenPlaces arrange(const Picture& p) {
  const TracePicture& shown = *p.trace.media->picture;
  const Measures& m = p.measures;
  TokenPlaces at;
  at.type = m.token;
  at.grid.n_rows = std::max(1, shown.n_rows);
  at.grid.n_columns = std::max(1, shown.n_columns);
  at.grid.first = std::clamp(shown.first_patch, 0, p.n_tokens(true));
  float widest = 0;
  for (int token = 0; token < at.grid.first; ++token)
    widest = std::max(widest, p.pill_width(token, true, at.type));
  const float between = at.grid.first > 0 ? std::max(2.5f * m.pill_height, 0.07f * p.content.width) : 0;
  const float caption = 2.1f * m.caption;
  const Rect whole{p.content.x, p.content.y, p.content.width, std::max(1.0f, p.content.height - caption)};
  const float aspect =
      static_cast<float>(std::max(1, shown.width)) / static_cast<float>(std::max(1, shown.height));
  const float side = widest + between;
  at.grid.area = fit(whole, aspect);
  if (at.grid.area.x - whole.x < side)
    at.grid.area = fit({whole.x + side, whole.y, std::max(1.0f, whole.width - side), whole.height}, aspect);
  const float pitch = 1.5f * m.pill_height;
  float y = at.grid.area.center().y - pitch * static_cast<float>(at.grid.first - 1) / 2;
  for (int token = 0; token < at.grid.first; ++token, y += pitch) {
    const float width = p.pill_width(token, true, at.type);
    at.pills.push_back({at.grid.area.x - between - width, y - m.pill_height / 2, width, m.pill_height});
  }
  return at;
}

RibbonState band(Vec2 from, Vec2 to, float width, Color color) {
  return {
      from, from + (1 / 3.0f) * (to - from), from + (2 / 3.0f) * (to - from), to, width, width, color, color,
      0};
}

void add_photo(Picture& p, const PatchGrid& grid) {
  // Stripes of several heads need a calmer ground than a heat map that covers it.
  const float opacity = p.connections.strands.size() > 1 ? 0.7f : 1;
  p.builder.image(element_key(ElementKind::Photo), {grid.area, opacity, {}}, photo_of(p.trace.media));
  const float line = 0.75f * p.measures.line;
  const Color color = p.colors.background.with_alpha(0.45f);
  for (int row = 0; row <= grid.n_rows; ++row) {
    const float y = grid.area.y + grid.height() * static_cast<float>(row);
    p.builder.ribbon(element_key(ElementKind::Furniture, GridLine, 0, static_cast<std::uint64_t>(row)),
                     band({grid.area.x, y}, {grid.area.right(), y}, line, color), {}, {}, -2);
  }
  for (int column = 0; column <= grid.n_columns; ++column) {
    const float x = grid.area.x + grid.width() * static_cast<float>(column);
    p.builder.ribbon(element_key(ElementKind::Furniture, GridLine, 1, static_cast<std::uint64_t>(column)),
                     band({x, grid.area.y}, {x, grid.area.bottom()}, line, color), {}, {}, -2);
  }
}

/// One stripe a strand over each patch; one strand covers it whole.
void add_heat(Picture& p, const PatchGrid& grid) {
  const std::vector<Strand>& strands = p.connections.strands;
  const auto n = static_cast<float>(strands.size());
  const float gap = grid.width() >= 8 ? 0.5f : 0;
  for (std::size_t s = 0; s < strands.size(); ++s) {
    const KeyHeat heat = key_heat(p, strands[s]);
    for (int token = grid.first; token < std::min(grid.first + grid.n_patches(), p.n_tokens(true)); ++token) {
      const Rect patch = grid.patch(token);
      const float width = (patch.width - 2 * gap) / n, x = patch.x + gap + width * static_cast<float>(s),
                  y = patch.center().y;
      Color color = heat_color(p, strands[s], heat.scaled[static_cast<std::size_t>(token)]);
      if (!in_spotlight(p.document, token, true, true)) color.a *= 0.4f;
      Meaning meaning{Meaning::Kind::Token, strands[s].layer, strands[s].head, token};
      meaning.query_side = true;
      meaning.weight = heat.weights[static_cast<std::size_t>(token)];
      // Its strand by number and no query: one patch after another is chosen, and each cell changes in place.
      p.builder.ribbon(element_key(ElementKind::Heat, s + 1, p.id(token, true)),
                       band({x, y}, {x + width, y}, patch.height - 2 * gap, color), meaning, {}, -1);
    }
  }
}

/// From patch to patch, bent a little to one side; from a pill as from a column.
RibbonState line(const TokenPlaces& at, int query, int key, float offset) {
  const Rect a = at.rect(query), b = at.rect(key);
  const bool from_pill = !at.grid.has(query), to_pill = !at.grid.has(key);
  RibbonState r;
  if (query == key) {  // a loop: above a patch, beside a pill
    const float half = std::min(0.16f * a.height, 9.0f) + std::abs(offset);
    const Vec2 way = from_pill ? Vec2{-1, 0} : Vec2{0, -1}, along = from_pill ? Vec2{0, 1} : Vec2{1, 0};
    const Vec2 top = from_pill ? Vec2{a.x, a.center().y} : Vec2{a.center().x, a.y};
    const float lift = std::clamp(0.5f * a.height, 8.0f, 26.0f) + std::abs(offset);
    r.p0 = top + half * along;
    r.p3 = top - half * along;
    r.p1 = r.p0 + 0.8f * half * along + lift * way;
    r.p2 = r.p3 - 0.8f * half * along + lift * way;
    return r;
  }
  r.p0 = from_pill ? Vec2{a.right(), a.center().y} : a.center();
  r.p3 = to_pill ? Vec2{b.right(), b.center().y} : b.center();
  if (from_pill && to_pill) {
    r.p0 = {a.x, a.center().y};
    r.p3 = {b.x, b.center().y};
    const float out = 0.8f * std::abs(r.p3.y - r.p0.y) + std::abs(offset);
    r.p1 = r.p0 - Vec2{out, 0};
    r.p2 = r.p3 - Vec2{out, 0};
    return r;
  }
  const Vec2 way = r.p3 - r.p0;
  const float distance = std::max(length(way), 1.0f);
  const Vec2 unit = (1 / distance) * way, side{unit.y, -unit.x};
  if (from_pill || to_pill) {
    r.p0 = r.p0 + offset * Vec2{0, 1};
    r.p3 = r.p3 + offset * Vec2{0, 1};
    r.p1 = r.p0 + Vec2{0.5f * way.x, 0};
    r.p2 = r.p3 - Vec2{0.35f * way.x, 0};
    return r;
  }
  // The line begins at the edge of the chosen patch, so that the patch stays free.
  const float free = std::min(0.5f * std::min(a.width, a.height), 0.4f * distance);
  const float lift = 0.16f * distance;
  r.p0 = r.p0 + free * unit + offset * side;
  r.p3 = r.p3 + offset * side;
  const Vec2 rest = r.p3 - r.p0;
  r.p1 = r.p0 + (1 / 3.0f) * rest + lift * side;
  r.p2 = r.p0 + (2 / 3.0f) * rest + lift * side;
  return r;
}

void add_lines(Picture& p, const TokenPlaces& at) {
  const std::vector<Connection>& edges = p.connections.edges;
  p.builder.reserve_edges(edges.size());
  const float cell = std::min(at.grid.width(), at.grid.height());
  p.full_width = std::min(0.7f * p.measures.ribbon, std::max(4.0f, 0.6f * cell));
  std::vector<float> widths(edges.size());
  for (std::size_t i = 0; i < edges.size(); ++i) widths[i] = p.full_width * p.scaled(edges[i]);
  const std::vector<float> offsets = parallel_offsets(p.connections, widths, std::max(6.0f, 0.8f * cell));
  const bool several = p.connections.strands.size() > 1;
  // Without a chosen patch the lines of all of them lie over the picture: faint, and a click goes through
  // them to the patch below.
  const bool chosen = p.connections.active >= 0;
  int rank = 0;
  for (std::size_t i = 0; i < edges.size(); ++i) {
    const Connection& edge = edges[i];
    RibbonState ribbon = line(at, edge.query, edge.key, offsets[i]);
    ribbon.width0 = ribbon.width3 = widths[i];
    const bool active = edge.query == p.connections.active;
    const float presence = active ? 1.0f : !chosen ? 0.16f : edge.lit ? 0.5f : 0.3f;
    const float opacity = presence * weight_opacity(p.scaled(edge), edge.lit, p.view().theme);
    const Color head = p.strand(edge).color;
    ribbon.color3 = head.with_alpha(opacity);
    ribbon.color0 =
        active ? mix_colors(p.colors.accent, head, several ? 0.6f : 0).with_alpha(opacity) : ribbon.color3;
    const float delay = active ? static_cast<float>(++rank) / 64 : 0;
    p.builder.ribbon(p.edge_key(edge), ribbon, chosen ? p.edge_meaning(edge) : Meaning{}, p.kin(edge),
                     active ? 1 : 0, std::min(1.0f, delay));
  }
}

void add_frame(Picture& p, ElementKey key, Rect rect, Color color, float width, int layer) {
  BoxState frame;
  frame.rect = {rect.x - width, rect.y - width, rect.width + 2 * width, rect.height + 2 * width};
  frame.radius = 2 * p.measures.line;
  frame.border = width;
  frame.stroke = color;
  frame.fill = color.with_alpha(0);
  p.builder.box(key, frame, {}, layer);
}

/// The chosen patch and the keys that matter most to it.
void add_frames(Picture& p, const PatchGrid& grid) {
  for (int token = grid.first; token < p.n_tokens(true); ++token) {
    const Color outline = p.outlines[static_cast<std::size_t>(token)];
    if (outline.a > 0 && grid.has(token) && token != p.connections.active)
      add_frame(p, element_key(ElementKind::Furniture, KeyFrame, p.id(token, true)), grid.patch(token),
                outline, 1.5f * p.measures.line, 0);
  }
  // Always the same frame: it glides from one chosen patch to the next.
  if (grid.has(p.connections.active))
    add_frame(p, element_key(ElementKind::Furniture, QueryFrame), grid.patch(p.connections.active),
              p.colors.accent, 2.5f * p.measures.line, 1);
}

/// Weights of the strongest keys on their patches, as far as they do not touch.
void add_weights(Picture& p, const TokenPlaces& at) {
  if (!p.view().show_labels || p.connections.active < 0) return;
  constexpr std::size_t kMost = 8;
  constexpr float kLeast = 0.02f;
  std::vector<const Connection*> lit;
  for (const Connection& edge : p.connections.edges)
    if (edge.lit && edge.query == p.connections.active && edge.weight >= kLeast) lit.push_back(&edge);
  std::stable_sort(lit.begin(), lit.end(),
                   [](const auto* a, const auto* b) { return a->weight > b->weight; });
  lit.resize(std::min(lit.size(), kMost));
  const Rect stage{0, 0, p.stage.width, p.stage.height};
  const float size = p.view().present ? 0.8f * p.measures.weight : p.measures.token_min;
  for (const Connection* edge : lit) {
    const GlyphRunPtr run = p.mono(weight_text(p, edge->weight), FontWeight::Medium);
    const Rect rect = at.rect(edge->key);
    const ElementKey key = p.edge_key(*edge, ElementKind::Weight);
    if (!at.grid.has(edge->key)) {
      const bool own = edge->key == edge->query;  // a loop stands beside the pill
      p.builder.try_label(key, run, {rect.x - (own ? 0.9f * rect.height : 0.7f * size), rect.center().y},
                          Align::Right, size, p.strand(*edge).color, stage);
      continue;
    }
    if (!p.builder.try_label(key, run, rect.center(), Align::Center, size, p.colors.text, stage)) continue;
    BoxState back;
    const float width = run->width * size + 0.7f * size, height = 1.45f * size;
    back.rect = {rect.center().x - width / 2, rect.center().y - height / 2, width, height};
    back.radius = 0.3f * size;
    back.fill = p.colors.panel.with_alpha(0.82f);
    p.builder.box(element_key(ElementKind::Furniture, WeightBack, key), back, {}, 1);
  }
}

void add_caption_below(Picture& p, const PatchGrid& grid) {
  std::string text = "the mean over all that look · click a patch to see its own";
  if (p.connections.active >= 0)
    text = quoted_token(p.trace.tokens[static_cast<std::size_t>(p.connections.active)]) + " looks at";
  p.builder.label(element_key(ElementKind::Furniture, 10), p.words(text),
                  {grid.area.center().x, grid.area.bottom() + 1.2f * p.measures.caption}, Align::Center,
                  p.measures.caption, p.colors.text_secondary);
}

}  // namespace

void add_patches(Picture& p) {
  const TokenPlaces at = arrange(p);
  add_photo(p, at.grid);
  add_heat(p, at.grid);
  add_lines(p, at);
  add_frames(p, at.grid);
  for (int token = 0; token < at.grid.first; ++token)
    add_pill(p, token, true, at.pills[static_cast<std::size_t>(token)], at.type);
  add_weights(p, at);
  add_caption_below(p, at.grid);
}

void add_patch_tile(Picture& p, const Strand& strand, const Rect& tile) {
  const TracePicture& shown = *p.trace.media->picture;
  const float aspect =
      static_cast<float>(std::max(1, shown.width)) / static_cast<float>(std::max(1, shown.height));
  const Rect area = fit(tile, aspect);
  const auto head =
      static_cast<std::uint64_t>(strand.layer + 1) << 32 | static_cast<std::uint32_t>(strand.head + 1);
  // Without row and column: a small picture stands for its head.
  p.builder.image(element_key(ElementKind::Photo, head), {area, 1, {}}, photo_of(p.trace.media),
                  {Meaning::Kind::Cell, strand.layer, strand.head});
  const KeyHeat heat = key_heat(p, strand);
  auto cells = std::make_shared<MatrixValues>();
  cells->rows = std::max(1, shown.n_rows);
  cells->cols = std::max(1, shown.n_columns);
  const auto n = static_cast<std::size_t>(cells->rows) * static_cast<std::size_t>(cells->cols);
  cells->values.assign(n, -1.0f);
  for (std::size_t i = 0; i < n && i + static_cast<std::size_t>(shown.first_patch) < heat.scaled.size(); ++i)
    cells->values[i] = heat.scaled[i + static_cast<std::size_t>(shown.first_patch)];
  cells->id = Hasher().bytes(cells->values.data(), n * sizeof(float)).value() | 1;
  p.builder.image(element_key(ElementKind::Heat, head), {area, kHeatCover, strand.color}, cells, {}, 1);
  if (p.connections.active >= shown.first_patch) {
    const PatchGrid grid{area, cells->rows, cells->cols, shown.first_patch};
    if (grid.has(p.connections.active))
      add_frame(p, element_key(ElementKind::Furniture, QueryFrame, head), grid.patch(p.connections.active),
                p.colors.accent, 1.2f * p.measures.line, 1);
  }
}

}  // namespace headscope
