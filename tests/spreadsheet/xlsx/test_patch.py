"""Patching a worksheet part, checked cell by cell with lxml against a slow model of what an edit means."""

from __future__ import annotations

import datetime as dt
import random
import re
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree

from xl_infusion.spreadsheet.cell_error import EXCEL_ERRORS, ExcelError
from xl_infusion.spreadsheet.xlsx.errors import NotPlain
from xl_infusion.spreadsheet.xlsx.formulas import FormulaCell, SharedFormula, formulas
from xl_infusion.spreadsheet.xlsx.grid import cell_name, format_ref, letters, number, parse_ref
from xl_infusion.spreadsheet.xlsx.package import DamagedWorkbook, HostileWorkbook, UnwritableCell, UnwritableValue
from xl_infusion.spreadsheet.xlsx.patch import Block, CellValue, SheetEdit, patched
from xl_infusion.spreadsheet.xlsx.plain import plain, rows_of
from xl_infusion.spreadsheet.xlsx.values import KEPT, Formula

MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
STRICT = "http://purl.oclc.org/ooxml/spreadsheetml/main"


def sheet(rows: str, before: str = "", after: str = "<pageMargins left='0.7'/>") -> bytes:
    data = f"<sheetData>{rows}</sheetData>" if rows else "<sheetData/>"
    head = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
    return f'{head}<worksheet xmlns="{MAIN}">{before}{data}{after}</worksheet>'.encode()


def cut(data: bytes, size: int) -> Iterator[bytes]:
    return (data[at : at + size] for at in range(0, len(data), size))


def patch(data: bytes, edit: SheetEdit, size: int = 1 << 18, **options: Any) -> bytes:
    """As `Package` does it: the plain form only where it is needed."""
    try:
        return b"".join(patched(cut(data, size), edit, **options))
    except NotPlain:
        return b"".join(patched([plain(cut(data, size), "sheet")], edit, **options))


def scan(data: bytes, dynamic: frozenset[int] = frozenset()) -> list[FormulaCell]:
    try:
        return formulas(rows_of(data), dynamic, "sheet")
    except NotPlain:
        return formulas(rows_of(plain([data], "sheet")), dynamic, "sheet")


def local(element: Any) -> str:
    return str(etree.QName(element).localname)


class Cell:
    """A cell's content, as far as anybody can see it."""

    def __init__(self, element: Any = None) -> None:
        self.attrs: dict[str, str] = {} if element is None else dict(element.attrib)
        self.attrs.pop("r", None)
        self.parts: dict[str, Any] = {}
        for child in () if element is None else element:
            text = child.text or ""
            self.parts[local(child)] = (dict(child.attrib), text, [etree.tostring(one) for one in child])

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Cell) and (self.attrs, self.parts) == (other.attrs, other.parts)

    def __repr__(self) -> str:
        return f"{self.attrs} {self.parts}"

    @property
    def value(self) -> tuple[str | None, str | None]:
        return self.attrs.get("t"), self.parts["v"][1] if "v" in self.parts else None


class Model:
    """A whole sheet: its cells, the attributes of its rows, and everything else."""

    def __init__(self, data: bytes) -> None:
        root = etree.fromstring(data)
        self.cells: dict[tuple[int, int], Cell] = {}
        self.rows: dict[int, dict[str, str]] = {}
        self.others: list[bytes] = []
        self.dimension = None
        row = 0
        for part in root:
            if not isinstance(part.tag, str):
                continue
            if local(part) == "dimension":
                self.dimension = part.get("ref")
            elif local(part) != "sheetData":
                self.others.append(etree.tostring(part, method="c14n"))
                continue
            for line in part:
                if not isinstance(line.tag, str):
                    continue
                row = int(line.get("r", row + 1))
                col = 0
                assert row not in self.rows
                self.rows[row] = {key: value for key, value in line.attrib.items() if key != "r"}
                for cell in line:
                    if isinstance(cell.tag, str) and local(cell) == "c":
                        name = re.fullmatch("([A-Z]+)([0-9]+)", cell.get("r", cell_name(row, col + 1)))
                        assert name is not None and int(name[2]) == row and number(name[1]) > col
                        col = number(name[1])
                        self.cells[row, col] = Cell(cell)
        assert list(self.rows) == sorted(self.rows)


def one(data: bytes, row: int = 1, col: int = 1) -> Cell:
    return Model(data).cells[row, col]


def expected(value: CellValue) -> tuple[str | None, str | None]:
    """Type and text of a value, for the values that the tests below choose from."""
    if value is None:
        return "str", ""
    if isinstance(value, ExcelError):
        return "e", str(value)
    if isinstance(value, str):
        return "str", value
    if isinstance(value, bool):
        return "b", str(int(value))
    assert isinstance(value, (int, float, Decimal))
    return None, repr(float(value)).removesuffix(".0") if value != int(value) else str(int(value))


# -- values ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("value", "kind", "text"),
    [
        ("S9502", "str", "S9502"),
        ("a & <b> \"c\" ]]> 'd'", "str", "a & <b> \"c\" ]]> 'd'"),
        ("", "str", ""),
        (None, "str", ""),
        (True, "b", "1"),
        (False, "b", "0"),
        (30, None, "30"),
        (-7, None, "-7"),
        (2**53 - 1, None, "9007199254740991"),
        (2**60, None, "1.152921504606847e+18"),
        (1.0, None, "1"),
        (-0.0, None, "0"),
        (0.1 + 0.2, None, "0.30000000000000004"),
        (1e300, None, "1e+300"),
        (Decimal("1234567.8901"), None, "1234567.8901"),
        (Decimal("100.00"), None, "100"),
        (Decimal("1E-7"), None, "1e-07"),
        (ExcelError("#N/A", "not in the reference"), "e", "#N/A"),
        (ExcelError("#SPILL!"), "e", "#VALUE!"),
        ("#N/A", "str", "#N/A"),
        (dt.date(2025, 7, 1), None, "45839"),
        (dt.datetime(2025, 7, 1, 18), None, "45839.75"),
        (dt.time(6), None, "0.25"),
        (dt.timedelta(hours=36), None, "1.5"),
        ("line\nbreak\ttab", "str", "line\nbreak\ttab"),
        ("a\rb", "str", "a_x000D_b"),
        ("bell\x07", "str", "bell_x0007_"),
        ("_x0041_", "str", "_x005F_x0041_"),
        ("_x0041\x01", "str", "_x005F_x0041_x0001_"),
        ("_x004_ x0041_", "str", "_x004_ x0041_"),
        ("\ud83d", "str", "_xD83D_"),
        ("é 中 💉", "str", "é 中 💉"),
        ("x" * 32_767, "str", "x" * 32_767),
    ],
)
def test_value(value: CellValue, kind: str | None, text: str) -> None:
    for existing in ("", '<row r="1"><c r="A1" t="s"><v>7</v></c></row>'):
        cell = one(patch(sheet(existing), SheetEdit(cells={(1, 1): value})))
        assert cell.value == (kind, text)


@pytest.mark.parametrize("text", [" a", "a ", "a\nb", "a\tb", "a  b", "\n"])
def test_space_is_preserved(text: str) -> None:
    attrs = one(patch(sheet(""), SheetEdit(cells={(1, 1): text}))).parts["v"][0]
    assert attrs == {"{http://www.w3.org/XML/1998/namespace}space": "preserve"}


@pytest.mark.parametrize(
    ("value", "why"),
    [
        (float("nan"), "not finite"),
        (float("-inf"), "not finite"),
        (Decimal("NaN"), "not finite"),
        (Decimal("1E+400"), "not finite"),
        (10**400, "too large"),
        ("x" * 32_768, "32,768 characters"),
        ("💉" * 16_384, "16,384 characters"),
        (dt.date(1899, 12, 31), "before 1900-01-01"),
        (dt.datetime(2025, 7, 1, tzinfo=dt.UTC), "time zone"),
        (dt.time(1, tzinfo=dt.UTC), "time zone"),
        (ExcelError("#OOPS"), "does not know"),
        ([1], "a list"),
        (b"x", "a bytes"),
    ],
)
@pytest.mark.parametrize("existing", ["", '<row r="2"><c r="B2"><v>7</v></c></row>', '<row r="2"><c r="A2"/></row>'])
def test_unwritable_value(value: Any, why: str, existing: str) -> None:
    with pytest.raises(UnwritableValue, match=f"orders.xlsx, sheet 'Claims': B2 .*{why}") as caught:
        patch(sheet(existing), SheetEdit(blocks=[Block(2, 2, [[value]])]), place="orders.xlsx, sheet 'Claims'")
    assert "xxx" not in str(caught.value)  # a cell's text does not belong in a message


@pytest.mark.parametrize(
    ("day", "date1904", "serial"),
    [
        (dt.date(1900, 1, 1), False, "1"),
        (dt.date(1900, 2, 28), False, "59"),
        (dt.datetime(1900, 2, 28, 12), False, "59.5"),
        (dt.date(1900, 3, 1), False, "61"),
        (dt.date(9999, 12, 31), False, "2958465"),
        (dt.date(1904, 1, 1), True, "0"),
        (dt.date(2025, 7, 1), True, "44377"),
    ],
)
def test_dates(day: dt.date, date1904: bool, serial: str) -> None:
    assert one(patch(sheet(""), SheetEdit(cells={(1, 1): day}), date1904=date1904)).value == (None, serial)


def test_first_day_of_1904() -> None:
    with pytest.raises(UnwritableValue, match="before 1904-01-01"):
        patch(sheet(""), SheetEdit(cells={(1, 1): dt.date(1903, 12, 31)}), date1904=True)


def test_equal_values_of_different_types_stay_apart() -> None:
    values: list[CellValue] = [1, True, 1.0, Decimal(1), "#N/A", ExcelError("#N/A"), "1"]
    model = Model(patch(sheet(""), SheetEdit(blocks=[Block(1, 1, [values, values[::-1]])])))
    kinds = [None, "b", None, None, "str", "e", "str"]
    assert [model.cells[1, col].value[0] for col in range(1, 8)] == kinds
    assert [model.cells[2, col].value[0] for col in range(1, 8)] == kinds[::-1]


# -- cells that are there ----------------------------------------------------------------------------------------

EXISTING = {
    "number": '<c r="B2" s="3"><v>5</v></c>',
    "formula": '<c r="B2" s="3"><f>JUNITS(A2,&quot;mg&quot;)</f><v>5</v></c>',
    "string formula": '<c r="B2" s="3" t="str"><f ca="1">A2&amp;"x"</f><v>old</v></c>',
    "no value": '<c r="B2" s="3"><f>A2</f></c>',
    "empty value": '<c r="B2" s="3"><f>A2</f><v/></c>',
    "array": '<c r="B2" s="3" cm="1"><f t="array" ref="B2:C3">CLAIM_GRID(A1)</f><v>5</v></c>',
    "shared child": '<c r="B2" s="3"><f t="shared" si="0"/><v>5</v></c>',
    "shared string": '<c r="B2" s="3" t="s"><v>0</v></c>',
    "inline string": '<c r="B2" s="3" t="inlineStr"><is><r><rPr><b/></rPr><t>old</t></r></is></c>',
    "blank": '<c r="B2" s="3"/>',
    "blank, open": '<c r="B2" s="3"></c>',
    "rich error": '<c r="B2" t="e" s="3" vm="1"><f>A2</f><v>#VALUE!</v></c>',
    "extension": '<c r="B2" s="3"><f>A2</f><v>5</v><extLst><ext uri="{x}"><a><v>1</v></a></ext></extLst></c>',
    "extension only": '<c r="B2" s="3" t="n"><extLst><ext uri="{x}"/></extLst></c>',
    "other attributes": '<c r="B2" s="3" ph="1" t="b"><v>1</v></c>',
    "pretty": '<c r="B2" s="3" t="str">\n  <f>A2</f>\n  <v>old</v>\n</c>',
    "attributes before the name": '<c s="3" t="str" r="B2"><f>A2</f><v>old</v></c>',
    "more than sign": '<c r="B2" s="3" x="a>b"><f>A2>1</f><v>1</v></c>',
}


@pytest.mark.parametrize("cell", EXISTING.values(), ids=EXISTING.keys())
@pytest.mark.parametrize("value", ["S9502", 12.5, ExcelError("#N/A"), None], ids=["text", "number", "error", "blank"])
def test_a_cell_keeps_all_but_its_value(cell: str, value: CellValue) -> None:
    before = sheet(f'<row r="2" ht="20"><c r="A2"><v>1</v></c>{cell}<c r="C2"><v>2</v></c></row>')
    after = patch(before, SheetEdit(cells={(2, 2): value}))
    old, new = Model(before), Model(after)
    want = old.cells[2, 2]
    want.attrs = {key: text for key, text in want.attrs.items() if key not in ("t", "vm")}
    kind, text = expected(value)
    if kind:
        want.attrs["t"] = kind
    want.parts.pop("is", None)
    want.parts["v"] = ({}, text, [])
    assert new.cells == old.cells
    assert (new.rows, new.others) == (old.rows, old.others)
    parts = list(new.cells[2, 2].parts)
    assert parts == [part for part in ("f", "v", "extLst") if part in parts]


@pytest.mark.parametrize("cell", EXISTING.values(), ids=EXISTING.keys())
def test_clear_leaves_formula_and_style(cell: str) -> None:
    before = sheet(f'<row r="2"><c r="A2"><v>1</v></c>{cell}<c r="C2"><v>2</v></c></row>')
    old = Model(before)
    new = Model(patch(before, SheetEdit(clear=[(1, 2, 9, 2)])))
    want = old.cells[2, 2]
    for gone in ("v", "is"):
        want.parts.pop(gone, None)
    want.attrs = {key: text for key, text in want.attrs.items() if key not in ("t", "vm")}
    assert new.cells == old.cells
    assert list(new.rows) == [2]


def test_clear_is_a_rectangle_and_written_values_stay() -> None:
    rows = "".join(
        f'<row r="{row}">' + "".join(f'<c r="{letters(col)}{row}"><v>1</v></c>' for col in range(1, 6)) + "</row>"
        for row in range(1, 8)
    )
    edit = SheetEdit(clear=[(2, 2, 4, 3), (4, 5, 4, 5), (90, 1, 99, 9)], cells={(3, 3): "kept"})
    new = Model(patch(sheet(rows), edit, size=100))
    blank = {at for at, cell in new.cells.items() if "v" not in cell.parts}
    assert blank == {(2, 2), (2, 3), (3, 2), (4, 2), (4, 3), (4, 5)}
    assert new.cells[3, 3].value == ("str", "kept")
    assert max(new.rows) == 7


def test_clear_removes_the_mark_of_a_volatile_spill() -> None:
    before = sheet('<row r="1"><c r="A1"><f ca="1"/><v>1</v></c><c r="B1"><f t="shared" si="0"/><v>1</v></c></row>')
    new = Model(patch(before, SheetEdit(clear=[(1, 1, 1, 2)])))
    assert "f" not in new.cells[1, 1].parts
    assert "f" in new.cells[1, 2].parts


# -- cells that are not there ------------------------------------------------------------------------------------

PLACES = sheet(
    '<row r="3" spans="2:4"><c r="B3"><v>1</v></c><c r="D3"><v>2</v></c></row><row r="5"/><row r="7"></row>',
    '<dimension ref="B3:D3"/>',
)


@pytest.mark.parametrize("size", [1, 7, 64, 10_000])
def test_new_cells_stand_in_order(size: int) -> None:
    where = [(1, 1), (3, 1), (3, 3), (3, 5), (4, 2), (5, 9), (7, 1), (9, 30)]
    after = patch(PLACES, SheetEdit(cells=dict.fromkeys(where, "x")), size)
    new = Model(after)
    assert set(new.cells) == {(3, 2), (3, 4), *where}
    assert new.dimension == "A1:AD9"
    assert new.rows[3] == {}  # spans no longer holds


def test_what_is_inside_changes_neither_dimension_nor_spans() -> None:
    new = Model(patch(PLACES, SheetEdit(cells={(3, 2): "x"})))
    assert (new.dimension, new.rows[3]) == ("B3:D3", {"spans": "2:4"})


@pytest.mark.parametrize("rows", ["", "\n"])
def test_empty_sheet(rows: str) -> None:
    new = Model(patch(sheet(rows), SheetEdit(blocks=[Block(2, 2, [["a", 1], ["b", 2]])])))
    assert {at: cell.value[1] for at, cell in new.cells.items()} == {(2, 2): "a", (2, 3): "1", (3, 2): "b", (3, 3): "2"}


def test_new_cells_take_the_style_of_their_row_or_column() -> None:
    before = sheet(
        '<row r="1" s="9" customFormat="1"/><row r="2" s="9"/><row r="3" s="9" customFormat="1"><c r="A3" s="4"/></row>'
        '<row r="5" customFormat="1"/>',
        '<cols><col min="1" max="2" style="5" width="9"/><col min="4" max="16384" width="9" style="6"/></cols>',
    )
    new = Model(patch(before, SheetEdit(blocks=[Block(row, 1, [[1, 2, 3, 4]]) for row in range(1, 6)])))
    styles = {row: [new.cells[row, col].attrs.get("s") for col in range(1, 5)] for row in range(1, 6)}
    columns = ["5", "5", None, "6"]
    assert styles == {1: ["9"] * 4, 2: columns, 3: ["4", "9", "9", "9"], 4: columns, 5: [None] * 4}


def test_rows_take_the_look_of_their_columns_where_they_have_none() -> None:
    rows = '<row r="5"><c r="A5"/><c r="B5" s="9"><v>1</v></c><c r="C5" s="0" t="str"><v>x</v></c><c r="D5"/></row>'
    lines = [[1, KEPT, KEPT], [Formula("A6<2"), KEPT, "a"]]
    edit = SheetEdit([Block(5, 1, lines)], styles={1: b"3", 2: b"5", 3: b""})
    new = (
        '<row r="5"><c r="A5" s="3"><v>1</v></c><c r="B5" s="9"><v>1</v></c><c r="C5" s="0" t="str"><v>x</v></c>'
        '<c r="D5"/></row><row r="6"><c r="A6" s="3"><f>A6&lt;2</f></c><c r="B6" s="5"/>'
        '<c r="C6" t="str"><v>a</v></c></row>'
    )
    assert patch(sheet(rows), edit) == sheet(new)
    assert patch(sheet(new), SheetEdit([Block(5, 1, [[KEPT] * 3] * 2)], styles={1: b"3"})) == sheet(new)


def test_what_is_kept_is_cleared_all_the_same() -> None:
    rows = '<row r="5"><c r="A5"><v>1</v></c><c r="B5" s="9"><v>2</v></c></row>'
    edit = SheetEdit([Block(5, 1, [[KEPT, KEPT, 3]])], clear=[(5, 1, 5, 1)], styles={1: b"3", 2: b"3"})
    new = '<row r="5"><c r="A5" s="3"/><c r="B5" s="9"><v>2</v></c><c r="C5"><v>3</v></c></row>'
    assert patch(sheet(rows), edit) == sheet(new)


def test_later_blocks_and_single_cells_go_first() -> None:
    edit = SheetEdit([Block(1, 1, [[1, 1, 1]] * 3), Block(2, 2, [[2, 2], [2, 2]])], {(3, 3): 3, (1, 5): 3})
    new = Model(patch(sheet(""), edit))
    assert {at: cell.value[1] for at, cell in new.cells.items()} == {
        **{(row, col): "1" for row in (1, 2, 3) for col in (1, 2, 3)},
        **{(2, 2): "2", (2, 3): "2", (3, 2): "2", (3, 3): "3", (1, 5): "3"},
    }


@pytest.mark.parametrize(
    "edit",
    [
        SheetEdit([Block(1_048_576, 1, [[1], [2]])]),
        SheetEdit([Block(1, 16_384, [[1, 2]])]),
        SheetEdit(cells={(0, 1): 1}),
        SheetEdit(cells={(1, 16_385): 1}),
        SheetEdit(array_refs={(1, 1): (1, 1, 1_048_577, 1)}),
        SheetEdit(array_refs={(1, 1): (2, 1, 3, 1)}),
    ],
)
def test_outside_of_the_sheet(edit: SheetEdit) -> None:
    with pytest.raises(UnwritableCell, match=r"^o\.xlsx"):
        patch(sheet('<row r="1"><c r="A1"><f>A2</f></c></row>'), edit, place="o.xlsx")


def test_last_cell_of_the_sheet() -> None:
    assert one(patch(sheet(""), SheetEdit(cells={(1_048_576, 16_384): 1})), 1_048_576, 16_384).value == (None, "1")


@pytest.mark.parametrize(
    ("edit", "something"),
    [
        (SheetEdit(), False),
        (SheetEdit([Block(1, 1, [])]), False),
        (SheetEdit([Block(1, 1, [[], ()])]), False),
        (SheetEdit([Block(1, 1, [[None]])]), True),
        (SheetEdit(clear=[(1, 1, 1, 1)]), True),
    ],
)
def test_an_edit_of_nothing_is_false(edit: SheetEdit, something: bool) -> None:
    assert bool(edit) is something


# -- arrays ------------------------------------------------------------------------------------------------------


def test_an_array_grows_and_shrinks() -> None:
    before = sheet(
        '<row r="1"><c r="A1" cm="1" t="str"><f t="array" aca="1" ref="A1:B2" ca="1">G(D1)</f><v>a</v></c>'
        '<c r="B1"><v>2</v></c></row><row r="2"><c r="A2" s="1"><v>3</v></c><c r="B2"><v>4</v></c></row>'
    )
    grown = patch(before, SheetEdit([Block(1, 1, [["x", 1], ["y", 2], ["z", 3]])], array_refs={(1, 1): (1, 1, 3, 2)}))
    new = Model(grown)
    assert new.cells[1, 1].parts["f"][:2] == ({"t": "array", "aca": "1", "ref": "A1:B3", "ca": "1"}, "G(D1)")
    assert new.cells[1, 1].attrs == {"cm": "1", "t": "str"}
    assert new.cells[3, 2].value == (None, "3")
    shrunk = SheetEdit([Block(1, 1, [["x"]])], clear=[(1, 1, 3, 2)], array_refs={(1, 1): (1, 1, 1, 1)})
    new = Model(patch(grown, shrunk))
    assert new.cells[1, 1].parts["f"][0]["ref"] == "A1"
    assert [at for at, cell in new.cells.items() if "v" in cell.parts] == [(1, 1)]
    assert new.cells[2, 1].attrs == {"s": "1"}


@pytest.mark.parametrize(("cm", "attrs"), [((), {"s": "2"}), ((3,), {"s": "2", "cm": "3"})])
@pytest.mark.parametrize("formula", ["<f>G(D1)</f>", '<f t="normal">G(D1)</f>', "<f >G(D1)</f>"])
def test_an_ordinary_formula_becomes_an_array(formula: str, cm: tuple[int, ...], attrs: dict[str, str]) -> None:
    before = sheet(f'<row r="1"><c r="A1" s="2">{formula}<v>1</v></c></row>')
    cell = one(patch(before, SheetEdit(array_refs={(1, 1): (1, 1, 3, 2)}), dynamic_cms=cm))
    assert cell.parts["f"][:2] == ({"t": "array", "ref": "A1:B3"}, "G(D1)")
    assert cell.attrs == attrs
    assert cell.value == (None, "1")


@pytest.mark.parametrize("cell", ["", '<c r="A1"><v>1</v></c>', '<c r="A1"><f ca="1"/><v>1</v></c>', '<c r="B1"/>'])
@pytest.mark.parametrize("row", [1, 2])
def test_an_array_needs_a_formula(cell: str, row: int) -> None:
    with pytest.raises(UnwritableCell, match="A1 has no formula"):
        patch(
            sheet(f'<row r="{row}">{cell.replace("1", str(row), 1)}</row>'),
            SheetEdit(array_refs={(1, 1): (1, 1, 2, 2)}),
        )


def test_an_array_keeps_its_mark() -> None:
    before = sheet('<row r="1"><c r="A1" cm="7"><f>G(D1)</f></c></row>')
    assert one(patch(before, SheetEdit(array_refs={(1, 1): (1, 1, 3, 2)}), dynamic_cms=(3, 7))).attrs == {"cm": "7"}
    assert one(patch(before, SheetEdit(array_refs={(1, 1): (1, 1, 3, 2)}), dynamic_cms=(3,))).attrs == {"cm": "3"}


def test_a_shared_formula_becomes_no_array() -> None:
    before = sheet('<row r="1"><c r="A1"><f t="shared" si="0" ref="A1:A3">B1</f><v>1</v></c></row>')
    with pytest.raises(UnwritableCell, match="A1 shares its formula"):
        patch(before, SheetEdit(array_refs={(1, 1): (1, 1, 2, 2)}))


# -- forms of XML ------------------------------------------------------------------------------------------------

FORMS = {
    "comment": '<row r="1"><!-- <c r="A1"><v>9</v></c> --><c r="A1" s="1"><f>B1</f><v>1</v></c></row>',
    "comment between rows": '<!-- </sheetData> --><row r="1"><c r="A1" s="1"><f>B1</f><v>1</v></c></row>',
    "cdata": '<row r="1"><c r="A1" s="1"><f><![CDATA[B1]]></f><v><![CDATA[1]]></v></c></row>',
    "instruction": '<row r="1"><?x <c r="A1"/> ?><c r="A1" s="1"><f>B1</f><v>1</v></c></row>',
    "single quotes": "<row r='1'><c r='A1' s='1' t='n'><f>B1</f><v>1</v></c></row>",
    "spaces": '<row r = "1" ><c  r = "A1"\n s="1" ><f >B1</f ><v >1</v ></c ></row >',
    "no positions": '<row><c s="1"><f>B1</f><v>1</v></c></row>',
    "lower case": '<row r="1"><c r="a1" s="1"><f>B1</f><v>1</v></c></row>',
    "character reference": '<row r="1"><c r="A1" s="1"><f>&#66;1</f><v>1</v></c></row>',
}


@pytest.mark.parametrize("rows", FORMS.values(), ids=FORMS.keys())
@pytest.mark.parametrize("size", [5, 10_000])
def test_every_form_of_the_same(rows: str, size: int) -> None:
    edit = SheetEdit(cells={(1, 1): "new", (2, 1): 2, (1, 2): 3})
    new = Model(patch(sheet(rows), edit, size))
    assert new.cells[1, 1].attrs == {"s": "1", "t": "str"}
    assert new.cells[1, 1].parts["f"][1] == "B1"
    assert {at: cell.value for at, cell in new.cells.items()} == {
        (1, 1): ("str", "new"),
        (2, 1): (None, "2"),
        (1, 2): (None, "3"),
    }
    assert [(cell.row, cell.col, cell.text) for cell in scan(sheet(rows))] == [(1, 1, "B1")]


def test_a_cell_in_a_comment_is_none() -> None:
    for rows in (FORMS["comment"], FORMS["instruction"]):
        new = Model(patch(sheet(rows), SheetEdit(cells={(1, 1): "new"})))
        assert new.cells[1, 1].value == ("str", "new")


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "iso-8859-1", "windows-1252", "utf-8-sig"])
def test_encodings(encoding: str) -> None:
    name = {"utf-16-le": "utf-16", "utf-8-sig": "utf-8"}.get(encoding, encoding)
    text = (
        f'<?xml version="1.0" encoding="{name}"?>'
        + sheet('<row r="1"><c r="A1" t="inlineStr"><is><t>é</t></is></c><c r="B1"><f>"é"</f></c></row>')
        .decode()
        .partition("\n")[2]
    )
    data = (b"\xff\xfe" if encoding == "utf-16-le" else b"") + text.encode(encoding)
    after = patch(data, SheetEdit(cells={(1, 2): "ü"}))
    new = Model(after)
    assert new.cells[1, 2].value == ("str", "ü")
    assert new.cells[1, 2].parts["f"][1] == '"é"'
    assert "é" in etree.tostring(etree.fromstring(after), encoding="unicode")


def test_the_plain_form_says_the_same() -> None:
    odd = (
        f"<?xml version='1.0'?><!-- a --><x:worksheet xmlns:x='{MAIN}' xmlns:y='urn:y' y:Ignorable=\"a'b&#10;&lt;&quot;\">"
        "<x:cols><x:col min='1' max='2' style='7'/></x:cols>"
        "<x:sheetData><x:row><x:c><x:f>A2&amp;\"&lt;\"</x:f><x:v> 1&#13;</x:v></x:c></x:row><x:row r='5'><x:c r='C5'/><x:c/></x:row>"
        "</x:sheetData><x:extLst><y:a b='c'>d<e/></y:a></x:extLst></x:worksheet>"
    ).encode()
    new = plain([odd], "sheet")
    assert Model(new).cells.keys() == {(1, 1), (5, 3), (5, 4)}
    assert re.findall(rb'<x:(?:c|row) r="(\w+)"', new) == [b"1", b"A1", b"5", b"C5", b"D5"]
    bare = re.sub(rb"<!--.*?-->", b"", odd)
    given = re.sub(rb'(<x:(?:c|row)) r="\w+"', rb"\1", new)
    without = re.sub(rb"(<x:(?:c|row)) r='\w+'", rb"\1", bare)
    assert etree.tostring(etree.fromstring(given), method="c14n") == etree.tostring(
        etree.fromstring(without), method="c14n"
    )


def test_prefix() -> None:
    before = (
        f'<x:worksheet xmlns:x="{MAIN}"><x:dimension ref="A1"/><x:cols><x:col min="2" max="2" style="7"/></x:cols><x:sheetData>'
        '<x:row r="1"><x:c r="A1" t="str"><x:f>B1</x:f><x:v>old</x:v></x:c></x:row></x:sheetData></x:worksheet>'
    ).encode()
    after = b"".join(patched([before], SheetEdit(cells={(1, 1): "new", (1, 2): 2, (4, 2): 3})))
    new = Model(after)
    assert {at: cell.value[1] for at, cell in new.cells.items()} == {(1, 1): "new", (1, 2): "2", (4, 2): "3"}
    assert new.cells[4, 2].attrs == {"s": "7"}
    assert {etree.QName(cell).namespace for cell in etree.fromstring(after).iter()} == {MAIN}
    assert new.dimension == "A1:B4"


@pytest.mark.parametrize(
    "rows",
    [
        '<row r="2"><c r="A2"/></row><row r="1"><c r="A1"/></row>',
        '<row r="1"><c r="A1"/></row><row r="1"><c r="B1"/></row>',
        '<row r="1"><c r="B1"/><c r="A1"/><c r="C1"/></row>',
        '<row r="1"><c r="A1"/><c r="A1"/><c r="C1"/></row>',
        '<row r="1"><c r="A2"/></row>',
        '<row r="1"><c r="A1"/></row><row r="99999999"/>',
        "<row r='2'/><row r='1'/>",
        "<row r='1'><c r='B1'/><c r='A1'/></row>",
        "<row r='x'/>",
        "<row r='1'><c r='1A'/></row>",
    ],
)
def test_disorder_is_not_made_worse(rows: str) -> None:
    with pytest.raises(DamagedWorkbook, match=r"out of its order"):
        patch(sheet(rows), SheetEdit(cells={(1, 2): 1, (1, 4): 1, (99_999, 1): 1}))


@pytest.mark.parametrize(
    "data",
    [
        sheet('<row r="1">')[:-40],
        sheet("")[:90],
        b"<worksheet><sheetData><row r='1'><c r='A1'></row></sheetData></worksheet>",
        b"",
    ],
)
def test_broken_xml(data: bytes) -> None:
    with pytest.raises(DamagedWorkbook):
        patch(data, SheetEdit(cells={(1, 1): 1}))


def test_entities_are_refused() -> None:
    bomb = b'<!DOCTYPE a [<!ENTITY b "cc">]>' + sheet('<row r="1"><c r="A1"><v>&b;</v></c></row>').partition(b"\n")[2]
    with pytest.raises(HostileWorkbook, match="entities"):
        patch(bomb, SheetEdit(cells={(1, 1): 1}))


# -- formulas ----------------------------------------------------------------------------------------------------


def test_formulas() -> None:
    data = sheet(
        '<row r="1"><c r="A1"><v>1</v></c><c r="B1" t="str"><f>A1&amp;&quot;&#10;x&lt;&quot;</f><v></v></c></row>'
        '<row r="2"><c r="A2" cm="2"><f t="array" ref="A2:B9">_xlfn.UNIQUE(T[a])</f><v>1</v></c><c r="B2"><f ca="1"/><v>3</v></c></row>'
        '<row r="3"><c r="A3" cm="1"><f t="array" ref="A3">1</f></c><c r="B3"><f>2</f><v></v></c><c r="C3"><f>2</f><v/></c></row>'
        '<row r="4"><c r="A4"><f t="dataTable" ref="A4:B5" dt2D="1" r1="A1" r2="B1"/><v>1</v></c><c r="XFD4"><f>3</f><v>0</v></c></row>'
    )
    assert scan(data, frozenset({2})) == [
        FormulaCell(1, 2, 'A1&"\nx<"', "normal", None, False, None, True),
        FormulaCell(2, 1, "_xlfn.UNIQUE(T[a])", "array", (2, 1, 9, 2), True, None, True),
        FormulaCell(3, 1, "1", "array", (3, 1, 3, 1), False, None, False),
        FormulaCell(3, 2, "2", "normal", None, False, None, False),
        FormulaCell(3, 3, "2", "normal", None, False, None, False),
        FormulaCell(4, 1, "", "dataTable", (4, 1, 5, 2), False, None, True),
        FormulaCell(4, 16_384, "3", "normal", None, False, None, True),
    ]


def test_shared_formulas() -> None:
    data = sheet(
        '<row r="1"><c r="B1"><f t="shared" si="4" ref="B1:B3">A1+$A$1</f><v>1</v></c></row>'
        '<row r="2"><c r="B2"><f t="shared" si="4"/><v>1</v></c><c r="C2"><f>7</f></c></row>'
        '<row r="3"><c r="A3"><f t="shared" si="4">Z9</f></c><c r="B3"><f t="shared" si="4"/></c></row>'
    )
    assert [(cell.row, cell.text, cell.kind, cell.ref, cell.has_value) for cell in scan(data) if cell.col == 2] == [
        (1, "A1+$A$1", "shared", (1, 2, 3, 2), True),
        (2, "A2+$A$1", "shared", (1, 2, 3, 2), True),
        (3, "A3+$A$1", "shared", (1, 2, 3, 2), False),
    ]


def test_a_shared_formula_without_its_first_cell() -> None:
    with pytest.raises(DamagedWorkbook, match="B2 shares a formula"):
        scan(sheet('<row r="2"><c r="B2"><f t="shared" si="0"/></c></row>'))


@pytest.mark.parametrize(
    ("text", "moved"),
    [
        ("A1", "C4"),
        ("$A$1+A$1+$A1", "$A$1+C$1+$A4"),
        ("SUM(A1:B2)", "SUM(C4:D5)"),
        ("SUM(A:A,$B:C,1:2,$3:4)", "SUM(C:C,$B:E,4:5,$3:7)"),
        ("Codes!A1&'It''s A1'!B2", "Codes!C4&'It''s A1'!D5"),
        ('LOG10(A1)&"A1 ""B2"""', 'LOG10(C4)&"A1 ""B2"""'),
        ("T_A1[[#This Row],[A1]]+Tab1[A1]+A1_B", "T_A1[[#This Row],[A1]]+Tab1[A1]+A1_B"),
        ("_xlfn.XLOOKUP(A1,A1#,XFE1+A1048577)", "_xlfn.XLOOKUP(C4,C4#,XFE1+A1048577)"),
        ("1E5+A1%*50%", "1E5+C4%*50%"),
        ("A1:INDEX(A:A,5)", "C4:INDEX(C:C,5)"),
        ("'[1]A1'!A1+[2]S!A1", "'[1]A1'!C4+[2]S!C4"),
        ("XFD1048576", "B3"),
        ("a1+$b$1", "C4+$B$1"),
    ],
)
def test_moving_a_shared_formula(text: str, moved: str) -> None:
    assert SharedFormula(text, 1, 1).at(4, 3) == moved


@given(
    st.lists(
        st.tuples(
            st.sampled_from(["", "$"]), st.integers(1, 600), st.sampled_from(["", "$"]), st.integers(1, 5000),
            st.sampled_from(["+", "*", ":", "&\"A1\"&", ",Codes!", ")-SUM("]),
        ),
        min_size=1, max_size=5,
    ),
    st.integers(0, 900), st.integers(0, 50),
)  # fmt: skip
def test_moving_as_openpyxl_does(parts: list[tuple[str, int, str, int, str]], down: int, right: int) -> None:
    from openpyxl.formula.translate import Translator

    text = "SUM(" + "".join(f"{a}{letters(col)}{b}{row}{then}" for a, col, b, row, then in parts) + "A1)"
    theirs = Translator(f"={text}", "A1").translate_formula(row_delta=down, col_delta=right)
    assert SharedFormula(text, 1, 1).at(1 + down, 1 + right) == theirs[1:]


# -- everything at once --------------------------------------------------------------------------------------------

VALUES: list[CellValue] = [
    "S9502", "a & <b>", "", None, 1, -2.5, 1e-9, Decimal("12.50"), True, False, ExcelError("#N/A"), "é\u4e2d",
]  # fmt: skip


def any_sheet(rnd: random.Random) -> bytes:
    """Rows and cells with gaps, of every kind that programs write."""
    kinds = [text for name, text in EXISTING.items() if name not in ("attributes before the name", "shared child")]
    rows = []
    for row in sorted(rnd.sample(range(1, 40), rnd.choice([0, 1, 5, 25]))):
        cells = (
            rnd.choice(kinds).replace("B2:C3", f"{letters(col)}{row}").replace('r="B2"', f'r="{letters(col)}{row}"')
            for col in sorted(rnd.sample(range(1, 30), rnd.choice([0, 0, 1, 4, 20])))
        )
        attrs = rnd.choice(["", ' spans="1:9"', ' ht="9.5" customHeight="1"', ' s="8" customFormat="1"'])
        rows.append(f'<row r="{row}"{attrs}>{"".join(cells)}</row>')
    before = rnd.choice(["", '<dimension ref="B2:D9"/>']) + rnd.choice(
        ["", '<cols><col min="3" max="12" style="6"/></cols>']
    )
    after = '<mergeCells count="1"><mergeCell ref="A1:B1"/></mergeCells><pageMargins left="0.7"/>'
    return sheet("".join(rows), before, after)


def variants(data: bytes) -> Iterator[tuple[str, bytes]]:
    yield "as it is", data
    pretty = etree.tostring(etree.fromstring(data, etree.XMLParser(remove_blank_text=True)), pretty_print=True)
    yield "pretty", pretty
    yield "prefix", re.sub(rb"<(/?)(?=\w)", rb"<\1x:", data).replace(b"xmlns=", b"xmlns:x=")
    yield "strict", data.replace(MAIN.encode(), STRICT.encode())
    yield "attribute order", re.sub(rb'<c (r="\w+")( s="3")', rb"<c\2 \1", data)
    yield "single quotes", re.sub(rb'<(?:c|row|col)\b(?:[^>"]|"[^"]*")*', lambda tag: tag[0].replace(b'"', b"'"), data)
    yield "carriage returns", pretty.replace(b"\n", b"\r\n")
    yield "utf-16", data.decode().replace("UTF-8", "UTF-16").encode("utf-16")


def any_edit(rnd: random.Random) -> SheetEdit:
    edit = SheetEdit()
    for _ in range(rnd.choice([0, 1, 1, 2])):
        height, width = rnd.choice([1, 3, 30]), rnd.choice([1, 4, 20])
        rows = [[rnd.choice(VALUES) for _ in range(width)] for _ in range(height)]
        edit.blocks.append(Block(rnd.randint(1, 40), rnd.randint(1, 25), rows))
    for _ in range(rnd.choice([0, 1, 30])):
        edit.cells[rnd.randint(1, 45), rnd.randint(1, 35)] = rnd.choice(VALUES)
    for _ in range(rnd.choice([0, 0, 1, 2])):
        row, col = rnd.randint(1, 40), rnd.randint(1, 30)
        edit.clear.append((row, col, row + rnd.randint(0, 20), col + rnd.randint(0, 9)))
    return edit


def modelled(model: Model, edit: SheetEdit) -> tuple[dict[tuple[int, int], Cell], str | None]:
    """The cells that must come out, and the dimension."""
    cells = model.cells
    for at, cell in cells.items():
        if any(ref[0] <= at[0] <= ref[2] and ref[1] <= at[1] <= ref[3] for ref in edit.clear):
            cell.parts = {name: part for name, part in cell.parts.items() if name not in ("v", "is")}
            cell.attrs = {key: text for key, text in cell.attrs.items() if key not in ("t", "vm")}
    written = {
        (block.row + down, block.col + right): value
        for block in edit.blocks
        for down, values in enumerate(block.rows)
        for right, value in enumerate(values)
    } | edit.cells
    columns = (
        {col: "6" for col in range(3, 13)}
        if any(b"<cols" in other or b":cols" in other for other in model.others)
        else {}
    )
    for at, value in written.items():
        if at not in cells:
            cells[at] = Cell()
            row = model.rows.get(at[0], {})
            style = row.get("s") if row.get("customFormat") == "1" else columns.get(at[1])
            if style:
                cells[at].attrs["s"] = style
        cell = cells[at]
        kind, text = expected(value)
        cell.attrs = {key: text for key, text in cell.attrs.items() if key not in ("t", "vm")} | (
            {"t": kind} if kind else {}
        )
        cell.parts = {name: part for name, part in cell.parts.items() if name != "is"} | {"v": ({}, text, [])}
    ref = model.dimension and parse_ref(model.dimension)
    if ref and written:
        rows, cols = [row for row, _ in written], [col for _, col in written]
        ref = (min(ref[0], *rows), min(ref[1], *cols), max(ref[2], *rows), max(ref[3], *cols))
    return cells, format_ref(ref) if ref else None


@pytest.mark.parametrize("seed", range(60))
def test_any_edit_of_any_sheet(seed: int) -> None:
    rnd = random.Random(seed)
    data = any_sheet(rnd)
    for name, variant in variants(data):
        edit = any_edit(rnd)
        size = rnd.choice([40, 400, 5000, 1 << 18])
        after = patch(variant, edit, size)
        new = Model(after)
        cells, dimension = modelled(Model(variant), edit)
        assert new.cells == cells, (seed, name)
        assert (new.dimension, new.others) == (dimension, Model(variant).others), (seed, name)
        old_rows = Model(variant).rows
        for row, attrs in new.rows.items():
            old = old_rows.get(row, {})
            assert attrs in (old, {key: value for key, value in old.items() if key != "spans"}), (seed, name)
        assert after == patch(variant, edit), "the size of the pieces shows"
        texts = {at: cell.parts["f"][1] for at, cell in sorted(cells.items()) if "f" in cell.parts}
        assert {(cell.row, cell.col): cell.text for cell in scan(after)} == texts


@given(st.text(st.characters(codec="utf-16", exclude_categories=[]), max_size=40))
def test_any_text_reads_back(text: str) -> None:
    """Excel's own rule: XML first, then _xHHHH_ from left to right."""
    stored = one(patch(sheet(""), SheetEdit(cells={(1, 1): text}))).parts["v"][1]
    assert re.sub("_x([0-9A-Fa-f]{4})_", lambda found: chr(int(found[1], 16)), stored) == text


@given(
    st.one_of(
        st.integers(-(2**70), 2**70), st.floats(allow_nan=False, allow_infinity=False), st.decimals(-(10**20), 10**20)
    )
)
def test_any_number_reads_back(value: int | float | Decimal) -> None:
    kind, text = one(patch(sheet(""), SheetEdit(cells={(1, 1): value}))).value
    assert kind is None
    assert text is not None and float(text) == float(value)


@given(st.datetimes(dt.datetime(1900, 1, 1), dt.datetime(9999, 12, 30)), st.booleans())
def test_any_moment_reads_back(moment: dt.datetime, date1904: bool) -> None:
    from openpyxl.utils.datetime import CALENDAR_MAC_1904, CALENDAR_WINDOWS_1900, from_excel

    if date1904 and moment.year < 1904:
        return
    text = one(patch(sheet(""), SheetEdit(cells={(1, 1): moment}), date1904=date1904)).value[1]
    read = from_excel(float(text or ""), CALENDAR_MAC_1904 if date1904 else CALENDAR_WINDOWS_1900)
    if isinstance(read, dt.time):  # openpyxl takes what is less than a day for a time
        return
    assert abs(read - moment) < dt.timedelta(milliseconds=1)


def test_every_error_that_is_written_is_one() -> None:
    for code in EXCEL_ERRORS:
        kind, text = one(patch(sheet(""), SheetEdit(cells={(1, 1): ExcelError(code)}))).value
        assert kind == "e"
        assert text in {code, "#VALUE!"}
