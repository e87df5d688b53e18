import pytest
from django.db import DatabaseError, connection, transaction

from assay.rooms.audit import operations, queries
from assay.rooms.audit.models import Entry
from assay.rooms.audit.rules import BadEntry
from tests.factories import NOW

pytestmark = pytest.mark.django_db


def write(count: int) -> None:
    for number in range(count):
        operations.record("tests.happened", actor="tests", subject=f"thing:{number}", at=NOW, facts={"n": number})


def test_entries_are_chained_and_hold():
    write(5)
    assert list(Entry.objects.values_list("sequence", flat=True)) == [1, 2, 3, 4, 5]
    assert queries.first_bad_entry() is None


def test_head_is_the_newest_entry():
    write(2)
    assert queries.head() == queries.Head(sequence=2, hash=Entry.objects.get(sequence=2).hash)


@pytest.mark.parametrize("statement", ["UPDATE audit_entry SET actor = 'x'", "DELETE FROM audit_entry"])
def test_database_refuses_to_change_the_past(statement: str):
    write(1)
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)
    assert queries.first_bad_entry() is None


def test_orm_refuses_to_change_the_past():
    write(1)
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
        Entry.objects.update(kind="forged")
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
        Entry.objects.all().delete()


def test_forged_entry_is_named():
    write(3)
    Entry.objects.create(
        sequence=4, at=NOW, kind="forged", actor="x", subject="x", facts="{}", previous_hash="0" * 64, hash="f" * 64
    )
    assert queries.first_bad_entry() == BadEntry(sequence=4, reason="not_linked")


def test_entry_before_the_first_is_named():
    write(1)
    Entry.objects.create(
        sequence=0, at=NOW, kind="forged", actor="x", subject="x", facts="{}", previous_hash="0" * 64, hash="f" * 64
    )
    assert queries.first_bad_entry() == BadEntry(sequence=0, reason="inserted")


def test_entry_vanishes_with_its_transaction():
    class Undone(Exception):
        pass

    def write_then_fail() -> None:
        with transaction.atomic():
            write(1)
            raise Undone

    with pytest.raises(Undone):
        write_then_fail()
    assert Entry.objects.count() == 0
