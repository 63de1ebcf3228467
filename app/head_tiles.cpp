#include "head_tiles.h"

#include <chrono>
#include <utility>

#include "panel_frame.h"

namespace headscope {

namespace {

constexpr int kLargestTile = 40;                              // cells a side
constexpr auto kBetweenNews = std::chrono::milliseconds(50);  // each is a frame of the window

}  // namespace

HeadTiles::HeadTiles(std::function<void()> wake) : wake_(std::move(wake)) {}

void HeadTiles::show(const TracePtr& trace, std::vector<UiHeadTile>& tiles) {
  const auto n_heads = static_cast<std::size_t>(trace->shape.n_heads);
  const std::size_t n_tiles = static_cast<std::size_t>(trace->shape.n_layers) * n_heads;
  if (tiles.size() != n_tiles || trace->model_instance != model_ || trace->part != part_) {
    model_ = trace->model_instance;
    part_ = trace->part;
    made_of_.assign(n_tiles, nullptr);
    tiles.assign(n_tiles, {});
    for (std::size_t i = 0; i < n_tiles; ++i)
      tiles[i].head = {static_cast<int>(i / n_heads), static_cast<int>(i % n_heads)};
  }
  std::vector<std::size_t> missing;
  for (std::size_t i = 0; i < n_tiles && i / n_heads < trace->layers.size(); ++i) {
    const AttentionLayerPtr& layer = trace->layers[i / n_heads];
    if (layer && layer != made_of_[i]) missing.push_back(i);
  }
  n_missing_ = missing.size();
  std::uint64_t number = 0;
  {
    const std::lock_guard lock(shared_->mutex);
    number = ++shared_->latest;
    shared_->finished.clear();
  }
  if (missing.empty()) return;
  worker_.post([trace, missing = std::move(missing), number, shared = shared_, wake = wake_](
                   const std::stop_token& stop) { make(*trace, missing, number, *shared, wake, stop); });
}

void HeadTiles::make(const AttentionTrace& trace, const std::vector<std::size_t>& missing,
                     std::uint64_t number, Shared& shared, const std::function<void()>& wake,
                     const std::stop_token& stop) {
  const auto n_heads = static_cast<std::size_t>(trace.shape.n_heads);
  auto told = std::chrono::steady_clock::now();
  for (const std::size_t index : missing) {
    {
      const std::lock_guard lock(shared.mutex);
      if (stop.stop_requested() || shared.latest != number) return;
    }
    const HeadRef head{static_cast<int>(index / n_heads), static_cast<int>(index % n_heads)};
    Finished one{index, trace.layers[index / n_heads], head_tile(trace, head, kLargestTile)};
    {
      const std::lock_guard lock(shared.mutex);
      if (shared.latest != number) return;
      shared.finished.push_back(std::move(one));
    }
    const auto now = std::chrono::steady_clock::now();
    if (!wake || (now - told < kBetweenNews && index != missing.back())) continue;
    told = now;
    wake();
  }
}

bool HeadTiles::take(std::vector<UiHeadTile>& tiles) {
  std::vector<Finished> finished;
  {
    const std::lock_guard lock(shared_->mutex);
    finished.swap(shared_->finished);
  }
  for (Finished& one : finished) {
    tiles[one.index] = std::move(one.tile);
    made_of_[one.index] = std::move(one.layer);
  }
  n_missing_ -= finished.size();
  return !finished.empty();
}

bool HeadTiles::has_news() const {
  const std::lock_guard lock(shared_->mutex);
  return !shared_->finished.empty();
}

}  // namespace headscope
