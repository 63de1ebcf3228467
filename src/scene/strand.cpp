#include "scene/strand.h"

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
    strands.push_back({heads[i].layer,
                       heads[i].head,
                       {heads[i]},
                       colors[i],
                       std::to_string(heads[i].layer) + "·" + std::to_string(heads[i].head)});
  return strands;
}

}  // namespace headscope
