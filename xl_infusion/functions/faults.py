"""What happens when a function fails as no rule foresaw: one error value, and a line in the log that can be reported.

The text of an exception may quote a cell, so neither has it: they tell the function, the exception's kind and the
place in the program.
"""

from __future__ import annotations

import logging
import traceback
from pathlib import Path

from xl_infusion.errors import ExcelError, ReferenceTableError

#: Where a fault is told; the project's own tests fail where one is.
LOG = logging.getLogger(__name__)


def fault(name: str, error: Exception) -> ExcelError:
    """The error value of function ``name``, which is told in the log too.

    >>> LOG.disabled = True
    >>> try:
    ...     {}["Jane Roe"]
    ... except KeyError as error:
    ...     shown = fault("JCODE", error)
    >>> LOG.disabled = False
    >>> print(shown, shown.message)
    #VALUE! a fault of xl_infusion itself (JCODE, KeyError), of nothing that was entered: please report this sentence
    """
    LOG.error("%s", _report(name, error))
    what = f"a fault of xl_infusion itself ({name}, {type(error).__name__}), of nothing that was entered"
    return ExcelError("#VALUE!", f"{what}: please report this sentence")


def _report(name: str, error: Exception) -> str:
    """What failed and where."""
    found = traceback.extract_tb(error.__traceback__)
    frames = [f"{Path(frame.filename).name}:{frame.lineno} {frame.name}" for frame in found]
    places = " < ".join(reversed(frames[1:] or frames))
    what = str(error) if isinstance(error, ReferenceTableError) else type(error).__name__
    return f"{name} shows #VALUE!: {what} at {places}. Please report it with this line."
