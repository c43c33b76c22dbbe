"""What a code earns: the fee schedule of the Rates table.

The most specific row in force wins: a payer's own before that of every payer, and of those one for the line's
modifier before one for any. A rate is US dollars, or a percentage of the usual charge or of a reference price,
which are rows of the same table; a reference price that no row has is the ASP payment limit that was imported for
the quarter, and a percentage may also be one of the ASP itself. Where a row says so, the usual charge is paid if it
is less.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property
from typing import NamedTuple, Protocol, TypeGuard

from xl_infusion.claim.columns import RATES
from xl_infusion.claim.inputs import Row, choice, fold_name, good, period, text
from xl_infusion.claim.limits import OF_ASP, Limit, Limits
from xl_infusion.claim.price import LINE, UNIT, Price
from xl_infusion.claim.readers import percent
from xl_infusion.claim.spans import Spans
from xl_infusion.errors import BillingError, NoRate, OutOfRange, WrongInput, brief, kept, quoted, table_row
from xl_infusion.reference import Reference
from xl_infusion.reference.names import as_code
from xl_infusion.rules import waste
from xl_infusion.rules.number import exact, plain

#: Modifiers that say a rank: a rate for one of them is what that therapy earns, and no share is taken of it.
RANKED = frozenset({"SH", "SJ"})
#: Modifiers of lines that stand beside the line of what was given.
_BESIDE = frozenset({waste.DISCARDED, waste.NOT_USED})
_FEE, _OF_CHARGE, _OF_REFERENCE, _OF_ASP, _CHARGE, _REFERENCE = RATES["Basis"].choices
_PERCENT = (_OF_CHARGE, _OF_REFERENCE, _OF_ASP)
#: Bases that may ask for what was imported.
_BY_LIMIT = frozenset({_OF_REFERENCE, _OF_ASP})
_NO_LIMITS: Spans[Limit | str] = Spans([1], [None])
_IMPORT = "bring in CMS's ASP pricing file of the quarter with xl-infusion codes update (none is imported)"
#: A percentage beyond is 85 in place of 85%.
_MOST_PERCENT = Decimal(10)


@dataclass(frozen=True, slots=True, eq=False)
class RateRow:
    """A row of Rates, from the first through the last day (ordinals); ``problem``: why it cannot be used.

    ``of``: where it is from, where that is no row of Rates.
    """

    number: int
    modifier: str
    amount: Decimal
    basis: str
    per: str
    lesser: bool
    first: int
    last: int
    problem: BillingError | None
    of: str = ""

    @property
    def where(self) -> str:
        """``Rates table row 7``."""
        return self.of or table_row("Rates", self.number)

    @property
    def beside(self) -> bool:
        """True for a row that pays the line of what was discarded or not used."""
        return self.per == LINE and self.modifier in _BESIDE

    def says(self) -> tuple[object, ...]:
        """What a row says, where it stands left aside."""
        return (self.amount, self.basis, self.per, self.lesser, self.modifier in RANKED)


#: A row in force, why there is none that can be used, or None.
_Row = RateRow | BillingError | None


class _Asked(NamedTuple):
    """A row that prices a code on some days, with what is in force beside it: the usual charge, the reference price,
    CMS's payment limit (or why there is none). ``bases``: those of every row of the code."""

    row: RateRow
    charge: _Row
    base: _Row
    limit: Limit | str | None
    code: str
    bases: set[str]


class _Amount(NamedTuple):
    """US dollars by the basis of a row; the other fields as in `Price`."""

    amount: Decimal
    per: str
    note: str
    dosage: str | None = None
    quotient: tuple[Decimal, Decimal] | None = None
    beside: bool = False


@dataclass(slots=True)
class _Typed:
    """What a row of Rates says of its money, as far as it can be read, and why no further."""

    modifier: str = ""
    basis: str = _FEE
    per: str = UNIT
    lesser: bool = False
    amount: Decimal = Decimal(0)
    problem: BillingError | None = None

    @classmethod
    def read(cls, row: Row) -> _Typed:
        typed = cls()
        try:
            typed.modifier = _modifier(good(row.get("Modifier"), "Modifier"))
            typed.basis = choice(RATES["Basis"], row.get("Basis")) or _FEE
            typed.per = choice(RATES["Per"], row.get("Per")) or UNIT
            typed.lesser = choice(RATES["Lesser of charge"], row.get("Lesser of charge")) == "yes"
            typed.amount = _amount(good(row.get("Rate"), "Rate"), typed.basis)
        except BillingError as error:
            typed.problem = kept(error)
        return typed


class Pricing(Protocol):
    """What prices the lines of a claim: the `Rates` table, or what a scenario makes of it."""

    @property
    def given(self) -> bool:
        """False where no line of a claim has a rate or a charge."""
        ...

    def prices(self, payer: str, code: str, modifiers: tuple[str, ...] = ()) -> Spans[Price | BillingError]:
        """What a unit of a code with modifiers earns at a payer, with its days."""
        ...


class _Rows:
    """The rows of a code that are for a line, the most specific first; ``over``: one that goes over them.

    ``groups``: the payer's own, and those of every payer; ``both``: what rows of one specificity come to on a day.
    """

    def __init__(
        self,
        groups: Iterable[Sequence[RateRow]],
        modifiers: tuple[str, ...],
        over: RateRow | None,
        both: Callable[[Sequence[RateRow | BillingError], int], RateRow | BillingError],
    ) -> None:
        self._over, self._both = over, both
        self._layers: list[list[RateRow]] = []
        if over is not None and over.modifier:
            self._layers.append([over] if over.modifier in modifiers else [])
        for group in groups:
            self._layers.append([row for row in group if row.modifier in modifiers])
            self._layers.append([row for row in group if not row.modifier])

    def of(self, *bases: str) -> Spans[RateRow | BillingError]:
        """The row in force among those of some bases."""
        over, found = self._over, self._layered(self._layers, bases)
        if over is None or over.modifier or over.basis not in bases:
            return found
        # a rank's own rate stays where it is in force without the new full rate
        of_ranks = [[row for row in layer if row.modifier in RANKED] for layer in self._layers]
        return found.joined([self._layered(of_ranks, bases)], lambda row, own: row if row and row is own else over)

    def _layered(self, layers: list[list[RateRow]], bases: tuple[str, ...]) -> Spans[RateRow | BillingError]:
        by_days = [[(row.first, row.last, row) for row in layer if row.basis in bases] for layer in layers]
        return Spans[RateRow | BillingError].layered(by_days, self._both)


class Rates:
    """The Rates table. Not given, or without rows: no line of a claim has a rate or a charge."""

    def __init__(self, rows: Sequence[tuple[int, Row]], reference: Reference) -> None:
        self.given = bool(rows)
        self.reference = reference
        #: rows that cannot be used as they stand, for the checks
        self.problems: list[tuple[int, BillingError]] = []
        #: a row whose code cannot be read may be that of any line: then none has a rate
        self._unreadable: BillingError | None = None
        self._rows: dict[tuple[str, str], list[RateRow]] = defaultdict(list)
        self._prices: dict[tuple[str, str, tuple[str, ...]], Spans[Price | BillingError]] = {}
        self._usual: dict[tuple[str, str, tuple[str, ...]], Spans[RateRow | BillingError]] = {}
        self._errors: dict[tuple[int, str | tuple[int, ...]], BillingError] = {}
        #: what is missing on some days alone, which the lines of those days say
        self._absent: dict[str, BillingError] = {}
        for number, row in rows:
            self._add(number, row)

    def _add(self, number: int, row: Row) -> None:
        where = table_row("Rates", number)
        problem: BillingError | None = None
        payer = ""
        try:
            payer = fold_name(text(good(row.get("Payer"), "Payer"), "Payer"))
        except BillingError as error:
            problem = kept(error)  # it may be anybody's: no payer without a rate of its own is priced past it
        try:
            code, more = _code(row.get("Code"))
        except BillingError as error:
            self._unreadable = self._unreadable or error.at(where)
            self.problems.append((number, error.at(where)))
            return
        first, last, wrong = period(row)
        typed = _Typed.read(row)
        problem = problem or more or wrong or typed.problem
        if problem is not None:
            problem = problem.at(where)
            self.problems.append((number, problem))
        self._rows[payer, code].append(
            RateRow(number, typed.modifier, typed.amount, typed.basis, typed.per, typed.lesser, first, last, problem)
        )

    @property
    def all(self) -> list[tuple[str, RateRow]]:
        """Every row with the payer that it names, without regard to case."""
        return [(payer, row) for (payer, _), rows in self._rows.items() for row in rows]

    def prices(self, payer: str, code: str, modifiers: tuple[str, ...] = ()) -> Spans[Price | BillingError]:
        """What a unit of ``code`` with ``modifiers`` earns at ``payer``, with its days; an error where nothing does."""
        key = (payer, code, modifiers)  # where nothing prices it, the error names the payer as it is spelt here
        found = self._prices.get(key)
        if found is None:
            found = self._prices[key] = self._worked_out(payer, code, modifiers)
        return found

    def priced_by(
        self, over: RateRow, payer: str, code: str, modifiers: tuple[str, ...] = ()
    ) -> Spans[Price | BillingError]:
        """As `prices`, where a row that is not in the table goes over those of the payer and of every payer.

        It takes the usual charge and the reference price from the table. A rate for a rank (SH, SJ) that is in force
        stays, for a new full rate says nothing of it; a row for that rank goes over it.
        """
        return self._worked_out(payer, code, modifiers, over)

    def usual_charges(self, payer: str, code: str, modifiers: tuple[str, ...] = ()) -> Spans[RateRow | BillingError]:
        """The usual charge of a code with its days, None on days without one; an error where two rows differ."""
        key = (fold_name(payer), code, modifiers)
        found = self._usual.get(key)
        if found is None:
            found = self._usual[key] = _Rows(self._groups(payer, code), modifiers, None, self._both).of(_CHARGE)
        return found

    def _worked_out(
        self, payer: str, code: str, modifiers: tuple[str, ...], over: RateRow | None = None
    ) -> Spans[Price | BillingError]:
        if self._unreadable is not None:
            return Spans([1], [self._unreadable])
        rows = _Rows(self._groups(payer, code), modifiers, over, self._both)
        absent = _no_rate(payer, code)
        bases = {row.basis for group in self._groups(payer, code) for row in group}
        if over is not None:
            bases.add(over.basis)

        def price(row: _Row, charge: _Row, base: _Row, limit: Limit | str | None) -> Price | BillingError:
            if row is None:
                return absent
            return row if isinstance(row, BillingError) else self._price(_Asked(row, charge, base, limit, code, bases))

        limits = self._limits.of(code) if bases & _BY_LIMIT else _NO_LIMITS
        return rows.of(_FEE, *_PERCENT).joined([rows.of(_CHARGE), rows.of(_REFERENCE), limits], price)

    def _groups(self, payer: str, code: str) -> list[list[RateRow]]:
        """The rows of a code: the payer's own, and those of every payer."""
        return [self._rows.get((fold_name(payer), code), []) if payer else [], self._rows.get(("", code), [])]

    @cached_property
    def _limits(self) -> Limits:
        return Limits(self.reference)

    def _price(self, asked: _Asked) -> Price | BillingError:
        """What a row comes to, with what is in force beside it."""
        row, charge = asked.row, asked.charge
        if row.problem is not None:
            return row.problem
        found = self._by_basis(asked)
        if isinstance(found, BillingError):
            return found
        cap = None
        if row.lesser:
            if not _can_be_used(charge):
                return self._missing(asked, _CHARGE, charge)
            cap = (charge.amount, charge.per, charge.beside)
        ranked = row.modifier in RANKED
        return Price(
            found.amount, found.per, ranked, cap, found.note, found.dosage, found.quotient, found.beside
        )  # fmt: skip

    def _by_basis(self, asked: _Asked) -> _Amount | BillingError:
        """The amount of a row, a fee or a percentage of something else."""
        row = asked.row
        if row.basis == _FEE:
            return _Amount(row.amount, row.per, row.where, beside=row.beside)
        if row.basis == _OF_ASP or (row.basis == _OF_REFERENCE and asked.base is None and self._limits.imported):
            return self._of_limit(asked)
        what, base = (_CHARGE, asked.charge) if row.basis == _OF_CHARGE else (_REFERENCE, asked.base)
        if not _can_be_used(base):
            return self._missing(asked, what, base)
        note = f"{row.where}: {plain(row.amount * 100)} % of the {what} {plain(base.amount)} of {base.where}"
        return _Amount(row.amount * base.amount, base.per, note, beside=base.beside)

    def _of_limit(self, asked: _Asked) -> _Amount | BillingError:
        """A percentage of the ASP, or of its payment limit, as imported."""
        row, limit = asked.row, asked.limit
        if not isinstance(limit, Limit) or (row.basis == _OF_ASP and limit.not_asp):
            return self._no_limit(asked)
        amount, of = row.amount * limit.amount, f"{row.where}: {plain(row.amount * 100)} % of the ASP"
        if row.basis == _OF_ASP:
            note = f"{of}, the payment limit {plain(limit.amount)} / {OF_ASP}, {limit.quarter}"
            return _Amount(amount / OF_ASP, UNIT, note, limit.dosage, (amount, OF_ASP))
        note = f"{of} payment limit {plain(limit.amount)}, {limit.quarter}"
        return _Amount(amount, UNIT, note, limit.dosage)

    def _missing(self, asked: _Asked, what: str, found: _Row) -> BillingError:
        """Why a row has not the usual charge or reference price that it asks for."""
        if isinstance(found, BillingError):
            return found
        if found is not None and found.problem is not None:
            return found.problem
        number = asked.row.number
        says = f"{asked.row.where} asks for the {what} of {asked.code}, and no row has it on that day: add it"
        if what == _REFERENCE:
            says += f", or {_IMPORT}"
        if what in asked.bases:
            return self._absent.setdefault(says, NoRate(says))
        return self._errors.setdefault((number, what), NoRate(says))

    def _no_limit(self, asked: _Asked) -> BillingError:
        """Why a row has not the ASP or the payment limit that it asks for."""
        row, limit, code = asked.row, asked.limit, asked.code
        what = f"{row.where} asks for the {'ASP' if row.basis == _OF_ASP else _REFERENCE} of {code}"
        if not self._limits.imported:
            return self._errors.setdefault((row.number, _OF_ASP), NoRate(f"{what}, and there is none here: {_IMPORT}"))
        if isinstance(limit, Limit):
            says = (
                f"{what}, and its payment limit of {limit.quarter} is not 106 % of it ({limit.not_asp}): write "
                f"{_OF_REFERENCE}, which is of the limit itself, or of a {_REFERENCE} row of its own"
            )
        elif row.basis == _OF_ASP:
            says = f"{what}, and {limit}price it by another row"
        else:
            says = f"{what}: no row has it on that day, and {limit}add a row {_REFERENCE}"
        return self._absent.setdefault(says, NoRate(says))

    def _both(self, rows: Sequence[RateRow | BillingError], day: int) -> RateRow | BillingError:
        """Rows of one specificity on one day: one row where they say the same, else an error that names them."""
        found = [row for row in rows if isinstance(row, RateRow)]
        for row in found:
            if row.problem is not None:
                return row  # it says why, and may be meant for another day
        if len({row.says() for row in found}) == 1:
            return found[0]
        numbers = tuple(row.number for row in found)
        if len(modifiers := list(dict.fromkeys(row.modifier for row in found))) > 1:
            what = f"are for {' and '.join(modifiers)}, and the line has both: no row says what they come to together"
        else:
            what = "are in force on one day with two rates: close one of them"
        return self._errors.setdefault(
            (found[0].number, numbers),
            WrongInput(f"{table_row('Rates', *numbers)} {what}"),
        )

    def conflicts(self) -> Iterable[tuple[int, BillingError]]:
        """What `prices` found wrong between rows so far, with the number of the first of them."""
        return [(number, error) for (number, _), error in self._errors.items()]


def _can_be_used(row: _Row) -> TypeGuard[RateRow]:
    """True for a row in force that has no problem."""
    return isinstance(row, RateRow) and row.problem is None


def _amount(value: object, basis: str) -> Decimal:
    amount = percent(value, "Rate") if basis in _PERCENT else exact(value, "Rate")
    if amount < 0:
        raise OutOfRange(f"Rate {plain(amount)} is negative")
    if basis in _PERCENT and amount > _MOST_PERCENT:
        raise OutOfRange(f"Rate {plain(amount)} is {plain(amount * 100)} %: write 85% or 0.85")
    return amount


def _modifier(value: object) -> str:
    written = text(value, "Modifier").upper()
    if written and not re.fullmatch(r"[A-Z0-9]{2}", written, re.ASCII):
        raise WrongInput(
            f"Modifier {quoted(written)} is not one modifier, two letters or digits: write SH, or leave it blank"
        )
    return written


def _code(value: object) -> tuple[str, BillingError | None]:
    """The code of a row, and why it cannot be used where a modifier stands in it: S9501-SH."""
    code = text(good(value, "Code"), "Code")
    if not code:
        raise WrongInput("Code is blank: name the code that the rate is for")
    first, _, modifier = re.sub(r"[-\s/,]+", " ", code).partition(" ")
    if modifier and (known := as_code(first)) is not None:
        return known, WrongInput(
            f"Code {quoted(code)} is more than a code: write {known}, and {brief(modifier)} in Modifier"
        )
    return as_code(code) or code.upper(), None


def _no_rate(payer: str, code: str) -> NoRate:
    whose = f"{brief(payer)} or any payer" if payer else "any payer"
    return NoRate(f"no rate for {code} of {whose} in force on that day: add a row to Rates")
