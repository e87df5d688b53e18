"""How a rule says no."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any


class Refusal(Exception):
    """What was refused, with the facts that made it so.

    Args:
        code: Stable name for programs, such as "reviews.lease_lost".
        message: A sentence for people, in English, with `{fact}` placeholders; translated at the edge.
        facts: The values in the sentence.
        field: The form field it stands beside, if one.
        status: The HTTP status that fits.
    """

    def __init__(
        self,
        code: str,
        message: str,
        *,
        facts: Mapping[str, Any] | None = None,
        field: str = "",
        status: int = 409,
    ) -> None:
        self.code = code
        self.message = message
        self.facts = dict(facts or {})
        self.field = field
        self.status = status
        super().__init__(message.format(**self.facts))
