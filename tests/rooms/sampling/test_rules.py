"""How many reviews a plan takes, and what it promises."""

from __future__ import annotations

import math

import numpy as np
import pytest

from assay.columnar.frames import Layer
from assay.rooms.organisation.refusals import Refusal
from assay.rooms.sampling import rules
from assay.rooms.sampling.rules import Design, History, Population, Target
from assay.stats import planning

NOTHING = History(scores=np.zeros(0), is_error=np.zeros(0))


def _layer(domain: str, size: int, score: float | None = None, low: float | None = None) -> Layer:
    high = None if low is None else low + 0.1
    return Layer(domain=domain, group="", low=low, high=high, size=size, score=score)


ONE = (_layer("", 1_000_000),)
SITES = tuple(
    _layer(site, size, score, low)
    for site, size in (("a", 60_000), ("b", 30_000), ("c", 2_000))
    for score, low in ((0.01, 0.0), (0.05, 0.1), (0.3, 0.2))
)
SITE_DESIGN = Design(domain="site")


def _forecast(layers: tuple[Layer, ...], *targets: Target, reviews: int | None = None, **more: object):
    rates = rules.expected_rates(layers, NOTHING)
    design = more.pop("design", Design(domain=""))
    return rules.forecast(layers, rates, design=design, targets=targets, reviews=reviews, **more)


@pytest.mark.parametrize("half_width", [0.005, 0.01, 0.02])
def test_one_stratum_takes_what_the_textbook_says(half_width: float) -> None:
    found = _forecast(ONE, Target(half_width=half_width))
    textbook = planning.reviews_for_half_width(rate=0.05, half_width=half_width, population=1_000_000)
    assert found.total == pytest.approx(textbook, rel=0.06)


def test_targets_of_every_site_and_the_whole_are_met() -> None:
    targets = (Target(half_width=0.005), Target(domain="site", half_width=0.01))
    found = _forecast(SITES, *targets, design=SITE_DESIGN)
    assert found.feasible
    assert found.whole.half_width <= 0.005 * 1.01
    assert all(part.half_width <= 0.0101 for part in found.domains)
    assert [part.domain for part in found.domains] == ["a", "b", "c"]


def test_tighter_targets_take_more_reviews() -> None:
    totals = [_forecast(SITES, Target(half_width=w), design=SITE_DESIGN).total for w in (0.02, 0.01, 0.005)]
    assert totals == sorted(totals)
    assert len(set(totals)) == 3


def test_scores_save_reviews() -> None:
    flat = tuple(_layer(layer.domain, layer.size) for layer in SITES)
    scored = _forecast(SITES, Target(half_width=0.005), design=SITE_DESIGN)
    rates = np.full(len(flat), scored.whole.rate)
    plain = rules.forecast(flat, rates, design=SITE_DESIGN, targets=(Target(half_width=0.005),), reviews=None)
    assert scored.total < 0.8 * plain.total


def test_limit_is_not_spent_when_targets_need_less() -> None:
    free = _forecast(SITES, Target(half_width=0.02), design=SITE_DESIGN)
    limited = _forecast(SITES, Target(half_width=0.02), design=SITE_DESIGN, reviews=50_000, is_limit=True)
    assert limited.sizes == free.sizes


def test_limit_that_does_not_reach_tells_what_it_reaches() -> None:
    targets = (Target(half_width=0.005), Target(domain="site", half_width=0.01))
    found = _forecast(SITES, *targets, design=SITE_DESIGN, reviews=600, is_limit=True)
    assert not found.feasible
    assert found.total <= 600
    assert found.binding
    missed = [p for p in (found.whole, *found.domains) if not p.is_met]
    assert missed
    assert all(p.target is not None and p.half_width > p.target for p in missed)
    with pytest.raises(Refusal) as refused:
        rules.check_targets_reached(feasible=False, missed=[(p.domain, p.target or 0.0, p.half_width) for p in missed])
    assert refused.value.code == "sampling.targets_not_reachable"


def test_number_of_reviews_is_spent_exactly() -> None:
    assert _forecast(SITES, reviews=777, design=SITE_DESIGN).total == 777


def test_whole_frame_leaves_no_doubt() -> None:
    found = _forecast((_layer("", 50),), reviews=50)
    assert (found.total, found.whole.half_width) == (50, 0.0)


def test_floor_reaches_every_layer() -> None:
    found = _forecast(SITES, reviews=2000, design=Design(domain="site", floor=0.3))
    frame = sum(layer.size for layer in SITES)
    assert all(n >= math.floor(0.3 * 2000 * layer.size / frame) for n, layer in zip(found.sizes, SITES, strict=True))


def test_rates_are_never_zero_and_follow_the_score() -> None:
    layers = (_layer("", 10, 0.0, 0.0), _layer("", 10, 0.2, 0.1), _layer("", 10, 0.99, 0.2), _layer("", 10))
    assert rules.expected_rates(layers, NOTHING) == pytest.approx([0.005, 0.2, 0.5, 0.05])


def test_earlier_reviews_correct_the_score() -> None:
    layers = (_layer("a", 100, 0.2, 0.0), _layer("b", 100, 0.2, 0.0))
    history = History(
        domains=["a"] * 100, groups=[""] * 100, scores=np.full(100, 0.05), is_error=np.repeat([1.0, 0.0], [50, 50])
    )
    # Pooled (50 + 20 x .2) / 120 = .45; the layer itself (50 + 20 x .45) / 120; the other stays at the pool.
    assert rules.expected_rates(layers, history) == pytest.approx([(50 + 20 * 0.45) / 120, 0.45])


def test_reviews_of_another_band_tell_nothing() -> None:
    layers = (_layer("a", 100, 0.2, 0.0), _layer("a", 100, 0.3, 0.5))
    history = History(domains=["a"], groups=[""], scores=np.array([0.3]), is_error=np.array([1.0]))
    assert rules.expected_rates(layers, history) == pytest.approx([0.2, 0.3])


def test_hours_and_reviews_agree() -> None:
    for hours in (0.1, 1.0, 7.3, 100.0):
        reviews = rules.reviews_for_hours(hours=hours, doubles_share=0.1, minutes_per_review=2.0)
        fits = rules.workload(reviews=reviews, doubles_share=0.1, minutes_per_review=2.0)
        more = rules.workload(reviews=reviews + 3, doubles_share=0.1, minutes_per_review=2.0)
        assert fits.hours <= hours < more.hours


def test_workload_counts_doubles_and_rulings() -> None:
    load = rules.workload(reviews=1000, doubles_share=0.1, minutes_per_review=3.0)
    assert (load.doubles, load.adjudications, load.hours) == (100, 8, pytest.approx(1108 * 3 / 60))


@pytest.mark.parametrize("total", [61, 100, 150, 1300])
def test_extension_keeps_what_is_drawn(total: int) -> None:
    before, frames = (10, 20, 30), (1000, 20, 280)
    after = rules.extended_sizes(before, frames, total=total)
    assert sum(after) == total
    assert all(b <= n <= frame for b, n, frame in zip(before, after, frames, strict=True))


def test_extension_follows_the_proportions() -> None:
    assert rules.extended_sizes((10, 30), (10_000, 10_000), total=400) == (100, 300)


def test_extension_in_steps_equals_extension_at_once_within_one() -> None:
    at_once = rules.extended_sizes((10, 20, 30), (1000, 1000, 1000), total=240)
    steps = (10, 20, 30)
    for total in (100, 170, 240):
        steps = rules.extended_sizes(steps, (1000, 1000, 1000), total=total)
    assert max(abs(a - b) for a, b in zip(at_once, steps, strict=True)) <= 2


def test_values_survive_being_kept() -> None:
    population = Population(equals={"market": ("MX", ""), "site": ()})
    design = Design(domain="team", by_family=False, bands=3, floor=0.3, budget_hours=12.5)
    target = Target(domain="team", half_width=0.01)
    assert Population.from_json(population.to_json()).equals == {"market": ("MX", "")}
    assert Design.from_json(design.to_json()) == design
    assert Target.from_json(target.to_json()) == target
