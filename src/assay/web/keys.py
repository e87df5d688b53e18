"""The keys of the pages, for the help page; the workbench lists its own on F1."""

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


@dataclass(frozen=True, slots=True, kw_only=True)
class Key:
    """A key and what it does."""

    key: str
    does: Promise | str
    where: Promise | str


_EVERYWHERE, _WORKBENCH, _FIGURES = _("Every page"), _("Workbench"), _("Figures")

KEYS: tuple[Key, ...] = (
    Key(key="Tab", does=_("Go to the next control; the first stop skips to the content"), where=_EVERYWHERE),
    Key(key="Esc", does=_("Close a dialog, or leave a field"), where=_EVERYWHERE),
    Key(key="X", does=_("Turn the comparison with the period before on or off"), where=_FIGURES),
    Key(key="← →", does=_("Move from mark to mark in a chart and hear its value"), where=_FIGURES),
    Key(key="1 … 9", does=_("Choose the action with that number"), where=_WORKBENCH),
    Key(key="P", does=_("Find and choose the policy line"), where=_WORKBENCH),
    Key(key="Z X C", does=_("Say how sure: low, medium, high"), where=_WORKBENCH),
    Key(key="N", does=_("Write a note"), where=_WORKBENCH),
    Key(key="Ctrl Enter", does=_("Submit and take the next item"), where=_WORKBENCH),
    Key(key="U", does=_("Undo the last submit, for 10 seconds"), where=_WORKBENCH),
    Key(key="S", does=_("Skip the item"), where=_WORKBENCH),
    Key(key="V", does=_("Hold to look at covered content; Shift V keeps it uncovered"), where=_WORKBENCH),
    Key(key="H", does=_("Cover everything now"), where=_WORKBENCH),
    Key(key="F", does=_("Find in the policy"), where=_WORKBENCH),
    Key(key="F1", does=_("List all keys of the workbench"), where=_WORKBENCH),
)
