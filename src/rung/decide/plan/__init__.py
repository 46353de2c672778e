"""A decision from a questionnaire alone, before there are data."""

from rung.decide.plan.answers import Answers
from rung.decide.plan.conflicts import Conflict, conflicts
from rung.decide.plan.make import make_plan
from rung.decide.plan.plan import Plan
from rung.decide.plan.questions import QUESTIONS, Question

__all__ = ["QUESTIONS", "Answers", "Conflict", "Plan", "Question", "conflicts", "make_plan"]
