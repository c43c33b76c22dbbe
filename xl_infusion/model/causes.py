"""Why a line was paid otherwise than expected: the likely mistake, named by what it would have come to.

Each cause is tried by working out what the payer would have paid had it made that mistake alone; the first one that
comes to what was paid or allowed, within a cent a row, is named. The order is that of `CAUSES`' tests below: a mistake
that leaves a trace in the row (units, code, rows) goes before one that only the amount tells.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from decimal import ROUND_CEILING, ROUND_HALF_UP, Decimal
from itertools import combinations, product

from xl_infusion.claim.lines import PER_DIEM
from xl_infusion.claim.price import Price
from xl_infusion.claim.rates import RANKED, RateRow, Rates
from xl_infusion.errors import BillingError, NotFound, brief, table_row
from xl_infusion.model.pairing import Part, Target, gap
from xl_infusion.model.remittance import Maybe, Remit
from xl_infusion.reference import DrugRow, Reference
from xl_infusion.rules import per_diem as per_diem_rule
from xl_infusion.rules.number import CENT, cents, plain

AS_EXPECTED = "paid as expected"
MISSING, NOT_OURS, DENIED, TWICE, TAKEN_BACK = (
    "line missing", "line not ours", "denied", "paid twice", "taken back"
)  # fmt: skip
PATIENT_SHARE, NOT_PAID = "patient share", "allowed and not paid"
OLD_UNITS, NEW_UNITS = "units of the old code", "units of the new code"
DAYS_SHORT, DAYS_LONG, UNITS_SHORT, UNITS_OVER = (
    "days counted short", "days counted long", "units short", "units over"
)  # fmt: skip
THIRD_AS_SECOND, SECOND_AS_THIRD = "third therapy paid as second", "second therapy paid as third"
FULL_RATE, FIRST_AS_LATER, WRONG_SHARE = (
    "later therapy at the full rate", "first therapy paid as a later one", "later therapy at the wrong share"
)  # fmt: skip
OTHER_CODE, LESSER_OF, AS_BILLED = "paid under another code", "lesser-of charge applied", "paid as billed"
OTHER_DAYS, COMMON, OTHER_PAYER = "rate of other days", "common rate, not the payer's", "rate of another payer"
PERCENT, NO_SUCH_RATE, UNEXPLAINED = "drug at another percent", "rate not in Rates", "not explained"
NO_EXPECTED, UNREADABLE = "no expected amount", "row cannot be read"

#: Cause -> how it is recognised, and what to do.
CAUSES: dict[str, tuple[str, str]] = {
    AS_EXPECTED: ("Paid is what the payer is expected to pay, within a cent a row.", "Nothing."),
    NO_EXPECTED: ("The line has no expected amount: it cannot be priced.",
                  "Mend the order or add the rate, as Why says; then compare again."),
    UNREADABLE: ("A row's days, code, reference or Paid cannot be read.", "Mend that cell of Remittance."),
    MISSING: ("No row pays the line.", "See whether the claim was received; file it again within the limit."),
    TAKEN_BACK: ("What was paid was taken back, and no more came.", "Ask why; file a corrected claim or appeal."),
    PATIENT_SHARE: ("Paid and the patient's share are together what is allowed, or none was taken and one expected.",
                    "Bill the patient for the share, or enter what the patient owes in Payers."),
    DENIED: ("The rows of the line pay nothing, or what was paid was denied later.",
             "Mend what the reason code names and file again, or appeal."),
    TWICE: ("Two rows pay the same days of the line, and together they are more than expected.",
            "Return the second payment before the payer takes it back."),
    OLD_UNITS: ("The units are those that the predecessor of the code would count.",
                "Send the units of the code in force, and its first day."),
    NEW_UNITS: ("The units are those that the successor of the code would count.",
                "Send the units of the code in force, and its last day."),
    DAYS_SHORT: ("A per diem is paid for fewer days than the line has.", "Ask for the days that were left out."),
    DAYS_LONG: ("A per diem is paid for more days than the line has.", "Compare the days; return what is too much."),
    UNITS_SHORT: ("The units paid are fewer, and the money is theirs at the expected rate.",
                  "Compare the dose and its rounding with the contract; ask for the rest."),
    UNITS_OVER: ("The units paid are more, and the money is theirs at the expected rate.",
                 "Compare the dose and its rounding with the contract; return what is too much."),
    THIRD_AS_SECOND: ("A line with SJ earned what one with SH earns.", "Compare the ranking; return what is too much."),
    SECOND_AS_THIRD: ("A line with SH earned what one with SJ earns.", "Show that it is the second; ask for the rest."),
    FULL_RATE: ("A line with SH or SJ earned the full rate; the modifier may be lost.",
                "See whether the modifier was sent; return what is too much."),
    FIRST_AS_LATER: ("A line without SH and SJ earned what one with it earns.",
                     "Show which therapy is the first; ask for the rest."),
    WRONG_SHARE: ("A line with SH or SJ earned another share of the full rate than the contract's.",
                  "Compare the contract's share of a concurrent therapy with the payer's."),
    OTHER_CODE: ("The row has another code of the same drug or therapy, and its rate, or one that Rates does not have.",
                 "Ask for the code that was billed, or enter the payer's in Payer codes."),
    LESSER_OF: ("Paid is the charge, which is less than the contract's amount.",
                "See whether the contract has a lesser-of clause; raise the usual charge."),
    AS_BILLED: ("Paid is the charge, which is more than the contract's amount.",
                "See whether the payer has the contract on file."),
    OTHER_DAYS: ("Paid at a rate that Rates has for other days.", "Ask for the rate that is in force on these days."),
    COMMON: ("Paid at the rate of every payer, where the payer has its own.", "Ask for the rate of the contract."),
    OTHER_PAYER: ("Paid at a rate that Rates has for another payer.", "See which contract the payer has on file."),
    PERCENT: ("Paid at another whole percentage of the charge, of ASP or of the reference price.",
              "Compare the percentage with the contract's."),
    NOT_PAID: ("Allowed is as expected, Paid is less, and the row leaves nothing to the patient.",
               "Ask what was withheld."),
    NO_SUCH_RATE: ("The units are right, and the rate is none that Rates has.",
                   "Ask for the payer's fee schedule; mend Rates or ask for the rest."),
    UNEXPLAINED: ("No single mistake comes to what was paid.", "Look at the remittance itself."),
    NOT_OURS: ("No expected line is of the row's order or patient, code and days.",
               "See whether the order is missing in Orders, or the payment is another provider's: then return it."),
}  # fmt: skip

#: A few claim adjustment reason codes in our own words.
REASONS = {
    "1": "deductible", "2": "coinsurance", "3": "copay", "16": "information is missing", "18": "a duplicate",
    "29": "filed too late", "45": "above the contract", "97": "part of another payment",
    "252": "a document is asked for",
}  # fmt: skip
#: Shares of a later therapy that contracts have, beside those of the payer's row.
_SHARES = (*(Decimal(n) / 100 for n in (33, 67, *range(5, 100, 5))), Decimal(1) / 3, Decimal(2) / 3)
_MASS = {"mcg": Decimal("0.001"), "mg": Decimal(1), "g": Decimal(1000)}
#: The ranks that are paid unlike one another; every further one is paid as the third.
_RANKS = (1, 2, 3)
#: A cause, and what shows it.
_Found = tuple[str, str]


class Prices:
    """The rates, asked for what was not billed: apart from those of the claim, whose checks would tell of it."""

    def __init__(self, rates: Rates, reference: Reference, payers: list[str]) -> None:
        self.rates = rates
        self.reference = reference
        self.payers = payers
        self._rows = {row.where: row for _, row in rates.all}

    def on(self, payer: str, code: str, modifiers: tuple[str, ...], day: int) -> Price | None:
        """The price of a code on a day, None where there is none."""
        found = self.rates.prices(payer, code, modifiers).on(day)
        return found if isinstance(found, Price) else None

    def all(self, payer: str, code: str, modifiers: tuple[str, ...]) -> list[Price]:
        """Every price that a code ever has at a payer."""
        return [price for price in self.rates.prices(payer, code, modifiers).values if isinstance(price, Price)]

    def row(self, price: Price) -> RateRow:
        """The row of Rates that a price is by."""
        return self._rows[price.note.split(":")[0]]


@dataclass(frozen=True, slots=True)
class Named:
    """A cause, and what was compared."""

    cause: str
    why: str


def live_parts(parts: list[Part]) -> list[Part]:
    """The rows that count: without payments that were reversed, and without denials of what was paid after all."""
    left = [part for part in parts if part.paid != 0]
    for back in [part for part in left if _money(part) < 0]:
        payment = next((part for part in left if _money(part) == -_money(back)), None)
        if payment is not None:
            left = [part for part in left if part is not payment and part is not back]
    return left or [part for part in parts if part.paid == 0]


def _money(part: Part) -> Decimal:
    """What a row paid; 0 where that cannot be read."""
    return part.paid if isinstance(part.paid, Decimal) else Decimal(0)


def _told(amounts: Iterable[Maybe]) -> list[Decimal]:
    """The amounts of those rows that say one."""
    return [amount for amount in amounts if isinstance(amount, Decimal)]


def units_of(parts: list[Part]) -> Decimal | BillingError | None:
    """The units that rows pay in all; what is taken back counts against them. None where a row does not say."""
    total = Decimal(0)
    for part in parts:
        if part.units is None or isinstance(part.units, BillingError):
            return part.units
        total += -abs(part.units) if _money(part) < 0 else part.units
    return total if parts else None


def cause_of(target: Target, prices: Prices) -> Named:
    """The likely cause of a line's variance, and a sentence for it."""
    case = _Case(target, prices)
    cause, detail = case.cause()
    return Named(cause, ". ".join(filter(None, [case.compared, detail, CAUSES[cause][1]])))


def of_unmatched(remit: Remit, reason: str) -> Named:
    """The cause of a row that pays no line."""
    cause = NOT_OURS if remit.problem is None and isinstance(remit.paid, Decimal) else UNREADABLE
    said = (
        reason if remit.problem is not None else f"{table_row('Remittance', remit.at)}: {brief(remit.code)}: {reason}"
    )
    if cause == UNREADABLE and remit.problem is None:
        said = f"{remit.paid}; {reason}"
    return Named(cause, f"{said}. {CAUSES[cause][1]}")


class _Case:
    """One line with what pays it."""

    def __init__(self, target: Target, prices: Prices) -> None:
        self.target, self.prices, self.parts = target, prices, target.parts
        self.line, self.terms = target.expected.line, target.expected.claim.terms
        self.live = live_parts(target.parts)
        self.problem = next((part.paid for part in self.parts if isinstance(part.paid, BillingError)), None)
        self.paid = sum(map(_money, self.parts), Decimal(0))
        units = units_of(self.live)
        self.units = units if isinstance(units, Decimal) else None
        shares = _told(part.share for part in self.live)
        self.share = sum(shares, Decimal(0)) if shares else None
        self.allowed = self._all_allowed()
        self.near = CENT * max(1, len(self.parts))
        self.rank = next((rank for rank in reversed(_RANKS) if per_diem_rule.modifier(rank) in target.modifiers), 1)

    # -- what is the case --------------------------------------------------------------------------------------

    def _all_allowed(self) -> Decimal | None:
        """What the rows allow, or else what they pay with the patient's share; None where neither is told."""
        allowed = _told(part.allowed for part in self.live)
        if allowed and len(allowed) == len(self.live):
            return sum(allowed, Decimal(0))
        return None if self.share is None else self.paid + self.share

    @property
    def compared(self) -> str:
        """What was compared, with its rows."""
        rows = sorted({part.remit.at for part in self.parts})
        if not rows:
            return ""
        said = f"{table_row('Remittance', *rows)} paid {plain(self.paid)}"
        if self.units is not None:
            said += f" for {plain(self.units)} units"
        target = self.target
        if target.amount is not None:
            told = "" if self.allowed is None else f" (allowed {plain(self.allowed)})"
            said += f"{told}, expected {plain(target.amount)}"
            if target.units is not None:
                said += f" for {plain(target.units)}"
        return said

    def cause(self) -> _Found:
        target, line = self.target, self.line
        if target.amount is None:
            pays = target.expected.payer_pays
            return NO_EXPECTED, str(pays)
        if self.problem is not None:
            return UNREADABLE, str(self.problem)
        if not self.parts:
            if target.amount == 0:
                return AS_EXPECTED, "nothing was expected, and nothing was paid"
            waits = f"; it waits for a {line.waits}" if line.waits else ""
            return MISSING, f"expected {plain(target.amount)}{waits}"
        if abs(self.paid - target.amount) <= self.near:
            return AS_EXPECTED, ""
        allowed = target.expected.expected
        assert isinstance(allowed, Decimal)
        owed = target.expected.patient_share
        self.owed = owed if isinstance(owed, Decimal) else Decimal(0)
        self.worth = allowed
        if self.paid <= 0 and any(part.remit.amount < 0 for part in self.parts):
            return TAKEN_BACK, ""
        return next(self._tried(), (UNEXPLAINED, ""))

    def _tried(self) -> Iterator[_Found]:
        """The causes that come to what was paid, the likeliest first."""
        yield from self._of_patient_share()
        yield from self._of_rows()
        yield from self._of_units()
        if self.line.kind == PER_DIEM:
            yield from self._of_rank()
        yield from self._of_code()
        yield from self._of_charge()
        yield from self._of_rates()
        yield from self._of_patient_codes()
        if self.line.kind == PER_DIEM:
            yield from self._of_share_and_days()
        yield from self._of_percent()
        yield from self._of_nothing_else()

    def fits(self, allowed: Decimal | None) -> bool:
        """True where a payer that allows that amount has allowed, or paid, what the rows say."""
        if allowed is None or allowed == self.worth:
            return False
        if self.allowed is not None and abs(self.allowed - allowed) <= self.near:
            return True
        due = [allowed - self.owed]
        if self.worth:
            due.append(allowed * (self.worth - self.owed) / self.worth)
        return any(abs(self.paid - amount) <= self.near for amount in due)

    def at(self, price: Price | None, units: Decimal | None, share: Decimal | None = None) -> Decimal | None:
        """What the line would earn at a price, for some units, at a share; None where that cannot be worked out."""
        if price is None or units is None or units <= 0:
            return None
        count = int(units) if units == units.to_integral_value() else units
        per_diem = self.line.kind == PER_DIEM
        days = count if per_diem and isinstance(count, int) else self.line.days
        try:
            return price.shared(self.own_share if share is None else share).of(count, days, self.line.doses)[1]
        except BillingError:
            return None

    @property
    def own_share(self) -> Decimal:
        """The share of the full rate that the line earns."""
        source = self.line.source
        therapy = getattr(getattr(source, "rx", None), "therapy", None)
        if self.line.kind != PER_DIEM or (therapy is not None and therapy.therapy in self.terms.exempt):
            return Decimal(1)
        return self.terms.shares[self.rank - 1]

    @property
    def price(self) -> Price | None:
        """What the line is priced by."""
        return self.prices.on(self.terms.name, self.target.code, self.line.modifiers, self.line.first)

    @property
    def counts(self) -> list[Decimal]:
        """The units that were expected, and those that were paid, where they differ."""
        return [units for units in dict.fromkeys((self.target.units, self.units)) if units is not None]

    # -- what may be the cause ---------------------------------------------------------------------------------

    def _of_patient_share(self) -> Iterator[_Found]:
        share, owed = self.share, self.owed
        if share is not None and share != owed and abs(self.paid + share - self.worth) <= self.near:
            yield PATIENT_SHARE, f"{plain(share)} was left to the patient, {plain(owed)} expected"
        if owed and not share and abs(self.paid - self.worth) <= self.near:
            yield PATIENT_SHARE, f"none was taken, {plain(owed)} expected"

    def _of_rows(self) -> Iterator[_Found]:
        if self.paid == 0:
            yield DENIED, self._reasons
        paid = [part.remit for part in self.live if part.remit.amount > 0]
        doubled = any(gap(one, other) <= 0 for one, other in combinations(paid, 2))
        assert self.target.amount is not None
        if doubled and self.paid > self.target.amount:
            yield TWICE, f"{table_row('Remittance', *(remit.at for remit in paid))} are of the same days"

    @property
    def _reasons(self) -> str:
        codes = dict.fromkeys(one.code for part in self.parts for one in part.remit.adjustments)
        said = [f"{code} ({REASONS[code]})" if code in REASONS else code for code in codes]
        return f"reason {', '.join(said)}" if said else "without a reason code"

    def _of_units(self) -> Iterator[_Found]:
        expected, units = self.target.units, self.units
        if expected is None:
            return
        yield from self._of_other_code_units(expected, units)
        if units is None or not self.fits(self.at(self.price, units)):  # the units expected do not fit
            return
        if self.line.kind == PER_DIEM:
            yield (DAYS_SHORT if units < expected else DAYS_LONG), ""
        else:
            yield (UNITS_SHORT if units < expected else UNITS_OVER), ""

    def _of_other_code_units(self, expected: Decimal, units: Decimal | None) -> Iterator[_Found]:
        """The units as the code before or after would count them: shown by the row, or in its money alone."""
        row = self._drug_row(self.target.code)
        if row is None or row.amount is None:
            return
        doses = Decimal(self.line.doses or 1)
        for other, a_unit in self._other_codes(row):
            exactly = expected / a_unit
            by_dose = (exactly / doses).to_integral_value(ROUND_CEILING) * doses
            least, most = sorted((exactly, by_dose))
            slack = max(doses / a_unit, Decimal(1))
            by_row = units is not None and units != expected and least - slack <= units <= most + slack
            if by_row or any(self.fits(self.at(self.price, some)) for some in (least, most)):
                name = OLD_UNITS if other.successor == row.code else NEW_UNITS
                yield name, f"{other.code} counts {plain(by_dose)} of {other.unit_text}"

    def _other_codes(self, row: DrugRow) -> Iterator[tuple[DrugRow, Decimal]]:
        """The codes before and after a drug's, and how many units of its own are in one of theirs."""
        assert row.amount is not None
        for other in self.prices.reference.drugs:
            if row.code != other.successor and other.code != row.successor:
                continue
            if other.amount is None or (other.unit != row.unit and not {other.unit, row.unit} <= _MASS.keys()):
                continue  # mL and mg: how many go into a unit is the product's
            one = Decimal(1)
            yield other, other.amount * _MASS.get(other.unit, one) / (row.amount * _MASS.get(row.unit, one))

    def _drug_row(self, code: str) -> DrugRow | None:
        try:
            row = self.prices.reference.code_rows(code)[-1]
        except NotFound:
            return None
        return row if isinstance(row, DrugRow) else None

    def _of_rank(self) -> Iterator[_Found]:
        others = [rank for rank in _RANKS if rank != self.rank]
        for units, rank in product(self.counts, others):
            if self.fits(self.at(self._price_of_rank(rank), units, self.terms.shares[rank - 1])):
                yield self._paid_as(rank)

    def _price_of_rank(self, rank: int) -> Price | None:
        """The price of the line were its therapy of another rank."""
        modifiers = [one for one in self.line.modifiers if one not in RANKED]
        modifiers += filter(None, [per_diem_rule.modifier(rank)])
        return self.prices.on(self.terms.name, self.target.code, tuple(modifiers), self.line.first)

    def _paid_as(self, rank: int) -> _Found:
        if self.rank == 1:
            return FIRST_AS_LATER, f"it is what therapy {rank} earns"
        if rank == 1:
            lost = any(RANKED.isdisjoint(part.remit.modifiers) for part in self.live)
            return FULL_RATE, "the row has no SH or SJ" if lost else ""
        return (THIRD_AS_SECOND if rank == 2 else SECOND_AS_THIRD), ""

    def _of_code(self) -> Iterator[_Found]:
        for part in self.live:
            code = part.remit.code
            if code != self.target.code:
                price = self.prices.on(self.terms.name, code, self.line.modifiers, self.line.first)
                for units in self.counts:
                    if self.fits(self.at(price, units)):
                        yield OTHER_CODE, f"it is what {code} earns"

    def _of_charge(self) -> Iterator[_Found]:
        charges = [part.charge for part in self.live if isinstance(part.charge, Decimal)]
        usual = self.target.expected.charge
        for charge in (sum(charges, Decimal(0)) if charges else None, usual):
            if isinstance(charge, Decimal) and self.fits(charge):
                yield (LESSER_OF if charge < self.worth else AS_BILLED), f"the charge is {plain(charge)}"

    def _of_rates(self) -> Iterator[_Found]:
        own, day, current = self.terms.name, self.line.first, self.price
        code, modifiers = self.target.code, self.line.modifiers
        others = [name for name in self.prices.payers if name != own]

        def asked() -> Iterator[tuple[str, Price | None]]:
            yield from ((OTHER_DAYS, price) for price in self.prices.all(own, code, modifiers))
            yield COMMON, self.prices.on("", code, modifiers, day)
            yield from ((OTHER_PAYER, self.prices.on(name, code, modifiers, day)) for name in others)
            yield from ((OTHER_DAYS, price) for price in self.prices.all("", code, modifiers))
            yield from ((OTHER_PAYER, price) for name in others for price in self.prices.all(name, code, modifiers))

        for cause, price in asked():
            if price is not None and price is not current:
                for units in self.counts:
                    if self.fits(self.at(price, units)):
                        yield cause, price.note

    def _of_share_and_days(self) -> Iterator[_Found]:
        """What the money alone tells of a per diem: another share of the full rate, or other days."""
        expected, price = self.target.units, self.price
        if expected is None or self.units not in (None, expected):
            return
        full = self.prices.on(self.terms.name, self.target.code, (), self.line.first)
        if self.rank > 1:
            for share in _SHARES:
                if self.fits(self.at(full, expected, share)):
                    yield WRONG_SHARE, f"it is {plain((share * 100).quantize(CENT))} % of the full rate"
        for days in dict.fromkeys((expected - 1, expected + 1, expected - 2, expected + 2, expected - 3, expected + 3,
                                   Decimal(30), Decimal(28))):  # fmt: skip
            if days != expected and self.fits(self.at(price, days)):
                yield (DAYS_SHORT if days < expected else DAYS_LONG), f"the money is that of {plain(days)} days"
        if self.rank > 1:
            for percent in range(1, 100):
                if self.fits(self.at(full, expected, Decimal(percent) / 100)):
                    yield WRONG_SHARE, f"it is {percent} % of the full rate"

    def _of_percent(self) -> Iterator[_Found]:
        price = self.price
        if price is None or not self.worth:
            return
        row = self.prices.row(price)
        if not row.basis.startswith("%"):
            return
        paid = self.allowed if self.allowed is not None else self.paid + self.owed
        percent = (row.amount * paid / self.worth).quantize(Decimal("0.01"), ROUND_HALF_UP)
        if percent > 0 and self.fits(cents(self.worth * percent / row.amount)):
            yield PERCENT, f"{plain(percent * 100)} % in place of {plain(row.amount * 100)} {row.basis}"

    def _of_patient_codes(self) -> Iterator[_Found]:
        told = any(one.of_patient for part in self.live for one in part.remit.adjustments)
        if told and self.share is None and self.paid < self.worth - self.owed:
            yield PATIENT_SHARE, "a reason code leaves a part to the patient, without its amount"

    def _of_nothing_else(self) -> Iterator[_Found]:
        if self.allowed is not None and abs(self.allowed - self.worth) <= self.near and self.paid < self.worth:
            yield NOT_PAID, ""
        codes = sorted({part.remit.code for part in self.live} - {self.target.code})
        if codes:
            yield OTHER_CODE, f"the row has {' and '.join(codes)}"
        if self.units is None or self.units == self.target.units:
            yield NO_SUCH_RATE, ""
