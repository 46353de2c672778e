"""How fast near-duplicates are found among short texts, beside datasketch's MinHashLSH, in one run.

python benchmarks/duplicates.py [texts for both, 100000 unless given] [texts for ours alone, 1000000 unless given]

Texts are made up: words drawn by Zipf's law, and one text in ten again with a word exchanged, shortened or added.
datasketch (pip install datasketch) gets the same trigrams and its own choice of bands for 128 hash functions.
"""

from __future__ import annotations

import gc
import resource
import statistics
import sys
import time
from collections.abc import Callable
from importlib import import_module
from importlib.util import find_spec

import numpy as np

from rung.evidence.duplicates import THRESHOLD, jaccard, near_duplicate_pairs, trigrams

RUNS = 3
GOAL_SECONDS = 300.0
VOCABULARY = 20_000
EDITED = 10  # one text in so many comes again

Pairs = set[tuple[int, int]]


def made_up(count: int, seed: int) -> tuple[list[str], Pairs]:
    """`count` different texts of 6 to 15 words, and the planted pairs among them that reach the threshold."""
    rng = np.random.default_rng(seed)
    letters = list("etaoinshrdlucmfwypvbgk")
    words = ["".join(rng.choice(letters, size=size)) for size in rng.integers(2, 10, size=VOCABULARY)]
    weights = 1 / np.arange(1, VOCABULARY + 1) ** 0.9
    own = count - count // (EDITED + 1)
    ends = np.cumsum(rng.integers(6, 16, size=own))
    drawn = rng.choice(VOCABULARY, size=int(ends[-1]), p=weights / weights.sum())
    texts = [
        " ".join(words[word] for word in drawn[start:end]) for start, end in zip([0, *ends[:-1]], ends, strict=True)
    ]
    for original in range(count - own):
        texts.append(edited(texts[original].split(), words, rng))
    planted = ((original, own + original) for original in range(count - own))
    return texts, {(i, j) for i, j in planted if jaccard(trigrams(texts[i]), trigrams(texts[j])) >= THRESHOLD}


def edited(text: list[str], words: list[str], rng: np.random.Generator) -> str:
    """One word exchanged, shortened or added."""
    place, other = int(rng.integers(len(text))), words[int(rng.integers(VOCABULARY))]
    match int(rng.integers(3)):
        case 0:
            text[place] = other
        case 1:
            text[place] = text[place][:-1] or other
        case _:
            text.append(other)
    return " ".join(text)


def ours(texts: list[str]) -> Pairs:
    return set(near_duplicate_pairs(texts))


def theirs(texts: list[str]) -> Pairs:
    """Candidates of datasketch, compared exactly as ours are."""
    datasketch = import_module("datasketch")
    index = datasketch.MinHashLSH(threshold=THRESHOLD, num_perm=128)
    signatures = datasketch.MinHash.bulk(
        ([gram.encode("utf-8") for gram in trigrams(text)] for text in texts), num_perm=128, seed=1
    )
    with index.insertion_session() as session:
        for position, signature in enumerate(signatures):
            session.insert(position, signature, check_duplication=False)
    pairs = {(other, position) for position, one in enumerate(signatures) for other in index.query(one)}
    return {(i, j) for i, j in pairs if i < j and jaccard(trigrams(texts[i]), trigrams(texts[j])) >= THRESHOLD}


def timed(call: Callable[[list[str]], Pairs], texts: list[str]) -> tuple[float, Pairs]:
    gc.collect()
    start = time.perf_counter()
    pairs = call(texts)
    return time.perf_counter() - start, pairs


def told(name: str, seconds: list[float], pairs: Pairs, planted: Pairs) -> str:
    recall = len(planted & pairs) / len(planted)
    spread = f"{min(seconds):.1f} to {max(seconds):.1f}"
    return (
        f"{name:<11} median {statistics.median(seconds):7.1f} s ({spread})   {len(pairs):,} pairs   "
        f"{recall:.4f} of {len(planted):,} planted pairs found   peak memory so far {peak_gigabytes():.2f} GB"
    )


def peak_gigabytes() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024 / 1e9


def compared(count: int) -> None:
    """Both on the same texts, in turns."""
    texts, planted = made_up(count, seed=0)
    both = find_spec("datasketch") is not None
    runs: list[tuple[float, Pairs]] = []
    others: list[tuple[float, Pairs]] = []
    for _ in range(RUNS):
        runs.append(timed(ours, texts))
        if both:
            others.append(timed(theirs, texts))
    print(f"{count:,} texts, {RUNS} runs each, peak memory with both in one process")
    print(told("ours", [seconds for seconds, _ in runs], runs[0][1], planted))
    if not both:
        print("datasketch is not installed; for the comparison: pip install datasketch")
        return
    print(told("datasketch", [seconds for seconds, _ in others], others[0][1], planted))
    ratio = statistics.median(seconds for seconds, _ in others) / statistics.median(seconds for seconds, _ in runs)
    print(f"ratio       {ratio:.1f} times")


def alone(count: int) -> None:
    """Ours once on many texts, against the goal."""
    texts, planted = made_up(count, seed=1)
    print(f"{count:,} texts, one run; the texts themselves and the planted pairs: {peak_gigabytes():.2f} GB")
    seconds, pairs = timed(ours, texts)
    print(told("ours", [seconds], pairs, planted))
    print(f"goal {GOAL_SECONDS:g} s: {'met' if seconds <= GOAL_SECONDS else 'MISSED'}")


def main() -> None:
    alone(int(sys.argv[2]) if len(sys.argv) > 2 else 1_000_000)
    compared(int(sys.argv[1]) if len(sys.argv) > 1 else 100_000)


if __name__ == "__main__":
    main()
