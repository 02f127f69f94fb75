"""Names of files as people sort them, and stable numbers made from them."""

import hashlib
import re

_NUMBER = re.compile(r"([0-9]+)")


def natural_key(name: str) -> tuple[tuple[tuple[int, int, str], ...], str]:
    """Sort key that puts `cat2` before `cat10`, whatever the case."""
    parts = _NUMBER.split(name.casefold())
    return (
        # Numbers stand at the odd places of the split.
        tuple(
            (0, int(part), "") if place % 2 else (1, 0, part)
            for place, part in enumerate(parts)
            if part
        ),
        name,
    )


def shown(name: str) -> str:
    """`name` as text: what is no UTF-8 in it, which no file or terminal would take, becomes `?`."""
    return name.encode("utf-8", "replace").decode("utf-8")


def key_hash(key: str, salt: int = 0) -> int:
    """A 64-bit number that depends on `key` and `salt` alone: the same on every machine."""
    # File names may hold bytes that are no UTF-8; Python carries them as lone surrogates.
    text = key.encode("utf-8", "surrogatepass")
    salted = hashlib.blake2b(text, digest_size=8, salt=(salt % 2**64).to_bytes(8, "little"))
    return int.from_bytes(salted.digest(), "little")
