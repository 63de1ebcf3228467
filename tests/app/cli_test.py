#!/usr/bin/env python3
"""Runs the real program and checks exit statuses, sentences and numbers.

    cli_test.py PROGRAM SHARED_FOLDER [unittest options]
"""
import csv
import io
import json
import os
import struct
import subprocess

import numpy

from cli_case import CliTest, PROGRAM, SHARED, main
from safetensors_numpy import load

TIRED = "the dog did not cross the street because it was too tired ."


class Calls(CliTest):
    def test_help_of_every_subcommand_has_examples(self):
        text = self.ok("--help")
        names = [line.split()[0] for line in text.split("Subcommands:")[1].split("Examples:")[0].splitlines() if line.strip()]
        self.assertLessEqual({"models", "info", "tokenize", "attend", "heads", "train", "commands"}, set(names))
        for name in names:
            self.assertIn("Examples:\n  headscope ", self.ok(name, "--help"), name)
        self.assertRegex(self.ok("--version"), r"^headscope \d+\.\d+\.\d+\n$")

    def test_wrong_calls_have_status_2(self):
        self.fails(2, "--out is required", "attend", "--text", "x")
        self.fails(2, "--bogus", "attend", "--text", "x", "--out", self.out / "t", "--bogus")
        self.fails(2, "there is nothing to read", "attend", "--out", self.out / "t")
        self.fails(2, "the input is given more than once", "attend", "--text", "x", "--ids", "1", "--out", self.out / "t")
        self.fails(2, "--sort", "heads", "--text", "x", "--sort", "beauty")
        self.fails(2, "keep", "attend", "--text", "x", "--out", self.out / "t", "--keep", "attn,soul")
        self.fails(2, "FILE is required", "info")

    def test_what_is_not_there_has_status_1(self):
        self.fails(1, "no-such-model", "attend", "-m", "no-such-model", "-t", "x", "-o", self.out / "t")
        self.fails(1, "there is no such file", "info", self.out / "none.safetensors")
        self.fails(1, "there is no such file", "tokenize", "-m", self.stories260k, "--file", self.out / "none.txt")
        self.fails(1, "there is no such file or folder", "attend", "-m", self.stories260k, "-t", "x", "-o",
                   self.out / "no" / "t.safetensors")
        self.fails(1, "no-recipe.json", "train", self.out / "no-recipe.json", "--out", self.out / "m")

    def test_unsupported_checkpoints_say_what_is_missing(self):
        for name in ["vit-tiny", "whisper-tiny-random"]:
            self.fails(1, "", "attend", "-m", SHARED / "fixtures/checkpoints" / name, "-t", "x", "-o", self.out / "t")

    def test_a_second_text_goes_where_the_model_reads_one(self):
        bert, t5 = SHARED / "fixtures/checkpoints/text-bert", SHARED / "fixtures/checkpoints/text-t5"
        out = self.out / "t.safetensors"
        self.ok("attend", "-m", bert, "-t", "Where is the bank?", "--pair", "It is near the river.", "-o", out)
        found, _ = load(out)
        expected, _ = load(SHARED / "fixtures/expected/text-bert/text-2.safetensors")
        numpy.testing.assert_allclose(found["attn.1"], expected["attn.1"], atol=2e-5)
        self.ok("attend", "-m", t5, "-t", "This is a test", "--target", "was", "-o", out, "--keep", "attn,logits")
        found, metadata = load(out)
        expected, _ = load(SHARED / "fixtures/expected/text-t5/text-1.safetensors")
        for name in ["encoder.attn.1", "decoder.attn.1", "cross.attn.1"]:
            numpy.testing.assert_allclose(found[name], expected[name], atol=2e-5, err_msg=name)
        numpy.testing.assert_allclose(found["logits"], expected["logits"], atol=1e-4)
        self.assertEqual((metadata["text"], metadata["target_text"]), ("This is a test", "was"))
        self.assertEqual(len(json.loads(metadata["tokens"])), 6)
        self.fails(1, "reads no sentence pairs", "attend", "-m", t5, "-t", "x", "--pair", "y", "-o", out)
        self.fails(1, "has no decoder beside an encoder", "attend", "-m", bert, "-t", "x", "--target", "y", "-o", out)
        self.fails(2, "--pair", "attend", "-m", bert, "-t", "x", "--pair", "y", "--target", "z", "-o", out)
        self.fails(2, "a second text goes with a first one", "attend", "-m", t5, "--ids", "4", "--target", "y", "-o", out)

    def test_info_says_what_kind_of_model_it_is(self):
        fixtures = SHARED / "fixtures/checkpoints"
        self.assertIn("an encoder: a token sees all others", self.ok("info", fixtures / "bert-tiny"))
        text = self.ok("info", fixtures / "bart-tiny")
        self.assertIn("3 layers of 4 heads of width 12", text)
        self.assertIn("2 layers of 6 heads of width 8", text)
        rows = json.loads(self.ok("heads", "-m", fixtures / "t5-tiny", "--ids", "5,6,7", "--json"))
        self.assertEqual({row["part"] for row in rows}, {"encoder", "decoder"})

    def test_inputs_that_make_no_sense_have_one_sentence(self):
        ids = ["attend", "-m", self.stories260k, "-o", self.out / "t", "--ids"]
        self.fails(1, "--ids", *ids, "1,x")
        self.fails(1, "512", *ids, "512")
        self.fails(1, "", "attend", "-m", self.stories260k, "-o", self.out / "t", "-t", "word " * 600)
        self.assertEqual(list(self.out.iterdir()), [])

    def test_broken_utf8_and_zero_bytes_are_text_too(self):
        path = self.out / "t.txt"
        path.write_bytes(b"Once\xff\xe4\xb8 upon\0a time")
        tokens = json.loads(self.ok("tokenize", "-m", self.stories260k, "--file", path, "--json"))
        self.assertEqual(tokens["ranges"][-1][1], len(path.read_bytes()))
        self.ok("attend", "-m", self.stories260k, "--file", path, "-o", self.out / "t.safetensors")

    def test_standard_input_is_a_file_named_minus(self):
        piped = self.ok("tokenize", "-m", self.stories260k, "--file", "-", stdin=b"Once upon a time")
        self.assertEqual(piped, self.ok("tokenize", "-m", self.stories260k, "--text", "Once upon a time"))

    def test_without_a_display_the_window_says_so(self):
        hidden = {k: v for k, v in os.environ.items() if k not in ("DISPLAY", "WAYLAND_DISPLAY")}
        self.fails(1, "DISPLAY", env=hidden)

    def test_commands_lists_the_commands(self):
        self.assertIn("set-text TEXT", self.ok("commands"))


class Disks(CliTest):
    def test_a_full_disk_is_said_in_one_sentence(self):
        self.fails(1, "cannot write '/dev/full': the disk is full", "attend", "-m", self.stories260k, "-t", "Once upon", "-o",
                   "/dev/full")
        with open("/dev/full", "wb") as full:
            done = subprocess.run([PROGRAM, "commands"], stdout=full, stderr=subprocess.PIPE)
        self.assertEqual(done.returncode, 1)
        self.assertIn(b"cannot write 'standard output': the disk is full", done.stderr)

    def test_a_write_that_is_cut_off_leaves_the_old_file_and_nothing_else(self):
        target = self.out / "t.safetensors"
        target.write_bytes(b"old")
        self.fails(1, "the file would be larger than the system allows", "attend", "-m", self.stories260k, "-t",
                   "Once upon a time " * 20, "-o", target, limit=65536)
        self.assertEqual(target.read_bytes(), b"old")
        self.assertEqual([p.name for p in self.out.iterdir()], ["t.safetensors"])


class Pictures(CliTest):
    """Without a display: the renderer makes its own context."""

    def setUp(self):
        super().setUp()
        self.environment = {k: v for k, v in os.environ.items() if k not in ("DISPLAY", "WAYLAND_DISPLAY")}

    def size_of(self, path):
        head = path.read_bytes()[:24]
        self.assertEqual(head[:8], b"\x89PNG\r\n\x1a\n")
        return struct.unpack(">II", head[16:24])

    def test_a_picture_has_the_asked_size_and_opens_again(self):
        first, second = self.out / "a.png", self.out / "b.png"
        self.ok("render", "--text", TIRED, "--do", "set-view matrix", "--size", "640x480", "-o", first, env=self.environment)
        self.assertEqual(self.size_of(first), (640, 480))
        self.assertIn("Headscope document", self.ok("info", first))
        self.ok("render", first, "--size", "640x480", "-o", second, env=self.environment)
        self.assertEqual(first.read_bytes(), second.read_bytes(), "the same document gives the same picture")
        self.ok("render", first, "--size", "640x480", "--theme", "light", "-o", second, env=self.environment)
        self.assertNotEqual(first.read_bytes(), second.read_bytes())

    def test_frames_are_numbered_and_as_many_as_the_range_holds(self):
        self.ok("render", "-o", self.out / "frames", "--size", "320x180", "--fps", "10", "--range", "0s..1s",
                env=self.environment)
        names = sorted(p.name for p in (self.out / "frames").iterdir())
        self.assertEqual(names, [f"{i:06}.png" for i in range(1, 11)] + ["frames.json"])

    def test_a_picture_and_a_sound_are_drawn_without_a_display(self):
        fixtures = SHARED / "fixtures"
        vit, whisper = (fixtures / "checkpoints" / name for name in ("vit-tiny", "whisper-tiny-random"))
        png = fixtures / "expected" / "vit-tiny" / "png-resized.png"
        wav = fixtures / "expected" / "whisper-tiny-random" / "wav-chirp.wav"
        for name in ("a.png", "a.svg", "a.pdf"):
            self.ok("render", "--model", vit, "--image", png, "--do", "set-query 5", "--out", self.out / name,
                    env=self.environment)
        self.assertIn(b"data:image/png;base64", (self.out / "a.svg").read_bytes())
        self.assertIn(b"/Subtype /Image", (self.out / "a.pdf").read_bytes())
        self.ok("render", "--model", whisper, "--audio", wav, "--text", "5 7 9", "--out", self.out / "b.png",
                env=self.environment)
        # A document finds its picture beside it.
        (self.out / "cat.png").write_bytes(png.read_bytes())
        document = {"headscope": 1, "model": str(vit.resolve()), "input": "cat.png", "view": {"kind": "picture"}}
        (self.out / "cat.headscope").write_text(json.dumps(document))
        self.ok("render", self.out / "cat.headscope", "--out", self.out / "c.png", "--size", "640x480",
                env=self.environment)
        self.assertEqual(self.size_of(self.out / "c.png"), (640, 480))
        self.fails(1, "looks at pictures", "render", "--model", vit, "--text", "dog", "--out", self.out / "d.png",
                   env=self.environment)
        self.fails(1, "is neither a PNG nor a JPEG", "render", "--model", vit, "--image", wav, "--out", self.out / "d.png",
                   env=self.environment)
        self.assertFalse((self.out / "d.png").exists())

    def test_wrong_calls_have_a_sentence(self):
        out = self.out / "a.png"
        self.fails(2, "--size: expected WIDTHxHEIGHT", "render", "-o", out, "--size", "10")
        self.fails(2, "--range: expected seconds", "render", "-o", out, "--range", "5s..2s")
        self.fails(2, "'.avi' are not written", "render", "-o", self.out / "a.avi")
        self.fails(1, "there is no command 'dance'", "render", "-o", out, "--do", "dance")
        self.fails(1, "is not a readable PNG", "render", self.not_a_picture(), "-o", out)

    def not_a_picture(self):
        path = self.out / "x.png"
        path.write_bytes(b"GIF89a")
        return path


class Numbers(CliTest):
    def check_trace(self, path, n_layers):
        tensors, metadata = load(path)
        self.assertEqual(sum(name.startswith("attn.") for name in tensors), n_layers)
        for layer in range(n_layers):
            attn, q, k, v, z = (tensors[f"{kind}.{layer}"].astype(numpy.float64) for kind in ["attn", "q", "k", "v", "z"])
            n = attn.shape[1]
            numpy.testing.assert_allclose(attn.sum(-1), 1, atol=1e-5)
            self.assertTrue((tensors[f"attn.{layer}"][:, ~numpy.tri(n, dtype=bool)] == 0).all(), "the future is exactly 0")
            scores = q @ k.transpose(0, 2, 1) / numpy.sqrt(q.shape[-1])
            scores[:, ~numpy.tri(n, dtype=bool)] = -numpy.inf
            weights = numpy.exp(scores - scores.max(-1, keepdims=True))
            weights /= weights.sum(-1, keepdims=True)
            numpy.testing.assert_allclose(attn, weights, atol=1e-5)
            numpy.testing.assert_allclose(z, attn @ v, atol=1e-5)
        return tensors, metadata

    def test_attention_follows_from_queries_and_keys_and_mixes_values(self):
        path = self.out / "t.safetensors"
        text = "Once upon a time, there was a little girl named Lily. She loved to play."
        self.ok("attend", "-m", self.stories260k, "--text", text, "--out", path)
        tensors, metadata = self.check_trace(path, n_layers=5)
        self.assertEqual(tensors["attn.0"].shape[0], 8)
        self.assertEqual(tensors["k.0"].shape[0], 8, "keys are repeated for grouped queries")
        self.assertEqual(metadata["text"], text)
        self.assertEqual(len(json.loads(metadata["tokens"])), tensors["attn.0"].shape[1])

    def test_the_built_in_model_shows_its_sentence(self):
        path = self.out / "t.safetensors"
        self.ok("attend", "--model", "stories", "--text", TIRED, "--out", path)
        _, metadata = self.check_trace(path, n_layers=4)
        self.assertEqual(metadata["text"], TIRED)
        self.assertIn("stories", self.ok("models"))

    def test_keep_says_what_is_written(self):
        path = self.out / "t.safetensors"
        self.ok("attend", "-m", self.stories260k, "-t", "Once upon", "-o", path, "--keep", "scores,hidden,logits")
        names = set(load(path)[0])
        self.assertLessEqual({f"scores.{i}" for i in range(5)} | {f"hidden.{i}" for i in range(6)} | {"logits"}, names)
        self.assertFalse({n for n in names if n.startswith(("attn", "q", "k", "v", "z"))})

    def test_a_trace_agrees_with_the_reference_of_the_same_inputs(self):
        compared = 0
        for model in ["gpt2-tiny", "llama-tiny", "neox-tiny", "qwen3-tiny", "mistral-tiny", "gemma2-tiny",
                      "bert-tiny", "bart-tiny"]:
            for expected_path in sorted((SHARED / "fixtures/expected" / model).glob("*.safetensors")):
                expected, _ = load(expected_path)
                if "input_ids" not in expected or "attention_mask" in expected:
                    continue
                path = self.out / "t.safetensors"
                self.ok("attend", "-m", SHARED / "fixtures/checkpoints" / model, "--inputs", expected_path, "-o", path,
                        "--keep", "attn")
                found, _ = load(path)
                for name in expected:
                    if "attn." in name:
                        numpy.testing.assert_allclose(found[name], expected[name], atol=2e-5, err_msg=f"{expected_path} {name}")
                        compared += 1
        self.assertGreater(compared, 20)

    def check_against(self, expected_path, found_path, tolerance):
        expected, found = load(expected_path)[0], load(found_path)[0]
        names = [name for name in expected if "attn." in name or name == "logits"]
        for name in names:
            atol = tolerance["attn"] if "attn." in name else tolerance["logits"]
            numpy.testing.assert_allclose(found[name], expected[name], atol=atol, err_msg=f"{expected_path} {name}")
        self.assertGreater(len(names), 2)

    def test_a_picture_file_gives_the_attention_of_the_reference(self):
        out, vit = self.out / "t.safetensors", SHARED / "fixtures/checkpoints/vit-tiny"
        for case in ["png-same-size", "png-resized"]:
            png = SHARED / "fixtures/expected/vit-tiny" / f"{case}.png"
            self.ok("attend", "-m", vit, "--image", png, "-o", out, "--keep", "attn,logits")
            self.check_against(png.with_suffix(".safetensors"), out, {"attn": 3e-5, "logits": 1e-4})
        self.fails(1, "is neither a PNG nor a JPEG", "attend", "-m", vit, "--image", SHARED / "fixtures/README.md", "-o", out)
        self.fails(1, "cannot look at", "attend", "-m", self.stories260k, "--image", png, "-o", out)
        self.fails(2, "the input is given more than once", "attend", "-m", vit, "--image", png, "-t", "x", "-o", out)

    def test_a_sound_file_gives_the_attention_of_the_reference(self):
        out, whisper = self.out / "t.safetensors", SHARED / "fixtures/checkpoints/whisper-tiny-random"
        wav = SHARED / "fixtures/expected/whisper-tiny-random/wav-chirp.wav"
        expected = load(wav.with_suffix(".safetensors"))[0]
        ids = ",".join(map(str, expected["decoder_input_ids"]))
        self.ok("attend", "-m", whisper, "--audio", wav, "--ids", ids, "-o", out, "--keep", "attn,logits")
        self.check_against(wav.with_suffix(".safetensors"), out, {"attn": 1e-4, "logits": 1e-3})
        self.fails(1, "listens to sound", "attend", "-m", whisper, "-t", "x", "-o", out)
        self.fails(1, "cannot look at or listen to", "attend", "-m", self.stories260k, "--audio", wav, "-o", out)

    def test_a_model_writes_on_as_the_reference_does(self):
        reference = json.loads((self.stories260k / "expected-greedy.json").read_text())
        prompt, greedy = reference["prompt_ids"], reference["greedy_ids"]
        out, n = self.out / "t.safetensors", len(greedy) - len(prompt)
        text = self.ok("attend", "-m", self.stories260k, "--ids", ",".join(map(str, prompt)), "--write", n, "-o", out)
        self.assertIn(f"wrote {n} tokens: ", text)
        self.ok("attend", "-m", self.stories260k, "--ids", ",".join(map(str, greedy)), "-o", self.out / "all")
        written, whole = load(out), load(self.out / "all")
        self.assertEqual(written[1]["tokens"], whole[1]["tokens"])
        for name, values in whole[0].items():
            numpy.testing.assert_array_equal(written[0][name], values, err_msg=name)

    def test_an_encoder_decoder_writes_its_most_probable_tokens(self):
        out, bart = self.out / "t.safetensors", SHARED / "fixtures/checkpoints/bart-tiny"
        ending = json.loads((bart / "config.json").read_text())["eos_token_id"]
        text = self.ok("attend", "-m", bart, "--ids", "5,6,7,8", "--write", "6", "-o", out, "--keep", "attn,logits")
        found = load(out)[0]
        # Each token is the most probable one after those before it; a last row tells what would be next.
        best = found["logits"].argmax(-1)
        words = text.split("tokens: ")[1].split("\n")[0].replace(" (the end)", "")
        ids = [int(word) for word in words.split("·") if word]
        numpy.testing.assert_array_equal(ids, best[:len(ids)])
        self.assertEqual("(the end)" in text, best[len(ids)] == ending)
        self.assertEqual(found["cross.attn.0"].shape[1:], (len(ids) + 1, 4))
        self.fails(1, "does not write token after token", "attend", "-m", SHARED / "fixtures/checkpoints/bert-tiny", "--ids",
                   "5,6", "--write", "2", "-o", out)

    def test_tokenize_reads_pairs_and_targets(self):
        bert, t5 = SHARED / "fixtures/checkpoints/text-bert", SHARED / "fixtures/checkpoints/text-t5"
        texts = ["-t", "Where is the bank?", "--pair", "It is near the river."]
        pair = json.loads(self.ok("tokenize", "-m", bert, *texts, "--json"))
        expected = load(SHARED / "fixtures/expected/text-bert/text-2.safetensors")[0]
        self.assertEqual(pair["ids"], expected["input_ids"].tolist())
        self.assertEqual(pair["type_ids"], expected["token_type_ids"].tolist())
        both = [pair["text"], pair["pair"]]
        for text, (begin, end), name, special in zip(pair["texts"], pair["ranges"], pair["tokens"], pair["special_mask"]):
            if not special:
                self.assertEqual(both[text][begin:end].lower(), name.removeprefix("##"))
        table = self.ok("tokenize", "-m", bert, *texts)
        self.assertRegex(table.splitlines()[0], r"TEXT +TYPE +BYTES")
        cases = self.out / "cases.jsonl"
        cases.write_text(json.dumps({"text": texts[1], "pair": texts[3]}) + "\n")
        self.assertEqual(json.loads(self.ok("tokenize", "-m", bert, "--jsonl", cases)), pair)

        read = json.loads(self.ok("tokenize", "-m", t5, "-t", "This is a test", "--target", "was", "--json"))
        expected = load(SHARED / "fixtures/expected/text-t5/text-1.safetensors")[0]
        self.assertEqual(read["ids"], expected["input_ids"].tolist())
        self.assertEqual(read["target"]["ids"], expected["decoder_input_ids"].tolist())
        self.assertIn("The target\n", self.ok("tokenize", "-m", t5, "-t", "This is a test", "--target", "was"))
        self.fails(1, "has no decoder beside an encoder", "tokenize", "-m", bert, "-t", "x", "--target", "y")
        self.fails(2, "--pair", "tokenize", "-m", bert, "-t", "x", "--pair", "y", "--target", "z")

    def test_ids_and_text_give_the_same_trace(self):
        tokens = json.loads(self.ok("tokenize", "-m", self.stories260k, "-t", "Once upon a time", "--json"))
        a, b = self.out / "a.safetensors", self.out / "b.safetensors"
        self.ok("attend", "-m", self.stories260k, "-t", "Once upon a time", "-o", a)
        self.ok("attend", "-m", self.stories260k, "--ids", ",".join(map(str, tokens["ids"])), "-o", b)
        for name, values in load(a)[0].items():
            numpy.testing.assert_array_equal(values, load(b)[0][name])

    def test_tokenize_gives_the_reference_ids_of_every_case(self):
        for name, model in [("stories260K", self.stories260k), ("gpt2-1k", SHARED / "fixtures/checkpoints/text-gpt2")]:
            cases = SHARED / "fixtures/tokenizers" / name / "cases.jsonl"
            lines = self.ok("tokenize", "-m", model, "--jsonl", cases).strip("\n").split("\n")
            expected = [json.loads(line) for line in cases.read_text().strip("\n").split("\n")]
            self.assertEqual(len(lines), len(expected))
            for line, case in zip(lines, expected):
                self.assertEqual(json.loads(line)["ids"], case["ids"])

    def test_heads_gives_metrics_that_follow_from_the_trace(self):
        path = self.out / "t.safetensors"
        text = "Once upon a time, there was a girl. Once upon a time"
        self.ok("attend", "-m", self.stories260k, "-t", text, "-o", path)
        attn = [load(path)[0][f"attn.{layer}"].astype(numpy.float64) for layer in range(5)]
        rows = json.loads(self.ok("heads", "-m", self.stories260k, "-t", text, "--json"))
        self.assertEqual(len(rows), 40)
        for row in rows:
            w = attn[row["layer"]][row["head"]]
            n = len(w)
            entropy = -(w * numpy.log2(numpy.where(w > 0, w, 1))).sum(-1).mean()
            distance = (w * abs(numpy.arange(n)[:, None] - numpy.arange(n))).sum(-1).mean()
            self.assertAlmostEqual(row["entropy_bits"], entropy, delta=1e-4)
            self.assertAlmostEqual(row["mean_distance"], distance, delta=1e-3)
            self.assertAlmostEqual(row["own_token"], numpy.diag(w).mean(), delta=1e-5)
            self.assertAlmostEqual(row["previous_token"], numpy.diag(w, -1).mean(), delta=1e-5)
        table = list(csv.DictReader(io.StringIO(self.ok("heads", "-m", self.stories260k, "-t", text, "--csv", "--sort",
                                                        "entropy_bits"), newline="")))
        values = [float(row["entropy_bits"]) for row in table]
        self.assertEqual(values, sorted(values, reverse=True))

    def test_info_says_what_a_file_is(self):
        path = self.out / "t.safetensors"
        self.ok("attend", "-m", self.stories260k, "-t", "Once upon", "-o", path)
        self.assertIn("an attention trace", self.ok("info", path))
        self.assertIn("260032", self.ok("info", self.stories260k))
        self.assertIn("[512, 64]", self.ok("info", self.stories260k, "--tensors"))

    def test_info_says_what_is_in_the_way_of_a_checkpoint(self):
        self.assertRegex(self.ok("info", self.stories260k), r"opens +yes")
        folder = self.out / "mamba"
        folder.mkdir()
        (folder / "config.json").write_text('{"architectures": ["MambaForCausalLM"]}')
        text = self.ok("info", folder)
        self.assertRegex(text, r"opens +no")
        self.assertIn("'MambaForCausalLM' is not supported", text)
        self.assertIn("holds no model.safetensors", text)


if __name__ == "__main__":
    main()
