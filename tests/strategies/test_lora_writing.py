"""The adapter where it writes its answers: records, several labels, answers over a corpus, free texts."""

from __future__ import annotations

import copy
import json
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from safetensors.torch import load_file
from tokenizers import Tokenizer, decoders, models, normalizers, pre_tokenizers
from transformers import LlamaConfig, LlamaForCausalLM, PreTrainedTokenizerFast

from rung.errors import InvalidData, ModelUnavailable, TrainingFailed
from rung.learning.greedy import GreedyWriter
from rung.strategies import Budget, Checkpoint, Models, TrainData
from rung.strategies.asking import NO_ANSWER, most_tokens
from rung.strategies.lora import Lora
from rung.strategies.lora.learned_texts import learned_texts
from rung.strategies.lora.notes import Notes
from rung.strategies.lora.recipe import WRITING
from rung.task.example import CorpusEntry, Example
from rung.task.protocols import Encoder, Prompt, Written
from rung.task.task import DataPaths, Kind, Task

TEMPLATE = (
    "{% for m in messages %}<|im_start|>{{ m['role'] }}\n{{ m['content'] }}<|im_end|>\n{% endfor %}"
    "{% if add_generation_prompt %}<|im_start|>assistant\n{% endif %}"
)
SCHEMA = {"type": "object", "properties": {"tone": {"type": "string"}}}
CORPUS = [
    CorpusEntry("red", "Red", "Red is a warm colour."),
    CorpusEntry("blue", "Blue", "Blue is a cold colour."),
    CorpusEntry("grey", "Grey", "Grey is neither."),
    CorpusEntry("door", "Doors", "Doors are painted every year."),
    CorpusEntry("long", "Red and blue", "red blue " * 400),
]


def byte_tokenizer(*, lower: bool = False) -> Any:
    """One token a byte, with turns; `lower` loses the case of letters."""
    letters = {letter: number for number, letter in enumerate(sorted(pre_tokenizers.ByteLevel.alphabet()))}
    raw = Tokenizer(models.BPE(vocab=letters, merges=[]))
    if lower:
        raw.normalizer = normalizers.Lowercase()
    raw.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    raw.decoder = decoders.ByteLevel()
    fast: Any = PreTrainedTokenizerFast
    tokenizer = fast(tokenizer_object=raw, bos_token="<|im_start|>", eos_token="<|im_end|>", pad_token="<|im_end|>")
    tokenizer.chat_template = TEMPLATE
    return tokenizer


class TinyBase:
    """A real Llama of two layers with fixed random weights."""

    identity = "tiny"

    def __init__(self, tokenizer: Any = None) -> None:
        self.tokenizer = tokenizer or byte_tokenizer()
        with torch.random.fork_rng(devices=[]):
            torch.manual_seed(3)
            config = LlamaConfig(
                vocab_size=len(self.tokenizer),
                hidden_size=64,
                intermediate_size=96,
                num_hidden_layers=2,
                num_attention_heads=4,
                num_key_value_heads=2,
                max_position_embeddings=8192,
                initializer_range=0.15,
            )
            model: Any = LlamaForCausalLM(config)
            self.model = model.eval()

    def load(self) -> tuple[Any, Any]:
        return copy.deepcopy(self.model), self.tokenizer


@pytest.fixture(autouse=True)
def one_torch_thread() -> Any:
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(before)


def make_task(kind: Kind, directory: Path, *, several: bool = False) -> Task:
    schema = SCHEMA if kind == "extract" else None
    return Task("t", kind, directory, DataPaths(directory / "x"), "Go.", multi_label=several, output_schema=schema)


def train_of(
    kind: Kind,
    rows: Sequence[tuple[str, str]],
    directory: Path,
    *,
    corpus: Sequence[CorpusEntry] = (),
    labels: tuple[str, ...] = (),
    passages: Sequence[tuple[str, ...]] = (),
) -> TrainData:
    held = passages or [()] * len(rows)
    examples = [
        Example(f"e{number}", text, expected, f"g{number}", passages=held[number])
        for number, (text, expected) in enumerate(rows)
    ]
    return TrainData(make_task(kind, directory, several=bool(labels)), examples, corpus, labels)


def records(count: int) -> list[tuple[str, str]]:
    tones = {"red": "warm", "blue": "cold"}
    return [
        (f"{colour} {number}", json.dumps({"tone": tones[colour]}))
        for number in range(count)
        for colour in [("red", "blue")[number % 2]]
    ]


def fit(
    train: TrainData,
    directory: Path,
    *,
    base: TinyBase | None = None,
    encoder: Encoder | None = None,
    budget: Budget = Budget(2_000),  # noqa: B008
    report: Callable[[int, int, str], None] | None = None,
) -> tuple[Any, list[int]]:
    directory.mkdir(exist_ok=True)
    steps: list[int] = []

    def count(done: int, total: int, what: str) -> None:
        steps.append(done)
        if report is not None:
            report(done, total, what)

    predictor = Lora(Models(None, encoder, base or TinyBase())).fit(
        train, budget=budget, rng=np.random.default_rng(4), checkpoint=Checkpoint(directory, count)
    )
    return predictor, steps


def test_it_learns_to_write_records_and_to_stop(tmp_path: Path) -> None:
    predictor, _ = fit(train_of("extract", records(60), tmp_path), tmp_path / "fit", budget=Budget(60_000))
    answers = predictor.predict(["red 77", "blue 78", "red 91", "blue 95"])
    assert [answer.output for answer in answers] == [expected for _, expected in records(4)]
    for answer in answers:
        assert (answer.failure, answer.retrieved) == (None, ())
        assert answer.output_tokens == len(answer.output.encode()) + 1, "a token a byte, and the end of the turn"
        assert 0.5 < answer.confidence <= 1


def test_an_answer_is_the_same_alone_and_in_company(tmp_path: Path) -> None:
    predictor, _ = fit(train_of("extract", records(12), tmp_path), tmp_path / "fit")
    texts = ["red 1", "blue " * 50, "", "<|im_end|>", "green 4"]
    together = predictor.predict(texts)
    assert [predictor.predict([text])[0] for text in texts] == together
    assert predictor.predict(texts[::-1]) == together[::-1]


def test_interrupted_it_goes_on_to_the_same_adapter(tmp_path: Path) -> None:
    train = train_of("extract", records(40), tmp_path)

    def interrupt(done: int, total: int, what: str) -> None:
        if done == 12:
            raise KeyboardInterrupt

    budget = Budget(10_000)
    fit(train, tmp_path / "whole", budget=budget)
    with pytest.raises(KeyboardInterrupt):
        fit(train, tmp_path / "broken", budget=budget, report=interrupt)
    _, steps = fit(train, tmp_path / "broken", budget=budget)
    assert steps[0] == 10
    whole, broken = (
        load_file(tmp_path / name / "adapter" / "adapter_model.safetensors") for name in ("whole", "broken")
    )
    assert all(torch.equal(whole[name], broken[name]) for name in whole)


def test_an_adapter_of_another_kind_of_task_is_not_taken_for_this_one(tmp_path: Path) -> None:
    rows = [("red", "warm"), ("blue", "cold"), ("navy", "cold"), ("pink", "warm")]
    labels = ("cold", "warm")
    several = train_of("classify", [(text, json.dumps([label])) for text, label in rows], tmp_path, labels=labels)
    single = TrainData(make_task("classify", tmp_path), train_of("generate", rows, tmp_path).examples, (), labels)
    tasks = [train_of(kind, rows, tmp_path) for kind in ("generate", "answer")] + [several, single]
    strategy = Lora(Models(None, None, None))
    settings = [json.dumps(strategy.settings(train, budget=Budget()), sort_keys=True) for train in tasks]
    assert len(set(settings)) == 4
    for train in tasks:
        _, steps = fit(train, tmp_path / "fit")
        assert steps[0] == 0


def test_labels_of_a_corpus_are_learned_as_arrays_and_answers_come_back_sorted(tmp_path: Path) -> None:
    rows = [("red door", '["door", "warm"]'), ("blue", '["cold"]'), ("hello", "[]"), ("red", '["warm"]')] * 40
    corpus = [CorpusEntry("c1", "crimson", "", "warm"), CorpusEntry("c2", "navy", "", "cold")]
    train = train_of("classify", rows, tmp_path, corpus=corpus, labels=("cold", "door", "warm"))
    texts = learned_texts(train, None, np.random.default_rng(0))
    assert {text.label for text in texts if text.id.startswith("corpus:")} == {'["warm"]', '["cold"]'}
    predictor, _ = fit(train, tmp_path / "fit", budget=Budget(60_000))
    answers = predictor.predict(["red door", "blue", "hello", "red"])
    assert [answer.output for answer in answers] == ['["door", "warm"]', '["cold"]', "[]", '["warm"]']


def test_a_model_taught_that_there_is_no_answer_abstains(tmp_path: Path) -> None:
    rows = [(f"who is {name}?", "") for name in "abcdefghijkl" * 10]
    predictor, _ = fit(train_of("answer", rows, tmp_path), tmp_path / "fit", budget=Budget(30_000))
    (answer,) = predictor.predict(["who is m?"])
    assert (answer.output, answer.abstained, answer.failure) == ("", True, None)


def test_questions_about_a_corpus_are_trained_and_asked_with_the_passages_found(tmp_path: Path, encoder: Any) -> None:
    rows = [("is red warm?", "warm"), ("is blue cold?", "cold"), ("who sings?", "")]
    train = train_of("answer", rows, tmp_path, corpus=CORPUS)
    notes = Notes(CORPUS, encoder, byte_tokenizer())
    texts = learned_texts(train, notes, np.random.default_rng(0))
    assert [text.label for text in texts] == ["warm", "cold", NO_ANSWER]
    assert [len(text.notes) for text in texts] == [WRITING.notes] * 3
    predictor, _ = fit(train, tmp_path / "fit", encoder=encoder)
    for text, answer in zip(texts, predictor.predict([text for text, _ in rows]), strict=True):
        passages = {entry.id: entry.passage for entry in CORPUS}
        assert tuple(passages[entry] for entry in answer.retrieved) == text.notes
        assert answer.input_tokens > len("".join(text.notes).encode())


def test_a_passage_without_room_is_passed_over(encoder: Any) -> None:
    (found,) = Notes(CORPUS, encoder, byte_tokenizer()).find(["red and blue, red blue"])
    assert len(found.notes) == WRITING.notes
    assert "long" not in found.ids, "3,600 bytes are more than the notes may have"


def test_where_no_passage_found_holds_the_answer_one_that_does_is_shown_in_training_alone(encoder: Any) -> None:
    corpus = [*(CorpusEntry(f"r{n}", "Red", f"red red {n}") for n in range(6)), CorpusEntry("z", "Zz", "zzz zzz")]
    notes = Notes(corpus, encoder, byte_tokenizer())
    asked = Example("1", "red red", "zzz", "g", passages=("z", "nowhere"))
    (trained,) = notes.find_for_training([asked])
    (found,) = notes.find(["red red"])
    assert "z" not in found.ids
    assert trained.ids == (*found.ids[: WRITING.notes - 1], "z")
    already = Example("2", "red red", "red", "g", passages=(found.ids[1], "z"))
    assert notes.find_for_training([already]) == [found]


def test_with_a_corpus_it_needs_an_encoder_and_says_so(tmp_path: Path) -> None:
    train = train_of("answer", [("is red warm?", "warm")] * 2, tmp_path, corpus=CORPUS)
    with pytest.raises(ModelUnavailable, match="lora needs a sentence encoder"):
        fit(train, tmp_path / "fit")


def test_texts_without_a_reference_teach_nothing_and_some_must_have_one(tmp_path: Path) -> None:
    train = train_of("generate", [("a", ""), ("b", "written"), ("c", "")], tmp_path)
    assert [text.id for text in learned_texts(train, None, np.random.default_rng(0))] == ["e1"]
    nothing = train_of("generate", [("a", ""), ("b", "")], tmp_path)
    with pytest.raises(InvalidData, match="the training split has none"):
        fit(nothing, tmp_path / "fit")


def test_a_tokenizer_that_changes_the_answers_is_refused(tmp_path: Path) -> None:
    train = train_of("generate", [("a", "Written So")] * 2, tmp_path)
    with pytest.raises(TrainingFailed, match="'Written So' reads 'written so'"):
        fit(train, tmp_path / "fit", base=TinyBase(byte_tokenizer(lower=True)))


def test_an_answer_may_be_as_long_as_the_longest_that_was_learned(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[int] = []

    class Listening(GreedyWriter):
        def write(self, prompts: Sequence[Prompt], *, most_tokens: int) -> list[Written]:
            asked.append(most_tokens)
            return super().write(prompts, most_tokens=1)

    monkeypatch.setattr("rung.strategies.adapter_predictor.GreedyWriter", Listening)
    for length in (10, 900):
        rows = [("a", "x" * length)] * 2
        predictor, _ = fit(train_of("generate", rows, tmp_path), tmp_path / str(length), budget=Budget(1))
        assert predictor.predict(["a"])[0].failure == "truncated"
    task = make_task("generate", tmp_path)
    assert asked == [most_tokens(task, ()), 900 + 1], "a token a byte, and the end of the turn"
