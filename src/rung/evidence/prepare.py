"""From the files that rung.yaml names to the split that everything is measured on."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from rung.errors import InvalidTask
from rung.evidence.changes import titles_of
from rung.evidence.changes.right_outside import right_outside
from rung.evidence.corpus import read_corpus
from rung.evidence.examples import PARTS, Annotation, ExampleSet, Part, read_examples
from rung.evidence.groups import corpus_notes, join_groups, leakage_notes
from rung.evidence.human_labels import HumanLabel
from rung.evidence.passages import refuse_unknown_passages
from rung.evidence.profile import EvidenceProfile, profile
from rung.evidence.segments import adversarial_variants, mark_edges, requests_from_outside, room_for_originals
from rung.evidence.split import DEV_ITEMS, DEV_SHARE, SEALED_ITEMS, SEALED_SHARE, Split, assembled, split
from rung.evidence.strata import ONE_LABEL, Strata, strata_for
from rung.task.example import CorpusEntry, Example
from rung.task.task import Kind, Task

LARGEST_SHARE = 1 / 3
WORDS = {
    "typo": "misspelt",
    "plain": "without case and punctuation",
    "paraphrase": "in other words",
    "negation": "with a negated topic beside them",
    "injection": "with an instruction inside",
    "out of scope": "requests that belong nowhere",
}


@dataclass(frozen=True, slots=True)
class Evidence:
    """What is known before any strategy runs. `labels` is the task's closed set, sorted; empty for kinds without one.

    `human` are outputs that people judged, to measure a judge by; `annotations` what each annotator said, by item id.
    """

    split: Split
    corpus: tuple[CorpusEntry, ...]
    labels: tuple[str, ...]
    data_hash: str
    profile: EvidenceProfile
    human: tuple[HumanLabel, ...] = ()
    annotations: Mapping[str, tuple[Annotation, ...]] = field(default_factory=dict)


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
        corpus=corpus,
        outside=right_outside(task, read.examples, read.labels),
    )
    notes = corpus_notes(corpus, {"dev": divided.dev, "sealed": divided.sealed})
    divided = replace(divided, notes=(*divided.notes, *notes))
    known = profile(divided, corpus, read.labels, kind=task.kind, strata=strata)
    return Evidence(divided, corpus, read.labels, read.content_hash, known, read.human, read.annotations)


def split_examples(
    read: ExampleSet,
    *,
    seed: int,
    dev_items: int | None = None,
    sealed_items: int | None = None,
    kind: Kind = "classify",
    strata: Strata = ONE_LABEL,
    corpus: Sequence[CorpusEntry] = (),
    outside: str | None = None,
) -> Split:
    """The final split: the team's own where they made one, with every missing segment derived.

    `outside` is what is right for a request that belongs nowhere, None where the task has no answer for one. Sizes
    count variants and such requests; None takes the defaults of `split.py`, and a size that is asked for is given up to
    a third of the items. Train never holds a derived variant.
    """
    joined = join_groups(read.examples, read.parts, same_answer=kind == "answer")
    marked = mark_edges(joined.examples, strata, seed=seed)
    has_adversarial = any(example.segment == "adversarial" for example in marked.examples)
    if read.parts:
        parts = {part: [one for one in marked.examples if read.parts[one.id] == part] for part in PARTS}
        divided = assembled(parts, ["The split is the team's own."])
    else:
        sizes = (dev_items or DEV_ITEMS, sealed_items or SEALED_ITEMS)
        dev, sealed = (
            sizes
            if has_adversarial
            else tuple(room_for_originals(size, out_of_scope=outside is not None) for size in sizes)
        )
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
        titles = titles_of(corpus, kind)
        added = {
            part: adversarial_variants(items, seed=seed, taken_ids=ids, kind=kind, labels=read.labels, titles=titles)
            for part, items in held_out.items()
        }
        if outside is not None:
            requests = requests_from_outside(
                held_out, expected=outside, seed=seed, everything=marked.examples, corpus=corpus
            )
            added = {part: (*variants, *requests[part]) for part, variants in added.items()}
        held_out = {part: [*items, *added[part]] for part, items in held_out.items()}
        notes.append(_variants_note(added))
    return assembled({"train": divided.train, **held_out}, notes)


def _variants_note(added: Mapping[Part, Sequence[Example]]) -> str:
    kinds = Counter(str(example.derivation) for derived in added.values() for example in derived)
    told = ", ".join(f"{kinds[kind]} {WORDS[kind]}" for kind in WORDS if kinds[kind]) or "no text could be changed"
    return (
        f"No item was marked adversarial, so {len(added['dev'])} were derived in dev and {len(added['sealed'])} in "
        f"sealed ({told}), each variant in the group of its original."
    )
