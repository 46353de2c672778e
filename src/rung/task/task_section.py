"""The section `task` of rung.yaml: what is asked for, and by kind, when an answer is right."""

from __future__ import annotations

from typing import Annotated, Any, Literal, Self

from pydantic import AfterValidator, BeforeValidator, Field, model_validator

from rung.task.model_sections import GeneratorChoice
from rung.task.section import Count, Flag, Pattern, Section, Share, Text, Word, once


def _described(value: Any) -> Any:
    """`[a, b]` as `{a: "", b: ""}`: both are ways to write labels."""
    if isinstance(value, list):
        if len(set(map(repr, value))) != len(value):
            twice = next(label for label in value if value.count(label) > 1)
            raise ValueError(f"the label {twice!r} stands in the list twice; keep it once")
        if not all(isinstance(label, str) for label in value):
            odd = next(label for label in value if not isinstance(label, str))
            raise ValueError(f"the label {odd!r} is not text; put it in quotes")
        return dict.fromkeys(value, "")
    if isinstance(value, dict):
        return {label: "" if description is None else description for label, description in value.items()}
    return value


def _distinguishable(labels: dict[str, str]) -> dict[str, str]:
    if len(labels) < 2:
        raise ValueError("needs at least two labels; a single one leaves nothing to decide")
    seen: dict[str, str] = {}
    for label in labels:
        folded = " ".join(label.casefold().split())
        if folded in seen:
            raise ValueError(f"{seen[folded]!r} and {label!r} differ only by case or spaces; keep one of them")
        seen[folded] = label
    return labels


Description = Annotated[str, Field(strict=True, max_length=2_000)]
Labels = Annotated[dict[Word, Description], BeforeValidator(_described), AfterValidator(_distinguishable)]


class AnswerSection(Section):
    right_when: Literal["contains", "exact_match", "token_f1"] = "contains"
    min: Share | None = None
    most_words: Count = 60

    @model_validator(mode="after")
    def _least_overlap(self) -> Self:
        if self.right_when == "token_f1" and not self.min:
            raise ValueError("token_f1 needs min, the least overlap that counts as right, such as 0.8")
        if self.right_when != "token_f1" and self.min is not None:
            raise ValueError(f"min belongs to right_when: token_f1, not to {self.right_when}; remove one of them")
        return self


class CheckSection(Section):
    name: Word
    must_match: Pattern | None = None
    must_not_match: Pattern | None = None
    most_words: Count | None = None
    fewest_words: Count | None = None
    output_schema: Word | None = Field(default=None, alias="schema")

    @model_validator(mode="after")
    def _one_rule(self) -> Self:
        rules = (self.must_match, self.must_not_match, self.most_words, self.fewest_words, self.output_schema)
        if sum(rule is not None for rule in rules) != 1:
            raise ValueError("needs exactly one of must_match, must_not_match, most_words, fewest_words and schema")
        return self


class JudgeSection(Section):
    question: Text
    model: GeneratorChoice


def _some(values: list[Any]) -> list[Any]:
    if not values:
        raise ValueError("is an empty list; name at least one check, or remove the key")
    return values


class TaskSection(Section):
    name: Word
    kind: Literal["classify", "extract", "answer", "generate"] = "classify"
    instructions: Text = ""
    labels: Labels = Field(default_factory=dict)
    multi_label: Flag = False
    out_of_scope: Word | None = None
    output_schema: Word | None = Field(default=None, alias="schema")
    answer: AnswerSection | None = None
    checks: Annotated[list[CheckSection], AfterValidator(_some), AfterValidator(once)] | None = None
    judge: JudgeSection | None = None

    @model_validator(mode="after")
    def _known_label(self) -> Self:
        if self.out_of_scope is not None and self.labels and self.out_of_scope not in self.labels:
            shown = ", ".join(list(self.labels)[:8]) + (", ..." if len(self.labels) > 8 else "")
            raise ValueError(f"out_of_scope names {self.out_of_scope!r}, which is not one of the labels ({shown})")
        return self
