"""Files that a reader never sees half of."""

from __future__ import annotations

import json
import os
import tempfile
from collections.abc import Mapping
from errno import EINVAL
from pathlib import Path
from typing import Any

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
            _replace(path, data)
        except OSError as error:
            raise RungError(
                f"{path}: the report could not be written ({error.strerror}); "
                "free space there, make it writable, or choose another directory"
            ) from error


def _replace(path: Path, data: bytes) -> None:
    """The old file stays whole until the new one is on the disk; a link stays one, and only a file is replaced."""
    if path.is_symlink():
        path = path.resolve()
    if path.exists() and not path.is_file() and not path.is_dir():
        raise OSError(EINVAL, "this is a device or a pipe and no file", str(path))
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    temporary = Path(name)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        temporary.chmod(0o644)
        temporary.replace(path)
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise
