import pytest

from assay.figures.charts.svg import Node, element, group, path_of, pixels, text_of


def test_text_and_attributes_are_escaped():
    node = element("text", '<script>"&', aria_label='"><x>')
    assert node.markup == '<text aria-label="&quot;&gt;&lt;x&gt;">&lt;script&gt;&quot;&amp;</text>'


def test_names_become_svg_names():
    node = element("svg", viewBox="0 0 1 1", class_="a", data_low_limit="1", x=None)
    assert node == Node('<svg viewBox="0 0 1 1" class="a" data-low-limit="1"/>')


def test_group_keeps_order():
    assert group((element("a"), "b")).markup == "<g><a/>b</g>"


def test_characters_outside_xml_are_replaced():
    assert text_of("a\x00b\x1f") == "a\ufffdb\ufffd"


@pytest.mark.parametrize(
    ("value", "text"),
    [(0, "0"), (1.005, "1"), (12.5, "12.5"), (-3, "-3"), (-0.001, "0"), (100.0, "100"), (-0.25, "-0.25")],
)
def test_pixels_have_two_decimals(value, text):
    assert pixels(value) == text


def test_path_runs_through_points():
    assert path_of([(0, 1), (2.5, 3)]) == "M0 1L2.5 3"
    assert path_of([(0, 1), (2, 3)], closed=True) == "M0 1L2 3Z"
    assert path_of([]) == ""
