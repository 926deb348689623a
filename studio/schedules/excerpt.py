"""A short version of a run-sheet, for a demo or a rehearsal: a few rows, each a moment long, each another picture."""

from dataclasses import replace

from studio.model.runsheet import Cue, Late, RunSheet


def excerpt(sheet: RunSheet, cues: int, each_ms: int) -> RunSheet:
    """At most ``cues`` rows of ``each_ms``, in the sheet's order, no two neighbours in the same scene.

    Scenes not yet chosen come first, and among their rows those that show no product already chosen; then rows with a
    product, then any. Rows go on by themselves and late ones fire, since nobody would release them; no row is tied to a
    time of day or to another row, and no offer is counted down.
    """
    rows = sorted(sheet.cues, key=lambda cue: cue.start_ms)
    chosen: list[Cue] = []
    for wanted in (_new_scene_and_product, _new_scene, _another_product_row, _fits):
        for cue in rows:
            if len(chosen) < cues and cue not in chosen and wanted(cue, chosen):
                chosen = sorted([*chosen, cue], key=rows.index)
    picked = tuple(
        replace(
            cue,
            start_ms=at * each_ms,
            duration_ms=each_ms,
            late=Late(),
            studios=(),
            advance="auto",
            time=None,
            follows=None,
            offer_ms=None,
        )
        for at, cue in enumerate(chosen)
    )
    named = [cue.product for cue in picked]
    products = tuple(product for product in sheet.products if product.id in named)
    return RunSheet(sheet.id, sheet.title, picked, products)


def _new_scene_and_product(cue: Cue, chosen: list[Cue]) -> bool:
    new_product = cue.product is None or all(cue.product != other.product for other in chosen)
    return new_product and _new_scene(cue, chosen)


def _new_scene(cue: Cue, chosen: list[Cue]) -> bool:
    return all(cue.scene != other.scene for other in chosen) and _fits(cue, chosen)


def _another_product_row(cue: Cue, chosen: list[Cue]) -> bool:
    return cue.product is not None and _fits(cue, chosen)


def _fits(cue: Cue, chosen: list[Cue]) -> bool:
    """True where neither neighbour of ``cue`` among the chosen rows shows the same scene."""
    before = [other for other in chosen if other.start_ms <= cue.start_ms]
    after = [other for other in chosen if other.start_ms > cue.start_ms]
    neighbours = (*before[-1:], *after[:1])
    return all(other.scene != cue.scene for other in neighbours)
