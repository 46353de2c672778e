"""What stands between a strategy and its being tried here."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from rung.errors import MissingExtra, ModelUnavailable
from rung.learning.base import TrainableBase
from rung.strategies.contract import Card, Models, Need, TrainData
from rung.task.example import CorpusEntry, Example
from rung.task.protocols import Encoder, Generator
from rung.task.task import Task

MINIMUM_LABELS = 2
"""Below two labels there is nothing to choose between."""


def labelled_entries(train: TrainData) -> list[CorpusEntry]:
    """The corpus entries that stand for a label of the task and have a text, in the corpus's order."""
    labels = frozenset(train.labels)
    return [entry for entry in train.corpus if entry.label in labels and entry.passage.strip()]


def unmet_needs(card: Card, train: TrainData, models: Models) -> tuple[str, ...]:
    """A sentence for each need of the strategy that is not met, in the card's order; empty: it can be tried.

    A kind of task that the strategy does not run on comes alone: nothing that could be added would help.
    """
    foreign = _foreign_kind(card, train.task)
    if foreign:
        return (foreign,)
    return tuple(sentence for need in card.needs_for(train.task.kind) if (sentence := _unmet(need, train, models)))


def _foreign_kind(card: Card, task: Task) -> str:
    if task.kind not in card.kinds:
        return f"it does not run on tasks of kind {task.kind}"
    if task.multi_label and not card.multi_label:
        return "it does not run on tasks of kind classify with several labels an item"
    return ""


def _unmet(need: Need, train: TrainData, models: Models) -> str:
    match need:
        case "generator":
            return _without("a language model to prompt (models.generator)", models.generator, models.why)
        case "encoder":
            return _without("a sentence encoder (models.encoder)", models.encoder, models.why)
        case "words":
            return _without("an encoder that tells words apart (models.encoder)", models.words, models.why)
        case "base":
            return _without("a language model whose weights can be trained (models.generator)", models.base, models.why)
        case "corpus":
            return _without_corpus(train)
        case "labelled_corpus":
            # Where a task has no labels, its passages stand for themselves.
            return _without_labelled_corpus(train) if train.task.kind == "classify" else _without_corpus(train)
        case "train_labels":
            return _without_train_labels(train)


def _without(what: str, model: object | None, why: str) -> str:
    if model is not None:
        return ""
    return f"it needs {what}: {why}" if why else f"it needs {what}, and none is available here"


def _without_corpus(train: TrainData) -> str:
    return "" if train.corpus else "it needs a corpus to retrieve from; name one in rung.yaml under data.corpus"


def _without_labelled_corpus(train: TrainData) -> str:
    if labelled_entries(train):
        return ""
    if not train.corpus:
        return "it needs a corpus whose entries name their label; name one in rung.yaml under data.corpus"
    return (
        f"it needs corpus entries that name one of the task's labels; none of the {len(train.corpus)} entries does, "
        'so add "label" to them'
    )


def _without_train_labels(train: TrainData) -> str:
    examples = train.examples
    if train.task.kind != "classify":
        # "" is an answer to learn (there is none), but no text to learn to write.
        solved = [example for example in examples if example.expected or train.task.kind == "answer"]
        if solved:
            return ""
        return "it learns from solved examples, and the training split has none; add examples under data.examples"
    found = labels_used(examples, multi_label=train.task.multi_label)
    if len(found) >= MINIMUM_LABELS:
        return ""
    return (
        f"it learns from labelled examples of at least {MINIMUM_LABELS} labels, and the training split has "
        f"{len(examples)} examples of {len(found)}; add examples under data.examples"
    )


def labels_used(examples: Sequence[Example], *, multi_label: bool) -> frozenset[str]:
    """The labels that at least one of the examples (kind classify) has."""
    if not multi_label:
        return frozenset(example.expected for example in examples)
    return frozenset(label for example in examples for label in json.loads(example.expected))


def generator_of(models: Models, strategy: str) -> Generator:
    """The generator, or `ModelUnavailable` naming the strategy that wants it."""
    if models.generator is None:
        raise ModelUnavailable(_refusal(strategy, "a language model to prompt", models.why))
    return models.generator


def encoder_of(models: Models, strategy: str) -> Encoder:
    """The encoder, or `ModelUnavailable` naming the strategy that wants it."""
    if models.encoder is None:
        raise ModelUnavailable(_refusal(strategy, "a sentence encoder", models.why))
    return models.encoder


def base_of(models: Models, strategy: str) -> TrainableBase:
    """The trainable base model, or `ModelUnavailable` naming the strategy that wants it."""
    if models.base is None:
        raise ModelUnavailable(_refusal(strategy, "a language model whose weights can be trained", models.why))
    return models.base


def _refusal(strategy: str, what: str, why: str) -> str:
    return f"strategy {strategy} needs {what}: {why or 'none is available here; choose one under models in rung.yaml'}"


@contextmanager
def local_libraries(strategy: str) -> Iterator[None]:
    """Inside, a library that is not installed becomes a `MissingExtra` naming the strategy that wants it."""
    try:
        yield
    except ModuleNotFoundError as error:
        if error.name is not None and error.name.partition(".")[0] == "rung":
            raise
        raise MissingExtra("local", f"strategy {strategy}") from error
