from __future__ import annotations

from django.db import models
from django.db.models import F, Q

from assay.rooms.organisation.models import Person, Unit

from .terms import Lane, PlanState, Purpose


class Plan(models.Model):
    """What is to be known, about which decisions, how well.

    `population` is `rules.Population` as JSON (filters by field), `design` is `rules.Design` (strata
    dimensions, score bands, floor), `targets` is a list of `rules.Target` (domain field or "", half-width).
    """

    code = models.CharField(max_length=40, unique=True)
    name = models.CharField(max_length=120)
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT)
    purpose = models.CharField(max_length=20, choices=[(p, p) for p in Purpose], default=Purpose.ESTIMATION)
    lane = models.CharField(max_length=12, choices=[(lane, lane) for lane in Lane], default=Lane.RANDOM)
    state = models.CharField(max_length=12, choices=[(s, s) for s in PlanState], default=PlanState.DRAFT)
    period_start = models.DateTimeField()
    period_end = models.DateTimeField()
    population = models.JSONField(default=dict)
    design = models.JSONField(default=dict)
    targets = models.JSONField(default=list)
    doubles_share = models.FloatField(default=0.1)
    minutes_per_review = models.FloatField(default=2.0)
    created_at = models.DateTimeField()
    created_by = models.ForeignKey(Person, null=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        ordering = ["-created_at", "-id"]
        constraints = [
            models.CheckConstraint(condition=Q(period_end__gt=F("period_start")), name="plan_ends_after_start"),
            models.CheckConstraint(
                condition=Q(doubles_share__gte=0) & Q(doubles_share__lte=1), name="doubles_share_is_a_share"
            ),
        ]


class Draw(models.Model):
    """One frozen draw of a plan; number 1 freezes it, later ones extend it and never take anything away."""

    plan = models.ForeignKey(Plan, on_delete=models.PROTECT, related_name="draws")
    number = models.PositiveIntegerField()
    frame_size = models.BigIntegerField()
    frame_digest = models.CharField(max_length=64)
    sample_size = models.PositiveIntegerField()
    sample_digest = models.CharField(max_length=64)
    frozen_at = models.DateTimeField()
    frozen_by = models.ForeignKey(Person, null=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        ordering = ["plan_id", "number"]
        constraints = [models.UniqueConstraint(fields=["plan", "number"], name="one_draw_per_number")]


class Stratum(models.Model):
    """A part of the frame drawn with one inclusion probability: sampled / size."""

    draw = models.ForeignKey(Draw, on_delete=models.PROTECT, related_name="strata")
    label = models.CharField(max_length=200)
    facts = models.JSONField(default=dict)
    size = models.BigIntegerField()
    sampled = models.PositiveIntegerField()
    planned_spread = models.FloatField()

    class Meta:
        ordering = ["draw_id", "label"]
        constraints = [
            models.UniqueConstraint(fields=["draw", "label"], name="one_stratum_per_label"),
            models.CheckConstraint(condition=Q(sampled__lte=F("size")), name="stratum_not_overdrawn"),
        ]


class SampledDecision(models.Model):
    """A decision in the sample, with all that estimates need and with its inclusion probability.

    The facts are copied from the decision log when the draw is frozen, so that a later correction of
    the log changes no frozen sample. Holds the first decision: reviewers' pages never read it.
    """

    plan = models.ForeignKey(Plan, on_delete=models.PROTECT, related_name="sampled")
    draw = models.ForeignKey(Draw, on_delete=models.PROTECT, related_name="sampled")
    stratum_label = models.CharField(max_length=200)
    inclusion_probability = models.FloatField()
    draw_number = models.CharField(max_length=16)
    decision_key = models.CharField(max_length=600)
    decided_at = models.DateTimeField()
    site = models.CharField(max_length=60, blank=True)
    team = models.CharField(max_length=60, blank=True)
    vendor = models.CharField(max_length=60, blank=True)
    market = models.CharField(max_length=8, blank=True)
    language = models.CharField(max_length=12, blank=True)
    item_type = models.CharField(max_length=30, blank=True)
    queue = models.CharField(max_length=80, blank=True)
    outcome = models.CharField(max_length=30)
    policy = models.CharField(max_length=40, blank=True)
    clause = models.CharField(max_length=40, blank=True)
    severity = models.CharField(max_length=12, blank=True)
    maker_type = models.CharField(max_length=30)
    maker = models.CharField(max_length=160, blank=True)
    tenure_days = models.IntegerField(null=True, blank=True)
    risk_score = models.FloatField(null=True, blank=True)
    exposure_views = models.BigIntegerField(default=0)
    content_hash = models.CharField(max_length=64, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["plan", "decision_key"], name="sampled_once_per_plan"),
            models.CheckConstraint(
                condition=Q(inclusion_probability__gt=0) & Q(inclusion_probability__lte=1),
                name="inclusion_probability_is_one",
            ),
        ]
        indexes = [models.Index(fields=["decided_at"], name="sampled_decided"), models.Index(fields=["maker"])]
