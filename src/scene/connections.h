#pragma once

#include <memory>
#include <string>
#include <vector>

#include "document/document.h"
#include "scene/connection.h"
#include "scene/keep_rule.h"
#include "scene/scene.h"
#include "scene/strand.h"
#include "trace/attention_trace.h"

/// Which connections the picture has: the heads on stage, their rows, and what the keep rule leaves of them.
namespace headscope {

struct Connections {
  std::vector<Strand> strands;
  std::vector<Connection> edges;       ///< strand by strand, row by row, keys ascending
  std::vector<bool> hidden;            ///< [n_keys] keys that the view hides
  int n_tokens = 0;                    ///< that look
  int n_keys = 0;                      ///< that are looked at
  int active = -1;                     ///< the step's query; -1: all alike
  int first_query = 0, end_query = 0;  ///< rows drawn
  int n_shown = 0, n_total = 0;        ///< connections with a weight above 0
  double mass_shown = 0, mass_total = 0;
  float full_weight = 1;                                ///< the weight that is drawn at full width
  std::vector<std::shared_ptr<MatrixValues>> matrices;  ///< [n_strands] scaled weights, when asked for
};

struct ConnectionOptions {
  KeepRule rule;
  bool active_row_only = false;
  /// Matrices of all rows, for textures; `edges` then has the active row alone.
  bool as_matrices = false;
  /// Beyond this many the weakest of the rows that are not active are left out, and the readout says so.
  int max_edges = 4000;
};
Connections find_connections(const Document& document, const AttentionTrace& trace,
                             const ConnectionOptions& options);

/// "87 of 91 connections, 99.2 % of the weight"
std::string readout(const Connections& connections);

}  // namespace headscope
