"""How a linear head's regularisation and training text are chosen: by grouped cross-validation inside train."""

from __future__ import annotations

import logging
import warnings
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np

from rung.strategies.kept_choice import load_kept, save_kept
from rung.strategies.linear_head import LabelledTexts, Recipe, margins, softmax
from rung.task.protocols import FloatArray

logger = logging.getLogger(__name__)

FOLDS = 5
RULE = "grouped-cv-1"
"""Changes with the rule below, so that a choice made by another rule is not taken for this one's."""
_TEMPERATURES = np.geomspace(0.02, 50.0, 400)


@dataclass(frozen=True, slots=True)
class HeadChoice:
    """What was chosen and on what grounds.

    `strength` is scikit-learn's C. `accuracies` holds [strength, with_corpus, share of held-out items right] for
    every candidate, empty when train has too few groups or labels to cross-validate. `temperature` divides margins.
    """

    strength: float
    with_corpus: bool
    temperature: float
    folds: int
    accuracies: tuple[tuple[float, bool, float], ...]
    because: str


def choose_head(
    recipe: Recipe,
    train: LabelledTexts,
    groups: Sequence[str],
    corpus: LabelledTexts,
    *,
    seed: int,
    report: Callable[[int, int], None],
) -> HeadChoice:
    """The candidate that is right most often on held-out groups; of equals the one without corpus, then the
    strongest regularisation.

    Held-out items are whole groups, so that the choice faces what the split makes dev face: groups never seen. The
    corpus stands in every fold's training text, because at prediction time all of it is known too. The winner's
    held-out margins then set the temperature (Guo et al. 2017, arXiv:1706.04599). `report` takes (done, total).
    """
    labels = sorted(set(train.labels) | set(corpus.labels))
    folds = grouped_folds(train.labels, groups, seed=seed)
    if not folds:
        return _without_folds(recipe, corpus)
    expected = np.array([labels.index(label) for label in train.labels])
    choices = (False, True) if corpus.texts else (False,)
    held_out: dict[tuple[bool, float], FloatArray] = {}
    for with_corpus in choices:
        for number, (fit_on, held) in enumerate(folds):
            known = train.take(fit_on) + corpus if with_corpus else train.take(fit_on)
            features = recipe.features(known.texts)
            fit_matrix, held_matrix = features.matrix(known.texts), features.matrix(train.take(held).texts)
            for strength in recipe.strengths:
                rows = held_out.setdefault((with_corpus, strength), np.full((len(train.texts), len(labels)), np.nan))
                classifier = fit_classifier(recipe.classifier(strength), fit_matrix, known.labels)
                rows[held] = margins(classifier, held_matrix, labels)
            report(int(with_corpus) * len(folds) + number + 1, len(choices) * len(folds))
    return _best(held_out, expected, len(folds))


def _best(held_out: dict[tuple[bool, float], FloatArray], expected: Any, folds: int) -> HeadChoice:
    """The winner among the candidates' held-out margins; items in no usable fold (rows of nan) are left out."""
    accuracies: list[tuple[float, bool, float]] = []
    for (with_corpus, strength), rows in held_out.items():
        judged = ~np.isnan(rows).any(axis=1)
        right = rows[judged].argmax(axis=1) == expected[judged]
        accuracies.append((strength, with_corpus, float(right.mean())))
    strength, with_corpus, accuracy = max(accuracies, key=lambda found: (found[2], not found[1], -found[0]))
    rows = held_out[with_corpus, strength]
    judged = ~np.isnan(rows).any(axis=1)
    text = "with" if with_corpus else "without"
    return HeadChoice(
        strength=strength,
        with_corpus=with_corpus,
        temperature=fitted_temperature(rows[judged], expected[judged]),
        folds=folds,
        accuracies=tuple(accuracies),
        because=f"C={strength:g} {text} corpus text was right on {accuracy:.3f} of train items in {folds} group folds",
    )


def _without_folds(recipe: Recipe, corpus: LabelledTexts) -> HeadChoice:
    middle = recipe.strengths[len(recipe.strengths) // 2]
    because = "train has too few groups or labels to cross-validate: the middle C and all labelled text were taken"
    return HeadChoice(middle, bool(corpus.texts), 1.0, 0, (), because)


def grouped_folds(labels: Sequence[str], groups: Sequence[str], *, seed: int) -> list[tuple[list[int], list[int]]]:
    """(positions to fit on, positions held out) per fold, no group on both sides, labels spread evenly.

    At most `FOLDS`; fewer where there are fewer groups or items of a label. A fold whose remaining part has under
    two labels is dropped. Empty when not even two folds can be made.
    """
    from sklearn.model_selection import StratifiedGroupKFold

    count = min(FOLDS, len(set(groups)), max(Counter(labels).values(), default=0))
    if count < 2:
        return []
    splitter = StratifiedGroupKFold(count, shuffle=True, random_state=seed)
    with warnings.catch_warnings():
        # A label with fewer items than folds is absent from some of them. All candidates face the same folds.
        warnings.filterwarnings("ignore", message="The least populated class", category=UserWarning)
        parts = list(splitter.split(np.zeros(len(labels)), list(labels), list(groups)))
    folds = [(fit_on.tolist(), held.tolist()) for fit_on, held in parts if len(held)]
    return [(fit_on, held) for fit_on, held in folds if len({labels[i] for i in fit_on}) >= 2]


def fit_classifier(classifier: Any, features: Any, labels: Sequence[Any], weights: Any = None) -> Any:
    """The classifier, fitted; `weights`, one per row, say how many rows each stands for.

    Stopping at its iteration limit is logged and no error: the result is still deterministic, and the candidate is
    judged by what it gets right.
    """
    from sklearn.exceptions import ConvergenceWarning

    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always", ConvergenceWarning)
        classifier.fit(features, list(labels), **({} if weights is None else {"sample_weight": weights}))
    for warning in caught:
        logger.info("%s on %d texts: %s", type(classifier).__name__, len(labels), warning.message)
    return classifier


def fitted_temperature(rows: FloatArray, expected: Any) -> float:
    """The temperature in [0.02, 50] with the highest likelihood of the expected labels; 1 without any to judge by.

    `rows` are margins, shape (n, n_labels), and `expected` the column that is right, shape (n,). Items whose label
    the fold never saw have no likelihood at any temperature and are left out.
    """
    seen = np.isfinite(rows[np.arange(len(rows)), expected])
    if not seen.any():
        return 1.0
    rows, expected = rows[seen], np.asarray(expected)[seen]
    losses = []
    for temperature in _TEMPERATURES:
        shares = softmax(rows, float(temperature))[np.arange(len(rows)), expected]
        losses.append(float(-np.log(np.maximum(shares, 1e-300)).mean()))
    return float(_TEMPERATURES[int(np.argmin(losses))])


def load_choice(path: Path, key: str) -> HeadChoice | None:
    """The choice saved under this key; None when there is none, or when the file is damaged or of other data."""
    chosen = load_kept(path, key)
    try:
        if chosen is None:
            return None
        chosen["accuracies"] = tuple((float(c), bool(w), float(a)) for c, w, a in chosen["accuracies"])
        return HeadChoice(**chosen)
    except (ValueError, KeyError, TypeError):
        return None


def save_choice(path: Path, key: str, choice: HeadChoice) -> None:
    """Keep the choice, durable when this returns; a kill in between leaves the old file or none, never half."""
    save_kept(path, key, asdict(choice))
