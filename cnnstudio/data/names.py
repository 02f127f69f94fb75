"""Names of files as people sort them, and stable numbers made from them."""

import hashlib
import re
from collections.abc import Iterable

import numpy as np
from numpy.typing import NDArray

_NUMBER = re.compile(r"([0-9]+)")
# Digits of the longest number that others are filled up to.
_WIDEST = 32


def natural_key(name: str) -> tuple[list[int | str], str]:
    """Sort key that puts `cat2` before `cat10`, whatever the case."""
    parts: list[int | str] = [*_NUMBER.split(name.casefold())]
    # Numbers stand at the odd places of the split: like meets like when two are compared.
    parts[1::2] = map(int, parts[1::2])
    return parts, name


def natural_sorted(names: Iterable[str]) -> list[str]:
    """`names` in the order of `natural_key`, in a third of its time for many of them.

    All are made comparable as plain text at once: every number is filled up to the same width.
    """
    plain = sorted(names)
    joined = "/".join(plain).casefold()
    if joined.count("/") >= len(plain) or "\0" in joined:  # in no name of a file
        return sorted(plain, key=natural_key)
    parts = _NUMBER.split(joined)
    width = max(map(len, parts[1::2]), default=0)
    if width > _WIDEST:
        return sorted(plain, key=natural_key)
    parts[1::2] = [number.zfill(width) for number in parts[1::2]]
    # A mark below all characters stands before a number, since what ends there comes first.
    key_of = dict(zip(plain, "\0".join(parts).split("/"), strict=True))
    # Equal keys keep the order of the plain names, which `natural_key` ends with.
    return sorted(plain, key=key_of.__getitem__)


def shown(name: str) -> str:
    """`name` as text: what is no UTF-8 in it, which no file or terminal would take, becomes `?`."""
    return name.encode("utf-8", "replace").decode("utf-8")


def key_hash(key: str, salt: int = 0) -> int:
    """A 64-bit number that depends on `key` and `salt` alone: the same on every machine."""
    return int.from_bytes(_digests((key,), salt), "little")


def key_hashes(keys: Iterable[str], salt: int = 0) -> NDArray[np.uint64]:
    """The `key_hash` of each of many keys, as uint64[keys]."""
    return np.frombuffer(_digests(keys, salt), "<u8")


def _digests(keys: Iterable[str], salt: int) -> bytes:
    salted = hashlib.blake2b(digest_size=8, salt=(salt % 2**64).to_bytes(8, "little")).copy
    digests: list[bytes] = []
    for key in keys:
        one = salted()
        # File names may hold bytes that are no UTF-8; Python carries them as lone surrogates.
        one.update(key.encode("utf-8", "surrogatepass"))
        digests.append(one.digest())
    return b"".join(digests)
