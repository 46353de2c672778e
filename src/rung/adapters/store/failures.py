"""What a database error means to the person at the keyboard: one sentence with the place and the remedy."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy.exc import DBAPIError, SQLAlchemyError

from rung.errors import RungError, StoreBusy, StoreDamaged

_KEPT = "everything that was finished before is kept"


@contextmanager
def explained(place: str) -> Iterator[None]:
    """Turns database errors inside the `with` block into rung's own, naming `place` (never a password).

    StoreBusy when another process keeps the store locked, StoreDamaged when its content cannot be read, RungError
    when the surroundings are at fault: a full disk, a missing permission, a server that does not answer.
    """
    try:
        yield
    except DBAPIError as error:
        raise _explanation(place, error) from error
    except SQLAlchemyError as error:
        raise RungError(f"{place}: the store failed: {_first_line(error)}") from error


def _explanation(place: str, error: DBAPIError) -> RungError:
    words = _first_line(error.orig or error)
    # The extended names, such as SQLITE_READONLY_DIRECTORY, start with the plain one.
    code = str(getattr(error.orig, "sqlite_errorname", ""))
    if code.startswith(("SQLITE_BUSY", "SQLITE_LOCKED")):
        return StoreBusy(f"{place}: another process is writing to the store; wait for it to end and run again")
    if code.startswith("SQLITE_FULL"):
        return RungError(f"{place}: the disk is full; free some space and run again, {_KEPT}")
    if code.startswith(("SQLITE_READONLY", "SQLITE_CANTOPEN", "SQLITE_PERM", "SQLITE_AUTH")):
        return RungError(
            f"{place}: the store cannot be written ({words}); "
            "give yourself permission to write the file and its directory"
        )
    if code.startswith("SQLITE_IOERR"):
        return RungError(f"{place}: reading or writing failed ({words}); check the disk and run again, {_KEPT}")
    if code.startswith(("SQLITE_NOTADB", "SQLITE_CORRUPT", "SQLITE_FORMAT")):
        return StoreDamaged(
            f"{place}: the store is damaged ({words}); restore it from a backup, "
            "or move it away and run again to make everything anew"
        )
    if error.connection_invalidated or (type(error.orig).__name__ == "OperationalError" and not code):
        return RungError(
            f"{place}: the database does not answer ({words}); check the address and the server, run again"
        )
    return StoreDamaged(
        f"{place}: the store does not have the shape that rung gave it, or refuses a change ({words}); "
        "restore it from a backup"
    )


def _first_line(error: BaseException) -> str:
    return str(error).strip().splitlines()[0] if str(error).strip() else type(error).__name__
