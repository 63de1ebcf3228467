#pragma once

#include "scene/picture.h"

/// What a document says beside its numbers: caption, notes, spotlight, and where its camera looks. Inside of
/// src/scene.
namespace headscope {

/// Lines that the caption takes, at most `kMaxCaptionLines`; 0 without one.
int caption_lines(const Picture& picture);
/// Height of so many lines with the room around them; 0 for none.
float caption_height(const Picture& picture, int n_lines);
/// The caption, centred, its last line's middle at `bottom` minus half a line.
void add_caption(Picture& picture, float bottom, int n_lines);

/// Notes beside what they are pinned to, after the view has drawn it. A place that is not in the picture has
/// no note.
void add_notes(Picture& picture);

/// Whether a token, or a connection, is in the spotlight, or there is none. Where the same tokens look and
/// are looked at (`one_text`), a place `token T` means both sides, else the one that looks.
bool in_spotlight(const Document& document, int token, bool query_side, bool one_text);
bool in_spotlight(const Document& document, int query, int key, bool one_text);

/// Where a place lies in the layout; empty when it is not in it.
Rect place_rect(const Layout& layout, const Place& place);

/// Sets Layout::seen by the document's camera. Elements that the builder counts as fixed (title, legend,
/// caption) are moved and made smaller, so that the camera shows them where they would stand without it.
void apply_camera(Picture& picture);

inline constexpr int kMaxCaptionLines = 3;

}  // namespace headscope
