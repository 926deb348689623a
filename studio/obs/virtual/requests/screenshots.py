"""Sources seen one by one: whether they are on air, and pictures of them."""

import asyncio
import binascii
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np

from studio.obs.protocol import Status
from studio.obs.virtual.collection import find_source
from studio.obs.virtual.fields import refused
from studio.obs.virtual.rasters import Image
from studio.obs.virtual.requests.general import IMAGE_FORMATS
from studio.obs.virtual.requests.table import Answer, Call, Handler

_LEAST, _MOST = 8, 4096


@dataclass(frozen=True, slots=True)
class Shot:
    """How a picture is wanted; sizes in pixels, None as the source has it, quality 0 to 100 or -1."""

    format: str
    width: int | None
    height: int | None
    quality: int


def get_source_active(call: Call) -> Answer:
    """Whether a source is on air, and whether it is seen anywhere."""
    source = find_source(call.machine.state.collection, call.machine.persona, call.fields)
    state = call.machine.state
    return {"videoActive": state.is_active(source), "videoShowing": state.is_showing(source)}


async def get_source_screenshot(call: Call) -> Answer:
    """A picture of a source or scene as a data URI."""
    shot = _shot(call)
    packed = await _taken(call, shot)
    text = binascii.b2a_base64(packed, newline=False).decode()
    return {"imageData": f"data:image/{shot.format};base64,{text}"}


async def save_source_screenshot(call: Call) -> Answer:
    """A picture of a source or scene in a file on this machine."""
    shot = _shot(call)
    path = Path(call.fields.text("imageFilePath")).absolute()
    if not path.parent.is_dir():
        raise refused(Status.RESOURCE_NOT_FOUND, "The directory for your file path does not exist.")
    packed = await _taken(call, shot)
    try:
        await asyncio.to_thread(path.write_bytes, packed)
    except OSError as error:
        raise refused(Status.REQUEST_PROCESSING_FAILED, "Failed to save screenshot.") from error
    call.machine.state.journal.write("effect", "screenshot_saved", data={"path": str(path)})
    return None


def _shot(call: Call) -> Shot:
    fields = call.fields
    find_source(call.machine.state.collection, call.machine.persona, fields)
    wanted = fields.text("imageFormat")
    if wanted not in IMAGE_FORMATS:
        raise refused(
            Status.INVALID_REQUEST_FIELD,
            "Your specified image format is invalid or not supported by this system.",
        )
    width = fields.whole("imageWidth", _LEAST, _MOST) if fields.has("imageWidth") else None
    height = fields.whole("imageHeight", _LEAST, _MOST) if fields.has("imageHeight") else None
    quality = fields.whole("imageCompressionQuality", -1, 100) if fields.has("imageCompressionQuality") else -1
    return Shot(wanted, width, height, quality)


async def _taken(call: Call, shot: Shot) -> bytes:
    state = call.machine.state
    source = find_source(state.collection, call.machine.persona, call.fields)
    picture, now = state.timeline.latest(), state.clock.monotonic_ns()

    def draw() -> bytes | None:
        image = state.composer.source(picture, source.uuid, now)
        return None if image is None else encoded(image, shot)

    packed = await asyncio.to_thread(draw)
    state.prune(state.collection.shown_inputs(source.uuid))
    if packed is None:
        raise refused(Status.REQUEST_PROCESSING_FAILED, "Failed to render screenshot.")
    return packed


def encoded(image: Image, shot: Shot) -> bytes:
    """The picture (BGR or BGRA) scaled and packed; one size given keeps the proportions. JPEG lies on black."""
    height, width = image.shape[:2]
    wide = shot.width or (width * shot.height // height if shot.height else width)
    high = shot.height or (height * shot.width // width if shot.width else height)
    if (wide, high) != (width, height):
        way = cv2.INTER_AREA if wide * high < width * height else cv2.INTER_LINEAR
        image = np.asarray(cv2.resize(image, (max(1, wide), max(1, high)), interpolation=way), np.uint8)
    if shot.format in {"jpg", "jpeg", "bmp"} and image.shape[2] == 4:
        cover = image[..., 3:].astype(np.float32) / 255
        image = np.rint(image[..., :3] * cover).astype(np.uint8)
    flags: list[int] = []
    if shot.quality >= 0 and shot.format in {"jpg", "jpeg"}:
        flags = [cv2.IMWRITE_JPEG_QUALITY, shot.quality]
    elif shot.quality >= 0 and shot.format == "webp":
        flags = [cv2.IMWRITE_WEBP_QUALITY, max(1, shot.quality)]
    elif shot.format == "png":
        flags = [cv2.IMWRITE_PNG_COMPRESSION, 1 if shot.quality < 0 else (100 - shot.quality) * 9 // 100]
    packed = cv2.imencode(f".{shot.format}", image, flags)[1]
    return bytes(packed)


HANDLERS: dict[str, Handler] = {
    "GetSourceActive": get_source_active,
    "GetSourceScreenshot": get_source_screenshot,
    "SaveSourceScreenshot": save_source_screenshot,
}
