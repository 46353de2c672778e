"""The questions of a failure analysis and what each found, for terminal, Markdown and page alike."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from rung.diagnose.abstention import Abstention
from rung.diagnose.arms import CHANGE, CLOSED_BOOK, LARGER_MODEL, ORACLE_CONTEXT, OUT_OF_SCOPE, TRAIN_ITEMS, WORDING
from rung.diagnose.capacity import Capacity
from rung.diagnose.context import Context
from rung.diagnose.contract import Contract
from rung.diagnose.diagnosis import Diagnosis
from rung.diagnose.groundedness import Groundedness
from rung.diagnose.robustness import Robustness
from rung.diagnose.stages import Stage
from rung.diagnose.wordings import Wordings
from rung.diagnose.worth import Loss, Worth
from rung.estimate import Estimate, Figure, Missing
from rung.report.diagnosis.question import TITLES, Grid, Line, Question, Told
from rung.report.escape import plain
from rung.report.figures import shown
from rung.report.part_names import part_names
from rung.report.words import STAGE_TITLES, sentence, title_words

ARMS: dict[str, tuple[str, str]] = {
    "output contract": TITLES["contract"],
    "retrieval": TITLES["context"],
    CLOSED_BOOK: ("D5", "The model without passages"),
    ORACLE_CONTEXT: ("D2", "The right passages in the prompt"),
    LARGER_MODEL: ("D6", "A larger model"),
    TRAIN_ITEMS: ("D6", "Items that it learned from"),
    OUT_OF_SCOPE: ("D9", "Requests outside the task"),
}
"""The same for single arms of a question, which may be missing where the others are not."""
_EXHAUSTED = {
    True: "The prompt is exhausted.",
    False: "The prompt is not exhausted.",
    None: "Whether the prompt is exhausted cannot be told.",
}


def title(found: Diagnosis) -> str:
    """The heading of the analysis."""
    return f"Why {found.strategy} fails" if found.failures else f"{found.strategy} does not fail on dev"


def is_analysed(found: Diagnosis) -> bool:
    """Whether more than the rows was asked; records of earlier versions hold only the rows' own analysis."""
    return bool(found.causes or found.classes or found.absent or next(asked(found), None))


def asked(found: Diagnosis) -> Iterator[Question]:
    """The questions that were asked and have figures, in their order; the classes are told apart from them."""
    if found.contract is not None:
        yield _contract(found.contract)
    if found.context is not None:
        yield _context(found.context)
    if found.stages:
        yield _stages(found.stages)
    if found.wordings is not None:
        yield _wordings(found.wordings)
    if found.capacity is not None:
        yield _capacity(found.capacity)
    if found.groundedness is not None:
        yield _groundedness(found.groundedness)
    if found.robustness is not None:
        yield _robustness(found.robustness)
    if found.abstention is not None:
        yield _abstention(found.abstention)
    if found.worth is not None:
        yield _worth(found.worth)


def not_asked(found: Diagnosis) -> tuple[str, ...]:
    """A sentence for each reason why a question or a part of one could not be asked; in the order of the questions."""
    named: dict[str, list[tuple[str, str]]] = {}
    for key, because in found.absent.items():
        named.setdefault(because, []).append(_number_and_title(key))
    told = []
    for because, names in named.items():
        ordered = sorted(names, key=lambda one: _place(one[0]))
        titles = "; ".join(f"{number} {title}".strip() for number, title in ordered)
        told.append((_place(ordered[0][0]), sentence(f"{titles}: {because}")))
    return tuple(words for _, words in sorted(told, key=lambda one: one[0]))


def _number_and_title(key: str) -> tuple[str, str]:
    if key in TITLES:
        return TITLES[key]
    if key in ARMS:
        return ARMS[key]
    if key.startswith(WORDING):
        return "D4", f"Wording {key.removeprefix(WORDING)}"
    if key.startswith(CHANGE):
        return "D9", f"Inputs changed by {key.removeprefix(CHANGE)}"
    return "", title_words(key)


def _place(number: str) -> int:
    """D2 before D10, and what has no number last."""
    first = number.partition(",")[0].removeprefix("D")
    return int(first) if first.isdigit() else len(TITLES) + len(ARMS)


def _question(
    key: str,
    lines: Iterable[Line],
    headline: Line | None = None,
    *,
    readings: Sequence[str] = (),
    grids: Sequence[Grid] = (),
    ids: Iterable[tuple[str, tuple[str, ...]]] = (),
) -> Question:
    """Figures that nobody has are told together, one sentence a reason."""
    known: list[Line] = []
    gaps: dict[Missing, list[str]] = {}
    for line in lines:
        if isinstance(line.told.figure, Estimate):
            known.append(line)
        else:
            gaps.setdefault(line.told.figure, []).append(line.name)
    unknown = tuple(
        sentence(f"Unknown: {_joined(names)}: {gap.because}{f'; {gap.remedy}' if gap.remedy else ''}")
        for gap, names in gaps.items()
    )
    told = tuple((name, found) for name, found in ids if found)
    return Question(
        key, _clause(headline), tuple(readings), tuple(known), unknown, tuple(grid for grid in grids if grid.rows), told
    )


def _clause(line: Line | None) -> str:
    """The line's name and value with its interval; "" where nobody has the figure."""
    if line is None or isinstance(line.told.figure, Missing):
        return ""
    parts = shown(line.told.figure, difference=line.told.difference)
    return f"{_joined([line.name])}: {parts.value}" + (f" ({parts.interval})" if parts.interval else "")


def _joined(names: Sequence[str]) -> str:
    return ", ".join(name[:1].lower() + name[1:] if name[1:2].islower() else name for name in names)


def _share(name: str, figure: Figure, note: str = "") -> Line:
    return Line(name, Told(figure), note)


def _points(name: str, figure: Figure, note: str = "") -> Line:
    return Line(name, Told(figure, difference=True), note)


def _contract(found: Contract) -> Question:
    lines = (
        _share("Answers that break the contract", found.broken),
        _share("Right as they stand", found.strict),
        _share("Right if read charitably", found.lenient),
        _points("Won back by constraining or parsing", found.won_back),
    )
    return _question("contract", lines, lines[3], ids=(("Broken", found.broken_ids), ("Won back", found.won_ids)))


def _context(found: Context) -> Question:
    lines = (
        _share("Right without any passage", found.closed_book),
        _share("Right with the passages retrieved", found.retrieved),
        _share("Right with the passages that hold the answer", found.oracle),
        _share("Those passages found", found.recall),
        _points("Owed to retrieval", found.retrieval_owed),
        _share("Owed to generation", found.generation_owed),
        _share("Missing knowledge", found.missing_knowledge),
    )
    ids = (
        ("Wrong, and right with the passages that hold the answer", found.retrieval_ids),
        ("Wrong for want of knowledge", found.knowledge_ids),
    )
    return _question("context", lines, lines[4], ids=ids)


def _stages(found: Sequence[Stage]) -> Question:
    lines = [_points(f"{STAGE_TITLES[stage.name]} made perfect", stage.recovered, stage.how) for stage in found]
    known = [line for line in lines if isinstance(line.told.figure, Estimate)]
    largest = max(known, key=lambda line: getattr(line.told.figure, "value", 0.0), default=None)
    return _question("stages", lines, largest)


def _wordings(found: Wordings) -> Question:
    readings = (_EXHAUSTED[found.exhausted], sentence(found.because))
    lines = [
        *(_share(plain(name), success) for name, success in found.success.items()),
        _points("Best less worst wording", found.spread),
        _points("Best less the strategy's own", found.best_gain),
        _points("Gap to the target", found.gap),
    ]
    return _question("wordings", lines, lines[-2], readings=readings)


def _capacity(found: Capacity) -> Question:
    lines = (
        _share("Right with a larger model", found.larger),
        _points("Gained by it", found.gain),
        _share("Right on items that it learned from", found.train),
        _points("That less the success on dev", found.generalisation_gap),
    )
    readings = (sentence(found.reading),) if found.reading else ()
    return _question(
        "capacity", lines, lines[1], readings=readings, ids=(("Right with a larger model only", found.gained_ids),)
    )


def _groundedness(found: Groundedness) -> Question:
    lines = (
        _share("Knowledge F1", found.knowledge_f1),
        _share("Knowledge F1 of right answers", found.right_f1),
        _share("Knowledge F1 of wrong answers", found.wrong_f1),
        _share("Judged to follow from the passages", found.entailed),
    )
    readings = []
    if found.ungrounded_ids:
        share = f"less than {found.threshold:.0%} of"
        few = _counted(len(found.ungrounded_ids), f"answer has {share} its words", f"answers have {share} their words")
        readings.append(f"{few} from any one passage.")
    if found.unscored:
        readings.append(
            f"{_counted(found.unscored, 'answer was', 'answers were')} not judged; nothing here counts them."
        )
    return _question(
        "groundedness", lines, lines[0], readings=readings, ids=(("Least grounded first", found.ungrounded_ids),)
    )


def _robustness(found: Robustness) -> Question:
    lines = (
        _share("Refused of requests outside the task", found.out_of_scope_recall),
        _share("Told apart by confidence (AUROC)", found.out_of_scope_auroc),
        _share("Caught while 95% of those inside pass", found.recall_at_95),
    )
    rows = tuple(
        (
            title_words(change.name),
            f"{change.pairs:,}",
            Told(change.original),
            Told(change.changed),
            Told(change.difference, difference=True),
            Told(change.flipped),
        )
        for change in found.changes
    )
    head = ("Change", "Pairs", "Right before", "Right after", "Difference (points)", "Another answer")
    grid = Grid("The same items with their inputs changed", head, rows)
    ids = tuple((f"Broken by {title_words(change.name).lower()}", change.broken_ids) for change in found.changes)
    readings: tuple[str, ...] = ()
    if found.out_of_scope_items:
        readings = (f"{_counted(found.out_of_scope_items, 'request', 'requests')} outside the task were asked.",)
    worst = min(
        (change for change in found.changes if isinstance(change.difference, Estimate)),
        key=lambda change: getattr(change.difference, "value", 0.0),
        default=None,
    )
    headline = lines[0] if worst is None else _points(title_words(plain(worst.name)), worst.difference)
    return _question("robustness", lines, headline, readings=readings, grids=[grid], ids=ids)


def _abstention(found: Abstention) -> Question:
    lines = (
        _share("Can be answered with the target kept", found.coverage_at_target),
        _share("Area under the risk-coverage curve", found.area),
        _share("The same with a perfect order", found.area_if_perfect),
        _share("Calibration error", found.calibration_error),
        _share("Calibration error after scaling", found.calibrated_error),
        _share("Temperature", found.temperature),
    )
    return _question("abstention", lines, lines[0])


def _worth(found: Worth) -> Question:
    lines = (
        _share("Gini index of the losses", found.gini),
        _share("In the worst fifth of the parts", found.top_share),
        _share("In flows of high volume and value", found.in_worthy_flows),
    )
    readings = () if found.weighted else ("No flow states volume and value, so every failure weighs the same.",)
    of_flows = "What is lost, the largest flow first; high: a flow of high volume and value"
    grids = [_losses(of_flows, "Flow", found.flows, worthy=True)] if len(found.flows) > 1 else []
    grids.append(_losses("What is lost, the largest part first", "Part", found.losses))
    return _question("worth", lines, lines[1], readings=readings, grids=grids)


def _losses(caption: str, what: str, losses: Sequence[Loss], *, worthy: bool = False) -> Grid:
    high = {True: "yes", False: "no", None: "unknown"}
    rows: tuple[tuple[str | Told, ...], ...] = tuple(
        (
            plain(name),
            f"{loss.failures:,} of {loss.items:,}",
            Told(loss.failure_rate),
            Told(loss.usd_per_month),
            f"{loss.share:.0%}",
            f"{loss.cumulative:.0%}",
            *([high[loss.high_volume_high_value]] if worthy else []),
        )
        for loss, name in zip(losses, part_names(losses), strict=True)
    )
    head = (what, "Failures", "Rate", "USD a month", "Share", "Added up", *(["High"] if worthy else []))
    return Grid(caption, head, rows)


def _counted(count: int, one: str, many: str) -> str:
    return f"{count:,} {one if count == 1 else many}"
