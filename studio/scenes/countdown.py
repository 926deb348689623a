"""What a countdown says, second by second: to the end of a row's offer, or to the end of a standby slate's time."""

from collections.abc import Collection, Iterator
from typing import Literal

from studio.model.obs import InputState
from studio.model.scene import Scene, Source
from studio.scenes.desired import Naming
from studio.scenes.inputs import text_kind

To = Literal["offer", "standby"]


def words(to: To, left_ms: int | None, label: str = "") -> str:
    """``优惠剩余 04:59``: the label and what is left, begun seconds counting whole.

    Nothing where nothing is counted (None). An offer that is over says 00:00; a standby whose time is up says nothing,
    since a slate that stays must not promise.
    """
    if left_ms is None or (to == "standby" and left_ms <= 0):
        return ""
    seconds = -(-max(left_ms, 0) // 1000)
    minutes, seconds = divmod(seconds, 60)
    hours, minutes = divmod(minutes, 60)
    clock = f"{hours}:{minutes:02}:{seconds:02}" if hours else f"{minutes:02}:{seconds:02}"
    return f"{label} {clock}".strip()


def countdowns(scene: Scene, to: To | None = None) -> Iterator[Source]:
    """The countdowns of a scene, all or those ``to`` one end."""
    for source in scene.sources:
        if source.kind == "countdown" and to in (None, source.settings["to"]):
            yield source


def countdown_inputs(
    scene: Scene, naming: Naming, kinds: Collection[str], left_ms: int | None, *, to: To | None = None
) -> dict[str, InputState]:
    """The text of each countdown of ``scene`` with ``left_ms`` to go, by its input's name in OBS: a picture's inputs.

    None empties them. ``to`` leaves countdowns to the other end alone, where a scene has both.
    """
    return {
        naming.source(scene, source): InputState(
            text_kind(kinds), {"text": words(source.settings["to"], left_ms, str(source.settings["label"]))}
        )
        for source in countdowns(scene, to)
    }
