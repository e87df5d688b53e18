"""How long the figures take with 50,000 verdicts and 26 weeks: `python benchmarks/overview.py`.

Builds a throw-away database, reads the reviews cold and warm, and times the overview's four measures with
their charts, one measure by two cuts, and 500 people in a funnel. Exits 1 when a bound is missed.
"""

from __future__ import annotations

import os
import shutil
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT / "src"), str(ROOT)]
os.environ["ASSAY_HOME"] = tempfile.mkdtemp(prefix="assay-overview-")
os.environ["ASSAY_SQLITE_SYNCHRONOUS"] = "OFF"
os.environ["DJANGO_SETTINGS_MODULE"] = "assay.web.settings"

VERDICTS = 50_000
PLANS = 7
# Seconds: a filter changed within a second, the overview within one and a half (UX 24), on two cores.
BOUNDS = {"read, cold": 6.0, "read, warm": 0.05, "overview": 1.5, "two cuts": 1.0, "funnel of people": 1.0}


def main() -> int:
    import django

    django.setup()
    from django.core.management import call_command

    call_command("migrate", run_syncdb=True, interactive=False, verbosity=0)
    _plant()
    missed = 0
    for name, work in _works().items():
        start = time.perf_counter()
        work()
        took = time.perf_counter() - start
        missed += took > BOUNDS[name]
        print(f"{name:<20} {took:7.3f} s  (at most {BOUNDS[name]:.2f} s){'  MISSED' if took > BOUNDS[name] else ''}")
    return 1 if missed else 0


def _works() -> dict[str, Callable[[], object]]:
    from assay.rooms.quality import rules
    from assay.rooms.quality.measures import MEASURES
    from assay.rooms.quality.queries.measuring import Question, figures_by
    from assay.rooms.quality.queries.overview import looks
    from assay.rooms.quality.queries.people import funnel_of
    from assay.rooms.quality.queries.reviewed import reviewed
    from assay.rooms.quality.terms import Cut, Filters, Weight

    def question() -> Question:
        everything = reviewed()
        return Question(reviewed=everything, sites=None, filters=rules.with_period(Filters(), everything.days()))

    today = reviewed().days()[1] + timedelta(days=30)  # type: ignore[index]
    from assay.rooms.quality.queries import reviewed as module

    module._kept.cache_clear()
    return {
        "read, cold": reviewed,
        "read, warm": reviewed,
        "overview": lambda: looks(question(), today=today),
        "two cuts": lambda: figures_by(question(), MEASURES["error_rate"], (Cut.POLICY, Cut.SITE)),
        "funnel of people": lambda: funnel_of(
            question().over(Filters()).selection(), MEASURES["error_rate"], "maker", weight=Weight.DECISIONS
        ),
    }


def _plant() -> None:
    from tests import factories
    from tests.rooms.quality import planted

    planted.MAKERS = 250
    world = factories.world()
    each = VERDICTS // PLANS // 40
    strata = {
        f"{site}|{band:02d}": (site, 20_000 * (band + 1), each, each)
        for site in ("dublin", "mexico")
        for band in range(20)
    }
    for number in range(PLANS):
        spec = planted.Spec(
            code=f"plan-{number}",
            start=planted.START + timedelta(weeks=4 * number),
            strata=strata,
            doubles=0.1,
            unjudged=0.0,
        )
        planted.plant(
            spec,
            unit=world.root,
            reviewer=world.person("auditor", "root"),
            second=world.people["auditor2@mexico"],
            seed=number,
        )
    print(f"{PLANS} plans, {PLANS * 40 * each:,} verdicts, {2 * planted.MAKERS} people")


if __name__ == "__main__":
    try:
        code = main()
    finally:
        shutil.rmtree(os.environ["ASSAY_HOME"], ignore_errors=True)
    raise SystemExit(code)
