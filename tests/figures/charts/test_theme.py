import re
from pathlib import Path

import pytest

import assay.web
from assay.figures.charts import theme

TOKENS = Path(next(iter(assay.web.__path__))) / "static" / "assay" / "tokens.css"


def token_block(start):
    block = TOKENS.read_text().split(start, 1)[1].split("}", 1)[0]
    return dict(re.findall(r"--([\w-]+):\s*([^;]+);", block))


def test_page_theme_names_its_colours():
    assert theme.paint_of("css")("c1") == "var(--c1)"
    with pytest.raises(KeyError):
        theme.paint_of("css")("no-such-colour")


@pytest.mark.parametrize("name", ["light", "dark"])
def test_literal_themes_know_the_same_colours(name):
    assert set(theme.LIGHT) == set(theme.DARK)
    assert re.fullmatch(r"#[0-9A-F]{6}", theme.paint_of(name)("c1"))


@pytest.mark.parametrize(("colours", "start"), [(theme.LIGHT, ":root {"), (theme.DARK, ':root[data-theme="dark"] {')])
def test_literal_colours_are_the_page_tokens(colours, start):
    tokens = token_block(start)
    written = {name: value for name, value in colours.items() if tokens.get(name, "").startswith("#")}
    assert written == {name: tokens[name] for name in written}
    assert len(written) >= 20


def luminance(colour):
    channels = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one, other):
    """Compute the ratio of WCAG 2.2, success criterion 1.4.3."""
    lighter, darker = sorted((luminance(one), luminance(other)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


@pytest.mark.parametrize("colours", [theme.LIGHT, theme.DARK])
@pytest.mark.parametrize(
    ("ink", "ground"),
    [
        *(("text", f"q{level}") for level in (1, 2, 3)),
        *(("accent-ink", f"q{level}") for level in (4, 5)),
        *((name, "surface") for name in ("text", "text-2", "text-3", "c-axis", "c2")),
    ],
)
def test_text_can_be_read_on_its_ground(colours, ink, ground):
    assert contrast(colours[ink], colours[ground]) >= 4.5


@pytest.mark.parametrize("colours", [theme.LIGHT, theme.DARK])
@pytest.mark.parametrize("name", ["c1", "c2", "c3", "c-mute", "c-ref", "border-strong"])
def test_marks_can_be_seen_on_the_page(colours, name):
    assert contrast(colours[name], colours["surface"]) >= 3


def test_unknown_theme_is_refused():
    with pytest.raises(ValueError, match="'sepia' is not a valid Theme"):
        theme.paint_of("sepia")
