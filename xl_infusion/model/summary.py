"""The lines of a grid added up: by payer, therapy, drug, month, kind of line, patient, or by two of them crosswise.

It adds up what stands in the cells of any grid that a function spilled, so that it says nothing that they do not. An
error in a group is the group's result, and the total's.

A month is one of service: a line's money is spread over its days (`months`), and its months add up to it exactly; an
amount that is an error is one in each of them. What is no money (lines, units) is counted once, in the month of From.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from decimal import Decimal
from functools import cached_property

from xl_infusion.claim.columns import MOST_DAYS
from xl_infusion.claim.inputs import good, sort_key, text
from xl_infusion.errors import BillingError, NotFound, OutOfRange, WrongInput, kept, quoted
from xl_infusion.model.columns import AMOUNTS, DIFFERENCES
from xl_infusion.model.months import by_month, month_of, month_text
from xl_infusion.reference.names import fold
from xl_infusion.rules import day as day_rule
from xl_infusion.rules.number import exact

TOTAL, LINES, MONTH, NONE = "Total", "Lines", "Month", "(none)"
#: A cell of a result: a label, a count, an amount, or why it is not known; None where no line has an amount.
Cell = str | int | Decimal | BillingError | None
#: What a row is grouped by.
Label = str | BillingError
#: An amount in its cell; None for blank.
Amount = Decimal | BillingError | None


class Grid:
    """A grid with its header row; a column is found by its name without regard to case and spaces."""

    def __init__(self, rows: Sequence[Sequence[object]]) -> None:
        """Errors: `CellError` for a grid that is an error, `WrongInput` without a header."""
        header = [good(cell, "the grid") for cell in (rows[0] if rows else [])]
        self.rows = [row for row in rows[1:] if any(cell is not None for cell in row)]
        self.columns = {fold(text(cell, "a heading")): at for at, cell in enumerate(header) if cell is not None}
        self.names = [text(cell, "a heading") for cell in header if cell is not None]
        if not self.columns:
            raise WrongInput("the grid has no header row: give what a function spilled, with its headings")

    def at(self, name: str) -> int | None:
        """Where a column stands, None where the grid has none of that name."""
        return self.columns.get(fold(name))

    def is_month(self, name: str) -> bool:
        """Whether grouping by a name is by month of service: `Month`, where no column is called so."""
        return fold(name) == fold(MONTH) and self.at(name) is None and self.at("From") is not None

    def labels(self, name: str) -> list[Label]:
        """What each row is grouped by; `Month` is that of its first day, ``2025-07``. Errors: `NotFound`."""
        if self.is_month(name):
            return [_month(days[0]) if isinstance(days, tuple) else days for days in self._days]
        at = self._at(name)
        return [_label(row[at]) for row in self.rows]

    def amounts(self, name: str) -> list[Amount]:
        """The amounts of a column; None for blank. Errors: `NotFound`."""
        at = self._at(name)
        return [_amount(row[at], name) for row in self.rows]

    def by_month(self, name: str) -> list[list[tuple[Label, Amount]]]:
        """Each row's amount in each of its months; what is no money, in the first. Errors: `NotFound`."""
        amounts = self.amounts(name)
        if fold(name) not in _ADDED_UP:
            return [[(label, amount)] for label, amount in zip(self.labels(MONTH), amounts, strict=True)]
        whole = [_spread(days, amount) for days, amount in zip(self._days, amounts, strict=True)]
        parts = next((parts for of, parts in DIFFERENCES.items() if fold(of) == fold(name)), ())
        if not parts or any(self.at(part) is None for part in parts):
            return whole
        ends = zip(*map(self.by_month, parts), strict=True)
        return [_difference(found, *of) for found, of in zip(whole, ends, strict=True)]

    def _at(self, name: str) -> int:
        at = self.at(name)
        if at is None:
            raise NotFound(f"the grid has no column {quoted(name)}: it has {', '.join(self.names)}")
        return at

    @cached_property
    def _days(self) -> list[tuple[int, int] | Label]:
        """First and last day of each row, ordinals; or the group of a row whose days are not known."""
        first, last = self._at("From"), self.at("To")
        return [_days(row[first], row[last] if last is not None else None) for row in self.rows]

    def is_blank(self, name: str) -> bool:
        """True for a column without an amount on any line, as Charge is without rates: what it comes to is not 0."""
        return bool(self.rows) and all(amount is None for amount in self.amounts(name))

    @property
    def added_up(self) -> list[str]:
        """The columns that can be added up, in their order."""
        return [name for name in self.names if fold(name) in _ADDED_UP]


_ADDED_UP = {fold(name) for name in AMOUNTS}


def _label(cell: object) -> Label:
    try:
        return text(good(cell, "what it is grouped by"), "what it is grouped by") or NONE
    except BillingError as error:
        return kept(error)


def _days(first: object, last: object) -> tuple[int, int] | Label:
    """The days of a line, of one day where it has no last one; or its group where they are not known."""
    try:
        if good(first, "From") is None:
            return NONE
        start = day_rule.parse(first, "From").toordinal()
        end = start if good(last, "To") is None else day_rule.parse(last, "To").toordinal()
        if not 0 <= end - start < MOST_DAYS:
            raise OutOfRange(f"a line from its From to its To has 1 to {MOST_DAYS} days, not {end - start + 1}")
        return start, end
    except BillingError as error:
        return kept(error)


def _month(day: int) -> str:
    return month_text(month_of(day))


def _spread(days: tuple[int, int] | Label, amount: Amount) -> list[tuple[Label, Amount]]:
    """An amount in each month of its days; blank or an error, it is so in each of them."""
    if not isinstance(days, tuple):
        return [(days, amount)]
    if isinstance(amount, Decimal):
        return [(month_text(month), part) for month, part in by_month(*days, amount)]
    first, last = map(month_of, days)
    return [(month_text(month), amount) for month in range(first, last + 1)]


def _difference(
    found: list[tuple[Label, Amount]], of: list[tuple[Label, Amount]], less: list[tuple[Label, Amount]]
) -> list[tuple[Label, Amount]]:
    """A difference in each month, as that of what it is the difference of; as it is where the line says otherwise."""
    months = [
        (month, one - other) for (month, one), (_, other) in zip(of, less, strict=True)
        if isinstance(one, Decimal) and isinstance(other, Decimal)
    ]  # fmt: skip
    whole = [amount for _, amount in found if isinstance(amount, Decimal)]
    same = len(months) == len(whole) == len(found) and sum(amount for _, amount in months) == sum(whole)
    return [*months] if same else found


def _amount(cell: object, name: str) -> Decimal | BillingError | None:
    try:
        return None if cell is None else exact(good(cell, name), name)
    except BillingError as error:
        return kept(error)


class _Sum:
    """A sum that is an error as soon as one of its parts is."""

    __slots__ = ("amount", "problem")

    def __init__(self) -> None:
        self.amount, self.problem = Decimal(0), None

    problem: BillingError | None

    def add(self, amount: Decimal | BillingError | None) -> None:
        if isinstance(amount, BillingError):
            self.problem = self.problem or amount
        elif amount is not None:
            self.amount += amount

    @property
    def result(self) -> Decimal | BillingError:
        return self.problem or self.amount


def _parts(grid: Grid, by: Sequence[str], value: str) -> Iterator[tuple[tuple[Label, ...], Amount]]:
    """The amounts of a column with their groups: a row's one, or those of its months where it is grouped by month."""
    labels, monthly = [grid.labels(name) for name in by], [grid.is_month(name) for name in by]
    if not any(monthly):
        yield from zip(zip(*labels, strict=True), grid.amounts(value), strict=True)
        return
    for groups, parts in zip(zip(*labels, strict=True), grid.by_month(value), strict=True):
        for month, amount in parts:
            yield tuple(month if of else group for group, of in zip(groups, monthly, strict=True)), amount


def _group(label: Label) -> str:
    return label if isinstance(label, str) else label.excel


def summary(grid: Grid, by: str) -> list[list[Cell]]:
    """A header row, the total, and a row for each group: how many lines, and every amount that the grid has.

    A column without any amount stays blank.

    >>> for row in summary(Grid([["Payer", "Charge"], ["B", 1.5], ["A", 2], ["B", 3]]), "payer"):
    ...     print(*row)
    payer Lines Charge
    Total 3 6.5
    A 1 2
    B 2 4.5
    """
    labels, names = grid.labels(by), grid.added_up
    if not names:
        raise NotFound(f"the grid has no amounts to add up: none of {', '.join(AMOUNTS)}")
    counts, blank = Counter(map(_group, labels)), [grid.is_blank(name) for name in names]
    sums: dict[tuple[str | None, int], _Sum] = defaultdict(_Sum)
    for at, name in enumerate(names):
        for (label,), amount in _parts(grid, [by], name):
            sums[_group(label), at].add(amount)
            sums[None, at].add(amount)
    groups = {*counts, *(group for group, _ in sums if group is not None)}
    out: list[list[Cell]] = [[by, LINES, *names]]
    for group in (None, *sorted(groups, key=_place)):
        amounts = (None if empty else sums[group, at].result for at, empty in enumerate(blank))
        out.append([group or TOTAL, len(labels) if group is None else counts[group], *amounts])
    return out


def cross(grid: Grid, by: str, across: str, value: str) -> list[list[Cell]]:
    """A cross table of one amount: a header row and a total row; groups down, and their total, groups across.

    Errors: `NotFound` for a column without any amount.

    >>> grid = Grid([["Payer", "Kind", "Paid"], ["B", "drug", 1], ["A", "visit", 2]])
    >>> for row in cross(grid, "Payer", "Kind", "Paid"):
    ...     print(*row)
    Payer Total drug visit
    Total 3 1 2
    A 2 0 2
    B 1 1 0
    """
    if grid.is_blank(value):
        raise NotFound(f"no line of the grid has an amount in its column {value}: it is blank (are there rates?)")
    sums: dict[tuple[str | None, str | None], _Sum] = defaultdict(_Sum)
    for labels, amount in _parts(grid, [by, across], value):
        one, other = map(_group, labels)
        for key in ((one, other), (one, None), (None, other), (None, None)):
            sums[key].add(amount)
    lefts = sorted({one for one, _ in sums if one is not None}, key=_place)
    tops = sorted({other for _, other in sums if other is not None}, key=_place)
    out: list[list[Cell]] = [[by, TOTAL, *tops]]
    for row in (None, *lefts):
        out.append([row or TOTAL, *(sums[row, column].result for column in (None, *tops))])
    return out


def _place(label: str) -> tuple[bool, object]:
    return label == NONE, sort_key(label)
