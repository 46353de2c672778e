"""`--set NAME=VALUE`: a driver of the cost for one call."""

from __future__ import annotations

from math import isfinite

from rung.errors import UsageError
from rung.task.task import DriverChoice


def stated_drivers(settings: tuple[str, ...]) -> tuple[DriverChoice, ...]:
    """The drivers as set, each once. UsageError for one that cannot be read, is set twice or has its range in no order.

    Whether there is such a driver, and whether it can have such a value, is checked where it is priced.
    """
    choices: dict[str, DriverChoice] = {}
    for setting in settings:
        choice = _read(setting)
        if choice.name in choices:
            raise UsageError(f"--set {choice.name} stands there twice; give it once")
        choices[choice.name] = choice
    return tuple(choices.values())


def _read(setting: str) -> DriverChoice:
    name, sign, text = setting.rpartition("=")
    name = name.strip()
    if not sign or not name:
        raise UsageError(f"--set {setting!r}: must be NAME=VALUE or NAME=LOW:MODE:HIGH")
    parts = text.split(":")
    values = [_number(part, setting) for part in parts]
    if len(values) == 1:
        values *= 3
    if len(values) != 3:
        raise UsageError(f"--set {setting!r}: must have one number or three, LOW:MODE:HIGH, found {len(values)}")
    low, mode, high = values
    if not low <= mode <= high:
        raise UsageError(
            f"--set {setting!r}: low {low:g}, mode {mode:g} and high {high:g} are not in order; "
            f"write {name}={':'.join(f'{one:g}' for one in sorted(values))}"
        )
    return DriverChoice(name, low, mode, high)


def _number(text: str, setting: str) -> float:
    try:
        value = float(text)
    except ValueError:
        raise UsageError(f"--set {setting!r}: {text.strip()!r} is not a number; write 4000 or 0.05") from None
    if not isfinite(value):
        raise UsageError(f"--set {setting!r}: {text.strip()} is not a finite number")
    return value
