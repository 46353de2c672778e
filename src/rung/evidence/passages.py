"""Whether the passages that items name stand in the corpus."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from difflib import get_close_matches
from pathlib import Path

from rung.evidence.rows import Problems
from rung.task.example import CorpusEntry, Example


def refuse_unknown_passages(
    path: Path, examples: Iterable[Example], lines: Mapping[str, int], corpus: Sequence[CorpusEntry]
) -> None:
    """Raises InvalidData for ids that no entry has, with the lines; nothing to check without a corpus."""
    if not corpus:
        return
    known = {entry.id for entry in corpus}
    problems = Problems(path)
    for example in sorted(examples, key=lambda example: lines.get(example.id, 0)):
        for passage in example.passages:
            if passage not in known:
                close = get_close_matches(passage, known, n=1)
                hint = f"; did you mean {close[0]!r}?" if close else "; name ids of data.corpus"
                problems.add(lines.get(example.id, 1), f"passages: the corpus has no entry {passage!r}{hint}")
    problems.refuse()
