from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest
from rich.cells import cell_len

from rung.estimate import Estimate, Missing, Provenance, exact
from rung.evidence.profile import LabelConflict
from rung.evidence.readiness.agreement import Agreement, Dispute
from rung.evidence.readiness.balance import Balance
from rung.evidence.readiness.conflicts import Conflicts
from rung.evidence.readiness.crossing import Crossing
from rung.evidence.readiness.finding import Finding
from rung.evidence.readiness.leaks import Leaks
from rung.evidence.readiness.noise import LabelNoise, LabelPair, Suspect
from rung.evidence.readiness.readiness import Readiness
from rung.report.readiness import readiness_document, render_readiness

SNAPSHOTS = Path(__file__).parent / "snapshots"
HOSTILE = "\x1b[2J\x07[bold]gpt[/bold]<script>\u202e"


def seen(value: float, low: float | None, high: float | None, unit: str = "share") -> Estimate:
    return Estimate(value, low, high, unit, 412, Provenance.MEASURED, "t")


SHARE = seen(0.11, 0.07, 0.2)
NOISE = LabelNoise(
    rate=replace(SHARE, provenance=Provenance.MODELLED),
    confident_learning=SHARE,
    anchors=SHARE,
    contradicted=SHARE,
    ambiguity="Wrong labels and hard items look the same here.",
    pairs=(LabelPair("billing", "technical", 0.61), LabelPair("account", "billing", 0.3), LabelPair("a", "b", 0.01)),
    suspects=tuple(
        Suspect(f"i{n}", "billing", "technical", 0.97 - n / 100, f"The invoice of thing {n} is wrong, " + "again " * n)
        for n in range(11)
    ),
    suspected=40,
    items=412,
    note="The probe learned from 300 items a time.",
)
WHOLE = Readiness(
    summary=(
        "412 items.",
        "One thing would mislead a decision, above all copies of train in dev.",
        "First: Split again.",
    ),
    findings=(
        Finding("copies", "blocks", SHARE, "41 of the 59 originals of dev stand in train.", "Split again.", ("a", "b")),
        Finding(
            "label noise", "warns", SHARE, "About 11% look wrong.", "Look at them.", tuple(f"i{n}" for n in range(9))
        ),
        Finding("agreement", "unknown", Missing("no annotations"), "Agreement is unknown.", "Add annotations."),
        Finding(
            "balance", "fine", exact(0.98, "evenness", Provenance.MEASURED, "t"), "All is even.", "Not shown.", ("z",)
        ),
    ),
    items={"train": 300, "dev": 59, "sealed": 53},
    groups={"train": 200, "dev": 40, "sealed": 40},
    noise=NOISE,
    conflicts=Conflicts(SHARE, (LabelConflict(("a", "b"), ("1", "2")),), ()),
    agreement=Agreement(
        seen(0.7, 0.6, 0.8, "alpha"), "tentative", 50, 2, (Dispute("account", "billing", 7, ("i1", "i2")),)
    ),
    balance=Balance("label", {"billing": 9, "technical": 8, "account": 7}, SHARE, SHARE, {"train": ()}),
    sizing=(),
    crossing=Crossing((), "none"),
    leaks=Leaks(()),
)
NOTHING = Missing("not known", "do this")
BARE = replace(
    WHOLE,
    findings=WHOLE.findings[2:],
    noise=LabelNoise(NOTHING, NOTHING, NOTHING, NOTHING),
    agreement=Agreement(NOTHING, "unknown"),
    balance=Balance("item", {}, NOTHING, NOTHING, {}),
)


@pytest.mark.parametrize(("name", "found"), [("whole", WHOLE), ("bare", BARE)])
def test_the_page_reads_as_reviewed(name: str, found: Readiness) -> None:
    assert render_readiness(found, 80) == (SNAPSHOTS / f"readiness-{name}.txt").read_text(encoding="utf-8")


@pytest.mark.parametrize("width", [60, 80, 120])
def test_no_line_is_wider_than_the_page(width: int) -> None:
    long = replace(NOISE, suspects=(Suspect("i" * 90, "l" * 90, "m" * 90, 0.9, "w" * 200),))
    page = render_readiness(replace(WHOLE, noise=long), width)
    assert max(map(cell_len, page.splitlines())) <= width


def test_text_from_data_cannot_act_on_the_terminal() -> None:
    hostile = replace(
        WHOLE,
        findings=(Finding("x", "blocks", SHARE, HOSTILE, HOSTILE, (HOSTILE,)),),
        noise=replace(NOISE, suspects=(Suspect(HOSTILE, HOSTILE, HOSTILE, 0.9, HOSTILE),)),
        agreement=replace(WHOLE.agreement, disputes=(Dispute(HOSTILE, HOSTILE, 1, (HOSTILE,)),)),
    )
    page = render_readiness(hostile, 80)
    assert not {"\x1b", "\x07", "\u202e"} & set(page)
    assert "[bold]gpt" in page


def test_the_document_is_json_with_all_ids() -> None:
    document = json.loads(json.dumps(readiness_document(WHOLE), allow_nan=False))
    assert document["findings"][1]["item_ids"] == [f"i{n}" for n in range(9)]
    assert len(document["noise"]["suspects"]) == 11
    assert document["findings"][2]["size"] == {"missing": "no annotations", "remedy": ""}
    assert document["ready"] is False
    assert readiness_document(BARE)["ready"] is True
