from __future__ import annotations

import json
import subprocess
import sys
from importlib.metadata import EntryPoint

import pytest

from rung.errors import RungError, UsageError
from rung.strategies import all_cards, load_strategy, registry, strategy_names


def test_the_ladder_goes_from_a_prompt_to_a_model_of_ones_own() -> None:
    assert [card.name for card in all_cards()] == [
        "zero-shot",
        "few-shot",
        "retrieval",
        "retrieval-prompt",
        "tfidf-linear",
        "encoder-head",
        "lora",
        "retrieval-lora",
        "scratch",
    ]


def test_no_two_strategies_share_a_rank() -> None:
    ranks = [card.rank for card in all_cards()]
    assert ranks == sorted(set(ranks))


@pytest.mark.parametrize(("typed", "meant"), [("zeroshot", "zero-shot"), ("lorra", "lora"), ("Retrieval", "retrieval")])
def test_an_unknown_name_is_answered_with_the_nearest(typed: str, meant: str) -> None:
    with pytest.raises(UsageError, match=f"did you mean '{meant}'"):
        load_strategy(typed)


def test_a_name_near_nothing_lists_what_there_is() -> None:
    with pytest.raises(UsageError, match=r"known strategies: .*zero-shot") as caught:
        load_strategy("qqqq")
    assert "did you mean" not in str(caught.value)


def test_reading_every_card_and_name_loads_no_heavy_library() -> None:
    heavy = ["torch", "transformers", "peft", "sklearn", "scipy", "bm25s", "tokenizers", "sqlalchemy"]
    script = (
        "import json, sys; from rung.strategies import all_cards; "
        f"names = [card.name for card in all_cards()]; print(json.dumps([m for m in {heavy} if m in sys.modules]))"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert json.loads(done.stdout) == []


def register(monkeypatch: pytest.MonkeyPatch, *points: EntryPoint) -> None:
    def entry_points(*, group: str, name: str | None = None) -> tuple[EntryPoint, ...]:
        assert group == registry.GROUP
        return tuple(point for point in points if name in (None, point.name))

    monkeypatch.setattr(registry, "entry_points", entry_points)


def point(name: str, value: str) -> EntryPoint:
    return EntryPoint(name, value, registry.GROUP)


def test_a_third_partys_strategy_comes_through_the_same_door(monkeypatch: pytest.MonkeyPatch) -> None:
    register(
        monkeypatch,
        point("lora", "rung.strategies.lora:Lora"),
        point("zero-shot", "rung.strategies.zero_shot:ZeroShot"),
    )
    assert strategy_names() == ("lora", "zero-shot")
    assert [card.name for card in all_cards()] == ["zero-shot", "lora"]


@pytest.mark.parametrize(
    ("value", "part"),
    [
        ("no_such_package.module:Thing", "No module named 'no_such_package'"),
        ("rung.strategies.zero_shot:NotThere", "NotThere"),
        ("rung.strategies.lora:Lora", "names itself 'lora'"),
        ("rung.strategies.contract:Budget", "has no card"),
    ],
)
def test_a_broken_registration_is_one_sentence_naming_it(
    monkeypatch: pytest.MonkeyPatch, value: str, part: str
) -> None:
    register(monkeypatch, point("theirs", value))
    with pytest.raises(RungError, match="the strategy 'theirs'") as caught:
        load_strategy("theirs")
    assert part in str(caught.value)
    assert value in str(caught.value)


def test_a_name_claimed_twice_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    register(monkeypatch, point("lora", "rung.strategies.lora:Lora"), point("lora", "other.package:Lora"))
    with pytest.raises(RungError, match=r"claimed by .*other\.package:Lora.* and .*rung\.strategies\.lora:Lora"):
        load_strategy("lora")
