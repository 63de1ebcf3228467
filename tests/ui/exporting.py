"""Exports from the window, by keys: what is written is asked of ffprobe and of a PNG reader of our own."""
import json
import os
import stat
import struct
import subprocess
import time

from driver import PATIENCE_SECS, Program, require


def wait_for(what, condition, program):
    end = time.monotonic() + PATIENCE_SECS
    while not condition():
        assert program.alive(), f"the program ended while waiting for {what}: {program.said()}"
        assert time.monotonic() < end, f"never came: {what}; the program said: {program.said()}"
        time.sleep(0.05)


def png(path):
    """Width, height and texts of a PNG; every chunk must be whole."""
    with open(path, "rb") as file:
        data = file.read()
    assert data[:8] == b"\x89PNG\r\n\x1a\n", path
    at, texts, size, ended = 8, {}, None, False
    while at < len(data):
        length, kind = struct.unpack(">I4s", data[at:at + 8])
        body = data[at + 8:at + 8 + length]
        assert len(body) == length, f"{path} is cut"
        if kind == b"IHDR":
            size = struct.unpack(">II", body[:8])
        elif kind == b"iTXt":
            key, rest = body.split(b"\0", 1)
            assert rest[:1] == b"\0", "a text is compressed"
            texts[key.decode()] = rest[2:].split(b"\0", 2)[2].decode()
        elif kind == b"tEXt":
            key, text = body.split(b"\0", 1)
            texts[key.decode()] = text.decode("latin-1")
        ended = kind == b"IEND"
        at += 12 + length
    assert ended, f"{path} has no end"
    return size, texts


def probe(path):
    out = subprocess.run([require("ffprobe"), "-v", "error", "-count_frames", "-show_streams", "-of", "json", path],
                         check=True, capture_output=True)
    return json.loads(out.stdout)["streams"][0]


def type_into(program, text):
    """In place of what stands in the row that the keys are at."""
    program.keys("ctrl+a")
    program.type(text)


def start(program, name, *rows):
    """Opens the dialog, goes down from its first row, pressing and typing as told, and exports under a name. The name
    is the row above the first one."""
    program.keys("ctrl+e")
    for keys, text in rows:
        program.keys(*keys)
        if text:
            type_into(program, text)
    program.keys(*["shift+Tab"] * (1 + sum(keys.count("Tab") for keys, _ in rows)))
    type_into(program, name)
    program.keys("Return")


def is_whole(path):
    return os.path.exists(path) and os.path.getsize(path) > 0


def hidden(folder):
    return [name for name in os.listdir(folder) if name.startswith(".")]


def edges(frame):
    return [r for r in frame.get("ribbons", []) if r["kind"] in ("edge", "cell")]


def exports_by_keys(binary, display, folder):
    """A picture, a movie and words, and the folder of what was written."""
    tools = os.path.abspath(os.path.join(folder, "..", "tools"))
    os.makedirs(tools, exist_ok=True)
    told = os.path.join(tools, "opened.txt")
    if os.path.exists(told):
        os.remove(told)
    with open(os.path.join(tools, "xdg-open"), "w", encoding="utf-8") as file:
        file.write(f'#!/bin/sh\nprintf %s "$1" > "{told}.new" && mv "{told}.new" "{told}"\n')
    os.chmod(os.path.join(tools, "xdg-open"), stat.S_IRWXU)
    environment = {"PATH": tools + os.pathsep + os.environ["PATH"]}
    with Program(binary, display, folder, environment=environment) as program:
        program.wait("the first picture", lambda f: len(f["tokens"]) > 2 and edges(f))
        program.keys("Home", "Right", "Right")
        frame = program.wait("the third word", lambda f: f["document"]["selection"].get("query") == 2)

        start(program, "picture.png")
        picture = os.path.join(program.folder, "picture.png")
        wait_for("the picture", lambda: is_whole(picture), program)
        size, texts = png(picture)
        assert size == (1920, 1080), size
        assert "Head" in texts["Description"], texts
        carried = json.loads(texts["Headscope document"])
        assert carried["selection"]["query"] == 2, carried
        program.picture("1-written")
        program.keys("ctrl+shift+e")
        wait_for("the folder", lambda: os.path.exists(told), program)
        with open(told, encoding="utf-8") as file:
            assert file.read() == program.folder
        program.command("new")
        program.wait("an empty document", lambda f: f["document"]["text"] == "")
        program.command(f"open {picture}")
        program.wait("the picture's document", lambda f: f["document"]["selection"].get("query") == 2
                     and f["document"]["text"] == frame["document"]["text"])

        # A movie of another size and rate. MP4 is three kinds to the right of PNG.
        program.command("auto-story layers")
        frame = program.wait("a story", lambda f: len(f["document"].get("story", {}).get("steps", [])) > 2)
        steps = frame["document"]["story"]["steps"]
        start(program, "movie.mp4", (["Right"] * 3, ""), (["Tab", "Tab"], "320"), (["Tab"], "180"), (["Tab"], "10"))
        movie = os.path.join(program.folder, "movie.mp4")
        wait_for("the movie", lambda: is_whole(movie), program)
        stream = probe(movie)
        assert stream["codec_name"] == "h264" and stream["pix_fmt"] == "yuv420p", stream
        assert (stream["width"], stream["height"]) == (320, 180), stream
        assert stream["r_frame_rate"] == "10/1", stream["r_frame_rate"]
        seconds = steps[0]["pause"] + sum(s["duration"] + s["pause"] for s in steps[1:])
        assert abs(int(stream["nb_read_frames"]) - 10 * seconds) <= 1, (stream["nb_read_frames"], seconds)
        assert not hidden(program.folder), hidden(program.folder)

        # The picture in words, by one key.
        program.keys("Home", "Escape", "ctrl+c", "e", "ctrl+a", "ctrl+v", "Escape")
        program.wait("the words", lambda f: f["document"]["text"].startswith("Head ")
                     and "The text is" in f["document"]["text"])
        program.keys("ctrl+q")
        program.process.wait(60)
        assert program.process.returncode == 0


def exports_that_end_early(binary, display, folder):
    """Stopped by a key, gone on with, refused, and the window closed meanwhile."""
    with Program(binary, display, folder) as program:
        program.wait("the first picture", lambda f: len(f["tokens"]) > 2 and edges(f))
        frames = os.path.join(program.folder, "frames-of-it")

        def pictures():
            return [n for n in os.listdir(frames) if n.endswith(".png") and not n.startswith(".")] \
                if os.path.isdir(frames) else []

        # What is on show belongs to the export: the second one begins at the same word.
        program.keys("Home")
        program.wait("the first word", lambda f: f["document"]["selection"].get("query") == 0)

        # Large frames at a high rate take a while everywhere.
        slow = [(["Right"] * 7, ""), (["Tab", "Tab"], "3840"), (["Tab"], "2160"), (["Tab"], "120")]
        start(program, "frames-of-it", *slow)
        wait_for("some frames", lambda: len(pictures()) >= 3, program)
        program.keys("Right")
        program.wait("the window, which goes on", lambda f: f["document"]["selection"].get("query") == 1)
        program.picture("1-running")
        program.keys("shift+Escape")
        wait_for("the end", lambda: not hidden(frames), program)
        time.sleep(1)
        kept = len(pictures())
        assert 3 <= kept < 700, kept
        for name in pictures():
            assert png(os.path.join(frames, name))[0] == (3840, 2160), name
        times = {name: os.path.getmtime(os.path.join(frames, name)) for name in pictures()}
        assert program.alive()

        program.keys("Home")
        program.wait("the first word again", lambda f: f["document"]["selection"].get("query") == 0)

        # The same export goes on: what is there stays as it is.
        start(program, "frames-of-it")
        wait_for("more frames", lambda: len(pictures()) > kept, program)

        # Closing asks; closed while it runs, everything that is there is whole.
        program.keys("ctrl+q")
        time.sleep(1)
        assert program.alive(), "closed without a question"
        program.keys("Escape", "Right")  # the second one may come in the frame that closes the question
        program.wait("the window, which stays", lambda f: f["document"]["selection"].get("query") == 1)
        program.keys("ctrl+q")
        time.sleep(1)
        program.keys("Delete")
        program.process.wait(PATIENCE_SECS)
        assert program.process.returncode == 0, program.process.returncode
        assert not hidden(frames), hidden(frames)
        for name, changed in times.items():
            assert os.path.getmtime(os.path.join(frames, name)) == changed, f"{name} was drawn again"
        for name in pictures():
            png(os.path.join(frames, name))

    with Program(binary, display, folder + "-refused") as program:
        program.wait("the first picture", edges)
        program.command("export nowhere/at/all.png")
        wait_for("a sentence", lambda: "no folder" in program.said(), program)
        program.command("export movie.avi")
        program.command("export-folder")
        wait_for("another sentence", lambda: "nothing was exported" in program.said(), program)
        program.command("export-stop")
        assert program.alive()
