"""A YAML file as plain values, read strictly, with the line of every key.

The tree is built from the parser's events, not by a loader: so nothing is constructed from a tag, an alias is
refused before it is expanded, and depth is bounded without recursion.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from hashlib import sha256
from math import isfinite
from pathlib import Path
from typing import Any, NoReturn

from rung.errors import InvalidTask
from rung.task.secrets import line_of_literal_secret

MAX_BYTES = 1_000_000
MAX_DEPTH = 20
"""rung.yaml is at most five levels deep; anything beyond this is an accident or an attack."""

Place = tuple[str | int, ...]
"""The keys and list positions that lead to a value: ("flows", 0, "name")."""

# The core schema of YAML 1.2.2, section 10.3.2.
_NULL = frozenset({"", "~", "null", "Null", "NULL"})
_BOOLEAN = {"true": True, "True": True, "TRUE": True, "false": False, "False": False, "FALSE": False}
_INTEGER = re.compile(r"[-+]?[0-9]+")
_OCTAL = re.compile(r"0o[0-7]+")
_HEXADECIMAL = re.compile(r"0x[0-9a-fA-F]+")
_FLOAT = re.compile(r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?")
_NOT_FINITE = re.compile(r"[-+]?(\.inf|\.Inf|\.INF)|\.nan|\.NaN|\.NAN")
_LONGEST_NUMBER = 40


@dataclass(frozen=True, slots=True)
class Document:
    """A mapping read from `path`: plain dicts, lists, str, int, float, bool and None.

    `lines` has the 1-based line of every key and list item; `sha256` is of the file's bytes.
    """

    path: Path
    content: dict[str, Any]
    lines: dict[Place, int]
    sha256: str

    def line(self, place: Place) -> int:
        """The line of this place, or of the nearest place around it."""
        for length in range(len(place), 0, -1):
            if place[:length] in self.lines:
                return self.lines[place[:length]]
        return 1


def read_yaml(path: Path) -> Document:
    """The mapping in the file. Raises InvalidTask, naming file and line, for whatever else is in there."""
    data = _bytes(path)
    text = _text(path, data)
    secret = line_of_literal_secret(text)
    if secret is not None:
        raise InvalidTask(
            f"{path}:{secret}: this line holds what looks like a literal secret; remove it, revoke it where it was "
            "issued, and name an environment variable in api_key_env instead"
        )
    content, lines = _Builder(path).build(text)
    return Document(path, content, lines, sha256(data).hexdigest())


def _bytes(path: Path) -> bytes:
    try:
        if not path.exists():
            raise InvalidTask(f"{path}: there is no such file; write one with: rung init")
        if not path.is_file():
            raise InvalidTask(f"{path}: not a file; give the path of a rung.yaml")
        with path.open("rb") as stream:
            data = stream.read(MAX_BYTES + 1)
    except OSError as error:
        raise InvalidTask(f"{path}: cannot be read ({error.strerror}); check its name and permissions") from error
    if len(data) > MAX_BYTES:
        raise InvalidTask(
            f"{path}: larger than {MAX_BYTES:,} bytes; keep data in files of its own, under data.examples"
        )
    return data


def _text(path: Path, data: bytes) -> str:
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise InvalidTask(f"{path}:{line}: byte {error.start} is not UTF-8; save the file as UTF-8") from error
    if not text.strip():
        raise InvalidTask(f"{path}: the file is empty; write one with: rung init")
    return text


@dataclass(slots=True)
class _Level:
    """A mapping or list that is still being filled."""

    place: Place
    values: dict[str, Any] | list[Any]
    key: str | None = None


@dataclass(slots=True)
class _Builder:
    path: Path
    lines: dict[Place, int] = field(default_factory=dict)
    levels: list[_Level] = field(default_factory=list)
    root: Any = None
    documents: int = 0

    def build(self, text: str) -> tuple[dict[str, Any], dict[Place, int]]:
        for event in self._events(text):
            self._take(event, event.start_mark.line + 1)
        if not isinstance(self.root, dict):
            self._refuse(1, "must be a mapping such as 'task:', not a list or a single value")
        return self.root, self.lines

    def _events(self, text: str) -> Iterator[Any]:
        from ruamel.yaml import YAML
        from ruamel.yaml.error import MarkedYAMLError, YAMLError
        from ruamel.yaml.reader import ReaderError

        try:
            yield from YAML(typ="safe", pure=True).parse(text)
        except MarkedYAMLError as error:
            mark = error.problem_mark or error.context_mark
            problem = error.problem or error.context or "cannot be parsed"
            if "'\\t'" in problem:
                problem = "a tab where only spaces may stand; indent with spaces"
            self._refuse(mark.line + 1 if mark else 1, f"not YAML: {problem}", error)
        except ReaderError as error:
            line = text.count("\n", 0, error.position) + 1
            self._refuse(line, f"character #x{error.character:04x} may not stand in YAML; remove it", error)
        except YAMLError as error:
            self._refuse(1, "not YAML", error)

    def _take(self, event: Any, line: int) -> None:
        kind = type(event).__name__
        if kind == "DocumentStartEvent":
            self._start_document(event, line)
        elif kind == "AliasEvent":
            self._refuse(line, f"the alias *{event.anchor} is not supported; write the value out")
        elif kind in {"MappingStartEvent", "SequenceStartEvent"}:
            self._refuse_decoration(event, line)
            self._open({} if kind == "MappingStartEvent" else [], line)
        elif kind in {"MappingEndEvent", "SequenceEndEvent"}:
            self.levels.pop()
        elif kind == "ScalarEvent":
            self._refuse_decoration(event, line)
            self._scalar(event, line)

    def _start_document(self, event: Any, line: int) -> None:
        self.documents += 1
        if self.documents > 1:
            self._refuse(line, "a second document starts here; keep one document in the file")
        if event.version is not None and tuple(event.version) != (1, 2):
            self._refuse(line, "only YAML 1.2 is read; remove the %YAML line")

    def _refuse_decoration(self, event: Any, line: int) -> None:
        if event.anchor is not None:
            self._refuse(line, f"the anchor &{event.anchor} is not supported; write each value out")
        tag = getattr(event, "tag", None)
        if tag is not None and tag != "!":
            self._refuse(line, f"the tag {str(tag)!r} is not supported; remove it")

    def _open(self, values: dict[str, Any] | list[Any], line: int) -> None:
        if len(self.levels) >= MAX_DEPTH:
            self._refuse(line, f"nested more than {MAX_DEPTH} levels deep")
        if self.levels and isinstance(self.levels[-1].values, dict) and self.levels[-1].key is None:
            self._refuse(line, "a key must be a single word, not a list or mapping; quote braces that are text")
        self.levels.append(_Level(self._put(values, line), values))

    def _scalar(self, event: Any, line: int) -> None:
        plain = event.implicit[0] and event.style is None
        if self.levels and isinstance(self.levels[-1].values, dict) and self.levels[-1].key is None:
            self._key(event.value, plain, line)
        else:
            self._put(self._resolve(event.value, line) if plain else event.value, line)

    def _key(self, key: str, plain: bool, line: int) -> None:
        if plain and not isinstance(self._resolve(key, line), str):
            self._refuse(line, f"the key {key!r} is not text; put it in quotes")
        level = self.levels[-1]
        if key in level.values:
            first = self.lines[(*level.place, key)]
            self._refuse(line, f"the key {key!r} stands here and in line {first}; keep one of them")
        self.lines[(*level.place, key)] = line
        level.key = key

    def _put(self, value: Any, line: int) -> Place:
        """Place a finished or just opened value where the innermost open level expects it; returns the place."""
        if not self.levels:
            self.root = value
            return ()
        level = self.levels[-1]
        if isinstance(level.values, list):
            place = (*level.place, len(level.values))
            level.values.append(value)
            self.lines[place] = line
            return place
        key = level.key
        assert key is not None  # noqa: S101  the parser alternates keys and values
        level.values[key] = value
        level.key = None
        return (*level.place, key)

    def _resolve(self, text: str, line: int) -> Any:
        if text in _NULL:
            return None
        if text in _BOOLEAN:
            return _BOOLEAN[text]
        if _NOT_FINITE.fullmatch(text):
            self._refuse(line, f"{text} is not a usable number; give a finite one or remove the key")
        for pattern, base in ((_INTEGER, 10), (_OCTAL, 8), (_HEXADECIMAL, 16)):
            if pattern.fullmatch(text):
                self._refuse_long_number(text, line)
                return int(text, base)
        if _FLOAT.fullmatch(text):
            self._refuse_long_number(text, line)
            number = float(text)
            if not isfinite(number):
                self._refuse(line, f"{text} is too large a number")
            return number
        return text

    def _refuse_long_number(self, text: str, line: int) -> None:
        if len(text) > _LONGEST_NUMBER:
            self._refuse(line, f"a number of {len(text)} characters; quote it if it is text")

    def _refuse(self, line: int, problem: str, cause: Exception | None = None) -> NoReturn:
        raise InvalidTask(f"{self.path}:{line}: {problem}") from cause
