#pragma once

#include <span>
#include <string>
#include <vector>

#include "document/document.h"
#include "scene/connections.h"
#include "scene/element_keys.h"
#include "scene/layout.h"
#include "scene/layout_builder.h"
#include "scene/palette.h"
#include "scene/token_text.h"

/// What the views of build_layout share. Inside of src/scene.
namespace headscope {

/// Sizes in logical pixels, UI scale applied.
struct Measures {
  float token, token_min;       ///< type of tokens
  float caption;                ///< type of captions, legend and readout
  float weight;                 ///< type of weights beside keys and on arcs
  float title, subtitle;        ///< presenter mode
  float margin;                 ///< free on every side
  float pill_pad, pill_height;  ///< room left and right of a token's text; height at full size
  float gap;                    ///< between pills
  float ribbon;                 ///< thickness of a weight of 1
  float line;                   ///< thickness of frames
};

/// The tokens that look, or those that are looked at.
struct SideTokens {
  std::vector<std::uint64_t> ids;  ///< [n]
  std::vector<GlyphRunPtr> texts;  ///< [n] mono
  std::vector<GlyphRunPtr> marks;  ///< [n] the faint "·" in front; null: none
};

/// A layout in the making.
struct Picture {
  const Document& document;
  const AttentionTrace& trace;
  const Stage& stage;
  const ThemeColors& colors;
  Measures measures;
  SideTokens queries, keys;  ///< equal in self-attention
  Connections connections;
  int pinned = -1;              ///< key outlined in its head's colour
  std::vector<Color> outlines;  ///< [n_keys] of keys that a head looks at most; alpha 0: none
  Color pinned_color;
  float full_width = 20;  ///< thickness of full weight; a view makes it smaller where rows are narrow
  float below = 0;        ///< height that caption and footer take at the bottom
  Rect content;           ///< what captions, legend and title leave to the view
  LayoutBuilder builder;

  const ViewOptions& view() const { return document.view; }
  /// Whether the same tokens look and are looked at: false in cross-attention.
  bool one_text() const { return trace.key_tokens.empty(); }
  const SideTokens& side(bool query_side) const { return query_side ? queries : keys; }
  int n_tokens(bool query_side) const { return query_side ? connections.n_tokens : connections.n_keys; }
  std::uint64_t id(int token, bool query_side) const {
    return side(query_side).ids[static_cast<std::size_t>(token)];
  }
  const TraceToken& token(int index, bool query_side) const {
    return (query_side ? trace.tokens : trace.keys())[static_cast<std::size_t>(index)];
  }
  /// Not read yet at the step on show; only a causal model reads one after the other.
  bool unread(int token) const {
    return trace.causal && one_text() && connections.active >= 0 && token > connections.active;
  }
  const Strand& strand(const Connection& c) const {
    return connections.strands[static_cast<std::size_t>(c.strand)];
  }
  float scaled(const Connection& c) const;
  GlyphRunPtr words(std::string_view text, FontWeight weight = FontWeight::Regular) const;
  GlyphRunPtr mono(std::string_view text, FontWeight weight = FontWeight::Regular) const;

  /// Width of a token's text at `size`, its mark included.
  float token_width(int token, bool query_side, float size) const;
  /// Width of its pill at `size`; `tightness` below 1 takes room from the padding.
  float pill_width(int token, bool query_side, float size, float tightness = 1) const;
  ElementKey edge_key(const Connection& c, ElementKind kind = ElementKind::Edge) const;
  Meaning edge_meaning(const Connection& c) const;
  RibbonKin kin(const Connection& c) const;
};

/// The pill of a token with its text at `size`, centred in `rect`. Small ones are text alone.
void add_pill(Picture& picture, int token, bool query_side, const Rect& rect, float size);
/// A token that has no room for text: a tick that can still be picked.
void add_tick(Picture& picture, int token, bool query_side, const Rect& rect);

/// Offsets across the direction of each connection's ribbon, so that those between the same two tokens (one a
/// strand) lie side by side rather than on top of one another.
///   widths [n_edges] thickness of each;  room: what they may take together;  returns [n_edges]
std::vector<float> parallel_offsets(const Connections& connections, std::span<const float> widths,
                                    float room);

/// The tokens of a side by importance, for places where not all can be labelled: the active query, the pinned
/// key, the strongest keys of the active row (`keys_first`), and the neighbours of the first of these.
std::vector<int> label_priority(const Picture& picture, bool query_side, bool keys_first);

/// "0.79", "79%" presenting
std::string weight_text(const Picture& picture, float weight);

// The views. Each fills `picture.content`.
void add_columns(Picture& picture);
void add_arcs(Picture& picture);
void add_horizontal(Picture& picture);
void add_matrix(Picture& picture);
/// The picture that was read, with the weights of a patch laid over it. REQUIRES: trace.media has one.
void add_patches(Picture& picture);
/// The spectrogram that was heard, with the words that listen to it, or with its own positions. REQUIRES:
/// trace.media has one.
void add_spectrogram(Picture& picture);
/// Many heads: a grid of small pictures.
void add_multiples(Picture& picture);

/// Title, head names, step dots; sets `picture.content`.
void add_furniture(Picture& picture);
/// The scale of weights and the readout, after the view has chosen its thickness.
void add_legend(Picture& picture);
/// A sentence in the middle, where there is nothing to draw.
void add_sentence(Picture& picture, std::string_view sentence);

/// More heads than this, each for itself, are drawn as a grid of small pictures.
inline constexpr int kMaxStrands = 8;

}  // namespace headscope
