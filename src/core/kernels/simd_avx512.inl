// Sixteen floats in an AVX-512 register. Included inside an anonymous namespace by one .cpp file.

using Vec = __m512;
constexpr int kLanes = 16;

inline Vec zero() {
  return _mm512_setzero_ps();
}
inline Vec broadcast(float x) {
  return _mm512_set1_ps(x);
}
inline Vec load(const float* p) {
  return _mm512_loadu_ps(p);
}
/// Sixteen half-precision numbers, widened.
inline Vec load_f16(const unsigned short* p) {
  return _mm512_cvtph_ps(_mm256_loadu_si256(reinterpret_cast<const __m256i*>(p)));
}
/// Sixteen bfloat16 numbers, widened: the upper half of a float.
inline Vec load_bf16(const unsigned short* p) {
  const __m256i bits = _mm256_loadu_si256(reinterpret_cast<const __m256i*>(p));
  return _mm512_castsi512_ps(_mm512_slli_epi32(_mm512_cvtepu16_epi32(bits), 16));
}
inline void store(float* p, Vec v) {
  _mm512_storeu_ps(p, v);
}
/// The first n ≤ 16 lanes; the others are 0 and their memory is not touched.
inline __mmask16 first_lanes(int n) {
  return static_cast<__mmask16>((1u << n) - 1u);
}
inline Vec load_first(const float* p, int n) {
  return _mm512_maskz_loadu_ps(first_lanes(n), p);
}
inline void store_first(float* p, int n, Vec v) {
  _mm512_mask_storeu_ps(p, first_lanes(n), v);
}
/// v in lanes [first, last), `other` elsewhere.
inline Vec keep_lanes(Vec v, int first, int last, Vec other) {
  const auto mask = static_cast<__mmask16>(first_lanes(last) & ~first_lanes(first));
  return _mm512_mask_blend_ps(mask, other, v);
}
/// v where the byte of its lane is not 0, `other` elsewhere. Reads n ≤ 16 bytes.
inline Vec keep_where(Vec v, const unsigned char* visible, int n, Vec other) {
  unsigned mask = 0;
  for (int i = 0; i < n; ++i) mask |= static_cast<unsigned>(visible[i] != 0) << i;
  return _mm512_mask_blend_ps(static_cast<__mmask16>(mask), other, v);
}
inline Vec add(Vec a, Vec b) {
  return _mm512_add_ps(a, b);
}
inline Vec sub(Vec a, Vec b) {
  return _mm512_sub_ps(a, b);
}
inline Vec mul(Vec a, Vec b) {
  return _mm512_mul_ps(a, b);
}
inline Vec div(Vec a, Vec b) {
  return _mm512_div_ps(a, b);
}
/// a * b + c
inline Vec fma(Vec a, Vec b, Vec c) {
  return _mm512_fmadd_ps(a, b, c);
}
/// NaN in b stays NaN.
inline Vec max(Vec a, Vec b) {
  return _mm512_max_ps(a, b);
}
inline Vec min(Vec a, Vec b) {
  return _mm512_min_ps(a, b);
}
inline Vec round_to_int(Vec v) {
  return _mm512_roundscale_ps(v, _MM_FROUND_TO_NEAREST_INT | _MM_FROUND_NO_EXC);
}
/// v * 2^n for whole n in [-300, 300].
inline Vec times_power_of_two(Vec v, Vec n) {
  return _mm512_scalef_ps(v, n);
}
inline Vec abs(Vec v) {
  return _mm512_abs_ps(v);
}
/// |magnitude| with the sign of `sign`.
inline Vec with_sign(Vec magnitude, Vec sign) {
  const __m512i bit = _mm512_set1_epi32(static_cast<int>(0x80000000u));
  return _mm512_castsi512_ps(
      _mm512_ternarylogic_epi32(bit, _mm512_castps_si512(sign), _mm512_castps_si512(magnitude), 0xCA));
}
/// a < b ? x : y
inline Vec where_less(Vec a, Vec b, Vec x, Vec y) {
  return _mm512_mask_blend_ps(_mm512_cmp_ps_mask(a, b, _CMP_LT_OQ), y, x);
}
inline float sum_lanes(Vec v) {
  return _mm512_reduce_add_ps(v);
}
inline float max_lanes(Vec v) {
  return _mm512_reduce_max_ps(v);
}
/// Into the second-level cache.
inline void prefetch(const char* p) {
  _mm_prefetch(p, _MM_HINT_T1);
}
inline void stream(float* p, Vec v) {
  _mm512_stream_ps(p, v);
}
inline void end_of_streams() {
  _mm_sfence();
}

/// to[i * 16 + j] = from[j * stride + i]: sixteen rows of sixteen floats become columns.
inline void transpose_block(const float* from, long stride, float* to) {
  __m512 r[16], t[16];
  for (int i = 0; i < 16; ++i) r[i] = _mm512_loadu_ps(from + i * stride);
  for (int i = 0; i < 16; i += 2) {
    t[i] = _mm512_unpacklo_ps(r[i], r[i + 1]);
    t[i + 1] = _mm512_unpackhi_ps(r[i], r[i + 1]);
  }
  for (int i = 0; i < 16; i += 4) {
    for (int j = 0; j < 2; ++j) {
      const __m512d a = _mm512_castps_pd(t[i + j]), b = _mm512_castps_pd(t[i + j + 2]);
      r[i + 2 * j] = _mm512_castpd_ps(_mm512_unpacklo_pd(a, b));
      r[i + 2 * j + 1] = _mm512_castpd_ps(_mm512_unpackhi_pd(a, b));
    }
  }
  // r[4g + c], lane quarter q: column 4q + c of rows 4g … 4g + 3.
  for (int c = 0; c < 4; ++c) {
    const __m512 a = _mm512_shuffle_f32x4(r[c], r[4 + c], 0x88),
                 b = _mm512_shuffle_f32x4(r[8 + c], r[12 + c], 0x88);
    const __m512 d = _mm512_shuffle_f32x4(r[c], r[4 + c], 0xDD),
                 e = _mm512_shuffle_f32x4(r[8 + c], r[12 + c], 0xDD);
    _mm512_storeu_ps(to + 16 * c, _mm512_shuffle_f32x4(a, b, 0x88));
    _mm512_storeu_ps(to + 16 * (8 + c), _mm512_shuffle_f32x4(a, b, 0xDD));
    _mm512_storeu_ps(to + 16 * (4 + c), _mm512_shuffle_f32x4(d, e, 0x88));
    _mm512_storeu_ps(to + 16 * (12 + c), _mm512_shuffle_f32x4(d, e, 0xDD));
  }
}
