"""A fresh billing workbook: the template, computed by the same fill that computes a user's workbook."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

from xl_infusion.workbook.build import build
from xl_infusion.workbook.fill import fill


def new_workbook(path: str | Path, *, examples: bool = True, year: bool = False) -> None:
    """Writes the billing workbook to ``path``, computed; the same bytes every time.

    ``examples``: with the example orders, or with empty tables; ``year``: with an invented year of orders in their
    place. Errors: OSError when it cannot be written.
    """
    path = Path(path)
    handle, name = tempfile.mkstemp(prefix=".new-", suffix=".xlsx", dir=path.absolute().parent)
    os.close(handle)
    temporary = Path(name)
    try:
        build(temporary, examples=examples, year=year)
        fill(temporary)
        umask = os.umask(0)
        os.umask(umask)
        temporary.chmod(0o666 & ~umask)
        temporary.replace(path)
    finally:
        temporary.unlink(missing_ok=True)
