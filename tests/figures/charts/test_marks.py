import pytest

from assay.figures.charts.marks import Facts, Shape, check_facts, mark, point, spoken, whisker
from assay.figures.charts.theme import paint_of
from assay.figures.numbers import Unit
from assay.figures.words import ENGLISH, SPANISH

S = "\u00a0"


def test_mark_is_spoken_in_full():
    facts = Facts(label="Tijuana", value=0.029, low=0.021, high=0.034, n=1200, remarks=("Note",))
    assert spoken(facts, region="en_US", words=ENGLISH) == (
        f"Tijuana: 2.9%; 95% interval 2.1–3.4%; n{S}={S}1,200; Note"
    )
    assert spoken(facts, region="es_ES", words=SPANISH) == (
        f"Tijuana: 2,9{S}%; Intervalo (95{S}%) 2,1–3,4{S}%; n{S}={S}1.200; Note"
    )


def test_missing_value_is_spoken():
    facts = Facts(label="W1", value=None, confidence=0.998)
    assert spoken(facts, region="en_US", words=ENGLISH) == "W1: No value"


def test_mark_carries_exact_numbers():
    facts = Facts(label="A", value=1 / 3, low=0.1, high=0.5, n=7, more=(("centre", 0.25), ("upper_limit", None)))
    node = mark(facts, (), x=1.234, y=2, region="en_US", words=ENGLISH)
    assert node.markup == (
        '<g class="mark" role="img" aria-label="A: 33.3%; 95% interval 10.0–50.0%; n\u00a0=\u00a07" data-label="A" '
        'data-value="0.3333333333333333" data-low="0.1" data-high="0.5" data-n="7" data-x="1.23" data-y="2" '
        'data-centre="0.25"/>'
    )


@pytest.mark.parametrize(
    ("facts", "message"),
    [
        (Facts(label="", value=float("nan")), r"p\.value must be a finite number, got nan"),
        (Facts(label="", value=float("inf"), unit=Unit.COUNT), r"p\.value must be a finite number, got inf"),
        (Facts(label="", value=1.2), r"p\.value must lie between 0 and 1, got 1\.2"),
        (Facts(label="", value=0.5, low=0.1), r"p must have both low and high or neither, got 0\.1 and None"),
        (Facts(label="", value=0.5, low=0.6, high=0.4), r"p\.low must not exceed high, got 0\.6 and 0\.4"),
        (Facts(label="", value=0.5, n=-1), r"p\.n must not be negative, got -1"),
        (Facts(label="", value=0.5, more=(("centre", float("nan")),)), r"p\.centre must be a finite number"),
    ],
)
def test_impossible_numbers_are_refused(facts, message):
    with pytest.raises(ValueError, match=message):
        check_facts(facts, "p")


def test_shapes_differ_without_colour():
    paint = paint_of("css")
    drawn = {shape: point(shape, 10, 10, "c", paint).markup.replace("var(--surface)", "") for shape in Shape}
    assert [markup.split(" ")[1] for markup in drawn.values()] == ['class="dot"', 'class="hollow"', 'class="diamond"']


def test_whisker_spans_its_interval():
    assert 'd="M10.00 17.00v6m0 -3H50.00m0 -3v6"' in whisker(10, 50, 20, "c", upright=False).markup
    assert 'd="M17.00 10.00h6m-3 0V50.00m-3 0h6"' in whisker(10, 50, 20, "c", upright=True).markup
