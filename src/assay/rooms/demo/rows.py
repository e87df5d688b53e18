"""The cases as rows of a file: what an upstream moderation tool would send."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from . import texts, world
from .cases import HUMAN, MODEL, OVERRODE, RULE, Cases, Decided, Flags
from .roster import pseudonym
from .strings import chosen, hexadecimal, moments, numbered, scrambled
from .terms import Truth

_PRE_PUBLICATION = "pre_publication"
_SHIFTS = pa.array(["early", "day", "late"])
_MAKER_TYPES = pa.array([name for name, _ in world.MAKER_TYPES])
# Median seconds from claim to decision, by desk; sigma of the lognormal.
_HANDLING = np.array([42.0, 95.0, 24.0])
_HANDLING_SPREAD = 0.55
_WAITING = np.array([2400.0, 1500.0, 900.0])
APPEAL_SHARE, OVERTURNED_IF_WRONG, OVERTURNED_IF_RIGHT = 0.06, 0.8, 0.07
APPEAL_DAYS_OPEN = 9

_HARMLESS = np.array(
    [texts.SAID_BY_BUYERS if queue.item_type in texts.OF_BUYERS else texts.SAID_BY_SELLERS for queue in world.QUEUES]
)

LINE_POLICIES = pa.array([line.policy for line in world.LINES])
LINE_CODES = pa.array([line.code for line in world.LINES])
LINE_SEVERITIES = pa.array([line.severity for line in world.LINES])


def decision_rows(rng: np.random.Generator, cases: Cases, decided: Decided, *, seed: int, log_ends: int) -> pa.Table:
    """Return the block as a table with the columns of the decision log.

    Args:
        rng: Random stream of the block.
        cases: What came in.
        decided: What was decided.
        seed: Of the recipe; mixes the ids.
        log_ends: First second after the log; nothing in it is later.
    """
    taken_down = decided.line >= 0
    mark = scrambled(cases.number, seed=seed)
    left_up = ~taken_down
    return pa.table(
        {
            **_ids(cases, mark, seed=seed),
            **_content(cases, mark),
            **_commerce(rng, cases, mark, left_up=left_up),
            **_times(rng, cases, decided),
            **_verdicts(cases, decided, taken_down=taken_down),
            **_makers(cases, decided),
            "risk_score": _risk(rng, cases),
            **_appeals(rng, cases, taken_down=taken_down, log_ends=log_ends),
            "is_golden": pa.array(cases.gold >= 0),
        }
    )


def _ids(cases: Cases, mark: npt.NDArray[np.uint64], *, seed: int) -> dict[str, pa.Array]:
    is_gold = pa.array(cases.gold >= 0)
    gold_mark = scrambled(np.maximum(cases.gold, 0) * len(world.LANGUAGES) + cases.language, seed=seed + 1)
    return {
        "decision_id": numbered("D", cases.number, width=10),
        "case_id": numbered("C", cases.number, width=10),
        "item_id": pc.if_else(
            is_gold, pc.binary_join_element_wise("I", hexadecimal(gold_mark, width=10), ""),
            pc.binary_join_element_wise("I", hexadecimal(mark, width=10), ""),
        ),
        "content_hash": pc.if_else(is_gold, hexadecimal(gold_mark), hexadecimal(mark)),
        "item_type": chosen(pa.array([queue.item_type for queue in world.QUEUES]), cases.queue),
        "queue": chosen(pa.array([queue.code for queue in world.QUEUES]), cases.queue),
        "enqueue_source": chosen(pa.array([queue.enqueue_source for queue in world.QUEUES]), cases.queue),
    }  # fmt: skip


def _content(cases: Cases, mark: npt.NDArray[np.uint64]) -> dict[str, pa.Array]:
    """Title, text and its English translation, with a reference that makes each item its own."""
    pool = texts.pools()
    # A reference case reads the same each time it comes.
    dice = np.where(cases.gold >= 0, cases.gold, (mark >> np.uint64(40)).astype(np.int64))
    harmless = _HARMLESS[cases.queue, dice % _HARMLESS.shape[1]]
    ending = np.where(cases.truth == Truth.BREACH, cases.line, len(world.LINES) + harmless)
    ending = np.where(cases.truth == Truth.UNCLEAR, texts.ENDINGS - 1, ending)
    group = np.array([texts.GROUPS.index(queue.item_type) for queue in world.QUEUES])[cases.queue]
    opening = dice // 7 % texts.OPENINGS
    same = ((group * texts.OPENINGS + opening) * len(world.PRODUCTS) + cases.product) * texts.ENDINGS + ending
    per_language = len(texts.GROUPS) * texts.OPENINGS * len(world.PRODUCTS) * texts.ENDINGS
    english = world.LANGUAGES.index("en")
    is_english = cases.language == english
    reference = pc.binary_join_element_wise("(", hexadecimal(scrambled(dice, seed=3), width=6), ")", "")
    body = chosen(pool.bodies, cases.language * per_language + same)
    translated = chosen(pool.bodies, english * per_language + same, missing=is_english)
    titles = (cases.language * len(world.PRODUCTS) + cases.product) * texts.TITLES + dice // 3 % texts.TITLES
    return {
        "content_title": chosen(pool.titles, titles),
        "content_text": pc.binary_join_element_wise(body, reference, " "),
        "content_translation": pc.binary_join_element_wise(translated, reference, " "),
        "translation_language": pa.array(["en"]).take(pa.array(np.zeros(len(cases), dtype=np.int64), mask=is_english)),
        "is_graphic": pa.array((cases.truth == Truth.BREACH) & (cases.line == world.LINE_AT["ADL-2"])),
        "market": chosen(pa.array(world.MARKETS), cases.market),
        "content_language": chosen(pa.array(world.LANGUAGES), cases.language),
        "category_path": chosen(pa.array(world.PRODUCTS), cases.product),
    }


_CURRENCY = np.array([list(world.UNITS_PER_EURO).index(world.CURRENCIES[each]) for each in world.MARKETS])
_PER_EURO = np.array(list(world.UNITS_PER_EURO.values()))


def _commerce(
    rng: np.random.Generator, cases: Cases, mark: npt.NDArray[np.uint64], *, left_up: Flags
) -> dict[str, pa.Array]:
    currency = _CURRENCY[cases.market]
    price = 18 * np.exp(rng.normal(0.0, 0.8, len(cases))) * _PER_EURO[currency]
    views = np.exp(rng.normal(4.6, 1.5, len(cases)))
    is_before = np.array([queue.enqueue_source == _PRE_PUBLICATION for queue in world.QUEUES])[cases.queue]
    # What never went live was never seen.
    seen = np.where(is_before & ~left_up, 0, views).astype(np.int64)
    orders = rng.binomial(seen, 0.012)
    return {
        "price": pa.array(np.round(price, 2)),
        "currency": chosen(pa.array(list(world.UNITS_PER_EURO)), currency),
        "seller_id": numbered("S", (mark >> np.uint64(20)).astype(np.int64) % 60_000, width=5),
        "exposure_views": pa.array(seen),
        "exposure_orders": pa.array(orders),
        "exposure_gmv": pa.array(np.round(orders * price, 2)),
    }


def _times(rng: np.random.Generator, cases: Cases, decided: Decided) -> dict[str, pa.Array]:
    n = len(cases)
    desk = np.array([list(world.Desk).index(queue.desk) for queue in world.QUEUES])[cases.queue]
    handling = _HANDLING[desk] * np.exp(rng.normal(0.0, _HANDLING_SPREAD, n))
    handling = np.where(decided.knows_gold, 5 + 4 * rng.random(n), handling)
    waiting = _WAITING[desk] * np.exp(rng.normal(0.0, 0.9, n))
    by_machine = ~cases.is_human
    claimed = cases.decided - np.maximum(handling, 2).astype(np.int64)
    enqueued = np.where(by_machine, cases.decided - 1, claimed - waiting.astype(np.int64))
    return {
        "enqueued_at": moments(enqueued),
        "claimed_at": moments(claimed, missing=by_machine),
        "decided_at": moments(cases.decided),
        "effective_at": moments(cases.decided),
        "shift": chosen(_SHIFTS, (cases.decided // 28_800) % 3, missing=by_machine),
    }


def _verdicts(cases: Cases, decided: Decided, *, taken_down: Flags) -> dict[str, pa.Array]:
    line = np.maximum(decided.line, 0)
    is_before = np.array([queue.enqueue_source == _PRE_PUBLICATION for queue in world.QUEUES])[cases.queue]
    usual = np.array([_OUTCOMES.index(each.outcome) for each in world.LINES])[line]
    other = np.array([_OUTCOMES.index(each.other_outcome) for each in world.LINES])[line]
    outcome = np.where(decided.takes_other_action, other, usual)
    remove, reject = _OUTCOMES.index("remove"), _OUTCOMES.index("reject")
    outcome = np.where(is_before & (outcome == remove), reject, outcome)
    outcome = np.where(taken_down, outcome, _OUTCOMES.index("approve"))
    return {
        "outcome": chosen(pa.array(_OUTCOMES), outcome),
        "policy": chosen(LINE_POLICIES, line, missing=~taken_down),
        "clause": chosen(LINE_CODES, line, missing=~taken_down),
        "severity": chosen(LINE_SEVERITIES, line, missing=~taken_down),
    }


_OUTCOMES = (
    "approve", "remove", "reject", "restrict_visibility", "age_gate", "label", "warn", "suspend_account",
    "interrupt_live",
)  # fmt: skip


def _makers(cases: Cases, decided: Decided) -> dict[str, pa.Array]:
    machine = ~cases.is_human
    is_rule, is_model = cases.maker_type == RULE, cases.maker_type == MODEL
    rule = np.where(is_rule, cases.machine * 2 + cases.is_bad_rule, 0)
    model = np.where(is_model, cases.machine, 0)
    people = int(decided.maker.max(initial=0)) + 1
    names = pa.array([*(pseudonym(place) for place in range(people)), *RULE_MAKERS, *MODEL_MAKERS])
    named = np.where(is_rule, people + rule, decided.maker)
    named = np.where(is_model, people + len(RULE_MAKERS) + model, named)
    site = np.maximum(decided.team, 0) // len(world.Desk)
    assisted = (cases.maker_type > HUMAN) & (cases.maker_type <= OVERRODE)
    return {
        "maker_type": chosen(_MAKER_TYPES, cases.maker_type),
        "maker": chosen(names, named),
        "site": chosen(pa.array([each.code for each in world.SITES]), site, missing=machine),
        "vendor": chosen(pa.array([each.vendor or None for each in world.SITES]), site, missing=machine),
        "team": chosen(_TEAM_CODES, np.maximum(decided.team, 0), missing=machine),
        "tenure_days": pa.array(decided.tenure, mask=machine),
        "model_name": chosen(_MODEL_NAMES, model, missing=~(is_model | assisted)),
        "model_version": chosen(_MODEL_VERSIONS, model, missing=~(is_model | assisted)),
        "rule_id": chosen(pa.array(RULE_MAKERS), rule, missing=~is_rule),
    }  # fmt: skip


def _bad_version(rule: world.Machine) -> str:
    return str(int(rule.version) + 1)


_TEAM_CODES = pa.array([world.team_code(*team) for team in world.TEAMS])
_MODEL_NAMES = pa.array([model.name for model in world.MODELS])
_MODEL_VERSIONS = pa.array([model.version for model in world.MODELS])
# Each rule in the version it began with, and in the next one.
RULE_MAKERS = tuple(
    f"rule-{rule.name}-v{version}" for rule in world.RULES for version in (rule.version, _bad_version(rule))
)
MODEL_MAKERS = tuple(f"model-{model.name}-{model.version}" for model in world.MODELS)


def _risk(rng: np.random.Generator, cases: Cases) -> pa.Array:
    """A score that knows something of the truth; accounts have none, and now and then it is missing."""
    centre = np.select([cases.truth == Truth.BREACH, cases.truth == Truth.UNCLEAR], [1.2, 0.0], -1.5)
    score = 1 / (1 + np.exp(-rng.normal(centre, 1.15)))
    is_account = cases.queue == world.QUEUE_AT["sellers"]
    return pa.array(np.round(score, 4), mask=is_account | (rng.random(len(cases)) < 0.03))


def _appeals(rng: np.random.Generator, cases: Cases, *, taken_down: Flags, log_ends: int) -> dict[str, pa.Array]:
    n = len(cases)
    appealed = taken_down & (rng.random(n) < APPEAL_SHARE)
    answered = cases.decided + (86_400 * (0.5 + rng.gamma(2.0, APPEAL_DAYS_OPEN / 4, n))).astype(np.int64)
    is_open = answered >= log_ends
    wrong = cases.truth == Truth.FINE
    overturned = rng.random(n) < np.where(wrong, OVERTURNED_IF_WRONG, OVERTURNED_IF_RIGHT)
    is_decided = appealed & ~is_open
    return {
        "appeal_status": chosen(pa.array(["decided", "open"]), is_open.astype(np.int64), missing=~appealed),
        "appeal_outcome": chosen(pa.array(["upheld", "overturned"]), overturned.astype(np.int64), missing=~is_decided),
        "appeal_decided_at": moments(answered, missing=~is_decided),
    }


_EVENTS = (
    ("e", "enqueued", "enqueued_at"),
    ("c", "claimed", "claimed_at"),
    ("d", "decided", "decided_at"),
    ("t", "took_effect", "effective_at"),
)


def event_rows(decisions: pa.Table) -> pa.Table:
    """Return what happened to the cases that people handled, an event a row."""
    by_people = decisions.filter(pc.is_valid(decisions["claimed_at"]))
    return pa.concat_tables([_events(by_people, *event) for event in _EVENTS])


def _events(rows: pa.Table, mark: str, kind: str, column: str) -> pa.Table:
    people_act = kind in {"claimed", "decided"}
    nobody = pa.nulls(len(rows), pa.string())
    return pa.table(
        {
            "event_id": pc.binary_join_element_wise(rows["decision_id"], mark, "-"),
            "case_id": rows["case_id"],
            "decision_id": rows["decision_id"],
            "kind": pa.array([kind]).take(pa.array(np.zeros(len(rows), dtype=np.int64))),
            "at": rows[column],
            "actor": rows["maker"] if people_act else nobody,
            "site": rows["site"],
            "queue": rows["queue"],
        }
    )
