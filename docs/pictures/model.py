"""The pictures of docs/model.md: parts of the sheets for finance, printed by LibreOffice out of a fresh year.

Lines far below are taken off before: a picture shows the top, and six thousand of them print slowly.
"""

from __future__ import annotations

import re
import shutil
import subprocess
import tempfile
import zipfile
from pathlib import Path

from docs.pictures.png import png
from xl_infusion.template.build import SHEETS
from xl_infusion.workbook.new import new_workbook

#: Picture -> its sheet, the width of the whole page in pixels, and what is cut out of it: left, top, width, height.
PICTURES = {
    "scenarios": ("Scenarios", 2300, (0, 0, 2300, 427)),
    "model": ("Model", 8492, (0, 0, 2575, 800)),
    "terms": ("Model", 8492, (2583, 40, 1790, 550)),
    "forecast": ("Model", 8492, (4390, 80, 1240, 700)),
    "expected": ("Expected", 2300, (0, 0, 2300, 560)),
    "variance": ("Variance", 5200, (0, 0, 1632, 825)),
}
#: Sheet -> how many of its thousands of rows are kept.
ROWS = {"Claim": 20, "Expected": 34, "Model": 75, "Variance": 50}
_MARGIN = 20
_PAGES = 'pdf:calc_pdf_Export:{"SinglePageSheets":{"type":"boolean","value":"true"}}'


def make(to: Path) -> None:
    """Writes every picture into ``to``."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        pages = _printed(folder)
        for picture, (sheet, width, (left, top, wide, high)) in PICTURES.items():
            page = str(list(SHEETS).index(sheet) + 1)
            cut = ["-x", str(left), "-y", str(top), "-W", str(wide), "-H", str(high)]
            command = f"pdftoppm -f {page} -l {page} -singlefile -scale-to-x {width} -scale-to-y -1".split()
            subprocess.run([*command, *cut, str(pages), str(folder / picture)], check=True)
            data = png((folder / f"{picture}.ppm").read_bytes(), _MARGIN, wide)
            (to / f"{picture}.png").write_bytes(data)
            print(f"{picture}.png: {len(data):,} bytes")


def _printed(folder: Path) -> Path:
    """The workbook as a PDF, a sheet a page."""
    book, copy = folder / "book.xlsx", folder / "values.xlsx"
    new_workbook(book, year=True)
    names = [*SHEETS, "Lists"]
    with zipfile.ZipFile(book) as source, zipfile.ZipFile(copy, "w") as target:
        for name in source.namelist():
            part = source.read(name)
            if found := re.fullmatch(r"xl/worksheets/sheet(\d+)\.xml", name):
                part = re.sub(rb'<f t="array"[^>]*>[^<]*</f>', b"", part).replace(b' cm="1"', b"")
                if kept := ROWS.get(names[int(found[1]) - 1]):
                    cut = part.find(f'<row r="{kept + 1}"'.encode())
                    part = part[:cut] + part[part.index(b"</sheetData>") :]
            target.writestr(name, part)
    soffice = shutil.which("soffice") or "soffice"
    profile = f"-env:UserInstallation={(folder / 'profile').as_uri()}"
    subprocess.run([soffice, profile, "--headless", "--convert-to", _PAGES, "--outdir", str(folder), str(copy)],
                   check=True, capture_output=True)  # fmt: skip
    return folder / "values.pdf"
