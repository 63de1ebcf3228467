// One glyph of a label: 3 texels of its own and 3 of its label (render/opengl/label_buffer.cpp writes both).
uniform samplerBuffer glyphs;
uniform usamplerBuffer labels;

noperspective out vec2 texel;     // of the bitmap
flat out ivec4 source;            // x, y, width, height in the atlas
flat out vec4 color;              // linear light, premultiplied
flat out float contrast;

void main() {
  int glyph = gl_VertexID / 6, corner = gl_VertexID % 6;
  vec2 side = vec2(corner == 1 || corner == 2 || corner == 4 ? 1.0 : 0.0,
                   corner == 2 || corner == 4 || corner == 5 ? 1.0 : 0.0);
  vec4 place = texelFetch(glyphs, glyph * 3);       // x, y in em; label; phase: quarter pixels the bitmap is shifted by
  vec4 bitmap = texelFetch(glyphs, glyph * 3 + 1);  // left, top, width, height in pixels
  vec4 made = texelFetch(glyphs, glyph * 3 + 2);    // atlas x, y; pixels per em it was made at
  int at = int(place.z) * 3;
  vec4 states = uintBitsToFloat(texelFetch(labels, at));          // origins
  vec4 sizes = uintBitsToFloat(texelFetch(labels, at + 1));       // sizes, begin, end
  uvec4 colors = texelFetch(labels, at + 2);
  float u = progress(sizes.z, sizes.w);
  vec2 origin = device_from_scene(mix(states.xy, states.zw, u));
  float em = mix(sizes.x, sizes.y, u) * px;
  vec4 ink = mix(unpack_color(colors.xy), unpack_color(colors.zw), u);
  vec2 pen = origin + place.xy * em - vec2(place.w, 0.0);
  // At rest the bitmap lands on whole pixels; on the way it glides between them.
  float scale = em / made.z;
  bool resting = (u <= 0.0 || u >= 1.0 || states.xy == states.zw) && abs(scale - 1.0) < 0.02;
  if (resting) {
    scale = 1.0;
    pen = floor(pen + 0.5);
  }
  vec2 corner_px = pen + vec2(bitmap.x, -bitmap.y) * scale + side * bitmap.zw * scale;
  texel = side * bitmap.zw;
  source = ivec4(made.xy, bitmap.zw);
  color = linear_premultiplied(ink);
  // Coverage blends in linear light, where light strokes on dark look heavier than dark ones on light.
  contrast = dot(decode_srgb(ink.rgb), vec3(0.2126, 0.7152, 0.0722));
  gl_Position = ink.a <= 0.002 ? vec4(2.0, 2.0, 2.0, 1.0) : clip_from_device(corner_px);
}
