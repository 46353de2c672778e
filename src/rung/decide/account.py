"""Everything that the sentences of a decision are made from."""

from __future__ import annotations

from dataclasses import dataclass

from rung.decide.candidate import Choice
from rung.decide.decision import Guardrail, StrategyResult, Verdict
from rung.decide.evidence import DevEvidence
from rung.decide.rules import Rule
from rung.decide.sealed import Confirmation
from rung.decide.situation import Situation
from rung.economics.tco.analysis import CostAnalysis


@dataclass(frozen=True, slots=True)
class Account:
    """Everything that the sentences are made from. `results` lightest first."""

    inputs: DevEvidence
    situation: Situation
    choice: Choice
    restricted: dict[str, str]
    rules: tuple[Rule, Rule, Rule]
    guardrails: tuple[Guardrail, ...]
    results: tuple[StrategyResult, ...]
    verdict: Verdict
    confirmation: Confirmation | None
    refused: str
    analysis: CostAnalysis | None = None

    @property
    def chosen(self) -> StrategyResult | None:
        """The candidate's result, or None."""
        return next((one for one in self.results if one.card.name == self.choice.candidate), None)

    def sentence(self, text: str) -> str:
        """With a capital and a full stop; a strategy's name keeps its own spelling."""
        text = text.strip()
        names = {one.card.name for one in self.results}
        word = text.split(" ", 1)[0].rstrip(":,")
        start = text if word in names or "_" in word else text[:1].upper() + text[1:]
        return start if start.endswith((".", "?")) else f"{start}."
