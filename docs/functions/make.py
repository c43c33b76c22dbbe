"""Writes the help of the worksheet functions, all of it read off the functions: a page for each and their index
here, and beside the shipped workbooks the IntelliSense file and the Office.js metadata (functions.json).

Run it after a function has changed. Where the pages are published, name their address:

    python docs/functions/make.py https://example.org/functions/
"""

from __future__ import annotations

import os
import sys
from pathlib import Path

from xl_infusion.reference.editions import BUNDLED, VARIABLE

os.environ[VARIABLE] = BUNDLED  # the examples answer from the codes that ship, whatever is in use on this machine

from xl_infusion.help.functions_json import functions_json
from xl_infusion.help.pages import BASE, pages
from xl_infusion.hosts.excel.intellisense import beside, intellisense

HERE = Path(__file__).parent
WORKBOOKS = HERE.parent.parent / "workbook"


def files(base: str = BASE) -> dict[Path, str]:
    """Every file that is written, with its text; ``base``: the address of the folder of the pages."""
    return {
        **{HERE / name: text for name, text in pages().items()},
        beside(WORKBOOKS / "home_infusion_billing.xlsx"): intellisense(base),
        WORKBOOKS / "functions.json": functions_json(base),
    }


def main(base: str = BASE) -> None:
    """Writes the files, and removes the pages of functions that there are no more."""
    made = files(base)
    for path, text in made.items():
        temporary = path.with_name(f".{path.name}.part")
        try:
            temporary.write_text(text, "utf-8", newline="\n")
            temporary.replace(path)
        finally:
            temporary.unlink(missing_ok=True)
    for path in HERE.glob("*.md"):
        if path not in made:
            path.unlink()
    print(f"{len(made)} files")


if __name__ == "__main__":
    main(*sys.argv[1:2])
