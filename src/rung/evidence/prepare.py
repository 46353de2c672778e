"""From the files that rung.yaml names to the split that everything is measured on."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from rung.errors import InvalidTask
from rung.evidence.corpus import read_corpus
from rung.evidence.examples import PARTS, ExampleSet, Part, read_examples
from rung.evidence.groups import corpus_notes, join_groups, leakage_notes
from rung.evidence.human_labels import HumanLabel
from rung.evidence.passages import refuse_unknown_passages
from rung.evidence.profile import EvidenceProfile, profile
from rung.evidence.segments import adversarial_variants, mark_edges, room_for_originals
from rung.evidence.split import DEV_ITEMS, DEV_SHARE, SEALED_ITEMS, SEALED_SHARE, Split, assembled, split
from rung.evidence.strata import ONE_LABEL, Strata, strata_for
from rung.task.example import CorpusEntry, Example
from rung.task.task import Kind, Task

LARGEST_SHARE = 1 / 3


@dataclass(frozen=True, slots=True)
class Evidence:
    """What is known before any strategy runs. `labels` is the task's closed set, sorted; empty for kinds without one.

    `human` are outputs that people judged, to measure a judge by.
    """

    split: Split
    corpus: tuple[CorpusEntry, ...]
    labels: tuple[str, ...]
    data_hash: str
    profile: EvidenceProfile
    human: tuple[HumanLabel, ...] = ()


def prepare_evidence(task: Task) -> Evidence:
    """Read, join groups, mark edges, split, and derive adversarial variants in dev and sealed.

    InvalidTask where rung.yaml names a production log and no labelled items: they give a baseline only.
    """
    if task.data.examples is None:
        raise InvalidTask(
            "rung.yaml names no data.examples, and a production log alone gives a baseline but nothing to try a "
            "strategy on; add labelled items, or run: rung baseline"
        )
    read = read_examples(task.data.examples, task)
    corpus = read_corpus(task.data.corpus, read.labels) if task.data.corpus is not None else ()
    refuse_unknown_passages(task.data.examples, read.examples, read.lines, corpus)
    strata = strata_for(task)
    divided = split_examples(
        read,
        seed=task.seed,
        dev_items=task.data.dev_items,
        sealed_items=task.data.sealed_items,
        kind=task.kind,
        strata=strata,
    )
    notes = corpus_notes(corpus, {"dev": divided.dev, "sealed": divided.sealed})
    divided = replace(divided, notes=(*divided.notes, *notes))
    known = profile(divided, corpus, read.labels, kind=task.kind, strata=strata)
    return Evidence(divided, corpus, read.labels, read.content_hash, known, read.human)


def split_examples(
    read: ExampleSet,
    *,
    seed: int,
    dev_items: int | None = None,
    sealed_items: int | None = None,
    kind: Kind = "classify",
    strata: Strata = ONE_LABEL,
) -> Split:
    """The final split: the team's own where they made one, with every missing segment derived.

    Sizes count variants; None takes the defaults of `split.py`, and a size that is asked for is given up to a third of
    the items. Train never holds a derived variant.
    """
    joined = join_groups(read.examples, read.parts, same_answer=kind == "answer")
    marked = mark_edges(joined.examples, strata)
    has_adversarial = any(example.segment == "adversarial" for example in marked.examples)
    if read.parts:
        parts = {part: [one for one in marked.examples if read.parts[one.id] == part] for part in PARTS}
        divided = assembled(parts, ["The split is the team's own."])
    else:
        sizes = (dev_items or DEV_ITEMS, sealed_items or SEALED_ITEMS)
        dev, sealed = sizes if has_adversarial else tuple(map(room_for_originals, sizes))
        divided = split(
            marked.examples,
            seed=seed,
            dev_items=dev,
            sealed_items=sealed,
            dev_share=DEV_SHARE if dev_items is None else LARGEST_SHARE,
            sealed_share=SEALED_SHARE if sealed_items is None else LARGEST_SHARE,
            strata=strata,
        )
    notes = [*read.notes, *joined.notes, *marked.notes, *divided.notes]
    held_out: dict[Part, Sequence[Example]] = {"dev": divided.dev, "sealed": divided.sealed}
    notes += leakage_notes(divided.train, {str(part): items for part, items in held_out.items()})
    if not has_adversarial:
        ids = {example.id for example in marked.examples}
        added = {
            part: adversarial_variants(items, seed=seed, taken_ids=ids, kind=kind) for part, items in held_out.items()
        }
        held_out = {part: [*items, *added[part]] for part, items in held_out.items()}
        notes.append(_variants_note(added))
    return assembled({"train": divided.train, **held_out}, notes)


def _variants_note(added: Mapping[Part, Sequence[Example]]) -> str:
    kinds = Counter(example.derivation for variants in added.values() for example in variants)
    return (
        f"No item was marked adversarial, so variants were derived: {len(added['dev'])} in dev and "
        f"{len(added['sealed'])} in sealed ({kinds['typo']} misspelt, {kinds['plain']} without case and punctuation), "
        "each in the group of its original."
    )
