"""The health page, and the address that a load balancer asks."""

from __future__ import annotations

import platform

import django
import duckdb
from django.conf import settings
from django.db import connection
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_GET

import assay
from assay.rooms.jobs.labels import STATES, kind_label
from assay.rooms.jobs.models import Job
from assay.rooms.jobs.terms import JobState
from assay.rooms.organisation.access import requires
from assay.rooms.organisation.terms import Permission

from .doctor import findings, worst

JOBS_SHOWN = 20


@require_GET
def alive(request: HttpRequest) -> HttpResponse:
    """Answer in a word whether the server and its database answer."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
    return HttpResponse("ok", content_type="text/plain")


@requires(Permission.HEALTH_VIEW)
@require_GET
def health(request: HttpRequest) -> HttpResponse:
    """Show what the checks find, the versions in use and the latest jobs."""
    found = findings(at=timezone.now())
    facts = {
        "findings": found,
        "worst": worst(found),
        "versions": (
            ("Assay", assay.__version__),
            ("Python", platform.python_version()),
            ("Django", django.get_version()),
            ("DuckDB", duckdb.__version__),
            (connection.display_name, _database_version()),
        ),
        "home": settings.HOME,
        "jobs": [
            (job, kind_label(job.kind), STATES[JobState(job.state)])
            for job in Job.objects.select_related("requested_by").order_by("-pk")[:JOBS_SHOWN]
        ],
    }
    return render(request, "health.html", facts)


def _database_version() -> str:
    return ".".join(str(part) for part in connection.get_database_version())
