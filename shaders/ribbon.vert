// A ribbon: a cubic Bézier band between two end states, bent into a strip of quads here. One draw call has them all:
// the index says ribbon · 128 + step · 2 + side, and the states lie in a buffer texture, 8 texels a ribbon
// (render/opengl/ribbon_buffer.cpp writes them). Order is kept, so blending is.
uniform usamplerBuffer ribbons;
uniform float lit;  // 1 while the highlighted ribbon is drawn once more, on top

noperspective out vec4 color;      // linear light, premultiplied
noperspective out vec4 edge;       // in footprints of a pixel: across the band, past either end, half the thickness
flat out float caps;               // 1 round, 0 butt

vec4 floats(uvec4 words) { return uintBitsToFloat(words); }

void main() {
  int ribbon = gl_VertexID >> 7, step_index = gl_VertexID >> 1 & 63;
  float side = float(gl_VertexID & 1) * 2.0 - 1.0;
  int at = ribbon * 8;
  uvec4 last = texelFetch(ribbons, at + 7);
  vec2 span = uintBitsToFloat(last.xy);
  float u = progress(span.x, span.y);
  int steps = int(last.z & 255u);
  float t = float(step_index) / float(steps);
  if (last.z >= 256u) {  // cuts lie denser at both ends: RibbonCut::dense_ends
    float s = 2.0 * t - 1.0;
    t = 0.5 + 0.5 * sign(s) * pow(abs(s), 2.0 / 3.0);
  }

  vec4 widths = floats(texelFetch(ribbons, at + 4));
  vec2 width = mix(widths.xy, widths.zw, u) * px;
  uvec4 from_colors = texelFetch(ribbons, at + 5), to_colors = texelFetch(ribbons, at + 6);
  vec4 color0 = mix(unpack_color(from_colors.xy), unpack_color(to_colors.xy), u);
  vec4 color3 = mix(unpack_color(from_colors.zw), unpack_color(to_colors.zw), u);
  if (lit > 0.0) {
    width = max(width * 1.15, vec2(1.5));
    color0 = vec4(mix(color0.rgb, vec3(1.0), 0.12), max(color0.a, 0.95));
    color3 = vec4(mix(color3.rgb, vec3(1.0), 0.12), max(color3.a, 0.95));
  }
  // What would change no pixel by half a step costs nothing but this line.
  if (max(color0.a * min(width.x, 1.0), color3.a * min(width.y, 1.0)) < 0.0005) {
    gl_Position = vec4(2.0, 2.0, 2.0, 1.0);
    color = edge = vec4(0.0);
    caps = 0.0;
    return;
  }

  vec4 p01 = mix(floats(texelFetch(ribbons, at)), floats(texelFetch(ribbons, at + 2)), u);
  vec4 p23 = mix(floats(texelFetch(ribbons, at + 1)), floats(texelFetch(ribbons, at + 3)), u);
  vec2 p0 = device_from_scene(p01.xy), p1 = device_from_scene(p01.zw);
  vec2 p2 = device_from_scene(p23.xy), p3 = device_from_scene(p23.zw);
  vec2 a = mix(p0, p1, t), b = mix(p1, p2, t), c = mix(p2, p3, t);
  vec2 ab = mix(a, b, t), bc = mix(b, c, t);
  vec2 center = mix(ab, bc, t), along = bc - ab;
  // Where neighbouring control points meet, the tangent is that of the next ones.
  if (dot(along, along) < 1e-6) along = t < 0.5 ? p2 - p0 : p3 - p1;
  if (dot(along, along) < 1e-6) along = p3 - p0;
  along = dot(along, along) < 1e-6 ? vec2(1.0, 0.0) : normalize(along);

  // A pixel is a square: seen along the band's normal it is `footprint` wide, from 1 (upright) to 1.41 (diagonal).
  // Everything below is measured in that unit, so slanted hairlines keep an even light.
  float footprint = abs(along.x) + abs(along.y);
  float half_width = 0.5 * mix(width.x, width.y, t);
  caps = mix(float(last.w & 0xFFFFu), float(last.w >> 16), u) / 65535.0;
  float reach = half_width + 0.5 * footprint;  // the outermost pixel centre that is covered at all
  float past = mix(0.5 * footprint, reach, caps);
  bool first = step_index == 0, final = step_index == steps;
  if (first) center -= along * past;
  if (final) center += along * past;
  gl_Position = clip_from_device(center + vec2(-along.y, along.x) * side * reach);

  // Past an end the coverage falls; inside, the distance counts as negative, so that it crosses 0 at the end itself.
  float before = first ? past : -distance(center, p0);
  float after = final ? past : -distance(center, p3);
  edge = vec4(side * reach, before, after, half_width) / footprint;
  color = linear_premultiplied(mix(color0, color3, t));
}
