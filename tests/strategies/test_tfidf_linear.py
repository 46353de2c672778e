from __future__ import annotations

import json
from collections.abc import Callable
from math import log, sqrt

import numpy as np
import pytest

from rung.errors import InvalidData
from rung.strategies import Budget, Checkpoint, Models, TrainData
from rung.strategies.tfidf_linear import TfidfLinear
from rung.strategies.tfidf_linear.normal_form import normalised
from rung.strategies.tfidf_linear.train import WordsAndCharacters

NO_MODELS = Models(None, None, None)
ROWS = [
    (f"{text} {number}", label, f"{label}{number}")
    for number in range(6)
    for text, label in (("broken rib", "S"), ("sore tooth", "K"), ("short breath", "J"))
]


def test_a_word_weighs_what_the_formula_says() -> None:
    """Texts without inner characters in common, so that the word half alone can be worked out: tf is 1, idf is
    ln((1 + n) / (1 + df)) + 1, rows of unit length."""
    features = WordsAndCharacters(["qq ww", "qq"])
    row = features.matrix(["qq ww"])[0, :3].toarray()[0]  # qq, "qq ww", ww
    common, rare = log(3 / 3) + 1, log(3 / 2) + 1
    length = sqrt(common**2 + 2 * rare**2)
    np.testing.assert_allclose(row, [common / length, rare / length, rare / length])


def test_a_misspelt_word_is_recognised_by_its_characters(
    make_train: Callable[..., TrainData], rng: np.random.Generator, checkpoint: Checkpoint
) -> None:
    predictor = TfidfLinear(NO_MODELS).fit(make_train(ROWS), budget=Budget(), rng=rng, checkpoint=checkpoint)
    answers = predictor.predict(["BROKKEN RIBB", "toothhhh", "breathhing"])
    assert [answer.output for answer in answers] == ["S", "K", "J"]
    assert all(answer.confidence is not None and 1 / 3 < answer.confidence <= 1 for answer in answers)


def test_words_that_only_the_corpus_knows_are_learnt_from_it(
    make_train: Callable[..., TrainData], rng: np.random.Generator, checkpoint: Checkpoint
) -> None:
    """Every group has a word of its own, so only the corpus, which has them all, can tell a held-out group."""
    words = ["zebra", "quilt", "mango", "ivory", "cobalt", "willow", "pewter", "falcon", "ginger", "sphinx"]
    rows = [(f"{word} {n}", "A" if i % 2 else "B", word) for i, word in enumerate(words) for n in ("one", "two")]
    corpus = [(word, "A" if i % 2 else "B") for i, word in enumerate([*words, "saddle"])]
    train = make_train(rows, corpus)
    predictor = TfidfLinear(NO_MODELS).fit(train, budget=Budget(), rng=rng, checkpoint=checkpoint)
    assert predictor.predict(["saddle"])[0].output == "B"
    assert json.loads((checkpoint.directory / "fit.json").read_text(encoding="utf-8"))["choice"]["with_corpus"] is True


def test_texts_of_signs_alone_are_told_apart_by_characters(
    make_train: Callable[..., TrainData], rng: np.random.Generator, checkpoint: Checkpoint
) -> None:
    rows = [("?!?" + "!" * n, "q", f"q{n}") for n in range(4)] + [("🙂🙃" + "🙂" * n, "s", f"s{n}") for n in range(4)]
    predictor = TfidfLinear(NO_MODELS).fit(make_train(rows), budget=Budget(), rng=rng, checkpoint=checkpoint)
    assert [answer.output for answer in predictor.predict(["?!", "🙂🙃"])] == ["q", "s"]


def test_blank_training_texts_are_refused(
    make_train: Callable[..., TrainData], rng: np.random.Generator, checkpoint: Checkpoint
) -> None:
    with pytest.raises(InvalidData, match="blank"):
        TfidfLinear(NO_MODELS).fit(
            make_train([(" ", "a"), ("\n", "b")]), budget=Budget(), rng=rng, checkpoint=checkpoint
        )


def test_one_label_is_refused_with_the_remedy(
    make_train: Callable[..., TrainData], rng: np.random.Generator, checkpoint: Checkpoint
) -> None:
    with pytest.raises(InvalidData, match=r"at least 2 labels, got 1; add examples"):
        TfidfLinear(NO_MODELS).fit(make_train([("x", "a")] * 3), budget=Budget(), rng=rng, checkpoint=checkpoint)


def test_a_saved_choice_spares_the_cross_validation(
    make_train: Callable[..., TrainData], checkpoint: Checkpoint
) -> None:
    said: list[str] = []
    watched = Checkpoint(checkpoint.directory, lambda done, total, what: said.append(what))
    for _ in range(2):
        TfidfLinear(NO_MODELS).fit(make_train(ROWS), budget=Budget(), rng=np.random.default_rng(0), checkpoint=watched)
        said.append("done")
    assert said.count("cross-validating") == 5
    assert said[said.index("done") :] == ["done", "fitting the head", "done"]


@pytest.mark.parametrize(("text", "same"), [("ＲＩＢ", "rib"), ("ﬁssure", "fissure"), ("STRASSE", "straße")])
def test_spellings_of_one_word_meet(text: str, same: str) -> None:
    assert normalised(text) == normalised(same)
