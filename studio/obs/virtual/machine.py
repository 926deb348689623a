"""All parts of one virtual OBS put together, as the requests see them."""

import os
from dataclasses import dataclass
from pathlib import Path

from studio.clock import Clock
from studio.obs.virtual.collection import Transition, new_uuid
from studio.obs.virtual.faults import Faults
from studio.obs.virtual.journal import Journal
from studio.obs.virtual.loudness import Loudness
from studio.obs.virtual.outputs import CameraOutput, Output, StreamOutput
from studio.obs.virtual.persona import Persona
from studio.obs.virtual.picture import Scene
from studio.obs.virtual.programme import Programme
from studio.obs.virtual.recorder import RecordOutput
from studio.obs.virtual.replay import ReplayOutput
from studio.obs.virtual.settings import VideoSettings
from studio.obs.virtual.state import State


@dataclass
class Traffic:
    """Messages of one session, counted as GetStats reports them."""

    incoming: int = 0
    outgoing: int = 0


class Machine:
    """State, programme, outputs and faults; what a request may read and change."""

    def __init__(
        self,
        clock: Clock,
        persona: Persona,
        video: VideoSettings,
        record_dir: Path,
        journal: Journal,
        faults: Faults,
        *,
        threaded: bool,
    ) -> None:
        self.persona = persona
        self.faults = faults
        self.state = State(clock, persona, video, record_dir, journal)
        self.programme = Programme(self.state)
        self.record = RecordOutput(self.state, faults, threaded=threaded)
        self.stream = StreamOutput(self.state, "simple_stream")
        self.replay = ReplayOutput(self.state)
        self.camera = CameraOutput(self.state, "virtualcam_output")
        used = os.times()
        self.cpu_at_start = used.user + used.system
        self.stats_from_ns = clock.monotonic_ns()
        self.frames_told = self.frames_skipped = 0
        """Frames that the last GetStats counted, and those a fault had the renderer skip."""
        self.loudness = Loudness()

    def outputs(self) -> list[Output]:
        """The outputs OBS lists: a stream once it was started, the rest where they are available."""
        listed: list[Output] = [self.stream] if self.stream.size != (0, 0) else []
        listed.append(self.record)
        listed += [self.replay] if self.replay.available else []
        return listed + ([self.camera] if self.persona.has_virtual_camera else [])

    def frames_rendered(self) -> int:
        """Frames since the statistics began."""
        return self.state.video.frames_in(self.state.clock.monotonic_ns() - self.stats_from_ns)

    def skip_frames(self, percent: int) -> None:
        """Count that part of the frames since the last GetStats as skipped by the renderer."""
        self.frames_skipped += (self.frames_rendered() - self.frames_told) * percent // 100

    def reset_stats(self) -> None:
        """Count frames from now on."""
        self.stats_from_ns = self.state.clock.monotonic_ns()
        self.frames_told = self.frames_skipped = 0
        self.record.forget_past()

    def begin_with(self, groups: dict[str, list[str]], transitions: dict[str, str]) -> None:
        """Add what only a person can add by hand in OBS: groups by scene, transitions (name -> kind)."""
        state = self.state
        for name, kind in transitions.items():
            state.collection.transitions.append(Transition(new_uuid(), name, kind))
        for scene_name, names in groups.items():
            for name in names:
                scene = state.collection.named(scene_name)
                if not isinstance(scene, Scene):
                    scene = state.collection.add_scene(scene_name)
                group = state.collection.put(Scene(new_uuid(), name, is_group=True))
                state.put(state.collection.with_new_item(scene, group)[0])

    async def close(self) -> None:
        """Finish a recording, end what is under way, close the journal."""
        await self.record.close()
        await self.state.close()
        self.state.journal.close()
