#include "desktop.h"

#include <cstdio>

#include "desktop_program.h"

namespace headscope {

int run_desktop(const DesktopOptions& options) {
  Result<std::unique_ptr<DesktopProgram>> program = DesktopProgram::create(options);
  if (!program) {
    std::fprintf(stderr, "headscope: %s\n%s\n", program.error().message.c_str(),
                 program.error().hint.c_str());
    return program.error().code == ErrorCode::InvalidArgument ? 2 : 1;
  }
  return (*program)->run();
}

}  // namespace headscope
