"""What comes of results: cells get values, arrays their room, readers of older values another round."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence

from xl_infusion.spreadsheet.calculation.dependency import CLEAN, DONE, HELD, LEFT, MOVED, PENDING, Graph, Group
from xl_infusion.spreadsheet.calculation.results import Spill, Unresolved
from xl_infusion.spreadsheet.calculation.room import Room
from xl_infusion.spreadsheet.calculation.sheet_values import SheetValues
from xl_infusion.spreadsheet.cell_error import ExcelError
from xl_infusion.spreadsheet.formula.tree import Area
from xl_infusion.spreadsheet.ironcalc.functions import Failure
from xl_infusion.spreadsheet.xlsx.grid import Ref, place

#: How often a formula may be sent round again before it is left to Excel.
_ROUNDS = 20

#: The states of a formula whose value stands: that of before, or calculated.
_KNOWN = (CLEAN, DONE)

#: A formula and its result.
Found = tuple[Group, int, object]


class Outcome:
    """The results so far; ``graph`` is told which formulas are done, left to Excel, or due again."""

    def __init__(self, values: SheetValues, graph: Graph, room: Room) -> None:
        self.values, self.graph, self.room = values, graph, room
        self.results: dict[str, dict[tuple[int, int], object]] = defaultdict(dict)
        self.spills: dict[Group, Spill] = {}
        self.blocked: list[Unresolved] = []
        self._reasons: dict[tuple[Group, int], str] = {}
        #: for a formula that is left because another is: that one
        self._after: dict[tuple[Group, int], tuple[Group, int]] = {}
        self._held: dict[Group, list[list[object]]] = {}
        self._old: dict[Group, Ref | None] = {}
        self._rounds: dict[tuple[Group, int], int] = {}

    def unresolved(self) -> list[Unresolved]:
        return [_named(*at, reason, self._cause(at)) for at, reason in self._reasons.items()]

    def _cause(self, at: tuple[Group, int]) -> str:
        first = at
        while first in self._after:
            first = self._after[first]
        return f"{cell_of(*first)} {self._reasons[first]}" if first != at else ""

    def finish(self, found: Sequence[Found]) -> None:
        """Takes results that were calculated together, and did not read each other but in the engine."""
        self._leave_failures(found)
        settled: dict[Group, set[int]] = defaultdict(set)
        changed: list[tuple[Group, Area]] = []
        changed_cells: dict[Group, list[int]] = defaultdict(list)
        for group, index, value in found:
            if group.state[index] != PENDING:
                continue  # it depends on one that was left
            group.state[index] = DONE
            if isinstance(value, list) or group.extent is not None:
                changed += [(group, area) for area in self._spill(group, index, _rectangle(value))]
            elif self._put(group, index, value):
                changed_cells[group].append(index)
            settled[group].add(index)
        for group, indexes in changed_cells.items():
            changed += [(group, area) for area in group.areas(sorted(indexes))]
        for group, area in changed:
            self._again(area, {group: settled[group]} if group.isolated else settled)

    def _leave_failures(self, found: Sequence[Found]) -> None:
        failed: dict[tuple[Group, str], list[int]] = defaultdict(list)
        for group, index, value in found:
            if isinstance(value, Failure):
                failed[group, str(value)].append(index)
        for (group, reason), indexes in failed.items():
            self.leave([(group, indexes)], reason)

    def _put(self, group: Group, index: int, value: object) -> bool:
        """Stores the result of one cell. Out: whether it is another than before."""
        row, col, value = group.rows[index], group.col, "" if value is None else value
        self.results[group.sheet][row, col] = value
        before = self.values.put_one(group.sheet, row, col, value)
        return type(before) is not type(value) or before != value

    def _again(self, area: Area, but: Mapping[Group, set[int]]) -> None:
        """Sends those round again that read the area: calculated already, or not due until an array grew over it."""
        for reader, rows in self.graph.readers(area):
            skip = but.get(reader, set())
            indexes = [index for index in rows if reader.state[index] in _KNOWN and index not in skip]
            if not indexes:
                continue
            tired = [index for index in indexes if self._is_tired(reader, index)]
            if tired:
                self.leave([(reader, tired)], "does not come to rest")
            for group, those in self.graph.behind([(reader, indexes)], lambda state: state in _KNOWN).items():
                for index in those:
                    group.state[index] = PENDING

    def _is_tired(self, group: Group, index: int) -> bool:
        """Counts a round more of a formula. Out: whether it has had enough."""
        self._rounds[group, index] = self._rounds.get((group, index), 0) + 1
        return self._rounds[group, index] > _ROUNDS

    # -- formulas that are left to Excel ---------------------------------------------------------------------

    def leave(self, formulas: Iterable[tuple[Group, Iterable[int]]], reason: str) -> None:
        """Leaves formulas to Excel for one reason, and whatever depends on them for that."""
        left = {(group, index) for group, indexes in formulas for index in _not_left(group, indexes)}
        self._reasons.update(dict.fromkeys(left, reason))
        seeds: list[tuple[Group, Sequence[int]]] = [(group, [index]) for group, index in left]
        spilling: dict[tuple[Group, int], tuple[Group, int]] = {}
        while seeds:
            behind = self._left_out(seeds)
            for at in behind:
                if at not in left:
                    self._left_behind(at, spilling.get(at) or self._left_source(*at), next(iter(left)))
            seeds = []
            for at in behind:
                for reader, indexes in self._reading_beside(*at):
                    spilling |= {(reader, index): at for index in indexes}
                    seeds.append((reader, indexes))

    def _reading_beside(self, group: Group, index: int) -> Iterator[tuple[Group, list[int]]]:
        """What reads cells that a formula would fill if it spilt: they are not known to be blank."""
        if not _may_spill(group):
            return
        for reader, rows in self.graph.readers(self.room.reach(group, index)):
            indexes = _not_left(reader, rows)
            if indexes:
                yield reader, indexes

    def _left_out(self, seeds: Iterable[tuple[Group, Sequence[int]]]) -> list[tuple[Group, int]]:
        """Takes the results of formulas, and of all that depends on them. Out: these formulas."""
        behind = self.graph.behind(seeds, lambda state: state not in (LEFT, MOVED))
        for group, indexes in behind.items():
            for index in indexes:
                group.state[index] = LEFT
                self.results[group.sheet].pop((group.rows[index], group.col), None)
                self.spills.pop(group, None)
                self._held.pop(group, None)
        return [(group, index) for group, indexes in behind.items() for index in indexes]

    def _left_behind(self, at: tuple[Group, int], source: tuple[Group, int] | None, first: tuple[Group, int]) -> None:
        """Notes why a formula is left that depends on another, which goes back to ``first``."""
        self._after[at] = source if source in self._reasons else first
        self._reasons[at] = (
            f"depends on {cell_of(*source)}, which is left to Excel"
            if source
            else "may read cells that are left to Excel"
        )

    def _left_source(self, group: Group, index: int) -> tuple[Group, int] | None:
        """A formula that one reads and that is left to Excel."""
        for area in group.read_areas([index]):
            for source, rows in self.graph.standing(area):
                for row in rows:
                    if source.state[row] == LEFT:
                        return source, row
        return None

    # -- arrays ----------------------------------------------------------------------------------------------

    def _spill(self, group: Group, index: int, rows: list[list[object]]) -> list[Area]:
        """Stores an array. Out: the areas that changed; none while there is no room for it."""
        if group.array and not group.dynamic:
            rows = _fitted(rows, group.extent or (1, 1, 1, 1))
        if group.extent is None and len(rows) == len(rows[0]) == 1:
            return list(group.areas([index])) if self._put(group, index, rows[0][0]) else []
        if group.extent is None:
            group, index = self._of_its_own(group, index), 0
        self._old.setdefault(group, group.extent if group.array else None)
        group.state[0] = HELD
        self._held[group] = rows
        if any(_meet(area, self._area(group, rows)) for area in group.read_areas([0])):
            self.leave([(group, [0])], "fills cells that it reads")
            return []
        return self._placed(group)

    def _of_its_own(self, group: Group, index: int) -> Group:
        row = group.rows[index]
        own = Group(group.sheet, group.col, group.expression, group.array, (row, group.col, row, group.col))
        own.add(row, group.texts[index], group.state[index])
        group.state[index] = MOVED
        self.graph.add(own)
        return own

    def _area(self, group: Group, rows: Sequence[Sequence[object]]) -> Area:
        row, col = group.rows[0], group.col
        return Area(group.sheet, row, col, row + len(rows) - 1, col + len(rows[0]) - 1)

    def _placed(self, group: Group) -> list[Area]:
        rows = self._held[group]
        area = self._area(group, rows)
        if self.room.obstacle(area, group) is not None:
            return []
        assert group.extent is not None
        before = Area(group.sheet, *group.extent)
        same = group in self.spills and before == area and self.spills[group].rows == rows
        self.values.spill(before, area, rows)
        group.extent = area[1:]
        self.graph.locate(group)
        group.state[0] = DONE
        del self._held[group]
        old = self._old[group]
        self.spills[group] = Spill(area.sheet, area.top, area.left, rows, old, group.array)
        return [] if same else [before, area]

    def place_held(self) -> bool:
        """Another try for arrays that had no room; when there is none for any, they are left to Excel."""
        held = sorted(self._held, key=lambda group: (group.rows[0], group.col))
        for group in held:
            for area in self._placed(group):
                self._again(area, {group: {0}})
            if group.state[0] == DONE:
                return True
        for group in held:
            if group in self._held:
                obstacle = self.room.obstacle(self._area(group, self._held[group]), group)
                self.blocked.append(_named(group, 0, str(obstacle)))
                self.leave([(group, [0])], f"has no room: {obstacle}")
        return bool(held)


def cell_of(group: Group, index: int) -> str:
    """A formula's cell as people write it."""
    return place(group.sheet, group.rows[index], group.col)


def _named(group: Group, index: int, reason: str, cause: str = "") -> Unresolved:
    return Unresolved(group.sheet, group.rows[index], group.col, "=" + group.texts[index], reason, cause)


def _not_left(group: Group, indexes: Iterable[int]) -> list[int]:
    """Those of some formulas that are not left to Excel, and still are of their group."""
    return [index for index in indexes if group.state[index] not in (LEFT, MOVED)]


def _rectangle(value: object) -> list[list[object]]:
    """Rows of one length, at least one cell of them; Excel shows #N/A in gaps."""
    rows: list[list[object]] = value if isinstance(value, list) else [[value]]
    widths = set(map(len, rows))
    if len(widths) == 1 and 0 not in widths:
        return rows
    width = max(widths, default=0)
    if not width:
        return [[ExcelError("#CALC!", "the result is an empty array")]]
    return [[*line, *[ExcelError("#N/A")] * (width - len(line))] for line in rows]


def _fitted(rows: list[list[object]], extent: Ref) -> list[list[object]]:
    """The rows that an array formula of a fixed range shows: one row or column is repeated, gaps are #N/A."""
    height, width = extent[2] - extent[0] + 1, extent[3] - extent[1] + 1
    if len(rows) == 1:
        rows = rows * height
    fitted = [line * width if len(line) == 1 else line for line in rows[:height]]
    fitted += [[] for _ in range(height - len(fitted))]
    return [[*line[:width], *[ExcelError("#N/A")] * (width - len(line))] for line in fitted]


def _may_spill(group: Group) -> bool:
    """Whether a formula without a result may fill more cells than its own."""
    several = any(not reference.single for reference in group.expression.references)
    return group.dynamic and (group.array or (group.expression.calls > 0 and several))


def _meet(one: Area, other: Area) -> bool:
    return (
        one.sheet == other.sheet
        and one.top <= other.bottom
        and one.bottom >= other.top
        and one.left <= other.right
        and one.right >= other.left
    )
