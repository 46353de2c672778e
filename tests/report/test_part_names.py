from __future__ import annotations

from rung.diagnose.worth import Loss
from rung.estimate import Missing
from rung.report.part_names import part_names


def loss(name: str, flow: str) -> Loss:
    return Loss(name, flow, 10, 5, Missing("not known"), Missing("not known"), 0.5, 0.5)


def test_a_label_that_stands_in_two_flows_is_told_apart() -> None:
    assert part_names([loss("lost", "web"), loss("lost", "phone")]) == ("lost, web", "lost, phone")


def test_with_one_flow_and_for_flows_themselves_the_name_is_enough() -> None:
    assert part_names([loss("lost", "web"), loss("late", "web")]) == ("lost", "late")
    assert part_names([loss("web", "web"), loss("phone", "phone")]) == ("web", "phone")
    assert part_names([]) == ()
