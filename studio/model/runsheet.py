"""A run-sheet: the ordered rows a session follows, the products they show, and what happens to a late one."""

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True, slots=True)
class Product:
    """One line of the line-up; prices in fen (0.01 yuan), stock in pieces, None where not given."""

    id: str
    name: str
    live_price_fen: int
    daily_price_fen: int | None = None
    price_basis: str = ""
    """Where the daily price can be checked; a price compared without a basis is unlawful."""
    stock: int | None = None
    link: int | None = None
    """Number of the product's link in the platform's cart."""
    points: tuple[str, ...] = ()
    evidence: tuple[str, ...] = ()
    platform_ids: tuple[str, ...] = ()
    """The product's ids on the platforms, as their order exports write them."""
    trace: str = ""
    """What the product's trace QR code says, usually the address of its trace page; empty where it has none."""


@dataclass(frozen=True, slots=True)
class Late:
    """What happens to a cue whose instant has passed: fire it, skip it after ``after_ms``, or hold the sheet."""

    policy: Literal["fire", "skip_after", "hold"] = "fire"
    after_ms: int = 0


@dataclass(frozen=True, slots=True)
class Transition:
    """How one scene becomes the next; ``name`` as OBS lists it, ``ms`` is ignored by a Cut."""

    name: str = "Cut"
    ms: int = 0


Advance = Literal["manual", "auto", "media_end"]
"""How a row gives way to the next: a person says go, its time is up, or its clip has been played to the end."""


@dataclass(frozen=True, slots=True)
class Follows:
    """A linked row begins ``after_ms`` after the row ``cue`` began, in whichever studio that began first."""

    cue: str
    after_ms: int = 0


@dataclass(frozen=True, slots=True)
class Cue:
    """One row: what OBS shows and what the host does, from ``start_ms`` after the session's start."""

    id: str
    start_ms: int
    duration_ms: int
    scene: str
    title: str
    transition: Transition = Transition()
    product: str | None = None
    host: str | None = None
    cohost: str | None = None
    points: tuple[str, ...] = ()
    script: str = ""
    never_say: tuple[str, ...] = ()
    late: Late = Late()
    studios: tuple[str, ...] = ()
    """Empty means every studio of the session."""
    advance: Advance = "manual"
    time: str | None = None
    """``HH:MM:SS`` at the venue: the row begins then, whatever the one before it does; None where it is not tied."""
    follows: Follows | None = None
    offer_ms: int | None = None
    """How long the offer of this row lasts from its beginning, for the countdown on its overlays."""
    play: tuple[str, ...] = ()
    """Media sources of its scene that are started with the take, each once: edges, not levels."""

    @property
    def end_ms(self) -> int:
        """Milliseconds after the session's start at which the row is over."""
        return self.start_ms + self.duration_ms


@dataclass(frozen=True, slots=True)
class RunSheet:
    """The rows in order of their start."""

    id: str
    title: str
    cues: tuple[Cue, ...]
    products: tuple[Product, ...] = ()
    """The products its cues name, in the order of their first cue: the line-up."""

    @property
    def duration_ms(self) -> int:
        """Milliseconds from the session's start to the end of the last row; 0 for an empty sheet."""
        return max((cue.end_ms for cue in self.cues), default=0)

    def product(self, product_id: str | None) -> Product | None:
        """The product of that id, or None."""
        return next((product for product in self.products if product.id == product_id), None)
