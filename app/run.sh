#!/usr/bin/env bash
# Sets up, builds and starts Headscope. Arguments go to the program:
#   app/run.sh
#   app/run.sh talk.headscope
#   app/run.sh attend --text "the dog slept ." --out t.safetensors
# Packages that are missing are named and installed (with sudo when not root). A second call only starts the program.
# Without a display it says so and renders the first document's animation into out/ instead.
called_from="$PWD"
source "$(dirname "${BASH_SOURCE[0]}")/../third_party/setup.sh"

install_packages build run
build_preset release OFF headscope
program="$PWD/build/release/headscope"

if [ $# -eq 0 ] && [ -z "${DISPLAY:-}" ] && [ -z "${WAYLAND_DISPLAY:-}" ]; then
  say "there is no display (DISPLAY and WAYLAND_DISPLAY are not set); rendering the animation of the first document into out/"
  mkdir -p out
  "$program" render --out out/first.png --size 1280x720
  "$program" render --out out/frames --size 1280x720 --fps 30
  say "out/first.png is the picture, out/frames holds the animation at 30 frames a second"
  exit 0
fi
cd "$called_from"
exec "$program" "$@"
