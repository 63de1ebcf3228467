#include <memory>
#include <optional>

#include "cli/console.h"
#include "cli/subcommand.h"
#include "export/export_job.h"
#include "export/frame_folder.h"

namespace headscope {

namespace {

struct JoinCall {
  std::string folder, out;
  std::optional<double> fps;
};

int run_join(const JoinCall& call) {
  const std::stop_token stop = stop_on_interrupt();
  Result<FrameSet> set = read_frame_set(call.folder);
  if (!set) return report(set.error());
  if (Status complete = check_frames(call.folder, *set); !complete) return report(complete.error());
  if (call.fps) set->fps = *call.fps;
  Status status;
  {
    ProgressLine line;
    status = join_frames(call.folder, *set, call.out, stop, [&](int done, int count) {
      line.show("frame " + std::to_string(done) + " of " + std::to_string(count));
    });
  }
  if (!status) return report(status.error(), true);
  const Status printed = print(call.out + ": written\n");
  return printed ? kDone : report(printed.error());
}

}  // namespace

void add_join(CLI::App& app, CliAction& action) {
  CLI::App* command = app.add_subcommand("join", "Encode the frames that 'render' wrote into a folder");
  const auto call = std::make_shared<JoinCall>();
  command
      ->add_option("FOLDER", call->folder, "What 'headscope render --out FOLDER' wrote, all shards together")
      ->required();
  command->add_option("--out,-o", call->out, "NAME.mp4, .webm, .gif or .apng")->required();
  command->add_option("--fps", call->fps, "Instead of the rate that the frames were drawn for")
      ->check(CLI::Range(1.0, 240.0));
  set_examples(*command,
               "  headscope render talk.headscope --out frames --shard 1/2   # on one machine\n"
               "  headscope render talk.headscope --out frames --shard 2/2   # on another\n"
               "  headscope join frames --out talk.mp4");
  command->callback([call, &action] { action = [call] { return run_join(*call); }; });
}

}  // namespace headscope
