from __future__ import annotations

from rung.evidence.changes.out_of_scope import OUT_OF_SCOPE, REQUESTS, out_of_scope_requests
from rung.task.example import CorpusEntry, Example

TICKETS = [Example(str(n), f"The invoice {n} is wrong", "billing", f"g{n}") for n in range(5)]


def asked(examples: list[Example], count: int = 200, **more: object) -> set[str]:
    return {one.input for one in out_of_scope_requests(examples, count=count, seed=0, **more)}  # type: ignore[arg-type]


def test_there_are_sixty_requests_or_more_and_all_differ() -> None:
    assert len(set(REQUESTS)) == len(REQUESTS) >= 60
    assert max(map(len, REQUESTS)) <= 80


def test_each_is_made_from_no_item_and_a_group_of_its_own() -> None:
    found = out_of_scope_requests(TICKETS, count=12, seed=0)
    assert len(found) == 12
    assert {(one.derived_from, one.derivation, one.segment, one.expected) for one in found} == {
        ("", OUT_OF_SCOPE, "adversarial", "")
    }
    assert len({one.group for one in found}) == len({one.id for one in found}) == 12


def test_the_seed_decides_among_equals_whatever_the_order_of_the_items() -> None:
    first = out_of_scope_requests(TICKETS, count=10, seed=0)
    assert out_of_scope_requests(TICKETS[::-1], count=10, seed=0) == first
    assert out_of_scope_requests(TICKETS, count=10, seed=1) != first


def test_what_the_task_itself_is_about_is_left_out() -> None:
    cooking = [Example("1", "How long does an egg boil until the yolk is soft", "how-to", "g")]
    assert "How long do I boil an egg so that the yolk stays soft?" not in asked(cooking)
    assert "How long do I boil an egg so that the yolk stays soft?" in asked(TICKETS)
    corpus = [CorpusEntry("m", "The moon", "How far away the moon is: 384,400 km.")]
    assert "How far away is the moon?" not in asked(TICKETS, corpus=corpus)
    labelled = [Example("1", "wake me at six", "alarm_set", "g"), Example("2", "any jazz", '["music"]', "h")]
    assert not {"Set an alarm for half past six.", "Play some quiet piano music."} & asked(labelled)


def test_those_least_like_the_task_come_first() -> None:
    near = [Example("1", "Which herbs and flowers do I plant in spring", "garden care", "g")]
    first = [one.input for one in out_of_scope_requests(near, count=len(REQUESTS), seed=0)]
    assert first.index("Which herbs grow well on a shady balcony?") > first.index("Flip a coin for me.")


def test_an_id_that_is_taken_is_not_taken_again() -> None:
    ids = {one.id for one in out_of_scope_requests(TICKETS, count=200, seed=0)}
    twins = [Example(name, "some text", "x", name) for name in ids]
    assert not ids & {one.id for one in out_of_scope_requests(twins, count=200, seed=0)}
