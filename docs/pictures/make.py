"""Makes the pictures of the README out of a fresh workbook: ``python docs/pictures/make.py``.

It needs LibreOffice (soffice) and poppler (pdftoppm). LibreOffice works out every array formula when it opens a
file, and it does not know the functions; so the pictures are of a copy that holds their values alone. The checks
are pictured with a few things more wrong than in the examples: see `WRONG`.
"""

from __future__ import annotations

import re
import shutil
import struct
import subprocess
import tempfile
import zipfile
import zlib
from collections import Counter
from pathlib import Path

from xl_infusion.workbook.build import SHEETS
from xl_infusion.workbook.examples import ROWS
from xl_infusion.workbook.new import new_workbook

HERE = Path(__file__).parent
#: Picture -> the sheet, its width and that of the white around it in pixels, and how much of the width is shown.
PICTURES = {
    "start": ("Start", 1160, 20, 1160),
    "claim": ("Claim", 1960, 20, 1960),
    "checks": ("Checks", 1560, 20, 1560),
    "payers": ("Payers", 2900, 20, 1500),
}
#: (table, row of the examples) -> what is typed over it for the picture of the checks.
WRONG: dict[tuple[str, int], dict[str, str | int]] = {
    ("Orders", 1): {"Drug": "vancomicin"},
    ("Orders", 2): {"NDC": "", "Dose": "100 g"},
    ("Orders", 4): {"Authorization": ""},
    ("Orders", 5): {"Prescriber": 1987654238},
    ("Orders", 6): {"Interval": "q5h"},
    ("Visits", 8): {"Minutes": 330},
}
#: Colors nearer to each other than this (a sum of squares) are one in a picture.
_ALIKE = 40
_PAGES = 'pdf:calc_pdf_Export:{"SinglePageSheets":{"type":"boolean","value":"true"}}'


def main() -> None:
    """Writes every picture beside this file."""
    with tempfile.TemporaryDirectory() as folder:
        printed = {name: _printed(Path(folder, name), WRONG if name == "checks" else {}) for name in ("", "checks")}
        for name, (sheet, width, margin, shown) in PICTURES.items():
            pages = printed.get(name, printed[""])
            page = str(list(SHEETS).index(sheet) + 1)
            command = [
                "pdftoppm",
                "-f",
                page,
                "-l",
                page,
                "-singlefile",
                "-scale-to-x",
                str(width),
                "-scale-to-y",
                "-1",
            ]
            subprocess.run([*command, str(pages), str(Path(folder, name))], check=True)
            picture = _png(Path(folder, f"{name}.ppm").read_bytes(), margin, shown)
            (HERE / f"{name}.png").write_bytes(picture)
            print(f"{name}.png: {len(picture):,} bytes")


def _printed(folder: Path, wrong: dict[tuple[str, int], dict[str, str | int]]) -> Path:
    """A computed workbook as a PDF, one sheet a page; ``wrong`` is typed over its examples."""
    folder.mkdir(exist_ok=True)
    book, copy = folder / "book.xlsx", folder / "values.xlsx"
    examples = dict(ROWS)
    for (table, row), cells in wrong.items():
        rows = list(ROWS[table])
        rows[row] = {name: cell for name, cell in (rows[row] | cells).items() if cell != ""}
        ROWS[table] = tuple(rows)
    new_workbook(book)
    ROWS.update(examples)
    with zipfile.ZipFile(book) as source, zipfile.ZipFile(copy, "w") as target:
        for name in source.namelist():
            part = source.read(name)
            if name.startswith("xl/worksheets/sheet"):
                part = re.sub(rb'<f t="array"[^>]*>[^<]*</f>', b"", part).replace(b' cm="1"', b"")
            target.writestr(name, part)
    soffice = shutil.which("soffice") or "soffice"
    profile = f"-env:UserInstallation={(folder / 'profile').as_uri()}"
    subprocess.run([soffice, profile, "--headless", "--convert-to", _PAGES, "--outdir", str(folder), str(copy)],
                   check=True, capture_output=True)  # fmt: skip
    return folder / "values.pdf"


def _png(ppm: bytes, margin: int, shown: int) -> bytes:
    """A picture in PPM (P6) as a PNG of 256 colors, the most used that differ, with a white margin around it.

    ``shown``: the pixels of its width that are kept, from the left.
    """
    found = re.match(rb"P6\s+([0-9]+)\s+([0-9]+)\s+255\s", ppm)
    assert found is not None
    width, height = int(found[1]), int(found[2])
    whole = [ppm[at : at + 3] for at in range(found.end(), len(ppm), 3)]
    shown = min(shown, width)
    pixels = [pixel for at in range(0, width * height, width) for pixel in whole[at : at + shown]]
    width = shown
    used = Counter(pixels)
    palette: list[bytes] = []
    for color, _ in used.most_common():
        if len(palette) < 256 and all(_far(color, taken) > _ALIKE for taken in palette):
            palette.append(color)
    place = {color: min(range(len(palette)), key=lambda i: _far(color, palette[i])) for color in used}
    white = place[b"\xff\xff\xff"]
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


if __name__ == "__main__":
    main()
