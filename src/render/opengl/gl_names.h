#pragma once

#include <glad/gl.h>

#include <utility>

/// Owners of OpenGL names. REQUIRES everywhere: the context that made a name is current when its owner goes.
namespace headscope {

template <class Kind>
class GlName {
 public:
  GlName() = default;
  static GlName make() {
    GlName name;
    Kind::create(&name.id_);
    return name;
  }
  GlName(GlName&& other) noexcept : id_(std::exchange(other.id_, 0)) {}
  GlName& operator=(GlName&& other) noexcept {
    std::swap(id_, other.id_);
    return *this;
  }
  ~GlName() {
    if (id_) Kind::destroy(&id_);
  }
  GLuint id() const { return id_; }
  explicit operator bool() const { return id_ != 0; }

 private:
  GLuint id_ = 0;
};

struct BufferKind {
  static void create(GLuint* id) { glGenBuffers(1, id); }
  static void destroy(GLuint* id) { glDeleteBuffers(1, id); }
};
struct TextureKind {
  static void create(GLuint* id) { glGenTextures(1, id); }
  static void destroy(GLuint* id) { glDeleteTextures(1, id); }
};
struct VertexArrayKind {
  static void create(GLuint* id) { glGenVertexArrays(1, id); }
  static void destroy(GLuint* id) { glDeleteVertexArrays(1, id); }
};
struct FramebufferKind {
  static void create(GLuint* id) { glGenFramebuffers(1, id); }
  static void destroy(GLuint* id) { glDeleteFramebuffers(1, id); }
};
struct ProgramKind {
  static void create(GLuint* id) { *id = glCreateProgram(); }
  static void destroy(GLuint* id) { glDeleteProgram(*id); }
};

using GlBuffer = GlName<BufferKind>;
using GlTexture = GlName<TextureKind>;
using GlVertexArray = GlName<VertexArrayKind>;
using GlFramebuffer = GlName<FramebufferKind>;
using GlProgram = GlName<ProgramKind>;

}  // namespace headscope
