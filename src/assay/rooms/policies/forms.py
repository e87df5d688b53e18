"""Forms: what is typed, checked for shape; the operations decide whether it may be."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from . import labels
from .models import Policy
from .terms import LANGUAGES, Severity


def _text(label: Any, *, language: str, is_required: bool = False, rows: int = 3, **more: Any) -> forms.CharField:
    widget = forms.Textarea(attrs={"rows": rows, "lang": language})
    return forms.CharField(label=label, required=is_required, widget=widget, max_length=4000, **more)


def _line(label: Any, *, language: str, is_required: bool = False) -> forms.CharField:
    widget = forms.TextInput(attrs={"lang": language})
    return forms.CharField(label=label, required=is_required, widget=widget, max_length=200)


def _severity() -> forms.ChoiceField:
    return forms.ChoiceField(label=_("Severity"), choices=[(str(s), labels.SEVERITIES[s]) for s in Severity])


class _InLanguages(forms.Form):
    """A form whose fields end in `_en` and `_es`."""

    def texts(self, name: str) -> dict[str, str]:
        """Return what was typed for one part, by language."""
        return {language: self.cleaned_data[f"{name}_{language}"] for language in LANGUAGES}

    def place_of(self, name: str) -> str:
        """Return the field beside which a refusal of a part is shown."""
        return f"{name}_en" if f"{name}_en" in self.fields else name


class PolicyForm(_InLanguages):
    name_en = _line(_("Name in English"), language="en", is_required=True)
    name_es = _line(_("Name in Spanish"), language="es")
    description_en = _text(_("Description in English"), language="en")
    description_es = _text(_("Description in Spanish"), language="es")
    severity = _severity()
    dsa_category = forms.ChoiceField(
        label=_("DSA statement category"),
        required=False,
        choices=[("", pgettext_lazy("category", "None")), *((str(c), t) for c, t in labels.DSA_CATEGORIES.items())],
    )
    is_graphic = forms.BooleanField(
        label=_("Cover its content until the reviewer asks to look"),
        required=False,
    )


class NewPolicyForm(PolicyForm):
    code = forms.CharField(
        label=_("Code"),
        max_length=40,
        help_text=_("Capitals and digits joined by hyphens, such as IPR. It never changes."),
    )
    parent = forms.ChoiceField(label=_("Below"), required=False, choices=[])

    field_order = ("code", "parent")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        parents = self.fields["parent"]
        if isinstance(parents, forms.ChoiceField):
            in_use = Policy.objects.filter(retired_at__isnull=True).values_list("code", flat=True)
            parents.choices = [("", _("No other policy")), *((code, code) for code in in_use)]


class ClauseForm(_InLanguages):
    code = forms.CharField(
        label=_("Code"),
        max_length=40,
        help_text=_("Capitals and digits joined by hyphens, such as IPR-2. It never changes."),
    )
    title_en = _line(_("Title in English"), language="en", is_required=True)
    title_es = _line(_("Title in Spanish"), language="es")


class VersionForm(_InLanguages):
    market = forms.CharField(
        label=_("Market"),
        max_length=8,
        required=False,
        help_text=_("Two capitals such as MX. Empty: every market without a version of its own."),
    )
    effective_from = forms.DateTimeField(
        label=_("In force from"),
        required=False,
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
        help_text=_("In your time zone. Empty: at once."),
    )
    severity = _severity()
    text_en = _text(_("Text in English"), language="en", is_required=True, rows=4)
    text_es = _text(
        _("Text in Spanish"), language="es", rows=4, help_text=_("Where it is missing, readers see the English text.")
    )
    breach_en = _text(_("A breach is, in English"), language="en")
    breach_es = _text(_("A breach is, in Spanish"), language="es")
    no_breach_en = _text(_("No breach is, in English"), language="en")
    no_breach_es = _text(_("No breach is, in Spanish"), language="es")
    reason = forms.CharField(label=_("Why it changes"), max_length=300, required=False)


class RetireForm(forms.Form):
    """Cannot be undone, so it asks for the code to be typed."""

    typed = forms.CharField(label=_("Type the code to confirm"), max_length=40)

    def __init__(self, *args: Any, code: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.code = code

    def clean_typed(self) -> str:
        """Check that the right policy is meant."""
        typed: str = self.cleaned_data["typed"]
        if typed.strip() != self.code:
            raise forms.ValidationError(_("This is not the code shown above."))
        return typed
