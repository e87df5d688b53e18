"""The API: the pages' facts under the pages' names."""

from __future__ import annotations

from datetime import timedelta

from django.test import Client
from django.utils import timezone

from assay.rooms.organisation import operations as organisation
from assay.rooms.organisation.terms import Permission, Role
from assay.rooms.quality.measures import MEASURES
from assay.rooms.quality.queries.estimates import estimate_by
from assay.rooms.quality.queries.reviewed import reviewed, select
from assay.rooms.quality.terms import Cut, Filters, Weight
from tests import factories


def test_measures_are_listed_with_definitions(client: Client, world: factories.World) -> None:
    client.force_login(world.person(Role.TRAINER, "root"))
    listed = client.get("/api/quality/measures").json()
    assert [one["measure"] for one in listed] == [str(code) for code in MEASURES]
    assert all(one["definition"] and one["formula"] for one in listed)


def test_estimates_equal_the_pages(client: Client, two_plans: factories.World) -> None:
    client.force_login(two_plans.person(Role.QA_LEAD, "root"))
    period = "from=2026-03-02&to=2026-04-26"
    answer = client.get(f"/api/quality/estimates?measure=error_rate&by=site&{period}&compare=0").json()
    selection = select(reviewed(), sites=None, filters=Filters())
    expected = estimate_by(selection, MEASURES["error_rate"], (Cut.SITE,), weight=Weight.DECISIONS)
    assert [(f["group"]["site"], f["value"], f["n"]) for f in answer["figures"]] == [
        (f.group[0], f.value, f.n) for f in expected
    ]
    assert [f["interval"]["low"] for f in answer["figures"]] == [f.interval.low for f in expected if f.interval]


def test_comparison_comes_with_its_interval(client: Client, two_plans: factories.World) -> None:
    client.force_login(two_plans.person(Role.QA_LEAD, "root"))
    (figure,) = client.get("/api/quality/estimates?measure=decision_accuracy").json()["figures"]
    assert figure["difference"] == figure["value"] - figure["before"]["value"]
    low, high = figure["difference_interval"]["low"], figure["difference_interval"]["high"]
    assert low < figure["difference"] < high
    assert figure["difference_interval"]["method"] == "newcombe"


def test_api_answers_within_own_site(client: Client, two_plans: factories.World) -> None:
    client.force_login(two_plans.person(Role.SITE_LEAD, "dublin"))
    answer = client.get("/api/quality/estimates?measure=error_rate&by=site").json()
    assert [figure["group"]["site"] for figure in answer["figures"]] == ["dublin"]
    assert client.get("/api/quality/estimates?measure=error_rate&site=mexico").status_code == 404


def test_token_is_narrower_than_its_owner(client: Client, two_plans: factories.World) -> None:
    now = timezone.now()
    _, plain = organisation.create_token(
        person=two_plans.person(Role.QA_LEAD, "root"),
        name="figures",
        scopes=[Permission.QUALITY_VIEW],
        unit=two_plans.mexico,
        expires_at=now + timedelta(days=1),
        at=now,
    )
    answer = client.get(
        "/api/quality/estimates?measure=error_rate&by=site", headers={"Authorization": f"Bearer {plain}"}
    ).json()
    assert [figure["group"]["site"] for figure in answer["figures"]] == ["mexico"]


def test_unknown_measure_is_refused_with_code(client: Client, two_plans: factories.World) -> None:
    client.force_login(two_plans.person(Role.QA_LEAD, "root"))
    answer = client.get("/api/quality/estimates?measure=luck")
    assert answer.status_code == 400
    assert answer.json()["code"] == "quality.unknown_value"


def test_auditor_gets_no_figures(client: Client, two_plans: factories.World) -> None:
    client.force_login(two_plans.person(Role.AUDITOR, "root"))
    assert client.get("/api/quality/estimates?measure=error_rate").status_code == 403
    client.logout()
    assert client.get("/api/quality/measures").status_code == 401
