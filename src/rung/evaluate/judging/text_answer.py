"""A short answer, usually over a corpus, where having none may be right."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import lru_cache

from rung.evaluate.judging.answer_text import share_found, stands_in, word_f1, words
from rung.evaluate.judging.outcomes import RIGHT
from rung.evaluate.judging.scorer import Judged, Scorer
from rung.task.example import Example
from rung.task.protocols import Prediction
from rung.task.task import AnswerRule

SUPPORTED_SHARE = 0.5
"""An answer with fewer of its words in the passages than this did not come from them."""

Words = tuple[str, ...]


class TextAnswerScorer(Scorer):
    """Right is a short enough answer that meets the rule for any reference, or a refusal where there is no answer.

    Scores: "exact_match" and "token_f1", the best over the references (1 for a right refusal, 0 for a wrong one);
    "knowledge_f1", the F1 of the answer's words with the nearest gold passage, or retrieved one where none is named
    (Shuster et al. 2021, arXiv:2104.07567); "retrieval_recall", the share of gold passages among those retrieved. The
    last two are absent where there is nothing to compare with.
    """

    def __init__(self, rule: AnswerRule, passages: Mapping[str, str]) -> None:
        self._rule = rule
        self._passages = passages
        self._passage_words = lru_cache(maxsize=10_000)(self._words_of)

    @property
    def identity(self) -> str:
        rule = self._rule
        return f"answer {rule.right_when} {rule.minimum} {rule.most_words}"

    def __call__(self, example: Example, prediction: Prediction) -> Judged:
        scores = self._retrieval(example, prediction)
        refused = prediction.abstained and prediction.failure is None
        answer = () if refused else words(prediction.output)
        if prediction.failure is not None or not (refused or prediction.output.strip()):
            return Judged(False, prediction.failure or "empty", {"exact_match": 0.0, "token_f1": 0.0, **scores})
        if not example.expected or refused:
            right = refused and not example.expected
            scores = {"exact_match": float(right), "token_f1": float(right), **scores}
            if refused:
                return Judged(right, "right_refusal" if right else "wrong_refusal", scores)
            return Judged(False, "answered_unanswerable", {**scores, **self._knowledge(example, prediction, answer)})
        references = [words(reference) for reference in (example.expected, *example.references)]
        exact = any(answer == reference for reference in references)
        overlap = max(word_f1(answer, reference) for reference in references)
        scores = {"exact_match": float(exact), "token_f1": overlap, **scores}
        scores |= self._knowledge(example, prediction, answer)
        if len(prediction.output.split()) > self._rule.most_words:
            return Judged(False, "too_long", scores)
        if self._meets(answer, references, overlap):
            return Judged(True, RIGHT, scores)
        return Judged(False, self._error(example, prediction, answer, references), scores)

    def _meets(self, answer: Words, references: Sequence[Words], overlap: float) -> bool:
        if self._rule.right_when == "token_f1":
            return overlap >= (self._rule.minimum or 1.0)
        if self._rule.right_when == "exact_match":
            return answer in references
        return any(stands_in(reference, answer) for reference in references)

    def _error(self, example: Example, prediction: Prediction, answer: Words, references: Sequence[Words]) -> str:
        shown = [self._passage_words(entry) for entry in prediction.retrieved if entry in self._passages]
        if not shown:
            return "wrong_answer"
        at_hand = bool(set(example.passages) & set(prediction.retrieved)) or any(
            stands_in(reference, passage) for reference in references for passage in shown
        )
        if not at_hand:
            return "not_retrieved"
        supported = max(share_found(answer, passage) for passage in shown) >= SUPPORTED_SHARE
        return "wrong_answer" if supported else "not_in_passages"

    def _retrieval(self, example: Example, prediction: Prediction) -> dict[str, float]:
        if not example.passages or not prediction.retrieved:
            return {}
        found = len(set(example.passages) & set(prediction.retrieved))
        return {"retrieval_recall": found / len(set(example.passages))}

    def _knowledge(self, example: Example, prediction: Prediction, answer: Words) -> dict[str, float]:
        sources = [entry for entry in example.passages or prediction.retrieved if entry in self._passages]
        if not sources:
            return {}
        return {"knowledge_f1": max(word_f1(answer, self._passage_words(entry)) for entry in sources)}

    def _words_of(self, entry: str) -> Words:
        return words(self._passages[entry])
