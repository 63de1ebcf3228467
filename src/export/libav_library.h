#pragma once

extern "C" {
#include <libavcodec/avcodec.h>
#include <libavformat/avformat.h>
}

#include "base/result.h"

/// What of libav a movie calls, library by library: X(name).
// clang-format off
#define HEADSCOPE_LIBAVUTIL(X)           \
  X(av_d2q)                              \
  X(av_dict_free)                        \
  X(av_dict_set)                         \
  X(av_frame_alloc)                      \
  X(av_frame_clone)                      \
  X(av_frame_free)                       \
  X(av_frame_get_buffer)                 \
  X(av_log_set_level)                    \
  X(av_strerror)
#define HEADSCOPE_LIBAVCODEC(X)          \
  X(av_packet_alloc)                     \
  X(av_packet_free)                      \
  X(av_packet_rescale_ts)                \
  X(avcodec_alloc_context3)              \
  X(avcodec_find_encoder_by_name)        \
  X(avcodec_free_context)                \
  X(avcodec_open2)                       \
  X(avcodec_parameters_from_context)     \
  X(avcodec_receive_packet)              \
  X(avcodec_send_frame)
#define HEADSCOPE_LIBAVFORMAT(X)         \
  X(av_interleaved_write_frame)          \
  X(av_write_trailer)                    \
  X(avformat_alloc_output_context2)      \
  X(avformat_free_context)               \
  X(avformat_new_stream)                 \
  X(avformat_write_header)               \
  X(avio_closep)                         \
  X(avio_open)
// clang-format on

namespace headscope {

/// libav's functions under their own names.
struct LibavLibrary {
#define HEADSCOPE_DECLARE(name) decltype(&::name) name = nullptr;
  HEADSCOPE_LIBAVUTIL(HEADSCOPE_DECLARE)
  HEADSCOPE_LIBAVCODEC(HEADSCOPE_DECLARE)
  HEADSCOPE_LIBAVFORMAT(HEADSCOPE_DECLARE)
#undef HEADSCOPE_DECLARE
};

/// On Linux the libraries are loaded by the first call, those of the version that the headers describe: they
/// bring a hundred others along, and a program that makes no movie starts three times as fast without them.
/// Thread-safe. Errors: Unsupported (a library or a function of it is not there).
Result<const LibavLibrary*> libav_library();

/// REQUIRES: a call of libav_library() that succeeded.
const LibavLibrary& libav();

}  // namespace headscope
