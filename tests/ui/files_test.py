#!/usr/bin/env python3
"""Files and the clipboard in the real window: the dialog by keys alone, files dropped by another program, and whatever
another program may have on the clipboard.

files_test.py PROGRAM FOLDER [TEST …]   pictures and dumps stay in FOLDER
"""
import json
import os
import re
import subprocess
import sys
import time

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from driver import Program, require, run_all  # noqa: E402
from dumped_frame import text  # noqa: E402
from x11_client import Client  # noqa: E402


def write_document(path, words):
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path, "w", encoding="utf-8") as file:
        json.dump({"headscope": 1, "model": "stories", "text": words}, file)


def window_of(program):
    found = subprocess.run([require("xdotool"), "search", "--onlyvisible", "--class", "headscope"],
                           env=program.environment, capture_output=True, text=True, check=True)
    return int(found.stdout.split()[0])


def the_dialog_by_keys(binary, display, folder):
    with Program(binary, display, folder) as program:
        talks = os.path.join(program.folder, "talks")
        write_document(os.path.join(talks, "one.headscope"), "the dog slept .")
        write_document(os.path.join(talks, "two.headscope"), "the cat slept .")
        write_document(os.path.join(talks, "older", "three.headscope"), "the bird slept .")
        with open(os.path.join(talks, "notes.txt"), "w", encoding="utf-8") as file:
            file.write("nothing that could be opened")
        program.wait("the first picture", lambda f: f["tokens"])

        # A typed path is entered when it is a folder; a part of a name is enough then.
        program.keys("ctrl+o")
        program.type(talks)
        program.keys("Return")
        program.type("two")
        program.keys("Return")
        program.wait("the second document", lambda f: text(f) == "the cat slept .")

        # It opens where it was. Folders come first: Enter goes in, Backspace back, the arrows choose.
        program.keys("ctrl+o")
        program.type("older")
        program.keys("Return")
        program.type("three")
        program.keys("Return")
        program.wait("the document in the folder below", lambda f: text(f) == "the bird slept .")
        program.keys("ctrl+o", "BackSpace")
        program.type(".headscope")
        program.keys("End", "Down", "Down", "Down", "Up", "Up", "Up", "ctrl+a", "BackSpace")
        program.type("one")
        program.keys("Return")
        program.wait("the document in the folder above", lambda f: text(f) == "the dog slept .")

        # A name that nothing has opens nothing, Escape closes, and then keys are the window's again.
        program.keys("ctrl+o")
        program.type("notes")
        program.keys("Return")
        program.keys("Escape", "Escape")
        assert text(program.last()) == "the dog slept ."
        program.keys("l")
        program.wait("light", lambda f: f["document"]["view"]["theme"] == "light")

        # A path of a file opens it; a path of nothing is told.
        program.keys("ctrl+o")
        program.type(os.path.join(talks, "two.headscope"))
        program.keys("Return")
        program.wait("a document by its path", lambda f: text(f) == "the cat slept .")
        program.keys("ctrl+o")
        program.type(os.path.join(talks, "nowhere.headscope"))
        program.keys("Return", "Escape")
        theme = program.last()["document"]["view"]["theme"]
        program.keys("l")
        program.wait("the other theme", lambda f: f["document"]["view"]["theme"] != theme)
        assert "nowhere.headscope" in program.said()


def files_dropped(binary, display, folder):
    with Program(binary, display, folder) as program, Client(display) as other:
        program.wait("the first picture", lambda f: f["tokens"])
        target = window_of(program)
        path = os.path.join(program.folder, "a talk", "tëlling.headscope")  # escaped on its way
        write_document(path, "the dog saw the cat .")
        other.drop([path], target)
        frame = program.wait("the dropped document", lambda f: text(f) == "the dog saw the cat .")

        # A picture that was saved carries its document; where nothing else happened it is the same picture again.
        first, second = program.picture("1-dropped"), program.picture("2-again")
        with open(first, "rb") as a, open(second, "rb") as b:
            assert a.read() == b.read(), "a picture shows that the one before was saved"
        program.command('set-text "something else ."')
        program.wait("another text", lambda f: text(f) == "something else .")
        other.seen.clear()
        other.drop([first], target)
        again = program.wait("the document in the picture", lambda f: text(f) == "the dog saw the cat .")
        assert again["tokens"] == frame["tokens"]

        # Of several files the first is opened. What cannot be opened is told, and nothing else changes.
        for name, content in [("broken.headscope", b"\x00\xff not JSON"), ("music.txt", b"la la"), ("empty.png", b"")]:
            broken = os.path.join(program.folder, name)
            with open(broken, "wb") as file:
                file.write(content)
            other.seen.clear()
            other.drop([broken, path], target)
            end = time.monotonic() + 30
            while name not in program.said():
                assert program.alive() and time.monotonic() < end, f"{name} was dropped without a word"
                time.sleep(0.05)
        assert text(program.last()) == "the dog saw the cat ."
        program.keys("ctrl+q")
        program.process.wait(60)
        assert program.process.returncode == 0


def whatever_is_on_the_clipboard(binary, display, folder):
    pastes = {
        "a NUL byte": b"dog\x00cat",
        "broken UTF-8": b"dog \xff\xfe\xc0\xaf \xe2\x82 cat",
        "lone surrogates": b"dog \xed\xa0\x80 \xed\xbf\xbf cat",
        "beyond Unicode": b"dog \xf4\x90\x80\x80 \xf8\x88\x80\x80\x80 cat",
        "controls": bytes(range(1, 32)) + b"\x7f cat",
        "right to left": "שלום\u202e עולם\u2066 cat".encode(),
        "marks without end": ("e" + "\u0301" * 5000).encode(),
        "one long word": b"w" * 20000,
        "lines": b"dog\r\ncat\r\n" * 500,
    }
    too_large = {"a megabyte": b"the dog slept . " * 65536, "a megabyte of nothing": b"\xff" * (1 << 20)}
    with Program(binary, display, folder) as program, Client(display) as other:
        program.wait("the first picture", lambda f: f["tokens"])
        for number, (name, content) in enumerate(pastes.items()):
            program.command('set-text "before"')
            program.wait("a text before " + name, lambda f: text(f) == "before")
            other.offer_text(content)
            program.keys("e", "ctrl+a", "ctrl+v", "Escape")
            frame = program.wait(name, lambda f: text(f) != "before")
            pasted = text(frame)
            assert "\x00" not in pasted and not re.search("[\ud800-\udfff]", pasted), name
            program.picture(f"{number}")
        for name, content in too_large.items():
            program.command('set-text "before"')
            program.wait("a text before " + name, lambda f: text(f) == "before")
            said = program.said().count("characters")
            other.offer_text(content)
            program.keys("e", "ctrl+a", "ctrl+v", "Escape")
            end = time.monotonic() + 60
            while program.said().count("characters") == said:
                assert program.alive() and time.monotonic() < end, f"{name} is neither taken nor refused"
                time.sleep(0.05)
            assert text(program.last()) == "before", name
            program.picture(name.replace(" ", "-"))
        other.offer_text("the dog slept .".encode())
        program.keys("e", "ctrl+a", "ctrl+v", "Escape")
        frame = program.wait("an ordinary paste", lambda f: text(f) == "the dog slept .")
        assert len(frame["tokens"]) > 3


def main():
    tests = [the_dialog_by_keys, files_dropped, whatever_is_on_the_clipboard]
    return 1 if run_all(tests, sys.argv[1], sys.argv[2], sys.argv[3:]) else 0


if __name__ == "__main__":
    sys.exit(main())
