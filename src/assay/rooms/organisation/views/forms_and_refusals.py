"""How a page shows a rule's refusal: beside the field it is about, in the reader's language."""

from __future__ import annotations

from django.forms import Form
from django.utils.translation import gettext

from assay.rooms.organisation.refusals import Refusal


def add_refusal(form: Form, refusal: Refusal) -> None:
    """Put a refusal beside its field, or above the form."""
    sentence = gettext(refusal.message).format(**refusal.facts)
    form.add_error(refusal.field if refusal.field in form.fields else None, sentence)
