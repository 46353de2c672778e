"""The tuned model in use."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from rung.learning.chat_prompt import answer_ids
from rung.learning.label_scoring import LabelScorer, LabelScores
from rung.task.protocols import Prediction, Prompt


class AdapterPredictor:
    """Answers with the label whose tokens the tuned model finds most likely.

    Scores are not calibrated by a content-free prompt: that takes away a prior which came from pre-training,
    while this model's prior was learned from the training labels by the very likelihood that is compared here.
    """

    def __init__(self, model: Any, tokenizer: Any, labels: tuple[str, ...], instructions: str) -> None:
        self._scorer = LabelScorer(model, tokenizer, labels, calibrate=False)
        self._answer_tokens = {label: len(answer_ids(label, tokenizer)) for label in labels}
        self._instructions = instructions

    def predict(self, inputs: Sequence[str]) -> list[Prediction]:
        """One `Prediction` per input, in order; `confidence` is the label's probability among all labels.

        An input longer than the model is asked to read has no answer, and `failure` says "truncated".
        """
        prompts = [Prompt(instructions=self._instructions, question=text) for text in inputs]
        return [self._prediction(scores) for scores in self._scorer.score(prompts)]

    def _prediction(self, scores: LabelScores) -> Prediction:
        if scores.best is None:
            return Prediction("", input_tokens=scores.input_tokens, output_tokens=0, failure="truncated")
        return Prediction(
            output=scores.best,
            confidence=scores.confidence,
            input_tokens=scores.input_tokens,
            output_tokens=self._answer_tokens[scores.best],
            raw=scores.best,
        )
