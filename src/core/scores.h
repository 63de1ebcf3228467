#pragma once

#include "core/types.h"

/// How well a query matches a key: the score functions of the field, one line of mathematics each.
/// Everywhere   query [n_query, head_dim],  key [n_key, head_dim],  returns [n_query, n_key].
namespace headscope {

/// q · k (Luong et al., 2015, "dot"; T5).
Matrix dot_scores(const MatrixView& query, const MatrixView& key);

/// q · k / √head_dim (Vaswani et al., 2017).
Matrix scaled_dot_scores(const MatrixView& query, const MatrixView& key);

/// q · k / (|q| |k|); 0 where either is the zero vector.
Matrix cosine_scores(const MatrixView& query, const MatrixView& key);

/// q W k (Luong et al., 2015, "general").
///   weight  [query_dim, key_dim]
Matrix bilinear_scores(const MatrixView& query, const MatrixView& weight, const MatrixView& key);

/// v · tanh(W_q q + W_k k) (Bahdanau et al., 2015).
///   query_weight  [hidden_dim, query_dim]
///   key_weight    [hidden_dim, key_dim]
///   readout       [hidden_dim]
Matrix additive_scores(const MatrixView& query, const MatrixView& query_weight, const MatrixView& key,
                       const MatrixView& key_weight, const VectorView& readout);

}  // namespace headscope
