"""How the cell of a payer's term is read, within which limits, and what typing it is checked for by the same limits.

Every reader raises a `BillingError` that names the column (``what``). In a cell ``none`` is written out as blank is: no
limit, no modifier, nothing owed.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from typing import Generic, TypeVar

from xl_infusion.claim.column import Check, Limits, Listed
from xl_infusion.claim.inputs import one_of, place_of_service, text
from xl_infusion.claim.words import YES_NO
from xl_infusion.errors import NotANumber, NotFound, OutOfRange, WrongInput, brief, quoted
from xl_infusion.reference import PerDiemRow, Reference
from xl_infusion.reference.names import as_code, fold
from xl_infusion.rules import vial_rounding
from xl_infusion.rules.number import cents, exact, plain, whole
from xl_infusion.rules.vial_rounding import VialRounding

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Reader(Generic[T]):
    """``read``: what a cell means, with the column's name for a message; ``checked``: what typing is checked for."""

    read: Callable[[Reference, object, str], T]
    checked: Check | None = None
    choices: tuple[str, ...] = ()


# -- words -------------------------------------------------------------------------------------------------------


def words(choices: tuple[str, ...]) -> Reader[str]:
    """One of some words."""
    return Reader(lambda _, cell, what: one_of(what, choices, cell), choices=choices)


def beyond_first(choices: tuple[str, ...]) -> Reader[bool]:
    """True for every word but the first."""
    return Reader(lambda _, cell, what: one_of(what, choices, cell) != choices[0], choices=choices)


def _vial_rounding(_: Reference, cell: object, what: str) -> VialRounding | None:
    return vial_rounding.parse(text(cell, what), what)


#: How doses are rounded to vials: the usual ways, with any percentage.
VIAL_ROUNDING: Reader[VialRounding | None] = Reader(
    _vial_rounding,
    Listed("Not none, nearest, down or up, with within 10 % behind it or without. Keep it?"),
    vial_rounding.WAYS,
)

#: Whether a day is billed.
BILLED: Reader[bool] = beyond_first(("not billed", "billed"))
YES: Reader[bool] = Reader(lambda _, cell, what: one_of(what, YES_NO, cell) == "yes", choices=YES_NO)


# -- numbers -----------------------------------------------------------------------------------------------------


def share(value: object, column: str) -> Decimal:
    """A share out of a cell: 0.5 or 50%. Errors: `WrongInput`, `OutOfRange`.

    >>> share("50%", "Second share"), share(0.25, "Third share")
    (Decimal('0.5'), Decimal('0.25'))
    """
    try:
        found = percent(value, column)
    except NotANumber:
        raise NotANumber(f"{column} {quoted(text(value, column))} is not a share: write 0.5 or 50%") from None
    if not 0 <= found <= 1:
        raise OutOfRange(f"{column} {plain(found)} is not from 0 to 1: write 0.5 or 50%")
    return found


def percent(value: object, column: str) -> Decimal:
    """A number out of a cell, ``106%`` as 1.06."""
    if isinstance(value, str) and value.strip().endswith("%"):
        return exact(value.strip()[:-1], column) / 100
    return exact(value, column)


#: What a share is checked for, in every table.
CHECKED_SHARE = Limits("decimal", "A share is from 0% to 100%.", least=0, most=1)
A_SHARE: Reader[Decimal] = Reader(lambda _, cell, what: share(cell, what), CHECKED_SHARE)


def whole_number(least: int, most: int, says: str) -> Reader[int]:
    """A whole number; ``says``: the words of the check, with ``{least}`` and ``{most}``."""
    return Reader(
        lambda _, cell, what: whole(cell, what, least, most),
        Limits("whole", says.format(least=least, most=most), least, most),
    )


def days_or_none(most: int) -> Reader[int | None]:
    """A number of days, None for no limit."""
    says = f"Days: a whole number from 1 to {most}; none, or blank, is no limit."
    return Reader(
        lambda _, cell, what: whole(cell, what, 1, most) if _given(cell) else None,
        Limits("whole", says, 1, most, none=True),
    )


def hours_or_none(most: int) -> Reader[Decimal | None]:
    """A number of hours, with decimals, None for no limit."""

    def read(_: Reference, cell: object, what: str) -> Decimal | None:
        if not _given(cell):
            return None
        hours = exact(cell, what)
        if not 0 < hours <= most:
            raise OutOfRange(f"{what} {plain(hours)} is not a number of hours from 0 to {most}")
        return hours

    says = f"Hours: more than 0 and at most {most}; none, or blank, is no limit."
    return Reader(read, Limits("decimal", says, most=most, over=0, none=True))


def _owed_or_none(_: Reference, cell: object, what: str) -> Decimal | None:
    if not _given(cell):
        return None
    amount = exact(cell, what)
    if amount < 0:
        raise OutOfRange(f"{what} {plain(amount)} is negative: write US dollars, or leave it blank")
    return cents(amount)


def _owed(reference: Reference, cell: object, what: str) -> Decimal:
    return _owed_or_none(reference, cell, what) or Decimal(0)


#: US dollars, to the cent; and such that 0 is another answer than none.
OWED = Reader(_owed, Limits("decimal", "US dollars: 0 or more; none, or blank, is nothing.", least=0, none=True))
OWED_OR_NONE = Reader(
    _owed_or_none,
    Limits("decimal", "US dollars: 0 is no copay; none, or blank, says nothing of one.", least=0, none=True),
)


# -- names of the reference --------------------------------------------------------------------------------------


def _given(value: object) -> bool:
    return not (isinstance(value, str) and fold(value) == "none")


def _names(value: object, what: str) -> list[str]:
    """A list of names; ``none`` is an empty one."""
    written = text(value, what).replace(";", ",")
    return [name.strip() for name in written.split(",") if name.strip() and _given(name)]


def _therapies(reference: Reference, cell: object, what: str) -> frozenset[str]:
    try:
        return frozenset(reference.therapy(name).therapy.therapy for name in _names(cell, what))
    except NotFound as error:
        raise error.at(what) from None


def _whole_therapy(reference: Reference, cell: object, what: str) -> dict[str, str]:
    """Therapy -> the per diem code that stands for all of it."""
    found: dict[str, str] = {}
    for name in _names(cell, what):
        try:
            row = reference.code_rows(as_code(name) or name)[-1]
        except NotFound as error:
            raise error.at(what) from None
        if not isinstance(row, PerDiemRow):
            raise WrongInput(f"{what} {brief(name)} is no per diem code: write one as S9494")
        if row.therapy in found:
            raise WrongInput(
                f"{what} names two codes of {row.therapy}, {found[row.therapy]} and {brief(name)}: keep one"
            )
        found[row.therapy] = row.code
    return found


def _by_interval(reference: Reference, cell: object, what: str) -> str:
    """One per diem code of a therapy whose codes name the interval, or ``none`` as a blank."""
    found = _whole_therapy(reference, cell, what)
    if len(found) > 1 or any(reference.therapies[therapy].code_by != "interval" for therapy in found):
        raise WrongInput(f"{what} {quoted(text(cell, what))} is not one anti-infective per diem code: write S9494")
    return next(iter(found.values()), "")


def _modifier(reference: Reference, cell: object, what: str) -> str:
    written = text(cell, what).upper()
    return _known_modifier(reference, written, what) if _given(written) else ""


def _modifiers(reference: Reference, cell: object, what: str) -> tuple[str, ...]:
    written = text(cell, what).upper().replace(",", " ").replace(";", " ")
    return tuple(_known_modifier(reference, name, what) for name in dict.fromkeys(written.split()) if _given(name))


def _known_modifier(reference: Reference, written: str, what: str) -> str:
    if written not in {row.modifier for row in reference.modifiers}:
        raise NotFound(f'{what} {quoted(written)} is no modifier of the reference: see =CODES("modifier")')
    return written


def _places(reference: Reference, cell: object, what: str) -> frozenset[str]:
    written = text(cell, what).replace(",", " ").replace(";", " ")
    return frozenset(place_of_service(reference, name, what) for name in written.split() if _given(name))


def _payer(_: Reference, cell: object, what: str) -> str:
    written = text(cell, what)
    return written if _given(written) else ""


def _accreditors(reference: Reference, cell: object, what: str) -> tuple[str, ...]:
    found = []
    for name in _names(cell, what):
        body = reference.accreditor(name)
        if body is None:
            raise NotFound(f"{what} {quoted(name)} is no accreditation body that the reference knows: ACHC, CHAP, ...")
        found.append(body)
    return tuple(found)


#: Several therapies; one per diem code each of several therapies; the one of an interval; a modifier, several; places.
THERAPIES = Reader(_therapies)
WHOLE_THERAPY = Reader(_whole_therapy)
BY_INTERVAL = Reader(_by_interval)
MODIFIER = Reader(_modifier)
MODIFIERS = Reader(_modifiers)
PLACE: Reader[str] = Reader(place_of_service)
PLACES = Reader(_places)
ACCREDITORS = Reader(_accreditors)
#: The name of a payer, which is looked up when all rows of Payers are read (`contract.Payers`).
A_PAYER = Reader(_payer)
