"""Calculating a workbook: calls of our functions, and native formulas that depend on one or have no result.

In a workbook that says of its results that they are not current, nothing stored is believed: every formula is
calculated, or left to Excel by its name.

What has to be calculated is found first. Then come, in turns, the calls whose arguments are known, and the
native formulas that further calls wait for; at last all other native formulas, in one go. A result that
changes what was read already sends its readers round again.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from itertools import product

from xl_infusion.spreadsheet.calculation.batch import Batch, Book
from xl_infusion.spreadsheet.calculation.calls import Calls, Solving, Value
from xl_infusion.spreadsheet.calculation.dependency import CLEAN, HELD, PENDING, Graph, Group
from xl_infusion.spreadsheet.calculation.differences import edits
from xl_infusion.spreadsheet.calculation.outcome import Found, Outcome, cell_of
from xl_infusion.spreadsheet.calculation.results import Calculation, Spill, Unresolved
from xl_infusion.spreadsheet.calculation.room import Room
from xl_infusion.spreadsheet.calculation.sheet_values import SheetValues
from xl_infusion.spreadsheet.formula.addin_names import AddIn
from xl_infusion.spreadsheet.formula.spilling import names_of
from xl_infusion.spreadsheet.formula.totals import Totals, read_by, totals_of
from xl_infusion.spreadsheet.formula.tree import Area, Expression, Foreign, Reference
from xl_infusion.spreadsheet.ironcalc import in_python
from xl_infusion.spreadsheet.ironcalc.functions import Failure
from xl_infusion.spreadsheet.ironcalc.readings import Readings, counts_in_excel, literal_in_doubt, read_from_cells
from xl_infusion.spreadsheet.ironcalc.text import NotCalculable, Part
from xl_infusion.spreadsheet.undisturbed import undisturbed
from xl_infusion.spreadsheet.xlsx.formulas import FormulaCell
from xl_infusion.spreadsheet.xlsx.grid import cell_name
from xl_infusion.spreadsheet.xlsx.package import Package
from xl_infusion.spreadsheet.xlsx.values import serial

__all__ = ["Calculation", "Spill", "Unresolved", "calculate", "edits"]

#: After how many formulas it is told how many are done.
_TOLD_EVERY = 500

Functions = Mapping[str, Callable[..., object]]
Progress = Callable[[int, int], None]


def calculate(
    package: Package,
    functions: Functions,
    progress: Progress | None = None,
    *,
    addin: AddIn | None = None,
    new: Sequence[Area] = (),
) -> Calculation:
    """The results of every cell that calls one of ``functions`` (upper-case names), and of what depends on
    them.

    ``addin``: whose functions they are, where a workbook can spell them otherwise than by their plain names.
    ``new``: cells that a table has come to have since it was stored, so that what reads them has no result yet.
    ``progress`` is told how many formulas that call ours are done, and how many there are. The workbook is
    not changed; `edits` makes of the results what has to be written. Errors: those of reading the package.
    """
    with undisturbed():
        return _Calculator(package, functions, progress, addin or AddIn(frozenset(functions)), new).run()


class _Calculator:
    def __init__(
        self, package: Package, functions: Functions, progress: Progress | None, addin: AddIn, new: Sequence[Area]
    ) -> None:
        self.new = new
        self.order = [sheet.name for sheet in package.sheets]
        self.stale = package.stale
        self.values = SheetValues(package)
        self.names = names_of(package, addin, self.values.formulas)
        self.called = self.done = self.total = 0
        self.callers: dict[str, set[tuple[str, int, int]]] = defaultdict(set)
        self.totals, self.totals_read = totals_of(package.tables.values()), set[Totals]()
        self.graph = Graph(self._read())
        self.room = Room(package, self.values, self.graph)
        self.outcome = Outcome(self.values, self.graph, self.room)
        now = dt.datetime.now()
        moment = (float(serial(now.date(), package.date1904)), float(serial(now, package.date1904)))
        whole = self.room.no_subtotals
        self.book = Book(self.order, package.date1904, self.values, self.graph.spilled, whole, moment)
        called = {**in_python.functions(package.date1904), **functions}
        self.calls = Calls(called, self.values, self.graph.spilled, self.totals)
        self.readings, self.reading = Readings(), dict[Expression, list[Reference]]()
        self.progress = progress

    def run(self) -> Calculation:
        self._mark()
        self._tell(0)
        steps = (self._calls, self._natives_needed, self.outcome.place_held, self._circle, self._natives)
        while any(step() for step in steps):
            pass
        order = {name: at for at, name in enumerate(self.order)}

        def by_place(one: Spill | Unresolved) -> tuple[int, int, int]:
            return order[one.sheet], one.row, one.col

        return Calculation(
            spills=sorted(self.outcome.spills.values(), key=by_place),
            values={sheet: cells for sheet in self.order if (cells := self.outcome.results.get(sheet))},
            unresolved=sorted(self.outcome.unresolved(), key=by_place),
            blocked=sorted(self.outcome.blocked, key=by_place),
            called=self.called,
            callers=self.callers,
            before=self.values,
            totals=sorted(self.totals_read, key=lambda one: (order[one.sheet], one.ref)),
        )

    def _tell(self, more: int) -> None:
        self.done = min(self.done + more, self.total)
        if self.progress is not None and self.total:
            self.progress(self.done, self.total)

    # -- what there is to do ---------------------------------------------------------------------------------

    def _read(self) -> Iterator[Group]:
        """The formulas of all sheets in groups. Due are those that call ours, and those whose result is not known
        to be current.
        """
        for sheet in self.order:
            groups: dict[tuple[object, ...], Group] = {}
            for cell in self.values.formulas(sheet):
                expression = self._expression(sheet, cell)
                due = self._is_due(cell, expression)
                _group_of(groups, sheet, cell, expression).add(cell.row, cell.text, PENDING if due else CLEAN)
                if expression.calls:
                    self._note_calls(sheet, cell, expression)
            yield from groups.values()

    def _is_due(self, cell: FormulaCell, expression: Expression) -> bool:
        asks = cell.asks and not expression.always
        return self.stale or expression.calls > 0 or not cell.has_value or asks

    def _note_calls(self, sheet: str, cell: FormulaCell, expression: Expression) -> None:
        """Takes note of a formula that calls ours."""
        self.called += expression.calls
        self.total += 1
        for name in expression.called:
            self.callers[name].add((sheet, cell.row, cell.col))
        if self.totals:
            self.totals_read |= read_by(expression, cell.row, cell.col, self.totals)

    def _expression(self, sheet: str, cell: FormulaCell) -> Expression:
        if cell.kind == "dataTable":
            top, left, bottom, right = cell.ref or (cell.row, cell.col, cell.row, cell.col)
            # a data table calculates with the formulas above it and to its left
            above = Reference(sheet, (top - 1, left - 1, top - 1, right), (False,) * 4)
            beside = Reference(sheet, (top, left - 1, bottom, left - 1), (False,) * 4)
            return Expression(Foreign("is a data table", (above, beside)))
        expression = self.names.read(cell.text, sheet, cell.row, cell.col)
        root = expression.root
        if isinstance(root, Foreign) and not root.parts and self.names.spellings.calls(cell.text):
            # it cannot be read, but it calls one of ours
            expression.calls, expression.apart, expression.spills = 1, True, True
            expression.called = self.names.spellings.called(cell.text)
        return expression

    def _mark(self) -> None:
        """What has to be calculated: calls, formulas without a result, and all that depends on them."""
        readers = [(group, list(rows)) for area in self.new for group, rows in self.graph.readers(area)]
        self._pend(self.graph.behind([*self._waiting(), *readers], lambda state: True))
        volatile = [group for group in self.graph.groups if group.expression.volatile]
        found = True
        while found:
            # a list: each is looked at, whatever the others give
            found = any([self._mark_volatile(group) for group in volatile])

    def _mark_volatile(self, group: Group) -> bool:
        """A volatile formula is calculated when one that is calculated depends on it. Out: whether any now is."""
        clean = [index for index, state in enumerate(group.state) if state == CLEAN]
        if not clean:
            return False
        behind = self.graph.behind([(group, clean)], lambda state: True)
        due = any(one.state[index] == PENDING for one, indexes in behind.items() for index in indexes)
        if due:
            self._pend(behind)
        return due

    def _pend(self, found: Mapping[Group, Iterable[int]]) -> None:
        for group, indexes in found.items():
            for index in indexes:
                group.state[index] = PENDING

    def _waiting(self, *states: int, isolated: bool = False) -> list[tuple[Group, list[int]]]:
        """The formulas in some states (to be calculated), by group."""
        states = states or (PENDING,)
        return [
            (group, [index for index, state in enumerate(group.state) if state in states])
            for group in self.graph.groups
            if (group.isolated or not isolated) and any(state in group.state for state in states)
        ]

    # -- calls of ours, and arrays ---------------------------------------------------------------------------

    def _calls(self) -> bool:
        """Works out the calls and arrays that read nothing that waits."""
        isolated = [group for group in self.graph.groups if group.isolated]
        ready = [(group, self.graph.ready(group)) for group in isolated if PENDING in group.state]
        found: list[Found] = []
        asked: list[tuple[Group, int, Solving]] = []
        for group, indexes in ready:
            direct = self.calls.direct(group.expression.root) if group.expression.apart else None
            if direct is not None:
                found += self._worked_out(group, indexes, direct)
                continue
            doubts = self._doubts(group, indexes)
            found += doubts
            doubted = {index for _, index, _ in doubts}
            asked += [(group, index, self._solving(group, index)) for index in indexes if index not in doubted]
        found += self._solved(asked)
        self.calls.forget()
        # by place: which of two arrays comes first must not depend on how its result was found
        found.sort(key=lambda one: (one[0].rows[one[1]], one[0].col))
        self.outcome.finish(found)
        self._tell(sum(group.expression.calls > 0 for group, _, _ in asked))
        return bool(found)

    def _worked_out(self, group: Group, indexes: Sequence[int], direct: Value) -> Iterator[Found]:
        """The results of formulas that need no engine; what is done is told now and then."""
        for start in range(0, len(indexes), _TOLD_EVERY):
            some = indexes[start : start + _TOLD_EVERY]
            yield from [(group, at, _result(direct, group.rows[at], group.col)) for at in some]
            self._tell(len(some) * (group.expression.calls > 0))

    def _doubts(self, group: Group, indexes: Sequence[int]) -> list[Found]:
        """Those of some formulas that are not put to the engine, for what they read."""
        doubts = ((at, self._in_doubt(self._read_as_numbers(group, at), {}, self.readings.doubtful)) for at in indexes)
        return [(group, at, doubt) for at, doubt in doubts if doubt is not None]

    def _solving(self, group: Group, index: int) -> Solving:
        return self.calls.solve(group.expression.root, group.rows[index], group.col, group.array)

    def _solved(self, asked: Sequence[tuple[Group, int, Solving]]) -> list[Found]:
        """Runs calls that need the engine: what they ask of it goes to it together, round after round."""
        done: list[Found] = []
        answered: list[tuple[Group, int, Solving, object]] = [(*one, None) for one in asked]
        while answered:
            batch, waiting = Batch(self.book), []
            for group, index, solving, answer in answered:
                try:
                    waiting.append((group, index, solving, batch.ask(solving.send(answer))))
                except StopIteration as end:
                    done.append((group, index, end.value))
                except NotCalculable as reason:
                    done.append((group, index, Failure(reason)))
            answered = []
            try:
                batch.run()
            except NotCalculable as reason:
                return done + [(group, index, Failure(reason)) for group, index, _, _ in waiting]
            for group, index, solving, result in waiting:
                answer = result()
                if isinstance(answer, Failure):
                    done.append((group, index, answer))
                else:
                    answered.append((group, index, solving, answer))
        return done

    # -- native formulas -------------------------------------------------------------------------------------

    def _natives_needed(self) -> bool:
        """Calculates native formulas that calls of ours wait for and that wait for none themselves."""
        needed = self._needed()
        if not needed:
            return False
        waiting = self._waiting(PENDING, HELD, isolated=True)
        stuck = self.graph.behind(waiting, lambda state: state in (PENDING, HELD))
        free = [(group, sorted(indexes - stuck.get(group, set()))) for group, indexes in needed.items()]
        return self._calculated([(group, indexes) for group, indexes in free if indexes])

    def _needed(self) -> dict[Group, set[int]]:
        """What calls of ours and arrays wait for; native formulas through others."""
        work: list[tuple[Group, Sequence[int]]] = [*self._waiting(isolated=True)]
        needed: dict[Group, set[int]] = {}
        while work:
            for source, found in self.graph.sources(*work.pop()):
                known = needed.setdefault(source, set())
                new = [index for index in found if index not in known]
                if new and not source.isolated:
                    known.update(new)
                    work.append((source, new))
        return needed

    def _natives(self) -> bool:
        """Calculates all native formulas that are left, when no call waits any more."""
        return self._calculated(self._waiting())

    def _calculated(self, natives: Sequence[tuple[Group, list[int]]]) -> bool:
        """Calculates native formulas in one go. Out: whether there were any."""
        if not natives:
            return False
        parts = self._translated(natives)
        batch = Batch(self.book)
        standing = self._put_in(batch, natives, parts)
        try:
            batch.run()
        except NotCalculable as reason:
            self.outcome.finish([(group, index, Failure(reason)) for group, index in standing])
        else:
            value = batch.value
            found = [(one, at, value(one.sheet, one.rows[at], one.col)) for one, at in standing]
            self.outcome.finish(self._doubted(found))
        return True

    def _translated(self, natives: Sequence[tuple[Group, list[int]]]) -> dict[Group, Part]:
        """The formulas as the engine is given them; those that it cannot calculate are left."""
        parts: dict[Group, Part] = {}
        for group, indexes in natives:
            try:
                parts[group] = self.book.translated(group.expression.root, False, {})
            except NotCalculable as reason:
                self.outcome.leave([(group, indexes)], str(reason))
        return parts

    def _put_in(
        self, batch: Batch, natives: Sequence[tuple[Group, list[int]]], parts: Mapping[Group, Part]
    ) -> list[tuple[Group, int]]:
        """Puts formulas and what they read into a batch. Out: those that stand in it; the others are left."""
        standing: list[tuple[Group, int]] = []
        failed: list[tuple[Group, int, str]] = []
        for group, indexes in natives:
            indexes = [index for index in indexes if group.state[index] == PENDING]
            for area in group.read_areas(indexes):
                batch.feed(area)
            batch.feed_sheets(group.expression.anywhere)
            for index in indexes:
                try:
                    batch.stand(group.sheet, group.rows[index], group.col, parts[group])
                    standing.append((group, index))
                except NotCalculable as reason:
                    failed.append((group, index, str(reason)))
        for group, index, text in failed:
            self.outcome.leave([(group, [index])], text)
        return standing

    def _doubted(self, found: list[Found]) -> list[Found]:
        """The results, without those that Excel may not give: over a text that it may read as a day or a number."""
        new = {(group.sheet, group.rows[at], group.col): value for group, at, value in found}
        doubted = []
        for group, at, value in found:
            failure = self._in_doubt(self._read_as_numbers(group, at), new, self.readings.doubtful)
            if failure is None and value == "#VALUE!":
                cells = [area for area in group.read_areas([at]) if area.single]
                if self._in_doubt(cells, new, lambda cell: cell == "#VALUE!"):
                    cells = []  # the error is that of a cell
                failure = self._in_doubt(cells, new, counts_in_excel) or literal_in_doubt(group.expression.root)
            doubted.append((group, at, failure or value))
        return doubted

    def _read_as_numbers(self, group: Group, index: int) -> list[Area]:
        """The cells whose texts a formula reads as numbers."""
        expression = group.expression
        if expression not in self.reading:
            self.reading[expression] = list(read_from_cells(expression.root))
        areas = (one.at(group.rows[index], group.col) for one in self.reading[expression])
        return [area for area in areas if area is not None]

    def _in_doubt(
        self, areas: Iterable[Area], new: Mapping[tuple[str, int, int], object], doubt: Callable[[object], bool]
    ) -> Failure | None:
        """Why a result is not to be trusted: a text in these cells; ``new``: those that were calculated with it."""
        for sheet, top, left, bottom, right in map(self.values.cut, areas):
            for row, col in product(range(top, bottom + 1), range(left, right + 1)):
                at = (sheet, row, col)
                if doubt(new[at] if at in new else self.values.value(*at)):
                    return Failure(f"calculates with {cell_name(row, col)}, which Excel may read as a day or a number")
        return None

    def _circle(self) -> bool:
        """Leaves a circle to Excel: calls of ours that wait for each other, or for themselves."""
        waiting = self._waiting(isolated=True)
        if not waiting:
            return False
        group, indexes = min(waiting, key=lambda one: (one[0].rows[one[1][0]], one[0].col))
        at, path = (group, indexes[0]), dict[tuple[Group, int], int]()
        while at not in path:
            path[at] = len(path)
            source = next(self.graph.sources(at[0], [at[1]]), None)
            if source is None:
                break
            at = (source[0], source[1][0])
        circle = list(path)[path.get(at, 0) :]
        names = " -> ".join(cell_of(*one) for one in [*circle, circle[0]])
        reason = f"goes in a circle: {names}"
        if any(one.expression.anywhere for one, _ in circle):
            reason = f"reads cells that are not known ahead (INDIRECT, OFFSET), perhaps those that wait for it: {names}"
        self.outcome.leave([(one, [index]) for one, index in circle], reason)
        return True


def _group_of(groups: dict[tuple[object, ...], Group], sheet: str, cell: FormulaCell, expression: Expression) -> Group:
    """The group of a sheet's formulas to which one belongs, made where it is the first."""
    array = cell.kind in ("array", "dataTable")
    extent = cell.ref if array and cell.ref and cell.ref[:2] != cell.ref[2:] else None
    key = (cell.row, cell.col) if extent else (cell.col, expression, array, cell.dynamic)
    group = groups.get(key)
    if group is None:
        group = groups[key] = Group(sheet, cell.col, expression, array, extent)
        group.dynamic = cell.dynamic or expression.spills
    return group


def _result(direct: Value, row: int, col: int) -> object:
    try:
        return direct(row, col)
    except NotCalculable as reason:
        return Failure(reason)
