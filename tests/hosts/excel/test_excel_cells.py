"""Formulas in cells, through xlwings' own wrappers, converters and COM server, with the errors true."""

from __future__ import annotations

import datetime as dt
import enum
from decimal import Decimal
from typing import Any

import pytest

from tests.hosts.standins import pywin32
from tests.hosts.standins.excel import Book
from tests.hosts.standins.variants import Error, VbaError

NA, VALUE, NUM, REF = (Error.named(name) for name in ("#N/A", "#VALUE!", "#NUM!", "#REF!"))

ORDERS = ["Order", "Patient", "Therapy", "Drug", "Dose", "Interval", "Start", "End", "Days", "Volume", "Place"]


def orders(start: dt.date, *drugs: tuple[str, Any]) -> list[list[Any]]:
    """Orders of one patient for one day, as they stand in A1:K..., each 1 g."""
    rows = [[number, "P1", None, drug, "1 g", interval, start, None, 1, None, None]
            for number, (drug, interval) in enumerate(drugs, start=1)]  # fmt: skip
    return [ORDERS, *rows]


def serial(day: dt.date) -> float:
    """A day as a cell holds it that is not formatted as a date."""
    return float((day - dt.date(1899, 12, 30)).days)


SINGLE = [
    (8, "=PERDIEM_CODE(A2)", "S9502"),
    ("q12h", "=PERDIEM_CODE(A2)", "S9501"),
    (Decimal("24"), "=PERDIEM_CODE(A2)", "S9500"),  # a cell formatted as currency
    (210, "=PERDIEM_RATE(2,A2)", 105.0),
    (Decimal("210.49"), "=PERDIEM_RATE(2,A2)", 105.25),
    (210, "=PERDIEM_RATE(3,A2,{1,0.5,0})", 0.0),
    ("meropenem", '=JUNITS(A2,"1 g")', 10.0),
    ("J3373", "=JUNITS(A2,1000)", 100.0),
    (dt.date(2025, 6, 30), '=JCODE("vanco",A2)', "J3370"),
    (dt.date(2025, 7, 1), '=JCODE("vanco",A2)', "J3373"),
    (dt.datetime(2025, 7, 1, 23, 59), '=JCODE("vanco",A2)', "J3373"),
    (serial(dt.date(2025, 6, 30)), '=JCODE("vanco",A2)', "J3370"),
    (None, '=JCODE("vanco",A2)', "J3373"),
    (1, "=PERDIEM_MODIFIER(A2)", ""),
    (99601, "=MEDICARE_PAYS(A2)", False),
    ("J3370", '=CODE_INFO(A2,"Last day")', serial(dt.date(2025, 6, 30))),
    ("q8h", "=PERDIEM_RANK(A2)", 1.0),
]


@pytest.mark.parametrize(("cell", "formula", "shown"), SINGLE)
def test_a_single_cell_gives_a_single_value(book: Book, cell: Any, formula: str, shown: Any) -> None:
    book.sheet.put("A2", cell)
    got = book.sheet.enter("Z2", formula)
    assert got == shown and type(got) is type(shown)


FAILING = [
    (5, "=PERDIEM_CODE(A2)", NA),
    (None, "=PERDIEM_CODE(A2)", VALUE),
    (True, "=PERDIEM_CODE(A2)", VALUE),
    (-8, "=PERDIEM_CODE(A2)", NUM),
    (dt.time(8, 0), "=PERDIEM_CODE(A2)", VALUE),  # 8:00 typed for every 8 hours
    (dt.time(8, 0), '=JCODE("vanco",A2)', VALUE),  # no date of 1899
    (dt.datetime(1899, 12, 31, 12), '=JCODE("vanco",A2)', VALUE),  # nor 36:00
    (NA, "=PERDIEM_CODE(A2)", NA),
    (REF, '=JUNITS("meropenem",A2)', REF),
    (Error.named("#DIV/0!"), "=PERDIEM_RATE(2,A2)", Error.named("#DIV/0!")),
    (Error.named("#SPILL!"), "=PERDIEM_RATE(2,A2)", Error.named("#SPILL!")),  # xlwings knows no such number
    (Error(2051), "=PERDIEM_RATE(2,A2)", VALUE),  # nor do we
    ("#N/A", "=PERDIEM_CODE(A2)", NA),  # a text that reads as an error
    ("meropenum", '=JUNITS(A2,"1 g")', NA),
    ("heparin", '=JUNITS(A2,"500 mg")', VALUE),
    ("abc", "=CODES(A2)", NA),
    ("orders", "=CLAIM_GRID(A2)", VALUE),
]


@pytest.mark.parametrize(("cell", "formula", "error"), FAILING)
def test_a_failure_is_a_true_error(book: Book, cell: Any, formula: str, error: Error) -> None:
    book.sheet.put("A2", cell)
    got = book.sheet.enter("Z2", formula)
    assert (got[0][0] if isinstance(got, list) else got) == error
    assert book.module.printed == [], "an error of the order, not of the call"


def test_ranges_spill_in_their_shape(book: Book) -> None:
    book.sheet.put("A2", [["meropenem", 500, 8], ["vancomycin", "1 g", "q12h"], ["meropenum", 1000, 5]])
    assert book.sheet.enter("E2", "=JUNITS(A2:A4,B2:B4)") == [[5.0], [100.0], [NA]]
    assert book.sheet.enter("E2", '=JUNITS(A2:A4,"1 g",DATE(2025,6,30))') == [[10.0], [2.0], [NA]]
    assert book.sheet.enter("F2", "=PERDIEM_CODE(C2:C4)") == [["S9502"], ["S9501"], [NA]]
    assert book.sheet.enter("G2", "=PERDIEM_RATE(2,B2:C3)")[0] == [250.0, 4.0]
    assert book.sheet.enter("H2", "=PERDIEM_RANK(C2:C3)") == [[1.0], [2.0]]
    assert book.sheet.enter("I2", "=VISIT_UNITS(B2)") == [[1.0, 6.0]]
    book.sheet.put("A6", [["q8h", "BID"]])
    assert book.sheet.enter("J2", "=DOSES_PER_DAY(A6:B6)") == [[3.0, 2.0]]


def test_arguments_may_be_left_out(book: Book) -> None:
    enter = book.sheet.enter
    assert enter("A1", '=PERDIEM_CODE("daily",,"TPN","1.5 L")') == "S9366"
    assert enter("A1", '=PERDIEM_CODE(8,,"pain")') == "S9327"
    assert enter("A1", '=JUNITS("vancomycin",1000)') == 100.0
    assert enter("A1", '=CODE_INFO("J3370",,DATE(2025,6,30))') == enter("A2", '=CODE_INFO("J3370","Meaning")')
    assert len(enter("A1", "=CODES()")) > 300
    assert enter("A1", "=PERDIEM_RATE(2)") == VALUE, "Excel does not even call it"


IDSA = [
    (dt.date(2013, 5, 1), "J3370", 4.0),
    (dt.date(2025, 7, 1), "J3373", 200.0),
]


@pytest.mark.parametrize(("start", "vancomycin", "units"), IDSA)
def test_the_claim_grid_spills_the_idsa_example(book: Book, start: dt.date, vancomycin: str, units: float) -> None:
    book.sheet.put("A1", orders(start, ("vancomycin", 12), ("meropenem", 8)))
    header, *lines = book.sheet.enter("M1", "=CLAIM_GRID(A1:K3)")
    at = header.index
    assert [(line[at("Code")], line[at("Modifier 1")], line[at("Units")]) for line in lines] == [
        ("S9502", "", 1.0),
        ("J2185", "", 30.0),
        ("S9501", "SH", 1.0),
        (vancomycin, "", units),
    ]
    assert {line[at("From")] for line in lines} == {serial(start)}
    column = "MNOPQRSTUVWXYZ"[at("Units")]
    assert book.sheet.enter("AD1", f"=SUM({column}1:{column}5)") == 32.0 + units


def test_a_sum_over_a_bad_order_is_an_error_and_without_hardening_it_is_short(book: Book, soft_book: Book) -> None:
    """Why the wrappers are hardened: SUM passes over text, so a claim with an order that cannot be billed
    comes out short, and no cell on the sheet looks wrong to Excel."""
    table = orders(dt.date(2013, 5, 1), ("meropenem", 8), ("vancomycine-x", 12))
    sums = []
    for workbook in (book, soft_book):
        workbook.sheet.put("A1", table)
        header, *lines = workbook.sheet.enter("M1", "=CLAIM_GRID(A1:K3)")
        assert [line[header.index("Code")] for line in lines][:2] == ["S9502", "J2185"]
        column = "MNOPQRSTUVWXYZ"[header.index("Units")]
        sums.append(workbook.sheet.enter("AD1", f"=SUM({column}1:{column}{len(lines) + 1})"))
    assert sums[0] == NA
    assert sums[1] == 31.0, "a day and 30 units of meropenem: the other order is missing without a word"
    assert any(cell == "#N/A" for cell in soft_book.sheet.held.values()), "the error is there, as a text"


def test_each_order_of_a_column_and_its_sum(book: Book, soft_book: Book) -> None:
    sums = []
    for workbook in (book, soft_book):
        workbook.sheet.put("A2", [["meropenem", "1 g"], ["meropenum", "1 g"], ["vancomycin", "1 g"]])
        workbook.sheet.enter("C2", "=JUNITS(A2:A4,B2:B4)")
        sums.append(workbook.sheet.enter("C5", "=SUM(C2:C4)"))
    assert sums == [NA, 110.0]


class NoServer:
    """XLPy where Python did not start."""

    def CallUDF(self, *arguments: Any) -> Any:
        raise VbaError(-2147467259, "Could not activate Python COM server, hr = -2147221164")


def test_where_python_does_not_start_the_cell_is_an_error_and_says_why(book: Book, soft_book: Book) -> None:
    for workbook in (book, soft_book):
        workbook.host["XLPy"] = NoServer()
        workbook.load(workbook.vba_text)
    assert book.sheet.enter("A1", '=JUNITS("meropenem","1 g")') == VALUE
    assert book.module.printed == ["JUNITS: Could not activate Python COM server, hr = -2147221164"]
    soft = soft_book.sheet.enter("A1", '=JUNITS("meropenem","1 g")')
    assert soft.startswith("Could not activate"), "xlwings alone puts the text into the cell"


def test_only_plain_cells_cross(excel: Any) -> None:
    moment = dt.datetime(2025, 7, 1, 8, 30)
    assert excel.udfs.to_excel([moment, Rank.SECOND, 2**31, ""]) == [moment, 2, 2.0**31, ""]
    assert type(excel.udfs.to_excel(Rank.SECOND)) is int and type(excel.udfs.to_excel(2**31)) is float
    with pytest.raises(TypeError, match="a set does not fit into a cell"):
        excel.udfs.to_excel({1, 2})


class Rank(enum.IntEnum):
    """A number that is not exactly an int, as numpy's are not."""

    SECOND = 2


@pytest.mark.parametrize("installed", [True, False], ids=["with numpy and pandas", "without"])
def test_numpy_and_pandas_change_nothing(installed: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    """With them installed xlwings turns NaN into a blank cell and numpy's numbers into its own."""
    if installed:
        pytest.importorskip("pandas", reason="install numpy and pandas to see that they change nothing")
    else:
        for name in ("numpy", "pandas"):
            monkeypatch.setitem(__import__("sys").modules, name, None)
    with pywin32.windows() as xlwings:
        from xl_infusion.hosts import excel

        assert (xlwings.conversion.np is not None) is installed
        made = [[1.5, float("nan"), float("inf"), 2**40, Decimal("12.34"), None, True, "x"]]
        if installed:
            numpy = pytest.importorskip("numpy")
            made[0] += [numpy.float64(2.5), numpy.int64(3), numpy.float64("nan"), numpy.bool_(True), numpy.str_("y")]
        written = xlwings.conversion.write(excel.udfs.to_excel(made), None, {})
        shown = [1.5, "#NUM!", "#NUM!", float(2**40), 12.34, "", True, "x", 2.5, 3, "#NUM!", True, "y"]
        assert written == [shown[: len(made[0])]]
        assert [type(cell) for cell in written[0][:8]] == [float, str, str, float, float, str, bool, str]
        assert {type(cell) for cell in written[0]} <= {float, int, str, bool}
        book = Book()
        xlwings.udfs.import_udfs("xl_infusion.hosts.excel", book)
        book.sheet.put("A1", orders(dt.date(2013, 5, 1), ("meropenem", 8), ("vancomycin", 12)))
        grid = book.sheet.enter("M1", "=CLAIM_GRID(A1:K3)")
        assert [row[grid[0].index("Units")] for row in grid[1:]] == [1.0, 30.0, 1.0, 4.0]
        assert book.sheet.enter("AF1", "=PERDIEM_CODE(C2)") == VALUE, "a blank cell is no interval"
