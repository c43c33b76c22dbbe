"""xlwings as Windows has it, over the stand-ins, and workbooks that import its functions."""

from __future__ import annotations

from collections.abc import Iterator
from io import StringIO
from types import ModuleType
from typing import Any

import pytest

from tests.hosts.standins import pywin32
from tests.hosts.standins.excel import Book

UDF_MODULE = "xl_infusion.hosts.excel"


@pytest.fixture(scope="module")
def windows() -> Iterator[ModuleType]:
    """xlwings 0.37 with its Windows half, whether or not it was imported before."""
    with pywin32.windows() as xlwings:
        yield xlwings


@pytest.fixture
def excel(windows: ModuleType) -> Any:
    """The module that Excel's users name in UDF_MODULES, published to the stand-in."""
    import xl_infusion.hosts.excel

    return xl_infusion.hosts.excel


@pytest.fixture
def book(windows: Any, excel: Any) -> Book:
    """A workbook after "Import Functions": hardened wrappers."""
    made = Book()
    windows.udfs.import_udfs(UDF_MODULE, made)
    return made


@pytest.fixture
def soft_book(windows: Any, excel: Any) -> Book:
    """The same workbook with the wrappers as xlwings alone writes them."""
    made = Book()
    made.load(soft_wrappers(windows, excel, made))
    return made


def soft_wrappers(xlwings: Any, module: Any, book: Book) -> str:
    """What xlwings generates for a module before anything hardens it."""
    text = StringIO()
    text.write('#Const App = "Microsoft Excel"\n')
    xlwings.udfs.generate_vba_wrapper.__wrapped__(module.__name__, module, text, book)
    return text.getvalue()
