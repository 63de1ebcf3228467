#include <utility>

#include "document/limits.h"
#include "viewer/viewer.h"

namespace headscope {

namespace {

Error ends_here(const std::string& token) {
  return {ErrorCode::NotFound, "the model ends its text here: " + token + " is the most probable next token",
          "Write a word yourself, and let it go on"};
}

}  // namespace

Status Viewer::start_writing(const Write& write, Seconds now) {
  if (playing()) stop_playing(now);
  leave_story(now);
  writing_ = Writing{write.tokens.value_or(kMaxWrittenTokens), 0, trace_request(history_.document())};
  return advance_writing(now);
}

Status Viewer::advance_writing(Seconds now) {
  if (!writing_) return {};
  const auto stop = [&](Status status) {
    writing_.reset();
    history_.hold(false);
    changed_ = true;
    return status;
  };
  // Who edits while the model writes takes the pen.
  if (!(writing_->request == trace_request(history_.document()))) return stop({});
  if (service_.state().computing || !(service_.state().request == writing_->request)) return {};
  const Result<WrittenToken> next = service_.next_written();
  if (!next) return stop(next.error());
  const ModelPtr model = service_.state().model;
  if (next->ends)
    return stop(writing_->n_written > 0
                    ? Status{}
                    : ends_here("“" + std::string(model->tokenizer().token_name(next->id)) + "”"));
  if (next->text == service_.state().trace->text)
    return stop(Error{ErrorCode::NotFound, "what the model would write next is no text",
                      "Write a word yourself, and let it go on"});

  if (!next->reads_back && !writing_->told_other_tokens) {
    writing_->told_other_tokens = true;
    errors_.push_back({ErrorCode::InvalidArgument,
                       "the tokenizer cuts the written text into other tokens than the model chose",
                       "The picture is of the text as it stands"});
  }

  // All tokens of a run are one step of undo, however long each one takes.
  Writing run = *writing_;
  if (run.n_written == 0) history_.hold(true);
  const bool target =
      model->info().kind == ModelKind::EncoderDecoder && model->input_kind() == InputKind::Text;
  const Action action = target ? Action{SetSecondText{next->text}} : Action{SetText{next->text}};
  if (Status status = do_action(action, now); !status) return stop(status);
  run.request = trace_request(history_.document());
  ++run.n_written;
  writing_ = run;
  if (--writing_->n_left > 0) return {};
  return stop({});
}

}  // namespace headscope
