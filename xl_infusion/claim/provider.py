"""Who bills: the Provider table, one row an item: NPI, accreditations with their days, the day the claims are filed."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from xl_infusion.claim.columns import PROVIDER
from xl_infusion.claim.inputs import Row, choice, good, period, text
from xl_infusion.errors import BillingError, CellError, NotFound, WrongInput, quoted, table_row
from xl_infusion.reference import Reference
from xl_infusion.rules import day as day_rule
from xl_infusion.rules import npi as npi_rule

_NAME, NPI, ACCREDITATION, FILING_DATE = PROVIDER["Item"].choices


@dataclass(frozen=True, slots=True)
class Accredited:
    """An accreditation by a body, from its first through its last day (ordinals)."""

    body: str
    first: int
    last: int


@dataclass(slots=True)
class Provider:
    """The provider as its table says. ``filed``: the day (ordinal) on which the claims are filed, 0 unknown.

    ``problems``: (row, what is wrong with it). ``unsure``: one of them is, or may be, an accreditation's.
    """

    given: bool = False
    npi: str = ""
    npi_row: int = 0
    accredited: list[Accredited] = field(default_factory=list)
    filed: int = 0
    problems: list[tuple[int, BillingError]] = field(default_factory=list)
    unsure: bool = False
    _items: set[str] = field(default_factory=set, repr=False)

    @classmethod
    def read(cls, reference: Reference, rows: Sequence[tuple[int, Row]]) -> Provider:
        """The rows of the table; what cannot be read is among the problems."""
        provider = cls(given=bool(rows))
        for number, row in rows:
            item = ""
            try:
                item = choice(PROVIDER["Item"], row.get("Item"))
                provider._add(reference, number, item, row)
            except BillingError as error:
                provider.problems.append((number, error.at(table_row("Provider", number))))
                provider.unsure = provider.unsure or item in ("", ACCREDITATION)
        return provider

    def _add(self, reference: Reference, number: int, item: str, row: Row) -> None:
        if not item:
            raise WrongInput(f"Item is blank: it is one of {', '.join(PROVIDER['Item'].choices)}")
        if item in self._items and item != ACCREDITATION:
            raise WrongInput(f"{item} stands twice: keep one row")
        self._items.add(item)
        self.npi_row = number if item == NPI else self.npi_row
        value = good(row.get("Value"), "Value")
        if value is None:
            raise WrongInput(f"Value of {item} is blank: type it, or take the row out")
        if item == NPI:
            self.npi = npi_rule.parse(value)
        elif item == ACCREDITATION:
            self.accredited.append(_accredited(reference, value, row))
        elif item == FILING_DATE:
            self.filed = day_rule.parse(value, FILING_DATE).toordinal()

    def is_of_npi(self, row: int, problem: BillingError) -> bool:
        """True for one of its problems that is a wrong NPI, and no error value that stands in place of one."""
        return row == self.npi_row and not isinstance(problem, CellError)

    def gaps(self, bodies: Sequence[str], first: int, last: int) -> Iterator[tuple[int, int]]:
        """The days (first and last, ordinals) from ``first`` through ``last`` on which none of ``bodies`` has
        accredited the provider.

        >>> provider = Provider(accredited=[Accredited("ACHC", 1, 10), Accredited("CHAP", 11, 20)])
        >>> [[*provider.gaps(bodies, 5, 25)] for bodies in (["ACHC", "CHAP"], ["CHAP"], ["URAC"])]
        [[(21, 25)], [(5, 10), (21, 25)], [(5, 25)]]
        """
        day = first
        for found in sorted(self.accredited, key=lambda found: found.first):
            if found.body in bodies and found.last >= day and found.first <= last:
                if found.first > day:
                    yield day, found.first - 1
                day = found.last + 1
        if day <= last:
            yield day, last


def _accredited(reference: Reference, value: object, row: Row) -> Accredited:
    """The accreditation that a row says. Errors: those of its days, `NotFound` for a body that is not known."""
    first, last, problem = period(row)
    if problem is not None:
        raise problem
    written = text(value, "Value")
    body = reference.accreditor(written)
    if body is None:
        raise NotFound(f"{quoted(written)} is no accreditation body that the reference knows: ACHC, CHAP, ...")
    return Accredited(body, first, last)
