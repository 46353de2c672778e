from __future__ import annotations

import json
from pathlib import Path

from click.testing import CliRunner

from rung.cli.data import split


def test_a_label_cannot_steer_the_terminal_through_a_note(tmp_path: Path) -> None:
    # All items of the hostile label share a group, so a note has to name it as absent from two parts.
    rows = [{"input": f"request {n} of many", "expected": "plain", "group": f"g{n}"} for n in range(40)]
    rows += [{"input": f"other thing {n}", "expected": "odd\x1b[2J", "group": "one"} for n in range(12)]
    (tmp_path / "examples.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    (tmp_path / "rung.yaml").write_text(
        "task: {name: t, kind: classify}\ndata: {examples: examples.jsonl}\n", encoding="utf-8"
    )
    said = CliRunner().invoke(split, ["--project", str(tmp_path)], color=True)
    assert "odd" in said.output
    assert "\x1b" not in said.output
