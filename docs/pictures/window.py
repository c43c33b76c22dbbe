"""Pictures of the billing workbook in a real LibreOffice window, with the add-in in it, as PNG.

A screen of its own (Xvfb) with a window manager, a LibreOffice with a new profile in which ``xl-infusion calc
install`` put the functions, a fresh workbook opened in it as a person opens it. Debian: libreoffice-calc,
libreoffice-gtk3, python3-uno, xvfb, openbox, xdotool, imagemagick. Other fonts and versions give other bytes.
"""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from unittest import mock

from docs.pictures.png import png
from tests import libreoffice
from tests.hosts.calc.in_office import shared_extensions
from xl_infusion.hosts.calc.office import extension_manager, install, program_folders
from xl_infusion.workbook.new import new_workbook

WIDTH, HEIGHT = 1400, 820
_PIPE = "xl_infusion_pictures"
#: No tip of the day, no question about a new version: what a person has clicked away long ago.
_SETTINGS = """<?xml version="1.0" encoding="UTF-8"?>
<oor:items xmlns:oor="http://openoffice.org/2001/registry" xmlns:xs="http://www.w3.org/2001/XMLSchema">
<item oor:path="/org.openoffice.Office.Common/Misc"><prop oor:name="ShowTipOfTheDay"><value>false</value></prop></item>
<item oor:path="/org.openoffice.Office.Common/Misc"><prop oor:name="FirstRun"><value>false</value></prop></item>
<item oor:path="/org.openoffice.Office.Common/Misc"><prop oor:name="SymbolStyle"><value>colibre</value></prop></item>
</oor:items>
"""


def make(folder: Path) -> None:
    """Writes every picture into a folder."""
    with tempfile.TemporaryDirectory() as name, _screen():
        work = Path(name)
        book = work / "billing.xlsx"
        new_workbook(book)
        with shared_extensions(work / "extensions"):
            install(extension_manager(program_folders()), shared=True)
            with _office(work / "profile", book) as office:
                office.run(_SHOWN, "Claim", "A10")
                _photograph(folder / "calc_claim.png")
                office.run(_SHOWN, "Start", "A1")
                office.run(_WIZARD)
                _tool("search", "--name", "Function Wizard", "windowsize", "1000", "620", "windowmove", "200", "110")
                _photograph(folder / "calc_wizard.png")


@contextlib.contextmanager
def _screen() -> Iterator[None]:
    """A screen of the size of the pictures, with a window manager, for the programs of the block."""
    read, write = os.pipe()
    size = f"{WIDTH}x{HEIGHT}x24"
    server = subprocess.Popen(
        ["Xvfb", "-displayfd", str(write), "-screen", "0", size, "-nolisten", "tcp"],
        pass_fds=[write], stderr=subprocess.DEVNULL,
    )  # fmt: skip
    os.close(write)
    with os.fdopen(read) as said:
        display = f":{said.readline().strip()}"
    with mock.patch.dict(os.environ, {"DISPLAY": display, "SAL_USE_VCLPLUGIN": "gtk3", "GTK_THEME": "Adwaita"}):
        manager = subprocess.Popen(["openbox"], stderr=subprocess.DEVNULL)
        try:
            yield
        finally:
            for process in (manager, server):
                process.terminate()
                process.wait(10)


@contextlib.contextmanager
def _office(profile: Path, book: Path) -> Iterator[libreoffice.Office]:
    """A LibreOffice with a window that has opened the workbook."""
    (profile / "user").mkdir(parents=True)
    (profile / "user" / "registrymodifications.xcu").write_text(_SETTINGS)
    process = subprocess.Popen(
        [libreoffice.soffice(), f"-env:UserInstallation={profile.as_uri()}", "--norestore", "--nologo",
         f"--accept=pipe,name={_PIPE};urp;StarOffice.ComponentContext", str(book)],
        start_new_session=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, text=True,
    )  # fmt: skip
    try:
        office = libreoffice.Office(_PIPE, process)
        office.run(_OPENED)
        yield office
    finally:
        os.killpg(process.pid, signal.SIGTERM)
        process.wait(20)


def _tool(*arguments: str) -> None:
    subprocess.run(["xdotool", *arguments], check=True)


def _photograph(path: Path) -> None:
    time.sleep(4)  # until all is painted
    done = subprocess.run(["import", "-window", "root", "-depth", "8", "ppm:-"], capture_output=True, check=True)
    path.write_bytes(png(done.stdout))
    print(f"{path.name}: {path.stat().st_size:,} bytes")


_OPENED = """
import time
until = time.monotonic() + 60
while desktop.CurrentComponent is None or not hasattr(desktop.CurrentComponent, "Sheets"):
    assert time.monotonic() < until, "no workbook came up"
    time.sleep(0.5)
time.sleep(3)  # the add-in looks after the grids
"""

_SHOWN = """
name, place = arguments
document = desktop.CurrentComponent
controller = document.CurrentController
window = controller.Frame.ContainerWindow
window.IsMaximized = True
controller.ShowPageBreaks = False
sheet = document.Sheets.getByName(name)
controller.setActiveSheet(sheet)
controller.select(sheet.getCellRangeByName(place))
document.setModified(False)  # as it was opened
"""

#: The function wizard on a formula of a cell, as by Insert > Function; it stays open, so that nobody waits for it.
_WIZARD = """
import threading, time
document = desktop.CurrentComponent
controller = document.CurrentController
cell = document.Sheets.getByName("Start").getCellRangeByName("N4")
cell.Formula = "=CLAIM_GRID(Orders[#All];Visits[#All];Payers[#All];Rates[#All])"
controller.select(cell)
dispatcher = context.ServiceManager.createInstanceWithContext("com.sun.star.frame.DispatchHelper", context)
threading.Thread(
    target=dispatcher.executeDispatch, args=(controller.Frame, ".uno:FunctionDialog", "", 0, ()), daemon=True
).start()
time.sleep(4)
"""
