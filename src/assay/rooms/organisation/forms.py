"""Forms: what is typed, checked for shape; the operations decide whether it may be."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from .access import Access
from .labels import DENSITIES, PERMISSIONS, QUALIFICATION_KINDS, ROLES, THEMES, UNIT_KINDS, choices
from .models import Person, Unit, Vendor
from .regions import LANGUAGES, REGIONS, zone_names
from .terms import Permission, UnitKind


class UnitField(forms.ModelChoiceField):  # type: ignore[type-arg]
    """A choice among the places that an access covers, indented by depth."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(Unit.objects.none(), empty_label=_("Choose a place"), **kwargs)

    def label_from_instance(self, obj: Any) -> str:
        """Name a place; its path has one dot a level."""
        depth = str(obj.path).count(".") - 1
        return "\u2003" * depth + str(obj.name)


class VendorField(forms.ModelChoiceField):  # type: ignore[type-arg]
    """A choice among the vendors."""

    def label_from_instance(self, obj: Any) -> str:
        """Name a vendor."""
        return str(obj.name)


class SignInForm(forms.Form):
    login = forms.CharField(
        label=_("Login"),
        max_length=150,
        widget=forms.TextInput(attrs={"autocomplete": "username", "autofocus": True, "autocapitalize": "none"}),
    )
    password = forms.CharField(
        label=_("Password"),
        strip=False,
        max_length=1024,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
    )


class SettingsForm(forms.Form):
    language = forms.ChoiceField(label=_("Language"), choices=LANGUAGES)
    region = forms.ChoiceField(
        label=_("Region"),
        choices=REGIONS,
        help_text=_("Decides how numbers and dates are written, apart from the language."),
    )
    zone = forms.ChoiceField(label=_("Time zone"), choices=[])
    theme = forms.ChoiceField(label=_("Theme"), choices=choices(THEMES))
    density = forms.ChoiceField(label=_("Density"), choices=choices(DENSITIES))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        zones = self.fields["zone"]
        if isinstance(zones, forms.ChoiceField):
            zones.choices = [(name, name.replace("_", " ")) for name in zone_names()]


class PasswordForm(forms.Form):
    """Asks for the old password too: an unwatched screen must not be enough."""

    current = forms.CharField(
        label=_("Current password"),
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
    )
    password = forms.CharField(
        label=_("New password"),
        strip=False,
        help_text=_("At least 12 characters, none of the common ones."),
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )

    def __init__(self, *args: Any, person: Person, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.person = person

    def clean_current(self) -> str:
        """Check the old password."""
        typed: str = self.cleaned_data["current"]
        if not self.person.check_password(typed):
            raise forms.ValidationError(_("This is not the current password."))
        return typed


class TokenForm(forms.Form):
    name = forms.CharField(
        label=_("Name"), max_length=80, help_text=_("What the token is for, so that it can be told apart later.")
    )
    scopes = forms.MultipleChoiceField(
        label=_("May do"), choices=[], widget=forms.CheckboxSelectMultiple, help_text=_("At least one.")
    )
    unit = UnitField(label=_("Where"), help_text=_("There and below, nowhere else."))
    days = forms.IntegerField(
        label=_("Days until it ends"), min_value=1, max_value=365, initial=90, help_text=_("From 1 to 365.")
    )

    def __init__(self, *args: Any, access: Access, held: frozenset[Permission], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _offer_units(self, "unit", access)
        scopes = self.fields["scopes"]
        if isinstance(scopes, forms.MultipleChoiceField):
            scopes.choices = [(str(p), PERMISSIONS[p]) for p in Permission if p in held]

    def expires_at(self) -> Any:
        """Give the moment at which the token ends."""
        return timezone.now() + timedelta(days=self.cleaned_data["days"])


class PersonForm(forms.Form):
    login = forms.CharField(
        label=_("Login"), max_length=150, widget=forms.TextInput(attrs={"autocomplete": "username"})
    )
    name = forms.CharField(label=_("Name"), max_length=150)
    pseudonym = forms.SlugField(
        label=_("Pseudonym"), max_length=40, help_text=_("What other people see, such as A-017. It never changes.")
    )
    home = UnitField(label=_("Home"))
    language = forms.ChoiceField(label=_("Language"), choices=LANGUAGES)
    region = forms.ChoiceField(label=_("Region"), choices=REGIONS)
    moderator_ref = forms.CharField(
        label=_("Code in the decision log"),
        max_length=120,
        required=False,
        help_text=_("For moderators: the code under which the log names them."),
    )
    password = forms.CharField(
        label=_("First password"),
        strip=False,
        help_text=_("At least 12 characters. The person can change it under My account."),
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )

    def __init__(self, *args: Any, access: Access, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _offer_units(self, "home", access)


class RoleForm(forms.Form):
    role = forms.ChoiceField(label=_("Role"), choices=choices(ROLES))
    unit = UnitField(label=_("Where"))

    def __init__(self, *args: Any, access: Access, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _offer_units(self, "unit", access)


class QualificationForm(forms.Form):
    kind = forms.ChoiceField(label=_("Kind"), choices=choices(QUALIFICATION_KINDS))
    code = forms.CharField(
        label=_("Code"), max_length=40, help_text=_("A language such as es, or the code of a policy such as IPR.")
    )


class DeactivationForm(forms.Form):
    """Cannot be undone here, so it asks for the pseudonym to be typed."""

    typed = forms.CharField(label=_("Type the pseudonym to confirm"), max_length=40)

    def __init__(self, *args: Any, pseudonym: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.pseudonym = pseudonym

    def clean_typed(self) -> str:
        """Check that the right person is meant."""
        typed: str = self.cleaned_data["typed"]
        if typed.strip() != self.pseudonym:
            raise forms.ValidationError(_("This is not the pseudonym shown above."))
        return typed


class UnitForm(forms.Form):
    kind = forms.ChoiceField(
        label=_("Kind"), choices=[pair for pair in choices(UNIT_KINDS) if pair[0] != UnitKind.ORGANISATION]
    )
    parent = UnitField(label=_("Belongs to"))
    code = forms.CharField(
        label=_("Code"),
        max_length=60,
        help_text=_("As the decision log writes it: small letters, digits and hyphens. It never changes."),
    )
    name = forms.CharField(label=_("Name"), max_length=120)
    zone = forms.ChoiceField(label=_("Time zone"), choices=[])
    work_languages = forms.CharField(
        label=_("Languages of work"),
        required=False,
        max_length=120,
        help_text=_("Codes with commas between them, such as es, en."),
    )
    vendor = VendorField(
        label=_("Vendor"), queryset=Vendor.objects.none(), required=False, empty_label=_("None: own people")
    )

    def __init__(self, *args: Any, access: Access, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _offer_units(self, "parent", access)
        vendor, zones = self.fields["vendor"], self.fields["zone"]
        if isinstance(vendor, forms.ModelChoiceField) and isinstance(zones, forms.ChoiceField):
            vendor.queryset = Vendor.objects.order_by("name")
            zones.choices = [(name, name.replace("_", " ")) for name in zone_names()]

    def clean_work_languages(self) -> list[str]:
        """Split the codes."""
        return [code.strip().lower() for code in self.cleaned_data["work_languages"].split(",") if code.strip()]


def _offer_units(form: forms.Form, name: str, access: Access) -> None:
    field = form.fields[name]
    if isinstance(field, UnitField):
        field.queryset = access.units()
