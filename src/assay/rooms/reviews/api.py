"""Reviews for programs: the same operations as the workbench, the same refusals."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from django.http import HttpRequest
from django.utils import timezone
from ninja import Header, Router, Schema

from assay.rooms.organisation.access import Access, access_for_request
from assay.rooms.organisation.api_auth import holding
from assay.rooms.organisation.terms import Permission

from . import operations, queries
from .terms import Held, JudgedItem, JudgedOn, Judgement

router = Router(tags=["reviews"])


class HeldOut(Schema):
    task_id: UUID
    fencing_token: int
    lease_until: datetime


class ContentOut(Schema):
    item_type: str
    market: str
    language: str
    title: str
    text: str
    translation: dict[str, str]
    context: dict[str, str]
    is_graphic: bool


class LineOut(Schema):
    clause_version: int
    code: str
    policy: str
    number: int
    title: dict[str, str]
    text: dict[str, str]
    breach: dict[str, str]
    no_breach: dict[str, str]
    severity: str


class TaskOut(HeldOut):
    content: ContentOut
    lines: list[LineOut]
    draft: dict[str, str]


class TokenIn(Schema):
    fencing_token: int


class VerdictIn(TokenIn):
    judgement: Judgement = Judgement.DECIDED
    outcome: str = ""
    policy: str = ""
    clause_version: int | None = None
    severity: str = ""
    confidence: str = ""
    note: str = ""
    judged_on: JudgedOn = JudgedOn.ORIGINAL
    active_seconds: float = 0.0


class DraftIn(Schema):
    choice: str = ""
    line: str = ""
    severity: str = ""
    confidence: str = ""
    note: str = ""
    judged_on: str = ""


class SubmittedOut(Schema):
    task_id: UUID
    state: str


class DraftOut(Schema):
    saved_at: datetime


class LeaseOut(Schema):
    lease_until: datetime


@router.post("/claim", response={200: HeldOut, 204: None}, auth=holding(Permission.REVIEW))
def claim(request: HttpRequest) -> Any:
    """Take the next item, or the one in hand; 204 when there is none."""
    held = operations.claim_next(person=_access(request).person, at=timezone.now())
    return (204, None) if held is None else _held(held)


@router.get("/tasks/{task_id}", response=TaskOut, auth=holding(Permission.REVIEW))
def task(request: HttpRequest, task_id: UUID) -> TaskOut:
    """Return a task in hand: its content and the policy lines that applied."""
    bench = queries.bench(task_id, person=_access(request).person, at=timezone.now())
    lines = [
        LineOut(
            clause_version=line.clause.id,
            code=line.clause.code,
            policy=line.clause.policy,
            number=line.clause.number,
            severity=line.clause.severity,
            title=dict(line.clause.title),
            text=dict(line.clause.text),
            breach=dict(line.clause.breach),
            no_breach=dict(line.clause.no_breach),
        )
        for line in bench.lines
    ]
    content = ContentOut(**{name: getattr(bench.content, name) for name in ContentOut.model_fields})
    return TaskOut(
        task_id=bench.task_id,
        fencing_token=bench.fencing_token,
        lease_until=bench.lease_until,
        content=content,
        lines=lines,
        draft=dict(bench.draft),
    )


@router.post("/tasks/{task_id}/verdict", response=SubmittedOut, auth=holding(Permission.REVIEW))
def verdict(
    request: HttpRequest,
    task_id: UUID,
    body: VerdictIn,
    idempotency_key: str = Header("", alias="Idempotency-Key"),  # type: ignore[type-arg]
) -> SubmittedOut:
    """Hand a verdict in, once: repeat the call with the same Idempotency-Key as often as needed."""
    fields = body.model_dump(exclude={"fencing_token"})
    done = operations.submit_verdict(
        task_id=task_id,
        reviewer=_access(request).person,
        fencing_token=body.fencing_token,
        idempotency_key=idempotency_key,
        verdict=JudgedItem(**fields),
        at=timezone.now(),
    )
    return SubmittedOut(task_id=done.pk, state=done.state)


@router.post("/tasks/{task_id}/undo", response=HeldOut, auth=holding(Permission.REVIEW))
def undo(request: HttpRequest, task_id: UUID) -> HeldOut:
    """Take the verdict back, for ten seconds."""
    return _held(operations.undo_verdict(task_id=task_id, reviewer=_access(request).person, at=timezone.now()))


@router.put("/tasks/{task_id}/draft", response=DraftOut, auth=holding(Permission.REVIEW))
def draft(request: HttpRequest, task_id: UUID, body: DraftIn) -> DraftOut:
    """Keep a draft."""
    kept = operations.save_draft(
        task_id=task_id, person=_access(request).person, content=body.model_dump(), at=timezone.now()
    )
    return DraftOut(saved_at=kept.saved_at)


@router.post("/tasks/{task_id}/renew", response=LeaseOut, auth=holding(Permission.REVIEW))
def renew(request: HttpRequest, task_id: UUID, body: TokenIn) -> LeaseOut:
    """Keep a task in hand."""
    until = operations.renew_lease(
        task_id=task_id,
        person=_access(request).person,
        fencing_token=body.fencing_token,
        at=timezone.now(),
    )
    return LeaseOut(lease_until=until)


@router.post("/tasks/{task_id}/skip", response={204: None}, auth=holding(Permission.REVIEW))
def skip(request: HttpRequest, task_id: UUID, body: TokenIn) -> Any:
    """Give a task back for others."""
    operations.skip_task(
        task_id=task_id,
        person=_access(request).person,
        fencing_token=body.fencing_token,
        at=timezone.now(),
    )
    return 204, None


def _access(request: HttpRequest) -> Access:
    return access_for_request(request, Permission.REVIEW)


def _held(held: Held) -> HeldOut:
    return HeldOut(task_id=held.task_id, fencing_token=held.fencing_token, lease_until=held.lease_until)
