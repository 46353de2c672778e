"""The eval set as files that are read back as `data.examples`: train and dev, and the sealed part apart."""

from __future__ import annotations

import json
import os
import tempfile
from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from rung.errors import RungError
from rung.evidence.edges import EDGE_REASONS, edge_reasons
from rung.evidence.examples import PARTS, ExampleSet, Part
from rung.evidence.split import Split
from rung.task.example import Example
from rung.task.task import Task

Row = dict[str, Any]
FILES: dict[Part, str] = {"train": "train.jsonl", "dev": "dev.jsonl", "sealed": "sealed/sealed.jsonl"}
"""Below the directory. The sealed file is readable by its owner alone: whoever reads it has spent it."""


def eval_rows(split: Split, read: ExampleSet, task: Task) -> dict[Part, tuple[Row, ...]]:
    """The items of each part as rows that say all the reader must know to come to the same split again."""
    return {part: tuple(_row(one, part, read, task) for one in split.part(part)) for part in PARTS}


def _row(one: Example, part: Part, read: ExampleSet, task: Task) -> Row:
    annotations = [{"annotator": by.annotator, "label": by.label} for by in read.annotations.get(one.id, ())]
    optional = {
        "references": list(one.references),
        "passages": list(one.passages),
        "flow": one.flow,
        "derived_from": one.derived_from,
        "derivation": one.derivation,
        "segment_because": one.segment_because,
        "output": read.outputs.get(one.id),
        "annotations": annotations,
        "metadata": one.metadata,
    }
    return {
        "id": one.id,
        "input": one.input,
        "expected": _expected(one, task),
        "segment": one.segment,
        "group": one.group,
        "split": part,
        **{key: value for key, value in optional.items() if value},
    }


def _expected(one: Example, task: Task) -> Any:
    """As the reader takes it: a label, a list of labels, a record; null where there is no answer or reference."""
    if task.kind == "extract" or (task.kind == "classify" and task.multi_label):
        return json.loads(one.expected)
    return one.expected or None


def derivations(split: Split) -> dict[str, dict[str, int]]:
    """By part, how many items were derived in each way; parts without any have no entry in theirs."""
    return {
        str(part): dict(sorted(Counter(one.derivation for one in split.part(part) if one.derivation).items()))
        for part in PARTS
    }


def edges(split: Split) -> dict[str, dict[str, int]]:
    """By part, how many items are edge for each reason; an item may have several."""
    found = {
        part: Counter(why for one in split.part(part) for why in edge_reasons(one.segment_because)) for part in PARTS
    }
    return {str(part): {why: counts[why] for why in EDGE_REASONS if counts[why]} for part, counts in found.items()}


def write_eval_set(directory: Path, rows: Mapping[Part, Sequence[Row]]) -> dict[str, Path]:
    """Write the parts below the directory, which is made if needed; where each part lies.

    A file appears whole or not at all, and all or none. RungError where one of them is there already: an eval set that
    something was decided on must not change under it.
    """
    paths = {part: directory / FILES[part] for part in PARTS}
    there = [str(path) for path in paths.values() if os.path.lexists(path)]
    if there:
        raise RungError(f"{there[0]}: is there already and is not overwritten; name another directory, or move it away")
    written: list[Path] = []
    try:
        for part, path in paths.items():
            path.parent.mkdir(parents=True, exist_ok=True)
            text = "".join(json.dumps(row, ensure_ascii=False, allow_nan=False) + "\n" for row in rows[part])
            _put(path, text.encode("utf-8"), 0o600 if part == "sealed" else 0o644)
            written.append(path)
    except OSError as error:
        for path in written:
            path.unlink(missing_ok=True)
        raise RungError(
            f"{error.filename or directory}: the eval set could not be written ({error.strerror}); free space there, "
            "make it writable, or name another directory"
        ) from error
    return {str(part): path for part, path in paths.items()}


def _put(path: Path, data: bytes, mode: int) -> None:
    """On the disk first, then under its name; never over a file that came in between."""
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    temporary = Path(name)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        temporary.chmod(mode)
        try:
            os.link(temporary, path)
        except FileExistsError:
            raise
        except OSError:  # a file system without hard links
            temporary.rename(path)
    finally:
        temporary.unlink(missing_ok=True)
