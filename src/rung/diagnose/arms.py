"""The arms of a diagnosis: the same strategy with one thing changed, asked about the same items.

The pipeline builds and asks them; what they show is told by `context.py`, `stages.py`, `wordings.py`, `capacity.py` and
`robustness.py`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from rung.evaluate.run import Run

CLOSED_BOOK = "closed_book"
"""No passage in the prompt."""
ORACLE_CONTEXT = "oracle_context"
"""The passages that hold the answer in the prompt, alone where the items name them, among others where labels tell."""
LARGER_MODEL = "larger_model"
"""The same prompts, a larger model."""
TRAIN_ITEMS = "train_items"
"""The strategy on a sample of the items that it learned from."""
OUT_OF_SCOPE = "out_of_scope"
"""Requests that belong to no label and no passage."""
WORDING = "wording: "
"""Prefix of the arms that say the same in another form."""
CHANGE = "change: "
"""Prefix of the arms that ask a changed input: the items of their runs name the original in `derived_from`."""


@dataclass(frozen=True, slots=True)
class Arms:
    """`runs` by the name of the arm; `absent` says of each arm that this task or strategy cannot have why not, and
    `unasked` of every other arm that is not there.

    An arm may have been asked about a sample of the items only; it is compared on the items that both have.
    """

    runs: Mapping[str, Run] = field(default_factory=dict)
    absent: Mapping[str, str] = field(default_factory=dict)
    unasked: str = "it was not asked"

    def named(self, prefix: str) -> dict[str, Run]:
        """The runs whose name begins with `prefix`, by the rest of their name."""
        return {name.removeprefix(prefix): run for name, run in self.runs.items() if name.startswith(prefix)}

    def because(self, name: str) -> str:
        """Why an arm is not there."""
        return self.absent.get(name, self.unasked)


NO_ARMS = Arms()
