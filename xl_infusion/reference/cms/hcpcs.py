"""The HCPCS Level II release ("alpha-numeric file", ANWEB) of CMS: codes and modifiers, one record each.

It is published as a workbook and as a fixed-width text of the same records. The record layout is CMS's own
("HCPCS Contractor Record", record layout file of each release): 320 columns; record 3 is the first line of a
code, 4 a further line of its long description; 7 and 8 the same for a modifier; sequence numbers count by 100.
ADD DT is the first day and TERM DT the last, both inclusive; ACT EFF DT is the day of the last action.

No reader can see that a release ends one line early where its last line was a continuation, or that a whole
code is missing between two others; a release that does not run to V5364, the last code for decades, is told.
"""

from __future__ import annotations

import datetime as dt
import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

from xl_infusion.errors import quoted
from xl_infusion.reference.cms.columns import Columns, Listing
from xl_infusion.reference.cms.files import AGAIN, Page
from xl_infusion.reference.cms.findings import MANY, Findings

#: Of a release at most this part may be damaged. The releases of 2017, 2018, 2019 and October 2025 have none.
DAMAGED = 0.02
#: Heading -> the columns that the record layout gives it, counted from 1, both inclusive.
LAYOUT: dict[str, tuple[int, int]] = {
    "HCPC": (1, 5), "SEQNUM": (6, 10), "RECID": (11, 11), "LONG DESCRIPTION": (12, 91),
    "SHORT DESCRIPTION": (92, 119), "COV": (230, 230), "ADD DT": (269, 276), "ACT EFF DT": (277, 284),
    "TERM DT": (285, 292), "ACTION CD": (293, 293),
    **{f"PRICE{i + 1}": (120 + 2 * i, 121 + 2 * i) for i in range(4)}, "MULT_PI": (128, 128),
    **{f"CIM{i + 1}": (129 + 6 * i, 134 + 6 * i) for i in range(3)},
    **{f"MCM{i + 1}": (147 + 8 * i, 154 + 8 * i) for i in range(3)}, "STATUTE": (171, 180),
    **{f"LABCERT{i + 1}": (181 + 3 * i, 183 + 3 * i) for i in range(8)},
    **{f"XREF{i + 1}": (205 + 5 * i, 209 + 5 * i) for i in range(5)},
    "ASC_GRP": (231, 232), "ASC_DT": (233, 240), "OPPS": (241, 243), "OPPS_PI": (244, 244), "OPPS_DT": (245, 252),
    "PROCNOTE": (253, 256), "BETOS": (257, 259), **{f"TOS{i + 1}": (261 + i, 261 + i) for i in range(5)},
    "ANEST_BU": (266, 268),
}  # fmt: skip

_NEEDED = 10
_OTHER_HEADINGS = {
    "HCPC": "hcpcs?(code)?", "ADD DT": "add(dt|date)", "ACT EFF DT": "act(ion)?eff(dt|date)",
    "TERM DT": "term(dt|date)", "ACTION CD": "action(cd|code)", "COV": "cov(erage)?",
}  # fmt: skip
#: The 48 columns of the workbook.
COLUMNS = Columns(
    {name: _OTHER_HEADINGS.get(name, re.sub("[^a-z0-9]", "", name.lower())) for name in LAYOUT}, _NEEDED, 5
)

_MORE = list(LAYOUT)[_NEEDED:]
_WIDTH, _DETAIL_ENDS, _TEXT_ENDS = 320, 293, 91
_RECORD = re.compile(r"(   [A-Z0-9]{2}|[A-Z0-9]{5})([0-9]{5})([3478])")
#: RECID of first records and of those that continue them: of codes, of modifiers.
_HEADS, _CONTINUED = ("3", "7"), ("4", "8")
_CODE, _MODIFIER = re.compile(r"[A-Z0-9][0-9]{3}[A-Z0-9]"), re.compile(r"[A-Z0-9]{2}")
_WORD = re.compile("[a-z]{4,}")
#: What CMS says above the records, in one year "***Disclaimers" and in another the notice of a copyright.
_DISCLAIMS = re.compile(r"disclaimer|copyright|inclusion or exclusion|endorsement", re.IGNORECASE)
_ACTIONS, _COVERAGES = frozenset("ABCDFNPRST"), frozenset("CDIMS")
_SHORT = 28
#: Every release holds modifiers and codes of these letters; it ends with V5364.
SERIES, LAST_CODE = "ABCEGHJKLMPQRSTV", "V5364"


@dataclass(frozen=True, slots=True)
class HcpcsRecord:
    """One code or modifier as CMS has it; descriptors with single spaces, what is blank there is '' or None.

    ``first_day`` is ADD DT and ``last_day`` TERM DT, both inclusive; ``action_day`` ACT EFF DT. ``action`` is
    A added, B and F administrative (B with its long descriptor), C long descriptor, D discontinued, N none, P
    payment, R reactivated, S short descriptor, T miscellaneous. ``coverage`` is C carrier judgment, D special
    instructions, I not payable by Medicare, M non-covered, S non-covered by statute. ``more`` holds the other
    columns of the layout that are not blank, by their heading (PRICE1, XREF1, BETOS, TOS1, ...).
    """

    code: str
    is_modifier: bool
    long: str
    short: str
    coverage: str
    action: str
    first_day: dt.date
    last_day: dt.date | None
    action_day: dt.date | None
    more: Mapping[str, str]
    row: int

    @property
    def cross_references(self) -> tuple[str, ...]:
        """The codes that XREF names, a successor among them."""
        return tuple(self.more[name] for name in ("XREF1", "XREF2", "XREF3", "XREF4", "XREF5") if name in self.more)


@dataclass(slots=True)
class _Head:
    """The first line of a record, and the texts of its further lines."""

    row: int
    code: str
    rec: str
    fields: dict[str, str]
    texts: list[str]
    step: int


_Lines = Iterator[tuple[int, dict[str, str]]]


def from_table(table: Listing, findings: Findings) -> list[HcpcsRecord]:
    """The records of a sheet or .csv; what is damaged goes into ``findings``.

    Errors: `CmsFileError` when too much is damaged, or its columns hold what belongs in others.
    """
    if table.missing:
        findings.note(0, "", f"the columns {', '.join(table.missing)} are missing, and blank in every record")
    return _records(table.rows(findings), findings)


def from_lines(page: Page, findings: Findings) -> list[HcpcsRecord]:
    """The records of a fixed-width text. Errors: as `from_table`."""
    records = _records(_fixed(page.lines or (), page.whole_lines, findings), findings)
    if gaps(records):
        findings.note(records[-1].row, records[-1].code, "the file ends here: its description may go on")
    return records


def _fixed(lines: Sequence[str], whole_lines: bool, findings: Findings) -> _Lines:
    """The records of the file of fixed columns. Where one may be lost, the one before it is left out too."""
    #: Somebody's editor may have taken the trailing blanks off every line.
    trimmed = whole_lines and not any(line.endswith(" ") for line in lines)
    code, blank = "", False
    for number, line in _begun(lines, findings):
        if not line.strip():
            blank = True
            continue
        record = _RECORD.match(line)
        if blank:  # a line of the record before may have stood here
            findings.leave_out(number - 1, code, "a blank line stands behind it")
        elif record is None:
            findings.leave_out(number, code, f"the line behind it is no record: {quoted(line)}")
        blank = False
        if record is None:
            continue
        code = record[1].strip()
        if misfit := _misfit(line, record[3], trimmed):
            findings.leave_out(number, code, misfit)
            continue
        if line.endswith(" ") and len(line) not in (_WIDTH, _TEXT_ENDS):  # 91 as in 2017; 316 once in 2019
            findings.note(number, code, _columns_of(line))
        yield number, {name: line[first - 1 : last].strip() for name, (first, last) in LAYOUT.items()}


def _begun(lines: Sequence[str], findings: Findings) -> Iterator[tuple[int, str]]:
    """The lines from the first record on, with their numbers; what stands before it are CMS's disclaimers."""
    begins = next((at for at, line in enumerate(lines) if _RECORD.match(line)), len(lines))
    if begins and not any(map(_DISCLAIMS.search, lines[:begins])):
        findings.note(1, "", f"the file begins with neither a record nor CMS's disclaimers: {quoted(lines[0])}")
    yield from enumerate(lines[begins:], begins + 1)


def _misfit(line: str, rec: str, trimmed: bool) -> str:
    """Why a record is not laid out as its kind is, or ""."""
    width, head = len(line), rec in _HEADS
    if head:
        short = width < _DETAIL_ENDS
        in_place = line[229:230] in _COVERAGES and line[292:293] in _ACTIONS
    else:
        short = width < _TEXT_ENDS and not trimmed
        in_place = True
    if short or line[_WIDTH:].strip() or (width != _WIDTH and not in_place):
        return _columns_of(line)
    if rec in _CONTINUED and line[_TEXT_ENDS:_DETAIL_ENDS].strip():
        return "a continuation record has something behind its description"
    return ""


def _columns_of(line: str) -> str:
    return f"the record has {len(line)} columns where the layout has {_WIDTH}"


def _records(lines: _Lines, findings: Findings) -> list[HcpcsRecord]:
    heads = _heads(lines, findings)
    times = Counter(head.code for head in heads)
    for head in heads:
        if times[head.code] > 1:
            findings.leave_out(head.row, head.code, "the code has more than one first record")
    damaged = {finding.code for finding in findings.found if finding.left_out and finding.code}
    records = [_record(head, findings) for head in heads if head.code not in damaged]
    whole = [record for record in records if record is not None]
    _columns(whole, findings)
    findings.judge(len(whole), DAMAGED)
    _whole(whole, findings)
    return whole


def _heads(lines: _Lines, findings: Findings) -> list[_Head]:
    """The heads with the texts of their continuations; a code of which a line is missing or astray is told."""
    heads: list[_Head] = []
    for row, fields in lines:
        code, rec, number = fields["HCPC"], fields["RECID"], fields["SEQNUM"]
        sequence = int(number) if re.fullmatch("[0-9]{1,5}", number) else 0
        if rec in _HEADS:
            heads.append(_Head(row, code, rec, fields, [fields["LONG DESCRIPTION"]], sequence))
            if sequence not in (10, 100):  # a workbook has the first four digits of the five
                findings.leave_out(row, code, f"SEQNUM {number!r} of a first record is not 0010 or 00100")
        elif rec not in _CONTINUED:
            findings.leave_out(row, code, f"RECID {rec!r} is not 3, 4, 7 or 8")
        elif not heads or (heads[-1].code, int(heads[-1].rec) + 1) != (code, int(rec)):
            findings.leave_out(row, code, "a continuation record does not stand behind its first record")
            if heads:
                findings.leave_out(heads[-1].row, heads[-1].code, "a continuation that is not its own follows")
        else:
            head = heads[-1]
            head.texts.append(fields["LONG DESCRIPTION"])
            if sequence != head.step * len(head.texts):
                findings.leave_out(row, code, f"SEQNUM {number!r} is out of order: a line is missing or astray")
    return heads


def _day(text: str) -> dt.date | None:
    """The day of YYYYMMDD; None for what is none."""
    try:
        return dt.date(int(text[:4]), int(text[4:6]), int(text[6:])) if re.fullmatch("(19|20)[0-9]{6}", text) else None
    except ValueError:
        return None


def _wrong_code(head: _Head) -> str:
    kind, pattern = ("modifier", _MODIFIER) if head.rec == "7" else ("code", _CODE)
    return "" if pattern.fullmatch(head.code) else f"HCPC {head.code!r} is no {kind}, which RECID {head.rec} says it is"


def _wrong_days(fields: Mapping[str, str], days: Mapping[str, dt.date | None]) -> str:
    for name, day in days.items():
        if fields[name] and day is None:
            return f"{name} {fields[name]!r} is no date (YYYYMMDD)"
    first, last = days["ADD DT"], days["TERM DT"]
    if first is None:
        return "ADD DT is blank"
    return f"TERM DT {last} is before ADD DT {first}" if last is not None and last < first else ""


def _wrong_texts(head: _Head, short: str) -> str:
    if not all(head.texts) or not short:
        return "a description is blank"
    return f"SHORT DESCRIPTION has {len(short)} characters where the layout has {_SHORT}" if len(short) > _SHORT else ""


def _record(head: _Head, findings: Findings) -> HcpcsRecord | None:
    """The record, or None with a finding where one of its cells cannot be what stands in that column."""
    fields, row, code = head.fields, head.row, head.code
    modifier = head.rec == "7"
    days = {name: _day(fields[name]) for name in ("ADD DT", "ACT EFF DT", "TERM DT")}
    long = " ".join(" ".join(head.texts).split())
    short = " ".join(fields["SHORT DESCRIPTION"].split())
    first, last = days["ADD DT"], days["TERM DT"]
    wrong = _wrong_code(head) or _wrong_days(fields, days) or _wrong_texts(head, short)
    if wrong or first is None:
        findings.leave_out(row, code, wrong)
        return None
    if "\N{REPLACEMENT CHARACTER}" in long + short:
        findings.note(row, code, "a character of its description was lost")
    coverage, action = fields["COV"], fields["ACTION CD"]
    more = {name: fields[name] for name in _MORE if fields.get(name)}
    record = HcpcsRecord(code, modifier, long, short, coverage, action, first, last, days["ACT EFF DT"], more, row)
    if _no_letter(record):
        findings.note(row, code, f"COV {coverage!r} or ACTION CD {action!r} is not in the layout")
    return record


def _columns(records: list[HcpcsRecord], findings: Findings) -> None:
    """Refuses a file whose columns hold each other's contents, or one of which was sorted alone.

    What is measured here was found in the releases of 2017, 2018, 2019 and October 2025.
    """
    if len(records) < MANY:
        return
    ended = [record for record in records if record.last_day is not None]
    for what, among, times, most in (
        ("ADD DT is later than ACT EFF DT", records, sum(map(_acted_before, records)), DAMAGED),  # 5 records
        ("COV or ACTION CD is a letter that the layout does not have", records, sum(map(_no_letter, records)), DAMAGED),
        ("TERM DT is given", records, len(ended), 0.5),  # 6 to 14 %
        ("ACT EFF DT is blank", records, sum(record.action_day is None for record in records), 0.5),  # up to 1.3 %
        ("the two descriptions share no word", records, sum(map(_no_word, records)), 0.5),  # 3 to 5 %
        ("TERM DT is not the day before ACT EFF DT", ended, sum(map(_ended_apart, ended)), 0.9),  # up to 1.3 %
    ):
        if len(among) >= MANY and times > most * len(among):
            raise findings.error(f"{what} in {times} of {len(among)} records: columns are mixed up; {AGAIN}")


def _acted_before(record: HcpcsRecord) -> bool:
    return record.action_day is not None and record.action_day < record.first_day


def _no_letter(record: HcpcsRecord) -> bool:
    return record.coverage not in _COVERAGES or record.action not in _ACTIONS


def _ended_apart(record: HcpcsRecord) -> bool:
    assert record.last_day is not None
    return record.action_day != record.last_day + dt.timedelta(1)


def _no_word(record: HcpcsRecord) -> bool:
    long, short = ({word[:4] for word in _WORD.findall(text.lower())} for text in (record.long, record.short))
    return not long & short


def _whole(records: list[HcpcsRecord], findings: Findings) -> None:
    """Notes what speaks for a release that was cut or sorted by somebody."""
    for before, after in pairwise(records):
        if (not after.is_modifier, after.code) < (not before.is_modifier, before.code):
            findings.note(after.row, after.code, "the records are not in the order of their codes from here on")
            break
    if missing := gaps(records):
        findings.note(0, "", f"{missing}: it is not a whole release, or was cut off")


def gaps(records: Sequence[HcpcsRecord]) -> str:
    """What a whole release has and these records have not; '' for a whole one."""
    letters = {record.code[0] for record in records if not record.is_modifier}
    out = []
    if not any(record.is_modifier for record in records):
        out.append("no modifiers")
    if missing := [letter for letter in SERIES if letter not in letters]:
        out.append(f"no {', '.join(missing)} codes")
    elif max(record.code for record in records if not record.is_modifier) < LAST_CODE:
        out.append(f"no code behind {max(record.code for record in records)}, where releases run to {LAST_CODE}")
    return " and ".join(out)
