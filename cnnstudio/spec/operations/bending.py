"""Operations that bend the image: perspective and elastic."""

from itertools import product
from typing import Annotated, Literal

import numpy as np
from pydantic import Field

from cnnstudio.spec.operations.elsewhere import Frame, KerasLayers, ends, tidy
from cnnstudio.spec.operations.operation import (
    BendingOperation,
    Dice,
    Draw,
    GeometryOperation,
    Matrix,
    Shifts,
    own_seed,
    stream,
)
from cnnstudio.spec.operations.ranges import Limits, Range, around, nothing, up_to

_CORNERS = tuple(product((-0.5, 0.5), repeat=2))
MOST_TILT = 0.2  # from 0.25 on, four corners may make no plane


class RandomPerspective(GeometryOperation):
    """Shows the image as from an angle: each corner moves by a share of the side."""

    kind: Literal["RandomPerspective"] = "RandomPerspective"
    heading = "Perspective"
    icon = "rotate-3d"
    fraction: Annotated[Range, Limits(-MOST_TILT, MOST_TILT)] = Field(
        0.1,
        title="Up to",
        description="How far a corner moves, as a share of the side",
        json_schema_extra={"unit": "%", "percent": True},
    )

    @property
    def idle(self) -> bool:
        return super().idle or nothing(self.fraction)

    def draw(self, rng: Dice) -> dict[str, float]:
        return {
            f"{axis}{corner}": around(rng, self.fraction)
            for corner in range(len(_CORNERS))
            for axis in "xy"
        }

    def matrix(self, draw: Draw, height: int, width: int) -> Matrix:
        rows: list[tuple[float, ...]] = []
        seen: list[float] = []
        # Each corner of the output (u, v) shows (x, y) of the input: eight equations for the
        # eight unknowns of x = (a u + b v + c) / (g u + h v + 1), y = (d u + e v + f) / (...).
        for corner, (along, down) in enumerate(_CORNERS):
            u, v = along * width, down * height
            x, y = u + draw[f"x{corner}"] * width, v + draw[f"y{corner}"] * height
            rows += [(u, v, 1, 0, 0, 0, -u * x, -v * x), (0, 0, 0, u, v, 1, -u * y, -v * y)]
            seen += [x, y]
        return np.append(np.linalg.solve(np.array(rows), np.array(seen)), 1.0).reshape(3, 3)

    def label(self, draw: Draw) -> str:
        far = max((abs(value) for value in draw.values()), default=0.0)
        return f"tilt {100 * far:.0f} %"

    def keras_layers(self, frame: Frame) -> KerasLayers:
        far = max(abs(end) for end in ends(self.fraction))
        share = tidy(self.probability)
        return KerasLayers(
            (f"layers.RandomPerspective(({share}, {share}), scale={tidy(2 * far)})",),
            ("In Keras the top left corner stays, and gaps are black whatever the fill mode.",),
            own_probability=True,
        )


class RandomElastic(BendingOperation):
    """Bends the image like rubber, by random shifts that are smooth between a few points.

    After Simard et al. 2003, https://doi.org/10.1109/ICDAR.2003.1227801; with shifts at the points
    of a grid as in Ronneberger et al. 2015, https://arxiv.org/abs/1505.04597.
    """

    kind: Literal["RandomElastic"] = "RandomElastic"
    heading = "Elastic"
    icon = "waves"
    strength: Annotated[Range, Limits(0.0, 0.2)] = Field(
        0.05,
        title="Up to",
        description="How far a point moves, as a share of the shorter side",
        json_schema_extra={"unit": "%", "percent": True},
    )
    cells: int = Field(
        4,
        ge=1,
        le=16,
        title="Cells",
        description="Points along each side: many bend small parts, few bend the whole",
    )

    @property
    def idle(self) -> bool:
        return super().idle or nothing(self.strength)

    def draw(self, rng: Dice) -> dict[str, float]:
        return {"strength": up_to(rng, self.strength), "seed": own_seed(rng)}

    def shifts(self, draw: Draw, height: int, width: int) -> Shifts:
        import cv2

        side = self.cells + 1
        reach = draw["strength"] * min(height, width)
        points = reach * (2.0 * stream(draw["seed"]).random((side, side, 2), np.float32) - 1.0)
        smooth = cv2.resize(points, (width, height), interpolation=cv2.INTER_CUBIC)
        return np.asarray(smooth, np.float32).reshape(height, width, 2)

    def label(self, draw: Draw) -> str:
        return f"bent {100 * draw['strength']:.1f} %"

    def keras_layers(self, frame: Frame) -> KerasLayers:
        upper = self.strength[1] if isinstance(self.strength, tuple) else self.strength
        share, scale = tidy(self.probability), tidy(min(1.0, 10 * upper))
        return KerasLayers(
            (f"layers.RandomElasticTransform(({share}, {share}), scale={scale}, {frame.fill})",),
            (
                "Keras smooths noise of every pixel instead of a few points: look at its images "
                "and choose the scale by eye.",
            ),
            own_probability=True,
        )
