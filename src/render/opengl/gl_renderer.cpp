#include "render/opengl/gl_renderer.h"

#include <algorithm>
#include <cassert>
#include <cmath>
#include <limits>
#include <span>
#include <string>

#include "render/raster/linear_light.h"
#include "scene/morph.h"

namespace headscope {

namespace {

float blend(float a, float b, float u) {
  return a + u * (b - a);
}

Color background_of(const Scene& scene) {
  const Color a = scene.morph->from->background, b = scene.morph->to->background;
  const float u = ease(scene.mix);
  return {blend(a.r, b.r, u), blend(a.g, b.g, u), blend(a.b, b.b, u), 1};
}

}  // namespace

GlRenderer::GlRenderer(std::unique_ptr<OffscreenContext> context, FontLibrary& fonts,
                       const RendererOptions& options)
    : context_(std::move(context)), options_(options), no_attributes_(GlVertexArray::make()), atlas_(fonts) {}

Result<GlRenderer::Pass> GlRenderer::load_pass(const std::filesystem::path& shaders_dir,
                                               const std::string& name, const std::string& variant,
                                               std::initializer_list<const char*> own) {
  Result<ShaderProgram> program = ShaderProgram::load(shaders_dir, name, variant);
  if (!program) return program.error();
  Pass pass;
  pass.program = std::move(*program);
  pass.mix_time = pass.program.uniform("mix_time");
  pass.offset = pass.program.uniform("offset");
  pass.px = pass.program.uniform("px");
  pass.tile = pass.program.uniform("tile");
  pass.viewport = pass.program.uniform("viewport");
  assert(own.size() <= pass.own.size());
  std::transform(own.begin(), own.end(), pass.own.begin(),
                 [&](const char* n) { return pass.program.uniform(n); });
  return pass;
}

Result<std::unique_ptr<Renderer>> GlRenderer::create(std::unique_ptr<OffscreenContext> context,
                                                     FontLibrary& fonts,
                                                     const std::filesystem::path& shaders_dir,
                                                     const RendererOptions& options) {
  auto made = std::unique_ptr<GlRenderer>(new GlRenderer(std::move(context), fonts, options));
  struct Wanted {
    Pass GlRenderer::*pass;
    const char* name;
    const char* variant;
    std::initializer_list<const char*> own;
  };
  const std::initializer_list<const char*> matrix = {"values",    "palette", "rect", "cells",
                                                     "top_level", "opacity", "tint", "use_tint"};
  const Wanted all[] = {
      {&GlRenderer::ribbon_, "ribbon", "", {"ribbons", "lit"}},
      {&GlRenderer::box_, "box", "", {"boxes", "highlighted"}},
      {&GlRenderer::glyph_, "glyph", "", {"labels", "glyphs", "atlas"}},
      {&GlRenderer::matrix_, "matrix", "", matrix},
      {&GlRenderer::large_matrix_, "matrix", "LARGE_CELLS", matrix},
      {&GlRenderer::photo_, "photo", "", {"picture", "rect", "cells", "opacity"}},
      {&GlRenderer::cover_, "cover", "", {"cover"}},
      {&GlRenderer::layer_, "layer", "", {"light", "corner"}},
  };
  for (const Wanted& wanted : all) {
    Result<Pass> pass = load_pass(shaders_dir, wanted.name, wanted.variant, wanted.own);
    if (!pass) return pass.error();
    (*made).*wanted.pass = std::move(*pass);
  }
  made->own_ribbons_ = options.ribbons == RibbonDrawing::Own ||
                       (options.ribbons == RibbonDrawing::Auto && driver_is_software());
  return std::unique_ptr<Renderer>(std::move(made));
}

void GlRenderer::use(const Pass& pass, const Scene& scene, FrameSize size, Vec2 tile) const {
  pass.program.use();
  glUniform1f(pass.mix_time, scene.mix);
  glUniform2f(pass.offset, scene.camera.offset.x, scene.camera.offset.y);
  glUniform1f(pass.px, scene.camera.zoom * scene.pixel_scale);
  glUniform2f(pass.tile, tile.x, tile.y);
  glUniform2f(pass.viewport, static_cast<float>(size.width), static_cast<float>(size.height));
}

void GlRenderer::clear(const Scene& scene) const {
  const Color background = background_of(scene);
  if (scene.transparent) {
    glClearColor(0, 0, 0, 0);
  } else {
    glClearColor(decode_srgb(background.r), decode_srgb(background.g), decode_srgb(background.b), 1);
  }
  glClear(GL_COLOR_BUFFER_BIT);
}

void GlRenderer::draw_boxes(const Scene& scene, MorphBuffers& buffers, bool under, FrameSize size,
                            Vec2 tile) {
  const int first = under ? 0 : buffers.boxes.n_under();
  const int count = under ? buffers.boxes.n_under() : buffers.boxes.size() - first;
  if (count == 0) return;
  use(box_, scene, size, tile);
  glUniform1i(box_.own[0], 0);
  glUniform1i(box_.own[1], buffers.lit_box.index(scene.morph->box_tags, scene.highlighted));
  glBindVertexArray(no_attributes_.id());
  buffers.boxes.draw(first, count);
}

void GlRenderer::draw_images(const Scene& scene, FrameSize size, Vec2 tile) {
  const Morph& morph = *scene.morph;
  for (std::size_t i = 0; i < morph.images.size(); ++i) {
    const auto& values = morph.image_values[i];
    if (!values || values->rows < 1 || values->cols < 1) continue;
    const ImageState state = image_at(morph.images[i], scene.mix);
    if (state.opacity <= 0) continue;
    if (values->pixels)
      draw_photo(scene, state, *values, size, tile);
    else
      draw_matrix(scene, state, *values, size, tile);
  }
}

void GlRenderer::draw_matrix(const Scene& scene, const ImageState& state, const MatrixValues& values,
                             FrameSize size, Vec2 tile) {
  // Values that a pixel covers, the longer way.
  const float px = scene.camera.zoom * scene.pixel_scale;
  const float per_pixel = std::max(static_cast<float>(values.cols) / (state.rect.width * px),
                                   static_cast<float>(values.rows) / (state.rect.height * px));
  const Pass& pass = per_pixel <= 0.5f ? large_matrix_ : matrix_;
  use(pass, scene, size, tile);
  glUniform1i(pass.own[0], 0);
  glUniform1i(pass.own[1], 1);
  glBindVertexArray(no_attributes_.id());
  const ColorMap map = scene.morph->to->color_map;
  glUniform1i(pass.own[7], map == ColorMap::Tint);
  matrices_.bind_palette(map, GL_TEXTURE1);
  glUniform1i(pass.own[4], matrices_.bind(values, GL_TEXTURE0));
  glUniform4f(pass.own[2], state.rect.x, state.rect.y, state.rect.width, state.rect.height);
  glUniform2i(pass.own[3], values.cols, values.rows);
  glUniform1f(pass.own[5], state.opacity);
  glUniform4f(pass.own[6], state.tint.r, state.tint.g, state.tint.b, state.tint.a);
  glDrawArrays(GL_TRIANGLE_STRIP, 0, 4);
}

void GlRenderer::draw_photo(const Scene& scene, const ImageState& state, const MatrixValues& picture,
                            FrameSize size, Vec2 tile) {
  use(photo_, scene, size, tile);
  glUniform1i(photo_.own[0], 0);
  glBindVertexArray(no_attributes_.id());
  (void)matrices_.bind(picture, GL_TEXTURE0);
  glUniform4f(photo_.own[1], state.rect.x, state.rect.y, state.rect.width, state.rect.height);
  glUniform2i(photo_.own[2], picture.cols, picture.rows);
  glUniform1f(photo_.own[3], state.opacity);
  glDrawArrays(GL_TRIANGLE_STRIP, 0, 4);
}

void GlRenderer::draw_ribbons(const Scene& scene, MorphBuffers& buffers, FrameSize size, Vec2 tile) {
  const Morph& morph = *scene.morph;
  if (buffers.ribbons.size() == 0) return;
  const float px = scene.camera.zoom * scene.pixel_scale;
  const int lit = buffers.lit_ribbon.index(morph.ribbon_tags, scene.highlighted);
  if (own_ribbons_) {
    use(layer_, scene, size, tile);
    glUniform1i(layer_.own[0], 0);
    glBindVertexArray(no_attributes_.id());
    ribbon_layer_.draw(scene, buffers.ribbons.refine_cuts(morph.ribbons, px, scene.reproducible), target_,
                       tile, layer_.own[1]);
  }
  if (own_ribbons_ && lit < 0) return;
  use(ribbon_, scene, size, tile);
  glUniform1i(ribbon_.own[0], 0);
  if (own_ribbons_) {
    const RibbonBuffer& one = ribbon_layer_.lit(morph, lit, px);
    glUniform1f(ribbon_.own[1], 1);
    one.draw();
    return;
  }
  buffers.ribbons.refine(morph.ribbons, px, scene.reproducible);
  glUniform1f(ribbon_.own[1], 0);
  buffers.ribbons.draw();
  if (lit < 0) return;
  glUniform1f(ribbon_.own[1], 1);
  buffers.ribbons.draw_one(lit);
}

void GlRenderer::draw_labels(const Scene& scene, MorphBuffers& buffers, FrameSize size, Vec2 tile) {
  if (scene.morph->labels.empty()) return;
  const float px = scene.camera.zoom * scene.pixel_scale;
  buffers.labels.place(*scene.morph, scene.mix, scene.camera.offset, px, scene.reproducible, atlas_);
  use(glyph_, scene, size, tile);
  glUniform1i(glyph_.own[0], 0);
  glUniform1i(glyph_.own[1], 1);
  glUniform1i(glyph_.own[2], 2);
  atlas_.bind(GL_TEXTURE2);
  glBindVertexArray(no_attributes_.id());
  buffers.labels.draw();
}

void GlRenderer::draw_cover(const Scene& scene, FrameSize size, Vec2 tile) {
  const float dim = std::clamp(scene.dim, 0.0f, 1.0f);
  if (dim <= 0) return;
  const Color background = background_of(scene);
  use(cover_, scene, size, tile);
  if (scene.transparent) {
    glUniform4f(cover_.own[0], 0, 0, 0, dim);
    glBlendFunc(GL_ZERO, GL_ONE_MINUS_SRC_ALPHA);
  } else {
    glUniform4f(cover_.own[0], decode_srgb(background.r) * dim, decode_srgb(background.g) * dim,
                decode_srgb(background.b) * dim, dim);
  }
  glBindVertexArray(no_attributes_.id());
  glDrawArrays(GL_TRIANGLES, 0, 3);
}

Status GlRenderer::draw_tile(const Scene& scene, FrameSize size, Vec2 tile) {
  assert(scene.morph && scene.morph->from && scene.morph->to);
  const auto format = scene.transparent ? RenderTarget::Format::LinearHalf : RenderTarget::Format::SrgbBytes;
  if (Status made = target_.resize(size, format); !made) return made;
  Result<MorphBuffers*> found = morphs_.find(*scene.morph);
  if (!found) return found.error();
  MorphBuffers& buffers = **found;

  target_.bind();
  // Dear ImGui and the window leave states behind; everything that matters here is set here.
  glDisable(GL_SCISSOR_TEST);
  glDisable(GL_DEPTH_TEST);
  glDisable(GL_CULL_FACE);
  glColorMask(GL_TRUE, GL_TRUE, GL_TRUE, GL_TRUE);
  glEnable(GL_BLEND);
  glBlendEquation(GL_FUNC_ADD);
  glBlendFunc(GL_ONE, GL_ONE_MINUS_SRC_ALPHA);  // premultiplied, in linear light
  clear(scene);
  draw_boxes(scene, buffers, true, size, tile);
  draw_images(scene, size, tile);
  draw_ribbons(scene, buffers, size, tile);
  draw_boxes(scene, buffers, false, size, tile);
  draw_labels(scene, buffers, size, tile);
  draw_cover(scene, size, tile);
  matrices_.end_frame();
  glBindVertexArray(0);
  glUseProgram(0);
  glActiveTexture(GL_TEXTURE0);
  glDisable(GL_FRAMEBUFFER_SRGB);
  glBindFramebuffer(GL_FRAMEBUFFER, 0);
  return {};
}

Result<FrameHandle> GlRenderer::draw(const Scene& scene, FrameSize size) {
  if (context_) context_->make_current();
  if (Status drawn = draw_tile(scene, size, {}); !drawn) return drawn.error();
  if (scene.transparent || (target_.shows_encoded() && !options_.copy_for_display)) {
    return FrameHandle{target_.texture(), size};
  }
  if (Status made = display_.resize(size, RenderTarget::Format::EncodedBytes); !made) return made.error();
  display_.copy_bytes(target_);
  glBindFramebuffer(GL_FRAMEBUFFER, 0);
  return FrameHandle{display_.texture(), size};
}

Result<Image> GlRenderer::read_back(const FrameHandle& frame) {
  if (context_) context_->make_current();
  assert(frame.texture == target_.texture() || frame.texture == display_.texture());
  const RenderTarget& target = frame.texture == target_.texture() ? target_ : display_;
  assert(frame.size == target.size());
  const std::size_t stride = static_cast<std::size_t>(frame.size.width) * 4;
  Image image{frame.size.width, frame.size.height, std::vector<std::uint8_t>(stride * frame.size.height)};
  target.read(image.rgba, stride);
  glBindFramebuffer(GL_FRAMEBUFFER, 0);
  return image;
}

Result<Image> GlRenderer::render_to_image(const Scene& scene, FrameSize size) {
  constexpr int kMaxSide = 65536;
  constexpr std::int64_t kMaxPixels = std::int64_t{1} << 29;  // 2 GiB of picture
  if (size.width < 1 || size.height < 1 || size.width > kMaxSide || size.height > kMaxSide ||
      std::int64_t{size.width} * size.height > kMaxPixels) {
    return Error{ErrorCode::InvalidArgument,
                 "a picture of " + std::to_string(size.width) + " x " + std::to_string(size.height) +
                     " pixels: each side must be 1 to 65536, and both together at most 536 million pixels",
                 "Choose a smaller --size"};
  }
  if (context_) context_->make_current();
  const int side = std::min(options_.max_tile > 0 ? options_.max_tile : 4096, max_target_side());
  const std::size_t stride = static_cast<std::size_t>(size.width) * 4;
  Image image{size.width, size.height, std::vector<std::uint8_t>(stride * size.height)};
  for (int y = 0; y < size.height; y += side) {
    for (int x = 0; x < size.width; x += side) {
      const FrameSize part{std::min(side, size.width - x), std::min(side, size.height - y)};
      if (Status drawn = draw_tile(scene, part, {static_cast<float>(x), static_cast<float>(y)}); !drawn) {
        return drawn.error();
      }
      const std::size_t start = stride * static_cast<std::size_t>(y) + static_cast<std::size_t>(x) * 4;
      target_.read(std::span(image.rgba).subspan(start), stride);
    }
  }
  glBindFramebuffer(GL_FRAMEBUFFER, 0);
  return image;
}

Result<std::unique_ptr<Renderer>> make_renderer(FontLibrary& fonts, const std::filesystem::path& shaders_dir,
                                                const RendererOptions& options) {
  return GlRenderer::create(nullptr, fonts, shaders_dir, options);
}

Result<std::unique_ptr<Renderer>> make_offscreen_renderer(FontLibrary& fonts,
                                                          const std::filesystem::path& shaders_dir,
                                                          const RendererOptions& options) {
  Result<std::unique_ptr<OffscreenContext>> context = OffscreenContext::create();
  if (!context) return context.error();
  return GlRenderer::create(std::move(*context), fonts, shaders_dir, options);
}

}  // namespace headscope
