"""A picture as a small PNG, written without an imaging library."""

from __future__ import annotations

import re
import struct
import zlib
from collections import Counter

#: Colors nearer to each other than this (a sum of squares) are one in a picture.
_ALIKE = 40
_WHITE = b"\xff\xff\xff"


def png(ppm: bytes, margin: int = 0, shown: int | None = None) -> bytes:
    """A picture in PPM (P6) as a PNG of 256 colors, the most used that differ, with a white margin around it.

    ``shown``: the pixels of its width that are kept, from the left; None for all. White rows at its end are not.
    """
    found = re.match(rb"P6\s+([0-9]+)\s+([0-9]+)\s+255\s", ppm)
    assert found is not None
    width, height = int(found[1]), int(found[2])
    whole = [ppm[at : at + 3] for at in range(found.end(), len(ppm), 3)]
    shown = width if shown is None else min(shown, width)
    lines = [whole[at : at + shown] for at in range(0, width * height, width)]
    while len(lines) > 1 and set(lines[-1]) == {_WHITE}:
        lines.pop()
    pixels = [pixel for line in lines for pixel in line]
    width, height = shown, len(lines)
    used = Counter([*pixels, _WHITE])
    palette: list[bytes] = []
    for color, _ in used.most_common():
        if len(palette) < 256 and all(_far(color, taken) > _ALIKE for taken in palette):
            palette.append(color)
    place = {color: min(range(len(palette)), key=lambda i: _far(color, palette[i])) for color in used}
    white = place[_WHITE]
    side, blank = bytes([white] * margin), bytes([white] * (width + 2 * margin))
    rows = [side + bytes(place[pixel] for pixel in pixels[at : at + width]) + side
            for at in range(0, width * height, width)]  # fmt: skip
    scan = b"".join(b"\x00" + row for row in [*[blank] * margin, *rows, *[blank] * margin])

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    head = struct.pack(">IIBBBBB", width + 2 * margin, height + 2 * margin, 8, 3, 0, 0, 0)
    parts = ((b"IHDR", head), (b"PLTE", b"".join(palette)), (b"IDAT", zlib.compress(scan, 9)), (b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(chunk(kind, data) for kind, data in parts)


def _far(one: bytes, other: bytes) -> int:
    return sum((a - b) ** 2 for a, b in zip(one, other, strict=True))
