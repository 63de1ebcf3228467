#pragma once

#include <imgui.h>

#include <array>
#include <vector>

namespace headscope {

/// Makes a frame of panels cheap where the driver is software: there ImGui's one shader spends most of a
/// frame on sampling the same white texel for every pixel of a ground, and on blending it over what nobody
/// will see. Large rectangles of one opaque colour become clears, and a picture that is opaque is drawn
/// without blending. What comes out is the same, in the same order.
class OpaqueParts {
 public:
  /// Rewrites the commands of a frame. The result holds until the next call.
  ///   picture  a texture without transparency; null: none
  void take_out(ImDrawData& frame, ImTextureID picture);

 private:
  struct Clear {
    int x = 0, y = 0, width = 0, height = 0;  ///< device pixels, from the lower left
    std::array<float, 4> color{};
  };
  static void do_clear(const ImDrawList*, const ImDrawCmd* command);
  static void blend(const ImDrawList*, const ImDrawCmd* command);
  void rewrite(ImDrawList& list, const ImDrawData& frame, ImTextureID picture);
  /// Appends the command, its rectangles as clears.
  void split(const ImDrawList& list, const ImDrawData& frame, const ImDrawCmd& command);
  void append_callback(const ImDrawCmd& like, ImDrawCallback callback, std::size_t data);

  std::vector<Clear> clears_;
  ImVector<ImDrawCmd> commands_;
};

}  // namespace headscope
