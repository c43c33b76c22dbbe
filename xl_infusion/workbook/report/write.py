"""Writing a report: reads the workbook, sets the page, and puts it in its place at once."""

from __future__ import annotations

import importlib.util
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from xl_infusion.spreadsheet import disk
from xl_infusion.spreadsheet.formula.totals import Totals
from xl_infusion.workbook.report import answers
from xl_infusion.workbook.report.parts import Section
from xl_infusion.workbook.report.tables import tables_of

#: The libraries of the extra ``report``: the module, and what pip is asked for.
LIBRARIES = {"jinja2": "jinja2>=3.1,<4", "matplotlib": "matplotlib>=3.9,<4"}


class Missing(Exception):
    """A library that sets or draws the page is not installed: which, and the command that installs it."""

    status = 9


@dataclass(frozen=True, slots=True)
class Written:
    """A report that was written: where, its size, its sections, and the rows of totals that it does not count.

    ``wrong``: why a table is none, so that sections which read it have nothing to say.
    """

    path: Path
    size: int
    sections: list[Section]
    totals: Sequence[Totals] = ()
    wrong: str = ""


def write_report(source: str | Path, output: str | Path, scenario: str | None = None) -> Written:
    """Writes the report of a workbook as an HTML page; the same workbook gives the same bytes.

    ``scenario``: which one is held against the contracts as they are; None: the one that is chosen on the sheet Model
    (Proposed), and where none is, the first that changes them.
    Errors: `Missing`, `NoScenario`, and those of a workbook that cannot be read (`WorkbookError`); OSError when
    ``output`` cannot be written, and then nothing is.
    """
    check_libraries()
    from xl_infusion.workbook.report.page import page

    source, output = Path(source), Path(output)
    tables = tables_of(source)
    found = answers.report(tables, source.name, scenario)
    data = page(found).encode()
    disk.write(output, data)
    return Written(output, len(data), found.sections, tables.totals, tables.wrong)


def check_libraries() -> None:
    """Errors: `Missing`."""
    lacking = [name for name in LIBRARIES if sys.modules.get(name, name) is None or not importlib.util.find_spec(name)]
    if lacking:
        wanted = " ".join(f'"{LIBRARIES[name]}"' for name in lacking)
        raise Missing(
            f"a report needs {' and '.join(lacking)}, not installed here: run {sys.executable} -m pip install {wanted}"
        )
