"""A new project from a template."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from importlib.resources import as_file, files
from importlib.resources.abc import Traversable
from pathlib import Path
from shutil import copyfile
from tempfile import TemporaryDirectory

from rung.errors import UsageError
from rung.task.problems import nearest

_SHOWN = 5


def templates() -> tuple[str, ...]:
    """The names of the templates, sorted."""
    return tuple(sorted(entry.name for entry in _root().iterdir() if (entry / "rung.yaml").is_file()))


def create_project(directory: Path, template: str, build: Callable[[Path], None] | None = None) -> list[Path]:
    """Write the template's files into the directory (made if it is not there); returns the paths written.

    `build` writes data that are made rather than shipped; it is given a directory laid out like the project.
    Nothing is written when anything would be overwritten or `build` fails. Raises UsageError.
    """
    known = templates()
    if template not in known:
        raise UsageError(f"there is no template {template!r}; {nearest(template, known)}")
    if directory.exists() and not directory.is_dir():
        raise UsageError(f"{directory} is a file; give a directory")
    with TemporaryDirectory() as scratch:
        staged = Path(scratch)
        _copy(_root() / template, staged)
        if build is not None:
            build(staged)
        names = sorted(path.relative_to(staged) for path in staged.rglob("*") if path.is_file())
        taken = [str(name) for name in names if (directory / name).exists() or (directory / name).is_symlink()]
        if taken:
            shown = ", ".join(taken[:_SHOWN]) + (f" and {len(taken) - _SHOWN} more" if len(taken) > _SHOWN else "")
            raise UsageError(f"{directory} already has {shown}; nothing was written. Give an empty directory")
        try:
            for name in names:
                (directory / name).parent.mkdir(parents=True, exist_ok=True)
                copyfile(staged / name, directory / name)
        except OSError as error:
            raise UsageError(
                f"{error.filename or directory}: cannot be written ({error.strerror}); give a directory that you may "
                "write to"
            ) from error
    return [directory / name for name in names]


def _root() -> Traversable:
    return files("rung") / "templates"


def _copy(source: Traversable, target: Path) -> None:
    for entry, place in _entries(source, target):
        place.parent.mkdir(parents=True, exist_ok=True)
        with as_file(entry) as path:
            copyfile(path, place)


def _entries(source: Traversable, target: Path) -> Iterator[tuple[Traversable, Path]]:
    for entry in source.iterdir():
        if entry.is_dir():
            yield from _entries(entry, target / entry.name)
        else:
            yield entry, target / entry.name
