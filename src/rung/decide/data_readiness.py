"""The score of data readiness: how far labels and eval set go, by their weakest part. Formula: docs/concepts/scores.md.

Without data the same formula takes what a team states of them (a plan); then what is not stated keeps the score from
being more than low.
"""

from __future__ import annotations

from rung.decide.decision import Score, ScoreName
from rung.decide.sensitivity import LOW, by_weakest_part
from rung.decide.situation import Situation, Statements
from rung.decide.words import listed, say
from rung.estimate import Estimate
from rung.evidence.readiness.agreement import RELIABLE
from rung.evidence.readiness.noise import BLURRED
from rung.task.task import SEGMENTS

ITEMS_PER_LABEL = 20
ITEMS_OF_RAREST_LABEL = 5
ITEMS_WITHOUT_LABELS = 100
"""For kinds of task without a closed set of labels: as much as five labels want."""
CONFLICT_CEILING = 0.10
ITEMS_PER_SEGMENT = 20
SEALED_ITEMS = 100
NOISE_CEILING = 0.20
"""Where no target says how many wrong labels are too many."""
LEAK_CEILING = 0.10


Parts = dict[str, tuple[float, str]]
"""By its name, how far each part goes (1 is all the way) and what was found, in words."""


def clipped(share: float) -> float:
    """5 x the share, within 0 and 5."""
    return round(5.0 * min(max(share, 0.0), 1.0), 2)


def no_score(name: ScoreName, because: str, remedy: str, inputs: dict[str, str] | None = None) -> Score:
    """A score that cannot be given."""
    return Score(name, None, because, inputs or {}, remedy)


def data_readiness(situation: Situation) -> Score:
    """5 x the weakest of its parts, each capped at 1: data are as ready as their weakest part."""
    data, summary, stated = situation.inputs.data, situation.inputs.summary, situation.stated
    if stated is None and (data.train_items is None or (summary.labels and data.smallest_label_items is None)):
        return no_score("data_readiness", "the labelled examples were not profiled", "rung data check")
    parts = _measured_parts(situation) if stated is None else _stated_parts(situation, stated)
    inputs = {name: words for name, (_, words) in parts.items()}
    gaps = () if stated is None else _not_stated(situation, stated)
    weakest = min(parts, key=lambda name: parts[name][0], default=None)
    if weakest is None or (gaps and clipped(parts[weakest][0]) > LOW):
        # A part that nobody knows could be the weakest one; a part that is low settles the score whatever they are.
        return no_score("data_readiness", f"not stated: {listed(gaps)}", "rung data check", inputs)
    because = f"the weakest part is {weakest}: {parts[weakest][1]}"
    return Score("data_readiness", clipped(parts[weakest][0]), because, inputs, by_weakest_part(parts, clipped))


def _measured_parts(situation: Situation) -> Parts:
    data, summary = situation.inputs.data, situation.inputs.summary
    parts = _amounts(data.train_items or 0, data.smallest_label_items, len(summary.labels), "measured")
    parts |= _segments(summary.segments.get("dev", {}))
    if data.conflict_share is not None:
        parts["conflicting labels"] = (
            1.0 - data.conflict_share / CONFLICT_CEILING,
            f"{data.conflict_share:.1%} of train and dev items",
        )
    if data.sealed_items is not None:
        parts["sealed items"] = (data.sealed_items / SEALED_ITEMS, f"{data.sealed_items} (measured)")
    return parts | _label_quality(situation)


def _stated_parts(situation: Situation, stated: Statements) -> Parts:
    """The parts that the team states; one without all its inputs is left out."""
    data, segments = situation.inputs.data, situation.inputs.summary.segments.get("dev", {})
    parts: Parts = {}
    labels = (stated.classes or 0) if situation.task.kind == "classify" else 0
    if data.train_items is not None and (labels or situation.task.kind != "classify" or data.train_items == 0):
        parts |= _amounts(data.train_items, data.smallest_label_items, labels, "assumed")
    if all(segment in segments for segment in SEGMENTS):
        parts |= _segments(segments)
    if stated.labels is not None and not isinstance(data.label_noise, Estimate):
        parts["labels as they are said to be"] = (
            LOW / 5.0 if stated.labels == "noisy" else 1.0,
            f"{stated.labels} (assumed)",
        )
    return parts | _label_quality(situation)


def _not_stated(situation: Situation, stated: Statements) -> tuple[str, ...]:
    data, segments = situation.inputs.data, situation.inputs.summary.segments.get("dev", {})
    by_class = situation.task.kind == "classify"
    known = {
        "how many examples are labelled": data.train_items is not None,
        "how many classes there are": not by_class or stated.classes is not None,
        "how many examples the rarest class has": not by_class or data.smallest_label_items is not None,
        "how clean the labels are": stated.labels is not None or isinstance(data.label_noise, Estimate),
        "how many routine, edge and adversarial items the eval set has": all(one in segments for one in SEGMENTS),
    }
    return tuple(name for name, there in known.items() if not there)


def _segments(segments: dict[str, int]) -> Parts:
    enough = sum(segments.get(segment, 0) >= ITEMS_PER_SEGMENT for segment in SEGMENTS)
    words = f"{enough} of {len(SEGMENTS)} with {ITEMS_PER_SEGMENT} or more"
    return {"dev segments with enough items": (enough / len(SEGMENTS), words)}


def _label_quality(situation: Situation) -> Parts:
    """What is known of wrong labels, of the agreement of people, and of leaks; what is unknown is no part."""
    data = situation.inputs.data
    parts: Parts = {}
    noise, alpha = data.label_noise, data.agreement
    if isinstance(noise, Estimate) and (noise.low or noise.high is None or noise.high <= BLURRED):
        room = [
            1.0 - one.minimum
            for one in situation.task.targets
            if one.metric == "task_success" and one.minimum and not one.segment
        ]
        ceiling = min((share for share in room if share > 0.0), default=NOISE_CEILING)
        parts["label noise"] = 1.0 - noise.value / ceiling, f"{say(noise)} against {ceiling:.0%}"
    if isinstance(alpha, Estimate):
        parts["agreement of annotators"] = alpha.value / RELIABLE, say(alpha)
    if data.leak_share is not None:
        parts["leaked items"] = (
            1.0 - data.leak_share / LEAK_CEILING,
            f"{data.leak_share:.1%} of dev and sealed items (measured)",
        )
    return parts


def _amounts(train_items: int, smallest: int | None, labels: int, word: str) -> Parts:
    """How far the amount of training items goes, with its words: per label where the task has labels."""
    if not labels:
        return {"train items": (train_items / ITEMS_WITHOUT_LABELS, f"{train_items} ({word})")}
    parts = {"items per label": (train_items / labels / ITEMS_PER_LABEL, f"{train_items} over {labels} labels")}
    if smallest is not None:
        parts["items of the rarest label"] = (smallest / ITEMS_OF_RAREST_LABEL, f"{smallest} ({word})")
    return parts
