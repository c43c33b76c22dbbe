"""Formulas that the engine calculates together: their texts, what they read, and their results."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Callable, Sequence

from xl_infusion.spreadsheet.calculation.calls import Request
from xl_infusion.spreadsheet.calculation.sheet_values import SheetValues
from xl_infusion.spreadsheet.formula.tree import Area, Call, Expression, Node, Reference, walk
from xl_infusion.spreadsheet.ironcalc.functions import Failure
from xl_infusion.spreadsheet.ironcalc.model import Model
from xl_infusion.spreadsheet.ironcalc.text import NotCalculable, Part, Size
from xl_infusion.spreadsheet.ironcalc.translation import Translator

#: How many cells that are looked through by order are gathered without the blank ones among them, in one batch.
_MAX_GATHERED = 200_000


class Book:
    """What every batch takes from the workbook.

    ``spilled``: what the formula in a cell spills; ``no_subtotals``: whether every cell of an area counts in
    a total; ``moment``: today and now as numbers.
    """

    def __init__(
        self,
        sheets: Sequence[str],
        date1904: bool,
        values: SheetValues,
        spilled: Callable[[Area], Area | None],
        no_subtotals: Callable[[Area], bool],
        moment: tuple[float, float],
    ) -> None:
        self.sheets, self.date1904, self.values = sheets, date1904, values
        self.spilled, self.no_subtotals, self.moment = spilled, no_subtotals, moment
        self._parts: dict[tuple[object, ...], Part | NotCalculable] = {}
        self._read: dict[Node, tuple[list[Reference], set[str | None]]] = {}

    def translated(self, node: Node, arrays: bool, sizes: dict[Call, Size], argument: bool = False) -> Part:
        """A formula's text, or an argument's. Errors: `NotCalculable`."""
        key = (node, arrays, argument, *sizes.values())
        part = self._parts.get(key)
        if part is None:
            translator = Translator(sizes, arrays, self.date1904, *self.moment)
            try:
                part = translator.part(node, arrays, keep=True) if argument else translator.whole(node)
            except NotCalculable as reason:
                part = reason
            self._parts[key] = part
        if isinstance(part, NotCalculable):
            raise part
        return part

    def read(self, node: Node) -> tuple[list[Reference], set[str | None]]:
        """The references that the engine follows itself, and the sheets of which it may read any cell."""
        if node not in self._read:
            found = [one for one in walk(node, into=_not_ours) if isinstance(one, Reference)]
            self._read[node] = found, Expression(node).anywhere
        return self._read[node]


def _not_ours(node: Node) -> bool:
    return not (isinstance(node, Call) and node.ours)


class _Place:
    """A formula's place while its text is made."""

    def __init__(self, batch: Batch, row: int, col: int, helpers: dict[Call, str]) -> None:
        self.batch, self.row, self.col, self.helpers = batch, row, col, helpers

    def spilled(self, anchor: Area) -> Area | None:
        area = self.batch.book.spilled(anchor)
        if area is not None:
            self.batch.feed(area)
        return area

    def bound(self, call: Call) -> str:
        return self.helpers[call]

    def value(self, area: Area) -> object:
        return self.batch.book.values.value(area.sheet, area.top, area.left)

    def cut(self, area: Area) -> Area:
        return self.batch.book.values.cut(area)

    def occupied(self, area: Area) -> Area:
        return self.batch.book.values.occupied(area)

    def filled(self, vector: Area) -> Sequence[int]:
        return self.batch.filled(vector)

    def gathered(self, vector: Area) -> tuple[str, str]:
        return self.batch.gathered(vector)

    def has_no_subtotals(self, area: Area) -> bool:
        return self.batch.book.no_subtotals(area)


class Batch:
    """A calculation of the engine. Formulas in place read each other; those asked for stand apart."""

    def __init__(self, book: Book) -> None:
        self.book = book
        self.model = Model(book.sheets, book.date1904)
        self._columns: dict[tuple[str, int], list[int]] = {}
        self._gathered: dict[Area, tuple[str, str]] = {}
        self._room = _MAX_GATHERED
        self._standing: dict[tuple[str, int], set[int]] = defaultdict(set)
        self._fed: dict[tuple[str, int], list[tuple[int, int]]] = defaultdict(list)

    def feed(self, area: Area) -> None:
        """Notes that an area is read."""
        _, top, left, bottom, right = area
        rows, cols = self.book.values.used(area.sheet)
        for col in range(left, min(right, cols) + 1):
            self._fed[area.sheet, col].append((top, min(bottom, rows)))

    def feed_sheets(self, sheets: set[str | None]) -> None:
        for sheet in self.book.sheets if None in sheets else sheets:
            assert sheet is not None
            rows, cols = self.book.values.used(sheet)
            self.feed(Area(sheet, 1, 1, rows, cols))

    def filled(self, vector: Area) -> Sequence[int]:
        """The rows of a column's cells (or the columns of a row's) that are not blank: values and formulas."""
        sheet, top, left, bottom, right = vector
        if left != right:
            return self.book.values.filled_columns(sheet, top, left, right)
        if (sheet, left) not in self._columns:
            self._columns[sheet, left] = self.book.values.filled_rows(sheet, left)
        rows = self._columns[sheet, left]
        return rows[bisect_left(rows, top) : bisect_right(rows, bottom)]

    def gathered(self, vector: Area) -> tuple[str, str]:
        """Helper cells with the cells of a column or row that are not blank, and with their places from 1.

        Errors: `NotCalculable` when the formulas of this batch look through too many.
        """
        if vector not in self._gathered:
            sheet, top, left, _, right = vector
            places = self.filled(vector)
            self._room -= len(places)
            if self._room < 0:
                raise NotCalculable("looks by order through too many cells with blank ones among them")
            down = left == right
            cells = [Area(sheet, at, left, at, left) if down else Area(sheet, top, at, top, at) for at in places]
            before = (top if down else left) - 1
            self._gathered[vector] = self.model.gathered(cells, [at - before for at in places])
        return self._gathered[vector]

    def stand(self, sheet: str, row: int, col: int, part: Part) -> None:
        """Puts a formula into its own cell. Errors: `NotCalculable`."""
        text = part.at(_Place(self, row, col, {}))
        self.model.formula(self.model.sheets[sheet], row, col, text)
        self._standing[sheet, col].add(row)

    def ask(self, request: Request) -> Callable[[], object]:
        """Puts in a part of a formula. Out: what gives its value, rows or `Failure` once `run` is done."""
        sizes = {call: _size(result) for call, result in request.results.items()}
        part = self.book.translated(request.node, request.arrays, sizes, request.argument)
        helpers = {call: self.model.helper(_rows(result)) for call, result in request.results.items()}
        place = _Place(self, request.row, request.col, helpers)
        references, anywhere = self.book.read(request.node)
        text = part.at(place)
        for reference in references:
            area = reference.at(request.row, request.col)
            if area is not None:
                self.feed(area)
        self.feed_sheets(anywhere)
        sheet = self.model.alone(request.row, request.col, text, part.multi)
        if part.multi:
            return lambda: self._several(sheet, request.row, request.col)
        return lambda: self.model.value(sheet, request.row, request.col)

    def _several(self, sheet: int, row: int, col: int) -> object:
        rows = self.model.values(sheet, row, col)
        failure = next((value for line in rows for value in line if isinstance(value, Failure)), None)
        return failure if failure is not None else rows[0][0] if len(rows) == len(rows[0]) == 1 else rows

    def run(self) -> None:
        """Calculates. Errors: `NotCalculable`."""
        put = self.model.put
        for (sheet, col), spans in self._fed.items():
            index, skip = self.model.sheets[sheet], self._standing.get((sheet, col), ())
            grid, done = self.book.values.now(sheet), 0
            for top, bottom in sorted(spans):
                for row in range(max(top, done + 1), bottom + 1):
                    line = grid[row - 1]
                    if col <= len(line) and (value := line[col - 1]) is not None and row not in skip:
                        put(index, row, col, value)
                done = max(done, bottom)
        self.model.calculate()

    def value(self, sheet: str, row: int, col: int) -> object:
        """The result of a formula in place, or a `Failure`."""
        return self.model.value(self.model.sheets[sheet], row, col)


def _size(result: object) -> Size:
    return (len(result), len(result[0])) if isinstance(result, list) and result else None


def _rows(result: object) -> list[list[object]]:
    return result if isinstance(result, list) and result else [[result]]
