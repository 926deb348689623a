"""The doctor's rounds: several studios at once, none waiting for another."""

import asyncio
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from studio.air.doctor.finding import Diagnosis
from studio.air.doctor.subject import Subject
from studio.air.doctor.visit import diagnose
from studio.air.reaching import Reach
from studio.clock import Clock


async def rounds(
    subjects: Sequence[Subject],
    passwords: Mapping[str, str],
    reach: Reach,
    clock: Clock,
    say: Callable[[str, str], None],
    seen: Callable[[Diagnosis], None],
    state: Path | None = None,
) -> tuple[Diagnosis, ...]:
    """Visit every studio, in the order given; ``passwords`` by studio id.

    ``say`` is told the studio's id and what is going on there, ``seen`` each diagnosis as soon as it is made.
    ``state`` is as in ``diagnose``.
    """

    async def visit(subject: Subject) -> Diagnosis:
        studio = subject.studio.id
        found = await diagnose(subject, passwords[studio], reach, clock, lambda words: say(studio, words), state=state)
        seen(found)
        return found

    return tuple(await asyncio.gather(*map(visit, subjects)))
