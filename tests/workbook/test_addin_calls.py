"""Calls that Excel stores as links to the add-in that has the function: ours computed, another's named."""

from __future__ import annotations

import re
import zipfile
from pathlib import Path

import openpyxl
import pytest
from openpyxl.packaging.relationship import Relationship
from openpyxl.workbook.defined_name import DefinedName
from openpyxl.workbook.external_link.external import ExternalBook, ExternalLink
from typer.testing import CliRunner, Result

from xl_infusion.cli import app
from xl_infusion.workbook.convert import convert
from xl_infusion.workbook.fill import Other, fill

#: Where Excel finds an add-in, as it writes it into the file.
OURS = [
    "xl_infusion.xlam",
    "file:///C:\\Users\\a%20biller\\AppData\\Roaming\\Microsoft\\Excel\\XLSTART\\XL_Infusion.xlam",
    "https://pharmacy.example.com/sites/billing/xl_infusion.xlam",
    "/Volumes/Shared/home_infusion_billing.xlsm",
]


def run(*arguments: object) -> Result:
    return CliRunner().invoke(app, [str(one) for one in arguments])


def linked(path: Path, formulas: list[str], *targets: str, name: str = "") -> Path:
    """A workbook with formulas in column A that are not computed, and links to files."""
    book = openpyxl.Workbook()
    for formula in formulas:
        book.active.append([f"={formula}"])
    for target in targets:
        link = ExternalLink(externalBook=ExternalBook(id="rId1"))
        link.file_link = Relationship(type="externalLinkPath", Target=target, TargetMode="External", Id="rId1")
        book._external_links.append(link)
    if name:
        book.defined_names["Units"] = DefinedName("Units", attr_text=name)
    book.save(path)
    return path


def values(path: Path) -> list[object]:
    sheet = openpyxl.load_workbook(path, data_only=True).active
    return [cell.value for cell in sheet["A"]]


@pytest.mark.parametrize("target", OURS)
def test_a_link_to_our_add_in_is_a_call_of_ours(tmp_path: Path, target: str) -> None:
    formulas = ['[2]!JUNITS("meropenem","1 g")', 'SUM([2]!junits("meropenem","1 g"),1)', "Units*2", "A1+A2"]
    book = linked(tmp_path / "b.xlsx", formulas, "other.xlsx", target, name='[2]!JUNITS("meropenem","2 g")')
    filled = fill(book)
    assert (filled.calls, filled.others, values(book)) == (3, [], [10, 11, 40, 21])
    before = book.read_bytes()
    assert fill(book).changed == 0 and book.read_bytes() == before


@pytest.mark.parametrize(
    "formula",
    [
        "'C:\\Program Files\\it''s\\xl_infusion.xlam'!JUNITS(\"meropenem\",\"1 g\")",
        'xl_infusion.xlam!JUNITS("meropenem","1 g")',
        '[xl_infusion.xlam]!JUNITS("meropenem","1 g")',
        '[0]!JUNITS("meropenem","1 g")',
    ],
)
def test_the_add_in_named_in_the_formula_itself(tmp_path: Path, formula: str) -> None:
    book = linked(tmp_path / "b.xlsx", [formula])
    assert (fill(book).calls, values(book)) == (1, [10])
    assert convert(book, "excel").calls == 1
    assert openpyxl.load_workbook(book).active["A1"].value == '=JUNITS("meropenem","1 g")'


def stale(path: Path, formula: str, *targets: str) -> Path:
    """A workbook with an old result beside its one formula, as Excel left it."""
    linked(path, [formula], *targets)
    with zipfile.ZipFile(path) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    sheet = "xl/worksheets/sheet1.xml"
    parts[sheet] = re.sub(rb"<v ?/>|<v></v>", b"<v>99</v>", parts[sheet])
    parts["xl/workbook.xml"] = parts["xl/workbook.xml"].replace(b'fullCalcOnLoad="1"', b"")
    assert b"<v>99</v>" in parts[sheet] and b"fullCalc" not in parts["xl/workbook.xml"]
    with zipfile.ZipFile(path, "w") as archive:
        for name, data in parts.items():
            archive.writestr(name, data)
    return path


@pytest.mark.parametrize(
    ("formula", "file"),
    [
        ('[1]!JUNITS("meropenem","1 g")', "their functions.xlam"),
        ('1+[2]!JUNITS("meropenem","1 g")', "link 2, which leads nowhere"),
        ('[1]Module!JUNITS("meropenem","1 g")', "their functions.xlam"),
        ('\'[1]My module\'!JUNITS("meropenem","1 g")', "their functions.xlam"),
        ('\'C:\\a\\Claims.xlam\'!JUNITS("meropenem","1 g")', "Claims.xlam"),
        ('_xll.JUNITS("meropenem","1 g")', "an XLL"),
    ],
)
def test_another_add_ins_function_is_named_and_not_computed(tmp_path: Path, formula: str, file: str) -> None:
    book = stale(tmp_path / "b.xlsx", formula, "file:///C:\\their%20functions.xlam")
    before = book.read_bytes()
    filled = fill(book)
    assert (filled.calls, filled.others) == (0, [Other("Sheet!A1", "JUNITS", file)])
    shown = run("fill", book)
    assert shown.exit_code == 8
    assert f"Sheet!A1 calls JUNITS of {file}" in shown.output and "no cell calls" not in shown.output
    assert run("fill", book, "--quiet").exit_code == 8
    assert convert(book, "office-js").calls == 0
    assert book.read_bytes() == before and values(book) == [99]


def test_one_of_theirs_beside_ours_is_named_and_ours_computed(tmp_path: Path) -> None:
    formulas = ['[1]!JUNITS("meropenem","1 g")', '[2]!JUNITS("meropenem","1 g")', '=Sheet1!JUNITS("meropenem","1 g")']
    book = linked(tmp_path / "b.xlsx", formulas, "xl_infusion.xlam", "theirs.xla", name="[2]!CLAIM_GRID(Sheet!A1)")
    shown = run("fill", book)
    assert shown.exit_code == 0 and values(book)[0] == 10
    assert "Sheet!A2 calls JUNITS of theirs.xla" in shown.output
    assert "the defined name units calls CLAIM_GRID of theirs.xla" in shown.output
    assert "Sheet!A3 calls" not in shown.output, "a sheet's own name is no add-in"


def test_converting_takes_the_link_out_of_the_formula(tmp_path: Path) -> None:
    texts = ['SUM([1]!JUNITS("meropenem","1 g"),[2]!JUNITS(A2))', '_xldudf_JUNITS("meropenem","1 g")']
    book = linked(tmp_path / "b.xlsx", texts, "xl_infusion.xlam", "theirs.xlam", name="[1]!CODES()")
    there, back = tmp_path / "there.xlsx", tmp_path / "back.xlsx"
    done = convert(book, "office-js", there, "HINF")
    assert (done.calls, done.already) == (3, 0)

    def formulas(path: Path) -> list[str]:
        read = openpyxl.load_workbook(path)
        return [cell.value for cell in read.active["A"]] + [read.defined_names["Units"].attr_text]

    assert formulas(there) == [
        '=SUM(_xldudf_HINF_JUNITS("meropenem","1 g"),[2]!JUNITS(A2))',
        '=_xldudf_HINF_JUNITS("meropenem","1 g")',
        "_xldudf_HINF_CODES()",
    ]
    assert convert(there, "excel", back).calls == 3
    assert formulas(back) == ['=SUM(JUNITS("meropenem","1 g"),[2]!JUNITS(A2))', '=JUNITS("meropenem","1 g")', "CODES()"]
    with zipfile.ZipFile(book) as one, zipfile.ZipFile(back) as other:
        kept = [name for name in one.namelist() if "externalLink" in name]
        assert len(kept) == 4 and all(one.read(name) == other.read(name) for name in kept)


def test_a_link_that_cannot_be_read_leads_nowhere(tmp_path: Path) -> None:
    book = stale(tmp_path / "b.xlsx", '[1]!JUNITS("meropenem","1 g")', "xl_infusion.xlam")
    with zipfile.ZipFile(book) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    parts["xl/externalLinks/externalLink1.xml"] = b"<externalLink"
    with zipfile.ZipFile(book, "w") as archive:
        for name, data in parts.items():
            archive.writestr(name, data)
    assert [one.file for one in fill(book).others] == ["link 1, which leads nowhere"]
