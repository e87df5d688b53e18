"""Who may be tried out in a demonstration: read from a file that only the demonstration writes."""

from __future__ import annotations

import json
from dataclasses import dataclass

from django.conf import settings


@dataclass(frozen=True, slots=True, kw_only=True)
class DemoPeople:
    """The password they share, and each one's login with the role it shows."""

    password: str
    people: tuple[tuple[str, str], ...]


def demo_people() -> DemoPeople | None:
    """Read `demo.json` beside the database; a real installation has none.

    The file: `{"password": "…", "people": [{"login": "…", "role": "auditor"}, …]}`.
    """
    path = settings.HOME / "demo.json"
    if not path.is_file():
        return None
    kept = json.loads(path.read_text(encoding="utf-8"))
    people = tuple((person["login"], person["role"]) for person in kept["people"])
    return DemoPeople(password=kept["password"], people=people)
