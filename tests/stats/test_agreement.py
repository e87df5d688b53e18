import time

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assay.stats.agreement import (
    AgreementReason,
    brennan_prediger,
    cohen_kappa,
    counts_of_ratings,
    fleiss_kappa,
    gwet_ac1,
    krippendorff_alpha,
    linear_agreement,
    ordinal_agreement,
    percent_agreement,
    quadratic_agreement,
    specific_agreement,
    table_of_pairs,
)
from assay.stats.intervals import wilson_interval

# Krippendorff (2011), Computing Krippendorff's Alpha-Reliability, data D: four observers.
OBSERVERS = np.array(
    [
        [1, 1, 0, 1],
        [2, 2, 3, 2],
        [3, 3, 3, 3],
        [3, 3, 3, 3],
        [2, 2, 2, 2],
        [1, 2, 3, 4],
        [4, 4, 4, 4],
        [1, 1, 2, 1],
        [2, 2, 2, 2],
        [0, 5, 5, 5],
        [0, 0, 1, 1],
        [0, 0, 3, 0],
    ]
)
COUNTS = counts_of_ratings(OBSERVERS - 1, labels=5)
COEFFICIENTS = [percent_agreement, gwet_ac1, fleiss_kappa, brennan_prediger, krippendorff_alpha]


def pair_counts(both: int, first: int, second: int, neither: int) -> np.ndarray:
    """Counts of two raters: label 1 by both, by one of them, by neither."""
    return np.array([[0, 2]] * both + [[1, 1]] * (first + second) + [[2, 0]] * neither)


def slow_alpha(ratings: np.ndarray, metric) -> float:
    """Krippendorff's alpha from the coincidences, pair by pair."""
    units = [[int(v) for v in row if v > 0] for row in ratings]
    units = [u for u in units if len(u) > 1]
    pairs = [(a, b, 1 / (len(u) - 1)) for u in units for i, a in enumerate(u) for j, b in enumerate(u) if i != j]
    everyone = [v for u in units for v in u]
    observed = sum(w * metric(a, b) for a, b, w in pairs) / len(everyone)
    expected = sum(metric(a, b) for a in everyone for b in everyone) / (len(everyone) * (len(everyone) - 1))
    return 1 - observed / expected


# Gwet (2014), Handbook of Inter-Rater Reliability, 4th ed.: the same data, by his own program.
@pytest.mark.parametrize(
    ("measure", "value"),
    [
        (percent_agreement, 0.81818),
        (gwet_ac1, 0.77544),
        (fleiss_kappa, 0.76117),
        (krippendorff_alpha, 0.74342),
        (brennan_prediger, 0.77273),
    ],
)
def test_four_observers_match_gwets_handbook(measure, value):
    found = measure(COUNTS)
    assert round(found.value, 5) == value
    assert (found.items, found.ratings) == (11, 40)


# Krippendorff (2011): nominal .743, ordinal .815, interval .849; data B with two observers .095.
def test_alpha_matches_krippendorff():
    assert round(krippendorff_alpha(COUNTS).value, 3) == 0.743
    ordinal = krippendorff_alpha(COUNTS, label_weights=ordinal_agreement(COUNTS))
    assert round(ordinal.value, 3) == 0.815
    interval = krippendorff_alpha(COUNTS, label_weights=quadratic_agreement([1, 2, 3, 4, 5]))
    assert round(interval.value, 3) == 0.849
    two = np.array([[0, 1], [1, 1], [0, 1], [0, 0], [0, 0], [0, 1], [0, 0], [0, 0], [1, 0], [0, 0]])
    assert round(krippendorff_alpha(counts_of_ratings(two, labels=2)).value, 3) == 0.095


# Fleiss (1981), Statistical Methods for Rates and Proportions, table 13.1: kappa .68, s.e. .087.
def test_kappa_matches_fleiss():
    found = cohen_kappa([[75, 1, 4], [5, 4, 1], [0, 0, 10]])
    assert round(found.value, 3) == 0.676
    assert round(found.standard_error, 3) == 0.088


# Fleiss, Cohen and Everitt (1969), Psychological Bulletin 72: unweighted kappa .429.
def test_kappa_matches_fleiss_cohen_and_everitt():
    assert round(cohen_kappa([[53, 5, 2], [11, 14, 5], [1, 6, 3]]).value, 3) == 0.429


def test_kappa_paradox_shows_beside_the_others():
    # 97 % agreement with errors at 3 % for both raters.
    counts = pair_counts(15, 15, 15, 955)
    assert percent_agreement(counts).value == pytest.approx(0.97)
    assert specific_agreement(counts, 1).value == pytest.approx(0.50)
    assert round(cohen_kappa([[955, 15], [15, 15]]).value, 2) == 0.48
    assert round(gwet_ac1(counts).value, 3) == 0.968
    assert round(brennan_prediger(counts).value, 2) == 0.94


def test_specific_agreement_follows_the_formula():
    found = specific_agreement(pair_counts(20, 12, 8, 60), 1)
    assert found.value == pytest.approx(2 * 20 / (2 * 20 + 12 + 8))
    assert found.interval.low < found.value < found.interval.high


def test_percent_interval_nears_wilson_for_many_pairs():
    found = percent_agreement(pair_counts(2000, 400, 400, 7200))
    wilson = wilson_interval(errors=9200, reviewed=10_000)
    assert (found.interval.low, found.interval.high) == pytest.approx((wilson.low, wilson.high), abs=1e-4)


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 10**6))
def test_alpha_equals_the_slow_twin(seed):
    rng = np.random.default_rng(seed)
    ratings = rng.integers(0, 4, (12, 4))
    ratings[0, :2], ratings[1, :2] = [1, 2], [2, 3]
    counts = counts_of_ratings(ratings - 1, labels=3)
    assert krippendorff_alpha(counts).value == pytest.approx(slow_alpha(ratings, lambda a, b: a != b))
    squared = krippendorff_alpha(counts, label_weights=quadratic_agreement([1, 2, 3]))
    assert squared.value == pytest.approx(slow_alpha(ratings, lambda a, b: (a - b) ** 2))


@pytest.mark.parametrize("measure", COEFFICIENTS)
def test_relabelling_changes_nothing(measure):
    turned = measure(COUNTS[:, [3, 1, 4, 0, 2]])
    found = measure(COUNTS)
    assert (turned.value, turned.standard_error) == pytest.approx((found.value, found.standard_error))


@pytest.mark.parametrize("measure", [*COEFFICIENTS, lambda c, **k: specific_agreement(c, 1, **k)])
def test_linearised_error_is_near_the_jackknife(measure):
    rng = np.random.default_rng(20)
    truth = rng.choice(3, 150, p=[0.7, 0.2, 0.1])
    ratings = np.where(rng.random((150, 3)) < 0.8, truth[:, None], rng.integers(0, 3, (150, 3)))
    ratings[rng.random((150, 3)) < 0.2] = -1
    counts = counts_of_ratings(ratings, labels=3)
    weights = rng.uniform(0.5, 2.0, 150)
    left_out = np.array(
        [
            measure(np.delete(counts, i, axis=0), item_weights=np.delete(weights, i)).value
            for i in range(counts.shape[0])
        ]
    )
    jackknife = np.sqrt(149 / 150 * ((left_out - left_out.mean()) ** 2).sum())
    assert measure(counts, item_weights=weights).standard_error == pytest.approx(jackknife, rel=0.10)


def test_item_weights_act_like_copies():
    counts = np.array([[2, 0], [1, 1], [0, 2], [2, 0]])
    copies = np.repeat(counts, [3, 1, 2, 1], axis=0)
    for measure in (percent_agreement, gwet_ac1, fleiss_kappa, brennan_prediger):
        weighted = measure(counts, item_weights=[3, 1, 2, 1])
        assert weighted.value == pytest.approx(measure(copies).value)


def test_scaled_item_weights_change_nothing():
    weights = np.linspace(1, 2, 12)
    for measure in COEFFICIENTS:
        one, two = measure(COUNTS, item_weights=weights), measure(COUNTS, item_weights=weights * 7)
        assert (one.value, one.standard_error) == pytest.approx((two.value, two.standard_error))


def test_identical_ratings_leave_kappa_undefined():
    counts = np.tile([4, 0], (9, 1))
    for measure in (fleiss_kappa, krippendorff_alpha):
        assert (measure(counts).value, measure(counts).reason) == (None, AgreementReason.NO_VARIATION)
    assert cohen_kappa([[9, 0], [0, 0]]).reason is AgreementReason.NO_VARIATION
    assert percent_agreement(counts).value == 1.0
    assert gwet_ac1(counts).value == 1.0
    assert percent_agreement(counts).interval.low < 0.75


def test_no_overlap_is_undefined_with_reason():
    counts = np.array([[1, 0], [0, 1], [0, 0]])
    for measure in [*COEFFICIENTS, lambda c: specific_agreement(c, 0)]:
        found = measure(counts)
        assert (found.value, found.interval, found.reason) == (None, None, AgreementReason.NO_OVERLAP)
    assert cohen_kappa([[0, 0], [0, 0]]).reason is AgreementReason.NO_OVERLAP
    assert percent_agreement(np.zeros((0, 2))).reason is AgreementReason.NO_OVERLAP


def test_unused_label_is_undefined_with_reason():
    assert specific_agreement(np.array([[2, 0], [2, 0]]), 1).reason is AgreementReason.LABEL_UNUSED


def test_single_declared_label_is_undefined_with_reason():
    assert gwet_ac1(np.array([[2], [2]])).reason is AgreementReason.ONE_LABEL
    assert brennan_prediger(np.array([[2], [2]])).reason is AgreementReason.ONE_LABEL


def test_one_item_has_a_value_without_interval():
    found = gwet_ac1(np.array([[1, 1]]))
    assert (found.value, found.interval, found.reason) == (-1.0, None, AgreementReason.ONE_ITEM)
    assert percent_agreement(np.array([[2, 0]])).reason is AgreementReason.ONE_ITEM
    assert cohen_kappa([[0, 1], [0, 0]]).reason is AgreementReason.ONE_ITEM


def test_near_misses_count_with_weights():
    table = [[10, 5, 0], [5, 10, 5], [0, 5, 10]]
    plain = cohen_kappa(table).value
    linear = cohen_kappa(table, label_weights=linear_agreement(3)).value
    squared = cohen_kappa(table, label_weights=quadratic_agreement([0, 1, 2])).value
    assert plain < linear < squared


def test_interval_of_ac1_covers_as_promised():
    rng = np.random.default_rng(21)
    big = rng.random((400_000, 2)) < np.where(rng.random((400_000, 1)) < 0.05, 0.7, 0.02)
    truth = gwet_ac1(counts_of_ratings(big.astype(int), labels=2)).value
    hits = 0
    for start in range(0, 400_000, 1000):
        found = gwet_ac1(counts_of_ratings(big[start : start + 1000].astype(int), labels=2))
        hits += found.interval.low <= truth <= found.interval.high
    assert hits / 400 >= 0.92


def test_million_ratings_are_measured_in_time():
    counts = np.random.default_rng(1).multinomial(4, [0.9, 0.07, 0.03], 250_000)
    started = time.perf_counter()
    gwet_ac1(counts)
    # A quarter of a second on a quiet core; the bound leaves room for a busy one.
    assert time.perf_counter() - started < 3.0


@pytest.mark.parametrize(
    ("call", "sentence"),
    [
        (lambda: counts_of_ratings([[0, 2]], labels=2), "ratings must lie between -1 and 1, got 0 to 2"),
        (lambda: counts_of_ratings([0, 1], labels=2), "ratings must have two dimensions, got 1"),
        (lambda: table_of_pairs([0, 2], [0, 1], labels=2), "labels must lie between 0 and 1, got 0 to 2"),
        (lambda: gwet_ac1([[1, -1]]), "counts must be whole numbers of 0 or more"),
        (lambda: gwet_ac1([1, 1]), r"counts must be items by labels, got shape \(2,\)"),
        (lambda: gwet_ac1([[1, 1]], item_weights=[0.0]), r"item_weights must be above 0, got 0\.0"),
        (lambda: gwet_ac1([[1, 1]], label_weights=[[1.0]]), r"label_weights must have shape \(2, 2\)"),
        (lambda: gwet_ac1([[1, 1]], label_weights=[[1, 2], [0, 1]]), "label_weights must lie between 0 and 1"),
        (lambda: cohen_kappa([[1, 2]]), r"table must be square, got shape \(1, 2\)"),
        (lambda: cohen_kappa([[1, -2], [0, 1]]), "table must hold counts of 0 or more"),
        (lambda: specific_agreement([[1, 1]], 2), "label must lie between 0 and 1, got 2"),
    ],
)
def test_bad_input_is_named(call, sentence):
    with pytest.raises(ValueError, match=sentence):
        call()
