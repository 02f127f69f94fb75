"""All geometric draws of an image as one matrix and one OpenCV warp."""

from collections.abc import Sequence

import cv2
import numpy as np
from numpy.typing import NDArray

from cnnstudio.data.decode import Pixels
from cnnstudio.spec.experiment import FillMode
from cnnstudio.spec.operations.operation import Draw, GeometryOperation

# Images are spread over our own threads; OpenCV's would only wait for each other.
cv2.setNumThreads(1)

# scipy's names, which are ImageDataGenerator's. Its `reflect` repeats the border pixel, as
# BORDER_REFLECT does; its `wrap` repeats every n−1 pixels, which nobody means: here every n.
BORDERS: dict[FillMode, int] = {
    "nearest": cv2.BORDER_REPLICATE,
    "reflect": cv2.BORDER_REFLECT,
    "wrap": cv2.BORDER_WRAP,
    "constant": cv2.BORDER_CONSTANT,
}
_FLAGS = cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP
_IDENTITY = np.eye(3)


def compose(
    draws: Sequence[tuple[GeometryOperation, Draw]], height: int, width: int
) -> NDArray[np.float64]:
    """float64[3, 3] from an output pixel (x, y, 1) to the input point it shows.

    Operations act in the order given: the output of the first is the input of the second, so the
    matrices from output to input multiply in that same order.
    """
    whole = _IDENTITY
    for operation, values in draws:
        matrix = operation.matrix(values, height, width)
        whole = matrix if whole is _IDENTITY else whole @ matrix
    if whole is _IDENTITY:
        return _IDENTITY.copy()
    # The operations measure from the middle of the image, pixels from the middle of the first.
    x, y = (width - 1) / 2.0, (height - 1) / 2.0
    (a, b, c), (d, e, f), last = whole.tolist()
    return np.array([(a, b, c + x - a * x - b * y), (d, e, f + y - d * x - e * y), last])


def warp(
    image: Pixels,
    matrix: NDArray[np.float64],
    fill_mode: FillMode = "nearest",
    fill_value: int = 0,
    out: Pixels | None = None,
) -> Pixels:
    """The image seen through `matrix` (see `compose`), same shape, bilinear; written to `out`.

    Outside the source stands what `fill_mode` says. The identity copies the pixels exactly.
    """
    if out is None:
        out = np.empty(image.shape, np.uint8)
    if (matrix == _IDENTITY).all():
        np.copyto(out, image)
        return out
    height, width = image.shape[:2]
    made = cv2.warpAffine(
        image,
        matrix[:2],
        (width, height),
        dst=out,
        flags=_FLAGS,
        borderMode=BORDERS[fill_mode],
        borderValue=(fill_value, fill_value, fill_value),
    )
    if not np.may_share_memory(made, out):  # OpenCV made an array of its own
        np.copyto(out, made.reshape(out.shape))
    return out
