"""The model of one's own where it writes its answers: records, several labels, answers to questions."""

from __future__ import annotations

import json
import os
import pickle
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from torch.nn.functional import cross_entropy

from rung.errors import InvalidData
from rung.strategies import Budget, Checkpoint, Models, TrainData
from rung.strategies.asking import NO_ANSWER
from rung.strategies.scratch import Scratch
from rung.strategies.scratch.recipe import RECIPE
from rung.strategies.scratch.texts import spelled, training_texts
from rung.strategies.scratch.tokenizer import ids_text, text_ids, trained_tokenizer
from rung.strategies.scratch.writer import OwnWriter, Writing
from rung.task.example import CorpusEntry, Example
from rung.task.task import DataPaths, Kind, Task

NO_MODELS = Models(None, None, None)
SCHEMA = {"type": "object", "properties": {"Tone": {"type": "string"}}}
TONES = {"red": "Warm", "orange": "Warm", "blue": "Cold", "navy": "Cold"}


@pytest.fixture(autouse=True)
def one_torch_thread() -> Any:
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(before)


def train_of(
    kind: Kind,
    rows: list[tuple[str, str]],
    directory: Path,
    *,
    corpus: tuple[CorpusEntry, ...] = (),
    labels: tuple[str, ...] = (),
) -> TrainData:
    schema = SCHEMA if kind == "extract" else None
    task = Task("t", kind, directory, DataPaths(directory / "x"), multi_label=bool(labels), output_schema=schema)
    examples = [
        Example(f"e{number}", text, expected, f"g{number // 2}") for number, (text, expected) in enumerate(rows)
    ]
    return TrainData(task, examples, corpus, labels)


def records(count: int) -> list[tuple[str, str]]:
    """Records that one word tells, among others that tell nothing."""
    things, colours = ("door", "lamp", "table", "wheel", "stone"), tuple(TONES)
    return [
        (f"the {colours[number % 4]} {things[number % 5]} {number}", json.dumps({"Tone": TONES[colours[number % 4]]}))
        for number in range(count)
    ]


def fit(train: TrainData, directory: Path, *, budget: Budget = Budget(2_000)) -> tuple[Any, list[int]]:  # noqa: B008
    directory.mkdir(exist_ok=True)
    steps: list[int] = []

    def report(done: int, total: int, what: str) -> None:
        steps.append(done)

    predictor = Scratch(NO_MODELS).fit(
        train, budget=budget, rng=np.random.default_rng(4), checkpoint=Checkpoint(directory, report)
    )
    return predictor, steps


def test_it_learns_to_write_records_for_texts_it_has_not_seen(tmp_path: Path) -> None:
    predictor, _ = fit(train_of("extract", records(80), tmp_path), tmp_path / "fit", budget=Budget(60_000))
    answers = predictor.predict(["the red door 97", "the navy lamp 85", "orange wheel 91", "the blue one"])
    assert [json.loads(answer.output) for answer in answers] == [{"Tone": tone} for tone in ("Warm", "Cold") * 2]
    for answer in answers:
        assert answer.failure is None
        assert 0.5 < answer.confidence <= 1


def test_several_labels_come_back_sorted_and_none_as_an_empty_array(tmp_path: Path) -> None:
    rows = [("red door", '["Door", "warm"]'), ("blue hat", '["cold"]'), ("hello", "[]"), ("red", '["warm"]')] * 20
    corpus = (CorpusEntry("c1", "crimson", "", "warm"), CorpusEntry("c2", "opening hours", "", None))
    train = train_of("classify", rows, tmp_path, corpus=corpus, labels=("Door", "cold", "warm"))
    texts = training_texts(train, np.random.default_rng(0))
    assert [text.label for text in texts.labelled if text.id == "corpus:c1"] == ['["warm"]']
    assert texts.unlabelled == ("opening hours",)
    predictor, _ = fit(train, tmp_path / "fit", budget=Budget(60_000))
    answers = predictor.predict(["red door", "blue hat", "hello", "red"])
    assert [answer.output for answer in answers] == ['["Door", "warm"]', '["cold"]', "[]", '["warm"]']


def test_a_model_taught_that_there_is_no_answer_abstains(tmp_path: Path) -> None:
    predictor, _ = fit(
        train_of("answer", [(f"who is {name}?", "") for name in "abcdefgh" * 8], tmp_path),
        tmp_path / "fit",
        budget=Budget(30_000),
    )
    (answer,) = predictor.predict(["who is c?"])
    assert (answer.output, answer.abstained, answer.failure) == ("", True, None)


def test_answers_that_are_all_different_are_set_aside_too_and_never_trained_on(tmp_path: Path) -> None:
    rows = [(f"question {number}", f"answer {number}" if number % 5 else "") for number in range(60)]
    corpus = (CorpusEntry("c", "Hours", "Open at nine."),)
    train = train_of("answer", rows, tmp_path, corpus=corpus)
    texts = training_texts(train, np.random.default_rng(0))
    assert len(texts.aside) == 6, "12 % of 60 in whole groups of two"
    assert not {text.id for text in texts.aside} & {text.id for text in texts.labelled}
    assert len(texts.aside) + len(texts.labelled) == 60
    assert NO_ANSWER in {text.label for text in texts.labelled}
    assert texts.unlabelled == ("Hours. Open at nine.",)
    assert {"answer 1", "Hours. Open at nine."} <= set(spelled(texts, train.task)) | {t.label for t in texts.aside}


def test_an_answer_depends_on_its_own_text_alone_and_a_second_fit_only_loads(tmp_path: Path) -> None:
    train = train_of("extract", records(20), tmp_path)
    first, steps = fit(train, tmp_path / "fit")
    again, repeated = fit(train, tmp_path / "fit")
    assert steps
    assert repeated == []
    texts = ["the red door", "", "öäü 你好 \ud800", "x" * 300, "<end>"]
    together = first.predict(texts)
    assert together == [again.predict([text])[0] for text in texts]
    assert again.predict(texts[::-1]) == together[::-1]


def test_a_model_of_another_kind_of_task_is_not_taken_for_this_one(tmp_path: Path) -> None:
    rows = records(20)
    for train in (train_of("extract", rows, tmp_path), train_of("answer", rows, tmp_path)):
        _, steps = fit(train, tmp_path / "fit")
        assert steps[0] == 0
    kinds = [train_of("extract", rows, tmp_path), train_of("answer", rows, tmp_path)]
    kinds += [train_of("classify", rows, tmp_path, labels=("a", "b"))]
    settings = [json.dumps(Scratch(NO_MODELS).settings(train, budget=Budget()), sort_keys=True) for train in kinds]
    assert len(set(settings)) == 3


def test_killed_in_the_middle_it_goes_on_at_its_checkpoint_to_the_same_weights(tmp_path: Path) -> None:
    train = train_of("extract", records(80), tmp_path)
    fit(train, tmp_path / "whole", budget=Budget(40_000))
    program = (
        "import os, signal, sys, pathlib, pickle, numpy, torch\n"
        "torch.set_num_threads(1)\n"
        "from rung.strategies import Budget, Checkpoint, Models\n"
        "from rung.strategies.scratch import Scratch\n"
        "train = pickle.load(open(sys.argv[1], 'rb'))\n"
        "def report(done, total, what):\n"
        "    if done == 60:\n"
        "        os.kill(os.getpid(), signal.SIGKILL)\n"
        "Scratch(Models(None, None, None)).fit(train, budget=Budget(40_000), rng=numpy.random.default_rng(4),\n"
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
    _, steps = fit(train, tmp_path / "broken", budget=Budget(40_000))
    assert steps[0] == 50
    whole, broken = (tmp_path / name / "model" / "model.safetensors" for name in ("whole", "broken"))
    assert whole.read_bytes() == broken.read_bytes()


def test_texts_too_long_to_learn_and_to_read_are_named(tmp_path: Path) -> None:
    rows = [*records(20), *((f"{'z0q' * 900} {number}", '{"Tone": "Warm"}') for number in range(4))]
    with pytest.raises(InvalidData, match=r"\d of \d+ training examples are longer than the 769 tokens .*e2"):
        fit(train_of("extract", rows, tmp_path), tmp_path / "long")
    predictor, _ = fit(train_of("extract", records(20), tmp_path), tmp_path / "fit")
    (answer,) = predictor.predict(["red " * 20_000])
    assert (answer.output, answer.failure, answer.output_tokens) == ("", "truncated", 0)


def test_what_it_writes_is_spelled_to_the_letter() -> None:
    texts = ['{"Größe": "ﬁn  Ⅷ", "n": [1, 2.50]}', "Straße", "你好"]
    tokenizer = trained_tokenizer(texts, vocabulary=300, verbatim=True)
    for text in [*texts, "ÀÉ never seen ½"]:
        assert ids_text(tokenizer, text_ids(tokenizer, text)) == text


def writer() -> OwnWriter:
    made = OwnWriter(entries=20, seed=0)
    made.network.eval()
    return made


def log_probabilities(model: OwnWriter, ids: list[int]) -> torch.Tensor:
    """Of every next token, shape (len(ids) - 1,), by a plain pass without padding."""
    with torch.inference_mode():
        logits = model.network(input_ids=torch.tensor([ids])).logits[0].log_softmax(-1)
    chosen: torch.Tensor = logits[torch.arange(len(ids) - 1), torch.tensor(ids[1:])]
    return chosen


def test_the_loss_is_that_of_text_and_answer_each_by_itself_whatever_the_padding() -> None:
    model = writer()
    lessons = [Writing((1, 2, 3), (7, 8)), Writing(tuple(range(15)), (9,)), Writing((4, 5), None)]
    texts, answers = [], []
    for lesson in lessons:
        ids = [model.begin, *lesson.text, model.ask, *(lesson.answer or ())]
        ids += [model.end] if lesson.answer is not None else []
        steps = log_probabilities(model, ids)
        texts.append(steps[: len(lesson.text)])
        if lesson.answer is not None:
            with torch.inference_mode():
                logits = model.network(input_ids=torch.tensor([ids])).logits[0, len(lesson.text) + 1 : -1]
            answers.append((logits, torch.tensor([*lesson.answer, model.end])))
            assert model.answer_probability(lesson) == pytest.approx(
                float(steps[len(lesson.text) + 1 :].mean().exp()), rel=1e-4
            )
    smoothed = cross_entropy(
        torch.cat([logits for logits, _ in answers]),
        torch.cat([targets for _, targets in answers]),
        label_smoothing=RECIPE.label_smoothing,
    )
    expected = RECIPE.language_weight * -float(torch.cat(texts).mean()) + float(smoothed)
    assert float(model.loss(lessons).detach()) == pytest.approx(expected, abs=1e-4)


def test_it_writes_the_likeliest_token_at_every_step_and_no_mark_but_its_end() -> None:
    model = writer()
    written = model.write((4, 5, 6), most_tokens=12)
    ids = [model.begin, 4, 5, 6, model.ask]
    with torch.inference_mode():
        for token in (*written.tokens, *([model.end] if written.ended else [])):
            logits = model.network(input_ids=torch.tensor([ids])).logits[0, -1]
            logits[[model.padding, model.begin, model.ask]] = -torch.inf
            assert token == int(logits.argmax())
            ids.append(token)
    assert len(written.tokens) == 12 or written.ended
    steps = log_probabilities(model, ids)[4:]
    assert written.confidence == pytest.approx(float(steps.mean().exp()), rel=1e-4)
    assert model.room_behind(RECIPE.longest_text_tokens) == 256 + 1
