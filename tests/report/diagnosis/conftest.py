"""Failure analyses with planted values, of the invented parcel company."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from rung.decide.decision import Decision
from rung.diagnose.abstention import Abstention
from rung.diagnose.capacity import Capacity
from rung.diagnose.causes import Cause
from rung.diagnose.classes import Failed, FailureClass
from rung.diagnose.context import Context
from rung.diagnose.contract import Contract
from rung.diagnose.diagnosis import Confusion, Diagnosis, Slice
from rung.diagnose.gates import Gate
from rung.diagnose.groundedness import Groundedness
from rung.diagnose.proof import Proof, Remeasured
from rung.diagnose.robustness import Change, Robustness
from rung.diagnose.stages import Stage
from rung.diagnose.two_by_two import TwoByTwo
from rung.diagnose.wordings import Wordings
from rung.diagnose.worth import Loss, Worth
from rung.estimate import Estimate, Missing, Provenance
from rung.pipeline.diagnose import Diagnosed

FAILURES = 57
ITEMS = 150
NO_CONFIDENCE = Missing("few-shot gives no confidence with its answers", "use a generator that scores the labels")


def share(value: float, low: float, high: float, n: int = ITEMS) -> Estimate:
    return Estimate(value, low, high, "share", n, Provenance.MEASURED, "run 5f0c, dev")


def usd(value: float, low: float, high: float) -> Estimate:
    return Estimate(value, low, high, "USD", None, Provenance.ASSUMED, "flows")


def ids(first: int, count: int) -> tuple[str, ...]:
    return tuple(f"p-{number:04d}" for number in range(first, first + count))


def failed_items() -> tuple[Failed, ...]:
    groups = (
        (ids(1, 12), "Where is my parcel? Ticket", "lost", "I think: lost", "prose_wrapped"),
        (ids(13, 14), "Tracking has not moved since Monday,", "lost", "delayed", "wrong_label"),
        (ids(27, 7), "They want a fee for the customs invoice", "customs", "payment", "wrong_label"),
        (ids(34, 24), "Ring the bell next time", "courier", "", "empty"),
    )
    return tuple(
        Failed(one, f"{text} {one}", expected, answered, outcome)
        for of, text, expected, answered, outcome in groups
        for one in of
    )


def classes() -> tuple[FailureClass, ...]:
    items = {item.id: item for item in failed_items()}

    def made(kind: str, name: str, of: tuple[str, ...], asked: int, remedy: str, because: str) -> FailureClass:
        rate = len(of) / FAILURES
        return FailureClass(
            kind=kind,  # type: ignore[arg-type]
            name=name,
            failures=len(of),
            items=asked,
            share=share(rate, rate - 0.07, rate + 0.09, FAILURES),
            value_usd_per_month=usd(len(of) * 61.0, len(of) * 40.0, len(of) * 85.0),
            remedy=remedy,  # type: ignore[arg-type]
            because=because,
            item_ids=of,
            more_often=share(0.28, 0.12, 0.43) if kind == "slice" else None,
            examples=tuple(items[one] for one in of[:2]),
        )

    return (
        made("slice", "channel = phone", ids(5, 18), 30, "collect", "18 of 30 items of this channel fail"),
        made("confusion", "lost ↔ delayed", ids(13, 14), 14, "tune", "one label is taken for the other, either way"),
        made("form", "prose_wrapped", ids(1, 12), 12, "constrain", "the label came with other text around it"),
        made("cluster", "customs, fee, invoice", ids(27, 7), 7, "retrieve", "the inputs are alike"),
        made("unclustered", "unclustered", ids(34, 24), 24, "none", "the inputs are like nothing else"),
    )


def worth() -> Worth:
    losses = (
        Loss("lost", "parcels", 40, 22, share(0.55, 0.41, 0.67, 40), usd(1320, 980, 1610), 0.44, 0.44, True),
        Loss("delayed", "parcels", 35, 15, share(0.43, 0.3, 0.57, 35), usd(840, 590, 1100), 0.28, 0.72, True),
        Loss("lost", "letters", 45, 12, share(0.27, 0.17, 0.39, 45), usd(510, 330, 740), 0.17, 0.89, False),
        Loss("customs", "letters", 30, 8, share(0.27, 0.15, 0.42, 30), usd(330, 190, 520), 0.11, 1.0, None),
    )
    return Worth(
        losses=losses,
        lorenz=(0.0, 0.11, 0.28, 0.56, 1.0),
        gini=Estimate(0.24, 0.15, 0.36, "", ITEMS, Provenance.ASSUMED, "flows, run 5f0c"),
        top_share=share(0.44, 0.36, 0.53),
        in_worthy_flows=share(0.72, 0.63, 0.8),
        weighted=True,
        flows=(
            Loss("parcels", "parcels", 75, 37, share(0.49, 0.4, 0.59, 75), usd(2160, 1740, 2560), 0.72, 0.72, True),
            Loss("letters", "letters", 75, 20, share(0.27, 0.19, 0.36, 75), usd(840, 590, 1140), 0.28, 1.0, False),
        ),
    )


def full() -> Diagnosis:
    return Diagnosis(
        strategy="few-shot",
        items=ITEMS,
        failures=FAILURES,
        slices=(
            Slice("segment", "adversarial", 40, 23, share(0.58, 0.44, 0.7, 40)),
            Slice("label", "lost", 40, 22, share(0.55, 0.41, 0.67, 40)),
        ),
        confusions=(Confusion("lost", "delayed", 10, ids(13, 10)), Confusion("delayed", "lost", 4, ids(23, 4))),
        owed={
            "data_hygiene": share(0.02, 0.005, 0.08, FAILURES),
            "orchestration": share(0.21, 0.14, 0.31, FAILURES),
            "retrieval": share(0.37, 0.27, 0.48, FAILURES),
            "model": share(0.4, 0.3, 0.51, FAILURES),
        },
        retrieval_recall=share(0.81, 0.75, 0.86),
        concentrated=share(0.44, 0.36, 0.53, FAILURES),
        sentences=(
            "few-shot fails on 57 of 150 dev items, 38% (32% to 45%), and the target leaves room for 20%.",
            "The largest cause is retrieval: 14% of all items turn right once the right passages are shown.",
            "Improve the corpus and how it is searched; until then no strategy that updates weights unlocks.",
            "The most frequent confusion is lost answered as delayed (10 items).",
        ),
        gap=Estimate(0.18, 0.11, 0.25, "share", ITEMS, Provenance.MEASURED, "run 5f0c, dev"),
        causes=(
            Cause(
                "retrieval", share(0.14, 0.09, 0.2), "with the right passages 21 items turn right", "improve_retrieval"
            ),
            Cause("missing_knowledge", share(0.1, 0.06, 0.15), "15 items need what stands in a passage", "retrieve"),
            Cause(
                "output_contract", share(0.08, 0.05, 0.13), "in 12 items the label came with other text", "constrain"
            ),
            Cause("wording", share(0.05, 0.01, 0.1), "another wording of the prompt does better", "reword"),
            Cause(
                "label_noise", Missing("too few items were labelled twice", "add annotations"), "not known", "relabel"
            ),
        ),
        contract=Contract(
            broken=share(0.08, 0.05, 0.13),
            strict=share(0.62, 0.55, 0.69),
            lenient=share(0.68, 0.61, 0.74),
            won_back=share(0.06, 0.03, 0.1),
            broken_ids=ids(1, 12),
            won_ids=ids(1, 9),
        ),
        context=Context(
            closed_book=share(0.41, 0.34, 0.48),
            retrieved=share(0.62, 0.55, 0.69),
            oracle=share(0.76, 0.7, 0.82),
            recall=share(0.81, 0.75, 0.86),
            retrieval_owed=share(0.14, 0.09, 0.2),
            generation_owed=share(0.24, 0.18, 0.3),
            missing_knowledge=share(0.36, 0.29, 0.43),
            retrieval_ids=ids(27, 21),
            knowledge_ids=ids(27, 15),
        ),
        stages=(
            Stage("retrieval", share(0.14, 0.09, 0.2), "the passages that hold the answer were shown"),
            Stage("parsing", share(0.06, 0.03, 0.1), "every answer was read charitably"),
            Stage(
                "labels", Missing("no item was labelled twice", "add annotations"), "labels that annotators agree on"
            ),
        ),
        wordings=Wordings(
            success={
                "own wording": share(0.62, 0.55, 0.69),
                "terse": share(0.67, 0.6, 0.73),
                "a list": share(0.55, 0.48, 0.62),
            },
            spread=share(0.12, 0.06, 0.18),
            best_gain=share(0.05, 0.01, 0.1),
            gap=share(0.18, 0.11, 0.25),
            exhausted=True,
            because="The wordings lie 12% apart and the gap to the target is 18%",
            items=ITEMS,
        ),
        capacity=Capacity(
            larger=share(0.71, 0.64, 0.77, 100),
            gain=share(0.09, 0.03, 0.15, 100),
            train=Missing("few-shot learns no weights, so it has no training items"),
            generalisation_gap=Missing("few-shot learns no weights, so it has no training items"),
            reading="A larger model does better with the same prompts: this one is too small",
            gained_ids=ids(13, 9),
        ),
        classes=classes(),
        groundedness=Groundedness(
            knowledge_f1=Estimate(0.58, 0.54, 0.62, "", 140, Provenance.MEASURED, "run 5f0c, dev"),
            right_f1=Estimate(0.7, 0.66, 0.74, "", 90, Provenance.MEASURED, "run 5f0c, dev"),
            wrong_f1=Estimate(0.36, 0.29, 0.43, "", 50, Provenance.MEASURED, "run 5f0c, dev"),
            entailed=share(0.66, 0.59, 0.73, 140),
            unscored=3,
            threshold=0.3,
            ungrounded_ids=ids(40, 6),
        ),
        robustness=Robustness(
            changes=(
                Change(
                    "typo",
                    120,
                    share(0.62, 0.54, 0.69, 120),
                    share(0.56, 0.48, 0.63, 120),
                    share(-0.06, -0.11, -0.01, 120),
                    share(0.18, 0.13, 0.24, 120),
                    ids(60, 9),
                ),
                Change(
                    "paraphrase",
                    90,
                    share(0.63, 0.54, 0.71, 90),
                    share(0.61, 0.52, 0.69, 90),
                    share(-0.02, -0.07, 0.03, 90),
                    share(0.11, 0.07, 0.18, 90),
                ),
            ),
            out_of_scope_recall=share(0.35, 0.24, 0.48, 40),
            out_of_scope_auroc=NO_CONFIDENCE,
            recall_at_95=NO_CONFIDENCE,
            out_of_scope_items=40,
        ),
        abstention=Abstention(
            coverage=(0.1, 0.2, 0.4, 0.6, 0.8, 1.0),
            risk=(0.02, 0.05, 0.11, 0.2, 0.29, 0.38),
            area=Estimate(0.19, 0.14, 0.25, "", ITEMS, Provenance.MEASURED, "run 5f0c, dev"),
            area_if_perfect=Estimate(0.08, 0.06, 0.12, "", ITEMS, Provenance.MEASURED, "run 5f0c, dev"),
            coverage_at_target=share(0.6, 0.47, 0.71),
            calibration_error=share(0.17, 0.12, 0.23),
            calibrated_error=share(0.05, 0.03, 0.11),
            temperature=Estimate(1.8, 1.5, 2.2, "", ITEMS, Provenance.MEASURED, "run 5f0c, dev"),
        ),
        worth=worth(),
        absent={"D0": "the data check was not run"},
    )


def gates() -> tuple[Gate, ...]:
    return (
        Gate("failure_analysis", False, "few-shot was analysed: 57 failures in 150 dev items"),
        Gate("retrieval", True, "retrieval owes 14% of all items, the largest share of the gap", ("retrieval-prompt",)),
        Gate("label_noise", False, "the estimated noise is 2% and the gap 18%"),
    )


def proofs() -> tuple[Proof, ...]:
    remeasured = (
        Remeasured("lost ↔ delayed", 14, 3, share(0.21, 0.09, 0.44, 14), ids(16, 11)),
        Remeasured("prose_wrapped", 12, 11, share(0.92, 0.7, 0.98, 12), ids(12, 1)),
    )
    return (
        Proof(
            before="few-shot",
            after="retrieval",
            classes=remeasured,
            fixed=31,
            broke=6,
            net=share(0.17, 0.1, 0.23),
            broke_ids=ids(90, 6),
            broken_classes=("channel = mail",),
            chosen_for=("prose_wrapped", "customs, fee, invoice"),
            kept_promise=True,
        ),
    )


def two_by_two() -> TwoByTwo:
    return TwoByTwo(
        neither=share(0.62, 0.55, 0.69),
        retrieval=share(0.79, 0.73, 0.84),
        tuning=share(0.71, 0.64, 0.77),
        both=Missing("no strategy that does both has run", "rung run retrieval-lora"),
        strategies={"neither": "few-shot", "retrieval": "retrieval-prompt", "tuning": "lora"},
        retrieval_gain=share(0.17, 0.1, 0.23),
        tuning_gain=share(0.09, 0.03, 0.15),
        interaction=Missing("no strategy that does both has run", "rung run retrieval-lora"),
    )


@pytest.fixture(scope="session")
def everything() -> Diagnosed:
    """Every question asked, and two gaps."""
    return Diagnosed(full(), gates(), proofs(), two_by_two(), failed_items(), Path("out/diagnosis/few-shot"))


@pytest.fixture(scope="session")
def nothing_fails() -> Diagnosed:
    """No failure, and nothing asked of the model."""
    diagnosis = Diagnosis(
        strategy="retrieval",
        items=150,
        failures=0,
        slices=(),
        confusions=(),
        owed={},
        retrieval_recall=Missing("retrieval retrieves nothing"),
        concentrated=Missing("there are no failures to concentrate"),
        sentences=("retrieval fails on none of 150 dev items; the true failure rate may still be up to 2%.",),
        absent={
            "something else": "no such items",
            "worth": "there are no failures",
            "abstention": "there are no failures",
            "closed_book": "the corpus is empty",
            "oracle_context": "the corpus is empty",
            "wording: a list": "no answer came back",
        },
    )
    return Diagnosed(diagnosis, (), (), None, (), Path("out"))


@pytest.fixture(scope="session")
def hostile_analysis(hostile: Decision) -> Diagnosed:
    """Every free text says something that a terminal, a template, a reader or a browser might obey."""
    text = hostile.task_name
    gone = Missing(text, text)
    base = full()
    assert base.worth is not None
    assert base.wordings is not None
    assert base.robustness is not None
    assert base.capacity is not None
    diagnosis = replace(
        base,
        strategy=text,
        sentences=(text,) * 4,
        confusions=(Confusion(text, text, 3, (text,)),),
        slices=(Slice("label", text, 3, 2, gone),),
        causes=tuple(replace(one, finding=text, share=gone) for one in base.causes),
        classes=tuple(
            replace(
                one, name=text, because=text, item_ids=(text, "plain"), examples=(Failed(text, text, text, text, text),)
            )
            for one in base.classes
        ),
        stages=(Stage("parsing", base.causes[0].share, text), Stage("labels", gone, text)),
        wordings=replace(base.wordings, success={text: base.causes[0].share}, because=text),
        capacity=replace(base.capacity, reading=text, larger=gone, gained_ids=(text,)),
        robustness=replace(
            base.robustness, changes=(replace(base.robustness.changes[0], name=text, broken_ids=(text,)),)
        ),
        worth=replace(base.worth, losses=(replace(base.worth.losses[0], name=text, flow=text),)),
        absent={text: text},
    )
    return Diagnosed(
        diagnosis,
        (Gate(text, True, text), Gate(text, False, text)),
        (
            replace(
                proofs()[0],
                before=text,
                after=text,
                chosen_for=(text,),
                broken_classes=(text,),
                classes=(Remeasured(text, 3, 1, gone, (text,)),),
            ),
        ),
        replace(two_by_two(), strategies={"neither": text}),
        (Failed(text, text, text, text, text),),
        Path("out"),
    )


@pytest.fixture(scope="session")
def vast() -> Diagnosed:
    """Ten thousand labels, forty classes, five thousand failures in one of them, and texts of 32,000 characters."""
    labels = tuple(
        f"a long label name of the kind that taxonomies have, number {number:05d}" for number in range(10_000)
    )
    base = full()
    assert base.worth is not None
    loss = base.worth.losses[0]
    losses = tuple(
        replace(loss, name=f"parcels: {label}", share=1e-4, cumulative=(place + 1) * 1e-4)
        for place, label in enumerate(labels)
    )
    items = tuple(
        Failed(f"v-{number:05d}", "w" * 32_000 if number < 3 else f"text {number}", labels[number], "no", "wrong_label")
        for number in range(5_000)
    )
    classes = tuple(
        replace(
            base.classes[1],
            name=f"{one} ↔ {other}",
            failures=count,
            items=count,
            item_ids=tuple(item.id for item in items[:count]),
            examples=items[:3],
        )
        for one, other, count in zip(labels[:40], labels[40:80], [5_000, *[220] * 39], strict=True)
    )
    diagnosis = replace(
        base,
        items=10_000,
        failures=5_000,
        slices=tuple(Slice("label", label, 1, 1, share(1.0, 0.2, 1.0, 1)) for label in labels),
        worth=replace(base.worth, losses=losses, lorenz=tuple(place / 10_000 for place in range(10_001))),
        classes=classes,
    )
    return Diagnosed(diagnosis, gates(), (), None, items, Path("out"))


@pytest.fixture(scope="session")
def analysed(decision: Decision) -> Decision:
    """The parcel company's decision with a full analysis of every strategy; few-shot is the best of the light ones."""
    found = tuple(
        replace(
            full(),
            strategy=one.card.name,
            failures=FAILURES if one.card.name == "few-shot" else FAILURES + 10 + place,
            sentences=tuple(told.replace("few-shot", one.card.name) for told in full().sentences),
        )
        for place, one in enumerate(decision.strategies)
    )
    return replace(decision, diagnoses=found, gates=gates(), proofs=proofs(), two_by_two=two_by_two())


@pytest.fixture(scope="session")
def analysis_page_of() -> Callable[[str, Diagnosed], str]:
    """The HTML page of the analysis with this name, drawn once for all tests."""
    from rung.report.diagnosis import render_diagnosis_html

    drawn: dict[str, str] = {}

    def page(name: str, value: Diagnosed) -> str:
        if name not in drawn:
            drawn[name] = render_diagnosis_html(value)
        return drawn[name]

    return page
