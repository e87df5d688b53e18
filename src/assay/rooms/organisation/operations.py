"""Writes: units, people, roles, qualifications and tokens."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext_noop as _

from assay.rooms.audit import operations as audit

from . import access, rules
from .models import ApiToken, Membership, Person, Qualification, Unit, Vendor
from .refusals import Refusal
from .terms import QualificationKind, Role, UnitKind


@transaction.atomic
def create_vendor(*, code: str, name: str, actor: Person | str, at: datetime) -> Vendor:
    """Add a company that moderates for us."""
    vendor = Vendor.objects.create(code=code, name=rules.clean_name(name))
    audit.record("organisation.vendor_created", actor=actor, subject=f"vendor:{code}", at=at)
    return vendor


@transaction.atomic
def create_unit(
    *,
    kind: UnitKind,
    code: str,
    name: str,
    parent: Unit | None,
    actor: Person | str,
    at: datetime,
    zone: str = "UTC",
    work_languages: Sequence[str] = (),
    vendor: Vendor | None = None,
) -> Unit:
    """Add a place to the tree."""
    parent_kind = UnitKind(parent.kind) if parent else None
    rules.check_unit(kind=kind, code=code, name=name, parent_kind=parent_kind, zone=zone)
    if Unit.objects.filter(code=code).exists():
        raise Refusal(
            "organisation.code_taken",
            _("There is already a unit with the code “{code}”."),
            facts={"code": code},
            field="code",
            status=422,
        )
    siblings = Unit.objects.select_for_update().filter(parent=parent).count()
    unit = Unit.objects.create(
        kind=kind,
        code=code,
        name=rules.clean_name(name),
        parent=parent,
        path=rules.child_path(parent.path if parent else "", siblings + 1),
        vendor=vendor,
        zone=zone,
        work_languages=list(work_languages),
    )
    audit.record("organisation.unit_created", actor=actor, subject=f"unit:{code}", at=at, place=unit.path)
    return unit


@transaction.atomic
def create_person(
    *,
    login: str,
    name: str,
    pseudonym: str,
    home: Unit,
    actor: Person | str,
    at: datetime,
    password: str | None = None,
    language: str = "en",
    region: str = "en_US",
    zone: str | None = None,
    moderator_ref: str | None = None,
) -> Person:
    """Add a person; without a password they cannot sign in until one is set."""
    if Person.objects.filter(login=login).exists() or Person.objects.filter(pseudonym=pseudonym).exists():
        raise Refusal(
            "organisation.person_exists",
            _("There is already a person with that login or pseudonym."),
            field="login",
            status=422,
        )
    person = Person(
        login=login,
        name=rules.clean_name(name),
        pseudonym=pseudonym,
        home=home,
        language=language,
        region=region,
        zone=zone or home.zone,
        moderator_ref=moderator_ref or None,
        created_at=at,
    )
    if password is None:
        person.set_unusable_password()
    else:
        _set_checked_password(person, password)
    person.save()
    audit.record("organisation.person_created", actor=actor, subject=f"person:{pseudonym}", at=at, place=home.path)
    return person


def _set_checked_password(person: Person, password: str) -> None:
    try:
        validate_password(password, person)
    except ValidationError as error:
        raise Refusal(
            "organisation.weak_password",
            _("This password is refused: it has fewer than 12 characters or is commonly used."),
            facts={"reasons": error.messages},
            field="password",
            status=422,
        ) from error
    person.set_password(password)


@transaction.atomic
def change_password(*, person: Person, password: str, at: datetime) -> None:
    """Set a person's own password; their other sessions end."""
    _set_checked_password(person, password)
    person.save(update_fields=["password"])
    audit.record("organisation.password_changed", actor=person, subject=f"person:{person.pseudonym}", at=at)


@transaction.atomic
def change_settings(
    *, person: Person, at: datetime, language: str, region: str, zone: str, theme: str, density: str
) -> None:
    """Set how a person reads Assay."""
    rules.check_zone(zone)
    person.language, person.region, person.zone = language, region, zone
    person.theme, person.density = theme, density
    person.save(update_fields=["language", "region", "zone", "theme", "density"])
    audit.record("organisation.settings_changed", actor=person, subject=f"person:{person.pseudonym}", at=at)


@transaction.atomic
def deactivate_person(*, person: Person, actor: Person, at: datetime) -> None:
    """Shut a person out; what they did stays."""
    person.is_active = False
    person.save(update_fields=["is_active"])
    audit.record(
        "organisation.person_deactivated",
        actor=actor,
        subject=f"person:{person.pseudonym}",
        at=at,
        place=person.home.path,
    )


@transaction.atomic
def grant_role(*, person: Person, role: Role, unit: Unit, actor: Person | str, at: datetime) -> Membership:
    """Give a person a role at a place; granting it again changes nothing."""
    membership, created = Membership.objects.get_or_create(
        person=person, role=role, unit=unit, ended_at=None, defaults={"granted_at": at}
    )
    if created:
        audit.record(
            "organisation.role_granted",
            actor=actor,
            subject=f"person:{person.pseudonym}",
            at=at,
            place=unit.path,
            facts={"role": str(role), "unit": unit.code},
        )
    return membership


@transaction.atomic
def end_role(*, membership: Membership, actor: Person, at: datetime) -> None:
    """Take a role back; the last administrator keeps theirs."""
    held = Membership.objects.select_for_update().filter(role=Role.ADMINISTRATOR, ended_at__isnull=True)
    if membership.role == Role.ADMINISTRATOR and not held.exclude(pk=membership.pk).exists():
        raise Refusal("organisation.last_administrator", _("The last administrator cannot be removed."))
    membership.ended_at = at
    membership.save(update_fields=["ended_at"])
    audit.record(
        "organisation.role_ended",
        actor=actor,
        subject=f"person:{membership.person.pseudonym}",
        at=at,
        place=membership.unit.path,
        facts={"role": membership.role, "unit": membership.unit.code},
    )


@transaction.atomic
def qualify(*, person: Person, kind: QualificationKind, code: str, actor: Person | str, at: datetime) -> Qualification:
    """Record that a person may judge in a language, or under a policy."""
    qualification, created = Qualification.objects.get_or_create(
        person=person, kind=kind, code=code, valid_until=None, defaults={"valid_from": at}
    )
    if created:
        audit.record(
            "organisation.qualified",
            actor=actor,
            subject=f"person:{person.pseudonym}",
            at=at,
            place=person.home.path,
            facts={"kind": str(kind), "code": code},
        )
    return qualification


@transaction.atomic
def create_token(
    *, person: Person, name: str, scopes: Iterable[str], unit: Unit, expires_at: datetime, at: datetime
) -> tuple[ApiToken, str]:
    """Make a token that can do no more than its owner; the text is returned once and never stored."""
    wanted = sorted(set(scopes))
    rules.check_scopes(wanted, owned=access.permissions_held(person))
    rules.check_expiry(expires_at=expires_at, at=at)
    text = rules.new_token()
    token = ApiToken.objects.create(
        person=person,
        name=rules.clean_name(name),
        prefix=text[:10],
        digest=rules.token_digest(text),
        scopes=wanted,
        unit=unit,
        created_at=at,
        expires_at=expires_at,
    )
    audit.record(
        "organisation.token_created",
        actor=person,
        subject=f"token:{token.prefix}",
        at=at,
        place=unit.path,
        facts={"scopes": wanted},
    )
    return token, text


@transaction.atomic
def revoke_token(*, token: ApiToken, actor: Person, at: datetime) -> None:
    """End a token at once."""
    token.revoked_at = at
    token.save(update_fields=["revoked_at"])
    audit.record("organisation.token_revoked", actor=actor, subject=f"token:{token.prefix}", at=at)
