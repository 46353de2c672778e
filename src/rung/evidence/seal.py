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
"""Two sealed splits that share at least this part of the current one's items count as the same: a handful of new rows
does not make a fresh test. A new seed deals the same items anew, which `known` items tell."""
UNSETTLED = frozenset({"undecided", "unmeasured"})
"""Outcomes that say too little of a candidate to call it failed: it may be tried again on more items."""


class SealEvent(Protocol):
    """What is read of an event; `rung.evaluate.store.Event` is one."""

    @property
    def kind(self) -> str: ...

    @property
    def payload(self) -> Mapping[str, Any]: ...


@dataclass(frozen=True, slots=True)
class Opening:
    """One look at the sealed split. `items` are content hashes of the inputs, sorted, variants left out; `labels` are
    hashes of each of these inputs with its label, in the same order.

    `identity` names the fitted candidate: the same strategy with another model, corpus or training set is another
    candidate. `known` are the hashes of every item that the data held at the time, sealed or not.
    """

    candidate: str
    targets_hash: str
    labels_hash: str
    items: tuple[str, ...]
    identity: str = ""
    known: tuple[str, ...] = ()
    labels: tuple[str, ...] = ()

    @property
    def hash(self) -> str:
        """Names the opening: the same candidate, targets and labels on the same items is the same opening."""
        return content_hash(self.candidate, self.identity, self.targets_hash, self.labels_hash, *self.items)

    def payload(self) -> dict[str, Any]:
        """What the `OPENED` event holds."""
        return {
            "opening": self.hash,
            "candidate": self.candidate,
            "identity": self.identity,
            "targets_hash": self.targets_hash,
            "labels_hash": self.labels_hash,
            "items": list(self.items),
            "labels": list(self.labels),
            "known": list(self.known),
        }

    def judged_payload(self, *, passed: bool, outcome: str = "") -> dict[str, Any]:
        """What the `JUDGED` event holds once the candidate's targets were tested; `outcome` is its status."""
        return {"opening": self.hash, "candidate": self.candidate, "passed": passed, "outcome": outcome}


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


def opening(
    candidate: str,
    targets_hash: str,
    sealed: Sequence[Example],
    *,
    identity: str = "",
    others: Sequence[Example] = (),
) -> Opening:
    """The opening of these sealed items for this candidate under these targets; `others` is the rest of the data."""
    labelled = sorted((content_hash(example.input), _right(example)) for example in _originals(sealed))
    return Opening(
        candidate,
        targets_hash,
        labels_hash=content_hash(*(part for pair in labelled for part in pair)),
        items=tuple(item[:16] for item, _ in labelled),
        identity=identity,
        known=tuple(sorted({content_hash(example.input)[:16] for example in _originals([*sealed, *others])})),
        labels=tuple(content_hash(item, label)[:16] for item, label in labelled),
    )


def _right(example: Example) -> str:
    """What is right for the item, other right answers included where there are some."""
    return "\n".join((example.expected, *example.references))


def seal_status(events: Iterable[SealEvent], current: Opening) -> SealState:
    """What the events recorded so far say about `current`.

    Another candidate that failed on the same items closes the split for this one. A result is exploratory when the
    same items were opened before it under other targets or labels, or for another candidate of which the judgement
    never came; and when a candidate failed on another deal of data that was mostly known by then. What happened
    after an opening does not change it.
    """
    opened: dict[str, Mapping[str, Any]] = {}
    judged: dict[str, Mapping[str, Any]] = {}
    for event in events:
        if event.kind == OPENED:
            opened.setdefault(str(event.payload["opening"]), event.payload)
        elif event.kind == JUDGED:
            judged[str(event.payload["opening"])] = event.payload
    is_new = current.hash not in opened
    before = list(opened) if is_new else list(opened)[: list(opened).index(current.hash)]
    here = {name: payload for name, payload in opened.items() if _overlap(current, payload["items"]) >= SAME_SPLIT}
    apart = {name: payload for name, payload in opened.items() if name not in here}
    earlier = {name: payload for name, payload in here.items() if name in before}
    loser = next(
        (str(one["candidate"]) for name, one in earlier.items() if _lost(current, one, judged.get(name))), None
    )
    changes = _changes(current, earlier, judged)
    failed_apart = {name: one for name, one in apart.items() if name in before and _failed(judged.get(name))}
    if any(_overlap(current, one.get("known", ())) >= SAME_SPLIT for one in failed_apart.values()):
        changes.append("the same data were dealt anew after a candidate had failed")
    return SealState(
        opening=current.hash,
        is_new=is_new,
        openings=len(here) + is_new,
        allowed=loser is None or not is_new,
        failed_candidate=loser,
        exploratory=bool(changes),
        because=_because(
            current,
            openings=len(here) + is_new,
            loser=loser if is_new else None,
            changes=changes,
            partly=max((_overlap(current, payload["items"]) for payload in apart.values()), default=0.0),
        ),
    )


def _originals(examples: Sequence[Example]) -> list[Example]:
    return [example for example in examples if example.derived_from is None]


def _overlap(current: Opening, items: Iterable[str]) -> float:
    """The share of the current sealed items that are among `items`, in [0, 1]."""
    return len(set(current.items) & set(items)) / len(current.items) if current.items else 0.0


def _failed(judgement: Mapping[str, Any] | None) -> bool:
    """Shown to miss or to lose; an undecided candidate did neither."""
    return judgement is not None and not judgement["passed"] and judgement.get("outcome", "") not in UNSETTLED


def _lost(current: Opening, payload: Mapping[str, Any], judgement: Mapping[str, Any] | None) -> bool:
    """Whether this earlier opening closes the split for the current candidate."""
    if judgement is None or judgement["passed"]:
        return False
    if payload["candidate"] != current.candidate:
        return True
    return payload.get("identity", "") != current.identity and _failed(judgement)


def _changes(
    current: Opening, earlier: Mapping[str, Mapping[str, Any]], judged: Mapping[str, Mapping[str, Any]]
) -> list[str]:
    """What makes a result on these items exploratory, each as the beginning of a sentence."""
    changed = []
    if any(payload["targets_hash"] != current.targets_hash for payload in earlier.values()):
        changed.append("targets")
    if any(_relabelled(current, payload) for payload in earlier.values()):
        changed.append("labels")
    found = [f"the {' and '.join(changed)} changed after an opening"] if changed else []
    unjudged = [str(one["candidate"]) for name, one in earlier.items() if name not in judged]
    others = [name for name in unjudged if name != current.candidate]
    if others:
        found.append(f"the split was opened for {others[0]} and that look was never judged")
    return found


def _relabelled(current: Opening, payload: Mapping[str, Any]) -> bool:
    """Whether an item that both openings hold had another label then."""
    if "labels" not in payload:  # an event of before labels were kept item by item
        return payload["labels_hash"] != current.labels_hash and list(payload["items"]) == list(current.items)
    then, now = _labels_of(payload["items"], payload["labels"]), _labels_of(current.items, current.labels)
    return any(then[item] != now[item] for item in then.keys() & now.keys())


def _labels_of(items: Sequence[str], labels: Sequence[str]) -> dict[str, set[str]]:
    """By item: equal inputs are one item, which may have several labels."""
    found: dict[str, set[str]] = {}
    for item, label in zip(items, labels, strict=True):
        found.setdefault(item, set()).add(label)
    return found


def _because(current: Opening, *, openings: int, loser: str | None, changes: Sequence[str], partly: float) -> str:
    if loser is not None:
        return (
            f"{loser} already failed on this sealed split, and a second candidate on the same items would be picked "
            f"by chance; collect new sealed items before trying {_again(loser, current.candidate)}."
        )
    sentence = (
        "This is the first opening of the sealed split."
        if openings == 1
        else (f"The sealed split has been opened {openings} times.")
    )
    for change in changes:
        sentence += f" {change[:1].upper()}{change[1:]}, so the result is exploratory and confirms nothing."
    if partly > 0:
        sentence += f" An earlier sealed split shared {partly:.0%} of these items."
    return sentence


def _again(loser: str, candidate: str) -> str:
    return f"{candidate} with another model or other data" if loser == candidate else candidate
