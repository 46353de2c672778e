"""How long the failure analysis of a large run takes, part by part, and how much memory it needs.

python benchmarks/diagnosis.py [items, 10000 unless given] [share that fails, 0.3 unless given]

Makes a run of 64 labels, 5 metadata fields and 3 flows with confidences in memory, in groups of two, and vectors of 384
dimensions for its inputs: nothing is predicted or embedded. Goal: under a minute and under 3 GB.
"""

from __future__ import annotations

import resource
import sys
import time
from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray

from rung.diagnose import diagnose
from rung.diagnose.abstention import abstention
from rung.diagnose.aids import Aids
from rung.diagnose.classes import failure_classes
from rung.diagnose.contract import contract
from rung.diagnose.full_analysis import diagnose_fully
from rung.diagnose.robustness import robustness
from rung.diagnose.worth import worth
from rung.evaluate.judging.label import LabelScorer
from rung.evaluate.run import Row, Run
from rung.task.example import Example
from rung.task.protocols import Prediction
from rung.task.task import Flow

LABELS = tuple(f"label_{number:02d}" for number in range(64))
FLOWS = (Flow("web", 40_000, 1.2), Flow("app", 20_000, 2.0), Flow("phone", 5_000, 4.0))
SECONDS, GIGABYTES = 60.0, 3.0
WORDS = 4_000
DIMENSIONS = 384


def made_run(items: int, failing: float, rng: np.random.Generator) -> tuple[Run, dict[str, int]]:
    """The run, and the row of each input among its vectors. Labels have words of their own beside common ones."""
    common = [f"word{number}" for number in range(WORDS)]
    rank = 1.0 / np.arange(1, WORDS + 1)
    drawn = rng.choice(WORDS, size=(items, 9), p=rank / rank.sum())
    rows = []
    for number in range(items):
        label = int(rng.integers(len(LABELS)))
        text = " ".join((f"topic{label}", f"about{label % 16}", *(common[word] for word in drawn[number]), str(number)))
        failed = bool(rng.random() < failing)
        answer = (label + int(rng.choice([1, 2, 31]))) % len(LABELS) if failed else label
        example = Example(
            id=f"item-{number}",
            input=text,
            expected=LABELS[label],
            group=f"group-{number // 2}",
            segment=("routine", "edge", "adversarial")[int(rng.integers(3))],
            flow=FLOWS[int(rng.integers(3))].name,
            metadata={f"field{field}": f"value{rng.integers(4 + 6 * field)}" for field in range(5)},
        )
        prediction = Prediction(LABELS[answer], float(rng.beta(2, 2) if failed else rng.beta(5, 2)))
        rows.append(Row(example, prediction, not failed, outcome="wrong_label" if failed else "right"))
    run = Run("benchmark", "planted", "dev", tuple(rows), None, None, items)
    return run, {row.example.input: number for number, row in enumerate(rows)}


def seconds(call: Callable[[], object]) -> float:
    start = time.perf_counter()
    call()
    return time.perf_counter() - start


def main() -> None:
    items = int(sys.argv[1]) if len(sys.argv) > 1 else 10_000
    failing = float(sys.argv[2]) if len(sys.argv) > 2 else 0.3
    rng = np.random.default_rng(0)
    run, place = made_run(items, failing, rng)
    centres = rng.standard_normal((len(LABELS), DIMENSIONS))
    of_row = [LABELS.index(row.example.expected) for row in run.rows]
    vectors = (centres[of_row] + 2.0 * rng.standard_normal((items, DIMENSIONS))).astype(np.float32)
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)

    def embed(texts: Sequence[str]) -> NDArray[np.float32]:
        return np.asarray(vectors[[place[text] for text in texts]], dtype=np.float32)

    aids = Aids(scorer=LabelScorer(), target=0.8, embed=embed)
    source = "the benchmark"

    def classes(with_vectors: bool) -> object:
        return failure_classes(
            run,
            flows=FLOWS,
            kind="classify",
            multi_label=False,
            source=source,
            embed=embed if with_vectors else None,
        )

    def rows_alone() -> object:
        return diagnose(run, corpus=(), labels=LABELS, flows=FLOWS, train=(), aids=aids)

    def fully() -> object:
        return diagnose_fully(run, corpus=(), labels=LABELS, flows=FLOWS, train=(), aids=aids)

    scorer = LabelScorer()
    parts: dict[str, Callable[[], object]] = {
        "owners, slices, concentration": rows_alone,
        "output contract": lambda: contract(
            run, scorer, labels=LABELS, kind="classify", multi_label=False, source=source
        ),
        "robustness": lambda: robustness(run, aids.arms, kind="classify", out_of_scope_label=None, source=source),
        "abstention": lambda: abstention(run, 0.8, source=source, seed=run.id),
        "classes, vectors given": lambda: classes(True),
        "classes, from the words": lambda: classes(False),
        "worth fixing": lambda: worth(run.rows, FLOWS, seed=run.id, source=source, by_label=True),
    }
    print(f"{items:,} items, {failing:.0%} failing")
    for name, call in parts.items():
        print(f"{name:<32}{seconds(call):8.2f} s", flush=True)
    total = seconds(fully)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e6
    met = "met" if total < SECONDS else "MISSED"
    print(f"{'everything, vectors given':<32}{total:8.2f} s   (goal {SECONDS:g} s: {met})")
    print(f"{'peak memory':<32}{peak:8.2f} GB  (goal {GIGABYTES:g} GB: {'met' if peak < GIGABYTES else 'MISSED'})")


if __name__ == "__main__":
    main()
