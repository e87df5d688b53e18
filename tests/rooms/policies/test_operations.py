from datetime import UTC, datetime, timedelta

import pytest

from assay.rooms.audit.models import Entry
from assay.rooms.organisation.refusals import Refusal
from assay.rooms.policies import operations, queries
from assay.rooms.policies.models import Clause, ClauseVersion, Policy

pytestmark = pytest.mark.django_db
AT = datetime(2026, 5, 4, 12, tzinfo=UTC)
LATER = AT + timedelta(days=30)


def make_clause(*, code: str = "IPR", at: datetime = AT) -> Clause:
    policy = operations.create_policy(
        code=code, name={"en": "Intellectual property", "es": "Propiedad intelectual"}, severity="major",
        dsa_category="INTELLECTUAL_PROPERTY_INFRINGEMENTS", actor="test", at=at,
    )  # fmt: skip
    return operations.create_clause(policy=policy, code=f"{code}-1", title={"en": "Fakes"}, actor="test", at=at)


def publish(clause: Clause, *, market: str = "", begins: datetime = AT, at: datetime = AT, text: str = "No fakes."):
    return operations.publish_version(
        clause=clause, text={"en": text}, severity="major", effective_from=begins, market=market, actor="test", at=at
    )


def test_policy_is_created_with_one_audit_entry() -> None:
    policy = make_clause().policy
    assert (policy.name["es"], policy.severity, policy.position) == ("Propiedad intelectual", "major", 10)
    assert list(Entry.objects.values_list("kind", "subject")) == [
        ("policies.policy_created", "policy:IPR"),
        ("policies.clause_created", "clause:IPR-1"),
    ]


def test_taken_codes_are_refused() -> None:
    clause = make_clause()
    with pytest.raises(Refusal, match="The code IPR is in use already"):
        make_clause()
    with pytest.raises(Refusal, match="The code IPR-1 is in use already"):
        operations.create_clause(policy=clause.policy, code="IPR-1", title={"en": "x"}, actor="test", at=AT)


def test_unknown_severity_and_category_are_refused() -> None:
    with pytest.raises(Refusal, match="not a severity"):
        operations.create_policy(code="X", name={"en": "X"}, severity="huge", actor="test", at=AT)
    with pytest.raises(Refusal, match="not a DSA statement category"):
        operations.create_policy(code="X", name={"en": "X"}, severity="minor", dsa_category="TOYS", actor="test", at=AT)
    assert Entry.objects.count() == 0


def test_edit_records_before_and_after() -> None:
    policy = make_clause().policy
    operations.edit_policy(policy=policy, name={"en": "IP"}, severity="minor", actor="test", at=LATER)
    policy.refresh_from_db()
    facts = Entry.objects.get(kind="policies.policy_edited").facts
    assert (policy.name, policy.severity) == ({"en": "IP"}, "minor")
    assert '"before":{' in facts.replace(" ", "")


def test_next_version_ends_the_one_before() -> None:
    clause = make_clause()
    first, second = publish(clause), publish(clause, begins=LATER)
    first.refresh_from_db()
    assert (first.effective_until, second.number, second.effective_until) == (LATER, 2, None)


def test_markets_have_versions_of_their_own() -> None:
    clause = make_clause()
    publish(clause)
    mexican = publish(clause, market="MX", begins=LATER, text="No fakes, said in Mexico.")
    assert mexican.number == 1
    assert ClauseVersion.objects.filter(effective_until__isnull=True).count() == 2


def test_versions_of_a_clause_never_overlap() -> None:
    clause = make_clause()
    publish(clause)
    publish(clause, begins=LATER)
    with pytest.raises(Refusal, match="Version 2 begins on 2026-06-03 12:00 UTC"):
        publish(clause, begins=LATER - timedelta(days=1))
    assert clause.versions.count() == 2


def test_version_before_now_is_refused() -> None:
    clause = make_clause()
    publish(clause)
    with pytest.raises(Refusal) as refusal:
        publish(clause, market="MX", begins=AT, at=LATER)
    assert (refusal.value.code, refusal.value.field) == ("policies.version_in_past", "effective_from")


def test_version_without_english_is_refused() -> None:
    with pytest.raises(Refusal, match="English text is missing"):
        operations.publish_version(
            clause=make_clause(), text={"es": "Nada falso."}, severity="major", effective_from=AT, actor="t", at=AT
        )


def test_retired_policy_takes_no_version_and_leaves_force() -> None:
    clause = make_clause()
    publish(clause)
    operations.retire_policy(policy=clause.policy, actor="test", at=LATER)
    with pytest.raises(Refusal, match="was retired on 2026-06-03"):
        publish(clause, begins=LATER, at=LATER)
    assert len(queries.clauses_in_force(market="", at=LATER - timedelta(seconds=1))) == 1
    assert queries.clauses_in_force(market="", at=LATER) == ()


def test_policy_is_retired_after_its_children() -> None:
    parent = make_clause().policy
    child = operations.create_policy(
        code="IPR-A", name={"en": "Fakes"}, severity="major", parent=parent, actor="test", at=AT
    )
    with pytest.raises(Refusal, match="policies IPR-A below IPR are still in use"):
        operations.retire_policy(policy=parent, actor="test", at=AT)
    operations.retire_policy(policy=child, actor="test", at=AT)
    operations.retire_policy(policy=parent, actor="test", at=AT)
    assert Policy.objects.filter(retired_at__isnull=True).count() == 0


def test_default_taxonomy_loads_once_in_both_languages() -> None:
    made = operations.load_default_taxonomy(actor="test", at=AT)
    again = operations.load_default_taxonomy(actor="test", at=LATER)
    views = queries.clauses_in_force(market="MX", at=AT)
    assert (len(made), len(again), len(views)) == (20, 0, 49)
    assert [
        v.code for v in views if set(v.text) & set(v.breach) & set(v.no_breach) & set(v.title) != {"en", "es"}
    ] == []


def test_default_taxonomy_leaves_existing_policies() -> None:
    make_clause()
    operations.load_default_taxonomy(actor="test", at=AT)
    assert Policy.objects.get(code="IPR").clauses.count() == 1
    assert Policy.objects.count() == 20
