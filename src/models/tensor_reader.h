#pragma once

#include <atomic>
#include <functional>
#include <memory>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <vector>

#include "base/first_error.h"
#include "base/result.h"
#include "core/linear_packer.h"
#include "core/thread_pool.h"
#include "io/tensor_source.h"
#include "models/family.h"
#include "models/load_options.h"
#include "models/transformer_params.h"

namespace headscope {

/// What the readers of one checkpoint share.
struct LoadWatch {
  LoadWatch(std::shared_ptr<const TensorSource> source, ThreadPool& pool, const LoadOptions& options);
  /// Called once for each tensor that is asked for. Errors: Cancelled.
  Status begin(const std::string& name, const TensorView* tensor);

  /// Pages of the file that have been read are the system's again: the
  /// parameters are in memory by now.
  void let_go();

  ThreadPool& pool;
  const LoadOptions& options;
  std::shared_ptr<const TensorSource> keep;  ///< layers that are read as they are used keep the file open
  std::shared_ptr<FirstError> fault;         ///< with WeightReading::AsUsed; else null
  std::set<std::string> used;                ///< names of all tensors that were asked for
  std::vector<const TensorView*> touched;    ///< since the last let_go
  double n_bytes = 0, n_done = 0;
};

/// Reads tensor after tensor of one stack under its family's names, and keeps
/// the first fault, so that the caller asks for all of them and checks once.
/// What is read after a fault is empty.
class TensorReader {
 public:
  /// All arguments must outlive the reader.
  TensorReader(const TensorSource& source, const TransformerConfig& config, const TensorNames& names,
               LoadWatch& watch);

  const Status& status() const { return status_; }
  /// A name of the table as the file writes it, without ".weight".
  std::string name(const std::string& stem, int layer = -1) const;
  /// The name that the file has for the token embedding; "" when the stack reads no tokens.
  std::string token_embedding_name() const;

  /// A tensor where it lies in the file. Errors: as TensorSource::require;
  /// Cancelled; Unsupported.
  Result<TensorView> tensor(const std::string& full_name, const TensorShape& shape);
  /// The numbers of a tensor, in `copy` where they cannot be used in place.
  std::span<const float> numbers(const std::string& full_name, const TensorShape& shape,
                                 std::vector<float>& copy);
  Vector vector(const std::string& full_name, int n);
  /// An empty stem stands for a norm that the family does not have.
  NormParams norm(const std::string& stem, int layer, int n);
  NormParams norm_in_full(const std::string& full, int n);
  /// Rows stay in the file until they are looked up; the table keeps the file open.
  ///   read_elsewhere  the same tensor becomes a layer too, which looks for numbers that are not finite
  EmbeddingTable embedding(const std::string& full_name, int n_rows, int width, bool read_elsewhere);

  /// Layers that read the same input become one: their outputs side by side, in the order of `parts`.
  struct Part {
    std::string stem;
    int n_out;
    bool bias = true;  ///< false: zeros, although the others have one
  };
  PackedLinear linear(const std::vector<Part>& parts, int layer, int n_in, bool has_bias);
  PackedLinear linear_in_full(const std::string& full, int n_in, int n_out);

  /// A layer with the weights of one tensor.   bias  [n_out] or null
  PackedLinear linear_of(const std::string& full_name, int n_in, int n_out, WeightLayout layout,
                         const float* bias);

  /// A layer that reads these tensors as it is used.
  PackedLinear stored(std::vector<TensorView> tensors, int n_in, int n_out, WeightStorage storage,
                      WeightLayout layout, const float* bias) const;

  /// A layer whose weights are those of the named tensors: as narrow as all of them are in the file, or as
  /// `precision` says.
  PackedLinear pack(std::span<const float> weights, int n_out, int n_in, WeightLayout layout,
                    const float* bias, std::span<const std::string> full_names) const;

  /// Two tensors of the file that must hold the same numbers.
  void require_equal(const std::string& first, const std::string& second, const TensorShape& shape);

 protected:
  std::span<const float> fail(const Error& error);
  void check_finite(const std::string& full_name, std::atomic<bool>& finite);

  /// Reads a tensor piece by piece on the threads of the pool and looks for numbers that are not finite.
  ///   body(first, n, rows)  rows [first, first + n) of the tensor's first axis, as they are stored
  using PieceBody = std::function<void(int first, int n, const void* rows)>;
  void read_pieces(const TensorView& tensor, const PieceBody& body);
  /// The type in which all of these tensors can go into a layer as they are; nothing, when one is missing,
  /// has another type or is to be rounded.
  std::optional<WeightStorage> common_storage(std::span<const std::string> full_names) const;
  /// The next outputs (or, InOut, all inputs) of a layer.
  void put(const std::string& full_name, const TensorShape& shape, int first_output, WeightLayout layout,
           LinearPacker& packer);

  const TensorSource& source_;
  const TransformerConfig& config_;
  const TensorNames& names_;
  std::string prefix_;
  LoadWatch& watch_;
  Status status_;
};

}  // namespace headscope
