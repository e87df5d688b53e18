"""One small demonstration is built and looked at from all sides: it takes seconds, so it is built once."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from django.contrib.auth import authenticate
from django.db.models import Count

from assay.rooms.audit import queries as audit
from assay.rooms.audit.models import Entry
from assay.rooms.decisions import queries as decisions
from assay.rooms.decisions.models import ImportRun
from assay.rooms.demo import build, score
from assay.rooms.demo.build import Built, Size
from assay.rooms.demo.terms import Recipe
from assay.rooms.organisation.models import Person, Unit
from assay.rooms.organisation.refusals import Refusal
from assay.rooms.organisation.terms import Role, UnitKind
from assay.rooms.policies import queries as policies
from assay.rooms.reviews.models import Settlement, Task, Verdict
from assay.rooms.reviews.terms import Round, SettledBy, TaskState
from assay.rooms.sampling.models import Plan, SampledDecision

NOW = datetime(2026, 6, 10, 9, 30, tzinfo=UTC)
RECIPE = Recipe(seed=1, decisions=20_000, weeks=6, ends_on=build.last_day(NOW))
SIZE = Size(reviews_per_round=190, live_reviews=110, doubles_share=0.15, bands=2)


@pytest.fixture
def built(db: None, settings: object, tmp_path: Path) -> Iterator[Built]:
    settings.HOME = tmp_path  # type: ignore[attr-defined]
    told = list[str]()
    yield build.build(recipe=RECIPE, size=SIZE, now=NOW, tell=told.append)
    assert len(told) == 2 + len(build.spans(RECIPE))


def test_the_whole_demonstration_stands(built: Built, tmp_path: Path) -> None:
    _check_places()
    _check_log(built)
    _check_reviews(built)
    _check_policies()
    _check_trail()
    _check_sign_in(tmp_path)
    _check_score()
    with pytest.raises(Refusal, match="There is data in"):
        build.check_empty()


def _check_places() -> None:
    kinds = dict(Unit.objects.values_list("kind").annotate(n=Count("pk")))
    assert (kinds[UnitKind.SITE], kinds[UnitKind.REGION], kinds[UnitKind.TEAM]) == (8, 4, 24)
    assert Unit.objects.filter(code="mexico-city", zone="America/Mexico_City").exists()
    roles = dict(Person.objects.values_list("memberships__role").annotate(n=Count("pk")))
    assert roles[Role.MODERATOR] >= 120
    assert roles[Role.AUDITOR] >= 12
    assert set(roles) == set(Role)


def _check_log(built: Built) -> None:
    rows = decisions.decision_store().query("SELECT count(*) AS n, count(DISTINCT decision_key) AS keys FROM {log}")
    assert rows.to_pylist() == [{"n": RECIPE.decisions, "keys": RECIPE.decisions}]
    assert (built.decisions, built.refused) == (RECIPE.decisions, 37)
    resent = ImportRun.objects.get(file_name="console-resent.csv")
    assert (resent.accepted, resent.refused, resent.rows_in) == (0, 37, 240)
    assert resent.refusal_groups.count() >= 5


def _check_reviews(built: Built) -> None:
    assert Plan.objects.count() == built.plans == len(build.spans(RECIPE))
    assert Verdict.objects.count() == built.verdicts
    live = Plan.objects.get(code=f"R{built.plans:02d}")
    open_tasks = Task.objects.filter(state=TaskState.OPEN).exclude(round=Round.ADJUDICATION)
    assert set(open_tasks.values_list("plan__code", flat=True)) == {live.code}
    finished = SampledDecision.objects.exclude(plan=live)
    assert finished.filter(settlement__isnull=True).count() == 0
    assert set(Settlement.objects.values_list("settled_by", flat=True)) == set(SettledBy)
    assert not Verdict.objects.filter(submitted_at__gt=NOW).exists()


def _check_policies() -> None:
    used = decisions.decision_store().query("SELECT DISTINCT policy FROM {log} WHERE policy IS NOT NULL")
    assert len(used) >= 12
    tree = policies.policy_tree("es", at=NOW)
    assert sum(node.missing_count for node in tree) >= 1
    assert any(clause.proposed_count for node in tree for clause in node.clauses)
    assert any(version.market == "MX" for node in tree for clause in node.clauses for version in clause.in_force)


def _check_trail() -> None:
    assert audit.first_bad_entry() is None
    moments = list(Entry.objects.order_by("sequence").values_list("at", flat=True))
    assert moments == sorted(moments)
    assert moments[-1] <= NOW
    assert moments[-1] - moments[0] > timedelta(weeks=RECIPE.weeks)


def _check_sign_in(home: Path) -> None:
    letter = json.loads((home / build.LETTER).read_text())
    assert {person["role"] for person in letter["people"]} == set(Role)
    assert all(authenticate(username=p["login"], password=letter["password"]) for p in letter["people"][:2])
    assert {p["login"] for p in letter["people"]} <= set(Person.objects.values_list("login", flat=True))


def _check_score() -> None:
    findings = score.score(score.read_truth())
    assert [finding.name for finding in findings] == [
        "late_clause", "new_hires", "rule_version", "auditor_drift", "mix_shift", "leaked_gold",
    ]  # fmt: skip
    # The log's own truths show even in a small log; the reviewed ones need more reviews than this.
    assert {f.name for f in findings if f.is_found} >= {"mix_shift", "leaked_gold"}


@pytest.mark.parametrize(
    ("weeks", "lengths"), [(6, [4, 1, 1]), (8, [4, 1, 1, 1, 1]), (9, [4, 4, 1]), (26, [4, 4, 4, 4, 4, 4, 1, 1])]
)
def test_last_week_is_a_round_of_its_own(weeks: int, lengths: list[int]) -> None:
    spans = build.spans(Recipe(decisions=10, weeks=weeks, ends_on=NOW.date()))
    assert [span.end - span.first for span in spans] == lengths
    assert (spans[0].first, spans[-1].end) == (0, weeks)


def test_a_home_that_is_not_a_demonstration_is_left_alone(settings: object, tmp_path: Path) -> None:
    settings.HOME = tmp_path  # type: ignore[attr-defined]
    build.clear_home()
    (tmp_path / "assay.sqlite3").write_text("precious")
    with pytest.raises(Refusal, match="was not made by the demonstration"):
        build.clear_home()
    assert (tmp_path / "assay.sqlite3").read_text() == "precious"
    (tmp_path / build.LETTER).write_text("{}")
    build.clear_home()
    assert list(tmp_path.iterdir()) == []


def test_score_without_a_demonstration_says_how_to_build_one(settings: object, tmp_path: Path) -> None:
    settings.HOME = tmp_path  # type: ignore[attr-defined]
    with pytest.raises(Refusal, match="Build one with"):
        score.read_truth()
