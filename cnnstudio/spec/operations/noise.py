"""Operations that disturb the image: noise, blur, sharpness, JPEG, erasing."""

from functools import cache
from math import ceil, exp, log, sqrt
from statistics import NormalDist
from typing import Annotated, Literal

import numpy as np
from numpy.typing import NDArray
from pydantic import Field

from cnnstudio.spec.operations.elsewhere import Frame, KerasLayers, ends, tidy, two
from cnnstudio.spec.operations.factor import FactorOperation
from cnnstudio.spec.operations.operation import (
    Dice,
    Draw,
    PixelOperation,
    Pixels,
    own_seed,
    stream,
)
from cnnstudio.spec.operations.ranges import Limits, Range, around, nothing, up_to

# Pillow's `ImageFilter.SMOOTH`, against which it sharpens.
_SMOOTH = np.array([[1, 1, 1], [1, 5, 1], [1, 1, 1]], np.float32) / 13.0


@cache
def _normal() -> NDArray[np.float32]:
    """float32[65536]: equally likely values of the normal distribution, up to 4.3 deviations."""
    inverse = NormalDist().inv_cdf
    upper = [inverse((place + 0.5) / 2**16) for place in range(2**15, 2**16)]
    return np.array([-value for value in reversed(upper)] + upper, np.float32)


class RandomNoise(PixelOperation):
    """Adds Gaussian noise to every pixel and channel."""

    kind: Literal["RandomNoise"] = "RandomNoise"
    heading = "Noise"
    icon = "sparkles"
    stage = "noise"
    levels: Annotated[Range, Limits(0.0, 100.0)] = Field(
        10.0, title="Up to", description="Standard deviation in grey levels, of 255"
    )

    @property
    def idle(self) -> bool:
        return super().idle or nothing(self.levels)

    def draw(self, rng: Dice) -> dict[str, float]:
        return {"levels": up_to(rng, self.levels), "seed": own_seed(rng)}

    def apply(self, image: Pixels, draw: Draw) -> Pixels:
        import cv2

        # Drawing normal numbers one by one takes five times as long as looking them up.
        raw = stream(draw["seed"]).bit_generator.random_raw(-(-image.size // 4))
        drawn = np.asarray(raw).astype("<u8", copy=False).view("<u2")[: image.size]
        noise = np.rint(_normal() * draw["levels"]).astype(np.int16)[drawn]
        return _shaped(cv2.add(image, noise.reshape(image.shape), dtype=cv2.CV_8U), image)

    def label(self, draw: Draw) -> str:
        return f"noise {draw['levels']:.0f}"

    def keras_layers(self, frame: Frame) -> KerasLayers:
        lower, upper = self.levels if isinstance(self.levels, tuple) else (0, self.levels)
        spread = f"tf.random.uniform((), {tidy(lower)}, {tidy(upper)})"
        return KerasLayers((f"lambda image: image + {spread} * tf.random.normal(tf.shape(image))",))


class RandomBlur(PixelOperation):
    """Blurs the image with a Gaussian."""

    kind: Literal["RandomBlur"] = "RandomBlur"
    heading = "Blur"
    icon = "droplet"
    stage = "noise"
    sigma: Annotated[Range, Limits(0.0, 20.0)] = Field(
        1.0,
        title="Up to",
        description="Standard deviation, in pixels of the network's image",
        json_schema_extra={"unit": "px"},
    )

    @property
    def idle(self) -> bool:
        return super().idle or nothing(self.sigma)

    def draw(self, rng: Dice) -> dict[str, float]:
        return {"sigma": up_to(rng, self.sigma)}

    def apply(self, image: Pixels, draw: Draw) -> Pixels:
        import cv2

        if draw["sigma"] < 0.1:  # less than a grey level, and the kernel is a single pixel
            return image
        return _shaped(cv2.GaussianBlur(image, (0, 0), draw["sigma"]), image)

    def label(self, draw: Draw) -> str:
        return f"blur {draw['sigma']:.1f} px"

    def keras_layers(self, frame: Frame) -> KerasLayers:
        lower, upper = self.sigma if isinstance(self.sigma, tuple) else (0.0, self.sigma)
        notes = ["Keras draws the blur of width and height apart."]
        if lower > 1:
            lower = 1.0
            notes.append("Keras takes no lower end above 1 pixel: here it is 1.")
        share, size = tidy(self.probability), 2 * ceil(3 * upper) + 1
        return KerasLayers(
            (
                f"layers.RandomGaussianBlur(({share}, {share}), kernel_size={max(3, size)}, "
                f"sigma={two(lower, upper)})",
            ),
            tuple(notes),
            own_probability=True,
        )


class RandomSharpness(FactorOperation, PixelOperation):
    """Sharpens the image, or softens it."""

    kind: Literal["RandomSharpness"] = "RandomSharpness"
    heading = "Sharpness"
    icon = "triangle"
    word = "sharp"
    stage = "noise"
    fraction: Annotated[Range, Limits(-1.0, 5.0)] = Field(
        0.5,
        title="Up to",
        description="Below zero softens; −100 % is Pillow's smooth filter",
        json_schema_extra={"unit": "%", "percent": True},
    )

    def apply(self, image: Pixels, draw: Draw) -> Pixels:
        import cv2

        # One filter for smooth + factor × (image − smooth), clipped and rounded once.
        kernel = (1.0 - draw["factor"]) * _SMOOTH
        kernel[1, 1] += draw["factor"]
        return _shaped(cv2.filter2D(image, -1, kernel), image)

    def keras_layers(self, frame: Frame) -> KerasLayers:
        lower, upper = ends(self.fraction)
        notes = ["Keras takes what lies outside the image for black, so its edges differ."]
        if lower > 1:
            lower = 1.0
            notes.append("Keras takes no lower end above 100 %: here it is 100 %.")
        # Its factor 0.5 leaves the image as it is, 1 sharpens by 100 %.
        factor = two((1 + lower) / 2, (1 + upper) / 2)
        return KerasLayers((f"layers.RandomSharpness({factor})",), tuple(notes))


class RandomJPEG(PixelOperation):
    """Compresses the image as JPEG and opens it again, with the blocks that this leaves."""

    kind: Literal["RandomJPEG"] = "RandomJPEG"
    heading = "JPEG quality"
    icon = "file-image"
    stage = "noise"
    quality: Annotated[Range, Limits(1.0, 100.0)] = Field(
        (40.0, 95.0), title="Quality", description="1 is the worst, 100 the best"
    )

    def draw(self, rng: Dice) -> dict[str, float]:
        return {"quality": float(round(up_to(rng, self.quality, 1.0)))}

    def apply(self, image: Pixels, draw: Draw) -> Pixels:
        import cv2

        gray = image.shape[2] == 1
        stored = image if gray else cv2.cvtColor(image, cv2.COLOR_RGB2BGR)
        _, packed = cv2.imencode(".jpg", stored, [cv2.IMWRITE_JPEG_QUALITY, int(draw["quality"])])
        opened = cv2.imdecode(packed, cv2.IMREAD_GRAYSCALE if gray else cv2.IMREAD_COLOR)
        if opened is None:
            raise ValueError("an image could not be read back from memory")
        return _shaped(opened if gray else cv2.cvtColor(opened, cv2.COLOR_BGR2RGB), image)

    def label(self, draw: Draw) -> str:
        return f"JPEG {draw['quality']:.0f}"

    def keras_layers(self, frame: Frame) -> KerasLayers:
        lower, upper = self.quality if isinstance(self.quality, tuple) else (1.0, self.quality)
        # The upper end is left out of the draw there.
        least, most = round(lower), min(100, round(upper) + 1)
        packed = f"tf.image.random_jpeg_quality(tf.cast(image, tf.uint8), {least}, {most})"
        if least >= most:
            packed = f"tf.image.adjust_jpeg_quality(tf.cast(image, tf.uint8), {least})"
        return KerasLayers((f"lambda image: tf.cast({packed}, tf.float32)",))


class RandomErasing(PixelOperation):
    """Covers a rectangle, so that the network cannot rely on one part alone.

    Zhong et al. 2017, https://arxiv.org/abs/1708.04896.
    """

    kind: Literal["RandomErasing"] = "RandomErasing"
    heading = "Erasing"
    icon = "square"
    stage = "noise"
    area: Annotated[Range, Limits(0.0, 0.8)] = Field(
        (0.02, 0.2),
        title="Area",
        description="Share of the image that is covered",
        json_schema_extra={"unit": "%", "percent": True},
    )
    aspect: float = Field(
        3.0,
        ge=1,
        le=10,
        title="Shape up to",
        description="How much wider than high the rectangle may be, or the other way round",
        json_schema_extra={"unit": "×", "advanced": True},
    )
    cover: Literal["grey", "black", "white", "noise"] = Field("grey", title="Cover")
    probability: float = Field(
        0.5,
        ge=0,
        le=1,
        title="Probability",
        description="Share of the images of which a part is covered",
        json_schema_extra={"unit": "%", "percent": True},
    )

    @property
    def idle(self) -> bool:
        return super().idle or nothing(self.area)

    def draw(self, rng: Dice) -> dict[str, float]:
        area, shape = up_to(rng, self.area), exp(around(rng, log(self.aspect)))
        width, height = min(1.0, sqrt(area * shape)), min(1.0, sqrt(area / shape))
        return {
            "width": width,
            "height": height,
            "x": rng.random() * (1.0 - width),
            "y": rng.random() * (1.0 - height),
            "seed": own_seed(rng),
        }

    def apply(self, image: Pixels, draw: Draw) -> Pixels:
        height, width = image.shape[:2]
        left, top = round(draw["x"] * width), round(draw["y"] * height)
        right, bottom = left + round(draw["width"] * width), top + round(draw["height"] * height)
        made = image.copy()
        covered = made[top:bottom, left:right]
        if self.cover == "noise":
            covered[:] = stream(draw["seed"]).integers(0, 256, covered.shape, np.uint8)
        else:
            covered[:] = {"grey": 128, "black": 0, "white": 255}[self.cover]
        return made

    def label(self, draw: Draw) -> str:
        return f"erased {100 * draw['width'] * draw['height']:.0f} %"

    def keras_layers(self, frame: Frame) -> KerasLayers:
        lower, upper = ends(self.area) if isinstance(self.area, tuple) else (0.0, self.area)
        cover = {"grey": "128.0", "black": "0.0", "white": "255.0", "noise": "None"}[self.cover]
        share = tidy(self.probability)
        return KerasLayers(
            (
                f"layers.RandomErasing(({share}, {share}), scale={two(lower, upper)}, "
                f"fill_value={cover})",
            ),
            ("Keras draws width and height apart, so the shape varies with the area.",),
            own_probability=True,
        )


def _shaped(made: object, image: Pixels) -> Pixels:
    """OpenCV drops the axis of a single channel."""
    return np.asarray(made, np.uint8).reshape(image.shape)
