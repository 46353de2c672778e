"""The roofline beside published throughput: what it was fitted on, and what it was not.

    python benchmarks/roofline.py

Prints output tokens a second of Llama-3.1-8B in FP8 on one GPU (NVIDIA, TensorRT-LLM performance overview), the model's
figure and their ratio, for the fitted constants; and the mean absolute error before and after the fit.
"""

from __future__ import annotations

from rung.economics.capacity.calibration import (
    FITTED_ON,
    HELD_OUT,
    Cell,
    cells,
    fit,
    mean_absolute_error,
)
from rung.economics.capacity.roofline import FITTED, START, Constants


def report_cells(title: str, found: tuple[Cell, ...]) -> None:
    print(f"\n{title}\n{'GPU':<8}{'input':>8}{'output':>8}{'published':>12}{'predicted':>12}{'ratio':>8}")
    for cell in found:
        print(
            f"{cell.gpu:<8}{cell.input_tokens:>8}{cell.output_tokens:>8}{cell.published:>12,.0f}{cell.predicted:>12,.0f}"
            f"{cell.ratio:>8.2f}"
        )
    print(f"mean absolute error {mean_absolute_error(found):.1%}")


def report_error(name: str, constants: Constants) -> None:
    other_lengths = tuple(one for one in HELD_OUT if one[0] == "H100")
    other_gpu = tuple(one for one in HELD_OUT if one[0] == "H200")
    errors = [mean_absolute_error(cells(constants, which)) for which in (FITTED_ON, HELD_OUT, other_lengths, other_gpu)]
    print(f"{name:<24}" + "".join(f"{error:>12.1%}" for error in errors))


def main() -> None:
    found = fit()
    print("fitted: prefill MFU, decode MBU, decode efficiency, seconds a sequence; on H100 at every other length")
    for name, constants in (("start", START), ("fit", found), ("in use", FITTED)):
        print(
            f"{name:<8}{constants.prefill_mfu:>8.3f}{constants.decode_mbu:>8.3f}{constants.decode_efficiency:>8.3f}"
            f"{constants.sequence_seconds:>12.2e}"
        )
    report_cells("fitted on", cells(FITTED, FITTED_ON))
    report_cells("held out", cells(FITTED, HELD_OUT))
    print(f"\nmean absolute error\n{'':<24}{'fitted on':>12}{'held out':>12}{'H100 rest':>12}{'H200':>12}")
    report_error("start, no fit", START)
    report_error("fitted", FITTED)
    report_error("peak specifications", Constants(1.0, 1.0, 1.0, 0.0, 0.0))


if __name__ == "__main__":
    main()
