"""Rules of formulas, wherever they stand: cells, defined names, tables, conditional formats, validation."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from functools import cache
from typing import NamedTuple

from openpyxl.formula import Tokenizer
from openpyxl.formula.tokenizer import Token, TokenizerError
from openpyxl.utils import FORMULAE

from tests.gate.book import CHART, MAIN, Book
from tests.gate.rule import rule, words
from xl_infusion.functions import FUNCTIONS

LIMITS = "Excel's specifications and limits"
#: The functions that came with the file format or after it: stored with this prefix, else Excel shows #NAME?.
NEWER = frozenset(
    words(
        "ACOT ACOTH AGGREGATE ANCHORARRAY ARABIC ARRAYTOTEXT BASE BETA.DIST BINOM.DIST BYCOL BYROW CEILING.MATH "
        "CHISQ.DIST CHOOSECOLS CHOOSEROWS COMBINA CONCAT CONFIDENCE.NORM COVARIANCE.P DAYS DECIMAL DROP ENCODEURL "
        "EXPAND EXPON.DIST FILTERXML FLOOR.MATH FORECAST.LINEAR FORMULATEXT GAMMA GAUSS HSTACK IFNA IFS ISFORMULA "
        "ISOMITTED LAMBDA LET MAKEARRAY MAP MAXIFS MINIFS MODE.SNGL NORM.DIST NORM.INV NORM.S.DIST NUMBERVALUE "
        "PERCENTILE.INC PERMUTATIONA POISSON.DIST QUARTILE.INC RANDARRAY RANK.EQ REDUCE RRI SCAN SEQUENCE SHEET "
        "SHEETS SINGLE SORTBY STDEV.P STDEV.S SWITCH T.DIST TAKE TEXTAFTER TEXTBEFORE TEXTJOIN TEXTSPLIT TOCOL "
        "TOROW UNICHAR UNICODE UNIQUE VALUETOTEXT VAR.P VAR.S VSTACK WEBSERVICE WRAPCOLS WRAPROWS XLOOKUP XMATCH "
        "XOR _xlws.FILTER _xlws.SORT"
    )
)
#: Newer than the file format, but stored without a prefix.
PLAIN = frozenset({"AGGREGATE", "NETWORKDAYS.INTL", "WORKDAY.INTL", "ISO.CEILING"})
_KNOWN = {*FORMULAE, *PLAIN, *(f"_xlfn.{name}" for name in NEWER)} - NEWER | PLAIN
_OURS = re.compile(rf"(?:_xldudf_(?:\w+_)?)?(?:{'|'.join(FUNCTIONS)})\Z", re.IGNORECASE)
_TEXT = re.compile(r'"((?:[^"]|"")*)"')
_SHEET = re.compile(r"(?:'((?:[^']|'')+)'|((?:\[\w+\])?[\w.]+))!")
_COLUMNS = re.compile(r"^([\w.\\]+)\[(.*)\]$", re.DOTALL)
_AREA = re.compile(
    r"\$?[A-Z]{1,3}\$?[0-9]{1,7}(?::\$?[A-Z]{1,3}\$?[0-9]{1,7})?|\$?[A-Z]{1,3}:\$?[A-Z]{1,3}|\$?[0-9]+:\$?[0-9]+"
)


class Formula(NamedTuple):
    book: Book
    text: str

    @property
    def bare(self) -> str:
        """Without its texts."""
        return _TEXT.sub('""', self.text)


def formulas(book: Book) -> Iterable[tuple[str, Formula]]:
    """Every formula, with where it stands."""
    for sheet in book.sheets:
        for cell in sheet.formulas:
            if cell.formula is not None and cell.formula.text:
                yield f"{sheet.name}!{cell.ref}", Formula(book, cell.formula.text)
        for name in ("formula", "formula1", "formula2"):
            for one in sheet.all(name):
                yield f"{sheet.name}, {one.getparent().tag.rpartition('}')[2]}", Formula(book, one.text or "")
        for table in sheet.tables:
            for one in table.root.iter(f"{MAIN}calculatedColumnFormula"):
                yield f"table {table.name}", Formula(book, one.text or "")
        for part in sheet.linked("drawing"):
            for chart in book.linked(part, "chart"):
                yield from ((chart, Formula(book, one.text or "")) for one in book.tree(chart).iter(f"{CHART}f"))
    for one in book.names:
        yield f"name {one.get('name')}", Formula(book, one.text or "")


@cache
def tokens(text: str) -> tuple[Token, ...] | None:
    """What a formula is made of, or None where that cannot be said."""
    try:
        return tuple(Tokenizer(f"={text}").items)
    except (TokenizerError, IndexError):
        return None


def called(text: str) -> list[str]:
    """The functions that a formula calls, as it spells them."""
    return [one.value.strip(":(") for one in tokens(text) or () if (one.type, one.subtype) == ("FUNC", "OPEN")]


def named(text: str) -> list[str]:
    """The ranges, names and tables that a formula names."""
    return [one.value for one in tokens(text) or () if (one.type, one.subtype) == ("OPERAND", "RANGE")]


@rule("ECMA-376-1 18.17: a stored formula begins behind the =", formulas)
def formulas_are_formulas(formula: Formula) -> Iterator[str]:
    """A formula is one: no = before it, and its brackets and quotes close."""
    found = tokens(formula.text)
    depth = [one.subtype for one in found or ()]
    if not formula.text or formula.text.startswith("=") or found is None or depth.count("OPEN") != depth.count("CLOSE"):
        yield formula.text[:80]


@rule(f"{LIMITS}: 8,192 characters; 255 of a text in a formula", formulas)
def formulas_are_not_too_long(formula: Formula) -> Iterator[str]:
    """A formula, and every text in it, is not too long."""
    longest = max((len(one.replace('""', '"')) for one in _TEXT.findall(formula.text)), default=0)
    if len(formula.text) > 8192 or longest > 255:
        yield f"{len(formula.text)}, text {longest}: {formula.text[:40]}"


@rule(f"{LIMITS}: 64 levels, 255 arguments", formulas)
def formulas_are_not_too_deep(formula: Formula) -> Iterator[str]:
    """Functions are not nested too deep, and have not too many arguments."""
    arguments: list[int] = []
    for one in tokens(formula.text) or ():
        if one.subtype == "OPEN":
            arguments.append(1)
        elif one.subtype == "CLOSE" and arguments:
            arguments.pop()
        elif one.type == "SEP" and one.subtype == "ARG" and arguments:
            arguments[-1] += 1
        if len(arguments) > 64 or (arguments and arguments[-1] > 255):
            yield formula.text[:80]
            return


@rule("[MS-XLSX] 2.2.2: newer functions are stored as _xlfn.NAME, else Excel shows #NAME?", formulas)
def functions_are_known(formula: Formula) -> Iterator[str]:
    """Every function that is called is Excel's, spelled as it is stored, or ours."""
    for name in called(formula.text):
        if name.upper() not in _SPELT and not _OURS.match(name):
            yield name


_SPELT = {name.upper() for name in _KNOWN}


@rule("[MS-XLSX] 2.2.2: A1# is stored as _xlfn.ANCHORARRAY(A1), @ as _xlfn.SINGLE() and [#This Row]", formulas)
def formulas_are_as_stored(formula: Formula) -> Iterator[str]:
    """A formula is spelled as the file has it, not as Excel shows it."""
    if re.search(r"[\w)\]]#(?![\w/])|@", _SHEET.sub("", formula.bare).replace("#REF!", "")):
        yield formula.text[:80]


@rule("Excel: #REF! stands where something was deleted", formulas)
def nothing_was_deleted(formula: Formula) -> Iterator[str]:
    """No formula has lost what it pointed to."""
    if "#REF!" in formula.bare:
        yield formula.text[:80]


@rule("Excel asks for the file of a sheet that it does not know", formulas)
def sheets_are_there(formula: Formula) -> Iterator[str]:
    """The sheets that a formula names are there, and no other workbook."""
    known = {sheet.name.lower() for sheet in formula.book.sheets}
    for quoted, plain in _SHEET.findall(formula.bare):
        name = quoted.replace("''", "'") or plain
        if name.lower() not in known:
            yield name


@rule("Excel does not open a file whose formula names a table's column that is not there", formulas)
def columns_are_there(formula: Formula) -> Iterator[str]:
    """The tables and columns that a formula names are there."""
    tables = {table.name.lower(): table for table in formula.book.tables}
    for name in named(formula.text):
        found = _COLUMNS.match(name)
        if not found:
            continue
        table = tables.get(found[1].lower())
        columns = [] if table is None else [one.lower() for one in table.columns]
        for inner in re.findall(r"\[([^\[\]]*)\]", found[2]) or [found[2]]:
            column = re.sub(r"'(.)", r"\1", inner).lower()
            if table is None or (column and not column.startswith("#") and column not in columns):
                yield name


@rule("Excel shows #NAME? where a name is not there", formulas)
def names_are_there(formula: Formula) -> Iterator[str]:
    """The names that a formula uses are there."""
    known = {str(one.get("name")).lower() for one in formula.book.names}
    known |= {table.name.lower() for table in formula.book.tables}
    local = _let(formula.text)
    for name in named(formula.text):
        bare = name.rpartition("!")[2]
        if not _COLUMNS.match(name) and not _AREA.fullmatch(bare.upper()) and bare.lower() not in known | local:
            yield name


def _let(text: str) -> set[str]:
    """The names that LET and LAMBDA give within a formula."""
    return {one.lower() for one in re.findall(r"_xlpm\.\w+", text)}
