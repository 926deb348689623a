"""The values that commands take: lengths of time and prices."""

import unicodedata
from decimal import Decimal, InvalidOperation

import click

from studio.clock import parse_duration
from studio.i18n import _

MAX_YUAN = 100_000_000


class Length(click.ParamType[int]):
    """``30s``, ``2m30s`` or ``3:30``, passed in milliseconds; a minus in front where ``signed``."""

    name = "LENGTH"

    def __init__(self, *, signed: bool = False) -> None:
        self._signed = signed

    def convert(self, value: object, param: click.Parameter | None, ctx: click.Context | None) -> int:
        """Milliseconds."""
        if isinstance(value, int):
            return value
        text = unicodedata.normalize("NFKC", str(value)).strip().replace("−", "-")
        minus = self._signed and text.startswith("-")
        try:
            found = parse_duration(text.lstrip("+-") if self._signed else text)
        except ValueError:
            self.fail(_("“{text}” is not a duration; write it as 30s, 2m or 1:30.").format(text=text), param, ctx)
        return -found if minus else found


class Yuan(click.ParamType[int]):
    """``39.90`` yuan, passed in fen."""

    name = "YUAN"

    def convert(self, value: object, param: click.Parameter | None, ctx: click.Context | None) -> int:
        """Fen, more than zero."""
        if isinstance(value, int):
            return value
        text = unicodedata.normalize("NFKC", str(value)).strip().removeprefix("¥")
        try:
            yuan = Decimal(text)
            if not (yuan.is_finite() and 0 < yuan <= MAX_YUAN and yuan * 100 == (fen := int(yuan * 100))):
                raise InvalidOperation
        except InvalidOperation:
            self.fail(
                _("“{text}” is not a price; write yuan with at most two decimals, as 29.80.").format(text=text),
                param,
                ctx,
            )
        return fen
