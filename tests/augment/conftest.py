"""What the tests of augmentation share: experiments, and any operation within its limits."""

from collections.abc import Callable
from typing import Any, Literal, get_args, get_origin

import pytest
from annotated_types import Ge, Gt, Le
from hypothesis import strategies as st
from pydantic.fields import FieldInfo

from cnnstudio.spec.experiment import Augmentation, Dataset, Experiment, FillMode, Training
from cnnstudio.spec.member import members
from cnnstudio.spec.operations.operation import Operation
from cnnstudio.spec.operations.ranges import Limits
from cnnstudio.spec.sources import ClassFolders

MakeExperiment = Callable[..., Experiment]


@pytest.fixture(scope="session")
def experiment() -> MakeExperiment:
    """experiment(*operations, fill_mode, fill_value, seed)."""

    def make(
        *operations: Operation, fill_mode: FillMode = "nearest", fill_value: int = 0, seed: int = 0
    ) -> Experiment:
        return Experiment(
            dataset=Dataset(source=ClassFolders(path="/images")),
            augmentation=Augmentation(
                operations=operations, fill_mode=fill_mode, fill_value=fill_value
            ),
            training=Training(seed=seed),
        )

    return make


@pytest.fixture(scope="session")
def any_operations() -> st.SearchStrategy[list[Operation]]:
    """Lists of every kind of operation that there is, with any values that it accepts."""
    return st.lists(st.one_of([_any(cls) for cls in members(Operation).values()]), max_size=8)


def _any(cls: type[Operation]) -> st.SearchStrategy[Operation]:
    fields = {name: _values(info) for name, info in cls.model_fields.items() if name != "kind"}
    return st.builds(cls, **fields)


def _values(info: FieldInfo) -> st.SearchStrategy[Any]:
    if info.annotation is bool:
        return st.booleans()
    if get_origin(info.annotation) is Literal:
        return st.sampled_from(get_args(info.annotation))
    limits = next((mark for mark in info.metadata if isinstance(mark, Limits)), None)
    if limits is not None:
        ends = st.floats(limits.least, limits.most)
        pairs = st.tuples(ends, ends).map(lambda pair: (min(pair), max(pair)))
        return st.one_of(st.floats(max(0.0, limits.least), limits.reach), pairs)
    low = next(m.ge if isinstance(m, Ge) else m.gt for m in info.metadata if isinstance(m, Ge | Gt))
    high = next(mark.le for mark in info.metadata if isinstance(mark, Le))
    assert isinstance(low, int | float)
    assert isinstance(high, int | float)
    if info.annotation is int:
        return st.integers(int(low), int(high))
    open_end = any(isinstance(mark, Gt) for mark in info.metadata)
    return st.floats(float(low), float(high), exclude_min=open_end)
