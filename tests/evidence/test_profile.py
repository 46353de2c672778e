from __future__ import annotations

from rung.evidence.profile import LabelConflict, profile
from rung.evidence.split import assembled
from rung.task.example import CorpusEntry, Example


def test_the_profile_counts_parts_segments_groups_and_conflicts() -> None:
    train = [
        Example("1", "Same text", "a", "g1", "routine"),
        Example("2", "other", "b", "g1", "edge"),
        Example("3", "third", "a", "g2", "routine"),
    ]
    dev = [
        Example("4", "same TEXT!", "b", "g3", "routine"),
        Example("4~plain", "same text", "b", "g3", "adversarial", derived_from="4", derivation="plain"),
    ]
    divided = assembled({"train": train, "dev": dev, "sealed": [Example("5", "fifth", "b", "g4", "routine")]}, ["note"])
    corpus = [CorpusEntry("x", "X", "", "a"), CorpusEntry("y", "Y", "", "a"), CorpusEntry("z", "Z", "", None)]
    found = profile(divided, corpus, ("a", "b", "c"))
    assert found.items == {"train": 3, "dev": 2, "sealed": 1}
    assert found.segments["dev"] == {"routine": 1, "edge": 0, "adversarial": 1}
    assert found.groups == {"train": 2, "dev": 1, "sealed": 1}
    assert found.derived == {"train": 0, "dev": 1, "sealed": 0}
    assert found.train_per_label == {"a": 2, "b": 1, "c": 0}
    assert found.fewest_per_label == 0
    assert (found.corpus_entries, found.corpus_labels) == (3, 1)
    assert found.conflicts == (LabelConflict(("a", "b"), ("1", "4")),)
    assert found.conflict_share == 2 / 4
    assert found.notes == ("note",)


def test_sealed_labels_have_no_say_in_the_conflicts() -> None:
    train, dev = [Example("1", "same text", "a", "g1")], [Example("2", "other", "b", "g2")]
    found = {
        label: profile(
            assembled({"train": train, "dev": dev, "sealed": [Example("3", "same text", label, "g3")]}, []),
            [],
            ("a", "b"),
        )
        for label in ("a", "b")
    }
    assert found["a"] == found["b"]
    assert found["b"].conflict_share == 0.0
