#include "export/export_job.h"

#include <cstdio>

#include "base/hash.h"
#include "base/version.h"
#include "export/embedded_document.h"
#include "export/frame_folder.h"
#include "export/movie.h"
#include "export/render_document.h"
#include "io/atomic_write.h"
#include "render/vector/vector_picture.h"

namespace headscope {

namespace {

MovieFormat movie_format(ExportFormat format) {
  switch (format) {
    case ExportFormat::WebM:
      return MovieFormat::WebM;
    case ExportFormat::Gif:
      return MovieFormat::Gif;
    case ExportFormat::Apng:
      return MovieFormat::Apng;
    default:
      return MovieFormat::Mp4;
  }
}

MovieOptions movie_options(ExportFormat format, const FrameSet& set) {
  MovieOptions options{movie_format(format), set.size, set.fps, set.span.size(), set.alpha};
  options.title = set.title;
  options.description = set.description;
  options.texts = picture_texts(set.title, set.description, set.document);
  return options;
}

/// A logical pixel is a CSS pixel, 1/96 inch, unless the page has a width of its own.
double page_width_pt(const ExportJob& job, const Scene& scene, const Animation& animation) {
  if (job.page_width_pt > 0) return job.page_width_pt;
  return 0.75 * animation.options().size.width / static_cast<double>(scene.pixel_scale);
}

/// What makes two frames of the same number the same picture.
std::string identity_of(const ExportJob& job, const PictureOptions& o) {
  Hasher hasher;
  hasher.add(kVersion).add(job.document).add(job.title).add(job.description).add(job.range.fps);
  hasher.add(o.size.width).add(o.size.height).add(o.scale).add(o.ui_scale).add(o.transparent);
  hasher.add(o.theme ? static_cast<int>(*o.theme) : -1);
  hasher.add(o.title).add(o.legend).add(o.caption).add(o.source_line);
  char text[20];
  std::snprintf(text, sizeof text, "%016llx", static_cast<unsigned long long>(hasher.value()));
  return text;
}

FrameSet frame_set(const ExportJob& job, FrameSpan span, const PictureOptions& picture) {
  return {identity_of(job, picture), span,         job.range.fps, picture.size,
          picture.transparent,       job.document, job.title,     job.description};
}

Status write_still(const ExportJob& job, const Animation& animation, Renderer& renderer, FontLibrary& fonts) {
  const Scene scene = animation.scene_at(job.at_secs);
  const VectorInfo info{job.title, job.description, job.document};
  if (job.format == ExportFormat::Svg)
    return write_file_atomically(job.out, render_svg(scene, animation.options().size, fonts, info));
  if (job.format == ExportFormat::Pdf) {
    Result<std::string> pdf =
        render_pdf(scene, animation.options().size, fonts, info, page_width_pt(job, scene, animation));
    if (pdf && !job.document.empty()) pdf = attach_to_pdf(std::move(*pdf), job.document);
    return pdf ? write_file_atomically(job.out, *pdf) : pdf.error();
  }
  const Result<Image> image = renderer.render_to_image(scene, animation.options().size);
  if (!image) return image.error();
  return write_png(job.out, *image, picture_texts(job.title, job.description, job.document));
}

Status write_movie_file(const std::filesystem::path& out, MovieOptions options, FrameSpan span,
                        const FrameSource& source, std::stop_token stop, const ExportProgress& progress) {
  if (options.format == MovieFormat::Gif) {
    Result<std::vector<std::uint32_t>> palette = palette_of(source, span, stop);
    if (!palette) return palette.error();
    options.palette = std::move(*palette);
  }
  const Result<std::unique_ptr<MovieWriter>> movie = make_movie(out, options);
  if (!movie) return movie.error();
  return write_movie(source, span, **movie, std::move(stop), progress);
}

}  // namespace

Status run_export(const ExportJob& job, const Animation& animation, Renderer& renderer, FontLibrary& fonts,
                  std::stop_token stop, const ExportProgress& progress) {
  if (is_still(job.format)) return write_still(job, animation, renderer, fonts);
  const Result<FrameSpan> span = frames_in(job.range, animation.duration_secs());
  if (!span) return span.error();
  AnimationFrames frames(animation, job.range.fps, renderer);
  const FrameSource source = [&](int number) { return frames.draw(number); };
  const FrameSet set = frame_set(job, *span, animation.options());
  if (job.format == ExportFormat::Frames)
    return write_frames(job.out, set, job.shard, source, std::move(stop), progress);
  return write_movie_file(job.out, movie_options(job.format, set), *span, source, std::move(stop), progress);
}

Status write_sample(const ExportJob& job, const Animation& animation, Renderer& renderer,
                    const SampleOptions& sample, std::stop_token stop) {
  AnimationFrames frames(animation, job.range.fps, renderer);
  const FrameSource source = [&](int i) { return frames.draw(sample.numbers[static_cast<std::size_t>(i)]); };
  const FrameSet set = frame_set(job, {0, static_cast<int>(sample.numbers.size())}, animation.options());
  if (job.format == ExportFormat::Frames) return write_frames(job.out, set, {}, source, std::move(stop), {});
  MovieOptions options = movie_options(job.format, set);
  options.palette = sample.palette;
  const Result<std::unique_ptr<MovieWriter>> movie = make_movie(job.out, options);
  if (!movie) return movie.error();
  return write_movie(source, set.span, **movie, std::move(stop), {});
}

Status join_frames(const std::filesystem::path& folder, const FrameSet& set, const std::filesystem::path& out,
                   std::stop_token stop, const ExportProgress& progress) {
  const std::optional<ExportFormat> format = export_format(out);
  if (!format || is_still(*format) || *format == ExportFormat::Frames) {
    return Error{ErrorCode::InvalidArgument,
                 "--out: frames are joined to a movie, found '" + out.string() + "'",
                 "Name a .mp4, .webm, .gif or .apng"};
  }
  return write_movie_file(out, movie_options(*format, set), set.span, frames_from(folder, set),
                          std::move(stop), progress);
}

}  // namespace headscope
