"""Reading formulas: calls of ours, references, structured references and names, with everything else left alone."""

from __future__ import annotations

from dataclasses import dataclass

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.chance import times
from xl_infusion.spreadsheet.cell_error import ExcelError
from xl_infusion.spreadsheet.formula.a1 import shape
from xl_infusion.spreadsheet.formula.addin_names import AddIn
from xl_infusion.spreadsheet.formula.read import Names
from xl_infusion.spreadsheet.formula.structured import escaped
from xl_infusion.spreadsheet.formula.tree import (
    Area,
    Call,
    Constants,
    Foreign,
    Literal,
    Node,
    Operation,
    Reference,
    Single,
    SpillOf,
    Variable,
    walk,
)
from xl_infusion.spreadsheet.xlsx.formulas import SharedFormula
from xl_infusion.spreadsheet.xlsx.grid import MAX_COL, MAX_ROW, Ref, cell_name


@dataclass
class Table:
    name: str
    sheet: str
    ref: Ref
    header_rows: int
    totals_rows: int
    columns: tuple[str, ...]


ORDERS = Table("Orders", "Data", (4, 2, 9, 5), 1, 1, ("Drug", "Dose [mg]", "Due #", "it's"))
BARE = Table("Bare", "It's", (1, 1, 3, 2), 0, 0, ("A", "B"))
DEFINED: dict[tuple[str | None, str], str] = {
    (None, "rate"): "0.5",
    (None, "drugs"): "Data!$B$5:$B$8",
    ("Data", "zone"): "Data!$A$1",
    (None, "zone"): "Third!$A$1",
    (None, "above"): "Data!A1048576",
    (None, "doubled"): "rate*2",
    (None, "loop"): "loop+1",
}
NAMES = Names(
    ["Data", "It's", "Third"],
    {"orders": ORDERS, "bare": BARE},
    DEFINED,
    AddIn(frozenset({"JUNITS", "PERDIEM_CODE"}), "OWN"),
)


def shown(node: Node | None, row: int = 6, col: int = 3) -> str:
    """A tree as one line: references as what they mean in a cell, calls of ours with a star."""
    if node is None:
        return ""
    parts = ",".join(shown(child, row, col) for child in node.children())
    match node:
        case Reference():
            area = node.at(row, col)
            return area.text() if area else "#VALUE!"
        case Literal():
            return str(node.value)
        case Constants():
            return str(node.rows)
        case Variable():
            return f"<{node.name}>"
        case Call():
            return f"{'*' if node.ours else ''}{node.name}({','.join(shown(arg, row, col) for arg in node.args)})"
        case Operation():
            return f"({node.sign} {parts})"
        case Single():
            return f"@{parts}"
        case SpillOf():
            return f"{parts}#"
        case Foreign():
            return f"?[{parts}]"
    raise AssertionError(node)


def read(text: str, sheet: str = "Data", row: int = 6, col: int = 3) -> str:
    return shown(NAMES.read(text, sheet, row, col).root, row, col)


@pytest.mark.parametrize(
    ("text", "tree"),
    [
        ("JUNITS(A2,$B$1)", "*JUNITS('Data'!$A$2,'Data'!$B$1)"),
        ("junits( A2 , B1 )", "*JUNITS('Data'!$A$2,'Data'!$B$1)"),
        ("@JUNITS(A2)", "@*JUNITS('Data'!$A$2)"),
        ("_xlfn.SINGLE(JUNITS(A2))", "@*JUNITS('Data'!$A$2)"),
        ("_xldudf_JUNITS(A1)", "*JUNITS('Data'!$A$1)"),
        ("_xldudf_OWN_Junits(A1)", "*JUNITS('Data'!$A$1)"),
        ("+JUNITS(A1)", "*JUNITS('Data'!$A$1)"),
        ("MY_JUNITS(A1)", "MY_JUNITS('Data'!$A$1)"),
        ("JUNITS2(A1)", "JUNITS2('Data'!$A$1)"),
        ('"JUNITS(A1)"&1', "(& JUNITS(A1),1.0)"),
        ("JUNITS(A1,,B1)", "*JUNITS('Data'!$A$1,,'Data'!$B$1)"),
        ("JUNITS()", "*JUNITS()"),
        ('JUNITS("5"" tube",-1.5,TRUE,#N/A)', '*JUNITS(5" tube,(- 1.5),True,#N/A)'),
        ('JUNITS({1,-2;"a,b",FALSE})', "*JUNITS([[1.0, -2.0], ['a,b', False]])"),
        ("JUNITS(PERDIEM_CODE(A1),2)", "*JUNITS(*PERDIEM_CODE('Data'!$A$1),2.0)"),
        ("JUNITS('It''s'!A:C,Third!$1:3)", "*JUNITS('It''s'!$A:$C,'Third'!$1:$3)"),
        ("SUM(B3:A1)", "SUM('Data'!$A$1:$B$3)"),
        ("-2^2+3*4%", "(+ (^ (- 2.0),2.0),(* 3.0,(% 4.0)))"),
        ('1-2-3&"x"=A1', "(= (& (- (- 1.0,2.0),3.0),x),'Data'!$A$1)"),
        ("IF(A1,)", "IF('Data'!$A$1,)"),
        ("TRUE()", "True"),
        ("_xlfn._xlws.FILTER(A1:A2,B1:B2)", "FILTER('Data'!$A$1:$A$2,'Data'!$B$1:$B$2)"),
        ("A5#", "'Data'!$A$5#"),
        ("SUM(Third!$A$5#,1)", "SUM('Third'!$A$5#,1.0)"),
        ("_xlfn.ANCHORARRAY(A5)", "'Data'!$A$5#"),
        ('"A5#"', "A5#"),
        ("_xlfn.SINGLE(A1:A9)", "@'Data'!$A$1:$A$9"),
        ("#REF!+Third!#REF!", "(+ #REF!,#REF!)"),
        ("Nowhere!A1", "#REF!"),
        ("XFE1", "#NAME?"),
    ],
)
def test_a_formula_as_a_tree(text: str, tree: str) -> None:
    assert read(text) == tree


@pytest.mark.parametrize(
    ("text", "tree"),
    [
        ("Orders[Drug]", "'Data'!$B$5:$B$8"),
        ("ORDERS[[drug]]", "'Data'!$B$5:$B$8"),
        ("Orders", "'Data'!$B$5:$E$8"),
        ("Orders[]", "'Data'!$B$5:$E$8"),
        ("Orders[#All]", "'Data'!$B$4:$E$9"),
        ("Orders[#Data]", "'Data'!$B$5:$E$8"),
        ("Orders[#Headers]", "'Data'!$B$4:$E$4"),
        ("Orders[#Totals]", "'Data'!$B$9:$E$9"),
        ("Orders[[#All],[Drug]]", "'Data'!$B$4:$B$9"),
        ("Orders[[#Headers],[Drug]:[Due '#]]", "'Data'!$B$4:$D$4"),
        ("Orders[[#Headers],[#Data],[Drug]]", "'Data'!$B$4:$B$8"),
        ("Orders[ [#Data], [#Totals], [Drug] ]", "'Data'!$B$5:$B$9"),
        ("Orders[[Dose '[mg']]:[it''s]]", "'Data'!$C$5:$E$8"),
        ("Orders[[it''s]:[Drug]]", "'Data'!$B$5:$E$8"),
        ("Orders[Dose '[mg']]", "'Data'!$C$5:$C$8"),
        ("Orders[@Drug]", "'Data'!$B$6"),
        ("Orders[@[Due '#]]", "'Data'!$D$6"),
        ("Orders[@]", "'Data'!$B$6:$E$6"),
        ("Orders[@[Drug]:[Due '#]]", "'Data'!$B$6:$D$6"),
        ("Orders[[#This Row],[Drug]]", "'Data'!$B$6"),
        ("[@Drug]", "'Data'!$B$6"),
        ("[Drug]", "'Data'!$B$5:$B$8"),
        ("@Orders[Drug]", "@'Data'!$B$5:$B$8"),
        ("Bare[A]", "'It''s'!$A$1:$A$3"),
        ("Bare[#Headers]", "#REF!"),
        ("Bare[#Totals]", "#REF!"),
        ("Orders[Nope]", "#REF!"),
        ("Nope[Drug]", "#REF!"),
        ("Orders[[#Headers],[#Totals],[Drug]]", "#REF!"),
    ],
)
def test_structured_references(text: str, tree: str) -> None:
    assert read(text) == tree


def test_this_row_outside_the_table_is_an_error() -> None:
    assert read("Orders[@Drug]", row=9) == "#VALUE!"
    assert read("Orders[@Drug]", sheet="Third", row=8) == "'Data'!$B$8"
    assert read("[@Drug]", sheet="Third") == "#REF!"


@pytest.mark.parametrize(
    ("text", "tree"),
    [
        ("rate*2", "(* 0.5,2.0)"),
        ("RATE", "0.5"),
        ("Doubled", "(* 0.5,2.0)"),
        ("JUNITS(drugs)", "*JUNITS('Data'!$B$5:$B$8)"),
        ("zone", "'Data'!$A$1"),
        ("Third!zone", "'Third'!$A$1"),
        ("above", "'Data'!$C$5"),
        ("loop", "(+ ?[],1.0)"),
        ("unheard_of", "#NAME?"),
    ],
)
def test_defined_names(text: str, tree: str) -> None:
    assert read(text) == tree


@pytest.mark.parametrize(
    ("text", "reads"),
    [
        ("SUM((A1,B2))", {"A1", "B2"}),
        ("A1:B2 B1:C3", {"A1:B2", "B1:C3"}),
        ("A1:INDEX(B1:B9,3)", {"A1", "B1:B9"}),
        ("INDEX(A1:A9,1):INDEX(B1:B9,3)", {"A1:A9", "B1:B9"}),
        ("SUM(Data:Third!A1)", {"A1"}),
        ("[1]Sheet1!A1+C7", {"C7"}),
        ("'[Old book.xlsx]Sheet1'!A1", set[str]()),
        ("LAMBDA(x,x+A1)(2)", {"A1"}),
        ("SUM(Data!A1:Data!B2)", {"A1", "B2"}),
    ],
)
def test_what_is_not_calculated_here_still_tells_what_it_reads(text: str, reads: set[str]) -> None:
    expression = NAMES.read(text, "Data", 1, 10)
    assert any(isinstance(node, Foreign) for node in walk(expression.root))
    areas = {one.at(1, 10) for one in expression.references}
    assert {area.text().split("!")[1].replace("$", "") for area in areas if area} == reads


@pytest.mark.parametrize("text", ["SUM(", "1+", "A1:", "((1)", '"open', "{1,2", "IF(A1;B1)", "", "="])
def test_what_is_no_formula_is_left_alone(text: str) -> None:
    root = NAMES.read(text, "Data", 1, 1).root
    assert isinstance(root, Foreign | Literal | Operation)
    assert not NAMES.read(text, "Data", 1, 1).calls


def test_variables_of_let_are_known_and_our_calls_get_what_they_stand_for() -> None:
    assert read("LET(_xlpm.x,A1,y,x*2,x+y)") == "LET(<x>,'Data'!$A$1,<y>,(* <x>,2.0),(+ <x>,<y>))"
    assert read("LET(x,A1,JUNITS(x,2)+x)") == "LET(<x>,'Data'!$A$1,(+ *JUNITS('Data'!$A$1,2.0),<x>))"
    assert read("LAMBDA(x,JUNITS(x))") == "LAMBDA(<x>,*JUNITS(<x>))"


def test_what_an_expression_says_of_itself() -> None:
    assert NAMES.read("IF(JUNITS(A1)>0,JUNITS(B1),PERDIEM_CODE(C1))", "Data", 1, 5).calls == 3
    assert NAMES.read("SUM(A1:A9)+TODAY()", "Data", 1, 5).volatile
    assert not NAMES.read("SUM(A1:A9)", "Data", 1, 5).volatile
    assert NAMES.read("SUM(OFFSET(Third!A1,1,0,3,1))", "Data", 1, 5).anywhere == {"Third"}
    assert NAMES.read('INDIRECT("A1")', "Data", 1, 5).anywhere == {None}
    assert NAMES.read("TEXTJOIN(1,1,A1)", "Data", 1, 5).apart
    assert NAMES.read("TEXTJOIN(1,1,A1)", "Data", 1, 5).calls == 0


def test_errors_are_values() -> None:
    root = NAMES.read("#DIV/0!", "Data", 1, 1).root
    assert isinstance(root, Literal)
    assert isinstance(root.value, ExcelError)
    assert root.value == "#DIV/0!"


column_names = st.text(
    st.characters(codec="utf-8", exclude_categories=("Cc", "Cs", "Zl", "Zp")), min_size=1, max_size=12
).filter(lambda name: name == name.strip() and not name.startswith(("@", "#")))


@given(
    columns=st.lists(column_names, min_size=1, max_size=6, unique_by=str.casefold),
    data=st.data(),
    top=st.integers(1, 50),
    left=st.integers(1, 50),
    height=st.integers(1, 9),
    header=st.integers(0, 1),
    totals=st.integers(0, 1),
)
def test_a_structured_reference_finds_its_column(
    columns: list[str], data: st.DataObject, top: int, left: int, height: int, header: int, totals: int
) -> None:
    """Whatever a column is called, its escaped name leads back to it, alone, in a span and with a part."""
    last = top + header + height + totals - 1
    table = Table("T", "S", (top, left, last, left + len(columns) - 1), header, totals, tuple(columns))
    names = Names(["S"], {"t": table}, {}, AddIn(frozenset({"JUNITS"})))
    first, second = (data.draw(st.integers(0, len(columns) - 1)) for _ in range(2))
    one, other = escaped(columns[first]), escaped(columns[second])
    begin, end = top + header, top + header + height - 1
    low, high = sorted((left + first, left + second))
    row = data.draw(st.integers(begin, end))

    def meant(text: str) -> Area | None:
        expression = names.read(f"JUNITS({text})", "S", row, 200)
        assert expression.calls == 1, text
        [reference] = expression.references
        return reference.at(row, 200)

    for text in (f"T[{one}]", f"t[[{one}]]", f"T[[#Data],[{one}]]"):
        if text == f"T[{one}]" and columns[first][0] in "['":
            continue  # Excel itself writes these in two brackets
        assert meant(text) == Area("S", begin, left + first, end, left + first)
    assert meant(f"T[[{one}]:[{other}]]") == Area("S", begin, low, end, high)
    assert meant(f"T[[#All],[{one}]:[{other}]]") == Area("S", top, low, last, high)
    assert meant(f"T[@[{one}]]") == Area("S", row, left + first, row, left + first)


references = st.builds(
    lambda row, col, fixed_row, fixed_col: f"{'$' * fixed_col}{cell_name(1, col)[:-1]}{'$' * fixed_row}{row}",
    st.integers(100, 900), st.integers(30, 600), st.booleans(), st.booleans(),
)  # fmt: skip
pieces = st.one_of(
    references,
    st.tuples(references, references).map(":".join),
    st.sampled_from(
        ['"A1"', "Data!AB200", "'It''s'!CC$300", "Orders[Drug]", "LOG10(5)", "$C:$E", "CC:CE", "100:200", "17", "TRUE"]
    ),
)


@given(parts=st.lists(pieces, min_size=1, max_size=4), down=st.integers(-50, 50), across=st.integers(-20, 20))
@times(3)
def test_a_copied_formula_keeps_its_shape_and_its_tree(parts: list[str], down: int, across: int) -> None:
    """What a spreadsheet makes of a formula in another cell has the same shape, and one tree serves both."""
    text = "+".join(parts)
    row, col = 500, 300
    moved = SharedFormula(text, row, col).at(row + down, col + across)
    assert shape(text, row, col) == shape(moved, row + down, col + across)
    tree = NAMES.parse(text, "Data", row, col)
    alone = NAMES.parse(moved, "Data", row + down, col + across)
    assert shown(tree, row + down, col + across) == shown(alone, row + down, col + across)


@given(text=st.text(st.sampled_from("ABJUNITS(),:;\"'[]{}@#!$&+-*/^%=<> 019._x"), max_size=30))
@times(3)
def test_any_text_is_read_or_left(text: str) -> None:
    """Nothing in a file makes the reader stumble."""
    expression = NAMES.read(text, "Data", 7, 7)
    for reference in expression.references:
        area = reference.at(7, 7)
        assert area is None or (1 <= area.top <= area.bottom <= MAX_ROW and 1 <= area.left <= area.right <= MAX_COL)
