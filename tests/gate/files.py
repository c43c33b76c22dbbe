"""Every kind of file that the package writes, written by its own commands; each once, when it is asked for."""

from __future__ import annotations

import csv
import datetime as dt
import re
import shutil
from collections.abc import Callable
from pathlib import Path

import openpyxl
from typer.testing import CliRunner

from tests import ROOT
from tests.gate.book import Book
from xl_infusion.cli import app
from xl_infusion.hosts.lite import workbook as lite
from xl_infusion.hosts.server import workbook as server
from xl_infusion.model import REMITTANCE
from xl_infusion.spreadsheet.xlsx.package import Package, SheetEdit, write
from xl_infusion.template.model_examples import REMITTANCE as PAID
from xl_infusion.workbook.ours import ADDIN, WORKBOOK

#: The year's workbook takes a minute to compute: the gate reads the one that ships, which a test builds anew.
SHIPPED = ROOT / "workbook"

#: Patients as nobody should write them, and yet: outer blanks, what reads as an escape, lines, signs of XML, a smiley.
ODD = (" PT-1 ", "PT_x0041_2", "PT\n3", "<PT&4>", "PT \N{GRINNING FACE}", "=PT+6", "PT\t7")


def run(*arguments: object) -> None:
    """A command, which must succeed."""
    found = CliRunner().invoke(app, [str(one) for one in arguments], env={"COLUMNS": "200", "NO_COLOR": "1"})
    assert found.exit_code == 0, found.output


class Files:
    """The files by their names. ``path`` writes one, once; ``book`` keeps the last that was read, for some are large."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._written: dict[str, Path] = {}
        self._read: tuple[str, Book] | None = None

    def path(self, name: str) -> Path:
        if name not in self._written:
            self._written[name] = MAKERS[name](self, self.folder / re.sub(r"\W+", "_", name))
        return self._written[name]

    def book(self, name: str) -> Book:
        if self._read is None or self._read[0] != name:
            self._read = name, Book(self.path(name).read_bytes(), self.path(name).name)
        return self._read[1]

    def copy(self, name: str, to: Path) -> Path:
        return Path(shutil.copyfile(self.path(name), to.with_suffix(".xlsx")))


def _new(*options: str) -> Callable[[Files, Path], Path]:
    def make(_: Files, at: Path) -> Path:
        run("new", at.with_suffix(".xlsx"), *options)
        return at.with_suffix(".xlsx")

    return make


def _typed(files: Files, at: Path) -> Path:
    """Orders typed over the examples, wrong ones too, and computed."""
    path = files.copy("new", at)
    with Package.open(path) as package:
        cells = {(5 + i, 2): text for i, text in enumerate(ODD)}
        write(package, path, {"Orders": SheetEdit(cells={**cells, (6, 5): "meropenum", (7, 6): "much", (8, 7): "q5h"})})
    run("fill", path)
    return path


def _saved_by_openpyxl(files: Files, at: Path) -> Path:
    """What a program of others opened, changed and saved, computed: it drops the marks of what spills."""
    path = files.copy("new", at)
    book = openpyxl.load_workbook(path)
    book["Orders"]["E6"] = "ceftriaxone"
    book.save(path)
    run("fill", path)
    return path


def _plain(_: Files, at: Path) -> Path:
    """A workbook of a user's own, without a table of ours, with one formula typed as a program types it."""
    path, book = at.with_suffix(".xlsx"), openpyxl.Workbook()
    orders, claim = book.active, book.create_sheet("Claim")
    orders.title = "Orders"
    orders.append(["Order", "Patient", "Drug", "Dose", "Interval", "Start", "End"])
    for number in range(40):
        orders.append(
            [number, f"PT-{number}", "ertapenem", "1 g", 24, dt.datetime(2025, 1, 1), dt.datetime(2025, 1, 9)]
        )
    claim["A3"], claim["A1"] = "=CLAIM_GRID(Orders!A1:G60)", "=SUM(J4:J500)"
    book.save(path)
    run("fill", path)
    return path


def _values(files: Files, at: Path) -> Path:
    run("fill", files.path("typed"), "--values", "--output", at.with_suffix(".xlsx"))
    return at.with_suffix(".xlsx")


def _paid(files: Files, at: Path) -> Path:
    """A remittance put in, below what is there, and computed."""
    path, export = files.copy("new", at), at.with_suffix(".csv")
    with export.open("w", newline="", encoding="utf-8") as file:
        out = csv.DictWriter(file, [column.name for column in REMITTANCE.columns])
        out.writeheader()
        out.writerows(PAID * 30)
    run("remit", export, path)
    run("fill", path)
    return path


def _ordered(files: Files, at: Path) -> Path:
    """Orders and visits put into an empty workbook out of a pharmacy's exports, and computed."""
    path, orders, visits = files.copy("new, empty", at), at.with_suffix(".orders.csv"), at.with_suffix(".visits.csv")
    lines = (f"RX-{n},PT-{n % 25},ceftriaxone,2 g,q24h,7/{n % 9 + 1}/2025,7/{n % 9 + 9}/2025" for n in range(60))
    orders.write_text("\n".join(["Rx number,MRN,Medication,Dose,Frequency,Start,Stop date", *lines]))
    visits.write_text("\n".join(["Patient,Date,Minutes", *(f"PT-{n % 25},7/{n % 9 + 1}/2025,90" for n in range(40))]))
    run("orders", orders, path)
    run("visits", visits, path)
    run("fill", path)
    return path


def _lite(files: Files, at: Path) -> Path:
    run("lite", at)
    return at / lite.WORKBOOK


def _lite_of_mine(files: Files, at: Path) -> Path:
    run("lite", at, "--workbook", files.path("typed"))
    return at / f"{files.path('typed').stem}_lite.xlsx"


def _server(files: Files, at: Path) -> Path:
    run("server", at, "--namespace", "HINF")
    return at / server.WORKBOOK


def _converted(files: Files, at: Path) -> Path:
    run("convert", files.path("paid"), "--to", "office-js", "--output", at.with_suffix(".xlsx"))
    return at.with_suffix(".xlsx")


def _converted_back(files: Files, at: Path) -> Path:
    run("convert", files.path("server"), "--to", "excel", "--output", at.with_suffix(".xlsx"))
    run("fill", at.with_suffix(".xlsx"))
    return at.with_suffix(".xlsx")


def _excel(name: str) -> Callable[[Files, Path], Path]:
    def make(files: Files, _: Path) -> Path:
        folder = files.folder / "excel"
        if not folder.exists():
            folder.mkdir()
            run("excel", "build", "--to", folder, "--empty")
        return folder / name

    return make


MAKERS: dict[str, Callable[[Files, Path], Path]] = {
    "new": _new(),
    "new, empty": _new("--empty"),
    "the year": lambda _, __: SHIPPED / "home_infusion_model.xlsx",
    "typed": _typed,
    "saved by openpyxl": _saved_by_openpyxl,
    "a user's own": _plain,
    "values": _values,
    "paid": _paid,
    "ordered": _ordered,
    "lite": _lite,
    "lite of a workbook": _lite_of_mine,
    "server": _server,
    "converted": _converted,
    "converted back": _converted_back,
    "with macros": _excel(WORKBOOK),
    "add-in": _excel(ADDIN),
}
