"""An embedded language model that chooses among labels by likelihood, and writes greedily."""

from __future__ import annotations

from collections.abc import Sequence
from threading import Lock
from typing import TYPE_CHECKING, Any

from rung.adapters.local.base import load_language_model
from rung.adapters.local.cache import Report
from rung.adapters.local.catalog import find_card
from rung.adapters.local.precision import Precision, preferred_precision
from rung.task.protocols import Choice, Prompt, Written

if TYPE_CHECKING:
    from rung.learning.greedy import GreedyWriter
    from rung.learning.label_scoring import LabelScorer, LabelScores


class LocalGenerator:
    """Implements `Generator` with an embedded model, loaded at the first call. Safe to share by threads."""

    hosted = False
    metered = False

    def __init__(
        self, name: str = "smollm2-135m", *, precision: Precision | None = None, report: Report = lambda _: None
    ) -> None:
        """`precision` None: what this machine prefers. `report` gets a line when a model has to be converted."""
        self._card = find_card(name, "generator")
        self._precision = precision or preferred_precision()
        self._report = report
        self._loaded: tuple[Any, Any] | None = None
        self._scorer: tuple[tuple[str, ...], LabelScorer] | None = None
        self._writer: GreedyWriter | None = None
        self._lock = Lock()

    @property
    def identity(self) -> str:
        """Name, start of the weights' sha256, and precision."""
        return f"{self._card.weights_name}:{self._precision}"

    def choose(self, prompts: Sequence[Prompt], labels: Sequence[str]) -> list[Choice]:
        """The most likely label of each prompt, by the rule in `learning/label_scoring.py`.

        A prompt beyond the scorer's limit gets no label and the failure `truncated`. No tokens are generated.
        """
        with self._lock:
            scorer = self._scorer_for(tuple(labels))
            return [_choice(scores) for scores in scorer.score(prompts)]

    def write(self, prompts: Sequence[Prompt], *, most_tokens: int) -> list[Written]:
        """One greedy answer per prompt, as `learning/greedy.py` writes it; `confidence` is that of its tokens.

        A prompt beyond the writer's limit has no answer and the failure `truncated`.
        """
        with self._lock:
            if self._writer is None:
                model, tokenizer = self._model()
                from rung.learning.greedy import GreedyWriter

                self._writer = GreedyWriter(model, tokenizer)
            return self._writer.write(prompts, most_tokens=most_tokens)

    def _scorer_for(self, labels: tuple[str, ...]) -> LabelScorer:
        if self._scorer is None or self._scorer[0] != labels:
            model, tokenizer = self._model()
            from rung.learning.label_scoring import LabelScorer

            self._scorer = (labels, LabelScorer(model, tokenizer, labels))
        return self._scorer[1]

    def _model(self) -> tuple[Any, Any]:
        if self._loaded is None:
            self._loaded = load_language_model(self._card.name, self._precision, self._report)
        return self._loaded


def _choice(scores: LabelScores) -> Choice:
    if scores.best is None:
        return Choice(
            None, None, scores.input_tokens, 0, raw="the prompt is too long to be scored", failure="truncated"
        )
    return Choice(scores.best, scores.confidence, scores.input_tokens, 0, raw=scores.best)
