"""Which single answers would change the plan: each is tried in turn, with everything else as it is."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from rung.decide.plan.answers import Answers
from rung.decide.plan.conflicts import conflicts
from rung.decide.plan.path import first_step, rung_now
from rung.decide.plan.plan import FirstName, Flip, RungName, Unknown
from rung.decide.plan.questions import QUESTIONS, Question
from rung.decide.plan.standing import standing_of
from rung.decide.plan.telling import headline
from rung.strategies.contract import Card

_WORDS_ONLY = ("task.name", "intended", "wins.shown_on")
"""Answers that change what is told and never what is recommended."""


def flips(answers: Answers, cards: Sequence[Card], now: tuple[RungName, FirstName]) -> tuple[Flip, ...]:
    """Unknown answers first, then the others in the order of the questionnaire; one line for each other outcome of a
    question. An answer that would contradict another is not tried."""
    found = []
    before = len(conflicts(answers))
    for question in QUESTIONS:
        if question.key in _WORDS_ONLY:
            continue
        present, seen = getattr(answers, question.field), {now}
        for answer in _others(question, answers):
            other = with_answer(answers, question, answer)
            if answer == present or len(conflicts(other)) > before:
                continue
            standing = standing_of(other, cards)
            rung = rung_now(standing)
            outcome = rung, first_step(standing, rung)
            if outcome not in seen:
                seen.add(outcome)
                told = headline(*outcome, other.today_system)
                found.append(
                    Flip(question.key, in_words(question, present), in_words(question, answer), told, present is None)
                )
    return (*(one for one in found if one.unknown), *(one for one in found if not one.unknown))


def _others(question: Question, answers: Answers) -> tuple[Any, ...]:
    """The answers to try; a figure of today and its target are tried at each other's value, where the one meets the
    other."""
    group, _, name = question.key.partition(".")
    opposite = {"today": "targets", "targets": "today"}.get(group)
    value = None if opposite is None else getattr(answers, f"{opposite}_{name}", None)
    if value is None:
        return question.alternatives
    return (value,) if group == "targets" and (value or not question.above_zero) else (*question.alternatives, value)


def unknowns(answers: Answers, changes: Sequence[Flip]) -> tuple[Unknown, ...]:
    """Every question that applies and has no answer, those that matter by themselves first."""
    keys = {one.key for one in changes}
    found = [
        Unknown(question.key, question.text, question.key in keys)
        for question in QUESTIONS
        if getattr(answers, question.field) is None and asked(question, answers) and question.key not in _WORDS_ONLY
    ]
    return (*(one for one in found if one.matters), *(one for one in found if not one.matters))


def asked(question: Question, answers: Answers) -> bool:
    """Whether the question applies to what was answered so far."""
    if answers.today_system is not None and answers.today_system in question.unless_today:
        return False
    return not question.kinds or answers.task_kind is None or answers.task_kind in question.kinds


def with_answer(answers: Answers, question: Question, value: Any) -> Answers:
    """The answers with another value for this question; `value` as `value_of_answer` gives it."""
    return replace(answers, **{question.field: value})


def in_words(question: Question, value: Any) -> str:
    """The answer as it would be written in the answers file."""
    if value is None:
        return "unknown"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, tuple):
        return ", ".join(value) or "none"
    if question.form == "share":
        return f"{100 * value:.6g}%"
    if isinstance(value, int | float):
        return f"{value:,.0f}" if float(value).is_integer() else f"{value:g}"
    return str(value)
