import pytest

from assay.stats.planning import (
    cannot_tell,
    chance_to_notice,
    detectable_difference,
    expected_half_width,
    reviews_for_hours,
)


def test_hours_turn_into_reviews():
    assert reviews_for_hours(hours=10, minutes_per_review=2) == 300
    assert reviews_for_hours(hours=10, minutes_per_review=2, double_share=0.2) == 250
    assert reviews_for_hours(hours=0, minutes_per_review=2) == 0


def test_what_a_sample_cannot_tell_is_counted():
    found = cannot_tell(rate=0.03, reviews=1000, reviews_by_person=[5, 29, 30, 200])
    assert (found.reviews, found.people, found.people_with_enough, found.median_reviews) == (1000, 4, 2, 29.5)
    assert found.half_width == expected_half_width(rate=0.03, reviews=1000)
    assert found.detectable == detectable_difference(rate=0.03, reviews_before=1000)
    assert found.zero_errors_upper == pytest.approx(1 - 0.025 ** (1 / 1000))
    assert found.chance_to_notice_double == chance_to_notice(rate=0.03, true_rate=0.06, reviews=30)
    assert chance_to_notice(rate=0.03, true_rate=0.06, reviews=found.reviews_to_notice_double) >= 0.80


def test_plan_without_people_leaves_them_out():
    found = cannot_tell(rate=0.03, reviews=1000)
    assert (found.people, found.median_reviews, found.chance_to_notice_double) == (0, None, None)


@pytest.mark.parametrize(
    ("call", "sentence"),
    [
        (lambda: reviews_for_hours(hours=-1, minutes_per_review=2), "hours must be 0 or more, got -1"),
        (lambda: reviews_for_hours(hours=1, minutes_per_review=0), "minutes_per_review must be above 0, got 0"),
        (lambda: cannot_tell(rate=0.0, reviews=10), "rate must lie between 0 and 1, got 0"),
    ],
)
def test_bad_input_is_named(call, sentence):
    with pytest.raises(ValueError, match=sentence):
        call()
