"""An answer from a corpus without writing one: the sentence most like an answer, or none where none is likely."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np

from rung.errors import InvalidData
from rung.evaluate.judging.answer_text import stands_in, word_f1, words
from rung.retrieval import sentences
from rung.strategies.contract import Checkpoint, TrainData
from rung.strategies.head_choice import fit_classifier
from rung.strategies.head_fit import one_blas_thread
from rung.strategies.label_set_head import group_folds
from rung.task.example import CorpusEntry, Example
from rung.task.protocols import FloatArray, Prediction

RULE = "sentence-1"
"""Changes with anything below that changes the answers."""
PASSAGES = 5
"""How many passages are looked through."""
LEAST_LIKE = 0.5
"""Where no sentence holds a reference as it stands, the likest one counts as right from this F1 of words on."""
STRENGTH = 1.0
"""scikit-learn's default: there are a dozen features of one scale, which leaves little to choose."""
_THRESHOLDS = 200


@dataclass(frozen=True, slots=True)
class Sentence:
    """A sentence of the corpus: the number of its entry, its place in the entry from 0, and its text."""

    entry: int
    place: int
    text: str


@dataclass(frozen=True, slots=True)
class Found:
    """What was found for a question: entries, best first; their sentences, and the features of each sentence, shape
    (n_sentences, n_features)."""

    entries: tuple[int, ...]
    sentences: tuple[Sentence, ...]
    features: FloatArray


class SentenceFinder(Protocol):
    """Finds the sentences that a question may be answered with."""

    def find(self, question: str) -> Found:
        """Always computed afresh: what one request costs in production."""

    def find_all(self, questions: Sequence[str]) -> list[Found]:
        """The same for training questions, together."""


def corpus_sentences(entries: Sequence[CorpusEntry], *, most_words: int) -> list[list[Sentence]]:
    """The sentences of each entry, none longer than an answer may be; the title where an entry has no text."""
    return [
        [
            Sentence(number, place, text)
            for place, text in enumerate(sentences(entry.text or entry.title))
            if len(text.split()) <= most_words
        ]
        for number, entry in enumerate(entries)
    ]


def beside_the_best(features: FloatArray, columns: Sequence[int]) -> FloatArray:
    """The features, and for these columns the difference to the highest value of any row. Shape (n, more)."""
    if not len(features):
        return features
    compared = features[:, list(columns)]
    result: FloatArray = np.concatenate([features, compared - compared.max(axis=0)], axis=1)
    return result


class SentencePredictor:
    """Answers with the sentence that is most probably right; abstains below `threshold` and where none was found."""

    def __init__(self, finder: SentenceFinder, classifier: Any, entry_ids: Sequence[str], threshold: float) -> None:
        self._finder = finder
        self._classifier = classifier
        self._entry_ids = tuple(entry_ids)
        self._threshold = threshold

    def predict(self, inputs: Sequence[str]) -> list[Prediction]:
        """One `Prediction` per input, in order; every input on its own, so that no other can move its digits.

        The confidence is the probability that the sentence is right, or that none is.
        """
        return [self._answer(self._finder.find(text)) for text in inputs]

    def _answer(self, found: Found) -> Prediction:
        retrieved = tuple(self._entry_ids[entry] for entry in found.entries)
        best, share = best_sentence(self._classifier, found)
        if best is None or share < self._threshold:
            return Prediction(output="", confidence=1 - share, retrieved=retrieved, abstained=True)
        return Prediction(output=found.sentences[best].text, confidence=share, retrieved=retrieved)


def best_sentence(classifier: Any, found: Found) -> tuple[int | None, float]:
    """(the number of the likeliest sentence, its probability of being right); (None, 0) without sentences."""
    if not found.sentences:
        return None, 0.0
    shares = classifier.predict_proba(found.features)[:, list(classifier.classes_).index(True)]
    best = int(shares.argmax())
    return best, float(shares[best])


def fit_sentences(
    finder_of: Callable[[Sequence[CorpusEntry], int], SentenceFinder],
    train: TrainData,
    *,
    rng: np.random.Generator,
    checkpoint: Checkpoint,
    strategy: str,
) -> SentencePredictor:
    """A predictor fitted on the training questions whose answer stands in a sentence that is found for them.

    `finder_of` takes the entries with a text and the most words of an answer. Raises `InvalidData` without a corpus,
    and where no training answer is among the sentences found. The fit takes seconds beside the encoding of the
    corpus, which no later fit is spared; so nothing is kept in the checkpoint directory.
    """
    entries = [entry for entry in train.corpus if entry.passage.strip()]
    if not entries:
        raise InvalidData(f"strategy {strategy} needs a corpus to answer from; name one in rung.yaml under data.corpus")
    seed = int(rng.integers(2**31))
    with one_blas_thread():
        checkpoint.report(0, 3, "reading the corpus")
        finder = finder_of(entries, train.task.answer.most_words)
        checkpoint.report(1, 3, "looking for answers")
        found = finder.find_all([example.input for example in train.examples])
        right = [right_sentences(example, each.sentences) for example, each in zip(train.examples, found, strict=True)]
        if len({value for each in right for value in each}) < 2:
            raise InvalidData(
                f"strategy {strategy} learns from sentences of the corpus that hold the answer, beside others, and "
                f"found no such sentence for any of {len(found)} training examples; check that data.corpus holds the "
                "answers"
            )
        checkpoint.report(2, 3, "fitting the choice of sentences")
        threshold = _threshold(train.examples, found, right, seed=seed)
        classifier = fit_on(found, right, range(len(found)))
    checkpoint.report(3, 3, "fitting the choice of sentences")
    return SentencePredictor(finder, classifier, [entry.id for entry in entries], threshold)


def right_sentences(example: Example, candidates: Sequence[Sentence]) -> list[bool]:
    """Which of the sentences answer the question: those in which a reference stands, else the one that shares enough
    words with one. None for a question without an answer."""
    if not example.expected:
        return [False] * len(candidates)
    references = [words(reference) for reference in (example.expected, *example.references)]
    texts = [words(candidate.text) for candidate in candidates]
    holding = [any(stands_in(reference, text) for reference in references) for text in texts]
    if any(holding) or not texts:
        return holding
    likeness = [max(word_f1(reference, text) for reference in references) for text in texts]
    best = int(np.argmax(likeness))
    return [number == best and likeness[best] >= LEAST_LIKE for number in range(len(texts))]


def fit_on(found: Sequence[Found], right: Sequence[Sequence[bool]], positions: Sequence[int]) -> Any:
    """A logistic regression over standardised features, fitted on the sentences of the questions at these positions;
    None where they are not of both kinds."""
    from sklearn.linear_model import LogisticRegression
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import StandardScaler

    rows = [found[position].features for position in positions if found[position].sentences]
    targets = [value for position in positions for value in right[position]]
    if len(set(targets)) < 2:
        return None
    model = make_pipeline(StandardScaler(), LogisticRegression(C=STRENGTH, max_iter=1_000))
    return fit_classifier(model, np.concatenate(rows), targets)


def _threshold(
    examples: Sequence[Example], found: Sequence[Found], right: Sequence[Sequence[bool]], *, seed: int
) -> float:
    """The probability from which answering is right most often on held-out groups; 0 where refusing never is."""
    if all(example.expected for example in examples):
        return 0.0
    shares, good, asked = [], [], []
    for known, held in group_folds([example.group for example in examples], seed=seed):
        classifier = fit_on(found, right, known)
        if classifier is None:
            continue
        for position in held:
            best, share = best_sentence(classifier, found[position])
            shares.append(share)
            good.append(best is not None and right[position][best])
            asked.append(bool(examples[position].expected))
    return best_threshold(np.array(shares), np.array(good, dtype=bool), np.array(asked, dtype=bool))


def best_threshold(shares: FloatArray, good: Any, answerable: Any) -> float:
    """The threshold that gives most right outcomes: a right answer from it on, or a refusal below it where there is
    no answer. All arrays: shape (n_questions,). Of equals the middle one, as far from both kinds of mistake as can be;
    0 without questions."""
    if not len(shares):
        return 0.0
    nothing = float(np.nextafter(shares.max(), np.inf))  # refuses all
    candidates = sorted({0.0, *np.quantile(shares, np.linspace(0, 1, _THRESHOLDS)).tolist(), nothing})
    counts = [int(np.where(shares >= threshold, good, ~answerable).sum()) for threshold in candidates]
    best = np.flatnonzero(np.array(counts) == max(counts))
    return float(candidates[best[len(best) // 2]])
