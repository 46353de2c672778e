"""The team's labelled items, read strictly."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from difflib import get_close_matches
from pathlib import Path
from typing import Any, Literal

from rung.evidence.expected import Expected, read_expected
from rung.evidence.expected import shortened as _short
from rung.evidence.human_labels import VERDICTS, HumanLabel, majority
from rung.evidence.label_set import check_labels, closed_set
from rung.evidence.labelled_formats import OWN_KEYS, in_our_words
from rung.evidence.rows import Problems, RawRow, read_rows
from rung.task.example import Example, content_hash
from rung.task.task import SEGMENTS, Kind, Task

MAX_INPUT_CHARACTERS = 32_000
Part = Literal["train", "dev", "sealed"]
PARTS: tuple[Part, ...] = ("train", "dev", "sealed")
_KEYS = OWN_KEYS
_KINDS_OF: dict[str, tuple[Kind, ...]] = {"references": ("answer",), "output": ("generate",)}
_TEXT_KEYS = ("id", "segment", "flow", "group", "split", "derived_from", "derivation", "segment_because")


@dataclass(frozen=True, slots=True)
class Annotation:
    """What one annotator answered."""

    annotator: str
    label: str


@dataclass(frozen=True, slots=True)
class ExampleSet:
    """All items of a file, by id.

    An item without a declared group has the group "" until `join_groups` gives it one. `parts` holds the team's
    own split by id, empty when the file has none. `labels` is the closed set, sorted: the declared labels, or
    those found; empty for kinds without labels. `human` holds the outputs that people judged (kind generate), `outputs`
    by id all that were given to be judged, `lines` the line of each item. `content_hash` depends on the items, not on
    their order or on how the file is laid out.
    """

    examples: tuple[Example, ...]
    labels: tuple[str, ...]
    notes: tuple[str, ...]
    content_hash: str
    parts: Mapping[str, Part] = field(default_factory=dict)
    annotations: Mapping[str, tuple[Annotation, ...]] = field(default_factory=dict)
    human: tuple[HumanLabel, ...] = ()
    lines: Mapping[str, int] = field(default_factory=dict, compare=False)
    outputs: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class _Item:
    line: int
    example: Example
    part: Part | None
    annotations: tuple[Annotation, ...]
    output: str = ""


def read_examples(path: Path, task: Task) -> ExampleSet:
    """The items in the JSONL or CSV file. Raises InvalidData with the first five problems, each with its line."""
    problems = Problems(path)
    csv = path.suffix.casefold() == ".csv"
    rows = (row if csv else in_our_words(row, problems) for row in read_rows(path, problems))
    read = [_item(row, task, problems, csv=csv) for row in rows if row is not None]
    found = [item for item in read if item is not None]
    items, notes = _once(found, problems)
    check_labels(((item.line, item.example) for item in items), task, problems)
    _check_parts(items, problems)
    _check_origins(items, problems)
    problems.refuse()
    ordered = sorted(items, key=lambda item: item.example.id)
    labels, about_labels = closed_set(path, [item.example for item in ordered], task)
    notes += about_labels
    return ExampleSet(
        examples=tuple(item.example for item in ordered),
        labels=labels,
        notes=tuple(notes),
        content_hash=content_hash(*(part for item in ordered for part in _content(item))),
        parts={item.example.id: item.part for item in ordered if item.part is not None},
        annotations={item.example.id: item.annotations for item in ordered if item.annotations},
        human=tuple(label for item in ordered if (label := _human_label(item)) is not None),
        lines={item.example.id: item.line for item in ordered},
        outputs={item.example.id: item.output for item in ordered if item.output},
    )


def _item(row: RawRow, task: Task, problems: Problems, *, csv: bool) -> _Item | None:
    """The row as an item, or None after adding what is wrong with it."""
    before = problems.count
    values = _known_keys(row, task, problems, csv=csv)
    text = _input(row, values, problems)
    expected = Expected("")
    if problems.count == before:
        expected = read_expected(row, values, task, problems, csv=csv)
    words = {key: _word(row, values, key, problems) for key in _TEXT_KEYS}
    segment, flow, part = words["segment"], words["flow"], words["split"]
    if segment is not None and segment not in SEGMENTS:
        problems.add(row.line, f"unknown segment {segment!r}; write {', '.join(SEGMENTS)}, or leave it out")
    flow_names = [known.name for known in task.flows]
    if flow is not None and flow_names and flow not in flow_names:
        problems.add(row.line, f"unknown flow {flow!r}; declared in rung.yaml: {', '.join(flow_names)}")
    if flow is None and len(flow_names) == 1:
        flow = flow_names[0]
    if part is not None and part not in PARTS:
        problems.add(row.line, f"unknown split {part!r}; write {', '.join(PARTS)}")
    metadata = _metadata(row, values, problems)
    annotations = _annotations(row, values, problems)
    passages = _ids(row, values, problems, csv=csv)
    output = _output(row, values, task, annotations, problems)
    if problems.count > before:
        return None
    example = Example(
        id=words["id"] or "",
        input=text,
        expected=expected.text,
        group=words["group"] or "",
        segment=next((known for known in SEGMENTS if known == segment), None),
        flow=flow,
        references=expected.references,
        passages=passages,
        metadata=metadata,
        derived_from=words["derived_from"] if words["derivation"] is None else words["derived_from"] or "",
        derivation=words["derivation"],
        segment_because=words["segment_because"] or "",
    )
    item = _Item(row.line, example, next((known for known in PARTS if known == part), None), annotations, output)
    return item if example.id else _with_derived_id(item)


def _with_derived_id(item: _Item) -> _Item:
    from dataclasses import replace

    return replace(item, example=replace(item.example, id=content_hash(*_content(item))[:16]))


def _content(item: _Item) -> tuple[str, ...]:
    """Everything that makes two rows the same row; what only some kinds have enters where there is some."""
    example = item.example
    own = (
        example.id,
        example.input,
        example.expected,
        example.group,
        example.segment or "",
        example.flow or "",
        json.dumps(example.metadata, sort_keys=True),
        item.part or "",
        json.dumps([[one.annotator, one.label] for one in item.annotations]),
    )
    more: list[Any] = [list(example.references), list(example.passages), item.output]
    if example.derivation is not None:
        more += [example.derived_from, example.derivation]
    return (*own, json.dumps(more)) if any(more) else own


def _known_keys(row: RawRow, task: Task, problems: Problems, *, csv: bool) -> dict[str, Any]:
    """The row's values; a CSV's own columns go to metadata, a JSON object's unknown keys are problems.

    Null counts as left out, except that a question may say that it has no answer.
    """
    own = [key for key in _KEYS if task.kind in _KINDS_OF.get(key, (task.kind,))]
    for key in (key for key in _KEYS if key in row.values and key not in own):
        problems.add(row.line, f"{key} belongs to tasks of kind {' and '.join(_KINDS_OF[key])}; remove it")
    values = {key: value for key, value in row.values.items() if key in own and value is not None}
    others = {key: value for key, value in row.values.items() if key not in _KEYS}
    for key in others:
        close = get_close_matches(key.strip().casefold(), _KEYS, n=1, cutoff=0.8)
        if close and (csv is False or key.strip().casefold() == close[0]):
            problems.add(row.line, f"unknown key {key!r}; did you mean {close[0]!r}?")
        elif not csv and not {"input", "expected"} - values.keys():
            problems.add(row.line, f"unknown key {key!r}; put it under metadata, or remove it")
    if csv:
        if "metadata" in values:
            others["metadata"] = values.pop("metadata")
        if "annotations" in values:
            problems.add(row.line, "annotations cannot stand in a CSV file; use JSONL for them")
        values["metadata"] = others
    needed = ("input",) if task.kind == "generate" else ("input", "expected")
    given = values.keys() | ({"expected"} if task.kind == "answer" and "expected" in row.values else set())
    missing = [key for key in needed if key not in given]
    if missing and not (set(missing) & row.values.keys() and not csv):
        found = ", ".join(repr(key) for key in list(row.values)[:6]) or "no value"
        problems.add(row.line, f"has no {' and no '.join(missing)}; found {found}. Rename or fill them")
        values.update(dict.fromkeys(missing))
    return values


def _input(row: RawRow, values: Mapping[str, Any], problems: Problems) -> str:
    value = values.get("input")
    if "input" in values and value is None:
        return ""
    if isinstance(value, dict):
        problems.add(row.line, "input is an object; inputs from files are not read yet, so give the text itself")
    elif not isinstance(value, str):
        problems.add(row.line, f"input must be text, found {_short(value)}")
    elif not value.strip():
        problems.add(row.line, "input is empty; fill it or remove the row")
    elif len(value) > MAX_INPUT_CHARACTERS:
        problems.add(
            row.line,
            f"input has {len(value):,} characters, more than the {MAX_INPUT_CHARACTERS:,} allowed; shorten it",
        )
    else:
        return value
    return ""


def _word(row: RawRow, values: Mapping[str, Any], key: str, problems: Problems) -> str | None:
    value = values.get(key)
    if value is None:
        return None
    if isinstance(value, int) and not isinstance(value, bool) and key in {"id", "group"}:
        return str(value)
    if not isinstance(value, str) or not value.strip():
        problems.add(row.line, f"{key} must be text, found {_short(value)}; fill it or leave it out")
        return None
    return value.strip()


def _metadata(row: RawRow, values: Mapping[str, Any], problems: Problems) -> dict[str, str]:
    value = values.get("metadata", {})
    if not isinstance(value, dict):
        problems.add(row.line, f"metadata must be an object, found {_short(value)}")
        return {}
    return {
        key: part if isinstance(part, str) else json.dumps(part, ensure_ascii=False, sort_keys=True)
        for key, part in value.items()
    }


def _annotations(row: RawRow, values: Mapping[str, Any], problems: Problems) -> tuple[Annotation, ...]:
    value = values.get("annotations", [])
    read = []
    for one in value if isinstance(value, list) else [None]:
        if (
            not isinstance(one, dict)
            or set(one) != {"annotator", "label"}
            or not all(isinstance(part, str) for part in one.values())
        ):
            problems.add(row.line, 'annotations must be a list of {"annotator": ..., "label": ...}')
            return ()
        read.append(Annotation(one["annotator"], one["label"]))
    return tuple(read)


def _ids(row: RawRow, values: Mapping[str, Any], problems: Problems, *, csv: bool) -> tuple[str, ...]:
    """The ids of corpus entries that hold the answer; in a CSV cell separated by spaces."""
    value = values.get("passages", [])
    if isinstance(value, str) and csv:
        value = value.split()
    ids = [str(one) if isinstance(one, int) and not isinstance(one, bool) else one for one in _listed(value)]
    if not all(isinstance(one, str) and one.strip() for one in ids):
        problems.add(row.line, f"passages must be a list of ids of corpus entries, found {_short(value)}")
        return ()
    return tuple(dict.fromkeys(one.strip() for one in ids))


def _listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [None]


def _output(
    row: RawRow, values: Mapping[str, Any], task: Task, annotations: Sequence[Annotation], problems: Problems
) -> str:
    """An output that people judged (kind generate); "" without one."""
    value = values.get("output")
    if task.kind != "generate":
        return ""
    odd = [one.label for one in annotations if one.label not in VERDICTS]
    if odd:
        problems.add(row.line, f"annotations say {odd[0]!r}; on an output write {' or '.join(VERDICTS)}")
    if value is None:
        if annotations:
            problems.add(row.line, "has annotations and no output that they are about; add output")
        return ""
    if not isinstance(value, str) or not value.strip():
        problems.add(row.line, f"output must be text, found {_short(value)}; fill it or leave it out")
        return ""
    return value


def _human_label(item: _Item) -> HumanLabel | None:
    """What most annotators said of the item's output; None without an output or a majority."""
    right = majority([one.label for one in item.annotations]) if item.output else None
    return None if right is None else HumanLabel(item.example, item.output, right, len(item.annotations))


def _once(items: list[_Item], problems: Problems) -> tuple[list[_Item], list[str]]:
    """The items without exact repetitions, and a note about those."""
    by_id: dict[str, _Item] = {}
    repeated = 0
    for item in items:
        earlier = by_id.setdefault(item.example.id, item)
        if earlier is item:
            continue
        if _content(earlier) == _content(item):
            repeated += 1
        else:
            problems.add(
                item.line,
                f"the id {item.example.id!r} also stands in line {earlier.line} with other content; "
                "give each item its own id",
            )
    notes = [f"{repeated} rows were exact repetitions and count once."] if repeated > 1 else []
    if repeated == 1:
        notes = ["1 row was an exact repetition and counts once."]
    return list(by_id.values()), notes


def _check_parts(items: list[_Item], problems: Problems) -> None:
    """A split made by the team covers every item and keeps each declared group on one side."""
    if not any(item.part for item in items):
        return
    first: dict[str, _Item] = {}
    for item in items:
        if item.part is None:
            problems.add(item.line, "has no split while other rows have one; give every row a split, or none")
        elif item.example.group:
            other = first.setdefault(item.example.group, item)
            if other.part != item.part:
                problems.add(
                    item.line,
                    f"the group {item.example.group!r} stands in both {other.part} (id {other.example.id!r}, line "
                    f"{other.line}) and {item.part} (id {item.example.id!r}); move one of them",
                )
    empty = [part for part in PARTS if all(item.part != part for item in items)]
    if empty:
        problems.add(items[0].line, f"the split leaves {' and '.join(empty)} empty; fill each part, or leave split out")


def _check_origins(items: list[_Item], problems: Problems) -> None:
    """What says that it was derived names how, and an item of the file that was not derived itself, on its own side."""
    by_id = {item.example.id: item for item in items}
    for item in items:
        example = item.example
        if example.derived_from is not None and example.derivation is None:
            problems.add(item.line, "has derived_from and no derivation; say how it was made, such as paraphrase")
        if not example.derived_from:
            continue
        origin = by_id.get(example.derived_from)
        if origin is None:
            problems.add(item.line, f"derived_from names {example.derived_from!r}, which is no id of this file")
        elif origin.example.derivation is not None:
            problems.add(item.line, f"derived_from names {example.derived_from!r}, which was derived itself")
        elif origin.part != item.part:
            problems.add(
                item.line,
                f"stands in {item.part} and its original {example.derived_from!r} (line {origin.line}) in "
                f"{origin.part}; move one of them",
            )
