"""What share of a GPU's peak a training run turns into useful arithmetic (model FLOPs utilisation, MFU)."""

from __future__ import annotations

import numpy as np

from rung.economics.capacity.memory import Method
from rung.economics.capacity.tables import Gpu
from rung.economics.draws import FloatArray, pert

LARGE_BATCH_MFU = (0.25, 0.42, 0.52)
"""Low, most likely and high MFU of published large runs (PaLM .46, LLaMA about .45, Megatron-LM .42 to .52)."""
BANDWIDTH_SHARE = 0.7
"""Share of the memory bandwidth that a step over all weights reaches: the same start as for serving."""
WEIGHT_BYTES = 6.0
"""A step reads the 2-byte weights three times: forward, computed again, backward."""
OPTIMISER_BYTES = 28.0
"""And with Adam reads and writes 12 bytes of state, reads 2 of gradient and writes 2 of weight, a trained parameter."""


def mfu_draws(tokens_per_step: float, gpu: Gpu, method: Method, draws: int, rng: np.random.Generator) -> FloatArray:
    """MFU as draws, shape (draws,), each in (0, 1), for so many tokens on one GPU between two optimiser steps.

    A roofline in tokens: arithmetic takes 6 N t / (MFU peak) seconds, and the weights and optimiser pass through
    memory once a step whatever t is, N x bytes / (.7 bandwidth). So MFU(t) = MFU x t / (t + t_half) with
    t_half = bytes x MFU x peak / (6 x .7 x bandwidth): a thousand tokens for full fine-tuning on an H100, two hundred
    for LoRA. Large batches have the published range.
    """
    large = pert(LARGE_BATCH_MFU, draws, rng)
    return large * tokens_per_step / (tokens_per_step + half_tokens(large, gpu, method))


def half_tokens(large: FloatArray, gpu: Gpu, method: Method) -> FloatArray:
    """Tokens a step at which half of the large-batch MFU is reached."""
    step_bytes = WEIGHT_BYTES + (OPTIMISER_BYTES if method == "full" else 0.0)
    per_byte = 1.0 / (BANDWIDTH_SHARE * gpu.bandwidth_gb_per_second * 1e9)
    return np.asarray(step_bytes * per_byte * large * gpu.bf16_tflops * 1e12 / 6.0, dtype=np.float64)
