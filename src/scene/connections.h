#pragma once

#include <span>
#include <string>
#include <vector>

#include "document/document.h"
#include "scene/scene.h"
#include "trace/attention_trace.h"

/// Which connections the picture has: the heads on stage, their rows, and what the keep rule leaves of them.
namespace headscope {

/// One colour of connections: a head, or a mix of heads.
struct Strand {
  int layer = 0, head = 0;       ///< -1, -1 for a mix
  std::vector<HeadRef> members;  ///< one, or those that are mixed
  Color color;
  std::string name;  ///< "2·5", "mean of 3 heads"
};

struct Connection {
  int strand = 0, query = 0, key = 0;
  float weight = 0;   ///< as shown (renormalised when the view says so)
  float row_max = 0;  ///< largest shown weight of its row
  bool lit = false;   ///< in the active row, or no row is active
};

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

struct KeepRule {
  float threshold = 0;
  int top_k = 0;
  float cumulative_mass = 1;
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

/// The heads on stage that exist and are computed, coloured. At most one when they are mixed.
std::vector<Strand> find_strands(const Document& document, const AttentionTrace& trace);

/// Row `query` of a strand, [n_key]; keys that are hidden become 0, what is left sums to 1 again when asked
/// for.
class RowReader {
 public:
  RowReader(const Document& document, const AttentionTrace& trace);
  const std::vector<bool>& hidden() const { return hidden_; }
  struct Row {
    std::span<const float> weights;  ///< [n_keys], valid until the next call
    float mass = 0;                  ///< sum before anything was hidden
    float largest = 0;
    int count = 0;  ///< weights above 0 before anything was hidden
  };
  Row read(const Strand& strand, int query);

 private:
  /// Rows of one head that were read together.
  struct Block {
    const AttentionLayer* layer = nullptr;
    int head = 0, first = 0, n = 0;
    std::vector<float> weights;  ///< [n, n_key]
  };

  AttentionLayer::LeftOut left_out(const Strand& strand, int query) const;
  /// One row of the strand's head number `member`, [n_key of the layer].
  std::span<const float> row_of(const Strand& strand, std::size_t member, int query);

  const AttentionTrace& trace_;
  HeadMix mix_;
  bool renormalize_;
  std::vector<bool> hidden_;
  bool any_hidden_ = false;
  std::vector<Block> blocks_;  ///< one for each head of a strand
  std::vector<float> row_;
};

/// Keys of `row` that the rule keeps, ascending. The kept ones reach `cumulative_mass` of the row's sum
/// unless threshold or top-k forbid it.
void keep_keys(std::span<const float> row, const KeepRule& rule, std::vector<int>& kept);

/// "87 of 91 connections, 99.2 % of the weight"
std::string readout(const Connections& connections);

}  // namespace headscope
