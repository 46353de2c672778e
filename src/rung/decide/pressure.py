"""The second figure: what a family asks of a team, from checklists of what must be owned.

The checklists stand in docs/concepts/pressure.md. Each item is ticked by what the strategy's card says a team owns;
they were written from those duties and are not fitted to any published value.
"""

from __future__ import annotations

from rung.decide.decision import FamilyView, PressureView
from rung.decide.directional import directional
from rung.decide.situation import Situation
from rung.estimate import Estimate, Figure, Provenance
from rung.strategies.contract import Card, Duty

Checklist = tuple[tuple[str, frozenset[Duty]], ...]


def _item(question: str, *duties: Duty) -> tuple[str, frozenset[Duty]]:
    return question, frozenset(duties)


CONTROL: Checklist = (
    _item("decides the wording that the model sees", "prompt", "shots", "tokenizer"),
    _item("decides what the model may look up", "corpus", "index"),
    _item("decides which answers exist", "label_set", "head"),
    _item("decides how the input is turned into features", "features", "index", "tokenizer"),
    _item("can change what the model learned", "head", "adapter", "weights"),
    _item("can change every weight", "weights"),
    _item("decides the shape of the model", "architecture"),
    _item("decides all the data that the model ever saw", "pretraining_data"),
)
SETUP_COMPLEXITY: Checklist = (
    _item("keeps a prompt under version control", "prompt", "shots"),
    _item("builds and refreshes an index", "index"),
    _item("fits something and reproduces the fit", "features", "head", "adapter", "weights"),
    _item("serves weights of its own", "head", "adapter", "weights"),
    _item("needs a training loop for a neural model", "adapter", "weights"),
    _item("trains every weight", "weights"),
    _item("builds a tokenizer", "tokenizer"),
    _item("designs a model", "architecture"),
    _item("runs a pipeline for training text", "pretraining_data"),
)
DATA_REQUIREMENTS: Checklist = (
    _item("solved examples to show", "shots", "features", "head", "adapter", "weights"),
    _item("a corpus that is kept true", "corpus"),
    _item("labels for every class", "label_set", "features", "head", "adapter", "weights"),
    _item("labels at every retraining", "features", "head", "adapter", "weights"),
    _item("labels enough to move a neural model", "adapter", "weights"),
    _item("labels enough to set every weight", "weights"),
    _item("text to learn the language from", "pretraining_data"),
    _item("text to learn the vocabulary from", "tokenizer"),
)
GOVERNANCE_BURDEN: Checklist = (
    _item("review what is asked of the model", "prompt", "shots"),
    _item("review sources that answers rest on", "corpus", "index"),
    _item("review labels and who gave them", "label_set", "shots", "features", "head", "adapter", "weights"),
    _item("approve each trained version and keep a way back", "features", "head", "adapter", "weights"),
    _item("test that tuning did not undo the base model's safety", "adapter", "weights"),
    _item("answer for every behaviour of the weights", "weights"),
    _item("answer for rights in all training text", "pretraining_data"),
    _item("document the model as its maker", "architecture"),
)


def ticked(checklist: Checklist, card: Card) -> tuple[str, ...]:
    """The items of the checklist that the strategy's duties tick, in order."""
    owned = frozenset(card.owns)
    return tuple(question for question, duties in checklist if duties & owned)


def pressure_views(situation: Situation, families: tuple[FamilyView, ...]) -> tuple[PressureView, ...]:
    """One profile per family, by the strategy that shows it; the planning values where nothing of it was measured."""
    cards = {one.card.name: one.card for one in situation.inputs.strategies}
    return tuple(
        PressureView(
            view.family,
            *(
                _points(checklist, cards[view.strategy], name)
                if view.strategy is not None
                else directional(view.family, name)
                for name, checklist in _PROFILE
            ),
        )
        for view in families
    )


def _points(checklist: Checklist, card: Card, name: str) -> Figure:
    """100 x items ticked / items of the list."""
    found = ticked(checklist, card)
    value = 100.0 * len(found) / len(checklist)
    note = f"{len(found)} of {len(checklist)} items of the {name.replace('_', ' ')} checklist"
    source = f"duties of {card.name} (its card), docs/concepts/pressure.md"
    return Estimate(value, value, value, "of 100", None, Provenance.MODELLED, source, note)


_PROFILE: tuple[tuple[str, Checklist], ...] = (
    ("control", CONTROL),
    ("setup_complexity", SETUP_COMPLEXITY),
    ("data_requirements", DATA_REQUIREMENTS),
    ("governance_burden", GOVERNANCE_BURDEN),
)
