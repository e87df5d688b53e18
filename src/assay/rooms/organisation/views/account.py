"""One's own account."""

from __future__ import annotations

from typing import Any, cast

from django.contrib import messages
from django.contrib.auth import update_session_auth_hash
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST

from assay.rooms.organisation import operations, queries, signing_in
from assay.rooms.organisation.access import access_of, permissions_held, requires
from assay.rooms.organisation.forms import PasswordForm, SettingsForm, TokenForm
from assay.rooms.organisation.labels import PERMISSIONS, ROLES
from assay.rooms.organisation.models import Person
from assay.rooms.organisation.refusals import Refusal
from assay.rooms.organisation.terms import Permission, Role

from .forms_and_refusals import add_refusal


@login_required
@require_http_methods(["GET", "POST"])
def account(request: HttpRequest) -> HttpResponse:
    """Show one's settings, roles, tokens and sessions; save the settings."""
    person = cast(Person, request.user)
    form = SettingsForm(request.POST or None, initial=_settings_of(person))
    if request.method == "POST" and form.is_valid():
        operations.change_settings(person=person, at=timezone.now(), **form.cleaned_data)
        with translation.override(person.language):
            messages.success(request, _("Settings saved."))
        return redirect("account")
    return _page(request, settings_form=form)


@login_required
@sensitive_post_parameters()
@require_POST
def change_password(request: HttpRequest) -> HttpResponse:
    """Set a new password; other sessions end, this one goes on."""
    person = cast(Person, request.user)
    form = PasswordForm(request.POST, person=person)
    if form.is_valid():
        try:
            operations.change_password(person=person, password=form.cleaned_data["password"], at=timezone.now())
        except Refusal as refusal:
            add_refusal(form, refusal)
        else:
            update_session_auth_hash(request, person)
            messages.success(request, _("Password changed. Other sessions have ended."))
            return redirect("account")
    return _page(request, password_form=form)


@requires(Permission.TOKENS_OWN)
@require_POST
def tokens(request: HttpRequest) -> HttpResponse:
    """Make an API token and show its text this one time."""
    person = cast(Person, request.user)
    form = _token_form(person, request.POST)
    if form.is_valid():
        try:
            _token, text = operations.create_token(
                person=person,
                name=form.cleaned_data["name"],
                scopes=form.cleaned_data["scopes"],
                unit=form.cleaned_data["unit"],
                expires_at=form.expires_at(),
                at=timezone.now(),
            )
        except Refusal as refusal:
            add_refusal(form, refusal)
        else:
            return _page(request, new_token=text)
    return _page(request, token_form=form)


@requires(Permission.TOKENS_OWN)
@require_POST
def revoke_token(request: HttpRequest, pk: int) -> HttpResponse:
    """End one of one's own tokens."""
    person = cast(Person, request.user)
    token = get_object_or_404(person.tokens, pk=pk, revoked_at__isnull=True)
    operations.revoke_token(token=token, actor=person, at=timezone.now())
    messages.success(request, _("Token revoked. Programs that use it are refused from now on."))
    return redirect("account")


@login_required
@require_POST
def end_sessions(request: HttpRequest) -> HttpResponse:
    """Sign out everywhere but here."""
    count = signing_in.end_other_sessions(
        person=cast(Person, request.user), kept_key=request.session.session_key or "", at=timezone.now()
    )
    told = ngettext("%(count)d other session ended.", "%(count)d other sessions ended.", count)
    messages.success(request, told % {"count": count})
    return redirect("account")


def _page(request: HttpRequest, *, new_token: str = "", **forms: Any) -> HttpResponse:
    person = cast(Person, request.user)
    now = timezone.now()
    held = permissions_held(person)
    may_have_tokens = Permission.TOKENS_OWN in held
    facts = {
        "settings_form": SettingsForm(initial=_settings_of(person)),
        "password_form": PasswordForm(person=person),
        "token_form": _token_form(person) if may_have_tokens else None,
        "roles": [(ROLES[Role(m.role)], m.unit.name) for m in queries.open_memberships(person)],
        "permissions": [PERMISSIONS[p] for p in Permission if p in held],
        "tokens": [
            (token, [PERMISSIONS[Permission(scope)] for scope in token.scopes])
            for token in person.tokens.filter(revoked_at__isnull=True, expires_at__gt=now)
            .select_related("unit")
            .order_by("-created_at")
        ],
        "other_sessions": len(signing_in.sessions_of(person, at=now)) - 1,
        "new_token": new_token,
        **forms,
    }
    is_refused = any(form.is_bound and not form.is_valid() for form in forms.values())
    return render(request, "organisation/account.html", facts, status=422 if is_refused else 200)


def _settings_of(person: Person) -> dict[str, str]:
    return {name: getattr(person, name) for name in ("language", "region", "zone", "theme", "density")}


def _token_form(person: Person, typed: Any = None) -> TokenForm:
    return TokenForm(
        typed, access=access_of(person, Permission.TOKENS_OWN), held=permissions_held(person), prefix="token"
    )
