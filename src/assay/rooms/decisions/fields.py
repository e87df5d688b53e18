"""What each column of the log may hold, and the headings under which tools tend to send it."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from assay.rooms.policies.terms import Severity

from .terms import (
    AppealOutcome,
    AppealStatus,
    EnqueueSource,
    EventKind,
    FieldKind,
    ItemType,
    LogKind,
    MakerType,
    Outcome,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Field:
    """One column of the log.

    Args:
        name: As in `assay.columnar.layout`.
        kind: How its text becomes a value.
        is_required: A row without it is refused.
        words: The words it may hold, for `FieldKind.WORD`.
        codes: The list of known codes it is checked against, for `FieldKind.CODE`.
        low: Smallest number.
        high: Greatest number.
        length: Most characters.
        is_person: It names a person, and must do so by pseudonym.
        aliases: Headings that mean it, in small letters and digits only.
    """

    name: str
    kind: FieldKind
    is_required: bool = False
    words: tuple[str, ...] = ()
    codes: str = ""
    low: float = 0.0
    high: float = 1e15
    length: int = 200
    is_person: bool = False
    aliases: tuple[str, ...] = ()


TEXT_LENGTH = 65_536


def _id(name: str, *aliases: str, is_required: bool = False, length: int = 200, is_person: bool = False) -> Field:
    return Field(
        name=name,
        kind=FieldKind.ID,
        aliases=aliases,
        is_required=is_required,
        length=length,
        is_person=is_person,
    )


def _text(name: str, *aliases: str) -> Field:
    return Field(name=name, kind=FieldKind.TEXT, aliases=aliases, length=TEXT_LENGTH)


def _word(name: str, words: type[StrEnum], *aliases: str, is_required: bool = False) -> Field:
    return Field(name=name, kind=FieldKind.WORD, words=tuple(words), aliases=aliases, is_required=is_required)


def _code(name: str, codes: str, *aliases: str) -> Field:
    return Field(name=name, kind=FieldKind.CODE, codes=codes, aliases=aliases)


def _count(name: str, *aliases: str, high: float = 1e15) -> Field:
    return Field(name=name, kind=FieldKind.COUNT, aliases=aliases, high=high)


def _number(name: str, *aliases: str, high: float = 1e15) -> Field:
    return Field(name=name, kind=FieldKind.NUMBER, aliases=aliases, high=high)


def _moment(name: str, *aliases: str, is_required: bool = False) -> Field:
    return Field(name=name, kind=FieldKind.MOMENT, aliases=aliases, is_required=is_required)


DECISION_FIELDS: tuple[Field, ...] = (
    _id("decision_id", "id", "puid", "decision", "iddecision", "iddeladecision", is_required=True),
    _id("case_id", "case", "jobid", "job", "ticket", "ticketid", "caso", "idcaso", "iddelcaso"),
    _id("item_id", "item", "itemref", "listingid", "contentid", "productid", "articulo", "idarticulo", "idproducto"),
    _word("item_type", ItemType, "contenttype", "itemtypeid", "typeofitem", "tipodearticulo", "tipodecontenido"),
    _id("content_hash", "itemversion", "hash", "huella"),
    _text("content_title", "title", "itemtitle", "titulo"),
    _text("content_text", "text", "description", "body", "texto", "descripcion"),
    _text("content_translation", "translation", "traduccion"),
    Field(
        name="translation_language",
        kind=FieldKind.LANGUAGE,
        aliases=("translationlang", "idiomadelatraduccion"),
    ),
    Field(name="is_graphic", kind=FieldKind.FLAG, aliases=("graphic", "sensitive", "grafico", "sensible")),
    _moment("content_created_at", "contentdate", "createdat", "publishedat", "fechadecontenido", "creadoel"),
    Field(name="market", kind=FieldKind.MARKET, aliases=("country", "territory", "mercado", "pais")),
    Field(name="content_language", kind=FieldKind.LANGUAGE, aliases=("language", "lang", "idioma", "lengua")),
    Field(
        name="moderator_language",
        kind=FieldKind.LANGUAGE,
        aliases=("makerlanguage", "agentlanguage", "idiomademoderacion"),
    ),
    _id("category_path", "category", "categoria", "rutadecategoria", length=500),
    _number("price", "precio"),
    Field(name="currency", kind=FieldKind.CURRENCY, aliases=("moneda", "divisa")),
    _id("seller_id", "seller", "vendedor", "idvendedor"),
    _count("exposure_views", "views", "impressions", "vistas", "visualizaciones"),
    _count("exposure_orders", "orders", "pedidos"),
    _number("exposure_gmv", "gmv", "sales", "ventas"),
    _word("enqueue_source", EnqueueSource, "enqueuedby", "detectionsource", "origen", "origendelcaso"),
    _id("queue", "queueid", "queuename", "cola"),
    _id("task_type", "tasktype", "projectid", "tipodetarea"),
    _moment("enqueued_at", "enqueued", "queuedat", "receivedat", "encoladoel", "recibidoel"),
    _moment("claimed_at", "claimed", "startedat", "openedat", "tomadoel", "inicio"),
    _moment(
        "decided_at",
        "decided",
        "decisiontime",
        "decisiondate",
        "timestamp",
        "decididoel",
        "fechadedecision",
        is_required=True,
    ),
    _moment("effective_at", "effective", "effectfrom", "vigentedesde", "efectivoel"),
    _word("outcome", Outcome, "decisionoutcome", "action", "verdict", "resultado", "accion", is_required=True),
    _code("policy", "policies", "policyid", "policycode", "violation", "politica"),
    _id("policy_version", "policyv", "versiondepolitica"),
    _code("clause", "clauses", "clauseid", "policyline", "inciso", "clausula"),
    _word("severity", Severity, "violationseverity", "gravedad"),
    _number("penalty_points", "points", "strikes", "puntos", high=1e4),
    _text("rationale", "reason", "note", "notes", "decisionreason", "motivo", "nota"),
    _word(
        "maker_type",
        MakerType,
        "decisionmakertype",
        "madeby",
        "automateddecision",
        "tipodedecisor",
        is_required=True,
    ),
    _id("maker", "moderator", "moderatorid", "agent", "agentid", "reviewerid", "moderador", is_person=True),
    _code("site", "sites", "siteid", "hub", "location", "sede", "centro"),
    _code("vendor", "vendors", "vendorid", "bpo", "proveedor"),
    _code("team", "teams", "teamid", "equipo"),
    _id("shift", "turno"),
    _count("tenure_days", "tenure", "antiguedad", "diasdeantiguedad", high=36_600),
    _id("model_name", "model", "modelo"),
    _id("model_version", "modelv", "versiondemodelo"),
    _id("rule_id", "rule", "regla", "idregla"),
    _number("risk_score", "modelscore", "score", "risk", "riesgo", "puntajederiesgo", high=1),
    _word("appeal_status", AppealStatus, "appeal", "apelacion", "estadodeapelacion"),
    _word("appeal_outcome", AppealOutcome, "appealresult", "resultadodeapelacion"),
    _moment("appeal_decided_at", "appealdecided", "apelacionresueltael"),
    _id("supersedes_id", "supersedes", "parentdecisionid", "reemplazaa"),
    Field(name="is_golden", kind=FieldKind.FLAG, aliases=("golden", "gold", "isgold", "dorado", "casodereferencia")),
    _moment("revision_at", "updatedat", "modifiedat", "revisedat", "actualizadoel", "modificadoel"),
)

EVENT_FIELDS: tuple[Field, ...] = (
    _id("event_id", "id", "event", "idevento", is_required=True),
    _id("case_id", "case", "jobid", "ticket", "caso", "idcaso", is_required=True),
    _id("decision_id", "decision", "iddecision"),
    _word("kind", EventKind, "eventtype", "eventkind", "type", "tipo", "tipodeevento", is_required=True),
    _moment("at", "time", "timestamp", "occurredat", "momento", "fecha", is_required=True),
    _id("actor", "agent", "moderator", "actorid", "moderador", is_person=True),
    _code("site", "sites", "siteid", "hub", "sede", "centro"),
    _id("queue", "queueid", "cola"),
    _moment("revision_at", "updatedat", "modifiedat", "actualizadoel", "modificadoel"),
)

FIELDS: dict[LogKind, tuple[Field, ...]] = {
    LogKind.DECISIONS: DECISION_FIELDS,
    LogKind.EVENTS: EVENT_FIELDS,
}
# What must not come after what, and the longest time that may lie between; seconds.
SPANS: dict[LogKind, tuple[tuple[str, str, float], ...]] = {
    LogKind.DECISIONS: (
        ("claimed_at", "decided_at", 30 * 86_400.0),
        ("enqueued_at", "decided_at", 3 * 366 * 86_400.0),
        ("decided_at", "appeal_decided_at", 10 * 366 * 86_400.0),
    ),
    LogKind.EVENTS: (),
}


def field_named(log_kind: LogKind, name: str) -> Field | None:
    """Return a column of a log, or None when it has none of that name."""
    return next((field for field in FIELDS[log_kind] if field.name == name), None)
