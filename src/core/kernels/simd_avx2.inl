// Eight floats in an AVX register, with FMA. Included inside an anonymous namespace by one .cpp file.

using Vec = __m256;
constexpr int kLanes = 8;

inline Vec zero() {
  return _mm256_setzero_ps();
}
inline Vec broadcast(float x) {
  return _mm256_set1_ps(x);
}
inline Vec load(const float* p) {
  return _mm256_loadu_ps(p);
}
/// Eight half-precision numbers, widened.
inline Vec load_f16(const unsigned short* p) {
  return _mm256_cvtph_ps(_mm_loadu_si128(reinterpret_cast<const __m128i*>(p)));
}
/// Eight bfloat16 numbers, widened: the upper half of a float.
inline Vec load_bf16(const unsigned short* p) {
  const __m128i bits = _mm_loadu_si128(reinterpret_cast<const __m128i*>(p));
  return _mm256_castsi256_ps(_mm256_slli_epi32(_mm256_cvtepu16_epi32(bits), 16));
}
inline void store(float* p, Vec v) {
  _mm256_storeu_ps(p, v);
}
/// The first n ≤ 8 lanes; the others are 0 and their memory is not touched.
inline __m256i first_lanes(int n) {
  return _mm256_cmpgt_epi32(_mm256_set1_epi32(n), _mm256_setr_epi32(0, 1, 2, 3, 4, 5, 6, 7));
}
inline Vec load_first(const float* p, int n) {
  return _mm256_maskload_ps(p, first_lanes(n));
}
inline void store_first(float* p, int n, Vec v) {
  _mm256_maskstore_ps(p, first_lanes(n), v);
}
/// v in lanes [first, last), `other` elsewhere.
inline Vec keep_lanes(Vec v, int first, int last, Vec other) {
  const __m256i mask = _mm256_andnot_si256(first_lanes(first), first_lanes(last));
  return _mm256_blendv_ps(other, v, _mm256_castsi256_ps(mask));
}
/// v where the byte of its lane is not 0, `other` elsewhere. Reads n ≤ 8 bytes.
inline Vec keep_where(Vec v, const unsigned char* visible, int n, Vec other) {
  alignas(32) int mask[8] = {};
  for (int i = 0; i < n; ++i) mask[i] = visible[i] ? -1 : 0;
  const __m256i bits = _mm256_load_si256(reinterpret_cast<const __m256i*>(mask));
  return _mm256_blendv_ps(other, v, _mm256_castsi256_ps(bits));
}
inline Vec add(Vec a, Vec b) {
  return _mm256_add_ps(a, b);
}
inline Vec sub(Vec a, Vec b) {
  return _mm256_sub_ps(a, b);
}
inline Vec mul(Vec a, Vec b) {
  return _mm256_mul_ps(a, b);
}
inline Vec div(Vec a, Vec b) {
  return _mm256_div_ps(a, b);
}
/// a * b + c
inline Vec fma(Vec a, Vec b, Vec c) {
  return _mm256_fmadd_ps(a, b, c);
}
/// NaN in b stays NaN.
inline Vec max(Vec a, Vec b) {
  return _mm256_max_ps(a, b);
}
inline Vec min(Vec a, Vec b) {
  return _mm256_min_ps(a, b);
}
inline Vec round_to_int(Vec v) {
  return _mm256_round_ps(v, _MM_FROUND_TO_NEAREST_INT | _MM_FROUND_NO_EXC);
}
/// v * 2^n for whole n in [-252, 252]: two steps, so that results below the normal numbers do not jump to 0.
inline Vec times_power_of_two(Vec v, Vec n) {
  const __m256i whole = _mm256_cvtps_epi32(n);
  const __m256i half = _mm256_srai_epi32(whole, 1);
  const __m256i rest = _mm256_sub_epi32(whole, half);
  const __m256i one = _mm256_set1_epi32(127);
  const Vec a = _mm256_castsi256_ps(_mm256_slli_epi32(_mm256_add_epi32(half, one), 23));
  const Vec b = _mm256_castsi256_ps(_mm256_slli_epi32(_mm256_add_epi32(rest, one), 23));
  return _mm256_mul_ps(_mm256_mul_ps(v, a), b);
}
inline Vec abs(Vec v) {
  return _mm256_andnot_ps(_mm256_set1_ps(-0.0f), v);
}
/// |magnitude| with the sign of `sign`.
inline Vec with_sign(Vec magnitude, Vec sign) {
  const Vec bit = _mm256_set1_ps(-0.0f);
  return _mm256_or_ps(_mm256_andnot_ps(bit, magnitude), _mm256_and_ps(bit, sign));
}
/// a < b ? x : y
inline Vec where_less(Vec a, Vec b, Vec x, Vec y) {
  return _mm256_blendv_ps(y, x, _mm256_cmp_ps(a, b, _CMP_LT_OQ));
}
inline float sum_lanes(Vec v) {
  __m128 s = _mm_add_ps(_mm256_castps256_ps128(v), _mm256_extractf128_ps(v, 1));
  s = _mm_add_ps(s, _mm_movehl_ps(s, s));
  return _mm_cvtss_f32(_mm_add_ss(s, _mm_shuffle_ps(s, s, 1)));
}
inline float max_lanes(Vec v) {
  __m128 s = _mm_max_ps(_mm256_castps256_ps128(v), _mm256_extractf128_ps(v, 1));
  s = _mm_max_ps(s, _mm_movehl_ps(s, s));
  return _mm_cvtss_f32(_mm_max_ss(s, _mm_shuffle_ps(s, s, 1)));
}
/// Into the second-level cache.
inline void prefetch(const char* p) {
  _mm_prefetch(p, _MM_HINT_T1);
}
inline void stream(float* p, Vec v) {
  _mm256_stream_ps(p, v);
}
inline void end_of_streams() {
  _mm_sfence();
}

/// to[i * 8 + j] = from[j * stride + i]: eight rows of eight floats become columns.
inline void transpose_block(const float* from, long stride, float* to) {
  __m256 r[8], t[8];
  for (int i = 0; i < 8; ++i) r[i] = _mm256_loadu_ps(from + i * stride);
  for (int i = 0; i < 8; i += 2) {
    t[i] = _mm256_unpacklo_ps(r[i], r[i + 1]);
    t[i + 1] = _mm256_unpackhi_ps(r[i], r[i + 1]);
  }
  for (int i = 0; i < 8; i += 4) {
    for (int j = 0; j < 2; ++j) {
      const __m256d a = _mm256_castps_pd(t[i + j]), b = _mm256_castps_pd(t[i + j + 2]);
      r[i + 2 * j] = _mm256_castpd_ps(_mm256_unpacklo_pd(a, b));
      r[i + 2 * j + 1] = _mm256_castpd_ps(_mm256_unpackhi_pd(a, b));
    }
  }
  for (int c = 0; c < 4; ++c) {
    _mm256_storeu_ps(to + 8 * c, _mm256_permute2f128_ps(r[c], r[4 + c], 0x20));
    _mm256_storeu_ps(to + 8 * (4 + c), _mm256_permute2f128_ps(r[c], r[4 + c], 0x31));
  }
}
