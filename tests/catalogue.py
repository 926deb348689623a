"""Collects every message of the code, and of click, and holds or writes the Chinese catalogue.

python tests/catalogue.py            says what is missing, obsolete or broken; exit 1 where anything is
python tests/catalogue.py --write    adds new messages, drops obsolete ones, compiles the .mo
"""

import io
import re
import sys
from collections.abc import Iterator
from pathlib import Path

import click
from babel.messages import Catalog, Message
from babel.messages.extract import extract_from_dir, extract_from_file
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po

Msgid = str | tuple[str, ...]
ROOT = Path(__file__).parents[1]
PO = ROOT / "studio" / "locale" / "zh_CN" / "LC_MESSAGES" / "messages.po"
MO = PO.with_suffix(".mo")
HEADER = """\
Project-Id-Version: Kelan Studio
Language: zh_CN
Plural-Forms: nplurals=1; plural=0;
MIME-Version: 1.0
Content-Type: text/plain; charset=utf-8
Content-Transfer-Encoding: 8bit
"""
CLICK_MODULES = ("core", "exceptions", "decorators", "formatting", "parser", "termui", "types", "_utils")


class Undated(Catalog):
    """A catalogue whose header names no dates, persons or tools: the same messages make the same bytes."""

    def __iter__(self) -> Iterator[Message]:
        messages = super().__iter__()
        next(messages)
        yield Message("", HEADER)
        yield from messages


def wanted() -> dict[Msgid, set[str]]:
    """Every msgid, with its plural where it has one, and the files it is used in."""
    found: dict[Msgid, set[str]] = {}
    for name, _line, message, _comments, _context in extract_from_dir(
        str(ROOT / "studio"),
        method_map=[("**.py", "python"), ("**.html", "jinja2")],
        options_map={"**.html": {"trimmed": "true"}},
        keywords={"_": None, "ngettext": (1, 2)},
    ):
        found.setdefault(message, set()).add(f"studio/{name}")
    for module in CLICK_MODULES:
        path = Path(click.__file__).parent / f"{module}.py"
        for _line, message, _comments, _context in extract_from_file("python", str(path)) if path.exists() else ():
            found.setdefault(message, set()).add("click")
    return found


def _text(message: object, at: int = 0) -> str:
    """A message, or one of its forms: the first is the singular, the last the plural."""
    return message[at] if isinstance(message, tuple) else str(message)


def read() -> Catalog:
    """The catalogue as it stands."""
    found = _empty()
    if PO.exists():
        with PO.open("rb") as file:
            for message in read_po(file, locale="zh_CN", domain="messages"):
                if message.id:
                    found.add(message.id, message.string)
    return found


def _empty() -> Catalog:
    catalog = Undated(locale="zh_CN", domain="messages", charset="utf-8", fuzzy=False)
    catalog.header_comment = "# Chinese (Simplified) messages of Kelan Studio, and of click."
    return catalog


def compiled(catalog: Catalog) -> bytes:
    """The .mo of a catalogue."""
    out = io.BytesIO()
    write_mo(out, catalog)
    return out.getvalue()


def placeholders(text: str) -> list[str]:
    """The fields of a message, each as often as it stands there."""
    return sorted(re.findall(r"\{\w*(?:![rs])?(?::[^}]*)?\}|%\(\w+\)s", text))


def problems() -> Iterator[str]:
    """What is wrong with the catalogue, one sentence each."""
    catalog, needed = read(), wanted()
    for msgid, places in sorted(needed.items(), key=lambda pair: _text(pair[0])):
        message = catalog.get(msgid)
        translation = _text(message.string) if message is not None else ""
        if not translation:
            yield f"{sorted(places)[0]}: not translated: {msgid!r}"
        elif placeholders(translation) != placeholders(_text(msgid, -1)):  # Chinese has the plural only
            yield f"{sorted(places)[0]}: other placeholders in the translation of {msgid!r}"
    for message in catalog:
        if message.id and message.id not in needed:
            yield f"obsolete: {_text(message.id)!r}"
    if not MO.exists() or MO.read_bytes() != compiled(catalog):
        yield "messages.mo is not the compiled messages.po; run: make catalogue"


def write() -> None:
    """Bring the catalogue up to the code, keep its translations, and compile it."""
    old, new = read(), _empty()
    for msgid in sorted(wanted(), key=_text):
        message = old.get(msgid)
        string = "" if message is None else _text(message.string)
        new.add(msgid, (string,) if isinstance(msgid, tuple) else string)
    PO.parent.mkdir(parents=True, exist_ok=True)
    with PO.open("wb") as file:
        write_po(file, new, omit_header=False, width=120, sort_output=True)
    MO.write_bytes(compiled(read()))


if __name__ == "__main__":
    if "--write" in sys.argv:
        write()
    found = list(problems())
    sys.stdout.write("".join(f"{line}\n" for line in found))
    sys.exit(1 if found else 0)
