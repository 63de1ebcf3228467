#include <algorithm>
#include <cmath>
#include <cstdio>
#include <map>
#include <set>

#include "base/version.h"
#include "io/base64.h"
#include "render/vector/vector_canvas.h"
#include "render/vector/vector_picture.h"

namespace headscope {

namespace {

/// Text between tags or quotes. XML has no control characters but these three.
std::string escaped(std::string_view text) {
  std::string out;
  for (const char c : text) {
    if (c == '&')
      out += "&amp;";
    else if (c == '<')
      out += "&lt;";
    else if (c == '>')
      out += "&gt;";
    else if (c == '"')
      out += "&quot;";
    else if (static_cast<unsigned char>(c) < 0x20 && c != '\n' && c != '\t')
      out += "\xEF\xBF\xBD";
    else
      out += c;
  }
  return out;
}

/// Three decimals are a thousandth of a pixel; no locale, no trailing zeros.
std::string number(float value) {
  const long long thousandths = std::llround(static_cast<double>(value) * 1000);
  std::string text = std::to_string(std::llabs(thousandths) / 1000);
  if (const long long rest = std::llabs(thousandths) % 1000; rest != 0) {
    char digits[8];
    std::snprintf(digits, sizeof digits, ".%03lld", rest);
    text += digits;
    while (text.back() == '0') text.pop_back();
  }
  return thousandths < 0 ? "-" + text : text;
}
std::string pair(Vec2 p) {
  return number(p.x) + " " + number(p.y);
}
std::string attribute(const char* name, float value) {
  return std::string(" ") + name + "=\"" + number(value) + "\"";
}

std::string hex(Color c) {
  const auto part = [](float v) { return static_cast<int>(std::lround(std::clamp(v, 0.0f, 1.0f) * 255)); };
  char text[8];
  std::snprintf(text, sizeof text, "#%02x%02x%02x", part(c.r), part(c.g), part(c.b));
  return text;
}

/// fill="#…" fill-opacity="…", and the same for other properties.
std::string colored(const std::string& property, const std::string& opacity, Color c) {
  std::string text = " " + property + "=\"" + hex(c) + "\"";
  if (c.a < 0.9995f) text += " " + opacity + "=\"" + number(std::max(0.0f, c.a)) + "\"";
  return text;
}
std::string paint(const std::string& what, Color c) {
  return colored(what, what + "-opacity", c);
}

class SvgCanvas : public VectorCanvas {
 public:
  explicit SvgCanvas(FontLibrary& fonts) : fonts_(fonts) {}

  void box(const VectorBox& b) override {
    body_ += "<rect" + attribute("x", b.rect.x) + attribute("y", b.rect.y) +
             attribute("width", b.rect.width) + attribute("height", b.rect.height);
    if (b.radius > 0) body_ += attribute("rx", b.radius);
    body_ += b.stroke_width > 0
                 ? " fill=\"none\"" + paint("stroke", b.color) + attribute("stroke-width", b.stroke_width)
                 : paint("fill", b.color);
    body_ += "/>\n";
  }

  void ribbon(const VectorRibbon& r) override {
    const bool gradient = r.stops.size() > 1;
    const std::string what = r.outline.empty() ? "stroke" : "fill";
    const std::string color =
        gradient ? " " + what + "=\"url(#" + add_gradient(r) + ")\"" : paint(what, r.stops[0].color);
    if (!r.outline.empty()) {
      body_ += "<path d=\"M" + pair(r.outline[0]);
      for (std::size_t i = 1; i < r.outline.size(); ++i) body_ += "L" + pair(r.outline[i]);
      body_ += "Z\"" + color + "/>\n";
      return;
    }
    body_ += "<path d=\"M" + pair(r.p0) + "C" + pair(r.p1) + " " + pair(r.p2) + " " + pair(r.p3) +
             "\" fill=\"none\"" + color + attribute("stroke-width", r.width);
    if (r.round_caps) body_ += " stroke-linecap=\"round\"";
    body_ += "/>\n";
  }

  void cells(const VectorCells& c) override {
    constexpr int kMostPaths = 64 * 64;
    if (c.rows * c.cols > kMostPaths) {
      body_ += "<image" + attribute("x", c.rect.x) + attribute("y", c.rect.y) +
               attribute("width", c.rect.width) + attribute("height", c.rect.height) +
               " preserveAspectRatio=\"none\" style=\"image-rendering:pixelated\" "
               "image-rendering=\"optimizeSpeed\" "
               "xlink:href=\"data:image/png;base64," +
               base64(cells_png(c)) + "\"/>\n";
      return;
    }
    // One path for each colour: cells of a row that share one are one rectangle.
    std::map<std::string, std::string> paths;
    const float width = c.rect.width / static_cast<float>(c.cols),
                height = c.rect.height / static_cast<float>(c.rows);
    for (int row = 0; row < c.rows; ++row)
      for (int begin = 0, end = 0; begin < c.cols; begin = end) {
        const auto color = [&](int col) { return c.colors[static_cast<std::size_t>(row) * c.cols + col]; };
        for (end = begin + 1; end < c.cols && color(end) == color(begin);) ++end;
        if (color(begin).a <= 0.002f) continue;
        paths[paint("fill", color(begin))] += "M" +
                                              pair({c.rect.x + static_cast<float>(begin) * width,
                                                    c.rect.y + static_cast<float>(row) * height}) +
                                              "h" + number(static_cast<float>(end - begin) * width) + "v" +
                                              number(height) + "h" +
                                              number(-static_cast<float>(end - begin) * width) + "z";
      }
    body_ += "<g shape-rendering=\"crispEdges\">\n";
    for (const auto& [color, path] : paths) body_ += "<path d=\"" + path + "\"" + color + "/>\n";
    body_ += "</g>\n";
  }

  void photo(const VectorPhoto& p) override {
    const Result<std::string> png = encode_png({p.cols, p.rows, *p.pixels});
    if (!png) return;
    body_ += "<image" + attribute("x", p.rect.x) + attribute("y", p.rect.y) +
             attribute("width", p.rect.width) + attribute("height", p.rect.height) +
             " preserveAspectRatio=\"none\"";
    if (p.opacity < 0.9995f) body_ += attribute("opacity", p.opacity);
    if (p.squares) body_ += " style=\"image-rendering:pixelated\" image-rendering=\"optimizeSpeed\"";
    body_ += " xlink:href=\"data:image/png;base64," + base64(*png) + "\"/>\n";
  }

  void text(const GlyphRun& run, Vec2 origin, float size, Color color) override {
    if (run.glyphs.empty()) return;
    const bool boxes = run.n_missing > 0;
    if (boxes) outlines(run, origin, size, color);
    static constexpr int kWeights[] = {400, 500, 600, 700};
    body_ += "<text" + attribute("x", origin.x) + attribute("y", origin.y) + " font-family=\"" +
             families(run) + "\"" + attribute("font-size", size);
    if (run.weight != FontWeight::Regular)
      body_ += " font-weight=\"" + std::to_string(kWeights[static_cast<int>(run.weight)]) + "\"";
    // Where another font has to step in, the words keep their width.
    if (run.text.size() > 1)
      body_ += attribute("textLength", run.width * size) + " lengthAdjust=\"spacingAndGlyphs\"";
    // What no font has is drawn above; the text stays to be found and copied.
    body_ += boxes ? " fill-opacity=\"0\"" : paint("fill", color);
    body_ += " xml:space=\"preserve\">" + escaped(run.text) + "</text>\n";
  }

  std::string document(FrameSize size, float scale, const VectorInfo& info) const {
    const float width = static_cast<float>(size.width) / scale,
                height = static_cast<float>(size.height) / scale;
    std::string out =
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<svg xmlns=\"http://www.w3.org/2000/svg\" "
        "xmlns:xlink=\"http://www.w3.org/1999/xlink\" version=\"1.1\" width=\"" +
        std::to_string(size.width) + "\" height=\"" + std::to_string(size.height) + "\" viewBox=\"0 0 " +
        number(width) + " " + number(height) + "\" role=\"img\">\n";
    if (!info.title.empty()) out += "<title>" + escaped(info.title) + "</title>\n";
    if (!info.description.empty()) out += "<desc>" + escaped(info.description) + "</desc>\n";
    if (!info.document.empty()) {
      out += std::string("<metadata><") + kSvgDocumentElement +
             " xmlns:headscope=\"urn:headscope:document\" version=\"" + kVersion + "\">" +
             escaped(info.document) + "</" + kSvgDocumentElement + "></metadata>\n";
    }
    if (!gradients_.empty()) out += "<defs>\n" + gradients_ + "</defs>\n";
    return out + body_ + "</svg>\n";
  }

 private:
  std::string add_gradient(const VectorRibbon& r) {
    const std::string id = "g" + std::to_string(++n_gradients_);
    gradients_ += "<linearGradient id=\"" + id + "\" gradientUnits=\"userSpaceOnUse\"" +
                  attribute("x1", r.p0.x) + attribute("y1", r.p0.y) + attribute("x2", r.p3.x) +
                  attribute("y2", r.p3.y) + ">";
    for (const GradientStop& stop : r.stops) {
      gradients_ += "<stop offset=\"" + number(stop.offset) + "\"" +
                    colored("stop-color", "stop-opacity", stop.color) + "/>";
    }
    gradients_ += "</linearGradient>\n";
    return id;
  }

  /// The families that the run was shaped with, the role's own first.
  std::string families(const GlyphRun& run) {
    const char* own = run.role == FontRole::Mono ? "JetBrains Mono" : "Inter";
    std::string list = std::string("'") + own + "'";
    std::set<std::string> named = {own};
    for (const PlacedGlyph& glyph : run.glyphs) {
      const std::string family = fonts_.family(glyph.font);
      if (!family.empty() && named.insert(family).second) list += ", '" + escaped(family) + "'";
    }
    return list + (run.role == FontRole::Mono ? ", monospace" : ", sans-serif");
  }

  void outlines(const GlyphRun& run, Vec2 origin, float size, Color color) {
    body_ += "<path d=\"";
    for (const PlacedGlyph& glyph : run.glyphs) {
      const GlyphOutline outline = fonts_.outline(glyph.font, glyph.glyph);
      const Vec2 pen{origin.x + glyph.x * size, origin.y + glyph.y * size};
      std::size_t at = 0;
      const auto points = [&](const char* verb, std::size_t count) {
        body_ += verb;
        for (std::size_t i = 0; i < count; ++i)
          body_ += (i ? " " : "") + pair(pen + size * outline.points[at++]);
      };
      for (const GlyphOutline::Verb verb : outline.verbs) {
        if (verb == GlyphOutline::Verb::Move) points("M", 1);
        if (verb == GlyphOutline::Verb::Line) points("L", 1);
        if (verb == GlyphOutline::Verb::Quadratic) points("Q", 2);
        if (verb == GlyphOutline::Verb::Cubic) points("C", 3);
        if (verb == GlyphOutline::Verb::Close) body_ += "Z";
      }
    }
    body_ += "\"" + paint("fill", color) + "/>\n";
  }

  static std::string cells_png(const VectorCells& c) {
    Image image{c.cols, c.rows, {}};
    for (const Color& color : c.colors)
      for (const float part : {color.r, color.g, color.b, color.a})
        image.rgba.push_back(static_cast<std::uint8_t>(std::lround(std::clamp(part, 0.0f, 1.0f) * 255)));
    return *encode_png(image);  // without texts nothing can be refused
  }

  FontLibrary& fonts_;
  std::string body_, gradients_;
  int n_gradients_ = 0;
};

}  // namespace

std::string render_svg(const Scene& scene, FrameSize size, FontLibrary& fonts, const VectorInfo& info) {
  SvgCanvas canvas(fonts);
  draw_vectors(scene, static_cast<float>(size.width) / scene.pixel_scale,
               static_cast<float>(size.height) / scene.pixel_scale, canvas);
  return canvas.document(size, scene.pixel_scale, info);
}

}  // namespace headscope
