"""The per diem: which S code a day of therapy bills, which therapy comes first, what the others earn.

One day of therapy is one per diem line. Sources: HCPCS Level II S codes (CMS, October 2025) for the codes,
intervals and volumes; IDSA Home Infusion FAQ (2013) for the order (the more frequent therapy first), the
modifiers SH and SJ and the default shares 100 / 50 / 25 percent.

>>> from xl_infusion.reference import current
>>> from xl_infusion.rules.interval import parse
>>> code(current(), "anti-infective", interval=parse("q8h")).code, modifier(2)
('S9502', 'SH')
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Sequence
from decimal import Decimal

from xl_infusion.errors import NoPerDiemCode, NotInForce, OutOfRange, WrongInput, quoted
from xl_infusion.reference import PerDiemRow, Reference
from xl_infusion.reference.periods import Periods
from xl_infusion.rules.interval import Every
from xl_infusion.rules.number import cents, plain

#: More therapies at once than any patient has: a rank beyond is a typing error.
MOST_RANK = 99
#: Of the first therapy, the second, and each further one.
_MODIFIERS = ("", "SH", "SJ")


def periods(
    reference: Reference,
    therapy: str,
    *,
    interval: Every | None = None,
    volume_l: Decimal | None = None,
    method: str = "",
) -> Periods[PerDiemRow]:
    """The code that a day of ``therapy`` bills, with its periods.

    By interval for anti-infectives (exactly 3, 4, 6, 8, 12 or 24 hours), by liters a day for TPN and
    hydration (None: the code for a volume not stated), by continuous or intermittent infusion or by method
    where the codes differ so, else the therapy's one code.

    Errors: `NoPerDiemCode` when no code is for that interval (never the nearest one), `WrongInput` when the
    interval is missing, `OutOfRange` for a volume that is not more than 0.
    """
    rows = reference.per_diem_rows(therapy)
    by = reference.therapies[therapy].code_by
    if method:
        return _pick(rows, lambda row: row.method == method, f"{therapy} has no per diem code for {quoted(method)}")
    if by == "interval":
        return _by_interval(rows, interval)
    if by == "volume" and volume_l is not None:
        return _by_volume(rows, therapy, volume_l)
    if by == "continuity" and interval is not None:
        # of 24 hours or more, as the codes say
        wanted = "continuous" if interval.continuous or interval.lasts >= 24 else "intermittent"
        return _pick(rows, lambda row: row.method == wanted, f"{therapy} has no per diem code for {wanted} infusion")
    if len(rows) == 1:
        return rows[0]
    return _pick(rows, lambda row: row.specificity == "general", f"{therapy} needs its method: {_methods(rows)}")


def _by_interval(rows: list[Periods[PerDiemRow]], interval: Every | None) -> Periods[PerDiemRow]:
    if interval is None:
        raise WrongInput("interval is blank: the per diem code of this therapy names it; type 8 or q8h")
    otherwise = f"no per diem code for {interval}: only {_intervals(rows)} hours have one"
    if interval.monthly:
        otherwise += "; name the Therapy where it has a code of its own"
    hours = interval.hours
    return _pick(rows, lambda row: row.interval_hours is not None and row.interval_hours == hours, otherwise)


def _by_volume(rows: list[Periods[PerDiemRow]], therapy: str, volume_l: Decimal) -> Periods[PerDiemRow]:
    if volume_l <= 0:
        raise OutOfRange(f"volume {plain(volume_l)} L a day is not more than 0")

    def fits(row: PerDiemRow) -> bool:
        over, up_to = row.volume_over_l, row.volume_up_to_l
        return over is not None and over < volume_l and (up_to is None or volume_l <= up_to)

    return _pick(rows, fits, f"no per diem code of {therapy} for {plain(volume_l)} L a day")


def code(
    reference: Reference,
    therapy: str,
    day: dt.date | None = None,
    *,
    interval: Every | None = None,
    volume_l: Decimal | None = None,
    method: str = "",
) -> PerDiemRow:
    """The row of `periods` that is in force on ``day`` (None: in the edition). `NotInForce` besides its errors.

    >>> from xl_infusion.reference import current
    >>> code(current(), "tpn", volume_l=Decimal("1.5")).code, code(current(), "hydration").code
    ('S9366', 'S9373')
    >>> from xl_infusion.rules.interval import parse
    >>> code(current(), "anti-infective", interval=parse(5))
    Traceback (most recent call last):
    xl_infusion.errors.NoPerDiemCode: no per diem code for every 5 hours: only 3, 4, 6, 8, ... hours have one
    """
    found = periods(reference, therapy, interval=interval, volume_l=volume_l, method=method)
    row = found.newest(reference.verified_through) if day is None else found.on(day)
    if row is None:
        raise not_in_force(found, day)
    return row


def not_in_force(found: Periods[PerDiemRow], day: dt.date | None) -> NotInForce:
    """The failure of a per diem code on a day before its first or after its last."""
    first, last = found.rows[0], found.rows[-1]
    text = f"{first.code} is in force from {first.first_day}" + (f" through {last.last_day}" if last.last_day else "")
    return NotInForce(f"{text}, not on {day}" if day else text)


def modifier(rank: int) -> str:
    """The modifier of a rank: none for the first therapy, SH for the second, SJ for every further one.

    Errors: `OutOfRange` for a rank that is not 1 to 99.

    >>> [modifier(rank) for rank in (1, 2, 3, 4)]
    ['', 'SH', 'SJ', 'SJ']
    """
    _check_rank(rank)
    return _MODIFIERS[min(rank, len(_MODIFIERS)) - 1]


def share(rank: int, shares: Sequence[Decimal]) -> Decimal:
    """The share of the full rate that a rank earns; ranks beyond the last share earn that last share.

    ``shares`` begins with the first therapy: (1, 0.5, 0.25). Errors: `OutOfRange`.
    """
    _check_rank(rank)
    for given in shares:
        if not 0 <= given <= 1:
            raise OutOfRange(f"share {plain(given)} is not from 0 to 1: write 0.5 or 50%")
    return shares[min(rank, len(shares)) - 1]


def rate(rank: int, base: Decimal, shares: Sequence[Decimal]) -> Decimal:
    """The rate of one day at a rank: ``base`` times the rank's share, half up to the cent. `OutOfRange`.

    >>> rate(2, Decimal("210.49"), [Decimal(1), Decimal("0.5"), Decimal("0.25")])
    Decimal('105.25')
    """
    if base < 0:
        raise OutOfRange(f"base {plain(base)} is negative: a rate is 0 or more")
    return cents(base * share(rank, shares))


def _check_rank(rank: int) -> None:
    if not 1 <= rank <= MOST_RANK:
        raise OutOfRange(f"rank {rank} is not a whole number from 1 to {MOST_RANK}")


def _pick(rows: list[Periods[PerDiemRow]], fits: Callable[[PerDiemRow], bool], otherwise: str) -> Periods[PerDiemRow]:
    found = [periods for periods in rows if fits(periods.rows[-1])]
    if len(found) != 1:
        raise NoPerDiemCode(otherwise)
    return found[0]


def _intervals(rows: list[Periods[PerDiemRow]]) -> str:
    hours = sorted(row.rows[-1].interval_hours for row in rows if row.rows[-1].interval_hours is not None)
    return ", ".join(plain(hour) for hour in hours)


def _methods(rows: list[Periods[PerDiemRow]]) -> str:
    return ", ".join(row.rows[-1].method for row in rows if row.rows[-1].method)
