from __future__ import annotations

import random

from rung.evidence.groups import corpus_notes, join_groups, leakage_notes
from rung.task.example import CorpusEntry, Example


def example(identifier: str, text: str, group: str = "") -> Example:
    return Example(identifier, text, "x", group)


def test_declared_groups_are_joined_through_near_duplicates() -> None:
    examples = [
        example("1", "the order never arrived", "customer-b"),
        example("2", "something else entirely", "customer-b"),
        example("3", "The order never arrived!", "customer-a"),
        example("4", "the order never arived"),
        example("5", "unrelated question"),
    ]
    joined = join_groups(examples)
    assert {one.id: one.group for one in joined.examples} == {
        "1": "customer-a", "2": "customer-a", "3": "customer-a", "4": "customer-a", "5": "item:5",
    }  # fmt: skip
    assert (joined.groups_before, joined.groups) == (4, 2)
    assert joined.notes == ("4 groups and single items became 2: 2 were joined for near-duplicate texts.",)


def test_groups_do_not_depend_on_the_order_of_the_items() -> None:
    rng = random.Random(0)
    examples = [example(str(n), f"text about topic {n // 3} now", f"g{n % 7}" if n % 2 else "") for n in range(40)]
    shuffled = rng.sample(examples, k=len(examples))
    assert join_groups(examples) == join_groups(shuffled)


def test_a_split_made_by_the_team_is_not_joined_across() -> None:
    examples = [example("1", "same text"), example("2", "same text!"), example("3", "same text?")]
    joined = join_groups(examples, {"1": "train", "2": "dev", "3": "dev"})
    groups = {one.id: one.group for one in joined.examples}
    assert groups["2"] == groups["3"] != groups["1"]


def test_remaining_likeness_is_counted_without_derived_variants() -> None:
    train = [example("1", "pulmonary embolism after surgery")]
    close = example("2", "pulmonary embolism before surgery")
    variant = Example("2~typo", "pulmonary embolsim before surgery", "x", "", derived_from="2")
    notes = leakage_notes(train, {"dev": [close, variant, example("3", "toothache")], "sealed": []})
    assert len(notes) == 1
    assert notes[0].startswith("1 of 2 dev originals (50%)")


def test_held_out_texts_that_stand_in_the_corpus_are_counted_whatever_they_are_labelled() -> None:
    corpus = [
        CorpusEntry("1", "Air embolism", "", "a"),
        CorpusEntry("2", "Fat embolism", "Fat in the blood stream", None),
        CorpusEntry("3", "Septic shock", "Shock by infection", "b"),
    ]
    dev = [
        example("d1", "AIR embolism!"),
        example("d2", "fat in the blood-stream"),
        example("d3", "septic shock. shock by infection"),
        example("d4", "embolism"),
        Example("d1~plain", "air embolism", "x", "", derived_from="d1"),
    ]
    sealed = [example("s1", "toothache")]
    expected = (
        "Word for word in the corpus (as a title, a text or a whole passage): 3 of 4 dev originals (75%) and none of "
        "1 sealed originals (0%).",
    )
    assert corpus_notes(corpus, {"dev": dev, "sealed": sealed}) == expected
    assert corpus_notes([], {"dev": dev, "sealed": sealed}) == ()


def test_questions_from_one_mould_stay_apart_where_their_answers_differ() -> None:
    mould = "At what hour does the branch in {} open on Saturdays in the winter months?"
    examples = [
        Example("a", mould.format("Bonn"), "nine", ""),
        Example("b", mould.format("Rome"), "ten", ""),
        Example("c", mould.format("Bonn") + " Please", "nine", ""),
    ]
    assert len({one.group for one in join_groups(examples).examples}) == 1
    apart = {one.id: one.group for one in join_groups(examples, same_answer=True).examples}
    assert apart["a"] == apart["c"]
    assert apart["a"] != apart["b"]
