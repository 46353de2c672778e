"""From a cause or a class of failures to what mends it."""

from __future__ import annotations

from typing import Literal

RemedyName = Literal[
    "relabel",
    "constrain",
    "improve_retrieval",
    "retrieve",
    "reword",
    "larger_model",
    "tune",
    "in_order",
    "collect",
    "abstain",
    "none",
]

REMEDIES: dict[RemedyName, str] = {
    "relabel": "Look at the labels first, and mend them: no strategy can be right where the right answer is in doubt.",
    "constrain": "First constrain the output to the form that is asked for, or parse it better; "
    "no weight has to change.",
    "improve_retrieval": "First improve the corpus and how it is searched; "
    "a tuned model would still not see the passage.",
    "retrieve": "Retrieve: the model lacks the knowledge and uses it when it is shown; tuning teaches facts badly.",
    "reword": "Try other wordings of the prompt before any weight is changed.",
    "larger_model": "A larger pre-trained model with the same prompt does better.",
    "tune": "Tune on validated examples of these: the model has what it needs and decides wrongly again and again.",
    "in_order": "A better prompt, a stronger model or an update of weights may help, in this order.",
    "collect": "Collect items of this kind: there are too few to learn from or to judge by.",
    "abstain": "Let the strategy abstain, or hand over, where it is unsure.",
    "none": "Nothing has to be mended here.",
}
"""What a person should do, as a sentence."""
