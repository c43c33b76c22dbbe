"""The rows of a CSV text, read in one way whoever wrote it: CMS, a pharmacy's program, or we."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator


class WrongQuotes(Exception):
    """The text from a line on is no CSV: a quote lacks its other half, or stands within a cell. ``line``: which."""

    def __init__(self, line: int, said: csv.Error) -> None:
        super().__init__(str(said))
        self.line = line


def csv_rows(text: str, delimiter: str = ",") -> Iterator[tuple[int, list[str]]]:
    """Every row with the line that it begins on: a quoted cell may have several lines. Errors: `WrongQuotes`.

    >>> list(csv_rows('Payer,Note\\n"Acme","one\\ntwo"\\nB,three\\n'))
    [(1, ['Payer', 'Note']), (2, ['Acme', 'one\\ntwo']), (4, ['B', 'three'])]
    """
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    while True:
        line = reader.line_num + 1
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            raise WrongQuotes(line, error) from None
        yield line, cells
