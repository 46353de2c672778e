"""Progress for people: a live table on a terminal, plain lines anywhere else. Always on stderr."""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, TextIO

from rung.cli.main import printable
from rung.pipeline.observer import Observer

if TYPE_CHECKING:
    from rich.progress import Progress, TaskID

PLAIN_LINE_EVERY_S = 15.0


class PlainLines:
    """One line when a stage begins, one when a strategy is done, and a sign of life at most every 15 seconds."""

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream
        self._last = time.monotonic()

    def stage(self, name: str, detail: str) -> None:
        self._write(f"{name}: {detail}" if detail else name)

    def progress(self, strategy: str, done: int, total: int, what: str) -> None:
        if time.monotonic() - self._last >= PLAIN_LINE_EVERY_S:
            self._write(f"  {strategy}: {what} {done}/{total}")

    def finished(self, strategy: str, summary: str) -> None:
        self._write(f"  {strategy}: {summary}")

    def note(self, text: str) -> None:
        self._write(f"  note: {text}")

    def _write(self, line: str) -> None:
        self._last = time.monotonic()
        self._stream.write(printable(line) + "\n")
        self._stream.flush()


class LiveDisplay:
    """Lines that stay for what is done, one moving bar for what is going on."""

    def __init__(self, bar: Progress) -> None:
        self._bar = bar
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
            self._task = self._bar.add_task(f"  {strategy}: {what}", total=total)
        if self._task is not None:
            self._bar.update(self._task, completed=done, total=total)

    def finished(self, strategy: str, summary: str) -> None:
        from rich.text import Text

        self._clear()
        self._bar.console.print(Text("  ✓ ", style="green") + Text(f"{strategy}: {printable(summary)}"))

    def note(self, text: str) -> None:
        from rich.text import Text

        self._bar.console.print(Text(f"  {printable(text)}", style="yellow"))

    def _clear(self) -> None:
        if self._task is not None:
            self._bar.remove_task(self._task)
            self._task = None
        self._key = ("", "")


@contextmanager
def watching(stream: TextIO | None = None) -> Iterator[Observer]:
    """An observer for this process: live on a terminal, plain lines otherwise."""
    target = stream or sys.stderr
    if not target.isatty():
        yield PlainLines(target)
        return
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

    columns = (TextColumn("{task.description}"), BarColumn(bar_width=24), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, console=Console(file=target), transient=True) as bar:
        yield LiveDisplay(bar)
