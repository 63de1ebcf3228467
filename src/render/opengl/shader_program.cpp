#include "render/opengl/shader_program.h"

#include <fstream>
#include <iterator>

namespace headscope {

namespace {

Result<std::string> read_shader(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  if (!file) {
    return Error{ErrorCode::NotFound, "shader '" + path.string() + "' is missing",
                 "Run Headscope from its own folder, or set HEADSCOPE_HOME to it"};
  }
  return std::string(std::istreambuf_iterator<char>(file), {});
}

// A shader that has been compiled; deleted with its owner, which a linked program survives.
struct Shader {
  GLuint id;
  explicit Shader(GLenum stage) : id(glCreateShader(stage)) {}
  ~Shader() { glDeleteShader(id); }
  Shader(const Shader&) = delete;
  Shader& operator=(const Shader&) = delete;
};

Status compile(const Shader& shader, const std::string& before, const std::filesystem::path& path) {
  const Result<std::string> own = read_shader(path);
  if (!own) return own.error();
  // The line directive makes the driver count from the file's own first line.
  const char* const parts[] = {"#version 330 core\n", before.c_str(), "\n#line 1\n", own->c_str()};
  glShaderSource(shader.id, 4, parts, nullptr);
  glCompileShader(shader.id);
  GLint compiled = 0;
  glGetShaderiv(shader.id, GL_COMPILE_STATUS, &compiled);
  if (compiled) return {};
  char log[1024] = "";
  glGetShaderInfoLog(shader.id, sizeof log, nullptr, log);
  return Error{ErrorCode::Unsupported, "shader '" + path.filename().string() + "' does not compile: " + log,
               "Update the graphics driver"};
}

}  // namespace

Result<ShaderProgram> ShaderProgram::load(const std::filesystem::path& shaders_dir, const std::string& name,
                                          const std::string& variant) {
  const Result<std::string> common = read_shader(shaders_dir / "common.glsl");
  if (!common) return common.error();
  const std::string before = variant.empty() ? *common : *common + "\n#define " + variant + "\n";
  const Shader vertex(GL_VERTEX_SHADER), fragment(GL_FRAGMENT_SHADER);
  if (Status done = compile(vertex, before, shaders_dir / (name + ".vert")); !done) return done.error();
  if (Status done = compile(fragment, before, shaders_dir / (name + ".frag")); !done) return done.error();
  ShaderProgram made;
  made.program_ = GlProgram::make();
  glAttachShader(made.program_.id(), vertex.id);
  glAttachShader(made.program_.id(), fragment.id);
  glLinkProgram(made.program_.id());
  GLint linked = 0;
  glGetProgramiv(made.program_.id(), GL_LINK_STATUS, &linked);
  if (linked) return made;
  char log[1024] = "";
  glGetProgramInfoLog(made.program_.id(), sizeof log, nullptr, log);
  return Error{ErrorCode::Unsupported, "shaders '" + name + "' do not link: " + log,
               "Update the graphics driver"};
}

}  // namespace headscope
