"""The Spanish catalogue: made from the `es.json` beside each part of the code, and checked.

    python -m assay.web.po merge     write locale/es/LC_MESSAGES/django.po
    python -m assay.web.po check     exit 1 and name what is missing, unused or has other placeholders
    python -m assay.web.po compile   merge and write django.mo

`es.json` maps an English sentence to its Spanish one; a plural maps its singular to
`{"plural": "…", "one": "…", "other": "…"}`. A context comes first, with a bar: `"context|sentence"`.
No gettext of the system is needed.
"""

from __future__ import annotations

import io
import json
import os
import re
import sys
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from babel.messages.catalog import Catalog
from babel.messages.extract import extract
from babel.messages.mofile import write_mo
from babel.messages.pofile import write_po

PACKAGE = Path(__file__).resolve().parent.parent
CATALOGUE = PACKAGE / "locale" / "es" / "LC_MESSAGES"
# Spanish has a third form, for exact millions: Django's own catalogue uses it, and ours must agree with it.
PLURAL_EXPRESSION = "n == 1 ? 0 : n != 0 && n % 1000000 == 0 ? 1 : 2"
HEADER = "# Spanish of Assay. Written by `python -m assay.web.po merge` from the es.json files: change those."
NOBODY = {
    "project": "Assay",
    "version": "-",
    "msgid_bugs_address": "-",
    "last_translator": "-",
    "language_team": "es",
}
KEYWORDS: dict[str, Any] = {
    "_": None,
    "gettext": None,
    "gettext_lazy": None,
    "gettext_noop": None,
    "ngettext": (1, 2),
    "ngettext_lazy": (1, 2),
    "pgettext": ((1, "c"), 2),
    "pgettext_lazy": ((1, "c"), 2),
    "npgettext": ((1, "c"), 2, 3),
    # Rules know no Django and so cannot mark their sentences.
    "Refusal": (2,),
    "refusal": (2,),
}
PLACEHOLDER = re.compile(r"%\((\w+)\)[sd]|\{(\w+)[^{}]*\}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Sentence:
    """A sentence of the code: with its plural when it counts, with a context when it needs one."""

    text: str
    plural: str = ""
    context: str = ""

    def key(self) -> str:
        """Give the key under which `es.json` has it."""
        return f"{self.context}|{self.text}" if self.context else self.text


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """Something that keeps the catalogue from being complete."""

    kind: str
    key: str
    where: str

    def told(self) -> str:
        """Say it in a line."""
        return f"{self.kind}: {self.key!r} ({self.where})"


def sentences(package: Path = PACKAGE) -> dict[Sentence, list[str]]:
    """Find every marked sentence, with the files and lines where it stands."""
    found: dict[Sentence, list[str]] = {}
    for path in sorted(package.rglob("*")):
        if path.suffix not in {".py", ".html", ".txt"} or "migrations" in path.parts:
            continue
        is_template = path.suffix != ".py"
        if is_template and "templates" not in path.parts:
            continue
        for line, sentence in _extracted(path, is_template=is_template):
            found.setdefault(sentence, []).append(f"{path.relative_to(package)}:{line}")
    return found


def translations(package: Path = PACKAGE) -> dict[str, tuple[Any, str]]:
    """Gather the `es.json` files: key → (Spanish, file); of two that differ the first in order of path counts."""
    found: dict[str, tuple[Any, str]] = {}
    for name, key, spanish in _entries(package):
        found.setdefault(key, (spanish, name))
    return found


def conflicts(package: Path = PACKAGE) -> Iterator[Problem]:
    """Name the sentences that two files put into different Spanish: one thing, one word."""
    kept = translations(package)
    for name, key, spanish in _entries(package):
        told, first = kept[key]
        if told != spanish:
            yield Problem(kind="Spanish differs", key=key, where=f"{first}, {name}")


def problems(marked: Mapping[Sentence, list[str]], spanish: Mapping[str, tuple[Any, str]]) -> tuple[Problem, ...]:
    """Compare what is marked with what is translated."""
    return (*_missing(marked, spanish), *_unused(marked, spanish), *_unequal(marked, spanish))


def catalogue(marked: Mapping[Sentence, list[str]], spanish: Mapping[str, tuple[Any, str]]) -> Catalog:
    """Make the catalogue of what is marked and translated."""
    made = Catalog(locale="es", fuzzy=False, header_comment=HEADER, **NOBODY)
    # Babel would give Spanish two forms; nothing public sets another number.
    vars(made).update(_num_plurals=3, _plural_expr=PLURAL_EXPRESSION)
    for sentence in sorted(marked, key=lambda s: (s.text, s.context)):
        if sentence.key() not in spanish:
            continue
        told = spanish[sentence.key()][0]
        context = sentence.context or None
        if sentence.plural:
            forms = (told["one"], told["other"], told["other"])
            made.add((sentence.text, sentence.plural), forms, context=context)
        else:
            made.add(sentence.text, told, context=context)
    return made


def merge(package: Path = PACKAGE) -> Path:
    """Write `django.po`."""
    made = catalogue(sentences(package), translations(package))
    written = io.BytesIO()
    write_po(written, made, omit_header=False, sort_output=True, width=0)
    # A date in the header would change the file on each run.
    lines = (line for line in written.getvalue().decode().splitlines() if "-Date:" not in line)
    folder = package / "locale" / "es" / "LC_MESSAGES"
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / "django.po"
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


def compile_catalogue(package: Path = PACKAGE) -> Path:
    """Write `django.po` and, for Django, `django.mo`."""
    path = merge(package).with_suffix(".mo")
    # Written beside and moved: a server that starts meanwhile must not read half a catalogue.
    beside = path.with_suffix(f".{os.getpid()}")
    with beside.open("wb") as file:
        write_mo(file, catalogue(sentences(package), translations(package)))
    beside.replace(path)
    return path


def placeholders(text: str) -> set[str]:
    """List the names in braces or in `%(name)s`."""
    return {first or second for first, second in PLACEHOLDER.findall(text)}


def _entries(package: Path) -> Iterator[tuple[str, str, Any]]:
    for path in sorted(package.rglob("es.json")):
        for key, spanish in json.loads(path.read_text(encoding="utf-8")).items():
            yield str(path.relative_to(package)), key, spanish


def _extracted(path: Path, *, is_template: bool) -> Iterator[tuple[int, Sentence]]:
    source = path.read_text(encoding="utf-8")
    if is_template:
        source = _as_python(source, str(path))
    file = io.BytesIO(source.encode("utf-8"))
    for line, found, _comments, context in extract("python", file, keywords=KEYWORDS, options={"encoding": "utf-8"}):
        text, plural = (found, "") if isinstance(found, str) else (found[0], found[1])
        if text:
            yield line, Sentence(text=text, plural=plural or "", context=context or "")


def _as_python(source: str, origin: str) -> str:
    from django.utils.translation.template import templatize

    # What is left of the markup keeps its indents, which Python's tokenizer would take for blocks.
    return "\n".join(line.lstrip() for line in templatize(source, origin=origin).splitlines())


def _missing(marked: Mapping[Sentence, list[str]], spanish: Mapping[str, Any]) -> Iterator[Problem]:
    for sentence, places in marked.items():
        told = spanish.get(sentence.key(), ("", ""))[0]
        is_whole = isinstance(told, dict) if sentence.plural else isinstance(told, str)
        if not told or not is_whole or (isinstance(told, dict) and not (told.get("one") and told.get("other"))):
            yield Problem(kind="no Spanish", key=sentence.key(), where=places[0])


def _unused(marked: Mapping[Sentence, list[str]], spanish: Mapping[str, tuple[Any, str]]) -> Iterator[Problem]:
    used = {sentence.key() for sentence in marked}
    for key, (_told, file) in spanish.items():
        if key not in used:
            yield Problem(kind="unused", key=key, where=file)


def _unequal(marked: Mapping[Sentence, list[str]], spanish: Mapping[str, tuple[Any, str]]) -> Iterator[Problem]:
    for sentence in marked:
        if sentence.key() not in spanish:
            continue
        told, file = spanish[sentence.key()]
        for text in _forms(told):
            allowed = [placeholders(sentence.text), placeholders(sentence.plural or sentence.text)]
            if placeholders(text) not in allowed:
                yield Problem(kind="placeholders differ", key=sentence.key(), where=file)


def _forms(told: Any) -> Iterable[str]:
    return (
        (told["one"], told["other"])
        if isinstance(told, dict) and "one" in told and "other" in told
        else ((told,) if isinstance(told, str) else ())
    )


def main(arguments: list[str]) -> int:
    """Run one of the three commands."""
    import django

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "assay.web.settings")
    django.setup()
    command = arguments[0] if arguments else ""
    if command == "check":
        found = (*conflicts(), *problems(sentences(), translations()))
        sys.stdout.write("".join(f"{problem.told()}\n" for problem in found))
        return 1 if found else 0
    if command in {"merge", "compile"}:
        path = merge() if command == "merge" else compile_catalogue()
        sys.stdout.write(f"{path}\n")
        return 0
    sys.stderr.write("Say one of: merge, check, compile.\n")
    return 2


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
