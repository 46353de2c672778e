"""Published throughput, and the small fit of the roofline's constants to a part of it.

Output tokens a second of Llama-3.1-8B in FP8 on one GPU under full load (NVIDIA, TensorRT-LLM performance overview).
The constants are fitted on the H100 at every other length; the H200 and the other lengths judge them.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from rung.economics.capacity.roofline import START, Constants, place, requests_per_second
from rung.economics.capacity.tables import gpus, model_shapes
from rung.estimate import Missing

LENGTHS = (
    (128, 128),
    (128, 2048),
    (128, 4096),
    (500, 2000),
    (1000, 1000),
    (1000, 2000),
    (2048, 128),
    (2048, 2048),
    (5000, 500),
    (20000, 2000),
)
PUBLISHED: dict[str, tuple[float, ...]] = {
    "H100": (28312, 22714, 14325, 17660, 15220, 13899, 3450, 9305, 3459, 1351),
    "H200": (27911, 26221, 18027, 20770, 17744, 16828, 3538, 12194, 3902, 1804),
}
FITTED_ON: tuple[tuple[str, int], ...] = tuple(("H100", place) for place in range(0, len(LENGTHS), 2))
HELD_OUT: tuple[tuple[str, int], ...] = tuple(
    (gpu, place) for gpu in PUBLISHED for place in range(len(LENGTHS)) if (gpu, place) not in FITTED_ON
)
ENGINE_SEQUENCES = 2048
"""The engine's own limit in these runs (TensorRT-LLM's default batch size)."""
MODEL_ERROR = 0.20
"""Standard deviation of the log of true over modelled speed, carried into every interval."""
PRIOR_WIDTH = 0.30
"""How far (log) a constant may move from its start for the price of one standard deviation of the model error."""


@dataclass(frozen=True, slots=True)
class Cell:
    """One published figure beside the model's, output tokens a second."""

    gpu: str
    input_tokens: int
    output_tokens: int
    published: float
    predicted: float

    @property
    def ratio(self) -> float:
        """Predicted over published."""
        return self.predicted / self.published


def cells(constants: Constants, which: tuple[tuple[str, int], ...]) -> tuple[Cell, ...]:
    """The figures at these places of the table, with the model's under these constants."""
    return tuple(
        Cell(gpu, *LENGTHS[at], PUBLISHED[gpu][at], predicted(constants, gpu, *LENGTHS[at])) for gpu, at in which
    )


def predicted(constants: Constants, gpu: str, input_tokens: int, output_tokens: int) -> float:
    """Output tokens a second of the benchmark's set-up."""
    copy = place(
        model_shapes()["llama-3.1-8b"],
        gpus()[gpu],
        input_tokens,
        output_tokens,
        precision="fp8",
        most_sequences=ENGINE_SEQUENCES,
        constants=constants,
    )
    if isinstance(copy, Missing) or copy.gpus != 1:
        raise TypeError(f"the benchmark ran on one {gpu}")
    return output_tokens * requests_per_second(copy, input_tokens, output_tokens)


def mean_absolute_error(found: tuple[Cell, ...]) -> float:
    """Mean of |predicted / published - 1|."""
    return float(np.mean([abs(cell.ratio - 1.0) for cell in found]))


def fit() -> Constants:
    """Prefill MFU, decode MBU, decode efficiency and seconds per sequence by penalised least squares of log ratios.

    Five cells cannot carry four free constants, so each is held to its start by a normal prior on its log of
    `PRIOR_WIDTH`; the residuals are scaled by `MODEL_ERROR`. The fixed seconds of a step stay at their start.
    """
    from scipy.optimize import least_squares

    start = np.log([START.prefill_mfu, START.decode_mbu, START.decode_efficiency, START.sequence_seconds])

    def off(logs: np.ndarray[tuple[int], np.dtype[np.float64]]) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
        ratios = np.log([cell.ratio for cell in cells(_constants(logs), FITTED_ON)])
        return np.concatenate([ratios / MODEL_ERROR, (logs - start) / PRIOR_WIDTH])

    return _constants(least_squares(off, start).x)


def _constants(logs: np.ndarray[tuple[int], np.dtype[np.float64]]) -> Constants:
    values = [float(one) for one in np.exp(logs)]
    return Constants(values[0], values[1], values[2], values[3], START.step_seconds)
