"""One alarm as a state machine: raised once for a trouble that lasts, over once it has stayed away."""

from dataclasses import dataclass, replace

from studio.air.watch.sample import Change, Kind
from studio.clock import NS_PER_MS

GAP_MS = 4_000
"""After so long without news, nothing is known of the time between: a trouble must last anew to be raised."""
RELEASE_MS = 1_000
"""A raised alarm is over once the trouble has stayed away for so long."""
AGAIN_MS = 60_000
"""An alarm of one kind is raised at most once in so long; a trouble that lasts until then is raised then."""


@dataclass(frozen=True, slots=True)
class Finding:
    """What one sample says about one kind of trouble: ``bad`` is True, False, or None where it cannot occur now.

    It has been so since ``since_ns``; where that is None, trouble counts from when it was last found absent, and its
    absence from now. It is raised after ``hold_ms``.
    """

    bad: bool | None
    hold_ms: int = 0
    value: str = ""
    since_ns: int | None = None


@dataclass(frozen=True, slots=True)
class Alarm:
    """The state of one kind. All instants are monotonic nanoseconds.

    - *Not raised.* The trouble must be found in sample after sample, without one that finds it absent and without a
      gap in the news, for the time of its kind. Then the alarm is raised, with the instant the trouble began.
    - *Raised.* It is over once samples have found the trouble absent for ``RELEASE_MS``; it ended when that time
      began. A trouble that is found again within that time but does not last does not prolong the alarm, so speech
      with pauses ends a silence, and a flicker in a black picture does not end the blackness.
    - Where the trouble cannot occur any more (another scene, the end of a session), it is over at once.
    """

    kind: Kind
    good_ns: int | None = None
    """When the trouble was last found absent, or the judging of it began."""
    better_ns: int | None = None
    """While raised: since when the trouble has stayed away."""
    news_ns: int | None = None
    began_ns: int | None = None
    """None unless raised."""
    raised_ns: int | None = None
    """When it was last raised."""
    value: str = ""

    @property
    def raised(self) -> bool:
        """Whether the alarm stands."""
        return self.began_ns is not None

    def found(self, finding: Finding, now_ns: int) -> tuple["Alarm", Change | None]:
        """The state after one more sample, and what changed by it."""
        if finding.bad is None:
            return self.over(now_ns)
        alarm = self
        if self.good_ns is None or self._silent_for(now_ns) > GAP_MS * NS_PER_MS:
            alarm = replace(self, good_ns=now_ns, better_ns=None)
        alarm = replace(alarm, news_ns=now_ns)
        return alarm._found_bad(finding, now_ns) if finding.bad else alarm._found_good(finding, now_ns)

    def over(self, now_ns: int) -> tuple["Alarm", Change | None]:
        """The state once the trouble can occur no more."""
        quiet = Alarm(self.kind, raised_ns=self.raised_ns)
        return quiet, self._cleared(now_ns, now_ns)

    def _silent_for(self, now_ns: int) -> int:
        return 0 if self.news_ns is None else now_ns - self.news_ns

    def _found_bad(self, finding: Finding, now_ns: int) -> tuple["Alarm", Change | None]:
        good_ns = now_ns if self.good_ns is None else self.good_ns
        if self.raised:
            lasting = now_ns - good_ns >= RELEASE_MS * NS_PER_MS
            return replace(self, better_ns=None if lasting else self.better_ns), None
        since_ns = good_ns if finding.since_ns is None else finding.since_ns
        if now_ns - since_ns < finding.hold_ms * NS_PER_MS:
            return self, None
        if self.raised_ns is not None and now_ns - self.raised_ns < AGAIN_MS * NS_PER_MS:
            return self, None
        alarm = replace(self, began_ns=since_ns, raised_ns=now_ns, better_ns=None, value=finding.value)
        return alarm, Change(self.kind, True, now_ns, since_ns, None, finding.value)

    def _found_good(self, finding: Finding, now_ns: int) -> tuple["Alarm", Change | None]:
        if not self.raised:
            return replace(self, good_ns=now_ns), None
        better_ns = self.better_ns or finding.since_ns or now_ns
        if now_ns - better_ns < RELEASE_MS * NS_PER_MS:
            return replace(self, good_ns=now_ns, better_ns=better_ns), None
        quiet = Alarm(self.kind, good_ns=now_ns, news_ns=now_ns, raised_ns=self.raised_ns)
        return quiet, self._cleared(better_ns, now_ns)

    def _cleared(self, ended_ns: int, now_ns: int) -> Change | None:
        if self.began_ns is None:
            return None
        return Change(self.kind, False, now_ns, self.began_ns, max(ended_ns, self.began_ns), self.value)
