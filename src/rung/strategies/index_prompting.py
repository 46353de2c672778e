"""What strategies share that search an index for each input and put what they found into its prompt."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from rung.retrieval import HybridIndex
from rung.strategies.asking import instructions_text
from rung.strategies.contract import Checkpoint, Models, TrainData
from rung.strategies.needs import encoder_of, generator_of
from rung.strategies.prompting import ask
from rung.task.protocols import Generator, Prediction, Prompt, Shot


@dataclass(frozen=True, slots=True)
class Found:
    """What a prompt gets for one input: passages best first, solved examples best last, and the ids of the corpus
    entries among them."""

    notes: tuple[str, ...] = ()
    shots: tuple[Shot, ...] = ()
    ids: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class IndexedTexts:
    """The texts to search, how many are looked at for an input, and what the best of them, given by their positions,
    bring into the prompt. `passages`: notes are among it. `what` names the texts in the live display."""

    texts: Sequence[str]
    looked_at: int
    find: Callable[[Sequence[int]], Found]
    passages: bool
    what: str


def fit_index(models: Models, strategy: str, train: TrainData, texts: IndexedTexts, checkpoint: Checkpoint) -> Asker:
    """A predictor over the texts, encoded once. `ModelUnavailable` names the strategy whose model is not there."""
    generator, encoder = generator_of(models, strategy), encoder_of(models, strategy)
    checkpoint.report(0, len(texts.texts), f"encoding {texts.what}")
    index = HybridIndex(texts.texts, encoder)
    checkpoint.report(len(texts.texts), len(texts.texts), f"encoding {texts.what}")
    return Asker(generator, index, texts, train)


class Asker:
    """Searches, fills the prompt, and asks."""

    def __init__(self, generator: Generator, index: HybridIndex, texts: IndexedTexts, train: TrainData) -> None:
        self._generator = generator
        self._index = index
        self._texts = texts
        self._task, self._labels = train.task, train.labels
        self._instructions = instructions_text(train.task, train.labels, passages=texts.passages)

    def predict(self, inputs: Sequence[str]) -> list[Prediction]:
        """One `Prediction` per input, in order; `retrieved` names the corpus entries in the prompt."""
        found = [self._texts.find(row) for row in self._index.search(inputs, self._texts.looked_at)]
        prompts = [
            Prompt(self._instructions, text, notes=one.notes, shots=one.shots)
            for text, one in zip(inputs, found, strict=True)
        ]
        return ask(self._generator, prompts, self._task, self._labels, [one.ids for one in found])
