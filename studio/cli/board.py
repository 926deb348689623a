"""The board of a demo on the terminal: a bar with the present cue, or one line a cue where nobody watches."""

from types import TracebackType
from typing import Self

from rich.console import Console
from rich.markup import escape
from rich.progress import BarColumn, Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

from studio.asrun.events import CueEnded, Record, RecordingStarted, RunStarted
from studio.asrun.words import verdict
from studio.i18n import _
from studio.model.plan import Plan


class Board:
    """Shows a run as its events come in; silent where ``quiet``. Writes to standard error, facts go elsewhere."""

    def __init__(self, console: Console | None = None, *, quiet: bool = False) -> None:
        self._console = console or Console(stderr=True, quiet=quiet, highlight=False)
        self._bar = Progress(
            SpinnerColumn(),
            TextColumn("{task.description}"),
            BarColumn(),
            TextColumn("{task.completed:.0f}/{task.total:.0f}"),
            TimeElapsedColumn(),
            console=self._console,
            disable=quiet or not self._console.is_terminal,
        )
        self._task = self._bar.add_task(_("getting ready"), total=1)
        self._plan: Plan | None = None

    def __enter__(self) -> Self:
        self._bar.start()
        self.step(_("getting ready"))
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._bar.stop()

    def planned(self, plan: Plan) -> None:
        """The plan is made: its cues are what the bar counts."""
        self._plan = plan
        self._bar.update(self._task, total=len(plan.sheet.cues))

    def event(self, record: Record) -> None:
        """Show what an event changes."""
        match record.event:
            case RecordingStarted():
                self.step(_("recording"))
            case RunStarted():
                self.step(_("on air"))
            case CueEnded():
                self._cue(record.stamp.cue, record.event)

    def step(self, words: str) -> None:
        """Say what is going on now."""
        self._bar.update(self._task, description=escape(words))
        if not self._console.is_terminal:
            self._console.print(escape(words))

    def _cue(self, cue_id: str, ended: CueEnded) -> None:
        cues = self._plan.sheet.cues if self._plan else ()
        number, title = next(((at, cue.title) for at, cue in enumerate(cues, 1) if cue.id == cue_id), (0, cue_id))
        late = "" if ended.late_ms is None else f" {ended.late_ms:+.0f} ms"
        line = f"{number}/{len(cues)} {title}  {verdict(ended.verdict)}{late}"
        self._console.print(escape(line))
        self._bar.update(self._task, completed=number, description=escape(title))
