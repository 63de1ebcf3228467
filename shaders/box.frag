// Fill and stroke of a rounded rectangle from its signed distance, in one go.
in vec2 position;
flat in vec2 half_size, shape;
flat in vec4 fill, stroke;
out vec4 pixel;

void main() {
  float radius = shape.x, border = shape.y;
  vec2 q = abs(position) - half_size + radius;
  float outside = length(max(q, 0.0)) + min(max(q.x, q.y), 0.0) - radius;
  float covered = clamp(0.5 - outside, 0.0, 1.0);
  float in_border = border > 0.0 ? clamp(0.5 + outside + border, 0.0, 1.0) * min(1.0, border) : 0.0;
  pixel = (fill + in_border * (stroke - stroke.a * fill)) * covered;
}
