"""The model cache: embedded models found in their packages, checked, and made ready to load once.

The generator ships as a 4-bit GGUF file. Reading that into torch takes tens of seconds, so it is converted once
to safetensors in the user's cache directory (`RUNG_CACHE` moves it), under a key made from the file's sha256.
Another process that needs it at the same time waits for the first; a conversion that is interrupted leaves
nothing that could be taken for a finished one. Nothing here imports torch before a conversion begins.
"""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from hashlib import file_digest
from importlib.metadata import PackageNotFoundError, distribution
from pathlib import Path
from tempfile import mkdtemp

from filelock import FileLock
from platformdirs import user_cache_path

from rung.adapters.local.catalog import CATALOG, ModelCard, find_card
from rung.errors import ModelUnavailable

LAYOUT = 1
"""Raised when the way of converting changes, so that older conversions are made again."""
MANIFEST = "rung-manifest.json"
Report = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class ModelStatus:
    """What `rung models` shows. `directory` is what loading reads from, None until it is ready; `problem` says
    why it cannot be used, "" if it can (an unprepared model whose package is there is no problem)."""

    card: ModelCard
    package_file: Path | None
    directory: Path | None
    size_bytes: int
    problem: str


def cache_directory() -> Path:
    """`RUNG_CACHE`, or the user's cache directory of this platform. Not created by asking."""
    chosen = os.environ.get("RUNG_CACHE", "").strip()
    return Path(chosen).expanduser().resolve() if chosen else user_cache_path("rung", appauthor=False)


def prepare(name: str, report: Report = lambda _: None) -> Path:
    """The directory from which the model loads, made ready if it was not; `report` gets a line per long step.

    ModelUnavailable: the package is not installed (with the command), its file is not the one it claims to be
    (with both hashes), or the cache cannot be written.
    """
    card = find_card(name)
    if card.role == "encoder":
        return _checked(card).parent
    target = _target(card)
    if _complete(target):
        return target
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        with FileLock(target.with_suffix(".lock")):
            if not _complete(target):
                _convert(card, target, report)
    except OSError as error:
        raise ModelUnavailable(
            f"{cache_directory()}: cannot keep the converted model there ({error.strerror or error}); "
            "free space, or set RUNG_CACHE to a directory that can be written"
        ) from error
    return target


def status() -> tuple[ModelStatus, ...]:
    """Every embedded model: where its package is, whether it is ready, how large, and what is wrong.

    Reads the weights once to check their hash; converts nothing.
    """
    return tuple(_status(card) for card in CATALOG.values())


def _status(card: ModelCard) -> ModelStatus:
    package_file: Path | None = None
    problem = ""
    try:
        package_file = _checked(card)
    except ModelUnavailable as error:
        problem = str(error)
    target = _target(card) if card.role == "generator" else None
    if target is not None and _complete(target):
        return ModelStatus(card, package_file, target, sum(file.stat().st_size for file in target.iterdir()), "")
    if package_file is None:
        return ModelStatus(card, None, None, 0, problem)
    ready = package_file.parent if card.role == "encoder" else None
    return ModelStatus(card, package_file, ready, package_file.stat().st_size, "")


def _checked(card: ModelCard) -> Path:
    """The weights inside the installed package, after their hash was compared."""
    try:
        file = Path(str(distribution(card.package).locate_file(card.file)))
    except PackageNotFoundError:
        raise ModelUnavailable(f"the model {card.name} is not installed; install it with: {card.install}") from None
    if not file.is_file():
        raise ModelUnavailable(f"{file}: the model {card.name} is missing; install it again with: {card.install}")
    with file.open("rb") as stream:
        found = file_digest(stream, "sha256").hexdigest()
    if found != card.sha256:
        raise ModelUnavailable(
            f"{file}: not the model {card.name} that rung was tested with: sha256 is {found}, expected "
            f"{card.sha256}; install it again with: {card.install} --force-reinstall"
        )
    return file


def _target(card: ModelCard) -> Path:
    return cache_directory() / "models" / f"{card.name}-{card.sha256[:16]}-{LAYOUT}"


def _complete(target: Path) -> bool:
    """True when every file of a finished conversion is there in its full size."""
    try:
        sizes: dict[str, int] = json.loads((target / MANIFEST).read_text(encoding="utf-8"))["bytes"]
        return all((target / name).stat().st_size == size for name, size in sizes.items())
    except (OSError, ValueError, KeyError, TypeError):
        return False


def _convert(card: ModelCard, target: Path, report: Report) -> None:
    """Converts into a directory beside the target, then renames it. The caller holds the lock."""
    source = _checked(card)
    for leftover in [*target.parent.glob(f"{target.name}.part-*"), target]:
        shutil.rmtree(leftover, ignore_errors=True)
    report(f"converting {card.title} once, which takes up to a minute")
    part = Path(mkdtemp(prefix=f"{target.name}.part-", dir=target.parent))
    try:
        from rung.adapters.local.conversion import convert_gguf

        convert_gguf(source, part)
        sizes = {file.name: file.stat().st_size for file in sorted(part.iterdir())}
        manifest = {"source_sha256": card.sha256, "licence": card.licence, "bytes": sizes}
        (part / MANIFEST).write_text(json.dumps(manifest, indent=1), encoding="utf-8")
        part.rename(target)
    finally:
        shutil.rmtree(part, ignore_errors=True)
    report(f"{card.name} is ready in {target}")
