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
from babel.messages import Catalog
from babel.messages.extract import extract_from_dir, extract_from_file
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po

ROOT = Path(__file__).parents[1]
PO = ROOT / "studio" / "locale" / "zh_CN" / "LC_MESSAGES" / "messages.po"
MO = PO.with_suffix(".mo")
CLICK_MODULES = ("core", "exceptions", "decorators", "formatting", "parser", "termui", "types", "_utils")


def wanted() -> dict[str, set[str]]:
    """Every msgid and the files it is used in."""
    found: dict[str, set[str]] = {}
    for name, _line, message, _comments, _context in extract_from_dir(
        str(ROOT / "studio"),
        method_map=[("**.py", "python"), ("**.html", "jinja2")],
        options_map={"**.html": {"trimmed": "true"}},
        keywords={"_": None, "ngettext": (1, 2)},
    ):
        found.setdefault(_text(message), set()).add(f"studio/{name}")
    for module in CLICK_MODULES:
        path = Path(click.__file__).parent / f"{module}.py"
        for _line, message, _comments, _context in extract_from_file("python", str(path)) if path.exists() else ():
            found.setdefault(_text(message), set()).add("click")
    return found


def _text(message: object) -> str:
    return message[0] if isinstance(message, tuple) else str(message)


def read() -> Catalog:
    """The catalogue as it stands."""
    if not PO.exists():
        return Catalog(locale="zh_CN", domain="messages", charset="utf-8")
    with PO.open("rb") as file:
        return read_po(file, locale="zh_CN", domain="messages")


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
    for msgid, places in sorted(needed.items()):
        message = catalog.get(msgid)
        translation = _text(message.string) if message is not None else ""
        if not translation:
            yield f"{sorted(places)[0]}: not translated: {msgid!r}"
        elif placeholders(translation) != placeholders(msgid) and not isinstance(message.id, tuple):
            yield f"{sorted(places)[0]}: other placeholders in the translation of {msgid!r}"
    for message in catalog:
        if message.id and _text(message.id) not in needed:
            yield f"obsolete: {_text(message.id)!r}"
    if not MO.exists() or MO.read_bytes() != compiled(catalog):
        yield "messages.mo is not the compiled messages.po; run: make catalogue"


def write() -> None:
    """Bring the catalogue up to the code, keep its translations, and compile it."""
    old, new = read(), Catalog(locale="zh_CN", domain="messages", charset="utf-8", fuzzy=False)
    new.header_comment = "# Chinese (Simplified) messages of Kelan Studio, and of click."
    new.mime_headers = [(name, value) for name, value in new.mime_headers if "Date" not in name]
    for msgid in sorted(wanted()):
        message = old.get(msgid)
        if message is not None:
            new.add(message.id, message.string)
        else:
            new.add(msgid, "")
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
