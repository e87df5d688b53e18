import gettext
import json

import pytest

from assay.web import po

ENGLISH = """
from somewhere import _, ngettext, pgettext, Refusal
a = _("Save")
b = ngettext("%(count)d row", "%(count)d rows", n)
c = pgettext("month", "May")
raise Refusal("room.code", "It closed on {day}.")
"""
TEMPLATE = """
    {% if x %}{% translate "Open" %}{% endif %}
  {% blocktranslate count count=n with who=name %}{{ who }} has {{ count }} item"""
TEMPLATE += """{% plural %}{{ who }} has {{ count }} items{% endblocktranslate %}
"""
WHOLE = {
    "Save": "Guardar",
    "%(count)d row": {"plural": "%(count)d rows", "one": "%(count)d fila", "other": "%(count)d filas"},
    "month|May": "mayo",
    "It closed on {day}.": "Se cerró el {day}.",
    "Open": "Abrir",
    "%(who)s has %(count)s item": {"one": "%(who)s tiene un elemento", "other": "%(who)s tiene %(count)s elementos"},
}


@pytest.fixture
def package(tmp_path):
    (tmp_path / "room" / "templates").mkdir(parents=True)
    (tmp_path / "room" / "words.py").write_text(ENGLISH)
    (tmp_path / "room" / "templates" / "page.html").write_text(TEMPLATE)
    _write(tmp_path, WHOLE)
    return tmp_path


def _write(package, spanish, folder="room"):
    (package / folder).mkdir(exist_ok=True)
    (package / folder / "es.json").write_text(json.dumps(spanish))


def _kinds(package):
    return [(found.kind, found.key) for found in po.problems(po.sentences(package), po.translations(package))]


def test_every_marked_sentence_is_found(package):
    assert {sentence.key() for sentence in po.sentences(package)} == {
        "Save",
        "%(count)d row",
        "month|May",
        "It closed on {day}.",
        "Open",
        "%(who)s has %(count)s item",
    }


def test_whole_catalogue_keeps_its_placeholders(package):
    _write(
        package, {**WHOLE, "%(who)s has %(count)s item": {"one": "%(who)s: %(count)s", "other": "%(who)s: %(count)s"}}
    )
    assert _kinds(package) == []


@pytest.mark.parametrize(
    ("change", "problem"),
    [
        ({"Save": ""}, ("no Spanish", "Save")),
        ({"Save": None}, ("no Spanish", "Save")),
        ({"%(count)d row": "fila"}, ("no Spanish", "%(count)d row")),
        ({"Gone": "Ido"}, ("unused", "Gone")),
        ({"It closed on {day}.": "Se cerró el {dia}."}, ("placeholders differ", "It closed on {day}.")),
        ({"It closed on {day}.": "Se cerró."}, ("placeholders differ", "It closed on {day}.")),
    ],
)
def test_problem_is_named(package, change, problem):
    kept = {key: value for key, value in {**WHOLE, **change}.items() if value is not None}
    _write(package, kept)
    assert problem in _kinds(package)


def test_two_words_for_one_thing_are_named(package):
    _write(package, {"Save": "Salvar"}, folder="shop")
    assert [(p.kind, p.key, p.where) for p in po.conflicts(package)] == [
        ("Spanish differs", "Save", "room/es.json, shop/es.json")
    ]
    _write(package, {"Save": "Guardar"}, folder="shop")
    assert list(po.conflicts(package)) == []


def test_compiled_catalogue_speaks_spanish(package):
    with po.compile_catalogue(package).open("rb") as file:
        spoken = gettext.GNUTranslations(file)
    assert spoken.gettext("Save") == "Guardar"
    assert spoken.pgettext("month", "May") == "mayo"
    assert [spoken.ngettext("%(count)d row", "%(count)d rows", n) % {"count": n} for n in (1, 2, 1_000_000)] == [
        "1 fila",
        "2 filas",
        "1000000 filas",
    ]


def test_merging_twice_writes_the_same_file(package):
    first = po.merge(package).read_bytes()
    assert po.merge(package).read_bytes() == first


@pytest.mark.parametrize(
    ("text", "names"),
    [("none", set()), ("{a} and {b:,}", {"a", "b"}), ("%(a)s of %(b)d", {"a", "b"}), ("100 % sure", set())],
)
def test_placeholders_are_read(text, names):
    assert po.placeholders(text) == names


def test_every_sentence_of_assay_has_its_spanish():
    found = (*po.conflicts(), *po.problems(po.sentences(), po.translations()))
    assert [problem.told() for problem in found] == []
