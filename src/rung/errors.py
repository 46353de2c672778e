"""Everything rung raises on purpose.

    RungError                 exit 1
    ├── UsageError            exit 2: the command was called wrongly
    ├── InvalidTask           rung.yaml says something that cannot be, or refers to what is not there
    ├── InvalidData           examples, corpus or split cannot be used as they are
    ├── MissingExtra          an optional part of rung is not installed
    ├── ModelUnavailable      a model is not there, not the one it claims to be, or cannot do what is asked
    ├── TrainingFailed        a fit went wrong in a way that its result could not be trusted
    ├── EndpointFailed        a model server did not answer usefully
    ├── StoreBusy             another rung process holds the project
    └── StoreDamaged          the store cannot be read, or was changed outside rung

A verdict is never an exception: "undecided", "misses", "none meets" and "not enough evidence" are values.
Messages say what, where, what was found and what to do, in plain text on as few lines as possible.
"""


class RungError(Exception):
    """A problem that the person at the keyboard can act on. `exit_code` is what the command line returns."""

    exit_code = 1


class UsageError(RungError):
    """The command was called wrongly."""

    exit_code = 2


class InvalidTask(RungError):
    """rung.yaml says something that cannot be, or refers to what is not there."""


class InvalidData(RungError):
    """Examples, corpus or split cannot be used as they are."""


class MissingExtra(RungError):
    """An optional part of rung is not installed."""

    def __init__(self, extra: str, needed_for: str) -> None:
        super().__init__(f"{needed_for} needs the extra {extra!r}; install it with: pip install 'rung[{extra}]'")


class ModelUnavailable(RungError):
    """A model is not there, is not the one it claims to be, or cannot do what is asked of it."""


class TrainingFailed(RungError):
    """A fit went wrong in a way that its result could not be trusted."""


class EndpointFailed(RungError):
    """A model server did not answer usefully, after the retries that its answer allowed."""


class StoreBusy(RungError):
    """Another rung process holds the project."""


class StoreDamaged(RungError):
    """The store cannot be read, or was changed outside rung."""
