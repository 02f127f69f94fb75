"""Names of files as people sort them, and stable numbers made from them."""

import hashlib
import re

_NUMBER = re.compile(r"([0-9]+)")


def natural_key(name: str) -> tuple[list[int | str], str]:
    """Sort key that puts `cat2` before `cat10`, whatever the case."""
    parts: list[int | str] = [*_NUMBER.split(name.casefold())]
    # Numbers stand at the odd places of the split: like meets like when two are compared.
    parts[1::2] = map(int, parts[1::2])
    return parts, name


def shown(name: str) -> str:
    """`name` as text: what is no UTF-8 in it, which no file or terminal would take, becomes `?`."""
    return name.encode("utf-8", "replace").decode("utf-8")


def key_hash(key: str, salt: int = 0) -> int:
    """A 64-bit number that depends on `key` and `salt` alone: the same on every machine."""
    # File names may hold bytes that are no UTF-8; Python carries them as lone surrogates.
    text = key.encode("utf-8", "surrogatepass")
    salted = hashlib.blake2b(text, digest_size=8, salt=(salt % 2**64).to_bytes(8, "little"))
    return int.from_bytes(salted.digest(), "little")
