#pragma once

#include <compare>
#include <optional>
#include <string>
#include <vector>

#include "document/place.h"

/// One picture that was asked for: plain values, compared and copied freely.
namespace headscope {

struct HeadRef {
  int layer = 0, head = 0;
  friend auto operator<=>(const HeadRef&, const HeadRef&) = default;
};

/// As people read it: "2·5".
inline std::string head_name(const HeadRef& head) {
  return std::to_string(head.layer) + "·" + std::to_string(head.head);
}

/// Picture: the picture or the sound itself; where the model reads text alone, it is Columns.
enum class ViewKind { Columns, Arcs, Horizontal, Matrix, Picture };
enum class WeightScale { Linear, SquareRoot, Log, RowMax };
/// How several selected heads are shown: each in its own colour, or combined into one.
enum class HeadMix { Separate, Mean, Max, Sum };
enum class Theme { Dark, Light };
enum class Palette { Heads, OkabeIto };
enum class MatrixColors { Viridis, Cividis, Head };
/// Which attention of an encoder-decoder is shown. A model with one stack has one kind, whatever is chosen.
enum class ShownPart { Encoder, Decoder, Cross };

/// A change of the computation itself (an edited number, mask or head). None can be made yet; typed so that
/// files and requests have their place.
struct Intervention {
  std::string target;  ///< "weights 2.5 7 3"
  float value = 0;
  friend bool operator==(const Intervention&, const Intervention&) = default;
};

struct Selection {
  ShownPart part = ShownPart::Encoder;    ///< whose heads and tokens the other fields count
  std::vector<HeadRef> heads = {{0, 0}};  ///< sorted, unique, never empty
  HeadMix mix = HeadMix::Separate;
  std::optional<int> query;  ///< the step: the token that looks. None: all queries alike
  std::optional<int> key;    ///< a pinned key: with `query`, a pinned edge
  friend bool operator==(const Selection&, const Selection&) = default;
};

struct ViewOptions {
  ViewKind kind = ViewKind::Columns;
  float weight_threshold = 0;    ///< hide weights below, [0, 1]
  int top_k = 0;                 ///< keep the k largest of each row; 0 keeps all
  float cumulative_mass = 0.9f;  ///< keep what makes up this much of each row, (0, 1]
  WeightScale scale = WeightScale::Linear;
  bool hide_first_token = false;
  bool hide_special_tokens = false;
  bool renormalize = false;  ///< rows sum to 1 again after hiding; said on screen
  bool merge_words = false;  ///< pieces of a word count as one: sum over keys, mean over queries
  bool show_labels = true;
  Theme theme = Theme::Dark;
  Palette palette = Palette::Heads;
  MatrixColors matrix_colors = MatrixColors::Viridis;
  bool present = false;         ///< presenter mode: stage alone, large type
  std::string title, subtitle;  ///< shown above the stage in presenter mode; empty: written from the data
  friend bool operator==(const ViewOptions&, const ViewOptions&) = default;
};

inline constexpr float kMinCameraZoom = 0.1f, kMaxCameraZoom = 20;
inline constexpr float kMinTemperature = 0.05f, kMaxTemperature = 20;

/// Which part of the picture is looked at. The stage's size is not in it, so that a picture of any size shows
/// the same part.
struct CameraChoice {
  Place at;            ///< what stands in the middle
  float zoom = 1;      ///< times the whole picture, [0.1, 20]
  float x = 0, y = 0;  ///< how far it is moved then, in widths and heights of what is seen, [-10, 10]
  friend bool operator==(const CameraChoice&, const CameraChoice&) = default;
};

/// How `look-at` shows a place: in the middle and, unless it is everything, enlarged.
CameraChoice camera_looking_at(const Place& place);

/// What stays selected when another part is shown: heads, and the tokens that both parts have. The decoder
/// and the cross-attention look from the same tokens, the encoder and the cross-attention look at the same.
Selection selection_in_part(Selection selection, ShownPart part);

/// Words pinned to a place of the picture, with an arrow to it.
struct Note {
  Place at;
  std::string text;
  friend bool operator==(const Note&, const Note&) = default;
};

struct DocumentState {
  std::string model = "stories";  ///< built-in name or checkpoint folder
  std::string
      model_hash;  ///< of the folder when the document was saved (model_reference.h); empty: not known
  std::string text;
  /// The picture or the sound that a model reads which does not read text alone; empty: none.
  std::string input;
  /// Beside `text`, where the model reads two: the second sentence of a pair (BERT), what the decoder has
  /// written (T5). No file: see `input`.
  std::string second_text;
  std::vector<Intervention> interventions;
  Selection selection;
  ViewOptions view;
  std::string caption;  ///< a line or two below the picture
  CameraChoice camera;
  std::vector<Place> spotlight;  ///< the rest is dimmed; empty: nothing is
  std::vector<Note> notes;
  /// Scores are divided by it before each softmax that is shown, [0.05, 20]; what later layers read stays as
  /// it was. 1: as the model computes.
  float temperature = 1;
  friend bool operator==(const DocumentState&, const DocumentState&) = default;
};

}  // namespace headscope
