"""What can be wrong with a user's workbook file. Every text is one line: which file, what, and the remedy."""

from __future__ import annotations

#: remedies that many errors share
SAVE_ANEW = "open the workbook in Excel and save it anew"
REPAIR = "open the workbook in Excel and let it repair it"
DO_NOT_OPEN = "do not open it"


class WorkbookError(Exception):
    """A workbook cannot be read or written as asked. The text is for people: which file, what, the remedy.

    ``status``: the exit status of a program that ends by it.
    """

    status = 4


class UnreadableWorkbook(WorkbookError):
    """There is no such file, it is a folder, or the user may not read it."""

    status = 3


class NotAWorkbook(WorkbookError):
    """The file is something else than an .xlsx or .xlsm workbook."""


class EncryptedWorkbook(WorkbookError):
    """The file needs a password to be opened."""


class DamagedWorkbook(WorkbookError):
    """The file is cut off or contradicts itself."""


class HostileWorkbook(WorkbookError):
    """The file is built to do harm: a zip bomb, XML entities, part names that lead out of the package."""


class LockedWorkbook(WorkbookError):
    """Somebody has the workbook open."""

    status = 5


class ChangedWorkbook(WorkbookError):
    """The file on disk is no longer the one that was read."""

    status = 5


class SignedWorkbook(WorkbookError):
    """The workbook carries a digital signature, which any change would break."""


class UnwritableWorkbook(WorkbookError):
    """The result cannot be stored at its destination."""

    status = 3


class NoSuchSheet(WorkbookError):
    """The workbook has no sheet of that name."""


class UnwritableCell(WorkbookError):
    """There is no such cell, or it cannot hold what it was to be given."""


class UnwritableValue(UnwritableCell):
    """A value that no cell of a workbook can hold: NaN, a text of more than 32,767 characters."""


class NotPlain(Exception):
    """A worksheet part is correct XML, but not in the form that the fast readers know."""
