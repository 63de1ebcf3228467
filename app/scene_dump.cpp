#include "scene_dump.h"

#include <algorithm>
#include <map>

#include <nlohmann/json.hpp>

#include "document/document_json.h"
#include "io/atomic_write.h"
#include "panel_frame.h"
#include "scene/morph.h"
#include "scene/text.h"

namespace headscope {

namespace {

using OrderedJson = nlohmann::ordered_json;

const char* kind_name(Meaning::Kind kind) {
  switch (kind) {
    case Meaning::Kind::Token:
      return "token";
    case Meaning::Kind::Edge:
      return "edge";
    case Meaning::Kind::Cell:
      return "cell";
    case Meaning::Kind::Label:
      return "label";
    case Meaning::Kind::None:
      break;
  }
  return "none";
}

// Keys as text: JSON numbers would lose their last bits in most readers.
std::string key_text(ElementKey key) {
  return std::to_string(key);
}

OrderedJson ribbons_json(const Scene& scene, const Layout& now) {
  OrderedJson list = OrderedJson::array();
  const auto widest = [](const RibbonState& r) { return std::max(r.width0, r.width3); };
  for (std::size_t i = 0; i < now.ribbons.size(); ++i) {
    const Element<RibbonState>& ribbon = now.ribbons[i];
    const Meaning& meaning = now.ribbon_meanings[i];
    const RibbonState& s = ribbon.state;
    list.push_back({{"key", key_text(ribbon.key)},
                    {"kind", kind_name(meaning.kind)},
                    {"layer", meaning.layer},
                    {"head", meaning.head},
                    {"query", meaning.query},
                    {"key_token", meaning.key},
                    {"weight", meaning.weight},
                    {"width", widest(s)},
                    {"alpha", std::max(s.color0.a, s.color3.a)},
                    {"points", {s.p0.x, s.p0.y, s.p3.x, s.p3.y}}});
  }
  // The widths at the ends of the transition, by key.
  const auto ends = [&](const LayoutPtr& layout, const char* name) {
    if (!layout) return;
    std::map<ElementKey, float> widths;
    for (const Element<RibbonState>& r : layout->ribbons) widths[r.key] = widest(r.state);
    for (std::size_t i = 0; i < now.ribbons.size(); ++i) {
      const auto found = widths.find(now.ribbons[i].key);
      list[i][name] = found == widths.end() ? 0.0f : found->second;
    }
  };
  ends(scene.morph->from, "from");
  ends(scene.morph->to, "to");
  return list;
}

}  // namespace

std::string scene_json(const Scene& scene, const Document& document, const AttentionTrace* trace,
                       bool moving) {
  OrderedJson json;
  json["mix"] = scene.mix;
  json["moving"] = moving;
  json["dim"] = scene.dim;
  json["document"] = OrderedJson::parse(document_text(document), nullptr, false);
  json["tokens"] = OrderedJson::array();
  if (trace) {
    for (const TraceToken& token : trace->tokens) json["tokens"].push_back(token_label(token));
    // What cross-attention looks at.
    for (const TraceToken& token : trace->key_tokens) json["keys"].push_back(token_label(token));
  }
  if (scene.morph) {
    const Layout now = evaluate(*scene.morph, scene.mix);
    json["morph"] = scene.morph->id;
    json["readout"] = now.readout;
    json["bounds"] = {now.bounds.x, now.bounds.y, now.bounds.width, now.bounds.height};
    json["ribbons"] = ribbons_json(scene, now);
    json["boxes"] = OrderedJson::array();
    for (std::size_t i = 0; i < now.boxes.size(); ++i) {
      const BoxState& box = now.boxes[i].state;
      const Meaning meaning = i < now.box_meanings.size() ? now.box_meanings[i] : Meaning{};
      json["boxes"].push_back({{"key", key_text(now.boxes[i].key)},
                               {"kind", kind_name(meaning.kind)},
                               {"query", meaning.query},
                               {"key_token", meaning.key},
                               {"rect", {box.rect.x, box.rect.y, box.rect.width, box.rect.height}}});
    }
    json["labels"] = OrderedJson::array();
    for (std::size_t i = 0; i < now.labels.size(); ++i) {
      const LabelState& label = now.labels[i].state;
      json["labels"].push_back({{"text", now.label_runs[i] ? now.label_runs[i]->text : ""},
                                {"origin", {label.origin.x, label.origin.y}},
                                {"size", label.size},
                                {"alpha", label.color.a}});
    }
    json["n_images"] = now.images.size();
  }
  return json.dump(1, ' ', false, OrderedJson::error_handler_t::replace);
}

Status dump_scene(const std::filesystem::path& path, const Scene& scene, const Document& document,
                  const AttentionTrace* trace, bool moving) {
  return write_file_atomically(path, scene_json(scene, document, trace, moving));
}

}  // namespace headscope
