"""The decision as an architecture decision record in Markdown, for the folder where a team keeps its own.

The sections are those of MADR 4 (https://adr.github.io/madr/). Everything that data says is escaped.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import fields
from hashlib import sha256
from pathlib import Path
from typing import Any
from unicodedata import normalize

from rung.decide.decision import Decision, StrategyResult
from rung.errors import RungError
from rung.report import rollout
from rung.report.figures import show, show_target, show_value
from rung.report.markdown_text import bullets, escape_markdown, pipe_table
from rung.report.one_page import one_page
from rung.report.triggers import trigger_sentences
from rung.report.whole_files import as_bytes, write_whole
from rung.report.words import FAMILY_TITLES, STATUSES, sentence, title_words
from rung.task.task import Constraints

LONGEST_SLUG = 60
_NUMBERED = re.compile(r"(\d{4,})-.*\.md")


def render_adr(decision: Decision, record_text: str) -> str:
    """The whole document, ending in a line break. `record_text` is decision.json, which its hash leads back to."""
    sections = (
        _front(decision),
        f"# {escape_markdown(decision.headline)}",
        _context(decision),
        _drivers(decision),
        _options(decision),
        _outcome(decision),
        _consequences(decision),
        _confirmation(decision),
        _more(decision, record_text),
    )
    return "\n\n".join(one for one in sections if one) + "\n"


def write_adr(decision: Decision, record_text: str, place: Path, *, force: bool = False) -> Path:
    """Write the record to `place` and return its path.

    A path that ends in .md is the file. Any other is a directory, made if needed: the file is then named
    NNNN-slug.md with the number after the highest there. Without `force` nothing is overwritten, and a decision that
    the directory tells already is not told twice. RungError where that is so, or where it cannot be written.
    """
    path = place if place.suffix == ".md" and not place.is_dir() else _in_directory(decision, place)
    if path.exists() and not force:
        raise RungError(f"{path} is there already; name another path, or overwrite it with --force")
    write_whole({path: render_adr(decision, record_text)})
    return path


def slug(text: str) -> str:
    """Lower-case letters, digits and single hyphens, at most `LONGEST_SLUG`; "decision" where nothing is left."""
    ascii_text = normalize("NFKD", text).encode("ascii", "ignore").decode().lower()
    return re.sub(r"[^a-z0-9]+", "-", ascii_text)[:LONGEST_SLUG].strip("-") or "decision"


def _in_directory(decision: Decision, directory: Path) -> Path:
    if directory.exists() and not directory.is_dir():
        raise RungError(f"{directory} is a file; name a directory, or a file that ends in .md")
    numbers = [0]
    for path in sorted(directory.iterdir()) if directory.is_dir() else []:
        found = _NUMBERED.fullmatch(path.name)
        if found and path.is_file():
            numbers.append(int(found[1]))
            if _mark(decision) in path.read_bytes()[:400].decode("utf-8", "replace").splitlines():
                return path
    what = decision.strategy or decision.verdict
    return directory / f"{max(numbers) + 1:04d}-{slug(f'{decision.task_name} {what}')}.md"


def _mark(decision: Decision) -> str:
    """The line by which a decision is known again."""
    return f"rung-decision: {slug(decision.id)}"


def _front(decision: Decision) -> str:
    status = "proposed" if decision.verdict == "recommend" else "draft"
    date = re.fullmatch(r"(\d{4}-\d\d-\d\d).*", decision.made_at)
    return f"---\nstatus: {status}\ndate: {date[1] if date else 'unknown'}\n{_mark(decision)}\n---"


def _context(decision: Decision) -> str:
    current = f"Today {decision.current} does it." if decision.current else "Nothing was named that does it today."
    counts = ", ".join(f"{count:,} {part}" for part, count in decision.evidence.items.items())
    models = ", ".join(f"{role} {name}" for role, name in decision.models.items())
    told = [
        f"Which is the lightest model strategy for {decision.task_name} that reliably meets its targets? {current}",
        f"The evidence: {counts or 'no'} items of the team's own. Models measured: {models or 'none'}.",
    ]
    told += [found.sentences[0] for found in decision.diagnoses if found.sentences][:1]
    return "## Context and problem statement\n\n" + "\n\n".join(escape_markdown(one) for one in told)


def _drivers(decision: Decision) -> str:
    targets = [f"Target: {show_target(one)}" for one in decision.targets]
    limits = [] if decision.constraints is None else list(_limits(decision.constraints))
    return f"## Decision drivers\n\n{bullets([*targets, *limits] or ['No target and no limit was set.'])}"


def _limits(constraints: Constraints) -> Iterable[str]:
    for field in fields(constraints):
        value = getattr(constraints, field.name)
        if value is not None:
            yield f"Constraint: {_limit(field.name, value)}"


def _limit(name: str, value: Any) -> str:
    if name == "launch_weeks":
        return f"launch within {show_value(value, 'weeks')}"
    return f"budget {show_value(value, 'USD')}" if name == "budget_usd" else f"{title_words(name).lower()} {value}"


def _options(decision: Decision) -> str:
    rows = [
        [one.card.name, one.card.title, FAMILY_TITLES[one.card.family], _conclusion(one)] for one in decision.strategies
    ]
    why = [
        f"{one.card.name}: {sentence(one.because)}" for one in decision.strategies if one.card.name != decision.strategy
    ]
    head = ("Option", "What it is", "Family", "Conclusion")
    others = f"\n\n### Why not the others\n\n{bullets(why)}" if why else ""
    return f"## Considered options\n\nLightest first.\n\n{pipe_table(head, rows)}{others}"


def _conclusion(one: StrategyResult) -> str:
    return f"{STATUSES[one.status].symbol} {STATUSES[one.status].word}"


def _outcome(decision: Decision) -> str:
    chosen = f"Chosen option: {decision.strategy}." if decision.strategy else "No option is chosen."
    spoiled = f" Exploratory: {decision.sealed.because}" if decision.sealed.exploratory else ""
    return f"## Decision outcome\n\n{escape_markdown(chosen + spoiled)}\n\n{bullets(decision.because)}".rstrip()


def _consequences(decision: Decision) -> str:
    page = one_page(decision)
    told = [page.cost_note] if page.cost_note else []
    for line in page.cost:
        against = f"; {line.against}" if line.against else ""
        told.append(f"{line.what}: {show(line.figure)}{against}{f', {line.state}' if line.state else ''}")
    if decision.strategy is not None and page.subject is not None and page.subject.card.owns:
        owned = ", ".join(duty.replace("_", " ") for duty in page.subject.card.owns)
        told.append(f"The team owns and keeps alive: {owned}.")
    risks = f"\n\nWhat could be wrong:\n\n{bullets(page.risks)}" if page.risks else ""
    return f"### Consequences\n\n{bullets(told)}{risks}" if told or risks else ""


def _confirmation(decision: Decision) -> str:
    steps = rollout.step_words(decision.rollout)
    told = [f"Roll out at {steps} of traffic"] if steps else []
    told += [f"Gate: {one}" for one in rollout.gates(decision.rollout)]
    told += [f"Reopen: {one}" for one in (*trigger_sentences(decision), *decision.flips_when)]
    told += [f"Measure next: {one}" for one in decision.measure_next]
    return f"### Confirmation\n\n{bullets(told)}" if told else ""


def _more(decision: Decision, record_text: str) -> str:
    told = [
        f"Decision {decision.id}, made {decision.made_at}; rung report --decision {decision.id[:16]} writes it again",
        f"decision.json: sha256 {sha256(as_bytes(record_text)).hexdigest()}",
        f"Data {decision.data_hash or 'unknown'}, split {decision.evidence.split_hash or 'unknown'}",
        f"Seed {decision.seed}, machine {decision.machine or 'unknown'}",
    ]
    note = "Intervals are two-sided 90%. The mark beside a number says where it comes from."
    return f"## More information\n\n{bullets(told)}\n\n{note}"
