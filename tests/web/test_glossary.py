from pathlib import Path

import pytest

from assay.web.glossary import document, terms_in
from assay.web.glossary_terms import TERMS

DOCUMENT = Path(__file__).resolve().parents[2] / "docs" / "glossary.md"


def test_document_is_fresh():
    assert DOCUMENT.read_text(encoding="utf-8") == document()


@pytest.mark.parametrize("language", ["en", "es"])
def test_every_term_has_a_meaning_and_a_twin(language):
    shown = terms_in(language)
    assert len(shown) == len(TERMS)
    assert [term for term in shown if not (term.name and term.other and term.meaning)] == []


@pytest.mark.parametrize("language", ["en", "es"])
def test_no_two_terms_share_a_name_or_anchor(language):
    shown = terms_in(language)
    assert len({term.name for term in shown}) == len(shown)
    assert len({term.anchor for term in shown}) == len(shown)


def test_anchor_is_the_same_in_both_languages():
    assert {term.anchor for term in terms_in("en")} == {term.anchor for term in terms_in("es")}


def test_accents_do_not_send_a_word_to_the_end():
    names = [term.name for term in terms_in("es")]
    assert names.index("Acción o política incorrecta") < names.index("Adjudicación") < names.index("Bitácora")
