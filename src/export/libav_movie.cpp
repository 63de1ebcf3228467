#include "export/libav_movie.h"

#include <cassert>
#include <cmath>
#include <cstring>
#include <optional>
#include <thread>

#include "export/libav_library.h"
#include "export/quantize.h"
#include "export/yuv.h"
#include "io/file_error.h"
#include "io/quote.h"
#include "io/staged_file.h"

namespace headscope {

namespace {

struct Codec {
  const char* encoder;
  const char* muxer;
  AVPixelFormat format;
  const char* what;
};

Codec codec_of(const MovieOptions& options) {
  switch (options.format) {
    case MovieFormat::WebM:
      return {"libvpx-vp9", "webm", options.alpha ? AV_PIX_FMT_YUVA420P : AV_PIX_FMT_YUV420P, "VP9"};
    case MovieFormat::Gif:
      return {"gif", "gif", AV_PIX_FMT_PAL8, "GIF"};
    default:
      return {"libx264", "mp4", AV_PIX_FMT_YUV420P, "H.264"};
  }
}

struct FreeFrame {
  void operator()(AVFrame* frame) const { libav().av_frame_free(&frame); }
};
struct FreePacket {
  void operator()(AVPacket* packet) const { libav().av_packet_free(&packet); }
};
struct FreeCodec {
  void operator()(AVCodecContext* codec) const { libav().avcodec_free_context(&codec); }
};
struct FreeFormat {
  void operator()(AVFormatContext* format) const {
    if (format->pb) libav().avio_closep(&format->pb);
    libav().avformat_free_context(format);
  }
};

class LibavFrame : public PreparedFrame {
 public:
  std::unique_ptr<AVFrame, FreeFrame> frame;
};

/// libav reports what the system refused as a negative errno, its own faults as large tags.
Error libav_error(const std::filesystem::path& path, int code) {
  const int number = -code;
  if (number > 0 && number < 4096) return file_error("write", path, number);
  char text[AV_ERROR_MAX_STRING_SIZE] = "";
  libav().av_strerror(code, text, sizeof text);
  return {ErrorCode::Io, "cannot encode " + quote(path.string(), 300) + ": " + text,
          "Try another format or a smaller size"};
}

class LibavMovie : public MovieWriter {
 public:
  LibavMovie(StagedFile file, const MovieOptions& options) : file_(std::move(file)), options_(options) {
    if (options.format == MovieFormat::Gif) quantizer_.emplace(options.palette);
  }

  Status open();
  Result<PreparedFramePtr> prepare(const Image& image) override;
  Status add(const PreparedFramePtr& frame) override;
  Status finish() override;

 private:
  Error fail(int code) const { return libav_error(file_.target(), code); }
  void set_codec(const Codec& wanted);
  Status encode(const AVFrame* frame);  ///< null: the end

  StagedFile file_;
  MovieOptions options_;
  std::optional<Quantizer> quantizer_;
  std::unique_ptr<AVFormatContext, FreeFormat> format_;
  std::unique_ptr<AVCodecContext, FreeCodec> codec_;
  std::unique_ptr<AVPacket, FreePacket> packet_;
  AVStream* stream_ = nullptr;
  std::int64_t next_ = 0;
};

void LibavMovie::set_codec(const Codec& wanted) {
  AVCodecContext* codec = codec_.get();
  const AVRational rate = libav().av_d2q(options_.fps, 100000);
  codec->width = options_.size.width;
  codec->height = options_.size.height;
  codec->pix_fmt = wanted.format;
  codec->time_base = av_inv_q(rate);
  codec->framerate = rate;
  codec->sample_aspect_ratio = {1, 1};
  // Someone will scrub through this: a key frame every two seconds.
  codec->gop_size = std::max(1, static_cast<int>(std::lround(2 * options_.fps)));
  if (format_->oformat->flags & AVFMT_GLOBALHEADER) codec->flags |= AV_CODEC_FLAG_GLOBAL_HEADER;
  codec->flags |= AV_CODEC_FLAG_BITEXACT;
  if (options_.format == MovieFormat::Gif) return;
  codec->color_range = AVCOL_RANGE_MPEG;
  codec->colorspace = AVCOL_SPC_BT709;
  codec->color_primaries = AVCOL_PRI_BT709;
  codec->color_trc = AVCOL_TRC_BT709;
  codec->chroma_sample_location = AVCHROMA_LOC_CENTER;
}

Status LibavMovie::open() {
  const Codec wanted = codec_of(options_);
  const AVCodec* encoder = libav().avcodec_find_encoder_by_name(wanted.encoder);
  if (!encoder) {
    return Error{ErrorCode::Unsupported,
                 std::string("this machine's libavcodec cannot write ") + wanted.what + " (no encoder '" +
                     wanted.encoder + "')",
                 "Install the full libavcodec, or choose another format"};
  }
  const std::string url = "file:" + file_.path().string();
  AVFormatContext* format = nullptr;
  if (const int made = libav().avformat_alloc_output_context2(&format, nullptr, wanted.muxer, url.c_str());
      made < 0)
    return fail(made);
  format_.reset(format);
  format_->flags |= AVFMT_FLAG_BITEXACT;  // the same frames give the same file
  stream_ = libav().avformat_new_stream(format, nullptr);
  codec_.reset(libav().avcodec_alloc_context3(encoder));
  packet_.reset(libav().av_packet_alloc());
  if (!stream_ || !codec_ || !packet_) return fail(AVERROR(ENOMEM));
  set_codec(wanted);

  AVDictionary* settings = nullptr;
  if (options_.format == MovieFormat::Mp4) {
    libav().av_dict_set(&settings, "preset", "veryfast", 0);
    libav().av_dict_set(&settings, "crf", "18", 0);
  } else if (options_.format == MovieFormat::WebM) {
    const unsigned threads = std::max(1u, std::thread::hardware_concurrency());
    codec_->thread_count = static_cast<int>(std::min(threads, 16u));
    libav().av_dict_set(&settings, "crf", "24", 0);
    libav().av_dict_set(&settings, "b", "0", 0);
    libav().av_dict_set(&settings, "deadline", "good", 0);
    libav().av_dict_set(&settings, "cpu-used", "5", 0);
    libav().av_dict_set(&settings, "row-mt", "1", 0);
    // libvpx does not look ahead in videos with alpha.
    if (options_.alpha) libav().av_dict_set(&settings, "auto-alt-ref", "0", 0);
  }
  const int opened = libav().avcodec_open2(codec_.get(), encoder, &settings);
  libav().av_dict_free(&settings);
  if (opened < 0) return fail(opened);
  if (const int copied = libav().avcodec_parameters_from_context(stream_->codecpar, codec_.get()); copied < 0)
    return fail(copied);
  stream_->time_base = codec_->time_base;
  stream_->avg_frame_rate = stream_->r_frame_rate = codec_->framerate;
  if (options_.format == MovieFormat::WebM && options_.alpha)
    libav().av_dict_set(&stream_->metadata, "alpha_mode", "1", 0);
  if (!options_.title.empty()) libav().av_dict_set(&format_->metadata, "title", options_.title.c_str(), 0);
  if (!options_.description.empty())
    libav().av_dict_set(&format_->metadata, "comment", options_.description.c_str(), 0);

  if (const int io = libav().avio_open(&format_->pb, url.c_str(), AVIO_FLAG_WRITE); io < 0) return fail(io);
  AVDictionary* layout = nullptr;
  if (options_.format == MovieFormat::Mp4) libav().av_dict_set(&layout, "movflags", "+faststart", 0);
  const int begun = libav().avformat_write_header(format_.get(), &layout);
  libav().av_dict_free(&layout);
  return begun < 0 ? Status(fail(begun)) : Status();
}

Result<PreparedFramePtr> LibavMovie::prepare(const Image& image) {
  assert(image.width == options_.size.width && image.height == options_.size.height);
  auto made = std::make_shared<LibavFrame>();
  made->frame.reset(libav().av_frame_alloc());
  if (!made->frame) return fail(AVERROR(ENOMEM));
  AVFrame& frame = *made->frame;
  frame.width = image.width;
  frame.height = image.height;
  frame.format = codec_->pix_fmt;
  frame.color_range = codec_->color_range;
  frame.colorspace = codec_->colorspace;
  frame.color_primaries = codec_->color_primaries;
  frame.color_trc = codec_->color_trc;
  if (const int got = libav().av_frame_get_buffer(&frame, 0); got < 0) return fail(got);
  if (quantizer_) {
    quantizer_->indices(image, frame.data[0], frame.linesize[0]);
    std::memset(frame.data[1], 0, AVPALETTE_SIZE);
    std::memcpy(frame.data[1], options_.palette.data(), options_.palette.size() * 4);
  } else {
    to_yuv420(image, {frame.data[0], frame.data[1], frame.data[2], options_.alpha ? frame.data[3] : nullptr,
                      frame.linesize[0], frame.linesize[1], frame.linesize[3]});
  }
  return PreparedFramePtr(std::move(made));
}

Status LibavMovie::encode(const AVFrame* frame) {
  if (const int sent = libav().avcodec_send_frame(codec_.get(), frame); sent < 0) return fail(sent);
  while (true) {
    const int got = libav().avcodec_receive_packet(codec_.get(), packet_.get());
    if (got == AVERROR(EAGAIN) || got == AVERROR_EOF) return {};
    if (got < 0) return fail(got);
    packet_->duration = 1;
    libav().av_packet_rescale_ts(packet_.get(), codec_->time_base, stream_->time_base);
    packet_->stream_index = stream_->index;
    if (const int written = libav().av_interleaved_write_frame(format_.get(), packet_.get()); written < 0)
      return fail(written);
  }
}

Status LibavMovie::add(const PreparedFramePtr& frame) {
  // A second reference to the same planes: a picture that stays is prepared once.
  const std::unique_ptr<AVFrame, FreeFrame> shown(
      libav().av_frame_clone(static_cast<const LibavFrame&>(*frame).frame.get()));
  if (!shown) return fail(AVERROR(ENOMEM));
  shown->pts = next_++;
  return encode(shown.get());
}

Status LibavMovie::finish() {
  if (Status flushed = encode(nullptr); !flushed) return flushed;
  if (const int ended = libav().av_write_trailer(format_.get()); ended < 0) return fail(ended);
  if (const int closed = libav().avio_closep(&format_->pb); closed < 0) return fail(closed);
  return file_.commit();
}

}  // namespace

Result<std::unique_ptr<MovieWriter>> make_libav_movie(const std::filesystem::path& path,
                                                      const MovieOptions& options) {
  if (const auto library = libav_library(); !library) return library.error();
  libav().av_log_set_level(AV_LOG_QUIET);  // what fails comes back as one sentence
  Result<StagedFile> file = StagedFile::create(path);
  if (!file) return file.error();
  auto movie = std::make_unique<LibavMovie>(std::move(*file), options);
  if (Status opened = movie->open(); !opened) return opened.error();
  return std::unique_ptr<MovieWriter>(std::move(movie));
}

}  // namespace headscope
