import pytest

from assay.figures.charts import frame
from assay.figures.charts.scales import Scale
from assay.figures.charts.theme import paint_of
from assay.figures.numbers import Unit
from tests.figures.charts.reading import heading, parse, texts


def test_text_wraps_within_its_width():
    lines = frame.wrapped("one two three four five six seven", width=80)
    assert " ".join(lines) == "one two three four five six seven"
    assert all(frame.text_width(line) <= 80 for line in lines)


def test_word_wider_than_its_line_is_cut():
    (line,) = frame.wrapped("Geschwindigkeitsbegrenzung", width=60)
    assert line.endswith("…")
    assert frame.text_width(line) <= 60


def test_short_text_is_not_cut():
    assert frame.shortened("Manila", width=100) == "Manila"


def test_root_is_an_image_with_title_and_description():
    svg = frame.assemble(
        heading(title="A < B"),
        theme="css",
        kind="x",
        body=(),
        plot_bottom=100,
        description="All of it",
        notes=("A note",),
    )
    root = parse(svg)
    assert (root.get("role"), root.get("aria-labelledby"), root.get("class")) == (
        "img",
        "c1-title c1-desc",
        "drawing drawing-x",
    )
    assert [(child.get("id"), child.text) for child in root[:2]] == [("c1-title", "A < B"), ("c1-desc", "All of it")]
    assert texts(svg) == ["A < B", "The measure", "A note", "Method: The method"]


def test_empty_chart_says_so():
    svg = frame.empty(heading(language="es"), theme="light", kind="x")
    assert "No hay nada que mostrar con esta selección" in texts(svg)
    assert "var(" not in svg


def test_chart_too_narrow_is_refused():
    with pytest.raises(ValueError, match="width must be at least 320, got 200"):
        frame.empty(heading(width=200), theme="css", kind="x")


def test_ticks_of_a_narrow_axis_are_thinned():
    box = frame.Box(left=0, top=0, right=60, bottom=10)
    ticks = (0, 0.02, 0.04, 0.06, 0.08)
    written = [frame.tick_text(tick, ticks, Unit.RATE, "en_US") for tick in ticks]
    axis = frame.x_axis(ticks, Scale(low=0, high=0.08, start=0, stop=60), box, written, paint_of("css"))
    assert written == ["0%", "2%", "4%", "6%", "8%"]
    assert axis.markup.count("<text") == 3
    assert axis.markup.count("<line") == 5
