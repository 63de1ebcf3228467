#pragma once

#include <filesystem>
#include <string>

#include "base/result.h"
#include "render/opengl/gl_names.h"

namespace headscope {

/// One linked program. `shaders/NAME.vert` and `shaders/NAME.frag`, each behind the `#version` line and
/// common.glsl.
class ShaderProgram {
 public:
  /// Errors: NotFound for a missing file, Unsupported with the driver's words when it does not compile.
  static Result<ShaderProgram> load(const std::filesystem::path& shaders_dir, const std::string& name);

  void use() const { glUseProgram(program_.id()); }
  /// -1 when the program does not use it; OpenGL ignores values for -1.
  GLint uniform(const char* name) const { return glGetUniformLocation(program_.id(), name); }

 private:
  GlProgram program_;
};

}  // namespace headscope
