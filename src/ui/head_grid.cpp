#include <algorithm>
#include <cmath>
#include <numeric>

#include "ui/ui_state.h"

namespace headscope {

namespace {

constexpr const char* kSortNames[] = {"layer", "entropy", "distance", "first token", "previous token"};
constexpr float kSmallestTile = 9, kLargestTile = 34, kGap = 4, kSmallestGap = 2;

float sort_value(const UiHeadTile& tile, HeadSort sort) {
  switch (sort) {
    case HeadSort::Entropy:
      return tile.metrics.entropy_bits;
    case HeadSort::Distance:
      return tile.metrics.mean_distance;
    case HeadSort::First:
      return tile.metrics.first_token;
    case HeadSort::Previous:
      return tile.metrics.previous_token;
    case HeadSort::Layer:
      break;
  }
  return 0;
}

// Where the tiles of the grid stand, in the order of `order`.
struct Grid {
  int columns = 1, rows_per_layer = 1;
  float tile = 0, gap = 0, label = 0, pitch = 0;
  std::vector<int> order;
  bool by_layer = true;
};

Grid arrange(const PanelContext& panel, HeadSort sort, float width) {
  const UiFrame& frame = panel.frame;
  Grid grid;
  grid.by_layer = sort == HeadSort::Layer;
  grid.label = grid.by_layer ? panel.dp(26) : 0;
  const float room = width - grid.label;
  const auto fit = [&](float gap, float tile) {
    return std::max(1, static_cast<int>((room + panel.dp(gap)) / (panel.dp(tile) + panel.dp(gap))));
  };
  // A layer is one row if it can be: tiles move together before they break into rows of even length.
  const bool roomy = frame.n_heads <= fit(kGap, 1.4f * kSmallestTile);
  grid.gap = panel.dp(roomy ? kGap : kSmallestGap);
  const int most = fit(roomy ? kGap : kSmallestGap, kSmallestTile);
  grid.rows_per_layer = (std::max(1, frame.n_heads) + most - 1) / most;
  grid.columns = (std::max(1, frame.n_heads) + grid.rows_per_layer - 1) / grid.rows_per_layer;
  grid.tile = std::floor((room + grid.gap) / static_cast<float>(grid.columns)) - grid.gap;
  grid.tile = std::clamp(grid.tile, 4.0f, panel.dp(kLargestTile));
  grid.pitch = grid.tile + panel.dp(frame.n_layers * grid.rows_per_layer > 8 ? 11 : 22);
  grid.order.resize(frame.heads.size());
  std::iota(grid.order.begin(), grid.order.end(), 0);
  if (!grid.by_layer) {
    std::stable_sort(grid.order.begin(), grid.order.end(), [&](int a, int b) {
      return sort_value(frame.heads[static_cast<std::size_t>(a)], sort) >
             sort_value(frame.heads[static_cast<std::size_t>(b)], sort);
    });
  }
  return grid;
}

ImVec2 tile_position(const Grid& grid, const UiFrame& frame, int place, float x, float y) {
  int row = place / grid.columns, column = place % grid.columns;
  if (grid.by_layer) {
    const int head = place % frame.n_heads;
    row = place / frame.n_heads * grid.rows_per_layer + head / grid.columns;
    column = head % grid.columns;
  }
  return {x + grid.label + static_cast<float>(column) * (grid.tile + grid.gap),
          y + static_cast<float>(row) * grid.pitch};
}

// Paints every head's matrix into the atlas at exactly the texels it will cover on screen.
void paint_pictures(const UiFrame& frame, Atlas& atlas, int pixels) {
  const int per_row = std::max(1, atlas.picture_width() / (pixels + 1));
  std::array<std::uint32_t, 256> colors{};
  // What is hardly attended to sinks into the panel: zero is the background in every colour map.
  constexpr float kGround = 0.14f;  // of the square root of a weight
  const ImU32 ground = ui_theme(frame.document->view.theme).background;
  for (int i = 0; i < 256; ++i)
    colors[static_cast<std::size_t>(i)] =
        mix(ground, to_imgui(frame.matrix_color(static_cast<float>(i) / 255)),
            std::min(1.0f, static_cast<float>(i) / 255 / kGround));
  int bottom = 0;
  for (int index = 0; index < static_cast<int>(frame.heads.size()); ++index) {
    const UiHeadTile& tile = frame.heads[static_cast<std::size_t>(index)];
    const int x0 = index % per_row * (pixels + 1), y0 = index / per_row * (pixels + 1);
    if (y0 + pixels > atlas.picture_height()) break;
    bottom = y0 + pixels;
    for (int y = 0; y < pixels; ++y) {
      const std::span<std::uint32_t> row = atlas.picture_row(y0 + y);
      for (int x = 0; x < pixels; ++x) {
        float value = 0;
        if (tile.rows > 0 && tile.cols > 0) {
          value = tile.grid[static_cast<std::size_t>(y * tile.rows / pixels * tile.cols +
                                                     x * tile.cols / pixels)];
        }
        row[static_cast<std::size_t>(x0 + x)] =
            colors[static_cast<std::size_t>(std::clamp(std::sqrt(value), 0.0f, 1.0f) * 255 + 0.5f)];
      }
    }
  }
  if (bottom > 0) atlas.picture_changed({0, 0, atlas.picture_width(), bottom});
}

std::vector<HeadRef> dragged_heads(const Grid& grid, const UiFrame& frame, int from, int to) {
  std::vector<HeadRef> heads;
  if (!grid.by_layer) {
    for (int place = std::min(from, to); place <= std::max(from, to); ++place) {
      heads.push_back(
          frame.heads[static_cast<std::size_t>(grid.order[static_cast<std::size_t>(place)])].head);
    }
  } else {
    const auto layers = std::minmax({from / frame.n_heads, to / frame.n_heads});
    const auto columns = std::minmax({from % frame.n_heads, to % frame.n_heads});
    for (int layer = layers.first; layer <= layers.second; ++layer) {
      for (int head = columns.first; head <= columns.second; ++head) heads.push_back({layer, head});
    }
  }
  std::sort(heads.begin(), heads.end());
  return heads;
}

std::string describe(const UiHeadTile& tile, int n_sharing) {
  const int first = tile.head.head / std::max(1, n_sharing) * n_sharing;
  const std::string shared = n_sharing < 2
                                 ? ""
                                 : " · heads " + std::to_string(first) + " to " +
                                       std::to_string(first + n_sharing - 1) + " share keys and values";
  return "Layer " + std::to_string(tile.head.layer) + ", head " + std::to_string(tile.head.head) +
         " · entropy " + number(tile.metrics.entropy_bits, 2) + " bits · mean distance " +
         number(tile.metrics.mean_distance, 1) + " tokens" + shared +
         ". Click shows it, Shift adds it, a drag takes several.";
}

}  // namespace

bool handle_grid_key(UiState& state, const UiFrame& frame, std::string_view chord, UiOutput& out) {
  const int n = static_cast<int>(frame.heads.size()), columns = std::max(1, frame.n_heads);
  if (state.grid_cursor < 0 || n == 0) return false;
  const int at = std::clamp(state.grid_cursor, 0, n - 1);
  const HeadRef head = frame.heads[static_cast<std::size_t>(at)].head;
  int to = at;
  if (chord == "Left") to = at - 1;
  if (chord == "Right") to = at + 1;
  if (chord == "Up") to = at - columns;
  if (chord == "Down") to = at + columns;
  if (to != at) {
    if (to >= 0 && to < n) state.grid_cursor = to;
  } else if (chord == "Space") {
    out.commands.push_back(Action{ToggleHead{head}});
  } else if (chord == "Enter") {
    out.commands.push_back(Action{SelectHead{head}});
  } else if (chord == "Escape" || chord == "G") {
    state.grid_cursor = -1;
  } else {
    return chord == "Left" || chord == "Right" || chord == "Up" || chord == "Down";
  }
  return true;
}

void draw_part_choice(PanelContext& panel, const Area& area, float& y) {
  caption(panel, area.x, y + panel.dp(8), "ATTENTION OF");
  y += panel.dp(24);
  const int now = static_cast<int>(panel.frame.document->selection.part);
  if (const int i =
          segments(panel, "part", area.x, y, area.width, panel.dp(26), {"encoder", "decoder", "cross"}, now);
      i >= 0) {
    panel.command(Action{SetPart{static_cast<ShownPart>(i)}});
  }
  y += panel.dp(42);
}

void draw_head_grid(PanelContext& panel, UiState& state, Atlas& atlas, const Area& area, float& y) {
  const UiFrame& frame = panel.frame;
  Painter& paint = panel.paint;
  const UiTheme& theme = panel.theme();
  caption(panel, area.x, y + panel.dp(8), "HEADS");
  {
    const auto sort = static_cast<std::size_t>(state.preferences.sort);
    const std::string text = std::string("sort: ") + kSortNames[sort];
    const float s = panel.dp(3.5f), width = paint.width(text, kSmall) + panel.dp(14);
    const Touch t = touch("sort", area.right() - width, y - panel.dp(2), width, panel.dp(20));
    const ImU32 ink = t.hovered ? theme.text : theme.secondary;
    paint.text(area.right() - width, y + panel.dp(8), text, kSmall, ink);
    const float ax = area.right() - panel.dp(4), ay = y + panel.dp(8);
    paint.triangle({ax - s, ay - s / 2}, {ax + s, ay - s / 2}, {ax, ay + s / 2 + 1}, ink);
    if (t.clicked) state.preferences.sort = static_cast<HeadSort>((sort + 1) % std::size(kSortNames));
    tip(panel, t.hovered, "Click to order the heads by another measure");
  }
  y += panel.dp(26);
  if (frame.heads.empty() || frame.n_heads <= 0) return;

  const Grid grid = arrange(panel, state.preferences.sort, area.width);
  const float density = ImGui::GetIO().DisplayFramebufferScale.x;
  const int pixels = std::max(4, static_cast<int>(grid.tile * density));
  const ViewOptions& view = frame.document->view;
  if (state.tiles_revision != frame.heads_revision || state.tiles_pixels != pixels ||
      state.tiles_colors != view.matrix_colors || state.tiles_theme != view.theme) {
    paint_pictures(frame, atlas, pixels);
    state.tiles_revision = frame.heads_revision;
    state.tiles_pixels = pixels;
    state.tiles_colors = view.matrix_colors;
    state.tiles_theme = view.theme;
  }
  const int per_row = std::max(1, atlas.picture_width() / (pixels + 1));
  const int pictures = std::max(0, (atlas.picture_height() - pixels) / (pixels + 1) + 1) * per_row;
  const std::vector<HeadRef>& selected = frame.document->selection.heads;
  const bool shift = ImGui::GetIO().KeyShift || ImGui::GetIO().KeyCtrl;
  std::vector<HeadRef> dragged;
  if (state.drag_from >= 0 && state.drag_to >= 0 && state.drag_from != state.drag_to) {
    dragged = dragged_heads(grid, frame, state.drag_from, state.drag_to);
  }

  const ImVec2 mouse = ImGui::GetIO().MousePos;
  float bottom = y;
  for (int place = 0; place < static_cast<int>(grid.order.size()); ++place) {
    const int index = grid.order[static_cast<std::size_t>(place)];
    const UiHeadTile& tile = frame.heads[static_cast<std::size_t>(index)];
    const ImVec2 at = tile_position(grid, frame, place, area.x, y);
    bottom = std::max(bottom, at.y + grid.pitch);
    if (at.y > paint.list()->GetClipRectMax().y || at.y + grid.pitch < paint.list()->GetClipRectMin().y)
      continue;
    if (grid.by_layer && tile.head.head == 0) {
      paint.text(area.x + panel.dp(18), at.y + grid.tile / 2, "L" + std::to_string(tile.head.layer),
                 kMonoSmall, theme.secondary, Align::Right);
    }
    ImGui::PushID(index);
    const Touch t = touch("head", at.x, at.y, grid.tile, grid.tile + panel.dp(6));
    ImGui::PopID();
    const bool over = mouse.x >= at.x && mouse.x < at.x + grid.tile + grid.gap && mouse.y >= at.y &&
                      mouse.y < at.y + grid.pitch;
    if (t.hovered && ImGui::GetIO().MouseClicked[0]) state.drag_from = place;
    if (state.drag_from >= 0 && over && state.drag_to != place) {
      state.drag_to = place;
      panel.out.redraw = true;  // the tiles between are lit in the next frame
    }

    const bool on = dragged.empty() ? std::binary_search(selected.begin(), selected.end(), tile.head)
                                    : std::binary_search(dragged.begin(), dragged.end(), tile.head);
    const UiColor color = frame.head_color(tile.head);
    if (index < pictures) {
      const auto u = static_cast<float>(index % per_row * (pixels + 1)),
                 v = static_cast<float>(index / per_row * (pixels + 1));
      const auto size = static_cast<float>(pixels);
      const float x0 = std::round(at.x), y0 = std::round(at.y);
      ImDrawList* draw = paint.list();
      draw->PrimReserve(6, 4);
      draw->PrimRectUV({x0, y0}, {x0 + size / density, y0 + size / density}, atlas.picture_uv(u, v),
                       atlas.picture_uv(u + size, v + size),
                       with_alpha(IM_COL32_WHITE, on || t.hovered ? 1.0f : 0.8f));
    }
    const float bar = at.y + grid.tile + panel.dp(3);
    paint.fill(at.x, bar, at.x + grid.tile, bar + panel.dp(3), to_imgui(color, on ? 1 : 0.45f),
               panel.dp(1.5f));
    // Heads that read the same keys and values hang on one line.
    const int sharing = frame.n_sharing, in_group = tile.head.head % std::max(1, sharing);
    if (grid.by_layer && sharing > 1) {
      const bool goes_on = in_group + 1 < sharing && (tile.head.head + 1) % grid.columns != 0;
      const float line = at.y + grid.tile + panel.dp(8), end = at.x + grid.tile + (goes_on ? grid.gap : 0);
      paint.fill(at.x, line, end, line + std::max(1.0f, panel.dp(1.5f)), theme.secondary);
    }
    if (on || t.hovered) {
      const float out = panel.dp(1.5f);
      paint.frame(at.x - out, at.y - out, at.x + grid.tile + out, at.y + grid.tile + out,
                  on ? to_imgui(color) : theme.secondary, panel.dp(3), on ? 2 : 1);
    }
    if (index == state.grid_cursor) {
      const float out = panel.dp(3.5f);
      paint.frame(at.x - out, at.y - out, at.x + grid.tile + out, at.y + grid.tile + out, theme.accent,
                  panel.dp(4), std::max(1.0f, panel.dp(1.5f)));
    }
    if (state.drag_from < 0) tip(panel, t.hovered, describe(tile, frame.n_sharing));
  }

  if (state.drag_from >= 0 && !ImGui::GetIO().MouseDown[0]) {
    const HeadRef from =
        frame.heads[static_cast<std::size_t>(grid.order[static_cast<std::size_t>(state.drag_from)])].head;
    if (!dragged.empty())
      panel.command(Action{SelectHeads{dragged}});
    else if (shift)
      panel.command(Action{ToggleHead{from}});
    else
      panel.command(Action{SelectHead{from}});
    state.drag_from = state.drag_to = -1;
  }
  y = bottom;
}

}  // namespace headscope
