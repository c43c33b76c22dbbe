"""Small files in CMS's official layouts, with invented codes and descriptors."""

from __future__ import annotations

import csv
import io
import zipfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

import openpyxl

from xl_infusion.reference.cms.hcpcs import LAYOUT

#: The 48 headings in the order of the workbook.
HEADINGS = [
    "HCPC", "SEQNUM", "RECID", "LONG DESCRIPTION", "SHORT DESCRIPTION", "PRICE1", "PRICE2", "PRICE3", "PRICE4", "MULT_PI",
    "CIM1", "CIM2", "CIM3", "MCM1", "MCM2", "MCM3", "STATUTE", *(f"LABCERT{i}" for i in range(1, 9)),
    *(f"XREF{i}" for i in range(1, 6)), "COV", "ASC_GRP", "ASC_DT", "OPPS", "OPPS_PI", "OPPS_DT", "PROCNOTE", "BETOS",
    *(f"TOS{i}" for i in range(1, 6)), "ANEST_BU", "ADD DT", "ACT EFF DT", "TERM DT", "ACTION CD",
]  # fmt: skip
DISCLAIMER = [
    "***Disclaimers",
    "",
    "*A code that is listed need not be covered.",
    "",
    "*Names are for indexing.",
    "",
    "",
]


@dataclass(frozen=True)
class Code:
    """One code or modifier of a made release."""

    code: str
    long: str
    short: str = ""
    first: str = "20040101"
    last: str = ""
    acted: str = "20040101"
    action: str = "N"
    coverage: str = "C"
    more: Mapping[str, str] = field(default_factory=dict)

    @property
    def modifier(self) -> bool:
        return len(self.code) == 2

    def cells(self) -> dict[str, str]:
        return {
            "HCPC": f"   {self.code}" if self.modifier else self.code, "SEQNUM": "0010",
            "RECID": "7" if self.modifier else "3", "LONG DESCRIPTION": self.long,
            "SHORT DESCRIPTION": self.short or self.long[:28], "COV": self.coverage, "ADD DT": self.first,
            "ACT EFF DT": self.acted, "TERM DT": self.last, "ACTION CD": self.action, **self.more,
        }  # fmt: skip

    def row(self) -> list[str]:
        cells = self.cells()
        return [cells.get(heading, "") for heading in HEADINGS]

    def lines(self) -> list[str]:
        """The records of 320 columns, the description broken between words."""
        pieces, rest = [], self.long
        while len(rest) > 80:
            at = rest.rfind(" ", 0, 81)
            pieces.append(rest[:at])
            rest = rest[at + 1 :]
        pieces.append(rest)
        cells = self.cells()
        out = []
        for i, piece in enumerate(pieces):
            line = [" "] * 320
            put = {"HCPC": cells["HCPC"], "SEQNUM": f"{100 * (i + 1):05}", "LONG DESCRIPTION": piece}
            put["RECID"] = str(int(cells["RECID"]) + bool(i))
            for name, text in ({**cells, **put} if i == 0 else put).items():
                first, last = LAYOUT[name]
                line[first - 1 : first - 1 + len(text)] = text
                assert len(text) <= last - first + 1, name
            out.append("".join(line))
        return out


LONG = (
    "Injection, made-up antibiotic (maker one), not therapeutically equivalent to j0001, for intravenous infusion "
    "over one hour in a patient who cannot take it by mouth, with all that belongs to its preparation, 500 mg"
)
#: A whole release: modifiers, a code of every letter, and the last one.
RELEASE = [
    Code("A1", "Made modifier for one thing"), Code("ZZ", "Made modifier for two things"),
    *(Code(f"{letter}0001", f"Made thing of letter {letter}") for letter in "ABCEGH"),
    Code("J0001", "Injection, made-up, 100 mg", "Injection, made-up", more={"PRICE1": "51", "BETOS": "O1E", "TOS1": "1"}),
    Code("J0002", LONG, "Inj made-up (maker one)", "20250101", "20250930", "20251001", "D", more={"XREF1": "J0003"}),
    Code("J0003", "Injection, made-up, 10 mg", "Injection, made-up", "20251001", acted="20251001", action="A"),
    *(Code(f"{letter}0001", f"Made thing of letter {letter}") for letter in "KLMPQRST"),
    Code("V5364", "Made last thing"),
]  # fmt: skip


def lines(codes: Sequence[Code]) -> list[str]:
    return [line for code in codes for line in code.lines()]


def rows(codes: Sequence[Code], preamble: int = 0) -> list[list[str]]:
    """The 48 columns under their headings, below ``preamble`` rows."""
    above = [[text] + [""] * 47 for text in (DISCLAIMER * 2)[:preamble]]
    return [*above, HEADINGS, *(code.row() for code in codes)]


def csv_bytes(table: Sequence[Sequence[str]], encoding: str = "latin-1") -> bytes:
    out = io.StringIO()
    csv.writer(out).writerows(table)
    return out.getvalue().encode(encoding)


def write(path: Path, content: str | bytes | Sequence[str] | Sequence[Sequence[object]]) -> Path:
    """The file at ``path``: bytes and text as they are, lines as a text, rows as a .csv or .xlsx."""
    if isinstance(content, bytes):
        path.write_bytes(content)
    elif isinstance(content, str):
        path.write_bytes(content.encode("latin-1"))
    elif path.suffix == ".txt":
        path.write_bytes("".join(f"{line}\r\n" for line in content).encode("latin-1"))
    elif path.suffix == ".csv":
        path.write_bytes(csv_bytes(content))  # type: ignore[arg-type]
    else:
        sheets(path, {path.stem: content})  # type: ignore[dict-item]
    return path


def sheets(path: Path, named: Mapping[str, Sequence[Sequence[object]]]) -> Path:
    workbook = openpyxl.Workbook()
    workbook.remove(workbook.active)
    for name, table in named.items():
        sheet = workbook.create_sheet(name[:31])
        for row in table:
            sheet.append(list(row))
    workbook.save(path)
    return path


def zipped(path: Path, members: Mapping[str, bytes]) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in members.items():
            archive.writestr(name, data)
    return path


def changed(codes: Sequence[Code], which: str, **fields: object) -> list[Code]:
    return [replace(one, **fields) if one.code == which else one for one in codes]  # type: ignore[arg-type]


EFFECTIVE = "Effective October 1, 2025 through December 31, 2025"


def prices(*data: Sequence[str]) -> list[list[str]]:
    """A pricing file: title, quarter, notes, headings; rows of code, short, dosage, limit, coinsurance, notes."""
    width = 11
    head = [
        "Payment Allowance Limits for Made Drugs",
        "",
        EFFECTIVE,
        "",
        "Note 1: based on 2Q25 ASP data.",
        "Note 2",
        "",
        "",
    ]
    headings = ["HCPCS Code", "Short Description", "HCPCS Code Dosage", "Payment Limit", "Co-insurance Percentage",
                "Vaccine AWP%", "Vaccine Limit", "Blood AWP%", "Blood limit", "Clotting Factor", "Notes"]  # fmt: skip
    above = [[text] + [""] * (width - 1) for text in head]
    return [*above, headings, *([*row[:5], "", "", "", "", "", row[5]] for row in data)]


PRICED = [
    ("90001", "Made vaccine", "1 ML", "134.194", "20.000", ""),
    ("J0001", "Injection, made-up", "100 MG", "1.234", "20.000", "Made\nnote"),
    ("J0003", "Injection, made-up", "10 MG", "0.125", "19.177", ""),
    ("Q0001", "Made thing", "1 MG", "N/A", "20.000", ""),
]


def crosswalk(*data: Sequence[str], code: str = "_2025_CODE", width: int = 250) -> list[list[str]]:
    """A crosswalk: 8 rows of preamble, some 240 empty columns; the first heading changes with the year."""
    head = [
        "October 2025 ASP NDC - HCPCS Crosswalk for Made Drugs",
        "",
        f"     {EFFECTIVE}",
        "",
        "For made drugs only.",
        "",
        "",
        "",
    ]
    headings = [code, "Short Description", "LABELER NAME", "NDC2", "Drug Name", "HCPCS dosage ", "PKG SIZE", "PKG QTY",
                "BILLUNITS", "BILLUNITSPKG"]  # fmt: skip
    return [
        [*row, *[""] * (width - len(row))]
        for row in ([[text] for text in head] + [headings] + [list(row) for row in data])
    ]


CROSSED = [
    ("J0001", "Injection, made-up", "Maker One", "99999-0001-01", "Made-up", "100 MG", "1", "10", "5", "50"),
    ("J0001", "Injection, made-up", "Maker One", "99999000201", "Made-up ", "100 MG", "20", "1", "0.75", "1"),
    ("Q0001", "Made thing", "Maker Two", "PS-12", "Made thing", "1 SQ CM", "4", "1", "4", "4"),
]
