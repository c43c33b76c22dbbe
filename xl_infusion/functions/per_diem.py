"""Per diem functions: the S code of a day of therapy, its rank, modifier and rate."""

from __future__ import annotations

from decimal import Decimal
from typing import Annotated, Any

from xl_infusion.errors import BillingError, CellError, ExcelError, WrongInput
from xl_infusion.functions.arguments import Date, Interval, Rank, day
from xl_infusion.functions.cells import text
from xl_infusion.functions.ranges import is_range, rows_of
from xl_infusion.functions.worksheet import scalar, table
from xl_infusion.reference import current
from xl_infusion.rules import dose as dose_rule
from xl_infusion.rules import interval as interval_rule
from xl_infusion.rules import per_diem
from xl_infusion.rules.number import exact, whole

CATEGORY = "Per diem"


@scalar(CATEGORY, '=PERDIEM_CODE("q8h")')
def PERDIEM_CODE(
    interval: Interval,
    date: Date = None,
    therapy: Annotated[
        Any, {"doc": "Therapy: anti-infective (left out), pain, chemotherapy, TPN, hydration, ..."}
    ] = None,
    volume: Annotated[Any, {"doc": "Fluid a day for TPN and hydration: 1.5 L or 1500 mL"}] = None,
) -> Any:
    """HCPCS code of one day of therapy (per diem) for a dosing interval, in force on a date.

    In: an interval (hours between doses, or q8h, BID, daily, continuous), a date, a therapy, liters a day.
    Out: the S code as text. Only intervals of exactly 3, 4, 6, 8, 12 and 24 hours have an anti-infective
    code; any other is #N/A, never the nearest.
    Errors: #N/A no such code, therapy, or not in force; #NUM! an interval or volume out of range; #VALUE! not
    an interval.
    Authority: HCPCS Level II (CMS).

    >>> PERDIEM_CODE("q8h"), PERDIEM_CODE([[8], [12]]), PERDIEM_CODE(5).message
    ('S9502', [['S9502'], ['S9501']], 'no per diem code for every 5 hours: only 3, 4, 6, 8, ... hours have one')
    >>> PERDIEM_CODE("continuous", None, "pain"), PERDIEM_CODE("daily", None, "TPN", "1.5 L")
    ('S9326', 'S9366')
    """
    reference = current()
    name = None if therapy is None else reference.therapy(text(therapy, "therapy"))
    kind, method = (name.therapy.therapy, name.method) if name else ("anti-infective", "")
    blank_is_fine = interval is None and reference.therapies[kind].code_by != "interval"
    return per_diem.code(
        reference,
        kind,
        day(date),
        interval=None if blank_is_fine else interval_rule.parse(interval),
        volume_l=None if volume is None else dose_rule.liters(volume),
        method=method,
    ).code


@scalar(CATEGORY, "=PERDIEM_MODIFIER(2)")
def PERDIEM_MODIFIER(rank: Rank) -> Any:
    """Modifier of a per diem line: none for the first therapy, SH for the second, SJ for every further one.

    In: the rank of the therapy that day. Out: "", "SH" or "SJ" ("" is the first therapy's true answer).
    Errors: #NUM! a rank that is not a whole number from 1 to 99; #VALUE! not a number.
    Authority: HCPCS modifiers SH and SJ (CMS); IDSA Home Infusion FAQ, 2013.

    >>> PERDIEM_MODIFIER([[1], [2], [3], [4]])
    [[''], ['SH'], ['SJ'], ['SJ']]
    """
    return per_diem.modifier(whole(rank, "rank", 1, per_diem.MOST_RANK))


@table(CATEGORY, '=PERDIEM_RANK({"q12h";"q8h";"q24h"})')
def PERDIEM_RANK(
    intervals: Annotated[Any, {"doc": "Intervals of the therapies of one patient on one day, one cell each"}],
) -> Any:
    """Rank of each of one patient's concurrent therapies: the more frequent first, ties in their order.

    In: the intervals of therapies that run at once, a range. Out: their ranks from 1, in the same shape.
    Errors: in its own cell, and the others are ranked without it: #VALUE! not an interval (a blank cell
    too), #NUM! out of range.
    Authority: IDSA Home Infusion FAQ, 2013.

    >>> PERDIEM_RANK([["q12h"], ["q8h"], ["q12h"]])
    [[2], [1], [3]]
    """
    rows = rows_of(intervals)
    out: list[list[Any]] = [list(row) for row in rows]
    found = []
    for i, row in enumerate(rows):
        for j, cell in enumerate(row):
            if isinstance(cell, ExcelError):
                continue
            try:
                found.append((interval_rule.parse(cell).hours, i, j))
            except BillingError as error:
                out[i][j] = ExcelError.of(error)
    for rank, (_, i, j) in enumerate(sorted(found), start=1):
        out[i][j] = rank
    if not is_range(intervals):
        return out[0][0]
    return out if any(is_range(item) for item in intervals) else out[0]


@scalar(CATEGORY, "=PERDIEM_RATE(2,210)", blocks=("shares",))
def PERDIEM_RATE(
    rank: Rank,
    base: Annotated[Any, {"doc": "Contracted full rate of one day, US dollars"}],
    shares: Annotated[
        Any, {"doc": "Shares of the first, second and further therapies: {1,0.5,0.25} (left out)"}
    ] = None,
) -> Any:
    """Rate of one day of therapy at a rank: the full rate times the rank's share, to the cent.

    In: the rank that day, the full rate in US dollars a day, and the shares (a range or array, first therapy
    first; ranks beyond the last share earn it; left out: 100, 50, 25 percent). Out: US dollars a day.
    Errors: #NUM! a rank, rate or share out of range; #VALUE! not a number.
    Authority: IDSA Home Infusion FAQ, 2013 (default shares); the payer's contract otherwise.

    >>> PERDIEM_RATE(2, 210.49), PERDIEM_RATE([[1], [2], [3], [4]], 100)
    (105.25, [[100], [50], [25], [25]])
    >>> PERDIEM_RATE(3, 100, [1, 0.5, 0])
    0
    """
    return per_diem.rate(whole(rank, "rank", 1, per_diem.MOST_RANK), exact(base, "base"), _shares(shares))


def _shares(given: object) -> tuple[Decimal, ...]:
    cells = [cell for row in rows_of(given) for cell in row]
    if cells == [None]:
        return current().shares()
    out = []
    for cell in cells:
        if isinstance(cell, ExcelError):
            raise CellError(cell, "shares")
        if cell is None:
            raise WrongInput("shares has a blank cell: give a share for each therapy, {1,0.5,0.25}")
        out.append(exact(cell, "share"))
    return tuple(out)
