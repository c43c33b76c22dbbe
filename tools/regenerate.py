"""Makes what a program makes anew: ``python -m tools.regenerate [KIND ...]``, each kind a key of `MAKERS`.

names: those of the worksheet functions (xl_infusion/functions/published.py); terms: the defaults of contracts
(xl_infusion/reference/tables/terms.csv); edition: what pins the codes that ship (tests/edition.json); workbooks: the
five files of workbook/ and what the package is made of (sbom.cdx.json); pages: the help of the functions with what
stands beside the workbooks, docs/parity.md, and the tables that stand in other pages (`tools.tables`); terminal: the
pictures of commands. The other pictures are made apart, for they take LibreOffice and a browser (`docs.pictures.make`).
`tests/test_regenerated.py` fails where one of them is stale.
"""

from __future__ import annotations

import os
import runpy
import sys
from collections.abc import Sequence
from pathlib import Path

from tools import names

# The package is imported where it is used: it cannot be while a name of a function is gone, which `names` mends first.

ROOT = Path(__file__).parent.parent
WORKBOOKS = ROOT / "workbook"


def edition() -> None:
    """What pins the codes that ship."""
    from tools import edition

    edition.make()


def workbooks() -> None:
    """The two workbooks, the copy with values, the files for Excel on Windows, and the list of their parts."""
    from tools import sbom
    from xl_infusion.cli import app
    from xl_infusion.hosts.excel import files
    from xl_infusion.workbook.fill import fill

    billing = WORKBOOKS / "home_infusion_billing.xlsx"
    app(["new", str(billing), "--force"], standalone_mode=False)  # as a user makes them
    fill(billing, WORKBOOKS / "home_infusion_billing_values.xlsx", values=True)
    app(["new", str(WORKBOOKS / "home_infusion_model.xlsx"), "--model", "--force"], standalone_mode=False)
    files.build_workbook(WORKBOOKS / files.WORKBOOK)
    files.build_addin(WORKBOOKS / files.ADDIN)
    sbom.make()


def defaults() -> None:
    """The defaults of contracts, which whatever is made after them reads."""
    from tools import terms

    terms.make()


def pages() -> None:
    """The pages of the functions, IntelliSense, functions.json, the page of parity, and the tables of other pages."""
    from tests.parity import __main__ as parity
    from tools import tables

    runpy.run_path(str(ROOT / "docs" / "functions" / "make.py"), run_name="make")["main"]()
    parity.PAGE.write_text(parity.page(), "utf-8", newline="\n")
    tables.write()


def pictures() -> None:
    """The pictures of commands."""
    from docs.pictures import terminal

    terminal.make(ROOT / "docs" / "pictures")


MAKERS = {
    "names": names.make,
    "terms": defaults,
    "edition": edition,
    "workbooks": workbooks,
    "pages": pages,
    "terminal": pictures,
}


def main(kinds: Sequence[str] = ()) -> None:
    """Makes some kinds, or all. Errors: KeyError for a kind that is not there."""
    names.make()
    from xl_infusion.reference.editions import BUNDLED, VARIABLE

    os.environ[VARIABLE] = BUNDLED  # what ships answers from the codes that ship, whatever is in use on this machine
    for kind in kinds or MAKERS:
        MAKERS[kind]()
        print(f"{kind}: made")


if __name__ == "__main__":
    main(sys.argv[1:])
