"""Every layer there is, as one field type. Importing this registers them all."""

from typing import Annotated

from cnnstudio.spec.layers import convolution, dense, pooling, regularization
from cnnstudio.spec.layers.layer import Layer
from cnnstudio.spec.member import ANY_MEMBER

MEMBER_FILES = (convolution, pooling, dense, regularization)

AnyLayer = Annotated[Layer, ANY_MEMBER]
