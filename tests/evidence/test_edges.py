from __future__ import annotations

import random
from dataclasses import replace

import numpy as np
import pytest

from rung.evidence.density import neighbour_similarity, words_alone
from rung.evidence.edges import FOREIGN, LONG, RARE, SPARSE, edge_reasons
from rung.evidence.segments import mark_edges
from rung.evidence.strata import FIELDS
from rung.task.example import Example

NOUNS = ("invoice", "refund", "receipt", "payment", "card", "account", "password", "login")
VERBS = ("is missing", "was charged twice", "does not work", "was sent late", "cannot be found")
STRANGER = "quartz zephyr jumbo vixen glyph"


def everyday(count: int) -> list[Example]:
    """Texts of one mould, each a group of its own."""
    rng = random.Random(3)
    return [
        Example(f"{n:03}", f"the {rng.choice(NOUNS)} {rng.choice(VERBS)} again", "x", f"g{n:03}") for n in range(count)
    ]


def reasons(examples: list[Example], name: str) -> list[str]:
    return next(edge_reasons(one.segment_because) for one in mark_edges(examples).examples if one.id == name)


def test_a_stranger_among_texts_of_one_mould_is_edge_and_says_why() -> None:
    marked = mark_edges([*everyday(100), Example("odd", STRANGER, "x", "godd")])
    odd = next(one for one in marked.examples if one.id == "odd")
    assert odd.segment == "edge"
    assert edge_reasons(odd.segment_because) == [SPARSE, FOREIGN]
    assert "5 of its 5 words stand in no item of another group" in odd.segment_because
    assert "1 out of distribution (most of the words stand in no item of another group)" in marked.notes[0]


def test_its_own_group_is_no_company() -> None:
    twins = [Example(f"odd{n}", STRANGER, "x", "one customer") for n in range(3)]
    found = [reasons([*everyday(147), *twins], one.id) for one in twins]
    assert found.count([SPARSE, FOREIGN]) == 3
    apart = [replace(one, group=one.id) for one in twins]
    assert all(FOREIGN not in reasons([*everyday(147), *apart], one.id) for one in apart)


def test_similarity_is_that_of_the_formula() -> None:
    """An oracle over dictionaries: binary trigrams, idf log((1 + n) / (1 + df)) + 1, cosine."""
    texts = ["abc", "abcd", "xyz abc", "qqq", "abq"]
    examples = [Example(str(n), text, "x", str(n)) for n, text in enumerate(texts)]
    sets = [{f" {text} "[start : start + 3] for start in range(len(text))} for text in texts]
    known = {gram: sum(gram in one for one in sets) for one in sets for gram in one}
    weights = {gram: np.log(6 / (1 + count)) + 1 for gram, count in known.items() if count <= 2}

    def cosine(one: set[str], other: set[str]) -> float:
        def length(grams: set[str]) -> float:
            return float(np.sqrt(sum(weights.get(gram, 0.0) ** 2 for gram in grams)))

        return length(one & other) ** 2 / (length(one) * length(other))

    wanted = [np.mean([cosine(sets[i], sets[j]) for j in range(5) if j != i]) for i in range(5)]
    assert neighbour_similarity(examples, seed=0) == pytest.approx(wanted)


def test_without_another_group_there_is_no_neighbour() -> None:
    together = [replace(one, group="g") for one in everyday(40)]
    assert np.isnan(neighbour_similarity(together, seed=0)).all()
    assert not {SPARSE, FOREIGN} & {why for one in together for why in reasons(together, one.id)}


def test_words_are_counted_by_group_and_not_by_item() -> None:
    examples = [
        Example("1", "Red door", "x", "a"),
        Example("2", "red DOOR, door", "x", "a"),
        Example("3", "red sky", "x", "b"),
    ]
    assert words_alone(examples) == [(1, 2), (1, 2), (1, 2)]


def test_where_most_items_have_words_of_their_own_nobody_is_foreign_for_it() -> None:
    rng = random.Random(5)
    signs = [chr(0x4E00 + n) for n in range(2000)]
    unspaced = [Example(f"{n:03}", "".join(rng.sample(signs, k=12)), "x", f"g{n}") for n in range(100)]
    assert all(FOREIGN not in reasons(unspaced, one.id) for one in unspaced[:20])


def test_a_field_that_is_nearly_everywhere_is_not_rare() -> None:
    # Nine fields in every record, one in all but one: the tenth of ten fields by count, and 99 of 100 items.
    record = "{" + ", ".join(f'"f{n}": 1' for n in range(9)) + "}"
    more = record[:-1] + ', "f9": 1}'
    examples = [replace(one, expected=more if n else record) for n, one in enumerate(everyday(100))]
    marked = mark_edges(examples, FIELDS)
    assert all(RARE not in edge_reasons(one.segment_because) for one in marked.examples)


@pytest.mark.parametrize("seed", range(4))
def test_at_most_a_quarter_of_all_items_is_edge(seed: int) -> None:
    rng = random.Random(seed)
    letters = "abcdefghij"
    labels = [f"label {count}" for count in range(1, 25) for _ in range(count)]  # 300 items
    examples = [
        Example(
            f"{n:03}",
            " ".join("".join(rng.choices(letters, k=rng.randint(2, 9))) for _ in range(rng.randint(1, 30))),
            label,
            f"g{n}",
        )
        for n, label in enumerate(labels)
    ]
    marked = mark_edges(examples, seed=seed).examples
    found = {why for one in marked for why in edge_reasons(one.segment_because)}
    assert {RARE, LONG} <= found
    assert 0 < sum(one.segment == "edge" for one in marked) <= 75


def test_every_derived_edge_says_why_and_nothing_else_does() -> None:
    for one in mark_edges([*everyday(100), Example("odd", STRANGER, "x", "godd")]).examples:
        assert bool(one.segment_because) == (one.segment == "edge")
    assert edge_reasons("rare: label long, out of distribution in 2 of 90 items") == [RARE]


def test_edges_do_not_depend_on_the_order_of_the_items() -> None:
    examples = [*everyday(100), Example("odd", STRANGER, "x", "godd")]
    shuffled = random.Random(1).sample(examples, k=len(examples))
    again = sorted(mark_edges(shuffled, seed=2).examples, key=lambda one: one.id)
    assert again == sorted(mark_edges(examples, seed=2).examples, key=lambda one: one.id)
