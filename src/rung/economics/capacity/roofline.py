"""How fast a GPU serves a transformer: a roofline of arithmetic and memory traffic with five constants.

Prefill of S tokens: (2 P S + 2 L h d S^2) / (MFU x peak) seconds. One decode step of B sequences at a mean context:
max((W + B context kv) / (MBU x bandwidth), 2 P B / (efficiency x peak)) + c_seq B + c0 seconds, with P parameters,
W weight bytes, kv the bytes of a token's keys and values. Of the constants four are fitted to published throughput
(calibration.py); c0 is assumed, because a saturated server does not show it.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import log2
from typing import Literal

from rung.economics.capacity.tables import BF16_BYTES, FP8_BYTES, Gpu, ModelShape
from rung.estimate import Missing

Precision = Literal["fp8", "bf16"]
PARALLEL = (1, 2, 4, 8)
"""GPUs that may hold one copy of the model together: within one machine."""
PARALLEL_EFFICIENCY = 0.85
"""What is kept of the speed each time the GPUs of a copy double: assumed (they exchange activations every layer)."""
MEMORY_SHARE = 0.9
"""Of a GPU's memory for weights and cache: the default of vLLM and of TensorRT-LLM."""
MOST_SEQUENCES = 256
"""Sequences a copy works on at once: vLLM's usual default; more only adds waiting inside a step."""
FEWEST_SEQUENCES = 1.0


@dataclass(frozen=True, slots=True)
class Constants:
    """Shares of a peak in (0, 1], and seconds a step: per sequence, and in all."""

    prefill_mfu: float
    decode_mbu: float
    decode_efficiency: float
    sequence_seconds: float
    step_seconds: float


START = Constants(0.6, 0.7, 0.3, 10e-6, 0.5e-3)
"""Before any fit: usual values of well-made kernels."""
FITTED = Constants(0.640, 0.813, 0.377, 8.93e-6, 0.5e-3)
"""What calibration.py's `fit` finds, rounded to three digits."""


@dataclass(frozen=True, slots=True)
class Copy:
    """One copy of the model on `gpus` GPUs, in SI units: FLOP/s, bytes/s, bytes. `most_sequences` at once at most."""

    model: ModelShape
    gpu: Gpu
    gpus: int
    precision: Precision
    peak: float
    bandwidth: float
    weight_bytes: float
    kv_bytes_per_token: float
    kv_room_bytes: float
    most_sequences: int
    constants: Constants

    @property
    def room_tokens(self) -> float:
        """Tokens whose keys and values fit beside the weights."""
        return self.kv_room_bytes / self.kv_bytes_per_token


def place(
    model: ModelShape,
    gpu: Gpu,
    input_tokens: float,
    output_tokens: float,
    *,
    precision: Precision | None = None,
    most_sequences: int = MOST_SEQUENCES,
    constants: Constants = FITTED,
) -> Copy | Missing:
    """A copy on 1, 2, 4 or 8 GPUs: of those that hold the weights and one such request, what serves most a GPU.

    FP8 for weights and cache where the GPU has it, else BF16. Missing where 8 GPUs are too small, or FP8 is asked of
    a GPU without it.
    """
    if precision == "fp8" and gpu.fp8_tflops is None:
        return Missing(f"a {gpu.name} has no FP8 arithmetic", "take bf16, or another GPU")
    chosen: Precision = precision or ("bf16" if gpu.fp8_tflops is None else "fp8")
    sizes = [_copy(model, gpu, count, chosen, most_sequences, constants) for count in PARALLEL]
    enough = [copy for copy in sizes if copy.room_tokens >= input_tokens + output_tokens]
    if not enough:
        needed = sizes[-1].weight_bytes + sizes[-1].kv_bytes_per_token * (input_tokens + output_tokens)
        return Missing(
            f"{model.name} in {chosen} and a request of {input_tokens + output_tokens:,.0f} tokens take "
            f"{needed / 1e9:,.0f} GB, more than {PARALLEL[-1]} {gpu.name} offer",
            "take a GPU with more memory, a smaller model, or fewer tokens",
        )
    return max(enough, key=lambda copy: requests_per_second(copy, input_tokens, output_tokens) / copy.gpus)


def _copy(
    model: ModelShape, gpu: Gpu, count: int, precision: Precision, most_sequences: int, constants: Constants
) -> Copy:
    each = FP8_BYTES if precision == "fp8" else BF16_BYTES
    tflops = gpu.bf16_tflops if precision == "bf16" or gpu.fp8_tflops is None else gpu.fp8_tflops
    weights, speed = model.parameters * each, count * PARALLEL_EFFICIENCY ** log2(count)
    return Copy(
        model,
        gpu,
        count,
        precision,
        tflops * 1e12 * speed,
        gpu.bandwidth_gb_per_second * 1e9 * speed,
        weights,
        model.kv_bytes_per_token(each),
        MEMORY_SHARE * gpu.memory_gb * 1e9 * count - weights,
        most_sequences,
        constants,
    )


def prefill_seconds(copy: Copy, input_tokens: float) -> float:
    """Seconds until the prompt is read; the squared term is attention."""
    model = copy.model
    attention = 2.0 * model.layers * model.heads * model.head_size * input_tokens**2
    return (2.0 * model.parameters * input_tokens + attention) / (copy.constants.prefill_mfu * copy.peak)


def step_seconds(copy: Copy, sequences: float, context: float) -> float:
    """Seconds of one decode step that gives each of `sequences` one token, at a mean context of so many tokens."""
    constants = copy.constants
    traffic = (copy.weight_bytes + sequences * context * copy.kv_bytes_per_token) / (
        constants.decode_mbu * copy.bandwidth
    )
    arithmetic = 2.0 * copy.model.parameters * sequences / (constants.decode_efficiency * copy.peak)
    return max(traffic, arithmetic) + constants.sequence_seconds * sequences + constants.step_seconds


def sequences_in_memory(copy: Copy, input_tokens: float, output_tokens: float) -> float:
    """Sequences at once: what memory holds at their full length, and no more than `most_sequences`."""
    return min(float(copy.most_sequences), max(copy.room_tokens / (input_tokens + output_tokens), FEWEST_SEQUENCES))


def cycle_seconds(copy: Copy, sequences: float, input_tokens: float, output_tokens: float) -> float:
    """Seconds in which B sequences pass through: B prefills, and one step for each output token.

    A request's own time from first to last token too: the others' prefills hold it up.
    """
    step = step_seconds(copy, sequences, input_tokens + output_tokens / 2.0)
    return sequences * prefill_seconds(copy, input_tokens) + output_tokens * step


def requests_per_second(copy: Copy, input_tokens: float, output_tokens: float) -> float:
    """Requests a second of a copy that is never idle: B / (B prefill + o step)."""
    sequences = sequences_in_memory(copy, input_tokens, output_tokens)
    return sequences / cycle_seconds(copy, sequences, input_tokens, output_tokens)


def sequences_at(copy: Copy, arrivals_per_second: float, input_tokens: float, output_tokens: float) -> float | None:
    """Sequences at work on a copy under so many requests a second (Little's law); None where it cannot keep up."""
    most = sequences_in_memory(copy, input_tokens, output_tokens)
    if arrivals_per_second >= most / cycle_seconds(copy, most, input_tokens, output_tokens):
        return None
    low, high = 0.0, most
    for _ in range(60):
        middle = (low + high) / 2.0
        if middle < arrivals_per_second * cycle_seconds(copy, middle, input_tokens, output_tokens):
            low = middle
        else:
            high = middle
    return high
