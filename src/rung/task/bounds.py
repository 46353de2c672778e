"""Whether each target bounds its metric from the side that matters, within the metric's range."""

from __future__ import annotations

from rung.errors import InvalidTask
from rung.task.schema import BoundSection, TargetSection
from rung.task.task import Metric
from rung.task.yaml import Document, Place

SHARES: tuple[Metric, ...] = ("task_success", "correction_rate")
HIGHER_IS_BETTER: tuple[Metric, ...] = ("task_success",)


def refuse_wrong_bounds(targets: dict[Metric, TargetSection], document: Document) -> None:
    """Raises InvalidTask at the first target that asks for the wrong direction or an impossible value."""
    for metric, target in targets.items():
        _check(metric, target, ("targets", metric), document)
        for segment, bound in target.segments.items():
            _check(metric, bound, ("targets", metric, "segments", segment), document)


def _check(metric: Metric, bound: TargetSection | BoundSection, place: Place, document: Document) -> None:
    higher = metric in HIGHER_IS_BETTER
    wrong, right = (bound.max, bound.min) if higher else (bound.min, bound.max)
    wrong_key, right_key = ("max", "min") if higher else ("min", "max")
    if wrong is not None:
        _refuse(
            document,
            (*place, wrong_key),
            f"{'more' if higher else 'less'} {metric} is better, so this target needs {right_key}",
        )
    if right is not None and metric in SHARES and right > 1:
        _refuse(document, (*place, right_key), f"must be a share between 0 and 1, found {right:g}")
    if right is not None and metric not in SHARES and right == 0:
        _refuse(document, (*place, right_key), "must be above 0; nothing could meet it")


def _refuse(document: Document, place: Place, problem: str) -> None:
    key = ".".join(str(part) for part in place)
    raise InvalidTask(f"{document.path}:{document.line(place)}: {key}: {problem}")
