"""A studio's scene file and its OBS: what would change, making it so, and a file from the scenes that are there."""

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from fractions import Fraction
from pathlib import Path
from typing import Any

from studio.air.assets import make_assets, seen_there
from studio.air.planning import scenes_of
from studio.air.reaching import Device
from studio.air.stocking import ASSETS, send, shelved
from studio.errors import NotReady, ObsBusy
from studio.i18n import _
from studio.model.obs import Outcome, OutputState, Picture, Request
from studio.model.plan import Assets
from studio.model.runsheet import RunSheet
from studio.model.scene import SceneFile
from studio.model.studio import Canvas, Studio
from studio.model.workspace import Workspace
from studio.pc.known import doors
from studio.scenes.adopt import Note, adopt
from studio.scenes.desired import Naming, collection, stand_ins
from studio.scenes.diff import diff, made_by_us
from studio.scenes.plan import Change, changes
from studio.timekeeper import SystemClock


@dataclass(frozen=True, slots=True)
class Scenery:
    """What a scene file wants of an OBS and what is there; ``remarks`` is what a person should know beside that.

    ``missing`` are sources, with their scenes, that the file leaves to a person and that are not there.
    """

    wanted: Picture
    observed: Picture
    remarks: tuple[str, ...]
    missing: tuple[tuple[str, str], ...] = ()
    assets: Assets = field(default_factory=Assets)
    """The files that its sources show."""

    @property
    def requests(self) -> tuple[Request, ...]:
        """What would be sent, in order."""
        return diff(self.wanted, self.observed)

    @property
    def changes(self) -> tuple[Change, ...]:
        """What would change, in order; empty where that OBS is as the file says."""
        return changes(self.wanted, self.observed)


@dataclass(frozen=True, slots=True)
class Applied:
    """How each request ended, and what is still not as the file says after all of them."""

    outcomes: tuple[Outcome, ...] = ()
    left: tuple[Change, ...] = ()

    @property
    def failed(self) -> tuple[Outcome, ...]:
        """What was refused, or not seen to take effect."""
        return tuple(outcome for outcome in self.outcomes if outcome.result != "confirmed")


async def look(device: Device, workspace: Workspace, studio: Studio) -> Scenery:
    """Compare the studio's scene file with its OBS; pictures are drawn, nothing is sent.

    Raises NotReady where there is no such file or OBS could not see the pictures, and ObsError.
    """
    spec, studio = scenes_of(workspace, studio.scenes), shelved(studio, doors(workspace.root / ".studio"))
    kinds = frozenset((await device.call("GetInputKindList"))["inputKinds"])
    canvas = _canvas(await device.call("GetVideoSettings"))
    nothing = RunSheet("", "", ())  # no row's own pictures: those come with its session
    assets = make_assets(spec, nothing, workspace.people, studio.view, workspace.root, workspace.root / ASSETS)
    wanted, observed = collection(spec, assets, Naming(), kinds), await device.observe()
    missing = tuple(_missing(wanted, observed))
    remarks = tuple(_remarks(spec, canvas, kinds, wanted, observed, missing))
    scenes = {
        scene: tuple(item for item in items if (scene, item.source) not in missing)
        for scene, items in wanted.scenes.items()
    }
    return Scenery(replace(wanted, scenes=scenes), observed, remarks, missing, assets)


async def make_so(device: Device, root: Path, studio: Studio, scenery: Scenery) -> Applied:
    """Send what ``look`` found, and look again. Raises ObsBusy where that OBS is on air, ObsError and AgentError."""
    observed = scenery.observed
    for doing, state in (
        (_("recording"), observed.record),
        (_("streaming"), observed.stream),
        (_("feeding its virtual camera"), observed.camera),
    ):
        if state not in (OutputState.OFF, None):
            raise ObsBusy(
                _("{studio}: OBS is {doing} right now, so nothing was changed there.").format(
                    studio=studio.name, doing=doing
                ),
                _("Apply the scenes before air, or after it."),
            )
    requests = scenery.requests
    if not requests:
        return Applied()
    door = doors(root / ".studio").get(studio.id)
    if door is not None:
        await send(scenery.assets, door, root / ASSETS, SystemClock())
    outcomes = tuple(await device.apply(requests))
    return Applied(outcomes, changes(scenery.wanted, await device.observe()))


async def take_over(
    device: Device, file_id: str, workspace: Workspace, studio: Studio
) -> tuple[SceneFile, tuple[Note, ...]]:
    """A scene file from the scenes that an OBS has, and what it could not say.

    Raises NotReady where no scene has a source, and ObsError.
    """
    canvas = _canvas(await device.call("GetVideoSettings"))
    kinds = frozenset((await device.call("GetInputKindList"))["inputKinds"])
    spec, notes = adopt(await device.observe(), file_id, canvas, kinds, _asset(workspace.root, studio))
    if not spec.scenes:
        raise NotReady(
            _("{studio}: that OBS has no scene with a source in it.").format(studio=studio.name),
            _("Make scenes there, or bring the shipped ones: studio scenes apply"),
        )
    return spec, notes


def _remarks(
    spec: SceneFile,
    canvas: Canvas,
    kinds: frozenset[str],
    wanted: Picture,
    observed: Picture,
    missing: Collection[tuple[str, str]],
) -> Iterator[str]:
    if (canvas.width, canvas.height) != (spec.canvas.width, spec.canvas.height):
        yield _("that OBS has a canvas of {there}, the file is made for {file}").format(
            there=f"{canvas.width}x{canvas.height}", file=f"{spec.canvas.width}x{spec.canvas.height}"
        )
    for one in stand_ins(spec, kinds):
        yield _("{scene} · {source} is shown by its fallback, since that OBS has no {kinds}").format(
            scene=one.scene, source=one.source, kinds=_(" or ").join(one.kinds)
        )
    for name, state in wanted.inputs.items():
        found = observed.inputs.get(name)
        if found is not None and found.kind != state.kind and not made_by_us(name, wanted.scenes):
            words = _("{source} is a {found} that somebody made there, and is left as it is; the file wants a {wanted}")
            yield words.format(source=name, found=found.kind, wanted=state.kind)
    for scene, source in missing:
        yield _("{source} of scene {scene} is to be made in OBS by hand, and is not there").format(
            source=source, scene=scene
        )


def _missing(wanted: Picture, observed: Picture) -> Iterator[tuple[str, str]]:
    """Scene and name of each source that is a person's to make and is not there."""
    there = {*observed.scenes, *observed.inputs, *wanted.scenes, *wanted.inputs}
    there |= {item.source for items in observed.scenes.values() for item in items}
    for scene, items in wanted.scenes.items():
        yield from ((scene, item.source) for item in items if item.source not in there)


def _canvas(video: Mapping[str, Any]) -> Canvas:
    fps = Fraction(int(video["fpsNumerator"]), int(video["fpsDenominator"]))
    return Canvas(int(video["baseWidth"]), int(video["baseHeight"]), fps)


def _asset(root: Path, studio: Studio) -> Callable[[str], str | None]:
    """The path inside the workspace of a file that OBS shows; None where it is not there, or would be written else."""
    view = studio.view

    def find(theirs: str) -> str | None:
        path = Path(theirs if view is None else view.ours(theirs) or "")
        if not theirs or not path.is_relative_to(root.absolute()) or not path.is_file():
            return None
        return path.relative_to(root.absolute()).as_posix() if seen_there(path, view, root / ASSETS) == theirs else None

    return find


def outcome_words(outcomes: Sequence[Outcome]) -> list[str]:
    """Each request that was refused or not seen to take effect, in a sentence."""
    said = {
        "refused": _("OBS refused {request} ({because}): {code} {comment}"),
        "timed_out": _("{request} was not seen to take effect ({because}): {comment}"),
    }
    return [
        said[one.result].format(
            request=one.request.type, because=one.request.because, code=one.code or "", comment=one.comment
        )
        for one in outcomes
        if one.result != "confirmed"
    ]
