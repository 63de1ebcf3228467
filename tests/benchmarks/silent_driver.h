#pragma once

#include <glad/gl.h>

/// Replaces the OpenGL functions that a frame uses by ones that do nothing, while it lives: what is then left
/// of a frame's time is ours and not the driver's.
namespace headscope {

class SilentDriver {
 public:
  SilentDriver() { swap(); }
  ~SilentDriver() { swap(); }

 private:
  template <class Result, class... Arguments>
  struct Silenced {
    using Function = Result(GLAD_API_PTR*)(Arguments...);
    Function other = [](Arguments...) -> Result { return Result(); };
    void swap(Function& function) { std::swap(function, other); }
  };
  template <class Result, class... Arguments>
  static Silenced<Result, Arguments...> silenced(Result(GLAD_API_PTR*)(Arguments...));

// clang-format never settles on this list.
// clang-format off
#define HEADSCOPE_SILENCED(X)                                                                       \
  X(glActiveTexture)                                                                                \
  X(glBindBuffer) X(glBindFramebuffer) X(glBindTexture) X(glBindVertexArray) X(glBlendEquation)     \
      X(glBlendFunc) X(glClear) X(glClearColor) X(glColorMask) X(glDisable) X(glDrawArrays)         \
          X(glDrawElements) X(glEnable) X(glUniform1f) X(glUniform1i) X(glUniform2f) X(glUniform2i) \
              X(glUniform4f) X(glUseProgram) X(glViewport)
// clang-format on
#define HEADSCOPE_MEMBER(name) decltype(silenced(name)) name##_;
  HEADSCOPE_SILENCED(HEADSCOPE_MEMBER)
#undef HEADSCOPE_MEMBER

  void swap() {
#define HEADSCOPE_SWAP(name) name##_.swap(name);
    HEADSCOPE_SILENCED(HEADSCOPE_SWAP)
#undef HEADSCOPE_SWAP
  }
};

}  // namespace headscope
