#!/usr/bin/env python3
"""Trains with the real program: stopped, killed and beside others, the same weights.

    cli_training_test.py PROGRAM SHARED_FOLDER [unittest options]
"""
import json
import os
import pathlib
import random
import signal
import subprocess
import sys
import time

from cli_case import PROGRAM, CliTest, main


class Training(CliTest):
    """A short recipe: the same weights, whatever happens around it."""

    def recipe(self, name="recipe.json", **training):
        shipped = pathlib.Path(__file__).resolve().parents[2] / "assets/models/stories/recipe.json"
        small = json.loads(shipped.read_text())
        small["model"].update(d_model=32, n_layers=1, n_heads=2, d_ff=48)
        small["training"].update(steps=60, tokens_per_step=1024, checkpoint_every=5, warmup_steps=5, final_texts=2,
                                 report_texts=1)
        small["seed"] = training.pop("seed", small["seed"])
        small["training"].update(training)
        path = self.out / name
        path.write_text(json.dumps(small))
        return path

    def weights(self, recipe, name, *options):
        self.ok("train", recipe, "--out", self.out / name, *options)
        return (self.out / name / "model.safetensors").read_bytes()

    def test_load_cores_and_threads_change_no_bit_of_the_weights(self):
        recipe = self.recipe()
        alone = self.weights(recipe, "alone", "--threads", "2")
        busy = [subprocess.Popen([sys.executable, "-c", "while True: pass"]) for _ in range(3)]
        try:
            self.assertEqual(self.weights(recipe, "under load", "--threads", "2"), alone)
            self.assertEqual(self.weights(recipe, "more threads", "--threads", "5"), alone)
        finally:
            for process in busy:
                process.kill()
                process.wait()
        allowed = os.sched_getaffinity(0)
        os.sched_setaffinity(0, {min(allowed)})
        try:
            self.assertEqual(self.weights(recipe, "one core"), alone)
        finally:
            os.sched_setaffinity(0, allowed)
        self.assertNotEqual(self.weights(self.recipe("other.json", seed=2), "another seed"), alone)

    def test_killed_at_random_moments_it_ends_with_the_weights_of_one_that_was_not(self):
        recipe = self.recipe(steps=200)
        began = time.monotonic()
        whole = self.weights(recipe, "whole")
        lasted = time.monotonic() - began
        out = self.out / "killed"
        rng = random.Random()
        resumed = 0
        for _ in range(8):
            training = subprocess.Popen([PROGRAM, "train", recipe, "--out", out], stdout=subprocess.DEVNULL,
                                        stderr=subprocess.DEVNULL)
            time.sleep(rng.uniform(0.05, 0.4) * lasted)
            training.kill()
            training.wait()
            resumed += (out / "checkpoint.safetensors").exists()
        self.assertGreater(resumed, 0, "no checkpoint was ever left behind")
        self.assertEqual(self.weights(recipe, "killed"), whole)
        self.assertFalse([p.name for p in out.iterdir() if p.name.startswith(".")], "no half-written file")


class Stopping(CliTest):
    def test_ctrl_c_ends_a_training_cleanly_and_it_goes_on_from_there(self):
        recipe = pathlib.Path(__file__).resolve().parents[2] / "assets/models/stories/recipe.json"
        small = json.loads(recipe.read_text())
        small["model"].update(d_model=16, n_layers=1, n_heads=2, d_ff=32)
        small["training"].update(steps=100000, checkpoint_every=100000)
        path, out = self.out / "recipe.json", self.out / "model"
        path.write_text(json.dumps(small))
        training = subprocess.Popen([PROGRAM, "train", path, "--out", out], stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        time.sleep(3)
        training.send_signal(signal.SIGINT)
        _, error = training.communicate(timeout=60)
        self.assertEqual(training.returncode, 1, error)
        self.assertEqual(len(error.decode().splitlines()), 2, error)
        self.assertIn("checkpoint.safetensors", [p.name for p in out.iterdir()])
        self.assertFalse([p.name for p in out.iterdir() if p.name.startswith(".")], "no half-written file")


if __name__ == "__main__":
    main()
