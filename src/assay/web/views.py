"""The front door: start page, sign-in and sign-out, language, help."""

from __future__ import annotations

from django.conf import settings
from django.contrib.auth import login, logout
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import get_language, gettext_noop
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from assay.rooms.organisation import access, operations, signing_in
from assay.rooms.organisation.forms import SignInForm
from assay.rooms.organisation.models import Person
from assay.rooms.organisation.refusals import Refusal
from assay.rooms.organisation.terms import Permission

from .context import LANGUAGES
from .demo_people import demo_people
from .errors import sentence_of
from .glossary import terms_in
from .keys import KEYS
from .navigation import exists, overview, start_address


@require_GET
def home(request: HttpRequest) -> HttpResponseBase:
    """Show the overview to whoever may see figures, and lead everyone else to their own start page."""
    if not request.user.is_authenticated:
        return redirect("sign_in")
    held = access.permissions_held(request.user)
    overview_view = overview()
    if overview_view and Permission.QUALITY_VIEW in held:
        return overview_view(request)
    return redirect(start_address(held))


@never_cache
@sensitive_post_parameters("password")
@require_http_methods(["GET", "POST"])
def sign_in(request: HttpRequest) -> HttpResponseBase:
    """Let somebody in, and lead them back to where they were going."""
    onward = _safe_address(request, request.POST.get("next") or request.GET.get("next") or "")
    if request.user.is_authenticated:
        return redirect(onward or "home")
    form = SignInForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            person = signing_in.check_password(
                login=form.cleaned_data["login"],
                password=form.cleaned_data["password"],
                address=request.META.get("REMOTE_ADDR", ""),
                at=timezone.now(),
            )
        except Refusal as refusal:
            form.add_error(None, sentence_of(refusal))
        else:
            login(request, person, backend="django.contrib.auth.backends.ModelBackend")
            answer = redirect(onward or "home")
            return _with_language(answer, person.language)
    status = 422 if form.is_bound else 200
    facts = {"form": form, "next": onward, "demo": demo_people()}
    return render(request, "sign_in.html", facts, status=status)


@require_POST
def sign_out(request: HttpRequest) -> HttpResponse:
    """End the session."""
    logout(request)
    return redirect("sign_in")


@require_POST
def set_language(request: HttpRequest) -> HttpResponseBase:
    """Switch the language and come back to the same address."""
    language = request.POST.get("language", "")
    if language not in dict(LANGUAGES):
        raise Refusal(
            "web.unknown_language",
            gettext_noop("“{language}” is not a language of these pages; choose English or Spanish."),
            facts={"language": language},
            status=400,
        )
    person = request.user
    if isinstance(person, Person) and person.language != language:
        operations.change_settings(
            person=person,
            language=language,
            region=person.region,
            zone=person.zone,
            theme=person.theme,
            density=person.density,
            at=timezone.now(),
        )
    answer = redirect(_safe_address(request, request.POST.get("next", "")) or "home")
    return _with_language(answer, language)


@login_required
@require_GET
def help_page(request: HttpRequest) -> HttpResponse:
    """Show the definitions, the keys and the glossary in both languages."""
    facts = {
        "terms": terms_in(get_language() or "en"),
        "keys": KEYS,
        "has_definitions": exists("/quality/definitions"),
    }
    return render(request, "help.html", facts)


def _safe_address(request: HttpRequest, address: str) -> str:
    """Keep an address on this site; drop any other."""
    hosts = {request.get_host()}
    is_ours = url_has_allowed_host_and_scheme(address, hosts, require_https=request.is_secure())
    return address if is_ours else ""


def _with_language(answer: HttpResponseBase, language: str) -> HttpResponseBase:
    answer.set_cookie(
        settings.LANGUAGE_COOKIE_NAME,
        language,
        max_age=settings.LANGUAGE_COOKIE_AGE,
        secure=settings.LANGUAGE_COOKIE_SECURE,
        samesite="Lax",
        httponly=True,
    )
    return answer
