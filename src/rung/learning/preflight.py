"""Checks that catch the quiet ways in which training goes wrong, each an error with its remedy.

Adapters that were never applied, an end-of-turn token that was never learned, a template that differs between
training and serving and a resume that starts over all leave a model that runs and is merely worse.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol, TypeVar

from torch import Tensor

from rung.errors import InvalidData, TrainingFailed
from rung.learning.packed_batch import Supervised

RESUMED_LOSS_TOLERANCE = 0.02
"""Nats. The same machine gives the same loss to the last bit; another number of threads or another processor sums
in another order, which moves a bfloat16 loss by some thousandths. A lost adapter moves it by tenths."""

LARGEST_SHARE_LEFT_OUT = 0.05
"""Above this share of examples too long to train on, the fit would answer another question than was asked."""


def check_end_of_turn(examples: Sequence[Supervised], *, end_of_turn: int, padding: int | None) -> None:
    """Every supervised answer ends with `end_of_turn`, and padding, where there is any, is another token."""
    if padding == end_of_turn:
        raise TrainingFailed(
            f"padding and end of turn are the same token ({padding}), so masking one would hide the other from the "
            f"loss; give the tokenizer a padding token of its own"
        )
    without = [index for index, example in enumerate(examples) if example.answer[-1:] != (end_of_turn,)]
    if without:
        raise TrainingFailed(
            f"{len(without)} of {len(examples)} training answers do not end with the end-of-turn token "
            f"{end_of_turn} (the first is number {without[0] + 1}): the model would never learn to stop; append the "
            f"token after the label"
        )


def check_same_tokens(trained: Sequence[int], scored: Sequence[int], *, where: str) -> None:
    """The trainer and the scorer turn the same prompt and label into the same token ids."""
    if tuple(trained) == tuple(scored):
        return
    at = next(
        (index for index, (ours, theirs) in enumerate(zip(trained, scored, strict=False)) if ours != theirs),
        min(len(trained), len(scored)),
    )
    raise TrainingFailed(
        f"{where}: training reads {len(trained)} token ids and scoring {len(scored)}; they differ from position {at} "
        f"({list(trained[at : at + 4])} against {list(scored[at : at + 4])}): use one template for both, and add the "
        f"beginning-of-text token once"
    )


def check_same_text(given: str, read: str, *, where: str) -> None:
    """An answer, turned into token ids and back, is the answer that was given; outer white space aside."""
    plain = given.strip().encode("utf-8", "replace").decode("utf-8")
    if plain != read:
        raise TrainingFailed(
            f"{where}: the answer {plain[:60]!r} reads {read[:60]!r} after the tokenizer, so the model could never "
            f"write it; choose a model whose tokenizer keeps every character"
        )


def check_adapter_applied(base: Tensor, tuned: Tensor, *, where: str) -> None:
    """The logits with the trained adapter differ from the base model's."""
    if bool((base == tuned).all()):
        raise TrainingFailed(
            f"{where}: the logits with the adapter equal those of the base model, so the adapter is not applied or "
            f"was never trained; check its target modules and that its weights were loaded"
        )


def check_same_logits(trainer: Tensor, loaded: Tensor, *, tolerance: float, where: str) -> None:
    """The model as loaded for use gives the trainer's logits, up to `tolerance` in the largest difference."""
    largest = float((trainer - loaded).abs().max())
    if not largest <= tolerance:
        raise TrainingFailed(
            f"{where}: the model loaded for use differs from the trained one by up to {largest:.3g} in its logits "
            f"(at most {tolerance:g} is rounding); delete the checkpoint directory and fit again"
        )


def check_resumed_loss(*, saved: float, resumed: float, what: str) -> None:
    """The loss after a resume is what it was when the checkpoint was saved; not a number fails too."""
    if not abs(resumed - saved) <= RESUMED_LOSS_TOLERANCE * max(1.0, abs(saved)):
        raise TrainingFailed(
            f"{what}: after resuming the loss is {resumed:.4f}, and it was {saved:.4f} when the checkpoint was saved, "
            f"so this is not the same model or not the same data; delete the checkpoint directory and fit again"
        )


class _HasTokens(Protocol):
    @property
    def tokens(self) -> int: ...


Item = TypeVar("Item", bound=_HasTokens)


@dataclass(frozen=True, slots=True)
class Fitting:
    """Which examples fit the model's length: `kept` positions, and the ids of those `left_out`."""

    kept: tuple[int, ...]
    left_out: tuple[str, ...]


def within_length(items: Sequence[Item], ids: Sequence[str], *, limit: int) -> Fitting:
    """The examples of at most `limit` tokens; longer ones are named and left out whole, never cut.

    More than `LARGEST_SHARE_LEFT_OUT` of them is InvalidData: a cut example teaches that its end is no matter.
    """
    kept = tuple(index for index, item in enumerate(items) if item.tokens <= limit)
    left_out = tuple(ids[index] for index, item in enumerate(items) if item.tokens > limit)
    if len(left_out) > LARGEST_SHARE_LEFT_OUT * len(items):
        longest: Mapping[str, int] = {name: item.tokens for name, item in zip(ids, items, strict=True)}
        shown = ", ".join(f"{name} ({longest[name]} tokens)" for name in left_out[:5])
        raise InvalidData(
            f"{len(left_out)} of {len(items)} training examples are longer than the {limit} tokens that can be "
            f"trained on here: {shown}{', ...' if len(left_out) > 5 else ''}; shorten them, or leave this strategy out"
        )
    return Fitting(kept, left_out)
