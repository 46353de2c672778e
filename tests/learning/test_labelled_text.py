from __future__ import annotations

from collections import Counter

import numpy as np

from rung.learning.labelled_text import from_corpus, from_examples
from rung.task.example import CorpusEntry, Example

ENTRIES = [
    *(CorpusEntry(f"a{index}", f"title {index}", "", "A") for index in range(30)),
    *(CorpusEntry(f"b{index}", f"other {index}", "with text", "B") for index in range(3)),
    CorpusEntry("c", "of a label that the task does not have", "", "Z"),
    CorpusEntry("d", "of no label", "", None),
    CorpusEntry("e", " ", " ", "B"),
]


def test_no_label_of_the_corpus_outweighs_the_examples() -> None:
    texts = from_corpus(ENTRIES, examples=9, labels=("A", "B"), rng=np.random.default_rng(0))
    assert Counter(text.label for text in texts) == {"A": 5, "B": 3}
    assert "other 1. with text" in {text.text for text in texts}


def test_which_entries_stay_is_the_seeds() -> None:
    def drawn(seed: int) -> list[str]:
        return [t.id for t in from_corpus(ENTRIES, examples=9, labels=("A", "B"), rng=np.random.default_rng(seed))]

    assert drawn(0) == drawn(0)
    assert drawn(0) != drawn(1)


def test_examples_keep_their_order_and_ids() -> None:
    texts = from_examples([Example("2", "x", "A", "g"), Example("1", "y", "B", "g")])
    assert [(text.id, text.text, text.label) for text in texts] == [("2", "x", "A"), ("1", "y", "B")]
