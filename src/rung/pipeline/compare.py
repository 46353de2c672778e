"""Two strategies side by side: of a project, or from a file of scores."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np

from rung.errors import RungError, UsageError
from rung.evaluate.contrast import Contrast, contrast
from rung.evaluate.paired_scores import PairedScores, paired_scores
from rung.evidence.paired_file import read_paired
from rung.pipeline.observer import Observer, Silent
from rung.pipeline.project import opened
from rung.pipeline.weigh import measure


def compare_strategies(
    task_file: Path, challenger: str, baseline: str, *, by: Sequence[str] = (), observer: Observer | None = None
) -> Contrast:
    """The contrast of two strategies on the dev split; what was not measured yet is run first.

    `by` names metadata keys to divide the items by, beside segment and flow. RungError when one of the strategies
    cannot be run here, UsageError when both are the same.
    """
    if challenger == baseline:
        raise UsageError(f"{challenger} cannot be compared with itself; name two strategies")
    with opened(task_file, observer or Silent(), also=[challenger, baseline]) as project:
        cards = [card for card in project.cards if card.name in (challenger, baseline)]
        runs = {one.run.strategy: one.run for one in measure(project, cards, timed=False)}
        missing = [name for name in (challenger, baseline) if name not in runs]
        if missing:
            raise RungError(f"{missing[0]} could not be run here, so there is nothing to compare; rung run says why")
        return contrast(paired_scores(runs[challenger], runs[baseline], metadata=by))


def compare_columns(
    path: Path, challenger: str, baseline: str, *, item: str | None, segments: Sequence[str], group: str | None
) -> Contrast:
    """The contrast of two columns of a file: the column `challenger` against the column `baseline`."""
    if challenger == baseline:
        raise UsageError(f"{challenger} cannot be compared with itself; name two columns")
    read = read_paired(path, challenger, baseline, item=item, segments=segments, group=group)
    return contrast(
        PairedScores(
            challenger=challenger,
            baseline=baseline,
            first=np.array(read.first),
            second=np.array(read.second),
            clusters=read.groups,
            source=f"{path.name}, {challenger} minus {baseline}",
            parts=read.parts,
        )
    )
