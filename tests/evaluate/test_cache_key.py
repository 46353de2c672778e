from __future__ import annotations

import json
import subprocess
import sys
from dataclasses import replace
from hashlib import sha256
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rung.evaluate.cache_key import canonical_json, corpus_hash, examples_hash, predictor_identity, run_id
from rung.task.example import CorpusEntry, Example

WORK: dict[str, Any] = {
    "strategy": "few-shot",
    "settings": {"shots": 6, "temperature": 0.0, "prompt": "Term:"},
    "model_identities": {"generator": "smollm2@abc", "encoder": "minilm@def"},
    "train_hash": "t",
    "corpus_hash": "c",
    "labels": ("E72", "E74"),
    "seed": 0,
}
ITEMS = [Example("1", "scurvy", "E54", "g1"), Example("2", "gout", "M10", "g2", segment="edge", flow="web")]

json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=12,
)


@given(json_values)
def test_canonical_text_reads_back_as_an_equal_value(value: Any) -> None:
    assert json.loads(canonical_json(value)) == value


@given(st.dictionaries(st.text(), json_values, max_size=6), st.randoms())
def test_the_order_of_keys_does_not_matter(value: dict[str, Any], random: Any) -> None:
    items = list(value.items())
    random.shuffle(items)
    assert canonical_json(dict(items)) == canonical_json(value)


@given(json_values, json_values)
def test_different_values_have_different_texts(one: Any, other: Any) -> None:
    """Python's own equality is the oracle, except that it calls True and 1 equal."""
    if json.dumps(one, sort_keys=True) != json.dumps(other, sort_keys=True) and one != other:
        assert canonical_json(one) != canonical_json(other)


def test_one_setting_has_one_name_however_its_number_is_written() -> None:
    assert canonical_json({"k": 1.0, "zero": -0.0}) == canonical_json({"zero": 0, "k": 1})
    assert canonical_json(True) != canonical_json(1)
    assert canonical_json((1, 2)) == canonical_json([1, 2])


@pytest.mark.parametrize("value", [float("nan"), float("inf"), -float("inf")])
def test_a_setting_that_is_not_finite_is_refused(value: float) -> None:
    with pytest.raises(ValueError, match="finite"):
        canonical_json({"rate": [value]})


@pytest.mark.parametrize("value", [{"a"}, b"a", object(), {1: "a"}])
def test_a_value_without_a_stable_text_is_refused(value: Any) -> None:
    with pytest.raises(TypeError, match=r"cache key|strings"):
        canonical_json(value)


@pytest.mark.parametrize(
    "change",
    [
        {"strategy": "zero-shot"},
        {"settings": {"shots": 7, "temperature": 0.0, "prompt": "Term:"}},
        {"model_identities": {"generator": "smollm2@abd", "encoder": "minilm@def"}},
        {"model_identities": {"encoder": "smollm2@abc", "generator": "minilm@def"}},
        {"train_hash": "t2"},
        {"corpus_hash": "c2"},
        {"train_hash": "c", "corpus_hash": "t"},
        {"labels": ("E72", "E74", "E75")},
        {"seed": 1},
    ],
)
def test_whatever_changes_the_work_changes_its_name(change: dict[str, Any]) -> None:
    assert predictor_identity(**{**WORK, **change}) != predictor_identity(**WORK)


def test_the_order_of_labels_and_settings_does_not_change_the_name() -> None:
    settings = dict(reversed(list(WORK["settings"].items())))
    assert predictor_identity(**{**WORK, "labels": ["E74", "E72"], "settings": settings}) == predictor_identity(**WORK)


def test_another_process_gives_the_same_name() -> None:
    code = f"from rung.evaluate.cache_key import predictor_identity; print(predictor_identity(**{WORK!r}))"
    other = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True)
    assert other.stdout.strip() == predictor_identity(**WORK)


@pytest.mark.parametrize(
    "change", [{"input": "Gout"}, {"expected": "M11"}, {"group": "g1"}, {"segment": None}, {"flow": "app"}, {"id": "3"}]
)
def test_a_run_is_named_by_everything_that_its_figures_depend_on(change: dict[str, Any]) -> None:
    changed = [ITEMS[0], replace(ITEMS[1], **change)]
    assert run_id("p", changed) != run_id("p", ITEMS)


def test_a_run_is_the_same_in_any_order_and_another_one_for_another_predictor() -> None:
    assert run_id("p", reversed(ITEMS)) == run_id("p", ITEMS)
    assert run_id("q", ITEMS) != run_id("p", ITEMS)


def test_items_that_stand_twice_count_twice() -> None:
    assert examples_hash([ITEMS[0], ITEMS[0]]) != examples_hash([ITEMS[0]])


def test_a_corpus_is_named_by_its_content_not_its_order() -> None:
    one, other = CorpusEntry("1", "Scurvy", "", "E54"), CorpusEntry("2", "Gout", "")
    assert corpus_hash([one, other]) == corpus_hash([other, one])
    assert corpus_hash([one]) != corpus_hash([replace(one, label=None)])


def test_references_and_passages_enter_only_where_there_are_some() -> None:
    plain = Example("1", "text", "yes", "g")
    facts = [["1", "text", "yes", "g", None, None, None, None]]
    # The name that items of one label always had, computed here from its definition.
    known = sha256(canonical_json(sorted(canonical_json(row) for row in facts)).encode()).hexdigest()
    assert examples_hash([plain]) == known
    others = {examples_hash([replace(plain, references=("y",))]), examples_hash([replace(plain, passages=("y",))])}
    assert len({known, *others}) == 3


def test_a_scorer_with_rules_of_its_own_names_another_run() -> None:
    items = [Example("1", "text", "yes", "g")]
    assert run_id("p", items, "") == run_id("p", items)
    assert len({run_id("p", items), run_id("p", items, "answer contains"), run_id("p", items, "answer exact")}) == 3
