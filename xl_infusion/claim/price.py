"""What a rate pays for a line: an amount for each unit, day, dose or line of it."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from decimal import Decimal
from typing import Any, NamedTuple

from xl_infusion.claim.columns import RATES
from xl_infusion.errors import NoRate, WrongInput
from xl_infusion.rules.number import CENT, cents, plain

UNIT, DAY, DOSE, LINE = RATES["Per"].choices


class Quantity(NamedTuple):
    """How much a line has of everything that a rate may pay for.

    ``days`` and ``doses`` are None where a line has none: a discarded unit is no dose, nor a day of therapy more, nor
    another line. Of the visits of a day the first line of a code has the day, those after it 0.
    """

    units: int | Decimal
    days: int | None
    doses: int | None

    def of(self, per: str, beside: bool = False) -> int | Decimal:
        """How many of ``per``. ``beside``: the rate is one for what was discarded or not used.

        Errors: `NoRate` for a line that is paid with that of what was given, `WrongInput` for days or doses of none.
        """
        lines = None if self.days is None and not beside else 1
        found = {UNIT: self.units, DAY: self.days, DOSE: self.doses, LINE: lines}[per]
        if found is None and per == LINE:
            raise NoRate("the rate is per line and pays what was given: add a row for the modifier of this line")
        if found is None:
            raise WrongInput(f"the rate is per {per}, and the line counts no {per}s: add one per unit for it")
        return found


@dataclass(frozen=True, slots=True)
class Price:
    """US dollars ``per`` unit, day, dose or line. ``note``: which rows say so. ``cap``: the usual charge, where
    it is paid if it is less: amount, per, and whether it is one ``beside``. ``ranked``: it is for a rank already, no
    share is taken of it. ``dosage``: what CMS counts a unit of its payment limit by, None where the price is of
    something else. ``quotient``: the amount as a dividend and a divisor, where no decimal is exact. ``beside``: it
    pays the line of what was discarded or not used."""

    amount: Decimal
    per: str
    ranked: bool
    cap: tuple[Decimal, str, bool] | None
    note: str = field(compare=False)
    dosage: str | None = None
    quotient: tuple[Decimal, Decimal] | None = field(default=None, compare=False)
    beside: bool = False
    _worked_out: dict[object, tuple[Decimal, Decimal, str]] = field(default_factory=dict, compare=False, repr=False)
    _shares: dict[Decimal, Price] = field(default_factory=dict, compare=False, repr=False)

    def shared(self, share: Decimal) -> Price:
        """A share of it, to the cent; of one for a rank none is taken."""
        if share == 1 or self.ranked:
            return self
        found = self._shares.get(share)
        if found is None:
            amount = cents(self.amount * share)
            found = self._shares[share] = self.changed(
                amount=amount,
                note=f"{plain(self.amount)} x {plain(share * 100)} %; {self.note}",
            )
        return found

    @property
    def earns(self) -> object:
        """What of it decides what a line earns: no line is cut between two prices of which this is the same.

        So it is with a usual charge that is never less, and with a rate where the usual charge is always less.
        """
        cap, amount = self.cap, self.amount
        if cap is not None and cap[1:] == (self.per, self.beside):
            less = amount - cap[0]
            amount = cap[0] if less >= CENT else amount
            cap = cap if 0 < less < CENT else None
        return amount, self.per, cap if amount else None, self.dosage, self.beside

    def changed(self, **fields: Any) -> Price:
        """It with another amount, and whatever else is another."""
        return replace(self, quotient=None, _worked_out={}, _shares={}, **fields)

    def of(self, units: int | Decimal, days: int | None, doses: int | None) -> tuple[Decimal, Decimal, str]:
        """Rate, charge, and the reason, of a line of that quantity (`Quantity`)."""
        key = (units, days, doses)
        found = self._worked_out.get(key)
        if found is None:
            found = self._worked_out[key] = self._of(Quantity(units, days, doses))
        return found

    def _of(self, quantity: Quantity) -> tuple[Decimal, Decimal, str]:
        note, count = f"; {self.note}", quantity.of(self.per, self.beside)
        charge = cents(self._times(count))
        if self.per != UNIT:
            note += f", per {self.per}" + ("" if count else ", which is paid once a day")
        if self.cap is not None:
            full, per, beside = self.cap
            usual = cents(full * quantity.of(per, beside))
            if usual < charge:
                return full, usual, f"{note}; the usual charge is less: {plain(full)} per {per}"
        return self.amount, charge, note

    def _times(self, count: int | Decimal) -> Decimal:
        if self.quotient is None:
            return self.amount * count
        dividend, divisor = self.quotient
        return dividend * count / divisor
