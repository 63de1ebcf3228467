#include <algorithm>
#include <array>
#include <cmath>
#include <cstdio>

#include "scene/annotations.h"
#include "scene/axis_plan.h"
#include "scene/media_image.h"
#include "scene/weight_scale.h"

/// The spectrogram that a model hears, over time. In cross-attention the words stand below it and their lines
/// end at the times they listen to; among the encoder's own positions lines are arcs from time to time. What
/// lies behind the sound's end is silence that fills the model's window; it is one place at the right.
namespace headscope {
namespace {

enum SoundPiece : std::uint64_t {
  Edge = 36,
  Tick,
  TickName,
  QueryTime,
  KeyTime,
  Silence,
  SilenceName,
  SpanBar
};

/// Where positions of the encoder lie.
struct TimeAxis {
  Rect area;             ///< of the spectrogram
  float silence = 0;     ///< width of the place behind it; 0: everything is shown
  int n = 1, n_all = 1;  ///< positions in the area, and of the encoder
  double seconds_each = 0.02;
  bool words = false;  ///< words look; else the positions themselves

  float left(int position) const {
    if (position >= n) return area.right() + 0.35f * silence;
    return area.x + area.width * static_cast<float>(position) / static_cast<float>(n);
  }
  float right(int position) const {
    if (position >= n) return area.right() + 0.9f * silence;
    return area.x + area.width * static_cast<float>(position + 1) / static_cast<float>(n);
  }
};

/// Neighbouring keys of one row that the rule keeps.
struct Span {
  int strand = 0, query = 0, first = 0, last = 0, strongest = 0;
  float weight = 0, row_max = 0;
  bool lit = false;
  const Connection* edge = nullptr;  ///< of the strongest key
};

std::vector<Span> find_spans(const Picture& p, const TimeAxis& axis) {
  std::vector<Span> spans;
  float strongest = 0;
  for (const Connection& edge : p.connections.edges) {
    const bool goes_on = !spans.empty() && spans.back().strand == edge.strand &&
                         spans.back().query == edge.query && spans.back().lit == edge.lit &&
                         (spans.back().last + 1 == edge.key || spans.back().first >= axis.n) &&
                         (edge.key < axis.n) == (spans.back().first < axis.n);
    if (!goes_on) {
      spans.push_back(
          {edge.strand, edge.query, edge.key, edge.key, edge.key, 0, edge.row_max, edge.lit, &edge});
      strongest = 0;
    }
    Span& span = spans.back();
    span.last = edge.key;
    span.weight += edge.weight;
    if (edge.weight > strongest) strongest = edge.weight, span.strongest = edge.key, span.edge = &edge;
  }
  return spans;
}

TimeAxis time_axis_of(const Picture& p) {
  const TraceSound& sound = *p.trace.media->sound;
  const Measures& m = p.measures;
  TimeAxis axis;
  axis.words = !p.one_text();
  axis.n_all = std::max(1, p.n_tokens(false));
  axis.seconds_each = sound.seconds_per_column * sound.columns_per_token;
  const int heard = static_cast<int>(std::ceil(sound.seconds / std::max(axis.seconds_each, 1e-6)));
  // A window that is mostly silence would leave the sound no room.
  constexpr float kMostlySound = 0.8f;
  axis.n = static_cast<float>(heard) >= kMostlySound * static_cast<float>(axis.n_all)
               ? axis.n_all
               : std::clamp(heard, std::min(axis.n_all, 4), axis.n_all);
  axis.silence = axis.n < axis.n_all ? 6 * m.caption : 0;
  const float names = 1.9f * m.caption, height = p.content.height;
  const float tall = std::max(1.0f, (axis.words ? 0.46f : 0.5f) * height - names);
  const float top = axis.words ? p.content.y + names : p.content.bottom() - tall;
  axis.area = {p.content.x, top, std::max(1.0f, p.content.width - axis.silence), tall};
  return axis;
}

RibbonState time_band(Vec2 from, Vec2 to, float width, Color color) {
  return {
      from, from + (1 / 3.0f) * (to - from), from + (2 / 3.0f) * (to - from), to, width, width, color, color,
      0};
}

void add_spectrogram_image(Picture& p, const TimeAxis& axis) {
  const TraceSound& sound = *p.trace.media->sound;
  const int columns = std::min(static_cast<int>(sound.spectrogram.cols()), axis.n * sound.columns_per_token);
  const Color ground = p.colors.panel, loud = p.colors.text;
  p.builder.image(element_key(ElementKind::Photo), {axis.area, 1, {}},
                  spectrogram_of(p.trace.media, columns, ground, loud));
  BoxState frame;
  frame.rect = axis.area;
  frame.border = p.measures.line;
  frame.stroke = p.colors.line;
  frame.fill = p.colors.panel.with_alpha(0);
  p.builder.box(element_key(ElementKind::Furniture, Edge), frame);
  if (axis.silence <= 0) return;
  const float size = p.measures.caption;
  BoxState behind;
  behind.rect = {axis.left(axis.n), axis.area.y, axis.right(axis.n) - axis.left(axis.n), axis.area.height};
  behind.radius = 0.4f * size;
  behind.border = p.measures.line;
  behind.stroke = p.colors.line;
  behind.fill = p.colors.panel.with_alpha(0.5f);
  p.builder.box(element_key(ElementKind::Furniture, Silence), behind);
  p.builder.label(element_key(ElementKind::Furniture, SilenceName), p.words("silence"),
                  {behind.rect.center().x, axis.area.y - 0.9f * size}, Align::Center, 0.92f * size,
                  p.colors.text_secondary);
}

void add_times(Picture& p, const TimeAxis& axis) {
  constexpr std::array kSteps = {0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1.0, 2.0, 5.0, 10.0, 30.0};
  const double seconds = axis.seconds_each * axis.n;
  const double least = static_cast<double>(5.5f * p.measures.caption / axis.area.width) * seconds;
  const auto* found = std::find_if(kSteps.begin(), kSteps.end(), [&](double s) { return s >= least; });
  const double step = found == kSteps.end() ? kSteps.back() : *found;
  const float size = 0.92f * p.measures.caption;
  const Rect stage{0, 0, p.stage.width, p.stage.height};
  for (int i = 0; i * step < seconds; ++i) {
    const float x = axis.area.x + axis.area.width * static_cast<float>(i * step / seconds);
    BoxState tick;
    tick.rect = {x, axis.area.y - 0.3f * size, p.measures.line, 0.3f * size};
    tick.fill = p.colors.text_secondary.with_alpha(0.6f);
    const auto number = static_cast<std::uint64_t>(std::lround(i * step * 1000));
    p.builder.box(element_key(ElementKind::Furniture, Tick, number), tick);
    char text[24];
    std::snprintf(text, sizeof text, "%.3g s", i * step);
    p.builder.try_label(element_key(ElementKind::Furniture, TickName, number), p.mono(text),
                        {x, axis.area.y - 0.95f * p.measures.caption}, i == 0 ? Align::Left : Align::Center,
                        size, p.colors.text_secondary, stage);
  }
}

/// Positions [first, end) that are drawn as one cell: as many as two pixels hold; all of the silence.
std::vector<std::pair<int, int>> cells_of(const TimeAxis& axis) {
  constexpr float kLeastCell = 2;
  const int most = std::max(1, static_cast<int>(axis.area.width / kLeastCell));
  const int each = (axis.n + most - 1) / most;
  std::vector<std::pair<int, int>> cells;
  for (int first = 0; first < axis.n; first += each)
    cells.emplace_back(first, std::min(axis.n, first + each));
  if (axis.n < axis.n_all) cells.emplace_back(axis.n, axis.n_all);
  return cells;
}

/// One lane a strand over the whole height; a cell shows the largest of the weights it covers.
void add_heat(Picture& p, const TimeAxis& axis) {
  const std::vector<Strand>& strands = p.connections.strands;
  const std::vector<std::pair<int, int>> cells = cells_of(axis);
  const float height = axis.area.height / static_cast<float>(strands.size());
  for (std::size_t s = 0; s < strands.size(); ++s) {
    const KeyHeat heat = key_heat(p, strands[s]);
    const float y = axis.area.y + height * (static_cast<float>(s) + 0.5f);
    for (const auto& [first, end] : cells) {
      const auto begin = heat.scaled.begin();
      const int at = static_cast<int>(std::max_element(begin + first, begin + end) - begin);
      Color color = heat_color(p, strands[s], heat.scaled[static_cast<std::size_t>(at)]);
      if (!in_spotlight(p.document, at, !axis.words, !axis.words)) color.a *= 0.4f;
      Meaning meaning{Meaning::Kind::Token, strands[s].layer, strands[s].head};
      (axis.words ? meaning.key : meaning.query) = at;
      meaning.query_side = !axis.words;
      meaning.weight = heat.weights[static_cast<std::size_t>(at)];
      p.builder.ribbon(element_key(ElementKind::Heat, s + 1, p.id(first, false)),
                       time_band({axis.left(first), y}, {axis.right(end - 1), y}, height, color), meaning, {},
                       -1);
    }
  }
}

/// The pills of the words, in one row below.
std::vector<Rect> add_words(Picture& p) {
  const Measures& m = p.measures;
  const int n = p.n_tokens(true);
  std::vector<float> wanted(static_cast<std::size_t>(n));
  float type = m.token, sum = 0;
  const auto measure = [&] {
    sum = 0;
    for (int token = 0; token < n; ++token)
      sum += wanted[static_cast<std::size_t>(token)] =
          p.pill_width(token, true, type) + m.gap * type / m.token;
  };
  measure();
  if (sum > p.content.width) {
    type = std::clamp(m.token * p.content.width / sum, m.token_min, m.token);
    measure();
  }
  const AxisPlan plan = plan_axis(wanted, p.content.width, label_priority(p, true, false));
  const float height = m.pill_height * type / m.token, y = p.content.bottom() - height;
  const float start = p.content.x + std::max(0.0f, p.content.width - plan.used) / 2;
  std::vector<Rect> rects;
  for (int token = 0; token < n; ++token) {
    const auto at = static_cast<std::size_t>(token);
    const bool text = plan.labelled[at];
    const float width =
        text ? p.pill_width(token, true, type) : std::clamp(0.7f * plan.extent[at], 0.5f, 4.0f);
    rects.push_back({start + plan.center[at] - width / 2, y, width, height});
    if (text)
      add_pill(p, token, true, rects.back(), type);
    else
      add_tick(p, token, true, {rects.back().x, y, width, 7});
  }
  return rects;
}

/// From a word up to the time, or from time to time above the spectrogram.
RibbonState line(const Picture& p, const TimeAxis& axis, const std::vector<Rect>& words, const Span& span,
                 float lane) {
  const float to = (axis.left(span.first) + axis.right(span.last)) / 2;
  RibbonState r;
  if (axis.words) {
    const Rect& word = words[static_cast<std::size_t>(span.query)];
    r.p0 = {word.center().x + lane, word.y - 2};
    r.p3 = {to, axis.area.bottom() + 5 * p.measures.line};
    const float reach = 0.5f * (r.p3.y - r.p0.y);
    r.p1 = r.p0 + Vec2{0, reach};
    r.p2 = r.p3 - Vec2{0, reach};
    return r;
  }
  const float from = (axis.left(span.query) + axis.right(span.query)) / 2;
  const float room = axis.area.y - p.content.y - 2.2f * p.measures.caption;
  const float y = axis.area.y - 1.9f * p.measures.caption;
  const float widest = std::max(1.0f, axis.area.width + axis.silence);
  const float lift = (0.15f + 0.85f * std::abs(to - from) / widest) * std::max(8.0f, room) + lane;
  r.p0 = {from + (std::abs(to - from) < 2 ? 6.0f : 0.0f), y};
  r.p3 = {to - (std::abs(to - from) < 2 ? 6.0f : 0.0f), y};
  r.p1 = {r.p0.x, y - lift / 0.75f};
  r.p2 = {r.p3.x, y - lift / 0.75f};
  return r;
}

void add_lines(Picture& p, const TimeAxis& axis, const std::vector<Rect>& words) {
  const std::vector<Span> spans = find_spans(p, axis);
  p.full_width = 0.8f * p.measures.ribbon;
  const auto n = static_cast<float>(p.connections.strands.size());
  const float lane = std::min(0.45f * p.full_width, 0.9f * p.measures.pill_height / n);
  std::vector<std::pair<const Span*, RibbonState>> lit;
  int rank = 0;
  for (const Span& span : spans) {
    const Strand& strand = p.connections.strands[static_cast<std::size_t>(span.strand)];
    const float scaled = scaled_weight(span.weight, std::max(span.row_max, span.weight),
                                       p.connections.full_weight, p.view().scale);
    const bool active = span.query == p.connections.active;
    RibbonState ribbon = line(p, axis, words, span, lane * (static_cast<float>(span.strand) - (n - 1) / 2));
    ribbon.width0 = ribbon.width3 = p.full_width * scaled;
    const float opacity = (active ? 1.0f : 0.45f) * weight_opacity(scaled, span.lit, p.view().theme);
    ribbon.color3 = strand.color.with_alpha(opacity);
    ribbon.color0 = active ? mix_colors(p.colors.accent, strand.color, n > 1 ? 0.6f : 0).with_alpha(opacity)
                           : ribbon.color3;
    const float delay = active ? static_cast<float>(++rank) / 64 : 0;
    p.builder.ribbon(p.edge_key(*span.edge), ribbon, p.edge_meaning(*span.edge), p.kin(*span.edge),
                     active ? 1 : 0, std::min(1.0f, delay));
    if (active) lit.emplace_back(&span, ribbon);
    // How long the time is that the line stands for.
    if (active && axis.words) {
      const float y = axis.area.bottom() + 3 * p.measures.line;
      p.builder.ribbon(element_key(ElementKind::Furniture, SpanBar, p.edge_key(*span.edge)),
                       time_band({axis.left(span.first), y}, {axis.right(span.last), y},
                                 2.5f * p.measures.line, ribbon.color3),
                       {}, {}, 1);
    }
  }
  if (!p.view().show_labels) return;
  constexpr std::size_t kMost = 8;
  constexpr float kLeast = 0.03f;
  std::stable_sort(lit.begin(), lit.end(),
                   [](const auto& a, const auto& b) { return a.first->weight > b.first->weight; });
  lit.resize(std::min(lit.size(), kMost));
  const Rect stage{0, 0, p.stage.width, p.stage.height};
  for (const auto& [span, ribbon] : lit) {
    if (span->weight < kLeast) break;
    const Vec2 top = 0.125f * (ribbon.p0 + 3 * ribbon.p1 + 3 * ribbon.p2 + ribbon.p3);
    const float size = p.measures.weight;
    const Vec2 at = axis.words ? ribbon.p3 + Vec2{ribbon.width3 / 2 + 0.7f * size, 1.1f * size}
                               : top - Vec2{0, ribbon.width0 / 2 + 0.8f * size};
    p.builder.try_label(p.edge_key(*span->edge, ElementKind::Weight),
                        p.mono(weight_text(p, span->weight), FontWeight::Medium), at,
                        axis.words ? Align::Left : Align::Center, size, ribbon.color3.with_alpha(1), stage);
  }
}

void add_time_frame(Picture& p, const TimeAxis& axis, ElementKey key, int position, Color color,
                    float width) {
  const float middle = (axis.left(position) + axis.right(position)) / 2;
  const float wide = std::max(4.0f, axis.right(position) - axis.left(position)) + 2 * width;
  BoxState frame;
  frame.rect = {middle - wide / 2, axis.area.y - width, wide, axis.area.height + 2 * width};
  frame.radius = 2 * p.measures.line;
  frame.border = width;
  frame.stroke = color;
  frame.fill = color.with_alpha(0);
  p.builder.box(key, frame, {}, 1);
}

void add_frames(Picture& p, const TimeAxis& axis) {
  if (p.document.selection.key && p.pinned >= 0)
    add_time_frame(p, axis, element_key(ElementKind::Furniture, KeyTime), p.pinned, p.pinned_color,
                   1.5f * p.measures.line);
  // Always the same frame: it glides from one time to the next.
  if (!axis.words && p.connections.active >= 0)
    add_time_frame(p, axis, element_key(ElementKind::Furniture, QueryTime), p.connections.active,
                   p.colors.accent, 2 * p.measures.line);
}

}  // namespace

void add_spectrogram(Picture& p) {
  const TimeAxis axis = time_axis_of(p);
  add_spectrogram_image(p, axis);
  add_times(p, axis);
  add_heat(p, axis);
  const std::vector<Rect> words = axis.words ? add_words(p) : std::vector<Rect>{};
  add_lines(p, axis, words);
  add_frames(p, axis);
}

}  // namespace headscope
