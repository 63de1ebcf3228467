#pragma once

#include <Eigen/Core>

/// The few types that every numerical line of the program shares.
namespace headscope {

/// Row-major, as checkpoints store it: a row is a token, a column a feature or a key.
using Matrix = Eigen::Matrix<float, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;
/// Sees a row-major block without a copy; copies anything else, so build matrices row-major.
using MatrixView = Eigen::Ref<const Matrix>;
using MutableMatrixView = Eigen::Ref<Matrix>;

using Vector = Eigen::Matrix<float, Eigen::Dynamic, 1>;
using VectorView = Eigen::Ref<const Vector>;

/// visible(query, key): whether the query may attend to the key.  [n_query, n_key]
using BoolMatrix = Eigen::Array<bool, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;

}  // namespace headscope
