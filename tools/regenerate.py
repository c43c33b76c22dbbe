"""Makes every shipped file that a program makes anew: ``python -m tools.regenerate [workbooks] [pages] [terminal]``.

workbooks: the five files of workbook/ and what the package is made of (sbom.cdx.json); pages: the help of the functions
with what stands beside the workbooks, and docs/parity.md; terminal: the pictures of commands. The other pictures are
made apart, for they take LibreOffice and a browser (`docs.pictures.make`).
"""

from __future__ import annotations

import os
import runpy
import sys
from collections.abc import Sequence
from pathlib import Path

from xl_infusion.reference.editions import BUNDLED, VARIABLE

os.environ[VARIABLE] = BUNDLED  # what ships answers from the codes that ship, whatever is in use on this machine

from docs.pictures import terminal
from tests.parity import __main__ as parity
from tools import sbom
from xl_infusion.hosts.excel import files
from xl_infusion.workbook.fill import fill
from xl_infusion.workbook.new import new_workbook

ROOT = Path(__file__).parent.parent
WORKBOOKS = ROOT / "workbook"


def workbooks() -> None:
    """The two workbooks, the copy with values, the files for Excel on Windows, and the list of their parts."""
    billing = WORKBOOKS / "home_infusion_billing.xlsx"
    new_workbook(billing)
    fill(billing, WORKBOOKS / "home_infusion_billing_values.xlsx", values=True)
    new_workbook(WORKBOOKS / "home_infusion_model.xlsx", year=True)
    files.build_workbook(WORKBOOKS / files.WORKBOOK)
    files.build_addin(WORKBOOKS / files.ADDIN)
    sbom.make()


def pages() -> None:
    """The pages of the functions, IntelliSense, functions.json, and the page of parity."""
    runpy.run_path(str(ROOT / "docs" / "functions" / "make.py"), run_name="make")["main"]()
    parity.PAGE.write_text(parity.page(), "utf-8", newline="\n")


MAKERS = {"workbooks": workbooks, "pages": pages, "terminal": lambda: terminal.make(ROOT / "docs" / "pictures")}


def main(kinds: Sequence[str] = ()) -> None:
    """Makes some kinds, or all. Errors: KeyError for a kind that is not there."""
    for kind in kinds or MAKERS:
        MAKERS[kind]()
        print(f"{kind}: made")


if __name__ == "__main__":
    main(sys.argv[1:])
