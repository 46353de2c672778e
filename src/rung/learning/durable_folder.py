"""A folder that is either complete or not there: what a fit writes so that a kill at any moment cannot hurt it."""

from __future__ import annotations

import json
import logging
import os
import shutil
from collections.abc import Mapping
from hashlib import sha256
from pathlib import Path

MANIFEST = "manifest.json"
_log = logging.getLogger(__name__)


def write_folder(path: Path, files: Mapping[str, bytes]) -> None:
    """Put `files` (name to content) under `path`, replacing what stood there.

    Everything is written and flushed to the disk in a hidden neighbour first and then renamed, so a reader sees
    the whole folder or none. A manifest with the sha256 of each file is written along.
    """
    partial = path.with_name(f".{path.name}.partial")
    shutil.rmtree(partial, ignore_errors=True)
    partial.mkdir(parents=True)
    digests = {name: sha256(content).hexdigest() for name, content in files.items()}
    for name, content in [*files.items(), (MANIFEST, json.dumps({"sha256": digests}).encode())]:
        with (partial / name).open("wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
    _flush_directory(partial)
    shutil.rmtree(path, ignore_errors=True)
    partial.rename(path)
    _flush_directory(path.parent)


def read_folder(path: Path) -> dict[str, bytes] | None:
    """The files under `path` by name, or None when it is not there or is not what was written."""
    try:
        digests = json.loads((path / MANIFEST).read_bytes())["sha256"]
        files = {name: (path / name).read_bytes() for name in digests}
    except FileNotFoundError:
        if path.exists():
            _log.warning("%s is incomplete and is not used", path)
        return None
    except (ValueError, KeyError, TypeError, AttributeError, OSError) as problem:
        _log.warning("%s cannot be read and is not used: %s", path, problem)
        return None
    damaged = [name for name, content in files.items() if sha256(content).hexdigest() != digests[name]]
    if damaged:
        _log.warning("%s is damaged (%s) and is not used", path, ", ".join(damaged))
        return None
    return files


def _flush_directory(path: Path) -> None:
    """Make the names in `path` durable; without effect where directories cannot be opened (Windows)."""
    if os.name == "nt":
        return
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
