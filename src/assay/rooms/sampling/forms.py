"""What is typed to plan a sample; the same fields stand in the address of the planner."""

from __future__ import annotations

from datetime import datetime, time, timedelta
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from assay.rooms.organisation.access import Access
from assay.rooms.organisation.models import Unit

from . import labels, queries
from .models import Plan
from .rules import Design, Population, Target
from .terms import DOMAINS, FILTERS, MOST_BANDS, USUAL_FLOOR

POINT = 0.01


class PlaceField(forms.ModelChoiceField):  # type: ignore[type-arg]
    """A choice of units, shown by name."""

    def label_from_instance(self, obj: Any) -> str:
        return str(obj.name)


class PlanForm(forms.Form):
    """A plan before it is drawn."""

    name = forms.CharField(label=_("Name"), max_length=120)
    code = forms.CharField(
        label=_("Code"),
        max_length=40,
        required=False,
        help_text=_("Stands in the address and is what reviewers see. Left empty, the next number is taken."),
    )
    unit = PlaceField(label=_("Place"), queryset=Unit.objects.none(), to_field_name="code")
    start = forms.DateField(label=_("First day"), widget=forms.DateInput(attrs={"type": "date"}))
    end = forms.DateField(label=_("Last day"), widget=forms.DateInput(attrs={"type": "date"}))
    domain = forms.ChoiceField(label=_("Results by"), required=False)
    half_width = forms.FloatField(
        label=_("Precision of the whole, ± percentage points"),
        required=False,
        min_value=0.01,
        max_value=50,
        help_text=_("Half of the 95 % interval."),
    )
    domain_half_width = forms.FloatField(
        label=_("Precision of each, ± percentage points"),
        required=False,
        min_value=0.01,
        max_value=50,
        help_text=_("For every value of the dimension chosen above, such as every site."),
    )
    budget_hours = forms.FloatField(
        label=_("Auditor hours at most"), required=False, min_value=0.1, max_value=1_000_000
    )
    sample_size = forms.IntegerField(
        label=_("Number of decisions"),
        required=False,
        min_value=1,
        max_value=200_000,
        help_text=_("If given, exactly so many are drawn, whatever precision they give."),
    )
    doubles = forms.FloatField(
        label=_("Reviewed twice, %"),
        min_value=0,
        max_value=100,
        help_text=_("Two auditors who know nothing of each other; this measures their agreement."),
    )
    minutes = forms.FloatField(label=_("Minutes per review"), min_value=0.05, max_value=480)
    by_family = forms.BooleanField(label=_("Draw by what was done (left up, taken down …)"), required=False)
    by_score = forms.BooleanField(label=_("Draw by risk score"), required=False)
    bands = forms.IntegerField(label=_("Score bands at most"), min_value=1, max_value=MOST_BANDS)
    floor = forms.FloatField(
        label=_("Spread evenly whatever the score says, %"),
        min_value=0,
        max_value=100,
        help_text=_("10 % protects against a wrong score; choose 30 % in the first cycle of a new one."),
    )

    def __init__(self, *args: Any, access: Access, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        unit = self.fields["unit"]
        assert isinstance(unit, forms.ModelChoiceField)
        unit.queryset = access.units()
        self.fields["domain"] = forms.ChoiceField(
            label=_("Results by"),
            required=False,
            choices=[("", _("Nothing: only the whole")), *((d, labels.column_label(d)) for d in DOMAINS)],
        )
        # Whoever looks after one place is offered the values found there, and no other place's codes.
        place = None if access.site_codes() is None else access.units().order_by("path").first()
        for column in FILTERS:
            self.fields[column] = forms.MultipleChoiceField(
                label=labels.column_label(column),
                required=False,
                choices=[(v or "-", labels.value_label(column, v)) for v in queries.known_values(column, unit=place)],
                widget=forms.SelectMultiple(attrs={"size": 5}),
            )

    def main_fields(self) -> list[forms.BoundField]:
        """Fields that every plan needs."""
        return [self[name] for name in ("name", "code", "unit", "start", "end")]

    def goal_fields(self) -> list[forms.BoundField]:
        """Fields that decide the number of reviews."""
        names = ("domain", "half_width", "domain_half_width", "budget_hours", "sample_size", "doubles", "minutes")
        return [self[name] for name in names]

    def design_fields(self) -> list[forms.BoundField]:
        """Fields for whoever wants to change how reviews are spread."""
        return [self[name] for name in ("by_family", "by_score", "bands", "floor")]

    def filter_fields(self) -> list[forms.BoundField]:
        """Fields that narrow the population."""
        return [self[name] for name in FILTERS]

    def has_filters(self) -> bool:
        """Tell whether the population is narrowed."""
        return any(self[name].value() for name in FILTERS)

    def plan_fields(self) -> dict[str, Any]:
        """Return what `queries.preview` takes; midnights are the reader's."""
        given = self.cleaned_data
        targets = []
        if given["half_width"] is not None:
            targets.append(Target(half_width=given["half_width"] * POINT))
        if given["domain_half_width"] is not None and given["domain"]:
            targets.append(Target(domain=given["domain"], half_width=given["domain_half_width"] * POINT))
        chosen = {c: tuple("" if v == "-" else v for v in given[c]) for c in FILTERS if given[c]}
        return {
            "unit": given["unit"],
            "period_start": _midnight(given["start"]),
            "period_end": _midnight(given["end"] + timedelta(days=1)),
            "population": Population(equals=chosen),
            "design": Design(
                domain=given["domain"],
                by_family=given["by_family"],
                by_score=given["by_score"],
                bands=given["bands"],
                floor=given["floor"] / 100,
                budget_hours=given["budget_hours"],
            ),
            "targets": tuple(targets),
            "doubles_share": given["doubles"] / 100,
            "minutes_per_review": given["minutes"],
        }

    def clean(self) -> dict[str, Any]:
        """Refuse what a rule would refuse, beside the field."""
        given = super().clean() or {}
        start, end = given.get("start"), given.get("end")
        if start and end and end < start:
            self.add_error("end", _("The last day must not lie before the first."))
        if given.get("domain_half_width") is not None and not given.get("domain"):
            self.add_error("domain", _("Choose by what the results are to be known, or clear the precision of each."))
        goals = ("half_width", "domain_half_width", "budget_hours", "sample_size")
        if not self.errors and all(given.get(name) is None for name in goals):
            self.add_error(
                "half_width", _("Say how precise the result must be, how many hours may be spent, or how many to draw.")
            )
        return given


def defaults(access: Access, *, at: datetime) -> dict[str, Any]:
    """Propose a plan: the four weeks up to yesterday, every site within a point, the whole within half."""
    today = timezone.localtime(at).date()
    units = access.units().order_by("path")
    first = units.first()
    return {
        "unit": first.code if first else "",
        "start": (today - timedelta(days=28)).isoformat(),
        "end": (today - timedelta(days=1)).isoformat(),
        "domain": "site",
        "half_width": 0.5,
        "domain_half_width": 1.0,
        "doubles": 10,
        "minutes": 2.0,
        "by_family": True,
        "by_score": True,
        "bands": 10,
        "floor": USUAL_FLOOR * 100,
    }


def fields_of(plan: Plan) -> list[tuple[str, str]]:
    """Return a plan as the planner's address has it, without name and code."""
    design = Design.from_json(plan.design)
    given: list[tuple[str, Any]] = [
        ("unit", plan.unit.code),
        ("start", timezone.localtime(plan.period_start).date().isoformat()),
        ("end", (timezone.localtime(plan.period_end) - timedelta(seconds=1)).date().isoformat()),
        ("domain", design.domain),
        ("doubles", _plain(plan.doubles_share * 100)),
        ("minutes", _plain(plan.minutes_per_review)),
        ("bands", design.bands),
        ("floor", _plain(design.floor * 100)),
        ("budget_hours", "" if design.budget_hours is None else _plain(design.budget_hours)),
    ]
    given += [(name, "on") for name in ("by_family", "by_score") if getattr(design, name)]
    for kept in plan.targets:
        target = Target.from_json(kept)
        given.append(("domain_half_width" if target.domain else "half_width", _plain(target.half_width * 100)))
    for column, values in Population.from_json(plan.population).equals.items():
        given += [(column, value or "-") for value in values]
    return [(name, str(value)) for name, value in given]


def _plain(value: float) -> str:
    return f"{value:.6g}"


def _midnight(day: Any) -> datetime:
    return timezone.make_aware(datetime.combine(day, time()))
