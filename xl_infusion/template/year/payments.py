"""What the payers paid in the year: what their contracts come to, but for a few mistakes that are put in.

`COUNTS` says what was done and how often, `paid` in which lines, so that what Variance finds can be held against it.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from xl_infusion.claim import ORDERS, PAYERS, RATES, VISITS
from xl_infusion.claim.column import Table
from xl_infusion.claim.grid import Work
from xl_infusion.claim.inputs import Row as Typed
from xl_infusion.functions.ranges import records
from xl_infusion.model.expected import ExpectedLine, expected_lines
from xl_infusion.reference import current
from xl_infusion.rules.number import cents
from xl_infusion.template.examples import Row
from xl_infusion.template.year.dice import Dice

#: What was done -> how often.
COUNTS = {
    "third therapy paid as second": 2, "second therapy at the wrong share": 6, "units of the old code": 4,
    "days counted short": 6, "line missing": 8, "line not ours": 3, "paid twice": 3, "rate of another year": 6,
}  # fmt: skip
_WORK = (ORDERS, VISITS, PAYERS, RATES)


@dataclass
class Paid:
    """A line as it was paid: what it is expected to bring, and what came."""

    line: ExpectedLine
    units: Decimal
    allowed: Decimal
    mistake: str = ""
    times: int = 1

    def part(self, of: Decimal) -> None:
        """Pays only a part of the amount."""
        self.allowed = cents(self.allowed * of)


def _read(table: Table, rows: Sequence[Row]) -> Sequence[tuple[int, Typed]]:
    """Rows as the functions read them from their table."""
    names = [column.name for column in table.columns]
    return records([names, *([row.get(name) for name in names] for row in rows)], table)


def remittance(tables: Mapping[str, Sequence[Row]]) -> tuple[Row, ...]:
    """The Remittance table, by payer and day; its claim numbers are a month's of one patient."""
    return tuple(row for one in paid(tables) for row in _as_rows(one))


def paid(tables: Mapping[str, Sequence[Row]]) -> list[Paid]:
    """Every line as it was paid, in the order of Remittance; ``times`` is 0 for one that was left out."""
    work = Work(current(), *(_read(table, tables[table.name]) for table in _WORK))
    lines = [_whole(line) for line in expected_lines(work, list(work.claims()))]
    dice = Dice(835)
    for mistake, count in COUNTS.items():
        fits = [one for one in lines if not one.mistake and _FITS[mistake](one)]
        for one in dice.some(fits, min(count, len(fits))):
            one.mistake = mistake
            _DONE[mistake](one)
    return sorted(lines, key=lambda one: (one.line.claim.payer, one.line.line.first, one.line.claim.patient))


def _whole(line: ExpectedLine) -> Paid:
    units = line.line.units
    assert isinstance(line.allowed, Decimal) and isinstance(units, (int, Decimal)), "the year has no line in error"
    return Paid(line, Decimal(units), line.allowed)


def _rank(one: Paid) -> str:
    return next((modifier for modifier in one.line.line.modifiers if modifier in ("SH", "SJ")), "")


def _share(one: Paid, place: int) -> Decimal:
    return one.line.claim.terms.shares[place]


def _code(one: Paid) -> str:
    return str(one.line.line.code)


def _days(one: Paid) -> int:
    return one.line.line.last - one.line.line.first + 1


_FITS: dict[str, Callable[[Paid], bool]] = {
    "third therapy paid as second": lambda one: _rank(one) == "SJ" and 0 < _share(one, 2) < _share(one, 1),
    "second therapy at the wrong share": lambda one: _rank(one) == "SH" and _share(one, 1) > Decimal("0.3"),
    "units of the old code": lambda one: _code(one) == "J3373",
    "days counted short": lambda one: one.line.kind == "per diem" and not _rank(one) and _days(one) > 20,
    "line missing": lambda one: one.line.kind == "drug" and one.allowed > 100,
    "line not ours": lambda one: one.line.kind == "visit",
    "paid twice": lambda one: one.line.kind == "visit",
    "rate of another year": lambda one: one.line.kind == "per diem" and not _rank(one) and _days(one) > 10,
}
assert list(_FITS) == list(COUNTS)


def _second(one: Paid) -> None:
    one.part(_share(one, 1) / _share(one, 2))


def _quarter(one: Paid) -> None:
    one.part(Decimal("0.25") / _share(one, 1))


def _old_units(one: Paid) -> None:
    """J3370 counted 500 mg where J3373 counts 10: a fiftieth of the units."""
    fewer = -(-one.units // 50)
    one.part(fewer / one.units)
    one.units = fewer


def _day_short(one: Paid) -> None:
    one.part((one.units - 1) / one.units)
    one.units -= 1


def _missing(one: Paid) -> None:
    one.times = 0


def _twice(one: Paid) -> None:
    one.times = 2


def _not_ours(one: Paid) -> None:
    """Paid as it should be; beside it stands a line of another's patient: see `_as_rows`."""


def _old_rate(one: Paid) -> None:
    one.part(Decimal("0.96"))


_DONE: dict[str, Callable[[Paid], None]] = {
    "third therapy paid as second": _second, "second therapy at the wrong share": _quarter,
    "units of the old code": _old_units, "days counted short": _day_short, "line missing": _missing,
    "line not ours": _not_ours, "paid twice": _twice, "rate of another year": _old_rate,
}  # fmt: skip


def _as_rows(one: Paid) -> list[Row]:
    """The rows of Remittance of a line: none, one, or more of them."""
    line, claim = one.line.line, one.line.claim
    first, last = dt.date.fromordinal(line.first), dt.date.fromordinal(line.last)
    charge, owed = one.line.charge, one.line.patient_share
    assert isinstance(charge, Decimal) and (owed is None or isinstance(owed, Decimal))
    share = min(owed or Decimal(0), one.allowed)
    order = getattr(line.source, "number", "")
    adjusted = [name for name, amount in (("CO-45", charge - one.allowed), ("PR-2", share)) if amount]
    row: Row = {
        "Claim": f"{claim.payer[:1]}{first:%y%m}{claim.patient[-4:]}", "Order": order, "Patient": claim.patient,
        "Payer": claim.payer, "Code": str(line.code), "Modifiers": " ".join(line.modifiers), "From": first, "To": last,
        "Units": _number(one.units), "Charge": _number(charge), "Allowed": _number(one.allowed),
        "Paid": _number(one.allowed - share), "Patient share": _number(share), "Adjustments": ", ".join(adjusted),
    }  # fmt: skip
    row = {name: value for name, value in row.items() if value not in ("", None)}
    rows = [row] * one.times
    if one.mistake == "line not ours":
        rows.append({**row, "Patient": f"XX-{claim.patient[-4:]}", "Claim": f"X{first:%y%m}{claim.patient[-4:]}"})
    return rows


def _number(amount: Decimal) -> int | float:
    return int(amount) if amount == amount.to_integral_value() else float(amount)
