#include "export/render_document.h"

#include <cmath>
#include <cstdio>
#include <memory>

#include "base/paths.h"
#include "cli/console.h"
#include "cli/subcommand.h"
#include "compute/trace_source.h"
#include "document/command.h"
#include "document/reduce.h"
#include "io/quote.h"
#include "open_document.h"
#include "render/make_renderer.h"

namespace headscope {

namespace {

namespace fs = std::filesystem;

struct RenderCall {
  std::string document, out, size = "1280x720", range, theme;
  std::optional<std::string> model, text;
  std::vector<std::string> commands;
  double fps = 60;
  bool alpha = false;
};

Error wrong(const std::string& what, const std::string& hint) {
  return {ErrorCode::InvalidArgument, what, hint};
}

Result<FrameSize> parse_size(const std::string& text) {
  FrameSize size;
  int end = 0;
  const int n = std::sscanf(text.c_str(), "%5dx%5d%n", &size.width, &size.height, &end);
  const bool fits = n == 2 && static_cast<std::size_t>(end) == text.size() && size.width >= 64 &&
                    size.height >= 64 && size.width <= 16384 && size.height <= 16384;
  if (fits) return size;
  return wrong("--size: expected WIDTHxHEIGHT from 64x64 to 16384x16384, found " + quote(text),
               "For example --size 1920x1080");
}

/// "2s..5s", "2..5", "2.." or "".
Result<FrameRange> parse_range(const std::string& text, double fps) {
  FrameRange range{.fps = fps};
  if (text.empty()) return range;
  std::string plain;
  for (const char c : text) plain += c == 's' ? std::string() : std::string(1, c);
  const std::size_t dots = plain.find("..");
  const auto number = [](const std::string& part, double& value) {
    int end = 0;
    return std::sscanf(part.c_str(), "%lf%n", &value, &end) == 1 &&
           static_cast<std::size_t>(end) == part.size() && std::isfinite(value) && value >= 0;
  };
  const bool fits = dots != std::string::npos && number(plain.substr(0, dots), range.begin_secs) &&
                    (dots + 2 == plain.size() ||
                     (number(plain.substr(dots + 2), range.end_secs) && range.end_secs > range.begin_secs));
  if (fits) return range;
  return wrong("--range: expected seconds such as 2s..5s, found " + quote(text),
               "The end must lie after the begin");
}

/// The commands change the document as they would in the window; those that only move the window are refused.
Result<Document> changed(Document document, const RenderCall& call, const CommandContext& sizes) {
  for (const std::string& line : call.commands) {
    const Result<Command> command = parse_command(line);
    if (!command) return command.error();
    const Action* action = std::get_if<Action>(&*command);
    if (!action)
      return wrong("--do: " + quote(line) + " is for the window alone",
                   "Use commands that change the document");
    Result<Document> next = reduce(document, *action, sizes);
    if (!next) return next.error();
    document = std::move(*next);
  }
  return document;
}

/// Commands may depend on the sizes of the trace and may change what must be traced.
Result<Document> prepare(const RenderCall& call, TraceSource& traces) {
  Result<Document> opened = call.document.empty() ? default_document() : open_document(call.document);
  if (!opened) return opened.error();
  if (call.model) opened->model = *call.model;
  if (call.text) opened->text = *call.text;
  // Another sentence or model is another document: the story was about the one in the file.
  if (call.model || call.text) opened->story = {};
  const Result<TracePtr> trace = traces.trace(*opened);
  if (!trace) return trace.error();
  Result<Document> document = changed(*opened, call, traces.sizes(*opened));
  if (!document) return document.error();
  return within(*document, traces.sizes(*document));
}

Status write_picture(const RenderCall& call, const Document& document, TraceSource& traces,
                     Renderer& renderer, FontLibrary& fonts, const PictureOptions& options) {
  const Result<TracePtr> trace = traces.trace(document);
  if (!trace) return trace.error();
  return render_png(call.out, document, **trace, renderer, fonts, options);
}

Status write_frames(const RenderCall& call, const Document& document, TraceSource& traces, Renderer& renderer,
                    FontLibrary& fonts, const PictureOptions& options, const FrameRange& range,
                    const std::stop_token& stop) {
  const ToldStory told = traces.moments(document);
  for (const Error& fault : told.faults) report(fault);
  const Result<Animation> animation = Animation::make(
      told.moments, [&](const Document& at) { return traces.trace(at); }, fonts, options);
  if (!animation) return animation.error();
  ProgressLine line;
  return render_frames(call.out, *animation, range, renderer, stop, [&](int done, int count) {
    line.show("frame " + std::to_string(done) + " of " + std::to_string(count));
  });
}

int run_render(const RenderCall& call) {
  const Result<FrameSize> size = parse_size(call.size);
  if (!size) return report(size.error(), true);
  const Result<FrameRange> range = parse_range(call.range, call.fps);
  if (!range) return report(range.error(), true);
  const std::string kind = fs::path(call.out).extension().string();
  if (!kind.empty() && kind != ".png") {
    return report({ErrorCode::Unsupported,
                   "files of the kind " + quote(kind) + " are not written by this version",
                   "Name a .png for one picture, or a folder for the frames of the animation"});
  }
  PictureOptions options{.size = *size, .transparent = call.alpha};
  if (!call.theme.empty()) options.theme = call.theme == "light" ? Theme::Light : Theme::Dark;

  const std::stop_token stop = stop_on_interrupt();
  TraceSource traces(load_model, stop);
  const Result<Document> document = prepare(call, traces);
  if (!document) return report(document.error());
  FontLibrary fonts;
  const Result<std::unique_ptr<Renderer>> renderer = make_offscreen_renderer(fonts, shaders_dir());
  if (!renderer) return report(renderer.error());
  const Status status = kind == ".png"
                            ? write_picture(call, *document, traces, **renderer, fonts, options)
                            : write_frames(call, *document, traces, **renderer, fonts, options, *range, stop);
  if (!status) return report(status.error());
  const Status printed = print(call.out + ": written\n");
  return printed ? kDone : report(printed.error());
}

}  // namespace

void add_render(CLI::App& app, CliAction& action) {
  CLI::App* command = app.add_subcommand("render", "Draw a document into files, without a window");
  const auto call = std::make_shared<RenderCall>();
  command->add_option("DOCUMENT", call->document,
                      "A document or a picture that Headscope saved; none: the first sentence");
  command
      ->add_option("--out,-o", call->out,
                   "NAME.png for one picture, or a folder for the frames of the animation")
      ->required();
  command->add_option("--size", call->size, "Pixels")->capture_default_str();
  command->add_option("--fps", call->fps, "Frames for each second")
      ->check(CLI::Range(1.0, 240.0))
      ->capture_default_str();
  command->add_option("--range", call->range, "Part of the animation, such as 2s..5s");
  command->add_option("--theme", call->theme, "dark or light instead of the document's")
      ->check(CLI::IsMember({"dark", "light"}));
  command->add_flag("--alpha", call->alpha, "No background");
  command->add_option("--model,-m", call->model, "Instead of the document's model");
  command->add_option("--text,-t", call->text, "Instead of the document's text");
  command->add_option("--do", call->commands, "A command to run first; may be given several times");
  set_examples(*command,
               "  headscope render --text \"the dog slept .\" --out dog.png --size 1920x1080\n"
               "  headscope render talk.headscope --out frames --fps 30 --range 0s..4s\n"
               "  headscope render --do \"set-view matrix\" --theme light --out matrix.png");
  command->callback([call, &action] { action = [call] { return run_render(*call); }; });
}

}  // namespace headscope
