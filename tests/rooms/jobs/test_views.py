import pytest

from assay.rooms.jobs import operations
from assay.rooms.jobs.models import Job
from assay.rooms.jobs.terms import JobState
from assay.rooms.organisation.terms import Role
from tests.factories import NOW, world
from tests.web.browsers import browser

pytestmark = pytest.mark.django_db


@pytest.fixture
def here():
    return world()


@pytest.fixture
def job(here):
    return operations.enqueue(
        "jobs.none", payload={}, at=NOW, requested_by=here.person(Role.QA_LEAD, "mexico"), unit=here.mexico
    )


def _page(client, job, **changes):
    Job.objects.filter(pk=job.pk).update(**changes)
    return client.get(f"/jobs/{job.pk}").content.decode()


@pytest.fixture
def client(here):
    return browser(here.person(Role.QA_LEAD, "mexico"))


@pytest.mark.parametrize("state", [JobState.WAITING, JobState.RUNNING])
def test_open_job_asks_again_each_second(client, job, state):
    page = _page(client, job, state=state)
    assert f'id="job-{job.pk}" data-poll="1000" data-from="/jobs/{job.pk}"' in page
    assert "Refresh" in page


@pytest.mark.parametrize("state", [JobState.DONE, JobState.FAILED, JobState.CANCELLED])
def test_ended_job_asks_no_more(client, job, state):
    page = _page(client, job, state=state, ended_at=NOW)
    assert "data-poll" not in page
    assert "Refresh" not in page


def test_progress_is_a_bar_with_its_value(client, job):
    page = _page(client, job, state=JobState.RUNNING, progress=0.25, step="Reading rows")
    assert '<progress value="0.25" max="1"' in page
    assert "Reading rows" in page
    assert "25%" in page


def test_result_is_linked_when_it_has_a_page(client, job):
    page = _page(client, job, state=JobState.DONE, ended_at=NOW, result={"address": "/imports/4"})
    assert '<a class="btn btn-primary" href="/imports/4">Open the result</a>' in page


def test_error_is_shown_as_text(client, job):
    page = _page(client, job, state=JobState.FAILED, ended_at=NOW, error="ValueError: <b>row 4</b>")
    assert "ValueError: &lt;b&gt;row 4&lt;/b&gt;" in page


@pytest.mark.parametrize(
    ("role", "site", "status"),
    [
        (Role.QA_LEAD, "mexico", 200),
        (Role.SITE_LEAD, "mexico", 200),
        (Role.SITE_LEAD, "dublin", 404),
        (Role.QA_LEAD, "dublin", 404),
        (Role.QA_LEAD, "root", 200),
        (Role.ADMINISTRATOR, "dublin", 200),
        (Role.AUDITOR, "mexico", 404),
        (Role.MODERATOR, "mexico", 404),
    ],
)
def test_job_is_seen_by_who_asked_or_looks_after_it(here, job, role, site, status):
    assert browser(here.person(role, site)).get(f"/jobs/{job.pk}").status_code == status


def test_cancelling_ends_the_job(client, job):
    assert client.post(f"/jobs/{job.pk}/cancel")["Location"] == f"/jobs/{job.pk}"
    assert Job.objects.get(pk=job.pk).state == JobState.CANCELLED


def test_ended_job_cannot_be_cancelled(client, job):
    _page(client, job, state=JobState.DONE, ended_at=NOW)
    answer = client.post(f"/jobs/{job.pk}/cancel")
    assert answer.status_code == 409
    assert "This job has already ended." in answer.content.decode()


def test_who_may_only_look_cannot_cancel(here, job):
    assert browser(here.person(Role.SITE_LEAD, "mexico")).post(f"/jobs/{job.pk}/cancel").status_code == 404


def test_missing_job_looks_absent(client):
    assert client.get("/jobs/999999").status_code == 404
