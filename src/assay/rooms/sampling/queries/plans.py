"""Plans within a viewer's places, and how far their reviews are."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from django.db.models import Count, QuerySet

from assay.rooms.organisation.access import Access

from ..models import Plan, SampledDecision


def plans(access: Access) -> QuerySet[Plan]:
    """Return the plans within an access, newest first."""
    return Plan.objects.filter(unit__in=access.units()).select_related("unit", "created_by")


def plan_by_code(code: str, *, access: Access) -> Plan | None:
    """Return a plan within an access, or none."""
    return plans(access).filter(code=code).first()


def next_code() -> str:
    """Propose the code of the next round, which tells nothing of what it samples."""
    taken = set(Plan.objects.values_list("code", flat=True))
    number = len(taken) + 1
    while f"round-{number}" in taken:
        number += 1
    return f"round-{number}"


def settled_by_stratum(plan_ids: Sequence[int]) -> Mapping[tuple[int, str], int]:
    """Count the decisions of each plan and stratum whose review is settled; says nothing of the result."""
    rows = (
        SampledDecision.objects.filter(plan_id__in=plan_ids, settlement__isnull=False)
        .order_by()
        .values_list("plan_id", "stratum_label")
        .annotate(settled=Count("pk"))
    )
    return {(plan, label): settled for plan, label, settled in rows}
