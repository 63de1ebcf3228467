// Ink where the atlas has coverage. Filtered by hand: where a glyph lies in the atlas, and what lies beside it, depends on
// what was drawn before, and must not reach the picture by a rounding.
uniform sampler2D atlas;
noperspective in vec2 texel;
flat in ivec4 source;  // where the bitmap lies in the atlas, and its size
flat in vec4 color;
flat in float contrast;
out vec4 pixel;

float ink(ivec2 at) {
  bool inside = all(greaterThanEqual(at, ivec2(0))) && all(lessThan(at, source.zw));
  return inside ? texelFetch(atlas, source.xy + at, 0).r : 0.0;
}

void main() {
  vec2 at = texel - 0.5;
  ivec2 cell = ivec2(floor(at));
  vec2 share = at - vec2(cell);
  float coverage = mix(mix(ink(cell), ink(cell + ivec2(1, 0)), share.x),
                       mix(ink(cell + ivec2(0, 1)), ink(cell + ivec2(1, 1)), share.x), share.y);
  // Dark ink gains a little weight, light ink none: both then look as thick as their outlines.
  coverage = mix(1.0 - (1.0 - coverage) * (1.0 - coverage * 0.9), coverage, clamp(contrast * 2.0, 0.0, 1.0));
  pixel = color * coverage;
}
