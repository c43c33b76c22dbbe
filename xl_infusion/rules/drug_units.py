"""Units of a drug: how many of a code's units one dose bills.

A unit is a fixed amount; a dose that is no multiple of it rounds up to the next whole unit, whether the
descriptor says the amount alone, "per" or "up to" it: units x amount >= dose > (units - 1) x amount.
Source: Medicare Claims Processing Manual ch. 17 s. 10, as quoted by CMS RAC topic 0074 and First Coast.

>>> units(Decimal(305), Decimal(10)), units(Decimal(300), Decimal(10))
(31, 30)
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache
from itertools import accumulate, pairwise

from xl_infusion.errors import NotFound, OutOfRange, WrongUnit
from xl_infusion.reference import DrugRow
from xl_infusion.reference.rows import Range
from xl_infusion.rules.dose import UNITS, Dose, amount_in
from xl_infusion.rules.number import plain

#: The largest quantity that a claim line can carry (837P SV104: eight digits).
MOST_UNITS = 99_999_999


@dataclass(frozen=True, slots=True)
class DoseUnits:
    """The units of one dose and the sentence that says how they came to be."""

    units: int
    why: str


def units(dose: Decimal, amount: Decimal) -> int:
    """Whole units of ``amount`` that cover ``dose``, both in one unit. `OutOfRange` for a dose or amount <= 0.

    >>> units(Decimal("0.1"), Decimal(500))
    1
    """
    if dose <= 0 or amount <= 0:
        raise OutOfRange(f"dose {plain(dose)} and amount {plain(amount)} must both be more than 0")
    whole, rest = divmod(dose, amount)
    return int(whole) + bool(rest)


def shared(doses: Sequence[Decimal], amount: Decimal) -> list[int]:
    """The units of each part of one dose that stands in several orders: rounded up once, on the sum of all.

    Each part has the whole units that are full with it, at least one as far as they go, and the last one the rest.

    >>> shared([Decimal(1200), Decimal(300)], Decimal(500)), shared([Decimal(300), Decimal(1200)], Decimal(500))
    ([2, 1], [1, 2])
    >>> shared([Decimal(100), Decimal(100)], Decimal(500))
    [1, 0]
    """
    whole = units(sum(doses, Decimal(0)), amount)
    ends = [0]
    for at, amount_so_far in enumerate(accumulate(doses), start=1):
        least = min(ends[-1] + 1, whole)
        most = max(least, whole - (len(doses) - at))
        ends.append(min(max(int(amount_so_far // amount), least), most))
    return [end - begin for begin, end in pairwise([*ends[:-1], whole])]


@lru_cache(maxsize=8192)
def of_dose(row: DrugRow, dose: Dose) -> DoseUnits:
    """The units of one dose of a drug's code.

    Errors: `WrongUnit` (a unit of another dimension, a component that the code does not count), `NotFound`
    (an unclassified code has no unit, nor has one that counts days or pieces), `OutOfRange` (also a day's nutrition
    that another code is for; it names that code).

    >>> from xl_infusion.reference import current
    >>> from xl_infusion.rules.dose import parse
    >>> of_dose(current().drug("meropenem"), parse("1 g"))
    DoseUnits(units=10, why='1 g = 10 units of 100 mg')
    >>> of_dose(current().drug("B4193"), parse("60 g protein"))
    DoseUnits(units=1, why='60 g protein = 1 unit of 52 to 73 g protein a day')
    """
    if row.amount is None:
        return _without_amount(row, dose)
    if dose.component != row.component:
        if row.component:
            raise WrongUnit(f"{row.code} counts {row.component} alone: write the dose as 160 mg {row.component}")
        raise WrongUnit(f"{row.code} does not count {dose.component} alone: give the whole dose")
    if dose.parts and not row.counts_total:
        raise WrongUnit(f"{row.code} does not count the sum of two parts: give one amount, as its unit counts it")
    count = units(amount_in(dose, row.unit), row.amount)
    if count > MOST_UNITS:
        raise OutOfRange(f"{count} units of {row.code} do not fit a claim line: check the dose {dose}")
    plural = "unit" if count == 1 else "units"
    return DoseUnits(count, f"{dose.said} = {count} {plural} of {row.unit_text}")


def _without_amount(row: DrugRow, dose: Dose) -> DoseUnits:
    if row.ranges:
        return _of_day(row.ranges, dose)
    known = f" ({row.unit_note})" if row.unit_note else ""
    raise NotFound(f"{row.code} {row.drug} has no unit of its own: the payer says what a unit is{known}")


def _of_day(ranges: Sequence[Range], dose: Dose) -> DoseUnits:
    """The unit of a day's nutrition, of a code that is for so much protein a day; ``ranges``: its own first.

    Source: CMS HCPCS Level II for the grams; HMSA's published example bills a unit a day, and CMS allows no more.
    """
    own, *others = ranges
    amount = amount_in(dose, own.unit)
    if own.holds(amount):
        return DoseUnits(1, f"{dose.said} = 1 unit of {own} a day")
    right = next((f"{one.code} is of {one}" for one in others if one.holds(amount)), "no code is of it")
    raise OutOfRange(f"dose {dose} a day is not of {own.code}, which is of {own}: {right}")


@lru_cache(maxsize=1024)
def counts_otherwise(row: DrugRow, dosage: str) -> bool:
    """True where a unit of a drug's code is another amount than CMS's ASP file has it for (its dosage column).

    A payment limit is for the unit of the file alone. False as well where the two cannot be compared: an
    unclassified code, one that counts a component, a dosage that names no amount.

    >>> from xl_infusion.reference import current
    >>> meropenem = current().drug("meropenem")
    >>> counts_otherwise(meropenem, "100 MG"), counts_otherwise(meropenem, "1 GM"), counts_otherwise(meropenem, "1 EA")
    (False, True, False)
    """
    from xl_infusion.reference.cms.descriptor import dosage as read

    said = read(dosage)
    if row.amount is None or row.component or said.amount is None or said.unit not in UNITS:
        return False
    try:
        return amount_in(Dose(said.amount, said.unit), row.unit) != row.amount
    except WrongUnit:
        return True
