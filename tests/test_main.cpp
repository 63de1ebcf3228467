#include <gtest/gtest.h>

#include <filesystem>

int main(int argc, char** argv) {
  testing::InitGoogleTest(&argc, argv);
  std::filesystem::current_path(HEADSCOPE_SOURCE_DIR);
  const int rc = RUN_ALL_TESTS();
  const auto& unit = *testing::UnitTest::GetInstance();
  if (unit.test_to_run_count() == 0) return 1;  // a filter that matches nothing must not look like success
  return rc;
}
