#include "fuzz_input.h"
#include "training/recipe.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace headscope;
  const auto recipe = parse_recipe(as_text(data, size), "recipe.json");
  if (!recipe) demand_sentence(recipe.error());
  return 0;
}
