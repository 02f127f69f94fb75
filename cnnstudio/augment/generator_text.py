"""Pasted Python to the arguments of an ImageDataGenerator: read as a tree, never run."""

import ast
import re
import warnings
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from textwrap import dedent

from cnnstudio.spec.errors import UserError

NAME = "ImageDataGenerator"
# In the order of the class, for arguments without a name.
ARGUMENTS = (
    "featurewise_center",
    "samplewise_center",
    "featurewise_std_normalization",
    "samplewise_std_normalization",
    "zca_whitening",
    "zca_epsilon",
    "rotation_range",
    "width_shift_range",
    "height_shift_range",
    "brightness_range",
    "shear_range",
    "zoom_range",
    "channel_shift_range",
    "fill_mode",
    "cval",
    "horizontal_flip",
    "vertical_flip",
    "rescale",
    "preprocessing_function",
    "data_format",
    "validation_split",
    "interpolation_order",
    "dtype",
)
LONGEST = 100_000
_HOW = (
    f"Paste the call {NAME}(…) as it stands, a dictionary of its arguments, or lines such as "
    "rotation_range=20."
)
_LARGEST = 1e12
MOST_STEPS = 100_000
"""Values that are looked at in one text: names of names of names would never come to an end."""
# What only a notebook or an interactive session knows: commands, and the prompt of a line.
_COMMAND, _PROMPT = re.compile(r"^\s*[%!?].*"), re.compile(r"^\s*(>>>|\.\.\.) ?")

Plain = None | bool | int | float | str | list["Plain"]


@dataclass(frozen=True, slots=True)
class Unread:
    """A value that only a running program has, as it is written."""

    source: str


@dataclass(frozen=True, slots=True)
class Given:
    """The value of one argument, and the line of the pasted text where it stands."""

    value: Plain | Unread
    line: int
    source: str


def arguments(text: str) -> dict[str, Given]:
    """The arguments by name; of several calls those of the one that augments most.

    Raises `UserError` with the line of what cannot be read.
    """
    if not text.strip():
        raise UserError(f"There is nothing to read. {_HOW}")
    if len(text) > LONGEST:
        raise UserError(f"This is too long for a call. {_HOW}")
    try:
        with warnings.catch_warnings(action="ignore"):  # of odd backslashes in the text
            return _read(text)
    except (RecursionError, MemoryError) as error:
        raise UserError(f"This is too deeply nested for a call. {_HOW}") from error


def _read(text: str) -> dict[str, Given]:
    if NAME in text:
        return _of_program(_tree(text))
    for tail in ("\n)", ""):  # what stands between the brackets, with or without the closing one
        try:
            tree = _parsed(f"{NAME}({text}{tail}")
        except SyntaxError:
            continue
        return _of_program(tree)
    return _of_program(_tree(text))


def _parsed(text: str) -> ast.Module:
    try:
        return ast.parse(text)
    except SyntaxError:
        raise
    except ValueError as error:
        raise UserError(f"This is no Python. {_HOW}", details=str(error)) from error


def _tree(text: str) -> ast.Module:
    flush = "\n".join(line.lstrip() for line in text.splitlines())
    plain = "\n".join(_COMMAND.sub("", _PROMPT.sub("", line)) for line in text.splitlines())
    for form in (dedent(text), flush, dedent(plain)):
        try:
            return _parsed(form)
        except SyntaxError as error:
            fault = error
    raise UserError(
        f"This is no complete Python ({fault.msg}). {_HOW}", f"line {fault.lineno or 1}"
    ) from fault


def _of_program(tree: ast.Module) -> dict[str, Given]:
    names = _Names(tree)
    calls = [node for node in ast.walk(tree) if names.is_generator(node)]
    found = [dict(names.of_call(call)) for call in calls if isinstance(call, ast.Call)]
    if not found:
        found = [dict(names.of_dictionary(node)) for node in ast.walk(tree) if _is_dict(node)]
        found.append(dict(names.of_lines()))
    found = [one for one in found if one] or ([{}] if calls else [])
    if not found:
        raise UserError(f"No argument of {NAME} stands here. {_HOW}")
    best = max(found, key=lambda one: sum(_changes(name) for name in one))
    for name, given in best.items():
        if name not in ARGUMENTS:
            raise UserError(_unknown(name), f"line {given.line}, {name}")
    return best


def _changes(name: str) -> bool:
    return name.endswith(("_range", "_flip"))


def _unknown(name: str) -> str:
    from difflib import get_close_matches

    near = get_close_matches(name, ARGUMENTS, 1)
    hint = f" Did you mean {near[0]}?" if near else " Take it out."
    return f"{NAME} has no argument “{name}”.{hint}"


def _is_dict(node: ast.AST) -> bool:
    return isinstance(node, ast.Dict) or (
        isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "dict"
    )


class _Names:
    """The names that the pasted text gives values to, and the values of expressions."""

    def __init__(self, tree: ast.Module) -> None:
        self._tree = tree
        self._values: dict[str, ast.expr] = {}
        self._generators = {NAME}
        self._steps = 0
        for node in ast.walk(tree):
            if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name):
                self._values[node.targets[0].id] = node.value
            elif isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name):
                if node.value is not None:
                    self._values[node.target.id] = node.value
            elif isinstance(node, ast.ImportFrom):
                self._generators |= {
                    alias.asname for alias in node.names if alias.asname and alias.name == NAME
                }

    def is_generator(self, node: ast.AST) -> bool:
        """Whether a node is the call, by whatever name."""
        if not isinstance(node, ast.Call):
            return False
        called = node.func
        name = called.attr if isinstance(called, ast.Attribute) else getattr(called, "id", "")
        return name in self._generators

    def of_call(self, call: ast.Call) -> Iterator[tuple[str, Given]]:
        """The arguments of a call, by place, by name and from a dictionary."""
        inner = [node for node in call.args if _is_dict(node)]
        inner += [word.value for word in call.keywords if word.arg and _is_dict(word.value)]
        if len(inner) == len(call.args) + len(call.keywords) == 1:
            yield from self.of_dictionary(inner[0])
            return
        for name, value in zip(ARGUMENTS, call.args, strict=False):
            yield name, self._given(value)
        for word in call.keywords:
            if word.arg is None:
                value = self._looked_up(word.value)
                if not _is_dict(value):
                    raise UserError(
                        f"What “**{_written(word.value)}” holds does not stand here. "
                        "Paste that dictionary, too.",
                        f"line {word.value.lineno}",
                    )
                yield from self.of_dictionary(value)
            else:
                yield word.arg, self._given(word.value)

    def of_dictionary(self, node: ast.AST) -> Iterator[tuple[str, Given]]:
        """The entries of a dictionary with names as keys."""
        if isinstance(node, ast.Call):
            for word in node.keywords:
                if word.arg:
                    yield word.arg, self._given(word.value)
        elif isinstance(node, ast.Dict):
            for key, value in zip(node.keys, node.values, strict=True):
                if isinstance(key, ast.Constant) and isinstance(key.value, str):
                    yield key.value, self._given(value)

    def of_lines(self) -> Iterator[tuple[str, Given]]:
        """The arguments among lines of the form `name = value`, with or without a comma."""
        for name, value in self._values.items():
            if name in ARGUMENTS or name.endswith(("_range", "_flip")):
                if isinstance(value, ast.Tuple) and len(value.elts) == 1:
                    yield name, self._given(value.elts[0])
                else:
                    yield name, self._given(value)

    def _given(self, node: ast.expr) -> Given:
        return Given(self._value(node, 0), node.lineno, _written(node))

    def _looked_up(self, node: ast.expr) -> ast.expr:
        for _ in range(20):
            if not isinstance(node, ast.Name) or node.id not in self._values:
                return node
            node = self._values[node.id]
        return node

    def _value(self, node: ast.expr, depth: int) -> Plain | Unread:
        """The value of literals, of names given here, and of sums and products of numbers."""
        node = self._looked_up(node)
        self._steps += 1
        if depth > 50 or self._steps > MOST_STEPS:
            return Unread(_written(node))
        match node:
            case ast.Constant(value=None | bool() | str() as value):
                return value
            case ast.Constant(value=int() | float() as number) if _is_sound(number):
                return number
            case ast.List(elts=items) | ast.Tuple(elts=items):
                listed = _all(self._value(item, depth + 1) for item in items)
                if listed:
                    return listed
            case ast.UnaryOp(op=ast.USub() | ast.UAdd() as sign, operand=operand):
                turned = self._value(operand, depth + 1)
                if isinstance(turned, int | float):
                    return -turned if isinstance(sign, ast.USub) else +turned
            case ast.BinOp(left=left, op=operator, right=right):
                reckoned = self._reckoned(left, operator, right, depth)
                if reckoned is not None and _is_sound(reckoned):
                    return reckoned
        return Unread(_written(node))

    def _reckoned(
        self, left: ast.expr, operator: ast.operator, right: ast.expr, depth: int
    ) -> int | float | None:
        a, b = self._value(left, depth + 1), self._value(right, depth + 1)
        if not isinstance(a, int | float) or not isinstance(b, int | float):
            return None
        try:
            match operator:
                case ast.Add():
                    return a + b
                case ast.Sub():
                    return a - b
                case ast.Mult():
                    return a * b
                case ast.Div():
                    return a / b
                case _:
                    return None
        except ZeroDivisionError as error:
            raise UserError("Here something is divided by zero.", f"line {left.lineno}") from error


def _is_sound(number: int | float) -> bool:
    """Whether an argument can have that number."""
    # What is infinite or no number fails the comparison, too.
    return abs(number) < _LARGEST


def _written(node: ast.expr) -> str:
    """An expression as one would write it."""
    try:
        return ast.unparse(node)
    except ValueError:  # Python prints no whole number of so many digits
        return "a number of thousands of digits"


def _all(items: Iterable[Plain | Unread]) -> list[Plain] | None:
    values = list(items)
    plain = [value for value in values if not isinstance(value, Unread)]
    return plain if len(plain) == len(values) else None
