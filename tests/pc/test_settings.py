"""``agent.toml``: each wrong value is said with its line and a remedy, and the first one written is right."""

import os
import tomllib
from pathlib import Path

import pytest

from studio import i18n
from studio.errors import NotReady, ProblemsFound, RefusedByRule
from studio.model.problem import Problem
from studio.pc.first_settings import write_settings
from studio.pc.settings import FILE, PORT, ObsSettings, Settings, read_settings

pytestmark = pytest.mark.usefixtures("english")

BIND = 'bind = "192.168.1.21"'
OBS = f"{BIND}\n[obs]\nprogram = '{Path('/opt/obs').absolute()}'"


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """OBS's settings of an account that has none yet; no OBS is on this PC."""
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("APPDATA", str(tmp_path))
    monkeypatch.delenv("XDG_CONFIG_HOME", raising=False)
    for name in ("PATH", "ProgramFiles", "ProgramW6432"):
        monkeypatch.setenv(name, str(tmp_path / "bin"))
    return tmp_path


def problems(state: Path, text: str | bytes) -> tuple[Problem, ...]:
    """What is found wrong with that file."""
    (state / FILE).write_bytes(text if isinstance(text, bytes) else text.encode())
    with pytest.raises(ProblemsFound) as found:
        read_settings(state)
    return found.value.problems


@pytest.mark.parametrize(
    ("text", "line", "what", "remedy"),
    [
        ("", 1, "“bind” is missing", "192.168.1.21"),
        ("port = 4460", 1, "“bind” is missing", "192.168.1.21"),
        ('bind = "studio-pc"', 1, "“studio-pc” is not an IP address", "address of this PC"),
        ('bind = "192.168.1.21:4460"', 1, "is not an IP address", "address of this PC"),
        ('bind = "192.168.1.256"', 1, "is not an IP address", "address of this PC"),
        ("bind = 5", 1, "“5” is not an IP address", "address of this PC"),
        ('bind = ""', 1, "is empty", "write a value"),
        ('bind = ["192.168.1.21"]', 1, "a single value is expected", "one value"),
        (f"{BIND}\nport = 0", 2, "0 is out of range", "from 1 to 65535"),
        (f"{BIND}\nport = 65536", 2, "65536 is out of range", "from 1 to 65535"),
        (f'{BIND}\nport = "x"', 2, "“x” is not a whole number", "from 1 to 65535"),
        (f"{BIND}\nport = 4.5", 2, "“4.5” is not a whole number", "from 1 to 65535"),
        (f"{BIND}\nport = true", 2, "“true” is not a whole number", "from 1 to 65535"),
        (f"{BIND}\nkeep_days = 0", 2, "0 is out of range", "from 1 to 3650"),
        (f"{BIND}\nkeep_days = -1", 2, "“-1” is not a whole number", "from 1 to 3650"),
        (f"{BIND}\nkeep_days = 3651", 2, "3651 is out of range", "from 1 to 3650"),
        (f"{BIND}\n\nfilms = ['recordings']", 3, "“recordings” is not a whole path", "from the drive or the root"),
        (f"{BIND}\nfilms = ['../x']", 2, "“../x” is not a whole path", "from the drive or the root"),
        (
            f'{BIND}\nfilms = ["{Path("/x").absolute()}\\u0000"]'.replace("C:\\", "C:/"),
            2,
            "is not a whole path",
            "root",
        ),
        (f"{BIND}\nfilms = [5]", 2, "“5” is read as a number", "in quotes"),
        (f"{BIND}\nfilms = '/recordings'", 2, "“films” must be a list", "[one, two]"),
        (f"{BIND}\nfilms = [['/recordings']]", 2, "a single value is expected", "one value"),
        (f"{BIND}\nfilms = ['']", 2, "is empty", "write a value"),
        (f"{BIND}\nkepe_days = 1", 2, "unknown key “kepe_days”", "“keep_days”"),
        (f"{BIND}\ntoken = 'x'", 2, "unknown key “token”", "delete it"),
        (f"{BIND}\n{BIND}", 2, "stands here twice", "keep one"),
        (f"{BIND}\nobs = 5", 2, "“obs” must hold keys", "program"),
        (f"{BIND}\n[obs]", 2, "“program” is missing", "program = "),
        (f"{BIND}\n[obs]\nprogram = 'obs64.exe'", 3, "“obs64.exe” is not a whole path", "from the drive"),
        (f"{OBS}\nport = 0", 4, "0 is out of range", "from 1 to 65535"),
        (f"{OBS}\nprofile = '--collection'", 4, "is no name that OBS takes", "OBS's menu"),
        (f'{OBS}\nprofile = "two\\nlines"', 4, "is no name that OBS takes", "OBS's menu"),
        (f"{OBS}\ncollection = '-x'", 4, "is no name that OBS takes", "OBS's menu"),
        (f"{OBS}\ncollection = '{'x' * 121}'", 4, "is no name that OBS takes", "OBS's menu"),
        (f"{OBS}\ncollection = ''", 4, "is empty", "write a value"),
        (f"{OBS}\nprofile = 5", 4, "“5” is read as a number", "in quotes"),
        (f"{OBS}\nkeep_running = 'maybe'", 4, "“maybe” is neither true nor false", "true or false"),
        (f"{OBS}\nflags = ['--multi']", 4, "unknown key “flags”", "write one of"),
        ("bind = ", 1, "not readable as TOML", "quotes"),
        (b"\xff\xfe\xfd", 1, "not UTF-8", "save it as UTF-8"),
    ],
)
def test_a_wrong_value_is_said_with_its_line_and_a_remedy(
    tmp_path: Path, text: str | bytes, line: int, what: str, remedy: str
) -> None:
    (found,) = problems(tmp_path, text)
    assert (found.file, found.line) == (FILE, line)
    assert what in found.what
    assert remedy in found.remedy


@pytest.mark.skipif(os.name == "nt", reason="such paths are whole ones there")
@pytest.mark.parametrize("path", ["D:\\录像\\主直播间", "\\\\server\\share", "D:recordings", "~/recordings"])
def test_a_path_of_another_system_is_no_whole_path_of_this_pc(tmp_path: Path, path: str) -> None:
    (found,) = problems(tmp_path, f"{BIND}\nfilms = ['{path}']")
    assert path.split("\\")[0] in found.what
    assert "not a whole path of this PC" in found.what


def test_all_that_is_wrong_is_said_at_once(tmp_path: Path) -> None:
    text = 'bind = "x"\nport = 0\nfilms = ["a", "b"]\nkeep_days = 0\nmore = 1\n[obs]\nprogram = "x"\nport = "y"\n'
    found = problems(tmp_path, text)
    assert sorted(one.line for one in found) == [1, 2, 3, 3, 4, 5, 7, 8]
    assert all(one.what and one.remedy for one in found)


def test_without_a_file_it_is_said_how_to_make_one(tmp_path: Path) -> None:
    with pytest.raises(NotReady, match=r"no agent\.toml") as refused:
        read_settings(tmp_path)
    assert "studio agent init" in refused.value.remedy


def test_the_least_there_may_be(tmp_path: Path) -> None:
    (tmp_path / FILE).write_text(BIND, encoding="utf-8")
    assert read_settings(tmp_path) == Settings("192.168.1.21", PORT, (), 30, None)


def test_all_there_may_be(tmp_path: Path) -> None:
    folder, program = (tmp_path / "录像").absolute(), (tmp_path / "obs64").absolute()
    text = f"""
        bind = "fd00::21"
        port = 5000
        films = ['{folder}', '{tmp_path}']
        keep_days = 3650
        [obs]
        program = '{program}'
        port = 4456
        profile = '直播 1'
        collection = 'Main'
        keep_running = true
    """
    (tmp_path / FILE).write_text(text, encoding="utf-8")
    obs = ObsSettings(program, 4456, "直播 1", "Main", keep_running=True)
    assert read_settings(tmp_path) == Settings("fd00::21", 5000, (folder, tmp_path), 3650, obs)


# --- the first one --------------------------------------------------------------------------------------------------


@pytest.fixture
def obs(home: Path) -> Path:
    """An OBS in the place where one is looked for."""
    place = home / "bin" / ("obs-studio/bin/64bit/obs64.exe" if os.name == "nt" else "obs")
    place.parent.mkdir(parents=True)
    place.write_bytes(b"")
    place.chmod(0o755)
    return place


def profile(home: Path, name: str, text: str) -> None:
    """A profile of OBS's, as it stands on the disk."""
    config = home / ("obs-studio" if os.name == "nt" else ".config/obs-studio")
    (config / "basic" / "profiles" / name).mkdir(parents=True)
    (config / "basic" / "profiles" / name / "basic.ini").write_bytes(text.encode("utf-8-sig"))


@pytest.mark.parametrize("language", ["en", "zh"])
def test_the_first_one_is_accepted_where_no_obs_is_found(tmp_path: Path, language: str) -> None:
    i18n.use(language)
    write_settings(tmp_path / "agent", "192.168.1.21")
    assert read_settings(tmp_path / "agent") == Settings("192.168.1.21")


@pytest.mark.parametrize("language", ["en", "zh"])
def test_the_first_one_names_the_obs_that_is_found(tmp_path: Path, obs: Path, language: str) -> None:
    i18n.use(language)
    write_settings(tmp_path / "agent", "::1")
    assert read_settings(tmp_path / "agent") == Settings("::1", obs=ObsSettings(obs, keep_running=True))


def test_every_line_of_the_first_one_that_is_a_comment_may_be_made_a_setting(tmp_path: Path) -> None:
    text = write_settings(tmp_path, "192.168.1.21").read_text(encoding="utf-8")
    head, *lines = text.splitlines()
    table = tomllib.loads("\n".join(line.removeprefix("# ") for line in lines))
    assert head.startswith("# ")
    assert set(table) == {"bind", "port", "films", "keep_days", "obs"}
    assert set(table["obs"]) == {"program", "port", "keep_running", "profile", "collection"}


def test_the_first_one_names_the_folders_to_which_obs_records(tmp_path: Path, home: Path) -> None:
    for name in ("录像", "adv"):
        (home / name).mkdir()
    simple = str(home / "录像").replace("\\", "\\\\")
    profile(home, "a", f"[General]\nName=甲\n[SimpleOutput]\nFilePath={simple}\n[AdvOut]\nRecFilePath={home / 'adv'}\n")
    profile(home, "b", f"[SimpleOutput]\nFilePath={simple}\n[AdvOut]\nRecFilePath={home / 'gone'}\n")
    profile(home, "c", "[SimpleOutput]\nFilePath=bin\nFilePath=.\n")
    profile(home, "d", "no profile at all %\n[")
    write_settings(tmp_path / "agent", "192.168.1.21")
    assert read_settings(tmp_path / "agent").films == (home / "录像", home / "adv")


@pytest.mark.parametrize("name", ['quo"te', "back\\slash", "tab\there", "个人 录像", "{x} %s", "'single'"])
@pytest.mark.skipif(os.name == "nt", reason="Windows keeps most of these names from being made")
def test_a_folder_of_any_name_is_written_so_that_it_is_read_again(tmp_path: Path, home: Path, name: str) -> None:
    (home / name).mkdir()
    profile(home, "a", f"[SimpleOutput]\nFilePath={home / name}\n")
    write_settings(tmp_path / "agent", "192.168.1.21")
    assert read_settings(tmp_path / "agent").films == (home / name,)


def test_one_that_is_there_is_left_alone(tmp_path: Path) -> None:
    path = write_settings(tmp_path, "192.168.1.21")
    path.write_text("mine", encoding="utf-8")
    with pytest.raises(RefusedByRule, match="is there already"):
        write_settings(tmp_path, "192.168.1.22")
    assert path.read_text(encoding="utf-8") == "mine"


@pytest.mark.parametrize("bind", ["studio-pc", "", "192.168.1.21:4460", '1.2.3.4"\nport = 1'])
def test_an_address_that_is_none_writes_nothing(tmp_path: Path, bind: str) -> None:
    with pytest.raises(RefusedByRule, match="is not an IP address") as refused:
        write_settings(tmp_path, bind)
    assert "192.168.1.21" in refused.value.remedy
    assert not (tmp_path / FILE).exists()
