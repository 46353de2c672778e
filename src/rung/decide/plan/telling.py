"""What is recommended, in plain words: the headline, the first thing to do and why, the commands."""

from __future__ import annotations

from rung.decide.plan.adaptation import shown_to_fail
from rung.decide.plan.answers import Answers, Today
from rung.decide.plan.path import by_cause
from rung.decide.plan.plan import FirstName, RungName, Step

ACTIONS: dict[FirstName, Step] = {
    "keep": Step(
        "Leave what runs today as it is, and measure it.",
        "It is said to meet every stated target; a figure that was only stated may be wrong.",
        ("rung ingest", "rung baseline"),
    ),
    "start_with_prompt": Step(
        "Put a prompt on a pre-trained model to work on a labelled sample.",
        "No model does this work yet; the lightest one shows what is missing before anything is built.",
        ("rung init", "rung run zero-shot", "rung diagnose zero-shot"),
    ),
    "measure_baseline": Step(
        "Measure what runs today: task success, correction rate, p95 latency, cost per success.",
        "Without them no gain can be told from chance, and nobody knows how large the gap is.",
        ("rung ingest", "rung baseline"),
    ),
    "analyse_failures": Step(
        "Read the failures and put them into classes.",
        "Without error classes a team works on noise and cannot explain what it gained.",
        ("rung diagnose",),
    ),
    "retrieve": Step(
        "Look up the missing context and show it to the model: retrieval, not tuning.",
        "The model uses knowledge that it is shown; tuning teaches facts badly and they are stale when they change.",
        ("rung run retrieval-prompt", "rung diagnose retrieval-prompt"),
    ),
    "improve_retrieval": Step(
        "Improve the corpus and how it is searched and ranked.",
        "The right passage is not among those shown; a tuned model would not see it either.",
        ("rung diagnose retrieval-prompt",),
    ),
    "constrain_output": Step(
        "Constrain the output to the form that is asked for, and check it before it leaves.",
        "Form can be forced without touching a weight; what is still wrong afterwards is worth tuning on.",
        ("rung diagnose",),
    ),
    "reword": Step(
        "Show the model solved examples of the classes that it confuses, and try other wordings.",
        "It has what it needs and decides wrongly; that is the cheapest thing that may mend it.",
        ("rung run few-shot", "rung diagnose few-shot"),
    ),
    "cover_modality": Step(
        "Try the strongest open models that cover the language or modality, with retrieval over your own texts, and "
        "tune the best of them once the conditions below hold.",
        "Adapting what exists is shown to fail only once it was tried.",
        ("rung run retrieval-prompt", "rung diagnose retrieval-prompt"),
    ),
    "relabel": Step(
        "Settle the labels that contradict each other.",
        "No model can be right on both; what is learned from them is noise.",
        ("rung data check",),
    ),
    "tune": Step(
        "Tune on validated examples of what goes wrong, as a pilot beside what runs today.",
        "The failures recur where they are dear, the data are solid, and nothing lighter owns them.",
        ("rung run encoder-head", "rung run lora", "rung decide"),
    ),
    "own_lifecycle": Step(
        "Evaluate a model of your own as a lifecycle of several years, with a small one first and a date to stop.",
        "Adaptation is said to have failed, or is ruled out, under conditions that cannot be negotiated.",
        ("rung run scratch", "rung decide"),
    ),
    "fit_classical": Step(
        "Fit a classical model on the labels.",
        "It stands on nobody else's weights and refits in seconds.",
        ("rung run tfidf-linear", "rung decide"),
    ),
    "settle_conditions": Step(
        "Settle which condition can give way.",
        "Under these answers every option is ruled out or lacks what it needs.",
        (),
    ),
}
_HEADLINES: dict[RungName, str] = {
    "keep": "Keep what runs today: it is said to meet every stated target.",
    "fine_tuning_pilot": "Run a fine-tuning pilot on validated examples of the failures that recur.",
    "from_scratch": "Evaluate a model from scratch, as a lifecycle of several years and not as an experiment.",
    "classical": "Fit a classical model on the labels: nothing that others trained may be used.",
    "none": "Recommend nothing yet: every option is ruled out by a condition or lacks what it needs.",
}
_FIRST_WORDS: dict[FirstName, str] = {
    "measure_baseline": "measure what runs today first",
    "analyse_failures": "analyse its failures before anything else",
    "retrieve": "give it the missing context by retrieval, and tune nothing",
    "improve_retrieval": "improve what it looks up, and tune nothing",
    "constrain_output": "constrain its output first",
    "reword": "show it solved examples of what it confuses",
    "cover_modality": "try to adapt models that cover the language or modality first",
    "relabel": "settle the labels first",
}
LIFECYCLE = (
    "A data pipeline, safety evaluations, serving, retraining, observability, incident response and governance, each "
    "with an owner.",
    "A budget that is sure for the whole horizon, infrastructure to train and serve on, and senior people who stay.",
    "The audit trail of every version: data, approval, result, way back.",
    "Lighter strategies measured beside it all along; the plan turns back when one of them is enough.",
)
PILOT = (
    "Validated or adjudicated examples only, and none of the eval set among them.",
    "Gains told by segment, routine, edge and adversarial, not by one sum.",
    "A rollback that was tried, gates on a share of real traffic, and no full rollout before they hold.",
)


def headline(rung: RungName, first: FirstName, today: Today | None) -> str:
    """The recommendation in a sentence; nobody stays with what does not run today."""
    if rung != "pretrained":
        return _HEADLINES[rung]
    if first == "start_with_prompt":
        return "Start with a pre-trained model: put a prompt to work and measure it."
    if today in ("prompt", "retrieval", None):
        return f"Stay with a pre-trained model and {_FIRST_WORDS[first]}."
    return f"Train nothing new yet: {_FIRST_WORDS[first]}."


def steps(answers: Answers, rung: RungName, first: FirstName) -> tuple[Step, ...]:
    """What to do in order: the first step, what the failures call for next, and the decision on measurements."""
    found = [ACTIONS[first]]
    cause = by_cause(answers)
    suspected = first in ("measure_baseline", "analyse_failures") and answers.failures_mostly not in (None, "unclear")
    if rung == "pretrained" and suspected:
        found += [ACTIONS["analyse_failures"]] if first == "measure_baseline" and not answers.failures_analysed else []
        if cause != "cover_modality" or not shown_to_fail(answers):
            found.append(ACTIONS[cause])
    if rung == "pretrained" and first == "constrain_output":
        found.append(
            Step(
                "Then, where constrained output still fails, a fine-tuning pilot on validated examples.",
                "It opens once the conditions named under the next stage hold.",
                ("rung run lora", "rung decide"),
            )
        )
    if rung in ("pretrained", "fine_tuning_pilot") and "rung decide" not in found[-1].commands:
        found.append(
            Step(
                "Decide on what was measured.",
                "A plan rests on statements; the same rules then speak on figures with intervals.",
                ("rung decide",),
            )
        )
    return tuple(found)


def conditions(rung: RungName) -> tuple[str, ...]:
    """What must hold for as long as the recommendation is followed."""
    return LIFECYCLE if rung == "from_scratch" else PILOT if rung == "fine_tuning_pilot" else ()
