"""`read`: any of CMS's code files, which it recognises by what stands in it, and what it holds.

A file is a HCPCS release (.xlsx, .csv, fixed-width .txt), an ASP pricing file or an ASP NDC-HCPCS crosswalk
(.xlsx, .csv), or the .zip in which CMS gives each of them for download. What is none of them is refused.

>>> import tempfile
>>> head = f"J9990001003{'Injection, made-up, 5 mg':80}{'Inj, made-up':28}"
>>> line = f"{head}{'C':>111}{'':38}2025100120251001{'':8}A{'':27}"
>>> with tempfile.TemporaryDirectory() as folder:
...     path = Path(folder) / "HCPC2025_OCT_ANWEB.txt"
...     _ = path.write_text(line)
...     release = read(path)
>>> print(release.quarter, release.rows, release.whole, release.records[0].code, release.records[0].first_day)
October 2025 1 False J9990 2025-10-01
>>> print(release.findings[0].what)
no modifiers and no A, B, C, E, G, H, K, L, M, P, Q, R, S, T, V codes: it is not a whole release, or was cut off
"""

from __future__ import annotations

import datetime as dt
import hashlib
import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

from xl_infusion.errors import kept
from xl_infusion.reference.cms import asp, columns, files, hcpcs
from xl_infusion.reference.cms.findings import CmsFileError, Findings, NoneOfCms, Remark
from xl_infusion.reference.cms.quarters import Quarter, quarter_of, quarter_on, quarter_reached, year_of


@dataclass(frozen=True, slots=True, kw_only=True)
class Release:
    """What a file of CMS says it is. ``file`` is its name, ``member`` which file of a .zip was read (or '').

    ``quarter`` is what it governs: as the file states, or its name, no later than the days in a HCPCS release reach;
    None where nothing says it. ``findings`` are
    what is wrong with it, in the order of the file; ``rows`` counts what was read, the rows left out with it.
    ``whole`` is False where it seems to be a part of a file, cut off or made by somebody: close nothing for it.
    """

    file: str
    member: str
    sha256: str
    quarter: Quarter | None
    findings: tuple[Remark, ...]
    rows: int
    whole: bool

    @property
    def left_out(self) -> tuple[Remark, ...]:
        """The rows that were damaged or contradict themselves, and are not among the records."""
        return tuple(finding for finding in self.findings if finding.left_out)

    def _text(self, kind: str, what: str) -> str:
        of = f", {self.quarter}" if self.quarter else ", of which quarter it does not say"
        rows, notes = len({finding.row for finding in self.left_out}), len(self.findings) - len(self.left_out)
        told = [f"{rows} row{'s' if rows > 1 else ''} left out"] if rows else []
        told += [f"{notes} note{'s' if notes > 1 else ''}"] if notes else []
        told += [] if self.whole else ["NOT WHOLE"]
        return f"{self.file}: {kind}{of}: {', '.join([what, *told])}"


@dataclass(frozen=True, slots=True, kw_only=True)
class HcpcsRelease(Release):
    """A HCPCS release."""

    records: tuple[hcpcs.HcpcsRecord, ...]

    @property
    def first_days(self) -> tuple[dt.date, dt.date]:
        """The earliest and the latest first day of a code."""
        days = [record.first_day for record in self.records]
        return min(days), max(days)

    def __str__(self) -> str:
        modifiers = sum(record.is_modifier for record in self.records)
        first, last = self.first_days
        ended = sum(record.last_day is not None for record in self.records)
        codes = len(self.records) - modifiers
        return self._text(
            "HCPCS release",
            f"{codes:,} codes and {modifiers:,} modifiers, added {first} to {last}, {ended:,} with a last day",
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class PriceRelease(Release):
    """An ASP pricing file."""

    records: tuple[asp.PriceRecord, ...]

    def __str__(self) -> str:
        priced = sum(record.limit is not None for record in self.records)
        return self._text("ASP pricing", f"{len(self.records):,} codes, {priced:,} with a payment limit")


@dataclass(frozen=True, slots=True, kw_only=True)
class CrosswalkRelease(Release):
    """An ASP NDC-HCPCS crosswalk."""

    records: tuple[asp.CrosswalkRecord, ...]

    def __str__(self) -> str:
        codes = len({record.code for record in self.records})
        ndcs = len({record.ndc for record in self.records if record.ndc})
        return self._text("ASP NDC-HCPCS crosswalk", f"{len(self.records):,} rows of {codes:,} codes and {ndcs:,} NDCs")


AnyRelease = HcpcsRelease | PriceRelease | CrosswalkRelease

_CROSSWALK, _RELEASE, _PRICING = "an ASP NDC-HCPCS crosswalk", "a HCPCS release", "an ASP pricing file"
#: The kinds of tables; a crosswalk has three of the four columns of a pricing file, and is looked for first.
_KINDS = ((_CROSSWALK, asp.CROSSWALK), (_RELEASE, hcpcs.COLUMNS), (_PRICING, asp.PRICES))
#: What CMS packs beside the ASP files, in the same columns.
_BESIDE = re.compile(r"(?<![a-z])(awp|opps|prep|noc|not payable|corrections?)(?![a-z])", re.IGNORECASE)


def is_beside(told: str) -> bool:
    """Whether a name or title is of what CMS packs beside the file that is meant.

    >>> is_beside("April 2026 NOC Pricing File.xlsx"), is_beside("April 2026 ASP Pricing File.xlsx")
    (True, False)
    """
    return _BESIDE.search(told.replace("_", " ")) is not None


@dataclass(frozen=True, slots=True)
class _Found:
    """A page that holds one of the kinds: in which member of a .zip, and the table (None: a fixed-width text)."""

    member: str
    kind: str
    page: files.Page
    table: columns.Listing | None

    @property
    def told(self) -> str:
        """Which of several it is, as its names and its title tell."""
        title = self.table.preamble()[:1] if self.table else []
        return " ".join([self.member or self.page.file, self.page.sheet, *title]).strip()


def read(path: str | Path, quarter: Quarter | None = None) -> AnyRelease:
    """What the file of CMS at ``path`` holds; ``quarter`` says what it governs where its name was lost.

    Errors: `CmsFileError`, with the file, the row and what to do, for a file that is none of CMS's, lacks a
    column, was cut, re-encoded or mixed up beyond single rows, or is a hostile archive. A single damaged row is
    a finding, and not among the records.
    """
    path = Path(path)
    data = files.load(path)
    found, failures = _recognised(path.name, files.members(path.name, data))
    one = _choose(path.name, found, failures)
    findings = Findings(one.page.file)
    for note in [*one.page.notes, *failures]:
        findings.note(0, "", str(note))
    about: dict[str, object] = {"file": path.name, "member": one.member, "sha256": hashlib.sha256(data).hexdigest()}
    names = (one.member, one.page.sheet, path.name)
    if one.table is None or one.kind == _RELEASE:
        codes = hcpcs.from_table(one.table, findings) if one.table else hcpcs.from_lines(one.page, findings)
        about["quarter"] = _quarter_of_release(names, quarter, codes, findings)
        return _made(HcpcsRelease, about, findings, codes, hcpcs.gaps(codes))
    about["quarter"] = quarter or _quarter_of_table(one.table, names, findings)
    if one.kind == _PRICING:
        prices = asp.prices(one.table, findings)
        return _made(PriceRelease, about, findings, prices, asp.gaps(prices))
    rows = asp.crosswalk(one.table, findings)
    return _made(CrosswalkRelease, about, findings, rows, asp.gaps(rows))


M = TypeVar("M", HcpcsRelease, PriceRelease, CrosswalkRelease)


def _made(
    kind: Callable[..., M], about: dict[str, object], findings: Findings, records: Sequence[object], gaps: str
) -> M:
    rows = len(records) + len({finding.row for finding in findings.found if finding.left_out})
    return kind(**about, findings=findings.sorted(), records=tuple(records), rows=rows, whole=not gaps)


def _recognised(file: str, members: Iterable[tuple[str, bytes]]) -> tuple[list[_Found], list[CmsFileError]]:
    """The pages that hold something of CMS's, and why others could not be looked at."""
    found: list[_Found] = []
    failures: list[CmsFileError] = []
    for member, content in members:
        try:
            for page in files.pages(f"{file}: {member}" if member else file, content):
                if page.lines is not None:
                    found.append(_Found(member, _RELEASE, page, None))
                    continue
                for kind, wanted in _KINDS:
                    if table := columns.find(page, wanted):
                        found.append(_Found(member, kind, page, table))
                        break
        except CmsFileError as error:
            failures.append(kept(error))
    return found, failures


def _choose(file: str, found: list[_Found], failures: list[CmsFileError]) -> _Found:
    """The one page that is meant."""
    if not found:
        if failures:
            raise failures[0]
        raise NoneOfCms(
            f"{file}: it is no HCPCS release, ASP pricing file or ASP NDC-HCPCS crosswalk: no row has their column "
            "headings, and no line is a record of 320 columns: give the file, or the .zip, as CMS publishes it"
        )
    if len(kinds := {one.kind for one in found}) > 1:
        raise CmsFileError(f"{file}: it holds {' and '.join(sorted(kinds))}: unpack it, and give the folder")
    meant = [one for one in found if not is_beside(one.told)] or found
    rank = min(_rank(one) for one in meant)
    best = [one for one in meant if _rank(one) == rank]
    if len(best) > 1:
        raise CmsFileError(f"{file}: it holds several: {', '.join(one.told for one in best)}: give the one you mean")
    return best[0]


def _rank(one: _Found) -> int:
    return next((i for i, end in enumerate(files.EXTENSIONS) if one.member.lower().endswith(end)), 0)


def _quarter_of_table(table: columns.Listing, names: Iterable[str], findings: Findings) -> Quarter:
    """What an ASP file governs: by its preamble, or else by its names; a contradiction of the two is noted.

    Errors: `CmsFileError` where none of them says it.
    """
    named = _first(quarter_of, names)
    preamble = table.preamble()
    effective = [cell for cell in preamble if re.search("effective", cell, re.IGNORECASE)]
    stated = _first(quarter_of, [*effective, *preamble[:1]])
    if stated and named and stated != named:
        findings.note(0, "", f"its name says {named}, and it says {stated} of itself, which holds")
    if is_beside(" ".join(preamble[:1])):
        findings.note(0, "", f"it calls itself {preamble[0]!r}: it is not the one of the payment limits")
    if (quarter := stated or named) is None:
        raise findings.error("neither it nor its name says which quarter it is of: give it CMS's own name again")
    return quarter


def _quarter_of_release(
    names: Sequence[str], given: Quarter | None, codes: Sequence[hcpcs.HcpcsRecord], findings: Findings
) -> Quarter | None:
    """What a HCPCS release governs: what it is said to be (``given``, or its names), held against the days in it.

    A whole release is of no later quarter than its days reach: a quarter begins with codes that begin, end or change.
    Errors: `CmsFileError` where ``given`` is later than every day in it.
    """
    days = [max(record.first_day, record.action_day or record.first_day) for record in codes]
    newest, reached, whole = max(days), quarter_reached(days), not hcpcs.gaps(codes)
    if given is not None:
        if whole and newest < given.first_day:
            raise findings.error(f"the newest day in it is {newest}: it is of {reached}, and not of {given}")
        return given
    named, year = _first(quarter_of, names), _first(year_of, names)
    if year is None:
        findings.note(0, "", f"its name does not say which release it is; its days reach {reached}")
        return None
    said = str(named or year)
    usual, latest = (named, named) if named else (quarter_on(dt.date(year, 1, 1)), quarter_on(dt.date(year, 12, 31)))
    quarter = min(latest, reached) if whole or not named else named
    if reached != usual:
        findings.note(0, "", f"its name says {said}, and its days reach {reached}: it is taken for {quarter}")
    return quarter


T = TypeVar("T")


def _first(read: Callable[[str], T | None], texts: Iterable[str]) -> T | None:
    """What the first of the texts says that says anything."""
    return next((found for text in texts if (found := read(text)) is not None), None)
