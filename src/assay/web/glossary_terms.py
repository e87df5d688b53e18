"""The words of the trade in both languages: data, not translations of one another's sentences."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Term:
    """One word with its twin and what it means, in English and in Spanish."""

    english: str
    spanish: str
    meaning: str
    significado: str


def _term(english: str, spanish: str, meaning: str, significado: str) -> Term:
    return Term(english=english, spanish=spanish, meaning=meaning, significado=significado)


TERMS: tuple[Term, ...] = (
    _term(
        "Acceptance sampling",
        "Muestreo de aceptación",
        "A plan that decides whether a lot passes, with known risks of deciding wrongly; it does not estimate a rate.",
        "Plan que decide si un lote se acepta, con riesgos conocidos de equivocarse; no estima una tasa.",
    ),
    _term(
        "Adjudication",
        "Adjudicación",
        "The binding answer of a third person when two auditors differ.",
        "Respuesta vinculante de una tercera persona cuando dos auditorías difieren.",
    ),
    _term(
        "Agreement of auditors",
        "Concordancia entre auditores",
        "How often two auditors who judged apart reach the same result, also beyond chance (AC1, kappa, alpha).",
        "Con qué frecuencia dos auditorías independientes llegan al mismo resultado, también más allá del azar"
        " (AC1, kappa, alfa).",
    ),
    _term(
        "Ambiguous case",
        "Caso ambiguo",
        "A case on which experts reasonably differ; charged to the clause, not to the person.",
        "Caso en el que personas expertas difieren con razón; se atribuye a la cláusula, no a la persona.",
    ),
    _term(
        "Appeal; overturned, upheld",
        "Apelación; revocada, confirmada",
        "A seller, creator or buyer contests a decision of the platform; it is changed, or it stands.",
        "Quien vende, crea o compra impugna una decisión de la plataforma; se cambia o se mantiene.",
    ),
    _term(
        "Audit log",
        "Bitácora",
        "The append-only trail of everything that was changed, each entry bound to the one before it.",
        "Registro de solo adición de todo lo que se cambió, con cada entrada ligada a la anterior.",
    ),
    _term(
        "Auditor",
        "Auditor(a) de calidad",
        "Who judges a sampled decision again, without seeing the first answer.",
        "Quien vuelve a juzgar una decisión de la muestra sin ver la primera respuesta.",
    ),
    _term(
        "Blind review",
        "Revisión a ciegas",
        "The first decision, the moderator and the site are withheld until the verdict is given.",
        "La decisión original, quien la tomó y la sede se ocultan hasta que se emite el dictamen.",
    ),
    _term(
        "Blocker",
        "Bloqueo",
        "What keeps a team from deciding well; it has an owner and an age.",
        "Lo que impide a un equipo decidir bien; tiene responsable y antigüedad.",
    ),
    _term(
        "Calibration",
        "Calibración",
        "Everyone judges the same cases apart, then aligns on the rule behind the differences.",
        "Todas las personas juzgan los mismos casos por separado y luego acuerdan la regla tras las diferencias.",
    ),
    _term(
        "CAPA",
        "CAPA (acciones correctivas y preventivas)",
        "Containment, corrective and preventive action, closed only when its effect is shown.",
        "Contención, acción correctiva y preventiva; se cierra solo cuando se demuestra su eficacia.",
    ),
    _term(
        "Clause, version in force",
        "Cláusula, versión vigente",
        "One rule of a policy as it read at a moment in a market; a decision is judged by the version then in force.",
        "Una regla de una política tal como regía en un momento y mercado; cada decisión se juzga con la versión"
        " vigente entonces.",
    ),
    _term(
        "Confidence interval",
        "Intervalo de confianza",
        "The range that holds the true value in 95 of 100 such samples.",
        "Rango que contiene el valor verdadero en 95 de cada 100 muestras como esta.",
    ),
    _term(
        "Control chart, control limits",
        "Gráfico de control, límites de control",
        "A measure over time with the band of its usual variation; only points outside it, or runs, are news.",
        "Una medición en el tiempo con la banda de su variación habitual; solo son noticia los puntos fuera de"
        " ella o las rachas.",
    ),
    _term(
        "Decision",
        "Decisión",
        "What a moderator or a machine did with one item under one policy: leave it up, or act.",
        "Lo que una persona o una máquina hizo con un elemento según una política: dejarlo o actuar.",
    ),
    _term(
        "Decision quality",
        "Calidad de decisión",
        "Share of decisions that the audit finds correct, weighted by how they were sampled.",
        "Proporción de decisiones que la auditoría considera correctas, ponderada según cómo se muestrearon.",
    ),
    _term(
        "Design effect",
        "Efecto de diseño",
        "How much wider the interval is than that of a simple random sample of the same size.",
        "Cuánto se amplía la varianza frente a una muestra aleatoria simple del mismo tamaño.",
    ),
    _term(
        "Disagreement",
        "Discrepancia",
        "Two verdicts on the same item that do not say the same; a lead rules on it.",
        "Dos dictámenes sobre el mismo elemento que no coinciden; los resuelve quien lidera.",
    ),
    _term(
        "Dispute",
        "Impugnación interna",
        "A moderator contests a finding of the audit.",
        "Quien modera impugna un resultado de la auditoría.",
    ),
    _term(
        "Draw",
        "Extracción",
        "The decisions that a frozen plan chose; anyone with the seed can repeat it bit for bit.",
        "Las decisiones que eligió un plan congelado; quien tenga la semilla puede repetirla idéntica.",
    ),
    _term(
        "Drift",
        "Deriva",
        "A slow change of auditors, models or content that no single day shows.",
        "Cambio lento de auditorías, modelos o contenido que ningún día aislado revela.",
    ),
    _term(
        "Effect check",
        "Verificación de eficacia",
        "Whether a fix worked, by a rule and a sample size declared before.",
        "Si una acción funcionó, según una regla y un tamaño de muestra declarados de antemano.",
    ),
    _term(
        "Estimate",
        "Estimación",
        "The value a sample gives for the whole, with interval, n and method.",
        "Valor que una muestra da para el total, con intervalo, n y método.",
    ),
    _term(
        "Exposure",
        "Exposición",
        "How often an item was seen; weighting by it counts an error by how many people met it.",
        "Cuántas veces se vio un elemento; ponderar por ella cuenta un error según cuántas personas lo encontraron.",
    ),
    _term(
        "Frame",
        "Marco muestral",
        "All decisions that a plan could have drawn.",
        "Todas las decisiones que un plan pudo haber elegido.",
    ),
    _term(
        "Funnel plot",
        "Gráfico de embudo",
        "Rates against sample size with limits: shows who differs from the rest more than chance does.",
        "Tasas frente al tamaño de muestra con límites: muestra quién difiere del resto más que el azar.",
    ),
    _term(
        "Inclusion probability (π)",
        "Probabilidad de inclusión (π)",
        "The chance that a decision had of being drawn; its inverse is the weight.",
        "Probabilidad que tenía una decisión de ser elegida; su inverso es la ponderación.",
    ),
    _term(
        "Lane",
        "Carril",
        "Why a case was chosen: random, targeted, reference case or dispute. Lanes never mix in an estimate.",
        "Por qué se eligió un caso: al azar, dirigido, de referencia o impugnado. Los carriles nunca se mezclan en"
        " una estimación.",
    ),
    _term(
        "Listing",
        "Publicación",
        "What a seller offers; beside it stand videos, livestreams, reviews, comments, sellers and creators.",
        "Lo que ofrece quien vende; junto a ella hay videos, transmisiones en vivo, reseñas, comentarios y cuentas.",
    ),
    _term(
        "Market, site, queue",
        "Mercado, sede, cola",
        "Where the item is offered, where the work is done, and the line it waits in.",
        "Dónde se ofrece el elemento, dónde se trabaja y en qué fila espera.",
    ),
    _term(
        "Moderator",
        "Moderador(a)",
        "Who decides first: a person, a rule or a model.",
        "Quien decide primero: una persona, una regla o un modelo.",
    ),
    _term(
        "n",
        "n",
        "Reviews behind a figure.",
        "Revisiones detrás de una cifra.",
    ),
    _term(
        "Not enough data",
        "Datos insuficientes",
        "Fewer reviews than a figure needs to say anything; shown grey and never ranked.",
        "Menos revisiones de las que una cifra necesita para decir algo; se muestra en gris y nunca se ordena.",
    ),
    _term(
        "Offline QA / online QA",
        "QA a posteriori / QA en línea",
        "Audit after a decision took effect / before or while it does.",
        "Auditoría después de que la decisión surte efecto / antes o mientras lo hace.",
    ),
    _term(
        "Overturn rate",
        "Tasa de revocación",
        "Overturned appeals among those decided; a complete count, not a sample of all decisions.",
        "Apelaciones revocadas entre las resueltas; recuento completo, no muestra de todas las decisiones.",
    ),
    _term(
        "Plan of sampling",
        "Plan de muestreo",
        "The question, the frame, the strata and the precision wanted, frozen before anything is drawn.",
        "La pregunta, el marco, los estratos y la precisión deseada, congelados antes de extraer nada.",
    ),
    _term(
        "Policy gap",
        "Vacío de política",
        "A case that no clause covers; a finding about the policy.",
        "Caso que ninguna cláusula cubre; un hallazgo sobre la política.",
    ),
    _term(
        "Pseudonym",
        "Seudónimo",
        "The name under which a person appears to others and in the audit log.",
        "Nombre con el que una persona aparece ante las demás y en la bitácora.",
    ),
    _term(
        "Rate, mix and interaction effect",
        "Efecto tasa, mezcla e interacción",
        "Why an average moved: quality within groups changed, the shares of groups changed, or both together.",
        "Por qué se movió un promedio: cambió la calidad dentro de los grupos, cambió su proporción o ambas cosas.",
    ),
    _term(
        "Reference case (gold)",
        "Caso de referencia",
        "A case whose right answer is known and agreed; used to check auditors, never in an estimate.",
        "Caso cuya respuesta correcta se conoce y acordó; sirve para comprobar auditorías, nunca en una estimación.",
    ),
    _term(
        "Root cause",
        "Causa raíz",
        "What, if removed, would have kept the error from happening.",
        "Aquello que, de eliminarse, habría evitado el error.",
    ),
    _term(
        "Round",
        "Ronda",
        "One frozen plan being reviewed.",
        "Un plan congelado en revisión.",
    ),
    _term(
        "Severity",
        "Gravedad",
        "How much harm an error does: minor, major or critical.",
        "Cuánto daño causa un error: menor, mayor o crítica.",
    ),
    _term(
        "Special cause",
        "Causa especial",
        "A change larger than the usual variation; worth an explanation.",
        "Cambio mayor que la variación habitual; merece explicación.",
    ),
    _term(
        "Statement of reasons",
        "Declaración de motivos",
        "What the person concerned is told about a restriction and why (EU Digital Services Act, article 17).",
        "Lo que se comunica a la persona afectada sobre una restricción y su motivo (Reglamento de Servicios Digitales"
        " de la UE, artículo 17).",
    ),
    _term(
        "Stratum",
        "Estrato",
        "A part of the frame that is sampled on its own.",
        "Parte del marco que se muestrea por separado.",
    ),
    _term(
        "Technical error",
        "Error técnico",
        "The decision was right on what was shown; the system showed or did something else.",
        "La decisión fue correcta según lo mostrado; el sistema mostró o hizo otra cosa.",
    ),
    _term(
        "Verdict",
        "Dictamen",
        "What an auditor says should have been done, under which clause, and how sure.",
        "Lo que una auditoría dice que debió hacerse, según qué cláusula y con qué seguridad.",
    ),
    _term(
        "Weight",
        "Ponderación",
        "How many decisions of the frame one sampled decision stands for.",
        "Cuántas decisiones del marco representa una decisión de la muestra.",
    ),
    _term(
        "Wrong action or policy",
        "Acción o política incorrecta",
        "Right to act, but with another action or under another policy than due.",
        "Correspondía actuar, pero con otra acción o según otra política.",
    ),
    _term(
        "Wrongly left up (under-enforcement, false negative)",
        "Dejado por error (submoderación, falso negativo)",
        "A breach that was left standing: a buyer may be harmed.",
        "Incumplimiento que se dejó en pie: quien compra puede resultar perjudicado.",
    ),
    _term(
        "Wrongly taken down (over-enforcement, false positive)",
        "Retirado por error (sobremoderación, falso positivo)",
        "Action where none was due: a seller or creator is harmed.",
        "Acción donde no correspondía: quien vende o crea resulta perjudicado.",
    ),
)
