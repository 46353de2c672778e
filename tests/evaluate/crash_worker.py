"""A process made to be killed: works on a store and says on stdout what it was told is durable.

python crash_worker.py store STORE           saves answers and events for ever, a line each once acknowledged
python crash_worker.py evaluate STORE LOG    evaluates 40 items in batches of 4; each call is a line in LOG
"""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Sequence
from itertools import count
from pathlib import Path

from rung.adapters.store import SqlStore
from rung.evaluate.runner import evaluate
from rung.task.example import Example
from rung.task.protocols import Prediction

ITEMS = [Example(str(number), f"input {number}", "yes", f"group {number}") for number in range(40)]
BATCH = 4


class Logged:
    """Answers "yes" and leaves a durable line for every input it was asked, as a paid model call would."""

    def __init__(self, log: Path) -> None:
        self.log = log

    def predict(self, inputs: Sequence[str]) -> list[Prediction]:
        with self.log.open("a", encoding="utf-8") as file:
            file.writelines(f"{text}\n" for text in inputs)
            file.flush()
            os.fsync(file.fileno())
        time.sleep(0.02)
        return [Prediction("yes") for _ in inputs]


def tell(*words: object) -> None:
    """A line on stdout, there before the next thing is done."""
    sys.stdout.write(" ".join(str(word) for word in words) + "\n")
    sys.stdout.flush()


def write_for_ever(store: SqlStore) -> None:
    for number in count():
        store.save_predictions("p", {f"{number}-{part}": Prediction("yes", raw="x" * 500) for part in range(4)})
        event = store.append_event("batch", {"number": number})
        tell(number, event.number)


def evaluate_all(store: SqlStore, log: Path) -> None:
    run = evaluate(
        lambda: Logged(log),
        strategy="logged",
        predictor_identity="logged",
        items=ITEMS,
        split="dev",
        store=store,
        batch_size=BATCH,
        report=lambda done, total, what: tell(done, total, what),
    )
    tell("finished", run.model_calls, sum(row.success for row in run.rows))


if __name__ == "__main__":
    with SqlStore(Path(sys.argv[2])) as opened:
        if sys.argv[1] == "store":
            write_for_ever(opened)
        else:
            evaluate_all(opened, Path(sys.argv[3]))
