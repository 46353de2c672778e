"""When the sealed split may be opened, and what an opening is worth.

Pure rules over the append-only event table; opening and writing the event is the caller's.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from rung.task.example import Example, content_hash

OPENED = "sealed.opened"
JUDGED = "sealed.judged"
SAME_SPLIT = 0.5
"""Two sealed splits that share at least this part of the current one's items count as the same: a new seed or a
handful of new rows does not make a fresh test."""


class SealEvent(Protocol):
    """What is read of an event; `rung.evaluate.store.Event` is one."""

    @property
    def kind(self) -> str: ...

    @property
    def payload(self) -> Mapping[str, Any]: ...


@dataclass(frozen=True, slots=True)
class Opening:
    """One look at the sealed split. `items` are content hashes of the inputs, sorted, variants left out."""

    candidate: str
    targets_hash: str
    labels_hash: str
    items: tuple[str, ...]

    @property
    def hash(self) -> str:
        """Names the opening: the same candidate, targets and labels on the same items is the same opening."""
        return opening_hash(self.candidate, self.targets_hash, self.labels_hash, self.items)

    def payload(self) -> dict[str, Any]:
        """What the `OPENED` event holds."""
        return {
            "opening": self.hash,
            "candidate": self.candidate,
            "targets_hash": self.targets_hash,
            "labels_hash": self.labels_hash,
            "items": list(self.items),
        }

    def judged_payload(self, *, passed: bool) -> dict[str, Any]:
        """What the `JUDGED` event holds once the candidate's targets were tested."""
        return {"opening": self.hash, "candidate": self.candidate, "passed": passed}


@dataclass(frozen=True, slots=True)
class SealState:
    """What history says about an opening that is about to happen (or to be read again).

    `openings` counts the distinct ones on this split so far, this one included. `failed_candidate` names another
    candidate that already failed here: then `allowed` is False. `because` is a sentence for the record.
    """

    opening: str
    is_new: bool
    openings: int
    allowed: bool
    failed_candidate: str | None
    exploratory: bool
    because: str


def opening_hash(candidate: str, targets_hash: str, labels_hash: str, items: Sequence[str] = ()) -> str:
    """Hex sha256 that names an opening."""
    return content_hash(candidate, targets_hash, labels_hash, *items)


def opening(candidate: str, targets_hash: str, sealed: Sequence[Example]) -> Opening:
    """The opening of these sealed items for this candidate under these targets."""
    originals = [example for example in sealed if example.derived_from is None]
    labelled = sorted((content_hash(example.input), example.expected) for example in originals)
    return Opening(
        candidate,
        targets_hash,
        labels_hash=content_hash(*(part for pair in labelled for part in pair)),
        items=tuple(item[:16] for item, _ in labelled),
    )


def seal_status(events: Iterable[SealEvent], current: Opening) -> SealState:
    """What the events recorded so far say about `current`.

    A result is exploratory when the same items were opened before it under other targets or other labels. Another
    candidate that failed on them closes the split for this one. What happened after an opening does not change it.
    """
    opened: dict[str, Mapping[str, Any]] = {}
    failed: dict[str, str] = {}
    for event in events:
        if event.kind == OPENED:
            opened.setdefault(str(event.payload["opening"]), event.payload)
        elif event.kind == JUDGED and not event.payload["passed"]:
            failed[str(event.payload["opening"])] = str(event.payload["candidate"])
    is_new = current.hash not in opened
    before = list(opened) if is_new else list(opened)[: list(opened).index(current.hash)]
    here = {name: payload for name, payload in opened.items() if _overlap(current, payload) >= SAME_SPLIT}
    partly = max((_overlap(current, payload) for name, payload in opened.items() if name not in here), default=0.0)
    others = {name: payload for name, payload in here.items() if name in before}
    losers = [failed[name] for name in others if name in failed and failed[name] != current.candidate]
    targets_changed = any(payload["targets_hash"] != current.targets_hash for payload in others.values())
    labels_changed = any(
        payload["labels_hash"] != current.labels_hash and list(payload["items"]) == list(current.items)
        for payload in others.values()
    )
    return SealState(
        opening=current.hash,
        is_new=is_new,
        openings=len(here) + is_new,
        allowed=not losers or not is_new,
        failed_candidate=losers[0] if losers else None,
        exploratory=targets_changed or labels_changed,
        because=_because(
            current,
            openings=len(here) + is_new,
            loser=losers[0] if losers and is_new else None,
            changed=" and ".join(word for word, on in (("targets", targets_changed), ("labels", labels_changed)) if on),
            partly=partly,
        ),
    )


def _overlap(current: Opening, payload: Mapping[str, Any]) -> float:
    """The share of the current sealed items that an earlier opening has shown, in [0, 1]."""
    return len(set(current.items) & set(payload["items"])) / len(current.items) if current.items else 0.0


def _because(current: Opening, *, openings: int, loser: str | None, changed: str, partly: float) -> str:
    if loser is not None:
        return (
            f"{loser} already failed on this sealed split, and a second candidate on the same items would be picked "
            f"by chance; collect new sealed items before trying {current.candidate}."
        )
    sentence = (
        "This is the first opening of the sealed split."
        if openings == 1
        else (f"The sealed split has been opened {openings} times.")
    )
    if changed:
        sentence += f" The {changed} changed after an opening, so the result is exploratory and confirms nothing."
    if partly > 0:
        sentence += f" An earlier sealed split shared {partly:.0%} of these items."
    return sentence
