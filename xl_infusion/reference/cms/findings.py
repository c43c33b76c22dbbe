"""What is wrong with a file of CMS: one row at a time as a finding, the whole file as an error.

A damaged row is told and left out; where too many rows are damaged the file is refused, since what is left
would be half a release.

>>> str(Remark(12, "J2185", "TERM DT '20251399' is no date", left_out=True))
"row 12 (J2185): TERM DT '20251399' is no date; left out"
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

from xl_infusion.errors import ReferenceTableError

#: So many damaged rows are told one by one in any file, however small the share.
FEW = 10
#: From so many records on, shares of them mean something.
MANY = 50


class CmsFileError(ReferenceTableError):
    """A file that is refused as a whole: which, where, why, and what to do instead."""

    status = 4


class NoneOfCms(CmsFileError):
    """A file that is another's: nothing in it is laid out as CMS's code files are."""


class NoCmsFile(CmsFileError):
    """There is no such file, or it may not be read, or it is a folder, a device or a pipe."""

    status = 3


@dataclass(frozen=True, slots=True)
class Remark:
    """One thing wrong with a file: ``row`` is the line or sheet row as it is numbered there, 0 the whole file.

    ``left_out`` is True where the row is not among the records; False where it is, and should be looked at.
    """

    row: int
    code: str
    what: str
    left_out: bool

    def __str__(self) -> str:
        where = f"row {self.row}" if self.row else "the file"
        code = f" ({self.code})" if self.code else ""
        return f"{where}{code}: {self.what}" + ("; left out" if self.left_out else "")


class Findings:
    """Collects the findings of one file, ``file`` being the name that its errors give."""

    def __init__(self, file: str) -> None:
        self.file = file
        self.found: list[Remark] = []

    def leave_out(self, row: int, code: str, what: str) -> None:
        """A row that is not used."""
        self.found.append(Remark(row, code, what, left_out=True))

    def note(self, row: int, code: str, what: str) -> None:
        """What should be looked at, the row being used."""
        self.found.append(Remark(row, code, what, left_out=False))

    def error(self, what: str) -> CmsFileError:
        """The refusal of the file, to be raised."""
        return CmsFileError(f"{self.file}: {what}")

    def judge(self, used: int, share: float) -> None:
        """Refuses the file when no row is left, or when the damaged ones are many: `CmsFileError`.

        ``used``: the records that are left; ``share``: the part of all rows that may be damaged.
        """
        damaged = {finding.row: finding for finding in self.found if finding.left_out}
        if not used and not damaged:
            raise self.error("no record stands below the column headings: download the file again")
        if used and len(damaged) <= max(FEW, share * (used + len(damaged))):
            return
        first = damaged[min(damaged)]
        ((usual, times),) = Counter(finding.what for finding in damaged.values()).most_common(1)
        more = f", {times} of them {usual!r}" if times > 1 else ""
        raise self.error(
            f"{len(damaged)} of {used + len(damaged)} rows are damaged (the first is {first}{more}): "
            "it is not used; download it again, and open it in no other program before"
        )

    def sorted(self) -> tuple[Remark, ...]:
        """The findings in the order of the file, those of the whole file first."""
        return tuple(sorted(self.found, key=lambda finding: finding.row))
