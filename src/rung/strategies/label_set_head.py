"""Any number of labels to a text: one linear decision per label, and one threshold for all of them."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from rung.errors import InvalidData
from rung.strategies.contract import Checkpoint, TrainData
from rung.strategies.head_choice import FOLDS, fit_classifier
from rung.strategies.head_fit import one_blas_thread
from rung.strategies.kept_choice import load_kept, save_kept
from rung.strategies.linear_head import Features, Recipe
from rung.task.example import content_hash
from rung.task.protocols import FloatArray, Prediction

RULE = "label-set-cv-1"
"""Changes with the rule below, so that a choice made by another rule is not taken for this one's."""
CHOICE_FILE = "label-set.json"
_TEMPERATURES = np.geomspace(0.02, 50.0, 200)
_THRESHOLDS = 200
BoolArray = NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class LabelSetChoice:
    """What was chosen and on what grounds.

    `strength` is scikit-learn's C. A label is given where its margin exceeds `threshold`; `temperature` divides
    what is above it. `shares` holds [strength, threshold, share of held-out items whose whole set was right] for
    every strength, empty when train has too few groups to cross-validate.
    """

    strength: float
    threshold: float
    temperature: float
    folds: int
    shares: tuple[tuple[float, float, float], ...]


class LabelDecisions:
    """A fitted linear decision for each label that some but not all training texts have."""

    def __init__(self, classifiers: Sequence[Any], always: BoolArray) -> None:
        """`classifiers` has None for a label that needs no decision; `always`, shape (n_labels,): all texts have it."""
        self._classifiers = tuple(classifiers)
        self._always = always

    def margins(self, matrix: Any) -> FloatArray:
        """Signed distances, shape (n_texts, n_labels); plus or minus infinity for a label that needs no decision."""
        rows = np.where(self._always, np.inf, -np.inf)
        result = np.repeat(rows[np.newaxis, :], matrix.shape[0], axis=0)
        for column, classifier in enumerate(self._classifiers):
            if classifier is not None:
                result[:, column] = classifier.decision_function(matrix)
        return result


class LabelSetHead:
    """Fitted decisions as a `Predictor` whose output is the JSON array of the labels given, sorted."""

    def __init__(
        self,
        features: Features,
        decisions: LabelDecisions,
        labels: Sequence[str],
        choice: LabelSetChoice,
        *,
        fewest: int,
    ) -> None:
        self._features = features
        self._decisions = decisions
        self._labels = tuple(labels)
        self._choice = choice
        self._fewest = fewest

    def predict(self, inputs: Sequence[str]) -> list[Prediction]:
        """One `Prediction` per input, in order; every input on its own, so that no other can move its digits."""
        return [Prediction(array_text(labels), share) for labels, share in map(self.labels_of, inputs)]

    def labels_of(self, text: str) -> tuple[list[str], float]:
        """(the labels in order, the probability of exactly this set if labels were independent)."""
        row = self._decisions.margins(self._features.row(text)) - self._choice.threshold
        given = given_labels(row, fewest=self._fewest)[0]
        likely = probabilities(row, self._choice.temperature)[0]
        share = float(np.where(given, likely, 1 - likely).prod())
        return [label for label, has in zip(self._labels, given, strict=True) if has], share


def array_text(labels: Sequence[str]) -> str:
    """The labels as a JSON array, sorted: the form of `Example.expected`."""
    return json.dumps(sorted(labels), ensure_ascii=False)


def fit_label_sets(
    recipe: Recipe, train: TrainData, *, rng: np.random.Generator, checkpoint: Checkpoint, strategy: str
) -> LabelSetHead:
    """A head for a task with several labels to an item.

    Labelled corpus entries are left out: that an entry stands for one label says nothing about the others.
    """
    texts = [example.input for example in train.examples]
    sets = [tuple(json.loads(example.expected)) for example in train.examples]
    known = sorted({label for labels in sets for label in labels})
    if not any(0 < sum(label in labels for labels in sets) < len(sets) for label in known):
        raise InvalidData(
            f"strategy {strategy} needs a label that some training examples have and others have not, and there is "
            "none; add examples under data.examples"
        )
    groups = [example.group for example in train.examples]
    seed = int(rng.integers(2**31))
    return fit_label_set_head(recipe, texts, sets, groups, seed=seed, checkpoint=checkpoint, file=CHOICE_FILE)


def fit_label_set_head(
    recipe: Recipe,
    texts: Sequence[str],
    sets: Sequence[Sequence[str]],
    groups: Sequence[str],
    *,
    seed: int,
    checkpoint: Checkpoint,
    file: str,
) -> LabelSetHead:
    """A head on texts with their label sets, of which one label at least divides them. The choice is kept in `file`."""
    labels = sorted({label for given in sets for label in given})
    has = np.array([[label in given for label in labels] for given in sets])
    listed = [array_text(given) for given in sets]
    key = content_hash(RULE, recipe.version, str(seed), *(content_hash(*part) for part in (texts, listed, groups)))
    path = checkpoint.directory / file
    choice = _parsed(load_kept(path, key))
    fewest = int(has.any(axis=1).all())
    with one_blas_thread():
        if choice is None:
            choice = _choose(recipe, texts, has, groups, fewest=fewest, seed=seed, checkpoint=checkpoint)
            save_kept(path, key, asdict(choice))
        features = recipe.features(texts)
        decisions = fit_decisions(recipe, choice.strength, features.matrix(texts), has)
    checkpoint.report(1, 1, "fitting the head")
    return LabelSetHead(features, decisions, labels, choice, fewest=fewest)


def fit_decisions(recipe: Recipe, strength: float, matrix: Any, has: BoolArray) -> LabelDecisions:
    """One binary classifier per label. `has`: shape (n_texts, n_labels)."""
    classifiers: list[Any] = []
    for column in has.T:
        divided = bool(column.any() and not column.all())
        targets = ["yes" if value else "no" for value in column]
        classifiers.append(fit_classifier(recipe.classifier(strength), matrix, targets) if divided else None)
    return LabelDecisions(classifiers, np.array([column.all() for column in has.T]))


def _choose(
    recipe: Recipe,
    texts: Sequence[str],
    has: BoolArray,
    groups: Sequence[str],
    *,
    fewest: int,
    seed: int,
    checkpoint: Checkpoint,
) -> LabelSetChoice:
    """The strength and threshold that give the whole set right most often on held-out groups; of equals the
    threshold nearest to 0, then the strongest regularisation."""
    folds = group_folds(groups, seed=seed)
    if not folds:
        return LabelSetChoice(recipe.strengths[len(recipe.strengths) // 2], 0.0, 1.0, 0, ())
    held_out = {strength: np.full(has.shape, np.nan) for strength in recipe.strengths}
    for number, (fit_on, held) in enumerate(folds):
        known = [texts[i] for i in fit_on]
        features = recipe.features(known)
        fit_matrix, held_matrix = features.matrix(known), features.matrix([texts[i] for i in held])
        for strength, rows in held_out.items():
            rows[held] = fit_decisions(recipe, strength, fit_matrix, has[fit_on]).margins(held_matrix)
        checkpoint.report(number + 1, len(folds) + 1, "cross-validating")
    found = {strength: best_threshold(rows, has, fewest=fewest) for strength, rows in held_out.items()}
    strength = max(found, key=lambda candidate: (found[candidate][1], -candidate))
    threshold = found[strength][0]
    return LabelSetChoice(
        strength=strength,
        threshold=threshold,
        temperature=_temperature(held_out[strength] - threshold, has),
        folds=len(folds),
        shares=tuple((candidate, *found[candidate]) for candidate in recipe.strengths),
    )


def group_folds(groups: Sequence[str], *, seed: int) -> list[tuple[list[int], list[int]]]:
    """(positions to fit on, positions held out) per fold, no group on both sides; at most `FOLDS`, empty for one
    group alone."""
    from sklearn.model_selection import GroupKFold

    count = min(FOLDS, len(set(groups)))
    if count < 2:
        return []
    splitter = GroupKFold(count, shuffle=True, random_state=seed)
    return [
        (fit_on.tolist(), held.tolist()) for fit_on, held in splitter.split(np.zeros(len(groups)), groups=list(groups))
    ]


def best_threshold(rows: FloatArray, has: BoolArray, *, fewest: int) -> tuple[float, float]:
    """(threshold, share of items whose whole set it gives right) among quantiles of the margins and 0.

    Lipton et al. (2014, arXiv:1402.1892) show that a threshold of 0 is not the best one for a score of sets. One
    threshold for all labels, because one for each would be fitted on the few items that have it.
    """
    finite = rows[np.isfinite(rows)]
    if not finite.size:
        return 0.0, float((given_labels(rows, fewest=fewest) == has).all(axis=1).mean())
    candidates = {0.0, *np.quantile(finite, np.linspace(0, 1, _THRESHOLDS)).tolist()}
    shares = {
        threshold: float((given_labels(rows - threshold, fewest=fewest) == has).all(axis=1).mean())
        for threshold in candidates
    }
    best = max(shares, key=lambda threshold: (shares[threshold], -abs(threshold), threshold))
    return best, shares[best]


def given_labels(rows: FloatArray, *, fewest: int) -> BoolArray:
    """Where a margin is above 0; with `fewest` 1, the highest of a row in any case. Shape as `rows`."""
    given: BoolArray = rows > 0
    if fewest:
        given = given.copy()
        given[np.arange(len(rows)), rows.argmax(axis=1)] = True
    return given


def probabilities(rows: FloatArray, temperature: float) -> FloatArray:
    """The logistic function of `rows / temperature`, in [0, 1]."""
    shares: FloatArray = 0.5 * (1 + np.tanh(rows / (2 * temperature)))
    return shares


def _temperature(rows: FloatArray, has: BoolArray) -> float:
    """The temperature in [0.02, 50] with the highest likelihood of the held-out decisions (Guo et al. 2017,
    arXiv:1706.04599); 1 without any finite margin."""
    finite = np.isfinite(rows)
    if not finite.any():
        return 1.0
    signed = np.where(has, rows, -rows)[finite]
    losses = [float(np.logaddexp(0.0, -signed / temperature).mean()) for temperature in _TEMPERATURES]
    return float(_TEMPERATURES[int(np.argmin(losses))])


def _parsed(kept: dict[str, Any] | None) -> LabelSetChoice | None:
    if kept is None:
        return None
    try:
        kept["shares"] = tuple((float(c), float(t), float(share)) for c, t, share in kept["shares"])
        return LabelSetChoice(**kept)
    except (KeyError, TypeError, ValueError):
        return None
