"""One labelled request, and one entry of the corpus."""

from __future__ import annotations

from dataclasses import dataclass, field
from hashlib import sha256

from rung.task.task import Segment


@dataclass(frozen=True, slots=True)
class Example:
    """A request with the outcome the task calls right.

    `expected` by kind: the label; with several labels their JSON array, sorted; the record as canonical JSON; the
    reference answer, "" where the corpus holds none and refusing is right; a reference text, or "" without one.
    `references` are other answers that are as right, `passages` the ids of corpus entries that hold the answer.
    `group` names what the item shares with others (customer, document, code); items of one group never stand on
    both sides of a split and are one cluster in every interval. `derived_from` is the id of the item that a
    derived variant was made from ("" where it was made from none), and `derivation` says how; both None for an
    original. `segment_because` says why an item was put into its segment, "" where the team said so itself; it enters
    no hash.
    """

    id: str
    input: str
    expected: str
    group: str
    segment: Segment | None = None
    flow: str | None = None
    derived_from: str | None = None
    derivation: str | None = None
    references: tuple[str, ...] = ()
    passages: tuple[str, ...] = ()
    metadata: dict[str, str] = field(default_factory=dict)
    segment_because: str = ""


@dataclass(frozen=True, slots=True)
class CorpusEntry:
    """A passage that may be retrieved. `label` is the label it stands for, where the corpus says so."""

    id: str
    title: str
    text: str
    label: str | None = None

    @property
    def passage(self) -> str:
        """Title and text as one string, the title once."""
        if not self.text or self.text == self.title:
            return self.title
        return f"{self.title}. {self.text}" if self.title else self.text


def content_hash(*parts: str) -> str:
    """Hex sha256 over the parts with their lengths, so that ("ab", "c") and ("a", "bc") differ."""
    digest = sha256()
    for part in parts:
        data = part.encode("utf-8", "surrogatepass")
        digest.update(len(data).to_bytes(8, "little"))
        digest.update(data)
    return digest.hexdigest()
