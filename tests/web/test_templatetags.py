from datetime import UTC, date, datetime
from types import SimpleNamespace

import pytest
from django.template import Context, Template
from django.utils import timezone, translation

from assay.figures.tables import Column, Kind, Table
from assay.stats.estimation import Estimate, Estimator, Reason
from assay.stats.intervals import Interval, Method
from assay.web.formats import region_in_force
from assay.web.templatetags import assay as tags

ESTIMATE = Estimate(
    value=0.0312,
    interval=Interval(low=0.021, high=0.0443, confidence=0.95, method=Method.WILSON),
    n=1234,
    errors=39,
    method=Estimator.STRATIFIED,
)
NOTHING = Estimate(value=None, interval=None, n=0, errors=0, method=Estimator.STRATIFIED, reason=Reason.NO_UNITS)
MOMENT = datetime(2026, 3, 2, 3, 30, tzinfo=UTC)


def _shown(source: str, region: str = "en_US", zone: str = "UTC", **facts) -> str:
    with region_in_force(region), timezone.override(zone), translation.override("en"):
        return Template(source).render(Context(facts)).replace("\u00a0", " ")


@pytest.mark.parametrize(
    ("source", "value", "region", "shown"),
    [
        ("{{ value|count }}", 1234567, "en_US", "1,234,567"),
        ("{{ value|count }}", 1234567, "es_ES", "1.234.567"),
        ("{{ value|percent }}", 0.0294, "es_MX", "2.9 %"),
        ("{{ value|percent }}", 0.0294, "en_US", "2.9%"),
        ("{{ value|percent:2 }}", 0.0294, "es_ES", "2,94 %"),
        ("{{ value|points }}", -0.012, "en_US", "−1.2 pp"),
        ("{{ value|number:2 }}", 1.005, "es_ES", "1,01"),
        ("{{ value|duration }}", 3725, "en_US", "1 h 2 min"),
        ("{{ value|share }}", 1.2, "en_US", "100%"),
        ("{{ value|exact_number }}", 0.5, "es_ES", "0.5"),
    ],
)
def test_numbers_follow_the_region(source, value, region, shown):
    assert _shown(source, region, value=value) == shown


@pytest.mark.parametrize("name", ["count", "number", "percent", "points", "duration", "moment", "when", "day", "week"])
def test_nothing_is_a_dash(name):
    assert _shown(f"{{{{ value|{name} }}}}", value=None) == "—"


def test_moment_is_in_the_readers_zone_with_utc_on_hover():
    shown = _shown("{{ value|moment }}", zone="America/Mexico_City", value=MOMENT)
    assert ">Mar 1, 2026, 9:30 PM UTC−6</time>" in shown
    assert 'title="Mar 2, 2026, 3:30 AM UTC"' in shown
    assert 'tabindex="0"' in shown


def test_moment_of_a_long_table_is_no_stop_for_the_tab_key():
    assert "tabindex" not in _shown("{{ value|when }}", value=MOMENT)


def test_day_of_a_moment_is_the_readers_own():
    assert _shown("{{ value|day }}", zone="America/Mexico_City", value=MOMENT) == "Mar 1, 2026"
    assert _shown("{{ value|day }}", zone="UTC", value=MOMENT) == "Mar 2, 2026"
    assert _shown("{{ value|day }}", value=date(2026, 3, 2)) == "Mar 2, 2026"


def test_interval_is_written_or_its_absence_said():
    assert _shown("{% interval value %}", value=ESTIMATE) == "2.1–4.4%"
    assert _shown("{% interval value %}", value=NOTHING) == "Not enough data"


def test_tile_shows_value_interval_n_and_method():
    shown = _shown(
        '{% estimate_figure value "Decision quality" open_url="/rows" definition_url="/d#x" %}', value=ESTIMATE
    )
    assert '<a href="/rows">3.1%</a>' in shown
    assert "95% interval: 2.1–4.4%" in shown
    assert "n = 1,234" in shown
    assert '<a href="/d#x">Wilson score interval</a>' in shown
    assert 'data-value="0.0312" data-low="0.021" data-high="0.0443"' in shown


def test_tile_without_data_shows_no_number():
    shown = _shown('{% estimate_figure value "Decision quality" %}', value=NOTHING)
    assert "Not enough data" in shown
    assert "n = 0" in shown
    assert "%" not in shown


def test_rate_in_a_line_has_interval_and_n():
    shown = " ".join(_shown("{% rate value %}", value=ESTIMATE).split())
    assert ">3.1%</strong>" in shown
    assert "(2.1–4.4%)" in shown
    assert "n = 1,234" in shown


def test_every_method_has_a_name():
    assert [method for method in Method if tags.method_label(method) == method] == []


def test_table_escapes_text_and_aligns_numbers():
    table = Table(
        columns=(Column(key="who", title="Who"), Column(key="n", title="n", kind=Kind.COUNT)),
        rows=[("<b>A</b>", 1200)],
        title="People",
    )
    shown = _shown('{% include "components/_table.html" with hrefs=hrefs %}', table=table, hrefs=["/people/A"])
    assert '<a href="/people/A">&lt;b&gt;A&lt;/b&gt;</a>' in shown
    assert '<td class="num">1,200</td>' in shown


def test_only_a_drawing_passes_as_a_drawing():
    assert tags.drawn("<svg></svg>") == "<svg></svg>"
    with pytest.raises(ValueError, match="must start with <svg"):
        tags.drawn("<script>")


@pytest.mark.parametrize(("progress", "shown"), [(0.01, ""), (1.0, ""), (0.5, "10 s")])
def test_time_left_is_guessed_from_progress(progress, shown, monkeypatch):
    monkeypatch.setattr(tags.timezone, "now", lambda: datetime(2026, 3, 2, 0, 0, 10, tzinfo=UTC))
    job = SimpleNamespace(progress=progress, created_at=datetime(2026, 3, 2, tzinfo=UTC))
    assert tags.time_left(job).replace("\u00a0", " ") == shown
