"""A workbook of openpyxl's as bytes, in memory alone.

openpyxl itself writes every sheet to a temporary file first, which a process that is killed leaves behind, and which a
full folder of temporary files refuses.
"""

from __future__ import annotations

import io
from zipfile import ZIP_DEFLATED, ZipFile

from openpyxl import Workbook
from openpyxl.drawing.spreadsheet_drawing import SpreadsheetDrawing
from openpyxl.worksheet._writer import WorksheetWriter
from openpyxl.worksheet.worksheet import Worksheet
from openpyxl.writer.excel import ExcelWriter


class _InMemory(ExcelWriter):  # type: ignore[misc]
    def write_worksheet(self, ws: Worksheet) -> None:
        ws._drawing = SpreadsheetDrawing()
        ws._drawing.charts, ws._drawing.images = ws._charts, ws._images
        sheet = io.BytesIO()
        writer = WorksheetWriter(ws, sheet)
        writer.write()
        ws._rels = writer._rels
        self._archive.writestr(ws.path[1:], sheet.getvalue())
        self.manifest.append(ws)


def saved(book: Workbook) -> io.BytesIO:
    """The package of a workbook, as `Workbook.save` writes it."""
    data = io.BytesIO()
    _InMemory(book, ZipFile(data, "w", ZIP_DEFLATED, allowZip64=True)).save()
    return data
