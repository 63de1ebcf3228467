#include "scene/strand.h"

#include <algorithm>

#include "scene/head_layer.h"
#include "scene/palette.h"

namespace headscope {
namespace {

const char* mix_name(HeadMix mix) {
  switch (mix) {
    case HeadMix::Mean:
      return "mean";
    case HeadMix::Max:
      return "max";
    case HeadMix::Sum:
      return "sum";
    case HeadMix::Separate:
      break;
  }
  return "";
}

}  // namespace

void mix_in(HeadMix mix, std::span<float> all, std::span<const float> row) {
  const std::size_t n = std::min(all.size(), row.size());
  if (mix == HeadMix::Max) {
    for (std::size_t k = 0; k < n; ++k) all[k] = std::max(all[k], row[k]);
  } else {
    for (std::size_t k = 0; k < n; ++k) all[k] += row[k];
  }
}

std::vector<Strand> find_strands(const Document& document, const AttentionTrace& trace) {
  std::vector<HeadRef> heads;
  for (const HeadRef& ref : document.selection.heads)
    if (is_computed(trace, ref)) heads.push_back(ref);
  const ViewOptions& view = document.view;
  const std::vector<Color> colors = stage_colors(heads, view.palette, view.theme);
  std::vector<Strand> strands;
  if (document.selection.mix != HeadMix::Separate && heads.size() > 1) {
    const HeadMix mix = document.selection.mix;
    strands.push_back({-1, -1, heads, theme_colors(view.theme).key,
                       std::string(mix_name(mix)) + " of " + std::to_string(heads.size()) + " heads"});
    return strands;
  }
  for (std::size_t i = 0; i < heads.size(); ++i)
    strands.push_back({heads[i].layer, heads[i].head, {heads[i]}, colors[i], head_name(heads[i])});
  return strands;
}

}  // namespace headscope
