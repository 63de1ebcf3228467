// A rounded rectangle between two end states, 6 texels a box (render/opengl/box_buffer.cpp writes them); two triangles
// that reach half a pixel past its edge.
uniform usamplerBuffer boxes;
uniform int highlighted;  // index of the box under the mouse, or -1

out vec2 position;            // device pixels from the centre
flat out vec2 half_size;
flat out vec2 shape;          // corner radius, border; device pixels
flat out vec4 fill, stroke;   // linear light, premultiplied

void main() {
  int box = gl_VertexID / 6, corner = gl_VertexID % 6;
  vec2 side = vec2(corner == 1 || corner == 2 || corner == 4 ? 1.0 : -1.0,
                   corner == 2 || corner == 4 || corner == 5 ? 1.0 : -1.0);
  int at = box * 6;
  vec4 span = uintBitsToFloat(texelFetch(boxes, at + 5));
  float u = progress(span.x, span.y);
  vec4 rect = mix(uintBitsToFloat(texelFetch(boxes, at)), uintBitsToFloat(texelFetch(boxes, at + 1)), u);
  vec4 shapes = uintBitsToFloat(texelFetch(boxes, at + 2));
  uvec4 from_colors = texelFetch(boxes, at + 3), to_colors = texelFetch(boxes, at + 4);
  vec4 inside = mix(unpack_color(from_colors.xy), unpack_color(to_colors.xy), u);
  vec4 line = mix(unpack_color(from_colors.zw), unpack_color(to_colors.zw), u);
  half_size = 0.5 * rect.zw * px;
  shape = mix(shapes.xy, shapes.zw, u) * px;
  shape.x = min(shape.x, min(half_size.x, half_size.y));
  if (box == highlighted) {
    inside = vec4(mix(inside.rgb, vec3(0.5), 0.25), max(inside.a, 0.2));
    line.a = max(line.a, 0.9);
    shape.y = max(shape.y, 1.5);
  }
  fill = linear_premultiplied(inside);
  stroke = linear_premultiplied(line);
  position = side * (half_size + 0.5);
  bool unseen = (inside.a <= 0.0 && (line.a <= 0.0 || shape.y <= 0.0)) || rect.z <= 0.0 || rect.w <= 0.0;
  gl_Position = unseen ? vec4(2.0, 2.0, 2.0, 1.0)
                       : clip_from_device(device_from_scene(rect.xy + 0.5 * rect.zw) + position);
}
