// Shared by every stage; the program puts it behind the #version line.

uniform float mix_time;   // Scene::mix: transition time in [0, 1], before easing
uniform vec2 offset;      // Camera::offset, logical pixels
uniform float px;         // device pixels per logical pixel: zoom · scale
uniform vec2 tile;        // device pixel at the target's top left corner
uniform vec2 viewport;    // size of the target, device pixels

// The same line as ease() in scene/scene.h.
float ease(float u) { u = clamp(u, 0.0, 1.0); return u * u * (3.0 - 2.0 * u); }

// Where a tween stands now, in [0, 1].
float progress(float begin, float end) {
  return end > begin ? ease((mix_time - begin) / (end - begin)) : step(begin, mix_time);
}

// sRGB-encoded, straight alpha -> linear light, premultiplied.
vec3 decode_srgb(vec3 c) {
  c = clamp(c, 0.0, 1.0);
  return mix(c / 12.92, pow((c + 0.055) / 1.055, vec3(2.4)), step(0.04045, c));
}
vec4 linear_premultiplied(vec4 c) { return vec4(decode_srgb(c.rgb) * c.a, c.a); }

// Four 16-bit parts of one colour, packed in two words.
vec4 unpack_color(uvec2 c) {
  return vec4(c.x & 0xFFFFu, c.x >> 16, c.y & 0xFFFFu, c.y >> 16) / 65535.0;
}

// Device pixels (y down, row 0 first) -> clip space. Row 0 of the target is the top of the picture.
vec4 clip_from_device(vec2 p) { return vec4((p - tile) / viewport * 2.0 - 1.0, 0.0, 1.0); }
vec2 device_from_scene(vec2 p) { return (p - offset) * px; }
