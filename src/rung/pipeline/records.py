"""What was decided, kept and read again."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from rung.decide import Decision, from_json, to_json
from rung.decide.decision import EvidenceSummary
from rung.errors import RungError
from rung.evaluate.store import Event, RunStore
from rung.evidence.eval_set import derivations, edges, eval_rows, write_eval_set
from rung.evidence.examples import read_examples
from rung.evidence.holdings import Holdings, holdings
from rung.evidence.prepare import prepare_evidence
from rung.pipeline.project import Project, summary_of
from rung.pipeline.state import STATE
from rung.task.file import read_task
from rung.task.task import Kind

DECIDED = "decision.recorded"


@dataclass(frozen=True, slots=True)
class Decided:
    """A decision with its record, and the folder for its reports. `model_calls` were made this time, `reused` answers
    came from the store, and `spared` items were not asked because a target was settled without them."""

    decision: Decision
    record: Mapping[str, Any]
    folder: Path
    model_calls: int = 0
    reused: int = 0
    spared: int = 0


@dataclass(frozen=True, slots=True)
class Looked:
    """What `rung data split` shows: the split with its counts and hashes, and what the items hold.

    By part: `hashes`, how many items were derived in each way, and how many are edge for which reason. `written` is
    where each part was put, empty where nothing was written.
    """

    kind: Kind
    summary: EvidenceSummary
    holdings: Holdings
    hashes: Mapping[str, str] = field(default_factory=dict)
    derivations: Mapping[str, Mapping[str, int]] = field(default_factory=dict)
    edges: Mapping[str, Mapping[str, int]] = field(default_factory=dict)
    written: Mapping[str, str] = field(default_factory=dict)


def record(project: Project, decision: Decision) -> Decided:
    """Keeps the decision in the store and names it in the event table.

    The same decision twice in a row (the same inputs and the same outcome) is recorded once. One that was left and
    reached again is recorded again, or an older outcome would pass for the latest. Event and record are each looked
    for on their own: a kill may have come between them. What is told is what the store keeps, so that its files can be
    written again byte for byte: a decision that stands already keeps the time at which it was made.
    """
    document: Mapping[str, Any] = to_json(decision)
    latest = project.store.latest_decision()
    if latest is None or latest["id"] != decision.id:
        project.store.save_decision(decision.id, document)
    else:
        document, decision = latest, from_json(latest)
    told = project.store.events(DECIDED)
    if not told or told[-1].payload["decision"] != decision.id:
        payload = {"decision": decision.id, "verdict": decision.verdict, "strategy": decision.strategy}
        project.store.append_event(DECIDED, payload)
    folder = _folder(project.directory, decision.id)
    return Decided(decision, document, folder, project.ladder.model_calls, project.ladder.reused, project.ladder.spared)


def recorded(task_file: Path, decision_id: str | None = None) -> Decided:
    """A recorded decision, the latest by default. An id may be shortened.

    RungError when there is none.
    """
    with _store(task_file) as (directory, store):
        document = _latest(store) if decision_id is None else _named(store, decision_id)
        decision = from_json(document)
        return Decided(decision, document, _folder(directory, decision.id))


def events(task_file: Path) -> list[Event]:
    """Every event of the project, in order; none before the first decision."""
    with _store(task_file) as (_, store):
        return list(store.events())


def look(task_file: Path, *, write: Path | None = None) -> Looked:
    """The split and what the examples hold. Opens no store and runs nothing; writes the parts below `write`, if given.

    RungError where a file is there already, or cannot be written.
    """
    task = read_task(task_file)
    evidence = prepare_evidence(task)
    written: dict[str, Path] = {}
    if write is not None and task.data.examples is not None:
        rows = eval_rows(evidence.split, read_examples(task.data.examples, task), task)
        written = write_eval_set(write, rows)
    return Looked(
        task.kind,
        summary_of(evidence),
        holdings(evidence, task),
        evidence.split.hashes,
        derivations(evidence.split),
        edges(evidence.split),
        {part: str(path) for part, path in written.items()},
    )


def _folder(directory: Path, decision_id: str) -> Path:
    return directory / "decisions" / decision_id[:16]


def _latest(store: RunStore) -> Mapping[str, Any]:
    found = store.latest_decision()
    if found is None:
        raise RungError("nothing was decided in this project yet; run: rung decide")
    return found


def _named(store: RunStore, decision_id: str) -> Mapping[str, Any]:
    known = [str(event.payload["decision"]) for event in store.events(DECIDED)]
    matches = sorted({one for one in known if one.startswith(decision_id)})
    found = store.decision(matches[0]) if len(matches) == 1 else None
    if found is None:
        kind = "no decision" if not matches else f"{len(matches)} decisions"
        raise RungError(f"{kind} of this project begins with {decision_id!r}; rung audit lists them")
    return found


@contextmanager
def _store(task_file: Path) -> Iterator[tuple[Path, RunStore]]:
    from rung.adapters.store import SqlStore

    directory = read_task(task_file).directory / STATE
    if not (directory / "rung.db").exists():
        raise RungError(f"{directory}: nothing was run in this project yet; run: rung decide")
    with SqlStore(directory / "rung.db") as store:
        yield directory, store
