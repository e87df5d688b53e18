import pytest

from assay.figures import numbers
from assay.web.formats import current_region, locale_for, region_in_force


@pytest.mark.parametrize(
    ("language", "region", "locale"),
    [
        ("es", "es_MX", "es_MX"),
        ("en", "en_US", "en_US"),
        ("en", "es_MX", "en_US"),
        ("en", "es_ES", "en_ES"),
        ("en", "es_AR", "en_DE"),
        ("es", "en_US", "es_US"),
        ("es", "en_IE", "es_US"),
        ("es", "en_PH", "es_US"),
    ],
)
def test_locale_joins_language_and_region(language, region, locale):
    assert locale_for(language, region) == locale


@pytest.mark.parametrize(("region", "shown"), [("es_MX", "1,234.5"), ("es_ES", "1.234,5"), ("es_AR", "1.234,5")])
@pytest.mark.parametrize("language", ["en", "es"])
def test_numbers_follow_the_region_in_both_languages(language, region, shown):
    assert numbers.format_number(1234.5, locale_for(language, region)) == shown


def test_region_holds_for_its_block_only():
    before = current_region()
    with region_in_force("es_ES"):
        assert current_region() == "es_ES"
    assert current_region() == before
