"""The sealed split's word on the one candidate: confirmed, or not yet."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from rung.decide.decision import Status, TargetResult, Verdict
from rung.decide.evidence import SealedEvidence
from rung.decide.segments import SegmentVerdict, judge_segments
from rung.decide.targets import overall_state
from rung.decide.words import items_in_words, listed


@dataclass(frozen=True, slots=True)
class Confirmation:
    """`verdict` is recommend or insufficient_evidence; `status` is the candidate's. `collect` are sentences on what
    would settle it. `undecided_segments` cap the rollout. `exploratory`: an earlier look spoils this one."""

    verdict: Verdict
    status: Status
    because: str
    collect: tuple[str, ...] = ()
    segments: tuple[SegmentVerdict, ...] = ()
    exploratory: bool = False

    @property
    def undecided_segments(self) -> tuple[str, ...]:
        """Segments in which a loss beyond the margin can be neither shown nor ruled out."""
        return tuple(one.segment for one in self.segments if one.state == "undecided")


def confirm(sealed: SealedEvidence, results: Sequence[TargetResult], *, current: str | None) -> Confirmation:
    """Every target at full alpha, then every segment against `current`, what runs today (None: nothing does).

    All targets must hold, so the test of them together needs no correction (Berger 1982, intersection-union). A
    candidate that does not hold here is never replaced by another on the same split.
    """
    segments = _segments(sealed, current)
    exploratory = sealed.opening.exploratory
    state = overall_state(results)
    if state != "meets":
        open_results = [one for one in results if one.state == state]
        status: Status = "failed_sealed" if state == "misses" else state
        because = f"the sealed split does not confirm {sealed.candidate}: " + "; ".join(
            one.because for one in open_results
        )
        return Confirmation(
            "insufficient_evidence", status, because, _collect(sealed.candidate, open_results), segments, exploratory
        )
    worse = [one for one in segments if one.state == "worse"]
    if worse:
        lost = "; ".join(one.because for one in worse)
        because = f"{sealed.candidate} meets every target on the sealed split, but loses {lost}"
        names = listed([one.segment for one in worse])
        collect = (
            f"failure analysis of {sealed.candidate} on {names} items, and a fresh sealed split before another try",
        )
        return Confirmation("insufficient_evidence", "failed_sealed", because, collect, segments, exploratory)
    words = "the sealed split confirms every target"
    if exploratory:
        words += f", but only as an exploration: {sealed.opening.because}"
    return Confirmation("recommend", "recommended", words, (), segments, exploratory)


def _segments(sealed: SealedEvidence, current: str | None) -> tuple[SegmentVerdict, ...]:
    if sealed.against_current is not None:
        return judge_segments(sealed.against_current)
    if current is None or current == sealed.candidate:
        return ()
    return (SegmentVerdict("all", "undecided", f"no paired comparison with {current} on the sealed items"),)


def _collect(candidate: str, results: Sequence[TargetResult]) -> tuple[str, ...]:
    lines = []
    for one in results:
        if one.state == "misses":
            lines.append(f"fresh sealed items for another try: {candidate} missed {one.target.name} on these")
        elif one.items_needed is not None:
            lines.append(f"{items_in_words(one, 'sealed')} to decide {one.target.name} of {candidate}")
        else:
            lines.append(one.because)
    return tuple(lines)
