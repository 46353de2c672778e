"""How much GPU memory a training run takes.

Bytes a parameter: full fine-tuning with Adam in mixed precision 16 (weights 2, gradients 2, and 12 for the master copy
and both moments in 32 bits: Rajbhandari et al. 2020, ZeRO, arXiv 1910.02054). LoRA: the frozen base 2, and 16 for each
trainable parameter (Hu et al. 2021, arXiv 2106.09685). QLoRA: the base in 4-bit NF4 with doubly quantised constants
(Dettmers et al. 2023, arXiv 2305.14314).
"""

from __future__ import annotations

from dataclasses import dataclass
from math import ceil
from typing import Literal, get_args

from rung.economics.capacity.tables import ModelShape
from rung.estimate import Estimate, Missing, Provenance

Method = Literal["full", "lora", "qlora"]
METHODS: tuple[Method, ...] = get_args(Method)

FULL_BYTES = 16.0
HALF_BYTES = 2.0
NF4_BITS = 4.0
CONSTANT_GB = (1.0, 2.5, 5.0)
"""Context, kernels and buffers of a framework on each GPU, 1e9 bytes: about 2.5; the bounds are assumed."""
USABLE_SHARE = 0.92
"""Of a GPU's memory before fragments make an allocation fail: assumed."""
WIDTH_OF_A_LAYER = 128.0
"""Hidden size over layers of a usual dense transformer (LLaMA 7B: 4096 / 32), to guess a shape from a size alone."""
ADAPTED_PER_LAYER = 2
"""LoRA on the query and value projections of every layer, as in the paper."""
ONE_LAYER = 34.0
"""Bytes of activations of one layer that is computed again: 34 s b h (Korthikanti et al. 2022, arXiv 2205.05198)."""
MOST_GPUS = 100_000


@dataclass(frozen=True, slots=True)
class Shape:
    """Layers and hidden size; `guessed` where they come from the number of parameters alone."""

    layers: float
    hidden: float
    guessed: bool


@dataclass(frozen=True, slots=True)
class TrainingMemory:
    """Memory in 1e9 bytes. `model` (weights, gradients, optimiser) is shared out among the GPUs; `each` is needed on
    every GPU: kept activations and the framework's constant. `per_gpu` is what one of `gpus` holds."""

    base_weights_gb: float
    trained_gb: float
    activations_gb: float
    trainable_parameters: float
    gpus: int
    per_gpu: Estimate

    @property
    def model_gb(self) -> float:
        """Weights, gradients and optimiser over all GPUs."""
        return self.base_weights_gb + self.trained_gb


def shape_of(parameters: float, model: ModelShape | None = None) -> Shape:
    """The model's own shape, or one guessed from N = 12 L h^2 (Kaplan et al. 2020) at a usual width."""
    if model is not None:
        return Shape(model.layers, model.hidden, guessed=False)
    layers = max((parameters / (12.0 * WIDTH_OF_A_LAYER**2)) ** (1.0 / 3.0), 1.0)
    return Shape(layers, layers * WIDTH_OF_A_LAYER, guessed=True)


def constant_bits(block: int = 64, *, double: bool = True, second_block: int = 256) -> float:
    """Bits a parameter that the constants of 4-bit blocks add: 32 / 64 = .5; doubly quantised 8 / 64 + 32 / (64 x 256)
    = .127 (Dettmers et al. 2023, section 3)."""
    return 8.0 / block + 32.0 / (block * second_block) if double else 32.0 / block


def nf4_bytes() -> float:
    """Bytes a parameter of a 4-bit base with doubly quantised constants: .5 + .127 / 8."""
    return (NF4_BITS + constant_bits()) / 8.0


def lora_parameters(shape: Shape, rank: int, adapted_per_layer: int = ADAPTED_PER_LAYER) -> float:
    """Trainable parameters of LoRA on square projections: 2 x adapted matrices x d x r (Hu et al. 2021, table 18)."""
    return 2.0 * adapted_per_layer * shape.layers * shape.hidden * rank


def training_memory(
    parameters: float,
    method: Method,
    gpu_memory_gb: float,
    *,
    shape: Shape,
    rank: int,
    sequence: float,
    batch: float,
    gpus: int | None = None,
) -> TrainingMemory | Missing:
    """What the run takes, on the fewest GPUs whose memory holds it or on `gpus`.

    `batch` sequences of `sequence` tokens are on each GPU at once, with every layer's activations computed again in
    the backward pass: 2 s b h bytes a layer are kept (Korthikanti et al. 2022). The model is sharded evenly. Missing
    when the activations alone fill a GPU, or `gpus` are too few.
    """
    trainable = parameters if method == "full" else lora_parameters(shape, rank)
    base = {"full": 0.0, "lora": HALF_BYTES, "qlora": nf4_bytes()}[method] * parameters / 1e9
    trained = FULL_BYTES * trainable / 1e9
    layer = sequence * batch * shape.hidden / 1e9
    activations, recomputed = HALF_BYTES * layer * shape.layers, ONE_LAYER * layer
    low, mode, high = CONSTANT_GB
    room = USABLE_SHARE * gpu_memory_gb - activations - recomputed - mode
    if room <= 0:
        return Missing(
            f"activations of {batch:g} x {sequence:g} tokens take {activations + recomputed + mode:,.0f} GB of a GPU "
            f"with {gpu_memory_gb:g}",
            "lower the batch or the sequence, or take a GPU with more memory",
        )
    needed = ceil((base + trained) / room)
    if needed > MOST_GPUS:
        return Missing(f"more than {MOST_GPUS:,} GPUs would be needed", "take a smaller model")
    if gpus is not None and gpus < needed:
        return Missing(f"{gpus} GPUs do not hold the run: it needs {needed}", f"take {needed} or more GPUs")
    count = gpus or max(needed, 1)
    held = (base + trained) / count + activations
    per_gpu = Estimate(
        held + recomputed + mode,
        held + low,
        held + 2.0 * recomputed + high,
        "GB",
        None,
        Provenance.MODELLED,
        f"bytes a parameter of {method}, activations computed again, a constant of {low:g} to {high:g} GB",
        "layers and hidden size guessed from the number of parameters" if shape.guessed else "",
    )
    return TrainingMemory(base, trained, activations, trainable, count, per_gpu)
