#include "render/window/opaque_parts.h"

#include <glad/gl.h>

#include <algorithm>
#include <cmath>
#include <cstdint>

namespace headscope {

namespace {

constexpr float kSmallestArea = 4096;  // in ImGui's units squared; below, a command of its own costs more

/// The rectangle that six indices draw in one opaque colour, as ImDrawList::PrimRect writes it: corners
/// clockwise from the upper left. Null for anything else.
const ImDrawVert* large_rectangle(const ImDrawVert* vertices, const ImDrawIdx* index, ImVec2 white) {
  const unsigned first = index[0];
  if (index[1] != first + 1 || index[2] != first + 2 || index[3] != first || index[4] != first + 2 ||
      index[5] != first + 3)
    return nullptr;
  const ImDrawVert* corner = vertices + first;
  const ImVec2 low = corner[0].pos, high = corner[2].pos;
  if ((corner[0].col >> IM_COL32_A_SHIFT & 0xFF) != 0xFF || low.x > high.x || low.y > high.y ||
      (high.x - low.x) * (high.y - low.y) < kSmallestArea)
    return nullptr;
  const bool upright = corner[1].pos.x == high.x && corner[1].pos.y == low.y && corner[3].pos.x == low.x &&
                       corner[3].pos.y == high.y;
  const bool plain = std::all_of(corner, corner + 4, [&](const ImDrawVert& v) {
    return v.col == corner[0].col && v.uv.x == white.x && v.uv.y == white.y;
  });
  return upright && plain ? corner : nullptr;
}

/// The pixels whose centres lie between two edges.
struct PixelSpan {
  int begin = 0, end = 0;
};
PixelSpan pixels_between(float low, float high, float scale) {
  return {static_cast<int>(std::ceil(low * scale - 0.5f)), static_cast<int>(std::ceil(high * scale - 0.5f))};
}

}  // namespace

void OpaqueParts::do_clear(const ImDrawList*, const ImDrawCmd* command) {
  const Clear& clear = *static_cast<const Clear*>(command->UserCallbackData);
  glScissor(clear.x, clear.y, clear.width, clear.height);  // the next command sets its own
  glClearColor(clear.color[0], clear.color[1], clear.color[2], clear.color[3]);
  glClear(GL_COLOR_BUFFER_BIT);
}

void OpaqueParts::blend(const ImDrawList*, const ImDrawCmd* command) {
  if (command->UserCallbackData)
    glEnable(GL_BLEND);
  else
    glDisable(GL_BLEND);
}

void OpaqueParts::append_callback(const ImDrawCmd& like, ImDrawCallback callback, std::size_t data) {
  ImDrawCmd command = like;
  command.ElemCount = 0;
  command.UserCallback = callback;
  command.UserCallbackData = reinterpret_cast<void*>(data);
  commands_.push_back(command);
}

void OpaqueParts::split(const ImDrawList& list, const ImDrawData& frame, const ImDrawCmd& command) {
  const ImVec2 white = ImGui::GetIO().Fonts->TexUvWhitePixel, scale = frame.FramebufferScale;
  const ImDrawVert* vertices = list.VtxBuffer.Data + command.VtxOffset;
  const ImDrawIdx* indices = list.IdxBuffer.Data + command.IdxOffset;
  const int height = static_cast<int>(frame.DisplaySize.y * scale.y);
  unsigned drawn = 0;
  const auto draw_until = [&](unsigned end) {
    if (end == drawn) return;
    ImDrawCmd part = command;
    part.IdxOffset = command.IdxOffset + drawn;
    part.ElemCount = end - drawn;
    commands_.push_back(part);
    drawn = end;
  };
  for (unsigned i = 0; i + 6 <= command.ElemCount;) {
    const ImDrawVert* corner = large_rectangle(vertices, indices + i, white);
    if (!corner) {
      i += 3;
      continue;
    }
    draw_until(i);
    drawn = i += 6;
    const ImVec2 origin = frame.DisplayPos;
    const ImVec4 clip = command.ClipRect;
    const PixelSpan x = pixels_between(std::max(corner[0].pos.x, clip.x) - origin.x,
                                       std::min(corner[2].pos.x, clip.z) - origin.x, scale.x);
    const PixelSpan y = pixels_between(std::max(corner[0].pos.y, clip.y) - origin.y,
                                       std::min(corner[2].pos.y, clip.w) - origin.y, scale.y);
    if (x.begin >= x.end || y.begin >= y.end) continue;
    const ImVec4 color = ImGui::ColorConvertU32ToFloat4(corner[0].col);
    clears_.push_back(
        {x.begin, height - y.end, x.end - x.begin, y.end - y.begin, {color.x, color.y, color.z, 1}});
    append_callback(command, &OpaqueParts::do_clear, clears_.size() - 1);
  }
  draw_until(command.ElemCount);
}

void OpaqueParts::rewrite(ImDrawList& list, const ImDrawData& frame, ImTextureID picture) {
  commands_.resize(0);
  for (const ImDrawCmd& command : list.CmdBuffer) {
    if (command.UserCallback || command.ElemCount == 0) {
      commands_.push_back(command);
    } else if (picture && command.TextureId == picture) {
      append_callback(command, &OpaqueParts::blend, 0);
      commands_.push_back(command);
      append_callback(command, &OpaqueParts::blend, 1);
    } else {
      split(list, frame, command);
    }
  }
  list.CmdBuffer.swap(commands_);
}

void OpaqueParts::take_out(ImDrawData& frame, ImTextureID picture) {
  clears_.clear();
  for (int i = 0; i < frame.CmdListsCount; ++i) rewrite(*frame.CmdLists[i], frame, picture);
  // Only now do they stay where they are.
  for (int i = 0; i < frame.CmdListsCount; ++i) {
    for (ImDrawCmd& command : frame.CmdLists[i]->CmdBuffer) {
      if (command.UserCallback == &OpaqueParts::do_clear)
        command.UserCallbackData = &clears_[reinterpret_cast<std::size_t>(command.UserCallbackData)];
    }
  }
}

}  // namespace headscope
