"""People, their roles and what they may judge."""

from __future__ import annotations

from typing import Any, cast

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import Q, QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from assay.rooms.organisation import operations, queries
from assay.rooms.organisation.access import Access, can, requires
from assay.rooms.organisation.forms import DeactivationForm, PersonForm, QualificationForm, RoleForm
from assay.rooms.organisation.labels import QUALIFICATION_KINDS, ROLES
from assay.rooms.organisation.models import Membership, Person
from assay.rooms.organisation.refusals import Refusal
from assay.rooms.organisation.terms import Permission, QualificationKind, Role

from .forms_and_refusals import add_refusal

PAGE_SIZE = 50
STATES = {"active": gettext_noop("Active"), "inactive": gettext_noop("Deactivated")}


@requires(Permission.ORGANISATION_VIEW)
@require_GET
def people(request: HttpRequest) -> HttpResponse:
    """List the people within the viewer's places."""
    access = _access(request)
    chosen = {name: request.GET.get(name, "") for name in ("q", "unit", "role", "state")}
    found = _filtered(queries.people_within(access), access, chosen)
    page = Paginator(found.prefetch_related("memberships__unit"), PAGE_SIZE).get_page(request.GET.get("page"))
    rows = [(person, _role_names(person)) for person in page]
    facts = {
        "rows": rows,
        "page_obj": page,
        "chosen": chosen,
        "is_filtered": any(chosen.values()),
        "units": access.units(),
        "roles": ROLES,
        "states": [(state, _(label)) for state, label in STATES.items()],
        "may_edit": can(access.person, Permission.ORGANISATION_EDIT),
    }
    return render(request, "organisation/people.html", facts)


@requires(Permission.ORGANISATION_EDIT)
@sensitive_post_parameters("password")
@require_http_methods(["GET", "POST"])
def new_person(request: HttpRequest) -> HttpResponse:
    """Add a person."""
    access = _access(request)
    form = PersonForm(request.POST or None, access=access)
    if request.method == "POST" and form.is_valid():
        try:
            made = operations.create_person(**form.cleaned_data, actor=access.person, at=timezone.now())
        except Refusal as refusal:
            add_refusal(form, refusal)
        else:
            messages.success(request, _("Person added. Grant a role so that they can work."))
            return redirect("admin_person", pseudonym=made.pseudonym)
    return render(request, "organisation/new_person.html", {"form": form}, status=_status(form))


@requires(Permission.ORGANISATION_VIEW)
@require_GET
def person(request: HttpRequest, pseudonym: str) -> HttpResponse:
    """Show one person."""
    return _person_page(request, _found(_access(request), pseudonym))


@requires(Permission.ORGANISATION_EDIT)
@require_POST
def grant_role(request: HttpRequest, pseudonym: str) -> HttpResponse:
    """Grant a role at a place the viewer manages."""
    access = _access(request)
    found = _found(access, pseudonym)
    form = RoleForm(request.POST, access=access)
    if not form.is_valid():
        return _person_page(request, found, role_form=form)
    operations.grant_role(
        person=found,
        role=Role(form.cleaned_data["role"]),
        unit=form.cleaned_data["unit"],
        actor=access.person,
        at=timezone.now(),
    )
    messages.success(request, _("Role granted."))
    return redirect("admin_person", pseudonym=pseudonym)


@requires(Permission.ORGANISATION_EDIT)
@require_POST
def end_role(request: HttpRequest, pseudonym: str, pk: int) -> HttpResponse:
    """End a role at a place the viewer manages."""
    access = _access(request)
    found = _found(access, pseudonym)
    membership = get_object_or_404(
        found.memberships.select_related("unit", "person"), pk=pk, ended_at__isnull=True, unit__in=access.units()
    )
    operations.end_role(membership=membership, actor=access.person, at=timezone.now())
    messages.success(request, _("Role ended. It can be granted again."))
    return redirect("admin_person", pseudonym=pseudonym)


@requires(Permission.ORGANISATION_EDIT)
@require_POST
def qualify(request: HttpRequest, pseudonym: str) -> HttpResponse:
    """Record a language or a policy that a person may judge."""
    access = _access(request)
    found = _found(access, pseudonym)
    form = QualificationForm(request.POST)
    if not form.is_valid():
        return _person_page(request, found, qualification_form=form)
    operations.qualify(
        person=found,
        kind=QualificationKind(form.cleaned_data["kind"]),
        code=form.cleaned_data["code"],
        actor=access.person,
        at=timezone.now(),
    )
    messages.success(request, _("Qualification recorded."))
    return redirect("admin_person", pseudonym=pseudonym)


@requires(Permission.ORGANISATION_EDIT)
@require_POST
def deactivate(request: HttpRequest, pseudonym: str) -> HttpResponse:
    """Shut a person out."""
    access = _access(request)
    found = _found(access, pseudonym)
    if found == access.person:
        raise Refusal(
            "organisation.own_account",
            gettext_noop("Your own account cannot be deactivated by yourself; ask another administrator."),
        )
    form = DeactivationForm(request.POST, pseudonym=pseudonym)
    if not form.is_valid():
        return _person_page(request, found, deactivation_form=form)
    operations.deactivate_person(person=found, actor=access.person, at=timezone.now())
    messages.success(request, _("Person deactivated. What they did stays in every figure."))
    return redirect("admin_person", pseudonym=pseudonym)


def _access(request: HttpRequest) -> Access:
    return cast(Access, request.access)  # type: ignore[attr-defined]


def _found(access: Access, pseudonym: str) -> Person:
    """Find a person at home within the viewer's places; anybody else looks absent."""
    return get_object_or_404(queries.people_within(access), pseudonym=pseudonym)


def _filtered(found: QuerySet[Person], access: Access, chosen: dict[str, str]) -> QuerySet[Person]:
    if chosen["q"]:
        word = chosen["q"]
        found = found.filter(Q(pseudonym__icontains=word) | Q(name__icontains=word) | Q(login__icontains=word))
    if chosen["unit"]:
        unit = access.units().filter(code=chosen["unit"]).first()
        if unit is None:
            raise _unknown("unit", chosen["unit"])
        found = found.filter(home__path__startswith=unit.path)
    if chosen["role"]:
        if chosen["role"] not in set(Role):
            raise _unknown("role", chosen["role"])
        held = Membership.objects.filter(role=chosen["role"], ended_at__isnull=True)
        found = found.filter(pk__in=held.values("person"))
    if chosen["state"]:
        if chosen["state"] not in STATES:
            raise _unknown("state", chosen["state"])
        found = found.filter(is_active=chosen["state"] == "active")
    return found


def _unknown(name: str, value: str) -> Refusal:
    return Refusal(
        "request.unknown_value",
        gettext_noop("The filter “{name}” does not know “{value}”. Choose one of the list."),
        facts={"name": name, "value": value},
        status=400,
    )


def _role_names(found: Person) -> list[str]:
    return [str(ROLES[Role(m.role)]) for m in found.memberships.all() if m.ended_at is None]


def _person_page(request: HttpRequest, found: Person, **forms: Any) -> HttpResponse:
    access = _access(request)
    may_edit = can(access.person, Permission.ORGANISATION_EDIT)
    facts = {
        "found": found,
        "memberships": [
            (membership, ROLES[Role(membership.role)], access.covers(membership.unit.path))
            for membership in queries.open_memberships(found)
        ],
        "qualifications": [
            (QUALIFICATION_KINDS[QualificationKind(q.kind)], q)
            for q in found.qualifications.valid_at(timezone.now()).order_by("kind", "code")
        ],
        "may_edit": may_edit,
        "role_form": RoleForm(access=access),
        "qualification_form": QualificationForm(),
        "deactivation_form": DeactivationForm(pseudonym=found.pseudonym),
        **forms,
    }
    if not may_edit and forms:
        raise Http404
    status = 422 if forms else 200
    return render(request, "organisation/person.html", facts, status=status)


def _status(form: Any) -> int:
    return 422 if form.is_bound else 200
