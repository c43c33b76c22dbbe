"""Reading the tables of an edition: CSV files, one row a code and period, every row checked.

A malformed row stops the load with the file, the line and the remedy (`ReferenceTableError`): a reference
with one wrong row is worse than none.
"""

from __future__ import annotations

import csv
import datetime as dt
import io
import json
import pkgutil
import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, fields, replace
from decimal import Decimal
from typing import Any, TypeVar

from xl_infusion.errors import ReferenceTableError
from xl_infusion.reference import rows
from xl_infusion.reference.csv_rows import WrongQuotes, csv_rows
from xl_infusion.reference.rows import LINE_CARE, THROUGH_LINE

#: A source of tables: the name of a file in, its text out.
Read = Callable[[str], str]

UNITS = frozenset({"mg", "g", "mcg", "units", "IU", "mEq", "mL", "kcal", "g protein"})
UNIT_RULES = frozenset({"exact", "per", "up to"})
LINE = frozenset({"", THROUGH_LINE, LINE_CARE})
CODE_BY = frozenset({"interval", "volume", "continuity", "method", "single"})
PER = frozenset({"day", "hour", "kit", "insertion", "service"})
ANSWERS_TO = frozenset({"name", "sole", "product"})
MEDICARE = frozenset({"C", "D", "I", "M", "S", ""})
HIT_CATEGORIES = frozenset({"1", "2", "3"})
HIT_VISITS = frozenset({"initial", "subsequent", "any"})

#: Every file of an edition but those of what was imported.
EDITION, VERIFIED = "edition.json", "verified.csv"
TABLES = (
    "therapies.csv", "per_diem.csv", "drugs.csv", "modifiers.csv", "visits.csv", "hit_benefit.csv", "terms.csv",
    "aliases.csv", "hit_drugs.csv", "labelers.csv", "usual_doses.csv", "accreditors.csv",
    "check_limits.csv", "flushes.csv", "bulk_packages.csv", "listed_drugs.csv", "listed_names.csv", "drug_classes.csv",
    "medicare_dme.csv", "medicare_dme_rules.csv", VERIFIED,
)  # fmt: skip
#: Tables, and columns of tables, that came after the first editions were made: what ships is read in place of such a
#: table (of `VERIFIED` the edition's own day), and blanks in place of such a column.
LATER_TABLES = frozenset({
    "check_limits.csv", "flushes.csv", "bulk_packages.csv", "listed_drugs.csv", "listed_names.csv", "drug_classes.csv",
    "medicare_dme.csv", "medicare_dme_rules.csv", VERIFIED,
})  # fmt: skip
LATER_COLUMNS = {
    "usual_doses.csv": ("most_a_day",),
    "modifiers.csv": ("place", "codes", "not_with", "put_by", "certainty"),
}

_CODE = re.compile(r"[A-Z][0-9]{4}|[0-9]{5}")
_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_DECIMAL = re.compile(r"[0-9]+(\.[0-9]+)?")

T = TypeVar("T")


def bundled(name: str) -> str:
    """The text of a table that ships with the package."""
    try:
        return (pkgutil.get_data("xl_infusion.reference", f"tables/{name}") or b"").decode("utf-8")
    except OSError as error:
        raise ReferenceTableError(f"{name}: {error.strerror}: the package is incomplete; install it again") from None


@dataclass(frozen=True, slots=True)
class Place:
    """Where a row stands, for a message."""

    file: str
    line: int

    def fail(self, what: str) -> ReferenceTableError:
        return ReferenceTableError(f"{self.file} line {self.line}: {what}")


def _read_csv(name: str, text: str) -> Iterator[tuple[int, list[str]]]:
    try:
        yield from csv_rows(text)
    except WrongQuotes as error:
        raise Place(name, error.line).fail(f"the quotes do not match ({error})") from None


def _rows(name: str, text: str, columns: list[str]) -> Iterator[tuple[Place, dict[str, str]]]:
    read = _read_csv(name, text)
    _, header = next(read, (1, None))
    later = LATER_COLUMNS.get(name, ())
    if later and header == [column for column in columns if column not in later]:
        blank, columns = dict.fromkeys(later, ""), header
    else:
        blank = {}
    if header != columns:
        raise Place(name, 1).fail(f"the columns are {header}; they must be {columns}")
    for line, cells in read:
        place = Place(name, line)
        if len(cells) != len(columns):
            raise place.fail(f"{len(cells)} cells where the table has {len(columns)} columns")
        for column, cell in zip(columns, cells, strict=True):
            if cell != cell.strip():
                raise place.fail(f"{column} {cell!r} has spaces around it: take them out")
        yield place, blank | dict(zip(columns, cells, strict=True))


class Reader:
    """Turns the cells of one row into the values of its class; every method fails with the row's place."""

    def __init__(self, place: Place, cells: dict[str, str]) -> None:
        self.place, self.cells = place, cells

    def text(self, column: str) -> str:
        return self.cells[column]

    def needed(self, column: str) -> str:
        if not (cell := self.cells[column]):
            raise self.place.fail(f"{column} is blank: every row needs one")
        return cell

    def one_of(self, column: str, known: frozenset[str]) -> str:
        if (cell := self.cells[column]) not in known:
            raise self.place.fail(f"{column} {cell!r} is not one of {', '.join(sorted(known))}")
        return cell

    def code(self, column: str, optional: bool = False) -> str:
        cell = self.cells[column]
        if (cell or not optional) and not _CODE.fullmatch(cell):
            raise self.place.fail(f"{column} {cell!r} is no HCPCS code (a letter and four digits, or five digits)")
        return cell

    def day(self, column: str) -> dt.date | None:
        if not (cell := self.cells[column]):
            return None
        try:
            if not _DATE.fullmatch(cell):
                raise ValueError
            return dt.date.fromisoformat(cell)
        except ValueError:
            raise self.place.fail(f"{column} {cell!r} is no date: write it as 2025-07-01") from None

    def number(self, column: str) -> Decimal | None:
        if not (cell := self.cells[column]):
            return None
        if not _DECIMAL.fullmatch(cell):
            raise self.place.fail(f"{column} {cell!r} is no number")
        return Decimal(cell)

    def needed_number(self, column: str) -> Decimal:
        """A number above 0."""
        if not (number := self.number(column)):
            raise self.place.fail(f"{column} {self.cells[column]!r} is no number above 0")
        return number

    def count(self, column: str) -> int:
        """A whole number above 0."""
        if (number := self.needed_number(column)) % 1:
            raise self.place.fail(f"{column} {number} is no whole number")
        return int(number)

    def yes(self, column: str) -> bool:
        return self.one_of(column, frozenset({"yes", "no"})) == "yes"

    def period(self) -> dict[str, Any]:
        first, last = self.day("first_day"), self.day("last_day")
        if first and last and last < first:
            raise self.place.fail(f"last_day {last} is before first_day {first}")
        return {"first_day": first, "last_day": last}


def read_table(name: str, read: Read, kind: type[T], make: Callable[[Reader], dict[str, Any]]) -> list[tuple[Place, T]]:
    """The rows of a table, each with its place; ``make`` gives what is more than the text of a cell."""
    columns = [field.name for field in fields(kind)]  # type: ignore[arg-type]
    out = []
    for place, cells in _rows(name, read(name), columns):
        values: dict[str, Any] = {**cells, **make(Reader(place, cells))}
        out.append((place, kind(**values)))
    if not out:
        raise ReferenceTableError(f"{name}: the table has no rows")
    return out


def as_text(kind: type[T], table: Iterable[T]) -> str:
    """The text of a table, as `read_table` reads it.

    >>> visits = [row for _, row in read_tables().visits]
    >>> as_text(rows.VisitRow, visits) == bundled("visits.csv")
    True
    """
    columns = [field.name for field in fields(kind)]  # type: ignore[arg-type]
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(columns)
    writer.writerows([_cell(getattr(row, column)) for column in columns] for row in table)
    return out.getvalue()


def _cell(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, Decimal):
        return f"{value:f}"
    return " ".join(value) if isinstance(value, tuple) else str(value)


def _therapy(row: Reader) -> dict[str, Any]:
    row.needed("therapy"), row.needed("name"), row.needed("basis")
    return {
        "code_by": row.one_of("code_by", CODE_BY),
        "unit": row.one_of("unit", PER),
        "ranked": row.yes("ranked"),
        "shared": row.yes("shared"),
        "needs_drug": row.yes("needs_drug"),
        "line": row.one_of("line", LINE),
    }


def _per_diem(row: Reader) -> dict[str, Any]:
    row.needed("therapy"), row.needed("meaning"), row.needed("source")
    over, up_to = row.number("volume_over_l"), row.number("volume_up_to_l")
    if over is not None and up_to is not None and up_to <= over:
        raise row.place.fail(f"volume_up_to_l {up_to} is not more than volume_over_l {over}")
    return {
        "code": row.code("code"),
        "interval_hours": row.number("interval_hours"),
        "volume_over_l": over,
        "volume_up_to_l": up_to,
        "per": row.one_of("per", PER),
        "specificity": row.one_of("specificity", frozenset({"general", "specific", ""})),
        "infusion": row.yes("infusion"),
        "not_with": tuple(row.text("not_with").split()),
        "successor": row.code("successor", optional=True),
        "medicare": row.one_of("medicare", MEDICARE),
        **row.period(),
    }


def _drug(row: Reader) -> dict[str, Any]:
    for column in ("drug", "therapy", "therapy_basis", "source", "dates_basis"):
        row.needed(column)
    amount, unit = row.number("amount"), row.text("unit")
    if (amount is None) != (unit == ""):
        raise row.place.fail("amount and unit go together: give both, or neither for an unclassified code")
    if amount is not None:
        row.one_of("unit", UNITS)
        if not amount:
            raise row.place.fail("amount is 0: a unit counts more than nothing")
    answers_to = row.one_of("answers_to", ANSWERS_TO)
    if (answers_to == "name") != (row.text("product") == ""):
        raise row.place.fail(
            f"answers_to {answers_to!r}: a row without a product answers to the drug's name, and no other"
        )
    if row.text("successor") == row.text("code"):
        raise row.place.fail(f"{row.text('code')} is its own successor")
    return {
        "code": row.code("code"),
        "amount": amount,
        "unit_rule": row.one_of("unit_rule", UNIT_RULES),
        "successor": row.code("successor", optional=True),
        "medicare": row.one_of("medicare", MEDICARE),
        **row.period(),
    }


def _verified(row: Reader) -> dict[str, Any]:
    row.needed("basis"), row.needed("source")
    first, last = (row.text(name) for name in ("first_code", "last_code"))
    if (len(first), first.isdigit()) != (len(last), last.isdigit()) or last < first:
        raise row.place.fail(f"{first or 'nothing'} to {last or 'nothing'} is no range of codes of one form")
    if (through := row.day("through")) is None:
        raise row.place.fail("through is blank: every row needs one")
    return {"through": through}


def _modifier(row: Reader) -> dict[str, Any]:
    if not re.fullmatch(r"[A-Z0-9]{2}", row.text("modifier")):
        raise row.place.fail(f"modifier {row.text('modifier')!r} is not two letters or digits")
    lines, places = row.needed("goes_on").split(", "), row.text("place").split(", ")
    row.needed("meaning"), row.needed("source")
    if row.text("place"):  # an edition that was made before has none: see `_modifiers`
        if unknown := [line for line in lines if line not in rows.MODIFIED]:
            raise row.place.fail(f"goes_on {unknown[0]!r} is not one of {', '.join(rows.MODIFIED)}")
        if len(places) != len(lines) or not all(place.isdecimal() for place in places):
            raise row.place.fail(f"place is a whole number for each line of goes_on: {', '.join(lines)}")
    codes, not_with = (tuple(row.text(column).split()) for column in ("codes", "not_with"))
    return {"codes": codes, "not_with": not_with, **row.period()}


def _modifiers(read: Read) -> list[tuple[Place, rows.ModifierRow]]:
    """The modifiers of an edition; where it was made before they had places, those that ship, with its days."""
    found = read_table("modifiers.csv", read, rows.ModifierRow, _modifier)
    blank = [place for place, row in found if not row.place]
    if len(blank) < len(found):
        if blank:
            raise blank[0].fail("place is blank: every row needs one")
        return found
    days = {row.modifier: (row.first_day, row.last_day) for _, row in found}
    return [
        (place, replace(row, first_day=first, last_day=last))
        for place, row in read_table("modifiers.csv", bundled, rows.ModifierRow, _modifier)
        for first, last in [days.get(row.modifier, (row.first_day, row.last_day))]
    ]


def _visit(row: Reader) -> dict[str, Any]:
    minutes = row.number("covers_minutes")
    if not minutes or minutes % 1:
        raise row.place.fail("covers_minutes is a whole number of minutes")
    row.needed("meaning"), row.needed("source")
    return {"code": row.code("code"), "covers_minutes": int(minutes), **row.period()}


def _term(row: Reader) -> dict[str, Any]:
    row.needed("term"), row.needed("meaning"), row.needed("source")  # the value may be none
    return {}


def _alias(row: Reader) -> dict[str, Any]:
    row.needed("alias"), row.needed("target")
    return {"kind": row.one_of("kind", frozenset({"drug", "therapy", "place", "supply"}))}


def _hit(row: Reader) -> dict[str, Any]:
    row.needed("meaning"), row.needed("source")
    return {
        "code": row.code("code"),
        "category": int(row.one_of("category", HIT_CATEGORIES)),
        "visit": row.one_of("visit", HIT_VISITS),
        "covers_minutes": row.count("covers_minutes"),
        "payments_a_day": row.count("payments_a_day"),
        "gap_days": row.count("gap_days") if row.text("gap_days") else None,
        "medicare": row.one_of("medicare", MEDICARE),
        **row.period(),
    }


def _exclusions(table: list[tuple[Place, rows.PerDiemRow]]) -> None:
    """What a code is not billed with must be there, and must say so too."""
    not_with = {row.code: row.not_with for _, row in table}
    for place, row in table:
        for other in row.not_with:
            if other in (rows.ANY_INFUSION, rows.ANY_PER_DIEM):
                continue
            if other not in not_with:
                raise place.fail(f"not_with {other} of {row.code} is not in per_diem.csv")
            if row.code not in not_with[other]:
                raise place.fail(f"{row.code} is not with {other}, and {other} does not say so")


@dataclass(frozen=True, slots=True)
class Tables:
    """The rows of an edition, each with its place, checked one by one (not yet against each other)."""

    edition: rows.Edition
    therapies: list[tuple[Place, rows.Therapy]]
    per_diem: list[tuple[Place, rows.PerDiemRow]]
    drugs: list[tuple[Place, rows.DrugRow]]
    modifiers: list[tuple[Place, rows.ModifierRow]]
    visits: list[tuple[Place, rows.VisitRow]]
    hit: list[tuple[Place, rows.HitRow]]
    terms: list[tuple[Place, rows.Term]]
    aliases: list[tuple[Place, rows.Alias]]
    verified: list[tuple[Place, rows.VerifiedRange]]


def _imported(record: dict[str, Any]) -> rows.ImportedFile:
    days = {name: dt.date.fromisoformat(record[name]) for name in ("first_day", "last_day")}
    return rows.ImportedFile(**{**record, **days})


def _edition(read: Read) -> rows.Edition:
    try:
        record = json.loads(read("edition.json"))
        return rows.Edition(
            edition=record["edition"],
            release=record["release"],
            also=tuple(record["also"]),
            verified_through=dt.date.fromisoformat(record["verified_through"]),
            verified_basis=record["verified_basis"],
            based_on=record.get("based_on", ""),
            imported=tuple(map(_imported, record.get("imported", ()))),
        )
    except (ValueError, KeyError, TypeError) as error:
        raise ReferenceTableError(
            f"edition.json: {type(error).__name__} {error}: it names edition, release, also, "
            "verified_through (a date) and verified_basis"
        ) from None


def read_aliases(read: Read) -> list[tuple[Place, rows.Alias]]:
    """The other names of an edition. Errors: `ReferenceTableError` with file and line."""
    return read_table("aliases.csv", read, rows.Alias, _alias)


def _terms(read: Read) -> list[tuple[Place, rows.Term]]:
    """The contract terms of an edition; those that came after it was made have the default that ships."""
    found = read_table("terms.csv", read, rows.Term, _term)
    known = {row.term for _, row in found}
    return found + [one for one in read_table("terms.csv", bundled, rows.Term, _term) if one[1].term not in known]


def read_tables(read: Read = bundled) -> Tables:
    """Every table of an edition that billing needs. Errors: `ReferenceTableError` with file and line.

    >>> place, row = read_tables().visits[0]
    >>> place.line, row.code
    (2, '99601')
    """
    per_diem = read_table("per_diem.csv", read, rows.PerDiemRow, _per_diem)
    _exclusions(per_diem)
    return Tables(
        edition=_edition(read),
        therapies=read_table("therapies.csv", read, rows.Therapy, _therapy),
        per_diem=per_diem,
        drugs=read_table("drugs.csv", read, rows.DrugRow, _drug),
        modifiers=_modifiers(read),
        visits=read_table("visits.csv", read, rows.VisitRow, _visit),
        hit=read_table("hit_benefit.csv", read, rows.HitRow, _hit),
        terms=_terms(read),
        aliases=read_aliases(read),
        verified=read_table(VERIFIED, read, rows.VerifiedRange, _verified),
    )
