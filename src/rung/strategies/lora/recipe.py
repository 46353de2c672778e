"""The recipe of the adapter, the same for every task of a kind, and the prompt that goes with it."""

from __future__ import annotations

from dataclasses import dataclass

from rung.strategies import asking
from rung.task.task import Task

DEFAULT_INSTRUCTIONS = "Decide which label the text belongs to."
DEFAULT_INSTRUCTIONS_SEVERAL = "Write the labels that the text belongs to as a JSON array."
DEFAULT_INSTRUCTIONS_RECORD = "Write what the text says as one JSON object."


@dataclass(frozen=True, slots=True)
class Recipe:
    """How the adapter is trained; docs/concepts/training.md argues each value.

    `texts_seen` is what the number of passes aims at, kept within `fewest_passes` and `most_passes` and the
    token budget. A batch is computed in packs of `texts_together`, side by side. `longest_example_tokens` bounds a
    training example without the instructions.
    """

    version: int = 2
    rank: int = 8
    alpha: int = 16
    learning_rate: float = 2e-3
    warmup_steps: int = 10
    batch_size: int = 8
    texts_together: int = 4
    texts_seen: int = 1_400
    fewest_passes: float = 2.0
    most_passes: float = 10.0
    longest_example_tokens: int = 512
    save_every: int = 10

    def passes(self, texts: int) -> float:
        """Passes over `texts` training texts, before the token budget: many over few texts, few over many."""
        return min(self.most_passes, max(self.fewest_passes, self.texts_seen / texts))


@dataclass(frozen=True, slots=True)
class WritingRecipe:
    """What is different where the adapter writes its answers.

    A training example may have `longest_example_tokens` without the instructions. A question about a corpus gets up to
    `notes` passages, of `notes_tokens` together.
    """

    version: int = 1
    longest_example_tokens: int = 1_536
    notes: int = 3
    notes_tokens: int = 1_024


RECIPE = Recipe()
WRITING = WritingRecipe()


def reads_notes(task: Task, *, entries: int) -> bool:
    """True where the adapter is trained and asked with retrieved passages: questions that a corpus answers."""
    return task.kind == "answer" and entries > 0


def instructions_text(task: Task, *, passages: bool = False) -> str:
    """The task's instructions without the list of labels or fields: the adapter learns those from the examples.

    Answers and free texts have nothing to be listed, and are asked for as the prompts do.
    """
    if task.kind in ("answer", "generate"):
        return asking.instructions_text(task, (), passages=passages)
    if task.kind == "extract":
        return task.instructions.strip() or DEFAULT_INSTRUCTIONS_RECORD
    return task.instructions.strip() or (DEFAULT_INSTRUCTIONS_SEVERAL if task.multi_label else DEFAULT_INSTRUCTIONS)
