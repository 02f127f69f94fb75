"""TensorBoard's event files without TensorFlow: scalars and texts as messages, and their frames.

The messages are those of TensorFlow's event.proto, summary.proto and tensor.proto, the frames
around them those of TFRecord: length, its checksum, content, its checksum.
"""

import struct
from collections import defaultdict
from collections.abc import Iterable, Sequence
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

_START = 1  # SessionLog.START
_STRING = 7  # DT_STRING
_POLYNOMIAL = 0x82F63B78  # CRC-32C, its bits reversed
_PIECE = 256  # bytes that are taken at once


def version() -> bytes:
    """The message that every file begins with."""
    return _time(0.0) + _field(3, b"brain.Event:2")


def start(time: float, step: int) -> bytes:
    """Lets TensorBoard forget what was said before of `step` and later ones; `time` in Unix s."""
    return _time(time) + _number(2, step) + _field(7, _number(1, _START))


def scalars(time: float, step: int, values: Iterable[tuple[str, float]]) -> bytes:
    """Numbers by tag at a step; `time` in Unix seconds. They become float32."""
    summary = b"".join([_scalar_head(tag) + _single(value) for tag, value in values])
    return _time(time) + _number(2, step) + _field(5, summary)


def text(time: float, step: int, tag: str, markdown: str) -> bytes:
    """A text at a step."""
    tensor = _number(1, _STRING) + _field(2, b"") + _field(8, markdown.encode("utf-8"))
    plugin = _field(1, _field(1, b"text"))
    value = _field(1, tag.encode("utf-8")) + _field(8, tensor) + _field(9, plugin)
    return _time(time) + _number(2, step) + _field(5, _field(1, value))


def framed(messages: Sequence[bytes]) -> bytes:
    """The messages as records, in order: what is appended to a file."""
    lengths = [struct.pack("<Q", len(message)) for message in messages]
    rows = zip(lengths, _checksums(lengths), messages, _checksums(messages), strict=True)
    return b"".join(part for row in rows for part in row)


# ---- protocol buffers ---------------------------------------------------------------------------


def _varint(number: int) -> bytes:
    made = bytearray()
    while number > 0x7F:
        made.append(number & 0x7F | 0x80)
        number >>= 7
    made.append(number)
    return bytes(made)


def _number(field: int, value: int) -> bytes:
    return bytes((field << 3,)) + _varint(value)


def _field(field: int, content: bytes) -> bytes:
    return bytes((field << 3 | 2,)) + _varint(len(content)) + content


def _time(seconds: float) -> bytes:
    return b"\x09" + struct.pack("<d", seconds)


@lru_cache(maxsize=256)
def _scalar_head(tag: str) -> bytes:
    """A value of a summary up to its number, which is always five bytes with its key."""
    name = _field(1, tag.encode("utf-8"))
    return b"\x0a" + _varint(len(name) + 5) + name + b"\x15"


def _single(value: float) -> bytes:
    try:
        return struct.pack("<f", value)
    except OverflowError:
        return struct.pack("<f", np.copysign(np.inf, value))


# ---- CRC-32C ------------------------------------------------------------------------------------


def _checksums(contents: Sequence[bytes]) -> list[bytes]:
    """The checksum of each, masked as TFRecord wants it.

    Those of one length are made together: byte by byte in Python one batch's would take twenty
    microseconds, more than all else that is told of it.
    """
    made = [b""] * len(contents)
    by_length = defaultdict[int, list[int]](list)
    for number, content in enumerate(contents):
        by_length[len(content)].append(number)
    for length, numbers in by_length.items():
        joined = b"".join(contents[number] for number in numbers)
        data = np.frombuffer(joined, np.uint8).reshape(len(numbers), length)
        crc = np.full(len(numbers), 0xFFFFFFFF, np.uint32)
        for at in range(0, length, _PIECE):
            crc = _continued(crc, data[:, at : at + _PIECE])
        crc ^= np.uint32(0xFFFFFFFF)
        masked = (crc >> 15 | crc << 17) + np.uint32(0xA282EAD8)
        for number, checksum in zip(numbers, masked.astype("<u4"), strict=True):
            made[number] = checksum.tobytes()
    return made


def _continued(crc: NDArray[np.uint32], data: NDArray[np.uint8]) -> NDArray[np.uint32]:
    """The registers uint32[n] after uint8[n, bytes], from what each byte does on its own."""
    length = data.shape[1]
    mixed = min(4, length)
    data = data.copy()
    data[:, :mixed] ^= crc.astype("<u4")[:, None].view(np.uint8)[:, :mixed]
    effects = _effects()[np.arange(_PIECE - length, _PIECE), data]
    made: NDArray[np.uint32] = np.bitwise_xor.reduce(effects, axis=1)
    return made if mixed == 4 else made ^ crc >> np.uint32(8 * mixed)


@lru_cache(maxsize=1)
def _effects() -> NDArray[np.uint32]:
    """uint32[_PIECE, 256]: what a byte at each place leaves in the register at the end."""
    last = np.arange(256, dtype=np.uint32)
    for _ in range(8):
        last = last >> np.uint32(1) ^ (last & np.uint32(1)) * np.uint32(_POLYNOMIAL)
    made = np.empty((_PIECE, 256), np.uint32)
    made[-1] = last
    for place in range(_PIECE - 2, -1, -1):
        after = made[place + 1]
        made[place] = last[after & 0xFF] ^ after >> 8
    return made
