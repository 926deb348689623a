"""A scene file drawn for one canvas, fitted to another: the same layout on an OBS of another size."""

from dataclasses import replace
from fractions import Fraction

from studio.model.scene import Rect, SceneFile
from studio.model.studio import Canvas


def fit(spec: SceneFile, canvas: Canvas) -> SceneFile:
    """``spec`` scaled to ``canvas``, each side by its own factor; every rectangle stays at least a pixel large."""
    across = Fraction(canvas.width, spec.canvas.width)
    down = Fraction(canvas.height, spec.canvas.height)

    def scaled(rect: Rect) -> Rect:
        left, top = round(rect.x * across), round(rect.y * down)
        right, bottom = round((rect.x + rect.width) * across), round((rect.y + rect.height) * down)
        return Rect(left, top, max(1, right - left), max(1, bottom - top))

    return replace(
        spec,
        canvas=canvas,
        safe=scaled(spec.safe),
        scenes=tuple(
            replace(scene, sources=tuple(replace(source, rect=scaled(source.rect)) for source in scene.sources))
            for scene in spec.scenes
        ),
    )
