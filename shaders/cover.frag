// One colour over everything: how a picture that is being recomputed steps back.
uniform vec4 cover;  // linear light, premultiplied
out vec4 pixel;
void main() { pixel = cover; }
