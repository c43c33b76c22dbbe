"""How a command ends: the exit statuses, one for one kind of failure in every command.

A failure's class says its own (``status``); where none does, it is that of what it is a kind of: a file that the system
does not give or take, codes that cannot be read, else a file that is none of its kind.
"""

from __future__ import annotations

NO, WRONG_LINE, NO_FILE, NOT_A_WORKBOOK, IN_USE, BLOCKED, NOT_BILLABLE, NO_CLAIM, NO_LIBRARY = range(1, 10)
#: Whoever read the output went away, as `head` does: the status of a program which the signal SIGPIPE ends.
READER_GONE = 141

#: The README's table: what each status says, of whichever command.
EXITS = {
    "0": "done, or nothing to do",
    "1": "no: `codes find`, `codes history` found nothing, `codes check` older codes, `doctor` an error; `calc`: "
    "LibreOffice is not there or refuses",
    "2": "wrong command line",
    "3": "no such file (or edition), no permission, a full disk; a file that is there already and may not be replaced; "
    "the output cannot be written",
    "4": "the file is none of its kind, encrypted, damaged or hostile",
    "5": "open in another program, or changed meanwhile",
    "6": "something is in the way of a grid or of rows",
    "7": "`fill --strict`: a line cannot be billed, a call has no result, a row is in no table or adds one up, or a "
    "check finds an error",
    "8": "a grid cannot be computed: the file or the table lacks a column, a claim grid reads a formula that cannot be "
    "worked out, the codes in use cannot be read, or all calls are another add-in's. A grid that has no answer yet (no "
    "rates, too short a history) shows `#N/A`, is named, and does not count",
    "9": "a library is not installed (`report`)",
    "141, 143, 129, 130": "ended from outside: whoever read the output went away (`head`), kill, the terminal closed, "
    "Ctrl+C. The file is as it was, or done",
}


def status_of(error: Exception) -> int:
    """The status with which a command ends by a failure.

    >>> from xl_infusion.spreadsheet.xlsx.errors import LockedWorkbook
    >>> status_of(LockedWorkbook("open")), status_of(FileNotFoundError("no such file"))
    (5, 3)
    """
    status: int = getattr(error, "status", NO_FILE if isinstance(error, OSError) else NOT_A_WORKBOOK)
    return status
