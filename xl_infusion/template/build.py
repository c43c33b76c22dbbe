"""The billing workbook: a template written with openpyxl, not yet computed; `fill` computes it.

What openpyxl cannot write is finished in the package: the mark that a formula spills (``cm`` and
``xl/metadata.xml``), and whatever would make two builds differ (times, the writer's version).
"""

from __future__ import annotations

import datetime as dt
import io
import re
import zipfile
from collections.abc import Mapping, Sequence
from pathlib import Path

from openpyxl import Workbook
from openpyxl.workbook.properties import CalcProperties

from xl_infusion.claim import PROVIDER, TABLES
from xl_infusion.model import COSTS, MODEL_TABLES, REMITTANCE, SCENARIOS
from xl_infusion.reference import current
from xl_infusion.spreadsheet import disk
from xl_infusion.spreadsheet.xlsx.headings import unsaid
from xl_infusion.spreadsheet.xlsx.marks import linked, metadata
from xl_infusion.template.examples import INTENDED, ROWS, Row
from xl_infusion.template.model_examples import MODEL_ROWS, PROPOSED
from xl_infusion.template.saved import saved
from xl_infusion.template.sheets.below import add_below
from xl_infusion.template.sheets.checks import add_checks
from xl_infusion.template.sheets.claim import add_claim
from xl_infusion.template.sheets.codes import add_codes
from xl_infusion.template.sheets.expected import add_expected
from xl_infusion.template.sheets.explain import EXAMPLE, add_explain
from xl_infusion.template.sheets.functions import add_functions
from xl_infusion.template.sheets.inputs import add_inputs
from xl_infusion.template.sheets.lists import LISTS, add_lists
from xl_infusion.template.sheets.model import add_model
from xl_infusion.template.sheets.model_grids import BASE, READY, STATUS, there
from xl_infusion.template.sheets.start import add_start
from xl_infusion.template.sheets.variance import add_variance
from xl_infusion.template.style import BRAND, FINANCE, FINANCE_INPUT, INPUT_INK, MUTED
from xl_infusion.version import __version__

#: Sheet -> the color of its tab: typed, computed, both again for finance, to look up.
SHEETS = {
    "Start": BRAND, **{table.name: INPUT_INK for table in TABLES}, "Claim": BRAND, "Checks": BRAND,
    "Explain": BRAND, COSTS.name: FINANCE_INPUT, "Expected": FINANCE, SCENARIOS.name: FINANCE_INPUT, "Model": FINANCE,
    REMITTANCE.name: FINANCE_INPUT, "Variance": FINANCE, "Codes": MUTED, "Functions": MUTED,
}  # fmt: skip
#: Of the year: the order that Explain explains, and the scenario that Model holds against the base.
EXPLAINED, YEAR_PROPOSED = "Y25-0100", "Offer"
#: Excel 2019 and later; a file calculated by an older one is calculated again when it is opened.
_CALCULATED_BY = 191029


def build(path: Path, *, examples: bool = True, year: bool = False) -> None:
    """Writes the billing workbook to ``path``, not computed; the same bytes every time.

    ``examples``: with the example rows in its tables, or with blank rows; ``year``: with the rows of an invented year
    in their place. Errors: OSError when ``path`` cannot be written; what stood there before is then as it was.
    """
    disk.write(path, _finished(saved(_book(examples, year))))


def _rows(examples: bool, year: bool) -> Mapping[str, Sequence[Row]]:
    """The rows of the tables, by their names."""
    if year:
        from xl_infusion.template.year import year as rows_of_the_year

        return rows_of_the_year()
    return {**ROWS, **MODEL_ROWS} if examples else {}


def _book(examples: bool, year: bool) -> Workbook:
    reference = current()
    rows = _rows(examples, year)
    shown = examples and not year
    book = Workbook()
    book.remove(book.active)
    sheets = {name: book.create_sheet(name) for name in SHEETS}
    for name, color in SHEETS.items():
        sheets[name].sheet_properties.tabColor = color
    add_start(sheets["Start"], examples=shown, year=year)
    for table in (*TABLES, *MODEL_TABLES):
        remark = INTENDED if shown and table == PROVIDER else ""
        add_inputs(sheets[table.name], table, rows.get(table.name, ()), reference, remark)
    add_claim(sheets["Claim"], reference)
    add_checks(sheets["Checks"])
    add_explain(sheets["Explain"], order=EXPLAINED if year else EXAMPLE if examples else "")
    add_expected(sheets["Expected"], there(READY), there(STATUS))
    lists = book.create_sheet(LISTS)
    add_model(sheets["Model"], lists, proposed=YEAR_PROPOSED if year else PROPOSED if examples else BASE, forecast=year)
    add_variance(sheets["Variance"])
    add_codes(sheets["Codes"])
    add_functions(sheets["Functions"])
    add_lists(book, lists, reference)
    add_below(book, lists)
    properties = book.properties
    properties.title = "Home infusion model" if year else "Home infusion billing"
    properties.subject = "Claim lines from orders, visits and contracts, and what is wrong with them"
    properties.creator = properties.lastModifiedBy = "xl_infusion"
    properties.created = _time()
    # the values are in the file: a program without the functions shows them, and does not start by losing them
    book.calculation = CalcProperties(calcId=_CALCULATED_BY, fullCalcOnLoad=False)
    return book


def _time() -> dt.datetime:
    """The time that the file says it was made: that of the code reference in it."""
    return dt.datetime.combine(current().edition.verified_through, dt.time())


def application(version: str = __version__) -> str:
    """What says which program wrote the file, with its version as the standard has it: XX.YYYY.

    >>> application("0.12.3").partition("<Application>")[2]
    'xl_infusion</Application><AppVersion>00.1203</AppVersion></Properties>'
    """
    major, minor, patch = (int(number) for number in re.findall(r"\d+", version)[:3])
    return (
        '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
        '<Properties xmlns="http://schemas.openxmlformats.org/officeDocument/2006/extended-properties">'
        f"<Application>xl_infusion</Application><AppVersion>{major:02}.{minor:02}{patch:02}</AppVersion></Properties>"
    )


def _finished(book: io.BytesIO) -> bytes:
    """The package that openpyxl saved, with the marks of spilling formulas, and nothing in it of today."""
    out = io.BytesIO()
    with zipfile.ZipFile(book) as source, zipfile.ZipFile(out, "w") as target:
        parts = {name: source.read(name) for name in source.namelist()}
        links, types = "xl/_rels/workbook.xml.rels", "[Content_Types].xml"
        parts["xl/metadata.xml"], _ = metadata()
        parts[links], parts[types] = linked(
            parts[links], parts[types], "xl/metadata.xml", "xl/workbook.xml", known=False
        )
        for drawing in [name for name in parts if name.startswith("xl/drawings/drawing")]:
            parts[drawing] = _described(drawing, parts)
        for name, data in parts.items():
            member = zipfile.ZipInfo(name)  # of 1 January 1980, from no system in particular
            member.compress_type = zipfile.ZIP_DEFLATED
            member.create_system = 0
            target.writestr(member, _part(name, data))
    return out.getvalue()


def _part(name: str, data: bytes) -> bytes:
    if name.startswith("xl/worksheets/sheet"):
        return re.sub(rb'(<c r="[A-Z]+[0-9]+"[^>]*)(><f t="array")', rb'\1 cm="1"\2', data)
    if name.startswith("xl/charts/chart"):
        # openpyxl does not say of a label's number format that it is its own and not that of its cells
        return re.sub(rb'(<numFmt formatCode="[^"]*") ?/>', rb'\1 sourceLinked="0"/>', data)
    if name == "xl/workbook.xml":
        # the columns that stand on every page before the rows, as Excel writes them and programs look for them
        titles = rb'(<definedName name="_xlnm\.Print_Titles"[^>]*>)([^<,]*),([^<,]*)<'
        return re.sub(titles, rb"\1\3,\2<", data)
    if name == "docProps/core.xml":
        modified = f"{_time():%Y-%m-%dT%H:%M:%SZ}</dcterms:modified>".encode()
        return re.sub(rb"(<dcterms:modified[^>]*>)[^<]*</dcterms:modified>", rb"\g<1>" + modified, data)
    if name.startswith("xl/tables/"):
        return unsaid(data)
    return application().encode() if name == "docProps/app.xml" else data


def _described(drawing: str, parts: Mapping[str, bytes]) -> bytes:
    """A drawing whose charts say in words what they show, for those who hear a sheet: the title, where to read on."""
    links = parts[drawing.replace("drawings/", "drawings/_rels/") + ".rels"]
    charts = {found[2]: found[1] for found in re.finditer(rb'Target="/([^"]*)" Id="(rId[0-9]+)"', links)}

    def frame(found: re.Match[bytes]) -> bytes:
        title = b"".join(re.findall(rb"<a:t>([^<]*)</a:t>", parts[charts[found[3]].decode()])).replace(b'"', b"&quot;")
        return b'%b descr="Chart: %b. Its figures stand in the cells beside or below it."%b' % (
            found[1],
            title,
            found[2],
        )

    return re.sub(
        rb'(<cNvPr id="[0-9]+" name="[^"]*")(/>.*?r:id="(rId[0-9]+)")', frame, parts[drawing], flags=re.DOTALL
    )
