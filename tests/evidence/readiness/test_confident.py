from __future__ import annotations

import numpy as np
import pytest

from rung.evidence.readiness.confident import calibrated_joint, meant_labels, mistaken_share, thresholds

# Six items by hand: three given 0, three given 1. Means of the own label: (.9 + .8 + .1) / 3 = .6 and
# (.9 + .8 + .45) / 3 = .717. The third item is meant as 1 (.9 >= .717); the last (.55, .45) reaches neither.
PROBABILITIES = np.array([[0.9, 0.1], [0.8, 0.2], [0.1, 0.9], [0.1, 0.9], [0.2, 0.8], [0.55, 0.45]])
GIVEN = np.array([0, 0, 0, 1, 1, 1])


def test_the_threshold_of_a_label_is_its_mean_probability_where_it_was_given() -> None:
    assert thresholds(PROBABILITIES, GIVEN).tolist() == pytest.approx([0.6, 2.15 / 3])


def test_a_label_is_meant_where_it_reaches_its_threshold() -> None:
    assert meant_labels(PROBABILITIES, GIVEN).tolist() == [0, 0, 1, 1, 1, -1]


def test_the_joint_is_stretched_to_the_labels_given() -> None:
    meant = meant_labels(PROBABILITIES, GIVEN)
    # Row 0: two of three confident items stay; row 1: both of two. Each row holds half of the items.
    assert calibrated_joint(GIVEN, meant, 2) == pytest.approx(np.array([[2 / 6, 1 / 6], [0.0, 3 / 6]]))
    assert mistaken_share(GIVEN, meant, 2) == pytest.approx(1 / 6)


def test_the_share_is_what_the_joint_holds_off_its_diagonal() -> None:
    rng = np.random.default_rng(0)
    given, meant = rng.integers(0, 5, 200), rng.integers(-1, 5, 200)
    weights = rng.integers(0, 4, 200).astype(float)
    joint = calibrated_joint(given, meant, 5, weights)
    assert joint.sum() == pytest.approx(1.0)
    assert mistaken_share(given, meant, 5, weights) == pytest.approx(1.0 - np.trace(joint))


def test_a_label_without_a_confident_item_is_taken_to_be_right() -> None:
    assert mistaken_share(np.array([0, 0, 1, 1]), np.array([-1, -1, 1, 1]), 2) == 0.0
