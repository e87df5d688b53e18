"""Changing: new policies and lines, versions published, policies retired."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from assay.rooms.organisation.access import requires
from assay.rooms.organisation.refusals import Refusal
from assay.rooms.organisation.terms import Permission
from assay.rooms.policies import operations
from assay.rooms.policies.forms import ClauseForm, NewPolicyForm, PolicyForm, RetireForm, VersionForm
from assay.rooms.policies.models import Clause, Policy
from assay.rooms.policies.terms import LANGUAGES

from .reading import access_of, find

_get_or_post = require_http_methods(["GET", "POST"])


@requires(Permission.POLICIES_EDIT)
@_get_or_post
def new_policy(request: HttpRequest) -> HttpResponse:
    """Add a policy."""
    form = NewPolicyForm(request.POST or None)

    def write() -> Policy:
        parent = form.cleaned_data["parent"]
        return operations.create_policy(
            code=form.cleaned_data["code"].strip(),
            parent=Policy.objects.get(code=parent) if parent else None,
            **_policy_facts(form),
            actor=access_of(request).person,
            at=timezone.now(),
        )

    made = _written(form, write)
    if made is not None:
        messages.success(request, _("Policy added. Now add its lines."))
        return redirect("policy", code=made.code)
    heading = _("Add a policy")
    return _page(request, form, heading=heading, action=_("Add policy"), back="")


@requires(Permission.POLICIES_EDIT)
@_get_or_post
def edit_policy(request: HttpRequest, code: str) -> HttpResponse:
    """Change how a policy is named and classed."""
    found = get_object_or_404(Policy, code=code)
    form = PolicyForm(request.POST or None, initial=_policy_initial(found))
    write = lambda: operations.edit_policy(  # noqa: E731
        policy=found, **_policy_facts(form), actor=access_of(request).person, at=timezone.now()
    )
    if _written(form, write) is not None:
        messages.success(request, _("Policy saved."))
        return redirect("policy", code=code)
    heading = _("Edit policy {code}").format(code=code)
    return _page(request, form, heading=heading, action=_("Save policy"), back=code)


@requires(Permission.POLICIES_EDIT)
@_get_or_post
def retire_policy(request: HttpRequest, code: str) -> HttpResponse:
    """End the use of a policy, once its code was typed."""
    found = get_object_or_404(Policy, code=code)
    form = RetireForm(request.POST or None, code=code)
    write = lambda: operations.retire_policy(  # noqa: E731
        policy=found, actor=access_of(request).person, at=timezone.now()
    )
    if _written(form, write) is not None:
        messages.success(request, _("Policy retired. Decisions made before today keep their line."))
        return redirect("policy", code=code)
    heading = _("Retire policy {code}").format(code=code)
    note = _("From now on none of its lines can be cited. This cannot be undone.")
    return _page(request, form, heading=heading, action=_("Retire policy"), back=code, note=note, is_danger=True)


@requires(Permission.POLICIES_EDIT)
@_get_or_post
def new_clause(request: HttpRequest, code: str) -> HttpResponse:
    """Add a line to a policy."""
    found = get_object_or_404(Policy, code=code)
    suggested = f"{code}-{found.clauses.count() + 1}"
    form = ClauseForm(request.POST or None, initial={"code": suggested})
    made = _written(
        form,
        lambda: operations.create_clause(
            policy=found,
            code=form.cleaned_data["code"].strip(),
            title=form.texts("title"),
            actor=access_of(request).person,
            at=timezone.now(),
        ),
    )
    if made is not None:
        messages.success(request, _("Line added. It applies once a version is published."))
        return redirect("version_publish", code=code, clause_code=made.code)
    heading = _("Add a line to {code}").format(code=code)
    return _page(request, form, heading=heading, action=_("Add line"), back=code)


@requires(Permission.POLICIES_EDIT)
@_get_or_post
def publish_version(request: HttpRequest, code: str, clause_code: str) -> HttpResponse:
    """Publish the next version of a line, beginning from the one in force."""
    found = get_object_or_404(Clause.objects.select_related("policy"), code=clause_code, policy__code=code)
    form = VersionForm(request.POST or None, initial=_version_initial(found))

    def write() -> Any:
        now = timezone.now()
        return operations.publish_version(
            clause=found,
            text=form.texts("text"),
            breach=form.texts("breach"),
            no_breach=form.texts("no_breach"),
            severity=form.cleaned_data["severity"],
            market=form.cleaned_data["market"].strip(),
            effective_from=form.cleaned_data["effective_from"] or now,
            reason=form.cleaned_data["reason"],
            actor=access_of(request).person,
            at=now,
        )

    if _written(form, write) is not None:
        messages.success(request, _("Version published."))
        return redirect("clause", code=code, clause_code=clause_code)
    heading = _("Publish a version of {code}").format(code=clause_code)
    note = _("The version before ends when this one begins. Decisions made earlier are judged by the earlier text.")
    return _page(request, form, heading=heading, action=_("Publish version"), back=code, note=note)


def _written(form: forms.Form, write: Callable[[], Any]) -> Any:
    """Write what a filled form asks for; a refusal goes beside its field and gives None."""
    if not form.is_bound or not form.is_valid():
        return None
    try:
        return write()
    except Refusal as refusal:
        sentence = gettext(refusal.message).format(**refusal.facts)
        place = form.place_of(refusal.field) if hasattr(form, "place_of") else refusal.field
        form.add_error(place if place in form.fields else None, sentence)
        return None


def _page(request: HttpRequest, form: forms.Form, *, back: str, **facts: Any) -> HttpResponse:
    policy = find(back) if back else None
    status = 422 if form.is_bound else 200
    return render(request, "policies/form.html", {"form": form, "policy": policy, **facts}, status=status)


def _policy_facts(form: PolicyForm) -> dict[str, Any]:
    return {
        "name": form.texts("name"),
        "description": form.texts("description"),
        **{name: form.cleaned_data[name] for name in ("severity", "dsa_category", "is_graphic")},
    }


def _policy_initial(policy: Policy) -> dict[str, Any]:
    plain = {name: getattr(policy, name) for name in ("severity", "dsa_category", "is_graphic")}
    return plain | _by_language(name=policy.name, description=policy.description)


def _version_initial(clause: Clause) -> dict[str, Any]:
    version = clause.versions.in_force(at=timezone.now()).filter(market="").first()
    version = version or clause.versions.filter(market="").order_by("-number").first()
    if version is None:
        return {"severity": clause.policy.severity}
    parts = _by_language(text=version.text, breach=version.breach, no_breach=version.no_breach)
    return {"severity": version.severity, **parts}


def _by_language(**parts: dict[str, str]) -> dict[str, str]:
    return {f"{name}_{lang}": texts.get(lang, "") for name, texts in parts.items() for lang in LANGUAGES}
