"""How a decision is reached: the one candidate from dev, then the conclusion with the sealed split's word."""

from __future__ import annotations

from dataclasses import dataclass, replace

from rung.decide.account import Account
from rung.decide.candidate import Choice, Standing, State, choose, status_on_dev
from rung.decide.decision import (
    Decision,
    Guardrail,
    Score,
    SealedOpening,
    Status,
    StrategyResult,
    TargetResult,
    Verdict,
)
from rung.decide.evidence import DevEvidence, SealedEvidence, StrategyEvidence
from rung.decide.families import family_views
from rung.decide.flips import flips_when
from rung.decide.guardrails import eight_guardrails, held_back, lost_segments, restricted_by_guardrails
from rung.decide.joint import joint_analysis
from rung.decide.limits import limits
from rung.decide.next_measurements import measure_next
from rung.decide.pressure import pressure_views
from rung.decide.reasons import because, headline
from rung.decide.record import decision_id
from rung.decide.rollout_plan import rollout_plan
from rung.decide.rules import Rule, restricted_by_rules, three_rules
from rung.decide.scenario import scenario_rows
from rung.decide.scores import by_name, six_scores
from rung.decide.sealed import Confirmation, confirm
from rung.decide.situation import Situation, read_situation
from rung.decide.stages import stage_of
from rung.decide.targets import judge_targets
from rung.decide.triggers import reopen_when
from rung.diagnose.gates import Gate
from rung.estimate import Figure, Missing
from rung.task.task import METRICS, Metric

NOT_OPENED = SealedOpening(0, False, "the sealed split was not opened")


@dataclass(frozen=True, slots=True)
class CandidateChoice:
    """What dev alone concludes. `candidate` names the one strategy to score on the sealed split (with `current`);
    None when there is none, and `verdict` and `because` then say how the decision ends."""

    choice: Choice
    standings: tuple[Standing, ...]
    restricted: dict[str, str]
    scores: tuple[Score, ...]
    rules: tuple[Rule, Rule, Rule]
    guardrails: tuple[Guardrail, ...]
    situation: Situation

    @property
    def candidate(self) -> str | None:
        """The strategy that goes to the sealed split, or None."""
        return self.choice.candidate

    @property
    def verdict(self) -> Verdict | None:
        """How the decision ends without the sealed split; None while a candidate waits for it."""
        return self.choice.verdict

    @property
    def because(self) -> str:
        """The reason, in a sentence."""
        return self.choice.because


def choose_candidate(inputs: DevEvidence) -> CandidateChoice:
    """Steps 1 to 3 on dev: exclusions, targets, scores, rules, guardrails, and the lightest that meets."""
    situation = read_situation(inputs)
    scores = six_scores(situation)
    rules = three_rules(situation, by_name(scores))
    guardrails = eight_guardrails(situation, rules[2])
    restricted = _joined(
        restricted_by_rules(situation, rules), restricted_by_guardrails(guardrails), lost_segments(situation)
    )
    held = held_back(situation)
    standings = tuple(_standing(situation, one, restricted, held) for one in inputs.ladder)
    return CandidateChoice(choose(standings), standings, restricted, scores, rules, guardrails, situation)


def restricted_strategies(inputs: DevEvidence) -> dict[str, str]:
    """The strategies that may not be recommended on the evidence so far, with the reason: what `auto` skips."""
    return choose_candidate(inputs).restricted


def conclude(
    inputs: DevEvidence,
    choice: CandidateChoice,
    sealed: SealedEvidence | None,
    *,
    opening: SealedOpening = NOT_OPENED,
    refused: str = "",
) -> Decision:
    """The decision record.

    `sealed` is what the sealed split showed of the candidate; None when there is no candidate, or when it may not be
    opened for it: `refused` then says why (another candidate failed on the same split). `opening` is what is known
    of earlier openings when `sealed` is None. ValueError when `sealed` speaks of another strategy.
    """
    if sealed is not None and sealed.candidate != choice.candidate:
        raise ValueError(f"the sealed evidence is of {sealed.candidate}, the candidate is {choice.candidate}")
    sealed_targets = () if sealed is None else judge_targets(inputs.task.targets, sealed.metrics)
    confirmation = None if sealed is None else confirm(sealed, sealed_targets, current=inputs.current)
    verdict = _verdict(choice, confirmation)
    results = tuple(
        _result(inputs, one, standing, choice, sealed, sealed_targets, confirmation, refused)
        for one, standing in zip(inputs.ladder, choice.standings, strict=True)
    )
    account = Account(
        inputs=inputs,
        situation=choice.situation,
        choice=choice.choice,
        restricted=choice.restricted,
        rules=choice.rules,
        guardrails=choice.guardrails,
        results=results,
        verdict=verdict,
        confirmation=confirmation,
        refused=refused,
        analysis=joint_analysis(inputs),
    )
    return _record(account, choice, opening if sealed is None else sealed.opening)


def _record(account: Account, choice: CandidateChoice, opening: SealedOpening) -> Decision:
    inputs, verdict, results = account.inputs, account.verdict, account.results
    recommended = choice.candidate if verdict == "recommend" else None
    family = next((one.card.family for one in results if one.card.name == recommended), None)
    stage = stage_of(verdict, family, choice.choice, choice.restricted, choice.rules, choice.guardrails)
    families = family_views(choice.situation, choice.candidate)
    decision = Decision(
        id="",
        made_at=inputs.made_at,
        task_name=inputs.task.name,
        verdict=verdict,
        strategy=recommended,
        family=family,
        headline=headline(account),
        because=because(account),
        current=inputs.current,
        strategies=results,
        targets=inputs.task.targets,
        scores=choice.scores,
        scenario=scenario_rows(choice.situation, by_name(choice.scores)),
        guardrails=choice.guardrails,
        excluded=tuple(
            breach.exclusion for one in inputs.ladder for breach in choice.situation.breaches[one.card.name]
        ),
        families=families,
        pressure=pressure_views(choice.situation, families),
        diagnoses=inputs.diagnoses,
        evidence=inputs.summary,
        sealed=opening,
        flips_when=flips_when(account),
        measure_next=measure_next(account),
        limits=limits(account),
        stage=stage.now,
        next_stage=stage.after,
        unlocks=stage.unlocks,
        rollout=rollout_plan(inputs.task, recommended, account.confirmation, choice.guardrails),
        models=inputs.models,
        machine=inputs.machine,
        seed=inputs.task.seed,
        data_hash=inputs.summary.data_hash,
        production=_production(inputs),
        gates=tuple(Gate(one.name, one.locked, one.because) for one in inputs.gates),
        proofs=inputs.proofs,
        two_by_two=inputs.two_by_two,
        cost_analysis=account.analysis,
        reopen_when=reopen_when(account),
        constraints=inputs.task.constraints,
    )
    return replace(decision, id=decision_id(decision))


def _verdict(choice: CandidateChoice, confirmation: Confirmation | None) -> Verdict:
    if choice.verdict is not None:
        return choice.verdict
    return "insufficient_evidence" if confirmation is None else confirmation.verdict


def _standing(
    situation: Situation, one: StrategyEvidence, restricted: dict[str, str], held: dict[str, str]
) -> Standing:
    name = one.card.name
    broken = [breach.exclusion for breach in situation.breaches[name] if not breach.unknown]
    blocked = "; ".join(breach.exclusion.because for breach in situation.breaches[name] if breach.unknown)
    excluded = "; ".join(f"{one.constraint}: {one.because}" for one in broken)
    if one.metrics is None:
        not_run: State = "failed" if one.not_run == "failed" else "not_run"
        reason = one.not_run_because or "it was not run"
        return Standing(name, not_run, reason, excluded, "", restricted.get(name, ""))
    results = situation.targets[name]
    state = situation.states[name]
    deciding = [result.because for result in results if result.state == state]
    because = "; ".join(deciding) if results else "the task names no targets (set targets in rung.yaml)"
    if state == "meets" and name in held:
        state, because = "unmeasured", held[name]
    return Standing(name, state, because, excluded, blocked, restricted.get(name, ""))


def _result(
    inputs: DevEvidence,
    one: StrategyEvidence,
    standing: Standing,
    choice: CandidateChoice,
    sealed: SealedEvidence | None,
    sealed_targets: tuple[TargetResult, ...],
    confirmation: Confirmation | None,
    refused: str,
) -> StrategyResult:
    name = one.card.name
    status, reason = status_on_dev(standing, choice.choice)
    confirmed_by = ""
    sealed_metrics = None
    if name == choice.candidate:
        status, reason, confirmed_by = _candidate_status(status, reason, confirmation, refused)
        sealed_metrics = None if sealed is None else sealed.metrics
    elif name == inputs.task.current and sealed is not None:
        sealed_metrics = sealed.current_metrics
    return StrategyResult(
        card=one.card,
        metrics=one.metrics,
        targets=choice.situation.targets.get(name, ()),
        status=status,
        because=reason,
        # The draws have done their work; a record keeps what they showed.
        cost=None if one.cost is None else replace(one.cost, draws_usd=()),
        weeks_to_launch=one.weeks_to_launch,
        sealed_metrics=sealed_metrics,
        sealed_targets=sealed_targets if name == choice.candidate else (),
        against_lighter=one.against_lighter,
        against_current=one.against_current,
        run_id=one.run_id,
        fit_seconds=one.fit_seconds,
        confirmation=confirmed_by,
    )


def _candidate_status(
    status: Status, reason: str, confirmation: Confirmation | None, refused: str
) -> tuple[Status, str, str]:
    """(status, reason, what the sealed split said) of the candidate."""
    if confirmation is None:
        said = refused or "the sealed split was not opened"
        return status, f"{reason}; not confirmed: {said}", said
    if confirmation.verdict == "recommend":
        return (
            "recommended",
            f"the lightest that meets every target on dev, and {confirmation.because}",
            confirmation.because,
        )
    return confirmation.status, confirmation.because, confirmation.because


def _joined(*parts: dict[str, str]) -> dict[str, str]:
    joined: dict[str, str] = {}
    for part in parts:
        for name, reason in part.items():
            known = joined[name].split("; ") if name in joined else []
            # A rule and a guardrail may give the same reason; once is enough.
            joined[name] = "; ".join(dict.fromkeys([*known, *reason.split("; ")]))
    return joined


def _production(inputs: DevEvidence) -> dict[Metric, Figure]:
    """The four metrics of the log that is the system to beat."""
    if inputs.production is None:
        return {}
    found = inputs.production
    return (
        dict(found.metrics.overall) if found.metrics else dict.fromkeys(METRICS, Missing(found.because, found.remedy))
    )
