"""How long a fit took, over all the processes that it took."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from math import isfinite
from pathlib import Path

from rung.evaluate.latency import Clock

FILE = "fit_seconds.json"
PARTIAL = f".{FILE}.partial"
SAVED_EVERY_S = 2.0
"""A kill loses at most the time since the last progress that came this long after the save before it."""


class FitTime:
    """Wall seconds of one fit, kept in the fit's own folder while it goes on.

    A folder that already holds something but no account of its time was fitted by who knows whom in who knows how
    long: its time stays unknown.
    """

    def __init__(self, folder: Path, clock: Clock) -> None:
        self._path = folder / FILE
        self._clock = clock
        self._earlier, self._finished = self._read()
        self._started = self._saved = clock.seconds()

    @property
    def seconds(self) -> float | None:
        """What the finished fit took, interrupted parts included; None while unfinished, or when unknown."""
        return self._earlier if self._finished else None

    @contextmanager
    def counting(self) -> Iterator[None]:
        """Counts what happens inside, also when it ends in an exception; a finished fit is only being loaded."""
        self._started = self._clock.seconds()
        self._write(finished=False)
        try:
            yield
        except BaseException:
            self._write(finished=False)
            raise
        self._write(finished=True)
        self._earlier, self._finished = self._read()

    def tick(self) -> None:
        """To be called now and then during the fit: keeps the time so far, at most every two seconds."""
        if self._clock.seconds() - self._saved >= SAVED_EVERY_S:
            self._write(finished=False)

    def _read(self) -> tuple[float | None, bool]:
        """(seconds so far, whether the fit is finished); None for seconds that nobody knows."""
        try:
            kept = json.loads(self._path.read_bytes())
            seconds, finished = float(kept["seconds"]), bool(kept["finished"])
        except FileNotFoundError:
            others = [one for one in self._path.parent.iterdir() if one.name != PARTIAL]
            return (None if others else 0.0), False
        except (ValueError, KeyError, TypeError):
            return None, False
        return (seconds, finished) if isfinite(seconds) and seconds >= 0 else (None, False)

    def _write(self, *, finished: bool) -> None:
        if self._finished or self._earlier is None:
            return
        now = self._clock.seconds()
        partial = self._path.with_name(PARTIAL)
        partial.write_text(json.dumps({"seconds": self._earlier + now - self._started, "finished": finished}))
        partial.replace(self._path)
        self._saved = now
