"""Native formulas through the embedded engine: they give what Excel gives, or are left to Excel."""

from __future__ import annotations

import datetime as dt
import math
import random
import re
from collections.abc import Callable
from pathlib import Path

import ironcalc
import openpyxl
import pytest
from openpyxl.worksheet.formula import ArrayFormula
from openpyxl.worksheet.worksheet import Worksheet

from tests.libreoffice import recalculated_values
from xl_infusion.spreadsheet.calculation.calculate import Calculation, calculate
from xl_infusion.spreadsheet.cell_error import ExcelError
from xl_infusion.spreadsheet.formula.tree import PYTHON
from xl_infusion.spreadsheet.ironcalc.departures import _OF_NUMBERS, SPELLING
from xl_infusion.spreadsheet.ironcalc.functions import DENIED, SIGNATURES
from xl_infusion.spreadsheet.xlsx.package import Package

#: What the formulas below read: A numbers, B texts, C days, D numbers, E and F mixed, G with errors.
DATA: list[list[object]] = [
    [1, "vancomycin", dt.date(2025, 1, 31), 10.5, True, "x", 5],
    [2, "meropenem", dt.date(2025, 2, 28), 20.25, False, None, "#N/A"],
    [3, "Vancomycin", dt.date(2024, 2, 29), -3, 3, None, "#DIV/0!"],
    [None, "cefazolin", dt.date(2025, 6, 30), 0, "3", "y", 7],
    [5, "van*", dt.date(2025, 7, 1), 7.5, None, "10", 8],
    ["6", None, None, 100, "abc", None, 9],
    [7, "mero~penem", dt.date(2025, 12, 31), 0.001, 7, "z", None],
    [8, None, dt.date(2026, 1, 1), 2, 8, " ", 1],
    [9, "a?b", dt.date(2023, 1, 1), 2, 9, "12", 2],
    [10, "VANCO", dt.date(2025, 3, 15), 5, True, None, 3],
]

#: Formulas in which LibreOffice and Excel agree, in an ordinary formula and in an array formula.
AGREED = Path(__file__).with_name("native_formulas.txt").read_text("utf-8").splitlines()

#: Formulas in which LibreOffice departs from Excel, with what Excel gives.
STATED: dict[str, object] = {
    'SUM(A1:A10,5,"3",TRUE)': 54,
    "SUM(E1:E10)": 27,
    "COUNT(E1:E10)": 4,
    "SUMPRODUCT(E1:E10)": 27,
    "COUNTIF(A1:A10,6)": 1,
    "SUMIFS(D1:D10,F1:F10,10)": 7.5,
    "VLOOKUP(3,A1:D10,9,FALSE)": "#REF!",
    'TEXT("00409653501","@")': "00409653501",
    'TEXT(0.5234,"hh:mm:ss")': "12:33:42",
    'TEXT(TRUE,"0")': "TRUE",
    "AND(B1,A1=1,E2:E3)": False,
    "AND(B1,A1=1)": True,
    "OR(B1,B2,A1=2)": False,
    "AND(B1,G2,TRUE)": "#N/A",
    "MINA(A1,B1,A2)": 0,
    "MAXA(D3,E1)": 1,
    "MINA(D1,E1)": 1,
    "AVERAGEA(A1,B1)": 0.5,
    'TEXT("J2185","0")&TEXT("500 mg","0.00")&TEXT("RX-104","00000")': "J2185500 mgRX-104",
    'TEXT("-","0")&TEXT("n/a","yyyy")&TEXT(" ","0")&TEXT("July","yyyy")': "-n/a July",
    'TEXT("$1,234.5","0")&TEXT("25%","0.00")&TEXT("1E3","0")&TEXT("2025-07-02","m/d")': "12350.2510007/2",
    'IFERROR(VALUE("J2185"),7)&IFERROR(VALUE("x"),8)&IFERROR(VALUE(A6),9)': "786",
    'ISNUMBER(VALUE("6"))&ISERROR(VALUE("q8h"))&ISERR(VALUE("12"))&ISERROR(TEXT(G2,"0"))': "TRUETRUEFALSETRUE",
    'IFERROR(TEXT(5,"0")+1,0)+IFERROR(VALUE(""),3)': 9,
    'TEXT(2.5,"0")&TEXT(1.005,"0.00")&TEXT(0.285,"$#,##0.00")': "31.01$0.29",
    'TEXT(C4,"mmmm d, yyyy")': "June 30, 2025",
    "DATE(25,1,1)": 9133,
    'DATEDIF(C4,C1,"d")': "#NUM!",
    "SQRT(-1)": "#NUM!",
    'MAX("5",3)': 5,
    "LARGE(D1:D10,20)": "#NUM!",
    "PERCENTRANK(D1:D10,5)": 0.555,
    'FIND("",B1)': 1,
    'CONCATENATE("a",1,TRUE)': "a1TRUE",
    'CONCAT("a",1.5,TRUE,A1:B2)': "a1.5TRUE1vancomycin2meropenem",
    'TEXTJOIN("-",FALSE,D2,F1:F3,C4)': "20.25-x---45838",
    'TEXTJOIN(", ",TRUE,B1:B10)': "vancomycin, meropenem, Vancomycin, cefazolin, van*, mero~penem, a?b, VANCO",
    'TEXTJOIN(",",TRUE,G1:G3)': "#N/A",
    'TEXTBEFORE("a-b-c","-")': "a",
    'TEXTAFTER("a-b-c","-",2)': "c",
    'E1&"x"': "TRUEx",
    "TRUE=1": False,
    'TRUE>"a"': True,
    "0^0": "#NUM!",
    '1/3&""': "0.333333333333333",
    '(0.1+0.2)&"|"&100000*1.1': "0.3|110000",
    "LEN(0.1+0.2)": 3,
    "AND(FALSE,G2)": "#N/A",
    "OR(TRUE,G2:G3)": "#N/A",
    'COUNTIF(B1:B10,"<>vancomycin")': 8,
    'COUNTIF(F1:F10,"=")': 4,
    'SUMIF(A1:A10,">3",D1)': 16.501,
    "SUMIFS(D1:D10,A1:A9,1)": "#VALUE!",
    "SUMPRODUCT(--ISNUMBER(A1:A10))": 8,
    "SUMPRODUCT(1/COUNTIF(B1:B5,B1:B5))": 10 / 3,
    'SUM(SUMIF(B1:B10,{"vancomycin","cefazolin"},D1:D10))': 7.5,
    "SUM(LARGE(D1:D10,{1,2,3}))": 130.75,
    "B1:B10": "#VALUE!",
    "D20:D21+1": "#VALUE!",
    "SUM(VSTACK(A1:A3,A5))": 11,
    "SUM(HSTACK(A1:A3,D1:D3))": 33.75,
    "SUM(TAKE(A1:A3,2))": 3,
    "SUM(DROP(A1:A3,2))": 3,
    "SUM(CHOOSECOLS(A1:D3,4))": 27.75,
    "SUM(CHOOSEROWS(D1:D5,2,5))": 27.75,
    "ROWS(TOCOL(A1:B3))+COLUMNS(TOROW(A1:B3))": 12,
    "STDEVP(A1:A3)^2+VARP(A1:A3)+VAR.S(A1:A3)": 7 / 3,
    "MODE.SNGL(D1:D10)+QUARTILE.INC(A1:A3,2)": 4,
    "ROUND(SIN(1)^2+COS(1)^2+TAN(0)+ASIN(0)+ACOS(1)+ATAN(0),9)": 1,
    "IF(FALSE(),1,RANDBETWEEN(3,3))+(RAND()<1)": 4,
    "TODAY()=INT(NOW())": True,
    'YEAR(H1)&"-"&MONTH(H1)&"-"&DAY(H1)': "1900-1-0",
    'IFERROR(MONTH(H1),"none")': 1,
    'TEXT(H1,"0.00")&TEXT(H1,"h:mm")&TEXT(0.75,"h:mm AM/PM")': "0.000:006:00 PM",
}

#: Functions that a file stores with a prefix.
_NEW = (
    r"XLOOKUP|XMATCH|UNIQUE|SORTBY|SEQUENCE|LET|TEXTJOIN|CONCAT|IFS|SWITCH|MAXIFS|MINIFS|TEXTBEFORE|"
    r"TEXTAFTER|CEILING\.MATH|FLOOR\.MATH|STDEV\.S|STDEV\.P|VAR\.S|VAR\.P|PERCENTILE\.INC|PERCENTILE\.EXC|"
    r"QUARTILE\.INC|MODE\.SNGL|RANK\.EQ|RANK\.AVG|IFNA|XOR|DAYS|ISOWEEKNUM|NUMBERVALUE|UNICHAR|UNICODE|VSTACK|"
    r"HSTACK|TAKE|DROP|CHOOSECOLS|CHOOSEROWS|TOCOL|TOROW"
)
_STORED = re.compile(rf"(?<![\w.])({_NEW})\(")
_READ = re.compile(r"""(?<![\w.":$'])(\$?[A-M]\$?\d{1,2}(?::\$?[A-M]\$?\d{1,2})?|[A-M]:[A-M]|1:1)(?![\w(])""")


def stored(formula: str) -> str:
    """As a file has it: with the prefixes of newer functions, and with the sheet of the data."""
    formula = re.sub(r"(?<![\w.])(FILTER|SORT)\(", r"_xlfn._xlws.\1(", formula)
    return _STORED.sub(r"_xlfn.\1(", _READ.sub(r"D!\1", formula))


def data(sheet: Worksheet) -> None:
    for row, values in enumerate(DATA, 1):
        for col, value in enumerate(values, 1):
            if value is not None:
                cell = sheet.cell(row, col)
                cell.value = value  # type: ignore[assignment]
                if isinstance(value, str):
                    cell.data_type = "e" if value.startswith("#") else "s"


def worked_out(path: Path) -> tuple[Calculation, dict[tuple[int, int], object]]:
    """The results of sheet O."""
    with Package.open(path) as package:
        found = calculate(package, {"JUNITS": lambda: 1})
    spilled = {(one.row, one.col): one.rows[0][0] for one in found.spills if one.sheet == "O"}
    return found, {**found.values.get("O", {}), **spilled}


def same(ours: object, theirs: object) -> bool:
    if isinstance(theirs, bool | str) or isinstance(ours, str):
        return type(ours) in (type(theirs), ExcelError) and ours == theirs
    return math.isclose(float(ours), float(theirs), rel_tol=1e-9, abs_tol=1e-12)  # type: ignore[arg-type]


@pytest.mark.slow
def test_native_formulas_give_what_libreoffice_gives(tmp_path: Path) -> None:
    """Ordinary formulas in column N, the same as array formulas in column P."""
    book = openpyxl.Workbook()
    book.active.title = "D"
    data(book.active)
    sheet = book.create_sheet("O")
    for row, formula in enumerate(AGREED, 1):
        # array results go to the right, where nothing stands
        sheet.cell(2 * row, 14).value = "=" + stored(formula)
        sheet.cell(2 * row, 16).value = ArrayFormula(f"P{2 * row}", "=" + stored(formula))
    book.save(tmp_path / "book.xlsx")
    theirs = recalculated_values(tmp_path / "book.xlsx")["O"]
    found, ours = worked_out(tmp_path / "book.xlsx")
    assert not found.unresolved
    wrong = {}
    for row, formula in enumerate(AGREED, 1):
        for col in (14, 16):
            expected, got = theirs[2 * row - 1][col - 1], ours[2 * row, col]
            if not same(float(got) if isinstance(got, bool) else got, expected):
                wrong[formula] = (got, expected)
    assert not wrong


def test_native_formulas_give_what_excel_documents(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    book.active.title = "D"
    data(book.active)
    sheet = book.create_sheet("O")
    for row, formula in enumerate(STATED, 101):
        sheet.cell(2 * row, 14).value = "=" + stored(formula)
    book.save(tmp_path / "book.xlsx")
    found, ours = worked_out(tmp_path / "book.xlsx")
    assert not found.unresolved
    wrong = {
        formula: (ours[2 * row, 14], expected)
        for row, (formula, expected) in enumerate(STATED.items(), 101)
        if not same(ours[2 * row, 14], expected)
    }
    assert not wrong


def test_every_function_was_compared() -> None:
    used = set(re.findall(r"([A-Z][A-Z0-9.]*)\(", re.sub(r'"[^"]*"', '""', " ".join([*AGREED, *STATED]))))
    assert not set(SIGNATURES) - used
    assert not set(SIGNATURES) & (set(DENIED) | PYTHON)
    assert set(SPELLING) <= set(SIGNATURES)


def test_the_engine_has_every_function_that_is_put_to_it() -> None:
    """A function that the engine does not know it shows in small letters."""
    model = ironcalc.create("known", "en", "UTC", "en")
    shown = {}
    for row, (name, (fixed, repeated)) in enumerate(SIGNATURES.items(), 1):
        arguments = ["A1"] * max(len(fixed + repeated), 1) if fixed + repeated else []
        text = "LET(x,1,x)" if name == "LET" else f"{name}({','.join(arguments)})"
        model.update_cell_with_formula(0, row, 20, "=" + text)
        shown[name] = model.get_cell_formula(0, row, 20).lstrip("=").split("(")[0]
    assert {name for name in shown if shown[name] not in (name, "TRUE", "FALSE")} == set()


# ---------------------------------------------------------------------------------------------- criteria

VALUES = [
    "abc",
    "Abx",
    1,
    2.5,
    None,
    "x",
    "X",
    "",
    "6",
    6,
    True,
    "#N/A",
    "TRUE",
    "a*",
    "ab",
    0,
    "0",
    -3,
    "<>x",
    " ",
    "x y",
]
CRITERIA = ["x", "X", "<>x", "=x", "", "=", "<>", "6", "<>6", "=6", ">1", "<=2.5", "<>2.5", "x*", "<>x*", "?", "<>?", "*",
            "TRUE", "<>TRUE", "#N/A", "<>#N/A", "0", "<>0", "<>ab", "a~*", "<>a~*", "<>ab*", "<>a?c", "<>x y", "ab?", "=<>x"]  # fmt: skip


def meets(criterion: str, value: object) -> bool:
    """Whether Excel finds a cell with ``value`` by a criterion, as its documentation has it."""
    sign, wanted = re.fullmatch(r"(<>|<=|>=|=|<|>)?(.*)", criterion, re.DOTALL).groups(default="")  # type: ignore[union-attr]
    number = isinstance(value, int | float) and not isinstance(value, bool)
    if sign in ("<", ">", "<=", ">="):
        limit = float(wanted)
        found = {"<": float.__lt__, ">": float.__gt__, "<=": float.__le__, ">=": float.__ge__}[sign]
        return number and found(float(value), limit)  # type: ignore[arg-type]
    if wanted == "":
        # = and <> alone ask for blank cells, no sign for empty texts too
        equal = value is None or (value == "" and not sign)
    elif wanted in ("TRUE", "FALSE"):
        equal = isinstance(value, bool) and value == (wanted == "TRUE")
    elif re.fullmatch(r"-?\d+(\.\d+)?", wanted):
        equal = (number or (isinstance(value, str) and re.fullmatch(r"-?\d+(\.\d+)?", value) is not None)) and float(
            value
        ) == float(wanted)  # type: ignore[arg-type]
    elif wanted.startswith("#"):
        equal = isinstance(value, ExcelError) and value == wanted
    else:
        pattern = re.sub(
            r"~(.)|([*?])|(.)", lambda one: {"*": ".*", "?": "."}.get(one[2], re.escape(one[1] or one[3] or "")), wanted
        )
        equal = (
            isinstance(value, str)
            and not isinstance(value, ExcelError)
            and re.fullmatch(pattern, value, re.IGNORECASE) is not None
        )
    return equal != (sign == "<>")


def test_criteria_find_what_they_find_in_excel(tmp_path: Path) -> None:
    values = [ExcelError(value) if value == "#N/A" else value for value in VALUES]
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.title = "D"
    for row, value in enumerate(values, 1):
        cell = sheet.cell(row, 1)
        cell.value = '=""' if value == "" else value  # type: ignore[assignment]
        if isinstance(value, str) and value:
            cell.data_type = "e" if isinstance(value, ExcelError) else "s"
        sheet.cell(row, 2).value = 2**row  # type: ignore[assignment]
    cells, weights = f"D!$A$1:$A${len(values)}", f"D!$B$1:$B${len(values)}"
    out = book.create_sheet("O")
    wanted: list[tuple[str, float]] = []
    chance = random.Random(9402)
    for one in CRITERIA:
        found = [2 ** (at + 1) for at, value in enumerate(values) if meets(one, value)]
        wanted.append((f'=COUNTIF({cells},"{one}")', len(found)))
        wanted.append((f'=SUMIF({cells},"{one}",{weights})', sum(found)))
        wanted.append((f'=SUMIFS({weights},{cells},"{one}")', sum(found)))
        other = chance.choice(CRITERIA)
        both = [2 ** (at + 1) for at, value in enumerate(values) if meets(one, value) and meets(other, value)]
        wanted.append((f'=COUNTIFS({cells},"{one}",{cells},"{other}")', len(both)))
        wanted.append((f'=SUMIFS({weights},{cells},"{one}",{cells},"{other}")', sum(both)))
        if not one.startswith("<>"):
            wanted.append((f'=COUNTIFS({cells},"{one[:1]}"&"{one[1:]}")', len(found)))
    for row, (formula, _) in enumerate(wanted, 1):
        out.cell(row, 1).value = formula  # type: ignore[assignment]
    book.save(tmp_path / "book.xlsx")
    calculation, ours = worked_out(tmp_path / "book.xlsx")
    assert not calculation.unresolved
    assert {formula: ours[row, 1] for row, (formula, number) in enumerate(wanted, 1) if ours[row, 1] != number} == {}


# ---------------------------------------------------------------------------------------------- what is left


_MARKED = (
    "makes a text of a very large or small number or a number of a text that may be a day, counts days before March 1900, "
    "or gives #NULL!"
)
#: Texts that Excel reads as numbers, or may, and the engine does not, or otherwise.
_MAY_BE_DAYS = [
    'TEXT("2-JUL-2025","yyyy")',
    'TEXT("July 2, 2025","yyyy")',
    'TEXT("2 Jul 25","yyyy")',
    'TEXT("Jul-25","yyyy")',
    'TEXT("mar5","yyyy")',
    'TEXT("7/2","yyyy")',
    'TEXT("13:30","yyyy")',
    'TEXT("1:30 PM","yyyy")',
    'TEXT("5 pm","yyyy")',
    'TEXT("7/2/2025 13:30","yyyy")',
    'TEXT("1 1/2","yyyy")',
    'TEXT("(5)","yyyy")',
    'TEXT("12-","yyyy")',
    'TEXT("1,2","yyyy")',
    'TEXT("02.07.2025","yyyy")',
    'VALUE("2-JUL-2025")',
    'VALUE("13:30")',
    'VALUE("02.07.2025")',
    'IFERROR(VALUE("2-JUL-2025"),0)',
    'ISNUMBER(VALUE("13:30"))',
    'ISERROR(VALUE("7/2"))',
    'IF(ISERR(VALUE("7/2")),1,2)',
    'IFERROR(TEXT("7/2","yyyy")+0,0)',
]


@pytest.mark.parametrize(
    "text", [text for one in _MAY_BE_DAYS for text in re.findall(r'^(?:TEXT|VALUE)."([^"]*)"', one)]
)
@pytest.mark.parametrize("formula", ["D!J1+7", "YEAR(D!J1)", "2*(D!J1-D!A1)", "O!A2+1"])
def test_a_text_that_may_be_a_day_is_no_value_error(formula: str, text: str, tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    book.active.title = "D"
    data(book.active)
    book.active["J1"] = text
    sheet = book.create_sheet("O")
    sheet["A1"], sheet["A2"], sheet["A3"] = f"={formula}", "=D!J1", '="abc"+1'
    book.save(tmp_path / "book.xlsx")
    found, ours = worked_out(tmp_path / "book.xlsx")
    assert ours.get((1, 1)) != "#VALUE!" and ours[3, 1] == "#VALUE!"
    if (1, 1) not in ours:
        [left] = found.unresolved
        assert left.reason.endswith("which Excel may read as a day or a number")


@pytest.mark.parametrize(
    "formula",
    ['TEXT(D!J1,"0")', "VALUE(D!J1)", "IFERROR(VALUE(D!J1),0)", "SUMPRODUCT(VALUE(D!J1:J2))", "VALUE(O!A2)",
     'JUNITS()+VALUE(D!J1)', 'TEXT(TRIM(D!J1),"0")', "ISNUMBER(VALUE(TRIM(D!J1)))"],
)  # fmt: skip
@pytest.mark.parametrize(
    ("text", "left"), [("2-JUL-2025", True), ("02.07.2025", True), ("7/2/2025", False), ("5", False)]
)
def test_a_text_in_a_cell_is_read_as_excel_reads_it_or_left(
    text: str, left: bool, formula: str, tmp_path: Path
) -> None:
    book = openpyxl.Workbook()
    book.active.title = "D"
    book.active["J1"], book.active["J2"] = text, "6"
    sheet = book.create_sheet("O")
    sheet["A1"], sheet["A2"] = f"={formula}", "=D!J1"
    book.save(tmp_path / "book.xlsx")
    found, ours = worked_out(tmp_path / "book.xlsx")
    assert [(one.row, one.col) for one in found.unresolved] == ([(1, 1)] if left else [])
    assert left or not isinstance(ours[1, 1], ExcelError)


def test_a_value_error_beside_a_criterion_is_one(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    book.active.title = "O"
    book.active["A1"], book.active["B1"], book.active["C1"] = "99601", '="abc"+1', '=SUMIFS(B1:B1,A1:A1,"99*")'
    book.save(tmp_path / "book.xlsx")
    found, ours = worked_out(tmp_path / "book.xlsx")
    assert ours[1, 3] == "#VALUE!" and not found.unresolved


@pytest.mark.parametrize("text", ["J2185", "500 mg", "q8h", "RX-104", "n/a", "-", "abc"])
def test_a_text_that_is_no_number_is_a_value_error(text: str, tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    book.active["A1"], book.active["A2"] = text, "=A1+7"
    book.active.title = "O"
    book.save(tmp_path / "book.xlsx")
    found, ours = worked_out(tmp_path / "book.xlsx")
    assert ours[2, 1] == "#VALUE!" and not found.unresolved


@pytest.mark.parametrize(
    ("formula", "reason"),
    [
        ("LOOKUP(3,A1:A3)", "uses LOOKUP, which finds another row than Excel where the values hold errors"),
        ("GETPIVOTDATA(A1,A2)", "uses GETPIVOTDATA, which reads a pivot table, which only Excel has"),
        ("SUM(MAP(A1:A3,LAMBDA(x,x)))", "uses MAP, which is left to Excel"),
        ('TEXT(A1,"0.00E+00")', "has a TEXT with the format '0.00E+00'"),
        ("TEXT(A1,B1)", "has a TEXT whose format is not written in it"),
        ('COUNTIF(B1:B9,">m")', "has a criterion that compares texts"),
        ('COUNTIF(B1:B9,"<>"&B1)', 'has a criterion that is put together with "<>"'),
        ('AVERAGEIF(B1:B9,"<>x",A1:A9)', "has a criterion with <> in AVERAGEIF"),
        ("COUNTIF(A1:A9,H1)", "takes a criterion with <>, = or a compared text from a cell"),
        ('DATEDIF(C1,C2,"md")', "has a DATEDIF with another unit than d, m, y and ym"),
        ("MEDIAN(A1:A3*{1;2;3})", "gives MEDIAN an array that it computes"),
        ("XLOOKUP(2,A1:A9*1,B1:B9)", "gives XLOOKUP an array in the place of cells"),
        ("XLOOKUP(2,A1:A9,A1:B9)", "has an XLOOKUP that gives whole rows or columns"),
        ("SUM(CHOOSE({1,2},A1:A3,D1:D3))", "gives CHOOSE an array in the place of a value"),
        ("SUM(SORT(A1:D3,{1,2},{1,-1}))", "gives SORT an array in the place of a value"),
        ("SUM(CHOOSECOLS(A1:D3,{1,4}))", "gives CHOOSECOLS an array in the place of a value"),
        ("SUMPRODUCT(IF(A1:A3>1,A1:A3))", "goes through cells with IF, which Excel does in array formulas only"),
        ('1E-7&""', _MARKED),
        ("EOMONTH(H5,0)", _MARKED),
        ('TEXT(H5,"mm/dd/yyyy")', _MARKED),
        *((text, _MARKED) for text in _MAY_BE_DAYS),
        *((f"{name}(1,{odd})", f"gives {name} a text, TRUE or FALSE in the place of a number")
          for name in _OF_NUMBERS for odd in ('"2"', "TRUE") if (name, odd) != ("XOR", "TRUE")),
        ('AND("1",1)', "gives AND a text, TRUE or FALSE in the place of a number"),
        ('LEFT("a string","6")', "calculates with a text that Excel may read as a day or a number"),
        ("MID(B1,1,A6)", "calculates with A6, which Excel may read as a day or a number"),
        ("DATE(1900,2,29)", _MARKED),
        ("DATE(1900,1,22222)", _MARKED),
        ('ADDRESS(2,3,3,TRUE,"[Book1]Sheet1")', "has an ADDRESS in another workbook, which Excel quotes otherwise"),
        ("TEXTJOIN(1,1,1E20)", "makes a text of a very large or small number"),
        ("LEFT(B1,1,1)", "gives LEFT too many arguments"),
        ("A1:INDEX(A1:A9,3)", "has a range that a function ends"),
    ],
)  # fmt: skip
def test_what_the_engine_would_get_wrong_is_left(tmp_path: Path, formula: str, reason: str) -> None:
    book = openpyxl.Workbook()
    book.active.title = "D"
    data(book.active)
    book.active["H1"] = "<>x"
    book.create_sheet("O")["N1"] = "=" + stored(formula)
    book.save(tmp_path / "book.xlsx")
    found, ours = worked_out(tmp_path / "book.xlsx")
    assert [one.reason for one in found.unresolved] == [reason]
    assert not ours


def test_a_panic_of_the_engine_leaves_its_formulas(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    """The engine breaks off at XNPV of two cells, which is kept away from it otherwise."""
    from xl_infusion.spreadsheet.ironcalc.model import Model

    put: Callable[..., None] = Model.formula
    monkeypatch.setattr(Model, "formula", lambda self, sheet, row, col, text: put(self, sheet, row, col, "XNPV(1,1)"))
    book = openpyxl.Workbook()
    book.active["A1"], book.active["A2"] = "=1+1", "=JUNITS()"
    book.save(tmp_path / "book.xlsx")
    with Package.open(tmp_path / "book.xlsx") as package:
        found = calculate(package, {"JUNITS": lambda: 1})
    assert [one.reason for one in found.unresolved] == ["makes the embedded engine break off"]
    assert found.values == {"Sheet": {(2, 1): 1}}
    assert "panicked" in capfd.readouterr().err
