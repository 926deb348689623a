"""Which OBS the virtual one gives itself out for: its version, its plugin's version, its platform's kinds."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from studio.errors import RefusedByRule
from studio.i18n import _
from studio.obs.protocol import description

# OBS release -> the obs-websocket that ships with it; from a version on, until the next row.
_PLUGINS = (
    ((28, 0), "5.0.1"),
    ((29, 0), "5.1.0"),
    ((29, 1), "5.2.2"),
    ((30, 0), "5.3.3"),
    ((30, 1), "5.4.2"),
    ((30, 2), "5.5.2"),
    ((31, 1), "5.6.2"),
    ((32, 1), "5.7.0"),
)
_UUIDS_SINCE = (5, 4)

_COLOUR = {"color": 0xFFD1D1D1, "width": 1920, "height": 1080}
_FFMPEG = {
    "buffering_mb": 2,
    "clear_on_media_end": True,
    "is_local_file": True,
    "linear_alpha": False,
    "looping": False,
    "reconnect_delay_sec": 10,
    "restart_on_activate": True,
    "speed_percent": 100,
}
_SLIDESHOW = {
    "loop": True,
    "playback_behavior": "always_play",
    "slide_mode": "mode_auto",
    "slide_time": 8000,
    "transition": "fade",
    "transition_speed": 700,
    "use_custom_size": "Automatic",
}
_FT2 = {
    "antialiasing": True,
    "color1": 0xFFFFFFFF,
    "color2": 0xFFFFFFFF,
    "drop_shadow": False,
    "font": {"face": "Sans Serif", "flags": 0, "size": 256, "style": ""},
    "log_lines": 6,
    "outline": False,
    "word_wrap": False,
}
_GDIPLUS = {
    "align": "left",
    "antialiasing": True,
    "bk_color": 0x000000,
    "bk_opacity": 0,
    "chatlog_lines": 6,
    "color": 0xFFFFFF,
    "extents_cx": 100,
    "extents_cy": 100,
    "extents_wrap": True,
    "font": {"face": "Arial", "flags": 0, "size": 256, "style": ""},
    "gradient_color": 0xFFFFFF,
    "gradient_dir": 90.0,
    "gradient_opacity": 100,
    "opacity": 100,
    "outline_color": 0xFFFFFF,
    "outline_opacity": 100,
    "outline_size": 2,
    "transform": 0,
    "valign": "top",
}
_V4L2 = {
    "auto_reset": False,
    "buffering": True,
    "color_range": 0,
    "dv_timing": -1,
    "framerate": -1,
    "input": -1,
    "pixelformat": -1,
    "resolution": -1,
    "standard": -1,
    "timeout_frames": 5,
}
_XSHM = {
    "advanced": False,
    "cut_bot": 0,
    "cut_left": 0,
    "cut_right": 0,
    "cut_top": 0,
    "screen": 0,
    "show_cursor": True,
}


@dataclass(frozen=True, slots=True)
class InputKind:
    """One kind of input: its default settings and what it has; ``unversioned`` is its name without ``_v2``."""

    defaults: Mapping[str, Any]
    video: bool = True
    audio: bool = False
    media: bool = False
    capture: bool = False
    """Whether it listens to a sound device, so that an unmuted one is heard in recordings."""


_COMMON: dict[str, InputKind] = {
    "image_source": InputKind({"linear_alpha": False, "unload": False}),
    "color_source_v3": InputKind(_COLOUR),
    "slideshow": InputKind(_SLIDESHOW),
}
_MEDIA = {"ffmpeg_source": InputKind(_FFMPEG, audio=True, media=True)}
_DEVICE = {"device_id": "default"}
_KINDS: dict[str, dict[str, InputKind]] = {
    "linux": {
        **_COMMON,
        "xshm_input": InputKind(_XSHM),
        "pulse_input_capture": InputKind(_DEVICE, video=False, audio=True, capture=True),
        "pulse_output_capture": InputKind(_DEVICE, video=False, audio=True, capture=True),
        "v4l2_input": InputKind(_V4L2),
        **_MEDIA,
        "text_ft2_source_v2": InputKind(_FT2),
    },
    "windows": {
        **_COMMON,
        **_MEDIA,
        "text_gdiplus_v3": InputKind(_GDIPLUS),
        "text_ft2_source_v2": InputKind(_FT2),
        "monitor_capture": InputKind({"capture_cursor": True, "method": 0, "monitor_id": "DUMMY"}),
        "window_capture": InputKind({"cursor": True, "method": 0, "priority": 2}),
        "game_capture": InputKind({"capture_mode": "any_fullscreen", "capture_cursor": True}),
        "dshow_input": InputKind({"active": True, "res_type": 0, "video_format": 0}, audio=True),
        "wasapi_input_capture": InputKind(
            {**_DEVICE, "use_device_timing": False}, video=False, audio=True, capture=True
        ),
        "wasapi_output_capture": InputKind(
            {**_DEVICE, "use_device_timing": True}, video=False, audio=True, capture=True
        ),
    },
}
# The sound devices a new scene collection begins with. The Linux that was measured had no sound server, so none.
_SPECIAL: dict[str, dict[str, tuple[str, str]]] = {
    "linux": {},
    "windows": {
        "desktop1": ("Desktop Audio", "wasapi_output_capture"),
        "mic1": ("Mic/Aux", "wasapi_input_capture"),
    },
}
_PLATFORMS = {
    "linux": ("debian", "Debian GNU/Linux 12 (bookworm)"),
    "windows": ("windows", "Windows 11 Version 23H2"),
}

TRANSITION_KINDS: Mapping[str, tuple[bool, bool]] = {
    "cut_transition": (True, False),
    "fade_transition": (False, False),
    "swipe_transition": (False, True),
    "slide_transition": (False, True),
    "obs_stinger_transition": (True, True),
    "fade_to_color_transition": (False, True),
    "wipe_transition": (False, True),
}
"""Kind -> (its duration is fixed, it takes settings)."""

_LUMA = {"luma_max": 1.0, "luma_max_smooth": 0.0, "luma_min": 0.0, "luma_min_smooth": 0.0}
FILTER_KINDS: Mapping[str, Mapping[str, Any]] = {
    "color_filter_v2": {
        "brightness": 0.0,
        "color_add": 0,
        "color_multiply": 0xFFFFFF,
        "contrast": 0.0,
        "gamma": 0.0,
        "hue_shift": 0.0,
        "opacity": 1.0,
        "saturation": 0.0,
    },
    "luma_key_filter_v2": _LUMA,
    "scroll_filter": {"limit_cx": False, "limit_cy": False, "loop": True, "speed_x": 0.0, "speed_y": 0.0},
    "crop_filter": {"relative": True},
    "gain_filter": {"db": 0.0},
    "limiter_filter": {"release_time": 60, "threshold": -6.0},
    "compressor_filter": {
        "attack_time": 6,
        "output_gain": 0.0,
        "ratio": 10.0,
        "release_time": 60,
        "sidechain_source": "none",
        "threshold": -18.0,
    },
}


@dataclass(frozen=True, slots=True)
class Persona:
    """The OBS a client sees."""

    obs_version: str
    plugin_version: str
    platform: str
    """``linux`` or ``windows``."""

    @property
    def reported_platform(self) -> tuple[str, str]:
        """``platform`` and ``platformDescription`` as GetVersion says them."""
        return _PLATFORMS[self.platform]

    @property
    def input_kinds(self) -> Mapping[str, InputKind]:
        """Kinds of input by name."""
        return _KINDS[self.platform]

    @property
    def special_inputs(self) -> Mapping[str, tuple[str, str]]:
        """Slot -> (name, kind) of the sound devices that belong to no scene."""
        return _SPECIAL[self.platform]

    @property
    def has_virtual_camera(self) -> bool:
        """A virtual camera needs a driver, which comes with OBS on Windows only."""
        return self.platform == "windows"

    @property
    def has_uuids(self) -> bool:
        """Whether messages name sources by UUID too."""
        return version_tuple(self.plugin_version)[:2] >= _UUIDS_SINCE

    def knows(self, since: str) -> bool:
        """Whether the plugin is as new as ``since``."""
        return version_tuple(self.plugin_version) >= version_tuple(since)

    def knows_request(self, name: str) -> bool:
        """Whether the plugin's protocol has that request."""
        entry = description()["requests"].get(name)
        return entry is not None and self.knows(entry["since"])


def version_tuple(text: str) -> tuple[int, ...]:
    """``29.0.2`` as numbers; what follows a hyphen is left out. Raises ValueError for anything else."""
    return tuple(int(part) for part in text.split("-")[0].split("."))


def unversioned(kind: str) -> str:
    """An input kind's name without its version suffix: ``color_source_v3`` is ``color_source``."""
    stem, mark, number = kind.rpartition("_v")
    return stem if mark and number.isdigit() else kind


def persona(obs_version: str = "29.0.2", platform: str = "linux") -> Persona:
    """The OBS of that version on that platform; raises RefusedByRule for one that never had obs-websocket 5."""
    if platform not in _PLATFORMS:
        raise RefusedByRule(
            _("There is no virtual OBS for the platform {platform}.").format(platform=platform),
            _("Choose one of: {platforms}.").format(platforms=", ".join(_PLATFORMS)),
        )
    try:
        wanted = version_tuple(obs_version)
    except ValueError:
        wanted = ()
    plugin = next((plugin for since, plugin in reversed(_PLUGINS) if wanted >= since), None)
    if plugin is None:
        raise RefusedByRule(
            _("The virtual OBS cannot be version {version}.").format(version=obs_version),
            _("Give a version such as 29.0.2; obs-websocket 5 came with OBS 28."),
        )
    return Persona(obs_version, plugin, platform)
