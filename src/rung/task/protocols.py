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
    """A solved example shown inside a prompt."""

    input: str
    label: str


@dataclass(frozen=True, slots=True)
class Prompt:
    """A classification prompt, before any model's template is applied.

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


class Generator(Protocol):
    """A pre-trained language model that chooses among labels."""

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


class Encoder(Protocol):
    """A pre-trained sentence encoder."""

    @property
    def identity(self) -> str:
        """Names the model and its exact weights; part of every cache key. Costs no loading."""

    def encode(self, texts: Sequence[str]) -> Embeddings:
        """Shape (len(texts), dimensions), rows of unit length."""


@dataclass(frozen=True, slots=True)
class Prediction:
    """What a strategy answered to one input.

    `output` is "" when there is no valid label, and `failure` then says why. `retrieved` holds the ids of the
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


class Predictor(Protocol):
    """A strategy made ready for use. Knows nothing of expected outcomes."""

    def predict(self, inputs: Sequence[str]) -> list[Prediction]:
        """One `Prediction` per input, in order; the answer to one input does not depend on the others."""
