#pragma once

#include <optional>
#include <span>
#include <string>
#include <vector>

#include "scene/geometry.h"
#include "trace/attention_trace.h"
#include "ui/ui_frame.h"

/// Numbers of a trace as the panels show them.
namespace headscope {

class Model;

/// A tile of the head grid; empty while the layer is not computed. Its matrix is reduced to at most `largest`
/// cells a side, a cell keeping the maximum of what it covers.
UiHeadTile head_tile(const AttentionTrace& trace, HeadRef head, int largest);

/// One row as bars, the strongest `limit` of them in reading order.
///   weights  [n_keys or fewer], of a head or of several combined
std::vector<UiRowBar> row_bars(const AttentionTrace& trace, std::span<const float> weights, int query,
                               int active_key, int limit);

/// The weights of single heads at one edge, named "2·5", the strongest `limit` of them, falling. REQUIRES:
/// the heads are computed.
std::vector<UiRowBar> member_bars(const AttentionTrace& trace, std::span<const HeadRef> heads, int query,
                                  int key, int limit);

/// The arithmetic behind one weight. Empty when the layer is not computed or an index lies outside.
std::optional<UiEdge> edge_arithmetic(const AttentionTrace& trace, HeadRef head, int query, int key);

/// What a token sends and receives as a query and as a key of one head.
/// Of cross-attention the sides are told apart: `looks` is a token that looks, else one that is looked at.
std::optional<UiTokenFlow> token_flow(const AttentionTrace& trace, HeadRef head, int token, bool looks);

/// Words between two bytes of the trace's text that the vocabulary holds in pieces only, with words of it
/// that come near; ranges count from `begin`. `model` may be null.
std::vector<UiUnknownWord> unknown_words(const AttentionTrace& trace, std::size_t begin, std::size_t end,
                                         const Model* model);

UiColor to_ui(Color color);

/// A token as the panels write it: spaces and newlines visible, special tokens by their name.
std::string token_label(const TraceToken& token);

}  // namespace headscope
