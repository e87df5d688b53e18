import numpy as np
import pytest

from assay.stats.designs import PoissonSample, Sample
from assay.stats.linearisation import design_of, parts_by_domain


def parts(sample, y, codes, count, size=None):
    y = np.asarray(y, dtype=float)
    size = np.ones(y.size) if size is None else np.asarray(size, dtype=float)
    return parts_by_domain(design_of(sample, y.size), y * size, size, np.asarray(codes), count)


def test_domain_totals_expand_the_sample():
    found = parts(Sample(stratum=[0, 0, 1, 1], population=[10, 40]), [1, 0, 1, 0], [0, 0, 0, 1], 2)
    assert found.total.tolist() == [25.0, 0.0]
    assert found.units.tolist() == [30.0, 20.0]
    assert found.value == pytest.approx([25 / 30, 0.0])


def test_units_outside_every_domain_only_fill_the_strata():
    sample = Sample(stratum=[0, 0, 0, 0], population=[100])
    found = parts(sample, [1, 0, 1, 1], [0, 0, -1, -1], 1)
    # Residuals 1/2 and -1/2 of a domain of 50, and two zeros.
    z = np.array([0.5, -0.5, 0.0, 0.0]) / 50
    assert found.variance[0] == pytest.approx(100**2 * (1 - 4 / 100) * z.var(ddof=1) / 4)
    assert found.n.tolist() == [2]


def test_empty_domain_has_no_value():
    found = parts(Sample(stratum=[0, 0], population=[9]), [1, 0], [0, 0], 2)
    assert np.isnan(found.value[1])
    assert found.n.tolist() == [2, 0]


def test_whole_needs_every_unit_of_its_strata():
    sample = Sample(stratum=[0, 0, 1, 1], population=[2, 9])
    assert parts(sample, [1, 0, 1, 0], [0, 0, 1, 1], 2).whole.tolist() == [True, False]
    assert parts(sample, [1, 0, 1, 0], [0, 1, 1, 1], 2).whole.tolist() == [False, False]


def test_degrees_of_freedom_count_all_units_of_touched_strata():
    sample = Sample(stratum=[0] * 5 + [1] * 7, population=[50, 70])
    assert parts(sample, np.zeros(12), [0] * 4 + [1] * 8, 2).df.tolist() == [4.0, 10.0]


def test_rarer_outcome_counts_effectively():
    sample = Sample(stratum=[0, 0, 0, 0, 1, 1], population=[40, 100])
    found = parts(sample, [1, 0, 0, 0, 0, 0], [0] * 6, 1)
    assert found.k_eff.tolist() == [1.0]
    assert found.kish_n[0] == pytest.approx(140**2 / (4 * 10**2 + 2 * 50**2))


def test_poisson_units_are_independent():
    found = parts(PoissonSample(probability=[0.5, 0.25]), [1, 0], [0, 0], 1)
    p = 2 / 6
    assert found.variance[0] == pytest.approx((0.5 * (2 * (1 - p)) ** 2 + 0.75 * (4 * p) ** 2) / 36)
