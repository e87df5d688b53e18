"""The few words a chart draws by itself, in English and in Spanish.

Titles, labels and rule sentences come from whoever makes the chart. These are the rest: what a hollow
point means, what a limit is called. Language, not region, decides them.
"""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class ChartWords:
    """What a chart says of its own; words in braces are filled in when drawn."""

    interval: str
    reviewed: str
    value: str
    count: str
    measured: str
    period: str
    starts_on: str
    group: str
    limits: str
    upper_limit: str
    lower_limit: str
    centre: str
    signal: str
    note: str
    method: str
    no_value: str
    not_enough: str
    partial: str
    hollow: str
    empty: str
    not_from_zero: str
    more_in_table: str
    above: str
    below: str
    inside: str
    position: str
    row_share: str
    row_total: str
    cost: str
    half_width: str
    chosen: str
    target: str
    no_rows: str
    rows_received: str
    site: str
    day: str
    cumulative: str
    done: str
    planned: str
    needed_by_now: str
    marks_count: str


ENGLISH = ChartWords(
    interval="{confidence} interval",
    reviewed="n",
    value="Value",
    count="Count",
    measured="Measured",
    period="Period",
    starts_on="Starts on",
    group="Group",
    limits="Control limits",
    upper_limit="Upper limit",
    lower_limit="Lower limit",
    centre="Centre",
    signal="Special cause",
    note="Note",
    method="Method",
    no_value="No value",
    not_enough="Not enough data",
    partial="Period not over",
    hollow="Hollow: not enough data or period not over",
    empty="Nothing to show for this selection",
    not_from_zero="The axis does not start at zero",
    more_in_table="More in the table: {count}",
    above="Above the limits",
    below="Below the limits",
    inside="Within the limits",
    position="Position",
    row_share="Share of row",
    row_total="Row total",
    cost="Cost",
    half_width="Half-width of the interval",
    chosen="Chosen",
    target="Target",
    no_rows="No rows",
    rows_received="Rows received",
    site="Site",
    day="Day",
    cumulative="Cumulative share",
    done="Done",
    planned="Planned",
    needed_by_now="Needed by now",
    marks_count="Values shown: {count}",
)

SPANISH = ChartWords(
    interval="Intervalo ({confidence})",
    reviewed="n",
    value="Valor",
    count="Cantidad",
    measured="Medición",
    period="Periodo",
    starts_on="Comienza el",
    group="Grupo",
    limits="Límites de control",
    upper_limit="Límite superior",
    lower_limit="Límite inferior",
    centre="Centro",
    signal="Causa especial",
    note="Nota",
    method="Método",
    no_value="Sin valor",
    not_enough="Datos insuficientes",
    partial="Periodo en curso",
    hollow="Marca hueca: datos insuficientes o periodo en curso",
    empty="No hay nada que mostrar con esta selección",
    not_from_zero="El eje no comienza en cero",
    more_in_table="Más en la tabla: {count}",
    above="Por encima de los límites",
    below="Por debajo de los límites",
    inside="Dentro de los límites",
    position="Posición",
    row_share="Proporción de la fila",
    row_total="Total de la fila",
    cost="Costo",
    half_width="Semiamplitud del intervalo",
    chosen="Elegido",
    target="Meta",
    no_rows="Sin filas",
    rows_received="Filas recibidas",
    site="Sede",
    day="Día",
    cumulative="Proporción acumulada",
    done="Hecho",
    planned="Previsto",
    needed_by_now="Necesario a la fecha",
    marks_count="Valores mostrados: {count}",
)


def words_in(language: str) -> ChartWords:
    """Give the words of a language ("en", "es", "es-mx"); refuse one that has none."""
    match language.lower().replace("_", "-").split("-")[0]:
        case "en":
            return ENGLISH
        case "es":
            return SPANISH
    raise ValueError(f"language must be en or es, got {language!r}")
