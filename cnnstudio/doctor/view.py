"""How much of an image augmentation leaves in view, and how many of its grey levels.

Measured on draws from the operations themselves, so that every operation, also a new one, counts.
"""

from collections.abc import Sequence

import numpy as np

from cnnstudio.spec.operations.operation import GeometryOperation, Operation, ToneOperation

DRAWS = 128
_GRID = 12
_LEVELS = np.arange(256, dtype=np.float64)


def share_in_view(
    operations: Sequence[Operation], height: int, width: int, wrapped: bool = False
) -> float:
    """Mean share (0..1) of an image's area that is still to be seen after the geometry.

    `wrapped` says that what leaves on one side comes back on the other.
    """
    kept = [o for o in operations if isinstance(o, GeometryOperation)]
    if not kept:
        return 1.0
    rng = np.random.default_rng(0)
    # Points of the input, from the middle, that ought to be found again in the output.
    y, x = np.meshgrid(
        (np.arange(_GRID) + 0.5) / _GRID * height - height / 2,
        (np.arange(_GRID) + 0.5) / _GRID * width - width / 2,
        indexing="ij",
    )
    points = np.stack([x.ravel(), y.ravel(), np.ones(_GRID * _GRID)])
    total = 0.0
    for _ in range(DRAWS):
        matrix = np.eye(3)
        for operation in kept:
            drawn = operation.drawn(rng)
            if drawn is not None:
                matrix = matrix @ operation.matrix(drawn, height, width)
        area = abs(float(np.linalg.det(matrix[:2, :2])))
        if wrapped:
            total += min(1.0, area)
            continue
        if area < 1e-6:
            continue
        seen = np.linalg.inv(matrix) @ points
        seen = seen[:2] / seen[2]
        inside = (np.abs(seen[0]) <= width / 2) & (np.abs(seen[1]) <= height / 2)
        total += float(inside.mean())
    return total / DRAWS


def share_ruined(operations: Sequence[Operation]) -> float:
    """Share (0..1) of draws that leave under a quarter of the contrast or clip half the levels."""
    kept = [o for o in operations if isinstance(o, ToneOperation)]
    if not kept:
        return 0.0
    rng = np.random.default_rng(0)
    ruined = 0
    for _ in range(DRAWS):
        levels = _LEVELS
        for operation in kept:
            drawn = operation.drawn(rng)
            if drawn is not None:
                levels = operation.curve(levels, drawn)
        clipped = float(np.mean((levels < 0) | (levels > 255)))
        left = float(np.std(np.clip(levels, 0, 255)) / np.std(_LEVELS))
        ruined += clipped > 0.5 or left < 0.25
    return ruined / DRAWS
