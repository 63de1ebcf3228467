#include "export/libav_library.h"

#include <cassert>
#include <string>

#if defined(__linux__)
#include <dlfcn.h>
#endif

namespace headscope {
namespace {

#if defined(__linux__)

/// One library of the version that was compiled against. It stays loaded until the program ends.
class LoadedLibrary {
 public:
  LoadedLibrary(const std::string& stem, int version, Status& status)
      : name_("lib" + stem + ".so." + std::to_string(version)),
        handle_(dlopen(name_.c_str(), RTLD_LAZY | RTLD_LOCAL)),
        status_(status) {
    if (!handle_) fail("cannot be loaded");
  }

  /// Null when it is not there.
  void* find(const char* function) {
    void* found = handle_ ? dlsym(handle_, function) : nullptr;
    if (handle_ && !found) fail(std::string("has no function '") + function + "'");
    return found;
  }

 private:
  void fail(const std::string& why) {
    if (!status_) return;
    status_ = Error{ErrorCode::Unsupported, "movies are written by " + name_ + ", which " + why,
                    "Install FFmpeg's libraries, or choose frames, APNG or a picture"};
  }

  std::string name_;
  void* handle_;
  Status& status_;
};

Status load(LibavLibrary& functions) {
  Status status;
#define HEADSCOPE_FIND(name) functions.name = reinterpret_cast<decltype(functions.name)>(library.find(#name));
  {
    LoadedLibrary library("avutil", LIBAVUTIL_VERSION_MAJOR, status);
    HEADSCOPE_LIBAVUTIL(HEADSCOPE_FIND)
  }
  {
    LoadedLibrary library("avcodec", LIBAVCODEC_VERSION_MAJOR, status);
    HEADSCOPE_LIBAVCODEC(HEADSCOPE_FIND)
  }
  {
    LoadedLibrary library("avformat", LIBAVFORMAT_VERSION_MAJOR, status);
    HEADSCOPE_LIBAVFORMAT(HEADSCOPE_FIND)
  }
#undef HEADSCOPE_FIND
  return status;
}

#else

/// Elsewhere the program is linked with them.
Status load(LibavLibrary& functions) {
#define HEADSCOPE_TAKE(name) functions.name = &::name;
  HEADSCOPE_LIBAVUTIL(HEADSCOPE_TAKE)
  HEADSCOPE_LIBAVCODEC(HEADSCOPE_TAKE)
  HEADSCOPE_LIBAVFORMAT(HEADSCOPE_TAKE)
#undef HEADSCOPE_TAKE
  return {};
}

#endif

struct Loaded {
  LibavLibrary functions;
  Status status = load(functions);
};

const Loaded& loaded() {
  static const Loaded once{};
  return once;
}

}  // namespace

Result<const LibavLibrary*> libav_library() {
  if (!loaded().status) return loaded().status.error();
  return &loaded().functions;
}

const LibavLibrary& libav() {
  assert(loaded().status.ok());
  return loaded().functions;
}

}  // namespace headscope
