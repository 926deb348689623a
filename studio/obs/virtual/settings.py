"""What a profile of the virtual OBS holds: its parameters with their defaults, its stream service, its own data."""

from dataclasses import dataclass, field
from typing import Any

_DEFAULTS = {
    ("Output", "Mode"): "Simple",
    ("Output", "FilenameFormatting"): "%CCYY-%MM-%DD %hh-%mm-%ss",
    ("SimpleOutput", "RecFormat"): "mkv",
    ("SimpleOutput", "RecQuality"): "Stream",
    ("SimpleOutput", "RecEncoder"): "x264",
    ("SimpleOutput", "RecRB"): "false",
    ("SimpleOutput", "RecRBTime"): "20",
    ("SimpleOutput", "RecRBPrefix"): "Replay",
    ("SimpleOutput", "VBitrate"): "2500",
    ("SimpleOutput", "ABitrate"): "160",
    ("Video", "FPSType"): "0",
}


@dataclass
class VideoSettings:
    """Canvas and output in pixels, frames a second as a fraction."""

    base_width: int
    base_height: int
    output_width: int
    output_height: int
    fps_numerator: int
    fps_denominator: int = 1

    def tick_ns(self, index: int) -> int:
        """Nanoseconds from frame 0 to frame ``index``, exact to one."""
        return index * self.fps_denominator * 1_000_000_000 // self.fps_numerator

    def frames_in(self, nanoseconds: int) -> int:
        """How many whole frames fit into a time."""
        return nanoseconds * self.fps_numerator // (self.fps_denominator * 1_000_000_000)


@dataclass
class Profile:
    """One profile: ``parameters`` by (category, name), as OBS writes them into its file."""

    name: str
    video: VideoSettings
    record_dir: str
    parameters: dict[tuple[str, str], str] = field(default_factory=dict)
    stream_type: str = "rtmp_common"
    stream_settings: dict[str, Any] = field(default_factory=dict)
    persistent: dict[str, Any] = field(default_factory=dict)
    default_record_dir: str = ""

    def default(self, category: str, name: str) -> str | None:
        """The default of a parameter; None where it has none."""
        if (category, name) == ("SimpleOutput", "FilePath"):
            return self.default_record_dir
        return _DEFAULTS.get((category, name))

    def parameter(self, category: str, name: str) -> str | None:
        """The parameter's present value: what was set, else what it stands for, else its default."""
        key = (category, name)
        for known in (self.parameters, self._live()):
            if key in known:
                return known[key]
        return self.default(category, name)

    def set_parameter(self, category: str, name: str, value: str | None) -> None:
        """Set a parameter, or take it back to its default with None. The record folder follows at once."""
        if (category, name) == ("SimpleOutput", "FilePath"):
            self.record_dir = value or self.default_record_dir
        elif value is None:
            self.parameters.pop((category, name), None)
        else:
            self.parameters[(category, name)] = value

    def number(self, category: str, name: str, otherwise: int) -> int:
        """The parameter as a whole number; ``otherwise`` where it is none."""
        text = self.parameter(category, name) or ""
        return int(text) if text.isdigit() else otherwise

    def set_video(self, video: VideoSettings) -> None:
        """Change the video settings; parameters of that section follow them again."""
        self.video = video
        self.parameters = {key: value for key, value in self.parameters.items() if key[0] != "Video"}

    def knows(self, category: str, name: str) -> bool:
        """Whether the parameter was ever set or has a default."""
        return self.parameter(category, name) is not None

    def _live(self) -> dict[tuple[str, str], str]:
        return {
            ("SimpleOutput", "FilePath"): self.record_dir,
            ("Video", "BaseCX"): str(self.video.base_width),
            ("Video", "BaseCY"): str(self.video.base_height),
            ("Video", "OutputCX"): str(self.video.output_width),
            ("Video", "OutputCY"): str(self.video.output_height),
            ("Video", "FPSNum"): str(self.video.fps_numerator),
            ("Video", "FPSDen"): str(self.video.fps_denominator),
        }
