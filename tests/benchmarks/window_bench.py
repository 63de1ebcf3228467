#!/usr/bin/env python3
"""From a hand's movement to the presented frame: hover, head toggle and layer switch in the real window, 1280 x 720 in
software OpenGL on a virtual display of its own (goal 10); and the frames while a sentence of 60 words is typed into
at 20 keys a second.

    window_bench.py [--program build/release/headscope] [--folder CHECKPOINT] [--rounds 15]

CHECKPOINT is one of GPT-2's shape; without it make_checkpoint.py writes one for the time of the run. Needs Xvfb and
xdotool's libraries. Events are sent through the X server's test extension; when a frame was presented and what it
showed is read from --frame-times. Medians are printed, beside what BertViz took for a layer switch in a browser.

"moves" is the first frame in which the picture has left its old state, "whole" the new picture at once (reduced motion).
"own" is the window thread's CPU time until then, without calls that draw; layouts that take long are made by another
thread and are in the reaction alone.
"""
import argparse
import ctypes
import os
import pathlib
import random
import statistics
import subprocess
import sys
import tempfile
import time

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent / "ui"))
from driver import Display  # noqa: E402

GOAL_OWN_MS = 2
GOAL_TYPING_MS = 50
GOAL_MS = {64: 33, 256: 33, 1024: 50}
BERTVIZ_LAYER_MS = {64: 500, 256: 14000}  # Chromium; it never showed 512 tokens
GOAL_OF_BERTVIZ = {64: 1 / 15, 256: 1 / 400}
WORDS = " the cat sat on a mat and looked at his dog".split(" ")[1:]  # single tokens for GPT-2, each with its space
STAGE = (320, 180, 950, 570)  # inside of the picture
ASIDE = (1150, 600)  # on the inspector: keys need the pointer in the window


class Hands:
    """Moves the mouse and presses keys, at a known moment."""

    def __init__(self, display):
        self.x11, self.test = ctypes.CDLL("libX11.so.6"), ctypes.CDLL("libXtst.so.6")
        self.x11.XOpenDisplay.restype = ctypes.c_void_p
        self.x11.XStringToKeysym.restype = ctypes.c_ulong
        self.x11.XKeysymToKeycode.argtypes = [ctypes.c_void_p, ctypes.c_ulong]
        self.x11.XKeysymToKeycode.restype = ctypes.c_ubyte
        self.display = ctypes.c_void_p(self.x11.XOpenDisplay(display.name.encode()))
        assert self.display.value, f"no connection to {display.name}"

    def code(self, name):
        return self.x11.XKeysymToKeycode(self.display, self.x11.XStringToKeysym(name.encode()))

    def move(self, x, y):
        begin = time.monotonic()
        self.test.XTestFakeMotionEvent(self.display, -1, int(x), int(y), ctypes.c_ulong(0))
        self.x11.XSync(self.display, 0)
        return begin

    def press(self, chord):
        codes = [self.code(name) for name in chord.split("+")]
        begin = time.monotonic()
        for code in codes:
            self.test.XTestFakeKeyEvent(self.display, code, 1, ctypes.c_ulong(0))
        for code in reversed(codes):
            self.test.XTestFakeKeyEvent(self.display, code, 0, ctypes.c_ulong(0))
        self.x11.XSync(self.display, 0)
        return begin


class Frame:
    def __init__(self, line):
        began, wall, own, morph, mix, lit = line.split()
        self.began, self.wall, self.own, self.mix = float(began), float(wall), float(own), float(mix)
        self.morph, self.lit = morph, lit
        self.shown = self.began + self.wall / 1000


class Frames:
    """The program's frames, read while it writes them."""

    def __init__(self, path):
        self.path, self.at, self.frames, self.rest = path, 0, [], ""

    def read(self):
        if os.path.exists(self.path):
            with open(self.path, encoding="ascii") as file:
                file.seek(self.at)
                text = file.read()
                self.at = file.tell()
            *lines, self.rest = (self.rest + text).split("\n")
            self.frames += map(Frame, lines)
        return self.frames

    def quiet(self, seconds=0.4):
        """Waits until nothing is drawn any more; the last frame."""
        n, since = -1, time.monotonic()
        while time.monotonic() - since < seconds:
            if len(self.read()) != n:
                n, since = len(self.frames), time.monotonic()
            time.sleep(0.02)
        return self.frames[-1]

    def reaction(self, begin, shows, patience=10.0, quiet=8.0):
        """Milliseconds from `begin` to the first frame for which `shows`, the own work of the frames until then, and
        how many those are; None when nothing was drawn for `quiet` seconds after some other frame."""
        end, quiet_since, n = time.monotonic() + patience, time.monotonic(), -1
        while time.monotonic() < end:
            later = [f for f in self.read() if f.shown > begin]
            own = 0
            for count, frame in enumerate(later, 1):
                own += frame.own
                if frame.began >= begin and shows(frame):
                    return 1000 * (frame.shown - begin), own, count
            if len(later) != n:
                n, quiet_since = len(later), time.monotonic()
            elif n > 0 and time.monotonic() - quiet_since > quiet:
                return None
            time.sleep(0.003)
        return None


def hover(hands, frames, rounds, randomness):
    found = []
    for _ in range(6 * rounds):  # not every place has a connection, or another one
        before = frames.quiet(0.15)
        begin = hands.move(randomness.uniform(STAGE[0], STAGE[2]), randomness.uniform(STAGE[1], STAGE[3]))
        sample = frames.reaction(begin, lambda f: f.lit != before.lit and f.lit != "0", quiet=0.5)
        if sample:
            found.append(sample)
        if len(found) == rounds:
            break
    return found


def presses(hands, frames, rounds, chords, least_mix):
    found = []
    for i in range(rounds):
        before = frames.quiet()
        begin = hands.press(chords[i % len(chords)])
        sample = frames.reaction(begin, lambda f: f.morph != before.morph and f.mix >= least_mix)
        if sample:
            found.append(sample)
    return found


def report(name, samples, goal, beside=None):
    if not samples:
        print(f"  {name:22} nothing was seen to react")
        return
    ms, own, count = (statistics.median(values) for values in zip(*samples))
    line = (f"  {name:22} {ms:7.1f} ms (goal {goal}) in {count:.0f} frames   own {own:5.2f} ms (goal {GOAL_OWN_MS})   "
            f"worst {max(samples)[0]:7.1f}")
    if beside:
        line += f"   of BertViz 1/{beside[0] / ms:.0f} (goal 1/{1 / beside[1]:.0f})"
    print(line, flush=True)


class Session:
    """The program with a log of its frames, once it stands still after its first commands."""

    def __init__(self, options, name, commands, display, scratch):
        log, ready = scratch / f"frames-{name}.txt", scratch / f"ready-{name}.json"
        environment = {**os.environ, "DISPLAY": display.name, "LIBGL_ALWAYS_SOFTWARE": "1",
                       "XDG_STATE_HOME": str(scratch / f"state-{name}"),
                       "XDG_CONFIG_HOME": str(scratch / f"config-{name}")}
        self.program = subprocess.Popen(
            [os.path.abspath(options.program), "--size", "1280x720", "--frame-times", str(log), "--do",
             "\n".join([*commands, f"dump-scene {ready}"])], env=environment, cwd=scratch)
        end = time.monotonic() + 120
        while not ready.exists():
            assert self.program.poll() is None and time.monotonic() < end, "the picture never stood"
            time.sleep(0.05)
        self.hands, self.frames = Hands(display), Frames(log)
        self.hands.move(*ASIDE)
        self.frames.quiet(1.5)  # the thumbnails of all heads

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.program.terminate()
        self.program.wait()


def typing(options, display, scratch):
    """No frame above 50 ms while a sentence of 60 words is typed into, with the built-in model."""
    words = "the dog was too tired to cross the street because it was very late and the cat slept in the house".split()
    sentence = " ".join((words * 3)[:60])
    with Session(options, "typing", [f'set-text "{sentence}"', "set-query none"], display, scratch) as session:
        session.hands.press("e")
        for _ in range(30):
            session.hands.press("Control_L+Left")
        session.frames.quiet()
        before, due = len(session.frames.read()), time.monotonic()
        for letter in "one big red dog and a small blue cat ran away from the old man " * 2:
            session.hands.press({" ": "space"}.get(letter, letter))
            due += 1 / 20
            time.sleep(max(0.0, due - time.monotonic()))
        frames = session.frames.read()[before:]
    walls = sorted(frame.wall for frame in frames)
    slow = sum(wall > GOAL_TYPING_MS for wall in walls)
    print(f"typing 20 keys a second into 60 words: {len(walls)} frames, median {statistics.median(walls):.1f} ms, worst "
          f"{walls[-1]:.1f} ms (goal {GOAL_TYPING_MS}), {slow} above it; own work median "
          f"{statistics.median(frame.own for frame in frames):.2f} ms", flush=True)


def measure(options, folder, n_tokens, display, scratch):
    text = " ".join(WORDS[i % len(WORDS)] for i in range(n_tokens))
    commands = [f"set-model {folder}", f'set-text "{text}"', "select-heads 5.3 5.7", "set-query none"]
    with Session(options, str(n_tokens), commands, display, scratch) as session:
        hands, frames, goal = session.hands, session.frames, GOAL_MS[n_tokens]
        print(f"{n_tokens} tokens")
        report("hover", hover(hands, frames, options.rounds, random.Random(n_tokens)), goal)
        hands.move(*ASIDE)
        beside = (BERTVIZ_LAYER_MS[n_tokens], GOAL_OF_BERTVIZ[n_tokens]) if n_tokens in BERTVIZ_LAYER_MS else None
        for name, least_mix in (("moves", 1e-6), ("whole", 1)):
            if least_mix == 1:
                hands.press("Shift_L+r")
            report(f"layer switch, {name}", presses(hands, frames, options.rounds, ["Shift_L+Down", "Shift_L+Up"],
                                                    least_mix), goal, beside)
            hands.press("g")  # the grid's cursor stands on the first head
            report(f"head toggle, {name}", presses(hands, frames, options.rounds, ["space"], least_mix), goal)
            hands.press("g")


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--program", default="build/release/headscope")
    parser.add_argument("--folder", type=pathlib.Path)
    parser.add_argument("--rounds", type=int, default=15)
    parser.add_argument("--tokens", type=int, nargs="+", choices=GOAL_MS, default=list(GOAL_MS))
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as scratch, Display(1280, 720) as display:
        folder = options.folder and options.folder.resolve()
        if not folder:
            folder = pathlib.Path(scratch) / "gpt2-shape"
            subprocess.run([HERE / "make_checkpoint.py", folder, "--type", "F16"], check=True)
        print(f"medians of {options.rounds}; BertViz's figures are fixed, not of this run")
        typing(options, display, pathlib.Path(scratch))
        for n_tokens in options.tokens:
            measure(options, folder, n_tokens, display, pathlib.Path(scratch))


if __name__ == "__main__":
    main()
