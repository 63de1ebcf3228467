#pragma once

#include <cmath>

/// Points and colours of the picture. Coordinates are logical pixels of the stage, x right, y down.
namespace headscope {

struct Vec2 {
  float x = 0, y = 0;
  friend Vec2 operator+(Vec2 a, Vec2 b) { return {a.x + b.x, a.y + b.y}; }
  friend Vec2 operator-(Vec2 a, Vec2 b) { return {a.x - b.x, a.y - b.y}; }
  friend Vec2 operator*(float s, Vec2 a) { return {s * a.x, s * a.y}; }
  friend bool operator==(const Vec2&, const Vec2&) = default;
};
inline float length(Vec2 v) {
  return std::hypot(v.x, v.y);
}

struct Rect {
  float x = 0, y = 0, width = 0, height = 0;
  float right() const { return x + width; }
  float bottom() const { return y + height; }
  Vec2 center() const { return {x + width / 2, y + height / 2}; }
  bool contains(Vec2 p) const { return p.x >= x && p.x < right() && p.y >= y && p.y < bottom(); }
  friend bool operator==(const Rect&, const Rect&) = default;
};

/// Straight (not premultiplied) alpha, sRGB-encoded components in [0, 1], as designers write them. The
/// renderer decodes to linear light before it blends.
struct Color {
  float r = 0, g = 0, b = 0, a = 1;
  Color with_alpha(float alpha) const { return {r, g, b, alpha}; }
  friend bool operator==(const Color&, const Color&) = default;
};

/// Color from 0xRRGGBB.
constexpr Color rgb(unsigned hex, float alpha = 1) {
  return {static_cast<float>(hex >> 16 & 255) / 255, static_cast<float>(hex >> 8 & 255) / 255,
          static_cast<float>(hex & 255) / 255, alpha};
}

}  // namespace headscope
