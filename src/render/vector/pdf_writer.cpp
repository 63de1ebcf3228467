#include <algorithm>
#include <cmath>
#include <cstring>
#include <memory>

#include <cairo-pdf.h>
#include <cairo.h>

#include "base/version.h"
#include "render/vector/pdf_fonts.h"
#include "render/vector/text_clusters.h"
#include "render/vector/vector_canvas.h"
#include "render/vector/vector_picture.h"

namespace headscope {

namespace {

struct FreeSurface {
  void operator()(cairo_surface_t* surface) const { cairo_surface_destroy(surface); }
};
struct FreeContext {
  void operator()(cairo_t* context) const { cairo_destroy(context); }
};
struct FreePattern {
  void operator()(cairo_pattern_t* pattern) const { cairo_pattern_destroy(pattern); }
};
using Surface = std::unique_ptr<cairo_surface_t, FreeSurface>;
using Pattern = std::unique_ptr<cairo_pattern_t, FreePattern>;

class PdfCanvas : public VectorCanvas {
 public:
  PdfCanvas(cairo_t* context, FontLibrary& library) : cr_(context), library_(library), fonts_(library) {}

  void box(const VectorBox& b) override {
    rounded(b.rect, b.radius);
    use(b.color);
    if (b.stroke_width > 0) {
      cairo_set_line_width(cr_, b.stroke_width);
      cairo_stroke(cr_);
    } else {
      cairo_fill(cr_);
    }
  }

  void ribbon(const VectorRibbon& r) override {
    Pattern gradient;
    if (r.stops.size() > 1) {
      gradient.reset(cairo_pattern_create_linear(r.p0.x, r.p0.y, r.p3.x, r.p3.y));
      for (const GradientStop& s : r.stops)
        cairo_pattern_add_color_stop_rgba(gradient.get(), s.offset, s.color.r, s.color.g, s.color.b,
                                          s.color.a);
      cairo_set_source(cr_, gradient.get());
    } else {
      use(r.stops[0].color);
    }
    if (!r.outline.empty()) {
      for (const Vec2& p : r.outline) cairo_line_to(cr_, p.x, p.y);
      cairo_close_path(cr_);
      cairo_fill(cr_);
      return;
    }
    cairo_move_to(cr_, r.p0.x, r.p0.y);
    cairo_curve_to(cr_, r.p1.x, r.p1.y, r.p2.x, r.p2.y, r.p3.x, r.p3.y);
    cairo_set_line_cap(cr_, r.round_caps ? CAIRO_LINE_CAP_ROUND : CAIRO_LINE_CAP_BUTT);
    cairo_set_line_width(cr_, r.width);
    cairo_stroke(cr_);
  }

  void cells(const VectorCells& c) override {
    const Surface image(cairo_image_surface_create(CAIRO_FORMAT_ARGB32, c.cols, c.rows));
    if (cairo_surface_status(image.get()) != CAIRO_STATUS_SUCCESS) return;
    unsigned char* data = cairo_image_surface_get_data(image.get());
    const int stride = cairo_image_surface_get_stride(image.get());
    for (int row = 0; row < c.rows; ++row)
      for (int col = 0; col < c.cols; ++col) {
        const Color& color = c.colors[static_cast<std::size_t>(row) * c.cols + col];
        const auto part = [&](float v) {
          return static_cast<std::uint32_t>(std::lround(std::clamp(v, 0.0f, 1.0f) * color.a * 255));
        };
        const std::uint32_t pixel = static_cast<std::uint32_t>(std::lround(color.a * 255)) << 24 |
                                    part(color.r) << 16 | part(color.g) << 8 | part(color.b);
        std::memcpy(data + row * stride + col * 4, &pixel, 4);
      }
    cairo_surface_mark_dirty(image.get());
    show(image.get(), c.rect, c.rows, c.cols, CAIRO_FILTER_NEAREST, 1);
  }

  void photo(const VectorPhoto& p) override {
    const Surface image(cairo_image_surface_create(CAIRO_FORMAT_ARGB32, p.cols, p.rows));
    if (cairo_surface_status(image.get()) != CAIRO_STATUS_SUCCESS) return;
    unsigned char* data = cairo_image_surface_get_data(image.get());
    const int stride = cairo_image_surface_get_stride(image.get());
    const std::uint8_t* from = p.pixels->data();
    for (int row = 0; row < p.rows; ++row)
      for (int col = 0; col < p.cols; ++col, from += 4) {
        const auto part = [&](int channel) -> std::uint32_t {
          return (from[channel] * from[3] + 127u) / 255u;
        };
        const std::uint32_t pixel = std::uint32_t{from[3]} << 24 | part(0) << 16 | part(1) << 8 | part(2);
        std::memcpy(data + row * stride + col * 4, &pixel, 4);
      }
    cairo_surface_mark_dirty(image.get());
    show(image.get(), p.rect, p.rows, p.cols, p.squares ? CAIRO_FILTER_NEAREST : CAIRO_FILTER_GOOD,
         p.opacity);
  }

  void text(const GlyphRun& run, Vec2 origin, float size, Color color) override {
    use(color);
    for (const ClusterText& piece : text_pieces(run)) {
      cairo_font_face_t* face = fonts_.face(piece.font);
      if (!face) {
        outlines(run, piece, origin, size);
        continue;
      }
      cairo_set_font_face(cr_, face);
      cairo_set_font_size(cr_, size);
      std::vector<cairo_glyph_t> glyphs;
      for (std::size_t i = piece.first_glyph; i < piece.first_glyph + piece.n_glyphs; ++i) {
        const PlacedGlyph& g = run.glyphs[i];
        glyphs.push_back({g.glyph, origin.x + static_cast<double>(g.x) * size,
                          origin.y + static_cast<double>(g.y) * size});
      }
      std::vector<cairo_text_cluster_t> clusters;
      for (const TextCluster& c : piece.clusters) clusters.push_back({c.n_bytes, c.n_glyphs});
      cairo_show_text_glyphs(
          cr_, run.text.data() + piece.first_byte, static_cast<int>(piece.n_bytes), glyphs.data(),
          static_cast<int>(glyphs.size()), clusters.data(), static_cast<int>(clusters.size()),
          piece.backward ? CAIRO_TEXT_CLUSTER_FLAG_BACKWARD : cairo_text_cluster_flags_t{});
    }
  }

 private:
  void show(cairo_surface_t* image, const Rect& rect, int rows, int cols, cairo_filter_t filter,
            float opacity) {
    cairo_save(cr_);
    cairo_translate(cr_, rect.x, rect.y);
    cairo_scale(cr_, rect.width / static_cast<double>(cols), rect.height / static_cast<double>(rows));
    cairo_set_source_surface(cr_, image, 0, 0);
    cairo_pattern_set_filter(cairo_get_source(cr_), filter);
    // Beyond the edge the outermost pixels go on: a smooth filter would let the ground in.
    cairo_pattern_set_extend(cairo_get_source(cr_), CAIRO_EXTEND_PAD);
    cairo_rectangle(cr_, 0, 0, cols, rows);
    cairo_clip(cr_);
    cairo_paint_with_alpha(cr_, static_cast<double>(opacity));
    cairo_restore(cr_);
  }

  void use(Color c) { cairo_set_source_rgba(cr_, c.r, c.g, c.b, c.a); }

  void rounded(const Rect& r, float radius) {
    if (radius <= 0) {
      cairo_rectangle(cr_, r.x, r.y, r.width, r.height);
      return;
    }
    constexpr double kQuarter = 1.5707963267948966;
    cairo_new_sub_path(cr_);
    cairo_arc(cr_, r.right() - radius, r.y + radius, radius, -kQuarter, 0);
    cairo_arc(cr_, r.right() - radius, r.bottom() - radius, radius, 0, kQuarter);
    cairo_arc(cr_, r.x + radius, r.bottom() - radius, radius, kQuarter, 2 * kQuarter);
    cairo_arc(cr_, r.x + radius, r.y + radius, radius, 2 * kQuarter, 3 * kQuarter);
    cairo_close_path(cr_);
  }

  /// Glyphs without a font file: boxes with the digits of a code point.
  void outlines(const GlyphRun& run, const ClusterText& piece, Vec2 origin, float size) {
    for (std::size_t i = piece.first_glyph; i < piece.first_glyph + piece.n_glyphs; ++i) {
      const PlacedGlyph& glyph = run.glyphs[i];
      const GlyphOutline outline = library_.outline(glyph.font, glyph.glyph);
      const Vec2 pen{origin.x + glyph.x * size, origin.y + glyph.y * size};
      const Vec2* next = outline.points.data();
      Vec2 now;
      for (const GlyphOutline::Verb verb : outline.verbs) {
        const auto take = [&] { return now = pen + size * *next++; };
        if (verb == GlyphOutline::Verb::Move) {
          const Vec2 p = take();
          cairo_move_to(cr_, p.x, p.y);
        } else if (verb == GlyphOutline::Verb::Line) {
          const Vec2 p = take();
          cairo_line_to(cr_, p.x, p.y);
        } else if (verb == GlyphOutline::Verb::Quadratic) {
          const Vec2 from = now, control = take(), to = take();
          const Vec2 a = from + (2.0f / 3) * (control - from), b = to + (2.0f / 3) * (control - to);
          cairo_curve_to(cr_, a.x, a.y, b.x, b.y, to.x, to.y);
        } else if (verb == GlyphOutline::Verb::Cubic) {
          const Vec2 a = take(), b = take(), to = take();
          cairo_curve_to(cr_, a.x, a.y, b.x, b.y, to.x, to.y);
        } else {
          cairo_close_path(cr_);
        }
      }
    }
    cairo_fill(cr_);
  }

  cairo_t* cr_;
  FontLibrary& library_;
  PdfFonts fonts_;
};

cairo_status_t append(void* out, const unsigned char* data, unsigned size) {
  static_cast<std::string*>(out)->append(reinterpret_cast<const char*>(data), size);
  return CAIRO_STATUS_SUCCESS;
}

void set_metadata(cairo_surface_t* surface, cairo_pdf_metadata_t what, const std::string& text) {
  if (!text.empty()) cairo_pdf_surface_set_metadata(surface, what, text.c_str());
}

}  // namespace

Result<std::string> render_pdf(const Scene& scene, FrameSize size, FontLibrary& fonts, const VectorInfo& info,
                               double width_pt) {
  std::string out;
  const float width = static_cast<float>(size.width) / scene.pixel_scale,
              height = static_cast<float>(size.height) / scene.pixel_scale;
  const double points = width_pt / static_cast<double>(width);
  const Surface surface(
      cairo_pdf_surface_create_for_stream(append, &out, width_pt, static_cast<double>(height) * points));
  // From 1.5 on newer versions of cairo compress the table of objects, which attach_to_pdf has to add to.
  cairo_pdf_surface_restrict_to_version(surface.get(), CAIRO_PDF_VERSION_1_4);
  set_metadata(surface.get(), CAIRO_PDF_METADATA_TITLE, info.title);
  set_metadata(surface.get(), CAIRO_PDF_METADATA_SUBJECT, info.description);
  set_metadata(surface.get(), CAIRO_PDF_METADATA_CREATOR, std::string("Headscope ") + kVersion);
  const std::unique_ptr<cairo_t, FreeContext> context(cairo_create(surface.get()));
  cairo_scale(context.get(), points, points);
  {
    PdfCanvas canvas(context.get(), fonts);
    cairo_font_options_t* options = cairo_font_options_create();
    cairo_font_options_set_hint_style(options, CAIRO_HINT_STYLE_NONE);
    cairo_font_options_set_hint_metrics(options, CAIRO_HINT_METRICS_OFF);
    cairo_set_font_options(context.get(), options);
    cairo_font_options_destroy(options);
    draw_vectors(scene, width, height, canvas);
    cairo_show_page(context.get());
  }
  cairo_status_t status = cairo_status(context.get());
  cairo_surface_finish(surface.get());
  if (status == CAIRO_STATUS_SUCCESS) status = cairo_surface_status(surface.get());
  if (status == CAIRO_STATUS_SUCCESS) return out;
  return Error{ErrorCode::Unavailable, std::string("cannot make the PDF: ") + cairo_status_to_string(status),
               "Try SVG instead"};
}

}  // namespace headscope
