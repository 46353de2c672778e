"""Everyday requests of many domains: whatever a task is about, most belong to none of its labels or passages."""

from __future__ import annotations

import re
from collections.abc import Sequence

from rung.evidence.changes.right_labels import right_labels
from rung.task.example import CorpusEntry, Example, content_hash

OUT_OF_SCOPE = "out of scope"
"""The derivation of such a request."""
MOST_SHARED = 1 / 3
"""A request of which more than this part of the content words stands in one text of the task may belong to it."""
LONGEST_LABEL = 4
"""Words. An expected outcome of at most so many may name a topic: then one shared word is enough to belong to it."""

REQUESTS: tuple[str, ...] = (
    "How long do I boil an egg so that the yolk stays soft?",
    "What can I cook with rice, spinach and a tin of chickpeas?",
    "My sourdough does not rise. What am I doing wrong?",
    "How much coffee do I take for four cups?",
    "Which wine goes with grilled trout?",
    "Will it rain in Lisbon tomorrow afternoon?",
    "How cold does it get in Oslo in February?",
    "Is there a storm warning for the coast this weekend?",
    "When does the sun set on midsummer day?",
    "Set an alarm for half past six.",
    "Wake me up twenty minutes before the match starts.",
    "Remind me to water the tomatoes on Thursday.",
    "Play some quiet piano music.",
    "Who sang the song about yellow submarines?",
    "Turn the volume down a little.",
    "Skip this song and play the next one.",
    "Recommend a crime novel set in Iceland.",
    "How many pages does the longest novel by Tolstoy have?",
    "Who painted the ceiling of the Sistine Chapel?",
    "Is there a film about chess that children would like?",
    "How does the third season of that pirate series end?",
    "Who won the cycling race through France last summer?",
    "Explain the offside rule to a ten-year-old.",
    "How many players does a handball team have on the field?",
    "What is a good stretch for stiff calves after running?",
    "Can you draw up a training plan for my first marathon?",
    "Which train goes from Vienna to Venice overnight?",
    "How far is it from Madrid to Porto by car?",
    "Is the pass over the Gotthard open yet?",
    "Which platform does the ferry to the islands leave from?",
    "Find me a hostel near the old harbour for two nights.",
    "How much luggage may I take into the cabin?",
    "Do I need a visa for a week in Japan?",
    "What is the tallest mountain in Africa?",
    "Which river flows through Budapest?",
    "When did the Berlin Wall come down?",
    "Who was the first woman to fly across the Atlantic?",
    "How many bones does a shark have?",
    "Why do cats purr?",
    "My dog eats grass. Is that normal?",
    "How often does a hamster have to be fed?",
    "When should I prune my apple tree?",
    "Which herbs grow well on a shady balcony?",
    "How do I get rid of slugs without poison?",
    "How do I get red wine out of a white carpet?",
    "Which paint do I need for a damp cellar wall?",
    "My bicycle chain keeps jumping off. How do I fix it?",
    "How hard should the tyres of a racing bike be pumped?",
    "What is seventeen times twenty-three?",
    "How many feet are three and a half metres?",
    "Convert forty degrees Celsius to Fahrenheit.",
    "What is the square root of two to five digits?",
    "How do you say good night in Finnish?",
    "Translate the word for butterfly into Spanish.",
    "What is another word for stubborn?",
    "Write a limerick about a lazy goat.",
    "Tell me a joke about penguins.",
    "Think of a name for a grey kitten.",
    "Write a birthday poem for my grandmother.",
    "How far away is the moon?",
    "Why is the sea salty?",
    "When is the next total eclipse visible from Spain?",
    "How do bees find their way home?",
    "What is the boiling point of ethanol?",
    "Which stone is harder, ruby or topaz?",
    "What does a yellow card mean in field hockey?",
    "How do I tie a bow tie?",
    "What do I wear to a wedding on a beach?",
    "How do I fold a paper crane?",
    "Which knitting needles do I take for thick wool?",
    "What is a fair way to share out chores among flatmates?",
    "How do I teach a child to whistle?",
    "Which board game is fun with only two people?",
    "Flip a coin for me.",
    "Pick a number between one and fifty.",
    "How do I stop hiccups?",
    "What is the best time of the year to see the northern lights?",
    "How many strings does a harp have?",
    "How do I tune a ukulele?",
    "Who invented the zip fastener?",
)
_SPLIT = re.compile(r"[\W_]+")
_WORDS = re.compile(r"[^\W\d_]+")
_STEM = 5
_LITTLE_WORDS = (
    "a about an and are be by can come do does down for from get goes have how i in into is it keeps last may me "
    "much my need next of on one only or out over should so some such tell that the their there this to up was "
    "what when which who why will with without you"
)
_LITTLE = frozenset(_LITTLE_WORDS.split())


def out_of_scope_requests(
    task_examples: Sequence[Example], *, count: int, seed: int, corpus: Sequence[CorpusEntry] = ()
) -> tuple[Example, ...]:
    """Up to `count` requests that belong to no label and no passage of the task, those least like its texts first and
    otherwise in an order that the seed fixes.

    Likeness is the largest share of a request's content words (their first five letters) that stands in any one text of
    the task; requests above a third, and those that share one with a label, are left out, so fewer than `count` may
    come. `expected` is "": the caller
    knows what this task calls right for them. Each is a group of its own, made from no item (`derived_from` is "").
    """
    texts = [_stems(one.input) for one in task_examples] + [_stems(entry.passage) for entry in corpus]
    named = frozenset().union(*(_stems(name) for name in _short_outcomes(task_examples)))
    known = {one.input for one in task_examples}
    ranked = []
    for number, request in enumerate(REQUESTS):
        own = _stems(request)
        if own & named:
            continue
        likeness = max((len(own & text) / len(own) for text in texts), default=0.0)
        if likeness <= MOST_SHARED and request not in known:
            ranked.append((likeness, content_hash(str(seed), OUT_OF_SCOPE, request), number))
    taken = {one.id for one in task_examples} | {one.group for one in task_examples}
    return tuple(_example(number, taken) for _, _, number in sorted(ranked)[: max(0, count)])


def _short_outcomes(task_examples: Sequence[Example]) -> list[str]:
    outcomes = {name for expected in {one.expected for one in task_examples} for name in right_labels(expected, ())}
    return [name for name in sorted(outcomes) if len(_SPLIT.sub(" ", name).split()) <= LONGEST_LABEL]


def _stems(text: str) -> frozenset[str]:
    return frozenset(
        word[:_STEM] for word in (found.casefold() for found in _WORDS.findall(text)) if word not in _LITTLE
    )


def _example(number: int, taken: set[str]) -> Example:
    name = f"out-of-scope-{number + 1:02}"
    while name in taken:
        name += "~"
    return Example(name, REQUESTS[number], "", name, "adversarial", derived_from="", derivation=OUT_OF_SCOPE)
