"""What rung needs from the world to try a strategy: three small protocols and the values they exchange."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, Protocol

import numpy as np
from numpy.typing import NDArray

FloatArray = NDArray[np.float64]
Embeddings = NDArray[np.float32]

Failure = Literal["empty", "not_a_label", "refusal", "truncated", "endpoint_error"]


@dataclass(frozen=True, slots=True)
class Shot:
    """A solved example shown inside a prompt; `answer` is written as the model should write it."""

    input: str
    answer: str


@dataclass(frozen=True, slots=True)
class Prompt:
    """What a model is asked, before any model's template is applied.

    `instructions` is the same for every item of a run (a model may keep its computed prefix); `notes` are
    retrieved passages, best first; `shots` go nearest last, next to the question.
    """

    instructions: str
    question: str
    notes: tuple[str, ...] = ()
    shots: tuple[Shot, ...] = ()


@dataclass(frozen=True, slots=True)
class Choice:
    """A generator's answer: the chosen label, or None with the reason in `failure` and the text in `raw`.

    `confidence` is the probability the model gives the label among all labels, None where the model does not
    say. `cost_usd` is what the call was metered at; None for a model that is not metered or has no known price.
    """

    label: str | None
    confidence: float | None
    input_tokens: int
    output_tokens: int
    raw: str = ""
    failure: Failure | None = None
    cost_usd: float | None = None


@dataclass(frozen=True, slots=True)
class Written:
    """A generator's free answer. `text` is what it wrote, cut where `failure` is "truncated".

    `confidence` is the geometric mean probability of the tokens written, None where the model does not say.
    `cost_usd` as in `Choice`.
    """

    text: str
    input_tokens: int
    output_tokens: int
    confidence: float | None = None
    failure: Failure | None = None
    cost_usd: float | None = None


class Generator(Protocol):
    """A pre-trained language model that chooses among labels, or writes."""

    @property
    def identity(self) -> str:
        """Names the model and its exact weights or server; part of every cache key. Costs no loading."""

    @property
    def hosted(self) -> bool:
        """True when requests leave this machine."""

    @property
    def metered(self) -> bool:
        """True when each call is paid for on its own."""

    def choose(self, prompts: Sequence[Prompt], labels: Sequence[str]) -> list[Choice]:
        """One `Choice` per prompt, in order."""

    def write(self, prompts: Sequence[Prompt], *, most_tokens: int) -> list[Written]:
        """One greedy answer of at most `most_tokens` tokens per prompt, in order; none depends on the others."""


class Encoder(Protocol):
    """A pre-trained sentence encoder."""

    @property
    def identity(self) -> str:
        """Names the model and its exact weights; part of every cache key. Costs no loading."""

    def encode(self, texts: Sequence[str]) -> Embeddings:
        """Shape (len(texts), dimensions), rows of unit length."""


class WordEncoder(Protocol):
    """A pre-trained encoder that also tells words of one text apart, each in its context."""

    @property
    def identity(self) -> str:
        """As of `Encoder`."""

    def encode_words(self, words: Sequence[Sequence[str]]) -> list[Embeddings]:
        """For each text, given as its words in order, one row per word in context: shape (n_words, dimensions).

        A word's row is the mean over its tokens of the last hidden layer, not normalised. Words beyond the model's
        longest input have rows of zeros.
        """


@dataclass(frozen=True, slots=True)
class Prediction:
    """What a strategy answered to one input.

    `output` is what the caller would get, in the form of `Example.expected`; for kinds other than classify it is
    the text as written, not yet parsed. It is "" when there is none, and `failure` then says why; `abstained`
    (kind answer): the strategy says that it has no answer, which is no failure. `retrieved` holds the ids of the
    corpus entries used, best first; empty when none were. `confidence` in [0, 1] or None.
    """

    output: str
    confidence: float | None = None
    retrieved: tuple[str, ...] = ()
    input_tokens: int | None = None
    output_tokens: int | None = None
    cost_usd: float | None = None
    raw: str = ""
    failure: Failure | None = None
    abstained: bool = False


class Predictor(Protocol):
    """A strategy made ready for use. Knows nothing of expected outcomes."""

    def predict(self, inputs: Sequence[str]) -> list[Prediction]:
        """One `Prediction` per input, in order; the answer to one input does not depend on the others."""
