"""What comes in and what is decided: numbers only, one array a fact, one entry a case."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from . import world
from .roster import Roster
from .strings import scrambled
from .terms import LateClause, Plants, Truth

Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]

HUMAN, ASSISTED, OVERRODE, MODEL, RULE = range(5)
GOLD_SHARE = 0.02
GOLD_ITEMS = 60
UNCLEAR_SHARE = 0.016
TECHNICAL_SHARE = 0.003
# Of what a model decides, the share it takes down, and how often each of its two answers is wrong.
MODEL_REMOVES, MODEL_WRONG_REMOVAL, MODEL_WRONG_APPROVAL = 0.17, 0.05, 0.016
RULE_WRONG = 0.06
WRONG_LINE, WRONG_ACTION = 0.028, 0.02
# The line's new version makes breaches of what was fine; this share of fine listings is concerned.
LATE_SHARE, LATE_MISSED = 0.16, 0.9


@dataclass(frozen=True, slots=True, kw_only=True)
class Cases:
    """The cases of a block, ordered by the moment of decision; `site` is -1 for machines' own decisions.

    `home` is the site whose market and language a case has; `line` is the broken line or -1.
    """

    number: Ints
    day: Ints
    decided: Ints
    maker_type: Ints
    home: Ints
    queue: Ints
    language: Ints
    market: Ints
    truth: Ints
    line: Ints
    product: Ints
    machine: Ints
    machine_removes: Flags
    is_bad_rule: Flags
    is_late: Flags
    gold: Ints

    @property
    def is_human(self) -> Flags:
        return self.maker_type <= OVERRODE

    def __len__(self) -> int:
        return len(self.number)


@dataclass(frozen=True, slots=True, kw_only=True)
class Decided:
    """What was decided on each case: by whom, and which line was cited (-1: left up)."""

    maker: Ints
    team: Ints
    tenure: Ints
    line: Ints
    takes_other_action: Flags
    knows_gold: Flags


def _shares(pairs: tuple[float, ...]) -> Floats:
    total = np.cumsum(pairs)
    return np.asarray(total / total[-1])


def _pick(rng: np.random.Generator, shares: Floats, rows: Ints) -> Ints:
    """Draw a place for each row, by the cumulative shares in its row of the table: (kinds, places)."""
    return np.asarray((rng.random(len(rows))[:, None] > shares[rows]).sum(axis=1), dtype=np.int64)


def _table(pairs: list[tuple[tuple[str, float], ...]], names: tuple[str, ...]) -> Floats:
    weights = np.zeros((len(pairs), len(names)))
    for row, cells in enumerate(pairs):
        for name, share in cells:
            weights[row, names.index(name)] = share
    return np.asarray(np.cumsum(weights, axis=1) / weights.sum(axis=1, keepdims=True))


_CODES = tuple(line.code for line in world.LINES)
_SITE_SHARES = _shares(tuple(site.share for site in world.SITES))
_LANGUAGES = _table([site.languages for site in world.SITES], world.LANGUAGES)
_MARKETS = _table([site.markets for site in world.SITES], world.MARKETS)
_CLAUSES = _table([queue.clauses for queue in world.QUEUES], _CODES)
_MAKER_SHARES = _shares(tuple(share for _, share in world.MAKER_TYPES))
_RULE_SHARES = _shares(tuple(rule.share for rule in world.RULES))
_MODEL_SHARES = _shares(tuple(model.share for model in world.MODELS))
_RULE_CLAUSES = _table([tuple((code, 1.0) for code in rule.clauses) for rule in world.RULES], _CODES)
_VIOLATING = np.array([queue.violating for queue in world.QUEUES])
_HARDNESS = np.array([queue.hardness for queue in world.QUEUES])
_MISS = np.array([site.miss for site in world.SITES])
_OVER = np.array([site.over for site in world.SITES])
_DESK = np.array([list(world.Desk).index(queue.desk) for queue in world.QUEUES])
_MOST_PRODUCTS = max(len(line.products) for line in world.LINES)
_PRODUCTS = np.array([[line.products[i % len(line.products)] for i in range(_MOST_PRODUCTS)] for line in world.LINES])
_PRODUCT_COUNT = np.array([len(line.products) for line in world.LINES])
_CLEAN = np.array(world.CLEAN_PRODUCTS)
_GOLD_LINES = np.array([world.LINE_AT[code] for code, _ in world.QUEUES[0].clauses])


def draw_cases(
    rng: np.random.Generator,
    *,
    day: Ints,
    days: int,
    number: Ints,
    midnights: Ints,
    offsets: Ints,
    planted: Plants,
    seed: int,
) -> Cases:
    """Draw what comes in on the given days."""
    n = len(day)
    maker_type = np.searchsorted(_MAKER_SHARES, rng.random(n)).astype(np.int64)
    home = np.searchsorted(_SITE_SHARES, rng.random(n)).astype(np.int64)
    decided = midnights[day] + _second_of_day(rng, is_human=maker_type <= OVERRODE, offset=offsets[home, day])
    order = np.argsort(decided, kind="stable")
    day, maker_type, home, decided = day[order], maker_type[order], home[order], decided[order]
    week = day // 7
    machine = np.where(
        maker_type == RULE,
        np.searchsorted(_RULE_SHARES, rng.random(n)),
        np.searchsorted(_MODEL_SHARES, rng.random(n)),
    )
    queue = _queues(rng, maker_type=maker_type, machine=machine, week=week, planted=planted)
    language, market = _pick(rng, _LANGUAGES, home), _pick(rng, _MARKETS, home)
    is_bad_rule = (maker_type == RULE) & (machine == _rule_place(planted)) & (week >= planted.rule_version.from_week)
    truth, line, removes = _truths(
        rng, maker_type=maker_type, machine=machine, queue=queue, is_bad_rule=is_bad_rule, planted=planted
    )
    is_late = _late(
        rng,
        planted.late_clause,
        week=week,
        language=language,
        queue=queue,
        fine=(truth == Truth.FINE) & (maker_type <= OVERRODE),
    )
    truth = np.where(is_late, Truth.BREACH, truth)
    line = np.where(is_late, world.LINE_AT[planted.late_clause.clause], line)
    product = _products(rng, line=line, truth=truth, is_rule=maker_type == RULE)
    may_be_gold = (maker_type <= OVERRODE) & (queue == world.QUEUE_AT["new-listings"])
    gold = np.where(may_be_gold & (rng.random(n) < GOLD_SHARE), rng.integers(0, GOLD_ITEMS, n), -1)
    truth, line, product = _with_gold(gold, truth=truth, line=line, product=product, seed=seed)
    return Cases(
        number=number, day=day, decided=decided, maker_type=maker_type, home=home, queue=queue, language=language,
        market=market, truth=truth, line=line, product=product, machine=machine, machine_removes=removes,
        is_bad_rule=is_bad_rule, is_late=is_late & (gold < 0), gold=gold,
    )  # fmt: skip


def _second_of_day(rng: np.random.Generator, *, is_human: Flags, offset: Ints) -> Ints:
    """People decide in the day of their site, machines around the clock; all within the day in UTC."""
    n = len(offset)
    local = (7 + 15 * rng.beta(2.0, 2.0, n)) * 3600
    second = np.where(is_human, (local - offset) % 86_400, rng.random(n) * 86_400)
    return np.asarray(np.minimum(second.astype(np.int64), 86_399))


def _queues(rng: np.random.Generator, *, maker_type: Ints, machine: Ints, week: Ints, planted: Plants) -> Ints:
    shares = np.array([queue.share for queue in world.QUEUES])
    later = shares.copy()
    later[world.QUEUE_AT[planted.mix_shift.queue]] *= planted.mix_shift.growth
    tables = np.vstack([_shares(tuple(shares)), _shares(tuple(later))])
    people = _pick(rng, tables, (week >= planted.mix_shift.from_week).astype(np.int64))
    reported = rng.random(len(week)) < 0.2
    listings = np.where(reported, world.QUEUE_AT["listing-reports"], world.QUEUE_AT["new-listings"])
    videos = world.QUEUE_AT["product-videos"]
    by_model = np.where(machine == 1, videos, listings)
    return np.where(maker_type == RULE, listings, np.where(maker_type == MODEL, by_model, people))


def _rule_place(planted: Plants) -> int:
    return next(place for place, rule in enumerate(world.RULES) if rule.name == planted.rule_version.rule)


def _truths(
    rng: np.random.Generator, *, maker_type: Ints, machine: Ints, queue: Ints, is_bad_rule: Flags, planted: Plants
) -> tuple[Ints, Ints, Flags]:
    """What each item truly is, the line it breaks or a machine believes it breaks, and what machines take down."""
    n = len(queue)
    wrong = np.where(is_bad_rule, planted.rule_version.wrong_share, RULE_WRONG)
    removes = (maker_type == RULE) | ((maker_type == MODEL) & (rng.random(n) < MODEL_REMOVES))
    breaching = _VIOLATING[queue]
    breaching = np.where(maker_type == RULE, 1 - wrong, breaching)
    by_model = np.where(removes, 1 - MODEL_WRONG_REMOVAL, MODEL_WRONG_APPROVAL)
    breaching = np.where(maker_type == MODEL, by_model, breaching)
    is_breach = rng.random(n) < breaching
    rules = np.minimum(machine, len(world.RULES) - 1)
    line = np.where(maker_type == RULE, _pick(rng, _RULE_CLAUSES, rules), _pick(rng, _CLAUSES, queue))
    chance = rng.random(n)
    is_person = maker_type <= OVERRODE
    truth = np.where(is_breach, Truth.BREACH, Truth.FINE)
    truth = np.where(is_person & (chance < UNCLEAR_SHARE), Truth.UNCLEAR, truth)
    truth = np.where(is_person & (chance > 1 - TECHNICAL_SHARE), Truth.TECHNICAL, truth)
    keeps_line = (truth == Truth.BREACH) | (truth == Truth.UNCLEAR) | removes
    return truth.astype(np.int64), np.where(keeps_line, line, -1), removes


def _late(rng: np.random.Generator, late: LateClause, *, week: Ints, language: Ints, queue: Ints, fine: Flags) -> Flags:
    """Items that only the line's new version makes a breach."""
    listing = np.isin(queue, [world.QUEUE_AT["new-listings"], world.QUEUE_AT["listing-reports"]])
    concerned = fine & listing & (language == world.LANGUAGES.index(late.language)) & (week >= late.in_force_week)
    return np.asarray(concerned & (rng.random(len(week)) < LATE_SHARE))


def _products(rng: np.random.Generator, *, line: Ints, truth: Ints, is_rule: Flags) -> Ints:
    chance = rng.random(len(line))
    concerned = np.maximum(line, 0)
    of_line = _PRODUCTS[concerned, (chance * _PRODUCT_COUNT[concerned]).astype(np.int64)]
    usual = _CLEAN[(rng.random(len(line)) * len(_CLEAN)).astype(np.int64)]
    return np.where((line >= 0) & ((truth != Truth.FINE) | is_rule), of_line, usual)


def _with_gold(gold: Ints, *, truth: Ints, line: Ints, product: Ints, seed: int) -> tuple[Ints, Ints, Ints]:
    """A reference case is the same item each time: its number decides what it is."""
    is_gold = gold >= 0
    mark = (scrambled(np.maximum(gold, 0), seed=seed) >> np.uint64(33)).astype(np.int64)
    is_breach = mark % 2 == 0
    broken = _GOLD_LINES[mark // 2 % len(_GOLD_LINES)]
    product_of_line = _PRODUCTS[broken, mark % _MOST_PRODUCTS]
    harmless = _CLEAN[mark % len(_CLEAN)]
    return (
        np.where(is_gold, np.where(is_breach, Truth.BREACH, Truth.FINE), truth),
        np.where(is_gold, np.where(is_breach, broken, -1), line),
        np.where(is_gold, np.where(is_breach, product_of_line, harmless), product),
    )


def decide(
    rng: np.random.Generator, cases: Cases, *, people: Roster, at_work: tuple[Ints, Ints], planted: Plants
) -> Decided:
    """Decide each case: rightly, unless the hand, the place or a planted truth makes it go wrong."""
    n = len(cases)
    desk = _DESK[cases.queue]
    team = cases.home * len(world.Desk) + desk
    places, counts = at_work
    turn = (rng.random(n) * counts[cases.day, team]).astype(np.int64)
    maker = places[cases.day, team, turn]
    knows_gold = (cases.gold >= 0) & (team == _team_place(planted.leaked_gold.team))
    knows_gold &= cases.day // 7 >= planted.leaked_gold.from_week
    factor = _factor(cases, maker, people=people, planted=planted)
    factor = np.where(knows_gold, 0.02, factor)
    missed = rng.random(n) < np.minimum(_MISS[cases.home] * factor, 0.9)
    missed |= _misses_late(rng, cases, planted.late_clause)
    over = rng.random(n) < np.minimum(_OVER[cases.home] * factor, 0.8)
    wrong_line = rng.random(n) < WRONG_LINE * np.minimum(factor, 3)
    other_action = rng.random(n) < WRONG_ACTION * np.minimum(factor, 3)
    elsewhere = _pick(rng, _CLAUSES, cases.queue)
    takes_down = np.where(cases.truth == Truth.BREACH, ~missed, over)
    takes_down = np.where(cases.truth == Truth.UNCLEAR, rng.random(n) < 0.5, takes_down)
    cited = np.where((cases.truth == Truth.FINE) | wrong_line, elsewhere, cases.line)
    # A technical error leaves no true line: the item was decided on what was shown.
    cited = np.where(cited >= 0, cited, elsewhere)
    by_machine = np.where(cases.machine_removes, cases.line, -1)
    line = np.where(cases.is_human, np.where(takes_down, cited, -1), by_machine)
    return Decided(
        maker=np.where(cases.is_human, maker, -1),
        team=np.where(cases.is_human, team, -1),
        tenure=np.maximum(cases.day - people.starts[maker], 0),
        line=line,
        takes_other_action=other_action & (line >= 0) & cases.is_human,
        knows_gold=knows_gold,
    )


def _factor(cases: Cases, maker: Ints, *, people: Roster, planted: Plants) -> Floats:
    """How much likelier than usual an error is: hand, newness, hard queues, a machine's advice."""
    tenure = cases.day - people.starts[maker]
    newness = 1 + 1.0 * np.exp(-np.maximum(tenure, 0) / 30)
    hires = planted.new_hires
    is_raw = people.is_new_hire[maker] & (tenure < hires.settled_days)
    newness = np.where(is_raw, hires.factor, newness)
    advice = np.array([1.0, 0.85, 1.2, 1.0, 1.0])[cases.maker_type]
    return np.asarray(people.hand[maker] * newness * _HARDNESS[cases.queue] * advice)


def _misses_late(rng: np.random.Generator, cases: Cases, late: LateClause) -> Flags:
    site = next(place for place, each in enumerate(world.SITES) if each.code == late.site)
    unaware = cases.is_late & (cases.home == site) & (cases.day // 7 < late.arrived_week)
    return np.asarray(unaware & (rng.random(len(cases)) < LATE_MISSED))


def _team_place(code: str) -> int:
    return next(place for place, team in enumerate(world.TEAMS) if world.team_code(*team) == code)
