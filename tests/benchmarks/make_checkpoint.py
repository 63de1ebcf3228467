#!/usr/bin/env python3
"""Writes a checkpoint of GPT-2's shape with random weights, as transformers' save_pretrained would lay it out.

    make_checkpoint.py FOLDER [--type F32|F16|BF16] [--layers 12] [--width 768] [--heads 12]

Weights are even in [-a, a] with the variance 1 / n_in, so that attention is neither flat nor saturated. They repeat
after a million numbers, which nothing that is measured notices. With the GPT-2 tokenizer of the reference folder
beside the sources, texts work as well.
"""
import argparse
import array
import json
import math
import pathlib
import random
import shutil
import struct

BLOCK = 1_000_003  # a prime, so that rows do not repeat
SHARED = pathlib.Path(__file__).resolve().parents[3] / "shared/fixtures/tokenizers/gpt2/tokenizer.json"


def tensors(layers, width, vocabulary, positions):
    """(name, shape, middle, spread) in the order of the file."""
    even = math.sqrt(3 / width)
    yield "transformer.wte.weight", (vocabulary, width), 0, 0.1
    yield "transformer.wpe.weight", (positions, width), 0, 0.05
    for layer in range(layers):
        at = f"transformer.h.{layer}."
        for name, n_in, n_out in (("attn.c_attn", width, 3 * width), ("attn.c_proj", width, width),
                                  ("mlp.c_fc", width, 4 * width), ("mlp.c_proj", 4 * width, width)):
            yield f"{at}{name}.weight", (n_in, n_out), 0, even * math.sqrt(width / n_in)
            yield f"{at}{name}.bias", (n_out,), 0, 0.1
        for name in ("ln_1", "ln_2"):
            yield f"{at}{name}.weight", (width,), 1, 0.2
            yield f"{at}{name}.bias", (width,), 0, 0.1
    yield "transformer.ln_f.weight", (width,), 1, 0.2
    yield "transformer.ln_f.bias", (width,), 0, 0.1


def block_of(kind, middle, spread, unit):
    """BLOCK numbers as the bytes of the file."""
    values = array.array("f", (middle + spread * value for value in unit))
    if kind == "F32":
        return values.tobytes()
    if kind == "F16":
        return struct.pack(f"<{BLOCK}e", *values)
    whole = values.tobytes()
    halves = bytearray(2 * BLOCK)  # the upper two bytes of each float
    halves[0::2], halves[1::2] = whole[2::4], whole[3::4]
    return bytes(halves)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folder", type=pathlib.Path)
    parser.add_argument("--type", choices=("F32", "F16", "BF16"), default="F32")
    parser.add_argument("--layers", type=int, default=12)
    parser.add_argument("--width", type=int, default=768)
    parser.add_argument("--heads", type=int, default=12)
    options = parser.parse_args()
    vocabulary, positions = 50257, 1024
    options.folder.mkdir(parents=True, exist_ok=True)
    config = {"architectures": ["GPT2LMHeadModel"], "model_type": "gpt2", "n_layer": options.layers,
              "n_head": options.heads, "n_embd": options.width, "vocab_size": vocabulary, "n_positions": positions}
    (options.folder / "config.json").write_text(json.dumps(config, indent=2) + "\n")
    if SHARED.exists():
        shutil.copyfile(SHARED, options.folder / "tokenizer.json")

    size = 4 if options.type == "F32" else 2
    header, offset, plan = {}, 0, []
    for name, shape, middle, spread in tensors(options.layers, options.width, vocabulary, positions):
        n_bytes = math.prod(shape) * size
        header[name] = {"dtype": options.type, "shape": shape, "data_offsets": [offset, offset + n_bytes]}
        plan.append((n_bytes, middle, spread))
        offset += n_bytes
    text = json.dumps(header).encode()
    text += b" " * (-len(text) % 8)
    generator = random.Random(1)
    unit = [generator.uniform(-1, 1) for _ in range(BLOCK)]
    blocks = {}
    with open(options.folder / "model.safetensors", "wb") as file:
        file.write(struct.pack("<Q", len(text)) + text)
        at = 0
        for n_bytes, middle, spread in plan:
            if (middle, spread) not in blocks:
                blocks[middle, spread] = block_of(options.type, middle, spread, unit)
            block = blocks[middle, spread]
            while n_bytes > 0:  # goes on in the block where the tensor before ended
                part = block[at:at + n_bytes]
                file.write(part)
                n_bytes -= len(part)
                at = (at + len(part)) % len(block)
    print(f"{options.folder}: {offset / 1e6:.0f} MB of {options.type}")


if __name__ == "__main__":
    main()
