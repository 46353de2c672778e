"""The questionnaire: what is asked, in which words, and which answers can be taken.

The one list behind the terminal's prompts, the answers file, its template and the plan's list of unknowns.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal, get_args

from rung.decide.plan.answers import Intended, Mostly, Today, Tried
from rung.task.task import KINDS

Form = Literal["text", "choice", "several", "flag", "share", "number", "count"]
LARGEST = 1e15
"""No amount, count or time that is asked for is beyond this; a larger number is a slip."""


@dataclass(frozen=True, slots=True)
class Question:
    """One question. `key` as in the answers file; `unit` in words for the reader.

    `choices` for the forms choice and several. `above_zero`: zero is no answer. `probes` are the answers that are
    tried to see what would change a plan; flags and choices try all of theirs. `unless_today`: not asked where that
    system runs today; `kinds`: asked only of these kinds of task, of all when empty.
    """

    key: str
    section: str
    text: str
    help: str
    form: Form
    unit: str = ""
    choices: tuple[str, ...] = ()
    above_zero: bool = False
    probes: tuple[float, ...] = ()
    unless_today: tuple[str, ...] = ()
    kinds: tuple[str, ...] = ()

    @property
    def field(self) -> str:
        """The name of its field in `Answers`."""
        return self.key.replace(".", "_")

    @property
    def alternatives(self) -> tuple[Any, ...]:
        """Answers to try in place of the given one."""
        if self.form == "flag":
            return (True, False)
        if self.form == "several":
            return ((), *((choice,) for choice in self.choices), self.choices)
        return self.choices if self.form == "choice" else self.probes


def _four(prefix: str, section: str, side: str, **more: Any) -> tuple[Question, ...]:
    """The four metrics, of today's system or as targets."""
    what = "of what runs today" if prefix == "today" else "wanted"
    probes = (0.5,) if prefix == "today" else ()
    target = prefix == "targets"
    least, most = ("at least", "at most") if target else ("", "")

    def told(words: str, bound: str) -> str:
        return f"{words} {what}{f', {bound}' if bound else ''}"

    return (
        Question(
            f"{prefix}.task_success", section, told("Task success", least), f"share of requests done right; {side}",
            "share", "0.80 or 80%", probes=probes, **more,
        ),
        Question(
            f"{prefix}.correction_rate", section, told("Human correction rate", most),
            "share of answers that a person changes or redoes", "share", "0.15 or 15%", probes=(), **more,
        ),
        Question(
            f"{prefix}.latency_p95_ms", section, told("p95 latency", most), "95 of 100 answers are there by then",
            "number", "ms", above_zero=target, **more,
        ),
        Question(
            f"{prefix}.cost_per_success_usd", section, told("Cost per successful outcome", most),
            "all cost, correction labour included, over outcomes accepted", "number", "USD", above_zero=target, **more,
        ),
    )  # fmt: skip


_NOTHING = ("nothing",)

QUESTIONS: tuple[Question, ...] = (
    Question("task.name", "The task", "What is it called?", "a few words for the head of the plan", "text"),
    Question(
        "task.kind", "The task", "What kind of task is it?",
        "one of a set of classes, a record out of a text, an answer from documents, or a text", "choice", choices=KINDS,
    ),
    Question("task.classes", "The task", "How many classes are there?", "", "count", above_zero=True,
             kinds=("classify",)),
    Question(
        "today.system", "What runs today", "What does this work today?",
        "prompt: a pre-trained model and a prompt; retrieval: with passages looked up", "choice",
        choices=get_args(Today),
    ),
    *_four("today", "What runs today", "as you would state it to your own team", unless_today=_NOTHING),
    *_four("targets", "What is wanted", "the lowest that is still good enough"),
    Question(
        "failures.mostly", "What goes wrong", "What mostly goes wrong?",
        "not_covered: a language or modality that the model hardly knows", "choice", choices=get_args(Mostly),
        unless_today=_NOTHING,
    ),
    Question("failures.analysed", "What goes wrong", "Were the failures read and put into classes?",
             "a list of failures with their causes, not an impression", "flag", unless_today=_NOTHING),
    Question("failures.invalid_share", "What goes wrong", "Share of answers of the wrong form",
             "invalid JSON, missing fields, no valid class", "share", "0.10 or 10%", unless_today=_NOTHING),
    Question("failures.concentrated", "What goes wrong", "Do they stand in few classes or flows, which matter most?",
             "rather than spread evenly", "flag", unless_today=_NOTHING),
    Question("adaptation.tried", "What was tried", "What was tried so far?",
             "several, with commas; none: nothing was tried", "several", choices=get_args(Tried)),
    Question("adaptation.failed", "What was tried", "Did all that was tried miss the targets?", "", "flag"),
    Question("adaptation.evidence", "What was tried", "Is that on paper, on an eval set?",
             "numbers that somebody else could check", "flag"),
    Question("wins.shown_on", "What was tried", "Where were gains shown so far?", "", "choice",
             choices=("nothing", "benchmark", "production")),
    Question("labels.count", "Data", "How many examples are labelled?", "0 when there are none", "count",
             probes=(0, 2000, 100_000)),
    Question("labels.rarest_class", "Data", "How many of them has the rarest class?", "", "count", probes=(0, 20),
             kinds=("classify",)),
    Question("labels.quality", "Data", "How good are the labels?",
             "adjudicated: two people, differences settled by a third", "choice",
             choices=("clean", "noisy", "adjudicated")),
    Question("labels.wrong_share", "Data", "Share of wrong labels, if somebody counted", "", "share", "0.05 or 5%"),
    Question("eval.routine", "Data", "Items in the eval set: the usual requests", "0 when there are none", "count",
             probes=(0, 100)),
    Question("eval.edge", "Data", "Items in the eval set: edge cases", "rare, odd or borderline requests", "count",
             probes=(0, 100)),
    Question("eval.adversarial", "Data", "Items in the eval set: adversarial cases", "made to mislead the system",
             "count", probes=(0, 100)),
    Question("flow.requests_per_month", "Volume and value", "How many requests come in a month?", "", "number",
             "a month", probes=(100.0, 1e6)),
    Question("flow.value_usd", "Volume and value", "What is one request done right worth?", "", "number", "USD",
             probes=(0.01, 10.0)),
    Question("requirements", "Conditions", "Do the requirements still change?", "", "choice",
             choices=("changing", "stable")),
    Question("constraints.launch_weeks", "Conditions", "In how many weeks must it carry the traffic?", "", "number",
             "weeks", probes=(4.0, 26.0, 104.0)),
    Question("constraints.deployment", "Conditions", "Must it run on your own machines?",
             "on_prem: no request leaves them", "choice", choices=("on_prem", "any")),
    Question("constraints.weights", "Conditions", "Whose weights may it stand on?",
             "owned rules out every model that others trained, tuned or not", "choice",
             choices=("owned", "open", "any")),
    Question("constraints.audit", "Conditions", "How strict is the audit?", "", "choice",
             choices=("strict", "standard")),
    Question("constraints.budget_usd", "Conditions", "What may twelve months cost?", "people included", "number",
             "USD", probes=(50_000.0, 1e6, 1e8)),
    Question("governance.policies", "Conditions", "How many policies are declared that every output must keep?",
             "0 when there are none", "count", probes=(0, 3)),
    Question("governance.checks", "Conditions", "Are governance and audit checks in place for trained versions?",
             "who approved which version, on which data, and the way back", "flag"),
    Question("team.ml_engineers", "Team", "How many machine-learning engineers would own it?", "", "number", "people",
             probes=(0.0, 2.0)),
    Question("team.senior_ml", "Team", "How many of them have trained models before?", "", "number", "people",
             probes=(0.0, 2.0)),
    Question("team.horizon_months", "Team", "For how many months is the team sure of its means?", "", "number",
             "months", above_zero=True, probes=(6.0, 36.0)),
    Question("moat.proprietary_tokens", "Your data", "How much text of your own is there?",
             "in tokens, about 3 for 2 words; other modalities by their equivalent", "number", "tokens",
             probes=(0.0, 1e7, 1e11)),
    Question("moat.exclusive", "Your data", "Does nobody else have it?", "", "flag"),
    Question("moat.multimodal", "Your data", "Is it more than text?", "images, sound, signals", "flag"),
    Question("lifecycle.annotation_usd", "Keeping it alive", "Budget for labels in twelve months", "", "number",
             "USD", probes=(10_000.0,)),
    Question("lifecycle.retrain_every_days", "Keeping it alive", "How often would it be trained again?", "",
             "number", "days", above_zero=True, probes=(90.0,)),
    Question("lifecycle.rollback_plan", "Keeping it alive", "Is there a plan for the way back?",
             "written down, and tried", "flag"),
    Question("intended", "At last", "Which step do you have in mind?", "it is then answered by name", "choice",
             choices=get_args(Intended)),
)  # fmt: skip

BY_KEY = {question.key: question for question in QUESTIONS}
