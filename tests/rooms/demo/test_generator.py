import hashlib
from datetime import date

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pytest

from assay.rooms.demo import generator, world
from assay.rooms.demo.generator import World, blocks, make_block
from assay.rooms.demo.roster import day_rosters, pseudonym, roster
from assay.rooms.demo.terms import Recipe, Truth

ENDS = date(2026, 6, 1)
SMALL = Recipe(seed=1, decisions=30_000, weeks=26, ends_on=ENDS)


@pytest.fixture(scope="module")
def log() -> pa.Table:
    """The whole small log, with the truth of each item beside it."""
    made_world = World(SMALL)
    made = [make_block(made_world, block) for block in blocks(SMALL)]
    decisions = pa.concat_tables(each.decisions for each in made)
    truth = pa.concat_tables(each.truth for each in made)
    return decisions.append_column("truth", truth["truth"]).append_column("line", truth["line"])


def share(log: pa.Table, condition: pa.ChunkedArray, event: pa.ChunkedArray) -> float:
    return float(pc.mean(pc.cast(event.filter(condition), pa.float64())).as_py())


def digest(recipe: Recipe) -> str:
    made_world, sums = World(recipe), hashlib.sha256()
    for block in blocks(recipe):
        for row in make_block(made_world, block, with_events=True).decisions.to_pylist():
            sums.update(repr(row).encode())
    return sums.hexdigest()


def test_same_recipe_gives_same_rows() -> None:
    recipe = Recipe(seed=3, decisions=800, weeks=5, ends_on=ENDS)
    assert digest(recipe) == digest(recipe)


def test_other_seed_gives_other_rows() -> None:
    first, second = (Recipe(seed=seed, decisions=800, weeks=5, ends_on=ENDS) for seed in (3, 4))
    assert digest(first) != digest(second)


@pytest.mark.parametrize("decisions", [1, 7, 999, 30_000, 3_000_000])
def test_blocks_add_up_to_what_was_asked(decisions: int) -> None:
    recipe = Recipe(seed=1, decisions=decisions, weeks=26, ends_on=ENDS)
    made = blocks(recipe)
    assert sum(block.size for block in made) == decisions
    assert [block.first for block in made] == list(np.cumsum([0, *(block.size for block in made)])[:-1])
    assert max(block.size for block in made) <= generator.BLOCK


def test_a_block_can_be_made_alone() -> None:
    recipe = Recipe(seed=1, decisions=5000, weeks=6, ends_on=ENDS)
    block = blocks(recipe)[3]
    alone = make_block(World(recipe), block).decisions
    before = World(recipe)
    for earlier in blocks(recipe)[:3]:
        make_block(before, earlier)
    assert make_block(before, block).decisions.equals(alone)


def test_a_large_day_is_split_and_still_whole() -> None:
    recipe = Recipe(seed=1, decisions=12_000_000, weeks=4, ends_on=ENDS)
    days = {block.first_day for block in blocks(recipe)}
    assert days == set(range(28))
    assert sum(block.size for block in blocks(recipe)) == 12_000_000


def test_ids_are_unique_and_content_differs(log: pa.Table) -> None:
    assert pc.count_distinct(log["decision_id"]).as_py() == 30_000
    usual = log.filter(pc.invert(log["is_golden"]))
    assert pc.count_distinct(usual["content_hash"]).as_py() == len(usual)


def test_reference_cases_come_again_as_they_were(log: pa.Table) -> None:
    gold = log.filter(log["is_golden"])
    assert len(gold) > pc.count_distinct(gold["item_id"]).as_py()
    per_item = gold.group_by("item_id").aggregate([("content_text", "count_distinct"), ("truth", "count_distinct")])
    assert pc.max(per_item["content_text_count_distinct"]).as_py() == 1
    assert pc.max(per_item["truth_count_distinct"]).as_py() == 1


def test_moments_lie_in_the_log_and_in_order(log: pa.Table) -> None:
    moments = log["decided_at"].cast(pa.int64()).to_numpy() // 1_000_000
    midnight = World(SMALL).midnights
    assert moments.min() >= midnight[0]
    assert moments.max() < midnight[-1] + generator.DAY_SECONDS
    claimed = pc.is_valid(log["claimed_at"])
    assert pc.all(pc.less(log["claimed_at"], log["decided_at"]).filter(claimed)).as_py()
    assert pc.all(pc.less(log["enqueued_at"], log["decided_at"])).as_py()


def test_machines_belong_to_no_site_and_people_to_one(log: pa.Table) -> None:
    by_machine = pc.is_in(log["maker_type"], pa.array(["rule", "model"]))
    assert pc.equal(pc.is_null(log["site"]), by_machine).to_pylist().count(False) == 0
    assert pc.equal(pc.is_null(log["tenure_days"]), by_machine).to_pylist().count(False) == 0


def test_policy_is_cited_exactly_when_something_is_done(log: pa.Table) -> None:
    acts = pc.not_equal(log["outcome"], "approve")
    assert pc.all(pc.equal(acts, pc.is_valid(log["policy"]))).as_py()
    assert pc.all(pc.equal(acts, pc.is_valid(log["clause"]))).as_py()


def test_texts_say_what_the_item_is(log: pa.Table) -> None:
    english = log.filter(pc.and_(pc.equal(log["content_language"], "en"), pc.equal(log["truth"], Truth.BREACH)))
    label = english.filter(pc.equal(english["line"], world.LINE_AT["RST-2"]))["content_text"]
    assert pc.all(pc.match_substring(label, "no list of ingredients")).as_py()


def test_other_languages_come_with_a_translation(log: pa.Table) -> None:
    english = pc.equal(log["content_language"], "en")
    assert pc.all(pc.equal(english, pc.is_null(log["content_translation"]))).as_py()
    assert set(pc.unique(log["content_language"]).to_pylist()) == set(world.LANGUAGES)


def test_error_rates_are_those_of_a_real_operation(log: pa.Table) -> None:
    people = pc.invert(pc.is_in(log["maker_type"], pa.array(["rule", "model"])))
    missed = pc.and_(pc.equal(log["truth"], Truth.BREACH), pc.is_null(log["policy"]))
    taken = pc.and_(pc.equal(log["truth"], Truth.FINE), pc.is_valid(log["policy"]))
    assert 0.02 < share(log, people, missed) < 0.06
    assert 0.01 < share(log, people, taken) < 0.04


def test_risk_score_knows_something_of_the_truth(log: pa.Table) -> None:
    scores = log["risk_score"].to_numpy(zero_copy_only=False)
    breach = pc.equal(log["truth"], Truth.BREACH).to_numpy()
    assert np.nanmean(scores[breach]) > np.nanmean(scores[~breach]) + 0.3
    assert 0 < np.isnan(scores).mean() < 0.1


def test_appeals_overturn_more_of_what_was_wrong(log: pa.Table) -> None:
    decided = pc.equal(log["appeal_status"], "decided").fill_null(False)
    overturned = pc.equal(log["appeal_outcome"], "overturned").fill_null(False)
    fine = pc.equal(log["truth"], Truth.FINE)
    right = share(log, pc.and_(decided, pc.invert(fine)), overturned)
    assert share(log, pc.and_(decided, fine), overturned) > right + 0.4


def test_roster_has_enough_people_in_every_team() -> None:
    people = roster(SMALL)
    assert len(people) >= 120
    assert set(people.team.tolist()) == set(range(len(world.TEAMS)))
    assert (pseudonym(0), pseudonym(len(people) - 1)) == ("M-001", f"M-{len(people):03d}")


def test_nobody_decides_before_joining() -> None:
    people = roster(SMALL)
    places, counts = day_rosters(people, days=SMALL.days)
    for day in (0, 50, 181):
        for team in range(len(world.TEAMS)):
            at_work = places[day, team, : counts[day, team]]
            assert (people.starts[at_work] <= day).all()
            assert counts[day, team] == ((people.team == team) & (people.starts <= day)).sum()


@pytest.mark.parametrize(
    "wrong", [{"seed": 0}, {"decisions": 0}, {"decisions": 2_000_000_000}, {"weeks": 3}, {"weeks": 521}]
)
def test_impossible_recipes_are_refused(wrong: dict[str, int]) -> None:
    with pytest.raises(ValueError, match=next(iter(wrong))):
        Recipe(**{"seed": 1, "decisions": 10, "weeks": 6, "ends_on": ENDS, **wrong})
