#pragma once

#include "scene/text.h"

namespace headscope {

/// One library for all tests of an executable: opening fonts takes time.
inline FontLibrary& fonts() {
  static FontLibrary library;
  return library;
}

}  // namespace headscope
