"""How fast one copy works, as a few numbers that a replay of many thousand requests can evaluate quickly."""

from __future__ import annotations

from dataclasses import dataclass, replace

from rung.economics.capacity.roofline import Copy


@dataclass(frozen=True, slots=True)
class Pace:
    """Seconds of a prefill: `prefill_linear` S + `prefill_square` S^2. Seconds of a step: max(`weights` +
    `cached_token` x tokens in the cache, `sequence_arithmetic` B) + `sequence` B + `step`.

    `sequences` work at once at most, with `room_tokens` of input and output in all.
    """

    prefill_linear: float
    prefill_square: float
    weights: float
    cached_token: float
    sequence_arithmetic: float
    sequence: float
    step: float
    sequences: int
    room_tokens: float

    def prefill_seconds(self, input_tokens: float) -> float:
        """Seconds until a prompt of so many tokens is read."""
        return (self.prefill_linear + self.prefill_square * input_tokens) * input_tokens

    def step_seconds(self, sequences: int, cached_tokens: float) -> float:
        """Seconds in which every one of the sequences gets a token."""
        memory, arithmetic = self.weights + self.cached_token * cached_tokens, self.sequence_arithmetic * sequences
        return max(memory, arithmetic) + self.sequence * sequences + self.step

    def alone_seconds(self, input_tokens: float, output_tokens: float) -> float:
        """Seconds of a request that has a copy to itself."""
        return self.prefill_seconds(input_tokens) + output_tokens * self.step_seconds(
            1, input_tokens + output_tokens / 2.0
        )

    def slower(self, factor: float) -> Pace:
        """Every duration times `factor`."""
        return replace(
            self,
            prefill_linear=self.prefill_linear * factor,
            prefill_square=self.prefill_square * factor,
            weights=self.weights * factor,
            cached_token=self.cached_token * factor,
            sequence_arithmetic=self.sequence_arithmetic * factor,
            sequence=self.sequence * factor,
            step=self.step * factor,
        )


def pace_of(copy: Copy) -> Pace:
    """The roofline of the copy, its constants worked in."""
    constants, model = copy.constants, copy.model
    prefill = 1.0 / (constants.prefill_mfu * copy.peak)
    traffic = 1.0 / (constants.decode_mbu * copy.bandwidth)
    return Pace(
        2.0 * model.parameters * prefill,
        2.0 * model.layers * model.heads * model.head_size * prefill,
        copy.weight_bytes * traffic,
        copy.kv_bytes_per_token * traffic,
        2.0 * model.parameters / (constants.decode_efficiency * copy.peak),
        constants.sequence_seconds,
        constants.step_seconds,
        copy.most_sequences,
        copy.room_tokens,
    )
