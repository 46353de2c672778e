"""One request changed so that its right answer stays, and requests that belong to no task.

| change | what is done to the text |
|---|---|
| typo | slips of the keyboard (`perturb.py`) |
| plain | no case, no punctuation (`perturb.py`) |
| paraphrase | the same said in other words (`paraphrase.py`) |
| negation | what it is not about is said beside it (`negation.py`) |
| injection | an instruction inside it asks for another answer (`injection.py`) |

A negation that changes the right answer needs a person to say what is right then, so none is made.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

import numpy as np

from rung.evidence.changes.injection import injected
from rung.evidence.changes.kept import kept_spans
from rung.evidence.changes.negation import negated, titles_of
from rung.evidence.changes.out_of_scope import OUT_OF_SCOPE, out_of_scope_requests
from rung.evidence.changes.paraphrase import paraphrased
from rung.evidence.changes.perturb import exposed, misspelt
from rung.evidence.examples import MAX_INPUT_CHARACTERS
from rung.task.example import Example, content_hash
from rung.task.task import Kind

CHANGES: tuple[str, ...] = ("typo", "plain", "paraphrase", "negation", "injection")

__all__ = ["CHANGES", "OUT_OF_SCOPE", "changed", "out_of_scope_requests", "titles_of"]


def changed(
    example: Example,
    kind_of_change: str,
    *,
    seed: int,
    task_kind: Kind,
    labels: Sequence[str] = (),
    titles: Mapping[str, str] | None = None,
) -> Example | None:
    """The example with its input changed and everything else that matters kept; None where the change is impossible
    for this item or changes nothing.

    The id is `ID~CHANGE`, and `derived_from` and `derivation` say what was made of what. It depends on the seed, the
    change and the item alone. `labels` is the closed set of a classification; `titles` what else a request could be
    about, as `titles_of` gives it.
    """
    rng = np.random.default_rng(int(content_hash(str(seed), kind_of_change, example.id)[:16], 16))
    text, kept = example.input, kept_spans(example, task_kind)
    if any(text[start:end].strip() == text.strip() for start, end in kept):
        return None
    match kind_of_change:
        case "typo":
            made: str | None = misspelt(text, rng, kept)
        case "plain":
            made = exposed(text, kept)
        case "paraphrase":
            made = paraphrased(text, rng, kept, framed=task_kind != "generate", labels=labels)
        case "negation":
            made = negated(example, rng, task_kind=task_kind, labels=labels, titles=titles or {})
        case "injection":
            made = injected(example, rng, task_kind=task_kind, labels=labels)
        case _:
            raise ValueError(f"unknown change {kind_of_change!r}; known: {', '.join(CHANGES)}")
    if made is None or made == text or not made.strip() or len(made) > MAX_INPUT_CHARACTERS:
        return None
    return replace(
        example,
        id=f"{example.id}~{kind_of_change}",
        input=made,
        segment="adversarial",
        segment_because="",
        derived_from=example.id,
        derivation=kind_of_change,
    )
