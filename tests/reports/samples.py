"""Sessions to report on: an ordinary one, an empty one, a hostile one."""

from __future__ import annotations

import random
from dataclasses import replace
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from studio.model.figures import (
    Bucket,
    CueFigures,
    ProductFigures,
    RecordingFigures,
    SessionFigures,
    SourceFile,
    Totals,
)

ZONE = ZoneInfo("Asia/Shanghai")
START = datetime(2026, 12, 4, 19, 30, tzinfo=ZONE)
MADE_AT = datetime(2026, 12, 5, 9, 0, tzinfo=ZONE)
HOSTILE = '<script>alert("1")</script> & </svg> \'"` {{ 7*7 }} $x$ \u202e\x00\x0b\ud800 ' + "长" * 200
TITLES = (
    "开场欢迎与福利预告",
    "沙棘原浆讲解",
    "红芸豆试吃",
    "双人互动答疑",
    "产地连线：羊肚菌大棚",
    "柏籽羊肉",
    "返场",
    "结束",
)
NAMES = ("岢岚沙棘原浆 200ml×10", "岢岚红芸豆 2.5kg", "羊肚菌干品 50g", "柏籽羊肉卷 500g×4")


def split(paid_fen: int, lines: int, orders: int | None = None) -> Totals:
    return Totals(
        orders=lines if orders is None else orders, lines=lines, units=lines * 2, paid_fen=paid_fen, submitted_fen=0
    )


def add(*parts: Totals) -> Totals:
    return Totals(
        orders=sum(part.orders for part in parts),
        lines=sum(part.lines for part in parts),
        units=sum(part.units for part in parts),
        paid_fen=sum(part.paid_fen for part in parts),
    )


def ordinary(cues: int = 8, minutes: int = 5, step_ms: int = 60_000, seed: int = 1) -> SessionFigures:
    """A session whose parts add up: cues of ``minutes`` each, one late, one skipped, orders spread over a curve."""
    chance = random.Random(seed)
    length = timedelta(minutes=minutes)
    rows = []
    for number in range(cues):
        planned = START + number * length
        late = (12, 40, 2450, 35, 18, None, 22, -8)[number % 8]
        sales = split(chance.randrange(0, 400_000), chance.randrange(1, 30))
        rows.append(
            CueFigures(
                cue=f"c{number:02}",
                title=TITLES[number % len(TITLES)],
                product=None if number % 2 else f"p{number % 4}",
                planned_start=planned,
                actual_start=None if late is None else planned + timedelta(milliseconds=late),
                planned_ms=minutes * 60_000,
                actual_ms=None if late is None else minutes * 60_000 - late,
                verdict="skipped" if late is None else "late" if late > 1000 else "on_time",
                late_ms=late,
                sales=sales,
                picture_error_ms=None if late is None else round(chance.uniform(-30, 30), 1),
            )
        )
    unattributed = split(38_800, 3)
    total = add(*(row.sales for row in rows), unattributed)
    total = replace(total, freight_fen=60_000, submitted_fen=total.paid_fen + 98_700)
    steps = cues * minutes * 60_000 // step_ms
    paid, lines = apportion(total.paid_fen - 1500, steps, chance), apportion(total.lines - 1, steps, chance)
    parts = apportion(total.paid_fen, len(NAMES), chance), apportion(total.lines, len(NAMES), chance)
    return SessionFigures(
        run="20261204-1930-a1b2",
        session="2026-12-04-seabuckthorn",
        title="沙棘专场",
        venue="岢岚县电商直播中心",
        studios=("主直播间",),
        hosts=("李秀兰", "王建国"),
        planned_start=START,
        actual_start=START + timedelta(milliseconds=12),
        actual_end=START + cues * length,
        cues=tuple(rows),
        products=tuple(
            ProductFigures(f"p{n}", name, n < 3, 5990 + n * 1000 if n < 3 else None, 2, 612_000, split(paid, lines))
            for n, (name, paid, lines) in enumerate(zip(NAMES, *parts, strict=True))
        ),
        curve=tuple(
            Bucket(START + timedelta(milliseconds=number * step_ms), lines[number], paid[number])
            for number in range(steps)
        ),
        curve_step_ms=step_ms,
        totals=total,
        unattributed=unattributed,
        recordings=(
            RecordingFigures(
                r"D:\录像\主直播间\2026-12-04 19-29-50.mkv",
                "9f" * 32,
                1_234_567_890,
                2_412_345,
                1080,
                1920,
                30.0,
                "h264",
                "aac",
            ),
        ),
        sources=(SourceFile("抖店订单_演示数据_20261205.csv", "0a" * 32, 187),),
        incidents=("0:10:00 红芸豆试吃: 晚 2450 毫秒", "0:25:00 柏籽羊肉: 跳过"),
        order_file=total,
        after=split(1500, 1),
    )


def empty() -> SessionFigures:
    """Nothing went on air, no order file was read, nothing was recorded."""
    return SessionFigures(
        run="20261204-1930-a1b2",
        session="2026-12-04",
        title="沙棘专场",
        venue="岢岚县电商直播中心",
        studios=(),
        hosts=(),
        planned_start=START,
        actual_start=None,
        actual_end=None,
        cues=(),
        products=(),
        curve=(),
        curve_step_ms=60_000,
        totals=Totals(),
        unattributed=Totals(),
        recordings=(),
        sources=(),
    )


def hostile() -> SessionFigures:
    """An ordinary session in which every text that comes from a file wants to be more than text."""
    figures = ordinary()
    return replace(
        figures,
        run=HOSTILE,
        session=HOSTILE,
        title=HOSTILE,
        venue=HOSTILE,
        studios=(HOSTILE,),
        hosts=(HOSTILE,),
        cues=tuple(replace(cue, cue=HOSTILE, title=HOSTILE, verdict=HOSTILE) for cue in figures.cues),
        products=tuple(replace(product, name=HOSTILE, product=HOSTILE) for product in figures.products),
        recordings=tuple(replace(recording, path=HOSTILE) for recording in figures.recordings),
        sources=tuple(replace(source, name=HOSTILE) for source in figures.sources),
        incidents=(HOSTILE,),
    )


def apportion(whole: int, parts: int, chance: random.Random) -> list[int]:
    """``whole`` in ``parts`` of chance, which add up to it."""
    cuts = sorted(chance.randrange(whole + 1) for _ in range(parts - 1))
    return [high - low for low, high in zip([0, *cuts], [*cuts, whole], strict=True)]
