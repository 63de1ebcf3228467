#!/usr/bin/env python3
"""The window as people use it: by keys alone, on a virtual display, with assertions on the dumped scene.

window_test.py PROGRAM FOLDER SHARED [TEST …]   pictures and dumps stay in FOLDER; SHARED has fixtures/
"""
import json
import os
import subprocess
import sys
import time

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from by_mouse import heads_by_mouse, nothing_touched  # noqa: E402
from driver import Program, run_all  # noqa: E402
from dumped_frame import edges, query, selection, state, text  # noqa: E402
from exporting import exports_by_keys, exports_that_end_early  # noqa: E402


def widths_by_place(frame):
    """Widths by what an edge joins; its key may be another one after tokens came and went."""
    return {(e["layer"], e["head"], e["query"], e["key_token"]): round(e["width"], 2) for e in edges(frame).values()}


def check_monotonic(frames):
    """Every edge that stands at both ends glides from its old width to its new one and never back."""
    last = edges(frames[-1])
    moving = 0
    for key, edge in last.items():
        widths = [edges(frame)[key]["width"] for frame in frames if key in edges(frame)]
        start, goal = edge["from"], edge["to"]
        if start <= 0 or goal <= 0 or len(widths) < 2:
            continue
        sign = 1 if goal >= start else -1
        for before, after in zip(widths, widths[1:]):
            assert sign * (after - before) >= -1e-4, f"edge {key} goes back: {widths}"
        assert min(start, goal) - 1e-3 <= widths[0] <= max(start, goal) + 1e-3, (key, start, goal, widths)
        assert abs(widths[-1] - goal) < 1e-3, f"edge {key} ends at {widths[-1]} instead of {goal}"
        moving += abs(goal - start) > 0.25
    return moving


def a_session_by_keys(binary, display, folder):
    with Program(binary, display, folder) as program:
        first = program.wait("the first picture", lambda f: len(f["tokens"]) > 2 and edges(f))
        start = state(first)
        program.picture("1-start")

        # Type a word into the sentence.
        program.keys("Home")
        program.wait("the first word", lambda f: query(f) == 0)
        program.keys("End")
        last_token = len(first["tokens"]) - 1
        program.wait("the last word", lambda f: query(f) == last_token)
        program.keys("e", "End", "ctrl+Left", "ctrl+Left")
        program.type("very ")
        grown = program.wait("the new word", lambda f: len(f["tokens"]) == last_token + 2 and "very" in text(f))
        assert "very" in grown["tokens"], grown["tokens"]
        program.keys("Escape")
        assert query(grown) == last_token + 1, "an edit before the word that looks leaves it"

        # At least ten frames of that transition, with widths that only move from old to new.
        frames = [f for f in map(program.frame, program.numbers()) if f.get("morph") == grown["morph"]]
        mixes = [f["mix"] for f in frames]
        assert len(frames) >= 10, f"{len(frames)} frames: {mixes}"
        assert mixes == sorted(mixes) and mixes[-1] == 1, mixes
        assert check_monotonic(frames) > 0, "no edge moved"
        program.picture("2-typed")

        # Step through all words; only what the model has read by then is in the picture.
        n_tokens = len(grown["tokens"])
        program.keys("Home")
        program.wait("word 0", lambda f: query(f) == 0)
        for step in range(1, n_tokens):
            program.keys("Right")
            frame = program.wait(f"word {step}", lambda f, step=step: query(f) == step)
            assert all(e["query"] <= step for e in edges(frame).values() if e["alpha"] > 0), step
            assert any(e["query"] == step for e in edges(frame).values()), f"word {step} looks at nothing"
        program.picture("3-last-word")

        # Switch heads: by digit, by arrow.
        layer = selection(program.last())["heads"][0].split(".")[0]
        program.keys("4")
        program.wait("head 3 of the layer", lambda f: selection(f)["heads"] == [f"{layer}.3"])
        program.keys("Down")
        frame = program.wait("the head after it", lambda f: selection(f)["heads"] == [f"{layer}.4"])
        assert {e["head"] for e in edges(frame).values()} == {4}
        program.picture("4-head")

        # Switch views, light and presenter mode.
        for i, view in enumerate(["arcs", "horizontal", "matrix", "columns"]):
            program.keys("Tab")
            program.wait(view, lambda f, view=view: f["document"]["view"]["kind"] == view)
            program.picture(f"5-{i}-{view}")
        program.keys("l")
        program.wait("light", lambda f: f["document"]["view"]["theme"] == "light")
        program.picture("6-light")
        program.keys("p")
        program.wait("presenter mode", lambda f: f["document"]["view"]["present"])
        program.keys("e")
        time.sleep(0.5)  # what is typed next must find the sentence still open
        program.type(" again")
        program.wait("a sentence typed on the projector",
                     lambda f: text(f).endswith(" again") and f["tokens"][query(f)] == "again")
        program.keys("Escape")
        program.keys("p")
        program.wait("the desktop again", lambda f: not f["document"]["view"]["present"])

        # Undo everything.
        program.keys(*["ctrl+z"] * 60)
        end = program.wait("the document of the start", lambda f: state(f) == start)
        assert end["tokens"] == first["tokens"]
        assert widths_by_place(end) == widths_by_place(first)
        program.keys("question")
        program.picture("7-undone")
        program.keys("Escape", "ctrl+q")
        program.process.wait(60)
        assert program.process.returncode == 0


def steps(frame):
    return frame["document"].get("story", {}).get("steps", [])


def a_story_by_keys(binary, display, folder):
    """Recorded, edited in the strip, undone, saved, opened again and rendered."""
    with Program(binary, display, folder) as program:
        program.wait("the first picture", lambda f: len(f["tokens"]) > 2 and edges(f))
        program.keys("Home")
        program.wait("the first word", lambda f: query(f) == 0)
        time.sleep(1.5)  # steps of undo join while they follow each other closely

        program.keys("r")
        program.wait("a story that begins", lambda f: len(steps(f)) == 1)
        program.keys("Right")
        program.wait("a recorded word", lambda f: len(steps(f)) == 2 and query(f) == 1)
        program.keys("v")
        frame = program.wait("a recorded view", lambda f: len(steps(f)) == 3)
        assert steps(frame)[1]["do"] == ["set-query 1"] and steps(frame)[2]["do"] == ["set-view arcs"], steps(frame)
        program.keys("l")
        program.wait("a recorded theme", lambda f: len(steps(f)) == 4)
        program.keys("ctrl+z")
        program.wait("a step undone", lambda f: len(steps(f)) == 3)
        program.picture("1-recording")
        program.keys("r")

        # The strip: a caption, another order, a copy, fewer steps; each can be undone.
        program.keys("d")
        program.type("Who looks at whom")
        program.keys("Return")
        program.wait("a caption", lambda f: steps(f)[2].get("caption") == "Who looks at whom")
        program.keys("ctrl+shift+Left")
        program.wait("another order", lambda f: steps(f)[1].get("caption") == "Who looks at whom")
        program.keys("ctrl+d")
        program.wait("a copy", lambda f: len(steps(f)) == 4)
        program.keys("Delete")
        program.wait("no copy", lambda f: len(steps(f)) == 3)
        program.command("story-retime 2 0.4 0.3")
        frame = program.wait("other times", lambda f: steps(f)[1]["duration"] == 0.4)
        program.picture("2-edited")
        program.keys("ctrl+z")
        program.wait("the times before", lambda f: steps(f)[1]["duration"] != 0.4)
        program.keys("ctrl+y")
        frame = program.wait("the other times again", lambda f: steps(f)[1]["duration"] == 0.4)
        told = frame["document"]["story"]

        # It plays by a key, to its end.
        program.keys("Home")
        program.keys("space")
        program.wait("the last step", lambda f: query(f) == 1 and f["document"]["view"]["kind"] == "arcs")
        program.picture("3-played")

        path = os.path.join(program.folder, "told.headscope")
        program.command(f"save {path}")
        for _ in range(100):
            if os.path.exists(path):
                break
            time.sleep(0.1)
        with open(path, encoding="utf-8") as file:
            saved = json.load(file)
        assert saved["story"]["steps"] == told["steps"], saved["story"]
        program.command("new")
        program.wait("an empty document", lambda f: not steps(f))
        program.command(f"open {path}")
        frame = program.wait("the story again", lambda f: len(steps(f)) == 3)
        assert frame["document"]["story"]["steps"] == told["steps"]
        program.picture("4-opened-again")
        program.keys("ctrl+q")
        program.process.wait(60)

    out = os.path.join(folder, "rendered")
    subprocess.run([binary, "render", path, "--out", out, "--size", "320x180", "--fps", "5"], check=True,
                   env={**os.environ, "LIBGL_ALWAYS_SOFTWARE": "1"})
    seconds = told["steps"][0]["pause"] + sum(s["duration"] + s["pause"] for s in told["steps"][1:])
    n_frames = sum(name.endswith(".png") for name in os.listdir(out))
    assert abs(n_frames - seconds * 5) <= 1, (n_frames, seconds)


def two_texts_by_keys(binary, display, folder, shared):
    """An encoder-decoder: both fields, the three parts, words merged; then a pair and a mask of BERT."""
    checkpoints = os.path.join(shared, "fixtures/checkpoints")
    with Program(binary, display, folder, [os.path.join(checkpoints, "text-t5")]) as program:
        program.wait("the encoder", lambda f: "</s>" in f["tokens"] and edges(f))
        program.keys("e", "ctrl+a")
        program.type("the dog slept")
        program.keys("Tab")
        program.type("der Hund")
        program.keys("Escape")
        program.wait("both texts", lambda f: text(f) == "the dog slept" and
                     f["document"].get("second_text") == "der Hund" and "keys" not in f)
        program.keys("x")
        frame = program.wait("the decoder", lambda f: selection(f).get("part") == "decoder" and f["tokens"][0] == "<s>")
        assert "</s>" not in frame["tokens"]
        program.keys("x")
        frame = program.wait("cross-attention", lambda f: selection(f).get("part") == "cross" and "keys" in f)
        assert frame["tokens"][0] == "<s>" and frame["keys"][-1] == "</s>", frame["tokens"]
        pairs = {(e["query"], e["key_token"]) for e in edges(frame).values()}
        assert max(k for _, k in pairs) < len(frame["keys"]) and max(q for q, _ in pairs) < len(frame["tokens"])
        for view in ["arcs", "horizontal", "matrix", "columns"]:
            program.keys("v")
            program.wait(view, lambda f, view=view: f["document"]["view"]["kind"] == view)
            program.picture("cross-" + view)
        program.keys("Home", "Right", "j", "shift+h")
        frame = program.wait("words alone", lambda f: f["document"]["view"].get("merge_words") and
                             f["document"]["view"]["hide_special_tokens"] and f["tokens"] == ["der", "Hund"])
        assert frame["keys"] == ["the", "dog", "slept"], frame["keys"]
        program.picture("cross-words")
        program.keys(*["ctrl+z"] * 40)
        program.wait("the beginning again", lambda f: "second_text" not in f["document"])

        program.command("open " + os.path.join(checkpoints, "text-bert"))
        program.wait("the encoder of BERT", lambda f: "[CLS]" in f["tokens"])
        program.keys("e", "ctrl+a")
        program.type("the dog [MASK]")
        program.keys("Tab")
        program.type("it slept")
        program.keys("Escape")
        frame = program.wait("a pair", lambda f: f["tokens"].count("[SEP]") == 2 and "[MASK]" in f["tokens"])
        assert not any(e["key_token"] >= len(frame["tokens"]) for e in edges(frame).values())
        program.picture("pair")


def texts_of_every_length(binary, display, folder):
    with Program(binary, display, folder, size="1000x640") as program:
        program.wait("the first picture", edges)
        for name, words, expected in [("1", "", 1), ("2", "dog", 2), ("3", "dog cat", 3)]:
            program.command(f'set-text "{words}"' if words else 'set-text ""')
            if words:
                program.wait(f"{name} tokens", lambda f, n=expected: len(f["tokens"]) == n)
            else:
                program.wait("the empty text", lambda f: text(f) == "")
            program.picture(f"tokens-{name}")
        long_document = os.path.join(program.folder, "long.headscope")
        with open(long_document, "w", encoding="utf-8") as file:
            json.dump({"headscope": 1, "model": "stories", "text": "the dog was too tired . " * 40}, file)
        program.command(f"open {long_document}")
        program.wait("240 tokens", lambda f: len(f["tokens"]) > 200)
        program.picture("tokens-240")
        with open(long_document, "w", encoding="utf-8") as file:
            json.dump({"headscope": 1, "model": "stories", "text": "the dog was too tired . " * 100}, file)
        program.command(f"open {long_document}")
        program.wait("a text beyond the model", lambda f: len(text(f)) > 2000)
        program.picture("tokens-600")
        program.keys("ctrl+z")
        program.wait("the text before", lambda f: len(text(f)) < 2000 and len(f["tokens"]) > 200)


def a_picture_by_keys(binary, display, folder, shared):
    """A model that looks: it says what it wants, gets it, and its patches are gone through."""
    model = os.path.join(shared, "fixtures", "checkpoints", "vit-tiny")
    picture = os.path.join(shared, "fixtures", "expected", "vit-tiny", "png-resized.png")
    sound = os.path.join(shared, "fixtures", "expected", "whisper-tiny-random", "wav-chirp.wav")

    def view(frame):
        return frame["document"]["view"]["kind"]

    with Program(binary, display, folder, [model]) as program:
        program.wait("what it wants", lambda f: any("looks at pictures" in label["text"] for label in f["labels"]))
        program.picture("1-no-picture")
        program.command(f"open {sound}")
        program.command(f"open {picture}")
        program.wait("the picture", lambda f: f.get("n_images") == 1 and not f["moving"])
        first = program.last()
        assert "is a sound" in program.said()
        assert view(first) == "picture" and len(first["tokens"]) == 17, first["document"]
        patches = [r for r in first["ribbons"] if r["kind"] == "token"]
        assert len(patches) == 16 and abs(sum(r["weight"] for r in patches) - 1) < 0.2, patches
        program.picture("2-mean")

        program.keys("Right")
        program.wait("the class token", lambda f: query(f) == 0 and not f["moving"])
        program.keys("Right")
        program.wait("the first patch", lambda f: query(f) == 1 and not f["moving"])
        stood = {r["key"] for r in program.last()["ribbons"] if r["kind"] == "token"}
        begin = max(program.numbers())
        program.keys("Right")
        program.wait("the second patch", lambda f: query(f) == 2 and not f["moving"])
        frames = [program.frame(n) for n in program.numbers() if n > begin]
        frames = [f for f in frames if query(f) == 2]
        assert len(frames) > 5, "it glides"
        for frame in frames:
            assert {r["key"] for r in frame["ribbons"] if r["kind"] == "token"} == stood, "patches change in place"
        program.picture("3-second-patch")

        for wanted in ["columns", "arcs", "horizontal", "matrix", "picture"]:
            program.keys("Tab")
            program.wait(wanted, lambda f, wanted=wanted: view(f) == wanted and not f["moving"])
        program.keys("a")
        program.wait("all heads", lambda f: f["n_images"] == 2 * 12 and not f["moving"])
        program.picture("4-all-heads")
        program.keys("ctrl+z")
        program.wait("one head again", lambda f: f["n_images"] == 1 and not f["moving"])
        program.command("set-input")
        program.wait("no picture", lambda f: any("looks at pictures" in label["text"] for label in f["labels"]))
        program.keys("ctrl+z")
        program.wait("the picture again", lambda f: f.get("n_images") == 1 and not f["moving"])


def hostile_input(binary, display, folder):
    broken = b'set-text "caf\xe9 \xed\xa0\x80 \xf0\x9f\x98\x80 e\xcc\x81 \xd7\xa9\xd7\x9c\xd7\x95\xd7\x9d"'
    with Program(binary, display, folder, ["--do", broken]) as program:
        frame = program.wait("broken bytes as a text", lambda f: "caf" in text(f))
        assert "\ufffd" in text(frame)
        program.picture("broken-bytes")
        for name, content in [("nul", b'{"headscope": 1, "text": "a\\u0000b"}'), ("bytes", b"\x00\xff\xfe not JSON"),
                              ("deep", b"[" * 100000), ("list", b"[]"), ("empty", b""),
                              ("surrogate", b'{"headscope": 1, "text": "\\ud800 lone"}')]:
            path = os.path.join(program.folder, name + ".headscope")
            with open(path, "wb") as file:
                file.write(content)
            program.command(f"open {path}")
        program.command("open nowhere.headscope")
        program.command("no-such-command")
        program.keys("Escape", "Escape")
        program.command('set-text "the dog slept ."')
        program.wait("a text after all that", lambda f: text(f) == "the dog slept .")
        assert "no-such" in program.said() or "nowhere" in program.said()
        program.picture("after-broken-files")

        # A paste that doubles itself beyond a megabyte: refused or cut, never fatal.
        program.keys("e")
        for _ in range(17):
            program.keys("ctrl+a", "ctrl+c", "End", "ctrl+v", "ctrl+v")
        program.keys("Escape")
        program.command('set-text "the cat slept ."')
        program.wait("a text after a large paste", lambda f: text(f) == "the cat slept .")
        program.keys("l")
        program.wait("light after a large paste", lambda f: f["document"]["view"]["theme"] == "light")
        program.picture("after-paste")
        assert program.alive()


def main():
    binary, folder, shared = sys.argv[1], sys.argv[2], os.path.abspath(sys.argv[3])

    def a_picture(binary, display, folder):
        a_picture_by_keys(binary, display, folder, shared)

    def two_texts(binary, display, folder):
        two_texts_by_keys(binary, display, folder, shared)

    tests = [nothing_touched, heads_by_mouse, a_session_by_keys, a_story_by_keys, a_picture, two_texts,
             exports_by_keys, exports_that_end_early, texts_of_every_length, hostile_input]
    return 1 if run_all(tests, binary, folder, sys.argv[4:]) else 0


if __name__ == "__main__":
    sys.exit(main())
