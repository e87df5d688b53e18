"""The page of one job: how far it is, how it ended."""

from __future__ import annotations

from typing import cast

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from assay.rooms.organisation.access import access_of, can
from assay.rooms.organisation.models import Person
from assay.rooms.organisation.terms import Permission

from . import operations
from .labels import STATES, kind_label
from .models import Job
from .terms import JobState


@login_required
@require_GET
def job(request: HttpRequest, pk: int) -> HttpResponse:
    """Show a job to whoever asked for it, or looks after the place or the machine it runs on."""
    found = _found(cast(Person, request.user), pk)
    facts = {
        "job": found,
        "kind": kind_label(found.kind),
        "state": STATES[JobState(found.state)],
        "address": _result_address(found),
    }
    return render(request, "jobs/job.html", facts)


@login_required
@require_POST
def cancel(request: HttpRequest, pk: int) -> HttpResponse:
    """Stop a job: for whoever asked for it, or an administrator."""
    person = cast(Person, request.user)
    found = _found(person, pk)
    if found.requested_by_id != person.pk and not can(person, Permission.HEALTH_VIEW):
        raise Http404
    operations.cancel(job_id=found.pk, actor=person, at=timezone.now())
    messages.success(request, _("Cancelled. Nothing of it was kept half done."))
    return redirect("job", pk=pk)


def _found(person: Person, pk: int) -> Job:
    found = get_object_or_404(Job.objects.select_related("requested_by", "unit"), pk=pk)
    is_own = found.requested_by_id == person.pk
    is_near = found.unit is not None and access_of(person, Permission.IMPORTS_VIEW).covers(found.unit.path)
    if not (is_own or is_near or can(person, Permission.HEALTH_VIEW)):
        raise Http404
    return found


def _result_address(found: Job) -> str:
    """Find the page of what the job made, if its result names one."""
    address = (found.result or {}).get("address", "")
    return address if isinstance(address, str) and address.startswith("/") else ""
