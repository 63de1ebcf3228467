#!/usr/bin/env python3
"""Checkpoints in the real window: folders named, dropped and chosen, torn ones, pictures by mouse, sounds by keys.

checkpoints_test.py PROGRAM FOLDER SHARED [TEST …]   pictures and dumps stay in FOLDER; SHARED has fixtures/
"""
import json
import math
import os
import random
import shutil
import struct
import subprocess
import sys
import time

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from driver import PATIENCE_SECS, Program, require, run_all  # noqa: E402
from dumped_frame import query, selection  # noqa: E402
from files_test import window_of  # noqa: E402
from x11_client import Client  # noqa: E402


def model(frame):
    return frame["document"]["model"]


def second_text(frame):
    return frame["document"].get("second_text", "")


TORN = "ends at data byte"  # what is said of a file that was cut off


def wait_until_told(program, n_times):
    """REQUIRES: TORN was said n_times before."""
    end = time.monotonic() + PATIENCE_SECS
    while program.said().count(TORN) <= n_times:
        assert program.alive() and time.monotonic() < end, program.said()
        time.sleep(0.05)


def write_deit(folder):
    """A DeiT of 3 layers of 4 heads with random weights: 8 rows of 8 patches, two classifiers."""
    width, inner, patch, n_patches = 48, 96, 8, 64
    shapes = {"deit.embeddings.cls_token": [1, 1, width], "deit.embeddings.distillation_token": [1, 1, width],
              "deit.embeddings.position_embeddings": [1, n_patches + 2, width],
              "deit.embeddings.patch_embeddings.projection.weight": [width, 3, patch, patch],
              "deit.embeddings.patch_embeddings.projection.bias": [width]}

    def linear(name, n_out, n_in):
        shapes.update({name + ".weight": [n_out, n_in], name + ".bias": [n_out]})

    def norm(name):
        shapes.update({name + ".weight": [width], name + ".bias": [width]})

    for layer in range(3):
        at = f"deit.encoder.layer.{layer}."
        for name in ["attention.attention.query", "attention.attention.key", "attention.attention.value",
                     "attention.output.dense"]:
            linear(at + name, width, width)
        linear(at + "intermediate.dense", inner, width)
        linear(at + "output.dense", width, inner)
        norm(at + "layernorm_before")
        norm(at + "layernorm_after")
    norm("deit.layernorm")
    linear("cls_classifier", 3, width)
    linear("distillation_classifier", 3, width)
    numbers, header, data = random.Random(3), {}, bytearray()
    for name, shape in shapes.items():
        n = math.prod(shape)
        spread = 2 / math.sqrt(n / shape[0]) if len(shape) > 1 else 0.3
        values = struct.pack(f"<{n}f", *(numbers.gauss(1 if "norm" in name and "weight" in name else 0, spread)
                                         for _ in range(n)))
        header[name] = {"dtype": "F32", "shape": shape, "data_offsets": [len(data), len(data) + len(values)]}
        data += values
    text = json.dumps(header).encode()
    os.makedirs(folder)
    with open(os.path.join(folder, "model.safetensors"), "wb") as file:
        file.write(struct.pack("<Q", len(text)) + text + data)
    with open(os.path.join(folder, "config.json"), "w", encoding="utf-8") as file:
        json.dump({"architectures": ["DeiTForImageClassificationWithTeacher"], "hidden_size": width,
                   "intermediate_size": inner, "num_hidden_layers": 3, "num_attention_heads": 4, "image_size": 64,
                   "patch_size": patch, "id2label": {"0": "cat", "1": "dog", "2": "owl"}}, file)


def folders_are_named_dropped_and_chosen(binary, display, folder, shared):
    checkpoints = os.path.join(shared, "fixtures", "checkpoints")
    with Program(binary, display, folder, [os.path.join(checkpoints, "text-gpt2")]) as program, Client(display) as other:
        program.wait("the folder that was named", lambda f: model(f).endswith("text-gpt2") and f["tokens"])
        own = os.path.join(program.folder, "my models")
        shutil.copytree(os.path.join(checkpoints, "text-bert"), os.path.join(own, "bert"))
        shutil.copytree(os.path.join(checkpoints, "text-gpt2"), os.path.join(own, "torn"))
        with open(os.path.join(own, "torn", "model.safetensors"), "r+b") as file:
            file.truncate(100_000)
        target = window_of(program)
        other.drop([os.path.join(own, "bert")], target)
        good = program.wait("the folder that was dropped", lambda f: model(f).endswith("bert") and "[CLS]" in f["tokens"])

        # A torn checkpoint is told in a sentence, by every way it comes, and the picture stays as it is.
        ways = [lambda: other.drop([os.path.join(own, "torn")], target),
                lambda: program.command("open " + os.path.join(own, "torn"))]
        for way in ways:
            told = program.said().count(TORN)
            way()
            wait_until_told(program, told)
            frame = program.wait("the model before", lambda f: model(f).endswith("bert"))
            assert frame["tokens"] == good["tokens"] and frame["dim"] == 0
        program.keys("ctrl+o")
        program.type(own)
        program.keys("Return")
        program.type("torn")
        told = program.said().count(TORN)
        program.keys("Return")
        wait_until_told(program, told)
        frame = program.wait("the picture after the dialog", lambda f: model(f).endswith("bert"))
        assert frame["tokens"] == good["tokens"]
        program.picture("told")

        # What was opened comes first in the list the next time, the torn one does not.
        program.keys("ctrl+q")
        program.process.wait(60)
        assert program.process.returncode == 0
    recent = subprocess.run([binary, "models"], env=program.environment, capture_output=True, text=True, check=True).stdout
    assert recent.index("bert") < recent.index("text-gpt2"), recent
    assert "torn" not in recent, recent


def patches_by_mouse_and_arrows(binary, display, folder, shared):
    picture = os.path.join(shared, "fixtures", "expected", "vit-tiny", "png-resized.png")
    deit = os.path.join(folder + "-model", "deit")
    shutil.rmtree(folder + "-model", ignore_errors=True)
    write_deit(deit)
    with Program(binary, display, folder, [deit, "--image", picture]) as program:
        frame = program.wait("the patches", lambda f: len(f["tokens"]) == 66 and f.get("n_images") == 1)
        assert frame["tokens"][:3] == ["[CLS]", "[DIST]", "patch 1,1"]
        program.picture("1-all")
        # In presenter mode the stage is the window, so that the places in the dump are those of the mouse.
        program.keys("p")
        frame = program.wait("presenter mode", lambda f: f["document"]["view"]["present"])
        cells = {r["query"]: r["points"] for r in frame["ribbons"] if r["kind"] == "token"}
        assert len(cells) == 64

        def click(token):
            left, top, right, bottom = cells[token]
            subprocess.run([require("xdotool"), "mousemove", str(round((left + right) / 2)), str(round((top + bottom) / 2)),
                            "sleep", "0.2", "click", "1"], env=program.environment, check=True)

        # Lines of all patches lie over the picture at first: the click goes through them.
        click(2 + 8 * 3 + 4)
        program.wait("the patch that was clicked", lambda f: query(f) == 2 + 8 * 3 + 4)
        program.picture("2-clicked")
        program.keys("p")
        program.wait("the panels again", lambda f: not f["document"]["view"]["present"])
        for key, token in [("Down", 2 + 8 * 4 + 4), ("Right", 2 + 8 * 4 + 5), ("Up", 2 + 8 * 3 + 5), ("Left", 2 + 8 * 3 + 4)]:
            program.keys(key)
            program.wait(f"the patch after {key}", lambda f, token=token: query(f) == token)
        program.keys(*["Up"] * 5)
        program.wait("the top row", lambda f: query(f) == 2 + 4)
        heads = selection(program.last())["heads"]
        program.keys("Tab", "Down")
        program.wait("another head, where there are no rows", lambda f: selection(f)["heads"] != heads)


def a_sound_by_keys(binary, display, folder, shared):
    whisper = os.path.join(shared, "fixtures", "checkpoints", "whisper-tiny-random")
    sound = os.path.join(shared, "fixtures", "expected", "whisper-tiny-random", "wav-chirp.wav")
    with Program(binary, display, folder, [whisper, "--audio", sound]) as program:
        program.wait("the spectrogram", lambda f: f["document"]["view"]["kind"] == "picture" and f.get("n_images", 0) >= 1)
        program.keys("e", "ctrl+a")
        program.type("5 7 9")
        program.keys("Escape")
        frame = program.wait("the words", lambda f: f["document"]["text"] == "5 7 9" and len(f["tokens"]) == 4)
        assert selection(frame).get("part") == "cross" and len(frame["keys"]) == 50, frame["keys"][:4]
        assert frame["keys"][1] == "0.02 s"
        program.keys("Right", "Right")
        program.wait("a word", lambda f: query(f) == 1)
        program.picture("1-word")
        program.keys("x")
        frame = program.wait("the encoder", lambda f: selection(f).get("part", "encoder") == "encoder" and len(f["tokens"]) == 50)
        program.picture("2-encoder")
        program.keys("x")
        program.wait("the decoder", lambda f: selection(f).get("part") == "decoder" and len(f["tokens"]) == 4)
        program.picture("3-decoder")
        program.keys("ctrl+Return")
        frame = program.wait("a word of the model's own", lambda f: len(f["tokens"]) == 5)
        assert frame["document"]["text"] == "5 7 9 " + frame["tokens"][4].strip()
        program.keys("x")
        program.wait("cross-attention again", lambda f: selection(f).get("part") == "cross" and len(f["tokens"]) == 5)
        for view in ["columns", "arcs", "horizontal", "matrix", "picture"]:
            program.keys("Tab")
            program.wait(view, lambda f, view=view: f["document"]["view"]["kind"] == view)
        program.keys("ctrl+z")
        program.keys("l")
        program.wait("light", lambda f: f["document"]["view"]["theme"] == "light")
        program.picture("4-light")


def a_decoder_writes_by_keys(binary, display, folder, shared):
    bart = os.path.join(shared, "fixtures", "checkpoints", "bart-tiny")
    with Program(binary, display, folder, [bart, "--do", 'set-text "5 6 7 8"']) as program:
        program.wait("the source", lambda f: f["document"]["text"] == "5 6 7 8" and len(f["tokens"]) > 3)
        program.keys("x")
        program.wait("the decoder", lambda f: selection(f).get("part") == "decoder")
        program.keys("shift+e")
        program.type("9 10")
        program.wait("what was typed", lambda f: second_text(f) == "9 10")
        program.keys("ctrl+Return")  # the cursor is still in the field
        one = program.wait("one token", lambda f: second_text(f).startswith("9 10 ") and len(f["tokens"]) == 4)
        program.keys("Escape", "ctrl+shift+Return")
        program.wait("more of them", lambda f: len(f["tokens"]) > 6)
        time.sleep(1.2)  # longer than a burst of typing
        program.keys("Escape", "ctrl+z")
        back = program.wait("what was before", lambda f: len(f["tokens"]) <= 4)
        assert second_text(back) in (second_text(one), "9 10", ""), second_text(back)
        assert program.alive()


def main():
    binary, folder, shared = sys.argv[1:4]
    tests = [folders_are_named_dropped_and_chosen, patches_by_mouse_and_arrows, a_sound_by_keys, a_decoder_writes_by_keys]
    bound = []
    for test in tests:
        def run(binary, display, folder, test=test):
            test(binary, display, folder, os.path.abspath(shared))
        run.__name__ = test.__name__
        bound.append(run)
    return run_all(bound, binary, os.path.abspath(folder), sys.argv[4:])


if __name__ == "__main__":
    sys.exit(1 if main() else 0)
