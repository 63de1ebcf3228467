#pragma once

#include <memory>
#include <vector>

#include "scene/palette.h"
#include "scene/picture.h"

/// What a model that reads no text was given, as a layout shows it, and the weights that lie upon it.
namespace headscope {

/// Whether the view that shows the input itself has something to show.
bool shows_media(const AttentionTrace& trace);

/// The picture; its bytes are those of the trace. REQUIRES: there is one.
std::shared_ptr<const MatrixValues> photo_of(const TraceMediaPtr& media);

/// The first columns of the spectrogram, low notes at the bottom: its smallest number is `ground`, its
/// largest `loud`. REQUIRES: there is one.
std::shared_ptr<const MatrixValues> spectrogram_of(const TraceMediaPtr& media, int columns, Color ground,
                                                   Color loud);

/// What each key gets from the active query, or, where none is, from all of them in the mean.
struct KeyHeat {
  std::vector<float> weights;  ///< [n_keys] 0 where threshold and top-k leave none
  std::vector<float> scaled;   ///< [n_keys] by the scale of the view
};
KeyHeat key_heat(const Picture& picture, const Strand& strand);

/// A heat's colour over a picture: the matrix's where one strand is on stage, else the strand's own.
Color heat_color(const Picture& picture, const Strand& strand, float scaled);

/// How much of what lies below it a heat covers where it has a colour for each value.
inline constexpr float kHeatCover = 0.62f;

}  // namespace headscope
