#pragma once

#include "models/model.h"
#include "ui/ui_frame.h"

namespace headscope {

/// What the model itself says at a token: the next one, the one in the place of a mask, the next one of the
/// target; or a sentence that says why it says nothing.
///   trace  the part on show;  model  null while it is loading;  query  the token on show, -1: none
void tell_predictions(const AttentionTrace& trace, const Model* model, int query, UiInspector& inspector);

}  // namespace headscope
