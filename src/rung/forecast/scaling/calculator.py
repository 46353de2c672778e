"""The published laws as a calculator: what a compute buys, what a loss takes, what a size and a text give."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from math import isfinite

from rung.errors import UsageError
from rung.estimate import Figure, Missing, Provenance, exact
from rung.forecast.scaling import kaplan
from rung.forecast.scaling.law import (
    Law,
    flops_for_loss,
    loss,
    optimal_parameters,
    optimal_tokens,
    training_flops,
)
from rung.forecast.scaling.published import APPROACH_1, APPROACH_2, PUBLISHED, PublishedLaw
from rung.forecast.scaling.repeated_data import best_allocation, worth
from rung.forecast.scaling.transfer import transferred

KAPLAN_SOURCE = "Kaplan et al. 2020, arXiv:2001.08361"
SMALLEST, LARGEST = 1.0, 1e40
"""Of a compute, a size or a number of tokens; the universe of trained models ends far below."""
LOSSES = (0.01, 100.0)
"""Nats a token; a model that knows nothing of a vocabulary of 50,000 has 10.8."""


@dataclass(frozen=True, slots=True)
class PublishedRow:
    """One law's answer. Loss in nats a token of its authors' text; `caution` where its digits are known to be off."""

    name: str
    source: str
    flops: Figure
    parameters: Figure
    tokens: Figure
    loss: Figure
    caution: str = ""


@dataclass(frozen=True, slots=True)
class PublishedTables:
    """What was asked and the rows of all laws. `limited` has the best allocation where distinct tokens are few: its
    figures by name. `transfer`: the characters that pre-training on text stands for where a model is tuned on text of
    another kind; None unless asked."""

    question: str
    rows: tuple[PublishedRow, ...]
    limited: dict[str, Figure] = field(default_factory=dict)
    transfer: Figure | None = None


def published_tables(
    *,
    compute: float | None = None,
    parameters: float | None = None,
    tokens: float | None = None,
    loss_nats: float | None = None,
    unique: float | None = None,
    characters: float | None = None,
) -> PublishedTables:
    """The answer of every published law.

    `compute` alone: the best size and text. `parameters` and `tokens`: their loss. `loss_nats` alone: least compute.
    With `unique` distinct tokens, repeated ones count less. With `characters` of another kind of text to tune such a
    model on, what its pre-training stands for. UsageError for any other combination or a number out of
    proportion.
    """
    given = {
        "--compute": compute,
        "--parameters": parameters,
        "--tokens": tokens,
        "--loss": loss_nats,
        "--unique": unique,
        "--characters": characters,
    }
    for name, value in given.items():
        least, most = LOSSES if name == "--loss" else (SMALLEST, LARGEST)
        if value is not None and not (isfinite(value) and least <= value <= most):
            raise UsageError(f"{name} must be a number from {least:g} to {most:g}, got {value:g}")
    asked = {name for name, value in given.items() if value is not None} - {"--unique", "--characters"}
    if characters is not None and parameters is None:
        raise UsageError(
            "--characters asks what pre-training saves a model of --parameters N with --tokens D; add both"
        )
    if asked == {"--compute"} and compute is not None:
        return _for_compute(compute, unique)
    if asked == {"--parameters", "--tokens"} and parameters is not None and tokens is not None:
        tables = _for_model(parameters, tokens, unique)
        return tables if characters is None else replace(tables, transfer=transferred(characters, parameters))
    if asked == {"--loss"} and loss_nats is not None and unique is None:
        return _for_loss(loss_nats)
    raise UsageError(
        "--published answers one of: --compute FLOPS; --parameters N with --tokens D; --loss NATS. "
        f"--unique U goes with the first two. Got {', '.join(sorted(asked)) or 'none of them'}"
    )


def _for_compute(compute: float, unique: float | None) -> PublishedTables:
    rows = [_best(one, compute) for one in PUBLISHED]
    unknown = Missing("this approach fits sizes, no loss")
    rows += [
        PublishedRow(
            fit.name, fit.source, _told(compute, "FLOPs", fit.source),
            _told(fit.parameters(compute), "parameters", fit.source),
            _told(fit.tokens(compute), "tokens", fit.source), unknown,
        )
        for fit in (APPROACH_1, APPROACH_2)
    ]  # fmt: skip
    rows.append(
        PublishedRow(
            "Kaplan, L(C)", KAPLAN_SOURCE, _told(compute, "FLOPs", KAPLAN_SOURCE),
            Missing("this law tells no size"), Missing("this law tells no tokens"),
            _told(kaplan.loss_by_compute(compute), "nats a token", KAPLAN_SOURCE),
        )
    )  # fmt: skip
    limited: dict[str, Figure] = {}
    if unique is not None:
        source = "Muennighoff et al. 2023, arXiv:2305.16264"
        law = next(one for one in PUBLISHED if "C4" in one.name).law
        found = best_allocation(law, compute, unique)
        limited = {
            "distinct tokens": exact(unique, "tokens", Provenance.ASSUMED, "--unique"),
            "parameters": _told(found.parameters, "parameters", source),
            "tokens read": _told(found.tokens, "tokens", source),
            "epochs": _told(found.epochs, "epochs", source),
            "worth in fresh tokens": _told(found.worth_tokens, "tokens", source),
            "loss": _told(found.loss, "nats a token", source),
        }
    return PublishedTables(f"the best model for {compute:.3g} FLOPs", tuple(rows), limited)


def _best(one: PublishedLaw, compute: float) -> PublishedRow:
    size, read = optimal_parameters(one.law, compute), optimal_tokens(one.law, compute)
    return PublishedRow(
        one.name, one.source, _told(compute, "FLOPs", one.source), _told(size, "parameters", one.source),
        _told(read, "tokens", one.source), _told(float(loss(one.law, size, read)), "nats a token", one.source),
        one.caution,
    )  # fmt: skip


def _for_model(parameters: float, tokens: float, unique: float | None) -> PublishedTables:
    effective = tokens if unique is None else float(worth(tokens, unique))
    flops = training_flops(parameters, tokens)

    def row(name: str, source: str, value: float, caution: str = "") -> PublishedRow:
        return PublishedRow(
            name, source, _told(flops, "FLOPs", source), _told(parameters, "parameters", source),
            _told(tokens, "tokens", source), _told(value, "nats a token", source), caution,
        )  # fmt: skip

    rows = [row(one.name, one.source, float(loss(one.law, parameters, effective)), one.caution) for one in PUBLISHED]
    rows.append(row("Kaplan, L(N)", KAPLAN_SOURCE, kaplan.loss_by_parameters(parameters)))
    rows.append(row("Kaplan, L(D)", KAPLAN_SOURCE, kaplan.loss_by_tokens(effective)))
    limited: dict[str, Figure] = {}
    if unique is not None:
        source = "Muennighoff et al. 2023, arXiv:2305.16264"
        limited = {
            "distinct tokens": exact(unique, "tokens", Provenance.ASSUMED, "--unique"),
            "epochs": _told(tokens / unique, "epochs", source),
            "worth in fresh tokens": _told(effective, "tokens", source),
        }
    return PublishedTables(f"{parameters:.3g} parameters trained on {tokens:.3g} tokens", tuple(rows), limited)


def _for_loss(needed: float) -> PublishedTables:
    rows: list[PublishedRow] = []
    for one in PUBLISHED:
        flops = float(flops_for_loss(one.law.as_draws(), needed)[0])
        if not isfinite(flops) or flops > LARGEST:
            gap = Missing(_out_of_reach(one.law, needed))
            rows.append(PublishedRow(one.name, one.source, gap, gap, gap, gap, one.caution))
        else:
            rows.append(_best(one, flops))
    return PublishedTables(f"the least compute for {needed:.3g} nats a token", tuple(rows))


def _out_of_reach(law: Law, needed: float) -> str:
    if needed <= law.irreducible:
        return f"{needed:.3g} is not above {law.irreducible:.3g}, the loss that this law ends at"
    return f"it would take more than {LARGEST:g} FLOPs"


def _told(value: float, unit: str, source: str) -> Figure:
    return exact(value, unit, Provenance.DIRECTIONAL, source)
