// The window class on a virtual display, which with_display.py starts. Events come from xdotool.
#include <array>
#include <chrono>
#include <cstdlib>
#include <string>
#include <thread>

#include <gtest/gtest.h>
#include <imgui.h>

#include "render/window/window.h"

namespace headscope {
namespace {

std::unique_ptr<Window> window_of(int width, int height) {
  WindowOptions options;
  options.place.width = width;
  options.place.height = height;
  Result<std::unique_ptr<Window>> window = Window::create(options);
  if (!window) {
    ADD_FAILURE() << window.error().message;
    return nullptr;
  }
  // There is no window manager: keys go to the window under the mouse.
  EXPECT_EQ(std::system("xdotool mousemove 150 120"), 0);
  (*window)->poll_events();
  return std::move(*window);
}

/// Handles events until `done`, for at most some seconds.
template <class Done>
bool wait_until(Window& window, Done done) {
  const auto end = std::chrono::steady_clock::now() + std::chrono::seconds(20);
  while (!done()) {
    if (std::chrono::steady_clock::now() > end) return false;
    window.wait_events(0.02);
  }
  return true;
}

void expect_one_color(const Image& image, int red, int green, int blue) {
  ASSERT_EQ(image.rgba.size(),
            static_cast<std::size_t>(image.width) * static_cast<std::size_t>(image.height) * 4);
  for (std::size_t i = 0; i < image.rgba.size(); i += 4) {
    ASSERT_EQ(image.rgba[i], red) << i;
    ASSERT_EQ(image.rgba[i + 1], green) << i;
    ASSERT_EQ(image.rgba[i + 2], blue) << i;
  }
}

TEST(Window, without_a_display_it_says_why_there_is_none) {
  const std::string display = std::getenv("DISPLAY");
  setenv("DISPLAY", ":987", 1);
  const Result<std::unique_ptr<Window>> window = Window::create({});
  setenv("DISPLAY", display.c_str(), 1);
  ASSERT_FALSE(window);
  EXPECT_EQ(window.error().code, ErrorCode::Unavailable);
  EXPECT_FALSE(window.error().message.empty());
  EXPECT_FALSE(window.error().hint.empty());
}

TEST(Window, it_is_as_large_as_it_is_told_and_no_larger_than_its_monitor) {
  auto window = window_of(640, 400);
  ASSERT_TRUE(window);
  EXPECT_EQ(window->framebuffer_size().width, 640);
  EXPECT_EQ(window->framebuffer_size().height, 400);
  EXPECT_EQ(window->place().width, 640);
  EXPECT_EQ(window->place().height, 400);
  EXPECT_FALSE(window->minimized());
  window.reset();  // there is never more than one
  window = window_of(9000, 8000);
  ASSERT_TRUE(window);
  EXPECT_LE(window->framebuffer_size().width, 1280);
  EXPECT_LE(window->framebuffer_size().height, 720);
}

TEST(Window, a_frame_without_panels_is_its_background) {
  const auto window = window_of(320, 240);
  ASSERT_TRUE(window);
  window->begin_frame();
  window->end_frame({1, 0.5f, 0.25f, 1});
  const Result<Image> seen = window->read_pixels();
  ASSERT_TRUE(seen);
  EXPECT_EQ(seen->width, 320);
  EXPECT_EQ(seen->height, 240);
  expect_one_color(*seen, 255, 128, 64);
}

TEST(Window, large_grounds_are_cleared_where_they_lie_and_in_their_order) {
  const auto window = window_of(320, 240);
  ASSERT_TRUE(window);
  for (const float density : {1.0f, 2.0f}) {
    window->begin_frame(density);
    ImDrawList* list = ImGui::GetBackgroundDrawList();
    list->AddRectFilled({10, 20}, {150, 230}, IM_COL32(200, 0, 0, 255));
    list->AddRectFilled({40, 40}, {50, 50}, IM_COL32(0, 0, 255, 255));  // small, between two large ones
    list->AddRectFilled({30, 120}, {200, 200}, IM_COL32(0, 100, 0, 255));
    list->AddRectFilled({30, 150}, {200, 200}, IM_COL32(0, 0, 255, 128));  // can be seen through
    list->PushClipRect({210, 20}, {310, 120});
    list->AddRectFilled({160, 60}, {400, 400}, IM_COL32(250, 250, 0, 255));
    list->PopClipRect();
    const Result<Image> picture = window->end_frame_as_image({0, 0, 0, 1});
    ASSERT_TRUE(picture);
    const auto expect_at = [&](float x, float y, std::array<int, 3> color) {
      const auto row = static_cast<std::size_t>(y * density), column = static_cast<std::size_t>(x * density);
      const std::uint8_t* pixel =
          &picture->rgba[(row * static_cast<std::size_t>(picture->width) + column) * 4];
      for (std::size_t part = 0; part < 3; ++part)
        EXPECT_NEAR(pixel[part], color[part], 1) << x << ' ' << y << " at density " << density;
    };
    expect_at(9, 21, {0, 0, 0});
    expect_at(10, 20, {200, 0, 0});
    expect_at(149, 100, {200, 0, 0});
    expect_at(150, 100, {0, 0, 0});
    expect_at(149, 229, {200, 0, 0});
    expect_at(100, 230, {0, 0, 0});
    expect_at(45, 45, {0, 0, 255});
    expect_at(199, 121, {0, 100, 0});
    expect_at(100, 180, {0, 50, 128});
    expect_at(209, 80, {0, 0, 0});
    expect_at(210, 60, {250, 250, 0});
    expect_at(215, 59, {0, 0, 0});
    expect_at(309, 119, {250, 250, 0});
    expect_at(220, 120, {0, 0, 0});
  }
}

TEST(Window, a_picture_of_twice_the_density_has_twice_the_pixels_a_side) {
  const auto window = window_of(320, 240);
  ASSERT_TRUE(window);
  window->begin_frame(2);
  const Result<Image> picture = window->end_frame_as_image({0, 1, 0, 1});
  ASSERT_TRUE(picture);
  EXPECT_EQ(picture->width, 640);
  EXPECT_EQ(picture->height, 480);
  expect_one_color(*picture, 0, 255, 0);
}

TEST(Window, keys_come_in_order_by_their_chords_and_characters_apart) {
  const auto window = window_of(320, 240);
  ASSERT_TRUE(window);
  ASSERT_EQ(std::system("xdotool key a shift+Right ctrl+shift+z F5 question"), 0);
  std::vector<std::string> chords;
  std::u32string typed;
  EXPECT_TRUE(wait_until(*window, [&] {
    for (const KeyPress& key : window->take_key_presses()) chords.push_back(key.chord);
    for (const char32_t c : window->take_typed()) typed += c;
    return typed.ends_with(U'?');
  }));
  ASSERT_GE(chords.size(), 4u);
  EXPECT_EQ(chords[0], "A");
  EXPECT_EQ(chords[1], "Shift+Right");
  EXPECT_EQ(chords[2], "Ctrl+Shift+Z");
  EXPECT_EQ(chords[3], "F5");
  EXPECT_EQ(typed, U"a?");
  EXPECT_TRUE(window->take_key_presses().empty()) << "each once";
}

TEST(Window, it_asks_for_a_frame_only_when_something_happened) {
  const auto window = window_of(320, 240);
  ASSERT_TRUE(window);
  // What showing it brought along is over once nothing has come for a while.
  wait_until(*window, [&] {
    window->wait_events(0.2);
    return !window->take_needs_redraw();
  });
  const auto begin = std::chrono::steady_clock::now();
  std::thread waker([] {
    std::this_thread::sleep_for(std::chrono::milliseconds(30));
    Window::post_empty_event();
  });
  window->wait_events(20);
  waker.join();
  EXPECT_LT(std::chrono::steady_clock::now() - begin, std::chrono::seconds(15)) << "another thread wakes it";
  EXPECT_FALSE(window->take_needs_redraw()) << "which says nothing about the picture";
  ASSERT_EQ(std::system("xdotool mousemove_relative 7 5"), 0);
  EXPECT_TRUE(wait_until(*window, [&] { return window->take_needs_redraw(); }));
}

TEST(Window, a_key_that_is_let_go_of_and_a_modifier_alone_ask_for_no_frame) {
  const auto window = window_of(320, 240);
  ASSERT_TRUE(window);
  ASSERT_EQ(std::system("xdotool key a"), 0);
  bool drawn = false;
  wait_until(*window, [&] {  // until nothing has come for a while
    window->wait_events(0.2);
    const bool redraw = window->take_needs_redraw();
    drawn = drawn || redraw;
    return drawn && !redraw;
  });
  EXPECT_TRUE(drawn);
  EXPECT_EQ(window->take_key_presses().size(), 1u);
  ASSERT_EQ(std::system("xdotool keydown shift keyup shift"), 0);
  window->wait_events(0.3);
  window->wait_events(0.3);
  EXPECT_FALSE(window->take_needs_redraw());
  EXPECT_TRUE(window->take_key_presses().empty());
}

TEST(Window, the_clipboard_keeps_text_of_any_script_and_length) {
  const auto window = window_of(320, 240);
  ASSERT_TRUE(window);
  for (const std::string& text : {std::string("dog"), std::string("Straße 日本 שלום 🙂\n\ttab"),
                                  std::string(1 << 20, 'x'), std::string()}) {
    window->set_clipboard(text);
    EXPECT_EQ(window->clipboard().size(), text.size());
    EXPECT_TRUE(window->clipboard() == text);
  }
}

TEST(Window, full_screen_and_back_is_where_it_was) {
  const auto window = window_of(400, 300);
  ASSERT_TRUE(window);
  const WindowPlace before = window->place();
  window->set_fullscreen(true);
  EXPECT_TRUE(window->fullscreen());
  EXPECT_TRUE(wait_until(*window, [&] { return window->framebuffer_size().width == 1280; }));
  EXPECT_EQ(window->place().width, 400) << "the place to come back to";
  window->set_fullscreen(false);
  EXPECT_FALSE(window->fullscreen());
  EXPECT_TRUE(wait_until(*window, [&] { return window->framebuffer_size().width == 400; }));
  EXPECT_EQ(window->place().height, before.height);
}

TEST(Window, its_end_is_asked_for_and_can_be_taken_back) {
  const auto window = window_of(320, 240);
  ASSERT_TRUE(window);
  EXPECT_FALSE(window->should_close());
  window->set_should_close(true);
  EXPECT_TRUE(window->should_close());
  window->set_should_close(false);
  EXPECT_FALSE(window->should_close());
}

}  // namespace
}  // namespace headscope
