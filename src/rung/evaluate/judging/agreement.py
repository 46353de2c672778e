"""What a judge's word is worth: its agreement with people, and a success rate corrected by it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from rung.estimate import LEVEL, Estimate, Figure, Missing, Provenance
from rung.evaluate.judging.scorer import Judged, Scorer
from rung.evaluate.run import Row
from rung.evaluate.sampled import groups_of, sampled
from rung.evidence.human_labels import HumanLabel
from rung.stats import Interval, clustered_wilson
from rung.stats.kappa import cohen_kappa
from rung.stats.prediction_powered import prediction_powered_mean
from rung.task.protocols import Prediction

FEWEST_PAIRS = 20
"""With fewer outputs judged by both, the correction would be wilder than what it corrects."""
_REMEDY = (
    'add to data.examples at least 20 rows with "output" and "annotations": [{"annotator": ..., "label": "right" or '
    '"wrong"}]'
)


@dataclass(frozen=True, slots=True)
class Agreement:
    """Outputs that both people and the judge have judged, in the same order; `groups` are their clusters."""

    people: tuple[bool, ...]
    judge: tuple[bool, ...]
    groups: tuple[str, ...]

    @property
    def agreed(self) -> int:
        """On how many outputs they agree."""
        return sum(one == other for one, other in zip(self.people, self.judge, strict=True))

    def kappa(self) -> Figure:
        """Cohen's kappa between the people's majority and the judge; Missing while there are too few outputs."""
        if len(self.people) < FEWEST_PAIRS:
            return _too_few(len(self.people))
        if len({*self.people, *self.judge}) < 2:
            return Missing("people and judge gave every output the same verdict: there is no kappa", _REMEDY)
        interval = cohen_kappa(self.people, self.judge, level=LEVEL, clusters=list(self.groups))
        return sampled(interval, "kappa", len(self.people), Provenance.MEASURED, "annotations in data.examples")

    @property
    def words(self) -> str:
        """The agreement as a clause."""
        kappa = self.kappa()
        beyond = f", kappa {kappa.value:.2f}" if isinstance(kappa, Estimate) else ""
        return f"the judge agrees with people on {self.agreed} of {len(self.people)} outputs{beyond}"


def measure_agreement(judge: Scorer, labels: Sequence[HumanLabel]) -> Agreement:
    """The judge asked about the outputs that people have judged; what it does not judge is left out."""
    pairs = [(label.example, Prediction(label.output)) for label in labels]
    judge.prepare(pairs)
    both = [
        (label, judged.success)
        for label, pair in zip(labels, pairs, strict=True)
        if isinstance(judged := judge(*pair), Judged)
    ]
    return Agreement(
        people=tuple(label.right for label, _ in both),
        judge=tuple(verdict for _, verdict in both),
        groups=tuple(label.example.group or f"item:{label.example.id}" for label, _ in both),
    )


def judged_success(rows: Sequence[Row], agreement: Agreement | None, source: str) -> Estimate:
    """The share of outputs that are right where a model judged them; modelled, for a model's word is no measurement.

    With at least `FEWEST_PAIRS` outputs that people judged too, the judge's rate is corrected by prediction-powered
    inference: its mean here, plus what people and judge differ by there. That carries over as far as those outputs are
    like these. Without them the rate is the judge's own, and the note says so.
    """
    share = clustered_wilson([row.success for row in rows], groups_of(rows), level=LEVEL)
    if agreement is None or len(agreement.people) < FEWEST_PAIRS:
        known = "" if agreement is None or not agreement.people else f"; {agreement.words}, too few to correct by"
        note = f"a model judged these outputs, and its agreement with people is not known{known}"
        return sampled(share, "share", len(rows), Provenance.MODELLED, source, note)
    corrected = prediction_powered_mean(
        [float(right) for right in agreement.people],
        [float(right) for right in agreement.judge],
        [float(row.success) for row in rows],
        level=LEVEL,
        clusters=list(agreement.groups),
        unlabelled_clusters=groups_of(rows),
    )
    low, high = (None if end is None else min(1.0, max(0.0, end)) for end in (corrected.low, corrected.high))
    interval = Interval(min(1.0, max(0.0, corrected.mid)), low, high, corrected.note)
    note = f"a model judged these outputs ({share.mid:.0%} right); {agreement.words}"
    return sampled(interval, "share", len(rows), Provenance.MODELLED, source, note)


def _too_few(pairs: int) -> Missing:
    return Missing(f"{pairs} outputs were judged by people and by the judge, {FEWEST_PAIRS} are needed", _REMEDY)
