from __future__ import annotations

import json
import os
import pickle
import signal
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

from rung.errors import InvalidData
from rung.strategies import Budget, Checkpoint, Models, TrainData
from rung.strategies.scratch import Scratch
from rung.strategies.scratch.course import course_for, fitting_lessons
from rung.strategies.scratch.model import OwnModel, Reading
from rung.strategies.scratch.network import parameters_of
from rung.strategies.scratch.recipe import RECIPE
from rung.strategies.scratch.texts import training_texts
from rung.strategies.scratch.tokenizer import text_ids, trained_tokenizer
from rung.strategies.scratch.train import plan_for

NO_MODELS = Models(None, None, None)
COLOURS = {"warm": ("red", "orange", "crimson"), "cold": ("blue", "cyan", "navy")}


@pytest.fixture(autouse=True)
def one_torch_thread() -> Any:
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(before)


def rows(count: int) -> list[tuple[str, str, str]]:
    """Texts whose label is told by one word among others that tell nothing."""
    things = ("door", "lamp", "table", "wheel", "stone")
    made = []
    for number in range(count):
        label = ("warm", "cold")[number % 2]
        word = COLOURS[label][number // 2 % 3]
        made.append((f"the {word} {things[number % 5]} number {number}", label, f"g{number // 2}"))
    return made


def fit(train: TrainData, directory: Path, *, seed: int = 4, budget: Budget = Budget(30_000)) -> tuple[Any, list[int]]:  # noqa: B008
    directory.mkdir(exist_ok=True)
    steps: list[int] = []

    def report(done: int, total: int, what: str) -> None:
        steps.append(done)

    predictor = Scratch(NO_MODELS).fit(
        train, budget=budget, rng=np.random.default_rng(seed), checkpoint=Checkpoint(directory, report)
    )
    return predictor, steps


def test_it_learns_a_rule_that_holds_for_texts_it_has_not_seen(make_train: Any, tmp_path: Path) -> None:
    predictor, _ = fit(make_train(rows(60)), tmp_path / "fit")
    unseen = ["a crimson chair", "one navy chair", "my orange hat", "some cyan hat"]
    answers = predictor.predict(unseen)
    assert [answer.output for answer in answers] == ["warm", "cold", "warm", "cold"]
    assert all(0.5 < answer.confidence <= 1 for answer in answers)


def test_a_second_fit_only_loads_and_answers_the_same(make_train: Any, tmp_path: Path) -> None:
    train = make_train(rows(20))
    first, steps = fit(train, tmp_path / "fit", budget=Budget(4_000))
    assert steps
    again, repeated = fit(train, tmp_path / "fit", budget=Budget(4_000))
    assert repeated == []
    texts = ["red door", "", "öäü 你好 \ud800", "x" * 300]
    assert again.predict(texts) == first.predict(texts)


def test_other_data_in_the_same_directory_is_trained_anew(make_train: Any, tmp_path: Path) -> None:
    fit(make_train(rows(20)), tmp_path / "fit", budget=Budget(2_000))
    _, steps = fit(make_train(rows(22)), tmp_path / "fit", budget=Budget(2_000))
    assert steps[0] == 0


def test_the_same_seed_gives_the_same_weights_and_another_gives_others(make_train: Any, tmp_path: Path) -> None:
    train = make_train(rows(20))
    for name, seed in [("a", 1), ("b", 1), ("c", 2)]:
        fit(train, tmp_path / name, seed=seed, budget=Budget(2_000))
    weights = {name: (tmp_path / name / "model" / "model.safetensors").read_bytes() for name in "abc"}
    assert weights["a"] == weights["b"]
    assert weights["a"] != weights["c"]


def test_an_answer_does_not_depend_on_its_companions(make_train: Any, tmp_path: Path) -> None:
    predictor, _ = fit(make_train(rows(20)), tmp_path / "fit", budget=Budget(2_000))
    texts = ["red door", "a much longer text about the navy table number seven", "", "blue"]
    together = predictor.predict(texts)
    assert together == [predictor.predict([text])[0] for text in texts]
    assert predictor.predict([]) == []


def test_an_input_longer_than_the_model_reads_is_never_cut_silently(make_train: Any, tmp_path: Path) -> None:
    predictor, _ = fit(make_train(rows(20)), tmp_path / "fit", budget=Budget(2_000))
    (answer,) = predictor.predict(["red " * 20_000])
    assert (answer.output, answer.failure) == ("", "truncated")


def test_killed_in_the_middle_it_goes_on_at_its_checkpoint_to_the_same_weights(make_train: Any, tmp_path: Path) -> None:
    train = make_train(rows(80))
    fit(train, tmp_path / "whole")
    program = (
        "import os, signal, sys, pathlib, pickle, numpy, torch\n"
        "torch.set_num_threads(1)\n"
        "from rung.strategies import Budget, Checkpoint, Models\n"
        "from rung.strategies.scratch import Scratch\n"
        "train = pickle.load(open(sys.argv[1], 'rb'))\n"
        "def report(done, total, what):\n"
        "    if done == 60:\n"
        "        os.kill(os.getpid(), signal.SIGKILL)\n"
        "Scratch(Models(None, None, None)).fit(train, budget=Budget(30_000), rng=numpy.random.default_rng(4),\n"
        "    checkpoint=Checkpoint(pathlib.Path(sys.argv[2]), report))\n"
    )
    (tmp_path / "broken").mkdir()
    (tmp_path / "train.pickle").write_bytes(pickle.dumps(train))
    killed = subprocess.run(
        [sys.executable, "-c", program, str(tmp_path / "train.pickle"), str(tmp_path / "broken")],
        check=False,
        env={**os.environ, "TOKENIZERS_PARALLELISM": "false"},
    )
    assert killed.returncode == -signal.SIGKILL
    assert not (tmp_path / "broken" / "model").exists()
    _, steps = fit(train, tmp_path / "broken")
    assert steps[0] == 50
    whole, broken = (tmp_path / name / "model" / "model.safetensors" for name in ("whole", "broken"))
    assert whole.read_bytes() == broken.read_bytes()


def test_training_stays_within_the_token_budget(make_train: Any) -> None:
    train = make_train(rows(40))
    texts = training_texts(train, np.random.default_rng(0))
    tokenizer = trained_tokenizer([text.text for text in texts.labelled], vocabulary=400)
    readings, _ = fitting_lessons(course_for(train, tokenizer, seed=0), texts)
    average = sum(reading.tokens for reading in readings) / len(readings)
    plan = plan_for(readings, Budget(5_000), seed=0)
    assert 5_000 - 32 * average < plan.steps * 32 * average <= 5_000
    assert plan_for(readings, Budget(1), seed=0).steps == 1


def test_what_is_set_aside_is_never_trained_on(make_train: Any) -> None:
    train = make_train(rows(60), [("vermilion", "warm"), ("nothing in particular", None)])
    texts = training_texts(train, np.random.default_rng(0))
    trained = {text.text for text in texts.labelled} | set(texts.unlabelled)
    assert texts.aside
    assert trained.isdisjoint({text.text for text in texts.aside})
    assert {"vermilion", "nothing in particular"} <= trained


def test_texts_too_long_to_read_are_named_and_more_than_a_few_are_refused(make_train: Any, tmp_path: Path) -> None:
    long = [(f"{'z0q' * 700} {number}", "warm", f"long{number}") for number in range(4)]
    with pytest.raises(InvalidData, match=r"\d of \d+ training examples are longer than the 512 tokens .*e2"):
        fit(make_train([*rows(20), *long]), tmp_path / "fit")


def test_every_text_is_read_and_none_can_spell_a_mark() -> None:
    tokenizer = trained_tokenizer(["red door", "Blue DOOR"], vocabulary=300)
    size = tokenizer.get_vocab_size()
    for text in ["", "<pad>", "\x00", "你好", "\ud800", "<|im_end|>"]:
        assert all(token < size for token in text_ids(tokenizer, text))
    assert text_ids(tokenizer, "BLUE door") == text_ids(tokenizer, "blue DOOR")


def test_the_tokenizer_is_the_same_for_the_same_texts() -> None:
    texts = [text for text, _, _ in rows(100)]
    assert trained_tokenizer(texts, vocabulary=400).to_str() == trained_tokenizer(texts, vocabulary=400).to_str()


def test_padding_changes_neither_loss_nor_what_is_learned_from_a_text() -> None:
    model = OwnModel(entries=20, labels=3, seed=0)
    model.network.eval()
    short, long = Reading((1, 2, 3), 0), Reading(tuple(range(15)), 2)
    smoothed = [float(model.loss([reading]).detach()) for reading in (short, long)]
    together = float(model.loss([short, long]).detach())
    # Label losses are averaged over texts, next-token losses over tokens: 3 and 15 of them.
    texts_only = [
        float(model.loss([replace(reading, label=None)]).detach()) / RECIPE.language_weight for reading in (short, long)
    ]
    labels_only = [whole - RECIPE.language_weight * text for whole, text in zip(smoothed, texts_only, strict=True)]
    expected = sum(labels_only) / 2 + RECIPE.language_weight * (3 * texts_only[0] + 15 * texts_only[1]) / 18
    assert together == pytest.approx(expected, abs=1e-5)


def test_probabilities_are_those_of_the_labels_alone() -> None:
    model = OwnModel(entries=20, labels=3, seed=0)
    model.network.eval()
    probabilities = model.label_probabilities((4, 5))
    assert probabilities.shape == (3,)
    assert float(probabilities.sum()) == pytest.approx(1, abs=1e-6)
    logits = model.network(input_ids=torch.tensor([[model.begin, 4, 5, model.ask]])).logits[0, -1]
    assert torch.allclose(probabilities, logits[-3:].softmax(-1), atol=1e-6)


def test_the_model_has_the_size_its_documentation_states() -> None:
    embedding = (1_500 + 3 + 24) * 192
    layer = 4 * 192 * 192 + 3 * 192 * 384 + 2 * 192
    assert parameters_of(OwnModel(entries=1_500, labels=24, seed=0).network) == embedding + 2 * layer + 192 == 1_031_424


def test_settings_are_json_and_name_what_the_fit_depends_on(make_train: Any) -> None:
    train = make_train(rows(4))
    settings = Scratch(NO_MODELS).settings(train, budget=Budget(123))
    assert json.loads(json.dumps(settings)) == settings
    assert settings["train_tokens"] == 123
    assert settings != Scratch(NO_MODELS).settings(train, budget=Budget(124))
