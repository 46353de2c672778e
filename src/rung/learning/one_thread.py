"""torch on one thread per question, so that an answer does not depend on how many cores there are."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import TypeVar

import torch

Question = TypeVar("Question")
Answer = TypeVar("Answer")


@contextmanager
def one_thread() -> Iterator[None]:
    """Computes on one thread inside the block and puts the setting back afterwards.

    Sums are then made in one order however many cores there are, so answers are the same digit for digit on
    machines that differ in that alone. It is also what serving wants: on busy cores, threads that wait for each
    other at every layer are many times slower than one.
    """
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    try:
        yield
    finally:
        torch.set_num_threads(before)


def each_on_one_thread(answer: Callable[[Question], Answer], questions: Sequence[Question]) -> list[Answer]:
    """The answers in order: a question to a thread, as many at a time as there are cores.

    `answer` must be safe to call from several threads. Two questions side by side use two cores fully, where two
    threads on one question wait for each other at every layer.
    """
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    workers = min(cores, len(questions))
    with one_thread():
        if workers < 2:
            return [answer(question) for question in questions]
        with ThreadPoolExecutor(workers, initializer=torch.set_num_threads, initargs=(1,)) as pool:
            return list(pool.map(answer, questions))
