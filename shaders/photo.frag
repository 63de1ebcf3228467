// A picture: sRGB with straight alpha, decoded by the sampler, so that it is mixed in linear light. Made small it is
// averaged by the texture's levels, made larger it is smooth; where each of its pixels covers many, they are squares with
// blended edges, so that what a small model sees is seen as it is.
uniform sampler2D picture;
uniform ivec2 cells;  // columns, rows of pixels
uniform float opacity;
in vec2 at;
flat in vec2 size;
out vec4 pixel;

const float SQUARES_FROM = 6.0;  // device pixels a pixel of the picture

void main() {
  vec2 each = size / vec2(cells);
  vec2 t = at / each - 0.5, first = floor(t), part = t - first;
  if (min(each.x, each.y) >= SQUARES_FROM) part = clamp((part - 0.5) * each + 0.5, 0.0, 1.0);
  vec4 c = texture(picture, (first + part + 0.5) / vec2(cells));
  vec2 inside = clamp(at + 0.5, 0.0, 1.0) * clamp(size - at + 0.5, 0.0, 1.0);
  pixel = vec4(c.rgb * c.a, c.a) * (opacity * inside.x * inside.y);
}
