"""TEXTJOIN and CONCAT, which the embedded engine does not do as Excel does."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping

from xl_infusion.spreadsheet.cell_error import ExcelError
from xl_infusion.spreadsheet.ironcalc.text import NotCalculable
from xl_infusion.spreadsheet.xlsx.values import MAX_TEXT, in_cell


def written(value: str | float | bool | None) -> str:
    """A value as Excel writes it into a text; dates are their numbers by now.

    Errors: `NotCalculable` for a number that Excel writes with an exponent.

    >>> written(0.1 + 0.2), written(8.0), written(True), written(None)
    ('0.3', '8', 'TRUE', '')
    """
    if value is None or isinstance(value, str):
        return value or ""
    if isinstance(value, bool):
        return str(value).upper()
    number = float(f"{value:.15g}")
    if number and not 1e-4 <= abs(number) < 1e15:
        raise NotCalculable("makes a text of a very large or small number")
    return f"{number:.15g}"


def functions(date1904: bool) -> Mapping[str, Callable[..., object]]:
    """The functions of Excel that are called here as ours are: single values, or rows of values, in their
    order.

    >>> text_join = functions(False)["TEXTJOIN"]
    >>> text_join(", ", True, [["S9502", None], ["", 1.5]], "x")
    'S9502, 1.5, x'
    >>> functions(False)["CONCAT"]("J", [[2185.0, None]])
    'J2185'
    """

    def text_join(delimiter: object = None, ignore_empty: object = True, *texts: object) -> object:
        between, pieces = list(_single(delimiter)), list(_single(list(texts)))
        for one in (*between, ignore_empty, *pieces):
            if isinstance(one, ExcelError):
                return one
        if isinstance(ignore_empty, str | list):
            return ExcelError("#VALUE!", "whether to ignore empty texts is TRUE or FALSE")
        spelt = [written(in_cell(one, date1904)) for one in pieces]
        if ignore_empty:
            spelt = [one for one in spelt if one]
        ends = [written(in_cell(one, date1904)) for one in between]
        found = "".join(one + ends[at % len(ends)] for at, one in enumerate(spelt[:-1])) + "".join(spelt[-1:])
        return found if len(found) <= MAX_TEXT else ExcelError("#VALUE!", "the text is too long for a cell")

    return {"TEXTJOIN": text_join, "CONCAT": lambda *texts: text_join("", False, *texts)}


def _single(value: object) -> Iterator[object]:
    if isinstance(value, list):
        for one in value:
            yield from _single(one)
    else:
        yield value
