#include "render/opengl/egl_context.h"

#include <EGL/egl.h>
#include <EGL/eglext.h>
#include <glad/gl.h>

#include <array>
#include <cstring>
#include <mutex>

namespace headscope {

namespace {

std::string egl_reason(const char* call) {
  struct Name {
    EGLint code;
    const char* text;
  };
  static constexpr std::array<Name, 8> kNames = {{{EGL_NOT_INITIALIZED, "EGL_NOT_INITIALIZED"},
                                                  {EGL_BAD_ALLOC, "EGL_BAD_ALLOC"},
                                                  {EGL_BAD_CONFIG, "EGL_BAD_CONFIG"},
                                                  {EGL_BAD_DISPLAY, "EGL_BAD_DISPLAY"},
                                                  {EGL_BAD_MATCH, "EGL_BAD_MATCH"},
                                                  {EGL_BAD_PARAMETER, "EGL_BAD_PARAMETER"},
                                                  {EGL_BAD_ATTRIBUTE, "EGL_BAD_ATTRIBUTE"},
                                                  {EGL_SUCCESS, "no driver answered"}}};
  const EGLint code = eglGetError();
  for (const Name& name : kNames) {
    if (name.code == code) return std::string(call) + ": " + name.text;
  }
  return std::string(call) + ": EGL error " + std::to_string(code);
}

bool has_word(const char* list, const char* word) {
  return list && std::strstr(list, word);
}

/// glad has one table of functions for the whole process, and another thread may be drawing by it: once it is
/// filled, it is only compared.
Status load_functions() {
  static std::mutex mutex;
  const std::lock_guard lock(mutex);
  const auto failed = [](const char* reason) { return Error{ErrorCode::Unavailable, reason, ""}; };
  if (!glad_glClear) {
    if (gladLoadGL(reinterpret_cast<GLADloadfunc>(eglGetProcAddress))) return {};
    return failed("the driver's functions are not those of OpenGL 3.3");
  }
  if (reinterpret_cast<PFNGLCLEARPROC>(eglGetProcAddress("glClear")) == glad_glClear) return {};
  return failed("its OpenGL is another library than the window's");
}

class EglContext : public OffscreenContext {
 public:
  EglContext(EGLDisplay display, EGLContext context) : display_(display), context_(context) {}
  ~EglContext() override {
    if (eglGetCurrentContext() == context_)
      eglMakeCurrent(display_, EGL_NO_SURFACE, EGL_NO_SURFACE, EGL_NO_CONTEXT);
    eglDestroyContext(display_, context_);
    // The display stays initialised: EGL hands the same one to every caller in the process.
  }
  void make_current() override { eglMakeCurrent(display_, EGL_NO_SURFACE, EGL_NO_SURFACE, context_); }
  void describe(const std::string& kind) {
    kind_ = kind;
    const auto* name = reinterpret_cast<const char*>(glGetString(GL_RENDERER));
    driver_ = name ? name : "unknown driver";
  }

 private:
  EGLDisplay display_;
  EGLContext context_;
};

}  // namespace

std::vector<EglChoice> egl_choices(std::string& why_no_device) {
  const char* client = eglQueryString(EGL_NO_DISPLAY, EGL_EXTENSIONS);
  std::vector<EglChoice> choices;
  choices.push_back({"EGL surfaceless", EGL_PLATFORM_SURFACELESS_MESA, nullptr});
  why_no_device.clear();
  const auto query =
      has_word(client, "EGL_EXT_device_enumeration") || has_word(client, "EGL_EXT_device_base")
          ? reinterpret_cast<PFNEGLQUERYDEVICESEXTPROC>(eglGetProcAddress("eglQueryDevicesEXT"))
          : nullptr;
  if (!query) {
    why_no_device = "this EGL cannot list devices";
    return choices;
  }
  std::array<EGLDeviceEXT, 16> devices{};
  EGLint count = 0;
  if (!query(static_cast<EGLint>(devices.size()), devices.data(), &count) || count == 0) {
    why_no_device = count == 0 ? "EGL lists no device" : egl_reason("eglQueryDevicesEXT");
  }
  for (int i = 0; i < count; ++i) {
    choices.push_back({"EGL device " + std::to_string(i), EGL_PLATFORM_DEVICE_EXT, devices[i]});
  }
  return choices;
}

Result<std::unique_ptr<OffscreenContext>> create_egl_context(const EglChoice& choice) {
  const auto failed = [](std::string reason) { return Error{ErrorCode::Unavailable, std::move(reason), ""}; };
  const auto get_display =
      reinterpret_cast<PFNEGLGETPLATFORMDISPLAYEXTPROC>(eglGetProcAddress("eglGetPlatformDisplayEXT"));
  if (!get_display) return failed("this EGL has no platform displays");
  const EGLDisplay display = get_display(choice.platform, choice.native, nullptr);
  if (display == EGL_NO_DISPLAY) return failed(egl_reason("eglGetPlatformDisplay"));
  if (!eglInitialize(display, nullptr, nullptr)) return failed(egl_reason("eglInitialize"));
  if (!eglBindAPI(EGL_OPENGL_API)) return failed("the driver has OpenGL ES only");
  const EGLint wanted[] = {EGL_SURFACE_TYPE, EGL_PBUFFER_BIT, EGL_RENDERABLE_TYPE, EGL_OPENGL_BIT, EGL_NONE};
  EGLConfig config = nullptr;
  EGLint count = 0;
  if (!eglChooseConfig(display, wanted, &config, 1, &count) || count == 0) {
    if (!has_word(eglQueryString(display, EGL_EXTENSIONS), "EGL_KHR_no_config_context")) {
      return failed("no configuration draws OpenGL");
    }
    config = nullptr;
  }
  const EGLint version[] = {EGL_CONTEXT_MAJOR_VERSION,
                            3,
                            EGL_CONTEXT_MINOR_VERSION,
                            3,
                            EGL_CONTEXT_OPENGL_PROFILE_MASK,
                            EGL_CONTEXT_OPENGL_CORE_PROFILE_BIT,
                            EGL_NONE};
  const EGLContext context = eglCreateContext(display, config, EGL_NO_CONTEXT, version);
  if (context == EGL_NO_CONTEXT) return failed(egl_reason("eglCreateContext for OpenGL 3.3 core"));
  auto made = std::make_unique<EglContext>(display, context);
  if (!eglMakeCurrent(display, EGL_NO_SURFACE, EGL_NO_SURFACE, context))
    return failed(egl_reason("eglMakeCurrent"));
  if (Status loaded = load_functions(); !loaded) return failed(loaded.error().message);
  made->describe(choice.name);
  return std::unique_ptr<OffscreenContext>(std::move(made));
}

}  // namespace headscope
