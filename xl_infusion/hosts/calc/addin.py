"""What runs in LibreOffice's own Python: a UNO component with a method for each worksheet function.

Nothing but the standard library and LibreOffice's ``uno`` is there; ``uno`` is imported when the component is made, so
that this module can be read and tested anywhere.
"""

from __future__ import annotations

import functools
import logging
from collections.abc import Callable
from typing import Any

from xl_infusion.functions import FUNCTIONS, WorksheetFunction
from xl_infusion.functions.faults import fault
from xl_infusion.hosts.calc.arrays import keeper
from xl_infusion.hosts.calc.cells import from_calc, nan_of, to_calc
from xl_infusion.hosts.calc.interface import INTERFACE, MODULE, ROWS, SERVICE, gives_rows

log = logging.getLogger(__name__)

#: The name of the component.
IMPLEMENTATION = "org.xlinfusion.Functions"

#: The day that Calc counts from, as documents of Calc and Excel have it: 30 December 1899.
_DAY_ZERO = (1899, 12, 30)


def call_of(
    function: WorksheetFunction, array: Callable[[object], object], calculated: Callable[[object], None]
) -> Callable[..., object]:
    """``function`` as Calc calls it: the last argument is the document, the result is never an exception.

    ``array`` makes rows of cells what the type ``any`` can hold; ``calculated`` is told of each document in which
    a function gave rows. A failure that no rule foresaw is #VALUE!, and so
    is every result in a document that counts its days from another day than 30 December 1899 (1904, in old workbooks
    of the Mac): its dates would be read four years early. What failed and where goes to the log, without any cell's
    content.
    """
    rows = gives_rows(function)

    def call(component: object, *arguments: Any) -> object:
        *cells, document = arguments
        while cells and cells[-1] is None:  # left out: Calc fills up to the last one, and a blank cell is none of these
            cells.pop()
        try:
            day = document.getPropertyValue("NullDate")
            if (day.Year, day.Month, day.Day) != _DAY_ZERO:
                log.error(
                    "%s shows #VALUE!: the document counts its days from another day: choose 12/30/1899 in "
                    "Tools > Options > LibreOffice Calc > Calculate", function.name,
                )  # fmt: skip
                result: object = nan_of("#VALUE!")
            else:
                result = to_calc(function.call(*map(from_calc, cells)))
        except Exception as error:
            result = nan_of(fault(function.name, error))
        if isinstance(result, tuple):
            calculated(document)
        if rows:
            return result if isinstance(result, tuple) else ((result,),)
        return array(result) if isinstance(result, tuple) else result

    call.__name__ = call.__qualname__ = function.name
    return call


def component() -> Any:
    """What LibreOffice's loader of Python components asks for; only LibreOffice's Python can make it."""
    import uno
    import unohelper
    from com.sun.star.lang import XServiceInfo
    from com.sun.star.sheet import XVolatileResult

    class Array(unohelper.Base, XVolatileResult):  # type: ignore[misc]
        """Rows of cells where ``any`` is declared: Calc asks for them, and is told at once.

        Python cannot return them as what they are (an ``any`` loses the type of its rows), but the value of an event
        can have a type.
        """

        def __init__(self, rows: object) -> None:
            self.rows = rows

        def addResultListener(self, listener: Any) -> None:
            event = uno.createUnoStruct("com.sun.star.sheet.ResultEvent")
            event.Source = self
            event.Value = uno.Any(ROWS, self.rows)
            listener.modified(event)

        def removeResultListener(self, listener: Any) -> None:
            """Nothing more is told to anybody."""

    # Calc keeps every one that it was given as long as the document is open: equal rows are one
    array = functools.lru_cache(maxsize=256)(Array)
    calculated = keeper(uno.getComponentContext())
    members: dict[str, object] = {
        "__init__": lambda self, context: None,
        "getImplementationName": lambda self: IMPLEMENTATION,
        "supportsService": lambda self, name: name == SERVICE,
        "getSupportedServiceNames": lambda self: (SERVICE,),
        **{function.name: call_of(function, array, calculated) for function in FUNCTIONS.values()},
    }
    bases = (unohelper.Base, uno.getClass(".".join((*MODULE, INTERFACE))), XServiceInfo)
    helper = unohelper.ImplementationHelper()
    helper.addImplementation(type("Functions", bases, members), IMPLEMENTATION, (SERVICE,))
    return helper
