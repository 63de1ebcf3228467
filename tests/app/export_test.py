#!/usr/bin/env python3
"""Renders with the real program and asks other programs what came out: ffprobe, librsvg, Poppler.

    export_test.py PROGRAM [unittest options]
"""
import json
import os
import pathlib
import random
import signal
import subprocess
import sys
import tempfile
import time
import unittest

import numpy

PROGRAM = None
TEXT = "the dog slept ."
STORY = pathlib.Path(__file__).resolve().parents[2] / "assets" / "documents" / "reference.headscope"
DOG = ["--text", TEXT, "--do", "select-head 2.5", "--size", "320x180"]


def run(*args, timeout=300):
    # Debian's libraries behind the helpers may be silent or not; only their output counts.
    return subprocess.run([str(a) for a in args], capture_output=True, timeout=timeout)


def pixels(path, width, height, frame=0):
    """[height, width, 4] of one frame of any picture or movie, as FFmpeg reads it."""
    done = run("ffmpeg", "-v", "error", "-i", path, "-vf", f"select=eq(n\\,{frame})", "-frames:v", "1", "-f", "rawvideo",
               "-pix_fmt", "rgba", "-")
    assert done.returncode == 0, done.stderr.decode()
    return numpy.frombuffer(done.stdout, numpy.uint8).reshape(height, width, 4).astype(float)


def difference(a, b):
    """Mean difference of the colours, in steps of 255."""
    return float(numpy.abs(a[..., :3] - b[..., :3]).mean())


def probe(path):
    done = run("ffprobe", "-v", "error", "-count_frames", "-show_streams", "-show_format", "-of", "json", path)
    assert done.returncode == 0, done.stderr.decode()
    answer = json.loads(done.stdout)
    return answer["streams"][0], answer["format"]


class ExportTest(unittest.TestCase):
    def setUp(self):
        self.folder = tempfile.TemporaryDirectory()
        self.out = pathlib.Path(self.folder.name)

    def tearDown(self):
        self.folder.cleanup()

    def render(self, name, *options, base=DOG):
        done = run(PROGRAM, "render", *base, "--out", self.out / name, *options)
        self.assertEqual(done.returncode, 0, done.stderr.decode())
        return self.out / name

    def refused(self, sentence, *args, status=None):
        done = run(PROGRAM, *args)
        self.assertNotEqual(done.returncode, 0)
        if status is not None:
            self.assertEqual(done.returncode, status, done.stderr)
        lines = done.stderr.decode().splitlines()
        self.assertEqual(len(lines), 2, lines)
        self.assertIn(sentence, lines[0])

    def document_of(self, path):
        """What the program makes of a picture when it opens it: its document again, through a still."""
        again = self.out / "again.svg"
        done = run(PROGRAM, "render", path, "--out", again, "--size", "320x180")
        self.assertEqual(done.returncode, 0, done.stderr.decode())
        text = again.read_text()
        again.unlink()
        begin = text.index("<headscope:document")
        return text[text.index(">", begin) + 1:text.index("</headscope:document>")]


class Movies(ExportTest):
    def test_ffprobe_agrees_on_codec_size_duration_and_frames(self):
        for name, codec, rate, n in [("a.mp4", "h264", 30, 45), ("a.webm", "vp9", 30, 45), ("a.gif", "gif", 25, 37),
                                     ("a.apng", "apng", 30, 45)]:
            with self.subTest(name):
                fps = [] if name == "a.gif" else ["--fps", rate]
                stream, container = probe(self.render(name, "--range", "0.5s..2s", *fps))
                self.assertEqual(stream["codec_name"], codec)
                self.assertEqual((stream["width"], stream["height"]), (320, 180))
                self.assertEqual(int(stream["nb_read_frames"]), n)
                if "duration" in container:
                    self.assertAlmostEqual(float(container["duration"]), n / rate, delta=0.04)
                self.assertEqual([p.name for p in self.out.iterdir() if p.name.startswith(".")], [])

    def test_a_shipped_story_is_known_for_what_it_is(self):
        # Its document is longer than what a program reads to tell one kind of file from another.
        for name, codec in [("s.mp4", "h264"), ("s.webm", "vp9"), ("s.gif", "gif"), ("s.apng", "apng")]:
            with self.subTest(name):
                stream, _ = probe(self.render(name, "--range", "4s..5s", "--fps", "10", base=[STORY, "--size", "320x180"]))
                self.assertEqual((stream["codec_name"], int(stream["nb_read_frames"])), (codec, 10))

    def test_mp4_is_what_slide_programs_play(self):
        path = self.render("a.mp4", "--range", "0s..1s")
        stream, _ = probe(path)
        self.assertEqual(stream["pix_fmt"], "yuv420p")
        for key in ("color_space", "color_transfer", "color_primaries"):
            self.assertEqual(stream[key], "bt709")
        self.assertEqual(stream["color_range"], "tv")
        self.assertLess(path.read_bytes().index(b"moov"), path.read_bytes().index(b"mdat"))

    def test_colours_of_a_movie_are_those_of_the_picture(self):
        still = pixels(self.render("s.png", "--at", "1"), 320, 180)
        for name, most in [("a.mp4", 2.0), ("a.webm", 2.0), ("a.gif", 2.0), ("a.apng", 0.0)]:
            with self.subTest(name):
                movie = pixels(self.render(name, "--range", "1s..1.5s", "--fps", "25"), 320, 180)
                self.assertLessEqual(difference(still, movie), most)

    def test_webm_keeps_transparency_when_asked(self):
        stream, _ = probe(self.render("a.webm", "--range", "0s..0.5s", "--alpha"))
        self.assertEqual(stream["tags"]["alpha_mode"] if "alpha_mode" in stream["tags"] else stream["tags"]["ALPHA_MODE"], "1")
        picture = pixels(self.render("a.apng", "--range", "0s..0.5s", "--alpha"), 320, 180)
        self.assertEqual(picture[0, 0, 3], 0)
        self.assertEqual(picture[..., 3].max(), 255)

    def test_what_a_format_cannot_do_is_one_sentence(self):
        self.refused("even width and height", "render", *DOG[:-2], "--size", "321x180", "--out", self.out / "a.mp4")
        self.refused("no transparency", "render", *DOG, "--alpha", "--out", self.out / "a.mp4")
        self.refused("at most 50 frames/s", "render", *DOG, "--fps", "60", "--out", self.out / "a.gif")
        self.refused("no frame", "render", *DOG, "--range", "900s..901s", "--out", self.out / "a.mp4")
        self.refused(".avi", "render", *DOG, "--out", self.out / "a.avi", status=2)
        self.assertEqual(list(self.out.iterdir()), [])


class Stills(ExportTest):
    def rasterised(self, name, *options):
        """The SVG or PDF of the dog by librsvg or Poppler, at 640 x 360."""
        base = DOG[:-2] + ["--size", "1280x720"]
        path = self.render(name, *options, base=base)
        png = self.out / (name + ".png")
        if name.endswith(".svg"):
            done = run("rsvg-convert", "-w", "1280", "-h", "720", "-o", png, path)
        else:
            done = run("pdftoppm", "-png", "-singlefile", "-scale-to-x", "1280", "-scale-to-y", "720", path, png.with_suffix(""))
        self.assertEqual(done.returncode, 0, done.stderr.decode())
        return pixels(png, 1280, 720)

    def test_svg_and_pdf_are_the_png_of_the_same_moment(self):
        for view, theme in [("columns", "dark"), ("columns", "light"), ("arcs", "dark"), ("horizontal", "light"),
                            ("matrix", "dark")]:
            options = ["--do", f"set-view {view}", "--theme", theme, "--at", "2.2"]
            png = pixels(self.render("a.png", *options, base=DOG[:-2] + ["--size", "1280x720"]), 1280, 720)
            for name in ("a.svg", "a.pdf"):
                with self.subTest(view=view, theme=theme, name=name):
                    found = difference(png, self.rasterised(name, *options))
                    print(f"{name} {view} {theme}: mean difference {found:.2f} of 255")
                    self.assertLess(found, 2.0)

    def test_text_in_pdf_and_svg_can_be_found(self):
        self.render("a.pdf", base=["--text", "the dog saw Žofie and שלום", "--size", "1280x720"])
        text = run("pdftotext", self.out / "a.pdf", "-").stdout.decode()
        for word in ("dog", "saw"):
            self.assertIn(word, text)
        fonts = run("pdffonts", self.out / "a.pdf").stdout.decode().splitlines()[2:]
        self.assertTrue(fonts)
        for line in fonts:
            self.assertEqual(line[-26:].split()[0], "yes", f"not embedded: {line}")
        svg = self.render("a.svg", base=DOG[:-2]).read_text()
        self.assertIn(">dog</text>", svg)
        self.assertIn("'JetBrains Mono'", svg)
        self.assertIn("<desc>Head 2·5 of stories", svg)

    def test_the_paper_preset_fits_a_column(self):
        self.render("a.pdf", "--preset", "paper", base=DOG[:-2])
        info = run("pdfinfo", self.out / "a.pdf").stdout.decode()
        size = next(line for line in info.splitlines() if line.startswith("Page size"))
        self.assertAlmostEqual(float(size.split()[2]), 8.5 / 2.54 * 72, delta=0.01)
        self.assertIn("Subject:         Head 2·5", info)

    def test_the_document_comes_back_from_every_format(self):
        documents = {name: self.document_of(self.render(name)) for name in ("a.svg", "a.png", "a.pdf", "a.apng")
                     if name != "a.apng" or self.render(name, "--range", "0s..0.2s")}
        self.assertIn("the dog slept", documents["a.svg"])
        self.assertEqual(len(set(documents.values())), 1)
        listed = run("pdfdetach", "-list", self.out / "a.pdf").stdout.decode()
        self.assertIn("document.headscope", listed)
        self.assertEqual(run("pdfdetach", "-save", "1", "-o", self.out / "d.headscope", self.out / "a.pdf").returncode, 0)
        self.assertEqual(self.document_of(self.out / "d.headscope"), documents["a.svg"])

    def test_a_switch_leaves_the_document_out(self):
        for name in ("a.svg", "a.png", "a.pdf"):
            path = self.render(name, "--no-document")
            self.assertNotIn(b"selection", path.read_bytes())
            self.refused("carries no document", "render", path, "--out", self.out / "b.png")

    def test_cut_pictures_are_refused_in_a_sentence(self):
        for name in ("a.svg", "a.pdf", "a.png"):
            whole = self.render(name).read_bytes()
            marker = {"a.svg": b"<headscope:document", "a.pdf": b"/HeadscopeDocument", "a.png": b"Headscope document"}[name]
            cut = self.out / ("cut" + name)
            cut.write_bytes(whole[:whole.index(marker) + 120])
            self.refused(str(cut), "render", cut, "--out", self.out / "b.png")

    def test_large_stills_are_drawn_in_tiles(self):
        stream, _ = probe(self.render("a.png", "--size", "9000x5000", base=DOG[:-2]))
        self.assertEqual((stream["width"], stream["height"]), (9000, 5000))


class Frames(ExportTest):
    SHORT = ["--fps", "30", "--range", "0s..3s"]

    def files(self, folder):
        return {p.name: p.read_bytes() for p in sorted((self.out / folder).glob("*.png"))}

    def test_a_frame_is_the_same_bytes_alone_in_a_run_and_in_shards(self):
        whole = self.files(self.render("whole", *self.SHORT).name)
        self.assertEqual(list(whole), [f"{n:06d}.png" for n in range(1, 91)])
        for shard in (3, 1, 2):
            self.render("shards", *self.SHORT, "--shard", f"{shard}/3")
        self.assertEqual(self.files("shards"), whole)
        for number in (63, 20, 41):  # while it moves, out of order
            alone = f"alone{number}"
            self.render(alone, "--fps", "30", "--range", f"{(number - 1) / 30}..{number / 30}")
            self.assertEqual(self.files(alone), {f"{number:06d}.png": whole[f"{number:06d}.png"]})

    def test_what_is_there_is_kept_and_what_is_broken_is_drawn_again(self):
        whole = self.files(self.render("f", *self.SHORT).name)
        folder = self.out / "f"
        kept = (folder / "000007.png").stat().st_mtime_ns
        (folder / "000005.png").unlink()
        (folder / "000009.png").write_bytes(whole["000009.png"][:-30])
        flipped = bytearray(whole["000011.png"])
        flipped[len(flipped) // 2] ^= 1
        (folder / "000011.png").write_bytes(flipped)
        self.render("f", *self.SHORT)
        self.assertEqual(self.files("f"), whole)
        self.assertEqual((folder / "000007.png").stat().st_mtime_ns, kept)

    def test_frames_of_another_document_do_not_stay(self):
        old = self.files(self.render("f", *self.SHORT).name)
        new = self.files(self.render("f", *self.SHORT, "--do", "set-view arcs").name)
        self.assertEqual(self.files(self.render("g", *self.SHORT, "--do", "set-view arcs").name), new)
        self.assertTrue(all(old[name] != new[name] for name in old))

    def test_join_encodes_the_shards_and_names_the_first_missing_frame(self):
        self.render("f", *self.SHORT, "--shard", "1/2")
        self.refused("000046.png' is missing", "join", self.out / "f", "--out", self.out / "j.mp4")
        self.render("f", *self.SHORT, "--shard", "2/2")
        self.assertEqual(run(PROGRAM, "join", self.out / "f", "--out", self.out / "j.mp4").returncode, 0)
        stream, _ = probe(self.out / "j.mp4")
        self.assertEqual(int(stream["nb_read_frames"]), 90)
        direct = self.render("d.mp4", *self.SHORT)
        self.assertEqual((self.out / "j.mp4").read_bytes(), direct.read_bytes())
        self.refused("frames of Headscope", "join", self.out, "--out", self.out / "k.mp4")

    def test_a_killed_run_goes_on_where_it_was(self):
        rounds = int(os.environ.get("HEADSCOPE_KILL_ROUNDS", "3"))
        wanted = self.files(self.render("whole", "--fps", "60", "--range", "0s..5s").name)
        rng = random.Random(5)
        for _ in range(rounds):
            process = subprocess.Popen([PROGRAM, "render", *DOG, "--out", str(self.out / "k"), "--fps", "60", "--range",
                                        "0s..5s"], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
            time.sleep(rng.uniform(0.2, 2.5))
            process.send_signal(signal.SIGKILL)
            process.wait()
            for path in (self.out / "k").glob("*.png"):
                self.assertEqual(path.read_bytes(), wanted[path.name], "a frame that is there is whole")
        left = self.out / "k" / ".000300.png.left00"
        (self.out / "k" / "000300.png").unlink(missing_ok=True)
        left.write_bytes(b"half a picture")
        self.render("k", "--fps", "60", "--range", "0s..5s")
        self.assertEqual(self.files("k"), wanted)
        self.assertEqual(list((self.out / "k").glob(".*")), [], "nothing that a killed run left")

    def test_interrupting_ends_cleanly(self):
        for name, told in [("f", signal.SIGINT), ("a.mp4", signal.SIGINT), ("a.mp4", signal.SIGTERM)]:
            process = subprocess.Popen([PROGRAM, "render", *DOG[:-2], "--size", "1920x1080", "--fps", "240", "--out", str(self.out / name)],
                                       stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
            time.sleep(1.5)
            process.send_signal(told)
            error = process.communicate(timeout=60)[1].decode()
            self.assertEqual(process.returncode, 1, error)
            self.assertIn("stopped after", error)
        self.assertEqual(list(self.out.glob(".*")) + list(self.out.glob("a.mp4")) + list((self.out / "f").glob(".*")), [])

    def test_a_full_disk_is_one_sentence_and_keeps_what_was_finished(self):
        disk = self.out / "disk"
        disk.mkdir()
        if run("mount", "-t", "tmpfs", "-o", "size=600k", "tmpfs", disk).returncode != 0:
            # Without the right to mount: files that may not grow are the same fault for the writer.
            self.skipped_mount()
            return
        try:
            self.refused("the disk is full", "render", *DOG, "--out", disk / "f", "--fps", "60")
            there = sorted((disk / "f").glob("*.png"))
            self.assertTrue(there)
            self.assertEqual(list((disk / "f").glob(".*")), [])
            whole = self.files(self.render("whole", "--fps", "60").name)
            for path in there:
                self.assertEqual(path.read_bytes(), whole[path.name])
            for path in there:
                path.unlink()
            (disk / "filler").write_bytes(bytes(500_000))
            self.refused("the disk is full", "render", *DOG[:-2], "--size", "1920x1080", "--out", disk / "a.mp4")
            self.assertEqual(list(disk.glob("*.mp4")) + list(disk.glob(".*")), [])
        finally:
            run("umount", disk)

    def skipped_mount(self):
        import resource

        def small():
            resource.setrlimit(resource.RLIMIT_FSIZE, (4000, 4000))
        done = subprocess.run([PROGRAM, "render", *DOG, "--out", str(self.out / "f")], capture_output=True, preexec_fn=small)
        self.assertEqual(done.returncode, 1)
        self.assertEqual(len(done.stderr.decode().splitlines()), 2)
        self.assertEqual(list((self.out / "f").glob(".*")), [])

    def test_a_folder_that_vanishes_is_one_sentence(self):
        process = subprocess.Popen([PROGRAM, "render", *DOG, "--out", str(self.out / "f")], stdout=subprocess.DEVNULL,
                                   stderr=subprocess.PIPE)
        deadline = time.time() + 60
        while not (self.out / "f" / "000001.png").exists() and time.time() < deadline:
            time.sleep(0.01)
        (self.out / "f").rename(self.out / "g")
        error = process.communicate(timeout=120)[1].decode()
        self.assertEqual(process.returncode, 1)
        self.assertIn("there is no such file or folder", error)
        self.assertEqual(list((self.out / "g").glob(".*")), [])
        for frame in (self.out / "g").glob("0*.png"):
            self.assertEqual(frame.read_bytes()[-8:-4], b"IEND", frame.name)


if __name__ == "__main__":
    PROGRAM = sys.argv[1]
    unittest.main(argv=[sys.argv[0]] + sys.argv[2:])
