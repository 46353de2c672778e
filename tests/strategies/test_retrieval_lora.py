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
from tokenizers import Tokenizer, decoders, models, pre_tokenizers
from transformers import LlamaConfig, LlamaForCausalLM, PreTrainedTokenizerFast

from rung.errors import InvalidData, ModelUnavailable
from rung.learning.chat_prompt import answer_ids, render
from rung.learning.greedy import GreedyWriter
from rung.learning.label_scoring import LabelScorer, LabelScores
from rung.strategies import Budget, Checkpoint, Models, TrainData
from rung.strategies.asking import NO_ANSWER
from rung.strategies.index_prompting import Found
from rung.strategies.retrieval_lora import RetrievalLora
from rung.strategies.retrieval_lora.learned_prompts import LearnedPrompts, learned_prompts
from rung.strategies.retrieval_lora.passages import Passages
from rung.strategies.retrieval_lora.prompts import Filler, FoundPassages
from rung.strategies.retrieval_lora.reading import READING, affordable
from rung.strategies.retrieval_prompt import RetrievalPrompt
from rung.task.example import CorpusEntry, Example
from rung.task.protocols import Prompt, Shot, Written
from rung.task.task import DataPaths, Kind, Task

TEMPLATE = (
    "{% for m in messages %}<|im_start|>{{ m['role'] }}\n{{ m['content'] }}<|im_end|>\n{% endfor %}"
    "{% if add_generation_prompt %}<|im_start|>assistant\n{% endif %}"
)
LIBRARY = [
    CorpusEntry("hours", "Opening hours", "The reading room opens at nine."),
    CorpusEntry("loans", "Loans", "A book may be kept for three weeks."),
    CorpusEntry("fees", "Late fees", "A late book costs ten cents a day."),
    CorpusEntry("cards", "Library cards", "A card is free for children."),
    CorpusEntry("cafe", "Café", "The café serves soup until two."),
    CorpusEntry("lost", "Lost books", "Whoever loses a book pays for a copy."),
    CorpusEntry("print", "Printing", "A printed page costs five cents."),
]
ASKED = [("When does the reading room open?", "at nine"), ("How long may a book be kept?", "three weeks")]
COLOURS = [
    CorpusEntry("c0", "red apple", "", "warm"),
    CorpusEntry("c1", "red rose", "", "warm"),
    CorpusEntry("c2", "blue sea", "", "cold"),
    CorpusEntry("c3", "blue sky", "", "cold"),
    CorpusEntry("c4", "how colours are told", "", None),
    CorpusEntry("c5", "red wine", "", "warm"),
    CorpusEntry("c6", "blue ice", "", "cold"),
]
READ = 4_096
"""Positions of the tiny model unless a test says otherwise."""


def byte_tokenizer() -> Any:
    """One token a byte, with turns."""
    letters = {letter: number for number, letter in enumerate(sorted(pre_tokenizers.ByteLevel.alphabet()))}
    raw = Tokenizer(models.BPE(vocab=letters, merges=[]))
    raw.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    raw.decoder = decoders.ByteLevel()
    fast: Any = PreTrainedTokenizerFast
    tokenizer = fast(tokenizer_object=raw, bos_token="<|im_start|>", eos_token="<|im_end|>", pad_token="<|im_end|>")
    tokenizer.chat_template = TEMPLATE
    return tokenizer


TOKENIZER = byte_tokenizer()


class TinyBase:
    """A real Llama of one layer with fixed random weights."""

    identity = "tiny"

    def __init__(self, positions: int = READ) -> None:
        with torch.random.fork_rng(devices=[]):
            torch.manual_seed(3)
            config = LlamaConfig(
                vocab_size=len(TOKENIZER),
                hidden_size=32,
                intermediate_size=48,
                num_hidden_layers=1,
                num_attention_heads=2,
                num_key_value_heads=1,
                max_position_embeddings=positions,
                initializer_range=0.15,
            )
            model: Any = LlamaForCausalLM(config)
            self.model = model.eval()

    def load(self) -> tuple[Any, Any]:
        return copy.deepcopy(self.model), TOKENIZER


@pytest.fixture(autouse=True)
def one_torch_thread() -> Any:
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(before)


def train_of(
    kind: Kind,
    rows: Sequence[tuple[str, str]],
    corpus: Sequence[CorpusEntry],
    *,
    passages: Sequence[tuple[str, ...]] = (),
) -> TrainData:
    held = passages or [()] * len(rows)
    examples = [
        Example(f"e{number}", text, expected, f"g{number}", passages=held[number])
        for number, (text, expected) in enumerate(rows)
    ]
    labels = tuple(sorted({expected for _, expected in rows})) if kind == "classify" else ()
    task = Task("t", kind, Path("nowhere"), DataPaths(Path("x")), "Go.")
    return TrainData(task, examples, corpus, labels)


def colours(count: int) -> TrainData:
    rows = [(f"{('red', 'blue')[number % 2]} thing {number}", ("warm", "cold")[number % 2]) for number in range(count)]
    return train_of("classify", rows, COLOURS)


def learned(train: TrainData, encoder: Any, *, positions: int = READ, train_tokens: int = 10**6) -> LearnedPrompts:
    passages = Passages(train, encoder, TOKENIZER)
    return learned_prompts(train, passages, TOKENIZER, "Go.", positions=positions, train_tokens=train_tokens)


def fit(
    train: TrainData,
    directory: Path,
    encoder: Any,
    *,
    base: TinyBase | None = None,
    budget: int = 1,
    report: Callable[[int, int, str], None] | None = None,
) -> tuple[Any, list[int]]:
    directory.mkdir(exist_ok=True)
    steps: list[int] = []

    def count(done: int, total: int, what: str) -> None:
        if what == "tuning the adapter":
            steps.append(done)
            if report is not None:
                report(done, total, what)

    predictor = RetrievalLora(Models(None, encoder, base or TinyBase())).fit(
        train, budget=Budget(budget), rng=np.random.default_rng(4), checkpoint=Checkpoint(directory, count)
    )
    return predictor, steps


@pytest.fixture
def written_prompts(monkeypatch: pytest.MonkeyPatch) -> list[Prompt]:
    """Every prompt that a tuned model is asked to answer in writing."""
    seen: list[Prompt] = []

    class Listening(GreedyWriter):
        def write(self, prompts: Sequence[Prompt], *, most_tokens: int) -> list[Written]:
            seen.extend(prompts)
            return super().write(prompts, most_tokens=1)

    monkeypatch.setattr("rung.strategies.adapter_predictor.GreedyWriter", Listening)
    return seen


@pytest.fixture
def scored_prompts(monkeypatch: pytest.MonkeyPatch) -> list[Prompt]:
    """Every prompt under which a tuned model is asked to score labels."""
    seen: list[Prompt] = []

    class Listening(LabelScorer):
        def score(self, prompts: Sequence[Prompt]) -> list[LabelScores]:
            seen.extend(prompts)
            return super().score(prompts)

    monkeypatch.setattr("rung.strategies.adapter_predictor.LabelScorer", Listening)
    return seen


def test_an_answer_that_stands_in_the_corpus_alone_reaches_the_prompt(
    tmp_path: Path, encoder: Any, written_prompts: list[Prompt]
) -> None:
    train = train_of("answer", ASKED, LIBRARY)
    predictor, _ = fit(train, tmp_path / "fit", encoder, budget=10**4)
    (answer,) = predictor.predict(["Until when does the café serve soup?"])
    assert not any("until two" in example.expected for example in train.examples)
    assert answer.retrieved[0] == "cafe"
    (prompt,) = written_prompts
    assert prompt.notes[0] == "Café. The café serves soup until two."
    passages = {entry.id: entry.passage for entry in LIBRARY}
    assert prompt.notes == tuple(passages[entry] for entry in answer.retrieved)
    assert "Use only what the notes say" in prompt.instructions


def test_it_learns_behind_what_was_found_distractors_included(encoder: Any) -> None:
    train = train_of("answer", [*ASKED, ("Who painted the ceiling?", "")], LIBRARY)
    texts = learned(train, encoder).texts
    assert [text.label for text in texts] == ["at nine", "three weeks", NO_ANSWER]
    held = [entry.passage for entry in LIBRARY]
    for text in texts:
        assert len(text.notes) == READING.passages
        assert set(text.notes) <= set(held)
    assert texts[0].notes[0] == LIBRARY[0].passage
    assert texts[0].notes[1:] != texts[1].notes[1:]


def test_labelled_passages_stand_as_solved_examples_in_training_and_use_as_in_the_prompts_with_retrieval(
    tmp_path: Path, encoder: Any, generator: Any, rng: np.random.Generator, scored_prompts: list[Prompt]
) -> None:
    train = colours(6)
    checkpoint = Checkpoint(tmp_path, lambda done, total, what: None)
    prompted = RetrievalPrompt(Models(generator, encoder, None)).fit(
        train, budget=Budget(), rng=rng, checkpoint=checkpoint
    )
    predictor, _ = fit(train, tmp_path / "fit", encoder, budget=10**5)
    questions = ["red flower", "blue lake", *(example.input for example in train.examples)]
    for ours, theirs in zip(predictor.predict(questions), prompted.predict(questions), strict=True):
        assert ours.retrieved == theirs.retrieved
        assert ours.output in train.labels
    assert [(prompt.notes, prompt.shots) for prompt in scored_prompts] == [
        (prompt.notes, prompt.shots) for prompt in generator.prompts
    ]
    assert any(prompt.shots and prompt.notes for prompt in scored_prompts)
    texts = learned(train, encoder).texts
    assert [(text.notes, text.shots) for text in texts] == [
        (prompt.notes, prompt.shots) for prompt in generator.prompts[2:]
    ]


def test_the_corpus_is_read_and_not_learned(encoder: Any) -> None:
    train = colours(6)
    assert [text.id for text in learned(train, encoder).texts] == [example.id for example in train.examples]


@pytest.mark.parametrize(
    ("entry", "shot"),
    [
        (CorpusEntry("own", "Red  Apple!", "", "warm"), "Red  Apple!"),
        (CorpusEntry("own", "red apple", "a fruit", "warm"), "red apple. a fruit"),
        (CorpusEntry("own", "a fruit", "RED APPLE", "warm"), "a fruit. RED APPLE"),
    ],
)
def test_a_passage_that_is_the_training_text_itself_is_shown_in_use_alone(
    encoder: Any, entry: CorpusEntry, shot: str
) -> None:
    train = train_of("classify", [("red apple", "warm"), ("blue sea", "cold")], [*COLOURS[1:], entry])
    text = learned(train, encoder).texts[0]
    assert not {Shot(shot, "warm")} & set(text.shots)
    assert len(text.shots) + len(text.notes) == READING.passages, "the next best takes its place"
    filler = Filler(train.task, TOKENIZER, "Go.", count=READING.passages)
    (found,) = FoundPassages(Passages(train, encoder, TOKENIZER), filler, longest=READ).find(["red apple"])
    assert Shot(shot, "warm") in found.shots
    assert "own" in found.ids


def test_a_passage_whose_title_is_the_question_may_be_read_for_its_answer(encoder: Any) -> None:
    corpus = [*LIBRARY, CorpusEntry("faq", "Is there a sauna?", "No, there is none.")]
    train = train_of("answer", [("Is there a sauna?", "no")], corpus)
    (text,) = learned(train, encoder).texts
    assert "Is there a sauna?. No, there is none." in text.notes


def test_a_passage_named_as_holding_the_answer_leads_where_none_was_found(encoder: Any) -> None:
    corpus = [*(CorpusEntry(f"r{n}", "Red", f"red red {n}") for n in range(8)), CorpusEntry("z", "Zz", "zzz zzz")]
    named = train_of("answer", [("red red", "zzz")] * 2, corpus, passages=[("nowhere", "z"), ("r0",)])
    passages = Passages(named, encoder, TOKENIZER)
    ((*found,),) = passages.find(["red red"])
    assert "z" not in {entry.id for entry in found}
    assert "r0" in {entry.id for entry in found}
    first, second = passages.find_for_training(named.examples)
    assert [entry.id for entry in first] == ["z", *(entry.id for entry in found[:-1])]
    assert second == found


def test_long_passages_are_cut_and_question_and_answer_never(encoder: Any) -> None:
    long = [CorpusEntry(f"l{n}", f"Title {n}", "ä long tale of many words " * 400) for n in range(7)]
    question, answer = "What is the long tale of? Tell me.", "of many words " * 4
    (text,) = learned(train_of("generate", [(question, answer)], long), encoder).texts
    assert len(text.notes) == READING.passages
    for note in text.notes:
        tokens = len(note.encode())  # a token a byte
        assert READING.passage_tokens - 2 <= tokens <= READING.passage_tokens
        assert note.startswith("Title ")
        assert "\ufffd" not in note
    assert (text.text, text.label) == (question, answer)


def test_white_space_before_a_passage_takes_no_room(encoder: Any) -> None:
    corpus = [CorpusEntry("s", "", " " * 2_000 + "words of a tale " * 40)]
    (text,) = learned(train_of("generate", [("a tale?", "words")], corpus), encoder).texts
    assert text.notes[0].startswith("words of a tale words")


def test_where_a_question_is_long_the_last_passages_give_way(encoder: Any) -> None:
    long = [CorpusEntry(f"l{n}", f"Title {n}", "tale of words " * 100) for n in range(7)]
    train = train_of("generate", [("tale " * 160, "words"), ("tale " * 320, "words")], long)
    some, none = learned(train, encoder).texts
    assert 0 < len(some.notes) < READING.passages
    assert none.notes == ()
    full = [entry.passage[: READING.passage_tokens].strip() for entry in long]
    assert set(some.notes) <= set(full)
    for text in (some, none):
        prompt = render(Prompt("Go.", text.text, notes=text.notes), TOKENIZER)
        used = len(prompt.tail) + len(answer_ids(text.label, TOKENIZER)) - 1
        if text is some:
            assert READING.longest_example_tokens - READING.passage_tokens - 8 < used <= READING.longest_example_tokens


def test_prompts_stay_within_what_the_model_can_read(
    tmp_path: Path, encoder: Any, scored_prompts: list[Prompt]
) -> None:
    train, positions = colours(4), 150
    made = learned(train, encoder, positions=positions)
    for text in made.texts:
        rendered = render(Prompt("Go.", text.text, notes=text.notes, shots=text.shots), TOKENIZER)
        assert 1 <= len(text.notes) + len(text.shots) < READING.passages
        assert len(rendered.ids) + len(answer_ids(text.label, TOKENIZER)) - 1 <= positions
    predictor, _ = fit(train, tmp_path / "fit", encoder, base=TinyBase(positions), budget=10**5)
    short, long = predictor.predict(["red", "red " * 12])
    assert len(short.retrieved) > len(long.retrieved)
    assert all(len(render(prompt, TOKENIZER).ids) + 5 <= positions for prompt in scored_prompts)


def test_an_input_too_long_to_be_read_is_never_cut_silently(tmp_path: Path, encoder: Any) -> None:
    predictor, _ = fit(colours(4), tmp_path / "fit", encoder)
    (answer,) = predictor.predict(["red " * 5_000])
    assert (answer.output, answer.failure, answer.retrieved) == ("", "truncated", ())


def test_a_tight_budget_shows_fewer_passages_and_use_shows_no_more_than_training(tmp_path: Path, encoder: Any) -> None:
    train = colours(16)
    shown = [learned(train, encoder, train_tokens=tokens).texts[0] for tokens in (10**6, 4_500, 1)]
    assert [len(text.shots) + len(text.notes) for text in shown] == [5, 3, 1], "some 33 bytes a passage, read 32 times"
    tight = learned(train, encoder, train_tokens=4_500)
    predictor, _ = fit(train, tmp_path / "fit", encoder, budget=4_500)
    (answer,) = predictor.predict(["red flower"])
    assert len(answer.retrieved) == len(tight.texts[0].notes) + len(tight.texts[0].shots)
    steps = json.loads((tmp_path / "fit" / "adapter" / "fit.json").read_bytes())["steps"]
    assert steps >= 4, "two passes over two batches"


def test_the_fewest_passes_are_two_over_every_text_and_one_prefix_a_batch() -> None:
    tokens = [10] * 9  # two batches of at most eight: 2 x (90 + 2 x 5) = 200
    assert affordable(tokens, prefix=5, train_tokens=200)
    assert not affordable(tokens, prefix=5, train_tokens=199)


def test_interrupted_it_goes_on_at_its_checkpoint_to_the_same_adapter(tmp_path: Path, encoder: Any) -> None:
    train = colours(16)

    def interrupt(done: int, total: int, what: str) -> None:
        if done == 12:
            raise KeyboardInterrupt

    fit(train, tmp_path / "whole", encoder, budget=60_000)
    with pytest.raises(KeyboardInterrupt):
        fit(train, tmp_path / "broken", encoder, budget=60_000, report=interrupt)
    predictor, steps = fit(train, tmp_path / "broken", encoder, budget=60_000)
    assert steps[0] == 10
    whole, broken = (
        load_file(tmp_path / name / "adapter" / "adapter_model.safetensors") for name in ("whole", "broken")
    )
    assert whole.keys() == broken.keys()
    assert all(torch.equal(whole[name], broken[name]) for name in whole)
    again, repeated = fit(train, tmp_path / "broken", encoder, budget=60_000)
    assert repeated == []
    assert again.predict(["red 1", ""]) == predictor.predict(["red 1", ""])


def test_an_adapter_that_read_another_encoders_findings_is_trained_anew(tmp_path: Path, encoder: Any) -> None:
    class Other(type(encoder)):  # type: ignore[misc]
        identity = "other"

    fit(colours(4), tmp_path / "fit", encoder)
    _, steps = fit(colours(4), tmp_path / "fit", Other())
    assert steps[0] == 0


def test_a_corpus_without_text_and_examples_without_an_answer_are_refused(tmp_path: Path, encoder: Any) -> None:
    with pytest.raises(InvalidData, match=r"retrieval-lora found no text in the corpus; name one under data\.corpus"):
        fit(train_of("classify", [("a", "x"), ("b", "y")], [CorpusEntry("c", "", " ")]), tmp_path / "a", encoder)
    with pytest.raises(InvalidData, match="retrieval-lora learns to write from examples with an expected text"):
        fit(train_of("generate", [("a", "")], LIBRARY), tmp_path / "b", encoder)


def test_without_an_encoder_it_says_what_is_missing(tmp_path: Path) -> None:
    with pytest.raises(ModelUnavailable, match="retrieval-lora needs a sentence encoder"):
        fit(colours(4), tmp_path / "fit", None)


def test_a_question_without_any_passage_of_its_own_still_gets_what_is_nearest(encoder: Any) -> None:
    train = colours(4)
    filler = Filler(train.task, TOKENIZER, "Go.", count=2)
    empty, strange = FoundPassages(Passages(train, encoder, TOKENIZER), filler, longest=READ).find(["", "12345"])
    assert len(empty.ids) == len(strange.ids) == 2
    assert filler.filled("red", [], longest=READ).found == Found()
