"""A log opened to be read once: decompressed, hashed on the way, and able to say where it broke."""

from __future__ import annotations

import gzip
import io
import zlib
from hashlib import sha256
from pathlib import Path
from types import TracebackType
from typing import BinaryIO, cast

from rung.errors import InvalidData

BUFFER_BYTES = 2**20
Breaks = (OSError, EOFError, zlib.error)
"""What reading a damaged log raises."""


class _Counted(io.RawIOBase):
    """The bytes of a file, counted and hashed as they are read."""

    def __init__(self, path: Path) -> None:
        self._file = path.open("rb", buffering=0)
        self.hash = sha256()
        self.bytes_read = 0

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]
        size = self._file.readinto(buffer) or 0
        self.hash.update(memoryview(buffer)[:size])
        self.bytes_read += size
        return size

    def close(self) -> None:
        self._file.close()
        super().close()


class OpenedLog:
    """The log at `path`; `source` gives its bytes, decompressed where it is gzip.

    Raises InvalidData where it cannot be opened.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        try:
            with path.open("rb") as file:
                compressed = file.read(2) == b"\x1f\x8b"
            self.size = path.stat().st_size
            self._counted = _Counted(path)
        except OSError as error:
            raise InvalidData(
                f"{path}: cannot be read ({error.strerror}); correct the path or its permissions"
            ) from error
        buffered = io.BufferedReader(self._counted, BUFFER_BYTES)
        self.source = cast(BinaryIO, gzip.GzipFile(fileobj=buffered) if compressed else buffered)

    @property
    def bytes_read(self) -> int:
        """How far the file was read, compressed bytes."""
        return self._counted.bytes_read

    def sha256(self) -> str:
        """Of the file's bytes, all of them; call it when the log was read."""
        while self._counted.read(BUFFER_BYTES):
            pass
        return self._counted.hash.hexdigest()

    def broke(self, error: Exception, line: int) -> InvalidData:
        """What broke while the log was read, and where."""
        problem = (
            "the gzip data ends before its end mark"
            if isinstance(error, EOFError)
            else f"the gzip data is damaged ({error})"
            if isinstance(error, zlib.error | gzip.BadGzipFile)
            else str(error)
        )
        return InvalidData(
            f"{self.path}: {problem}, at about byte {self.bytes_read:,} of the file, line {line:,} of the log; nothing "
            "of this file was taken, so export it again and repeat the command (rows already there are skipped)"
        )

    def __enter__(self) -> OpenedLog:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.source.close()
        self._counted.close()
