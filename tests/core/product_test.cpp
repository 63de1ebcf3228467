#include "core/product.h"

#include <gtest/gtest.h>

#include "core/kernels/kernels.h"
#include "core/types.h"

namespace headscope {
namespace {

/// Runs every kernel table of this machine.
template <class Check>
void with_every_table(Check check) {
  const kernels::Table* const* tables = nullptr;
  const int n_tables = kernels::available_tables(&tables);
  for (int t = 0; t < n_tables; ++t) {
    SCOPED_TRACE(tables[t]->name);
    check(*tables[t]);
  }
}

ProductTask task_of(const Matrix& a, const Matrix& b, Matrix& c) {
  return {.a = a.data(),
          .a_row = a.cols(),
          .b = b.data(),
          .b_inner = b.cols(),
          .c = c.data(),
          .c_row = c.cols(),
          .n_rows = static_cast<int>(a.rows()),
          .n_inner = static_cast<int>(a.cols()),
          .n_columns = static_cast<int>(b.cols())};
}

TEST(Product, equals_double_precision_for_every_shape_and_layout) {
  with_every_table([](const kernels::Table& table) {
    for (int n_rows : {1, 7, 8, 33, 70}) {
      for (int n_inner : {1, 8, 129, 260, 1000}) {
        for (int n_columns : {1, 16, 31, 48, 64, 85, 96, 140}) {
          SCOPED_TRACE(testing::Message() << n_rows << " x " << n_inner << " x " << n_columns);
          const Matrix a = Matrix::Random(n_rows, n_inner), b = Matrix::Random(n_inner, n_columns);
          const Matrix start = Matrix::Random(n_rows, n_columns);
          const Eigen::MatrixXd expected = a.cast<double>() * b.cast<double>();
          const double tolerance = 2e-7 * n_inner + 1e-6;
          const Matrix a_turned = a.transpose(), b_turned = b.transpose();
          for (const bool add : {false, true}) {
            for (const int turned : {0, 1, 2, 3}) {
              Matrix c = start;
              ProductTask task = task_of(a, b, c);
              task.add = add;
              if (turned & 1) task.a = a_turned.data(), task.a_row = 1, task.a_inner = n_rows;
              if (turned & 2) task.b = b_turned.data(), task.b_inner = 1, task.b_column = n_inner;
              table.product(task);
              const Eigen::MatrixXd sum = add ? (expected + start.cast<double>()).eval() : expected;
              EXPECT_LE((c.cast<double>() - sum).cwiseAbs().maxCoeff<Eigen::PropagateNaN>(), tolerance)
                  << "add " << add << ", turned " << turned;
            }
          }
        }
      }
    }
  });
}

TEST(Product, writes_its_own_elements_alone) {
  with_every_table([](const kernels::Table& table) {
    const Matrix a = Matrix::Random(9, 40), b = Matrix::Random(40, 53);
    Matrix wide = Matrix::Constant(11, 70, 7.0f), c(9, 53);
    ProductTask task = task_of(a, b, c);
    task.c = &wide(1, 5), task.c_row = 70;
    table.product(task);
    wide.block(1, 5, 9, 53).setConstant(7.0f);
    EXPECT_TRUE((wide.array() == 7.0f).all());
  });
}

TEST(Product, a_row_has_the_same_bits_alone_and_in_company) {
  with_every_table([](const kernels::Table& table) {
    const Matrix a = Matrix::Random(70, 1000), b = Matrix::Random(1000, 140);
    Matrix together(70, 140), alone(1, 140);
    table.product(task_of(a, b, together));
    for (int row : {0, 7, 31, 32, 69}) {
      const Matrix one = a.row(row);
      table.product(task_of(one, b, alone));
      EXPECT_EQ(alone, together.row(row)) << row;
    }
  });
}

TEST(Product, every_instruction_set_gives_the_same_bits) {
  const Matrix a = Matrix::Random(37, 500), b = Matrix::Random(500, 140);
  Matrix first;
  with_every_table([&](const kernels::Table& table) {
    Matrix c(37, 140);
    table.product(task_of(a, b, c));
    if (first.size() == 0) first = c;
    EXPECT_EQ(c, first);
  });
}

}  // namespace
}  // namespace headscope
