"""Spilled formulas in Calc: as large as their result, and their texts such that they compare.

Calc does not spill: a formula that gives rows fills the range it was entered in, and what does not fit is not shown.
And the texts in what an add-in gives compare with no other text (LibreOffice 25.2: COUNTIF, MATCH, = and IF come out
wrong, without a sign). So after a document was calculated, every array formula that calls one of our functions is put
into another formula, one that makes each text Calc's own and shows #N/A all over when the result does not fit; and
where it does not fit, or leaves rows over, the range is made as large as the result, where the cells are free. Before
the document is saved the formulas are put back as they were: no file has the one around them.
"""

from __future__ import annotations

import contextlib
import logging
import re
from collections.abc import Iterator
from typing import Any

from xl_infusion.hosts.calc.interface import SERVICE

log = logging.getLogger(__name__)

#: Events of a document: before it is written, and afterwards.
BEFORE_SAVING = frozenset({"OnSave", "OnSaveAs", "OnCopyTo"})
SAVED = frozenset(f"{event}{how}" for event in BEFORE_SAVING for how in ("Done", "Failed"))

_NAME = "xl_infusion_rows"
_OURS = f"{SERVICE.upper()}."
_WRAPPED = re.compile(
    rf"LET\({_NAME};(?P<formula>.*);IF\(OR\(IFERROR\(ROWS\({_NAME}\);1\)>.*", re.DOTALL | re.IGNORECASE
)
#: com.sun.star.sheet.FormulaResult: VALUE, STRING and ERROR.
_ANY_RESULT = 7
#: com.sun.star.sheet.CellFlags: VALUE, DATETIME, STRING and FORMULA.
_CONTENT = 1 | 2 | 4 | 16
_NOT_AVAILABLE = 32767
#: Two numbers in one: how many rows and columns a result has.
_MANY = 100_000


def wrapped(formula: str, rows: int, columns: int) -> str:
    """The formula that stands around ours while a document is open, in a range of that many rows and columns.

    A lone text, as IF may give it in place of our rows, has no ROWS in Calc but an error.

    >>> print(wrapped("CODES()", 2, 3).replace("xl_infusion_rows", "x"))
    =LET(x;CODES();IF(OR(IFERROR(ROWS(x);1)>2;IFERROR(COLUMNS(x);1)>3);NA();IF(ISTEXT(x);x&"";x)))
    >>> unwrapped(wrapped("CODES()", 2, 3))
    'CODES()'
    """
    fits = f"OR(IFERROR(ROWS({_NAME});1)>{rows};IFERROR(COLUMNS({_NAME});1)>{columns})"
    return f'=LET({_NAME};{formula};IF({fits};NA();IF(ISTEXT({_NAME});{_NAME}&"";{_NAME})))'


def unwrapped(formula: str) -> str | None:
    """Our formula out of the one around it; None for a formula that has none around it."""
    found = _WRAPPED.fullmatch(formula.removeprefix("="))
    return found["formula"] if found else None


def keep(document: Any) -> None:
    """Every array formula of ours inside the other one, and as large as its result.

    A document that is open to read only, and a protected sheet, stay as they are: Calc lets nobody change them.
    """
    if document.isReadonly():
        return
    todo = []
    for sheet, place, formula in _arrays(document):
        inner = unwrapped(formula)
        if inner is None or _misfits(sheet, place):
            todo.append((sheet, place, formula if inner is None else inner))
    if todo:
        with _unnoticed(document):
            for sheet, place, formula in todo:
                _enter(_fitted(sheet, place, formula), formula)
            document.calculateAll()  # COUNTIFS may have kept what it counted while the range was empty


def draw_again(document: Any) -> None:
    """Has every chart drawn of what its cells say now.

    Calculating all tells no chart: it would show for ever what stood in the cells before, when a total compared with
    no "Total". Changed and changed back, this property of a chart makes it look at its cells again.
    """
    if document.isReadonly():
        return
    modified = document.isModified()
    for sheet in document.getSheets():
        charts = sheet.getCharts()
        for name in charts.getElementNames():
            diagram = charts.getByName(name).getEmbeddedObject().getFirstDiagram()
            with_hidden = diagram.IncludeHiddenCells
            for one in (not with_hidden, with_hidden):
                diagram.IncludeHiddenCells = one
    if document.isModified() != modified:
        document.setModified(modified)


def put_back(document: Any) -> None:
    """Every array formula of ours as it is in a file."""
    if document.isReadonly():
        return
    todo = [(place, inner) for _, place, formula in _arrays(document) if (inner := unwrapped(formula)) is not None]
    if todo:
        with _unnoticed(document):
            for place, formula in todo:
                place.setArrayFormula(f"={formula}")


@contextlib.contextmanager
def _unnoticed(document: Any) -> Iterator[None]:
    """Meanwhile nothing is painted, and the document does not come to be modified by what is done.

    It is undone with the step before it; Calc does not let a step with an array formula be left out altogether.
    """
    modified = document.isModified()
    undo = document.getUndoManager()
    hidden = undo.isUndoPossible()
    if hidden:
        undo.enterHiddenUndoContext()
    document.lockControllers()
    try:
        yield
    finally:
        document.unlockControllers()
        if hidden:
            undo.leaveUndoContext()
        else:
            with contextlib.suppress(_still_open()):  # by a macro, say: what is done here is then a part of its step
                undo.clear()
        if document.isModified() != modified:
            document.setModified(modified)


def _still_open() -> type[Exception]:
    """What the undo manager says to being cleared while a step is being made; only LibreOffice's Python has it."""
    from com.sun.star.document import UndoContextNotClosedException

    found: type[Exception] = UndoContextNotClosedException
    return found


def _arrays(document: Any) -> list[tuple[Any, Any, str]]:
    """Every range with an array formula of ours that can be changed, its sheet, and the formula without its braces."""
    sheets = [sheet for sheet in document.getSheets() if not sheet.isProtected()]
    return [(sheet, *found) for sheet in sheets for found in _arrays_of(sheet)]


def _arrays_of(sheet: Any) -> Iterator[tuple[Any, str]]:
    for area in sheet.queryFormulaCells(_ANY_RESULT).getRangeAddresses():
        whole = sheet.getCellRangeByPosition(area.StartColumn, area.StartRow, area.EndColumn, area.EndRow)
        first = _array_at(sheet, area.StartColumn, area.StartRow)
        if first is not None and first.AbsoluteName == whole.AbsoluteName:  # no need to look at thousands of cells
            lines: Any = ((whole.getCellByPosition(0, 0).getFormula(),),)
        else:
            lines = whole.getFormulaArray()
        known = set()
        for i, line in enumerate(lines):
            for j, formula in enumerate(line):
                if formula[:2] != "{=" or _OURS not in formula:
                    continue
                place = _array_at(sheet, area.StartColumn + j, area.StartRow + i)
                if place is not None and place.AbsoluteName not in known:
                    known.add(place.AbsoluteName)
                    yield place, formula[2:-1]


def _array_at(sheet: Any, column: int, row: int) -> Any:
    """The range of the array formula that a cell belongs to, None where it belongs to none."""
    cell = sheet.getCellByPosition(column, row)
    if cell.getFormula()[:2] != "{=":
        return None
    place = sheet.createCursorByRange(cell)
    place.collapseToCurrentArray()
    return place


def _misfits(sheet: Any, place: Any) -> bool:
    """True where the result does not fit, or does not fill the last row or the last column: all #N/A."""
    area = place.getRangeAddress()
    corner = sheet.getCellByPosition(area.EndColumn, area.EndRow)
    if corner.getError() != _NOT_AVAILABLE:
        return False
    row = range(area.StartColumn, area.EndColumn + 1)
    column = range(area.StartRow, area.EndRow + 1)
    return all(sheet.getCellByPosition(x, area.EndRow).getError() == _NOT_AVAILABLE for x in row) or all(
        sheet.getCellByPosition(area.EndColumn, y).getError() == _NOT_AVAILABLE for y in column
    )


def _fitted(sheet: Any, place: Any, formula: str) -> Any:
    """The range for a formula: as large as its result, or as it is where a cell is in the way."""
    area = place.getRangeAddress()
    was = sheet.getCellRangeByPosition(area.StartColumn, area.StartRow, area.EndColumn, area.EndRow)
    rows, columns = divmod(_size(sheet, formula), _MANY)
    if not rows or (rows, columns) == (area.EndRow - area.StartRow + 1, area.EndColumn - area.StartColumn + 1):
        return was
    last = area.StartColumn + columns - 1, area.StartRow + rows - 1
    if last[0] >= sheet.getColumns().getCount() or last[1] >= sheet.getRows().getCount():
        return was
    wanted = sheet.getCellRangeByPosition(area.StartColumn, area.StartRow, *last)
    was.setArrayFormula("")  # takes long for thousands of rows: only where it is another range
    return was if wanted.queryContentCells(_CONTENT).getRangeAddresses() else wanted


def _size(sheet: Any, formula: str) -> int:
    """How many rows and columns a formula gives, worked out in the last cell of the sheet; 0 where it fails."""
    scratch = sheet.getCellByPosition(sheet.getColumns().getCount() - 1, sheet.getRows().getCount() - 1)
    if scratch.getFormula():
        return 0
    shape = f"ROWS({_NAME})*{_MANY}+COLUMNS({_NAME})"
    scratch.setFormula(f"=LET({_NAME};{formula};IFERROR({shape};IF(ISTEXT({_NAME});{_MANY + 1};NA())))")
    size = 0 if scratch.getError() else int(scratch.getValue())
    scratch.setFormula("")
    return size


def _enter(place: Any, formula: str) -> None:
    area = place.getRangeAddress()
    rows, columns = area.EndRow - area.StartRow + 1, area.EndColumn - area.StartColumn + 1
    place.setArrayFormula(wrapped(formula, rows, columns))


class _Keeping:
    """Keeps the formulas of a document, as soon as LibreOffice has a moment; ``later`` calls `notify` then.

    The names of its methods are those of UNO's XCallback and XDocumentEventListener.
    """

    def __init__(self, document: Any, later: Any, known: dict[Any, Any]) -> None:
        self.document, self.later, self.known = document, later, known
        self.busy = False

    def calculated(self) -> None:
        """The document was calculated, or a part of it: once for all of it is enough."""
        if not self.busy:
            self.busy = True
            self.later.addCallback(self, None)

    def notify(self, data: Any) -> None:
        self._do(draw_again if data else keep)
        if not data:
            self.later.addCallback(self, True)  # when all of it is calculated

    def documentEventOccured(self, event: Any) -> None:
        if event.EventName in BEFORE_SAVING:
            self._do(put_back)
            self.busy = True  # what is calculated while it is saved changes nothing
        elif event.EventName in SAVED:
            self.notify(None)

    def disposing(self, source: Any) -> None:
        self.known.pop(self.document, None)

    def _do(self, what: Any) -> None:
        self.busy = True
        try:
            what(self.document)
        except Exception as error:  # a protected sheet, a document that was closed
            log.error("the array formulas stay as they are: %s", type(error).__name__)
        finally:
            self.busy = False


def keeper(context: Any) -> Any:
    """What is told of each document that was calculated: ``keeper(context)(document)``.

    Only LibreOffice's Python can make it. While Calc calculates no formula can be changed: it is done as soon as
    LibreOffice has a moment, once for all calls of one calculation.
    """
    import unohelper
    from com.sun.star.awt import XCallback
    from com.sun.star.document import XDocumentEventListener

    class Keeper(_Keeping, unohelper.Base, XCallback, XDocumentEventListener):  # type: ignore[misc]
        """`_Keeping` as LibreOffice takes it."""

    later = context.ServiceManager.createInstanceWithContext("com.sun.star.awt.AsyncCallback", context)
    known: dict[Any, Keeper] = {}

    def calculated(document: Any) -> None:
        if document not in known:
            known[document] = Keeper(document, later, known)
            document.addDocumentEventListener(known[document])
        known[document].calculated()

    return calculated
