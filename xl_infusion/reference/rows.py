"""The rows of the code reference, as they stand in the tables, one class a table.

A first day of None means "no source states one", a last day of None "open"; both days belong to the period.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from decimal import Decimal

from xl_infusion.errors import BillingError

_MONTHS = ("January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November",
           "December")  # fmt: skip
#: In ``not_with``: every per diem of home infusion therapy; every per diem.
ANY_INFUSION, ANY_PER_DIEM = "ANY-INFUSION", "ANY-PER-DIEM"
#: The kinds of lines that a modifier goes on; items are equipment, supplies and formula.
MODIFIED = ("per diem", "drug", "nursing visit", "item")


def quarter_name(day: dt.date) -> str:
    """The quarter that a day lies in, by its first month, as CMS names its files.

    >>> quarter_name(dt.date(2025, 12, 31))
    'October 2025'
    """
    return f"{_MONTHS[day.month - 1 - (day.month - 1) % 3]} {day.year}"


@dataclass(frozen=True, slots=True)
class ImportedFile:
    """A file of CMS that an edition was made from: what it is, and the days that it governs, both inclusive.

    ``table`` is the table of the edition that holds its ``rows``; ``left_out`` rows of it contradict themselves.
    """

    kind: str
    file: str
    sha256: str
    first_day: dt.date
    last_day: dt.date
    table: str
    rows: int
    left_out: int

    @property
    def quarter(self) -> str:
        """The quarter that it governs, by its first month: ``October 2025``."""
        return quarter_name(self.first_day)


@dataclass(frozen=True, slots=True)
class Edition:
    """Which release the reference was read from, and through which day home infusion's codes are verified.

    Of a single code verified.csv says it (`Reference.verified_through`), which may be another day.
    An edition that was made of another by importing files of CMS names that (``based_on``) and them.
    """

    edition: str
    release: str
    also: tuple[str, ...]
    verified_through: dt.date
    verified_basis: str
    based_on: str = ""
    imported: tuple[ImportedFile, ...] = ()


@dataclass(frozen=True, slots=True)
class VerifiedRange:
    """Codes from ``first_code`` to ``last_code``, both inclusive, and the day ``through`` which they are verified.

    Both codes blank: every other code.
    """

    first_code: str
    last_code: str
    through: dt.date
    basis: str
    source: str


#: What a therapy has to do with a line: it is given through one, or cares for it.
THROUGH_LINE, LINE_CARE = "through", "care"


@dataclass(frozen=True, slots=True)
class Therapy:
    """A therapy that a per diem names, and how its code is chosen (interval, volume, continuity, method).

    ``line``: `THROUGH_LINE` where it is given through a line, `LINE_CARE` where it is the care of one, else "".
    """

    therapy: str
    name: str
    code_by: str
    unit: str
    ranked: bool
    shared: bool
    needs_drug: bool
    line: str
    basis: str


@dataclass(frozen=True, slots=True)
class TherapyName:
    """A therapy that a name was found to mean, with the method where the name says one (``pain continuous``)."""

    therapy: Therapy
    method: str = ""


@dataclass(frozen=True, slots=True, eq=False)
class PerDiemRow:
    """One S code of a home infusion therapy. ``interval_hours`` in hours, the volumes in liters a day.

    ``infusion`` is True where CMS's descriptor calls the code home infusion therapy, and not therapy, injection
    or management alone. ``not_with`` holds codes, or one word for many: `ANY_INFUSION`, `ANY_PER_DIEM`.
    """

    code: str
    therapy: str
    meaning: str
    interval_hours: Decimal | None
    volume_over_l: Decimal | None
    volume_up_to_l: Decimal | None
    method: str
    per: str
    specificity: str
    infusion: bool
    not_with: tuple[str, ...]
    first_day: dt.date | None
    last_day: dt.date | None
    successor: str
    medicare: str
    source: str


@dataclass(frozen=True, slots=True)
class Range:
    """Between which amounts a day a code is for, both inclusive: 52 to 73 g of protein. No ``most``: over ``least``."""

    code: str
    least: Decimal
    most: Decimal | None
    unit: str

    def holds(self, amount: Decimal) -> bool:
        """Whether a day's amount is of this code.

        >>> over = Range("B4199", Decimal(100), None, "g protein")
        >>> over.holds(Decimal(100)), over.holds(Decimal("100.5")), str(over)
        (False, True, 'over 100 g protein')
        """
        return amount > self.least if self.most is None else self.least <= amount <= self.most

    def __str__(self) -> str:
        return f"over {self.least} {self.unit}" if self.most is None else f"{self.least} to {self.most} {self.unit}"


@dataclass(frozen=True, slots=True, eq=False)
class DrugRow:
    """One billing code of a drug: a unit is ``amount`` ``unit`` of it (``component``, where one counts alone)."""

    drug: str
    product: str
    answers_to: str
    code: str
    amount: Decimal | None
    unit: str
    component: str
    unit_rule: str
    dose_basis: str
    therapy: str
    therapy_basis: str
    first_day: dt.date | None
    last_day: dt.date | None
    successor: str
    successor_basis: str
    medicare: str
    note: str
    source: str
    dates_basis: str

    @property
    def name(self) -> str:
        """The drug, with its product where the row has one: ``vancomycin (Mylan)``."""
        return f"{self.drug} ({self.product})" if self.product else self.drug

    @property
    def by(self) -> str:
        """The row of a workbook's Own codes that says it, as a reason names it; "" where the edition itself does."""
        return ""

    @property
    def problem(self) -> BillingError | None:
        """Why nothing can be billed by it: a row of a workbook's Own codes that cannot be read."""
        return None

    @property
    def listed(self) -> bool:
        """True of a code that CMS lists and drugs.csv does not have."""
        return False

    @property
    def unlisted(self) -> bool:
        """True of a code for drugs that have none of their own, which is not the same as one without an amount."""
        return self.amount is None

    @property
    def unit_note(self) -> str:
        """What is known of a unit that has no amount; "" where nothing is."""
        return ""

    @property
    def ranges(self) -> tuple[Range, ...]:
        """Of a code that is for so much a day its range, then those of the drug's other codes; none of any other."""
        return ()

    @property
    def infused(self) -> bool:
        """True where it is injected or infused: what a name means that other forms of the drug have too."""
        return True

    @property
    def usual_therapies(self) -> tuple[str, ...]:
        """The keys of the therapies that are usual for the drug, where it belongs to no single one."""
        return ()

    @property
    def counts_total(self) -> bool:
        """True where a unit counts the sum of a combination's components."""
        return "total" in self.dose_basis

    @property
    def unit_text(self) -> str:
        """What one unit is: ``100 mg``, ``1 mg trimethoprim``."""
        text = f"{self.amount} {self.unit}"
        return f"{text} {self.component}" if self.component else text


@dataclass(frozen=True, slots=True)
class ModifierRow:
    """A modifier of a claim line: the kinds of lines that it goes on, and its place among the modifiers of each.

    ``goes_on``: some of `MODIFIED`, with commas between; ``place``: a number for each, the lowest stands first.
    ``codes``: the codes that it is for, none for any. ``not_with``: modifiers that no line has beside it. ``put_by``:
    what puts it, where nobody types it. ``certainty``: how sure its days and its place are.
    """

    modifier: str
    goes_on: str
    place: str
    codes: tuple[str, ...]
    not_with: tuple[str, ...]
    put_by: str
    meaning: str
    first_day: dt.date | None
    last_day: dt.date | None
    note: str
    source: str
    certainty: str

    @property
    def code(self) -> str:
        """The modifier itself: every dated row has a code."""
        return self.modifier

    @property
    def places(self) -> dict[str, int]:
        """Kind of line -> its place there."""
        return dict(zip(self.goes_on.split(", "), map(int, self.place.split(", ")), strict=True))


@dataclass(frozen=True, slots=True)
class VisitRow:
    """A nursing visit's code and the minutes that one unit covers."""

    code: str
    meaning: str
    covers_minutes: int
    first_day: dt.date | None
    last_day: dt.date | None
    medicare: str
    source: str


@dataclass(frozen=True, slots=True)
class Term:
    """A default of a contract: what holds when a payer's row says nothing else."""

    term: str
    value: str
    unit: str
    meaning: str
    source: str


@dataclass(frozen=True, slots=True)
class Alias:
    """Another name: of a drug (and product), a therapy or a place; or of a supply that no code of ours bills."""

    alias: str
    kind: str
    target: str
    product: str
    what: str


@dataclass(frozen=True, slots=True)
class HitRow:
    """A visit code of Medicare's own home infusion therapy benefit: the drug's category and which visit it is.

    ``visit`` is initial, subsequent, or any (2019 and 2020, when one code stood for both). A day has
    ``payments_a_day`` of a category; an initial visit comes again only more than ``gap_days`` after the last one.
    """

    code: str
    category: int
    visit: str
    meaning: str
    covers_minutes: int
    payments_a_day: int
    gap_days: int | None
    first_day: dt.date | None
    last_day: dt.date | None
    medicare: str
    source: str
