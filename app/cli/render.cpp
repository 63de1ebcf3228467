#include "export/export_subject.h"

#include <cmath>
#include <cstdio>
#include <memory>
#include <optional>

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
  std::string document, out, size, preset, range, theme, shard;
  std::optional<std::string> model, text, input;
  std::vector<std::string> commands;
  std::optional<double> fps, at;
  bool alpha = false, no_document = false;
  bool title = false, caption = false, footer = false, no_legend = false;
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

/// "3/8"
Result<Shard> parse_shard(const std::string& text) {
  Shard shard;
  int end = 0;
  if (std::sscanf(text.c_str(), "%6d/%6d%n", &shard.index, &shard.count, &end) == 2 &&
      static_cast<std::size_t>(end) == text.size() && shard.index >= 1 && shard.index <= shard.count)
    return shard;
  return wrong("--shard: expected PART/PARTS such as 3/8, found " + quote(text), "Parts are counted from 1");
}

/// What the options say of the picture; the rest as in the window's dialog.
Result<ExportSettings> settings_of(const RenderCall& call) {
  ExportSettings settings;
  settings.width = 1280;
  settings.height = 720;
  settings.transparent = call.alpha;
  settings.title = call.title;
  settings.legend = !call.no_legend;
  settings.caption = call.caption;
  settings.footer = call.footer;
  settings.with_document = !call.no_document;
  for (const ExportPreset& preset : export_presets())
    if (call.preset == preset.name) use_preset(settings, preset);
  if (!call.size.empty()) {
    const Result<FrameSize> size = parse_size(call.size);
    if (!size) return size.error();
    settings.width = size->width;
    settings.height = size->height;
  }
  if (!call.theme.empty()) settings.theme = call.theme == "light" ? Theme::Light : Theme::Dark;
  return settings;
}

/// The commands change the document as they would in the window; those that only move the window are refused.
Result<Document> changed(Document document, const RenderCall& call, TraceSource& traces) {
  for (const std::string& line : call.commands) {
    const Result<Command> command = parse_command(line);
    if (!command) return command.error();
    const Action* action = std::get_if<Action>(&*command);
    if (!action)
      return wrong("--do: " + quote(line) + " is for the window alone",
                   "Use commands that change the document");
    Result<Document> next = reduce(document, *action, traces.sizes(document));
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
  if (call.input) {
    const Result<Document> given = reduce(*opened, SetInput{*call.input}, {});
    if (!given) return given.error();
    *opened = *given;
  }
  // Another sentence or model is another document: the story was about the one in the file.
  if (call.model || call.text || call.input) opened->story = {};
  const Result<TracePtr> trace = traces.trace(*opened);
  if (!trace) return trace.error();
  Result<Document> document = changed(*opened, call, traces);
  if (!document) return document.error();
  return within(*document, traces.sizes(*document));
}

/// What is drawn: the document itself for a still, unless a moment of its animation is asked for.
std::vector<Moment> moments_of(const RenderCall& call, const Document& document, TraceSource& traces,
                               bool still) {
  if (still && !call.at) return {{document, 0, 0}};
  ToldStory told = traces.moments(document);
  for (const Error& fault : told.faults) report(fault);
  return std::move(told.moments);
}

Result<ExportJob> job_of(const RenderCall& call) {
  ExportJob job;
  job.out = call.out;
  const std::optional<ExportFormat> format = export_format(job.out);
  if (!format) {
    return wrong("--out: files of the kind " + quote(job.out.extension().string()) +
                     " are not written by this version",
                 "Name a .png, .svg, .pdf, .mp4, .webm, .gif or .apng, or a folder for the frames");
  }
  job.format = *format;
  job.at_secs = call.at.value_or(0);
  const Result<FrameRange> range = parse_range(call.range, call.fps.value_or(usual_fps(job.format)));
  if (!range) return range.error();
  job.range = *range;
  if (!call.shard.empty()) {
    const Result<Shard> shard = parse_shard(call.shard);
    if (!shard) return shard.error();
    if (job.format != ExportFormat::Frames)
      return wrong("--shard: only frames are rendered in parts",
                   "Name a folder with --out, then use 'headscope join'");
    job.shard = *shard;
  }
  if (call.at && !is_still(job.format))
    return wrong("--at is for a single picture", "Use --range for a movie");
  return job;
}

int run_render(const RenderCall& call) {
  Result<ExportJob> job = job_of(call);
  if (!job) return report(job.error(), true);
  const Result<ExportSettings> settings = settings_of(call);
  if (!settings) return report(settings.error(), true);
  PictureOptions options = picture_options(*settings);
  options.transparent = call.alpha;  // refused by name where the format has none
  job->page_width_pt = export_job(*settings, 0).page_width_pt;

  const std::stop_token stop = stop_on_interrupt();
  TraceSource traces(load_model, stop);
  const Result<Document> document = prepare(call, traces);
  if (!document) return report(document.error());
  FontLibrary fonts;
  const Result<std::unique_ptr<Renderer>> renderer = make_offscreen_renderer(fonts, shaders_dir());
  if (!renderer) return report(renderer.error());
  const ExportSubject subject{*document, moments_of(call, *document, traces, is_still(job->format)),
                              [&](const Document& at) { return traces.trace(at); }};
  const Result<Animation> animation = animate(subject, options, fonts, settings->with_document, *job);
  if (!animation) return report(animation.error());
  Status status;
  {
    ProgressLine line;
    status = run_export(*job, *animation, **renderer, fonts, stop, [&](int done, int count) {
      line.show("frame " + std::to_string(done) + " of " + std::to_string(count));
    });
  }
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
                   "NAME.png, .svg, .pdf, .mp4, .webm, .gif, .apng, or a folder for the frames")
      ->required();
  command->add_option("--size", call->size, "Pixels [1280x720]");
  command->add_option("--preset", call->preset, "slide, 4k, square or paper instead of --size")
      ->check(CLI::IsMember({"slide", "4k", "square", "paper"}));
  command->add_option("--fps", call->fps, "Frames for each second [60, GIF 25]")
      ->check(CLI::Range(1.0, 240.0));
  command->add_option("--range", call->range, "Part of the animation, such as 2s..5s");
  command->add_option("--at", call->at, "One picture of the animation, at this second")
      ->check(CLI::Range(0.0, 1e6));
  command->add_option("--shard", call->shard, "Of a folder's frames this part alone, such as 3/8");
  command->add_option("--theme", call->theme, "dark or light instead of the document's")
      ->check(CLI::IsMember({"dark", "light"}));
  command->add_flag("--alpha", call->alpha, "No background");
  command->add_flag("--title", call->title, "A title above the picture");
  command->add_flag("--caption", call->caption, "What is seen in words, below it");
  command->add_flag("--footer", call->footer,
                    "Model, text, heads, scale and version in a line at the bottom");
  command->add_flag("--no-legend", call->no_legend, "Without names of heads, scale and readout");
  command->add_flag("--no-document", call->no_document,
                    "Leave the document out; Headscope cannot open the picture again");
  command->add_option("--model,-m", call->model, "Instead of the document's model");
  command->add_option("--text,-t", call->text, "Instead of the document's text");
  CLI::Option* image = command->add_option("--image", call->input, "A picture for a model that looks");
  command->add_option("--audio", call->input, "A sound for a model that listens")->excludes(image);
  command->add_option("--do", call->commands, "A command to run first; may be given several times");
  set_examples(*command,
               "  headscope render --text \"the dog slept .\" --out dog.png --size 1920x1080\n"
               "  headscope render talk.headscope --out talk.mp4 --preset slide\n"
               "  headscope render talk.headscope --out frames --fps 30 --shard 3/8\n"
               "  headscope render --do \"set-view matrix\" --theme light --out matrix.png\n"
               "  headscope render talk.headscope --out figure.pdf --preset paper");
  command->callback([call, &action] { action = [call] { return run_render(*call); }; });
}

}  // namespace headscope
