"""The mark that lets an array spill: given back to arrays of ours that lost it, and nothing else of the file."""

from __future__ import annotations

import re
import zipfile
from pathlib import Path
from xml.etree import ElementTree

import openpyxl
import pytest
from openpyxl.worksheet.formula import ArrayFormula
from typer.testing import CliRunner

from tests import ROOT, billing, libreoffice
from tests.spreadsheet.xlsx.test_package import MAIN, METADATA, a_book, links, unzipped, zipped
from xl_infusion.cli import app
from xl_infusion.hosts.lite.workbook import write_lite
from xl_infusion.spreadsheet.xlsx.package import DamagedWorkbook, Package
from xl_infusion.workbook.convert import convert
from xl_infusion.workbook.fill import fill

SHIPPED = ROOT / "workbook"
RANKS = 'PERDIEM_RANK({"q12h";"q8h";"q24h"})'
#: Two arrays of ours, one of them inside a native function, one that reads the first; a native one, and no array.
ROWS = (
    f'<row r="1"><c r="A1"><f t="array" ref="A1:A2">{RANKS}</f><v>9</v></c>'
    f'<c r="B1" cm="9"><f t="array" aca="1" ref="B1">SUM({RANKS})</f><v>9</v></c>'
    '<c r="C1"><f t="array" ref="C1:C2">_xlfn.ANCHORARRAY(A1)*10</f><v>90</v></c>'
    '<c r="D1"><f t="array" ref="D1:D2">TRANSPOSE({5,6})</f><v>5</v></c>'
    '<c r="E1"><f>DOSES_PER_DAY("q8h")</f><v>3</v></c></row>'
    '<row r="2"><c r="A2"><v>9</v></c><c r="C2"><v>90</v></c><c r="D2"><v>6</v></c></row>'
).replace('"q12h";"q8h";"q24h"', "&quot;q12h&quot;;&quot;q8h&quot;;&quot;q24h&quot;")
OF_OURS = {(1, 1): (1, 1, 3, 1), (1, 2): (1, 2, 1, 2), (1, 3): (1, 3, 3, 3)}


def arrays(path: Path) -> dict[tuple[int, int], tuple[object, bool]]:
    """The arrays of the first sheet: their ranges, and whether they spill."""
    with Package.open(path) as package:
        found = package.formulas(package.sheets[0].name)
    return {(cell.row, cell.col): (cell.ref, cell.dynamic) for cell in found if cell.kind == "array"}


def records(part: bytes) -> tuple[list[str], list[bytes], list[bytes]]:
    """The kinds of a metadata part, the records of dynamic arrays, and those that cells point to."""
    root = ElementTree.fromstring(part)
    namespace = root.tag.partition("}")[0] + "}"
    for group in root:
        if "count" in group.attrib:
            assert int(group.attrib["count"]) == len(group), group.tag
    order = [child.tag.removeprefix(namespace) for child in root]
    known = [
        "metadataTypes",
        "metadataStrings",
        "mdxMetadata",
        "futureMetadata",
        "cellMetadata",
        "valueMetadata",
        "extLst",
    ]
    assert order == sorted(order, key=known.index)
    kinds = [one.attrib["name"] for one in root.iter(f"{namespace}metadataType")]
    future = [one for one in root.iter(f"{namespace}futureMetadata") if one.attrib["name"] == "XLDAPR"]
    cells = root.findall(f"{namespace}cellMetadata")
    dynamic, pointers = ([ElementTree.tostring(bk) for group in groups for bk in group] for groups in (future, cells))
    return kinds, dynamic, pointers


OTHER = (
    '<metadataTypes count="1"><metadataType name="XLRICHVALUE" minSupportedVersion="120000"/></metadataTypes>'
    '<metadataStrings count="1"><s v="[Sales]"/></metadataStrings>'
    '<futureMetadata name="XLRICHVALUE" count="1"><bk><extLst><ext uri="x"/></extLst></bk></futureMetadata>'
    '<valueMetadata count="1"><bk><rc t="1" v="0"/></bk></valueMetadata>'
)
PREFIXED = re.sub(r"<(/?)(?=[a-z])", r"<\1x:", OTHER)
#: Metadata parts without a record of an array that spills; None: there is no part.
PARTS = {
    "none": None,
    "empty": f'<metadata xmlns="{MAIN}"/>',
    "other kinds": f'<metadata xmlns="{MAIN}">{OTHER}</metadata>',
    "a prefix": f'<x:metadata xmlns:x="{MAIN}">{PREFIXED}</x:metadata>',
    "empty groups": f'<metadata xmlns="{MAIN}"><metadataTypes count="0"/><cellMetadata count="0"/><extLst/></metadata>',
    "one that does not spill": METADATA.decode().replace('fDynamic="1"', 'fDynamic="0"'),
    "a comment": f"<metadata xmlns='{MAIN}'><!-- <cellMetadata> -->{OTHER}</metadata>",
}  # fmt: skip


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
@pytest.mark.parametrize("kind", PARTS)
def test_the_mark_comes_back_whatever_metadata_there_is(tmp_path: Path, kind: str, encoding: str) -> None:
    text = PARTS[kind]
    parts = a_book(ROWS)
    if text is not None:
        parts["xl/metadata.xml"] = f'<?xml version="1.0" encoding="{encoding}"?>{text}'.encode(encoding)
        parts["xl/_rels/workbook.xml.rels"] = links(
            ("worksheet", "worksheets/sheet1.xml"), ("styles", "styles.xml"), ("sheetMetadata", "metadata.xml")
        )
    path = zipped(tmp_path / "a.xlsx", parts)
    filled = fill(path)
    assert filled.marked == ["Claims!A1", "Claims!B1", "Claims!C1"]
    assert arrays(path) == {**{at: (ref, True) for at, ref in OF_OURS.items()}, (1, 4): ((1, 4, 2, 4), False)}
    with Package.open(path) as package:
        values = package.values("Claims")
    assert [row[0] for row in values] == [2, 1, 3] and [row[2] for row in values] == [20, 10, 30]
    after = unzipped(path)
    kinds, dynamic, cells = records(after["xl/metadata.xml"])
    if text is not None:
        before = records(parts["xl/metadata.xml"])
        assert kinds[: len(before[0])] == before[0] and dynamic[:-1] == before[1] and cells[:-1] == before[2]
    assert kinds.count("XLDAPR") == 1 and len(cells) >= 1
    assert b'PartName="/xl/metadata.xml"' in after["[Content_Types].xml"]
    assert after["xl/_rels/workbook.xml.rels"].count(b"sheetMetadata") == 1
    assert set(after) - set(parts) == ({"xl/metadata.xml"} if text is None else set())
    before_second = path.read_bytes()
    again = fill(path)
    assert (again.changed, again.marked) == (0, []) and path.read_bytes() == before_second


def test_a_part_of_that_name_that_is_nobodys_stays(tmp_path: Path) -> None:
    path = zipped(tmp_path / "a.xlsx", a_book(ROWS, metadata=b"<somebody/>"))
    fill(path)
    after = unzipped(path)
    assert after["xl/metadata.xml"] == b"<somebody/>" and b"XLDAPR" in after["xl/metadata1.xml"]
    assert all(dynamic for at, (_, dynamic) in arrays(path).items() if at in OF_OURS)


def test_a_link_to_a_part_that_is_gone_gets_its_part(tmp_path: Path) -> None:
    parts = a_book(ROWS)
    parts["xl/_rels/workbook.xml.rels"] = links(
        ("worksheet", "worksheets/sheet1.xml"), ("styles", "styles.xml"), ("sheetMetadata", "cells/about.xml")
    )
    path = zipped(tmp_path / "a.xlsx", parts)
    fill(path)
    after = unzipped(path)
    assert after["xl/_rels/workbook.xml.rels"] == parts["xl/_rels/workbook.xml.rels"]
    assert (
        b"XLDAPR" in after["xl/cells/about.xml"] and b'PartName="/xl/cells/about.xml"' in after["[Content_Types].xml"]
    )


def test_metadata_that_is_none_is_a_damaged_workbook(tmp_path: Path) -> None:
    parts = a_book(ROWS, metadata=b"<other/>")
    parts["xl/_rels/workbook.xml.rels"] = links(
        ("worksheet", "worksheets/sheet1.xml"), ("styles", "styles.xml"), ("sheetMetadata", "metadata.xml")
    )
    path = zipped(tmp_path / "a.xlsx", parts)
    with pytest.raises(DamagedWorkbook, match=r"a\.xlsx, xl/metadata\.xml: holds no cell metadata"):
        fill(path)


def test_a_strict_workbook_gets_a_strict_mark(tmp_path: Path) -> None:
    def strict(data: bytes) -> bytes:
        return data.replace(
            b"http://schemas.openxmlformats.org/officeDocument/2006/relationships",
            b"http://purl.oclc.org/ooxml/officeDocument/relationships",
        ).replace(MAIN.encode(), b"http://purl.oclc.org/ooxml/spreadsheetml/main")

    path = zipped(tmp_path / "a.xlsx", {name: strict(data) for name, data in a_book(ROWS).items()})
    fill(path)
    after = unzipped(path)
    assert (
        b'Type="http://purl.oclc.org/ooxml/officeDocument/relationships/sheetMetadata"'
        in (after["xl/_rels/workbook.xml.rels"])
    )
    assert b'xmlns="http://purl.oclc.org/ooxml/spreadsheetml/main"' in after["xl/metadata.xml"]
    assert arrays(path)[1, 1] == ((1, 1, 3, 1), True)


def test_a_typed_formula_that_spills_is_marked_where_the_workbook_knew_no_mark(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    book.active["A1"] = f"={RANKS}"
    book.active["C1"] = '=DOSES_PER_DAY("q8h")'
    book.save(tmp_path / "a.xlsx")
    filled = fill(tmp_path / "a.xlsx")
    assert arrays(tmp_path / "a.xlsx") == {(1, 1): ((1, 1, 3, 1), True)}
    assert filled.marked == [], "it had no mark to lose"
    assert fill(tmp_path / "a.xlsx").changed == 0


def test_values_in_place_of_formulas_need_no_mark(tmp_path: Path) -> None:
    path = zipped(tmp_path / "a.xlsx", a_book(ROWS))
    filled = fill(path, tmp_path / "values.xlsx", values=True)
    assert filled.marked == ["Claims!C1"]
    assert arrays(tmp_path / "values.xlsx") == {(1, 3): ((1, 3, 3, 3), True), (1, 4): ((1, 4, 2, 4), False)}


@pytest.mark.parametrize("to", ["office-js", "excel"])
def test_converting_gives_the_mark_back(tmp_path: Path, to: str) -> None:
    path = zipped(tmp_path / "a.xlsx", a_book(ROWS))
    said = CliRunner().invoke(app, ["convert", str(path), "--to", to])
    assert said.exit_code == 0 and "marked as spilling: Claims!A1, Claims!B1, Claims!C1; the file" in said.output
    assert [spills for _, spills in arrays(path).values()] == [True, True, True, False]
    before = path.read_bytes()
    assert convert(path, "office-js" if to == "office-js" else "excel").marked == () and path.read_bytes() == before


@pytest.mark.slow
@pytest.mark.parametrize("ending", [".xlsx", ".xlsm"])
def test_a_workbook_that_openpyxl_saved_spills_again(tmp_path: Path, ending: str) -> None:
    """The way of a program that types orders: open, type, save; then fill."""
    path = tmp_path / f"billing{ending}"
    source = billing.new(tmp_path / "new.xlsx") if ending == ".xlsx" else SHIPPED / "home_infusion_billing.xlsm"
    book = openpyxl.load_workbook(source, keep_vba=ending == ".xlsm")
    book.save(path)
    assert "xl/metadata.xml" not in unzipped(path)
    said = CliRunner().invoke(app, ["fill", str(path)])
    assert said.exit_code == 0 and said.output.count("marked as spilling") == 1
    with Package.open(path) as package:
        found = [cell for sheet in package.sheets for cell in package.formulas(sheet.name) if cell.kind == "array"]
    assert len(found) == 17 and all(cell.dynamic for cell in found)
    before = path.read_bytes()
    assert CliRunner().invoke(app, ["fill", str(path)]).output.count("marked as spilling") == 0
    assert path.read_bytes() == before
    openpyxl.load_workbook(path)


@pytest.mark.office
def test_a_workbook_that_libreoffice_saved_spills_again(tmp_path: Path) -> None:
    saved = libreoffice.convert(billing.new(tmp_path / "new.xlsx"), "xlsx", tmp_path / "saved")
    done = write_lite(tmp_path / "lite", source=saved)
    assert done.workbook is not None and len(done.marked) == 17
    assert fill(saved).marked and fill(saved).changed == 0
    for path in (saved, done.workbook):
        with Package.open(path) as package:
            found = [cell for sheet in package.sheets for cell in package.formulas(sheet.name) if cell.kind == "array"]
        assert len(found) == 17 and all(cell.dynamic for cell in found)


def test_openpyxl_writes_an_array_without_the_mark(tmp_path: Path) -> None:
    """Why there is anything to give back."""
    book = openpyxl.Workbook()
    book.active["A1"] = ArrayFormula("A1:A2", f"={RANKS}")
    book.save(tmp_path / "a.xlsx")
    with zipfile.ZipFile(tmp_path / "a.xlsx") as archive:
        assert b" cm=" not in archive.read("xl/worksheets/sheet1.xml")
    assert fill(tmp_path / "a.xlsx").marked == ["Sheet!A1"]
    assert arrays(tmp_path / "a.xlsx") == {(1, 1): ((1, 1, 3, 1), True)}
