from __future__ import annotations

import uuid

from django.db import models
from django.db.models import F, Q

from assay.rooms.organisation.models import Person, Unit
from assay.rooms.policies.models import ClauseVersion
from assay.rooms.policies.terms import ErrorClass, Severity
from assay.rooms.sampling.models import Plan, SampledDecision

from .terms import Confidence, Judgement, Round, SettledBy, TaskState


class BlindItem(models.Model):
    """All that a reviewer may know of a sampled decision: its own table, filled when a draw is frozen.

    Random ids, because an id in order of sampling would tell the stratum. `policy_at` is the moment whose
    clauses apply; it is used by the server and never sent, since the moment of decision may tell.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    sampled = models.OneToOneField(SampledDecision, on_delete=models.PROTECT, related_name="blind_item")
    item_type = models.CharField(max_length=30)
    market = models.CharField(max_length=8, blank=True)
    language = models.CharField(max_length=12, blank=True)
    title = models.TextField(blank=True)
    text = models.TextField(blank=True)
    translation = models.JSONField(default=dict)
    context = models.JSONField(default=dict)
    is_graphic = models.BooleanField(default=False)
    content_hash = models.CharField(max_length=64, db_index=True)
    policy_at = models.DateTimeField()


class Task(models.Model):
    """One judgement to be made by one person: open, held under a lease, submitted, or void."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    item = models.ForeignKey(BlindItem, on_delete=models.PROTECT, related_name="tasks")
    plan = models.ForeignKey(Plan, on_delete=models.PROTECT, related_name="tasks")
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT)
    round = models.CharField(max_length=14, choices=[(r, r) for r in Round])
    state = models.CharField(max_length=12, choices=[(s, s) for s in TaskState], default=TaskState.OPEN)
    language = models.CharField(max_length=12, blank=True)
    # A keyed shuffle inside the plan: the order of the queue tells nothing of stratum or outcome.
    position = models.BigIntegerField()
    holder = models.ForeignKey(Person, null=True, blank=True, on_delete=models.PROTECT, related_name="held_tasks")
    fencing_token = models.PositiveIntegerField(default=0)
    lease_until = models.DateTimeField(null=True, blank=True)
    claimed_at = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["item", "round"], name="one_task_per_round"),
            models.CheckConstraint(
                condition=~Q(state=TaskState.HELD) | Q(holder__isnull=False, lease_until__isnull=False),
                name="held_task_has_holder_and_lease",
            ),
        ]
        indexes = [models.Index(fields=["state", "position"], name="task_next")]


class Draft(models.Model):
    """What a reviewer has chosen and typed so far; kept until submitted, also when the lease is lost."""

    task = models.ForeignKey(Task, on_delete=models.CASCADE, related_name="drafts")
    person = models.ForeignKey(Person, on_delete=models.CASCADE)
    content = models.JSONField(default=dict)
    saved_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["task", "person"], name="one_draft_per_person")]


class Verdict(models.Model):
    """One submitted judgement. Withdrawn within the undo window, it stays, and another may follow."""

    task = models.ForeignKey(Task, on_delete=models.PROTECT, related_name="verdicts")
    reviewer = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="verdicts")
    judgement = models.CharField(max_length=16, choices=[(j, j) for j in Judgement])
    outcome = models.CharField(max_length=30, blank=True)
    policy = models.CharField(max_length=40, blank=True)
    clause_version = models.ForeignKey(ClauseVersion, null=True, blank=True, on_delete=models.PROTECT)
    severity = models.CharField(max_length=12, choices=[(s, s) for s in Severity], blank=True)
    confidence = models.CharField(max_length=8, choices=[(c, c) for c in Confidence], blank=True)
    note = models.TextField(blank=True)
    judged_on = models.CharField(max_length=12, default="original")
    active_seconds = models.FloatField(default=0)
    fencing_token = models.PositiveIntegerField()
    idempotency_key = models.CharField(max_length=255, unique=True)
    request_digest = models.CharField(max_length=64)
    submitted_at = models.DateTimeField()
    withdrawn_at = models.DateTimeField(null=True, blank=True)
    settled_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        # Only what waits to be settled, so that looking for it stays quick however much is settled.
        indexes = [
            models.Index(
                fields=["submitted_at"],
                condition=Q(withdrawn_at__isnull=True, settled_at__isnull=True),
                name="verdict_to_settle",
            )
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["task"], condition=Q(withdrawn_at__isnull=True), name="one_standing_verdict_per_task"
            ),
            models.CheckConstraint(
                condition=Q(withdrawn_at__isnull=True) | Q(withdrawn_at__gte=F("submitted_at")),
                name="withdrawn_after_submitted",
            ),
            models.CheckConstraint(
                condition=Q(withdrawn_at__isnull=True) | Q(settled_at__isnull=True),
                name="settled_is_not_withdrawn",
            ),
        ]


class Settlement(models.Model):
    """What a sampled decision was found to be, once no review of it is open any more."""

    sampled = models.OneToOneField(SampledDecision, on_delete=models.PROTECT, related_name="settlement")
    error_class = models.CharField(max_length=24, choices=[(e, e) for e in ErrorClass], db_index=True)
    severity = models.CharField(max_length=12, blank=True)
    settled_by = models.CharField(max_length=14, choices=[(s, s) for s in SettledBy])
    verdict = models.ForeignKey(Verdict, on_delete=models.PROTECT, related_name="+")
    rationale = models.TextField(blank=True)
    settled_at = models.DateTimeField()


class Seen(models.Model):
    """A person has met this content (opened its decision, or knows the case): never to review it again."""

    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="seen")
    content_hash = models.CharField(max_length=64)
    how = models.CharField(max_length=40)
    at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["person", "content_hash"], name="seen_once")]
        indexes = [models.Index(fields=["content_hash"])]
