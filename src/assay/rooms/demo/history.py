"""What was published when: the policies' versions during the simulated weeks."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from assay.rooms.organisation.models import Person
from assay.rooms.policies import operations
from assay.rooms.policies.models import Clause, ClauseVersion

from .terms import Plants

ENGLISH_ONLY = ("en",)
BOTH = ("en", "es")

# What a new version adds to the text of the line.
_ADDED: dict[str, dict[str, str]] = {
    "CLM-1": {
        "en": "A customer's testimonial in the listing counts as the seller's own claim.",
        "es": "Un testimonio de clientes en la publicación cuenta como afirmación de quien vende.",
    },
    "CLM-2": {
        "en": "A promised number of days counts as a guaranteed result.",
        "es": "Prometer un número de días cuenta como resultado garantizado.",
    },
    "UNS-2": {
        "en": "The mark must be legible in a photo; naming it in the text is not enough.",
        "es": "La marca debe leerse en una foto; nombrarla en el texto no basta.",
    },
    "RST-2": {
        "en": "In Mexico the label is in Spanish and shows the notice number.",
        "es": "En México la etiqueta está en español y muestra el número de aviso.",
    },
    "IPR-2": {
        "en": "Names written with other letters or spaces count as the name.",
        "es": "Los nombres escritos con otras letras o espacios cuentan como el nombre.",
    },
    "LIV-2": {
        "en": "Free draws need written rules on the screen for as long as they last.",
        "es": "Los sorteos gratuitos necesitan reglas escritas en pantalla mientras duren.",
    },
    "ADV-1": {
        "en": "The notice stays on the screen for at least three seconds.",
        "es": "El aviso permanece en pantalla al menos tres segundos.",
    },
    "FRD-1": {
        "en": "Links shortened by a third party count as contact outside the platform.",
        "es": "Los enlaces acortados por terceros cuentan como contacto fuera de la plataforma.",
    },
}
_REASONS = {
    "CLM-1": "Testimonials were used to say what sellers may not.",
    "CLM-2": "Promises of days were read in different ways.",
    "UNS-2": "Marks were named but not shown.",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """One thing that happens to the policies at a moment."""

    at: datetime
    happen: Callable[[], object]


def changes(planted: Plants, *, actor: Person, starts: datetime, now: datetime, weeks: int) -> list[Change]:
    """Return the versions to publish, in order of time; the planted line's Spanish comes late."""
    late = planted.late_clause

    def week(number: float) -> datetime:
        return starts + timedelta(weeks=number)

    def publish(code: str, at: datetime, *, languages: tuple[str, ...] = BOTH, **more: object) -> Change:
        return Change(at=at, happen=lambda: _publish(code, at=at, actor=actor, languages=languages, **more))  # type: ignore[arg-type]

    planned = [
        publish("RST-2", week(weeks * 0.1), market="MX", reason="Labelling rules of the market."),
        publish(late.clause, week(late.in_force_week), languages=ENGLISH_ONLY, reason=_REASONS[late.clause]),
        publish("IPR-2", week(weeks * 0.45), reason="Sellers changed letters to be found."),
        publish("LIV-2", week(weeks * 0.7), reason="Free draws were run without rules."),
        publish("ADV-1", week(weeks * 0.8), languages=ENGLISH_ONLY, reason="Notices flashed by."),
        publish("FRD-1", now - timedelta(days=2), begins=now + timedelta(days=12), reason="New pattern of scams."),
    ]
    arrives = week(late.arrived_week)
    if arrives < now - timedelta(days=3):
        planned.append(publish(late.clause, arrives, reason="Spanish text added."))
    return sorted(planned, key=lambda change: change.at)


def _publish(
    code: str,
    *,
    at: datetime,
    actor: Person,
    languages: tuple[str, ...],
    market: str = "",
    begins: datetime | None = None,
    reason: str = "",
) -> ClauseVersion:
    clause = Clause.objects.get(code=code)
    original = clause.versions.filter(market="").order_by("number")[0]
    added = _ADDED[code]
    return operations.publish_version(
        clause=clause,
        text={language: f"{original.text[language]} {added[language]}" for language in languages},
        breach=_of(original.breach, languages),
        no_breach=_of(original.no_breach, languages),
        severity=original.severity,
        effective_from=begins or at,
        market=market,
        reason=reason,
        actor=actor,
        at=at,
    )


def _of(texts: Mapping[str, str], languages: tuple[str, ...]) -> dict[str, str]:
    return {language: texts[language] for language in languages}
