"""Progress for people: a live table on a terminal, plain lines anywhere else. Always on stderr."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, TextIO

from rung.cli.main import printable
from rung.pipeline.observer import Observer, Silent

if TYPE_CHECKING:
    from rich.progress import Progress, TaskID

PLAIN_LINE_EVERY_S = 15.0
REFRESH_EVERY_S = 0.2


class Pace:
    """How long the rest of one piece of work will take, from what was done since it was first heard of."""

    def __init__(self, seconds: Callable[[], float]) -> None:
        self._seconds = seconds
        self._key = ("", "")
        self._started = 0.0
        self._done_before = 0

    def remaining_s(self, strategy: str, what: str, done: int, total: int) -> float | None:
        """Seconds, at the average pace so far; None before anything was done."""
        if (strategy, what) != self._key:
            self._key, self._started, self._done_before = (strategy, what), self._seconds(), done
        fresh = done - self._done_before
        return (self._seconds() - self._started) / fresh * (total - done) if fresh > 0 else None


class PlainLines:
    """One line when a stage begins, one when a strategy is done, and a sign of life at most every 15 seconds."""

    def __init__(self, stream: TextIO, *, seconds: Callable[[], float] = time.monotonic) -> None:
        self._stream = stream
        self._seconds = seconds
        self._pace = Pace(seconds)
        self._last = seconds()

    def stage(self, name: str, detail: str) -> None:
        self._write(f"{name}: {detail}" if detail else name)

    def progress(self, strategy: str, done: int, total: int, what: str) -> None:
        remaining_s = self._pace.remaining_s(strategy, what, done, total)
        if self._seconds() - self._last >= PLAIN_LINE_EVERY_S and total > 0:
            rest = "" if remaining_s is None else f", {in_words(remaining_s)} left"
            self._write(f"  {strategy}: {what}, {done / total:.0%} ({done} of {total}){rest}")

    def finished(self, strategy: str, summary: str) -> None:
        self._write(f"  {strategy}: {without_name(strategy, summary)}")

    def note(self, text: str) -> None:
        self._write(f"  note: {text}")

    def _write(self, line: str) -> None:
        self._last = self._seconds()
        self._stream.write(printable(line) + "\n")
        self._stream.flush()


class LiveDisplay:
    """Lines that stay for what is done, one moving bar for what is going on.

    It draws when it is told something and never from a thread of its own: a request that is being timed would
    compete with it for the interpreter.
    """

    def __init__(self, bar: Progress) -> None:
        self._bar = bar
        self._drawn = 0.0
        self._task: TaskID | None = None
        self._key = ("", "")

    def stage(self, name: str, detail: str) -> None:
        from rich.text import Text

        self._clear()
        self._bar.console.print(Text(printable(name), style="bold") + Text(f"  {printable(detail)}", style="dim"))

    def progress(self, strategy: str, done: int, total: int, what: str) -> None:
        if (strategy, what) != self._key:
            self._clear()
            self._key = (strategy, what)
            self._task = self._bar.add_task(printable(f"  {strategy}: {what}"), total=total)
        if self._task is not None:
            self._bar.update(self._task, completed=done, total=total)
        if time.monotonic() - self._drawn >= REFRESH_EVERY_S:
            self._drawn = time.monotonic()
            self._bar.refresh()

    def finished(self, strategy: str, summary: str) -> None:
        self._clear()
        self._item("✓", "green", f"{strategy}: {without_name(strategy, summary)}")

    def note(self, text: str) -> None:
        self._item("!", "yellow", text)

    def _item(self, mark: str, style: str, text: str) -> None:
        """The mark, and the text beside it; what does not fit into the line goes on under the text."""
        from rich.table import Table
        from rich.text import Text

        grid = Table.grid(padding=(0, 1, 0, 0))
        grid.add_row(Text(f"  {mark}", style=style), Text(printable(text)))
        self._bar.console.print(grid)

    def _clear(self) -> None:
        if self._task is not None:
            self._bar.remove_task(self._task)
            self._task = None
            self._bar.refresh()
        self._key = ("", "")
        self._drawn = 0.0  # the next piece of work shows at once


def in_words(seconds: float) -> str:
    """About how long: whole seconds up to a minute and a half, then whole minutes, then hours to one decimal."""
    if seconds < 90:
        return f"about {max(round(seconds), 1)} s"
    return f"about {round(seconds / 60)} min" if seconds < 90 * 60 else f"about {seconds / 3600:.1f} h"


def without_name(strategy: str, summary: str) -> str:
    """The summary, which the strategy's name already leads, without saying the name again."""
    return summary.removeprefix(f"{strategy} ")


@contextmanager
def watching(stream: TextIO | None = None) -> Iterator[Observer]:
    """An observer for this process: live on a terminal, plain lines otherwise, silent where stderr is closed."""
    target = stream or sys.stderr
    if target is None:
        yield Silent()
        return
    if not target.isatty():
        yield PlainLines(target)
        return
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

    columns = (
        TextColumn("{task.description}", markup=False),
        BarColumn(bar_width=20),
        MofNCompleteColumn(),
        TimeRemainingColumn(compact=True),
    )
    with Progress(*columns, console=Console(file=target), transient=True, auto_refresh=False) as bar:
        yield LiveDisplay(bar)
    target.write("\n")
