"""What a status says, in the words and wall-clock times that a terminal and the desk show; this only computes."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from studio.asrun.words import over_words, verdict
from studio.clock import NS_PER_MS, format_duration, instant
from studio.i18n import _
from studio.reports.wording import late

PC_CLOCK_MS = 1_000
"""A studio PC's clock that is off by so much is shown."""
Status = Mapping[str, Any]
"""What ``studio.air.status`` made, perhaps in another process."""
Told = dict[str, Any]


def tell(status: Status, zone: ZoneInfo) -> Told:
    """Troubles first, then each session with its lanes, then the studios that are free; values of JSON."""
    sessions = [_session(name, one, status, zone) for name, one in status["sessions"].items()]
    return {
        "moment": f"{instant(status['wall_ns'], zone):%Y-%m-%d %H:%M:%S}",
        "troubles": list(_troubles(status, zone)),
        "sessions": sessions,
        "studios": [_studio(name, one) for name, one in status["studios"].items() if _free(name, status)],
    }


def _free(studio: str, status: Status) -> bool:
    return not any(studio in session["lanes"] for session in status["sessions"].values())


# what is wrong, or was changed by hand


def _troubles(status: Status, zone: ZoneInfo) -> Iterator[Told]:
    for name, session in status["sessions"].items():
        for alarm in session["alarms"]:
            yield _alarm(session["title"], alarm, status, zone)
        for studio, lane in session["lanes"].items():
            for alarm in lane["alarms"]:
                yield _alarm(lane["studio"], alarm, status, zone)
            if lane["overridden"] is not None:
                yield _override(studio, lane, session=name)
    for name, free in status["studios"].items():
        if _free(name, status):
            yield from (_alarm(free["name"], alarm, status, zone) for alarm in free["alarms"])
        if _free(name, status) and not free["connected"] and free["link"] == "refused":
            yield {"where": free["name"], "what": free["why"], "remedy": "", "since": "", "tone": "bad"}


def _alarm(where: str, alarm: Mapping[str, Any], status: Status, zone: ZoneInfo) -> Told:
    began = instant(status["wall_ns"] - (status["now_ns"] - alarm["began_ns"]), zone)
    what = alarm["what"]
    where = "" if where in what else where
    return {"where": where, "what": what, "remedy": alarm["remedy"], "since": f"{began:%H:%M:%S}", "tone": "bad"}


def _override(studio: str, lane: Mapping[str, Any], session: str) -> Told:
    found = lane["overridden"]
    words = (
        _("changed by hand: the scene is {found}, planned was {planned}; it stays so until the next row")
        if found["what"] == "programme"
        else _("changed by hand: {what} ({found}); it stays so until the next row")
    )
    remedy = _("Keep it, or take it back with: studio {command}").format(
        command=f"jump {lane['now']} --session {session} --studio {studio}"
    )
    what = words.format(**found | {"what": _output_name(found["what"]), "found": _state(found["found"])})
    remedy = remedy if lane["now"] else ""  # before the first row there is none to call again
    return {"where": lane["studio"], "what": what, "remedy": remedy, "since": "", "tone": "hand"}


# a session and its lanes


def _session(name: str, session: Mapping[str, Any], status: Status, zone: ZoneInfo) -> Told:
    start_ns = session["start_wall_ns"]
    return {
        "id": name,
        "title": session["title"],
        "state": _session_state(session, status, zone),
        "session_ms": session["session_ms"] if start_ns is not None else None,
        "version": session["version"],
        "rooms": [_room(room) for room in session["rooms"]],
        "lanes": [_lane(studio, lane, status, start_ns, zone) for studio, lane in session["lanes"].items()],
    }


def _session_state(session: Mapping[str, Any], status: Status, zone: ZoneInfo) -> str:
    if session["start_wall_ns"] is None:
        return _("its studios are being made ready")
    if session["session_ms"] < 0:
        return _("starts at {time}").format(time=_clock(0, session["start_wall_ns"], zone))
    return _("running for {time}").format(time=format_duration(session["session_ms"]))


def _room(room: Mapping[str, Any]) -> Told:
    words = _("{platform} {room}: closed") if room["closed"] else _("{platform} {room}: opened, says a person")
    return {"words": words.format(**room), "open": not room["closed"]}


def _lane(studio: str, lane: Mapping[str, Any], status: Status, start_ns: int | None, zone: ZoneInfo) -> Told:
    following = next((row for row in lane["rows"] if row["cue"] == lane["next"]), None)
    return {
        "id": studio,
        "name": lane["studio"],
        "state": lane["state"],
        "now": _now(lane),
        "now_cue": lane["now"],
        "left_ms": lane["left_ms"] if lane["state"] != "over" else None,
        "next": lane["next_title"],
        "next_cue": lane["next"],
        "next_how": "" if following is None else _how(lane, following),
        "next_in_ms": lane["next_in_ms"],
        "over": "plan" if abs(lane["over_ms"]) < 1000 else "behind" if lane["over_ms"] > 0 else "ahead",
        "over_words": over_words(lane["over_ms"]),
        "planned_end": _clock(lane["planned_end_ms"], start_ns, zone),
        "expected_end": _clock(lane["expected_end_ms"], start_ns, zone),
        "signs": _signs(lane, status["studios"].get(studio)),
        "rows": [_row(row, lane, start_ns, zone) for row in lane["rows"]],
    }


def _now(lane: Mapping[str, Any]) -> str:
    if lane["state"] == "over":
        return _("ended")
    if lane["standby"]:
        return _("Standby slate")
    at = next((row for row in lane["rows"] if row["cue"] == lane["now"]), None)
    if at is not None and lane["on_air"] != lane["now"] and at["verdict"] in ("skipped", "refused"):
        shown = lane["on_air_title"] or _("Standby slate")
        return _("{shown} (“{title}” was not shown)").format(shown=shown, title=lane["now_title"])
    return str(lane["now_title"]) or _("Waiting on the standby slate for the start")


def _how(lane: Mapping[str, Any], following: Mapping[str, Any]) -> str:
    """What brings the next row."""
    if lane["state"] == "held":
        return _("held: studio resume, or studio go")
    if following["time"]:
        return _("at {time} sharp").format(time=following["time"])
    if following["follows"]:
        words = _("after “{title}”") if lane["next_in_ms"] is not None else _("waits for “{title}”; else: studio go")
        return words.format(title=following["follows"])
    match lane["advance"]:
        case "manual":
            return _("by hand: studio go")
        case "media_end":
            return _("when the clip has ended")
    return _("by itself")


def _signs(lane: Mapping[str, Any], studio: Mapping[str, Any] | None) -> list[Told]:
    """Short words on the lane's state, each with a tone: good, plain, hand or bad."""
    found = [] if lane["connected"] else [_sign(_("OBS out of reach"), "bad")]
    if lane["standby"]:
        found.append(_sign(_("standby slate"), "hand"))
    elif lane["state"] == "held":
        found.append(_sign(_("held"), "hand"))
    if lane["recording"]:
        found.append(_sign(_("recording, part {part}").format(part=lane["parts"]), "good"))
    elif lane["parts"] and lane["state"] != "over":
        found.append(_sign(_("not recording"), "bad"))
    found += [_output(name, state) for name, state in lane["outputs"].items()]
    return found + (_pc(studio) if studio else [])


def _pc(studio: Mapping[str, Any]) -> list[Told]:
    """The studio's PC: room on its disk, and what its agent says that a technician should see."""
    found = [_sign(_disk(studio["free_mb"]), "plain")] if studio["free_mb"] else []
    told = studio.get("pc")
    if told is None:
        return found
    if "why" in told:
        return [*found, _sign(_("agent out of reach"), "bad")]
    if told["minutes_left"] is not None:
        found.append(_sign(_("{minutes} min of recording left").format(minutes=told["minutes_left"]), "plain"))
    ahead_ms = told["ahead_ns"] / NS_PER_MS
    if abs(ahead_ms) >= PC_CLOCK_MS:
        words = _("PC clock {seconds:.1f} s ahead") if ahead_ms > 0 else _("PC clock {seconds:.1f} s behind")
        found.append(_sign(words.format(seconds=abs(ahead_ms) / 1000), "hand"))
    return found


def _sign(words: str, tone: str) -> Told:
    return {"words": words, "tone": tone}


def _output(name: str, state: str) -> Told:
    """The state of OBS's own output; whether a platform shows it is for a person to say."""
    tone = {"on": "good", "off": "plain"}.get(state, "bad")
    return _sign(_("{output} {state}").format(output=_output_name(name), state=_state(state)), tone)


def _state(state: str) -> str:
    """The state of an output in words; what is none is shown as it is."""
    return {
        "on": _("on"),
        "off": _("off"),
        "starting": _("starting"),
        "stopping": _("stopping"),
        "reconnecting": _("reconnecting"),
    }.get(state, state)


def _output_name(name: str) -> str:
    """An output, or what else a hand may change, in words; what is not known is shown as it is."""
    return {
        "record": _("recording"),
        "stream": _("stream"),
        "virtual_camera": _("virtual camera"),
        "studio_mode": _("studio mode"),
        "visibility": _("what is shown or hidden"),
    }.get(name, name)


def _disk(free_mb: float) -> str:
    return _("{free} GB free").format(free=f"{free_mb / 1024:,.1f}")


def _row(row: Mapping[str, Any], lane: Mapping[str, Any], start_ns: int | None, zone: ZoneInfo) -> Told:
    word = row["verdict"] or ("skipped" if row["dropped"] else None)
    words = verdict(word) if word else ""
    if word == "late" and row["late_ms"] is not None:
        words = late(row["late_ms"])
    return {
        "cue": row["cue"],
        "title": row["title"],
        "product": row["product"],
        "planned": _clock(row["planned_ms"], start_ns, zone),
        "expected": _clock(row["expected_ms"], start_ns, zone),
        "actual": _clock(row["actual_ms"], start_ns, zone),
        "verdict": word,
        "verdict_words": words,
        "why": row["why"],
        "place": "now" if row["cue"] == lane["now"] else "next" if row["cue"] == lane["next"] else "",
    }


def _clock(session_ms: int | None, start_ns: int | None, zone: ZoneInfo) -> str:
    if session_ms is None or start_ns is None:
        return ""
    moment: datetime = instant(start_ns + session_ms * NS_PER_MS, zone)
    return f"{moment:%H:%M:%S}"


def _studio(name: str, studio: Mapping[str, Any]) -> Told:
    """A studio without a session."""
    signs = [_sign(_("free"), "good") if studio["connected"] else _sign(_("OBS out of reach"), "plain")]
    signs += _pc(studio)
    return {"id": name, "name": studio["name"], "signs": signs, "why": studio["why"]}


def around(rows: Sequence[Told], before: int, after: int) -> Sequence[Told]:
    """The rows near where the lane stands: the present one, or the next, in the middle."""
    places = [at for at, row in enumerate(rows) if row["place"]]
    if not places:
        return rows[-(before + after + 1) :]
    return rows[max(0, places[0] - before) : places[0] + after + 1]
