#pragma once

namespace headscope {

/// "0.1.0": written into every file the program makes.
inline constexpr const char* kVersion = HEADSCOPE_VERSION;

}  // namespace headscope
