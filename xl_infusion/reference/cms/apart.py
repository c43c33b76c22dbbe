"""The sheets of a workbook, read in a process of their own.

Who reads them is native code: a file that lies of itself makes it abort, go round for ever, or take all memory. Then
that process ends, within its limits, and not the one that asked.
"""

from __future__ import annotations

import io
import pickle
import subprocess
import sys
from collections.abc import Sequence
from typing import BinaryIO

#: Seconds of work, and bytes of memory: ten times what October 2025's crosswalk takes.
MOST_SECONDS, MOST_BYTES = 300, 4 << 30
#: The name of a sheet, and its rows.
Sheets = Sequence[tuple[str, Sequence[Sequence[object]]]]

_CHILD = "import sys; from xl_infusion.reference.cms.apart import answer; answer(sys.stdin.buffer, sys.stdout.buffer)"


class Unreadable(Exception):
    """The workbook cannot be read; the text says why."""


def sheets(data: bytes, seconds: float = MOST_SECONDS) -> Sheets:
    """The sheets of a workbook, from A1 on. Errors: `Unreadable`; ImportError where there is no reader."""
    import python_calamine  # noqa: F401  the child has it too

    command = [sys.executable, "-P", "-c", _CHILD]
    try:
        done = subprocess.run(command, input=data, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, timeout=seconds)
    except subprocess.TimeoutExpired:
        raise Unreadable(f"it takes more than {seconds:g} seconds") from None
    if done.returncode:
        raise Unreadable("it is damaged, or made to do harm")
    found: Sheets | str = pickle.loads(done.stdout)  # what `answer` wrote, nobody else
    if isinstance(found, str):
        raise Unreadable(found)
    return found


def answer(asked: BinaryIO, said: BinaryIO, most: int = MOST_BYTES) -> None:
    """Reads a workbook and writes its sheets, or why it cannot be read, for `sheets`."""
    _limit(most)
    from python_calamine import CalamineError, CalamineWorkbook

    found: Sheets | str
    try:
        book = CalamineWorkbook.from_filelike(io.BytesIO(asked.read()))
        found = [(name, book.get_sheet_by_name(name).to_python(skip_empty_area=False)) for name in book.sheet_names]
    except (CalamineError, OSError, ValueError) as error:
        found = str(error)
    pickle.dump(found, said, protocol=pickle.HIGHEST_PROTOCOL)


def _limit(most: int) -> None:
    """Limits the memory of this process, where the system can."""
    try:
        import resource

        resource.setrlimit(resource.RLIMIT_AS, (most, most))
    except (ImportError, OSError, ValueError):
        pass
