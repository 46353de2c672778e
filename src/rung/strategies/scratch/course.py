"""How a model of one's own is taught and asked: for one label of a set, or for an answer that it writes."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from typing import Any, Protocol, TypeVar

from tokenizers import Tokenizer
from torch import Tensor

from rung.learning.labelled_text import LabelledText
from rung.learning.preflight import within_length
from rung.strategies.asking import chooses
from rung.strategies.contract import TrainData
from rung.strategies.scratch.model import OwnModel, Reading
from rung.strategies.scratch.predict import OwnModelPredictor, OwnWriterPredictor
from rung.strategies.scratch.recipe import RECIPE, WRITING
from rung.strategies.scratch.texts import Texts
from rung.strategies.scratch.tokenizer import text_ids
from rung.strategies.scratch.writer import OwnWriter, Writing
from rung.task.protocols import Predictor
from rung.task.task import Task

_log = logging.getLogger(__name__)


class Lesson(Protocol):
    """One text to learn from, with the positions that it and its answer take."""

    @property
    def tokens(self) -> int: ...

    @property
    def answer_tokens(self) -> int: ...


AnyLesson = TypeVar("AnyLesson", bound=Lesson)


class Course(Protocol[AnyLesson]):
    """A model with what has to be known to teach it and to ask it."""

    @property
    def network(self) -> Any:
        """The weights."""

    @property
    def longest_lesson_tokens(self) -> int:
        """What the network has positions for."""

    def lessons(self, texts: Texts) -> list[AnyLesson]:
        """One for each text with an answer, then one for each without."""

    def loss(self, lessons: Sequence[AnyLesson]) -> Tensor:
        """A scalar, in nats."""

    def right_probability(self, texts: Sequence[LabelledText]) -> float:
        """The mean probability of the right answer over `texts`, in [0, 1]."""

    def predictor(self, *, longest_answer: int) -> Predictor:
        """The model in use; `longest_answer` tokens is the most that it was taught to write."""


def course_for(train: TrainData, tokenizer: Tokenizer, seed: int) -> Course[Any]:
    """The course for the task, with fresh weights from `seed`."""
    if chooses(train.task):
        return LabelCourse(tokenizer, train.labels, seed)
    return WritingCourse(tokenizer, train.task, train.labels, seed)


def fitting_lessons(course: Course[AnyLesson], texts: Texts) -> tuple[list[AnyLesson], tuple[str, ...]]:
    """(lessons, ids left out as too long). Texts with answers first. InvalidData when too many are too long."""
    lessons = course.lessons(texts)
    names = [text.id for text in texts.labelled]
    names += [f"unlabelled corpus text {index + 1}" for index in range(len(texts.unlabelled))]
    fitting = within_length(lessons, names, limit=course.longest_lesson_tokens)
    if fitting.left_out:
        _log.warning("scratch: too long to train on and left out: %s", ", ".join(fitting.left_out))
    return [lessons[index] for index in fitting.kept], fitting.left_out


class LabelCourse:
    """One label of a set, asked for after the text."""

    longest_lesson_tokens = RECIPE.longest_text_tokens + 2

    def __init__(self, tokenizer: Tokenizer, labels: tuple[str, ...], seed: int) -> None:
        self._tokenizer, self._labels = tokenizer, labels
        self._model = OwnModel(tokenizer.get_vocab_size(), len(labels), seed)
        self.network: Any = self._model.network

    def lessons(self, texts: Texts) -> list[Reading]:
        """As of `Course`."""
        position = {label: index for index, label in enumerate(self._labels)}
        lessons = [Reading(text_ids(self._tokenizer, text.text), position[text.label]) for text in texts.labelled]
        return [*lessons, *(Reading(text_ids(self._tokenizer, text), None) for text in texts.unlabelled)]

    def loss(self, lessons: Sequence[Reading]) -> Tensor:
        """As of `OwnModel`."""
        return self._model.loss(lessons)

    def right_probability(self, texts: Sequence[LabelledText]) -> float:
        """The mean probability of the right label over `texts`.

        It follows the share of right answers but moves with every text, where that share ties on a few dozen; and
        unlike the likelihood it is not ruled by a few texts that are confidently wrong.
        """
        readable = [
            (ids, self._labels.index(text.label))
            for text in texts
            if len(ids := text_ids(self._tokenizer, text.text)) <= RECIPE.longest_text_tokens
        ]
        if not readable:
            return 0.0
        return sum(float(self._model.label_probabilities(ids)[label]) for ids, label in readable) / len(readable)

    def predictor(self, *, longest_answer: int) -> OwnModelPredictor:
        """As of `Course`."""
        return OwnModelPredictor(self._model, self._tokenizer, self._labels)


class WritingCourse:
    """An answer written after the text: a record, several labels, or the answer to a question."""

    longest_lesson_tokens = RECIPE.longest_text_tokens + WRITING.longest_answer_tokens + 3

    def __init__(self, tokenizer: Tokenizer, task: Task, labels: tuple[str, ...], seed: int) -> None:
        self._tokenizer, self._task, self._labels = tokenizer, task, labels
        self._model = OwnWriter(tokenizer.get_vocab_size(), seed)
        self.network: Any = self._model.network

    def lessons(self, texts: Texts) -> list[Writing]:
        """As of `Course`."""
        lessons = [self._lesson(text) for text in texts.labelled]
        return [*lessons, *(Writing(text_ids(self._tokenizer, text), None) for text in texts.unlabelled)]

    def loss(self, lessons: Sequence[Writing]) -> Tensor:
        """As of `OwnWriter`."""
        return self._model.loss(lessons)

    def right_probability(self, texts: Sequence[LabelledText]) -> float:
        """The mean over `texts` of the geometric mean probability of the right answer's tokens.

        The probability of a whole answer is next to nothing for all but the shortest, and would look at those alone.
        """
        lessons = [lesson for lesson in map(self._lesson, texts) if lesson.tokens <= self.longest_lesson_tokens]
        if not lessons:
            return 0.0
        return sum(map(self._model.answer_probability, lessons)) / len(lessons)

    def predictor(self, *, longest_answer: int) -> OwnWriterPredictor:
        """As of `Course`."""
        return OwnWriterPredictor(self._model, self._tokenizer, self._task, self._labels, most_tokens=longest_answer)

    def _lesson(self, text: LabelledText) -> Writing:
        return Writing(text_ids(self._tokenizer, text.text), text_ids(self._tokenizer, text.label))
