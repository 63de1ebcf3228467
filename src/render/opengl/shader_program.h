#pragma once

#include <filesystem>
#include <string>

#include "base/result.h"
#include "render/opengl/gl_names.h"

namespace headscope {

/// One linked program. `shaders/NAME.vert` and `shaders/NAME.frag`, each behind the `#version` line,
/// common.glsl and, for one of several variants of them, `#define VARIANT`: drivers that compute both sides
/// of a condition are spared one.
class ShaderProgram {
 public:
  /// Errors: NotFound for a missing file, Unsupported with the driver's words when it does not compile.
  static Result<ShaderProgram> load(const std::filesystem::path& shaders_dir, const std::string& name,
                                    const std::string& variant = {});

  void use() const { glUseProgram(program_.id()); }
  /// -1 when the program does not use it; OpenGL ignores values for -1.
  GLint uniform(const char* name) const { return glGetUniformLocation(program_.id(), name); }

 private:
  GlProgram program_;
};

}  // namespace headscope
