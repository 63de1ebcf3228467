// A picture as a textured rectangle.
uniform vec4 rect;  // x, y, width, height; scene coordinates
out vec2 at;        // device pixels from the rectangle's corner
flat out vec2 size; // of the rectangle, device pixels

void main() {
  vec2 side = vec2(gl_VertexID & 1, gl_VertexID >> 1);
  vec2 origin = device_from_scene(rect.xy);
  size = rect.zw * px;
  vec2 p = mix(origin - 0.5, origin + size + 0.5, side);
  at = p - origin;
  gl_Position = clip_from_device(p);
}
