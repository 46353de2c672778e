from __future__ import annotations

import fcntl
import io
import os
import pty
import re
import struct
import subprocess
import termios
from typing import Any

import pytest

from rung.cli.live import Pace, PlainLines, in_words, without_name


class Clock:
    """A clock that stands still until it is told to go."""

    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


def test_a_sign_of_life_comes_at_most_every_15_seconds_with_share_and_rest(clock: Clock) -> None:
    told = io.StringIO()
    lines = PlainLines(told, seconds=clock)
    for second in range(41):
        clock.now = second
        lines.progress("lora", second, 60, "fitting")  # one step a second
    assert told.getvalue().splitlines() == [
        "  lora: fitting, 25% (15 of 60), about 45 s left",
        "  lora: fitting, 50% (30 of 60), about 30 s left",
    ]


def test_work_that_is_taken_up_again_is_paced_by_what_is_new(clock: Clock) -> None:
    pace = Pace(clock)
    assert pace.remaining_s("lora", "fitting", 50, 100) is None
    clock.now = 10.0
    assert pace.remaining_s("lora", "fitting", 55, 100) == 90.0  # five in ten seconds, 45 to go
    assert pace.remaining_s("lora", "evaluating", 0, 30) is None


def test_a_control_character_in_a_message_does_not_reach_the_stream() -> None:
    told = io.StringIO()
    PlainLines(told).note("a \x1b[2J b")
    assert told.getvalue() == "  note: a �[2J b\n"


def test_time_left_is_told_in_the_unit_that_people_use() -> None:
    assert [in_words(seconds) for seconds in (0.2, 45, 90, 600, 9000)] == [
        "about 1 s",
        "about 45 s",
        "about 2 min",
        "about 10 min",
        "about 2.5 h",
    ]


def test_a_summary_does_not_say_the_name_twice() -> None:
    assert without_name("lora", "lora fails on 3 of 10") == "fails on 3 of 10"
    assert without_name("lora", "7 of 10 right") == "7 of 10 right"


def on_a_terminal(command: list[str], env: dict[str, str]) -> tuple[int, str]:
    """Exit code and everything written when the command runs on a terminal of 80 columns."""
    ours, theirs = pty.openpty()
    fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", 24, 80, 0, 0))
    process = subprocess.Popen(command, stdin=theirs, stdout=theirs, stderr=theirs, env=env)
    os.close(theirs)
    written = bytearray()
    while True:
        try:
            part = os.read(ours, 65_536)
        except OSError:  # how Linux says that the other side is closed
            break
        if not part:
            break
        written += part
    os.close(ours)
    return process.wait(), written.decode()


def screen(written: str) -> list[str]:
    """The lines that stay on a terminal which knows carriage return, cursor up and erase line."""
    lines: list[str] = [""]
    row = column = 0
    for token in re.finditer(r"\x1b\[([0-9;?]*)([A-Za-z])|\r|\n|[^\x1b\r\n]", written):
        if token[0] == "\r":
            column = 0
        elif token[0] == "\n":
            row += 1
            lines.extend([""] * (row + 1 - len(lines)))
        elif token[0][0] == "\x1b":
            if token[2] == "A":
                row -= int(token[1] or 1)
            elif token[2] == "K":
                lines[row] = ""
        else:
            lines[row] = lines[row][:column].ljust(column) + token[0] + lines[row][column + 1 :]
            column += 1
    return [line.rstrip() for line in lines]


def test_on_a_terminal_bars_move_and_leave_only_lines_that_fit(desk: Any) -> None:
    desk.server.delay_s = 0.02
    env = {**desk.environment(TERM="xterm-256color"), "NO_COLOR": ""}
    code, written = on_a_terminal([desk.program, "decide", "--project", str(desk.project())], env)
    assert code == 0
    assert re.search(r"zero-shot: evaluating.*━", written)
    lines = screen(written)
    assert lines[:3] == [
        "evidence  examples.jsonl",
        "evaluate  30 dev items, strategies that leave the weights alone",
        "  ✓ zero-shot: 30 of 30 right",
    ]
    assert not any("━" in line for line in lines)
    assert max(len(line) for line in lines if "/.rung/decisions/" not in line) <= 80
    assert written.rstrip().endswith("answers reused")
    assert "\x1b[?25h" in written  # the cursor is shown again
