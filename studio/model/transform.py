"""OBS's scene item transform for a source that fills a rectangle, and back: facts of obs-websocket, not policy."""

from collections.abc import Mapping

from studio.model.scene import Fit, Rect

_BOUNDS: dict[Fit, str] = {"stretch": "OBS_BOUNDS_STRETCH", "inside": "OBS_BOUNDS_SCALE_INNER"}
_TOP_LEFT = 5


def transform(rect: Rect, fit: Fit = "stretch") -> dict[str, object]:
    """The transform of a source in ``rect``: anchored at the upper left, bounds of its size, centred in them."""
    return {
        "positionX": float(rect.x),
        "positionY": float(rect.y),
        "alignment": _TOP_LEFT,
        "boundsType": _BOUNDS[fit],
        "boundsAlignment": 0,
        "boundsWidth": float(rect.width),
        "boundsHeight": float(rect.height),
        "rotation": 0.0,
    }


def placement(found: Mapping[str, object]) -> tuple[Rect, Fit] | None:
    """Rectangle and fit of an observed transform; None where the source is not simply placed in whole pixels."""
    fit = next((fit for fit, bounds in _BOUNDS.items() if found.get("boundsType") == bounds), None)
    sides = [found.get(key) for key in ("positionX", "positionY", "boundsWidth", "boundsHeight")]
    if fit is None or found.get("alignment") != _TOP_LEFT or found.get("rotation") or found.get("boundsAlignment"):
        return None
    if not all(isinstance(side, int | float) and float(side).is_integer() for side in sides):
        return None
    x, y, width, height = (int(side) for side in sides if isinstance(side, int | float))
    return Rect(x, y, width, height), fit
