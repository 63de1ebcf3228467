// exp and its relatives on vectors. Included inside an anonymous namespace after one of the simd_….inl files.

/// e^x to 2 units in the last place. Below -110 it is exactly 0, above 88.7 infinite; NaN stays NaN.
inline Vec exp(Vec x) {
  x = max(broadcast(-110.0f), x);
  x = min(broadcast(89.0f), x);  // in this order NaN comes through
  const Vec n = round_to_int(mul(x, broadcast(1.44269504088896341f)));
  // x - n ln 2, with ln 2 in two parts so that the difference keeps all its digits.
  Vec r = fma(n, broadcast(-0.693359375f), x);
  r = fma(n, broadcast(2.12194440e-4f), r);
  // The remainder's polynomial on [-ln 2 / 2, ln 2 / 2], as in Cephes.
  Vec p = broadcast(1.9875691500e-4f);
  p = fma(p, r, broadcast(1.3981999507e-3f));
  p = fma(p, r, broadcast(8.3334519073e-3f));
  p = fma(p, r, broadcast(4.1665795894e-2f));
  p = fma(p, r, broadcast(1.6666665459e-1f));
  p = fma(p, r, broadcast(5.0000001201e-1f));
  p = fma(p, mul(r, r), add(r, broadcast(1.0f)));
  return times_power_of_two(p, n);
}

/// x / (1 + e^-x).
inline Vec silu(Vec x) {
  return div(x, add(broadcast(1.0f), exp(sub(zero(), x))));
}

inline Vec tanh(Vec x) {
  const Vec size = abs(x);
  const Vec e = exp(add(size, size));
  const Vec large = sub(broadcast(1.0f), div(broadcast(2.0f), add(e, broadcast(1.0f))));
  // Near 0 the difference above loses digits; the odd series keeps them (Cephes, |x| < 0.625).
  const Vec s = mul(x, x);
  Vec p = broadcast(-5.70498872745e-3f);
  p = fma(p, s, broadcast(2.06390887954e-2f));
  p = fma(p, s, broadcast(-5.37397155531e-2f));
  p = fma(p, s, broadcast(1.33314422036e-1f));
  p = fma(p, s, broadcast(-3.33332819422e-1f));
  const Vec small = fma(mul(p, s), x, x);
  return where_less(size, broadcast(0.625f), small, with_sign(large, x));
}

/// 0.5 x (1 + tanh(√(2/π) (x + 0.044715 x³))), written as x σ(2 u), which keeps its digits for negative x.
inline Vec gelu_tanh(Vec x) {
  const Vec u = mul(x, fma(mul(x, x), broadcast(2.0f * 0.79788456080286536f * 0.044715f),
                           broadcast(2.0f * 0.79788456080286536f)));
  return div(x, add(broadcast(1.0f), exp(sub(zero(), u))));
}

/// x Φ(x) = 0.5 x erfc(-x / √2), with erfc(a) = exp(-a Q(a)) for a in [0, 4]. Q is a least-squares fit of
/// -log(erfc(a)) / a on Chebyshev points, reweighted towards the smallest largest error of erfc: 6e-8.
inline Vec gelu_erf(Vec x) {
  const Vec a = min(broadcast(4.0f), mul(abs(x), broadcast(0.70710678118654752f)));
  Vec q = broadcast(5.51490473e-7f);
  q = fma(q, a, broadcast(-1.18708685e-5f));
  q = fma(q, a, broadcast(1.095837e-4f));
  q = fma(q, a, broadcast(-5.5076112e-4f));
  q = fma(q, a, broadcast(1.43531966e-3f));
  q = fma(q, a, broadcast(1.62058641e-4f));
  q = fma(q, a, broadcast(-1.93925444e-2f));
  q = fma(q, a, broadcast(1.02869853e-1f));
  q = fma(q, a, broadcast(6.36603296e-1f));
  q = fma(q, a, broadcast(1.12838006f));
  const Vec erfc = exp(sub(zero(), mul(q, a)));
  const Vec twice_phi = where_less(x, zero(), erfc, sub(broadcast(2.0f), erfc));
  return mul(mul(x, broadcast(0.5f)), twice_phi);
}

inline Vec activated(Activation activation, Vec x) {
  switch (activation) {
    case Activation::None:
      return x;
    case Activation::Relu:
      return max(zero(), x);
    case Activation::GeluErf:
      return gelu_erf(x);
    case Activation::GeluTanh:
      return gelu_tanh(x);
    case Activation::Silu:
      return silu(x);
  }
  return x;
}

void activate_values(Activation activation, float* values, std::ptrdiff_t n) {
  if (activation == Activation::None) return;
  std::ptrdiff_t i = 0;
  for (; i + kLanes <= n; i += kLanes) store(values + i, activated(activation, load(values + i)));
  const int rest = static_cast<int>(n - i);
  if (rest > 0) store_first(values + i, rest, activated(activation, load_first(values + i, rest)));
}
