"""Paths that rung.yaml names: inside the project, and there."""

from __future__ import annotations

from pathlib import Path

from rung.errors import InvalidTask


def path_inside(directory: Path, written: str, *, where: str) -> Path:
    """The resolved path of an existing file inside `directory` (resolved). `where` is "file:line: key".

    Symbolic links are followed first, so one that leads out of the project is refused like "../".
    """
    try:
        resolved = (directory / written).resolve()
    except (OSError, RuntimeError, ValueError) as error:
        raise InvalidTask(f"{where}: {written!r} is not a usable path") from error
    if not resolved.is_relative_to(directory):
        raise InvalidTask(
            f"{where}: {written!r} leads outside the project directory; copy the file into it and name it from there"
        )
    if not resolved.exists():
        raise InvalidTask(f"{where}: there is no file {written!r} in the project; create it or correct the path")
    if not resolved.is_file():
        what = "is a directory; name a file in it" if resolved.is_dir() else "is not a regular file; name one that is"
        raise InvalidTask(f"{where}: {written!r} {what}")
    return resolved


def pattern_inside(written: str, *, where: str) -> None:
    """Refuse a glob pattern that could match outside the project."""
    if Path(written).is_absolute() or ".." in Path(written).parts:
        raise InvalidTask(f"{where}: {written!r} leads outside the project directory; copy the files into it")
