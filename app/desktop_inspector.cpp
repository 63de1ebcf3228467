#include <algorithm>
#include <utility>

#include "desktop_program.h"
#include "models/model.h"
#include "panel_frame.h"
#include "predictions.h"
#include "scene/explain.h"
#include "scene/head_layer.h"

namespace headscope {

namespace {

constexpr int kRowBars = 14, kMemberBars = 8;

/// Of several heads the one whose weight is on show: the strongest at the pinned edge, or of the row.
HeadRef strongest_head(const AttentionTrace& trace, const std::vector<HeadRef>& heads, int query, int key) {
  HeadRef strongest = heads.front();
  if (heads.size() < 2 || query < 0 || query >= trace.n_tokens()) return strongest;
  float most = -1;
  for (const HeadRef& head : heads) {
    if (!is_computed(trace, head)) continue;
    const std::vector<float> row = explain_mixed_row(trace, {&head, 1}, HeadMix::Sum, query);
    if (row.empty()) continue;
    const bool pinned = key >= 0 && key < static_cast<int>(row.size());
    const float weight = pinned ? row[static_cast<std::size_t>(key)] : *std::ranges::max_element(row);
    if (weight > most) most = weight, strongest = head;
  }
  return strongest;
}

}  // namespace

void DesktopProgram::update_inspector() {
  const Document& document = viewer_.shown();
  InspectorOf wanted{viewer_.trace(),       viewer_.model(),     document.selection,
                     document.view.palette, document.view.theme, viewer_.hover().meaning,
                     frame_.heads_revision};
  if (inspector_of_ == wanted) return;
  inspector_of_ = std::move(wanted);
  fill_inspector();
}

void DesktopProgram::fill_inspector() {
  UiInspector& inspector = frame_.inspector;
  inspector = {};
  const TracePtr trace = viewer_.trace();
  if (!trace || trace->n_tokens() == 0) return;
  const Meaning& hover = viewer_.hover().meaning;
  const Selection& selection = viewer_.shown().selection;
  const bool edge = hover.kind == Meaning::Kind::Edge || hover.kind == Meaning::Kind::Cell;
  int query = selection.query.value_or(-1), key = selection.key.value_or(-1);
  inspector.pinned = !edge && query >= 0 && key >= 0;
  if (edge) {
    query = hover.query;
    key = hover.key;
  }
  const bool looks = hover.query_side || hover.key < 0 || trace->key_tokens.empty();
  int token = -1;
  if (hover.kind == Meaning::Kind::Token) token = hover.query_side || hover.key < 0 ? hover.query : hover.key;
  if (token >= (looks ? trace->n_tokens() : trace->n_keys())) token = -1;

  const int row_query = token >= 0 && query < 0 && looks ? token : query;

  const std::vector<Strand> strands = find_strands(viewer_.shown(), *trace);
  const bool is_mix = strands.size() == 1 && strands.front().members.size() > 1;
  std::vector<HeadRef> heads;
  if (is_mix) {
    heads = strands.front().members;
  } else if (edge && hover.layer >= 0 && hover.head >= 0) {
    heads = {{hover.layer, hover.head}};
  } else {
    heads = {strongest_head(*trace, selection.heads, query, key)};
  }
  inspector.head = heads.front();
  std::vector<float> row;
  if (row_query >= 0 && row_query < trace->n_tokens() && is_computed(*trace, heads.front())) {
    row = explain_mixed_row(*trace, heads, selection.mix, row_query);
    inspector.row = row_bars(*trace, row, row_query, key, kRowBars);
    inspector.row_title = "“" + token_label(trace->tokens[static_cast<std::size_t>(row_query)]) + "”";
  }
  if (is_mix) {
    fill_mix(strands.front());
    if (query >= 0 && key >= 0 && key < static_cast<int>(std::min(row.size(), trace->keys().size())))
      fill_mixed_edge(*trace, strands.front(), query, key, row[static_cast<std::size_t>(key)]);
  } else {
    fill_head(*trace, heads.front());
    if (token >= 0)
      inspector.token = token_flow(*trace, heads.front(), token, looks);
    else if (query >= 0 && key >= 0)
      inspector.edge = edge_arithmetic(*trace, heads.front(), query, key);
  }
  tell_predictions(*trace, viewer_.model().get(), row_query, inspector);
}

void DesktopProgram::fill_head(const AttentionTrace& trace, HeadRef head) {
  UiInspector& inspector = frame_.inspector;
  inspector.color = head_color_of(head);
  const int n_sharing = frame_.n_sharing, first_sharing = head.head / n_sharing * n_sharing;
  for (int other = first_sharing; n_sharing > 1 && other < first_sharing + n_sharing; ++other) {
    if (other == head.head) continue;
    inspector.shares.append(inspector.shares.empty() ? "" : ", ");
    inspector.shares += head_name({head.layer, other});
  }
  const auto index = static_cast<std::size_t>(head.layer * trace.shape.n_heads + head.head);
  if (index >= frame_.heads.size()) return;
  inspector.metrics = frame_.heads[index].metrics;
  if (trace.key_tokens.empty()) inspector.role = head_role(inspector.metrics, trace.n_tokens());
}

void DesktopProgram::fill_mix(const Strand& strand) {
  UiInspector& inspector = frame_.inspector;
  inspector.color = to_ui(strand.color);
  inspector.mix = strand.name;
  for (const HeadRef& head : strand.members)
    inspector.mixed += (inspector.mixed.empty() ? "" : ", ") + head_name(head);
}

void DesktopProgram::fill_mixed_edge(const AttentionTrace& trace, const Strand& strand, int query, int key,
                                     float weight) {
  UiInspector& inspector = frame_.inspector;
  inspector.members = member_bars(trace, strand.members, query, key, kMemberBars);
  UiEdge edge{strand.members.front(), query, key, token_label(trace.tokens[static_cast<std::size_t>(query)]),
              token_label(trace.keys()[static_cast<std::size_t>(key)])};
  edge.weight = weight;
  edge.weight_alone = true;
  const bool some = strand.members.size() > inspector.members.size();
  edge.why_alone = some ? "Each head by itself; the strongest of them:" : "Each head by itself:";
  inspector.edge = std::move(edge);
}

}  // namespace headscope
