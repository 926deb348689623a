"""Writes the first ``agent.toml``: what is found of OBS on this PC, with a comment for each line."""

import configparser
import json
import os
import shutil
import sys
from ipaddress import ip_address
from pathlib import Path

from studio.errors import RefusedByRule
from studio.i18n import _
from studio.pc.settings import FILE, PORT
from studio.system import obs_config, private_directory, private_file

_WINDOWS_OBS = r"obs-studio\bin\64bit\obs64.exe"


def write_settings(state: Path, bind: str) -> Path:
    """The path of the new file. Raises RefusedByRule where one stands there."""
    path = private_directory(state) / FILE
    try:
        ip_address(bind)
    except ValueError as error:
        raise RefusedByRule(
            _("“{value}” is not an IP address").format(value=bind) + _("."),
            _("Give the address of this PC in the studio's network, such as 192.168.1.21."),
        ) from error
    if path.exists():
        raise RefusedByRule(
            _("{path} is there already.").format(path=path), _("Change it in an editor, or move it away first.")
        )
    program = find_obs()
    shown = str(program or _("the path of OBS"))
    off = "" if program else "# "
    lines = [
        "# " + _("The agent of this studio's PC. After a change, start studio agent again."),
        f"bind = {_toml(bind)}  # " + _("the address of this PC in the studio's network"),
        f"port = {PORT}",
        f"films = {_toml(record_folders())}  # " + _("folders of recordings that the centre may fetch"),
        "keep_days = 30  # " + _("days that a recording stays here after its copy is sealed"),
        "",
        f"{off}[obs]",
        f"{off}program = {_toml(shown)}",
        f"{off}port = 4455  # " + _("of its WebSocket server"),
        f"{off}keep_running = true  # " + _("start it again whenever it is not running"),
        "# profile = " + _toml(_("name of the profile")),
        "# collection = " + _toml(_("name of the scene collection")),
    ]
    private_file(path, "\n".join(lines) + "\n")
    return path


def find_obs() -> Path | None:
    """OBS's program on this PC; None where it is in no usual place."""
    if sys.platform != "win32":
        found = shutil.which("obs")
        return Path(found) if found else None
    places = (Path(os.environ.get(name, ""), _WINDOWS_OBS) for name in ("ProgramFiles", "ProgramW6432"))
    return next((place for place in places if place.exists()), None)


def record_folders() -> list[str]:
    """The folders to which the profiles of this account's OBS record, those that are there."""
    found = []
    for file in sorted((obs_config() / "basic" / "profiles").glob("*/basic.ini")):
        profile = configparser.ConfigParser(interpolation=None, strict=False)
        try:
            profile.read_string(file.read_text(encoding="utf-8-sig"))
        except (OSError, ValueError, configparser.Error):
            continue  # a profile that OBS itself could not read
        for section, key in (("SimpleOutput", "FilePath"), ("AdvOut", "RecFilePath")):
            folder = profile.get(section, key, fallback="").replace("\\\\", "\\")
            if Path(folder).is_absolute() and Path(folder).is_dir() and folder not in found:
                found.append(folder)
    return found


def _toml(value: str | list[str]) -> str:
    """In single quotes, as a person would write a path of Windows, where TOML allows them."""
    if isinstance(value, list):
        return f"[{', '.join(map(_toml, value))}]"
    return json.dumps(value, ensure_ascii=False) if "'" in value or not value.isprintable() else f"'{value}'"
