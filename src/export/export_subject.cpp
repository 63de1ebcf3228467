#include "export/export_subject.h"

#include "document/document_json.h"
#include "scene/alt_text.h"

namespace headscope {

Result<Animation> animate(const ExportSubject& subject, const PictureOptions& options, FontLibrary& fonts,
                          bool with_document, ExportJob& job) {
  Result<Animation> animation = Animation::make(subject.moments, subject.trace_of, fonts, options);
  if (!animation) return animation.error();
  // Of a still what is seen, of a movie what it tells.
  const auto seen = static_cast<std::size_t>(animation->picture().moment_of(job.at_secs));
  const Document& told = is_still(job.format) ? subject.moments[seen].document : subject.document;
  const Result<TracePtr> trace = subject.trace_of(told);
  if (!trace) return trace.error();
  job.title = picture_title(told, **trace);
  job.description = alt_text(told, **trace);
  job.document = with_document ? document_text(subject.document) : "";
  return animation;
}

PictureOptions picture_options(const ExportSettings& settings) {
  PictureOptions options;
  options.size = {settings.width, settings.height};
  options.scale = settings.scale;
  options.theme = settings.theme;
  options.transparent = settings.transparent && can_be_transparent(settings.format);
  options.title = settings.title;
  options.legend = settings.legend;
  options.caption = settings.caption;
  options.source_line = settings.footer;
  return options;
}

ExportJob export_job(const ExportSettings& settings, double at_secs) {
  constexpr double kPointsPerCm = 72 / 2.54;
  ExportJob job;
  job.out = settings.out;
  job.format = settings.format;
  job.range = {settings.begin_secs, settings.end_secs, settings.fps};
  job.page_width_pt = settings.page_width_cm * kPointsPerCm;
  job.at_secs = is_still(settings.format) ? at_secs : 0;
  return job;
}

}  // namespace headscope
