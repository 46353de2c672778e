"""What a cheap model, fitted on the other items, would have called each item.

The probe is a measuring instrument and no strategy: it is never shown to a target. TF-IDF of words and of characters
within words, and a multinomial logistic regression whose probabilities are made honest by one temperature (Guo et al.
2017, arXiv:1706.04599). Beyond `MOST_FITTED_LABELS` labels the nearest mean of a label stands in for the regression,
whose cost grows with labels times items.
"""

from __future__ import annotations

import re
import unicodedata
import warnings
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from rung.errors import MissingExtra
from rung.estimate import Missing

if TYPE_CHECKING:
    from scipy.sparse import csr_matrix

FOLDS = 5
MOST_FITTED_LABELS = 200
MOST_LABELS = 2_000
FEWEST_ITEMS = 10
FEWEST_PER_LABEL = 4.0
"""Mean items per label below which held-out items say nothing: with fewer, a fold often holds a label's only items."""
_WORD_CHARACTERS = 5_000_000
_CHARACTERS = 1_000_000
"""Characters of all texts together that are counted as words, and as runs of characters; longer ones are cut."""
_MOST_WORK = 100_000_000
"""Non-zero features times labels that one fit may hold, about 5 s on one core; above it, fewer items are fitted on."""
_STRENGTH, _TOLERANCE, _ROUNDS = 5.0, 0.03, 30
_TEMPERATURES = np.geomspace(0.02, 20.0, 120)

_WORD = re.compile(r"\w+")

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class OutOfFold:
    """`labels` sorted; `probabilities` of shape (n, len(labels)), rows summing to 1; `predicted` of shape (n,), the
    position in `labels` of the likeliest. Each row comes from a model that saw no item of the row's fold. `note` says
    what was cut or left out, "" for nothing.
    """

    labels: tuple[str, ...]
    probabilities: FloatArray
    predicted: IntArray
    note: str = ""


class Probe:
    """The texts as counted features, so that several questions about the same texts count them once."""

    def __init__(self, texts: Sequence[str]) -> None:
        """Raises MissingExtra without scikit-learn."""
        self._features, self._note = _features(texts)

    def out_of_fold(self, targets: Sequence[str], folds: IntArray, *, seed: int) -> OutOfFold | Missing:
        """Each item's probabilities from a model fitted on the items of the other folds.

        `targets` and `folds` have one entry per text; folds are any whole numbers. Missing when the items are too few
        to tell anything.
        """
        refusal = too_few(targets)
        if refusal is not None:
            return refusal
        labels, codes = np.unique(np.asarray(targets, dtype=object).astype(str), return_inverse=True)
        scores, note = _held_out_scores(self._features, codes, len(labels), np.asarray(folds), seed)
        if scores is None:
            return Missing(
                "all items are in one fold, so none can be held out: they form a single group",
                "add items of other customers, documents or codes",
            )
        probabilities = _softmax(scores, _temperature(scores, codes))
        notes = " ".join(part for part in (self._note, note) if part)
        return OutOfFold(tuple(map(str, labels)), probabilities, scores.argmax(axis=1).astype(np.int64), notes)


def out_of_fold(texts: Sequence[str], targets: Sequence[str], folds: IntArray, *, seed: int) -> OutOfFold | Missing:
    """`Probe(texts).out_of_fold(...)` for a single question."""
    return too_few(targets) or Probe(texts).out_of_fold(targets, folds, seed=seed)


def too_few(targets: Sequence[str]) -> Missing | None:
    """Why these items cannot tell anything about their labels; None when they can."""
    labels = len(set(targets))
    if len(targets) < FEWEST_ITEMS:
        return Missing(f"only {len(targets)} items: too few to tell", f"label at least {FEWEST_ITEMS} items")
    if labels > MOST_LABELS or len(targets) < FEWEST_PER_LABEL * labels:
        return Missing(
            f"{len(targets):,} items over {labels:,} labels: too few items per label to tell"
            if len(targets) < FEWEST_PER_LABEL * labels
            else f"{labels:,} labels are more than the {MOST_LABELS:,} that the probe can tell apart",
            "label more items of each label, or join labels",
        )
    return None


def random_folds(groups: Sequence[str], targets: Sequence[str], *, count: int, seed: int) -> IntArray:
    """A fold number 0 .. count - 1 for each item, shape (n,): no group in two folds, labels spread evenly.

    Groups are dealt out largest first, in an order among equals that the seed fixes, each to the fold where the sum of
    squared counts of its labels grows least. Fewer groups than folds leave folds empty.
    """
    _, group_codes = np.unique(np.asarray(groups, dtype=object).astype(str), return_inverse=True)
    _, label_codes = np.unique(np.asarray(targets, dtype=object).astype(str), return_inverse=True)
    if not len(group_codes):
        return np.zeros(0, dtype=np.int64)
    sizes = np.bincount(group_codes)
    shuffled = np.random.default_rng(seed).permutation(len(sizes))
    order = shuffled[np.argsort(-sizes[shuffled], kind="stable")]
    members = np.split(np.argsort(group_codes, kind="stable"), np.cumsum(sizes)[:-1])
    held = np.zeros((count, int(label_codes.max()) + 1))
    totals = np.zeros(count)
    folds = np.empty(len(group_codes), dtype=np.int64)
    for group in order:
        own, counts = np.unique(label_codes[members[group]], return_counts=True)
        # Twice held + own is how much the sum of squares grows; the size of the fold decides between equals.
        growth = (held[:, own] * counts).sum(axis=1)
        fold = int(np.lexsort((np.arange(count), totals, growth))[0])
        folds[members[group]] = fold
        held[fold, own] += counts
        totals[fold] += counts.sum()
    return folds


def _features(texts: Sequence[str]) -> tuple[csr_matrix, str]:
    """Rows of unit length, shape (len(texts), n_features), and what was cut."""
    try:
        from scipy.sparse import csr_matrix, hstack
        from sklearn.feature_extraction.text import TfidfVectorizer
    except ModuleNotFoundError as error:
        raise MissingExtra("local", "the probe of the labels") from error
    count = max(len(texts), 1)
    longest = max(_WORD_CHARACTERS // count, 200)
    shortest = max(_CHARACTERS // count, 60)
    note = (
        f"Of texts longer than {longest:,} characters the first {longest:,} were read."
        if any(len(text) > longest for text in texts)
        else ""
    )
    clean = [_folded(text[:longest]) for text in texts]
    halves = []
    for vectoriser, own in (
        (TfidfVectorizer(analyzer=_words, **_COUNTING), clean),
        (TfidfVectorizer(analyzer="char_wb", ngram_range=(3, 5), **_COUNTING), [text[:shortest] for text in clean]),
    ):
        try:
            halves.append(vectoriser.fit_transform(own))
        except ValueError:  # nothing countable stands in two texts
            continue
    if not halves:
        return csr_matrix((len(texts), 1), dtype=np.float64), note
    return csr_matrix(hstack(halves, format="csr") / np.sqrt(len(halves))), note


_COUNTING: dict[str, Any] = {"sublinear_tf": True, "min_df": 2, "lowercase": False, "max_features": 50_000}


def _words(text: str) -> list[str]:
    """Words, and pairs of neighbours."""
    words = _WORD.findall(text)
    return words + [f"{left} {right}" for left, right in pairwise(words)]


def _folded(text: str) -> str:
    return unicodedata.normalize("NFKC", text).casefold()


def _held_out_scores(
    features: csr_matrix, codes: IntArray, labels: int, folds: IntArray, seed: int
) -> tuple[FloatArray | None, str]:
    """Log probabilities up to a constant, shape (n, labels); -inf for a label that the fold's model never saw.

    None when no fold leaves anything to learn from.
    """
    if labels > 1 and len(np.unique(folds)) < 2:
        return None, ""
    scores = np.full((len(codes), labels), -np.inf)
    most = max(int(_MOST_WORK / (max(features.nnz / max(len(codes), 1), 1.0) * labels)), 20 * labels)
    learned_from = len(codes)
    regression = labels <= MOST_FITTED_LABELS
    rng = np.random.default_rng(seed)
    for fold in np.unique(folds):
        held = np.flatnonzero(folds == fold)
        rest = np.flatnonzero(folds != fold) if labels > 1 else np.arange(len(codes))
        if regression and len(rest) > most:
            rest = np.sort(rng.permutation(rest)[:most])
            learned_from = most
        seen = np.unique(codes[rest])
        own = np.zeros((len(held), 1))
        if len(seen) > 1:
            known, asked = features[rest], features[held]
            own = (
                _regression(known, codes[rest], asked, seed) if regression else _nearest_mean(known, codes[rest], asked)
            )
        scores[np.ix_(held, seen)] = own
    note = f"The probe learned from {learned_from:,} items a time." if learned_from < len(codes) else ""
    return scores, note


def _regression(known: csr_matrix, codes: IntArray, asked: csr_matrix, seed: int) -> FloatArray:
    """Margins of a multinomial logistic regression, shape (asked, different codes)."""
    from sklearn.exceptions import ConvergenceWarning
    from sklearn.linear_model import LogisticRegression

    model = LogisticRegression(
        C=_STRENGTH, solver="saga", tol=_TOLERANCE, max_iter=_ROUNDS, random_state=seed % (2**32)
    )
    with warnings.catch_warnings():
        # Stopping early costs a little accuracy and no honesty: items are judged by models that never saw them.
        warnings.simplefilter("ignore", ConvergenceWarning)
        model.fit(known, codes)
    margins = np.asarray(model.decision_function(asked), dtype=np.float64)
    return np.column_stack([-margins / 2, margins / 2]) if margins.ndim == 1 else margins


def _nearest_mean(known: csr_matrix, codes: IntArray, asked: csr_matrix) -> FloatArray:
    """Cosine of each asked row to the mean row of each code, times ten, shape (asked, different codes)."""
    from scipy.sparse import csr_matrix
    from sklearn.preprocessing import normalize

    _, places = np.unique(codes, return_inverse=True)
    members = csr_matrix((np.ones(len(places)), (places, np.arange(len(places)))))
    return np.asarray(10.0 * (asked @ normalize(members @ known).T).toarray(), dtype=np.float64)


def _softmax(scores: FloatArray, temperature: float) -> FloatArray:
    powers = np.exp((scores - scores.max(axis=1, keepdims=True)) / temperature)
    return np.asarray(powers / powers.sum(axis=1, keepdims=True), dtype=np.float64)


def _temperature(scores: FloatArray, codes: IntArray) -> float:
    """The temperature under which the given labels are likeliest; items whose label the fold never saw are left out."""
    own = scores[np.arange(len(codes)), codes]
    seen = np.isfinite(own)
    if scores.shape[1] < 2 or not seen.any():
        return 1.0
    gaps = scores[seen] - own[seen][:, None]
    # The likeliest hundred labels hold all the weight that matters; the rest would cost time and memory.
    gaps = np.sort(gaps, axis=1)[:, -100:]
    losses = [float(_log_sum(gaps / temperature).mean()) for temperature in _TEMPERATURES]
    return float(_TEMPERATURES[int(np.argmin(losses))])


def _log_sum(rows: FloatArray) -> FloatArray:
    top = rows.max(axis=1)
    return np.asarray(top + np.log(np.exp(rows - top[:, None]).sum(axis=1)))
