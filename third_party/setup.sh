# What app/run.sh and tests/run.sh share: finding the packages that are missing, installing them, configuring, building.
# To be sourced by bash; leaves the working folder at the top of the source tree.

set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

say() { printf '%s\n' "headscope: $*" >&2; }

# The packages of the named sections of third_party/debian-packages.txt, one a line. "a | b" means a, or b where a
# does not exist.
packages_of() {
  local section="" line
  while IFS= read -r line; do
    line="${line%%#*}"
    line="${line%"${line##*[![:space:]]}"}"
    case "$line" in
      "") ;;
      \[*\]) section="${line:1:-1}" ;;
      *) case " $* " in *" $section "*) printf '%s\n' "$line" ;; esac ;;
    esac
  done < third_party/debian-packages.txt
}

# All at once: asking dpkg for each name would take longer than the start of the program.
installed_names=""
is_installed() {
  [ -n "$installed_names" ] ||
    installed_names=$'\n'"$(dpkg-query -W -f '${db:Status-Abbrev}${Package}\n' 2>/dev/null | sed -n 's/^ii *//p')"$'\n'
  case "$installed_names" in *$'\n'"$1"$'\n'*) return 0 ;; *) return 1 ;; esac
}
has_candidate() { apt-cache show --no-all-versions "$1" >/dev/null 2>&1; }

as_root() {
  if [ "$(id -u)" = 0 ]; then "$@"
  elif command -v sudo >/dev/null; then sudo "$@"
  else
    say "installing packages needs root, and there is no sudo; run as root: $*"
    return 1
  fi
}

# install_packages SECTION...: installs what dpkg says is missing, and says what that is.
install_packages() {
  if ! command -v dpkg-query >/dev/null; then
    say "this is not Debian; install the packages of third_party/debian-packages.txt by other means (vcpkg.json names them)"
    return 0
  fi
  local -a lines=() missing=() chosen=()
  local line name found
  mapfile -t lines < <(packages_of "$@")
  for line in "${lines[@]}"; do
    found=""
    for name in ${line//|/ }; do
      if is_installed "$name"; then found=1; break; fi
    done
    [ -n "$found" ] || missing+=("$line")
  done
  [ ${#missing[@]} -gt 0 ] || return 0

  as_root apt-get update -qq || say "apt-get update failed; trying with the lists that are there"
  for line in "${missing[@]}"; do
    found=""
    for name in ${line//|/ }; do
      if has_candidate "$name"; then found="$name"; break; fi
    done
    if [ -n "$found" ]; then chosen+=("$found")
    else say "this Debian has no package $line; going on without it"; fi
  done
  [ ${#chosen[@]} -gt 0 ] || return 0
  say "installing ${chosen[*]}"
  as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "${chosen[@]}" >&2
}

# build_preset PRESET TESTS [TARGET...]: configures once, then builds what changed. TESTS is ON where tests are wanted;
# they need more packages than the program. A folder that has them keeps them.
build_preset() {
  local preset="$1" tests="$2"
  shift 2
  local configured=""
  if [ -f "build/$preset/build.ninja" ]; then
    configured=1
    [ "$tests" = OFF ] || grep -q '^HEADSCOPE_TESTS:BOOL=ON' "build/$preset/CMakeCache.txt" || configured=""
  fi
  if [ -z "$configured" ]; then
    say "configuring build/$preset"
    cmake --preset "$preset" "-DHEADSCOPE_TESTS=$tests" >"/tmp/headscope-configure-$$.log" 2>&1 || {
      cat "/tmp/headscope-configure-$$.log" >&2
      rm -f "/tmp/headscope-configure-$$.log"
      return 1
    }
    rm -f "/tmp/headscope-configure-$$.log"
  fi
  # The first build shows its progress; later ones have little to say.
  local -a quiet=()
  [ ! -f "build/$preset/.ninja_log" ] || quiet=(-- --quiet)
  if [ $# -gt 0 ]; then cmake --build "build/$preset" --target "$@" "${quiet[@]}" >&2
  else cmake --build "build/$preset" "${quiet[@]}" >&2; fi
}
