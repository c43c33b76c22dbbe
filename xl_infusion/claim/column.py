"""What is declared of a column of a table that people type in: one record, out of which everything about it is made.

The reading of its cell, the heading with its note, how a cell looks, what typing it is checked for, and the row in
docs/tables.md. How a sheet does it (colors, formulas) is the workbook's affair (`xl_infusion.template.sheets`).
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import Literal

#: How a cell looks. ``as typed``: a number that is a name, zeros in front too; ``word``: a short text or number in the
#: middle; ``fine number``: with up to three decimals; ``rate``: US dollars with the decimals that it has.
Look = Literal["text", "as typed", "word", "number", "fine number", "day", "time", "share", "rate", "cents"]


@dataclass(frozen=True, slots=True)
class Listed:
    """A cell is one of a list: ``names``, a list of the sheet Lists, or "" for the words that the column takes.

    Another text is warned of and stays, or is refused where ``firm``. ``says``: the words of the warning. ``open``: the
    list has the usual ones of many more that are known, so that another text is as good and nothing is said.
    """

    says: str = ""
    names: str = ""
    firm: bool = False
    open: bool = False


@dataclass(frozen=True, slots=True)
class Limits:
    """A cell is a number between limits, both inclusive; another one is refused, in the words ``says``.

    ``letters``: the length of a text. ``over``: more than that, in place of ``least``. ``none``: that word too.
    """

    kind: Literal["whole", "decimal", "letters"]
    says: str
    least: int | Decimal | None = None
    most: int | Decimal | None = None
    over: int | None = None
    none: bool = False


@dataclass(frozen=True, slots=True)
class Written:
    """A cell is written in a certain way; another one is refused, in the words ``says``.

    ``amount``: a text, or a number over 0. ``day``: from 2000 on; ``later day``: and not before the cell left of it.
    ``item``: what the item left of it takes (Provider).
    """

    kind: Literal["amount", "text", "day", "later day", "time", "npi", "item"]
    says: str


Check = Listed | Limits | Written


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a table: its name, whether it must be there, synonyms, and what it takes.

    ``term``: the default of the reference that holds where the cell is blank; ``choices``: the words that it takes.

    On the sheet: ``width`` and ``look``, what is ``checked`` while typing (where it has choices and nothing else is
    said, those), the ``prompt`` of a chosen cell, the ``subject`` that begins with it in the band over the headings.
    """

    name: str
    needed: bool
    synonyms: tuple[str, ...]
    doc: str
    term: str = ""
    choices: tuple[str, ...] = ()
    width: float = 13
    look: Look = "text"
    checked: Check | None = None
    prompt: str = ""
    subject: str = ""


@dataclass(frozen=True, slots=True)
class Table:
    """A table of the workbook. ``one_of``: of these columns at least one must be there.

    ``hint``: the line under the title of its sheet; ``keys``: how many columns stay in view when it is scrolled.
    """

    name: str
    columns: tuple[Column, ...]
    one_of: tuple[str, ...] = ()
    hint: str = ""
    keys: int = 0

    def __getitem__(self, name: str) -> Column:
        return next(column for column in self.columns if column.name == name)
