"""What a claim line is expected to bring: the very lines of the claim grid, with what the contract makes of them.

- **Charge**: the usual charge of the code where Rates has one on the line's first day, else the contract's amount.
- **Allowed**: what the contract comes to: the charge of the claim grid. A line that is sent to be denied is allowed
  nothing; a visit that Medicare's own benefit pays is none of them, though it stands on the same claim.
- **Expected**: what payer and patient together are expected to pay, which is what is allowed; **Adjustment** is what
  is written off: expected + adjustment = charge, on every line.
- **Patient share** and **Payer pays**: the two parts of expected, where the payer's row says what the patient owes.
  The deductible is taken first, from the lines in the order of their days; after it a visit day owes the copay, every
  other line the coinsurance. Source: the order in which an 835 has them (CARC 1, 3, 2), and the payer's row.
- **Drug cost** and **Drug margin** (expected less cost): of drug lines that the Costs table names.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal

from xl_infusion.claim.grid import Claim, Work
from xl_infusion.claim.lines import PER_DIEM, VISIT, Line, Money
from xl_infusion.claim.order import Order
from xl_infusion.claim.price import Quantity
from xl_infusion.claim.rates import RateRow, Rates
from xl_infusion.claim.terms import Terms
from xl_infusion.errors import BillingError, NoRate
from xl_infusion.model.columns import DRUG_LINE, PER_DIEM_LINE, VISIT_LINE
from xl_infusion.model.costs import Costs
from xl_infusion.rules.number import cents, plain

NOTHING = Decimal(0)


@dataclass(slots=True, eq=False)
class ExpectedLine:
    """A line of a claim with what it is expected to bring, US dollars; a `BillingError` where that is not known.

    ``number``: its place in the claim, from 1. ``patient_share``: None where the payer's row says nothing of it;
    ``cost`` and ``margin``: None where the line has none.
    """

    claim: Claim
    number: int
    line: Line
    charge: Decimal | BillingError
    allowed: Decimal | BillingError
    patient_share: Money
    cost: Money
    why: str

    @property
    def kind(self) -> str:
        """per diem, drug or visit."""
        return kind_of(self.line)

    @property
    def therapy(self) -> str:
        """The therapy of the line's order, "" for a visit and where it is not known."""
        return therapy_of(self.line)

    @property
    def expected(self) -> Decimal | BillingError:
        """What payer and patient are expected to pay."""
        return self.allowed

    @property
    def adjustment(self) -> Decimal | BillingError:
        """What is written off: charge less expected."""
        return less(self.charge, self.expected)

    @property
    def payer_pays(self) -> Decimal | BillingError:
        """What the payer is expected to pay."""
        return self.expected if self.patient_share is None else less(self.expected, self.patient_share)

    @property
    def margin(self) -> Money:
        """Expected less what the drug was bought for."""
        return None if self.cost is None else less(self.expected, self.cost)


def kind_of(line: Line) -> str:
    """per diem, drug or visit.

    What a drug line discards or leaves unused is a drug line too.
    """
    if line.kind == PER_DIEM:
        return PER_DIEM_LINE
    return VISIT_LINE if line.kind == VISIT else DRUG_LINE


def therapy_of(line: Line) -> str:
    """The name of the therapy of a line's order, "" for a visit and where it is not known."""
    source = line.source
    return source.rx.therapy.name if isinstance(source, Order) and source.rx.therapy is not None else ""


def less(amount: Decimal | BillingError, other: Decimal | BillingError) -> Decimal | BillingError:
    """A difference of two amounts; the error of the first of them that has one.

    >>> less(Decimal(5), Decimal("1.5"))
    Decimal('3.5')
    """
    if isinstance(amount, BillingError):
        return amount
    return other if isinstance(other, BillingError) else amount - other


def expected_lines(work: Work, claims: Iterable[Claim], costs: Costs | None = None) -> Iterator[ExpectedLine]:
    """Every line of the claims, in their order, with what it is expected to bring.

    Never raises for a line: one that cannot be priced has the error in its amounts. Errors: `NoRate` without Rates.
    """
    if not work.rates.given:
        raise NoRate("what a claim is expected to bring needs Rates: give the table with its rates")
    for claim in claims:
        owed = _Owed(claim.terms)
        allowed = [_allowed(line) for line in claim.lines]
        shares = owed.shares(claim, allowed)
        for number, (line, amount, (share, owes)) in enumerate(zip(claim.lines, allowed, shares, strict=True), 1):
            charge, by = usual_charge(work.rates, claim.terms, line)
            cost, bought = costs.of(line) if costs is not None and kind_of(line) == DRUG_LINE else (None, "")
            notes = [by and f"charge by {by}", "denied, to bill the second payer" if line.denied else "", owes,
                     bought and f"bought by {bought}"]  # fmt: skip
            if isinstance(cost, BillingError):
                notes.append(str(cost))
            why = "; ".join([line.why, *filter(None, notes)])
            yield ExpectedLine(claim, number, line, charge, amount, share, cost, why)


def _allowed(line: Line) -> Decimal | BillingError:
    """What the contract comes to; a line that is sent for a denial is paid nothing."""
    if isinstance(line.code, BillingError):
        return line.code
    if line.denied:
        return NOTHING
    assert line.charge is not None
    return line.charge


def usual_charge(rates: Rates, terms: Terms, line: Line) -> tuple[Decimal | BillingError, str]:
    """What is billed for a line, US dollars, and by which row of Rates; without one it is the contract's amount."""
    if isinstance(line.code, BillingError):
        return line.code, ""
    row = rates.usual_charges(terms.name, line.code, line.modifiers).on(line.first)
    assert line.charge is not None
    if row is None:
        return line.charge, ""
    if not isinstance(row, RateRow):
        return row, ""
    if row.problem is not None:
        return row.problem, ""
    if line.units is None or isinstance(line.units, BillingError):
        return line.charge, ""  # the failure of the units themselves
    try:
        return cents(row.amount * Quantity(line.units, line.days, line.doses).of(row.per, row.beside)), row.where
    except BillingError as error:
        return error.at(row.where), ""


class _Owed:
    """What a patient owes of the lines of one claim, by the payer's row."""

    def __init__(self, terms: Terms) -> None:
        self.terms = terms
        self.given = bool(terms.deductible_left or terms.coinsurance) or terms.copay_a_visit is not None
        #: of the claim that is gone through: what is left of the deductible, and of each day's copay
        self._left = NOTHING
        self._copays: dict[int, Decimal] = {}

    def shares(
        self, claim: Claim, allowed: Sequence[Decimal | BillingError]
    ) -> list[tuple[Decimal | BillingError | None, str]]:
        """The patient's share of each line, and why, in the order of the lines; None of one sent to be denied."""
        found: list[tuple[Decimal | BillingError | None, str]] = [(None, "")] * len(allowed)
        if not self.given:
            return found
        self._left, self._copays = self.terms.deductible_left, {}
        unknown: BillingError | None = None
        owing = [at for at, line in enumerate(claim.lines) if not line.denied]
        for at in sorted(owing, key=lambda at: (claim.lines[at].first, at)):
            amount = allowed[at]
            if isinstance(amount, BillingError):
                unknown = unknown or (amount if self._left else None)  # how much of the deductible is left after it?
                found[at] = (amount, "")
            elif unknown is not None:
                found[at] = (unknown, f"the patient's share waits for a line before: {unknown}")
            else:
                found[at] = self._of_line(claim.lines[at], amount)
        return found

    def _of_line(self, line: Line, allowed: Decimal) -> tuple[Decimal, str]:
        """What is left of the deductible goes first; of the rest the day's copay for a visit, else coinsurance."""
        deductible = min(self._left, allowed)
        self._left -= deductible
        rest = allowed - deductible
        copay = self.terms.copay_a_visit if kind_of(line) == VISIT_LINE else None
        owed, why = self._coinsurance(rest) if copay is None else self._of_visit(line, rest, copay)
        said = ", ".join(filter(None, [f"deductible {plain(deductible)}" if deductible else "", why]))
        return deductible + owed, f"patient: {said}" if said else ""

    def _of_visit(self, line: Line, rest: Decimal, a_day: Decimal) -> tuple[Decimal, str]:
        """A day has one copay, however many lines its visits make; one of 0 is said on each, for nothing is owed."""
        copay = min(self._copays.setdefault(line.first, a_day), rest)
        self._copays[line.first] -= copay
        return copay, f"copay {plain(copay)}" if copay or not a_day else ""

    def _coinsurance(self, rest: Decimal) -> tuple[Decimal, str]:
        part = self.terms.coinsurance
        return cents(rest * part), f"coinsurance {plain(part * 100)} % of {plain(rest)}" if part else ""
