"""Patching one worksheet part: computed values go in, everything else stays as it is.

The part goes through block by block. Rows and cells keep their order; a cell that is there keeps its formula,
its style and whatever else it says, only ``t`` and the value are new; a cell that is not there is made, in
the style of its row or column as Excel does it. Values of a rectangle may be cleared, and the range of an
array formula changed.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence

from xl_infusion.spreadsheet.xlsx.edit import Block, Plan, RowPlan, SheetEdit
from xl_infusion.spreadsheet.xlsx.errors import (
    REPAIR,
    SAVE_ANEW,
    DamagedWorkbook,
    NotPlain,
    UnwritableCell,
    UnwritableValue,
)
from xl_infusion.spreadsheet.xlsx.grid import MAX_COL, MAX_ROW, Ref, cell_name, format_ref, parse_ref, spanning
from xl_infusion.spreadsheet.xlsx.plain import (
    Patterns,
    attributes,
    columns,
    has_other_markup,
    patterns,
    position,
    sheet_data,
)
from xl_infusion.spreadsheet.xlsx.values import KEPT, CellValue, Content, Names, Rendered, WithoutValue

__all__ = ["Block", "CellValue", "SheetEdit", "patched"]

#: the mark of a dynamic array's cell
_CELL_META = re.compile(rb"""(?<!\s)\s+cm=(?:"[^"]*"|'[^']*')""")
_STYLE = re.compile(rb'(?<!\s)\s+s="[^"]*"')
_SPANS = re.compile(rb'(?<!\s)\s+spans="[^"]*"')
_ARRAY = re.compile(rb'(\sref=")[^"]*')
_TRUE = (b"1", b"true")
_NEW_ROWS_AT_ONCE = 512
_LONGEST_HEAD = 1 << 23


def patched(
    pieces: Iterable[bytes],
    edit: SheetEdit,
    *,
    date1904: bool = False,
    dynamic_cms: Sequence[int] = (),
    place: str = "",
) -> Iterator[bytes]:
    """The worksheet part that comes in ``pieces``, with ``edit`` done.

    An array whose range is given spills: its cell gets the first of ``dynamic_cms`` unless it has one of them.
    ``place`` names file and sheet in errors: `NotPlain` (bring it to its plain form first), `DamagedWorkbook`,
    `UnwritableCell`, `UnwritableValue`.

    >>> rows = b'<row r="1"><c r="A1" s="2"><f>JCODE(B1)</f></c></row>'
    >>> sheet = b"<worksheet><sheetData>" + rows + b"</sheetData></worksheet>"
    >>> b"".join(patched([sheet], SheetEdit(cells={(1, 1): "J2185"})))[22:-24]
    b'<row r="1"><c r="A1" s="2" t="str"><f>JCODE(B1)</f><v>J2185</v></c></row>'
    """
    return _Patch(Plan(edit, place), date1904, dynamic_cms, place).run(iter(pieces))


class _Patch:
    """One worksheet part on its way through."""

    def __init__(self, plan: Plan, date1904: bool, dynamic_cms: Sequence[int], place: str) -> None:
        self.plan = plan
        self.date1904 = date1904
        self.dynamic_cms = dynamic_cms
        self.place = place
        self.next = 0  # place in plan.rows of the next row to write
        self.row = 0  # the last row of the part that went through
        self.templates: dict[tuple[int, int, bytes], bytes] = {}
        self.cleaned = WithoutValue()
        self.columns: list[tuple[int, int, bytes]] = []
        self.use(b"")

    def use(self, prefix: bytes) -> None:
        self.prefix = prefix
        self.known: Patterns = patterns(prefix)
        self.rendered = Rendered(self.date1904, prefix)
        self.names = Names(prefix)
        self.cell_start = b"<" + prefix + b"c"
        self.cell_end = b"</" + prefix + b"c>"
        self.row_start = b"<" + prefix + b"row"
        self.row_end = b"</" + prefix + b"row>"

    # -- the part --------------------------------------------------------------------------------------------

    def run(self, pieces: Iterator[bytes]) -> Iterator[bytes]:
        head = b""
        found = None
        while found is None:
            piece = next(pieces, None)
            if piece is None or len(head) > _LONGEST_HEAD:
                raise NotPlain
            head += piece
            found = sheet_data(head)
        self.use(found[1])
        yield self._head(head[: found.start()])
        if found[3]:
            yield found[0][: found.start(3) - found.start()] + b">"
            yield from self._rows_before(None)
            yield self.known.end + b">" + head[found.end() :]
        else:
            yield found[0]
            yield from self._body(head[found.end() :], pieces)
        yield from pieces

    def _head(self, head: bytes) -> bytes:
        """What stands before the rows, with a dimension that covers what is written."""
        self.columns = columns(head, self.prefix)
        extent = self.plan.extent
        tag = b"<" + self.prefix + b"dimension"
        if extent is None or tag not in head:
            return head
        found = self.known.dimension.search(head)
        if found is None and b"ref" in head[head.index(tag) :].partition(b">")[0]:
            raise NotPlain
        # it is a hint: whole rows or columns, and what nobody can read, stay as they are
        old = parse_ref(found[2].decode("utf-8", "replace")) if found else None
        if found is None or old is None:
            return head
        new = spanning(old, extent)
        if new == old:
            return head
        return head[: found.start(2)] + format_ref(new).encode() + head[found.end(2) :]

    def _body(self, buffer: bytes, pieces: Iterator[bytes]) -> Iterator[bytes]:
        while True:
            stop = buffer.find(self.known.end)
            # all rows before the last start of a row are complete
            limit = stop if stop >= 0 else max(0, buffer.rfind(self.row_start))
            if has_other_markup(buffer, 0, limit):
                raise NotPlain
            yield from self._rows(buffer, limit)
            if stop >= 0:
                yield from self._rows_before(None)
                yield buffer[stop:]
                return
            rest, more = [buffer[limit:]], 0
            # at least as much again, so that a very long row is not searched again and again
            while more <= len(rest[0]):
                piece = next(pieces, None)
                if piece is None and more:
                    break
                if piece is None:
                    raise DamagedWorkbook(f"{self.place}: its rows have no end; {REPAIR}")
                rest.append(piece)
                more += len(piece)
            buffer = b"".join(rest)

    def _rows(self, buffer: bytes, limit: int) -> Iterator[bytes]:
        """Complete rows: ``buffer`` up to ``limit``."""
        start = buffer.rfind(self.row_start, 0, limit)
        if start < 0:
            if buffer[:limit].strip():
                raise NotPlain
            yield buffer[:limit]
            return
        last = self._number(self.known.row.match(buffer, start, limit))
        if not self.row < last <= MAX_ROW:
            raise self._disorder(last)
        upto = bisect_right(self.plan.rows, last, self.next)
        cleared = self.plan.clears(self.row + 1, last)
        if upto == self.next and not cleared:
            yield buffer[:limit]
        else:
            block = None if cleared else self._replaced(buffer, 0, limit, self.plan.rows[self.next : upto])
            if block is None:
                yield b"".join(self._row_by_row(buffer, limit))
            else:
                self.next = upto
                yield block
        self.row = last

    def _row_by_row(self, buffer: bytes, limit: int) -> Iterator[bytes]:
        found = list(self.known.row.finditer(buffer, 0, limit))
        if len(found) != buffer.count(self.row_start, 0, limit):
            raise NotPlain
        copied = 0
        starts = [match.start() for match in found[1:]]
        for match, after in zip(found, [*starts, limit], strict=True):
            number = self._number(match)
            if number <= self.row:
                raise self._disorder(number)
            self.row = number
            if self._due(number):
                yield buffer[copied : match.start()]
                yield from self._rows_before(number)
                copied = match.start()
            if self._takes(number):
                yield buffer[copied : match.start()]
                yield self._row(buffer, match, number, after)
                copied = after
        yield buffer[copied:limit]

    @staticmethod
    def _number(match: re.Match[bytes] | None) -> int:
        number = b"" if match is None else attributes(match[1]).get(b"r", b"")
        if not number.isdigit():
            raise NotPlain
        return int(number)

    def _disorder(self, number: int) -> DamagedWorkbook:
        return DamagedWorkbook(f"{self.place}: row {number} is out of its order; {SAVE_ANEW}")

    def _due(self, number: int) -> bool:
        return self.next < len(self.plan.rows) and self.plan.rows[self.next] < number

    def _takes(self, number: int) -> bool:
        """Whether a row that the part has changes; if so the plan moves on behind it."""
        if self.next < len(self.plan.rows) and self.plan.rows[self.next] == number:
            self.next += 1
            return True
        return bool(self.plan.clear) and bool(self.plan.cleared(number))

    # -- rows that are not there -----------------------------------------------------------------------------

    def _rows_before(self, number: int | None) -> Iterator[bytes]:
        """The rows of the plan that come before row ``number`` of the part, or all that are left."""
        out: list[bytes] = []
        rows = self.plan.rows
        while self.next < len(rows) and (number is None or rows[self.next] < number):
            row = rows[self.next]
            self.next += 1
            if row in self.plan.arrays:
                raise self._no_formula(row, min(self.plan.arrays[row]))
            out.append(b'%b r="%d">%b%b' % (self.row_start, row, self._new_cells(row, b""), self.row_end))
            if len(out) == _NEW_ROWS_AT_ONCE:
                yield b"".join(out)
                out.clear()
        if out:
            yield b"".join(out)

    def _new_cells(self, row: int, style: bytes) -> bytes:
        return b"".join([self._run(row, col, values, style) for col, values in self.plan.of(row)])

    def _run(self, row: int, col: int, values: Sequence[Content], style: bytes) -> bytes:
        """New cells side by side: one template with the row's number, filled in at once."""
        key = (col, len(values), style)
        template = self.templates.get(key)
        if template is None:
            places = range(col, col + len(values))
            cells = [b'%b\0"%b%%b' % (self.names[at], self._style(at, style)) for at in places]
            template = self.templates[key] = b"".join(cells)
        rendered = self.rendered
        try:
            contents = [rendered[value.__class__][value] for value in values]
        except UnwritableValue:
            for at, value in enumerate(values, col):
                self._one(row, at, value)
            raise
        return template.replace(b"\0", b"%d" % row) % tuple(contents)

    def _one(self, row: int, col: int, value: Content) -> bytes:
        try:
            return self.rendered[value.__class__][value]
        except UnwritableValue as error:
            raise UnwritableValue(f"{self.place}: {cell_name(row, col)} was to be given {error}") from error

    def _style(self, col: int, style: bytes) -> bytes:
        if col in self.plan.styles:
            style = self.plan.styles[col] or b"0"
        elif not style:
            style = next((style for first, last, style in self.columns if first <= col <= last), b"0")
        return b' s="%b"' % style if style != b"0" else b""

    def _dressed(self, match: re.Match[bytes], col: int) -> re.Match[bytes]:
        """A cell in the look of its column, unless it has one of its own."""
        look = self._style(col, b"0") if col in self.plan.styles else b""
        if not look or attributes(match[3]).get(b"s", b"0") != b"0":
            return match
        start, end = match.string[match.start() : match.start(3)], match.string[match.end(3) : match.end()]
        return self._as_cell(start + look + _STYLE.sub(b"", match[3]) + end)

    def _as_cell(self, written: bytes) -> re.Match[bytes]:
        """A cell that was written anew."""
        cell = self.known.cell.fullmatch(written)
        if cell is None:
            raise NotPlain
        return cell

    # -- rows that are there ---------------------------------------------------------------------------------

    def _row(self, buffer: bytes, match: re.Match[bytes], number: int, after: int) -> bytes:
        """A changed row, from its start tag to where the next begins."""
        start = buffer[match.start() : match.end(1)]
        if match[2]:
            first, last, end = match.end(), match.end(), self.row_end + buffer[match.end() : after]
        else:
            last = buffer.rfind(b"</" + self.prefix + b"row", match.end(), after)
            if last < 0 or not self.known.row_end.fullmatch(buffer, last, after):
                raise NotPlain
            first, end = match.end(), buffer[last:after]
        style = self._row_style(match[1])
        cells = None if self.plan.cleared(number) else self._replaced(buffer, first, last, (number,))
        if cells is None:
            cells, added = self._merged(buffer[first:last], number, style)
            if added:
                start = _SPANS.sub(b"", start)  # a hint that no longer holds; nobody needs it
        if match[2] and not cells:
            return buffer[match.start() : after]
        return b"%b>%b%b" % (start, cells, end)

    def _row_style(self, attrs: bytes) -> bytes:
        if b"customFormat=" not in attrs:
            return b""
        known = attributes(attrs)
        return known.get(b"s", b"0") if known.get(b"customFormat") in _TRUE else b""

    def _replaced(self, buffer: bytes, first: int, last: int, rows: Sequence[int]) -> bytes | None:
        """A stretch of the part with all that is written to ``rows``, if every cell for it is there."""
        if not self.plan.gives_values_alone(rows):
            return None
        names, cleaned, rendered, cell = self.names, self.cleaned, self.rendered, self.known.cell.match
        out: list[bytes] = []
        at = first
        for row in rows:
            end = b'%d"' % row
            for col, values in self.plan.of(row):
                for to, value in enumerate(values, col):
                    found = buffer.find(names[to] + end, at, last)
                    if found < 0:
                        return None
                    match = cell(buffer, found, last)
                    if match is None:
                        raise NotPlain
                    try:
                        content = rendered[value.__class__][value]
                    except UnwritableValue:
                        content = self._one(row, to, value)
                    out += (buffer[at : match.start(3)], cleaned[match[3]])
                    at = match.end()
                    if match[4] or match[6]:
                        content = self._around(content, match)
                    out.append(content)
        out.append(buffer[at:last])
        return b"".join(out)

    def _around(self, content: bytes, match: re.Match[bytes]) -> bytes:
        """What a cell says of its value, with its formula before the value and its extension behind."""
        tag = content.index(b">") + 1
        rest = content[tag : -len(self.cell_end)]
        return b"%b%b%b%b%b" % (content[:tag], match[4] or b"", rest, match[6] or b"", self.cell_end)

    def _start(self, match: re.Match[bytes]) -> bytes:
        """A cell's start tag, still open, without what belonged to its old value."""
        return match.string[match.start() : match.start(3)] + self.cleaned[match[3]]

    def _merged(self, body: bytes, number: int, style: bytes) -> tuple[bytes, bool]:
        """The cells of a row with the plan's among them, and whether any is new."""
        appended = self._appended(body, number, style)
        if appended is not None:
            return appended, True
        plan = self.plan.row(number)
        out: list[bytes] = []
        copied = end = 0
        added = False
        for match, col in self._in_order(body, number):
            if plan.next_col < col:
                out += (body[copied : match.start()], self._missing(plan, col, style))
                copied, added = match.start(), True
            end = match.end()
            changed = self._changed(match, plan, col)
            if changed is not None:
                out += (body[copied : match.start()], changed)
                copied = end
        rest = self._behind_cells(body, end)
        if plan.arrays:
            raise self._no_formula(number, min(plan.arrays))
        beyond = self._missing(plan, MAX_COL + 1, style)
        return b"".join((*out, body[copied:end], beyond, rest)), added or bool(beyond)

    def _missing(self, plan: RowPlan, col: int, style: bytes) -> bytes:
        """New cells for what the plan has for those to the left of a column."""
        cells = []
        while plan.next_col < col:
            at = plan.next_col
            cells.append(self._run(plan.number, at, (plan.take(),), style))
        return b"".join(cells)

    def _appended(self, body: bytes, number: int, style: bytes) -> bytes | None:
        """The cells of a row with the plan's behind them, if that is where all of the plan's belong."""
        runs = self.plan.of(number)
        if not runs or number in self.plan.arrays or self.plan.cleared(number):
            return None
        end = self._end_before(body, number, runs[0][0])
        return None if end is None else body[:end] + self._new_cells(number, style) + body[end:]

    def _behind_cells(self, body: bytes, end: int) -> bytes:
        """What stands behind the last cell of a row: an extension at most."""
        rest = body[end:]
        if rest.strip() and not rest.lstrip().startswith(b"<" + self.prefix + b"extLst"):
            raise NotPlain
        return rest

    def _in_order(self, body: bytes, number: int) -> Iterator[tuple[re.Match[bytes], int]]:
        """The cells of a row, each with its column."""
        at = last = 0
        for match in self.known.cell.finditer(body):
            row, col = position(match)
            if match.start() != at and body[at : match.start()].strip():
                raise NotPlain
            if row != number or col <= last:
                raise self._disorder(number)
            yield match, col
            at, last = match.end(), col

    def _changed(self, match: re.Match[bytes], plan: RowPlan, col: int) -> bytes | None:
        """A cell as the plan has it; None where it stays as it is."""
        cell = match
        if col in plan.arrays:
            cell = self._with_formula(match, plan.number, col, plan.arrays.pop(col))
        value: Content = KEPT
        if col == plan.next_col:
            cell, value = self._dressed(cell, col), plan.take()
        if value is not KEPT:
            return self._start(cell) + self._around(self._one(plan.number, col, value), cell)
        if plan.clears(col):
            return self._emptied(cell)
        return None if cell is match else cell[0]

    def _end_before(self, body: bytes, number: int, col: int) -> int | None:
        """Where the cells of a row end, if they end to the left of a column."""
        start = body.rfind(self.cell_start)
        if start < 0:
            return None if body.strip() else 0
        match = self.known.cell.match(body, start)
        if match is None or body[match.end() :].strip():
            return None
        row, last = position(match)
        return match.end() if row == number and last < col else None

    def _emptied(self, match: re.Match[bytes]) -> bytes:
        """A cell without its value."""
        formula = match[4] or b""
        if formula and not self._formula_text(formula) and b't="' not in formula:
            formula = b""  # the mark of a volatile array's spill, which has no place in a cell that it left
        content = formula + (match[6] or b"")
        return self._start(match) + (b">" + content + self.cell_end if content else b"/>")

    @staticmethod
    def _formula_text(formula: bytes) -> bytes:
        return b"" if formula.endswith(b"/>") else formula[formula.index(b">") + 1 : formula.rindex(b"</")]

    def _with_formula(self, match: re.Match[bytes], row: int, col: int, ref: Ref | None) -> re.Match[bytes]:
        """A cell whose formula fills ``ref``, or for None is gone."""
        if ref is not None:
            return self._as_array(match, row, col, ref)
        if not match[4]:
            raise self._no_formula(row, col)
        start = _CELL_META.sub(b"", match.string[match.start() : match.end(3)])
        return self._as_cell(
            start + match.string[match.end(3) : match.start(4)] + match.string[match.end(4) : match.end()]
        )

    def _as_array(self, match: re.Match[bytes], row: int, col: int, ref: Ref) -> re.Match[bytes]:
        """A cell whose formula fills ``ref``."""
        formula = match[4]
        if not formula or not self._formula_text(formula):
            raise self._no_formula(row, col)
        name_end = len(self.prefix) + 2
        attrs_end = formula.index(b">")
        attrs, rest = formula[name_end:attrs_end], formula[attrs_end:]
        kind = attributes(attrs).get(b"t", b"normal")
        target = format_ref(ref).encode()
        start = match.string[match.start() : match.end(3)]
        if self.dynamic_cms and int(attributes(match[3]).get(b"cm", b"0")) not in self.dynamic_cms:
            start = _CELL_META.sub(b"", start) + b' cm="%d"' % self.dynamic_cms[0]
        if kind == b"array" and b"ref" in attributes(attrs):
            attrs = _ARRAY.sub(rb"\g<1>" + target, attrs)
        elif kind in (b"array", b"normal"):
            attrs = b' t="array" ref="%b"%b' % (target, self.cleaned[attrs])
        else:
            raise UnwritableCell(
                f"{self.place}: {cell_name(row, col)} shares its formula with other cells, so that it "
                f"cannot fill {format_ref(ref)}; enter it in that cell alone"
            )
        whole = start + match.string[match.end(3) : match.start(4)] + formula[:name_end] + attrs + rest
        return self._as_cell(whole + match.string[match.end(4) : match.end()])

    def _no_formula(self, row: int, col: int) -> UnwritableCell:
        return UnwritableCell(
            f"{self.place}: {cell_name(row, col)} has no formula to give a range to; read the workbook again"
        )
