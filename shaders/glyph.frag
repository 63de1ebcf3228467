// Ink where the atlas has coverage.
uniform sampler2D atlas;
uniform vec2 atlas_size;
noperspective in vec2 texel;
flat in vec4 color;
flat in float contrast;
out vec4 pixel;

void main() {
  float coverage = texture(atlas, texel / atlas_size).r;
  // Dark ink gains a little weight, light ink none: both then look as thick as their outlines.
  coverage = mix(1.0 - (1.0 - coverage) * (1.0 - coverage * 0.9), coverage, clamp(contrast * 2.0, 0.0, 1.0));
  pixel = color * coverage;
}
