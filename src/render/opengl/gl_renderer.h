#pragma once

#include <array>
#include <filesystem>
#include <memory>

#include "render/make_renderer.h"
#include "render/opengl/glyph_atlas.h"
#include "render/opengl/matrix_cache.h"
#include "render/opengl/morph_buffers.h"
#include "render/opengl/render_target.h"
#include "render/opengl/ribbon_layer.h"
#include "render/opengl/shader_program.h"

namespace headscope {

/// The renderer on OpenGL 3.3 core.
class GlRenderer : public Renderer {
 public:
  /// Its OpenGL names go with its own context, whichever was current before.
  ~GlRenderer() override {
    if (context_) context_->make_current();
  }
  static Result<std::unique_ptr<Renderer>> create(std::unique_ptr<OffscreenContext> context,
                                                  FontLibrary& fonts,
                                                  const std::filesystem::path& shaders_dir,
                                                  const RendererOptions& options);
  Result<FrameHandle> draw(const Scene& scene, FrameSize size) override;
  Result<Image> read_back(const FrameHandle& frame) override;
  Result<Image> render_to_image(const Scene& scene, FrameSize size) override;

 private:
  /// Where the common uniforms of shaders/common.glsl are in one program, and that program's own.
  struct Pass {
    ShaderProgram program;
    GLint mix_time = -1, offset = -1, px = -1, tile = -1, viewport = -1;
    std::array<GLint, 8> own{};
  };
  GlRenderer(std::unique_ptr<OffscreenContext> context, FontLibrary& fonts, const RendererOptions& options);
  static Result<Pass> load_pass(const std::filesystem::path& shaders_dir, const std::string& name,
                                const std::string& variant, std::initializer_list<const char*> own);
  /// Draws the part of the picture whose top left corner is `tile` into `target_`.
  Status draw_tile(const Scene& scene, FrameSize size, Vec2 tile);
  void use(const Pass& pass, const Scene& scene, FrameSize size, Vec2 tile) const;
  void clear(const Scene& scene) const;
  void draw_boxes(const Scene& scene, MorphBuffers& buffers, bool under, FrameSize size, Vec2 tile);
  void draw_images(const Scene& scene, FrameSize size, Vec2 tile);
  void draw_matrix(const Scene& scene, const ImageState& state, const MatrixValues& values, FrameSize size,
                   Vec2 tile);
  void draw_photo(const Scene& scene, const ImageState& state, const MatrixValues& picture, FrameSize size,
                  Vec2 tile);
  void draw_ribbons(const Scene& scene, MorphBuffers& buffers, FrameSize size, Vec2 tile);
  void draw_labels(const Scene& scene, MorphBuffers& buffers, FrameSize size, Vec2 tile);
  void draw_cover(const Scene& scene, FrameSize size, Vec2 tile);

  std::unique_ptr<OffscreenContext> context_;  // first: everything below lives in it
  RendererOptions options_;
  Pass ribbon_, box_, glyph_, matrix_, large_matrix_, photo_, cover_, layer_;
  bool own_ribbons_ = false;
  GlVertexArray no_attributes_;
  GlyphAtlas atlas_;
  MatrixCache matrices_;
  MorphCache morphs_;
  RenderTarget target_, display_;
  RibbonLayer ribbon_layer_;
};

}  // namespace headscope
