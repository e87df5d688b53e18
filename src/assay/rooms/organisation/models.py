from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.db import models
from django.db.models import F, Q
from django.utils import timezone

from .terms import Density, QualificationKind, Role, Theme, UnitKind


def _choices(words: Iterable[str]) -> list[tuple[str, str]]:
    return [(str(word), str(word)) for word in words]


class Vendor(models.Model):
    code = models.SlugField(unique=True)
    name = models.CharField(max_length=120)


class UnitQuerySet(models.QuerySet["Unit"]):
    def within(self, paths: Iterable[str]) -> UnitQuerySet:
        """Units at or below any of the paths."""
        places = Q(pk__in=[])
        for path in paths:
            # A range, not LIKE: SQLite never uses an index for an escaped LIKE.
            places |= Q(path__gte=path, path__lt=path + "\U0010ffff")
        return self.filter(places)


class Unit(models.Model):
    """A place in the tree: the organisation, a region, a site or a team.

    `path` ends with a dot and starts with the parent's path ("0001.0003."), so that one range
    finds everything below a unit.
    """

    kind = models.CharField(max_length=20, choices=_choices(UnitKind))
    code = models.SlugField(unique=True, max_length=60)
    name = models.CharField(max_length=120)
    parent = models.ForeignKey("self", null=True, blank=True, on_delete=models.PROTECT, related_name="children")
    path = models.CharField(max_length=200, unique=True)
    vendor = models.ForeignKey(Vendor, null=True, blank=True, on_delete=models.PROTECT)
    zone = models.CharField(max_length=60, default="UTC")
    work_languages = models.JSONField(default=list)
    working_hours = models.JSONField(default=dict)

    objects = UnitQuerySet.as_manager()

    class Meta:
        ordering = ["path"]


class PersonManager(BaseUserManager["Person"]):
    def get_by_natural_key(self, username: str | None) -> Person:
        return self.get(login=username)


class Person(AbstractBaseUser):
    """Somebody who signs in, or whose decisions are audited; other people see the pseudonym."""

    login = models.CharField(max_length=150, unique=True)
    name = models.CharField(max_length=150)
    pseudonym = models.CharField(max_length=40, unique=True)
    home = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="people")
    moderator_ref = models.CharField(max_length=120, unique=True, null=True, blank=True)
    is_active = models.BooleanField(default=True)
    language = models.CharField(max_length=8, default="en")
    region = models.CharField(max_length=12, default="en_US")
    zone = models.CharField(max_length=60, default="UTC")
    theme = models.CharField(max_length=12, choices=_choices(Theme), default=Theme.SYSTEM)
    density = models.CharField(max_length=12, choices=_choices(Density), default=Density.COMFORTABLE)
    created_at = models.DateTimeField(default=timezone.now)

    objects = PersonManager()

    USERNAME_FIELD = "login"
    REQUIRED_FIELDS = ["name", "pseudonym"]


class Membership(models.Model):
    """A role granted to a person at a place; it holds there and below."""

    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="memberships")
    role = models.CharField(max_length=30, choices=_choices(Role))
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="memberships")
    granted_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["person", "role", "unit"],
                condition=Q(ended_at__isnull=True),
                name="one_open_membership",
            )
        ]


class QualificationQuerySet(models.QuerySet["Qualification"]):
    def valid_at(self, at: datetime) -> QualificationQuerySet:
        return self.filter(Q(valid_until__isnull=True) | Q(valid_until__gt=at), valid_from__lte=at)


class Qualification(models.Model):
    """What a person may judge: a language they work in, or a policy they are certified for."""

    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="qualifications")
    kind = models.CharField(max_length=12, choices=_choices(QualificationKind))
    code = models.CharField(max_length=40)
    valid_from = models.DateTimeField()
    valid_until = models.DateTimeField(null=True, blank=True)

    objects = QualificationQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(valid_until__isnull=True) | Q(valid_until__gt=F("valid_from")),
                name="qualification_ends_after_start",
            )
        ]


class ApiToken(models.Model):
    """A key for programs: shown once, kept as a hash, narrower than its owner."""

    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="tokens")
    name = models.CharField(max_length=80)
    prefix = models.CharField(max_length=16)
    digest = models.CharField(max_length=64, unique=True)
    scopes = models.JSONField(default=list)
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT)
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    last_used_at = models.DateTimeField(null=True, blank=True)
    revoked_at = models.DateTimeField(null=True, blank=True)


class SignInFailure(models.Model):
    """A sign-in that failed: counted for a while, then deleted."""

    login = models.CharField(max_length=64)
    address = models.CharField(max_length=64)
    at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["login", "address", "at"], name="sign_in_failure")]
