"""Makes the pictures of the documents: ``python -m docs.pictures.make``, or ``... make sheets terminal window page``.

sheets: the sheets of a fresh workbook, printed by LibreOffice; it needs soffice and poppler (pdftoppm). LibreOffice
works out every array formula when it opens a file, and without the add-in it does not know the functions; so these are
of a copy that holds their values alone. The checks are pictured with a few things more wrong than in the examples: see
`WRONG`. terminal: what commands print (`docs.pictures.terminal`). window: the workbook in a LibreOffice window
(`docs.pictures.window`, which says what that needs). page: a report in a browser (`docs.pictures.page`).
model: the sheets for finance over a year (`docs.pictures.model`).
"""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
import tempfile
import zipfile
from pathlib import Path

from docs.pictures import model, page, terminal, window
from docs.pictures.png import png
from xl_infusion.template.build import SHEETS
from xl_infusion.template.examples import ROWS
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
_PAGES = 'pdf:calc_pdf_Export:{"SinglePageSheets":{"type":"boolean","value":"true"}}'


def main(kinds: list[str]) -> None:
    """Writes the pictures of some kinds, or of all, beside this file."""
    makers = {
        "sheets": _sheets,
        "terminal": terminal.make,
        "window": window.make,
        "page": page.make,
        "model": model.make,
    }
    for kind in kinds or makers:
        makers[kind](HERE)


def _sheets(to: Path) -> None:
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
            picture = png(Path(folder, f"{name}.ppm").read_bytes(), margin, shown)
            (to / f"{name}.png").write_bytes(picture)
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
                part = re.sub(rb"<f[^>]*>[^<]*</f>", b"", part).replace(b' cm="1"', b"")
            target.writestr(name, part)
    soffice = shutil.which("soffice") or "soffice"
    profile = f"-env:UserInstallation={(folder / 'profile').as_uri()}"
    subprocess.run([soffice, profile, "--headless", "--convert-to", _PAGES, "--outdir", str(folder), str(copy)],
                   check=True, capture_output=True)  # fmt: skip
    return folder / "values.pdf"


if __name__ == "__main__":
    main(sys.argv[1:])
