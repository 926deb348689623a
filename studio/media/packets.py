"""Counts the packets of a recording without decoding them."""

from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable

    from av.packet import Packet


@dataclass(frozen=True, slots=True)
class Packets:
    """What a file really holds; ends are seconds from the file's start, None where it has no such stream."""

    video: int
    audio: int
    keyframes: tuple[Fraction, ...]
    """Presentation times, in seconds, at which a cut without re-encoding may begin."""
    video_end: Fraction | None
    audio_end: Fraction | None
    bytes: int

    @property
    def end(self) -> Fraction:
        """Where the last picture or sound ends, in seconds; 0 for a file without any."""
        return max(self.video_end or Fraction(), self.audio_end or Fraction())


def count(packets: "Iterable[Packet[Any]]") -> Packets:
    """Count packets of one container, of any streams, from wherever its demuxer stands."""
    counted = {"video": 0, "audio": 0}
    ends: dict[str, Fraction] = {}
    keyframes: list[Fraction] = []
    size = 0
    for packet in packets:
        kind = packet.stream.type
        if packet.pts is None or packet.time_base is None or kind not in counted:
            continue  # the demuxer's flush packets carry no time
        moment = packet.pts * packet.time_base
        counted[kind] += 1
        size += packet.size
        ends[kind] = max(ends.get(kind, moment), moment + (packet.duration or 0) * packet.time_base)
        if kind == "video" and packet.is_keyframe:
            keyframes.append(moment)
    return Packets(
        counted["video"], counted["audio"], tuple(sorted(keyframes)), ends.get("video"), ends.get("audio"), size
    )
