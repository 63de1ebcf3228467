#pragma once

#include <memory>
#include <set>
#include <span>
#include <string>
#include <vector>

#include "base/result.h"
#include "io/tensor_source.h"
#include "models/family.h"
#include "models/load_options.h"
#include "models/transformer_params.h"

namespace headscope {

/// Reads tensor after tensor of one stack under its family's names, and keeps the first fault, so that the
/// caller asks for all of them and checks once. What is read after a fault is empty.
class TensorReader {
 public:
  /// `used` collects the names of all tensors that were asked for. All arguments must outlive the reader.
  TensorReader(const TensorSource& source, const TransformerConfig& config, const TensorNames& names,
               std::set<std::string>& used, WeightPrecision precision);

  const Status& status() const { return status_; }
  /// A name of the table as the file writes it, without ".weight".
  std::string name(const std::string& stem, int layer = -1) const;
  /// The name that the file has for the token embedding; "" when the stack reads no tokens.
  std::string token_embedding_name() const;

  /// The numbers of a tensor, in `copy` where they cannot be used in place.
  std::span<const float> numbers(const std::string& full_name, const TensorShape& shape,
                                 std::vector<float>& copy);
  Vector vector(const std::string& full_name, int n);
  /// An empty stem stands for a norm that the family does not have.
  NormParams norm(const std::string& stem, int layer, int n);
  NormParams norm_in_full(const std::string& full, int n);
  /// Rows stay in the file until they are looked up; the table keeps the file open.
  EmbeddingTable embedding(std::shared_ptr<const TensorSource> keep, const std::string& full_name, int n_rows,
                           int width);

  /// Layers that read the same input become one: their outputs side by side, in the order of `parts`.
  struct Part {
    std::string stem;
    int n_out;
    bool bias = true;  ///< false: zeros, although the others have one
  };
  PackedLinear linear(const std::vector<Part>& parts, int layer, int n_in, bool has_bias);
  PackedLinear linear_in_full(const std::string& full, int n_in, int n_out);

  /// A layer whose weights are those of the named tensors: as narrow as all of them are in the file, or as
  /// `precision` says.
  PackedLinear pack(std::span<const float> weights, int n_out, int n_in, WeightLayout layout,
                    const float* bias, std::span<const std::string> full_names) const;

  /// Two tensors of the file that must hold the same numbers.
  void require_equal(const std::string& first, const std::string& second, const TensorShape& shape);

 protected:
  std::span<const float> fail(const Error& error);

  const TensorSource& source_;
  const TransformerConfig& config_;
  const TensorNames& names_;
  std::string prefix_;
  std::set<std::string>& used_;
  WeightPrecision precision_;
  Status status_;
};

}  // namespace headscope
