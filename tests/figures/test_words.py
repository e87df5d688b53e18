import re
from dataclasses import fields

import pytest

from assay.figures import words


@pytest.mark.parametrize("field", [field.name for field in fields(words.ChartWords)])
def test_word_is_said_in_both_languages(field):
    english, spanish = getattr(words.ENGLISH, field), getattr(words.SPANISH, field)
    assert english
    assert spanish
    assert re.findall(r"\{\w+\}", english) == re.findall(r"\{\w+\}", spanish)


@pytest.mark.parametrize(("language", "centre"), [("en", "Centre"), ("es", "Centro"), ("es-mx", "Centro")])
def test_words_follow_the_language(language, centre):
    assert words.words_in(language).centre == centre


def test_unknown_language_is_refused():
    with pytest.raises(ValueError, match="language must be en or es, got 'fr'"):
        words.words_in("fr")
