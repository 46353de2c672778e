"""Everything that people and the world may feed the command: each ends in a sentence with place and remedy."""

from __future__ import annotations

import json
import os
import subprocess
from pathlib import Path
from shutil import which
from typing import Any

import pytest

GOOD = "task: {name: t, kind: classify}\ndata: {examples: data/examples.jsonl}\nstrategies: [zero-shot]\n"
KEY = "sk-proj-Zq81kdkLsm20dkqPd83hf"


def refusal(desk: Any, project: Path, *, code: int = 1) -> str:
    """What `decide` says on stderr when it refuses the project; paths are shortened to what follows the project."""
    said = desk.rung("decide", "--project", project)
    assert said.code == code, said.err
    assert said.out == ""
    last = said.err[said.err.index("Error: ") :]
    return str(last.replace(f"{project}/", "").removeprefix("Error: ").rstrip("\n"))


def with_yaml(desk: Any, text: str | bytes) -> Path:
    project: Path = desk.project()
    (project / "rung.yaml").write_bytes(text if isinstance(text, bytes) else text.encode())
    return project


YAML: dict[str, tuple[str | bytes, str]] = {
    "broken": (
        "task: {name: t\ndata: x\n",
        "rung.yaml:2: not YAML: expected ',' or '}', but got ':'",
    ),
    "tab": ("task:\n\tname: t\n", "rung.yaml:2: not YAML: a tab where only spaces may stand; indent with spaces"),
    "unknown key": (
        GOOD + "stratgies: [zero-shot]\n",
        "rung.yaml:4: unknown key 'stratgies'; did you mean 'strategies'?",
    ),
    "duplicate key": (
        GOOD + "seed: 1\nseed: 2\n",
        "rung.yaml:5: the key 'seed' stands here and in line 4; keep one of them",
    ),
    "alias bomb": (
        "a: &a [x, x]\nb: &b [*a, *a]\nc: &c [*b, *b]\n",
        "rung.yaml:1: the anchor &a is not supported; write each value out",
    ),
    "not a number": (
        GOOD + "targets: {task_success: {min: .nan}}\n",
        "rung.yaml:4: .nan is not a usable number; give a finite one or remove the key",
    ),
    "infinity": (
        GOOD + "constraints: {budget_usd: .inf}\n",
        "rung.yaml:4: .inf is not a usable number; give a finite one or remove the key",
    ),
    "empty": ("", "rung.yaml: the file is empty; write one with: rung init"),
    "not UTF-8": (b"task: {name: caf\xe9}\n", "rung.yaml:1: byte 16 is not UTF-8; save the file as UTF-8"),
    "kind": (
        GOOD.replace("classify", "extract"),
        "rung.yaml:1: task.schema: kind 'extract' needs the JSON Schema of a record; name its file in task.schema",
    ),
    "outside": (
        GOOD.replace("data/examples.jsonl", "../examples.jsonl"),
        "rung.yaml:2: data.examples: '../examples.jsonl' leads outside the project directory; copy the file into it "
        "and name it from there",
    ),
    "no such data": (
        GOOD.replace("examples.jsonl", "exmples.jsonl"),
        "rung.yaml:2: data.examples: there is no file 'data/exmples.jsonl' in the project; create it or correct the "
        "path",
    ),
    "directory as data": (
        GOOD.replace("data/examples.jsonl", "data"),
        "rung.yaml:2: data.examples: 'data' is a directory; name a file in it",
    ),
    "key over plain http": (
        GOOD + "models: {generator: {base_url: 'http://example.com/v1', model: m, api_key_env: THE_KEY}}\n",
        "rung.yaml:4: models.generator: the key in THE_KEY would cross the network to example.com unencrypted; use "
        "https or a local address",
    ),
}


@pytest.mark.parametrize("what", YAML)
def test_a_rung_yaml_that_cannot_be_is_refused_with_line_and_remedy(desk: Any, what: str) -> None:
    text, message = YAML[what]
    assert refusal(desk, with_yaml(desk, text)) == message
    assert not (desk.folder / "desk" / ".rung").exists()


@pytest.mark.parametrize(
    "line", [f"models: {{generator: {{base_url: https://x/v1, model: m, api_key: {KEY}}}}}", f"# {KEY}"]
)
def test_a_literal_key_is_refused_and_never_repeated(desk: Any, line: str) -> None:
    said = desk.rung("decide", "--project", with_yaml(desk, f"{GOOD}{line}\n"))
    assert said.code == 1
    assert "rung.yaml:4: this line holds what looks like a literal secret; remove it" in said.err
    assert KEY not in said.out + said.err


def test_a_byte_order_mark_is_read_over(desk: Any) -> None:
    project = with_yaml(desk, b"\xef\xbb\xbf" + GOOD.encode())
    examples = project / "data" / "examples.jsonl"
    examples.write_bytes(b"\xef\xbb\xbf" + examples.read_bytes())
    said = desk.rung("data", "split", "--json", "--project", project)
    assert said.code == 0, said.err
    assert sum(said.document["items"].values()) == 120 + 15


def test_an_unknown_strategy_names_the_nearest_and_is_wrong_usage(desk: Any) -> None:
    project = desk.project(strategies=("zero-shoot",))
    known = (
        "known strategies: encoder-head, few-shot, lora, retrieval, retrieval-lora, retrieval-prompt, scratch, "
        "tfidf-linear, zero-shot"
    )
    message = f"no strategy is called 'zero-shoot'; did you mean 'zero-shot'? {known}"
    assert refusal(desk, project, code=2) == message
    said = desk.rung("run", "loar", "--project", desk.project())
    assert (said.code, said.err) == (2, f"Error: no strategy is called 'loar'; did you mean 'lora'? {known}\n")


def test_a_project_that_is_not_there_says_how_to_make_one(desk: Any) -> None:
    said = desk.rung("decide", "--project", desk.folder / "nowhere")
    assert said.code == 1
    assert said.err.endswith("nowhere/rung.yaml: there is no such file; write one with: rung init\n")


@pytest.mark.parametrize("name", ["n" * 300, "n" * 300 + ".yaml"])
def test_a_name_that_no_file_can_have_is_an_error_and_no_traceback(desk: Any, name: str) -> None:
    said = desk.rung("data", "check", "--project", desk.folder / name)
    assert said.code == 1
    assert "File name too long" in said.err


def test_a_directory_called_rung_yaml_is_named(desk: Any) -> None:
    project = desk.folder / "odd"
    (project / "rung.yaml").mkdir(parents=True)
    assert refusal(desk, project) == "rung.yaml: not a file; give the path of a rung.yaml"


ROWS: dict[str, tuple[str | bytes, str]] = {
    "empty file": ("", "data/examples.jsonl: the file is empty; write one labelled item per line"),
    "broken line": (
        '{"input": "a", "expected": "x"}\n{"input": "b", expected: "y"}\n',
        "data/examples.jsonl:2: not JSON: Expecting property name enclosed in double quotes at column 16; write one "
        "JSON object per line",
    ),
    "empty input": (
        '{"input": " ", "expected": "x"}\n',
        "data/examples.jsonl:1: input is empty; fill it or remove the row",
    ),
    "one id, two contents": (
        '{"id": "1", "input": "a", "expected": "x"}\n{"id": "1", "input": "b", "expected": "x"}\n',
        "data/examples.jsonl:2: the id '1' also stands in line 1 with other content; give each item its own id",
    ),
    "not UTF-8": (
        b'{"input": "caf\xe9", "expected": "x"}\n',
        "data/examples.jsonl:1: byte 14 is not UTF-8; save the file as UTF-8",
    ),
    "infinity": (
        '{"input": "a", "expected": "x", "metadata": {"score": Infinity}}\n',
        "data/examples.jsonl:1: Infinity is not JSON; give a finite number or leave the key out",
    ),
    "one class": (
        '{"input": "a", "expected": "x"}\n{"input": "b", "expected": "x"}\n',
        "data/examples.jsonl: every item has the label 'x'; give items of at least two labels, or nothing can be told "
        "apart",
    ),
    "too few groups": (
        '{"input": "a", "expected": "x"}\n{"input": "b", "expected": "y"}\n',
        "the 2 items form 2 groups; train, dev and sealed need at least 3 that share nothing. Give items of other "
        "customers, documents or codes",
    ),
    "group on both sides": (
        '{"id": "1", "input": "a", "expected": "x", "group": "g", "split": "train"}\n'
        '{"id": "2", "input": "b", "expected": "y", "group": "g", "split": "dev"}\n'
        '{"id": "3", "input": "c", "expected": "y", "group": "h", "split": "sealed"}\n',
        "data/examples.jsonl:2: the group 'g' stands in both train (id '1', line 1) and dev (id '2'); move one of them",
    ),
}


@pytest.mark.parametrize("what", ROWS)
def test_examples_that_cannot_be_used_are_refused_with_line_and_remedy(desk: Any, what: str) -> None:
    items, message = ROWS[what]
    assert refusal(desk, desk.project(items=items)) == message
    assert desk.server.asked == []


def test_a_label_outside_the_declared_set_names_the_nearest(desk: Any) -> None:
    project = desk.project()
    yaml = (project / "rung.yaml").read_text(encoding="utf-8")
    labels = "labels: [billing, delivery, logins]"
    (project / "rung.yaml").write_text(yaml.replace("kind: classify", f"kind: classify, {labels}"), encoding="utf-8")
    message = refusal(desk, project)
    assert message.startswith("data/examples.jsonl:3: ")
    assert "'login'" in message
    assert "'logins'" in message
    assert message.endswith("and 35 more problems in data/examples.jsonl")


@pytest.mark.skipif(os.geteuid() == 0 and not which("setpriv"), reason="the superuser may read everything")
def test_a_file_that_may_not_be_read_is_named(desk: Any) -> None:
    project = desk.project()
    (project / "data" / "examples.jsonl").chmod(0)
    # Root without capabilities is bound by permissions like everyone else.
    without_powers = ["setpriv", "--bounding-set", "-all", "--inh-caps", "-all"] if os.geteuid() == 0 else []
    done = subprocess.run(
        [*without_powers, desk.program, "decide", "--project", str(project)],
        capture_output=True,
        check=False,
        text=True,
    )
    assert done.returncode == 1
    assert "examples.jsonl: cannot be read (Permission denied); correct the path or its permissions" in done.stderr
    assert "Traceback" not in done.stderr


def test_a_named_pipe_is_no_data_and_nothing_waits_for_it(desk: Any) -> None:
    project = desk.project()
    (project / "data" / "examples.jsonl").unlink()
    os.mkfifo(project / "data" / "examples.jsonl")
    assert refusal(desk, project).endswith("'data/examples.jsonl' is not a regular file; name one that is")


def test_a_damaged_store_is_named_and_left_as_it_is(desk: Any) -> None:
    project = desk.project()
    (project / ".rung").mkdir()
    (project / ".rung" / "rung.db").write_bytes(b"this is no database" * 100)
    message = refusal(desk, project)
    assert message == (
        ".rung/rung.db: the store is damaged (file is not a database); restore it from a backup, or move it away and "
        "run again to make everything anew"
    )
    assert (project / ".rung" / "rung.db").read_bytes() == b"this is no database" * 100


@pytest.mark.parametrize("command", ["decide", "report", "audit", "run"])
def test_no_command_opens_a_damaged_store(desk: Any, command: str) -> None:
    project = desk.project()
    (project / ".rung").mkdir()
    (project / ".rung" / "rung.db").write_bytes(b"SQLite format 3\0" + b"\xff" * 4096)
    said = desk.rung(command, "--project", project)
    assert said.code == 1
    assert "rung.db: " in said.err
    assert "restore it from a backup" in said.err


HOSTILE = "</script><script>alert(1)</script><img src=x onerror=alert(2)> \x1b]0;gone\x07\x1b[2J \u202e"


@pytest.fixture(scope="module")
def hostile(tmp_path_factory: pytest.TempPathFactory, make_desk: Any) -> Any:
    """A decided project whose texts, labels, ids and server try to break out of terminal and page."""
    desk = make_desk(tmp_path_factory.mktemp("hostile"))
    rows = desk.tickets(60)
    for row in rows:
        row["expected"] = f"{row['expected']}</script><b>\x1b[31m"
        row["input"] += f" {HOSTILE}"
        row["group"] += HOSTILE
    desk.server.label_of = lambda _: f"nothing {HOSTILE}"
    project = desk.project(items=rows, success=0.9)
    said = desk.rung("decide", "--project", project)
    yield {"said": said, "project": project, "desk": desk}
    desk.close()


def test_hostile_text_reaches_the_terminal_without_a_control_character(hostile: Any) -> None:
    said = hostile["said"]
    assert said.code == 3, said.err
    for text in (said.out, said.err):
        assert not [character for character in text if character != "\n" and not character.isprintable()]


def test_hostile_text_reaches_no_report_file_raw(hostile: Any) -> None:
    [folder] = (hostile["project"] / ".rung" / "decisions").iterdir()
    page = (folder / "report.html").read_text(encoding="utf-8")
    assert "<script>alert" not in page
    assert "<img src=x" not in page
    assert "</script><b>" not in page
    for name in ("report.html", "decision.md", "decision.json"):
        text = (folder / name).read_text(encoding="utf-8")
        assert "\x1b" not in text
        assert "\x07" not in text
    assert "<img src=x" not in (folder / "decision.md").read_text(encoding="utf-8")
    json.loads((folder / "decision.json").read_text(encoding="utf-8"))


def test_an_unknown_option_is_wrong_usage(desk: Any) -> None:
    said = desk.rung("decide", "--projct", "x")
    assert said.code == 2
    assert "--project" in said.err


def test_a_terminal_without_the_symbols_gets_the_words_and_json_stays_json(hostile: Any) -> None:
    rung = hostile["desk"].rung
    shown = rung("report", "--project", hostile["project"], PYTHONIOENCODING="latin-1", PYTHONUTF8="0")
    assert shown.code == 0
    assert shown.out.startswith("? No strategy meets the targets")
    record = rung("report", "--json", "--project", hostile["project"], PYTHONIOENCODING="latin-1", PYTHONUTF8="0")
    assert record.document == rung("report", "--json", "--project", hostile["project"]).document
    assert record.out.isascii()


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="this system has no device that is always full")
def test_a_full_disk_under_stdout_is_one_sentence(hostile: Any) -> None:
    with Path("/dev/full").open("wb") as full:
        done = subprocess.run(
            [hostile["desk"].program, "report", "--json", "--project", str(hostile["project"])],
            stdout=full,
            stderr=subprocess.PIPE,
            text=True,
            check=False,
        )
    assert done.returncode == 1
    assert done.stderr == (
        "Error: No space left on device; make room or give permission there, then run the same command again: "
        "everything finished so far is kept\n"
    )


@pytest.mark.parametrize("closed", ["1", "2"])
def test_a_closed_output_changes_no_exit_code(hostile: Any, closed: str) -> None:
    command = f"'{hostile['desk'].program}' decide --project '{hostile['project']}' {closed}>&-"
    done = subprocess.run(["bash", "-c", command], capture_output=True, text=True, check=False)
    assert done.returncode == 3
    assert "Traceback" not in done.stdout + done.stderr


def test_a_place_where_nothing_can_be_written_is_named_by_init(desk: Any) -> None:
    said = desk.rung("init", "/dev/null/project")
    assert said.code == 2
    assert said.err == (
        "Error: /dev/null/project/data: cannot be written (Not a directory); give a directory that you may write to\n"
    )


def test_a_file_where_the_state_belongs_is_named(desk: Any) -> None:
    project = desk.project()
    (project / ".rung").write_text("", encoding="utf-8")
    assert refusal(desk, project) == (".rung: cannot be locked: File exists; make it a directory that you may write to")
