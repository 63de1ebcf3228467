#pragma once

#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "compute/trace_service.h"
#include "compute/trace_status.h"
#include "document/command.h"
#include "document/history.h"
#include "document/reduce.h"
#include "document/settings.h"
#include "document/shown_trace.h"
#include "scene/picking.h"
#include "scene/text.h"
#include "viewer/layout_worker.h"
#include "viewer/playback.h"
#include "viewer/safety_copy.h"
#include "viewer/stage_camera.h"
#include "viewer/story_player.h"
#include "viewer/transition.h"

namespace headscope {

struct ViewerOptions {
  Document document;             ///< the first state of the history
  FontLibrary* fonts = nullptr;  ///< REQUIRED; borrowed
  TraceServiceOptions service;
  std::filesystem::path state_folder;   ///< for safety copies; empty: none
  std::filesystem::path config_folder;  ///< for settings; empty: none are read or kept
  std::string footer;                   ///< line below the stage in presenter mode
};

/// What Viewer::update says about the frame.
struct FrameNeeds {
  bool redraw = false;          ///< the picture or the panels differ from the last update
  std::optional<Seconds> next;  ///< when to call update again if nothing else happens; none: never
};

/// The steps of what is played, for the timeline.
struct Timeline {
  PlayMode mode = PlayMode::Tokens;
  std::vector<std::string> steps;
  int current = -1;      ///< -1: none, everything alike
  double position = -1;  ///< between two steps while it is scrubbed or a story plays
  std::string caption;
  bool playing = false;
  float speed = 1;
  bool recording = false;
  ShownStoryPtr story;  ///< with its pictures, as far as they are made; null: none yet
};

/// What the running program knows, and its frame. Documents, time and pointer come in; a Scene and what
/// panels show come out. It draws nothing, reads no clock and never waits for the computation. All members
/// belong to one thread; `now` is in seconds and never goes back.
class Viewer {
 public:
  Viewer(ViewerOptions options, Seconds now);
  ~Viewer();

  // ---- What happens ----

  /// Does the command. Errors: InvalidArgument, NotFound, Io, …: what it asks for cannot be done, and nothing
  /// changed.
  Status dispatch(const Command& command, Seconds now);
  Status dispatch(std::string_view line, Seconds now);
  /// While a control is dragged: what it changes is one step of undo.
  void hold(bool held, Seconds now);
  /// Size of the stage in logical pixels. `pixel_scale`: device pixels per logical one.
  void set_stage(float width, float height, float pixel_scale, Seconds now);
  /// Where the mouse is on the stage; none: it left.
  void set_pointer(std::optional<Vec2> stage_point, Seconds now);
  /// Pins what is under the point: a connection, the token that looks, or the one that is looked at. What is
  /// pinned already is let go of, and so is everything by a click beside the picture.
  Status click(Vec2 stage_point, Seconds now);
  /// Keeps the point under the mouse where it is.
  void zoom_at(float factor, Vec2 stage_point);

  /// Takes a document that was read elsewhere (out of a picture, a dump) as a step of the history. `file`:
  /// where Save writes it; empty: nowhere yet.
  void open_document(Document document, const std::filesystem::path& file, const std::string& name,
                     Seconds now);

  /// Controls that are the program's business: windows, dialogs, pictures, the end. In order, each once.
  std::vector<Control> take_requests();
  /// What went wrong by itself since (a safety copy that could not be written).
  std::vector<Error> take_errors();

  /// Waits until the safety copy is on disk.
  void finish_writing() { safety_.drain(); }

  // ---- The frame ----

  /// Takes over what is finished, moves what moves. Call before each frame and when it is woken.
  FrameNeeds update(Seconds now);
  /// The picture at a moment; its morph is null before the first layout. Pure.
  Scene scene(Seconds now) const;
  /// Whether the picture of the document stands: nothing is computed, laid out or moving, and nothing plays.
  bool settled(Seconds now) const;
  /// Waits for trace and layout and ends the transition: for export, scripts and tests.
  void settle(Seconds now);

  // ---- What is known ----

  /// The document as edited.
  const Document& document() const { return history_.document(); }
  /// The document as shown: with the playhead, and every index inside the trace.
  const Document& shown() const { return shown_; }
  const History& history() const { return history_; }
  /// What is in the picture now; null before the first trace.
  const TracePtr& trace() const { return story_time_ && story_trace_ ? story_trace_ : shown_trace_; }
  /// Every token of the part that is in the picture, none merged or left out; null before the first trace.
  const TracePtr& trace_of_tokens() const {
    return trace() && trace()->ungrouped ? trace()->ungrouped : trace();
  }
  /// What is computed for the document.
  const TraceState& trace_state() const { return service_.state(); }
  const ModelPtr& model() const { return service_.state().model; }
  /// Whether there is no picture because nothing is given to read: no words, or no picture or sound for a
  /// model that wants one.
  bool nothing_to_read() const;
  std::string status(Seconds now) const { return status_line(service_.state(), now); }
  bool computing(Seconds now) const { return shows_computing(service_.state(), now); }
  /// "87 of 91 connections, 99.2 % of the weight".
  std::string readout() const;
  Timeline timeline(Seconds now) const;
  /// Where the story on show stands, in its seconds; none: it is not on show.
  std::optional<double> story_secs(Seconds now) const {
    return story_time_ ? std::optional(story_seconds(now)) : std::nullopt;
  }
  const Playback& playback() const { return playback_; }
  bool playing() const { return playback_.playing() || story_playing_; }
  bool recording() const { return recording_; }
  /// Whether the model goes on with its text by itself.
  bool writing() const { return writing_.has_value(); }
  const Settings& settings() const { return settings_; }
  /// What the mouse is on.
  const Pick& hover() const { return hover_; }
  /// A document that a crash left, offered until it is answered.
  const Document* recovery() const { return safety_.offered(); }
  void answer_recovery(bool take, Seconds now);
  /// The session ends without anybody being asked: what is not saved is offered at the next start.
  void leave_unsaved(Seconds now) { safety_.leave_behind(now); }

  /// Where the document is saved; empty: nowhere yet.
  const std::filesystem::path& file() const { return file_; }
  bool modified() const { return !(history_.document() == saved_); }
  /// Tokens, layers and heads that commands may name now; 0 while not known.
  CommandContext context() const;

 private:
  Status do_action(const Action& action, Seconds now);
  Status do_control(const Control& control, Seconds now);
  Status open(const std::string& path, Seconds now);
  Status find_model(const std::string& path, Seconds now);
  Status save(const std::string& path, Seconds now);
  void replace_document(Document document, const std::string& name, Seconds now);
  void document_changed(Seconds now);
  /// Lets the selected tokens of `next`, whose texts or groups of tokens differ from the document's, stay
  /// with their words.
  void keep_selection(Document& next, bool same_texts) const;
  /// A model that was chosen and does not open gives way to the one before, and the picture stays.
  void give_up_model(Seconds now);
  /// A part is chosen of a model that has parts.
  Status check_part(const Action& action) const;
  void set(const Settings& settings);

  // Playing (viewer_playing.cpp)
  int n_steps() const;
  int current_step(Seconds now) const;
  std::optional<Action> action_of_step(int step) const;
  void go_to_step(int step, Seconds now);
  void start_playing(Seconds now);
  /// Stops and makes the step on show the document's.
  void stop_playing(Seconds now);
  void advance_playing(Seconds now);
  std::string step_label(int step) const;
  std::string timeline_caption(int step, int n_steps) const;

  // The model's own words (viewer_writing.cpp)
  Status start_writing(const Write& write, Seconds now);
  /// Adds the next token when the trace is there. Errors: as TraceService::next_written.
  Status advance_writing(Seconds now);

  // The story (viewer_story.cpp)
  Status do_story_action(Action action, Seconds now);
  Status do_story_control(const Control& control, Seconds now, bool& done);
  /// Where the playhead is, in seconds of the story. REQUIRES: story_time_.
  double story_seconds(Seconds now) const;
  double story_position(double time) const;
  double story_time_at(double position) const;
  void show_story(double position, Seconds now);
  void play_story(double from_secs, std::optional<double> until_secs, Seconds now);
  void stop_story(Seconds now);
  /// The next change goes on from the picture of the story that is on show.
  void leave_story(Seconds now);
  void advance_story(Seconds now);
  Seconds next_story_change(Seconds now) const;
  void accept_story(Seconds now);
  void go_to_story_step(int step, Seconds now);
  void step_story(int by, Seconds now);
  void follow_story(Seconds now);
  Status start_recording(bool on, Seconds now);
  void seek(double position, Seconds now);
  bool scrub(double position, Seconds now);

  // The picture
  LayoutInputs layout_inputs(const Document& document) const;
  Document played(const Document& document, int step) const;
  void refresh(Seconds now);
  bool accept_trace();
  void show_layout(LayoutPtr layout, Seconds now);
  void update_hover(Seconds now);

  ViewerOptions options_;
  Settings settings_;
  History history_;
  Document saved_;
  std::filesystem::path file_;
  SafetyCopy safety_;
  Playback playback_;

  TraceService service_;
  TracePtr computed_trace_;  ///< what shown_trace_ was made of
  TraceView shown_view_;     ///< what of it is shown,
  DocumentState shown_of_;   ///< as this state of the document asked for
  TracePtr shown_trace_;
  TraceRequest shown_request_;
  std::shared_ptr<const TraceIdentities> identities_;
  std::optional<Seconds> stale_since_;
  Document shown_;

  LayoutWorker layouts_;
  std::optional<LayoutInputs> inputs_;  ///< of the layout that is on screen, on its way or being made
  Seconds last_change_ = -1e9;          ///< when the last transition of weights began
  bool panel_change_ = false;           ///< the layout being made differs by the stage's size alone
  Transition transition_;
  StageCamera camera_;

  /// A model that was chosen while another one was on show, and is not loaded yet.
  struct TriedModel {
    std::string model;
    int edit = 0;  ///< History::cursor of choosing it
  };
  std::optional<TriedModel> tried_model_;

  /// A text that the model is writing.
  struct Writing {
    int n_left = 0;  ///< tokens still to come
    int n_written = 0;
    TraceRequest request;            ///< any other text ends it
    bool told_other_tokens = false;  ///< that the text is not cut into the tokens that were chosen
  };
  std::optional<Writing> writing_;

  StoryPlayer stories_;
  std::optional<double> story_time_;  ///< the story is on show at this time
  bool story_playing_ = false;
  Seconds story_began_ = 0;              ///< when playing began, from story_time_
  std::optional<double> story_until_;    ///< playing ends here
  std::optional<double> story_pending_;  ///< a position to show as soon as the story is made; -1: play
  static constexpr double kPlayFromHere = -1;
  int story_step_ = -1;  ///< the step that is or was on show
  TracePtr story_trace_;
  /// The step of undo of the last change of the story: the picture that it leads to belongs to it.
  std::string story_burst_, story_change_;
  int n_story_changes_ = 0;
  bool recording_ = false;
  std::vector<std::string> told_faults_;
  std::optional<double> scrub_position_;  ///< between two steps of an ordinary timeline
  MorphPtr scrub_morph_;
  int scrub_from_ = -1;
  float width_ = 0, height_ = 0, pixel_scale_ = 1;

  std::optional<Vec2> pointer_;
  Pick hover_;
  std::unique_ptr<Picker> picker_;

  std::vector<Control> requests_;
  std::vector<Error> errors_;
  bool changed_ = true;  ///< panels differ since the last update
  std::string last_status_;
  std::optional<Scene> last_scene_;
};

}  // namespace headscope
