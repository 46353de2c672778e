"""Rows that could not be taken, kept with line, reason and text, so that nothing of a log is lost silently."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable
from pathlib import Path
from types import TracebackType
from typing import TextIO

from rung.adapters.traces.redaction import Redactor
from rung.adapters.traces.tally import kind_of
from rung.evidence.traces.reading import Rejected


class Quarantine:
    """A draft of the quarantine of one log; no file where no row is put aside. Texts are redacted where rows are."""

    def __init__(self, draft: Path, log: Path, redactor: Redactor | None) -> None:
        self.draft = draft
        self.reasons: Counter[str] = Counter()
        self._log = str(log)
        self._redactor = redactor
        self._file: TextIO | None = None

    def add(self, rows: Iterable[Rejected]) -> None:
        """Keep these rows: one JSON object a line, in ASCII, so that what acts on a terminal is spelled out."""
        for row in rows:
            if self._file is None:
                self._file = self.draft.open("w", encoding="ascii")
            self.reasons[kind_of(row.reason)] += 1
            reason, text = row.reason, row.text
            if self._redactor is not None:
                reason, text = self._redactor.reason(reason), self._redactor.text(text)
            kept = {"file": self._log, "line": row.line, "reason": reason, "text": text}
            self._file.write(json.dumps(kept) + "\n")

    def __enter__(self) -> Quarantine:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        if self._file is not None:
            self._file.close()
