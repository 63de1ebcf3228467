#!/usr/bin/env bash
# Sets up, builds and runs every test:
#   1. the optimised build: the program as people use it (command line, windows, exports, golden pictures), and the
#      modules whose numbers depend on how loops are compiled;
#   2. the debug build with address and undefined-behaviour sanitizers, without oneDNN (Eigen alone multiplies by fixed
#      weights): every module's tests and the fuzz replays.
# Packages that are missing are named and installed (with sudo when not root). The last line counts what passed.
#   tests/run.sh release|sanitizers     one of the two alone
source "$(dirname "${BASH_SOURCE[0]}")/../third_party/setup.sh"

passed=0 failed=0
# A build that breaks ends the run, and counts.
set -E
trap 'echo "$passed passed, $((failed + 1)) failed"' ERR
stage_started=$SECONDS
stage() { say "$1"; stage_started=$SECONDS; }
stage_done() { say "$1 took $((SECONDS - stage_started)) s"; }

# run_tests BUILD_FOLDER CTEST_ARGUMENTS...: adds to the counts.
run_tests() {
  local folder="$1" log
  shift
  log="$folder/tests.log"
  ctest --test-dir "$folder" --output-on-failure "$@" 2>&1 | tee "$log" || true
  local total bad
  total=$(sed -n 's/.*tests failed out of \([0-9]*\)$/\1/p' "$log" | tail -1)
  bad=$(sed -n 's/.*, \([0-9]*\) tests failed out of .*/\1/p' "$log" | tail -1)
  if [ -z "$total" ] || [ "$total" = 0 ]; then failed=$((failed + 1)); say "no tests ran in $folder"; return; fi
  passed=$((passed + total - bad)) failed=$((failed + bad))
}

wanted="${1:-all}"
[ -d ../shared/fixtures ] || say "the reference checkpoints are missing: tests look for them in $(dirname "$PWD")/shared"
stage "packages"
install_packages build run test
stage_done "packages"

if [ "$wanted" = all ] || [ "$wanted" = release ]; then
  stage "release: build"
  build_preset release ON optimised_tests
  stage_done "release: build"
  stage "release: tests"
  run_tests build/release -L optimised -j 2
  stage_done "release: tests"
fi

if [ "$wanted" = all ] || [ "$wanted" = sanitizers ]; then
  # The sanitizer guesses where libraries that are loaded late, such as drivers, keep what belongs to a thread; with glibc
  # 2.36 it may guess wrong and die of it after all tests have passed.
  export ASAN_OPTIONS=detect_leaks=1:intercept_tls_get_addr=0 UBSAN_OPTIONS=print_stacktrace=1
  # Drivers and font libraries keep memory until the process ends.
  export LSAN_OPTIONS="suppressions=$PWD/tests/leak-suppressions.txt:print_suppressions=0"
  stage "sanitizers: build"
  build_preset dev ON sanitized_tests
  stage_done "sanitizers: build"
  stage "sanitizers: tests"
  run_tests build/dev -L sanitized -j 2
  stage_done "sanitizers: tests"
fi

say "all stages took $SECONDS s"
echo "$passed passed, $failed failed"
trap - ERR
[ "$failed" = 0 ]
