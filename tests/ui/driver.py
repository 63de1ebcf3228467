"""Runs the real program on a virtual display of its own and presses keys in it."""
import glob
import json
import os
import shutil
import subprocess
import sys
import time
import traceback

PATIENCE_SECS = 90  # for a machine that is busy with other things; nothing asserts on time


def require(tool):
    path = shutil.which(tool)
    if not path:
        raise SystemExit(f"{tool} is missing: install the [test] packages of third_party/debian-packages.txt")
    return path


class Display:
    """An Xvfb on a free display number."""

    def __init__(self, width, height):
        self.width, self.height = width, height
        read_end, write_end = os.pipe()
        # Without -noreset it closes its doors for a moment whenever the last program leaves.
        self.process = subprocess.Popen(
            [require("Xvfb"), "-displayfd", str(write_end), "-screen", "0", f"{width}x{height}x24", "-nolisten", "tcp",
             "-noreset"], pass_fds=[write_end], stderr=subprocess.DEVNULL)
        os.close(write_end)
        with os.fdopen(read_end) as pipe:
            number = pipe.readline().strip()
        assert number, "Xvfb did not start"
        self.name = ":" + number

    def colors(self, left, top, width, height):
        """The different colours that are on the screen there."""
        command = [require("ffmpeg"), "-loglevel", "error", "-f", "x11grab", "-video_size", f"{width}x{height}", "-i",
                   f"{self.name}+{left},{top}", "-frames:v", "1", "-f", "rawvideo", "-pix_fmt", "rgb24", "-"]
        pixels = subprocess.run(command, check=True, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE).stdout
        return {pixels[i:i + 3] for i in range(0, len(pixels), 3)}

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.process.terminate()
        self.process.wait()


class Program:
    """The window. Every frame whose picture changed is dumped as JSON, and its clock runs by frames, so that a
    transition has the same frames on a slow machine."""

    def __init__(self, binary, display, folder, arguments=(), size="1280x720", environment=None):
        self.folder = os.path.abspath(folder)
        self.frames = os.path.join(self.folder, "frames")
        shutil.rmtree(self.folder, ignore_errors=True)
        os.makedirs(self.frames)
        self.environment = {**os.environ, "DISPLAY": display.name, "LIBGL_ALWAYS_SOFTWARE": "1",
                            "XDG_STATE_HOME": os.path.join(self.folder, "state"),
                            "XDG_CONFIG_HOME": os.path.join(self.folder, "config"), **(environment or {})}
        self.errors = open(os.path.join(self.folder, "stderr.txt"), "w+b")
        self.process = subprocess.Popen(
            [os.path.abspath(binary), "--size", size, "--dump-frames", self.frames, "--frame-step", "0.02", *arguments],
            env=self.environment, cwd=self.folder, stderr=self.errors)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        if self.process.poll() is None:
            self.process.terminate()
        self.process.wait()
        self.errors.close()

    def alive(self):
        return self.process.poll() is None

    def said(self):
        self.errors.flush()
        with open(os.path.join(self.folder, "stderr.txt"), "rb") as file:
            return file.read().decode(errors="replace")

    def keys(self, *names):
        subprocess.run([require("xdotool"), "key", "--delay", "20", *names], env=self.environment, check=True)

    def type(self, text):
        subprocess.run([require("xdotool"), "type", "--delay", "20", text], env=self.environment, check=True)

    def command(self, line):
        """Types a command into the palette."""
        self.keys("ctrl+k")
        self.type(line)
        self.keys("Return")

    def numbers(self):
        return sorted(int(os.path.basename(p)[:-5]) for p in glob.glob(os.path.join(self.frames, "*.json")))

    def frame(self, number):
        with open(os.path.join(self.frames, f"{number:06}.json"), encoding="utf-8") as file:
            return json.load(file)

    def last(self):
        numbers = self.numbers()
        return self.frame(numbers[-1]) if numbers else None

    def wait(self, what, condition):
        """The newest frame that stands still and fulfils `condition`."""
        end = time.monotonic() + PATIENCE_SECS
        while time.monotonic() < end:
            assert self.alive(), f"the program ended while waiting for {what}: {self.said()}"
            frame = self.last()
            if frame and not frame.get("moving", True) and condition(frame):
                return frame
            time.sleep(0.05)
        raise AssertionError(f"never came: {what}; the program said: {self.said()}; last: "
                             f"{(self.last() or {}).get('document')}")

    def picture(self, name):
        """Saves the whole window beside the frames."""
        path = os.path.join(self.folder, name + ".png")
        self.command(f"save-png window 1 {path}")
        end = time.monotonic() + PATIENCE_SECS
        while not os.path.exists(path):
            assert self.alive() and time.monotonic() < end, f"no picture {name}: {self.said()}"
            time.sleep(0.05)
        with open(path, "rb") as file:
            assert file.read(8) == b"\x89PNG\r\n\x1a\n"
        return path


def run_all(tests, binary, folder, only=()):
    """Each test gets the program, a display and a folder of its own; returns how many failed.

    A window on a machine that compiles meanwhile can miss a key: what fails is told and tried once more."""
    failed = 0
    with Display(1280, 720) as display:
        for test in tests:
            if only and test.__name__ not in only:
                continue
            for attempt in ("first", "second"):
                try:
                    test(binary, display, os.path.join(folder, test.__name__, attempt))
                    print(f"ok      {test.__name__} ({attempt} try)")
                    break
                except Exception:  # every fault is told, the next test still runs
                    print(f"FAILED  {test.__name__} ({attempt} try)")
                    traceback.print_exc(file=sys.stdout)
                sys.stdout.flush()
            else:
                failed += 1
            sys.stdout.flush()
    return failed
