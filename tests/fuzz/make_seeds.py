#!/usr/bin/env python3
"""Writes the first seeds of each fuzz target below tests/fuzz/seeds. Inputs that once broke a reader are added by hand,
and so are those of jpeg and sound, which libjpeg-turbo and libsndfile wrote.

    /usr/bin/python3 tests/fuzz/make_seeds.py
"""
import base64
import json
import pathlib
import struct
import zlib

ROOT = pathlib.Path(__file__).resolve().parent / "seeds"


def put(target, name, data):
    folder = ROOT / target
    folder.mkdir(parents=True, exist_ok=True)
    (folder / name).write_bytes(data if isinstance(data, bytes) else data.encode())


def safetensors(tensors, metadata=None):
    """tensors: {name: (dtype, shape, bytes)}"""
    header, data = {}, b""
    if metadata:
        header["__metadata__"] = metadata
    for name, (dtype, shape, blob) in tensors.items():
        header[name] = {"dtype": dtype, "shape": shape, "data_offsets": [len(data), len(data) + len(blob)]}
        data += blob
    text = json.dumps(header, separators=(",", ":")).encode()
    text += b" " * (-len(text) % 8)
    return struct.pack("<Q", len(text)) + text + data


def png(width, height, color_type, channels, depth=8, interlace=0):
    def chunk(kind, body):
        return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))

    row = bytes((x * 37) & 255 for x in range((width * channels * depth + 7) // 8))
    raw = b"".join(b"\0" + row for _ in range(height))
    head = struct.pack(">IIBBBBB", width, height, depth, color_type, 0, 0, interlace)
    body = chunk(b"IHDR", head)
    if color_type == 3:
        body += chunk(b"PLTE", bytes(range(48))) + chunk(b"tRNS", bytes(range(0, 160, 10)))
    body += chunk(b"tEXt", b"Software\0headscope")
    body += chunk(b"iTXt", b"Document\0\0\0\0\0{\"text\":\"\xc3\xa9\"}")
    return b"\x89PNG\r\n\x1a\n" + body + chunk(b"IDAT", zlib.compress(raw)) + chunk(b"IEND", b"")


def byte_character(byte):
    own = list(range(0x21, 0x7F)) + list(range(0xA1, 0xAD)) + list(range(0xAE, 0x100))
    return chr(byte if byte in own else 0x100 + [b for b in range(256) if b not in own].index(byte))


def byte_level():
    letters = [byte_character(b) for b in range(256)]
    merges = [("h", "e"), ("l", "l"), ("he", "ll"), ("hell", "o"), ("Ġ", "a")]
    vocab = {t: i for i, t in enumerate(letters + [a + b for a, b in merges])}
    return {
        "added_tokens": [{"id": len(vocab), "content": "<|endoftext|>", "special": True, "normalized": True}],
        "normalizer": {"type": "NFC"},
        "pre_tokenizer": {"type": "ByteLevel", "add_prefix_space": False},
        "post_processor": {"type": "ByteLevel"},
        "decoder": {"type": "ByteLevel"},
        "model": {"type": "BPE", "vocab": vocab, "merges": [" ".join(m) for m in merges]},
    }


def byte_fallback():
    pieces = ["<unk>", "<s>", "</s>"] + [f"<0x{b:02X}>" for b in range(256)] + list("▁helo")
    merges = [["h", "e"], ["l", "l"], ["▁", "he"], ["▁he", "ll"]]
    vocab = {t: i for i, t in enumerate(pieces + [a + b for a, b in merges])}
    special = [{"id": i, "content": c, "special": True, "normalized": False} for i, c in enumerate(pieces[:3])]
    return {
        "added_tokens": special,
        "normalizer": {"type": "Sequence", "normalizers": [
            {"type": "Prepend", "prepend": "▁"},
            {"type": "Replace", "pattern": {"String": " "}, "content": "▁"}]},
        "pre_tokenizer": None,
        "post_processor": {"type": "TemplateProcessing",
                           "single": [{"SpecialToken": {"id": "<s>", "type_id": 0}}, {"Sequence": {"id": "A", "type_id": 0}}],
                           "special_tokens": {"<s>": {"id": "<s>", "ids": [1], "tokens": ["<s>"]}}},
        "decoder": {"type": "Sequence", "decoders": [
            {"type": "Replace", "pattern": {"String": "▁"}, "content": " "}, {"type": "ByteFallback"}, {"type": "Fuse"},
            {"type": "Strip", "content": " ", "start": 1, "stop": 0}]},
        "model": {"type": "BPE", "unk_token": "<unk>", "fuse_unk": True, "byte_fallback": True, "vocab": vocab,
                  "merges": merges},
    }


def split_small():
    tokenizer = {"pre_tokenizer": {"type": "Sequence", "pretokenizers": [
        {"type": "Split", "pattern": {"Regex": "(?i:'s)|\\p{L}+|\\s+(?!\\S)|\\s+"}, "behavior": "Isolated"}]},
        "decoder": {"type": "Fuse"},
        "model": {"type": "BPE", "unk_token": "a", "vocab": {"a": 0, "b": 1, "ab": 2}, "merges": ["a b"]}}
    return tokenizer


def word_piece():
    vocab = {t: i for i, t in enumerate(["[UNK]", "[CLS]", "[SEP]", "hello", "##lo", "he", "##l", "a", ".", "中"])}
    return {"normalizer": {"type": "BertNormalizer"}, "pre_tokenizer": {"type": "BertPreTokenizer"},
            "post_processor": {"type": "BertProcessing", "cls": ["[CLS]", 1], "sep": ["[SEP]", 2]},
            "decoder": {"type": "WordPiece"}, "model": {"type": "WordPiece", "vocab": vocab}}


def character_map():
    """Writes A as a: a root whose child "A" ends an entry, the value 0 beside it, and the replacement."""
    units = [0] * 256
    units[0] = 1 << 10
    units[1 ^ ord("A")] = ord("A") | 1 << 8 | 2 << 10
    units[1 ^ ord("A") ^ 2] = 1 << 31
    trie = struct.pack("<256I", *units)
    return base64.b64encode(struct.pack("<I", len(trie)) + trie + b"a\0").decode()


def unigram():
    vocab = [["<unk>", 0.0], ["▁", -2.0], ["▁he", -3.0], ["l", -4.0], ["llo", -3.5], ["a", -5.0], ["▁hello", -9.0]]
    return {"normalizer": {"type": "Sequence", "normalizers": [
                {"type": "Precompiled", "precompiled_charsmap": character_map()},
                {"type": "Strip", "strip_left": False, "strip_right": True},
                {"type": "Replace", "pattern": {"Regex": " {2,}"}, "content": "▁"}, {"type": "Nmt"}]},
            "pre_tokenizer": {"type": "Sequence", "pretokenizers": [
                {"type": "WhitespaceSplit"}, {"type": "Digits", "individual_digits": True},
                {"type": "Punctuation", "behavior": "MergedWithNext"},
                {"type": "Metaspace", "replacement": "▁", "prepend_scheme": "first"}]},
            "decoder": {"type": "Metaspace", "replacement": "▁"}, "model": {"unk_id": 0, "vocab": vocab}}


def words():
    names = ["<s>", "<glue>"] + [f"<0x{b:02X}>" for b in range(256)] + ["the", "hello", "a", "."]
    return {"model": {"type": "Words", "vocab": names}, "bos_token": "<s>", "glue_token": "<glue>"}


def config(**fields):
    base = {"hidden_size": 16, "intermediate_size": 32, "num_hidden_layers": 2, "num_attention_heads": 4,
            "num_key_value_heads": 2, "vocab_size": 50, "max_position_embeddings": 64, "rms_norm_eps": 1e-6,
            "rope_theta": 10000.0, "hidden_act": "silu", "tie_word_embeddings": True}
    return json.dumps({**base, **fields})


PDF_BLOCK = "<< /Type /EmbeddedFile /Subtype /application#2Fjson /HeadscopeDocument 1 /Length "


def pdf(length, body, end="\nendstream\nendobj\n%%EOF\n"):
    return "%PDF-1.5\n7 0 obj\n" + PDF_BLOCK + str(length) + " >>\nstream\n" + body + end


def svg(body):
    return ('<svg xmlns="http://www.w3.org/2000/svg"><metadata><headscope:document xmlns:headscope="urn:headscope:document" '
            'version="0.1.0">' + body + "</headscope:document></metadata><rect/></svg>")


def main():
    floats = struct.pack("<6f", *range(6))
    put("safetensors", "two_tensors", safetensors({"a": ("F32", [2, 3], floats), "b": ("F16", [2], b"\0\x3c\0\xfc")},
                                                  {"format": "pt"}))
    put("safetensors", "all_types", safetensors({t: (t, [2], b"\1" * 2 * n) for t, n in [
        ("I64", 8), ("U64", 8), ("F64", 8), ("F32", 4), ("I32", 4), ("U32", 4), ("F16", 2), ("BF16", 2), ("I16", 2),
        ("U16", 2), ("I8", 1), ("U8", 1), ("BOOL", 1), ("F8_E4M3", 1), ("F8_E5M2", 1)]}))
    put("safetensors", "empty_tensors", safetensors({"e": ("F32", [0, 5], b""), "s": ("F32", [], b"\0\0\x80\x3f")}))
    put("safetensors", "no_tensors", safetensors({}))
    put("safetensors", "header_too_long", struct.pack("<Q", 1 << 40) + b"{}")

    put("svg_document", "whole", svg("{&quot;headscope&quot;: 1, &quot;text&quot;: &quot;a &lt; b &amp; c&quot;}"))
    put("svg_document", "markup_inside", svg("{<b>}"))
    put("svg_document", "unknown_reference", svg("{&nbsp;}"))
    put("svg_document", "cut", svg("{}")[:150])
    put("svg_document", "none", "<svg/>")
    put("pdf_document", "whole", pdf(16, '{"headscope": 1}'))
    put("pdf_document", "two", pdf(2, "{}") + pdf(16, '{"headscope": 1}'))
    put("pdf_document", "too_long", pdf(999999999, "{}"))
    put("pdf_document", "wrong_length", pdf(3, "{}"))
    put("pdf_document", "no_number", pdf("", "{}"))
    put("pdf_document", "none", "%PDF-1.5\n%%EOF\n")

    put("json", "object", '{"a": 3, "b": 0.5, "c": "text \\u00e9 \\ud83d\\ude00", "d": [true, false, null], "a": 4}')
    put("json", "numbers", "[0, -0.0, 1e308, -1e-308, 18446744073709551615, -9223372036854775808]")
    put("json", "nested", "[" * 40 + "]" * 40)
    put("json", "broken", '{"a": [1, 2')

    put("shard_index", "two", '{"metadata":{"total_size":8},"weight_map":{"a":"a.safetensors","b":"b.safetensors"}}')
    put("shard_index", "one", '{"weight_map":{"a":"a.safetensors"}}')
    put("shard_index", "number", '{"weight_map":{"a":"a.safetensors","b":3}}')
    put("shard_index", "missing", '{"metadata":{}}')
    put("shard_index", "elsewhere", '{"weight_map":{"a":"../a.safetensors"}}')

    put("png", "rgba", png(5, 4, 6, 4))
    put("png", "rgb", png(5, 4, 2, 3))
    put("png", "grey_16", png(3, 3, 0, 1, depth=16))
    put("png", "grey_1", png(9, 2, 0, 1, depth=1))
    put("png", "palette", png(5, 4, 3, 1, depth=4))

    for name, value in [("byte_level", byte_level()), ("byte_fallback", byte_fallback()), ("split", split_small()),
                        ("words", words()), ("word_piece", word_piece()), ("unigram", unigram())]:
        put("tokenizer", name + ".json", json.dumps(value, ensure_ascii=False, separators=(",", ":")))

    put("older_files", "gpt2", '{"a":0,"b":1,"ab":2,"<|endoftext|>":3}' + "\0#version: 0.2\na b\n\0{}")
    put("older_files", "roberta", '{"<s>":0,"</s>":1,"<mask>":2,"a":3,"b":4,"ab":5}' + "\0a b\n\0"
        + '{"tokenizer_class":"RobertaTokenizer","mask_token":{"content":"<mask>"}}')
    put("older_files", "bert", "[UNK]\n[CLS]\n[SEP]\na\n##b\n\0\0" + '{"do_lower_case":false}')
    put("encode", "words", "hello hello the hello.\n(the)\t a")
    put("encode", "scripts", "é e\u0301 中文 हिन्दी العربية 😀👩‍👩‍👧 ▁▁ <s></s><|endoftext|>")
    put("encode", "broken", b"a\xff\xc3 \xe4\xb8\xe4\xb8\xad\0\xed\xa0\x80 \xf4\x90\x80\x80")
    put("encode", "spaces", " " * 50 + "\n\n\t\u0085\u000b\u00a0 x")

    put("config", "llama", config(architectures=["LlamaForCausalLM"], model_type="llama"))
    put("config", "gpt2", json.dumps({"architectures": ["GPT2LMHeadModel"], "model_type": "gpt2", "n_embd": 16, "n_layer": 2,
                                      "n_head": 4, "n_positions": 32, "vocab_size": 50, "layer_norm_epsilon": 1e-5,
                                      "activation_function": "gelu_new"}))
    put("config", "mistral", config(architectures=["MistralForCausalLM"], model_type="mistral", sliding_window=8))
    put("config", "gemma2", config(architectures=["Gemma2ForCausalLM"], model_type="gemma2", head_dim=8, sliding_window=8,
                                   query_pre_attn_scalar=8, attn_logit_softcapping=50.0, final_logit_softcapping=30.0,
                                   hidden_activation="gelu_pytorch_tanh"))
    put("config", "vit", json.dumps({"architectures": ["ViTForImageClassification"], "hidden_size": 16, "intermediate_size": 32,
                                     "num_hidden_layers": 2, "num_attention_heads": 4, "image_size": 8, "patch_size": 4,
                                     "id2label": {"0": "cat", "1": "dog"}}))
    put("config", "whisper", json.dumps({
        "architectures": ["WhisperForConditionalGeneration"], "d_model": 16, "encoder_layers": 1, "decoder_layers": 1,
        "encoder_attention_heads": 2, "decoder_attention_heads": 2, "encoder_ffn_dim": 32, "decoder_ffn_dim": 32,
        "max_source_positions": 4, "max_target_positions": 8, "vocab_size": 20, "num_mel_bins": 4,
        "decoder_start_token_id": 1}))
    for name, rope in [("linear", {"type": "linear", "factor": 2.0}), ("dynamic", {"rope_type": "dynamic", "factor": 2.0}),
                       ("yarn", {"rope_type": "yarn", "factor": 4.0, "original_max_position_embeddings": 16,
                                 "beta_fast": 32, "beta_slow": 1, "mscale": 1.0, "mscale_all_dim": 1.0}),
                       ("llama3", {"rope_type": "llama3", "factor": 8.0, "low_freq_factor": 1.0,
                                   "high_freq_factor": 4.0, "original_max_position_embeddings": 16}),
                       ("longrope", {"rope_type": "longrope", "factor": 4.0, "original_max_position_embeddings": 16,
                                     "short_factor": [1.0, 1.5], "long_factor": [2.0, 3.0]})]:
        put("config", "llama_" + name, config(architectures=["LlamaForCausalLM"], rope_scaling=rope))
    put("config", "rope_parameters", config(architectures=["Gemma3ForCausalLM"], head_dim=4, sliding_window=8, rope_parameters={
        "full_attention": {"rope_type": "linear", "factor": 8.0, "rope_theta": 1e6},
        "sliding_attention": {"rope_type": "default", "rope_theta": 1e4}}))
    put("config", "qwen2", config(architectures=["Qwen2ForCausalLM"], use_sliding_window=True, sliding_window=8,
                                  max_window_layers=1, layer_types=["full_attention", "sliding_attention"]))
    for name in ["Gemma", "Phi3", "Olmo2", "Qwen3"]:
        put("config", name.lower(), config(architectures=[name + "ForCausalLM"], head_dim=4, partial_rotary_factor=1.0,
                                           hidden_activation="gelu_pytorch_tanh"))
    for name in ["StableLm", "Starcoder2", "Phi"]:
        put("config", name.lower(), config(architectures=[name + "ForCausalLM"], layer_norm_eps=1e-5, norm_epsilon=1e-5,
                                           use_bias=True, use_qkv_bias=True, use_parallel_residual=True))
    put("config", "gptj", config(architectures=["GPTJForCausalLM"], n_layer=2, n_head=4, n_embd=16, rotary_dim=4,
                                 n_positions=64))
    put("config", "gpt_neo", config(architectures=["GPTNeoForCausalLM"], num_layers=2, num_heads=4, window_size=8,
                                    attention_types=[[["global", "local"], 1]]))
    put("config", "opt", config(architectures=["OPTForCausalLM"], ffn_dim=64, do_layer_norm_before=True,
                                word_embed_proj_dim=16))
    put("config", "bloom", config(architectures=["BloomForCausalLM"], n_layer=2, n_head=4))
    put("config", "falcon", config(architectures=["FalconForCausalLM"], new_decoder_architecture=True, num_kv_heads=2,
                                   alibi=False, bias=False))
    put("config", "unknown", config(architectures=["MambaForCausalLM"], model_type="mamba"))

    ids = struct.pack("<3q", 1, 7, 2)
    put("trace_inputs", "ids", safetensors({"input_ids": ("I64", [3], ids)}))
    put("trace_inputs", "padded", safetensors({"input_ids": ("I64", [3], ids), "attention_mask": ("I64", [3], ids),
                                               "position_ids": ("I64", [3], ids)}))
    put("trace_inputs", "features", safetensors({"input_features": ("F32", [2, 3], floats),
                                                 "decoder_input_ids": ("I64", [3], ids)}))
    put("trace_inputs", "other_kind", safetensors({"pixel_values": ("F32", [1, 2, 3], floats)}))

    put("document", "small", json.dumps({"headscope": 1, "model": "stories", "text": "the dog slept .",
                                         "selection": {"heads": ["0.0", "1.3"], "mix": "separate", "query": 2},
                                         "view": {"kind": "arcs", "threshold": 0.05, "theme": "light"},
                                         "interventions": [], "later": {"a": [1, 2]}}))
    put("document", "story", json.dumps({
        "headscope": 1, "text": "the dog slept .", "caption": "now", "camera": {"at": "token 2", "zoom": 2.5, "x": 0.1},
        "spotlight": ["token 1", "edge 3 1"], "notes": [{"at": "cell 3 1", "text": "here"}], "temperature": 0.5,
        "model_hash": "0123456789abcdef",
        "story": {"start": {"text": "the dog", "view": {"kind": "matrix"}, "later": 1}, "music": "a.ogg", "steps": [
            {"caption": "first"}, {"do": "set-query 1", "duration": 0.5, "pause": 2, "easing": "out", "stagger": 0.1},
            {"do": ["set-text the cat slept .", "note edge 3 1 \"a \\\"quoted\\\" word\"", "look-at cell 3 1"],
             "name": "three", "sound": [1]}]}}))
    put("document", "bad_step", '{"headscope": 1, "story": {"steps": [{"do": ["undo"]}]}}')
    put("document", "least", '{"headscope": 1}')
    put("script", "commands", '# a script\nset-text "the dog \\"slept\\" ."\nselect-heads 0.1 2.5\nstep +1\nset-view arcs\n'
                              "set-threshold 0.05\n")
    put("script", "story", "auto-story words\nstory-add \"set-query 3; set-view arcs\"\nstory-retime 2 0.8 0.6 linear 0.1\n"
                           "story-move 3 1\nnote edge 7 2 \"it → dog\"\nspotlight token 5 edge 7 2\nlook-at all\n")
    put("script", "bare_text", "set-text the dog slept .\nset-query none\nundo\n")
    shares = {"reference": 2, "giver": 1, "pronoun": 1, "agreement": 1, "repetition": 1, "lookup": 3, "closing": 0.5,
              "filler": 1.5}
    put("recipe", "small.json", json.dumps({
        "name": "small", "seed": 7,
        "model": {"d_model": 32, "n_layers": 2, "n_heads": 4, "d_ff": 64, "max_tokens": 64, "rope_theta": 10000,
                  "norm_eps": 1e-5, "init_std": 0.05},
        "training": {"steps": 10, "tokens_per_step": 256, "lengths": [32, 64], "learning_rate": 0.002,
                     "final_learning_rate": 5e-5, "warmup_steps": 2, "beta1": 0.9, "beta2": 0.98, "epsilon": 1e-8,
                     "weight_decay": 0.05, "clip_norm": 1, "checkpoint_every": 5, "report_every": 5, "report_texts": 4,
                     "final_texts": 8},
        "texts": {"decided_weight": 4, "natural_share": 0.3, "capital_share": 0.1, "newline_share": 0.1, "curriculum": [
            {"from": 0, "min_facts": 1, "max_facts": 2, "shares": shares},
            {"from": 0.5, "min_facts": 2, "max_facts": 4, "shares": shares}]}}, indent=1))


if __name__ == "__main__":
    main()
