#include "viewer/layout_worker.h"

#include <algorithm>
#include <chrono>
#include <utility>

namespace headscope {

namespace {

LayoutPtr build(const LayoutInputs& inputs, FontLibrary& fonts, double& ms) {
  const auto begin = std::chrono::steady_clock::now();
  Stage stage;
  stage.width = inputs.width;
  stage.height = inputs.height;
  stage.ui_scale = inputs.ui_scale;
  stage.fonts = &fonts;
  stage.identities = inputs.identities.get();
  stage.footer = inputs.footer;
  stage.notice = inputs.notice;
  auto layout = std::make_shared<const Layout>(build_layout(inputs.document, *inputs.trace, stage));
  ms = std::chrono::duration<double, std::milli>(std::chrono::steady_clock::now() - begin).count();
  return layout;
}

bool same_layers(const LayoutInputs& a, const LayoutInputs& b) {
  if (a.trace == b.trace) return true;
  if (a.trace->layers.size() != b.trace->layers.size() || a.trace->n_tokens() != b.trace->n_tokens() ||
      a.trace->n_keys() != b.trace->n_keys() || a.trace->part != b.trace->part)
    return false;
  if (a.trace->model_name != b.trace->model_name || a.trace->text != b.trace->text) return false;
  return std::all_of(
      a.document.selection.heads.begin(), a.document.selection.heads.end(), [&](const HeadRef& head) {
        const auto layer = static_cast<std::size_t>(head.layer);
        return layer < a.trace->layers.size() && a.trace->layers[layer] == b.trace->layers[layer];
      });
}

}  // namespace

bool look_equal(const LayoutInputs& a, const LayoutInputs& b) {
  const bool same_identities =
      a.identities == b.identities || (a.identities && b.identities && *a.identities == *b.identities);
  return a.document == b.document && same_identities && a.width == b.width && a.height == b.height &&
         a.ui_scale == b.ui_scale && a.footer == b.footer && a.notice == b.notice && same_layers(a, b);
}

double layout_cost(const LayoutInputs& inputs) {
  return double{1} * inputs.trace->n_tokens() * inputs.trace->n_keys() *
         static_cast<double>(inputs.document.selection.heads.size());
}

LayoutWorker::LayoutWorker(FontLibrary& fonts, std::function<void()> wake)
    : fonts_(fonts), wake_(std::move(wake)) {}

LayoutPtr LayoutWorker::request(const LayoutInputs& inputs) {
  const double cost = layout_cost(inputs);
  std::uint64_t number = 0;
  {
    const std::lock_guard lock(shared_->mutex);
    number = ++shared_->latest;
    shared_->layout = nullptr;
  }
  pending_ = 0;
  if (cost * ms_per_cost_ < kInlineMs) {
    double ms = 0;
    LayoutPtr layout = build(inputs, fonts_, ms);
    // Small layouts say more about fonts than about connections.
    if (cost > 2000) ms_per_cost_ = 0.5 * ms_per_cost_ + 0.5 * ms / cost;
    return layout;
  }
  pending_ = number;
  pending_cost_ = cost;
  worker_.post([inputs, number, shared = shared_, wake = wake_, &fonts = fonts_](std::stop_token) {
    {
      const std::lock_guard lock(shared->mutex);
      if (shared->latest != number) return;
    }
    double ms = 0;
    LayoutPtr layout = build(inputs, fonts, ms);
    {
      const std::lock_guard lock(shared->mutex);
      if (shared->latest != number) return;
      shared->layout = std::move(layout);
      shared->done = number;
      shared->ms = ms;
    }
    if (wake) wake();
  });
  return nullptr;
}

LayoutPtr LayoutWorker::make(const LayoutInputs& inputs) const {
  double ms = 0;
  return build(inputs, fonts_, ms);
}

LayoutPtr LayoutWorker::poll() {
  if (!pending_) return nullptr;
  const std::unique_lock lock(shared_->mutex, std::try_to_lock);
  if (!lock || shared_->done != pending_) return nullptr;
  pending_ = 0;
  ms_per_cost_ = 0.5 * ms_per_cost_ + 0.5 * shared_->ms / pending_cost_;
  return std::exchange(shared_->layout, nullptr);
}

LayoutPtr LayoutWorker::wait() {
  if (!pending_) return nullptr;
  worker_.drain();
  LayoutPtr layout = poll();
  while (pending_ && !layout) layout = poll();
  return layout;
}

}  // namespace headscope
