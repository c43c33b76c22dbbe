"""A help page for each worksheet function, and their index, as Markdown: all of it read off the functions themselves.

The function wizard, the IntelliSense file and the Office.js metadata say in a line what these pages say in full, and
link to them: `address`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from xl_infusion.functions import FUNCTIONS, WorksheetFunction
from xl_infusion.help import vba_names
from xl_infusion.help.formulas import Shown, cell_text, examples_of
from xl_infusion.spreadsheet.cell_error import EXCEL_ERRORS

#: Where the pages stand, for links: the address of their folder. While the project has no address on the web it is
#: their place as seen from the folder of the shipped workbooks.
BASE = "../docs/functions/"
#: The name of the index among the pages.
INDEX = "README.md"

#: Cells of a result that one line holds; a larger result is a table.
_IN_LINE = 8
#: Rows of a result's table, and those that are shown of a longer one.
_ROWS, _FIRST_ROWS = 26, 6

#: A host, and how a function is used there. Every host has every function; Excel's is the first.
_HOSTS = (
    ("Excel on Windows", "through xlwings; not verified in Excel itself"),
    (
        "Excel on a Mac, on the web, on Windows",
        "in xlwings Lite, or from an xlwings Server; not verified in Excel itself",
    ),
    ("LibreOffice Calc", "as an add-in"),
    ("A workbook without Excel", "`xl-infusion fill` computes the cells that call it"),
    ("Python", "`from xl_infusion import {name}`"),
)


_SAME = "The [same result](../parity.md) in each of them;"


def address(name: str, base: str = BASE, ending: str = ".md") -> str:
    """Where the help page of a function stands; ``base``: the address of the folder of the pages.

    >>> address("JUNITS", "https://example.org/functions")
    'https://example.org/functions/JUNITS.md'
    """
    return f"{base}{'' if not base or base.endswith('/') else '/'}{name}{ending}"


def pages(functions: Iterable[WorksheetFunction] = FUNCTIONS.values()) -> dict[str, str]:
    """Name of a file -> its text: the index, and a page for each function."""
    functions = tuple(functions)
    return {
        INDEX: index(functions),
        **{address(function.name, ""): page(function, functions) for function in functions},
    }


def index(functions: Iterable[WorksheetFunction] = FUNCTIONS.values()) -> str:
    """The index of the pages, by category."""
    lines = [
        "# The worksheet functions",
        "",
        "Each takes a cell or a range and gives one of the same shape, or spills a grid. What cannot be billed is a "
        "true Excel error, never a value: `#N/A` not in the reference or not in force on that date, `#NUM!` out of "
        "range, `#VALUE!` a wrong type or unit. Arguments in brackets may be left out.",
    ]
    for category, members in _by_category(functions).items():
        lines += ["", f"## {category}", "", "| function | gives |", "|---|---|"]
        lines += [_usage(one, "") for one in members]
    return "\n".join([*lines, "", _WRITTEN, ""])


def overview(base: str, functions: Iterable[WorksheetFunction] = FUNCTIONS.values()) -> str:
    """All functions in one table, by category; ``base``: the folder of their pages, as seen from where it stands."""
    lines = ["| | function | gives |", "|---|---|---|"]
    for category, members in _by_category(functions).items():
        for one in members:
            head = f"**{category}**" if one is members[0] else ""
            lines.append(f"| {head} {_usage(one, base)}")
    return "\n".join(lines)


def _usage(function: WorksheetFunction, base: str) -> str:
    """How a function is written, with the link to its page, and what it gives: two cells of a row."""
    return f"| [`{_cell(function.usage)}`]({address(function.name, base)}) | {_cell(_text(function.summary))} |"


def page(function: WorksheetFunction, functions: Iterable[WorksheetFunction] = FUNCTIONS.values()) -> str:
    """The help page of one function; ``functions``: those that have a page."""
    names = [other.name for other in functions]
    doc = function.doc

    def prose(text: str) -> str:
        return _linked(_text(text[:1].upper() + text[1:]), names, function.name)

    parts = [f"# {function.name}", prose(doc.summary), f"`={function.usage}`", prose(doc.remarks)]
    if function.parameters:
        parts += ["## Arguments", _arguments(function), prose(doc.takes)]
    parts += ["## Gives" if doc.gives else "", prose(doc.gives), _shape(function)]
    if doc.errors:
        heading = f"## Errors {doc.errors_of}".rstrip()
        parts += [heading, _errors(_linked(_text(doc.errors), names, function.name))]
    parts += ["## Examples", *_examples(function)]
    if doc.authority:
        parts += ["## Authority", prose(doc.authority)]
    parts += ["## Where it runs", _hosts(function), "## Related", _related(function, _by_category(functions))]
    return "\n\n".join([*filter(None, parts), _WRITTEN]) + "\n"


_WRITTEN = "<!-- written by make.py out of the functions' own signatures and docstrings: change them there -->"


def _arguments(function: WorksheetFunction) -> str:
    lines = ["| argument | takes |", "|---|---|"]
    for parameter in function.parameters:
        name = f"[{parameter.name}]" if parameter.optional else parameter.name
        lines.append(f"| `{name}` | {_cell(_text(parameter.doc))} |")
    return "\n".join(lines)


def _shape(function: WorksheetFunction) -> str:
    if function.spills:
        return "It spills: the cells to the right and below have to be free." if function.parameters else ""
    return "Where an argument is one value, a range gives one result for each of its cells, in the same shape."


def _errors(text: str) -> str:
    """What the errors are, one line each where each begins with its name."""
    told = re.split(r"; (?=`#)", text)
    return "\n".join(f"- {one}" for one in told)


def _examples(function: WorksheetFunction) -> list[str]:
    shown = examples_of(function)
    small = [one for one in shown if _size(one) <= _IN_LINE]
    parts = [_small(small)] if small else []
    for one in shown:
        if _size(one) > _IN_LINE:
            parts += [f"```text\n{one.formula}\n```", f"spills {_grid(one)}"]
    if function.example not in {one.formula for one in shown}:
        parts.append(f"On the sheet Functions of the workbook: `{function.example}`")
    if function.doc.examples:
        parts += ["In Python:", _in_python(function)]
    return parts


def _in_python(function: WorksheetFunction) -> str:
    """The examples of a function's docstring, as somebody would type them."""
    lines = [f">>> from xl_infusion import {function.name}"]
    for example in function.doc.examples:
        first, *rest = re.sub(r"\s*# doctest:.*", "", example.source).split("\n")
        lines += [f">>> {first}", *(f"... {line}".rstrip() for line in rest), *example.shows.splitlines()]
    return "\n".join(["```python", *lines, "", "```"])


def _size(shown: Shown) -> int:
    return sum(map(len, shown.rows))


def _small(shown: list[Shown]) -> str:
    """Formulas with results of few cells; a third column where a result is an error, with its reason."""
    why = any(one.reasons for one in shown)
    lines = ["| formula | gives |" + (" because |" if why else ""), "|---|---|" + ("---|" if why else "")]
    for one in shown:
        reason = f" {_cell(_text('; '.join(one.reasons)))} |" if why else ""
        lines.append(f"| `{_cell(one.formula)}` | `{_cell(one.result)}` |{reason}")
    return "\n".join(lines)


def _grid(shown: Shown) -> str:
    """A large result as a table, its first row the heading; of a long one the first rows."""
    head, *rows = shown.rows
    cut = rows if len(rows) <= _ROWS else rows[:_FIRST_ROWS]
    lines = [f"{len(shown.rows)} rows of {len(head)} cells:", "", _row(head), "|" + "---|" * len(head), *map(_row, cut)]
    if cut is not rows:
        lines += ["", f"and {len(rows) - len(cut)} more rows."]
    return "\n".join(lines)


def _row(cells: Iterable[object]) -> str:
    return f"| {' | '.join(_cell(_text('' if cell == '' else cell_text(cell))) for cell in cells)} |"


def _hosts(function: WorksheetFunction) -> str:
    lines = [f"- {host}: {how.format(name=function.name)}" for host, how in _HOSTS]
    names = [parameter.name for parameter in function.parameters]
    if other := [f"`{name}` is `{vba_names.identifier(name)}`" for name in names if vba_names.identifier(name) != name]:
        lines[0] += f"; in its function wizard {', '.join(other)}"
    return "\n".join([*lines, "", f"{_SAME} [what is verified where](../hosts.md)."])


def _related(function: WorksheetFunction, categories: dict[str, list[WorksheetFunction]]) -> str:
    others = [f"[{one.name}]({address(one.name, '')})" for one in categories[function.category] if one != function]
    near = f"{function.category}: {', '.join(others)}. " if others else ""
    return f"{near}[All functions]({INDEX})"


def _by_category(functions: Iterable[WorksheetFunction]) -> dict[str, list[WorksheetFunction]]:
    """The functions of each category, in the order of the functions."""
    found: dict[str, list[WorksheetFunction]] = {}
    for function in functions:
        found.setdefault(function.category, []).append(function)
    return found


_ERRORS = re.compile("|".join(map(re.escape, sorted(EXCEL_ERRORS))))


def _text(text: str) -> str:
    """Text as Markdown shows it: nothing in it is markup, but error values look like code."""
    return _ERRORS.sub(r"`\g<0>`", re.sub(r"[\\`*<\[\]]", r"\\\g<0>", text))


def _linked(text: str, names: Iterable[str], own: str) -> str:
    """Text with the names of other functions as links to their pages."""
    others = "|".join(name for name in names if name != own)
    return re.sub(rf"\b({others})\b", lambda found: f"[{found[1]}]({address(found[1], '')})", text) if others else text


def _cell(text: str) -> str:
    """Text, or code, in a cell of a table."""
    return text.replace("|", "\\|")
