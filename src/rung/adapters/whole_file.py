"""A file that is replaced whole: no reader sees half of it."""

from __future__ import annotations

import os
import tempfile
from errno import EINVAL
from pathlib import Path


def replace_whole(path: Path, data: bytes) -> None:
    """The old file stays whole until the new one is on the disk; a link stays one, and only a file is replaced.

    OSError where it cannot be written, and where a device or a pipe stands there.
    """
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
