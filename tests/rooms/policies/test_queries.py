from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from assay.rooms.policies import operations, queries
from assay.rooms.policies.queries import Piece
from tests.rooms.policies.test_operations import AT, LATER, make_clause, publish

DAY = timedelta(days=1)


@pytest.mark.django_db
def test_market_version_takes_place_of_global_one() -> None:
    clause = make_clause()
    everywhere = publish(clause)
    mexico = publish(clause, market="MX", begins=LATER)
    in_force = {
        (market, at): [view.id for view in queries.clauses_in_force(market=market, at=at)]
        for market in ("", "MX", "DE")
        for at in (AT - DAY, AT, LATER - timedelta(microseconds=1), LATER)
    }
    assert in_force == {
        ("", AT - DAY): [], ("MX", AT - DAY): [], ("DE", AT - DAY): [],
        ("", AT): [everywhere.pk], ("MX", AT): [everywhere.pk], ("DE", AT): [everywhere.pk],
        ("", LATER - timedelta(microseconds=1)): [everywhere.pk],
        ("MX", LATER - timedelta(microseconds=1)): [everywhere.pk],
        ("DE", LATER - timedelta(microseconds=1)): [everywhere.pk],
        ("", LATER): [everywhere.pk], ("MX", LATER): [mexico.pk], ("DE", LATER): [everywhere.pk],
    }  # fmt: skip


@pytest.mark.django_db
def test_exactly_one_version_is_in_force_at_each_moment() -> None:
    clause = make_clause()
    moments = [AT + n * DAY for n in range(0, 40, 4)]
    for moment in moments:
        publish(clause, begins=moment, at=min(moment, AT))
    for hours in range(0, 24 * 45, 7):
        at = AT + timedelta(hours=hours)
        numbers = [view.number for view in queries.clauses_in_force(market="", at=at)]
        assert numbers == [sum(1 for moment in moments if moment <= at)]


@pytest.mark.django_db
def test_clauses_in_force_take_one_query() -> None:
    operations.load_default_taxonomy(actor="test", at=AT)
    with CaptureQueriesContext(
        connection,
    ) as captured:
        queries.clauses_in_force(market="MX", at=AT)
    assert len(captured) == 1


@pytest.mark.django_db
def test_tree_takes_three_queries_whatever_its_size() -> None:
    make_clause()
    with CaptureQueriesContext(connection) as small:
        queries.policy_tree("en", at=AT)
    operations.load_default_taxonomy(actor="test", at=AT)
    with CaptureQueriesContext(connection) as large:
        queries.policy_tree("es", at=AT)
    assert (len(small), len(large)) == (3, 3)


@pytest.mark.django_db
def test_tree_reads_in_language_and_falls_back_on_english() -> None:
    clause = make_clause()
    publish(clause)
    operations.create_policy(
        code="IPR-A", name={"en": "Fakes"}, severity="major", parent=clause.policy, actor="test", at=AT
    )
    (node,) = queries.policy_tree("es", at=AT)
    assert (node.name, node.clauses[0].title, node.children[0].name) == ("Propiedad intelectual", "Fakes", "Fakes")
    assert (node.missing_count, node.clauses[0].missing_languages) == (1, ("es",))
    assert queries.find_policy((node,), "IPR-A") == node.children[0]
    assert queries.find_policy((node,), "ZZZ") is None


@pytest.mark.django_db
def test_proposed_versions_are_counted_apart() -> None:
    clause = make_clause()
    publish(clause)
    publish(clause, begins=LATER)
    publish(clause, market="MX", begins=LATER)
    (before,), (after,) = (queries.policy_tree("en", at=at)[0].clauses for at in (AT, LATER))
    assert (len(before.in_force), before.proposed_count) == (1, 2)
    assert (len(after.in_force), after.proposed_count) == (2, 0)


@pytest.mark.django_db
def test_names_and_clauses_are_found_by_code() -> None:
    clause = make_clause()
    operations.retire_policy(policy=clause.policy, actor="test", at=AT)
    assert queries.policy_names("es") == {"IPR": "Propiedad intelectual"}
    assert queries.clause_policies() == {"IPR-1": "IPR"}
    assert queries.graphic_policies() == frozenset()


def test_texts_are_compared_word_by_word() -> None:
    assert queries.compare_texts("No live animals are sold", "No live birds or fish are sold here") == (
        Piece(kind="same", text="No live"),
        Piece(kind="gone", text="animals"),
        Piece(kind="new", text="birds or fish"),
        Piece(kind="same", text="are sold"),
        Piece(kind="new", text="here"),
    )


@pytest.mark.parametrize(("older", "newer", "kinds"), [("", "", []), ("", "a", ["new"]), ("a", "", ["gone"])])
def test_empty_texts_are_compared_too(older: str, newer: str, kinds: list[str]) -> None:
    assert [piece.kind for piece in queries.compare_texts(older, newer)] == kinds
