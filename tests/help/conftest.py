"""Excel's published functions, as the tests of that host have them."""

from tests.hosts.conftest import excel, windows

__all__ = ["excel", "windows"]
