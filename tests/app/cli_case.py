"""The real program, called as people call it: what its tests share. Their arguments: PROGRAM SHARED_FOLDER
[unittest options].
"""
import pathlib
import resource
import subprocess
import sys
import tempfile
import unittest

PROGRAM, SHARED = sys.argv[1], pathlib.Path(sys.argv[2]).resolve()


def run(*args, stdin=None, limit=None, **options):
    """Runs the program; `limit` is the largest file that it may write, in bytes."""
    def prepare():
        if limit is not None:
            resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit))

    return subprocess.run([PROGRAM, *map(str, args)], input=stdin, capture_output=True, timeout=300, preexec_fn=prepare,
                          **options)


class CliTest(unittest.TestCase):
    def setUp(self):
        self.folder = tempfile.TemporaryDirectory()
        self.out = pathlib.Path(self.folder.name)
        self.stories260k = SHARED / "models" / "stories260K"
        self.assertTrue(self.stories260k.is_dir(), f"{self.stories260k} is missing")

    def tearDown(self):
        self.folder.cleanup()

    def ok(self, *args, **options):
        done = run(*args, **options)
        self.assertEqual(done.returncode, 0, done.stderr.decode())
        return done.stdout.decode()

    def fails(self, status, sentence, *args, **options):
        done = run(*args, **options)
        error = done.stderr.decode()
        self.assertEqual(done.returncode, status, error)
        self.assertIn(sentence, error)
        lines = error.splitlines()
        self.assertEqual(len(lines), 2, f"one sentence and one hint, found: {error!r}")
        self.assertTrue(lines[0].startswith("headscope: "))
        self.assertFalse(lines[1].startswith("headscope: "))
        self.assertNotIn("''", error)


def main():
    unittest.main(argv=[sys.argv[0], *sys.argv[3:]])
