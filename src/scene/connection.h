#pragma once

namespace headscope {

struct Connection {
  int strand = 0, query = 0, key = 0;
  float weight = 0;   ///< as shown (renormalised when the view says so)
  float row_max = 0;  ///< largest shown weight of its row
  bool lit = false;   ///< in the active row, or no row is active
};

}  // namespace headscope
