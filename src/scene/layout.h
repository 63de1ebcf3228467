#pragma once

#include <string>

#include "document/document.h"
#include "scene/scene.h"
#include "scene/text.h"
#include "scene/token_identity.h"
#include "trace/attention_trace.h"

namespace headscope {

/// Where the picture is made for.
struct Stage {
  float width = 1280, height = 720;  ///< logical pixels
  float ui_scale = 1;            ///< multiplies type and pills; the smallest type is 12 px (24 px presenting)
  FontLibrary* fonts = nullptr;  ///< REQUIRED
  const TraceIdentities* identities = nullptr;  ///< of this trace's tokens; null: token k is number k + 1
  /// Beyond this many connections the weakest of the rows that are not active are left out, and the readout
  /// says so. The default is what software OpenGL draws in a frame; files may ask for more.
  int max_ribbons = 4000;
  std::string
      notice;  ///< what an empty trace's picture says, where something else than "Type …" is to be done
  int caption_lines = 0;  ///< room kept for the caption, also where a picture has none or a shorter one
  std::string footer;     ///< presenter mode: one line above the dots ("Press → for the next word.")
  /// What stands around the view in files.
  bool title = false;       ///< title and subtitle outside of presenter mode too
  bool legend = true;       ///< names of heads, scale of weights, readout
  std::string caption;      ///< sentences below the picture, wrapped
  std::string source_line;  ///< one line below that: model, text, heads, scale, version
};

/// How many lines the document's caption takes on this stage.
int caption_line_count(const Document& document, const Stage& stage);

/// What is in the picture of `trace` as `document` asks for it. Pure: equal arguments give equal layouts (the
/// values' ids included). Never fails; an empty trace gives a sentence, a layer that is not computed yet is
/// left out. Rows after the selected query are not drawn where the model has not read them yet (causal
/// attention). `trace` is one kind of attention, not a whole with parts.
Layout build_layout(const Document& document, const AttentionTrace& trace, const Stage& stage);

}  // namespace headscope
