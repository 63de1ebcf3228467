#include <csignal>

#include <cstdio>

#include "base/version.h"
#include "cli/console.h"
#include "cli/subcommand.h"
#include "desktop.h"

// One program: without a subcommand it opens the window.
namespace headscope {

namespace {

/// Errors of the call itself: one sentence, one hint, status 2. Help and version are no errors.
int exit_of(const CLI::App& app, const CLI::ParseError& error) {
  if (error.get_exit_code() == static_cast<int>(CLI::ExitCodes::Success)) return app.exit(error);
  std::string command = "headscope";
  for (const CLI::App* sub : app.get_subcommands()) command += " " + sub->get_name();
  std::string sentence = error.what();
  for (char& c : sentence) c = c == '\n' ? ' ' : c;
  report({ErrorCode::InvalidArgument, sentence, "Run '" + command + " --help' to see what it takes"});
  return kWrongCall;
}

int run(int argc, char** argv) {
  CLI::App app("Headscope shows transformer attention as it is computed.");
  app.name("headscope");
  app.set_version_flag("--version", std::string("headscope ") + kVersion);
  app.require_subcommand(0, 1);
  app.set_help_all_flag("--help-all", "Help of every subcommand");
  CliAction action;
  DesktopOptions desktop;
  app.add_option("FILE", desktop.file,
                 "A document, a checkpoint folder, an attention dump, or a picture that Headscope saved");
  CLI::Option* image =
      app.add_option("--image", desktop.input, "A picture, PNG or JPEG, for a model that looks (ViT, DeiT)");
  app.add_option("--audio", desktop.input, "A sound, WAV, FLAC or OGG, for a model that listens (Whisper)")
      ->excludes(image);
  app.add_option("--do", desktop.commands,
                 "Commands for the window, separated by ; ('headscope commands' lists them)");
  app.add_option("--dump-scene", desktop.scene_dump, "Write the scene to this file at the end");
  app.add_option("--dump-frames", desktop.frame_dump, "Write the scene of every frame into this folder");
  app.add_option("--frame-times", desktop.frame_times,
                 "Write when each frame began, how long it took and what it showed");
  app.add_option("--frame-step", desktop.frame_step,
                 "Seconds that every frame advances the clock, whatever it takes");
  app.add_option("--size", desktop.size, "Size of the window in pixels, such as 1600x1000");
  app.add_option("--exit-after", desktop.exit_after_seconds, "Close the window after so many seconds");
  action = [&desktop] { return run_desktop(desktop); };
  set_examples(app,
               "  headscope\n  headscope talk.headscope\n  headscope vit-base --image cat.jpg\n  headscope "
               "--do 'set-text \"the dog slept .\"; "
               "set-view arcs'");
  add_models(app, action);
  add_info(app, action);
  add_tokenize(app, action);
  add_attend(app, action);
  add_heads(app, action);
  add_render(app, action);
  add_join(app, action);
  add_train(app, action);
  add_commands(app, action);
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    return exit_of(app, error);
  }
  return action();
}

}  // namespace
}  // namespace headscope

int main(int argc, char** argv) {
  // A file beyond the allowed size is then an error of the write, with a sentence, instead of the program's
  // end.
  std::signal(SIGXFSZ, SIG_IGN);
  return headscope::run(argc, argv);
}
