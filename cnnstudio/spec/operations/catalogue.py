"""Every operation there is, as one field type. Importing this registers them all."""

from typing import Annotated

from cnnstudio.spec.member import ANY_MEMBER
from cnnstudio.spec.operations import (
    bending,
    colors,
    cropping,
    geometry,
    mixing,
    noise,
    pixel_shift,
    rand_augment,
    tone,
)
from cnnstudio.spec.operations.operation import Operation

MEMBER_FILES = (geometry, pixel_shift, cropping, bending, tone, colors, noise, rand_augment, mixing)

AnyOperation = Annotated[Operation, ANY_MEMBER]
