"""Excel on Windows, through xlwings. This is the module to name in ``UDF_MODULES``: it has what `udfs` publishes."""

from __future__ import annotations

import sys

from xl_infusion.functions import FUNCTIONS

__all__ = list(FUNCTIONS)

if "xlwings" in sys.modules:  # it looks through what a module has; who only writes files need not wait for xlwings
    from xl_infusion.hosts.excel.udfs import *  # noqa: F403


def __getattr__(name: str) -> object:
    if name in FUNCTIONS:
        from xl_infusion.hosts.excel import udfs

        return getattr(udfs, name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
