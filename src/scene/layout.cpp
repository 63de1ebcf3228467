#include "scene/layout.h"

#include <algorithm>
#include <cassert>
#include <numeric>
#include <optional>

#include "scene/annotations.h"
#include "scene/media_image.h"
#include "scene/picture.h"

namespace headscope {
namespace {

/// Beyond this many cells on stage matrices are textures.
constexpr std::size_t kMaxCells = 2600;

/// Of all rows together; an active one has all its lines. More would hide the picture.
constexpr int kMaxLinesOverPicture = 240;

Measures measures_for(bool present, float ui) {
  Measures m{};
  if (present)
    m = {.token = 26,
         .token_min = 24,
         .caption = 24,
         .weight = 26,
         .title = 40,
         .subtitle = 24,
         .margin = 64,
         .pill_pad = 18,
         .pill_height = 52,
         .gap = 16,
         .ribbon = 36,
         .line = 1.25f};
  else
    m = {.token = 15,
         .token_min = 12,
         .caption = 13,
         .weight = 13,
         .title = 28,
         .subtitle = 15,
         .margin = 24,
         .pill_pad = 13,
         .pill_height = 32,
         .gap = 14,
         .ribbon = 20,
         .line = 1};
  for (float* length : {&m.token, &m.token_min, &m.caption, &m.weight, &m.title, &m.subtitle, &m.margin,
                        &m.pill_pad, &m.pill_height, &m.gap, &m.ribbon, &m.line})
    *length *= ui;
  return m;
}

/// Lines are kept by every rule; cells by threshold and top-k alone, since a heat map without its faint cells
/// would be a different matrix.
KeepRule keep_rule(const ViewOptions& view) {
  return {view.weight_threshold, view.top_k, view.kind == ViewKind::Matrix ? 1.0f : view.cumulative_mass};
}

/// The keys to outline: the pinned one, or those that have a good part of a head's active row. The strongest
/// of them is the picture's `pinned` key.
void find_pinned(Picture& p) {
  constexpr float kGoodPart = 0.3f;
  const Connections& c = p.connections;
  const std::optional<int>& chosen = p.document.selection.key;
  const auto n_keys = static_cast<std::size_t>(c.n_keys);
  p.outlines.assign(n_keys, p.colors.key.with_alpha(0));
  std::vector<float> outlined(n_keys, 0.0f);
  float strongest = 0;
  for (const Connection& edge : c.edges) {
    const auto key = static_cast<std::size_t>(edge.key);
    const bool candidate =
        edge.query == c.active && (chosen ? edge.key == *chosen : edge.weight >= kGoodPart);
    if (!candidate || edge.weight <= outlined[key]) continue;
    outlined[key] = edge.weight;
    p.outlines[key] = p.strand(edge).color;
    if (edge.weight <= strongest) continue;
    strongest = edge.weight;
    p.pinned = edge.key;
    p.pinned_color = p.outlines[key];
  }
  if (p.pinned < 0 && chosen && *chosen >= 0 && *chosen < c.n_keys) {
    p.pinned = *chosen;
    p.pinned_color = c.strands[0].color;
    p.outlines[static_cast<std::size_t>(*chosen)] = p.pinned_color;
  }
}

std::string empty_sentence(const Document& document, const AttentionTrace& trace, const Stage& stage) {
  if (trace.tokens.empty() && !stage.notice.empty()) return stage.notice;
  if (trace.tokens.empty()) return "Type a sentence to see what its words look at.";
  const HeadRef ref = document.selection.heads.empty() ? HeadRef{} : document.selection.heads.front();
  const std::string name = "Layer " + std::to_string(ref.layer) + ", head " + std::to_string(ref.head);
  if (ref.layer < trace.shape.n_layers && ref.head < trace.shape.n_heads) return name + " is being computed.";
  return name + " does not exist: this model has " + std::to_string(trace.shape.n_layers) + " layers of " +
         std::to_string(trace.shape.n_heads) + " heads.";
}

SideTokens side_of(const Picture& p, const std::vector<TraceToken>& tokens,
                   const std::vector<std::uint64_t>* known, std::uint64_t first_id) {
  SideTokens side;
  side.ids.resize(tokens.size());
  if (known && known->size() == tokens.size())
    side.ids = *known;
  else
    std::iota(side.ids.begin(), side.ids.end(), first_id);
  for (const TokenText& token : token_texts(tokens)) {
    side.texts.push_back(p.mono(token.text));
    side.marks.push_back(token.mark.empty() ? nullptr : p.mono(token.mark));
  }
  return side;
}

void fill_sides(Picture& p) {
  const TraceIdentities* known = p.stage.identities;
  p.queries = side_of(p, p.trace.tokens, known ? &known->queries : nullptr, 1);
  p.keys = p.one_text()
               ? p.queries
               : side_of(p, p.trace.key_tokens, known ? &known->keys : nullptr, p.trace.tokens.size() + 1);
}

}  // namespace

Layout build_layout(const Document& document, const AttentionTrace& trace, const Stage& stage) {
  assert(stage.fonts);
  const ViewOptions& view = document.view;
  const bool media = view.kind == ViewKind::Picture;
  if (media && !shows_media(trace)) {
    Document columns = document;
    columns.view.kind = ViewKind::Columns;
    return build_layout(columns, trace, stage);
  }
  Picture p{document, trace, stage, theme_colors(view.theme), measures_for(view.present, stage.ui_scale)};
  p.full_width = p.measures.ribbon;
  p.builder.layout().bounds = {0, 0, stage.width, stage.height};
  p.builder.layout().background = p.colors.background;
  p.builder.layout().color_map = color_map(view.matrix_colors);

  const bool matrix = view.kind == ViewKind::Matrix;
  const std::size_t n_cells =
      trace.tokens.size() * trace.keys().size() * find_strands(document, trace).size();
  p.connections = find_connections(document, trace,
                                   {.rule = keep_rule(view),
                                    .active_row_only = media || (view.present && !matrix),
                                    .as_matrices = matrix && n_cells > kMaxCells,
                                    .max_edges = matrix  ? static_cast<int>(kMaxCells)
                                                 : media ? kMaxLinesOverPicture
                                                         : stage.max_ribbons});
  if (trace.tokens.empty() || p.connections.strands.empty()) {
    add_sentence(p, empty_sentence(document, trace, stage));
    add_caption(p, stage.height - p.measures.margin, std::max(stage.caption_lines, caption_lines(p)));
    return std::move(p.builder.layout());
  }
  fill_sides(p);
  find_pinned(p);
  p.builder.fix(true);
  add_furniture(p);
  p.builder.fix(false);

  const int n_strands = static_cast<int>(p.connections.strands.size());
  if (n_strands > kMaxStrands || (n_strands > 1 && matrix))
    add_multiples(p);
  else if (matrix)
    add_matrix(p);
  else if (media && trace.media->picture)
    add_patches(p);
  else if (media)
    add_spectrogram(p);
  else if (view.kind == ViewKind::Columns)
    add_columns(p);
  else if (view.kind == ViewKind::Arcs)
    add_arcs(p);
  else
    add_horizontal(p);
  add_notes(p);
  p.builder.fix(true);
  if (!view.present) add_legend(p);
  p.builder.fix(false);
  apply_camera(p);
  return std::move(p.builder.layout());
}

int caption_line_count(const Document& document, const Stage& stage) {
  if (document.caption.empty()) return 0;
  static const AttentionTrace kNothing{};
  const Picture picture{document, kNothing, stage, theme_colors(document.view.theme),
                        measures_for(document.view.present, stage.ui_scale)};
  return caption_lines(picture);
}

}  // namespace headscope
