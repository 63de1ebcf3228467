#include "core/onednn_product.h"

#if defined(HEADSCOPE_HAS_ONEDNN)
#include <array>
#include <cstring>
#include <map>
#include <oneapi/dnnl/dnnl.hpp>
#include <string>

#if defined(__unix__) || defined(__APPLE__)
#include <dlfcn.h>
#endif
#endif

namespace headscope {

#if defined(HEADSCOPE_HAS_ONEDNN)
namespace {

using Shape = std::array<dnnl::memory::dim, 5>;  // rows, inputs, outputs, x_stride, y_stride

/// A product of one shape, made once a thread: making it compiles code.
struct Product {
  dnnl::matmul run;
  dnnl::memory x, weights, y;
  bool usable = false;
};

/// libgomp reads its environment when it is loaded, so the number of threads is set from each thread that
/// calls.
void use_one_openmp_thread() {
#if defined(__unix__) || defined(__APPLE__)
  using SetThreads = void (*)(int);
  if (auto set = reinterpret_cast<SetThreads>(dlsym(RTLD_DEFAULT, "omp_set_num_threads"))) set(1);
#endif
}

struct ThreadState {
  dnnl::engine engine;
  dnnl::stream stream;
  std::map<Shape, Product> products;

  ThreadState() {
    use_one_openmp_thread();
    engine = dnnl::engine(dnnl::engine::kind::cpu, 0);
    stream = dnnl::stream(engine);
  }
};

dnnl::matmul::primitive_desc describe(const dnnl::engine& engine, const dnnl::memory::desc& x,
                                      const dnnl::memory::desc& weights, const dnnl::memory::desc& y,
                                      const dnnl::primitive_attr& attr) {
#if DNNL_VERSION_MAJOR >= 3
  return {engine, x, weights, y, attr};
#else
  return {dnnl::matmul::desc(x, weights, y), attr, engine};
#endif
}

Product make_product(const dnnl::engine& engine, const Shape& shape) {
  using Desc = dnnl::memory::desc;
  constexpr auto kFloat = dnnl::memory::data_type::f32;
  const auto [n_rows, n_in, n_out, x_stride, y_stride] = shape;
  const Desc x({n_rows, n_in}, kFloat, {x_stride, 1});
  const Desc weights({n_in, n_out}, kFloat, dnnl::memory::format_tag::BA16a64b);
  const Desc y({n_rows, n_out}, kFloat, {y_stride, 1});
  dnnl::post_ops sum;
  sum.append_sum(1.0f);
  dnnl::primitive_attr attr;
  attr.set_post_ops(sum);

  Product product;
  const auto description = describe(engine, x, weights, y, attr);
  // Without code for this layout there is a reference loop, a hundred times slower.
  product.usable = std::strncmp(description.impl_info_str(), "brg", 3) == 0;
  product.run = dnnl::matmul(description);
  product.x = dnnl::memory(x, engine, nullptr);
  product.weights = dnnl::memory(weights, engine, nullptr);
  product.y = dnnl::memory(y, engine, nullptr);
  return product;
}

/// What the product is added to.
void start_sums(const kernels::LinearTask& task) {
  for (int row = 0; row < task.n_rows; ++row) {
    float* y = task.y + row * task.y_stride;
    for (int column = 0; column < task.n_out; ++column) {
      y[column] = task.accumulate ? y[column] + task.bias[column] : task.bias[column];
    }
  }
}

}  // namespace

bool multiply_by_onednn(const kernels::LinearTask& task) {
  static_assert(kernels::kPanelWidth == 64);
  if (task.storage != WeightStorage::F32 || task.n_in % 16 != 0 || task.n_rows == 0) return false;
  try {
    thread_local ThreadState state;
    const Shape shape{task.n_rows, task.n_in, task.n_out, task.x_stride, task.y_stride};
    auto found = state.products.find(shape);
    if (found == state.products.end())
      found = state.products.emplace(shape, make_product(state.engine, shape)).first;
    Product& product = found->second;
    if (!product.usable) return false;

    start_sums(task);
    product.x.set_data_handle(const_cast<float*>(task.x));
    product.weights.set_data_handle(const_cast<void*>(task.panels));
    product.y.set_data_handle(task.y);
    product.run.execute(
        state.stream,
        {{DNNL_ARG_SRC, product.x}, {DNNL_ARG_WEIGHTS, product.weights}, {DNNL_ARG_DST, product.y}});
    state.stream.wait();
  } catch (const dnnl::error&) {
    return false;
  }
  for (int row = 0; row < task.n_rows; ++row) {
    kernels::table().activate(task.activation, task.y + row * task.y_stride, task.n_out);
  }
  return true;
}

#else

bool multiply_by_onednn(const kernels::LinearTask&) {
  return false;
}

#endif

}  // namespace headscope
