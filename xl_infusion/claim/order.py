"""An order: what is ordered, for whom, on which days."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from xl_infusion.claim.inputs import Row, SortKey, with_problem
from xl_infusion.errors import BillingError
from xl_infusion.reference import DrugName, Therapy
from xl_infusion.rules import dose as dose_rule
from xl_infusion.rules import interval as interval_rule
from xl_infusion.rules import ordered_dose


@dataclass(frozen=True, slots=True, eq=False)
class Prescription:
    """What an order says beside whose it is and when: the same for many rows of a workbook.

    ``place``: "" where the order names none. ``dispensed``: the doses dispensed, None for the number that
    interval and days come to; ``unused`` of them came back in no form. ``vials``: the cell itself, for its sizes
    are read in the unit of the code that bills. ``dose``: as it is ordered, which `xl_infusion.claim.doses` works out.
    ``modifiers``: those typed. ``maker``: what is not known of the drug's product, "" where nothing is, for the checks;
    ``maker_days``: the days (ordinals) on which that matters.
    ``problem`` is the first of its ``problems``.
    """

    payer: str
    second_payer: str
    therapy: Therapy | None
    method: str
    drug: DrugName | str | None
    maker: str
    maker_days: tuple[tuple[int, int], ...]
    dose: dose_rule.Dose | ordered_dose.Ordered | BillingError | None
    interval: interval_rule.Every | None
    #: Hours between doses, on average and the longest, 24 where there is no interval; whole numbers compare faster.
    hours: int | Fraction
    gap: int | Fraction
    volume_l: Decimal | BillingError | None
    place: str
    supplier: str
    ndc: str
    ndc_unit: str
    ndc_quantity: Decimal | None
    dispensed: int | None
    unused: int
    vials: object
    modifiers: tuple[str, ...] | BillingError
    problem: BillingError | None
    problems: tuple[BillingError, ...]
    content: tuple[str, ...]
    #: The drug as its lines show it.
    shown_drug: str


@dataclass(slots=True, eq=False)
class Order:
    """One order. ``problem`` keeps the whole row from being billed; the rest fail where they are needed.

    ``problems``: all that its row has of that kind, for the checks.

    ``inside``: what Per diem with says, "" where the order has its own; ``leads``: the orders whose per diem it is
    then, the one that it stands behind first; ``covers``: those that are inside this one (`inside.settle` finds both).

    ``paused``: days (first, last) on which a hold keeps its doses from being given; ``unpaid``: those of them without a
    per diem (`holds` finds them).

    ``first`` and ``last`` are ordinals, 0 where the days cannot be read. ``row``: the cells, and ``at`` the
    row's number in its table.
    """

    at: int
    row: Row
    number: object
    label: str
    key: SortKey
    patient: str
    rx: Prescription
    first: int
    last: int
    problem: BillingError | None
    problems: tuple[BillingError, ...]
    inside: str = ""
    leads: tuple[Order, ...] = ()
    covers: tuple[Order, ...] = ()
    paused: tuple[tuple[int, int], ...] = ()
    unpaid: tuple[tuple[int, int], ...] = ()

    @property
    def lead(self) -> Order | None:
        """The order that it stands behind, None where it has its own per diem, or none."""
        return self.leads[0] if self.leads else None

    def leading(self, day: int) -> Order:
        """The order whose per diem covers it on a day: itself, where it has its own."""
        running = (lead for lead in self.leads if lead.first <= day <= lead.last)
        return next(running, self.lead or self)

    def given_on(self, day: int) -> bool:
        """True on a day of the order on which no hold keeps its doses from being given."""
        return self.first <= day <= self.last and not any(first <= day <= last for first, last in self.paused)

    @property
    def dated(self) -> bool:
        """True where the days of the order are known."""
        return self.first > 0

    def fails(self, problem: BillingError) -> None:
        """The order cannot be billed for that, beside what is wrong with it already."""
        self.problem, self.problems = self.problem or problem, with_problem(self.problems, problem)

    def __lt__(self, other: Order) -> bool:
        """What two rows that are equal in all that ranks them differ in: so that their place never matters."""
        mine, others = (
            (one.label, one.rx.content, one.last, repr(one.number), str(one.problem or "")) for one in (self, other)
        )
        return mine < others


def hours_of(interval: interval_rule.Every | None) -> int | Fraction:
    """The hours between doses, on average, 24 where there is no interval; a whole number where it is one."""
    return 24 if interval is None else _whole(interval.hours)


def gap_of(interval: interval_rule.Every | None) -> int | Fraction:
    """The longest time between doses in hours, 24 where there is no interval; a whole number where it is one."""
    return 24 if interval is None else _whole(interval.gap)


def _whole(hours: Fraction) -> int | Fraction:
    return hours.numerator if hours.denominator == 1 else hours
