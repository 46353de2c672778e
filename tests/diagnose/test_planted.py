"""Planted causes: each has to be named first, held within its interval, and to lock what would not mend it."""

from __future__ import annotations

import json
import random
from collections.abc import Callable, Sequence
from typing import Any

import pytest

from rung.diagnose import Diagnosis, Gate, weight_gates
from rung.diagnose.aids import Aids
from rung.diagnose.arms import CLOSED_BOOK, ORACLE_CONTEXT, Arms
from rung.diagnose.full_analysis import diagnose_fully
from rung.estimate import Estimate, Figure
from rung.evaluate.judging.label import LabelScorer
from rung.evaluate.judging.record import RecordScorer
from rung.evaluate.outcome import scored
from rung.evaluate.run import Row, Run
from rung.evidence.readiness.noise import label_noise
from rung.task.example import CorpusEntry, Example
from rung.task.protocols import Prediction

RunMaker = Callable[..., Run]
ITEMS = 300


def holds(figure: Figure, truth: float) -> bool:
    assert isinstance(figure, Estimate), figure
    assert figure.low is not None
    assert figure.high is not None
    return figure.low <= truth <= figure.high


def gate(name: str, found: Diagnosis, **known: Any) -> Gate:
    return next(one for one in weight_gates([found], light=[found.strategy], **known) if one.name == name)


def judged(pairs: Sequence[tuple[Example, Prediction]], scorer: Any) -> list[Row]:
    rows = [scored(example, prediction, (), scorer) for example, prediction in pairs]
    assert all(isinstance(row, Row) for row in rows)
    return [row for row in rows if isinstance(row, Row)]


def test_a_retriever_made_bad_on_purpose_is_named_first_and_locks_every_update_of_weights(make_run: RunMaker) -> None:
    """The generator answers rightly exactly when the passage is there, but for one item in ten; the retriever misses
    two in five."""
    rng = random.Random(3)
    labels = [f"l{number}" for number in range(6)]
    corpus = [CorpusEntry(f"p-{label}", f"title of {label}", f"text of {label}", label) for label in labels]
    base, oracle, closed = [], [], []
    for number in range(ITEMS):
        right = labels[number % 6]
        wrong = labels[(number + 1) % 6]
        example = Example(f"i{number}", f"question {number}", right, f"g{number}")
        found, able = rng.random() >= 0.4, rng.random() >= 0.1
        base.append(
            (example, Prediction(right if found and able else wrong, retrieved=(f"p-{right if found else wrong}",)))
        )
        oracle.append((example, Prediction(right if able else wrong, retrieved=(f"p-{right}",))))
        closed.append((example, Prediction(wrong)))
    scorer = LabelScorer()
    arms = Arms(
        runs={
            ORACLE_CONTEXT: make_run(judged(oracle, scorer), strategy="rag, oracle"),
            CLOSED_BOOK: make_run(judged(closed, scorer), strategy="rag, closed book"),
        }
    )
    found_ = diagnose_fully(
        make_run(judged(base, scorer), strategy="rag"),
        corpus=corpus,
        labels=labels,
        flows=(),
        train=(),
        aids=Aids(scorer=scorer, arms=arms, target=0.85),
    )
    assert found_.causes[0].name == "retrieval"
    # An item is won back when the passage was missing and the generator is able: .4 x .9.
    assert holds(found_.causes[0].share, 0.4 * 0.9)
    assert found_.context is not None
    assert holds(found_.context.retrieval_owed, 0.4 * 0.9)
    assert holds(found_.context.generation_owed, 0.1)
    assert holds(found_.retrieval_recall, 0.6)
    largest = max(
        found_.stages, key=lambda stage: stage.recovered.value if isinstance(stage.recovered, Estimate) else -1
    )
    assert largest.name == "retrieval"
    assert "Retrieval owns the largest share of the failures" in found_.sentences[1]
    assert gate("retrieval", found_).locked
    assert not gate("orchestration", found_).locked


def test_a_form_that_breaks_a_tenth_of_the_records_is_named_first_with_what_constraining_wins(
    make_run: RunMaker,
) -> None:
    schema = {
        "type": "object",
        "properties": {"city": {"type": "string"}, "day": {"type": "string"}},
        "required": ["city"],
        "additionalProperties": False,
    }
    rng = random.Random(5)
    breaks: list[Callable[[str], str]] = [
        lambda text: f"Here is the record: {text} I hope it helps.",
        lambda text: text.replace("}", ",}"),
        lambda text: text[: len(text) // 2],
    ]
    pairs, broken, mendable = [], 0, 0
    for number in range(ITEMS):
        record = {"city": f"City{number}", "day": "monday"}
        example = Example(
            f"i{number}", f"take me to City{number} on monday", json.dumps(record, sort_keys=True), f"g{number}"
        )
        text = json.dumps(record)
        if rng.random() < 0.10:
            way = rng.randrange(3)
            text = breaks[way](text)
            broken, mendable = broken + 1, mendable + (way < 2)
        elif rng.random() < 0.03:
            text = json.dumps({**record, "city": "Elsewhere"})
        pairs.append((example, Prediction(text)))
    scorer = RecordScorer(schema)
    found = diagnose_fully(
        make_run(judged(pairs, scorer), strategy="prompt"),
        corpus=(),
        labels=(),
        flows=(),
        train=(),
        kind="extract",
        aids=Aids(scorer=scorer, target=0.95),
    )
    assert found.causes[0].name == "output_contract"
    assert found.causes[0].remedy == "constrain"
    assert holds(found.causes[0].share, 0.10)
    assert found.contract is not None
    assert isinstance(found.contract.broken, Estimate)
    assert found.contract.broken.value == broken / ITEMS
    assert holds(found.contract.won_back, 0.10 * 2 / 3)
    assert isinstance(found.contract.won_back, Estimate)
    assert found.contract.won_back.value == mendable / ITEMS
    forms = [one for one in found.classes if one.kind == "form"]
    assert sum(one.failures for one in forms) == broken
    assert {one.remedy for one in forms} == {"constrain"}
    assert gate("orchestration", found).locked
    assert not gate("retrieval", found).locked


def test_labels_flipped_at_a_known_rate_are_named_first_and_stop_every_update_of_weights(make_run: RunMaker) -> None:
    """A strategy that is always right about the true labels looks wrong on every flipped one."""
    pytest.importorskip("sklearn")
    rng = random.Random(11)
    things = {
        "billing": ("invoice", "refund", "payment", "receipt", "charge"),
        "delivery": ("parcel", "courier", "shipment", "tracking", "depot"),
        "login": ("password", "username", "passcode", "fingerprint", "lockout"),
        "travel": ("flight", "hotel", "luggage", "boarding", "itinerary"),
    }
    labels = list(things)
    items, answers = [], []
    for number in range(400):
        true = labels[number % 4]
        words = rng.sample(things[true], 2)
        given = rng.choice([label for label in labels if label != true]) if rng.random() < 0.2 else true
        text = f"case {number}: the {words[0]} and the {words[1]} of client {rng.randrange(10_000)} look wrong"
        items.append(Example(f"i{number}", text, given, f"g{number}"))
        answers.append(Prediction(true))
    noise = label_noise(items, seed=0)
    scorer = LabelScorer()
    found = diagnose_fully(
        make_run(judged(list(zip(items, answers, strict=True)), scorer), strategy="prompt"),
        corpus=(),
        labels=labels,
        flows=(),
        train=(),
        aids=Aids(scorer=scorer, noise=noise.rate, target=0.9),
    )
    assert found.causes[0].name == "label_noise"
    assert holds(found.causes[0].share, 0.2)
    assert found.sentences[1].startswith("Label quality is the largest cause")
    # What the model still seems to get wrong beyond the noise is not shown to be there.
    model = next(cause for cause in found.causes if cause.name == "model").share
    assert isinstance(model, Estimate)
    assert model.low == 0.0
    assert gate("label_noise", found, noise=noise.rate).locked
    suspects = {suspect.item_id: suspect for suspect in noise.suspects}
    flipped = {item.id for item, answer in zip(items, answers, strict=True) if item.expected != answer.output}
    assert len(flipped & suspects.keys()) > 0.75 * len(flipped)
    assert all(suspects[name].suggested == answers[int(name[1:])].output for name in flipped & suspects.keys())


def test_failures_whose_texts_stand_with_another_label_are_a_class_to_relabel(make_run: RunMaker) -> None:
    """A and B are confused six times: on four texts train says B, on two nothing speaks against the label."""
    pairs = [(Example(f"i{number}", f"text {number}", "A", f"g{number}"), Prediction("B")) for number in range(6)]
    pairs += [
        (Example(f"i{number}", f"text {number}", "C", f"g{number}"), Prediction("C")) for number in range(6, ITEMS)
    ]
    train = [Example(f"t{number}", f"Text {number}!", "B", f"t{number}") for number in range(4)]
    found = diagnose_fully(
        make_run(judged(pairs, LabelScorer())), corpus=(), labels=("A", "B", "C"), flows=(), train=train
    )
    (confusion,) = [one for one in found.classes if one.kind == "confusion"]
    assert confusion.remedy == "relabel"
    assert confusion.because.endswith("the label of 4 of them is in doubt")
