"""Why it fails, in Markdown: the best light strategy's analysis in full, the others in their sentences and causes."""

from __future__ import annotations

from rung.decide.decision import Decision
from rung.diagnose.diagnosis import Diagnosis
from rung.diagnose.gates import Gate
from rung.diagnose.proof import Proof
from rung.diagnose.remedies import REMEDIES
from rung.diagnose.sentences import CAUSE_NAMES
from rung.diagnose.two_by_two import TwoByTwo
from rung.report.diagnosis import proofs, questions
from rung.report.diagnosis.foremost import opened_analysis
from rung.report.diagnosis.question import TITLES, Grid, Line, Question, Told
from rung.report.escape import shorten
from rung.report.figures import show
from rung.report.markdown_text import bullets, escape_markdown, pipe_table
from rung.report.words import (
    CAUSES_NOTE,
    CLASS_TITLES,
    GATE_LOCKED,
    GATE_OPEN,
    OWNER_TITLES,
    gate_words,
    remedy_title,
    sentence,
    title_words,
)

CLASSES_SHOWN = 20
ROWS_SHOWN = 12
LONGEST_NAME = 160


def failures_section(decision: Decision) -> str:
    """The section with its heading; "" where nothing was analysed."""
    place = opened_analysis(decision)
    parts: list[str] = []
    for number, found in enumerate(decision.diagnoses):
        if not questions.is_analysed(found):
            parts.append(_first_analysis(found))
        elif number == place:
            parts += _whole(found, decision.gates)
        else:
            parts.append(_folded(found))
    if decision.gates and (place is None or not questions.is_analysed(decision.diagnoses[place])):
        parts.append(_gates(decision.gates, "###"))
    parts += [_proof(proof) for proof in decision.proofs]
    parts += [_two_by_two(decision.two_by_two)] if decision.two_by_two is not None else []
    return "## Why it fails\n\n" + "\n\n".join(parts) if parts else ""


def _head(found: Diagnosis) -> str:
    return f"{escape_markdown(found.strategy)}: {found.failures:,} failures in {found.items:,} items"


def _owed(found: Diagnosis) -> list[str]:
    return [f"{OWNER_TITLES[owner]}, share of the failures: {show(share)}" for owner, share in found.owed.items()]


def _first_analysis(found: Diagnosis) -> str:
    """What the rows alone tell."""
    return f"{_head(found)}\n\n{bullets([*found.sentences, *_owed(found)])}"


def _folded(found: Diagnosis) -> str:
    causes = [f"{CAUSE_NAMES[cause.name]}, share of all items: {show(cause.share)}" for cause in found.causes]
    return f"### {_head(found)}\n\n{bullets([*found.sentences, *causes])}"


def _whole(found: Diagnosis, gates: tuple[Gate, ...]) -> list[str]:
    parts = [f"### {_head(found)}"]
    parts += [bullets(found.sentences)] if found.sentences else []
    parts += [_causes(found)] if found.causes else []
    parts += [_gates(gates, "####")] if gates else []
    parts += [_classes(found)] if found.classes else []
    parts += [part for question in questions.asked(found) for part in _question(question)]
    parts += [f"#### Who owns the failures\n\n{bullets(_owed(found))}"] if found.owed else []
    absent = questions.not_asked(found)
    return [*parts, f"#### Not asked\n\n{bullets(absent)}"] if absent else parts


def _causes(found: Diagnosis) -> str:
    rows = [
        [CAUSE_NAMES[cause.name], show(cause.share), cause.finding, REMEDIES[cause.remedy]] for cause in found.causes
    ]
    table = pipe_table(["Cause", "Share of all items", "What was seen", "Remedy"], rows)
    return f"#### Causes, the largest first\n\n{CAUSES_NOTE}\n\n{table}"


def _classes(found: Diagnosis) -> str:
    rows = [
        [
            shorten(one.name, LONGEST_NAME),
            CLASS_TITLES[one.kind],
            f"{one.failures:,} of {one.items:,}" if one.failures != one.items else f"{one.failures:,}",
            show(one.share),
            show(one.value_usd_per_month),
            remedy_title(one.remedy),
        ]
        for one in found.classes[:CLASSES_SHOWN]
    ]
    head = ["Error class", "Kind", "Failures", "Share of failures", "Lost a month", "Remedy"]
    table = _with_rest(pipe_table(head, rows), len(found.classes) - CLASSES_SHOWN, "classes")
    return f"#### {' '.join(TITLES['classes'])}\n\n{table}"


def _question(question: Question) -> list[str]:
    told = [*question.readings, *(_line(line) for line in question.lines), *question.unknown]
    parts = [f"#### {question.number} {question.title}"]
    parts += [bullets(told)] if told else []
    return parts + [_grid(grid) for grid in question.grids]


def _line(line: Line) -> str:
    return f"{line.name}: {line.told.text}" + (f"; {line.note}" if line.note else "")


def _grid(grid: Grid) -> str:
    rows = [
        [cell.text if isinstance(cell, Told) else shorten(cell, LONGEST_NAME) for cell in row]
        for row in grid.rows[:ROWS_SHOWN]
    ]
    table = _with_rest(pipe_table(grid.head, rows), len(grid.rows) - ROWS_SHOWN, "rows")
    return f"{escape_markdown(grid.caption)}:\n\n{table}"


def _gates(gates: tuple[Gate, ...], level: str) -> str:
    rows = []
    for gate in sorted(gates, key=lambda gate: not gate.locked):
        mark = GATE_LOCKED if gate.locked else GATE_OPEN
        rows.append([title_words(gate.name), f"{mark.symbol} {mark.word}", gate_words(gate)])
    return f"{level} Gates\n\n{pipe_table(['Gate', 'State', 'Why'], rows)}"


def _proof(proof: Proof) -> str:
    grid = proofs.proof_grid(proof)
    parts = [f"### Did it help? {escape_markdown(proof.after)}", bullets(proofs.proof_sentences(proof))]
    return "\n\n".join([*parts, _grid(grid)] if grid is not None else parts)


def _two_by_two(found: TwoByTwo) -> str:
    told = [_line(line) for line in proofs.two_by_two_lines(found)]
    told += [sentence(proofs.two_by_two_strategies(found))] if found.strategies else []
    return f"### Retrieval and tuning together\n\n{_grid(proofs.two_by_two_grid(found))}\n\n{bullets(told)}"


def _with_rest(table: str, rest: int, what: str) -> str:
    return f"{table}\n\nAnd {rest:,} more {what}, in decision.json." if rest > 0 else table
