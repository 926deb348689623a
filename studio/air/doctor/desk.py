"""Does an OBS hold what the sheets name: studio mode off, scenes, transitions, the canvas of the scene file?"""

from collections.abc import Iterable, Mapping
from fractions import Fraction
from typing import Any

from studio.air.doctor.finding import Finding
from studio.air.doctor.subject import Subject
from studio.i18n import _
from studio.model.scene import SceneFile
from studio.model.studio import Canvas
from studio.obs.reading import scene_names
from studio.obs.transitions import kinds_of, own_name
from studio.scenes.desired import Naming
from studio.workspace.problems import did_you_mean


def studio_mode(answer: Mapping[str, Any]) -> Finding:
    """From a GetStudioModeEnabled."""
    if not answer.get("studioModeEnabled"):
        return Finding("studio_mode", "ok", _("Studio mode is off."))
    return Finding(
        "studio_mode",
        "bad",
        _("Studio mode is on, which swallows scene changes and answers that they were made."),
        _("Switch studio mode off in that OBS."),
    )


def scenes(subject: Subject, answer: Mapping[str, Any]) -> Finding:
    """Whether a GetSceneList has the scenes of the sheets' rows."""
    if subject.scenes is None:
        return _unread("scenes", subject)
    wanted = dict.fromkeys(cue.scene for cue in subject.cues)
    strangers = [name for name in wanted if subject.scenes.scene(name) is None]
    if strangers:
        return Finding(
            "scenes",
            "bad",
            _("The sheets name scenes that scenes/{file}.yaml does not have: {names}.").format(
                file=subject.scenes.id, names=", ".join(strangers)
            ),
            _("Run: studio check"),
            {"unknown": strangers},
        )
    there = set(scene_names(answer))
    missing = [title for title in _titles(subject.scenes, wanted) if title not in there]
    if missing:
        return Finding(
            "scenes",
            "bad",
            _("OBS lacks {count} scene(s) of the sheets: {names}.").format(
                count=len(missing), names=", ".join(missing)
            ),
            _("Run: studio scenes apply {studio}").format(studio=subject.studio.id),
            {"missing": missing},
        )
    if not wanted:
        return Finding("scenes", "ok", _("No coming session plays in this studio, so no scene is needed yet."))
    return Finding("scenes", "ok", _("The {count} scene(s) of the sheets are there.").format(count=len(wanted)))


def _titles(spec: SceneFile, wanted: Iterable[str]) -> list[str]:
    return [Naming().scene(scene) for name in wanted if (scene := spec.scene(name)) is not None]


def transitions(subject: Subject, answer: Mapping[str, Any]) -> Finding:
    """Whether a GetSceneTransitionList has the transitions of the sheets' rows, whatever its OBS calls them."""
    there = kinds_of(answer.get("transitions", ()))
    wanted = dict.fromkeys(cue.transition.name for cue in subject.cues)
    missing = [name for name in wanted if own_name(name, there) is None]
    if not missing:
        return Finding("transitions", "ok", _("The transitions of the sheets are there."), value=list(wanted))
    remedy = _("Correct the name in the run-sheet or add the transition in OBS; {hints}")
    hints = " ".join(f"{name}: {did_you_mean(name, there)}" for name in missing)
    return Finding(
        "transitions",
        "bad",
        _("OBS has no transition named {names}.").format(names=", ".join(missing)),
        remedy.format(hints=hints),
        {"missing": missing, "there": list(there)},
    )


def canvas(subject: Subject, answer: Mapping[str, Any]) -> Finding:
    """Whether a GetVideoSettings is what the scene file says."""
    if subject.scenes is None:
        return _unread("canvas", subject)
    wanted = subject.scenes.canvas
    base = Canvas(int(answer["baseWidth"]), int(answer["baseHeight"]), frame_rate(answer))
    width, height = int(answer["outputWidth"]), int(answer["outputHeight"])
    value = {"base": [base.width, base.height], "output": [width, height], "fps": float(base.fps)}
    remedy = _("Set it in OBS under Settings, Video, or correct scenes/{file}.yaml.").format(file=subject.scenes.id)
    if base != wanted:
        what = _("The canvas of OBS is {there}, and scenes/{file}.yaml says {wanted}.")
        words = what.format(there=_size(base), wanted=_size(wanted), file=subject.scenes.id)
        return Finding("canvas", "bad", words, remedy, value)
    if (width, height) == (base.width, base.height):
        return Finding("canvas", "ok", _("The canvas is {there}.").format(there=_size(base)), value=value)
    what = _("OBS scales its canvas {there} to {width}x{height} for recordings and streams.")
    same_shape = width * base.height == height * base.width
    words = what.format(there=_size(base), width=width, height=height)
    return Finding("canvas", "warn" if same_shape else "bad", words, remedy, value)


def frame_rate(video: Mapping[str, Any]) -> Fraction:
    """Frames a second of a GetVideoSettings."""
    return Fraction(int(video["fpsNumerator"]), int(video["fpsDenominator"]))


def _size(canvas: Canvas) -> str:
    return _("{width}x{height} at {fps:g} frames a second").format(
        width=canvas.width, height=canvas.height, fps=float(canvas.fps)
    )


def _unread(check: str, subject: Subject) -> Finding:
    return Finding(
        check,
        "unknown",
        _("The scene file scenes/{file}.yaml could not be read.").format(file=subject.studio.scenes),
        _("Run: studio check"),
    )
