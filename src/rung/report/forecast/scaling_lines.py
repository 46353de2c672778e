"""The forecast by scaling in sentences and named figures: what the terminal, the page and the notes all tell."""

from __future__ import annotations

from dataclasses import dataclass

from rung.estimate import Estimate, Figure, Provenance
from rung.forecast.scaling import FittedLaw, NeededLoss, ScalingForecast
from rung.report.escape import plain
from rung.report.figures import show
from rung.report.magnitudes import show_magnitude, value_and_interval
from rung.report.words import PROVENANCES

TITLE = "What a model of one's own would take"


@dataclass(frozen=True, slots=True)
class Line:
    """A name, the figure in words, and the figure."""

    name: str
    told: str
    figure: Figure


def lead(found: ScalingForecast) -> tuple[str, ...]:
    """What was found, in one to three sentences."""
    if found.fit is None:
        return ("No forecast: the runs do not support a law.", *_so_far(found))
    if found.need is None:
        return ("A law is fitted to the runs. No needed loss was named, so nothing is extrapolated to.",)
    need = found.need
    if not isinstance(need.flops, Estimate):
        return ("No forecast of what the needed loss takes; the law of the runs does not reach it.",)
    mark = PROVENANCES[need.flops.provenance]
    told = [
        f"To reach {_bits(need.needed)} from scratch takes {_bare(need.flops)}: a model of {_bare(need.parameters)} on "
        f"{_bare(need.tokens)} of text; all three {mark.symbol} {mark.word}."
    ]
    if isinstance(need.usd, Estimate):
        told.append(f"In money, for the one training run that succeeds: {show_magnitude(need.usd)}.")
    if not isinstance(need.by_repeating, Estimate):
        told.append(f"The text is too small for it: {need.by_repeating.because}.")
    return tuple(told)


def _so_far(found: ScalingForecast) -> tuple[str, ...]:
    """What is known without a law: the needed loss beside the best run."""
    losses = [run.bits_per_byte for run in found.runs if run.nats_per_token is not None]
    if found.needed is None or not losses:
        return ()
    mark = PROVENANCES[Provenance.MEASURED]
    return (
        f"Needed: {show(found.needed)} ({plain(found.needed.source)}). The best run so far: {min(losses):.3f} bits per "
        f"byte {mark.symbol} {mark.word}.",
    )


def text_line(found: ScalingForecast) -> str:
    """The text under the runs."""
    text = found.text
    copies = f"; {text.copies:,} copies were left out" if text.copies else ""
    alike = f" in {text.families:,} families of near copies" if 0 < text.families < text.entries else ""
    return (
        f"Text: {text.entries:,} entries of the corpus and the train part{alike}, "
        f"{text.distinct:,} bytes to train on and {text.held_out:,} held out{copies}. A token is a byte."
    )


def fit_lines(fit: FittedLaw) -> tuple[Line, ...]:
    """The constants and how well they fit."""
    figures = (
        ("E, irreducible", fit.irreducible),
        ("E in bits per byte", fit.irreducible_bits),
        ("A", fit.parameter_scale),
        ("alpha", fit.alpha),
        ("B", fit.data_scale),
        ("beta", fit.beta),
        ("runs around the law", fit.residual),
    )
    lines = [Line(name, _figure(figure), figure) for name, figure in figures]
    return (*lines, Line("loss two decades on", show(fit.at_ceiling), fit.at_ceiling))


def need_lines(need: NeededLoss) -> tuple[Line, ...]:
    """What the needed loss takes."""
    figures = (
        ("needed", need.needed),
        ("compute", need.flops),
        ("parameters", need.parameters),
        ("distinct text", need.tokens),
        ("text missing", need.more_text),
        ("or repeat what is there", need.by_repeating),
        ("GPU-hours", need.gpu_hours),
        ("money", need.usd),
        ("weeks", need.weeks),
    )
    return tuple(
        Line(name, _bits(figure) if name == "needed" else show_magnitude(figure), figure) for name, figure in figures
    )


def chances(need: NeededLoss) -> str:
    """How much of the law's uncertainty never gets there."""
    return (
        f"Of the joint draws of the law {need.never:.1%} never reach it at any compute, and {need.beyond:.1%} reach it "
        "more than two decades of compute beyond the largest run, where the law is not asked."
    )


def readings() -> tuple[str, ...]:
    """What has to be known to read the figures."""
    return (
        "Constants move together: only the frontier may be read as the law.",
        "Parameters leave embeddings out; C = 6 N D; repeated text counts at its worth (Muennighoff et al. 2023).",
        "Intervals are two-sided 90%, from a joint bootstrap of the runs and of the held-out text. They hold if the "
        "law goes on beyond the runs, which no run can show.",
        "A loss on text is not task success: a model that matches another's loss need not match its answers.",
    )


def _bare(figure: Figure) -> str:
    """Without the provenance, which the sentence tells once."""
    return value_and_interval(figure) if isinstance(figure, Estimate) else show(figure)


def _bits(figure: Figure) -> str:
    return show(figure)


def _figure(figure: Figure) -> str:
    wide = (
        isinstance(figure, Estimate)
        and figure.low is not None
        and figure.high is not None
        and (figure.high > 20 * max(figure.low, 1e-300))
    )
    return show_magnitude(figure) if wide else show(figure)
