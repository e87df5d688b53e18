from datetime import date

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pytest

from assay.rooms.demo import world
from assay.rooms.demo.generator import World, blocks, make_block
from assay.rooms.demo.plants import auditor_pseudonym, plants
from assay.rooms.demo.terms import Plants, Recipe, Truth

ENDS = date(2026, 6, 1)


def recipe(seed: int, decisions: int = 120_000) -> Recipe:
    return Recipe(seed=seed, decisions=decisions, weeks=26, ends_on=ENDS)


@pytest.fixture(scope="module", params=[1, 2])
def planted(request: pytest.FixtureRequest) -> tuple[Plants, pa.Table]:
    """Two worlds, each with what was hidden in it."""
    made_world = World(recipe(request.param))
    made = [make_block(made_world, block) for block in blocks(made_world.recipe)]
    log = pa.concat_tables(each.decisions for each in made)
    truth = pa.concat_tables(each.truth for each in made)
    moments = log["decided_at"].cast(pa.int64()).to_numpy() // 1_000_000
    week = (moments - made_world.midnights[0]) // (7 * 86_400)
    log = log.append_column("truth", truth["truth"]).append_column("line", truth["line"])
    return made_world.plants, log.append_column("week", pa.array(week))


def of(log: pa.Table, name: str) -> np.ndarray:
    return np.array(log[name].to_pylist(), dtype=object)


def errors(log: pa.Table) -> np.ndarray:
    truth, cited = of(log, "truth"), of(log, "policy") != None  # noqa: E711
    return ((truth == Truth.BREACH) & ~cited) | ((truth == Truth.FINE) & cited)


def test_late_clause_is_missed_at_its_site_until_it_arrives(planted: tuple[Plants, pa.Table]) -> None:
    late, log = planted[0].late_clause, planted[1]
    broken = (of(log, "line") == world.LINE_AT[late.clause]) & (of(log, "truth") == Truth.BREACH)
    spanish = broken & (of(log, "content_language") == "es") & (of(log, "site") != None)  # noqa: E711
    waiting = (of(log, "week") >= late.in_force_week) & (of(log, "week") < late.arrived_week)
    here, missed = of(log, "site") == late.site, errors(log)
    assert missed[spanish & waiting & here].mean() > 0.4
    assert missed[spanish & waiting & ~here].mean() < 0.25
    assert missed[spanish & ~waiting & here].mean() < 0.25


def test_new_hires_err_more_until_they_settle(planted: tuple[Plants, pa.Table]) -> None:
    hires, log = planted[0].new_hires, planted[1]
    tenure = np.array([-1 if days is None else days for days in log["tenure_days"].to_pylist()])
    there = (of(log, "vendor") == hires.vendor) & (of(log, "week") >= hires.hired_week)
    new = there & (tenure >= 0) & (tenure < hires.settled_days)
    old = there & (tenure >= 200)
    wrong = errors(log)
    assert new.sum() > 1000
    assert wrong[new].mean() > 2 * wrong[old].mean()


def test_rule_version_takes_down_what_is_fine(planted: tuple[Plants, pa.Table]) -> None:
    rule, log = planted[0].rule_version, planted[1]
    maker, fine = of(log, "maker"), of(log, "truth") == Truth.FINE
    bad = maker == f"rule-{rule.rule}-v{rule.bad_version}"
    good = maker == f"rule-{rule.rule}-v{int(rule.bad_version) - 1}"
    assert of(log, "week")[bad].min() == rule.from_week
    assert fine[bad].mean() == pytest.approx(rule.wrong_share, abs=0.06)
    assert fine[good].mean() < 0.1
    assert set(of(log, "policy")[bad]) <= {clause.split("-")[0] for r in world.RULES for clause in r.clauses}


def test_mix_shifts_while_no_queue_gets_worse(planted: tuple[Plants, pa.Table]) -> None:
    shift, log = planted[0].mix_shift, planted[1]
    people = of(log, "site") != None  # noqa: E711
    queue, later = of(log, "queue") == shift.queue, of(log, "week") >= shift.from_week
    assert queue[people & later].mean() > 2 * queue[people & ~later].mean()
    tenure = np.array([0 if days is None else days for days in log["tenure_days"].to_pylist()])
    settled = people & (tenure > 90) & (of(log, "vendor") != planted[0].new_hires.vendor)
    wrong = errors(log)
    assert wrong[settled & queue & later].mean() == pytest.approx(wrong[settled & queue & ~later].mean(), abs=0.03)


def test_leaked_gold_is_answered_fast_and_right(planted: tuple[Plants, pa.Table]) -> None:
    leak, log = planted[0].leaked_gold, planted[1]
    gold = log.filter(pc.and_(log["is_golden"], pc.equal(log["team"], leak.team)))
    later = gold.filter(pc.greater_equal(gold["week"], leak.from_week))
    seconds = (later["decided_at"].cast(pa.int64()).to_numpy() - later["claimed_at"].cast(pa.int64()).to_numpy()) / 1e6
    assert len(later) > 5
    assert np.median(seconds) < 10
    assert errors(later).mean() < 0.05


def test_next_seed_hides_things_elsewhere() -> None:
    first, second = plants(recipe(1)), plants(recipe(2))
    assert first.late_clause.site != second.late_clause.site
    assert first.new_hires.vendor != second.new_hires.vendor
    assert first.rule_version.rule != second.rule_version.rule
    assert first.auditor_drift.auditor != second.auditor_drift.auditor
    assert first.mix_shift.queue != second.mix_shift.queue
    assert first.leaked_gold.team != second.leaked_gold.team


@pytest.mark.parametrize("seed", range(1, 40))
def test_every_plant_fits_its_log(seed: int) -> None:
    for weeks in (6, 26, 60):
        made = plants(Recipe(seed=seed, decisions=1000, weeks=weeks, ends_on=ENDS))
        starts = (
            made.late_clause.in_force_week, made.new_hires.hired_week, made.rule_version.from_week,
            made.auditor_drift.from_week, made.mix_shift.from_week, made.leaked_gold.from_week,
        )  # fmt: skip
        assert all(1 <= week <= weeks - 2 for week in starts)
        assert made.late_clause.in_force_week < made.late_clause.arrived_week <= weeks


def test_first_seed_hides_a_rule_about_supplements() -> None:
    made = plants(recipe(1))
    assert (made.rule_version.rule, made.rule_version.clause) == ("supplement-label", "RST-2")
    assert auditor_pseudonym(0) == "A-01"
