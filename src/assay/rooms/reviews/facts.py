"""From rows to the small values that rules take."""

from __future__ import annotations

from datetime import datetime

from assay.rooms.organisation import access
from assay.rooms.organisation import queries as organisation_queries
from assay.rooms.organisation.models import Person
from assay.rooms.organisation.terms import Permission, QualificationKind, UnitKind

from . import rules
from .models import Draft, Seen, Task, Verdict
from .terms import CaseFacts, ReviewerFacts, Round, TaskFacts, TaskState


def of_reviewer(person: Person, *, at: datetime) -> ReviewerFacts:
    """Return what decides what a person may review."""
    codes = organisation_queries.qualified_codes(person, QualificationKind.LANGUAGE, at=at)
    home = person.home
    return ReviewerFacts(
        person=person.pk,
        moderator_ref=person.moderator_ref or "",
        team=home.code if home.kind == UnitKind.TEAM else "",
        languages=frozenset(rules.language_of(code) for code in codes),
    )


def of_case(task: Task, *, person: Person) -> CaseFacts:
    """Return what ties a person to a task's case, if anything does."""
    item, sampled = task.item, task.item.sampled
    others = Task.objects.filter(item=item, state__in=(TaskState.HELD, TaskState.SUBMITTED)).exclude(pk=task.pk)
    verdicts = Verdict.objects.filter(task__item=item).exclude(task=task)
    reviewed_by = set(others.values_list("holder_id", flat=True)) | set(verdicts.values_list("reviewer_id", flat=True))
    seen = Seen.objects.filter(person=person, content_hash=item.content_hash).first()
    return CaseFacts(
        language=task.language,
        maker=sampled.maker,
        team=sampled.team,
        round=Round(task.round),
        reviewed_by=frozenset(pk for pk in reviewed_by if pk is not None),
        seen_how=seen.how if seen else "",
    )


def of_task(task: Task) -> TaskFacts:
    return TaskFacts(state=TaskState(task.state), holder=task.holder_id, fencing_token=task.fencing_token)


def has_touched(task: Task, person: Person) -> bool:
    """Tell whether a person holds or has held a task; to others it does not exist."""
    return (
        task.holder_id == person.pk
        or Draft.objects.filter(task=task, person=person).exists()
        or Verdict.objects.filter(task=task, reviewer=person).exists()
    )


def review_paths(person: Person, permission: Permission) -> tuple[str, ...]:
    """Return the places at which a person reviews."""
    return access.access_of(person, permission).paths
