"""The same prompt in other forms: what separators, letter case and the order of things do to a model.

In the spirit of Sclar et al. 2024 (arXiv:2310.11324), who vary separators, casing and the order and marks of items and
leave the words alone. No form says anything that the prompt does not say already, and none was chosen by its result.
The forms work on the text of a prompt as `asking.py` builds it and leave alone what they do not find: the first lines
are the team's own instructions, then come rules about the form of the answer, then the labels or fields, one a line.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from rung.errors import ModelUnavailable
from rung.strategies.asking import NO_ANSWER, instructions_text
from rung.strategies.changed_prompts import ChangedPrompts
from rung.strategies.contract import TrainData
from rung.task.protocols import Generator, Prompt, Shot
from rung.task.task import Kind

VERSION = 1
"""Raised whenever a form changes, so that no stored answer to another form is taken for this one's."""
_ANSWERS: dict[Kind, tuple[str, str]] = {
    "classify": ("Text", "Label"),
    "extract": ("Text", "Record"),
    "answer": ("Question", "Answer"),
    "generate": ("Text", "Answer"),
}


@dataclass(frozen=True, slots=True)
class Wording:
    """One form. `change` takes a prompt and the number of lines at its start that are the team's own instructions."""

    name: str
    change: Callable[[Prompt, int], Prompt]


def wordings_for(train: TrainData, *, passages: bool = False) -> tuple[Wording, ...]:
    """The forms that change this task's prompt, at least four; `passages`: some stand in the prompt as notes."""
    prompt = Prompt(instructions_text(train.task, train.labels, passages=passages), "?")
    kind = train.task.kind
    own = own_lines(train)
    forms = _FORMS[kind]
    named = {form: _CHANGES[form] for form in forms}
    named["fields"] = lambda prompt, _: _as_fields(prompt, kind)
    return tuple(Wording(name, change) for name, change in named.items() if change(prompt, own) != prompt)


def own_lines(train: TrainData) -> int:
    """How many lines of the constant prompt are the team's own instructions, or stand in their place."""
    own = train.task.instructions.strip()
    return len(own.split("\n")) if own else 1


class Reworded(ChangedPrompts):
    """A generator that is asked in another form.

    ModelUnavailable for a prompt in which the form finds nothing to change: it would pass for another wording.
    """

    def __init__(self, generator: Generator, wording: Wording, own_lines: int) -> None:
        super().__init__(generator)
        self._wording = wording
        self._own = own_lines

    def changed(self, prompt: Prompt) -> Prompt:
        """In the other form. ModelUnavailable where that changes nothing."""
        changed = self._wording.change(prompt, self._own)
        if changed == prompt:
            raise ModelUnavailable(f"the form {self._wording.name!r} changes nothing in the prompts of this strategy")
        return changed


def _parts(instructions: str, own: int) -> tuple[list[str], list[str], list[str]]:
    """The lines of the team's instructions, of the rules of form, and of the items (labels or fields) at the end."""
    lines = instructions.split("\n")
    opening, rest = lines[:own], lines[own:]
    first = next((number for number, line in enumerate(rest) if line.startswith("- ")), len(rest))
    return opening, rest[:first], rest[first:]


def _entries(items: Sequence[str]) -> list[list[str]]:
    """The items with the lines that hang below each: fields of a field, further lines of a description."""
    entries: list[list[str]] = []
    for line in items:
        if line.startswith("- ") or not entries:
            entries.append([line])
        else:
            entries[-1].append(line)
    return entries


def _on_one_line(prompt: Prompt, own: int) -> Prompt:
    """The items one after the other, between semicolons, behind the rule that announces them."""
    opening, rules, items = _parts(prompt.instructions, own)
    if len(items) < 2:
        return prompt
    flat = "; ".join(" ".join(part.strip() for part in entry).removeprefix("- ") for entry in _entries(items))
    lead = f"{rules[-1]} {flat}" if rules else flat
    return replace(prompt, instructions="\n".join([*opening, *rules[:-1], lead]))


def _reversed(prompt: Prompt, own: int) -> Prompt:
    """The last item first."""
    opening, rules, items = _parts(prompt.instructions, own)
    entries = [line for entry in reversed(_entries(items)) for line in entry]
    return replace(prompt, instructions="\n".join([*opening, *rules, *entries]))


def _in_capitals(prompt: Prompt, own: int) -> Prompt:
    """The rules of form in capital letters; what must be written exactly, and the items, stay as they are."""
    opening, rules, items = _parts(prompt.instructions, own)
    loud = [NO_ANSWER.join(part.upper() for part in rule.split(NO_ANSWER)) for rule in rules]
    marked = [f"* {line.removeprefix('- ')}" if line.startswith("- ") else line for line in items]
    return replace(prompt, instructions="\n".join([*opening, *loud, *marked]))


def _with_headings(prompt: Prompt, own: int) -> Prompt:
    """Instructions and form under a heading each, an empty line between them."""
    opening, rules, items = _parts(prompt.instructions, own)
    blocks = ["\n".join(["## Task", *opening])]
    if rules or items:
        blocks.append("\n".join(["## Answer", *rules, *items]))
    return replace(prompt, instructions="\n\n".join(blocks))


def _form_first(prompt: Prompt, own: int) -> Prompt:
    """How to answer before what is to be done."""
    opening, rules, items = _parts(prompt.instructions, own)
    if not rules:
        return prompt
    return replace(prompt, instructions="\n".join([*rules, *items, "", *opening]))


def _spoken(prompt: Prompt, own: int) -> Prompt:
    """The instructions introduced as what they are."""
    del own
    return replace(prompt, instructions=f"Here is your task. {prompt.instructions}")


def _tagged(prompt: Prompt, own: int) -> Prompt:
    """The instructions between tags."""
    del own
    return replace(prompt, instructions=f"<instructions>\n{prompt.instructions}\n</instructions>")


def _as_fields(prompt: Prompt, kind: Kind) -> Prompt:
    """Every request, solved ones too, as a field with a name, and an empty field for the answer."""
    asked, wanted = _ANSWERS[kind]

    def field(text: str) -> str:
        return f"{asked}: {text}\n{wanted}:"

    shots = tuple(Shot(field(shot.input), shot.answer) for shot in prompt.shots)
    return replace(prompt, question=field(prompt.question), shots=shots)


_CHANGES: dict[str, Callable[[Prompt, int], Prompt]] = {
    "one line": _on_one_line,
    "reversed": _reversed,
    "capitals": _in_capitals,
    "headings": _with_headings,
    "form first": _form_first,
    "spoken": _spoken,
    "tagged": _tagged,
}
_FORMS: dict[Kind, tuple[str, ...]] = {
    "classify": ("one line", "reversed", "capitals", "spoken"),
    "extract": ("one line", "reversed", "capitals", "spoken"),
    "answer": ("capitals", "headings", "form first", "spoken"),
    "generate": ("headings", "spoken", "tagged"),
}
