// How much of a pixel a ribbon covers: the overlap of the pixel with the band, so that a band of any thickness sums to
// that thickness and one thinner than a pixel fades instead of breaking up.
noperspective in vec4 color;
noperspective in vec4 edge;
flat in float caps;
out vec4 pixel;

void main() {
  float half_width = edge.w, past = max(edge.y, edge.z);
  float most = min(1.0, 2.0 * half_width);
  float rounded = clamp(half_width + 0.5 - length(vec2(edge.x, max(past, 0.0))), 0.0, most);
  float butt = clamp(half_width + 0.5 - abs(edge.x), 0.0, most) * clamp(0.5 - past, 0.0, 1.0);
  pixel = color * mix(butt, rounded, caps);
}
