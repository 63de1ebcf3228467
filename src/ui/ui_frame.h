#pragma once

#include <array>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "base/result.h"
#include "document/command.h"
#include "document/document.h"
#include "document/settings.h"
#include "trace/attention_trace.h"
#include "trace/metrics.h"
#include "ui/atlas_rect.h"
#include "ui/text_source.h"
#include "ui/ui_export.h"
#include "ui/ui_files.h"
#include "ui/ui_texture.h"

/// What the panels read and what they give back: plain data both ways. The program fills a UiFrame from what
/// it knows, `Ui::draw` draws it, and the UiOutput says what the user did.
namespace headscope {

/// 0xRRGGBB.
using UiColor = std::uint32_t;

/// One press or repeat of a key, named as key bindings write it: "Ctrl+Shift+Z", "Right", "S".
struct UiKey {
  std::string chord;
  bool repeat = false;
};

/// What keyboard and window system brought since the last frame.
struct UiInput {
  std::vector<UiKey> keys;
  std::vector<char32_t> typed;
};

/// One head in the grid on the left. `grid` are its weights, [rows, cols], each cell the maximum of what it
/// covers.
struct UiHeadTile {
  HeadRef head;
  int rows = 0, cols = 0;
  std::vector<float> grid;
  HeadMetrics metrics;
};

/// A key of the row that is on show in the inspector.
struct UiRowBar {
  std::string token;
  float weight = 0;
  bool active = false;
};

/// One edge's arithmetic, as the trace holds it.
struct UiEdge {
  HeadRef head;
  int query = 0, key = 0;
  std::string query_token, key_token;
  bool masked = false;
  float dot = 0;       ///< q·k
  float scale = 0;     ///< the factor it is multiplied with
  float score = 0;     ///< what enters the softmax
  float bias = 0;      ///< score − dot·scale: positions, caps
  double exp = 0;      ///< e^(score − the row's largest score)
  double row_sum = 0;  ///< of exp over the row
  float weight = 0;
  bool weight_alone = false;  ///< there is nothing that the weight was computed from
  std::string why_alone;      ///< a sentence
};

/// What one token sends and receives in a head.
struct UiTokenFlow {
  int index = 0;
  std::string token;
  std::string looks_at;  ///< the key it looks at most; "" when it looks at nothing
  float looks_weight = 0;
  float incoming_sum = 0;  ///< all weights on it
  std::string looked_by;   ///< the query that looks at it most; "" when nobody does
  float looked_weight = 0;
};

struct UiProbability {
  std::string token;
  float probability = 0;
};

struct UiInspector {
  std::optional<HeadRef> head;
  UiColor color = 0;              ///< of that head, or of what several are combined to
  std::string mix;                ///< "mean of 12 heads"; "" where heads stand apart
  std::string mixed;              ///< which: "2·0, 2·1, …"
  std::vector<UiRowBar> members;  ///< of a mix: the weight of each head at the edge, the strongest first
  HeadMetrics metrics;            ///< not of a mix
  std::string role;               ///< "previous token"; "" when nothing stands out
  std::optional<UiEdge> edge;
  std::optional<UiTokenFlow> token;
  bool pinned = false;    ///< clicked, not only under the mouse
  std::string row_title;  ///< "row of “was”"
  std::vector<UiRowBar> row;
  std::string next_heading = "NEXT TOKEN";  ///< what the model predicts
  std::string next_title;                   ///< after which word, or in whose place
  std::vector<UiProbability> next;
  std::string next_note;  ///< why there are none
  std::string shares;     ///< the heads that read the same keys and values: "0·1, 0·2"; "" for none
};

/// A word of the sentence that the vocabulary lacks: byte range [begin, end) and words that come near.
struct UiUnknownWord {
  std::size_t begin = 0, end = 0;
  std::vector<std::string> suggestions;
};

/// The field for what a model reads beside the first text.
struct UiSecondText {
  std::string first_label, second_label;  ///< "source", "target"
  std::string hint;                       ///< while it is empty
  std::vector<UiUnknownWord> unknown_words;
};

/// A picture in small: what is large enough to be seen there. Lengths in logical pixels of its stage.
struct UiPicture {
  float width = 0, height = 0;
  UiColor background = 0;
  struct Box {
    float x = 0, y = 0, width = 0, height = 0, radius = 0;
    UiColor color = 0;
    float alpha = 1;
  };
  struct Band {
    std::array<float, 4> x{}, y{};  ///< of a cubic Bézier curve
    float width = 0;
    UiColor color = 0;
    float alpha = 1;
  };
  std::vector<Box> boxes;  ///< below the bands
  std::vector<Band> bands;
  std::vector<Box> marks;  ///< above them: bars where words stand
};

struct UiStoryStep {
  std::string title, caption, commands;  ///< commands with "; " between
  std::string name;                      ///< as given; "" when the title tells the commands
  float duration_secs = 0, pause_secs = 0;
  Easing easing = Easing::InOut;
  std::optional<float> stagger_secs;
  const UiPicture* picture = nullptr;  ///< null while it is being made
};

struct UiStory {
  bool open = false;  ///< the strip stands in the place of the timeline
  bool recording = false;
  std::vector<UiStoryStep> steps;
  int current = -1;     ///< the step on show
  float position = -1;  ///< between two of them while it moves
  std::string title;    ///< "Story — 3 of 8: token 9"
};

struct UiTimeline {
  std::vector<std::string> steps;  ///< labels: words, heads or layers, as `mode` says
  int current = -1;                ///< -1: no step, everything alike
  float position = -1;             ///< between two steps while it is scrubbed
  std::string caption;             ///< "Reading order — step 10 of 13: “was” looks back"
  PlayMode mode = PlayMode::Tokens;
  bool playing = false;
  float speed = 1;            ///< 0.1 … 4
  int edit = 0, n_edits = 0;  ///< "Edit 3 of 3"
  std::string edit_label;     ///< "street → animal"
};

struct UiModel {
  std::string name, summary;
};

struct UiToast {
  int id = 0;
  std::string message, hint;
  bool error = true;
  float opacity = 1;
  std::string button;             ///< "Open folder"; "" for none
  std::optional<Command> action;  ///< what the button does
};

struct UiFrame {
  const Document* document = nullptr;     ///< never null while drawing
  const AttentionTrace* trace = nullptr;  ///< null before the first one
  const Settings* settings = nullptr;     ///< never null while drawing
  double time = 0;                        ///< seconds since the start
  float scale = 1;                        ///< window units per logical pixel
  UiInput input;
  UiTextSource* text = nullptr;  ///< never null while drawing

  std::string model_title;  ///< "stories · 6 layers × 8 heads"
  /// Set where the words on show cannot be typed over, and why: they come from a file.
  std::optional<std::string> fixed_text;
  std::string text_hint;  ///< stands in the empty field; "": type a sentence
  std::string text_note;  ///< stands below the field where the words may be typed
  std::string offer;      ///< an empty stage's button that opens the file dialog; "": none
  std::string status;     ///< "13 tokens · computed in 0.4 ms"
  bool computing = false;
  float progress = 0;                ///< [0, 1], shown when computing for more than 0.3 s
  std::vector<UiHeadTile> heads;     ///< row-major, layers × heads
  std::uint64_t heads_revision = 0;  ///< changes whenever `heads` does
  int n_layers = 0, n_heads = 0;
  int n_sharing = 1;       ///< so many heads side by side read the same keys and values
  bool has_parts = false;  ///< encoder, decoder and cross-attention to choose from
  std::function<UiColor(HeadRef head)> head_color;  ///< as it is on stage
  std::function<UiColor(float weight)> matrix_color;
  UiTexture stage;
  UiInspector inspector;
  std::vector<UiUnknownWord> unknown_words;
  std::optional<UiSecondText> second_text;  ///< when the model reads one
  UiTimeline timeline;
  UiStory story;
  bool can_undo = false, can_redo = false;
  std::vector<UiModel> models;
  std::vector<UiToast> toasts;
  UiFiles files;  ///< the folder that UiOutput::list_folder asked for last
  UiExport exporting;
  std::string missing_model;  ///< that the document asks for; "" when it is there
  std::string recovery;       ///< the sentence of a document that a crash left; "" for none
};

/// The mouse over the stage, in its logical pixels.
struct UiStageMouse {
  bool inside = false;
  float x = 0, y = 0;
  bool clicked = false, double_clicked = false;
  bool dragging = false;
  float drag_x = 0, drag_y = 0;  ///< since the last frame
  float wheel = 0;
};

struct UiOutput {
  std::vector<Command> commands;           ///< in the order they were given
  std::optional<std::string> text;         ///< the sentence after typing; any Unicode, no NUL
  std::optional<std::string> second_text;  ///< the same of the second field
  bool typing = false;                     ///< `text` belongs to the burst that the last one began
  bool dragging = false;  ///< a slider or the scrubber is held: one step of undo until released
  float ui_scale = 1;     ///< window units per logical pixel, the user's zoom included
  float stage_x = 0, stage_y = 0, stage_width = 0, stage_height = 0;  ///< logical pixels
  UiStageMouse mouse;
  std::vector<Error> failures;  ///< what was typed and could not be understood
  std::vector<int> dismissed_toasts;
  std::optional<std::string> list_folder;  ///< UiFrame::files should be this one; "": the last
  bool open_path = false;  ///< `list_folder` was typed: a file or a checkpoint is opened instead
  std::optional<ExportSettings> preview_export;  ///< what the dialog shows now, whenever it changed
  bool export_closed = false;                    ///< nobody looks at the preview any more
  std::optional<ExportSettings> start_export;
  std::optional<UiLeave> leave;
  std::optional<bool> recover;  ///< the answer to UiFrame::recovery
  bool redraw = false;          ///< panels want another frame at once
  AtlasRect dirty;              ///< texels of ImGui's font texture that the GPU does not have yet
};

}  // namespace headscope
