#!/usr/bin/env python3
"""How long it takes from the start of the process to the attention of 16 tokens, what that is beside reading the file
from the page cache, and how much memory it takes.

    open_bench.py FOLDER [--program build/release/headscope] [--rounds 5] [--forward-ms MS]

FOLDER is a checkpoint (make_checkpoint.py writes one). Each round reads the file, starts the program for its version
alone, and opens the checkpoint, in turn; medians are printed. The first pass reads the weights as it goes, so that what
the program prints of it holds both: with a pass over weights that are there (--forward-ms, from forward_bench) the ratio
to reading and one pass is printed too. Then the largest resident memory of a run over 256 and 1,024 tokens with all
matrices written. The goals are those of GPT-2 small in F32.
"""
import argparse
import os
import pathlib
import re
import statistics
import subprocess
import tempfile
import time

GOAL_START_S, GOAL_RATIO = 0.14, 1.5
GOAL_MB, GOAL_MORE_MB = 620, 320  # at 256 tokens, and what 1,024 may take beyond that


def seconds(action):
    begin = time.perf_counter()
    result = action()
    return time.perf_counter() - begin, result


def read_through(path):
    buffer = bytearray(1 << 20)
    with open(path, "rb", buffering=0) as file:
        while file.readinto(buffer):
            pass


def attend_command(program, folder, n_tokens, out):
    ids = ",".join(str(100 + 7 * i) for i in range(n_tokens))
    return [program, "attend", "--model", str(folder), "--ids", ids, "--keep", "attn", "--out", str(out)]


def resident_mb(command):
    """The most memory that the process had at once."""
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL)
    _, status, used = os.wait4(process.pid, 0)
    if status:
        raise SystemExit(f"{command[0]} failed")
    return used.ru_maxrss * 1024 / 1e6


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folder", type=pathlib.Path)
    parser.add_argument("--program", default="build/release/headscope")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--forward-ms", type=float, default=0)
    options = parser.parse_args()
    weights = sorted(options.folder.glob("*.safetensors"))
    read, start, whole, forward = [], [], [], []
    with tempfile.TemporaryDirectory() as folder:
        out = pathlib.Path(folder) / "trace.safetensors"
        attend = attend_command(options.program, options.folder, 16, out)
        for _ in range(options.rounds + 1):  # the first round warms the cache
            read.append(seconds(lambda: [read_through(path) for path in weights])[0])
            start.append(seconds(lambda: subprocess.run([options.program, "--version"], check=True,
                                                        capture_output=True))[0])
            took, done = seconds(lambda: subprocess.run(attend, check=True, capture_output=True, text=True))
            whole.append(took)
            forward.append(float(re.search(r"computed in ([0-9.]+) ms", done.stdout).group(1)) / 1000)
        memory = {n: resident_mb(attend_command(options.program, options.folder, n, out)) for n in (256, 1024)}
    read, start, whole, forward = (statistics.median(times[1:]) for times in (read, start, whole, forward))
    size = sum(path.stat().st_size for path in weights) / 1e6
    print(f"{size:.0f} MB; medians of {options.rounds} rounds")
    print(f"read from the page cache  {read * 1000:7.1f} ms")
    print(f"the program's own start   {start * 1000:7.1f} ms")
    print(f"reading and one pass      {forward * 1000:7.1f} ms")
    print(f"start to all attention    {whole * 1000:7.1f} ms   goal {GOAL_START_S * 1000:.0f} ms")
    print(f"… beside the read alone   {whole / read:7.2f}")
    if options.forward_ms:
        ratio = whole / (read + options.forward_ms / 1000)
        print(f"… beside read and a pass  {ratio:7.2f}      goal {GOAL_RATIO}")
    print(f"resident, 256 tokens      {memory[256]:7.0f} MB   goal {GOAL_MB} MB")
    print(f"resident, 1,024 tokens    {memory[1024]:7.0f} MB   goal {GOAL_MB + GOAL_MORE_MB} MB")


if __name__ == "__main__":
    main()
