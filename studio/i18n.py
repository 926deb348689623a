"""The language of everything a person reads: Chinese unless ``STUDIO_LANG`` says ``en``."""

import gettext
import os
from pathlib import Path

LOCALE = Path(__file__).parent / "locale"
DOMAIN = "messages"  # click looks its own words up in this domain, so one catalogue holds both
LANGUAGES = {"zh": "zh_CN", "en": "en"}


def use(language: str) -> None:
    """Speak ``zh`` or ``en`` from now on in this process; anything else is taken as ``zh``."""
    os.environ["LANGUAGE"] = LANGUAGES.get(language, "zh_CN")
    gettext.bindtextdomain(DOMAIN, str(LOCALE))
    gettext.textdomain(DOMAIN)


def language() -> str:
    """The language in use: ``zh`` or ``en``."""
    return "en" if os.environ.get("LANGUAGE") == "en" else "zh"


def _(message: str) -> str:
    """Translate one English message into the language in use."""
    return gettext.gettext(message)


def ngettext(one: str, several: str, count: int) -> str:
    """Translate the form of a message that ``count`` asks for: English has two, Chinese one."""
    return gettext.ngettext(one, several, count)


use(os.environ.get("STUDIO_LANG", "zh"))
