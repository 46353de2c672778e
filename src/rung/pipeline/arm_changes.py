"""The arms of robustness: changed inputs, and requests that belong nowhere."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from functools import partial

from rung.diagnose.arms import CHANGE, OUT_OF_SCOPE
from rung.evaluate.judging.scorer import Scorer
from rung.evaluate.run import Run
from rung.evidence.changes import CHANGES, changed, out_of_scope_requests, titles_of
from rung.evidence.changes import OUT_OF_SCOPE as OUTSIDE
from rung.pipeline.arm_bench import Bench
from rung.pipeline.refusal import RefusalScorer
from rung.task.example import Example

CHANGE_ITEMS = 40
OUT_OF_SCOPE_ITEMS = 40


def ask_changes(bench: Bench) -> None:
    """D9: changed inputs, and requests that belong nowhere."""
    project = bench.project
    generator = project.models.generator if "generator" in bench.needs else None
    for change in CHANGES:
        items = _variants(bench, change)
        if items:
            name = CHANGE + change
            bench.put(name, partial(_more, bench, items, name), generator)
    if bench.kind == "generate":
        bench.absent[OUT_OF_SCOPE] = "a task of kind generate has no answer that refuses"
        return
    requests = _requests_outside(bench)
    if not requests:
        if not any(row.example.derivation == OUTSIDE for row in bench.run.rows):
            bench.absent[OUT_OF_SCOPE] = "no request could be made that lies outside this task"
        return
    scorer = RefusalScorer(bench.kind, project.task.out_of_scope)
    bench.put(OUT_OF_SCOPE, partial(_more, bench, requests, OUT_OF_SCOPE, scorer), generator)


def _more(bench: Bench, items: Sequence[Example], name: str, scorer: Scorer | None = None) -> Run:
    return bench.project.ladder.ask_more(bench.card, items, "dev", what=f"asking: {name}", scorer=scorer)


def _variants(bench: Bench, change: str) -> list[Example]:
    """Changed inputs of sampled originals, at most `CHANGE_ITEMS` with the variants that the run itself has."""
    project = bench.project
    had = {row.example.derived_from for row in bench.run.rows if row.example.derivation == change}
    titles = titles_of(project.train.corpus, bench.kind)
    found: list[Example] = []
    for example in bench.sample:
        if len(found) >= CHANGE_ITEMS - len(had):
            break
        variant = None
        if example.id not in had:
            variant = changed(
                example,
                change,
                seed=project.task.seed,
                task_kind=bench.kind,
                labels=project.train.labels,
                titles=titles,
            )
        if variant is not None:
            found.append(variant)
    if not found and not had:
        bench.absent[CHANGE + change] = "none of the sampled items can be changed so"
    return found


def _requests_outside(bench: Bench) -> list[Example]:
    """Requests that no part of the data holds, at most `OUT_OF_SCOPE_ITEMS` with those of the run itself."""
    project = bench.project
    split, label = project.split, project.task.out_of_scope
    held = {example.input for part in (split.train, split.dev, split.sealed) for example in part}
    had = sum(row.example.derivation == OUTSIDE for row in bench.run.rows)
    inside = [example for example in (*split.train, *split.dev) if example.derivation != OUTSIDE]
    made = out_of_scope_requests(
        inside, count=OUT_OF_SCOPE_ITEMS + len(held), seed=project.task.seed, corpus=project.train.corpus
    )
    new = [replace(request, expected=label or "") for request in made if request.input not in held]
    return new[: max(0, OUT_OF_SCOPE_ITEMS - had)]
