import pytest

from assay.rooms.demo.score import Suspect, outstanding


def suspect(place: str, errors: int, items: int = 100) -> Suspect:
    return Suspect(place=place, errors=errors, items=items, other_errors=10, other_items=300)


def test_the_place_with_far_more_errors_stands_out() -> None:
    named, p_value = outstanding([suspect("a", 4), suspect("b", 30), suspect("c", 2)])
    assert named == "b"
    assert p_value < 1e-6


@pytest.mark.parametrize("suspects", [[], [suspect("a", 5, items=5)], [suspect("a", 3), suspect("b", 4)]])
def test_nothing_stands_out_without_evidence(suspects: list[Suspect]) -> None:
    assert outstanding(suspects)[0] == ""


def test_one_small_excess_among_many_places_is_chance() -> None:
    usual = [suspect(f"p{n}", 3) for n in range(60)]
    assert outstanding([*usual, suspect("lucky", 8)])[0] == ""
