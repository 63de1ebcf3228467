#!/usr/bin/env python3
"""The export dialog by the mouse, and exports that cannot end well: a full disk, a file that may not grow, the end of
the session.

exports_test.py PROGRAM FOLDER [TEST …]   pictures and dumps stay in FOLDER
"""
import os
import resource
import subprocess
import sys
import time
import xml.etree.ElementTree

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from driver import PATIENCE_SECS, Program, require, run_all  # noqa: E402
from exporting import edges, hidden, is_whole, png, probe, start, type_into, wait_for  # noqa: E402

# In a window of 1280 x 720. Rows of the dialog move up by one where seconds mean nothing.
EXPORT_BUTTON = (1149, 24)
SVG, MP4 = (918, 175), (796, 209)
SQUARE, WIDTH = (945, 249), (803, 287)
LIGHT_OF_A_PICTURE, TITLE_OF_A_PICTURE = (1017, 322), (881, 360)
NAME, FOLDER, EXPORT = (535, 561), (911, 560), (1016, 560)
OUTSIDE = (640, 60)


def frames_drawn(program):
    with open(os.path.join(program.folder, "times.txt"), encoding="utf-8") as file:
        return sum(1 for _ in file)


def click(program, place):
    """Slowly enough for any machine: a mouse that went on before the frame came would have clicked elsewhere."""
    for action in (["mousemove", str(place[0]), str(place[1])], ["mousedown", "1"], ["mouseup", "1"]):
        seen, end = frames_drawn(program), time.monotonic() + 2
        subprocess.run([require("xdotool"), *action], env=program.environment, check=True)
        while frames_drawn(program) < seen + 2 and time.monotonic() < end:
            time.sleep(0.02)


def the_dialog_by_mouse(binary, display, folder):
    """A picture and a movie without the keys, but for what is typed."""
    with Program(binary, display, folder, ["--frame-times", "times.txt"]) as program:
        program.wait("the first picture", lambda f: len(f["tokens"]) > 2 and edges(f))
        program.keys("Home", "Right", "Right")
        program.wait("the third word", lambda f: f["document"]["selection"].get("query") == 2)

        click(program, EXPORT_BUTTON)
        for place in (SVG, SQUARE, LIGHT_OF_A_PICTURE, TITLE_OF_A_PICTURE, NAME):
            click(program, place)
        type_into(program, "figure.svg")
        click(program, EXPORT)
        figure = os.path.join(program.folder, "figure.svg")
        wait_for("the figure", lambda: is_whole(figure), program)
        svg = xml.etree.ElementTree.parse(figure).getroot()
        assert svg.get("viewBox").split()[2:] == ["1080", "1080"] or svg.get("width").startswith("1080"), svg.attrib
        words = " ".join("".join(text.itertext()) for text in svg.iter("{http://www.w3.org/2000/svg}text"))
        assert "look back at" in words, words
        with open(figure, encoding="utf-8") as file:
            assert "#fbfaf7" in file.read().lower(), "not the light theme"

        # Another file, after a look at the folders and a click beside the dialog.
        click(program, EXPORT_BUTTON)
        click(program, FOLDER)
        program.keys("Escape")
        click(program, MP4)
        click(program, WIDTH)
        type_into(program, "320")
        program.keys("Tab")
        type_into(program, "180")
        click(program, NAME)
        type_into(program, "film.mp4")
        click(program, OUTSIDE)
        program.keys("Home")
        program.wait("the window without the dialog", lambda f: f["document"]["selection"].get("query") == 0)
        click(program, EXPORT_BUTTON)
        click(program, EXPORT)
        film = os.path.join(program.folder, "film.mp4")
        wait_for("the film", lambda: is_whole(film), program)
        assert (probe(film)["width"], probe(film)["height"]) == (320, 180)
        assert not hidden(program.folder), hidden(program.folder)


class SmallDisk:
    """A folder that holds so many bytes: a file system of its own where that is allowed."""

    def __init__(self, folder, n_bytes):
        self.folder = folder
        os.makedirs(folder)
        self.mounted = subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={n_bytes}", "tmpfs", folder],
                                      stderr=subprocess.DEVNULL, check=False).returncode == 0

    def grow(self, n_bytes):
        subprocess.run(["mount", "-o", f"remount,size={n_bytes}", self.folder], check=True)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        if self.mounted:
            subprocess.run(["umount", "--lazy", self.folder], check=False)


def frames_of(folder):
    return sorted(n for n in os.listdir(folder) if n.endswith(".png") and not n.startswith(".")) \
        if os.path.isdir(folder) else []


def exports_that_fail(binary, display, folder):
    """Each is one sentence in a window that goes on; what was finished is kept."""
    with Program(binary, display, folder) as program, \
            SmallDisk(os.path.join(program.folder, "disk"), 1_500_000) as disk:
        program.wait("the first picture", lambda f: len(f["tokens"]) > 2 and edges(f))
        program.keys("Home")
        program.wait("the first word", lambda f: f["document"]["selection"].get("query") == 0)

        if disk.mounted:
            frames = os.path.join(disk.folder, "frames-of-it")
            start(program, "disk/frames-of-it", (["Right"] * 7, ""), (["Tab", "Tab"], "640"), (["Tab"], "360"))
            wait_for("a full disk", lambda: program.said().count("the disk is full") == 1, program)
            kept = {name: os.path.getmtime(os.path.join(frames, name)) for name in frames_of(frames)}
            assert len(kept) >= 3, kept
            for name in kept:
                assert png(os.path.join(frames, name))[0] == (640, 360), name
            assert not hidden(frames), hidden(frames)
            program.keys("Right")
            program.wait("the window, which goes on", lambda f: f["document"]["selection"].get("query") == 1)
            program.picture("1-full-disk")

            # A file that is there stays when its successor does not fit.
            with open(os.path.join(disk.folder, "film.mp4"), "wb") as file:
                file.write(b"the film before")
            start(program, "disk/film.mp4", (["Left"] * 4, ""))
            wait_for("a full disk again", lambda: program.said().count("the disk is full") == 2, program)
            with open(os.path.join(disk.folder, "film.mp4"), "rb") as file:
                assert file.read() == b"the film before"
            assert not hidden(disk.folder), hidden(disk.folder)

            # With room, the same export goes on where it was.
            disk.grow(200_000_000)
            program.keys("Home")
            program.wait("the first word again", lambda f: f["document"]["selection"].get("query") == 0)
            start(program, "disk/frames-of-it", (["Right"] * 4, ""))
            wait_for("all frames", lambda: len(frames_of(frames)) > len(kept) + 20, program)
            for name, changed in kept.items():
                assert os.path.getmtime(os.path.join(frames, name)) == changed, f"{name} was drawn again"
            program.keys("shift+Escape")
            wait_for("the end", lambda: not hidden(frames), program)

        # An encoder that fails in the middle: its file may not grow any more.
        hard = resource.prlimit(program.process.pid, resource.RLIMIT_FSIZE)[1]
        resource.prlimit(program.process.pid, resource.RLIMIT_FSIZE, (400_000, hard))
        start(program, "large.gif", (["Left"] * 7 + ["Right"] * 5, ""), (["Tab", "Tab"], "1920"), (["Tab"], "1080"))
        wait_for("a sentence", lambda: "larger than the system allows" in program.said(), program)
        assert not os.path.exists(os.path.join(program.folder, "large.gif"))
        assert not hidden(program.folder), hidden(program.folder)
        assert program.alive()


def the_session_ends(binary, display, folder):
    """SIGTERM in the middle of a movie: no unfinished file stays, and the work is offered at the next start."""
    with Program(binary, display, folder) as program:
        program.wait("the first picture", lambda f: len(f["tokens"]) > 2 and edges(f))
        program.keys("e", "ctrl+a")
        program.type("the end came early .")
        program.wait("the sentence", lambda f: f["document"]["text"] == "the end came early .")
        program.keys("Escape")
        start(program, "film.mp4", (["Right"] * 3, ""), (["Tab", "Tab"], "3840"), (["Tab"], "2160"), (["Tab"], "120"))
        wait_for("a movie in the making", lambda: hidden(program.folder), program)
        program.process.terminate()
        program.process.wait(PATIENCE_SECS)
        assert program.process.returncode == 0, program.process.returncode
        assert not hidden(program.folder), hidden(program.folder)
        assert not os.path.exists(os.path.join(program.folder, "film.mp4"))

    with Program(binary, display, folder + "-again",
                 environment={"XDG_STATE_HOME": os.path.join(os.path.abspath(folder), "state")}) as program:
        program.wait("the first picture", edges)
        program.keys("ctrl+r")
        program.wait("the sentence again", lambda f: f["document"]["text"] == "the end came early .")


def main():
    tests = [the_dialog_by_mouse, exports_that_fail, the_session_ends]
    return 1 if run_all(tests, sys.argv[1], sys.argv[2], sys.argv[3:]) else 0


if __name__ == "__main__":
    sys.exit(main())
