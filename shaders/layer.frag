// Ribbons that were drawn without the driver (render/raster): their light, pixel by pixel.
uniform sampler2D light;  // premultiplied, linear
uniform ivec2 corner;     // pixel of the target at the layer's top left one
out vec4 pixel;

void main() { pixel = texelFetch(light, ivec2(gl_FragCoord.xy) - corner, 0); }
