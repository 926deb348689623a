"""Pairing by a short code: who types what the screen shows gets the token, and nobody else, whatever he sends."""

import asyncio
import json
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
from aiohttp import web

from studio.clock import NS_PER_S
from studio.errors import AgentMistaken, AgentUnreachable, NotReady, RefusedByRule, StudioError
from studio.pc.client import AgentClient, pair
from studio.pc.identity import Identity, identity
from studio.pc.known import Door, Token
from studio.pc.pairing import CODE_NS, TRIES, Applicant, Granted, Pairing
from studio.timekeeper import SimulatedClock, SystemClock
from tests.pc.house import TOKEN, Line, Pc, at_once, pc, say

pytestmark = pytest.mark.usefixtures("english")

SEEN = "ab" * 32
"""The fingerprint of the certificate that both sides see."""


@pytest.fixture
async def agent(tmp_path: Path) -> AsyncIterator[Pc]:
    """A PC that nobody is paired with and whose screen shows a code."""
    async with pc(tmp_path, paired=False) as one:
        one.pairing.invite()
        yield one


@pytest.fixture
def clock() -> SimulatedClock:
    return SimulatedClock(1_800_000_000 * NS_PER_S)


@pytest.fixture
def codes() -> list[str]:
    """What the screen has shown."""
    return []


@pytest.fixture
def pairing(clock: SimulatedClock, codes: list[str]) -> Pairing:
    one = Pairing(SEEN, clock, codes.append)
    one.invite()
    return one


def another(code: str) -> str:
    """A code that is not this one."""
    return f"{(int(code) + 1) % 1_000_000:06}"


def attempt(pairing: Pairing, code: str, seen: str = SEEN) -> str:
    """One try from begin to end; the token."""
    applicant = Applicant(code)
    begun = pairing.begin(applicant.message)
    granted = pairing.finish(begun.id, applicant.proof(begun.message, seen))
    return applicant.accept(granted, seen)


# --- the code itself ------------------------------------------------------------------------------------------------


def test_the_right_code_gives_a_token_once_and_the_screen_goes_dark(pairing: Pairing, codes: list[str]) -> None:
    (code,) = codes
    assert len(code) == 6
    assert code.isdigit()
    token = attempt(pairing, code)
    assert len(token) >= 32
    assert codes == [code, ""]
    with pytest.raises(RefusedByRule, match="shows no code now"):
        attempt(pairing, code)


@pytest.mark.parametrize("typed", ["{} {}", " {}{}\n", "{}-{}"], ids=["as it is shown", "pasted", "with a hyphen"])
def test_a_code_may_be_typed_as_people_do(pairing: Pairing, codes: list[str], typed: str) -> None:
    assert attempt(pairing, typed.format(codes[0][:3], codes[0][3:]))


def test_no_two_pairings_give_the_same_token(pairing: Pairing, codes: list[str]) -> None:
    first = attempt(pairing, codes[-1])
    pairing.invite()
    assert attempt(pairing, codes[-1]) != first


def test_a_wrong_code_burns_it_and_a_new_one_is_shown(pairing: Pairing, codes: list[str]) -> None:
    first = codes[0]
    with pytest.raises(RefusedByRule, match="not the code"):
        attempt(pairing, another(first))
    assert len(codes) == 2
    new = codes[1]
    assert new not in ("", first)
    with pytest.raises(RefusedByRule, match="not the code"):
        attempt(pairing, first)
    assert attempt(pairing, codes[-1])


def test_three_wrong_ones_close_it_until_somebody_there_asks_again(pairing: Pairing, codes: list[str]) -> None:
    for words in ["not the code"] * (TRIES - 1) + ["shows no code now"]:
        with pytest.raises(RefusedByRule, match=words):
            attempt(pairing, another(codes[-1]))
    assert codes[-1] == ""
    for code in filter(None, codes):
        with pytest.raises(RefusedByRule, match="shows no code now"):
            attempt(pairing, code)
    pairing.invite()
    assert attempt(pairing, codes[-1])


def test_wrong_ones_are_counted_from_anew_once_a_person_asks(pairing: Pairing, codes: list[str]) -> None:
    for _ in range(TRIES - 1):
        with pytest.raises(RefusedByRule):
            attempt(pairing, another(codes[-1]))
    pairing.invite()
    with pytest.raises(RefusedByRule):
        attempt(pairing, another(codes[-1]))
    assert attempt(pairing, codes[-1])


@pytest.mark.parametrize(
    ("age_ns", "good"), [(CODE_NS - 1, True), (CODE_NS, False), (24 * 3600 * NS_PER_S, False)],
    ids=["just in time", "ten minutes old", "of yesterday"],
)  # fmt: skip
async def test_a_code_gets_old(
    pairing: Pairing, codes: list[str], clock: SimulatedClock, age_ns: int, good: bool
) -> None:
    await clock.advance(age_ns)
    assert pairing.open is good
    if good:
        assert attempt(pairing, codes[0])
    else:
        with pytest.raises(RefusedByRule, match="too old"):
            attempt(pairing, codes[0])


async def test_a_code_that_gets_old_between_the_two_messages_is_no_good(
    pairing: Pairing, codes: list[str], clock: SimulatedClock
) -> None:
    applicant = Applicant(codes[0])
    begun = pairing.begin(applicant.message)
    await clock.advance(CODE_NS)
    with pytest.raises(RefusedByRule, match="too old"):
        pairing.finish(begun.id, applicant.proof(begun.message, SEEN))


def test_a_stepped_wall_clock_makes_no_code_older(pairing: Pairing, codes: list[str], clock: SimulatedClock) -> None:
    clock.step_wall(3600 * NS_PER_S)
    assert attempt(pairing, codes[0])


# --- what was heard, sent again -------------------------------------------------------------------------------------


def test_a_replayed_finish_gets_nothing(pairing: Pairing, codes: list[str]) -> None:
    applicant = Applicant(codes[0])
    begun = pairing.begin(applicant.message)
    proof = applicant.proof(begun.message, SEEN)
    pairing.finish(begun.id, proof)
    with pytest.raises(RefusedByRule):
        pairing.finish(begun.id, proof)
    pairing.invite()
    with pytest.raises(RefusedByRule):
        pairing.finish(begun.id, proof)


def test_a_replayed_begin_does_not_fit_the_old_proof(pairing: Pairing, codes: list[str]) -> None:
    applicant = Applicant(codes[0])
    begun = pairing.begin(applicant.message)
    proof = applicant.proof(begun.message, SEEN)  # heard on its way, and held up
    again = pairing.begin(applicant.message)
    with pytest.raises(RefusedByRule, match="not the code"):
        pairing.finish(again.id, proof)
    assert codes[-1] != codes[0]


def test_a_try_is_over_once_another_is_begun(pairing: Pairing, codes: list[str]) -> None:
    applicant = Applicant(codes[0])
    begun = pairing.begin(applicant.message)
    proof = applicant.proof(begun.message, SEEN)
    pairing.begin(Applicant(codes[0]).message)
    with pytest.raises(RefusedByRule):
        pairing.finish(begun.id, proof)


def test_a_finish_without_a_begin(pairing: Pairing) -> None:
    with pytest.raises(RefusedByRule):
        pairing.finish("", b"")


def test_our_own_message_sent_back_to_us_proves_nothing() -> None:
    applicant = Applicant("123456")
    with pytest.raises(NotReady, match="does not know the code"):
        applicant.proof(applicant.message, SEEN)


GARBAGE = [
    pytest.param(b"", id="nothing"),
    pytest.param(b"A", id="only the side"),
    pytest.param(b"A" + bytes(32), id="zeros"),
    pytest.param(b"A" + b"\xff" * 32, id="beyond the field"),
    pytest.param(b"A" + b"\x02" + bytes(31), id="off the curve"),
    pytest.param(b"A\x01" + bytes(31), id="the neutral element"),
    pytest.param(b"A" + bytes(31) + b"\x80", id="a point of small order"),
    pytest.param(b"A" * 9, id="too short"),
    pytest.param(b"A" * 4000, id="too long"),
    pytest.param(b"B" + bytes(32), id="the other side's"),
    pytest.param(b"\x00" * 33, id="no side"),
    pytest.param("爸爸".encode(), id="words"),
]


@pytest.mark.parametrize("message", GARBAGE)
def test_a_made_up_message_is_a_wrong_try(pairing: Pairing, codes: list[str], message: bytes) -> None:
    with pytest.raises(RefusedByRule, match="not the code"):
        pairing.begin(message)
    assert codes[-1] not in ("", codes[0])


@pytest.mark.parametrize("message", GARBAGE)
def test_a_made_up_answer_is_an_impostor_s(message: bytes) -> None:
    answer = b"B" + message[1:] if message.startswith(b"A") else message.replace(b"B", b"A")
    with pytest.raises(NotReady, match="does not know the code"):
        Applicant("123456").proof(answer, SEEN)


# --- over the wire --------------------------------------------------------------------------------------------------


async def test_a_person_pairs_and_is_known_from_then_on(agent: Pc) -> None:
    door = await pair("127.0.0.1", agent.port, agent.codes[-1], SystemClock())
    assert (door.port, door.fingerprint) == (agent.port, agent.who.fingerprint)
    assert door.assets == str(agent.shelf.folder)
    async with AgentClient(door, SystemClock()) as client:
        assert (await client.facts()).disks[0].folder == str(agent.folder)
    assert agent.codes[-1] == ""


async def test_of_the_token_only_the_hash_lies_on_the_pc(agent: Pc) -> None:
    door = await pair("127.0.0.1", agent.port, agent.codes[-1], SystemClock())
    kept = b"".join(path.read_bytes() for path in agent.state.rglob("*") if path.is_file())
    assert door.token.encode() not in kept
    assert Token(agent.state).opens(door.token)


async def test_pairing_anew_shuts_the_door_to_the_one_before(agent: Pc) -> None:
    before = await pair("127.0.0.1", agent.port, agent.codes[-1], SystemClock())
    agent.pairing.invite()
    await pair("127.0.0.1", agent.port, agent.codes[-1], SystemClock())
    async with AgentClient(before, SystemClock()) as client:
        with pytest.raises(AgentMistaken, match="does not know our token"):
            await client.facts()


async def test_a_wrong_code_over_the_wire_is_refused_by_rule(agent: Pc) -> None:
    with pytest.raises(StudioError, match="not the code") as refused:
        await pair("127.0.0.1", agent.port, another(agent.codes[-1]), SystemClock())
    assert refused.value.exit_code == RefusedByRule.exit_code
    assert not agent.token.known
    assert len(agent.codes) == 2


async def test_no_code_is_shown(tmp_path: Path) -> None:
    async with pc(tmp_path, paired=False) as agent:
        with pytest.raises(StudioError, match="shows no code now") as refused:
            await pair("127.0.0.1", agent.port, "123456", SystemClock())
    assert refused.value.exit_code == RefusedByRule.exit_code


async def test_nobody_is_there(unused_tcp_port: int) -> None:
    with pytest.raises(AgentUnreachable, match=str(unused_tcp_port)):
        await pair("127.0.0.1", unused_tcp_port, "123456", SystemClock())


async def test_a_finish_heard_on_the_wire_and_sent_again(agent: Pc) -> None:
    applicant = Applicant(agent.codes[-1])
    began = await say(
        agent.port, "POST", "/pair/begin", token=None, body=json.dumps({"message": applicant.message.hex()}).encode()
    )
    begun = json.loads(began.body)
    proof = applicant.proof(bytes.fromhex(begun["message"]), agent.who.fingerprint)
    words = json.dumps({"id": begun["id"], "proof": proof.hex()}).encode()
    first, second = [await say(agent.port, "POST", "/pair/finish", token=None, body=words) for _ in range(2)]
    assert first.status == 200
    token = json.loads(first.body)["token"]
    assert second.status == 409
    assert b"token" not in second.body
    assert agent.token.opens(token)


@pytest.fixture
def stranger(tmp_path: Path) -> Identity:
    """Somebody with a certificate of his own."""
    return identity(tmp_path / "stranger")


async def test_a_go_between_with_a_certificate_of_his_own_gets_no_token(agent: Pc, stranger: Identity) -> None:
    code = agent.codes[-1]
    line = Line(agent.port, at_once, at_once, stranger)
    async with line.laid() as port:
        with pytest.raises(StudioError, match="not the code"):
            await pair("127.0.0.1", port, code, SystemClock())
    assert b"/pair/finish" in line.passed  # he heard and passed on every word of it
    assert code.encode() not in line.passed
    assert not agent.token.known
    assert agent.codes[-1] not in ("", code)


async def test_a_go_between_with_the_agent_s_own_certificate_is_only_a_cable(agent: Pc) -> None:
    """What the test before proves comes of the certificate, and not of the line."""
    line = Line(agent.port, at_once, at_once, agent.who)
    async with line.laid() as port:
        assert (await pair("127.0.0.1", port, agent.codes[-1], SystemClock())).token
    assert agent.token.known


@asynccontextmanager
async def impostor(
    who: Identity, answers: dict[str, Any], port: int = 0
) -> AsyncIterator[tuple[int, list[web.Request]]]:
    """A server that is no agent: its port, and what it is asked."""
    asked: list[web.Request] = []

    async def answer(request: web.Request) -> web.Response:
        asked.append(request)
        said = answers.get(request.path, {})
        return web.Response(text=said if isinstance(said, str) else json.dumps(said), content_type="application/json")

    application = web.Application()
    application.router.add_route("*", "/{path:.*}", answer)
    runner = web.AppRunner(application, access_log=None, shutdown_timeout=1)
    await runner.setup()
    try:
        await web.TCPSite(runner, "127.0.0.1", port, ssl_context=who.server_context()).start()
        yield runner.addresses[0][1], asked
    finally:
        await runner.cleanup()


def message() -> str:
    """A well-formed SPAKE2 message of the agent's side, made with another code."""
    codes: list[str] = []
    pairing = Pairing(SEEN, SystemClock(), codes.append)
    pairing.invite()
    return pairing.begin(Applicant(codes[0]).message).message.hex()


async def test_who_does_not_know_the_code_cannot_pass_for_the_agent(stranger: Identity) -> None:
    answers = {
        "/pair/begin": {"id": "x", "message": message()},
        "/pair/finish": {"token": "his", "proof": "00" * 32, "assets": "/"},
    }
    async with impostor(stranger, answers) as (port, _asked):
        with pytest.raises(NotReady, match="does not know the code"):
            await pair("127.0.0.1", port, "123456", SystemClock())


def _nonsense() -> Iterator[Any]:
    said: Any
    good = {"id": "x", "message": message()}
    for said in ("", "<html>", "[]", "null", '"x"', "[" * 50_000, {}, {"id": 1}, {"id": "x", "message": "zz"},
                 {"id": "x", "message": 5}):  # fmt: skip
        yield pytest.param({"/pair/begin": said}, id=f"begin {str(said)[:20]}")
    for said in (
        "",
        "[]",
        {},
        {"token": "x", "proof": "zz", "assets": ""},
        {"token": "x", "proof": None, "assets": ""},
    ):
        yield pytest.param({"/pair/begin": good, "/pair/finish": said}, id=f"finish {str(said)[:40]}")


@pytest.mark.parametrize("answers", list(_nonsense()))
async def test_nonsense_for_an_answer_is_an_error_of_ours(stranger: Identity, answers: dict[str, Any]) -> None:
    async with impostor(stranger, answers) as (port, _asked):
        with pytest.raises(AgentMistaken, match="nobody can read"):
            await pair("127.0.0.1", port, "123456", SystemClock())


@pytest.mark.parametrize("said", ["", "[]", "[" * 50_000, {"now_ns": "noon", "grain_ns": 1}, {}, {"films": 1}])
async def test_a_paired_agent_that_answers_nonsense(stranger: Identity, said: Any) -> None:
    async with (
        impostor(stranger, dict.fromkeys(("/clock", "/facts", "/films", "/assets/missing"), said)) as (
            port,
            _,
        ),
        AgentClient(Door("127.0.0.1", port, stranger.fingerprint, TOKEN), SystemClock()) as client,
    ):
        asked = (client.offset, client.facts, lambda: client.missing_assets(["x"]))
        for ask in asked:
            with pytest.raises(AgentMistaken, match="nobody can read"):
                await ask()


async def test_a_certificate_that_has_changed_is_refused_and_gets_no_token(tmp_path: Path, stranger: Identity) -> None:
    async with pc(tmp_path) as agent:
        door = agent.door
    async with impostor(stranger, {}, door.port) as (_port, asked), AgentClient(door, SystemClock()) as client:
        for ask in (client.facts, client.offset, client.films):
            with pytest.raises(AgentMistaken, match="shows another certificate"):
                await ask()
    assert asked == []


async def test_a_go_between_after_pairing_hears_no_token(tmp_path: Path, stranger: Identity) -> None:
    async with pc(tmp_path) as agent:
        line = Line(agent.port, at_once, at_once, stranger)
        async with line.laid() as port:
            door = Door("127.0.0.1", port, agent.who.fingerprint, TOKEN)
            async with AgentClient(door, SystemClock()) as client:
                with pytest.raises(AgentMistaken, match="shows another certificate"):
                    await client.facts()
            await asyncio.sleep(0)
    assert line.passed == b""


async def test_an_agent_keeps_its_certificate_over_a_restart(tmp_path: Path) -> None:
    async with pc(tmp_path) as agent:
        door = agent.door
    async with pc(tmp_path, port=door.port), AgentClient(door, SystemClock()) as client:
        assert await client.films() == ()


def test_a_certificate_without_its_key_is_said_to_be_broken(tmp_path: Path) -> None:
    identity(tmp_path).key.unlink()
    with pytest.raises(NotReady, match=r"cannot be read .* Delete agent\.crt and agent\.key"):
        identity(tmp_path)


# --- what stands on the agent's disk --------------------------------------------------------------------------------


def test_a_token_that_cannot_be_kept_leaves_the_one_before_good(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    token = Token(tmp_path)
    token.keep("the old one")

    def full(_path: Path, _text: str) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("studio.pc.known.private_file", full)
    with pytest.raises(OSError, match="No space"):
        token.keep("the new one")
    assert (token.opens("the old one"), token.opens("the new one")) == (True, False)


@pytest.mark.parametrize("text", ["", "\0\0\0", "{}", "[]", "null", '"x"'])
def test_a_spoilt_token_is_said_and_not_taken_for_none(tmp_path: Path, text: str) -> None:
    (tmp_path / "director.json").write_text(text)
    with pytest.raises(NotReady, match=r"director\.json cannot be read.*pair again"):
        Token(tmp_path)


def test_a_key_that_does_not_fit_is_said_with_what_to_delete(tmp_path: Path) -> None:
    one, other = identity(tmp_path / "one"), identity(tmp_path / "other")
    for spoilt in (other.key.read_bytes(), b"", b"\0" * 200):
        one.key.write_bytes(spoilt)
        with pytest.raises(NotReady, match=r"Delete agent\.crt and agent\.key"):
            one.server_context()


def test_a_code_that_is_too_old_is_void_on_the_screen_too(clock: SimulatedClock, codes: list[str]) -> None:
    pairing = Pairing("ab" * 32, clock, codes.append)
    pairing.expire()
    assert codes == []
    pairing.invite()
    pairing.expire()
    assert len(codes) == 1
    asyncio.run(clock.advance(601 * NS_PER_S))
    pairing.expire()
    pairing.expire()
    assert codes[1:] == [""]


def test_nothing_shows_a_token_by_chance() -> None:
    assert "secret" not in repr(Door("a", 1, "f", "secret")) + repr(Granted("secret", b""))
