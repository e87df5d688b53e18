"""The marketplace that is simulated: its sites, queues, machines and policies in use.

Constants only; which of them carry a planted truth is decided by the seed, in `plants`.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

LANGUAGES = ("en", "es", "pt", "fr", "de", "id", "ar")


class Desk(StrEnum):
    """What a team works on."""

    LISTINGS = "listings"
    MEDIA = "media"
    COMMUNITY = "community"


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """A region or a vendor."""

    code: str
    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Site:
    """A site with its share of human decisions, its markets and the languages of their content.

    Args:
        miss: Share of violations a settled moderator there leaves up.
        over: Share of fine items taken down.
    """

    code: str
    name: str
    region: str
    zone: str
    vendor: str
    share: float
    languages: tuple[tuple[str, float], ...]
    markets: tuple[tuple[str, float], ...]
    miss: float
    over: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Queue:
    """Where cases wait: what they are, how many break a policy, which policies, and how hard they are."""

    code: str
    desk: Desk
    item_type: str
    enqueue_source: str
    share: float
    violating: float
    hardness: float
    clauses: tuple[tuple[str, float], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """A policy line in use: the action it asks for, and the products it concerns."""

    code: str
    outcome: str
    other_outcome: str
    severity: str
    products: tuple[int, ...]

    @property
    def policy(self) -> str:
        return self.code.split("-", maxsplit=1)[0]


@dataclass(frozen=True, slots=True, kw_only=True)
class Machine:
    """A rule or a model, in one version, with the share of machine decisions it makes."""

    maker: str
    kind: str
    name: str
    version: str
    share: float
    clauses: tuple[str, ...]


REGIONS = (
    Place(code="americas", name="Americas"),
    Place(code="europe", name="Europe"),
    Place(code="asia-pacific", name="Asia-Pacific"),
    Place(code="africa", name="Africa"),
)
VENDORS = (
    Place(code="cordillera", name="Cordillera Soporte"),
    Place(code="tagus-trust", name="Tagus Trust"),
    Place(code="pacific-review", name="Pacific Review Partners"),
)
SITES = (
    Site(code="mexico-city", name="Mexico City", region="americas", zone="America/Mexico_City", vendor="", share=0.2,
         languages=(("es", 0.86), ("en", 0.14)), markets=(("MX", 0.8), ("US", 0.2)), miss=0.085, over=0.022),
    Site(code="bogota", name="Bogotá", region="americas", zone="America/Bogota", vendor="cordillera", share=0.13,
         languages=(("es", 0.94), ("en", 0.06)), markets=(("CO", 0.55), ("PE", 0.2), ("CL", 0.25)),
         miss=0.1, over=0.024),
    Site(code="sao-paulo", name="São Paulo", region="americas", zone="America/Sao_Paulo", vendor="", share=0.14,
         languages=(("pt", 0.95), ("es", 0.05)), markets=(("BR", 1.0),), miss=0.09, over=0.02),
    Site(code="dublin", name="Dublin", region="europe", zone="Europe/Dublin", vendor="", share=0.13,
         languages=(("en", 0.6), ("de", 0.25), ("fr", 0.15)), markets=(("GB", 0.5), ("IE", 0.12), ("DE", 0.38)),
         miss=0.075, over=0.02),
    Site(code="lisbon", name="Lisbon", region="europe", zone="Europe/Lisbon", vendor="tagus-trust", share=0.12,
         languages=(("es", 0.46), ("pt", 0.22), ("fr", 0.32)), markets=(("ES", 0.48), ("PT", 0.2), ("FR", 0.32)),
         miss=0.095, over=0.024),
    Site(code="manila", name="Manila", region="asia-pacific", zone="Asia/Manila", vendor="pacific-review", share=0.14,
         languages=(("en", 1.0),), markets=(("PH", 0.52), ("US", 0.3), ("AU", 0.18)), miss=0.09, over=0.025),
    Site(code="jakarta", name="Jakarta", region="asia-pacific", zone="Asia/Jakarta", vendor="pacific-review",
         share=0.08, languages=(("id", 0.88), ("en", 0.12)), markets=(("ID", 0.85), ("MY", 0.15)),
         miss=0.1, over=0.026),
    Site(code="casablanca", name="Casablanca", region="africa", zone="Africa/Casablanca", vendor="tagus-trust",
         share=0.06, languages=(("ar", 0.45), ("fr", 0.55)), markets=(("MA", 0.62), ("FR", 0.38)),
         miss=0.1, over=0.024),
)  # fmt: skip
MODERATORS_PER_TEAM = {Desk.LISTINGS: 10, Desk.MEDIA: 5, Desk.COMMUNITY: 4}

PRODUCTS = (
    "Health > Supplements", "Health > Supplements", "Beauty > Skin care", "Beauty > Hair care",
    "Electronics > Chargers", "Electronics > Audio", "Toys > Building", "Toys > Dolls", "Fashion > Shoes",
    "Fashion > Bags", "Home > Kitchen", "Home > Lighting", "Drinks > Wine", "Lifestyle > Vaping",
    "Health > Massage", "Fashion > T-shirts",
)  # fmt: skip
CLEAN_PRODUCTS = (0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 14, 15)

LINES = (
    Line(code="PRH-1", outcome="remove", other_outcome="restrict_visibility", severity="critical", products=(1, 13)),
    Line(code="RST-2", outcome="remove", other_outcome="warn", severity="major", products=(0, 1)),
    Line(code="RST-3", outcome="remove", other_outcome="age_gate", severity="major", products=(12, 13)),
    Line(code="UNS-2", outcome="remove", other_outcome="warn", severity="major", products=(4, 5, 6, 11)),
    Line(code="IPR-1", outcome="remove", other_outcome="warn", severity="critical", products=(5, 8, 9)),
    Line(code="IPR-2", outcome="warn", other_outcome="remove", severity="major", products=(4, 8, 9, 15)),
    Line(code="CLM-1", outcome="remove", other_outcome="label", severity="major", products=(0, 1, 2, 14)),
    Line(code="CLM-2", outcome="remove", other_outcome="warn", severity="major", products=(0, 2, 3)),
    Line(code="PRC-1", outcome="warn", other_outcome="remove", severity="minor", products=(4, 5, 8, 10)),
    Line(code="INF-1", outcome="restrict_visibility", other_outcome="remove", severity="minor", products=(0, 1, 6)),
    Line(code="INF-2", outcome="restrict_visibility", other_outcome="remove", severity="minor", products=(2, 3, 6, 7)),
    Line(code="ADV-1", outcome="label", other_outcome="remove", severity="major", products=(2, 3, 5, 9)),
    Line(code="FRD-1", outcome="remove", other_outcome="warn", severity="critical", products=(4, 5, 8, 9)),
    Line(code="REV-1", outcome="remove", other_outcome="warn", severity="major", products=CLEAN_PRODUCTS),
    Line(code="ADL-2", outcome="age_gate", other_outcome="remove", severity="major", products=(14,)),
    Line(code="HAT-2", outcome="remove", other_outcome="warn", severity="major", products=CLEAN_PRODUCTS),
    Line(code="LIV-2", outcome="interrupt_live", other_outcome="warn", severity="major", products=(6, 7, 8)),
    Line(code="LIV-3", outcome="interrupt_live", other_outcome="warn", severity="major", products=(4, 8, 9)),
    Line(code="PRV-1", outcome="remove", other_outcome="warn", severity="major", products=CLEAN_PRODUCTS),
    Line(code="SEL-1", outcome="suspend_account", other_outcome="warn", severity="major", products=CLEAN_PRODUCTS),
    Line(code="ORI-1", outcome="remove", other_outcome="label", severity="major", products=CLEAN_PRODUCTS),
)  # fmt: skip
LINE_AT = {line.code: place for place, line in enumerate(LINES)}

_LISTING = (("RST-2", 0.14), ("RST-3", 0.08), ("UNS-2", 0.11), ("IPR-1", 0.15), ("IPR-2", 0.08), ("CLM-1", 0.13),
            ("CLM-2", 0.09), ("PRC-1", 0.04), ("INF-1", 0.05), ("INF-2", 0.07), ("PRH-1", 0.04),
            ("ADL-2", 0.02))  # fmt: skip
QUEUES = (
    Queue(code="new-listings", desk=Desk.LISTINGS, item_type="listing", enqueue_source="pre_publication",
          share=0.42, violating=0.2, hardness=1.0, clauses=_LISTING),
    Queue(code="listing-reports", desk=Desk.LISTINGS, item_type="listing", enqueue_source="user_report",
          share=0.12, violating=0.4, hardness=1.1, clauses=(*_LISTING, ("FRD-1", 0.12))),
    Queue(code="rights-notices", desk=Desk.LISTINGS, item_type="listing", enqueue_source="rights_holder_notice",
          share=0.04, violating=0.64, hardness=1.2, clauses=(("IPR-1", 0.6), ("IPR-2", 0.3), ("ORI-1", 0.1))),
    Queue(code="ads", desk=Desk.LISTINGS, item_type="ad", enqueue_source="pre_publication",
          share=0.06, violating=0.16, hardness=1.0,
          clauses=(("CLM-1", 0.35), ("CLM-2", 0.3), ("PRC-1", 0.2), ("RST-3", 0.15))),
    Queue(code="sellers", desk=Desk.LISTINGS, item_type="seller_account", enqueue_source="pre_publication",
          share=0.03, violating=0.12, hardness=1.1, clauses=(("SEL-1", 1.0),)),
    Queue(code="product-videos", desk=Desk.MEDIA, item_type="product_video", enqueue_source="proactive_model",
          share=0.13, violating=0.22, hardness=1.25,
          clauses=(("ADV-1", 0.34), ("ORI-1", 0.26), ("CLM-2", 0.22), ("CLM-1", 0.18))),
    Queue(code="live-patrol", desk=Desk.MEDIA, item_type="live_segment", enqueue_source="proactive_model",
          share=0.05, violating=0.36, hardness=1.9,
          clauses=(("LIV-2", 0.34), ("LIV-3", 0.38), ("CLM-1", 0.14), ("FRD-1", 0.14))),
    Queue(code="reviews", desk=Desk.COMMUNITY, item_type="review", enqueue_source="proactive_model",
          share=0.1, violating=0.32, hardness=1.0, clauses=(("REV-1", 0.62), ("HAT-2", 0.22), ("PRV-1", 0.16))),
    Queue(code="comments", desk=Desk.COMMUNITY, item_type="comment", enqueue_source="user_report",
          share=0.05, violating=0.38, hardness=1.1, clauses=(("HAT-2", 0.6), ("PRV-1", 0.22), ("FRD-1", 0.18))),
)  # fmt: skip
QUEUE_AT = {queue.code: place for place, queue in enumerate(QUEUES)}

# Shares of who decides: people, machines, and people with a machine's advice.
MAKER_TYPES = (
    ("human", 0.5),
    ("human_assisted", 0.17),
    ("human_overrode_model", 0.03),
    ("model", 0.19),
    ("rule", 0.11),
)
MODELS = (
    Machine(maker="model:listing-risk", kind="model", name="listing-risk", version="2026.1", share=0.7, clauses=()),
    Machine(maker="model:video-risk", kind="model", name="video-risk", version="5", share=0.3, clauses=()),
)
RULES = (
    Machine(maker="rule:supplement-label", kind="rule", name="supplement-label", version="3", share=0.34,
            clauses=("RST-2",)),
    Machine(maker="rule:vape-words", kind="rule", name="vape-words", version="8", share=0.24, clauses=("RST-3",)),
    Machine(maker="rule:brand-lookalike", kind="rule", name="brand-lookalike", version="12", share=0.26,
            clauses=("IPR-1", "IPR-2")),
    Machine(maker="rule:contact-details", kind="rule", name="contact-details", version="6", share=0.16,
            clauses=("FRD-1",)),
)  # fmt: skip
CURRENCIES = {
    "MX": "MXN", "US": "USD", "CO": "COP", "PE": "PEN", "CL": "CLP", "BR": "BRL", "GB": "GBP", "IE": "EUR",
    "DE": "EUR", "ES": "EUR", "PT": "EUR", "FR": "EUR", "PH": "PHP", "AU": "AUD", "ID": "IDR", "MY": "MYR", "MA": "MAD",
}  # fmt: skip
# Local units for one euro, roughly: prices should look like prices.
UNITS_PER_EURO = {
    "MXN": 20.0, "USD": 1.1, "COP": 4400.0, "PEN": 4.1, "CLP": 1030.0, "BRL": 6.0, "GBP": 0.85, "EUR": 1.0,
    "PHP": 64.0, "AUD": 1.7, "IDR": 17500.0, "MYR": 4.9, "MAD": 10.8,
}  # fmt: skip
MARKETS = tuple(CURRENCIES)


def team_code(site: str, desk: Desk) -> str:
    """Return the code of a site's team for one kind of work."""
    return f"{site}-{desk}"


TEAMS = tuple((site.code, desk) for site in SITES for desk in Desk)
