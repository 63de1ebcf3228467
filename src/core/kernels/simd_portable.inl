// Eight floats in plain arrays, for processors this program has no special code for; compilers turn the loops
// into whatever vectors there are. Included inside an anonymous namespace by one .cpp file.

constexpr int kLanes = 8;
struct Vec {
  float lane[kLanes];
};

template <class F>
inline Vec each(F f) {
  Vec v;
  for (int i = 0; i < kLanes; ++i) v.lane[i] = f(i);
  return v;
}
inline Vec broadcast(float x) {
  return each([=](int) { return x; });
}
inline Vec zero() {
  return broadcast(0.0f);
}
inline Vec load(const float* p) {
  return each([=](int i) { return p[i]; });
}
inline float float_of_bits(unsigned bits) {
  float value;
  __builtin_memcpy(&value, &bits, sizeof value);
  return value;
}
/// Half-precision numbers, widened.
inline Vec load_f16(const unsigned short* p) {
  return each([=](int i) {
    const unsigned half = p[i], sign = (half & 0x8000u) << 16, rest = half & 0x7FFFu;
    if (rest >= 0x7C00u) return float_of_bits(sign | 0x7F800000u | (rest & 0x3FFu) << 13);
    // A float with the same exponent field is 2^112 times too small, also where that field is 0.
    return float_of_bits(sign | rest << 13) * 0x1p112f;
  });
}
/// bfloat16 numbers, widened: the upper half of a float.
inline Vec load_bf16(const unsigned short* p) {
  return each([=](int i) { return float_of_bits(static_cast<unsigned>(p[i]) << 16); });
}
inline void store(float* p, const Vec& v) {
  for (int i = 0; i < kLanes; ++i) p[i] = v.lane[i];
}
/// The first n ≤ 8 lanes; the others are 0 and their memory is not touched.
inline Vec load_first(const float* p, int n) {
  return each([=](int i) { return i < n ? p[i] : 0.0f; });
}
inline void store_first(float* p, int n, const Vec& v) {
  for (int i = 0; i < n; ++i) p[i] = v.lane[i];
}
/// v in lanes [first, last), `other` elsewhere.
inline Vec keep_lanes(const Vec& v, int first, int last, const Vec& other) {
  return each([&](int i) { return i >= first && i < last ? v.lane[i] : other.lane[i]; });
}
/// v where the byte of its lane is not 0, `other` elsewhere. Reads n ≤ 8 bytes.
inline Vec keep_where(const Vec& v, const unsigned char* visible, int n, const Vec& other) {
  return each([&](int i) { return i < n && visible[i] ? v.lane[i] : other.lane[i]; });
}
inline Vec add(const Vec& a, const Vec& b) {
  return each([&](int i) { return a.lane[i] + b.lane[i]; });
}
inline Vec sub(const Vec& a, const Vec& b) {
  return each([&](int i) { return a.lane[i] - b.lane[i]; });
}
inline Vec mul(const Vec& a, const Vec& b) {
  return each([&](int i) { return a.lane[i] * b.lane[i]; });
}
inline Vec div(const Vec& a, const Vec& b) {
  return each([&](int i) { return a.lane[i] / b.lane[i]; });
}
/// a * b + c; rounded once where the processor can, and always the same way.
inline Vec fma(const Vec& a, const Vec& b, const Vec& c) {
#if defined(__FMA__) || defined(__ARM_FEATURE_FMA)
  return each([&](int i) { return __builtin_fmaf(a.lane[i], b.lane[i], c.lane[i]); });
#else
  return each([&](int i) { return a.lane[i] * b.lane[i] + c.lane[i]; });
#endif
}
/// NaN in b stays NaN.
inline Vec max(const Vec& a, const Vec& b) {
  return each([&](int i) { return a.lane[i] > b.lane[i] ? a.lane[i] : b.lane[i]; });
}
inline Vec min(const Vec& a, const Vec& b) {
  return each([&](int i) { return a.lane[i] < b.lane[i] ? a.lane[i] : b.lane[i]; });
}
inline Vec round_to_int(const Vec& v) {
  return each([&](int i) { return __builtin_rintf(v.lane[i]); });
}
/// v * 2^n for whole n in [-300, 300].
inline Vec times_power_of_two(const Vec& v, const Vec& n) {
  return each([&](int i) { return __builtin_ldexpf(v.lane[i], static_cast<int>(n.lane[i])); });
}
inline Vec abs(const Vec& v) {
  return each([&](int i) { return __builtin_fabsf(v.lane[i]); });
}
/// |magnitude| with the sign of `sign`.
inline Vec with_sign(const Vec& magnitude, const Vec& sign) {
  return each([&](int i) { return __builtin_copysignf(magnitude.lane[i], sign.lane[i]); });
}
/// a < b ? x : y
inline Vec where_less(const Vec& a, const Vec& b, const Vec& x, const Vec& y) {
  return each([&](int i) { return a.lane[i] < b.lane[i] ? x.lane[i] : y.lane[i]; });
}
inline float sum_lanes(const Vec& v) {
  float sum = 0.0f;
  for (float x : v.lane) sum += x;
  return sum;
}
inline float max_lanes(const Vec& v) {
  float top = v.lane[0];
  for (float x : v.lane) top = x > top ? x : top;
  return top;
}
/// Into the second-level cache.
inline void prefetch(const char* p) {
  __builtin_prefetch(p, 0, 2);
}
inline void stream(float* p, const Vec& v) {
  store(p, v);
}
inline void end_of_streams() {}

/// to[i * 8 + j] = from[j * stride + i]: eight rows of eight floats become columns.
inline void transpose_block(const float* from, long stride, float* to) {
  for (int i = 0; i < kLanes; ++i) {
    for (int j = 0; j < kLanes; ++j) to[i * kLanes + j] = from[j * stride + i];
  }
}
