#pragma once

#include <array>
#include <cassert>
#include <optional>
#include <string_view>

#include "document/control.h"
#include "document/document_state.h"
#include "document/story.h"

/// How choices are written in commands and in files.
namespace headscope {

/// The names of E's enumerators, in their order.
template <class E>
inline constexpr std::array<std::string_view, 0> kNamesOf = {};

template <>
inline constexpr std::array<std::string_view, 5> kNamesOf<ViewKind> = {"columns", "arcs", "horizontal",
                                                                       "matrix", "picture"};
template <>
inline constexpr std::array<std::string_view, 4> kNamesOf<WeightScale> = {"linear", "sqrt", "log", "row-max"};
template <>
inline constexpr std::array<std::string_view, 4> kNamesOf<HeadMix> = {"separate", "mean", "max", "sum"};
template <>
inline constexpr std::array<std::string_view, 2> kNamesOf<Theme> = {"dark", "light"};
template <>
inline constexpr std::array<std::string_view, 2> kNamesOf<Palette> = {"heads", "okabe-ito"};
template <>
inline constexpr std::array<std::string_view, 3> kNamesOf<MatrixColors> = {"viridis", "cividis", "head"};
template <>
inline constexpr std::array<std::string_view, 2> kNamesOf<TextChoice> = {"first", "second"};
template <>
inline constexpr std::array<std::string_view, 3> kNamesOf<ShownPart> = {"encoder", "decoder", "cross"};
template <>
inline constexpr std::array<std::string_view, 4> kNamesOf<Easing> = {"in-out", "in", "out", "linear"};
template <>
inline constexpr std::array<std::string_view, 6> kNamesOf<AutoStoryKind> = {
    "words", "layers", "heads", "mechanism", "temperature", "texts"};
template <>
inline constexpr std::array<std::string_view, 3> kNamesOf<Switch> = {"off", "on", "toggle"};
template <>
inline constexpr std::array<std::string_view, 5> kNamesOf<PlayMode> = {"tokens", "heads", "layers", "edits",
                                                                       "story"};
template <>
inline constexpr std::array<std::string_view, 4> kNamesOf<StepPart> = {"commands", "name", "caption",
                                                                       "times"};
template <>
inline constexpr std::array<std::string_view, 3> kNamesOf<Panel> = {"heads", "inspector", "timeline"};
template <>
inline constexpr std::array<std::string_view, 2> kNamesOf<PictureOf> = {"stage", "window"};
template <>
inline constexpr std::array<std::string_view, 2> kNamesOf<PictureWords> = {"alt-text", "caption"};

template <class E>
constexpr std::string_view name_of(E value) {
  const auto index = static_cast<std::size_t>(value);
  assert(index < kNamesOf<E>.size());
  return kNamesOf<E>[index];
}

template <class E>
constexpr std::optional<E> from_name(std::string_view name) {
  for (std::size_t i = 0; i < kNamesOf<E>.size(); ++i) {
    if (kNamesOf<E>[i] == name) return static_cast<E>(i);
  }
  return std::nullopt;
}

/// The enumerator after `value`, the first one after the last.
template <class E>
constexpr E next_of(E value) {
  return static_cast<E>((static_cast<std::size_t>(value) + 1) % kNamesOf<E>.size());
}

}  // namespace headscope
