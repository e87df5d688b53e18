from __future__ import annotations

from datetime import datetime

from django.db import models
from django.db.models import F, Q

from .terms import Severity


class Policy(models.Model):
    """A subject moderators decide on; `name` and `description` hold {"en": …, "es": …}, English required."""

    code = models.CharField(max_length=40, unique=True)
    parent = models.ForeignKey("self", null=True, blank=True, on_delete=models.PROTECT, related_name="children")
    name = models.JSONField()
    description = models.JSONField(default=dict)
    severity = models.CharField(max_length=12, choices=[(s, s) for s in Severity])
    dsa_category = models.CharField(max_length=120, blank=True)
    is_graphic = models.BooleanField(default=False)
    position = models.PositiveIntegerField(default=0)
    retired_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["position", "code"]


class Clause(models.Model):
    """One line of a policy that a decision can cite."""

    policy = models.ForeignKey(Policy, on_delete=models.PROTECT, related_name="clauses")
    code = models.CharField(max_length=40, unique=True)
    title = models.JSONField()
    position = models.PositiveIntegerField(default=0)

    class Meta:
        ordering = ["position", "code"]


class ClauseVersionQuerySet(models.QuerySet["ClauseVersion"]):
    def in_force(self, *, at: datetime) -> ClauseVersionQuerySet:
        return self.filter(Q(effective_until__isnull=True) | Q(effective_until__gt=at), effective_from__lte=at)


class ClauseVersion(models.Model):
    """A clause's text for one market ("" = every market without its own) from one moment on."""

    clause = models.ForeignKey(Clause, on_delete=models.PROTECT, related_name="versions")
    number = models.PositiveIntegerField()
    market = models.CharField(max_length=8, blank=True, default="")
    text = models.JSONField()
    breach = models.JSONField(default=dict)
    no_breach = models.JSONField(default=dict)
    severity = models.CharField(max_length=12, choices=[(s, s) for s in Severity])
    effective_from = models.DateTimeField()
    effective_until = models.DateTimeField(null=True, blank=True)
    published_at = models.DateTimeField()
    reason = models.CharField(max_length=300, blank=True)

    objects = ClauseVersionQuerySet.as_manager()

    class Meta:
        ordering = ["clause_id", "market", "number"]
        constraints = [
            models.UniqueConstraint(fields=["clause", "market", "number"], name="clause_version_number"),
            models.CheckConstraint(
                condition=Q(effective_until__isnull=True) | Q(effective_until__gt=F("effective_from")),
                name="clause_version_ends_after_start",
            ),
        ]
