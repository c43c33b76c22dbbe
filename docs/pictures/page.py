"""The picture of a report, as PNG: the page over the invented year, as Chromium shows its beginning.

Debian: chromium. Pillow comes with matplotlib. Other fonts and versions give other bytes.
"""

from __future__ import annotations

import shutil
import subprocess
import tempfile
from pathlib import Path

from PIL import Image

from docs.pictures.png import png
from xl_infusion.template.build import build
from xl_infusion.workbook.report import write_report

#: What is shown of the page, in pixels: the figures, what it rests on, what is expected by month, payer and therapy.
WIDTH, HEIGHT = 1240, 1428
WORKBOOK = "home_infusion_year.xlsx"


def make(to: Path) -> None:
    """Writes the picture into a folder."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        book, page, shot = folder / WORKBOOK, folder / "report.html", folder / "report.png"
        build(book, year=True)
        write_report(book, page)
        chromium = shutil.which("chromium") or shutil.which("google-chrome") or "chromium"
        subprocess.run(
            [chromium, "--headless", "--no-sandbox", "--disable-gpu", "--hide-scrollbars", f"--user-data-dir={folder}",
             f"--window-size={WIDTH},{HEIGHT}", f"--screenshot={shot}", page.as_uri()],
            check=True, capture_output=True,
        )  # fmt: skip
        with Image.open(shot) as image:
            seen = image.convert("RGB").resize((WIDTH * 4 // 5, HEIGHT * 4 // 5), Image.Resampling.LANCZOS)
        picture = png(b"P6 %d %d 255\n" % seen.size + seen.tobytes())
        (to / "report.png").write_bytes(picture)
        print(f"report.png: {len(picture):,} bytes")
