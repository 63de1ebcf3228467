#!/usr/bin/env python3
"""Writes a checkpoint of a published shape with random weights, as transformers' save_pretrained would lay it out.

    make_checkpoint.py FOLDER [--shape gpt2|llama-1b] [--type F32|F16|BF16] [--layers N] [--width N] [--heads N]

gpt2 is GPT-2 small (12 layers of 12 heads, 124 million parameters), llama-1b is Llama 3.2 1B (16 layers of 32 heads
that share 8 keys and values, 1.24 billion parameters: 2.5 GB in half precision). Numbers that are given replace those
of the shape.

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


GPT2 = {"layers": 12, "width": 768, "heads": 12, "vocabulary": 50257, "positions": 1024}
LLAMA_1B = {"layers": 16, "width": 2048, "heads": 32, "kv_heads": 8, "inner": 8192, "vocabulary": 128256,
            "positions": 131072}


def gpt2_config(shape):
    return {"architectures": ["GPT2LMHeadModel"], "model_type": "gpt2", "n_layer": shape["layers"],
            "n_head": shape["heads"], "n_embd": shape["width"], "vocab_size": shape["vocabulary"],
            "n_positions": shape["positions"]}


def gpt2_tensors(shape):
    """(name, shape, middle, spread) in the order of the file."""
    width = shape["width"]
    yield "transformer.wte.weight", (shape["vocabulary"], width), 0, 0.1
    yield "transformer.wpe.weight", (shape["positions"], width), 0, 0.05
    for layer in range(shape["layers"]):
        at = f"transformer.h.{layer}."
        for name, n_in, n_out in (("attn.c_attn", width, 3 * width), ("attn.c_proj", width, width),
                                  ("mlp.c_fc", width, 4 * width), ("mlp.c_proj", 4 * width, width)):
            yield f"{at}{name}.weight", (n_in, n_out), 0, math.sqrt(3 / n_in)
            yield f"{at}{name}.bias", (n_out,), 0, 0.1
        for name in ("ln_1", "ln_2"):
            yield f"{at}{name}.weight", (width,), 1, 0.2
            yield f"{at}{name}.bias", (width,), 0, 0.1
    yield "transformer.ln_f.weight", (width,), 1, 0.2
    yield "transformer.ln_f.bias", (width,), 0, 0.1


def llama_config(shape):
    return {"architectures": ["LlamaForCausalLM"], "model_type": "llama", "num_hidden_layers": shape["layers"],
            "num_attention_heads": shape["heads"], "num_key_value_heads": shape["kv_heads"],
            "hidden_size": shape["width"], "intermediate_size": shape["inner"], "vocab_size": shape["vocabulary"],
            "max_position_embeddings": shape["positions"], "hidden_act": "silu", "rms_norm_eps": 1e-5,
            "rope_theta": 500000.0, "tie_word_embeddings": True, "attention_bias": False, "mlp_bias": False,
            "rope_scaling": {"rope_type": "llama3", "factor": 32.0, "low_freq_factor": 1.0, "high_freq_factor": 4.0,
                             "original_max_position_embeddings": 8192}}


def llama_tensors(shape):
    """(name, shape, middle, spread) in the order of the file."""
    width, inner = shape["width"], shape["inner"]
    shared = width // shape["heads"] * shape["kv_heads"]
    yield "model.embed_tokens.weight", (shape["vocabulary"], width), 0, 0.1
    for layer in range(shape["layers"]):
        at = f"model.layers.{layer}."
        yield f"{at}input_layernorm.weight", (width,), 1, 0.2
        for name, n_in, n_out in (("mlp.down_proj", inner, width), ("mlp.gate_proj", width, inner),
                                  ("mlp.up_proj", width, inner)):
            yield f"{at}{name}.weight", (n_out, n_in), 0, math.sqrt(3 / n_in)
        yield f"{at}post_attention_layernorm.weight", (width,), 1, 0.2
        for name, n_out in (("k_proj", shared), ("o_proj", width), ("q_proj", width), ("v_proj", shared)):
            yield f"{at}self_attn.{name}.weight", (n_out, width), 0, math.sqrt(3 / width)
    yield "model.norm.weight", (width,), 1, 0.2


SHAPES = {"gpt2": (GPT2, gpt2_config, gpt2_tensors), "llama-1b": (LLAMA_1B, llama_config, llama_tensors)}


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
    parser.add_argument("--shape", choices=SHAPES, default="gpt2")
    parser.add_argument("--type", choices=("F32", "F16", "BF16"), default="F32")
    for number in ("layers", "width", "heads"):
        parser.add_argument(f"--{number}", type=int)
    options = parser.parse_args()
    shape, config_of, tensors_of = SHAPES[options.shape]
    shape = shape | {key: value for key, value in vars(options).items() if key in shape and value}
    options.folder.mkdir(parents=True, exist_ok=True)
    config = config_of(shape)
    (options.folder / "config.json").write_text(json.dumps(config, indent=2) + "\n")
    if SHARED.exists():
        shutil.copyfile(SHARED, options.folder / "tokenizer.json")

    size = 4 if options.type == "F32" else 2
    header, offset, plan = {}, 0, []
    for name, axes, middle, spread in tensors_of(shape):
        n_bytes = math.prod(axes) * size
        header[name] = {"dtype": options.type, "shape": axes, "data_offsets": [offset, offset + n_bytes]}
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
