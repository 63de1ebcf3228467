#include "desktop.h"

#include <cstdio>

#include "cli/console.h"
#include "desktop_program.h"

namespace headscope {

int run_desktop(const DesktopOptions& options) {
  // Told to end, by Ctrl-C or at a log-out, it leaves in order: an export takes its unfinished file away.
  const std::stop_token stop = stop_on_interrupt();
  Result<std::unique_ptr<DesktopProgram>> program = DesktopProgram::create(options);
  if (!program) {
    std::fprintf(stderr, "headscope: %s\n%s\n", program.error().message.c_str(),
                 program.error().hint.c_str());
    return program.error().code == ErrorCode::InvalidArgument ? 2 : 1;
  }
  return (*program)->run(stop);
}

}  // namespace headscope
