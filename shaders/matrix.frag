// Values through a colour map. Where a pixel covers several values it shows their maximum (levels of the texture hold
// maxima), so that a lone spike stays; where a value covers several pixels, its edge is blended.
uniform sampler2D values;
uniform sampler2D palette;  // 256 colours; sRGB, decoded by the sampler
uniform ivec2 cells;        // columns, rows
uniform int top_level;
uniform float opacity;
uniform vec4 tint;          // sRGB, straight alpha
uniform int use_tint;       // 1: the tint with alpha = value, instead of the palette
in vec2 at;
flat in vec2 size;
out vec4 pixel;

float value(ivec2 cell, int level) {
  return texelFetch(values, clamp(cell, ivec2(0), max(cells >> level, ivec2(1)) - 1), level).r;
}

// The value, and whether there is one: negative ones are masked and leave the ground free.
vec2 seen(float v) { return vec2(max(v, 0.0), step(0.0, v)); }

void main() {
  vec2 per_pixel = vec2(cells) / size;                 // values a pixel covers, each way
  vec2 low = (at - 0.5) * per_pixel, high = (at + 0.5) * per_pixel;
#ifdef LARGE_CELLS  // at least two pixels to a value
  ivec2 cell = ivec2(floor(low));
  vec2 edge = vec2(cell + 1);
  vec2 share = clamp((high - edge) / per_pixel, 0.0, 1.0);
  ivec2 next = ivec2(min(vec2(cell + 1), vec2(cells - 1))), first = max(cell, ivec2(0));
  vec2 v = mix(mix(seen(value(first, 0)), seen(value(ivec2(next.x, first.y), 0)), share.x),
               mix(seen(value(ivec2(first.x, next.y), 0)), seen(value(next, 0)), share.x), share.y);
#else
  float widest = max(per_pixel.x, per_pixel.y);
  int level = clamp(int(ceil(log2(max(widest, 1.0)))), 0, top_level);
  ivec2 a = max(ivec2(floor(low)), ivec2(0)) >> level;
  ivec2 b = min(ivec2(ceil(high)) - 1, cells - 1) >> level;
  vec2 v = seen(max(max(value(a, level), value(b, level)),
                    max(value(ivec2(a.x, b.y), level), value(ivec2(b.x, a.y), level))));
#endif
  v.x = clamp(v.x, 0.0, 1.0);
  vec2 inside = clamp(at + 0.5, 0.0, 1.0) * clamp(size - at + 0.5, 0.0, 1.0);
  vec4 c = use_tint == 1 ? linear_premultiplied(vec4(tint.rgb, tint.a * v.x))
                         : vec4(texture(palette, vec2((v.x * 255.0 + 0.5) / 256.0, 0.5)).rgb, 1.0);
  pixel = c * (v.y * opacity * inside.x * inside.y);
}
