"""A workbook's formulas from one spelling of our functions into the other and back, every other byte kept."""

from __future__ import annotations

import zipfile
from pathlib import Path
from xml.sax.saxutils import escape

import openpyxl
import pytest
from hypothesis import given
from hypothesis import strategies as st
from openpyxl.formatting.rule import FormulaRule
from openpyxl.workbook.defined_name import DefinedName
from openpyxl.worksheet.datavalidation import DataValidation
from openpyxl.worksheet.table import Table, TableFormula
from typer.testing import CliRunner, Result

from tests import billing
from tests.spreadsheet.xlsx.test_package import zipped
from xl_infusion.cli import app
from xl_infusion.functions import FUNCTIONS
from xl_infusion.spreadsheet.xlsx.package import DamagedWorkbook, LockedWorkbook, SignedWorkbook, UnreadableWorkbook
from xl_infusion.workbook.convert import Dialect, convert
from xl_infusion.workbook.fill import fill
from xl_infusion.workbook.findings import findings

SHEET = "xl/worksheets/sheet1.xml"
X14 = (
    '<extLst><ext uri="{78C0D931-6437-407d-A8EE-F0AAD7539E65}" '
    'xmlns:x14="http://schemas.microsoft.com/office/spreadsheetml/2009/9/main"><x14:conditionalFormattings>'
    '<x14:conditionalFormatting xmlns:xm="http://schemas.microsoft.com/office/excel/2006/main"><x14:cfRule '
    'type="expression" id="{00000000-0000-0000-0000-000000000001}"><xm:f>JUNITS(A1,"1 g")&gt;1</xm:f></x14:cfRule>'
    "<xm:sqref>A1</xm:sqref></x14:conditionalFormatting></x14:conditionalFormattings></ext></extLst>"
)


def parts(path: Path) -> dict[str, bytes]:
    with zipfile.ZipFile(path) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


@pytest.fixture(scope="module")
def everywhere(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A workbook that calls our functions in every place where a formula can stand."""
    path = tmp_path_factory.mktemp("book") / "book.xlsx"
    book = openpyxl.Workbook()
    sheet = book.active
    for row in (["Drug", "Units"], ["meropenem", '=JUNITS(A2,"1 g")']):
        sheet.append(row)
    sheet["D1"] = '=IF(PERDIEM_CODE(8)="x","JUNITS(",MYJUNITS(1))&\'JUNITS(\'!A1'
    sheet["D2"] = "JUNITS(no formula)"
    table = Table(displayName="T", ref="A1:B2", totalsRowCount=None)
    table._initialise_columns()
    table.tableColumns[0].name, table.tableColumns[1].name = "Drug", "Units"
    table.tableColumns[1].calculatedColumnFormula = TableFormula(attr_text='JUNITS(T[[#This Row],[Drug]],"1 g")')
    sheet.add_table(table)
    rule = DataValidation(type="custom", formula1='=MEDICARE_PAYS("J3370")', formula2="=NDC_11(A1)")
    rule.add("C1")
    sheet.add_data_validation(rule)
    sheet.conditional_formatting.add("A1:A9", FormulaRule(formula=["DOSES_PER_DAY($A1)>3"]))
    book.defined_names["Code"] = DefinedName("Code", attr_text='PERDIEM_CODE("q8h")')
    book.create_sheet("JUNITS(")
    book.save(path)
    found = parts(path)
    found[SHEET] = found[SHEET].replace(b"</worksheet>", X14.encode() + b"</worksheet>")
    return zipped(path, found)


@pytest.mark.parametrize("namespace", ["", "HINF", "hinf_2"])
def test_every_place_is_respelt_and_nothing_else(everywhere: Path, tmp_path: Path, namespace: str) -> None:
    there, back = tmp_path / "there.xlsx", tmp_path / "back.xlsx"
    done = convert(everywhere, "office-js", there, namespace)
    assert (done.calls, done.already) == (8, 0)
    before, after = parts(everywhere), parts(there)
    prefix = ("_xldudf_" + (f"{namespace.upper()}_" if namespace else "")).encode()
    assert {name for name in before if before[name] != after[name]} == set(done.parts)
    for text in (
        b'<f>@JUNITS(A2,"1 g")</f>', b'IF(@PERDIEM_CODE(8)="x","JUNITS(",MYJUNITS(1))&amp;\'JUNITS(\'!A1',
        b"<formula1>=@MEDICARE_PAYS(", b"<formula2>=@NDC_11(", b"<formula>@DOSES_PER_DAY(", b"<xm:f>@JUNITS(A1",
    ):  # fmt: skip
        assert text.replace(b"@", prefix) in after[SHEET], text
    assert b'>@PERDIEM_CODE("q8h")<'.replace(b"@", prefix) in after["xl/workbook.xml"]
    assert b'name="JUNITS("' in after["xl/workbook.xml"]
    assert b"<calculatedColumnFormula>@JUNITS(T[".replace(b"@", prefix) in after["xl/tables/table1.xml"]
    assert convert(there, "office-js", None, namespace).calls == 0 and parts(there) == after
    assert convert(there, "excel", back).calls == 8 and parts(back) == before
    again = convert(there, "office-js", tmp_path / "again.xlsx")
    assert again.calls == (8 if namespace else 0), "from one namespace into another at once"
    assert convert(tmp_path / "again.xlsx", "excel").calls == 8 and parts(tmp_path / "again.xlsx") == before


#: What is no call of ours: longer words, texts, quoted sheets, columns, other workbooks' and other add-ins' functions.
_OTHERS = [
    "MYJUNITS(", "JUNITS.X(", "X.JUNITS(", "JUNITS", "JUNITS2(", '"JUNITS("', '"a""CODES(b"', "'JUNITS('!A1",
    "'it''s CODES('!A1", "T[JUNITS(]", "T[a'[JUNITS(']]", "T[[#This Row],[CODES(]]", "[1]!JUNITS(", "Sheet1!CODES(",
    "_xldudf_OTHER_CODES(", "_xldudf_SUM(", "_xll.JUNITS(", "SUM(", "$A$1", "été_JUNITS(", "1.5", ")", "{1,2;3}", "#N/A",
]  # fmt: skip


@st.composite
def formulas(draw: st.DrawFn) -> list[tuple[str, str]]:
    """Formulas as XML has them: plain, and as they are to be in Office.js with ``@`` for what comes before a name."""
    made = []
    for _ in range(draw(st.integers(1, 6))):
        plain, spelt = [], []
        for _ in range(draw(st.integers(1, 8))):
            if draw(st.booleans()):
                name = draw(st.sampled_from(sorted(FUNCTIONS)))
                one = draw(st.sampled_from([name, name.lower(), name.title()])) + "("
                other = "\0" + one
            else:
                one = other = draw(st.sampled_from(_OTHERS))
            between = draw(st.sampled_from(["+", ",", "&", "<", " ", "\n", ">=", ":"]))
            plain += [one, between]
            spelt += [other, between]
        quote = draw(st.sampled_from(['"', "&quot;", "&#34;", "&#x22;"]))
        letter = draw(st.sampled_from(["J", "&#74;", "&#x4A;"]))
        raw = [
            escape("".join(text)).replace('"', quote).replace("J", letter).replace("\0", "@") for text in (plain, spelt)
        ]
        made.append((raw[0], raw[1]))
    return made


@given(formulas(), st.sampled_from(["", "HINF"]), st.sampled_from(["utf-8", "utf-16", "with a comment"]))
def test_there_and_back_again_is_the_same_workbook(
    tmp_path_factory: pytest.TempPathFactory, everywhere: Path, made: list[tuple[str, str]], namespace: str, form: str
) -> None:
    def sheet(texts: list[str]) -> bytes:
        rows = "".join(
            f'<row r="{at}"><c r="A{at}"><f>{text}</f><v>1</v></c></row>' for at, text in enumerate(texts, 1)
        )
        head = '<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main">'
        comment = "<!-- <f>JUNITS(1)</f> -->" if form == "with a comment" else ""
        encoding = "utf-16" if form == "utf-16" else "utf-8"
        return f'<?xml version="1.0" encoding="{encoding}"?>{head}{comment}<sheetData>{rows}</sheetData></worksheet>'.encode(
            encoding
        )

    folder = tmp_path_factory.mktemp("books")
    found = {
        name: data for name, data in parts(everywhere).items() if "tables" not in name and "sheet1.xml.rels" not in name
    }
    found["[Content_Types].xml"] = found["[Content_Types].xml"].replace(
        b'<Override PartName="/xl/tables/table1.xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.table+xml" />',
        b"",
    )
    found[SHEET] = sheet([plain for plain, _ in made])
    source = zipped(folder / "book.xlsx", found)
    done = convert(source, "office-js", folder / "there.xlsx", namespace)
    prefix = f"_xldudf_{namespace}_" if namespace else "_xldudf_"
    there = parts(folder / "there.xlsx")
    assert there[SHEET] == sheet([spelt.replace("@", prefix) for _, spelt in made])
    assert done.calls == 1 + sum(spelt.count("@") for _, spelt in made)
    assert convert(folder / "there.xlsx", "excel").calls == done.calls
    assert parts(folder / "there.xlsx") == found


def test_what_could_be_another_add_ins_is_left_and_told(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    book.active["A1"] = "=_xldudf_OTHER_CODES()"
    book.save(tmp_path / "book.xlsx")
    before = (tmp_path / "book.xlsx").read_bytes()
    done = convert(tmp_path / "book.xlsx", "excel")
    assert (done.calls, done.already, done.doubtful) == (0, 0, ("OTHER",))
    assert (tmp_path / "book.xlsx").read_bytes() == before
    assert convert(tmp_path / "book.xlsx", "excel", namespace="other").calls == 1
    with zipfile.ZipFile(tmp_path / "book.xlsx") as archive:
        assert b"<f>CODES()</f>" in archive.read(SHEET)


def values(path: Path) -> list[list[object]]:
    book = openpyxl.load_workbook(path, data_only=True)
    return [[sheet.title, *row] for sheet in book for row in sheet.iter_rows(values_only=True)]


@pytest.mark.slow
@pytest.mark.parametrize("namespace", ["", "HINF"])
def test_a_converted_workbook_is_filled_as_the_plain_one(tmp_path: Path, namespace: str) -> None:
    plain, other = tmp_path / "plain.xlsx", tmp_path / "other.xlsx"
    billing.new(plain)
    convert(plain, "office-js", other, namespace)
    assert values(other) == values(plain), "the cached values stay"
    for path in (plain, other):
        # another order: every value that depends on it is worked out anew
        found = parts(path)
        [name] = [one for one, data in found.items() if b"meropenem" in data and one.startswith("xl/worksheets")][:1]
        assert b"q8h" in found[name] or b"q8h" in found.get("xl/sharedStrings.xml", b"")
        strings = "xl/sharedStrings.xml" if b"q8h" in found.get("xl/sharedStrings.xml", b"") else name
        found[strings] = found[strings].replace(b">q8h<", b">q6h<")
        zipped(path, found)
    filled, spelt = fill(plain), fill(other)
    assert filled.changed > 0 and (spelt.calls, spelt.changed) == (filled.calls, filled.changed)
    assert spelt.grids == filled.grids and not spelt.unresolved
    assert values(other) == values(plain)
    assert [one.rows for one in findings(other, other)] == [one.rows for one in findings(plain, plain)] != []
    copy = tmp_path / "values.xlsx"
    fill(other, copy, values=True)
    assert all(b"_xldudf_" not in data for data in parts(copy).values())
    assert convert(other, "excel").calls == convert(plain, "office-js").calls > 15


@pytest.mark.parametrize(
    ("head", "inside"),
    [(b"<!-- -->", b"<![CDATA[JUNITS(1)]]>"), (b"", b"<![CDATA[JUNITS(1)]]>"), (b"<!-- -->", b"1+<!-- -->JUNITS(1)")],
)
def test_a_formula_in_a_form_that_nobody_writes_is_refused_not_left(
    everywhere: Path, tmp_path: Path, head: bytes, inside: bytes
) -> None:
    found = parts(everywhere)
    found[SHEET] = found[SHEET].replace(b"<sheetData>", head + b"<sheetData>").replace(b'JUNITS(A2,"1 g")', inside)
    path = zipped(tmp_path / "book.xlsx", found)
    with pytest.raises(DamagedWorkbook, match="which no spreadsheet program writes"):
        convert(path, "office-js")
    assert parts(path) == found


def test_guards_are_those_of_fill(everywhere: Path, tmp_path: Path) -> None:
    path = zipped(tmp_path / "book.xlsx", parts(everywhere))
    before = path.read_bytes()
    (tmp_path / "~$book.xlsx").write_bytes(b"\4Jane")
    with pytest.raises(LockedWorkbook, match="Jane"):
        convert(path, "office-js")
    (tmp_path / "~$book.xlsx").unlink()
    with pytest.raises(UnreadableWorkbook):
        convert(tmp_path / "none.xlsx", "excel")
    with pytest.raises(ValueError, match="begins with a letter"):
        convert(path, "office-js", namespace="1 X")
    signed = zipped(tmp_path / "signed.xlsx", {**parts(path), "_xmlsignatures/sig1.xml": b"<a/>"})
    with pytest.raises(SignedWorkbook):
        convert(signed, "office-js")
    assert path.read_bytes() == before and sorted(one.name for one in tmp_path.iterdir()) == [
        "book.xlsx",
        "signed.xlsx",
    ]


def run(*arguments: object) -> Result:
    return CliRunner().invoke(app, [str(one) for one in arguments], env={"COLUMNS": "200", "NO_COLOR": "1"})


def test_the_command(everywhere: Path, tmp_path: Path) -> None:
    path = zipped(tmp_path / "book.xlsx", parts(everywhere))
    to: list[Dialect] = ["office-js", "excel"]
    assert "8 calls of our functions spelt as Office.js has it" in run("convert", path, "--to", to[0]).output
    found = run("convert", path, "--to", to[0])
    assert found.exit_code == 0 and "nothing to change: all 8 calls" in found.output
    assert (
        "8 calls of our functions spelt plainly"
        in run("convert", path, "--to", to[1], "-o", tmp_path / "b.xlsx").output
    )
    assert "nothing to change: all 8 calls" in run("convert", tmp_path / "b.xlsx", "--to", "excel").output
    assert run("convert", path, "--to", "excel", "--quiet").output == ""
    empty = tmp_path / "empty.xlsx"
    openpyxl.Workbook().save(empty)
    assert "no formula calls one of our functions" in run("convert", empty, "--to", "excel").output
    (tmp_path / "text.xlsx").write_text("a,b\n")
    for arguments, status, says in [
        ([tmp_path / "none.xlsx", "--to", "excel"], 3, "no such file"),
        ([tmp_path / "text.xlsx", "--to", "excel"], 4, "CSV"),
        ([path, "--to", "word"], 2, "word"),
        ([path], 2, "--to"),
        ([path, "--to", "office-js", "--namespace", "a b"], 2, "begins with a letter"),
        ([path, "--to", "office-js", "-o", tmp_path / "no" / "b.xlsx"], 3, "folder"),
    ]:  # fmt: skip
        failure = run("convert", *arguments)
        assert failure.exit_code == status and says in failure.output, (arguments, failure.output)
