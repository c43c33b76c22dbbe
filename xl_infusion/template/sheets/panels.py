"""What the sheets of the model are put together from: labelled inputs, blocks of calculations, spilled grids.

Inputs are blue on cream, calculations dark on grey, what is spilled dark on white; a heading over each says which.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from openpyxl.utils import column_index_from_string
from openpyxl.worksheet.datavalidation import DataValidation
from openpyxl.worksheet.worksheet import Worksheet

from xl_infusion.spreadsheet.xlsx.grid import letters
from xl_infusion.template.style import (
    BAD,
    BAD_SOFT,
    BODY,
    BRAND,
    BRAND_MID,
    BRAND_PALE,
    CALC,
    LINE,
    MONEY,
    MUTED,
    NOTE,
    SECTION,
    TYPED,
    Look,
    Value,
    head,
    put,
    spill,
    when,
)

CENTS = BODY.but(across="right", format=MONEY)
CALCULATED = BODY.but(ground=CALC, lines="bottom")
#: Row looks of a spilled grid: where the formula (of its first row) is true, the look is.
RowLooks = Sequence[tuple[str, Mapping[str, object]]]


@dataclass(frozen=True, slots=True)
class Spilled:
    """A grid that one formula spills: its sheet, the row and column of its first heading, its columns.

    ``last``: the last row that formulas count. ``apart``: a column that is there only where a table calls for it -> the
    name of its group, which comes and goes together.
    """

    sheet: str
    anchor: int
    left: str
    columns: Sequence[str]
    last: int
    apart: Mapping[str, str] | None = None

    @property
    def first(self) -> int:
        """The row under the headings."""
        return self.anchor + 1

    @property
    def at(self) -> str:
        """The cell of the formula."""
        return f"{self.left}{self.anchor}"

    @property
    def right(self) -> str:
        """The letter of the last column."""
        return self.letter(self.columns[-1])

    def letter(self, name: str, back: int = 0) -> str:
        """The letter of a column, where all columns are there but ``back`` of those before it."""
        return letters(column_index_from_string(self.left) + list(self.columns).index(name) - back)

    def cell(self, name: str, row: int) -> str:
        """A cell of a column, as any sheet names it."""
        return f"{self.sheet}!${self.letter(name)}${row}"

    def below(self, name: str) -> str:
        """The cells of a column below its heading, as any sheet names them."""
        return self._cells(self.letter(name))

    def _cells(self, letter: str) -> str:
        return f"{self.sheet}!${letter}${self.first}:${letter}${self.last}"

    def found(self, name: str) -> str:
        """The cells of a column wherever it stands: what a name of the workbook means. #N/A where it is not there."""
        groups: dict[str, int] = {}
        for other in list(self.columns)[: list(self.columns).index(name)]:
            if group := (self.apart or {}).get(other):
                groups[group] = groups.get(group, 0) + 1
        gone = {0}
        for count in groups.values():
            gone |= {one + count for one in gone}
        places = [self.letter(name, back) for back in sorted(gone)]
        tests = "".join(f'IF({self.sheet}!${at}${self.anchor}="{name}",{self._cells(at)},' for at in places)
        return f"{tests}NA(){')' * len(places)}"

    def lay(self, sheet: Worksheet, formula: str, looks: Mapping[str, Look], rows: RowLooks = ()) -> None:
        """Writes the formula, the headings' looks, and what the rows look like, which are not known before."""
        for name in self.columns:
            head(looks.get(name, CENTS)).but(wrap=True).apply(sheet[f"{self.letter(name)}{self.anchor}"])
        # not the first: what it says while nothing is worked out runs on over the others
        spill(sheet, self.at, formula, head(looks.get(self.columns[0], BODY)))
        area = f"{self.left}{self.first}:{self.right}{self.last}"
        here = f"${self.left}{self.first}"
        sheet.conditional_formatting.add(
            f"{self.left}{self.anchor}:{self.right}{self.last}",
            when(f"ISERROR({self.left}{self.anchor})", ink=BAD, ground=BAD_SOFT, bottom=LINE),
        )
        for formula_, look in rows:
            sheet.conditional_formatting.add(area, when(formula_, **look))  # type: ignore[arg-type]
        sheet.conditional_formatting.add(area, when(f'{here}<>""', bottom=LINE))


def total_rows(grid: Spilled, name: str, text: str) -> tuple[str, Mapping[str, object]]:
    """The look of the rows that hold a total: those with ``text`` in a column."""
    return f'${grid.letter(name)}{grid.first}="{text}"', {"bold": True, "ink": BRAND, "ground": BRAND_PALE,
                                                          "top": BRAND_MID, "bottom": LINE}  # fmt: skip


def section(sheet: Worksheet, row: int, left: str, right: str, title: str, note: str = "") -> None:
    """A title over some columns, underlined; ``note`` says what kind of cells they are."""
    for column in range(column_index_from_string(left), column_index_from_string(right) + 1):
        SECTION.apply(sheet.cell(row, column))
    put(sheet, f"{left}{row}", title, SECTION)
    if note:
        put(sheet, f"{right}{row}", note, NOTE.but(across="right", lines="bottom", rule=BRAND_MID))


def field(
    sheet: Worksheet, at: tuple[str, str], name: str, value: Value, look: Look, choices: str = "", note: str = "",
    check: DataValidation | None = None,
) -> None:  # fmt: skip
    """A labelled cell: its name in the first of two cells, what is typed or worked out in the second.

    ``choices``: the list that it may be chosen from; another text warns. ``note``: what the cell says when chosen.
    """
    put(sheet, at[0], name, BODY.but(lines="bottom", indent=1))
    put(sheet, at[1], value, look)
    if choices:
        check = choose(sheet, at[1], choices)
    elif check is not None:
        check.add(at[1])
        sheet.add_data_validation(check)
    if check is not None and note:
        check.promptTitle, check.prompt, check.showInputMessage = name[:32], note, True


def choose(sheet: Worksheet, area: str, choices: str) -> DataValidation:
    """Offers a list for some cells; another text warns and may stand."""
    check = DataValidation(type="list", formula1=choices, allow_blank=True, showErrorMessage=True,
                           errorStyle="warning", errorTitle="Not in the list",
                           error="Not in the list to choose from. Keep it?")  # fmt: skip
    check.add(area)
    sheet.add_data_validation(check)
    return check


def limits(kind: str, least: float, most: float, error: str) -> DataValidation:
    """A number between two, both inclusive; another is refused."""
    return DataValidation(type=kind, operator="between", formula1=str(least), formula2=str(most), allow_blank=True,
                          showErrorMessage=True, errorStyle="stop", errorTitle="Please check", error=error)  # fmt: skip


def typed(format: str = "General", across: str = "center") -> Look:
    """The look of an input beside its label."""
    return TYPED.but(across=across, format=format, size=10.5)


def block(sheet: Worksheet, row: int, count: int, columns: Mapping[str, tuple[str, str, Look]]) -> None:
    """A block of calculations: letter -> heading, its one formula (``{r}`` is its row, ``{b}`` the one before it,
    ``{t}`` the one over the headings, ``{f}`` the first of the block, ``{l}`` the last), and its look."""
    for letter, (title, formula, look) in columns.items():
        put(sheet, f"{letter}{row}", title, head(look, MUTED))
        for at in range(row + 1, row + 1 + count):
            put(
                sheet,
                f"{letter}{at}",
                formula.format(r=at, b=at - 1, t=row - 1, f=row + 1, l=row + count),
                look.but(ground=CALC, lines="bottom"),
            )
    first, last = next(iter(columns)), list(columns)[-1]
    area = f"{first}{row + 1}:{last}{row + count}"
    sheet.conditional_formatting.add(area, when(f"ISERROR({first}{row + 1})", ink=BAD, ground=BAD_SOFT))
