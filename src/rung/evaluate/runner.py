"""Asks a predictor about every item and loses nothing that it answered.

Answers are kept by the content hash of the input under the predictor's identity. What is kept is never asked
again, so a killed evaluation goes on where it stopped and a finished one makes no call.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Protocol

from rung.errors import EndpointFailed, InvalidData, ModelUnavailable
from rung.evaluate.cache_key import run_id
from rung.evaluate.judging.label import LabelScorer
from rung.evaluate.judging.scorer import Scorer
from rung.evaluate.outcome import scored
from rung.evaluate.run import Row, Run, SplitName, Unscored
from rung.evaluate.store import RunStore
from rung.task.example import Example, content_hash
from rung.task.protocols import Prediction, Predictor
from rung.task.task import Policy

LARGEST_BATCH = 8
"""A kill loses at most one batch; eight calls are few enough to lose and enough to keep a server busy."""


class Progress(Protocol):
    """Called after each batch with the number of inputs answered, their total and what is going on."""

    def __call__(self, done: int, total: int, what: str) -> None: ...


def evaluate(
    predictor_factory: Callable[[], Predictor],
    *,
    strategy: str,
    predictor_identity: str,
    items: Sequence[Example],
    split: SplitName,
    store: RunStore,
    policies: Sequence[Policy] = (),
    scorer: Scorer | None = None,
    batch_size: int = LARGEST_BATCH,
    report: Progress,
) -> Run:
    """The run of one strategy over the items, rows in the order of the items, without a latency pass.

    `predictor_factory` may fit a model; it is called only when an answer is missing. Items with the same input
    are asked once. Each batch of 1 to 8 inputs is durable before the next one is asked. An answer that failed at
    its server (`endpoint_error`) is not kept: EndpointFailed is raised after everything that could be answered
    is kept, and the same call resumes. `model_calls` of the result counts the answers obtained by this call.
    `scorer` judges them (None: one label out of a closed set); what it could not judge is in `unscored`.
    """
    if not items:
        raise InvalidData(f"{strategy}: the {split} split has no items to evaluate; add examples or change the split")
    if not 1 <= batch_size <= LARGEST_BATCH:
        raise ValueError(f"batch_size must be 1 to {LARGEST_BATCH}, got {batch_size}")
    inputs = {content_hash(item.input): item.input for item in items}
    kept = store.predictions(predictor_identity)
    answers = {key: kept[key] for key in inputs if key in kept}
    calls = 0
    missing = {key: text for key, text in inputs.items() if key not in answers}
    known = len(answers)
    report(known, len(inputs), strategy)
    if missing:
        fresh = _ask(
            predictor_factory(),
            strategy,
            predictor_identity,
            missing,
            store,
            batch_size,
            told=lambda done: report(known + done, len(inputs), strategy),
        )
        calls = len(fresh)
        answers.update(fresh)
    scorer = scorer or LabelScorer()
    pairs = [(item, answers[content_hash(item.input)]) for item in items]
    scorer.prepare(pairs)
    outcomes = [scored(item, answer, policies, scorer) for item, answer in pairs]
    return Run(
        id=run_id(predictor_identity, items, scorer.identity),
        strategy=strategy,
        split=split,
        rows=tuple(outcome for outcome in outcomes if isinstance(outcome, Row)),
        latency=None,
        fit_seconds=store.fit_seconds(predictor_identity),
        model_calls=calls,
        unscored=tuple(outcome for outcome in outcomes if isinstance(outcome, Unscored)),
    )


def _ask(
    predictor: Predictor,
    strategy: str,
    identity: str,
    missing: Mapping[str, str],
    store: RunStore,
    batch_size: int,
    told: Callable[[int], None],
) -> dict[str, Prediction]:
    """Answers to all missing inputs by content hash, each batch kept before the next. EndpointFailed as above."""
    answers: dict[str, Prediction] = {}
    failed = 0
    keys = list(missing)
    for start in range(0, len(keys), batch_size):
        batch = keys[start : start + batch_size]
        try:
            predictions = predictor.predict([missing[key] for key in batch])
        except EndpointFailed as error:
            raise EndpointFailed(_how_to_resume(strategy, len(answers), len(keys), str(error))) from error
        if len(predictions) != len(batch):
            raise ModelUnavailable(
                f"{strategy} returned {len(predictions)} answers to {len(batch)} inputs; "
                "a predictor must return one answer per input, in order"
            )
        usable = {
            key: answer for key, answer in zip(batch, predictions, strict=True) if answer.failure != "endpoint_error"
        }
        if usable:
            store.save_predictions(identity, usable)
        answers.update(usable)
        failed += len(batch) - len(usable)
        told(len(answers))
        if not usable:
            # A batch without a single answer means that the server is gone: going on would only repeat its timeouts.
            break
    if failed:
        why = f"{failed} inputs got no answer from the model server"
        raise EndpointFailed(_how_to_resume(strategy, len(answers), len(keys), why))
    return answers


def _how_to_resume(strategy: str, answered: int, wanted: int, why: str) -> str:
    return (
        f"{strategy}: {why.rstrip('.')}. {answered} of {wanted} missing answers were obtained and are kept; "
        "run the same command again and only the others are asked"
    )
