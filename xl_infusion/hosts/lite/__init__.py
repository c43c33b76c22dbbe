"""xlwings Lite, which runs Python in Excel's task pane: `from xl_infusion.hosts.lite import *` ends a ``main.py``."""

from __future__ import annotations

from xl_infusion.functions import FUNCTIONS

__all__ = list(FUNCTIONS)


def __getattr__(name: str) -> object:
    if name in FUNCTIONS:  # who only writes files need not wait for xlwings
        from xl_infusion.hosts.lite import functions

        return getattr(functions, name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
