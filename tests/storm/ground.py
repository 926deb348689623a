"""A small workspace to be stormed: three virtual studios, one scene file with a clip for every row, random sessions."""

import json
import random
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from tests.media.clips import moving, write

STUDIOS = ("s0", "s1", "s2")
CANVAS, FPS = (96, 160), 10
ZONE = "Asia/Shanghai"
MOST_ROWS = 14
SECRET = "STORM"
PASSWORD = "风暴口令"
SCENES = ("host", "closeup", "clips")
STANDBY = "应急画面"
SLOT = timedelta(minutes=30)
"""What the calendar gives each session; they last some seconds."""


@dataclass(frozen=True, slots=True)
class Session:
    """A session of the calendar and the ids of its rows."""

    id: str
    studios: tuple[str, ...]
    rows: tuple[str, ...]


def clip_of(row: str) -> str:
    """The media source that only this row plays, so that a trigger in OBS's journal names its row."""
    return f"clip-{row}"


def lay_out(root: Path, ports: Sequence[int]) -> None:
    """Write everything but the calendar and the run-sheets."""
    for folder in ("scenes", "schedules/runsheets", "recordings"):
        (root / folder).mkdir(parents=True, exist_ok=True)
    write(moving(0.2, size="32x32", fps=FPS), root / "scenes" / "clip.mp4")
    toml = [f'[venue]\nname = "风暴"\nzone = "{ZONE}"\n']
    for name, port in zip(STUDIOS, ports, strict=True):
        output = "virtual_camera" if name == STUDIOS[-1] else "record_only"
        toml.append(
            f'[studios.{name}]\nname = "直播间{name}"\nscenes = "storm"\noutput = "{output}"\n'
            f'obs = {{ host = "127.0.0.1", port = {port}, secret = "{SECRET}" }}\n'
        )
    toml[1] = toml[1].replace("\nname", "\nmain = true\nname", 1)
    (root / "studio.toml").write_text("\n".join(toml), encoding="utf-8")
    (root / "scenes" / "storm.yaml").write_text(_yaml(_scenes()), encoding="utf-8")
    (root / "schedules" / "products.yaml").write_text(_yaml({"products": _PRODUCTS}), encoding="utf-8")


_PRODUCTS = [
    {"id": "juice", "name": "沙棘汁", "live_price": 59.9, "stock": 100, "link": 1},
    {"id": "beans", "name": "红芸豆", "live_price": 29.9, "stock": 50, "link": 2},
]


def _scenes() -> dict[str, object]:
    width, height = CANVAS
    whole = {"x": 0, "y": 0, "width": width, "height": height}
    card = {"name": "商品卡", "kind": "card", "rect": {"x": 8, "y": 100, "width": 80, "height": 40}}

    def slate(identity: str, title: str, colour: str, *more: object) -> dict[str, object]:
        ground = {"name": "底", "kind": "slate", "title": title, "colour": colour}
        return {"id": identity, "title": title, "sources": [ground, *more]}

    clips = [
        {
            "name": clip_of(f"r{at}"),
            "kind": "media",
            "asset": "scenes/clip.mp4",
            "loop": False,
            "rect": {"x": at * 2, "y": 0, "width": 16, "height": 16},
        }
        for at in range(MOST_ROWS)
    ]
    return {
        "canvas": {"width": width, "height": height, "fps": FPS},
        "safe": whole,
        "scenes": [
            slate("standby", STANDBY, "#203040"),
            slate("host", "主播", "#1F4D36", card),
            slate("closeup", "产品特写", "#8F4310", card),
            slate("clips", "短片", "#12291E", *clips),
        ],
    }


def write_sessions(root: Path, chance: random.Random, number: int, now: datetime) -> tuple[Session, ...]:
    """One or two random sessions that begin at once, in studios of their own, as the only ones of the calendar."""
    groups = chance.choice([(STUDIOS,), (STUDIOS[:2], STUDIOS[2:]), (STUDIOS[:1], STUDIOS[1:]), (STUDIOS[:2],)])
    local = now.astimezone(ZoneInfo(ZONE)).replace(microsecond=0, tzinfo=None)
    start = local.replace(second=0)
    for old in (root / "schedules").glob("2*.yaml"):
        old.unlink()
    for old in (root / "schedules" / "runsheets").glob("*.yaml"):
        old.unlink()
    sessions, entries = [], []
    for part, studios in enumerate(groups):
        name = f"storm-{number}-{part}"
        rows = _rows(chance, studios, local)
        sheet = {"title": f"风暴 {number}", "cues": rows}
        (root / "schedules" / "runsheets" / f"{name}.yaml").write_text(_yaml(sheet), encoding="utf-8")
        entries.append(
            {
                "id": name,
                "title": f"风暴 {number}",
                "start": f"{start:%Y-%m-%d %H:%M}",
                "duration": f"{SLOT.seconds // 60}m",
                "runsheet": name,
                "studios": list(studios),
            }
        )
        sessions.append(Session(name, studios, tuple(str(row["id"]) for row in rows)))
    (root / "schedules" / f"{start:%Y-%m}.yaml").write_text(_yaml({"sessions": entries}), encoding="utf-8")
    return tuple(sessions)


def _rows(chance: random.Random, studios: tuple[str, ...], now: datetime) -> list[dict[str, object]]:
    """Rows of every kind: by time, by hand, hard-timed, linked, with clips, with every late policy."""
    count = chance.randint(7, MOST_ROWS)
    hard = chance.randrange(3, count) if chance.random() < 0.5 else -1
    rows: list[dict[str, object]] = []
    before = 0
    for at in range(count):
        name = f"r{at}"
        row: dict[str, object] = {
            "id": name,
            "title": f"第{at}条",
            "scene": chance.choice(SCENES),
            "duration": f"{(lasts := chance.randint(150, 500))}ms",
            "advance": "auto" if chance.random() < 0.8 else "manual",
            "transition": chance.choice(["Cut", "Cut", "Fade 100ms"]),
            "late": chance.choice(["fire", "fire", "skip_after 300ms", "skip_after 2s", "hold"]),
        }
        if row["scene"] == "clips":
            row["play"] = [clip_of(name)]
            if chance.random() < 0.3:
                row["advance"] = "media_end"
        else:
            row["product"] = chance.choice(["juice", "beans"])
        if len(studios) > 1 and chance.random() < 0.25:
            row["studios"] = [chance.choice(studios)]
        if at == hard:
            row["time"] = f"{now + timedelta(seconds=chance.randint(5, 8)):%H:%M:%S}"
        elif at > 1 and at > hard and chance.random() < 0.1:
            row["follows"] = f"r{at - 1} +{before + chance.randint(0, 200)}ms"
        rows.append(row)
        before = lasts
    return rows


def _yaml(value: object) -> str:
    """JSON is YAML."""
    return json.dumps(value, ensure_ascii=False, indent=1)
