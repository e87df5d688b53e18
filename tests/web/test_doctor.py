from datetime import timedelta

import pytest
from django.core.management import call_command
from django.utils import timezone

from assay.rooms.audit import queries as audit
from assay.rooms.audit.rules import BadEntry
from assay.rooms.jobs import operations as jobs
from assay.rooms.jobs.models import Job
from assay.rooms.organisation.terms import Role
from assay.web import doctor
from assay.web.doctor import Health
from tests.factories import NOW, world
from tests.web.browsers import browser

pytestmark = pytest.mark.django_db


def _found(name):
    return next(finding for finding in doctor.findings(at=timezone.now()) if finding.name == name)


def test_new_installation_is_in_order():
    found = {finding.name: finding.health for finding in doctor.findings(at=timezone.now())}
    assert {name for name, health in found.items() if health is not Health.OK} <= {"free_space"}
    assert len(found) == len(doctor.CHECKS)


def test_broken_chain_is_bad(monkeypatch):
    monkeypatch.setattr(audit, "first_bad_entry", lambda: BadEntry(sequence=7, reason="changed"))
    assert _found("audit_chain").told().startswith("The chain does not hold at entry 7.")
    assert _found("audit_chain").health is Health.BAD


def test_job_that_waits_too_long_is_bad():
    jobs.enqueue("jobs.none", payload={}, at=timezone.now() - timedelta(minutes=6))
    assert _found("jobs").told() == "1 job has waited for more than 5 minutes. Check that a worker is running."


def test_job_that_has_just_been_asked_for_is_fine():
    jobs.enqueue("jobs.none", payload={}, at=timezone.now())
    assert _found("jobs").health is Health.OK


def test_failed_job_of_this_week_is_a_warning():
    job = jobs.enqueue("jobs.none", payload={}, at=NOW)
    Job.objects.filter(pk=job.pk).update(state="failed", ended_at=timezone.now())
    assert _found("jobs").health is Health.WARNING


@pytest.mark.parametrize(("free", "health"), [(50, Health.OK), (10, Health.WARNING), (4, Health.BAD)])
def test_free_space_decides(monkeypatch, free, health):
    usage = type("Usage", (), {"total": 100, "free": free})
    monkeypatch.setattr(doctor.shutil, "disk_usage", lambda path: usage)
    assert _found("free_space").health is health


def test_missing_migration_is_bad():
    call_command("migrate", "audit", "0001", fake=True, verbosity=0)
    try:
        assert _found("migrations").health is Health.BAD
    finally:
        call_command("migrate", fake=True, verbosity=0)


def test_failing_check_hides_no_other(monkeypatch):
    def _broken(at):
        raise OSError("no such device")

    monkeypatch.setattr(doctor, "CHECKS", (_broken, *doctor.CHECKS))
    found = doctor.findings(at=timezone.now())
    assert found[0].told() == "The check could not be made: OSError: no such device"
    assert len(found) == len(doctor.CHECKS)


@pytest.mark.parametrize(
    ("parts", "whole"), [([], "ok"), (["ok", "warning"], "warning"), (["bad", "warning", "ok"], "bad")]
)
def test_whole_is_as_bad_as_its_worst_part(parts, whole):
    made = [doctor.Finding(name="x", title="", health=Health(part), sentence="", facts={}) for part in parts]
    assert doctor.worst(made) == whole


def test_health_page_shows_every_check():
    page = browser(world().person(Role.ADMINISTRATOR, "root")).get("/admin/health").content.decode()
    assert page.count("data-check=") == len(doctor.CHECKS)


@pytest.mark.parametrize("role", [role for role in Role if role != Role.ADMINISTRATOR])
def test_health_page_is_for_administrators(role):
    assert browser(world().person(role, "root")).get("/admin/health").status_code == 403
