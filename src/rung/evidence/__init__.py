"""What is known already: examples and corpus, groups, segments, and the split with its sealed part."""

from rung.evidence.corpus import read_corpus
from rung.evidence.duplicates import near_duplicate_clusters, near_duplicate_pairs, nearest_similarities, normalised
from rung.evidence.examples import PARTS, Annotation, ExampleSet, Part, read_examples
from rung.evidence.groups import Joined, corpus_notes, join_groups, leakage_notes
from rung.evidence.prepare import Evidence, prepare_evidence, split_examples
from rung.evidence.profile import EvidenceProfile, LabelConflict, profile
from rung.evidence.seal import JUDGED, OPENED, Opening, SealState, opening, seal_status
from rung.evidence.segments import adversarial_variants, mark_edges
from rung.evidence.split import Split, part_hash, split

__all__ = [
    "JUDGED",
    "OPENED",
    "PARTS",
    "Annotation",
    "Evidence",
    "EvidenceProfile",
    "ExampleSet",
    "Joined",
    "LabelConflict",
    "Opening",
    "Part",
    "SealState",
    "Split",
    "adversarial_variants",
    "corpus_notes",
    "join_groups",
    "leakage_notes",
    "mark_edges",
    "near_duplicate_clusters",
    "near_duplicate_pairs",
    "nearest_similarities",
    "normalised",
    "opening",
    "part_hash",
    "prepare_evidence",
    "profile",
    "read_corpus",
    "read_examples",
    "seal_status",
    "split",
    "split_examples",
]
