#include "core/activation.h"

#include <cmath>

#include "core/kernels/kernels.h"
#include "core/types.h"

namespace headscope {
namespace {

constexpr float kSqrtHalf = 0.70710678118654752f;
constexpr float kInvSqrtTwoPi = 0.39894228040143268f;
constexpr float kSqrtTwoOverPi = 0.79788456080286536f;
constexpr float kGeluCubic = 0.044715f;

float sigmoid(float x) {
  return 1.0f / (1.0f + std::exp(-x));
}

}  // namespace

float activate(Activation activation, float x) {
  switch (activation) {
    case Activation::None:
      return x;
    case Activation::Relu:
      return x > 0.0f ? x : 0.0f;
    case Activation::GeluErf:
      return 0.5f * x * (1.0f + std::erf(x * kSqrtHalf));
    case Activation::GeluTanh:
      return 0.5f * x * (1.0f + std::tanh(kSqrtTwoOverPi * (x + kGeluCubic * x * x * x)));
    case Activation::Silu:
      return x * sigmoid(x);
  }
  return x;
}

float activation_slope(Activation activation, float x) {
  switch (activation) {
    case Activation::None:
      return 1.0f;
    case Activation::Relu:
      return x > 0.0f ? 1.0f : 0.0f;
    case Activation::GeluErf:
      return 0.5f * (1.0f + std::erf(x * kSqrtHalf)) + x * kInvSqrtTwoPi * std::exp(-0.5f * x * x);
    case Activation::GeluTanh: {
      const float t = std::tanh(kSqrtTwoOverPi * (x + kGeluCubic * x * x * x));
      const float inner_slope = kSqrtTwoOverPi * (1.0f + 3.0f * kGeluCubic * x * x);
      return 0.5f * (1.0f + t) + 0.5f * x * (1.0f - t * t) * inner_slope;
    }
    case Activation::Silu: {
      const float s = sigmoid(x);
      return s * (1.0f + x * (1.0f - s));
    }
  }
  return 1.0f;
}

void activate(Activation activation, float* values, std::ptrdiff_t n) {
  kernels::table().activate(activation, values, n);
}

void activate_gated(Activation activation, float* gate, const float* up, std::ptrdiff_t n) {
  activate(activation, gate, n);
  Eigen::Map<Eigen::ArrayXf>(gate, n) *= Eigen::Map<const Eigen::ArrayXf>(up, n);
}

}  // namespace headscope
