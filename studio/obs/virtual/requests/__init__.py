"""The table of every request the virtual OBS answers; what is not in it gets status 204."""

from studio.obs.virtual.requests import (
    audio,
    config,
    filters,
    general,
    inputs,
    items,
    media,
    outputs,
    record,
    scenes,
    screenshots,
    transform,
    transitions,
)
from studio.obs.virtual.requests.table import Handler

HANDLERS: dict[str, Handler] = {
    **general.HANDLERS,
    **config.HANDLERS,
    **scenes.HANDLERS,
    **transitions.HANDLERS,
    **inputs.HANDLERS,
    **audio.HANDLERS,
    **media.HANDLERS,
    **items.HANDLERS,
    **transform.HANDLERS,
    **filters.HANDLERS,
    **screenshots.HANDLERS,
    **record.HANDLERS,
    **outputs.HANDLERS,
}
"""Request type -> the function that does it."""
