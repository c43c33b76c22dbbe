"""The worksheet functions: thin, upper-case, range-aware. Their signatures are their only metadata."""

from xl_infusion.functions.published import *  # noqa: F403 - its __all__ is a list of names
from xl_infusion.functions.worksheet import FUNCTIONS as FUNCTIONS
from xl_infusion.functions.worksheet import Parameter as Parameter
from xl_infusion.functions.worksheet import WorksheetFunction as WorksheetFunction
