"""What was drawn, and by what: lets a report whose content and renderer are unchanged stand as it is.

`manifest.json` lies beside the files and holds the sha256 of each and of everything that drew them. A file that was
changed or removed, another record, or another version of rung or of a drawing library makes it stale.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import cache
from hashlib import sha256
from importlib.metadata import version
from pathlib import Path

import rung
from rung.report.whole_files import as_bytes, json_text

NAME = "manifest.json"
DRAWN_BY = ("altair", "vl-convert-python", "jinja2", "markupsafe")


@cache
def renderer_version() -> str:
    """Hex sha256 over the source and the templates of rung and the versions of the libraries that draw.

    All of rung, because a report says words that other parts own: remedies, causes, cards.
    """
    digest = sha256()
    root = Path(rung.__file__).parent
    for path in sorted(one for one in root.rglob("*") if one.suffix in (".py", ".j2")):
        content = path.read_bytes()
        digest.update(f"{path.relative_to(root).as_posix()} {len(content)}\n".encode())
        digest.update(content)
    digest.update(" ".join(f"{name} {version(name)}" for name in DRAWN_BY).encode())
    return digest.hexdigest()


def is_current(directory: Path, record_text: str, record_name: str, names: frozenset[str]) -> bool:
    """Whether this renderer wrote the named files from this very record, and every byte still stands."""
    told = _read(directory / NAME)
    files = told.get("files")
    if told.get("renderer") != renderer_version() or not isinstance(files, dict) or set(files) != names:
        return False
    if files[record_name] != _hash(as_bytes(record_text)):
        return False
    try:
        return all(_hash((directory / name).read_bytes()) == files[name] for name in names)
    except OSError:
        return False


def manifest_text(texts: Mapping[Path, str]) -> str:
    """The manifest of these files, as they are written."""
    files = {path.name: _hash(as_bytes(text)) for path, text in texts.items()}
    return json_text({"renderer": renderer_version(), "files": files})


def _hash(content: bytes) -> str:
    return sha256(content).hexdigest()


def _read(path: Path) -> dict[str, object]:
    """Empty when there is none, or none that can be read: the files are then written anew."""
    try:
        found = json.loads(path.read_bytes())
    except (OSError, ValueError):
        return {}
    return found if isinstance(found, dict) else {}
