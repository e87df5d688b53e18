from __future__ import annotations

from django.db import models
from django.db.models import F, Q

from assay.rooms.organisation.models import Person, Unit

from .terms import FileFormat, LogKind, RunState


class Mapping(models.Model):
    """How one upstream system's columns become the decision log's; saved, so that next week needs no mapping.

    `source` names the upstream system: ids need only be unique within it. `spec` is the frozen value
    `rules.MappingSpec` as JSON.
    """

    name = models.CharField(max_length=120, unique=True)
    source = models.SlugField(max_length=60)
    log_kind = models.CharField(max_length=12, choices=[(k, k) for k in LogKind], default=LogKind.DECISIONS)
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT)
    spec = models.JSONField()
    created_at = models.DateTimeField()
    created_by = models.ForeignKey(Person, null=True, on_delete=models.PROTECT)


class ImportRunQuerySet(models.QuerySet["ImportRun"]):
    def unbalanced(self) -> ImportRunQuerySet:
        """Runs that have ended with rows unaccounted for."""
        total = F("accepted") + F("duplicate") + F("superseded") + F("refused")
        return self.filter(state=RunState.DONE).exclude(rows_in=total)


class ImportRun(models.Model):
    """One file brought in, with its ledger: rows in = accepted + duplicate + superseded + refused."""

    mapping = models.ForeignKey(Mapping, on_delete=models.PROTECT, related_name="runs")
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT)
    file_name = models.CharField(max_length=200)
    file_format = models.CharField(max_length=12, choices=[(f, f) for f in FileFormat])
    file_sha256 = models.CharField(max_length=64)
    file_bytes = models.BigIntegerField()
    stored_path = models.CharField(max_length=400)
    state = models.CharField(max_length=12, choices=[(s, s) for s in RunState], default=RunState.UPLOADED)
    is_dry_run = models.BooleanField(default=False)
    rows_in = models.BigIntegerField(default=0)
    accepted = models.BigIntegerField(default=0)
    duplicate = models.BigIntegerField(default=0)
    superseded = models.BigIntegerField(default=0)
    refused = models.BigIntegerField(default=0)
    error_code = models.CharField(max_length=80, blank=True)
    error_facts = models.JSONField(default=dict)
    refused_path = models.CharField(max_length=400, blank=True)
    # What else was noticed: columns nobody read, blank lines, rows that stood before, conflicts by key.
    notes = models.JSONField(default=dict)
    mends = models.ForeignKey("self", null=True, blank=True, on_delete=models.PROTECT, related_name="mended_by")
    requested_at = models.DateTimeField()
    requested_by = models.ForeignKey(Person, null=True, on_delete=models.PROTECT)
    ended_at = models.DateTimeField(null=True, blank=True)

    objects = ImportRunQuerySet.as_manager()

    class Meta:
        ordering = ["-requested_at", "-id"]
        constraints = [
            models.CheckConstraint(
                condition=~Q(state=RunState.DONE)
                | Q(rows_in=F("accepted") + F("duplicate") + F("superseded") + F("refused")),
                name="import_run_balances",
            )
        ]


class RefusalGroup(models.Model):
    """Rows of one run refused for the same cause in the same column, with the first of them as example."""

    run = models.ForeignKey(ImportRun, on_delete=models.CASCADE, related_name="refusal_groups")
    column = models.CharField(max_length=200)
    reason = models.CharField(max_length=80)
    count = models.BigIntegerField()
    first_row = models.BigIntegerField()
    example = models.CharField(max_length=400)
    facts = models.JSONField(default=dict)

    class Meta:
        ordering = ["-count", "column"]


class Part(models.Model):
    """A Parquet file that is, while `is_live`, part of the decision log. Files are never changed, only replaced."""

    log_kind = models.CharField(max_length=12, choices=[(k, k) for k in LogKind])
    run = models.ForeignKey(ImportRun, on_delete=models.PROTECT, related_name="parts")
    path = models.CharField(max_length=400, unique=True)
    rows = models.BigIntegerField()
    first_at = models.DateTimeField(null=True)
    last_at = models.DateTimeField(null=True)
    sha256 = models.CharField(max_length=64)
    is_live = models.BooleanField(default=True)

    class Meta:
        indexes = [models.Index(fields=["log_kind", "is_live"], name="part_live")]
