"""One small training run, as the law is fitted to it."""

from __future__ import annotations

from dataclasses import dataclass
from math import log

from rung.forecast.scaling.law import training_flops
from rung.forecast.scaling.repeated_data import worth


@dataclass(frozen=True, slots=True)
class ScalingRun:
    """A model of `parameters` (embeddings left out; `embedding_parameters` more) that read `tokens` bytes of a text
    of `unique_tokens` distinct ones.

    `nats_per_token` is its mean loss on the held-out text, the same for every run; None where training diverged.
    `block_nats` are the summed losses of the parts of that text. `seconds` of training on this machine, over all
    processes that it took. `used` says whether the fit uses it, `because` why not.
    """

    name: str
    parameters: int
    embedding_parameters: int
    tokens: int
    unique_tokens: int
    nats_per_token: float | None
    block_nats: tuple[float, ...] = ()
    seconds: float = 0.0
    used: bool = True
    because: str = ""

    @property
    def flops(self) -> float:
        """6 N D, repeated tokens too: they cost what fresh ones do."""
        return training_flops(float(self.parameters), float(self.tokens))

    @property
    def worth_tokens(self) -> float:
        """What its tokens are worth in fresh ones."""
        return float(worth(self.tokens, self.unique_tokens))

    @property
    def nats(self) -> float:
        """The loss of a run that has one; ValueError otherwise."""
        if self.nats_per_token is None:
            raise ValueError(f"{self.name} diverged and has no loss")
        return self.nats_per_token

    @property
    def bits_per_byte(self) -> float:
        """The loss in bits; a token is a byte. ValueError for a run that diverged."""
        return self.nats / log(2)
