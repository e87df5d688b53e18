"""Who signs in: the password, and a stop to guessing it.

Ten failures for one account from one address in fifteen minutes close that pair for the rest of them. The
pair, not the account: otherwise anybody could lock somebody else out.
"""

from __future__ import annotations

import hashlib
from datetime import datetime, timedelta

from django.contrib.auth import authenticate
from django.contrib.sessions.models import Session
from django.db import transaction
from django.utils.translation import gettext_noop as _

from assay.rooms.audit import operations as audit

from .models import Person, SignInFailure
from .refusals import Refusal

FAILURES_ALLOWED = 10
WINDOW = timedelta(minutes=15)


def check_password(*, login: str, password: str, address: str, at: datetime) -> Person:
    """Return the person whose login and password these are.

    Raises:
        Refusal: They are nobody's (the same sentence whether the account exists or not), or too many
            attempts failed before.
    """
    account = _account_digest(login)
    if _count_failures(account, address, at) >= FAILURES_ALLOWED:
        raise Refusal(
            "organisation.too_many_attempts",
            _("Too many attempts failed. Wait {minutes} minutes, then try again."),
            facts={"minutes": int(WINDOW.total_seconds() // 60)},
            status=429,
        )
    person = authenticate(username=login, password=password)
    if not isinstance(person, Person):
        _remember_failure(account, address, at)
        raise Refusal(
            "organisation.wrong_password",
            _("This login and password do not go together. Check both and try again."),
            status=422,
        )
    _remember_success(person, account, address, at)
    return person


def sessions_of(person: Person, *, at: datetime) -> list[Session]:
    """Find the open sessions of a person; Django keeps no key from a session to its person."""
    found = Session.objects.filter(expire_date__gt=at).iterator(chunk_size=500)
    return [session for session in found if session.get_decoded().get("_auth_user_id") == str(person.pk)]


@transaction.atomic
def end_other_sessions(*, person: Person, kept_key: str, at: datetime) -> int:
    """Sign a person out everywhere but here; return how many sessions ended."""
    others = [s.session_key for s in sessions_of(person, at=at) if s.session_key != kept_key]
    Session.objects.filter(session_key__in=others).delete()
    audit.record(
        "organisation.sessions_ended",
        actor=person,
        subject=f"person:{person.pseudonym}",
        at=at,
        facts={"count": len(others)},
    )
    return len(others)


def _account_digest(login: str) -> str:
    # People type passwords into the login field; a hash keeps those out of the table.
    return hashlib.sha256(login.casefold().encode()).hexdigest()


def _count_failures(account: str, address: str, at: datetime) -> int:
    return SignInFailure.objects.filter(login=account, address=address, at__gt=at - WINDOW).count()


@transaction.atomic
def _remember_failure(account: str, address: str, at: datetime) -> None:
    SignInFailure.objects.filter(at__lte=at - WINDOW).delete()
    SignInFailure.objects.create(login=account, address=address, at=at)


@transaction.atomic
def _remember_success(person: Person, account: str, address: str, at: datetime) -> None:
    SignInFailure.objects.filter(login=account, address=address).delete()
    audit.record("organisation.signed_in", actor=person, subject=f"person:{person.pseudonym}", at=at)
