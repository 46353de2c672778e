"""What every strategy can be tried with: a small task of each kind, quick stand-ins for the models, and a real, tiny
language model to train."""

from __future__ import annotations

import copy
import json
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any
from zlib import crc32

import numpy as np
import pytest
from threadpoolctl import threadpool_limits

from rung.strategies import TrainData
from rung.task.example import CorpusEntry, Example
from rung.task.protocols import Choice, Embeddings, Prompt, Written
from rung.task.task import DataPaths, Task

TEMPLATE = (
    "{% for message in messages %}<|im_start|>{{ message['role'] }}\n{{ message['content'] }}<|im_end|>\n{% endfor %}"
    "{% if add_generation_prompt %}<|im_start|>assistant\n{% endif %}"
)


class TrigramEncoder:
    """Hashed character trigrams, unit rows. As with padding in a real model, companions move the last digits."""

    identity = "trigrams"

    def encode(self, texts: Sequence[str]) -> Embeddings:
        rows = np.zeros((len(texts), 256), dtype=np.float32)
        for row, text in zip(rows, texts, strict=True):
            padded = f"  {text.casefold()}  "
            for start in range(len(padded) - 2):
                row[crc32(padded[start : start + 3].encode("utf-8", "replace")) % 256] += 1
            row += np.float32(1e-4 * len(texts))
            row /= np.linalg.norm(row)
        return rows

    def encode_words(self, words: Sequence[Sequence[str]]) -> list[Embeddings]:
        return [self.encode(text) if text else np.zeros((0, 256), dtype=np.float32) for text in words]


class OverlapGenerator:
    """Chooses the label whose shots, notes and description share most words with the question; writes the answer of
    the shot, or else the note, that does."""

    identity = "overlap"
    hosted = False
    metered = False

    def choose(self, prompts: Sequence[Prompt], labels: Sequence[str]) -> list[Choice]:
        return [self._choose(prompt, labels) for prompt in prompts]

    def _choose(self, prompt: Prompt, labels: Sequence[str]) -> Choice:
        words = set(prompt.question.casefold().split())
        if len(words) > 2_000:
            return Choice(None, None, len(words), 0, failure="truncated")
        lines = [*prompt.instructions.splitlines(), *prompt.notes, *(f"{s.input} {s.answer}" for s in prompt.shots)]
        weights = np.array(
            [sum(len(words & set(line.casefold().split())) for line in lines if label in line) for label in labels]
        )
        shares = np.exp(weights) / np.exp(weights).sum()
        best = int(weights.argmax())
        return Choice(labels[best], float(shares[best]), input_tokens=len(words), output_tokens=1)

    def write(self, prompts: Sequence[Prompt], *, most_tokens: int) -> list[Written]:
        return [self._write(prompt, most_tokens) for prompt in prompts]

    def _write(self, prompt: Prompt, most_tokens: int) -> Written:
        words = set(prompt.question.casefold().split())
        if len(words) > 2_000:
            return Written("", len(words), 0, failure="truncated")
        shown = [(shot.input, shot.answer) for shot in prompt.shots] + [(note, note) for note in prompt.notes]
        shared, said = max(
            ((len(words & set(text.casefold().split())), answer) for text, answer in shown), default=(0, "nothing")
        )
        tokens = said.split()[:most_tokens]
        return Written(" ".join(tokens), len(words), len(tokens), confidence=shared / (1 + shared))


class TinyBase:
    """A Llama of two layers with random weights, the same at every load, and a byte-level tokenizer."""

    identity = "tiny-llama"

    def __init__(self) -> None:
        self._model: Any = None

    def load(self) -> tuple[Any, Any]:
        import torch
        from transformers import LlamaConfig, LlamaForCausalLM

        tokenizer = _byte_tokenizer()
        if self._model is None:
            with torch.random.fork_rng(devices=[]):
                torch.manual_seed(5)
                config = LlamaConfig(
                    vocab_size=len(tokenizer),
                    hidden_size=32,
                    intermediate_size=48,
                    num_hidden_layers=2,
                    num_attention_heads=4,
                    num_key_value_heads=2,
                    max_position_embeddings=8192,
                    initializer_range=0.2,
                )
                model: Any = LlamaForCausalLM(config)
                self._model = model.eval()
        return copy.deepcopy(self._model), tokenizer


def _byte_tokenizer() -> Any:
    from tokenizers import Tokenizer, decoders, models, pre_tokenizers
    from transformers import PreTrainedTokenizerFast

    alphabet = sorted(pre_tokenizers.ByteLevel.alphabet())
    plain = Tokenizer(models.BPE(vocab={symbol: number for number, symbol in enumerate(alphabet)}, merges=[]))
    plain.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    plain.decoder = decoders.ByteLevel()
    fast: Any = PreTrainedTokenizerFast
    tokenizer = fast(
        tokenizer_object=plain,
        eos_token="<|im_end|>",
        pad_token="<|pad|>",
        additional_special_tokens=["<|im_start|>"],
    )
    tokenizer.chat_template = TEMPLATE
    return tokenizer


@pytest.fixture(scope="session")
def stand_ins() -> tuple[OverlapGenerator, TrigramEncoder, TinyBase]:
    return OverlapGenerator(), TrigramEncoder(), TinyBase()


@pytest.fixture(scope="session")
def one_thread() -> Iterator[None]:
    """Keep small matrices from competing for cores, and sums in one order."""
    import torch

    before = torch.get_num_threads()
    torch.set_num_threads(1)
    with threadpool_limits(limits=1, user_api="blas"):
        yield
    torch.set_num_threads(before)


LABELS = ("billing", "delivery", "returns")
WORDS = {
    "billing": ("invoice", "charged twice", "payment failed", "refund amount", "card declined"),
    "delivery": ("parcel late", "courier lost", "tracking number", "wrong address", "never arrived"),
    "returns": ("send it back", "wrong size", "broken on opening", "exchange colour", "return label"),
}
SCHEMA: dict[str, Any] = {
    "type": "object",
    "properties": {
        "action": {"type": "string", "enum": ["alarm", "lights", "music"], "description": "what is to be set"},
        "time": {"type": "string", "description": "the time of day, as written"},
        "date": {"type": "string", "description": "the day, as written"},
        "rooms": {"type": "array", "items": {"type": "string"}, "description": "the rooms meant, as written"},
    },
    "required": ["action"],
    "additionalProperties": False,
}
TIMES = ("seven am", "half past nine", "noon", "six thirty", "ten pm")
DATES = ("tomorrow", "on friday", "next monday", "tonight", "on the third of may")
ROOMS = ("kitchen", "bedroom", "hall", "guest room", "bathroom")
PASSAGES = (
    ("hours", "Opening hours", "The reading room opens at nine. It closes at six in the evening."),
    ("loans", "Loans", "A book may be kept for three weeks. A film may be kept for one week."),
    ("fees", "Late fees", "A late book costs ten cents a day."),
    ("cards", "Library cards", "A card is free for children. Adults pay twelve euros a year."),
    ("rooms", "Study rooms", "The study rooms are on the second floor. They are booked at the front desk."),
    ("print", "Printing", "A printed page costs five cents. The printer stands beside the stairs."),
    ("cafe", "Café", "The café serves soup until two in the afternoon."),
    ("lost", "Lost books", "Whoever loses a book pays for a new copy."),
    ("events", "Events", "A storyteller comes every Saturday. The chess club meets on Thursday."),
    ("network", "Wireless network", "The password of the network hangs at the entrance."),
    ("lockers", "Lockers", "The lockers take a one euro coin."),
    ("parking", "Parking", "Bicycles are parked in the yard. There is no place for cars."),
)
QUESTIONS = (
    ("When does the reading room open?", "at nine", "hours"),
    ("When does the reading room close?", "six in the evening", "hours"),
    ("How long may I keep a book?", "three weeks", "loans"),
    ("How long may a film be kept?", "one week", "loans"),
    ("What does a late book cost?", "ten cents a day", "fees"),
    ("What do adults pay for a card?", "twelve euros a year", "cards"),
    ("Where are the study rooms?", "on the second floor", "rooms"),
    ("Where are study rooms booked?", "at the front desk", "rooms"),
    ("What does a printed page cost?", "five cents", "print"),
    ("Where does the printer stand?", "beside the stairs", "print"),
    ("Until when does the café serve soup?", "two in the afternoon", "cafe"),
    ("When does the chess club meet?", "on Thursday", "events"),
    ("When does the storyteller come?", "every Saturday", "events"),
    ("Where does the network password hang?", "at the entrance", "network"),
    ("Which coin do the lockers take?", "a one euro coin", "lockers"),
    ("Where are bicycles parked?", "in the yard", "parking"),
    ("Who painted the ceiling?", "", ""),
    ("Is there a swimming pool?", "", ""),
    ("How old is the director?", "", ""),
    ("Which languages are taught on Sunday?", "", ""),
)


def _classify_train(directory: Path) -> TrainData:
    examples = [
        Example(f"{label}{n}{suffix}", f"{text} {suffix}", label, f"{label}{n}", metadata={"n": str(n)})
        for label, texts in WORDS.items()
        for n, text in enumerate(texts)
        for suffix in ("please", "today")
    ]
    task = Task("post", "classify", directory, DataPaths(directory / "x"), "Route the message.")
    return TrainData(task, examples, _label_corpus(), LABELS)


def _label_corpus() -> list[CorpusEntry]:
    corpus = [
        CorpusEntry(f"{label}-{n}", text, "", label) for label, texts in WORDS.items() for n, text in enumerate(texts)
    ]
    return [*corpus, CorpusEntry("house-rules", "Opening hours", "Monday to Friday")]


def _multi_label_train(directory: Path) -> TrainData:
    """Messages of one label, of two, and of none."""
    texts = [(text, [label]) for label, texts in WORDS.items() for text in texts]
    pairs = [(one, other) for one in LABELS for other in LABELS if one < other]
    texts += [
        (f"{WORDS[one][n]} and {WORDS[other][n]}", sorted([one, other])) for one, other in pairs for n in range(4)
    ]
    texts += [(f"{greeting} {n}", []) for n, greeting in enumerate(("hello there", "good morning", "many thanks"))]
    examples = [Example(f"m{n}", text, json.dumps(labels), f"g{n}") for n, (text, labels) in enumerate(texts)]
    task = Task("post", "classify", directory, DataPaths(directory / "x"), "Route the message.", multi_label=True)
    return TrainData(task, examples, _label_corpus(), LABELS)


def _extract_train(directory: Path) -> TrainData:
    """Requests to a house, with the action named and time, date and rooms as written."""
    rows: list[tuple[str, dict[str, Any]]] = []
    for n, (time, date, room) in enumerate(zip(TIMES, DATES, ROOMS, strict=True)):
        other, later = ROOMS[(n + 1) % 5], TIMES[(n + 2) % 5]
        rows += [
            (f"wake me at {time} {date}", {"action": "alarm", "time": time, "date": date}),
            (f"set an alarm for {later}", {"action": "alarm", "time": later}),
            (f"turn off the lights in the {room}", {"action": "lights", "rooms": [room]}),
            (
                f"dim the {room} and the {other} lights {date}",
                {"action": "lights", "rooms": [room, other], "date": date},
            ),
            (f"play some jazz at {time} in the {other}", {"action": "music", "time": time, "rooms": [other]}),
            ("play my favourite song" + " again" * n, {"action": "music"}),
        ]
    examples = [
        Example(f"x{n}", text, json.dumps(record, ensure_ascii=False, sort_keys=True), f"g{n}")
        for n, (text, record) in enumerate(rows)
    ]
    instructions = "Read off what the house is asked to do."
    task = Task("house", "extract", directory, DataPaths(directory / "x"), instructions, output_schema=SCHEMA)
    corpus = [
        CorpusEntry("wake", "Waking", "To wake somebody is to set an alarm."),
        CorpusEntry("dim", "Dimming", "To dim or to turn off is to set the lights."),
    ]
    return TrainData(task, examples, corpus, ())


def _answer_train(directory: Path) -> TrainData:
    """Questions to a library; the last four have no answer in its twelve passages."""
    examples = [
        Example(f"q{n}", question, answer, f"g{n}", passages=(passage,) if passage else ())
        for n, (question, answer, passage) in enumerate(QUESTIONS)
    ]
    corpus = [CorpusEntry(*row) for row in PASSAGES]
    task = Task("library", "answer", directory, DataPaths(directory / "x"), "Answer the visitor.")
    return TrainData(task, examples, corpus, ())


def _generate_train(directory: Path) -> TrainData:
    """Short replies, with passages that help to write them."""
    examples = [
        Example(f"r{n}{text}", f"My message is about {text}.", f"Thank you, we look into {text}.", f"{label}{n}")
        for label, texts in WORDS.items()
        for n, text in enumerate(texts)
    ]
    corpus = [CorpusEntry(*row) for row in PASSAGES]
    task = Task("reply", "generate", directory, DataPaths(directory / "x"), "Write a reply of one sentence.")
    return TrainData(task, examples, corpus, ())


@pytest.fixture(scope="session")
def make_train() -> Callable[[str, Path], TrainData]:
    """Makes the small task of a form: "classify", "multi-label", "extract", "answer" or "generate"."""
    makers = {
        "classify": _classify_train,
        "multi-label": _multi_label_train,
        "extract": _extract_train,
        "answer": _answer_train,
        "generate": _generate_train,
    }
    return lambda form, directory: makers[form](directory)
