import random
from datetime import UTC, datetime, timedelta

import pytest

from assay.rooms.audit import rules

START = datetime(2026, 1, 1, tzinfo=UTC)


def chain(length: int) -> list[tuple[rules.Link, str]]:
    entries, previous = [], rules.GENESIS
    for number in range(1, length + 1):
        link = rules.Link(
            sequence=number,
            at=START + timedelta(seconds=number),
            kind="tests.happened",
            actor=f"A-{number % 7}",
            subject=f"thing:{number}",
            place="0001.",
            facts=rules.canonical({"n": number}),
            previous_hash=previous,
        )
        previous = rules.link_hash(link)
        entries.append((link, previous))
    return entries


def altered(link: rules.Link, **change: object) -> rules.Link:
    return rules.Link(**{**{name: getattr(link, name) for name in rules.Link.__slots__}, **change})


def test_whole_chain_holds():
    assert rules.first_bad(chain(50)) is None


def test_empty_chain_holds():
    assert rules.first_bad([]) is None


def test_text_cannot_move_between_fields():
    one, other = (
        rules.Link(
            sequence=1, at=START, kind="k", actor=a, subject=s, place="", facts="{}", previous_hash=rules.GENESIS
        )
        for a, s in (("ab", "c"), ("a", "bc"))
    )
    assert rules.link_hash(one) != rules.link_hash(other)


def test_every_one_of_500_tamperings_is_named():
    rng = random.Random(20260601)
    entries = chain(60)
    missed = []
    for _ in range(500):
        place = rng.randrange(60)
        link, stored = entries[place]
        kind = rng.choice(["field", "hash", "delete", "swap", "insert", "relink"])
        tampered = list(entries)
        expected = place + 1
        if kind == "field":
            name = rng.choice(["kind", "actor", "subject", "place", "facts", "at"])
            value = link.at + timedelta(microseconds=1) if name == "at" else getattr(link, name) + "\x00"
            tampered[place] = (altered(link, **{name: value}), stored)
        elif kind == "hash":
            flipped = stored[:-1] + ("0" if stored[-1] != "0" else "1")
            tampered[place] = (link, flipped)
        elif kind == "delete":
            del tampered[place]
        elif kind == "swap":
            other = (place + 1) % 60
            tampered[place], tampered[other] = tampered[other], tampered[place]
            expected = min(place, other) + 1
        elif kind == "insert":
            tampered.insert(place, (altered(link, kind="forged"), stored))
        else:
            # A forger who also repairs the entry's own hash is found at the next one.
            forged = altered(link, facts='{"n":-1}')
            tampered[place] = (forged, rules.link_hash(forged))
            expected = place + 2
        bad = rules.first_bad(tampered, head=entries[-1][1], length=60)
        if bad is None or bad.sequence not in {expected, 60} or (bad.sequence == 60 and expected not in {60, 61}):
            missed.append((kind, place, bad))
    assert missed == []


def test_chain_rewritten_whole_is_found_with_a_kept_head():
    kept = chain(30)[-1][1]
    rewritten, previous = [], rules.GENESIS
    for link, _ in chain(30):
        forged = altered(link, actor="someone else", previous_hash=previous)
        previous = rules.link_hash(forged)
        rewritten.append((forged, previous))
    assert rules.first_bad(rewritten) is None
    assert rules.first_bad(rewritten, head=kept) == rules.BadEntry(sequence=30, reason="head_not_found")


@pytest.mark.parametrize("kept", [0, 1, 29])
def test_truncated_chain_is_found_with_a_kept_length(kept: int):
    assert rules.first_bad(chain(30)[:kept], length=30) == rules.BadEntry(sequence=kept + 1, reason="missing")
