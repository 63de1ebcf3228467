#pragma once

#include <functional>
#include <string>
#include <vector>

#include "compute/trace_service.h"
#include "compute/trace_status.h"
#include "document/history.h"
#include "document/reduce.h"
#include "scene/layout.h"
#include "scene/morph.h"

namespace headscope {

/// The document with its history, its trace and the picture in motion.
class Session {
 public:
  Session(FontLibrary& fonts, std::function<void()> wake);
  const Document& document() const { return history_.document(); }
  const History& history() const { return history_; }
  History& history() { return history_; }
  const TraceState& state() const { return traces_.state(); }
  TracePtr trace() const { return shown_; }
  Document shown_document() const;
  Status run(const Action& action, Seconds now);
  /// Follows time; true when the picture or a number changed.
  bool update(Seconds now, float width, float height);
  bool moving(Seconds now) const;
  Scene scene(Seconds now) const;
  bool reduce_motion = false;

 private:
  CommandContext context() const;
  History history_;
  TraceService traces_;
  FontLibrary* fonts_;
  TracePtr shown_;
  TokenIdentities identities_;
  MorphPtr morph_;
  Document drawn_;
  TracePtr drawn_trace_;
  float width_ = 0, height_ = 0;
  Seconds started_ = 0;
};

}  // namespace headscope
