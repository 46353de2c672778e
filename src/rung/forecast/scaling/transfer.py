"""What pre-training saves in data, and how a fine-tuned loss falls: forms of published laws, good to an order."""

from __future__ import annotations

from rung.estimate import Estimate, Figure, Missing, Provenance

TRANSFER_SCALE, DATA_EXPONENT, PARAMETER_EXPONENT = 1.9e4, 0.18, 0.38
LARGEST_SHARE = 0.10
"""Of the data that training from scratch would need; above that the law was not seen to hold."""
TRANSFER_SOURCE = "Hernandez et al. 2021, arXiv:2102.01293, text to Python"


def transferred_characters(characters: float, parameters: float) -> float:
    """D_T = 1.9e4 D_F^.18 N^.38: characters of the target kind that pre-training on text stands for, beside the
    `characters` of it that a model of `parameters` (embeddings left out) is tuned on."""
    return float(TRANSFER_SCALE * characters**DATA_EXPONENT * parameters**PARAMETER_EXPONENT)


def transferred(characters: float, parameters: float) -> Figure:
    """The same as a figure, an order of magnitude with no more than that claimed: ten times either way.

    Missing where `characters` are more than 10 % of what training from scratch would need, D_F + D_T.
    """
    saved = transferred_characters(characters, parameters)
    if characters > LARGEST_SHARE * (characters + saved):
        return Missing(
            f"the {characters:,.0f} characters at hand are {characters / (characters + saved):.0%} of what training "
            f"from scratch would need, and the law of transfer was found where they are at most {LARGEST_SHARE:.0%}",
            "compare both ways on your own data instead",
        )
    return Estimate(
        saved, saved / 10, saved * 10, "characters", None, Provenance.DIRECTIONAL, TRANSFER_SOURCE,
        "an order of magnitude: one pair of kinds of text",
    )  # fmt: skip


def tuned_loss(
    *,
    scale: float,
    factor: float,
    factor_exponent: float,
    examples: float,
    data_exponent: float,
    irreducible: float,
) -> float:
    """L = A X^-a D_f^-b + E, X the scaled factor (model size, pre-training data or tuned parameters), D_f examples.

    Zhang et al. 2024 (arXiv:2402.17193): the constants differ by task and by method of tuning, so none stand here.
    """
    return float(scale * factor**-factor_exponent * examples**-data_exponent + irreducible)
