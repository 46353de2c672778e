from __future__ import annotations

import json
from pathlib import Path

from click.testing import CliRunner

from rung.cli.data import split
from rung.errors import RungError
from rung.evidence.eval_set import FILES


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


def project(tmp_path: Path) -> Path:
    places = ("hall", "attic", "cellar", "garden", "office", "kitchen")
    rows = [
        {
            "input": f"I think the {places[n % 6]} door number {n * 7919} of {places[(n * 5 + 1) % 6]} house is broken",
            "expected": ("doors", "windows")[n % 2],
            "group": f"g{n}",
        }
        for n in range(90)
    ]
    (tmp_path / "examples.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    (tmp_path / "rung.yaml").write_text("task: {name: t}\ndata: {examples: examples.jsonl}\n", encoding="utf-8")
    return tmp_path


def test_the_parts_are_written_apart_and_told_with_what_reading_them_costs(tmp_path: Path) -> None:
    home = project(tmp_path)
    shown = CliRunner().invoke(split, ["--project", str(home)])
    assert "written" not in shown.output
    assert "derived in dev: " in shown.output
    assert list(home.glob("**/sealed.jsonl")) == []
    said = CliRunner().invoke(split, ["--project", str(home), "--write", str(home / "eval")])
    assert said.exit_code == 0, said.output
    assert said.output.startswith(shown.output)
    assert f"written: {home / 'eval' / 'sealed' / 'sealed.jsonl'}" in said.output
    assert "Whoever reads the sealed file has spent it" in said.output
    assert sorted(path.name for path in (home / "eval").iterdir()) == ["dev.jsonl", "sealed", "train.jsonl"]


def test_the_document_has_counts_and_hashes_and_no_item(tmp_path: Path) -> None:
    home = project(tmp_path)
    said = CliRunner().invoke(split, ["--project", str(home), "--json", "--write", str(home / "eval")])
    document = json.loads(said.output)
    lines = {part: (home / "eval" / name).read_text("utf-8").splitlines() for part, name in FILES.items()}
    assert document["items"] == {part: len(found) for part, found in lines.items()}
    assert document["written"] == {part: str(home / "eval" / name) for part, name in FILES.items()}
    assert set(document["hashes"]) == {"train", "dev", "sealed"}
    for part, found in lines.items():
        rows = [json.loads(line) for line in found]
        assert sum(document["derivations"][part].values()) == sum("derivation" in row for row in rows)
        assert sum(row["segment"] == "edge" for row in rows) <= sum(document["edges"][part].values())
        assert not any(row["input"] in said.output or row["id"] in said.output for row in rows)


def test_a_second_writing_is_refused(tmp_path: Path) -> None:
    home = project(tmp_path)
    arguments = ["--project", str(home), "--write", str(home / "eval")]
    assert CliRunner().invoke(split, arguments).exit_code == 0
    again = CliRunner().invoke(split, arguments)
    assert isinstance(again.exception, RungError)
    assert "train.jsonl: is there already and is not overwritten" in str(again.exception)
