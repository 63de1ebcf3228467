#pragma once

#include <compare>
#include <optional>
#include <string>
#include <vector>

/// What the user has asked to see: a small value, compared and copied freely. Weights, traces and the
/// playhead are never in it. Changed by commands alone (document/command.h), so that undo is a list of
/// documents.
namespace headscope {

struct HeadRef {
  int layer = 0, head = 0;
  friend auto operator<=>(const HeadRef&, const HeadRef&) = default;
};

enum class ViewKind { Columns, Arcs, Horizontal, Matrix };
enum class WeightScale { Linear, SquareRoot, Log, RowMax };
/// How several selected heads are shown: each in its own colour, or combined into one.
enum class HeadMix { Separate, Mean, Max, Sum };
enum class Theme { Dark, Light };
enum class Palette { Heads, OkabeIto };
enum class MatrixColors { Viridis, Cividis, Head };

/// A change of the computation itself (an edited number, mask or head). None can be made yet; typed so that
/// files and requests have their place.
struct Intervention {
  std::string target;  ///< "weights 2.5 7 3"
  float value = 0;
  friend bool operator==(const Intervention&, const Intervention&) = default;
};

struct Selection {
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
  bool show_labels = true;
  Theme theme = Theme::Dark;
  Palette palette = Palette::Heads;
  MatrixColors matrix_colors = MatrixColors::Viridis;
  bool present = false;         ///< presenter mode: stage alone, large type
  std::string title, subtitle;  ///< shown above the stage in presenter mode; empty: written from the data
  friend bool operator==(const ViewOptions&, const ViewOptions&) = default;
};

struct Document {
  std::string model = "stories";  ///< built-in name or checkpoint folder
  std::string text;
  std::vector<Intervention> interventions;
  Selection selection;
  ViewOptions view;
  std::string unknown_fields;  ///< JSON object text of fields a newer version wrote; kept when saved again
  friend bool operator==(const Document&, const Document&) = default;
};

}  // namespace headscope
