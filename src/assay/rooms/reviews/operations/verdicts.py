"""Verdicts: handed in once, taken back within the undo window."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from uuid import UUID

from django.db import IntegrityError, transaction
from django.utils.translation import gettext_noop as _

from assay.rooms.audit import operations as audit
from assay.rooms.organisation.models import Person
from assay.rooms.organisation.refusals import Refusal
from assay.rooms.policies.models import ClauseVersion, Policy

from .. import facts, rules
from ..models import BlindItem, Draft, Task, Verdict
from ..terms import Held, JudgedItem, Judgement, Round, TaskEvent, TaskState
from .claims import claim_task, not_found, save_draft

_TEXT_KEPT = frozenset({"reviews.lease_lost", "reviews.already_submitted", "reviews.not_blind"})


def submit_verdict(
    *,
    task_id: UUID,
    reviewer: Person,
    fencing_token: int,
    idempotency_key: str,
    verdict: JudgedItem,
    at: datetime,
) -> Task:
    """Record one blind verdict and move the task on.

    The same key with the same verdict gives the first answer again; with another one it is refused.
    Whoever comes too late keeps the text as a draft, and cannot touch the next reviewer's work.
    """
    rules.check_key(idempotency_key)
    try:
        return _submit(task_id, reviewer, fencing_token, idempotency_key, verdict, at=at)
    except Refusal as refusal:
        if refusal.code in _TEXT_KEPT:
            save_draft(task_id=task_id, person=reviewer, content=as_draft(verdict), at=at)
        raise


@transaction.atomic
def undo_verdict(*, task_id: UUID, reviewer: Person, at: datetime) -> Held:
    """Take a verdict back within the undo window; the task is in hand again, with all that was filled in."""
    task = Task.objects.select_for_update(of=("self",)).select_related("unit").filter(pk=task_id).first()
    verdict = Verdict.objects.filter(task_id=task_id, reviewer=reviewer, withdrawn_at__isnull=True).first()
    if task is None or verdict is None:
        raise not_found()
    rules.check_can_undo(submitted_at=verdict.submitted_at, is_settled=verdict.settled_at is not None, at=at)
    verdict.withdrawn_at = at
    verdict.save(update_fields=["withdrawn_at"])
    task.state = rules.next_state(TaskState(task.state), TaskEvent.UNDO)
    task.fencing_token += 1
    task.claimed_at, task.lease_until = at, at + rules.LEASE
    task.save(update_fields=["state", "fencing_token", "claimed_at", "lease_until"])
    save_draft(task_id=task_id, person=reviewer, content=as_draft(judged_of(verdict)), at=at)
    _record("reviews.verdict_withdrawn", task, reviewer, verdict, at=at)
    return Held(task_id=task.pk, fencing_token=task.fencing_token, lease_until=task.lease_until, is_resumed=True)


@transaction.atomic
def rule_case(*, task_id: UUID, adjudicator: Person, idempotency_key: str, verdict: JudgedItem, at: datetime) -> Task:
    """Record the ruling on a disagreement; the note is its reason. It settles after the undo window."""
    rules.check_key(idempotency_key)
    task = Task.objects.select_for_update().filter(pk=task_id, round=Round.ADJUDICATION).first()
    if task is None:
        raise not_found()
    earlier = Verdict.objects.filter(idempotency_key=idempotency_key).first()
    if earlier is not None:
        checked = _checked(verdict, task)
        return _replayed(earlier, rules.request_digest(task_id=str(task_id), reviewer=adjudicator.pk, judged=checked))
    if task.state == TaskState.SUBMITTED:
        raise Refusal("reviews.ruled", _("This case has been ruled on in the meantime."))
    held = claim_task(task_id=task_id, person=adjudicator, at=at)
    return _submit(task_id, adjudicator, held.fencing_token, idempotency_key, verdict, at=at)


def judged_of(verdict: Verdict) -> JudgedItem:
    """Return a stored verdict as the value that rules compare."""
    fields = {name: getattr(verdict, name) for name in JudgedItem.__slots__ if name != "clause_version"}
    return JudgedItem(clause_version=verdict.clause_version_id, **fields)


def as_draft(judged: JudgedItem) -> dict[str, str]:
    """Return a verdict as the form's fields."""
    line = f"clause:{judged.clause_version}" if judged.clause_version else ""
    line = line or (f"policy:{judged.policy}" if judged.policy else "")
    is_decided = judged.judgement == Judgement.DECIDED
    choice = f"outcome:{judged.outcome}" if is_decided else f"judgement:{judged.judgement}"
    names = ("severity", "confidence", "note", "judged_on")
    return {"choice": choice, "line": line} | {name: str(getattr(judged, name)) for name in names}


@transaction.atomic
def _submit(
    task_id: UUID, reviewer: Person, fencing_token: int, key: str, verdict: JudgedItem, *, at: datetime
) -> Task:
    locked = Task.objects.select_for_update(of=("self",)).select_related("item__sampled", "unit")
    task = locked.filter(pk=task_id).first()
    if task is None or not facts.has_touched(task, reviewer):
        raise not_found()
    judged = _checked(verdict, task)
    digest = rules.request_digest(task_id=str(task_id), reviewer=reviewer.pk, judged=judged)
    # Looked up after the lock: of two requests with one key at the same moment, the second sees the first.
    earlier = Verdict.objects.filter(idempotency_key=key).first()
    if earlier is not None:
        return _replayed(earlier, digest)
    rules.check_can_submit(facts.of_task(task), person=reviewer.pk, fencing_token=fencing_token)
    rules.check_eligible(facts.of_reviewer(reviewer, at=at), replace(facts.of_case(task, person=reviewer), language=""))
    row = _store(task, reviewer, judged, key=key, digest=digest, at=at)
    task.state = rules.next_state(TaskState(task.state), TaskEvent.SUBMIT)
    task.lease_until = None
    task.save(update_fields=["state", "lease_until"])
    Draft.objects.filter(task=task, person=reviewer).delete()
    kind = "reviews.case_ruled" if task.round == Round.ADJUDICATION else "reviews.verdict_submitted"
    _record(kind, task, reviewer, row, at=at)
    return task


def _replayed(earlier: Verdict, digest: str) -> Task:
    if earlier.request_digest != digest:
        raise _key_reused()
    return earlier.task


def _key_reused() -> Refusal:
    return Refusal(
        "reviews.key_reused",
        _("This idempotency key was used for another verdict. Use a new key for a new verdict."),
        status=422,
    )


def _store(task: Task, reviewer: Person, judged: JudgedItem, *, key: str, digest: str, at: datetime) -> Verdict:
    fields = {name: getattr(judged, name) for name in JudgedItem.__slots__ if name != "clause_version"}
    try:
        with transaction.atomic():
            return Verdict.objects.create(
                task=task,
                reviewer=reviewer,
                clause_version_id=judged.clause_version,
                fencing_token=task.fencing_token,
                idempotency_key=key,
                request_digest=digest,
                submitted_at=at,
                **fields,
            )
    except IntegrityError as error:
        # The key went to another task at the same moment.
        raise _key_reused() from error


def _checked(judged: JudgedItem, task: Task) -> JudgedItem:
    """Bind the verdict to the clause that was in force where and when the decision was made."""
    if judged.clause_version is not None:
        version = _version_in_force(judged.clause_version, task.item)
        policy = version.clause.policy.code if version else ""
        if version is None or judged.policy not in {"", policy}:
            raise Refusal(
                "reviews.clause_not_in_force",
                _("That policy line was not in force for this item. Choose one from the list."),
                facts={"clause_version": judged.clause_version},
                field="line",
                status=422,
            )
        judged = replace(judged, policy=policy, severity=judged.severity or version.severity)
    elif judged.policy and not Policy.objects.filter(code=judged.policy).exists():
        raise Refusal(
            "reviews.unknown_policy",
            _("There is no policy with the code “{policy}”. Choose one from the list."),
            facts={"policy": judged.policy},
            field="line",
            status=422,
        )
    return rules.check_judged(judged, round=Round(task.round))


def _version_in_force(pk: int, item: BlindItem) -> ClauseVersion | None:
    """One version, asked for as `clauses_in_force` would list it, without listing them all."""
    in_force = ClauseVersion.objects.in_force(at=item.policy_at)
    version = in_force.select_related("clause__policy").filter(pk=pk, market__in={"", item.market}).first()
    if version is None or version.market == item.market:
        return version
    is_replaced = in_force.filter(clause=version.clause_id, market=item.market).exists()
    return None if is_replaced else version


def _record(kind: str, task: Task, person: Person, verdict: Verdict, *, at: datetime) -> None:
    # The digest binds the trail to the verdict without telling it.
    audit.record(
        kind,
        actor=person,
        subject=f"task:{task.pk}",
        place=task.unit.path,
        at=at,
        facts={"token": task.fencing_token, "digest": verdict.request_digest},
    )
