#include <algorithm>
#include <cmath>
#include <cstdio>

#include "scene/annotations.h"
#include "scene/picture.h"
#include "scene/weight_scale.h"

/// What stands around the view: title, head names, legend, readout and the dots of the steps.
namespace headscope {
namespace {

enum Furniture : std::uint64_t {
  Title = 1,
  Subtitle,
  HeadName,
  HeadSwatch,
  Readout,
  Legend,
  LegendLabel,
  Dot,
  Footer,
  Sentence,
  Caption,
  Source,
  LegendLine
};

ElementKey furniture_key(Furniture what, std::uint64_t number = 0) {
  return element_key(ElementKind::Furniture, what, number);
}

std::string strand_sentence(const Picture& p) {
  const std::vector<Strand>& strands = p.connections.strands;
  const std::string part = part_name(p.trace.part), of = part.empty() ? "" : " of the " + part;
  if (strands.size() == 1 && strands[0].layer >= 0)
    return "Layer " + std::to_string(strands[0].layer) + ", head " + std::to_string(strands[0].head) + of;
  if (strands.size() == 1) return "The " + strands[0].name + of;
  return std::to_string(strands.size()) + " heads" + of;
}

/// “What does “was” look back at?”, from the data unless the document has its own words.
std::string title_text(const Picture& p) {
  if (!p.view().title.empty()) return p.view().title;
  if (p.connections.active < 0) return "What does each word look at?";
  const std::string word = quoted_token(p.trace.tokens[static_cast<std::size_t>(p.connections.active)]);
  return "What does " + word + (p.trace.causal ? " look back at?" : " look at?");
}

/// Weights that are not the model's own must say so; "" for those that are.
std::string temperature_text(const Picture& p, std::string_view before, std::string_view after) {
  if (p.document.temperature == 1) return {};
  char number[32];
  std::snprintf(number, sizeof number, "%.3g", double{p.document.temperature});
  return std::string(before) + number + std::string(after);
}

/// Words that stand for several tokens must say how; "" where none does.
std::string merge_text(const Picture& p, std::string_view text) {
  return p.view().merge_words && p.trace.ungrouped ? std::string(text) : std::string();
}

std::string own_subtitle(const Picture& p) {
  if (!p.view().subtitle.empty()) return p.view().subtitle;
  std::string text = strand_sentence(p);
  if (!p.trace.model_name.empty()) text += " of " + p.trace.model_name;
  switch (p.view().kind) {
    case ViewKind::Arcs:
      text += ". Thickness is weight; each arc ends at the token it reads.";
      break;
    case ViewKind::Picture:
      text += ". Brighter is more weight; each line ends at what it reads.";
      break;
    case ViewKind::Matrix:
      text += ". Each row is a token that looks; brighter is more weight.";
      break;
    default:
      text += ". Thickness is weight; each line ends at the token it reads.";
  }
  return text;
}

std::string subtitle_text(const Picture& p) {
  return own_subtitle(p) + temperature_text(p, " Scores divided by a temperature of ", ".") +
         merge_text(p, " Tokens of a word: summed over keys, averaged over queries.");
}

/// The longest beginning of `text` that fits, with "…" when something is cut.
GlyphRunPtr fitting(const Picture& p, const std::string& text, FontWeight weight, float size, float width) {
  GlyphRunPtr run = p.words(text, weight);
  if (run->width * size <= width || run->glyphs.empty()) return run;
  float reached = 0;
  std::size_t bytes = 0;
  for (const PlacedGlyph& glyph : run->glyphs) {
    reached += glyph.advance * size;
    if (reached > width - size) break;
    bytes = glyph.cluster;
  }
  return p.words(text.substr(0, bytes) + "…", weight);
}

/// Returns the height taken.
float add_title(Picture& p) {
  const Measures& m = p.measures;
  const float width = p.stage.width - 2 * m.margin;
  float y = m.margin + 0.4f * m.title;
  p.builder.label(furniture_key(Title), fitting(p, title_text(p), FontWeight::SemiBold, m.title, width),
                  {m.margin, y}, Align::Left, m.title, p.colors.text);
  y += 0.62f * m.title + 0.75f * m.subtitle;
  p.builder.label(furniture_key(Subtitle),
                  fitting(p, subtitle_text(p), FontWeight::Regular, m.subtitle, width), {m.margin, y},
                  Align::Left, m.subtitle, p.colors.text_secondary);
  return y + m.subtitle;
}

/// One dot a step; returns the height taken from the bottom.
float add_dots(Picture& p) {
  const Measures& m = p.measures;
  const int n = p.n_tokens(true);
  const float y = p.stage.height - p.below - 0.9f * m.margin;
  const float pitch =
      std::min(0.92f * m.caption, (p.stage.width - 2 * m.margin) / static_cast<float>(std::max(1, n)));
  const float radius = 0.17f * m.caption;
  float x = p.stage.width / 2 - pitch * static_cast<float>(n - 1) / 2;
  for (int step = 0; step < n; ++step, x += pitch) {
    const bool now = step == p.connections.active,
               past = p.connections.active >= 0 && step < p.connections.active;
    const float r = std::max(0.5f, std::min(now ? 1.5f * radius : radius, now ? pitch : 0.4f * pitch));
    BoxState dot;
    dot.rect = {x - r, y - r, 2 * r, 2 * r};
    dot.radius = r;
    dot.fill = now || past ? p.colors.accent : p.colors.text_secondary.with_alpha(0.45f);
    p.builder.box(furniture_key(Dot, p.id(step, true)), dot);
  }
  // A caption stands where the footer would.
  if (p.stage.footer.empty() || !p.document.caption.empty() || p.stage.caption_lines > 0) {
    return p.below + 1.4f * m.margin;
  }
  const float footer_y = y - 1.9f * m.caption;
  p.builder.label(furniture_key(Footer),
                  fitting(p, p.stage.footer, FontWeight::Regular, m.caption, p.stage.width - 2 * m.margin),
                  {p.stage.width / 2, footer_y}, Align::Center, m.caption, p.colors.text_secondary);
  return p.stage.height - footer_y + m.caption;
}

/// The words of `text` in lines no wider than `width`.
std::vector<GlyphRunPtr> wrapped(const Picture& p, const std::string& text, float size, float width) {
  std::vector<GlyphRunPtr> lines;
  std::string line;
  for (std::size_t begin = 0; begin < text.size();) {
    const std::size_t end = std::min(text.find(' ', begin), text.size());
    const std::string longer = (line.empty() ? "" : line + " ") + text.substr(begin, end - begin);
    if (!line.empty() && p.words(longer)->width * size > width) {
      lines.push_back(p.words(line));
      line = text.substr(begin, end - begin);
    } else {
      line = longer;
    }
    begin = end + 1;
  }
  if (!line.empty()) lines.push_back(p.words(line));
  return lines;
}

/// Caption and source line of a file, from the bottom up; returns the height taken.
float add_lines_below(Picture& p) {
  const Measures& m = p.measures;
  const float width = p.stage.width - 2 * m.margin, pitch = 1.45f * m.caption;
  const std::vector<GlyphRunPtr> lines = wrapped(p, p.stage.caption, m.caption, width);
  const std::size_t n_lines = lines.size() + (p.stage.source_line.empty() ? 0 : 1);
  if (n_lines == 0) return 0;
  float y = p.stage.height - m.margin - pitch * (static_cast<float>(n_lines) - 1);
  // Lines without words too: what has fewer lines and what has more then change as one.
  constexpr std::size_t kLinesThatChange = 8;
  const std::size_t n_labels = lines.empty() ? 0 : std::max(lines.size(), kLinesThatChange);
  for (std::size_t i = 0; i < n_labels; ++i)
    p.builder.label(furniture_key(Caption, i), i < lines.size() ? lines[i] : p.words(""),
                    {m.margin, y + pitch * static_cast<float>(std::min(i, lines.size()))}, Align::Left,
                    m.caption, p.colors.text);
  if (!p.stage.source_line.empty())
    p.builder.label(furniture_key(Source),
                    fitting(p, p.stage.source_line, FontWeight::Regular, m.caption, width),
                    {m.margin, p.stage.height - m.margin}, Align::Left, m.caption, p.colors.text_secondary);
  return pitch * static_cast<float>(n_lines) + 0.4f * m.caption;
}

/// Whether the heads are named above the view; small multiples have their names beside them.
bool names_heads_above(const Picture& p) {
  const std::size_t n = p.connections.strands.size();
  return n > 0 && static_cast<int>(n) <= kMaxStrands && (p.view().kind != ViewKind::Matrix || n == 1);
}

/// The names of the heads, each behind a dot of its colour.
struct HeadNames {
  float swatch = 0, between = 0;  ///< size of a dot, room between two names
  std::vector<GlyphRunPtr> runs;
  float width = 0;             ///< of all
  GlyphRunPtr part = nullptr;  ///< in front of them, of an encoder-decoder: whose heads they are
};

HeadNames head_names(const Picture& p) {
  const Measures& m = p.measures;
  const std::vector<Strand>& strands = p.connections.strands;
  HeadNames names{0.7f * m.caption, 1.2f * m.caption, {}, -1.2f * m.caption, nullptr};
  for (const Strand& s : strands) {
    const std::string name = strands.size() == 1 && s.layer >= 0
                                 ? "layer " + std::to_string(s.layer) + " · head " + std::to_string(s.head)
                                 : s.name;
    names.runs.push_back(p.words(name, FontWeight::Medium));
    names.width += names.swatch + 0.45f * m.caption + names.runs.back()->width * m.caption + names.between;
  }
  if (p.trace.part != AttentionPart::Self) {
    names.part = p.words(part_name(p.trace.part));
    names.width += names.part->width * m.caption + names.between;
  }
  return names;
}

/// Columns and rows put their own captions on one line with the names of the heads where that has room for
/// both.
bool shares_line_with_names(const Picture& p) {
  const bool own = p.view().kind == ViewKind::Columns || p.view().kind == ViewKind::Horizontal;
  const float width = p.stage.width - 2 * p.measures.margin;
  return own && (!names_heads_above(p) || head_names(p).width + 2 * p.measures.caption < 0.33f * width);
}

/// The names of the heads in their colours, in the middle of the top row.
void add_head_names(Picture& p, float y) {
  const Measures& m = p.measures;
  const std::vector<Strand>& strands = p.connections.strands;
  if (!names_heads_above(p)) return;
  const auto [swatch, between, names, width, part] = head_names(p);
  float x = (p.stage.width - width) / 2;
  if (part) {
    p.builder.label(furniture_key(HeadName, kMaxStrands + 1), part, {x, y}, Align::Left, m.caption,
                    p.colors.text_secondary);
    x += part->width * m.caption + between;
  }
  for (std::size_t i = 0; i < strands.size(); ++i) {
    const auto number = static_cast<std::uint64_t>(i);
    BoxState box;
    box.rect = {x, y - swatch / 2, swatch, swatch};
    box.radius = swatch / 2;
    box.fill = strands[i].color;
    p.builder.box(furniture_key(HeadSwatch, number), box);
    x += swatch + 0.45f * m.caption;
    p.builder.label(furniture_key(HeadName, number), names[i], {x, y}, Align::Left, m.caption, p.colors.text);
    x += names[i]->width * m.caption + between;
  }
}

/// How far lines above the legend are apart, in type sizes.
constexpr float kLegendLine = 1.6f;
constexpr float kSampleParts[] = {0.05f, 0.25f, 0.5f, 1.0f};
constexpr float kSampleLength = 1.7f, kNameGap = 0.8f, kTextGap = 0.35f,
                kSampleGap = 0.9f;  // of the type size

std::string sample_text(const Picture& p, float part) {
  char text[16];
  std::snprintf(text, sizeof text, "%.3g", static_cast<double>(part * p.connections.full_weight));
  return text;
}

/// How far `add_samples` reaches.
float samples_width(const Picture& p) {
  float sizes = p.words(scale_name(p.view().scale))->width + kNameGap;
  for (const float part : kSampleParts)
    sizes += kSampleLength + kTextGap + p.mono(sample_text(p, part))->width + kSampleGap;
  return sizes * p.measures.caption;
}

/// Samples of the weight scale: thickness for lines, colour for cells.
void add_samples(Picture& p, float x, float y) {
  const Measures& m = p.measures;
  const WeightScale scale = p.view().scale;
  const auto n_strands = static_cast<int>(p.connections.strands.size());
  const bool media = p.view().kind == ViewKind::Picture, over_picture = media && n_strands == 1;
  const bool matrix = p.view().kind == ViewKind::Matrix || over_picture || (media && n_strands > kMaxStrands);
  const Color color =
      p.connections.strands.size() == 1 ? p.connections.strands[0].color : p.colors.text_secondary;
  const float full = p.connections.full_weight;
  Rect name = p.builder.label(furniture_key(Legend, 100), p.words(scale_name(scale)), {x, y}, Align::Left,
                              m.caption, p.colors.text_secondary);
  x = name.right() + kNameGap * m.caption;
  for (int i = 0; i < 4; ++i) {
    const float weight = kSampleParts[i] * full, part = scaled_weight(weight, full, full, scale);
    const auto number = static_cast<std::uint64_t>(i);
    const float length = kSampleLength * m.caption;
    RibbonState sample;
    sample.p0 = {x, y};
    sample.p1 = {x + length / 3, y};
    sample.p2 = {x + 2 * length / 3, y};
    sample.p3 = {x + length, y};
    sample.round_caps = 0;
    sample.width0 = sample.width3 = matrix ? m.caption : p.full_width * part;
    sample.color0 = sample.color3 = matrix ? matrix_color(color_map(p.view().matrix_colors), part, color)
                                           : color.with_alpha(weight_opacity(part, true, p.view().theme));
    p.builder.ribbon(furniture_key(Legend, number), sample, {}, {}, 0);
    if (over_picture) {  // the cell's colour, and the line that ends in it
      sample.width0 = sample.width3 = p.full_width * part;
      sample.color0 = sample.color3 = color.with_alpha(weight_opacity(part, true, p.view().theme));
      p.builder.ribbon(furniture_key(LegendLine, number), sample, {}, {}, 1);
    }
    x += length + kTextGap * m.caption;
    const Rect box =
        p.builder.label(furniture_key(LegendLabel, number), p.mono(sample_text(p, kSampleParts[i])), {x, y},
                        Align::Left, m.caption, p.colors.text_secondary);
    x = box.right() + kSampleGap * m.caption;
  }
}

/// What is drawn, of what: the line at the right of the legend.
GlyphRunPtr readout_line(Picture& p) {
  const bool renormalized =
      p.view().renormalize && (p.view().hide_first_token || p.view().hide_special_tokens);
  return fitting(p,
                 temperature_text(p, "at temperature ", ": ") + p.builder.layout().readout +
                     (renormalized ? ", rows renormalised" : ""),
                 FontWeight::Regular, p.measures.caption, p.stage.width - 2 * p.measures.margin);
}

/// Whether the readout finds no room beside the legend and stands above it.
bool readout_stands_above(Picture& p) {
  const float wanted = samples_width(p) + readout_line(p)->width * p.measures.caption;
  return wanted > p.stage.width - 2 * p.measures.margin;
}

}  // namespace

void add_furniture(Picture& p) {
  const Measures& m = p.measures;
  const float width = std::max(1.0f, p.stage.width - 2 * m.margin);
  p.builder.layout().readout = readout(p.connections);
  float top = m.margin, bottom = m.margin;
  p.below = add_lines_below(p);
  if (p.view().present) {
    top = add_title(p);
    bottom = add_dots(p);
    if (p.connections.strands.size() > 1) {
      const bool shared = shares_line_with_names(p);
      add_head_names(p, top + (shared ? 0.8f : 1.0f) * m.caption);
      top += shared ? 0 : 2 * m.caption;
    }
  } else {
    if (p.stage.title) top = add_title(p);
    if (p.stage.legend) {
      add_head_names(p, top + 0.8f * m.caption);
      top += shares_line_with_names(p) ? 0 : 2.2f * m.caption;
    }
    const int n_lines = (merge_text(p, "words").empty() ? 0 : 1) + (readout_stands_above(p) ? 1 : 0);
    const float lines = 1.8f + kLegendLine * static_cast<float>(n_lines);
    bottom = m.margin + p.below + (p.stage.legend ? lines * m.caption : 0);
  }
  const int n_lines = std::max(p.stage.caption_lines, caption_lines(p));
  add_caption(p, p.stage.height - bottom, n_lines);
  bottom += caption_height(p, n_lines);
  p.content = {m.margin, top, width, std::max(1.0f, p.stage.height - top - bottom)};
}

void add_legend(Picture& p) {
  if (!p.stage.legend) return;
  const Measures& m = p.measures;
  float y = p.stage.height - m.margin - p.below;
  add_samples(p, m.margin, y);
  if (readout_stands_above(p)) y -= kLegendLine * m.caption;
  p.builder.label(furniture_key(Readout), readout_line(p), {p.stage.width - m.margin, y}, Align::Right,
                  m.caption, p.colors.text_secondary);
  if (const std::string merged = merge_text(p, "tokens of a word: summed over keys, averaged over queries");
      !merged.empty()) {
    const GlyphRunPtr sentence =
        fitting(p, merged, FontWeight::Regular, m.caption, p.stage.width - 2 * m.margin);
    p.builder.label(furniture_key(Readout, 1), sentence,
                    {p.stage.width - m.margin, y - kLegendLine * m.caption}, Align::Right, m.caption,
                    p.colors.text_secondary);
  }
}

void add_sentence(Picture& p, std::string_view sentence) {
  const float size = p.view().present ? p.measures.subtitle : 1.15f * p.measures.caption;
  p.builder.label(furniture_key(Sentence),
                  fitting(p, std::string(sentence), FontWeight::Regular, size, p.stage.width - 16),
                  {p.stage.width / 2, p.stage.height / 2}, Align::Center, size, p.colors.text_secondary);
}

}  // namespace headscope
