"""Every operation there is, as one field type. Importing this registers them all."""

from typing import Annotated

from cnnstudio.spec.member import ANY_MEMBER
from cnnstudio.spec.operations import color, geometry
from cnnstudio.spec.operations.operation import Operation

MEMBER_FILES = (geometry, color)

AnyOperation = Annotated[Operation, ANY_MEMBER]
