"""Files that a reader never sees half of."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from rung.adapters.whole_file import replace_whole
from rung.errors import RungError


def json_text(value: Any) -> str:
    """The value as indented JSON with a line end. ValueError on NaN or infinity."""
    return json.dumps(value, ensure_ascii=False, allow_nan=False, indent=2) + "\n"


def as_bytes(text: str) -> bytes:
    """The text in UTF-8. A lone surrogate has none; its backslash form is the escape that JSON itself uses."""
    return text.encode("utf-8", "backslashreplace")


def write_whole(texts: Mapping[Path, str]) -> None:
    """Write each text to its path, in UTF-8; directories are made if needed.

    Raises `RungError` when one cannot be written; those written before it stand.
    """
    write_whole_bytes({path: as_bytes(text) for path, text in texts.items()})


def write_whole_bytes(contents: Mapping[Path, bytes]) -> None:
    """The same for what is not text."""
    for path, data in contents.items():
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            replace_whole(path, data)
        except OSError as error:
            raise RungError(
                f"{path}: the report could not be written ({error.strerror}); "
                "free space there, make it writable, or choose another directory"
            ) from error
