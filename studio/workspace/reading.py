"""Reads one file of the workspace, whatever bytes it holds."""

from pathlib import Path

from studio.i18n import _
from studio.model.problem import Problem
from studio.workspace.paths import inside
from studio.workspace.source import Source, position_of
from studio.workspace.toml_source import parse_toml
from studio.workspace.yaml_source import parse_yaml

MAX_BYTES = 1_048_576


def read_source(root: Path, file: str) -> tuple[Source | None, tuple[Problem, ...]]:
    """Read one YAML or TOML file of the workspace; no Source where it cannot be read, and then a Problem says why."""
    path = inside(root, file)
    if path is None:
        return _whole(file, _("this file leads out of the workspace"), _("put the file itself there instead of a link"))
    try:
        if path.is_dir():
            return _whole(file, _("a folder stands where a file is expected"), _("move the folder away"))
        if not path.is_file():
            return _whole(file, _("the file is not there or is not a plain file"), _("put a plain text file there"))
        if path.stat().st_size > MAX_BYTES:
            return _whole(file, _("the file is larger than 1 MB"), _("divide it, or check that it is the right file"))
        raw = path.read_bytes()
    except OSError as error:
        reason = error.strerror or type(error).__name__
        return _whole(
            file,
            _("the file cannot be read ({reason})").format(reason=reason),
            _("give this user permission to read it"),
        )
    return parse(file, raw)


def parse(file: str, raw: bytes) -> tuple[Source | None, tuple[Problem, ...]]:
    """What the bytes of one file say; the name's ending decides between TOML and YAML."""
    raw = raw.removeprefix(b"\xef\xbb\xbf")
    try:
        text = raw.decode("utf-8")
    except UnicodeDecodeError as error:
        line, column = position_of(raw[: error.start].decode("utf-8"), error.start)
        return None, (
            Problem(
                file,
                line,
                column,
                _("the file is not UTF-8 text ({guess})").format(guess=_encoding_guess(raw)),
                _("save it as UTF-8 in the editor"),
            ),
        )
    odd = next((at for at, char in enumerate(text) if _unprintable(char)), None)
    if odd is not None:
        line, column = position_of(text, odd)
        code = f"U+{ord(text[odd]):04X}"
        what = _("an invisible control character stands here ({code})").format(code=code)
        return None, (Problem(file, line, column, what, _("delete the character")),)
    return (parse_toml if file.endswith(".toml") else parse_yaml)(file, text)


def _whole(file: str, what: str, remedy: str) -> tuple[None, tuple[Problem, ...]]:
    return None, (Problem(file, 0, 0, what, remedy),)


def _unprintable(char: str) -> bool:
    code = ord(char)
    return (
        (code < 0x20 and char not in "\t\n\r")
        or 0x7F <= code <= 0x9F
        or 0xD800 <= code <= 0xDFFF
        or code in (0xFEFF, 0xFFFE, 0xFFFF)
    )


def _encoding_guess(raw: bytes) -> str:
    if raw[:2] in (b"\xff\xfe", b"\xfe\xff"):
        return _("it looks like UTF-16")
    try:
        raw.decode("gb18030")
    except UnicodeDecodeError:
        return _("its encoding is unknown")
    return _("it looks like GBK")
