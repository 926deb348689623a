"""The recordings on a PC: when one is finished, what it hashes to, and when it may go."""

import asyncio
import hashlib
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from studio.clock import NS_PER_S
from studio.errors import RefusedByRule
from studio.model.pc import Film
from studio.pc.films import DAY_NS, FILE, ON_AIR_RATE, STILL_NS, Films
from studio.pc.throttle import Throttle
from studio.timekeeper import SimulatedClock

pytestmark = pytest.mark.usefixtures("english")

NOW_NS = 1_800_000_000 * NS_PER_S
KEEP_DAYS = 30
MIB = 1024 * 1024


class Leaping(SimulatedClock):
    """Time passes only while somebody sleeps, and then at once."""

    def __init__(self) -> None:
        super().__init__(NOW_NS, 1000 * NS_PER_S)

    async def sleep_until(self, monotonic_ns: int) -> None:
        """See ``studio.clock.Clock``."""
        await self.advance(max(0, monotonic_ns - self.monotonic_ns()))


@pytest.fixture
def clock() -> Leaping:
    return Leaping()


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Of recordings."""
    (tmp_path / "录像").mkdir()
    return tmp_path / "录像"


@pytest.fixture
def make(tmp_path: Path, folder: Path, clock: Leaping) -> Callable[..., Films]:
    """Makes the films of that folder; one made later is what a restarted agent would see."""

    def films(*folders: Path, **more: Any) -> Films:
        return Films(folders or [folder], tmp_path, clock, KEEP_DAYS, **more)

    return films


def write(path: Path, content: bytes, age_s: float = 3600) -> Path:
    """A recording to which something was last written so long ago by the simulated clock."""
    path.write_bytes(content)
    return date(path, age_s)


def date(path: Path, age_s: float) -> Path:
    """Give a file that age."""
    at_ns = NOW_NS - int(age_s * NS_PER_S)
    os.utime(path, ns=(at_ns, at_ns))
    return path


def large(path: Path, size: int, age_s: float = 3600) -> Path:
    """One of so many zeros, which take no room."""
    with path.open("wb") as file:
        file.truncate(size)
    return date(path, age_s)


def only(films: Films) -> Film:
    """The one that is told."""
    (one,) = films.look()
    return one


async def live(films: Films, clock: Leaping, seconds: int = 3) -> None:
    """Let the agent mind its films for so long."""
    until_ns = clock.monotonic_ns() + seconds * NS_PER_S
    minding = asyncio.create_task(films.mind())
    async with asyncio.timeout(20):
        while clock.monotonic_ns() < until_ns and not minding.done():
            await asyncio.sleep(0.001)
    minding.cancel()
    (ended,) = await asyncio.gather(minding, return_exceptions=True)
    assert isinstance(ended, asyncio.CancelledError), ended


# --- finished -------------------------------------------------------------------------------------------------------


async def test_a_recording_that_grows_is_not_finished(make: Callable[..., Films], folder: Path, clock: Leaping) -> None:
    films, path = make(), write(folder / "a.mkv", b"1", 0)
    for second in range(12):
        with path.open("ab") as file:
            file.write(b"more")
        date(path, -second)
        assert not only(films).stable
        assert films.growing
        await clock.advance(NS_PER_S)


@pytest.mark.parametrize(
    ("waited_ns", "stable"), [(0, False), (STILL_NS - 1, False), (STILL_NS, True), (60 * NS_PER_S, True)]
)
async def test_a_recording_is_finished_once_it_was_still_for_five_seconds(
    make: Callable[..., Films], folder: Path, clock: Leaping, waited_ns: int, stable: bool
) -> None:
    films = make()
    write(folder / "a.mkv", b"1", 0)
    films.look()
    await clock.advance(waited_ns)
    assert only(films).stable is stable
    assert films.growing is not stable


@pytest.mark.parametrize(
    ("age_s", "stable"),
    [(3600, True), (5.1, True), (4.9, False), (-3600, False)],
    ids=["an hour old", "just finished", "perhaps not yet", "dated in the future: this clock was set back"],
)
async def test_of_one_that_was_there_before_us_its_date_tells(
    make: Callable[..., Films], folder: Path, clock: Leaping, age_s: float, stable: bool
) -> None:
    write(folder / "a.mkv", b"1", age_s)
    films = make()
    assert only(films).stable is stable
    await clock.advance(STILL_NS)
    assert only(films).stable


@pytest.mark.parametrize("change", ["longer", "shorter", "another date"])
async def test_any_change_makes_it_unfinished_again(
    make: Callable[..., Films], folder: Path, clock: Leaping, change: str
) -> None:
    films, path = make(), write(folder / "a.mkv", b"12")
    assert only(films).stable
    content = {"longer": b"123", "shorter": b"1", "another date": b"12"}[change]
    write(path, content, 0 if change == "another date" else 3600)
    assert not only(films).stable


def test_a_recording_that_obs_has_open_is_not_finished_however_still(
    make: Callable[..., Films], folder: Path, clock: Leaping
) -> None:
    path, other = write(folder / "paused.mkv", b"1"), write(folder / "other.mkv", b"1")
    films = make(writing=lambda: frozenset({str(path)}))
    assert {one.name: one.stable for one in films.look()} == {path.name: False, other.name: True}


def test_one_that_is_open_is_known_by_another_way_to_its_folder(make: Callable[..., Films], folder: Path) -> None:
    path = write(folder / "paused.mkv", b"1")
    (folder.parent / "way").symlink_to(folder)
    films = make(folder.parent / "way", writing=lambda: frozenset({str(path)}))
    assert not only(films).stable


def test_where_nobody_can_tell_what_is_open_stillness_decides(make: Callable[..., Films], folder: Path) -> None:
    write(folder / "a.mkv", b"1")
    assert only(make(writing=lambda: None)).stable


def test_they_are_told_oldest_first(make: Callable[..., Films], folder: Path) -> None:
    for name, age_s in (("b.mkv", 10), ("a.mkv", 30), ("c.mkv", 20), ("d.mkv", 30)):
        write(folder / name, b"", age_s)
    assert [one.name for one in make().look()] == ["a.mkv", "d.mkv", "c.mkv", "b.mkv"]


def test_a_folder_within_another_one_tells_nothing_twice(make: Callable[..., Films], folder: Path) -> None:
    (folder / "sub").mkdir()
    write(folder / "sub" / "a.mkv", b"1")
    assert only(make(folder, folder / "sub", folder)).name == "sub/a.mkv"


def test_a_folder_on_a_pulled_disk_is_an_empty_one(make: Callable[..., Films], folder: Path) -> None:
    write(folder / "a.mkv", b"1")
    assert only(make(folder.parent / "pulled", folder)).name == "a.mkv"


# --- hashed ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("size", [0, 1, MIB - 1, MIB, MIB + 1, 3 * MIB + 7])
async def test_the_hash_is_that_of_its_bytes(
    make: Callable[..., Films], folder: Path, clock: Leaping, size: int
) -> None:
    content = (b"0123456789abcde" * (size // 15 + 1))[:size]
    write(folder / "a.mkv", content)
    films = make()
    await live(films, clock)
    assert only(films).sha256 == hashlib.sha256(content).hexdigest()


async def test_one_that_grows_is_not_hashed(make: Callable[..., Films], folder: Path, clock: Leaping) -> None:
    write(folder / "a.mkv", b"1", -3600)
    films = make(writing=lambda: frozenset({str(folder / "a.mkv")}))
    await live(films, clock, 20)
    assert only(films).sha256 == ""


async def test_a_changed_recording_is_hashed_anew(make: Callable[..., Films], folder: Path, clock: Leaping) -> None:
    films, path = make(), write(folder / "a.mkv", b"before")
    await live(films, clock)
    before = only(films).sha256
    write(path, b"after!", 1800)
    assert only(films).sha256 == ""
    await live(films, clock, 20)
    assert only(films).sha256 == hashlib.sha256(b"after!").hexdigest() != before


async def test_one_that_changes_while_it_is_read_keeps_no_hash(
    make: Callable[..., Films], folder: Path, clock: Leaping
) -> None:
    path = large(folder / "a.mkv", 65 * MIB)
    looks = 0

    def writing() -> frozenset[str]:
        nonlocal looks
        looks += 1
        if looks == 2:  # 64 MiB of it were read
            with path.open("r+b") as file:
                file.write(b"changed")
            date(path, 1800)
        return frozenset()

    films = make(writing=writing)
    await films._hash(only(films))
    assert looks == 2
    assert only(films).sha256 == ""


async def test_hashes_and_seals_survive_a_restart(make: Callable[..., Films], folder: Path, clock: Leaping) -> None:
    films = make()
    write(folder / "a.mkv", b"1")
    write(folder / "二.mkv", b"2")
    await live(films, clock)
    sealed = films.look()[0]
    films.seal(sealed.id, sealed.sha256)
    before = films.look()
    assert [one.sealed for one in before] == [True, False]
    assert make().look() == before


@pytest.mark.parametrize("text", ["", "{", "[]", "null", '{"a": 1}', '{"a": {"size": 1}}', "\x00"])
async def test_a_spoilt_list_of_hashes_is_made_anew(
    make: Callable[..., Films], folder: Path, clock: Leaping, tmp_path: Path, text: str
) -> None:
    (tmp_path / FILE).write_text(text, encoding="utf-8")
    write(folder / "a.mkv", b"1")
    films = make()
    await live(films, clock)
    assert only(films).sha256 == only(make()).sha256 == hashlib.sha256(b"1").hexdigest()


async def test_one_that_is_deleted_while_another_is_hashed_stops_nothing(
    make: Callable[..., Films], folder: Path, clock: Leaping
) -> None:
    large(folder / "a.mkv", 64 * MIB, 3)
    second, third = write(folder / "b.mkv", b"2", 2), write(folder / "c.mkv", b"3", 1)
    clock.step_wall(3600 * NS_PER_S)
    looks = 0

    def writing() -> frozenset[str]:
        nonlocal looks
        looks += 1
        if looks == 1:
            second.unlink()
        return frozenset()

    films = make(writing=writing)
    await live(films, clock, 5)
    assert {one.name: bool(one.sha256) for one in films.look()} == {"a.mkv": True, third.name: True}


async def test_one_that_nobody_may_read_keeps_no_other_waiting(
    make: Callable[..., Films], folder: Path, clock: Leaping, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(folder / "locked.mkv", b"1", 7200)
    write(folder / "other.mkv", b"2", 3600)
    open_it = Path.open

    def opened(path: Path, *how: Any, **more: Any) -> Any:
        if path.name == "locked.mkv":
            raise PermissionError("another program has it")
        return open_it(path, *how, **more)

    monkeypatch.setattr(Path, "open", opened)
    films = make()
    await live(films, clock)
    assert {one.name: bool(one.sha256) for one in films.look()} == {"locked.mkv": False, "other.mkv": True}


# --- slowly while on air --------------------------------------------------------------------------------------------


@pytest.mark.parametrize("growing", [True, False])
async def test_a_hash_takes_its_time_while_anything_is_recorded(
    make: Callable[..., Films], folder: Path, clock: Leaping, growing: bool
) -> None:
    large(folder / "a.mkv", 6 * ON_AIR_RATE)
    write(folder / "b.mkv", b"1", 0 if growing else 3600)
    films = make()
    (one,) = [one for one in films.look() if one.name == "a.mkv"]
    assert films.growing is growing
    began_ns = clock.monotonic_ns()
    await films._hash(one)
    took_s = (clock.monotonic_ns() - began_ns) / NS_PER_S
    assert took_s >= 5 if growing else took_s == 0
    assert took_s <= 6
    assert [one.sha256 != "" for one in films.look() if one.name == "a.mkv"] == [True]


@pytest.mark.parametrize(
    ("rate", "pieces", "seconds"),
    [
        (None, [10**9] * 3, 0),
        (1000, [1000] * 10, 9),
        (1000, [10_000], 9),
        (1000, [10] * 500, 4),
        (1000, [0] * 10, 0),
    ],
    ids=["no limit", "even pieces", "one piece", "crumbs", "nothing"],
)
async def test_the_throttle_lets_a_second_s_worth_through_and_then_the_rate(
    clock: Leaping, rate: int | None, pieces: list[int], seconds: int
) -> None:
    throttle, began_ns = Throttle(rate, clock), clock.monotonic_ns()
    for piece in pieces:
        await throttle.passed(piece)
    assert (clock.monotonic_ns() - began_ns) / NS_PER_S == seconds


async def test_what_was_not_used_in_an_idle_hour_is_not_saved_up(clock: Leaping) -> None:
    throttle = Throttle(1000, clock)
    await throttle.passed(1000)
    await clock.advance(3600 * NS_PER_S)
    began_ns = clock.monotonic_ns()
    await throttle.passed(5000)
    assert (clock.monotonic_ns() - began_ns) / NS_PER_S == 4


# --- sealed and let go ----------------------------------------------------------------------------------------------


@pytest.fixture
async def sealed(make: Callable[..., Films], folder: Path, clock: Leaping) -> Films:
    """The films of a folder with one sealed recording and one that nobody has copied."""
    films = make()
    write(folder / "sealed.mkv", b"copied")
    write(folder / "other.mkv", b"not copied")
    await live(films, clock)
    (one,) = [one for one in films.look() if one.name == "sealed.mkv"]
    films.seal(one.id, one.sha256)
    return films


def names(folder: Path) -> set[str]:
    return {path.name for path in folder.iterdir()}


@pytest.mark.parametrize(
    "sha256", ["", "0" * 64, hashlib.sha256(b"other").hexdigest(), hashlib.sha256(b"1").hexdigest().upper()]
)
async def test_a_seal_with_another_hash_is_refused(
    make: Callable[..., Films], folder: Path, clock: Leaping, sha256: str
) -> None:
    films = make()
    write(folder / "a.mkv", b"1")
    await live(films, clock)
    with pytest.raises(RefusedByRule, match="not the one that was copied"):
        films.seal(only(films).id, sha256)
    assert not only(films).sealed


@pytest.mark.parametrize("film_id", ["", "0" * 32, "../a.mkv", "a.mkv"])
def test_a_seal_of_no_recording_is_refused(sealed: Films, film_id: str) -> None:
    with pytest.raises(RefusedByRule):
        sealed.seal(film_id, hashlib.sha256(b"copied").hexdigest())


def test_a_seal_before_it_was_hashed_here_is_refused(make: Callable[..., Films], folder: Path) -> None:
    write(folder / "a.mkv", b"1")
    films = make()
    with pytest.raises(RefusedByRule):
        films.seal(only(films).id, hashlib.sha256(b"1").hexdigest())


async def test_a_seal_of_what_has_changed_since_is_refused(
    make: Callable[..., Films], folder: Path, clock: Leaping
) -> None:
    films, path = make(), write(folder / "a.mkv", b"1")
    await live(films, clock)
    told = only(films)
    write(path, b"2", 1800)
    with pytest.raises(RefusedByRule):
        films.seal(told.id, told.sha256)


@pytest.mark.parametrize(
    ("age_ns", "left"),
    [
        (0, {"sealed.mkv", "other.mkv"}),
        (KEEP_DAYS * DAY_NS - 60 * NS_PER_S, {"sealed.mkv", "other.mkv"}),
        (KEEP_DAYS * DAY_NS, {"other.mkv"}),
        (3650 * DAY_NS, {"other.mkv"}),
        (-3650 * DAY_NS, {"sealed.mkv", "other.mkv"}),
    ],
    ids=["at once", "a minute too early", "after 30 days", "after ten years", "this clock was set back"],
)
async def test_only_what_was_sealed_long_enough_ago_is_let_go(
    sealed: Films, folder: Path, clock: Leaping, age_ns: int, left: set[str]
) -> None:
    clock.step_wall(age_ns)
    await live(sealed, clock)
    assert names(folder) == left
    assert {one.name for one in sealed.look()} == left


async def test_it_is_let_go_after_a_restart_too(
    sealed: Films, make: Callable[..., Films], folder: Path, clock: Leaping
) -> None:
    clock.step_wall((KEEP_DAYS + 1) * DAY_NS)
    await live(make(), clock)
    assert names(folder) == {"other.mkv"}


async def test_sealing_twice_does_not_keep_it_longer(sealed: Films, folder: Path, clock: Leaping) -> None:
    clock.step_wall((KEEP_DAYS - 1) * DAY_NS)
    (one,) = [one for one in sealed.look() if one.sealed]
    sealed.seal(one.id, one.sha256)
    clock.step_wall(2 * DAY_NS)
    await live(sealed, clock)
    assert names(folder) == {"other.mkv"}


@pytest.mark.parametrize("content", [b"copied twice", b"COPIED"], ids=["of another size", "of the same size"])
async def test_a_recording_that_was_replaced_after_its_seal_stays(
    sealed: Films, folder: Path, clock: Leaping, content: bytes
) -> None:
    write(folder / "sealed.mkv", content, 1800)
    clock.step_wall(3650 * DAY_NS)
    await live(sealed, clock, 10)
    assert (folder / "sealed.mkv").read_bytes() == content
    (one,) = [one for one in sealed.look() if one.name == "sealed.mkv"]
    assert (one.sealed, one.sha256) == (False, hashlib.sha256(content).hexdigest())


async def test_what_lies_in_a_folder_that_is_no_longer_named_stays(
    sealed: Films, make: Callable[..., Films], folder: Path, clock: Leaping
) -> None:
    (folder.parent / "another").mkdir()
    clock.step_wall(3650 * DAY_NS)
    await live(make(folder.parent / "another"), clock)
    assert names(folder) == {"sealed.mkv", "other.mkv"}


async def test_one_that_a_player_has_open_stays_and_keeps_no_other_waiting(
    sealed: Films, folder: Path, clock: Leaping, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(folder / "new.mkv", b"new", 0)
    unlink = Path.unlink

    def unlinked(path: Path, missing_ok: bool = False) -> None:
        if path.name == "sealed.mkv":
            raise PermissionError("another program has it")
        unlink(path, missing_ok)

    monkeypatch.setattr(Path, "unlink", unlinked)
    clock.step_wall(3650 * DAY_NS)
    await live(sealed, clock, 10)
    assert {one.name: bool(one.sha256) for one in sealed.look()} == dict.fromkeys(names(folder), True)
    monkeypatch.undo()
    await live(sealed, clock)
    assert names(folder) == {"other.mkv", "new.mkv"}
