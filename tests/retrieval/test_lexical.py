from __future__ import annotations

import sys
from math import log

import numpy as np
import pytest

from rung.errors import MissingExtra
from rung.retrieval import LexicalIndex, tokens
from rung.retrieval.lexical import K1, B

TEXTS = ["small cell lymphoma", "large cell lymphoma of the large bowel", "fracture of the rib", "rib"]


def bm25_by_hand(query: str, texts: list[str]) -> list[float]:
    """Robertson and Zaragoza (2009), equation 3.15, with ln(1 + (N - n + .5) / (n + .5)), term by term."""
    documents = [tokens(text) for text in texts]
    mean_length = sum(map(len, documents)) / len(documents)
    scores = []
    for document in documents:
        score = 0.0
        for term in tokens(query):
            containing = sum(term in other for other in documents)
            idf = log(1 + (len(documents) - containing + 0.5) / (containing + 0.5))
            count = document.count(term)
            score += idf * count / (count + K1 * (1 - B + B * len(document) / mean_length)) if containing else 0.0
        scores.append(score)
    return scores


@pytest.mark.parametrize("query", ["large cell", "rib", "the the rib", "unheard of", "lymphoma"])
def test_scores_follow_the_published_formula(query: str) -> None:
    np.testing.assert_allclose(LexicalIndex(TEXTS).scores(query), bm25_by_hand(query, TEXTS), rtol=1e-5)


def test_the_best_text_comes_first_and_equal_texts_keep_their_order() -> None:
    positions, scores = LexicalIndex(["rib", "bowel", "rib"]).search(["rib"], 3)
    assert positions.tolist() == [[0, 2, 1]]
    assert scores[0, 0] == scores[0, 1] > scores[0, 2] == 0


def test_a_row_is_no_longer_than_the_collection() -> None:
    positions, scores = LexicalIndex(TEXTS).search(["rib", "cell"], 50)
    assert positions.shape == scores.shape == (2, 4)


@pytest.mark.parametrize("query", ["", "?!", "🙂", "neverseen"])
def test_a_query_without_known_terms_scores_nothing(query: str) -> None:
    _, scores = LexicalIndex(TEXTS).search([query], 4)
    assert scores.tolist() == [[0, 0, 0, 0]]


@pytest.mark.parametrize("texts", [[], [""], ["?", "!"]])
def test_a_collection_without_terms_can_be_searched(texts: list[str]) -> None:
    positions, scores = LexicalIndex(texts).search(["rib"], 2)
    assert positions.shape == (1, len(texts))
    assert not scores.any()


def test_nothing_is_written_to_the_terminal(capfd: pytest.CaptureFixture[str]) -> None:
    LexicalIndex(TEXTS).search(["rib"] * 20, 2)
    assert capfd.readouterr() == ("", "")


def test_a_missing_library_is_one_sentence_with_its_install_command(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "bm25s", None)
    with pytest.raises(MissingExtra, match=r"pip install 'rung\[local\]'"):
        LexicalIndex(TEXTS)
