"""A good workbook damaged in one place, once or more for every rule, and the rule that must find it.

Each is what a writer's slip makes of a file: one regular expression and what goes in its place, in one part. A part
is named as the zip has it, or after its sheet: ``Claim`` the sheet, ``Orders/table``, ``Orders/comments``,
``Orders/vmlDrawing``, ``Model/drawing``, ``Model/chart``, ``Orders/links``.
"""

from __future__ import annotations

import io
import posixpath
import re
import warnings
import zipfile
from collections.abc import Callable
from typing import NamedTuple

from tests.gate.book import TYPES, Book

BOOK, STYLES, LINKS, METADATA = "xl/workbook.xml", "xl/styles.xml", "xl/_rels/workbook.xml.rels", "xl/metadata.xml"


class Damage(NamedTuple):
    """``old`` is searched in the part over its lines; ``new`` goes in the place of the first that is found.

    With ``old`` blank and a part that is not there the part is added.
    """

    rule: str
    part: str
    old: str
    new: str

    def done_to(self, book: Book) -> Book:
        """The book, damaged. Errors: AssertionError where the part has nothing like ``old``."""
        part = named(book, self.part)
        if part not in book.parts and not self.old:
            return book.with_parts({part: self.new.encode()})
        data, count = re.subn(self.old.encode(), self.new.encode(), book.parts[part], count=1, flags=re.DOTALL)
        assert count, f"{part} has no {self.old}"
        return book.with_parts({part: data})


def named(book: Book, name: str) -> str:
    """The part that a damage means."""
    sheet_name, _, kind = name.partition("/")
    sheet = next((one for one in book.sheets if one.name == sheet_name), None)
    if name in book.parts or sheet is None:
        return name
    if kind == "links":
        return posixpath.join(posixpath.dirname(sheet.part), "_rels", posixpath.basename(sheet.part) + ".rels")
    if kind == "chart":
        return book.linked(sheet.linked("drawing")[0], "chart")[0]
    return sheet.linked(kind)[0] if kind else sheet.part


def _cell(ref: str) -> str:
    return rf'<c r="{ref}"[^>]*?(?:/>|>.*?</c>)'


#: A cell with a number, far from all others of its row; a damage puts another behind it or in its place.
_ROW = r"</row></sheetData>"
_LONG = "x" * 300

DAMAGES = [
    # content types
    Damage("parts_have_a_type", TYPES, r'<Override PartName="/xl/metadata.xml"[^>]*>', ""),
    Damage("parts_have_a_type", TYPES, r'<Default Extension="vml"[^>]*>', ""),
    Damage("types_name_parts", TYPES, r"</Types>", r'<Override PartName="/xl/none.xml" ContentType="text/x"/></Types>'),
    Damage("types_name_parts", TYPES, r'(<Override PartName="/xl/metadata.xml"[^>]*>)', r"\1\1"),
    Damage("types_name_parts", TYPES, r'(<Default Extension="xml"[^>]*>)', r"\1\1"),
    Damage("ending_and_type_agree", TYPES, r"sheet\.main\+xml", "template.main+xml"),
    Damage("macros_are_in_a_macro_file", LINKS, r"/sheetMetadata", "/vbaProject"),
    # relationships
    Damage("link_ids_are_distinct", LINKS, r'Id="rId2"', 'Id="rId1"'),
    Damage("links_lead_to_parts", LINKS, r"sheets/sheet3\.xml", "sheets/sheet333.xml"),
    Damage("links_lead_to_their_type", LINKS, r'Target="metadata\.xml"', 'Target="styles.xml"'),
    Damage("links_belong_to_a_part", "xl/worksheets/_rels/none.xml.rels", r"", "<Relationships/>"),
    Damage("only_pages_are_outside", "Orders/links", r"</Relationships>",
           r'<Relationship Id="out" Type="x/externalLink" Target="file:///c:/a.xlsx" TargetMode="External"/></Relationships>'),
    Damage("only_pages_are_outside", "Orders/links", r"</Relationships>",
           r'<Relationship Id="out" Type="x/hyperlink" Target="http://example.org" TargetMode="External"/></Relationships>'),
    Damage("parts_are_reached", "Orders/links", r'<Relationship [^>]*/comments"[^>]*>', ""),
    Damage("parts_are_reached", "xl/none.xml", r"", "<a/>"),
    Damage("ids_have_links", "Model", r'r:id="[^"]*"', 'r:id="rId77"'),
    Damage("one_main_document", "_rels/.rels", r'(<Relationship [^>]*/officeDocument"[^>]*Id=")(rId1)("[^>]*>)', r"\1\2\3\1rId9\3"),
    # XML
    Damage("xml_is_well_formed", "Claim", r"</sheetData>", "</sheetdata>"),
    Damage("xml_is_well_formed", "Claim", r"<t>Claim</t>", "<t>Claim&#1;</t>"),
    Damage("xml_has_no_doctype", STYLES, r"<styleSheet", "<!DOCTYPE styleSheet><styleSheet"),
    Damage("xml_is_utf_8", STYLES, r"^", "\ufeff"),
    Damage("xml_is_utf_8", METADATA, r'encoding="UTF-8"', 'encoding="ISO-8859-1"'),
    Damage("ignored_prefixes_are_declared", STYLES, r"<styleSheet",
           '<styleSheet xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006" mc:Ignorable="x14ac"'),
    Damage("core_properties_have_moments", "docProps/core.xml", r"T00:00:00Z", ""),
    # the workbook
    Damage("workbook_is_in_order", BOOK, r"(<bookViews>.*</bookViews>)(<sheets>.*</sheets>)", r"\2\1"),
    Damage("sheet_names_are_legal", BOOK, r'name="Own codes"', 'name="Own: codes"'),
    Damage("sheet_names_are_legal", BOOK, r'name="Own codes"', f'name="{"x" * 32}"'),
    Damage("sheet_names_are_legal", BOOK, r'name="Own codes"', 'name="history"'),
    Damage("sheets_are_distinct", BOOK, r'name="Visits"', 'name="ORDERS"'),
    Damage("sheets_are_distinct", BOOK, r'sheetId="2"', 'sheetId="1"'),
    Damage("sheets_are_distinct", BOOK, r'r:id="rId2"', 'r:id="rId1"'),
    Damage("a_seen_sheet_is_active", BOOK, r'activeTab="0"', 'activeTab="99"'),
    Damage("a_seen_sheet_is_active", BOOK, r'state="visible"', 'state="hidden"'),
    Damage("names_are_legal", BOOK, r'name="YesNo"', 'name="AB12"'),
    Damage("names_are_legal", BOOK, r'name="YesNo"', 'name="Yes No"'),
    Damage("names_are_legal", BOOK, r'name="YesNo"', 'name="R1C1"'),
    Damage("names_are_distinct", BOOK, r'name="YesNo"', 'name="ndcunits"'),
    Damage("names_have_a_scope", BOOK, r'localSheetId="\d+"', 'localSheetId="99"'),
    Damage("names_have_a_scope", BOOK, r'(name="_xlnm.Print_Titles" localSheetId=")\d+', r"\g<1>0"),
    # styles
    Damage("styles_are_in_order", STYLES, r"(<fonts.*</fonts>)(<fills.*</fills>)", r"\2\1"),
    Damage("styles_are_in_order", STYLES, r"<dxf>(<font>.*?</font>)(<fill>.*?</fill>)</dxf>", r"<dxf>\2\1</dxf>"),
    Damage("styles_have_their_parts", STYLES, r'fontId="2"', 'fontId="999"'),
    Damage("styles_have_their_parts", STYLES, r'xfId="0"/>', 'xfId="9"/>'),
    Damage("style_counts_are_true", STYLES, r'<dxfs count="\d+"', '<dxfs count="3"'),
    Damage("number_formats_are_legal", STYLES, r'numFmtId="165"', 'numFmtId="14"'),
    Damage("number_formats_are_legal", STYLES, r'numFmtId="165"', 'numFmtId="164"'),
    Damage("number_formats_are_legal", STYLES, r'formatCode="mm/dd/yyyy"', 'formatCode="0;0;0;@;0"'),
    Damage("number_formats_are_there", STYLES, r'(<xf numFmtId=")164"', r'\g<1>999"'),
    Damage("named_styles_are_distinct", STYLES, r"(<cellStyle [^>]*>)", r"\1\1"),
    Damage("named_styles_are_distinct", STYLES, r'(<cellStyle [^>]*xfId=")0"', r'\g<1>7"'),
    Damage("first_fills_are_excels", STYLES, r'patternType="gray125"', 'patternType="solid"'),
    Damage("colors_have_eight_digits", STYLES, r'rgb="00', 'rgb="'),
    # rows and cells
    Damage("sheet_is_in_order", "Claim", r"(<mergeCells.*</mergeCells>)(.*)(<hyperlinks)", r"\2\1\3"),
    Damage("sheet_is_in_order", "Claim", r"(<mergeCells.*?</mergeCells>)(<conditionalFormatting.*?</conditionalFormatting>)", r"\2\1"),
    Damage("rows_ascend", "Claim", r'<row r="11"', '<row r="9"'),
    Damage("rows_ascend", "Claim", r'<row r="1"', '<row r="1048577"'),
    Damage("rows_are_not_too_high", "Start", r'<row r="2" ht="[^"]*"', '<row r="2" ht="410"'),
    Damage("columns_ascend", "Claim", r'min="2" max="2"', 'min="1" max="2"'),
    Damage("columns_ascend", "Claim", r'<col width="[^"]*"', '<col width="256"'),
    Damage("styles_are_there", "Claim", r'(<c r="[A-Z0-9]+" s=")\d+', r"\g<1>9999"),
    Damage("styles_are_there", "Claim", r'(<col [^>]*style=")\d+', r"\g<1>9999"),
    Damage("styles_are_there", "Claim", r'<row r="11"', '<row r="11" s="9999"'),
    Damage("cells_ascend", "Claim", r'<c r="B11"', '<c r="A11"'),
    Damage("cells_ascend", "Claim", r'<c r="B11"', '<c r="B12"'),
    Damage("cells_ascend", "Claim", r'<c r="B11"', '<c r="b11"'),
    Damage("cells_ascend", "Claim", r'<c r="T11"', '<c r="XFE11"'),
    Damage("dimension_holds_the_cells", "Claim", r'<dimension ref="[^"]*"', '<dimension ref="A1:B2"'),
    # values
    Damage("kinds_are_known", "Claim", r't="inlineStr"', 't="inline"'),
    Damage("inline_texts_are_inline", "Claim", r'<c r="A1"([^>]*) t="inlineStr"><is>.*?</is>', r'<c r="A1"\1 t="inlineStr"><v>1</v>'),
    Damage("inline_texts_are_inline", "Claim", r'<c r="A1"([^>]*) t="inlineStr"', r'<c r="A1"\1'),
    Damage("numbers_are_finite", "Claim", r'(<c r="L11"[^>]*><v>)[^<]*', r"\1INF"),
    Damage("numbers_are_finite", "Claim", r'(<c r="L11"[^>]*><v>)[^<]*', r"\g<1>1,5"),
    Damage("switches_and_errors_are_excels", "Claim", r'<c r="L11"([^>]*)><v>[^<]*', r'<c r="L11"\1 t="b"><v>TRUE'),
    Damage("switches_and_errors_are_excels", "Claim", _cell("L11"), '<c r="L11" t="b"/>'),
    Damage("switches_and_errors_are_excels", "Claim", _cell("L11"), '<c r="L11" t="e"><v>#NONE!</v></c>'),
    Damage("shared_texts_are_there", "Claim", _cell("L11"), '<c r="L11" t="s"><v>0</v></c>'),
    Damage("texts_fit_a_cell", "Claim", r"<t>Claim</t>", f"<t>{'x' * 32_768}</t>"),
    Damage("texts_fit_a_cell", "Claim", r"<t>Claim</t>", f"<t>{chr(10) * 254}x</t>"),
    Damage("outer_blanks_are_kept", "Claim", r"<t>Claim</t>", "<t>Claim </t>"),
    Damage("escapes_are_meant", "Claim", r"<t>Claim</t>", "<t>Claim_x0041_</t>"),
    # areas
    Damage("marks_are_there", "Claim", r'cm="1"', 'cm="9"'),
    Damage("marks_are_there", "Claim", r'<c r="L11"', '<c r="L11" cm="1"'),
    Damage("arrays_spill", "Claim", r' cm="1"', ""),
    Damage("arrays_begin_at_their_cell", "Claim", r'(<f t="array" ref=")A10', r"\1A11"),
    Damage("arrays_do_not_meet", "Claim", _cell("L11"), '<c r="L11" cm="1"><f t="array" ref="L11:L12">1</f><v>1</v></c>'),
    Damage("no_formula_within_an_array", "Claim", _cell("L11"), '<c r="L11"><f>1</f><v>1</v></c>'),
    Damage("shared_formulas_have_a_first", "Start", r"<f>", '<f t="shared" si="0">'),
    Damage("merges_do_not_meet", "Claim", r'ref="L3:M3"', 'ref="L3:N5"'),
    Damage("merges_have_cells", "Claim", r'ref="L3:M3"', 'ref="L3"'),
    Damage("no_merge_within_an_array", "Claim", r'ref="L3:M3"', 'ref="L11:M11"'),
    Damage("merges_hide_nothing", "Claim", r'ref="A3:B3"', 'ref="A3:C3"'),
    Damage("counts_are_true", "Claim", r'<mergeCells count="\d+"', '<mergeCells count="1"'),
    Damage("counts_are_true", "Orders", r'<dataValidations count="\d+"', '<dataValidations count="1"'),
    Damage("counts_are_true", "Orders", r'<tableParts count="1"', '<tableParts count="2"'),
    # about the cells
    Damage("panes_begin_at_the_split", "Claim", r'topLeftCell="A11"', 'topLeftCell="A10"'),
    Damage("format_priorities_are_distinct", "Claim", r'priority="2"', 'priority="1"'),
    Damage("format_styles_are_there", "Claim", r'dxfId="\d+"', 'dxfId="999"'),
    Damage("conditions_name_cells", "Claim", r"(<cfRule[^>]*><formula>)[^<]*", r"\1Orders[Drug]=1"),
    Damage("conditions_name_cells", "Orders", r"(<dataValidation [^>]*><formula1>)[^<]*", r"\1Payers[Payer]"),
    Damage("formats_are_of_their_sheet", "Claim", r"(<cfRule[^>]*><formula>)[^<]*", r"\1Start!$B$8=1"),
    Damage("validation_texts_fit", "Orders", r'errorTitle="[^"]*"', f'errorTitle="{"x" * 40}"'),
    Damage("validation_texts_fit", "Orders", r' error="[^"]*"', f' error="{_LONG}"'),
    Damage("validation_formulas_fit", "Orders", r"(<dataValidation [^>]*><formula1>)[^<]*", rf"\1A1&amp;{'A1&amp;' * 90}A1"),
    Damage("validation_formulas_fit", "Orders", r"<formula2>[^<]*</formula2>", ""),
    Damage("validations_do_not_meet", "Orders", r'sqref="[A-Z]+5:[A-Z]+2000"', 'sqref="A5:Z2000"'),
    Damage("links_lead_somewhere", "Start", r'location="Orders!A1"', 'location="Order!A1"'),
    Damage("links_lead_somewhere", "Start", r"location=\"'Own codes'!A1\"", 'location="Own codes!A1"'),
    Damage("links_lead_somewhere", "Start", r'location="Orders!A1"', 'location="Nothing"'),
    Damage("headers_fit", "Claim", r"<oddFooter>", f"<oddFooter>{_LONG}"),
    Damage("print_scales_are_legal", "Claim", r"<pageSetup[^>]*/>", '<pageSetup scale="500"/>'),
    Damage("print_scales_are_legal", "Claim", r"<sheetView ", '<sheetView zoomScale="5" '),
    Damage("breaks_are_counted", "Claim", r"</headerFooter>", '</headerFooter><rowBreaks count="2"><brk id="40"/></rowBreaks>'),
    # formulas
    Damage("formulas_are_formulas", "Start", r"<f>", "<f>="),
    Damage("formulas_are_formulas", "Start", r"<f>", "<f>SUM("),
    Damage("formulas_are_formulas", "Start", r"<f>[^<]*", '<f>"open'),
    Damage("formulas_are_not_too_long", "Start", r"<f>[^<]*", f"<f>{'1+' * 4100}1"),
    Damage("formulas_are_not_too_long", "Start", r"<f>[^<]*", f'<f>"{_LONG}"'),
    Damage("formulas_are_not_too_deep", "Start", r"<f>[^<]*", f"<f>{'ABS(' * 65}1{')' * 65}"),
    Damage("formulas_are_not_too_deep", "Start", r"<f>[^<]*", f"<f>SUM(1{',1' * 255})"),
    Damage("functions_are_known", "Start", r"<f>[^<]*", "<f>UNIQUE(A1:A9)"),
    Damage("functions_are_known", "Start", r"<f>[^<]*", "<f>_xlfn.FILTER(A1:A9,A1:A9)"),
    Damage("functions_are_known", "Start", r"<f>[^<]*", "<f>JUNIT(A1,A2)"),
    Damage("formulas_are_as_stored", "Start", r"<f>[^<]*", "<f>SUM(A1#)"),
    Damage("formulas_are_as_stored", "Start", r"<f>[^<]*", "<f>Orders[@Drug]"),
    Damage("nothing_was_deleted", BOOK, r'(name="YesNo">)[^<]*', r"\1#REF!"),
    Damage("sheets_are_there", "Start", r"<f>[^<]*", "<f>SUM(Nowhere!A1)"),
    Damage("sheets_are_there", "Start", r"<f>[^<]*", "<f>SUM([1]Orders!A1)"),
    Damage("sheets_are_there", "Model/chart", r"(<f>)'Model'", r"\1'Nowhere'"),
    Damage("columns_are_there", "Start", r"<f>[^<]*", "<f>SUM(Orders[Drugs])"),
    Damage("columns_are_there", "Start", r"<f>[^<]*", "<f>SUM(Order[Drug])"),
    Damage("names_are_there", "Start", r"<f>[^<]*", "<f>SUM(NoSuchName)"),
    # tables
    Damage("tables_are_distinct", "Visits/table", r'<table id="2"', '<table id="1"'),
    Damage("tables_are_distinct", "Visits/table", r'displayName="Visits"', 'displayName="orders"'),
    Damage("tables_are_distinct", BOOK, r'name="YesNo"', 'name="Orders"'),
    Damage("table_names_are_legal", "Visits/table", r'displayName="Visits"', 'displayName="Visits 1"'),
    Damage("table_is_in_order", "Visits/table", r"(<autoFilter[^>]*>)(<tableColumns.*</tableColumns>)", r"\2\1"),
    Damage("columns_are_distinct", "Orders/table", r'name="Patient"', 'name="order"'),
    Damage("columns_are_distinct", "Orders/table", r'<tableColumn id="2"', '<tableColumn id="1"'),
    Damage("columns_fill_the_table", "Orders/table", r'ref="A4:A[A-Z]', 'ref="A4:AZ'),
    Damage("columns_fill_the_table", "Orders/table", r'<tableColumns count="\d+"', '<tableColumns count="2"'),
    Damage("columns_fill_the_table", "Orders/table", r'ref="A4:([A-Z]+)\d+"', r'ref="A4:\g<1>4"'),
    Damage("headings_name_the_columns", "Orders/table", r'name="Patient"', 'name="Pat"'),
    Damage("headings_name_the_columns", "Orders", _cell("B4"), '<c r="B4"><v>1</v></c>'),
    Damage("headings_go_without_saying", "Orders/table", r"<table ", '<table headerRowCount="1" '),
    Damage("filter_covers_the_table", "Orders/table", r'<autoFilter ref="A4:A[A-Z]', '<autoFilter ref="A4:V'),
    Damage("tables_are_alone", "Orders", r"</sheetData>", '</sheetData><mergeCells count="1"><mergeCell ref="A6:B6"/></mergeCells>'),
    Damage("tables_are_listed", "Orders", r"<tableParts.*?</tableParts>", ""),
    # comments, drawings, charts
    Damage("comments_have_shapes", "Orders/comments", r'<comment ref="B4"', '<comment ref="B5"'),
    Damage("comments_have_shapes", "Orders/vmlDrawing", r"<(\w+:)Column>1<", r"<\1Column>40<"),
    Damage("comments_have_shapes", "Orders", r"<legacyDrawing[^>]*>", ""),
    Damage("comments_are_whole", "Orders/comments", r'<comment ref="B4"', '<comment ref="A4"'),
    Damage("comments_are_whole", "Orders/comments", r'authorId="0"', 'authorId="1"'),
    Damage("comments_are_seen", "Orders", r"</sheetData>", '</sheetData><mergeCells count="1"><mergeCell ref="A4:B4"/></mergeCells>'),
    Damage("shapes_are_distinct", "Orders/vmlDrawing", "_x0000_s1027", "_x0000_s1026"),
    Damage("drawn_objects_are_distinct", "Model/drawing", r'<cNvPr id="2"', '<cNvPr id="1"'),
    Damage("drawn_objects_are_described", "Model/drawing", r' descr="[^"]*"', ""),
    Damage("drawn_objects_have_a_size", "Model/drawing", r"<oneCellAnchor>(<from>.*?</from>)<ext[^>]*>(.*?)</oneCellAnchor>",
           r"<twoCellAnchor>\1<to><col>0</col><colOff>0</colOff><row>0</row><rowOff>0</rowOff></to>\2</twoCellAnchor>"),
    Damage("chart_axes_meet", "Model/chart", r'<crossAx val="\d+"', '<crossAx val="77"'),
    Damage("chart_axes_meet", "Model/chart", r'<axId val="\d+"', '<axId val="77"'),
    Damage("chart_series_are_distinct", "Model/chart", r'<idx val="1"', '<idx val="0"'),
    Damage("chart_series_have_cells", "Model/chart", r"<ser>.*?</ser>", '<ser><idx val="0"/><order val="0"/></ser>'),
]  # fmt: skip


def _zip(book: Book, change: Callable[[zipfile.ZipInfo], None], extra: dict[str, bytes] | None = None) -> Book:
    """The book written anew, its members changed before, others behind them."""
    out = io.BytesIO()
    with warnings.catch_warnings(), zipfile.ZipFile(out, "w") as archive:
        warnings.simplefilter("ignore")  # a name twice is what is wanted
        for name, data in [*book.parts.items(), *(extra or {}).items()]:
            member = zipfile.ZipInfo(name)
            member.compress_type = zipfile.ZIP_DEFLATED
            change(member)
            archive.writestr(member, data)
    return Book(out.getvalue(), book.name)


def _selected(book: Book) -> Book:
    """Two sheets selected, as a program that copies sheets leaves them."""
    parts = {sheet.part: book.parts[sheet.part] for sheet in book.sheets[:2]}
    return book.with_parts({
        part: re.sub(rb"<sheetView (tabSelected=.1. )?", b'<sheetView tabSelected="1" ', data) for part, data in parts.items()
    })  # fmt: skip


def _titles(book: Book) -> Book:
    """Print titles whose rows come first, as openpyxl writes them."""
    wrong = re.sub(
        rb">('?[\w ]+'?![$]\d+:[$]\d+)</definedName>", rb">\1,Orders!$A:$B</definedName>", book.parts[BOOK], count=1
    )
    assert wrong != book.parts[BOOK]
    return book.with_parts({BOOK: wrong})


def _shrunk(member: zipfile.ZipInfo) -> None:
    if member.filename == METADATA:
        member.compress_type = zipfile.ZIP_LZMA


#: The damages that are more than an edit of one part.
OTHERS: dict[str, tuple[str, Callable[[Book], Book]]] = {
    "a name twice": ("part_names_are_distinct", lambda book: _zip(book, lambda _: None, {"XL/Styles.xml": b""})),
    "a backslash": ("part_names_are_plain", lambda book: _zip(book, lambda _: None, {"xl\\none.xml": b"<a/>"})),
    "a folder": ("part_names_are_plain", lambda book: _zip(book, lambda _: None, {"xl/": b""})),
    "compressed otherwise": ("parts_are_deflated", lambda book: _zip(book, _shrunk)),
    "two sheets selected": ("one_sheet_is_selected", _selected),
    "rows before columns": ("print_titles_name_columns_first", _titles),
}
