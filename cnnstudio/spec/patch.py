"""Changes of an experiment by dotted path, such as `model.layers.2.filters`."""

from collections.abc import Iterable
from typing import Any

from pydantic import BaseModel, ConfigDict, ValidationError

from cnnstudio.spec.errors import UserError
from cnnstudio.spec.experiment import Experiment
from cnnstudio.spec.explain import explain
from cnnstudio.spec.member import Member, members


class Change(BaseModel):
    """One value to put at one dotted path."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    path: str
    value: Any


def get(experiment: Experiment, path: str) -> Any:
    """The value at a dotted path; raises `UserError` when there is no such place."""
    value: Any = experiment
    for key in _keys(path):
        value = _child(value, key, path)
    return value


def replace(experiment: Experiment, path: str, value: object) -> Experiment:
    """A validated copy with `value` at `path`; raises `UserError` that names the path."""
    return apply(experiment, (Change(path=path, value=value),))


def apply(experiment: Experiment, changes: Iterable[Change]) -> Experiment:
    """A validated copy with every change made in turn; raises `UserError` that names the path."""
    plain = _plain(experiment)
    for change in changes:
        _put(plain, change.path, _plain(change.value))
    try:
        return Experiment.model_validate(plain)
    except ValidationError as error:
        raise explain(error) from error


def _keys(path: str) -> list[str]:
    keys = path.split(".") if path else []
    if not keys or not all(keys):
        raise UserError(f"“{path}” is not a path such as training.epochs.", path)
    return keys


def _plain(value: object) -> object:
    """Models as plain containers, so that one validation sees everything."""
    if isinstance(value, BaseModel):
        return _plain(value.model_dump())
    if isinstance(value, list | tuple):
        return [_plain(item) for item in value]
    if isinstance(value, dict):
        return {key: _plain(item) for key, item in value.items()}
    return value


def _child(value: Any, key: str, path: str) -> Any:
    if isinstance(value, tuple | list):
        if key.isdecimal() and int(key) < len(value):
            return value[int(key)]
    elif isinstance(value, dict):
        if key in value:
            return value[key]
    elif isinstance(value, BaseModel) and key in type(value).model_fields:
        return getattr(value, key)
    raise UserError(f"There is no “{key}” in the experiment's {path}.", path)


def _put(plain: Any, path: str, value: object) -> None:
    *parents, last = _keys(path)
    place = plain
    for key in parents:
        place = _child(place, key, path)
    if isinstance(place, tuple | list):
        if not (isinstance(place, list) and last.isdecimal() and int(last) < len(place)):
            raise UserError(f"There is no “{last}” in the experiment's {path}.", path)
        place[int(last)] = value
    elif isinstance(place, dict) and last == "kind" and "kind" in place:
        _change_kind(place, value)
    elif isinstance(place, dict):
        # An unknown name is reported by the validation that follows, with the names that exist.
        place[last] = value
    else:
        raise UserError(f"There is nothing below {'.'.join(parents)} that can be set.", path)


def _change_kind(place: dict[str, Any], kind: object) -> None:
    """Another kind of the same family, which keeps the fields that both have."""
    families = (members(family) for family in Member.__subclasses__())
    family = next((known for known in families if place["kind"] in known), {})
    fields = family[kind].model_fields if isinstance(kind, str) and kind in family else place
    kept = {name: field for name, field in place.items() if name in fields}
    place.clear()
    place.update(kept, kind=kind)
