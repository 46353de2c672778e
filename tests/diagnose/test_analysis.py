from __future__ import annotations

from collections.abc import Callable, Sequence

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from rung.diagnose import Diagnosis, diagnose
from rung.errors import InvalidData
from rung.estimate import LEVEL, Estimate, Missing, Provenance
from rung.evaluate.run import Row, Run
from rung.stats import wilson
from rung.task.example import CorpusEntry, Example
from rung.task.task import Flow

RowMaker = Callable[..., Row]
RunMaker = Callable[..., Run]
LABELS = ("A", "B", "C")
CORPUS = [CorpusEntry(f"{label}{number}", f"title {label}{number}", "", label) for label in LABELS for number in (1, 2)]


def analysed(run: Run, *, train: Sequence[Example] = (), corpus: Sequence[CorpusEntry] = CORPUS) -> Diagnosis:
    return diagnose(run, corpus=corpus, labels=LABELS, flows=(), train=train)


def value(figure: object) -> float:
    assert isinstance(figure, Estimate)
    return figure.value


def test_a_retriever_made_bad_on_purpose_owns_the_largest_share(make_row: RowMaker, make_run: RunMaker) -> None:
    blind = [make_row("A", "B", retrieved=["B1", "C1"]) for _ in range(12)]
    sighted_but_wrong = [make_row("A", "B", retrieved=["B1", "A2"]) for _ in range(4)]
    right = [make_row("C", "C", retrieved=["C1", "A1"]) for _ in range(20)]
    diagnosis = analysed(make_run([*blind, *sighted_but_wrong, *right]))
    assert diagnosis.largest_owner == "retrieval"
    assert value(diagnosis.owed["retrieval"]) == 12 / 16
    assert value(diagnosis.owed["model"]) == 4 / 16
    assert value(diagnosis.retrieval_recall) == 24 / 36
    assert isinstance(diagnosis.retrieval_recall, Estimate)
    assert diagnosis.retrieval_recall.source.endswith("recall@2")
    assert "Retrieval owns the largest share of the failures, 75%" in diagnosis.sentences[1]
    assert "in 12 of 16 no retrieved passage stands for the right label" in diagnosis.sentences[1]


def test_finding_nothing_at_all_is_a_miss_of_a_strategy_that_retrieves(make_row: RowMaker, make_run: RunMaker) -> None:
    diagnosis = analysed(make_run([make_row("A", "B"), make_row("B", "B", retrieved=["B1"])]))
    assert diagnosis.largest_owner == "retrieval"


def test_retrieval_cannot_own_the_failures_of_a_strategy_that_retrieves_nothing(
    make_row: RowMaker, make_run: RunMaker
) -> None:
    diagnosis = analysed(make_run([make_row("A", "B") for _ in range(5)]))
    assert value(diagnosis.owed["model"]) == 1.0
    assert diagnosis.retrieval_recall == Missing("planted retrieves nothing")


def test_a_corpus_that_names_no_labels_leaves_recall_unknown_and_blames_nobody_for_it(
    make_row: RowMaker, make_run: RunMaker
) -> None:
    unlabelled = [CorpusEntry("1", "title", "text")]
    diagnosis = analysed(make_run([make_row("A", "B", retrieved=["1"])]), corpus=unlabelled)
    assert isinstance(diagnosis.retrieval_recall, Missing)
    assert "label" in diagnosis.retrieval_recall.remedy
    assert diagnosis.largest_owner == "model"


def test_answers_that_are_no_labels_are_owned_by_orchestration(make_row: RowMaker, make_run: RunMaker) -> None:
    rows = [make_row("A", "", failure="not_a_label", retrieved=["B1"]) for _ in range(6)]
    rows += [make_row("A", "", failure="empty") for _ in range(2)]
    rows += [make_row("A", "a label of another task"), make_row("A", "B", retrieved=["A1"]), make_row("B", "B")]
    diagnosis = analysed(make_run(rows))
    assert value(diagnosis.owed["orchestration"]) == 9 / 10
    assert diagnosis.largest_owner == "orchestration"
    assert "in 9 of 10 no valid label came back (not a label: 7, nothing: 2)" in diagnosis.sentences[1]


def test_a_text_that_stands_with_another_label_is_a_matter_of_data_hygiene(
    make_row: RowMaker, make_run: RunMaker
) -> None:
    """The same text up to case, width, punctuation and spacing, in train or in dev."""
    train = [Example("t1", "Fever, (acute)!", "C", "g")]
    rows = [make_row("A", "B", text="fever  ACUTE"), make_row("A", "B", text="ｆｅｖｅｒ acute")]
    rows += [make_row("A", "B", text="Cough"), make_row("B", "B", text="cough.")]
    rows += [make_row("A", "B", text="something else")]
    diagnosis = analysed(make_run(rows), train=train)
    assert value(diagnosis.owed["data_hygiene"]) == 3 / 4
    assert value(diagnosis.owed["model"]) == 1 / 4


def test_the_same_text_with_the_same_label_is_no_conflict(make_row: RowMaker, make_run: RunMaker) -> None:
    diagnosis = analysed(make_run([make_row("A", "B", text="cough")]), train=[Example("t", "Cough", "A", "g")])
    assert diagnosis.largest_owner == "model"


def test_rates_and_shares_are_measured_with_wilson_intervals(make_row: RowMaker, make_run: RunMaker) -> None:
    rows = [make_row("A", "A", segment="routine") for _ in range(30)]
    rows += [make_row("A", "B", segment="adversarial") for _ in range(7)]
    rows += [make_row("A", "A", segment="adversarial") for _ in range(3)]
    diagnosis = analysed(make_run(rows))
    worst = diagnosis.slices[0]
    oracle = wilson(7, 10, level=LEVEL)
    assert (worst.dimension, worst.value, worst.items, worst.failures) == ("segment", "adversarial", 10, 7)
    assert isinstance(worst.failure_rate, Estimate)
    assert worst.failure_rate.provenance is Provenance.MEASURED
    assert (worst.failure_rate.low, worst.failure_rate.high) == pytest.approx((oracle.low, oracle.high))
    assert worst.failure_rate.source == "run 0123456789ab, dev: segment adversarial"
    assert "most often in segment adversarial (7 of 10)" in diagnosis.sentences[0]


def test_failures_of_one_group_count_as_less_than_as_many_of_different_groups(
    make_row: RowMaker, make_run: RunMaker
) -> None:
    def width(groups: Sequence[str]) -> float:
        rows = [make_row("A", "B" if number < 20 else "A", group=groups[number]) for number in range(40)]
        rate = analysed(make_run(rows)).slices[0].failure_rate
        assert isinstance(rate, Estimate)
        assert rate.low is not None
        assert rate.high is not None
        return rate.high - rate.low

    assert width([f"g{number // 5}" for number in range(40)]) > 1.5 * width([f"g{number}" for number in range(40)])


def test_confusions_lead_back_to_their_items_most_frequent_first(make_row: RowMaker, make_run: RunMaker) -> None:
    rows = [make_row("A", "B"), make_row("C", "A"), make_row("A", "B"), make_row("A", ""), make_row("B", "B")]
    confusions = analysed(make_run(rows)).confusions
    assert [(found.expected, found.answered, found.count, found.item_ids) for found in confusions] == [
        ("A", "B", 2, (rows[0].example.id, rows[2].example.id)),
        ("C", "A", 1, (rows[1].example.id,)),
    ]


def test_no_failures_leave_nothing_to_own_and_say_how_sure_that_is(make_row: RowMaker, make_run: RunMaker) -> None:
    diagnosis = analysed(make_run([make_row("A", "A") for _ in range(30)]))
    upper = wilson(0, 30, level=LEVEL).high
    assert upper is not None
    assert diagnosis.owed == {}
    assert diagnosis.largest_owner is None
    assert isinstance(diagnosis.concentrated, Missing)
    assert diagnosis.sentences == (
        f"planted fails on none of 30 dev items; the true failure rate may still be up to {upper:.0%}.",
    )


def test_a_strategy_that_fails_on_everything_is_told_to_look_at_the_spelling_first(
    make_row: RowMaker, make_run: RunMaker
) -> None:
    diagnosis = analysed(make_run([make_row("A", "B", segment="routine") for _ in range(8)]))
    assert (diagnosis.failures, diagnosis.items) == (8, 8)
    assert "planted fails on 8 of 8 dev items" in diagnosis.sentences[0]
    assert "labels as the examples spell them" in diagnosis.sentences[0]


def test_one_label_is_analysed_without_pretending_to_a_pattern(make_row: RowMaker, make_run: RunMaker) -> None:
    rows = [make_row("A", "", failure="empty"), make_row("A", "A"), make_row("A", "A")]
    diagnosis = diagnose(make_run(rows), corpus=[], labels=("A",), flows=(), train=[])
    assert isinstance(diagnosis.concentrated, Missing)
    assert "one slice" in diagnosis.concentrated.because
    assert "confusion" not in " ".join(diagnosis.sentences)
    assert len(diagnosis.sentences) == 3


def test_owners_that_few_failures_cannot_tell_apart_are_said_to_be(make_row: RowMaker, make_run: RunMaker) -> None:
    rows = [make_row("A", "B", retrieved=["B1"]) for _ in range(3)] + [make_row("A", "B", retrieved=["A1"])] * 2
    assert "do not tell it apart from the model itself" in analysed(make_run(rows)).sentences[1]


def test_a_run_without_items_is_an_error(make_run: RunMaker) -> None:
    with pytest.raises(InvalidData, match="no items"):
        analysed(make_run([]))


def test_the_sealed_split_is_never_looked_into(make_row: RowMaker, make_run: RunMaker) -> None:
    with pytest.raises(ValueError, match="never on the sealed split"):
        analysed(make_run([make_row("A", "B")], split="sealed"))


plans = st.lists(
    st.tuples(
        st.sampled_from(LABELS),
        st.sampled_from([*LABELS, "", "other"]),
        st.integers(0, 6),
        st.lists(st.sampled_from([entry.id for entry in CORPUS] + ["unknown"]), max_size=2),
        st.sampled_from([None, "routine", "edge"]),
    ),
    min_size=1,
    max_size=25,
)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(plans)
def test_every_failure_has_exactly_one_owner_and_slices_add_up(
    make_row: RowMaker, make_run: RunMaker, plan: list[tuple[str, str, int, list[str], str | None]]
) -> None:
    rows = [
        make_row(expected, output, text=f"text {number}", group=f"g{number}", retrieved=retrieved, segment=segment)
        for expected, output, number, retrieved, segment in plan
    ]
    diagnosis = analysed(make_run(rows))
    assert diagnosis.failures == sum(expected != output for expected, output, *_ in plan)
    if diagnosis.failures:
        assert sum(value(figure) for figure in diagnosis.owed.values()) == pytest.approx(1.0)
    by_label = [part for part in diagnosis.slices if part.dimension == "label"]
    assert sum(part.items for part in by_label) == len(rows)
    assert sum(part.failures for part in by_label) == diagnosis.failures
    assert all(part.failures == round(value(part.failure_rate) * part.items) for part in diagnosis.slices)
    assert diagnosis.sentences


def test_with_flows_the_worth_of_requests_says_where_it_hurts(make_row: RowMaker, make_run: RunMaker) -> None:
    flows = (
        Flow("web", requests_per_month=10_000, value_usd=2.0),
        Flow("batch", requests_per_month=100, value_usd=0.1),
    )
    rows = [make_row("A", "B", flow="web")] + [make_row("A", "A", flow="web") for _ in range(9)]
    rows += [make_row("B", "A", flow="batch") for _ in range(9)] + [make_row("B", "B", flow="batch")]
    diagnosis = diagnose(make_run(rows), corpus=[], labels=LABELS, flows=flows, train=[])
    # A tenth of 20,000 USD a month is lost on web, nine tenths of 10 USD on batch.
    assert isinstance(diagnosis.concentrated, Estimate)
    assert diagnosis.concentrated.value == pytest.approx(2000 / 2009)
    assert diagnosis.concentrated.provenance is Provenance.ASSUMED
    assert diagnosis.concentrated.note.startswith("worst: A in web; ")
