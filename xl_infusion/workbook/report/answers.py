"""What the functions answer over a workbook's tables, section by section.

Every figure is one that a function gave; an error is kept as it came, with its reason.
"""

from __future__ import annotations

from xl_infusion.functions import XL_INFUSION_VERSION
from xl_infusion.workbook.report.ask import Ask
from xl_infusion.workbook.report.contracts import bridge, scenarios, terms
from xl_infusion.workbook.report.expected import basis, expected, facts
from xl_infusion.workbook.report.months import forecast, paid
from xl_infusion.workbook.report.parts import Report, Tile
from xl_infusion.workbook.report.tables import Tables


def report(tables: Tables, workbook: str, scenario: str | None = None) -> Report:
    """All sections. ``scenario``: the one held against the contracts as they are; None: the one chosen on Model.

    Errors: `NoScenario`. Whatever else goes wrong is told in its section.
    """
    ask, tiles = Ask(tables, scenario), list[Tile]()
    sections = [
        basis(ask),
        expected(ask, tiles),
        scenarios(ask, tiles),
        bridge(ask),
        terms(ask),
        forecast(ask, tiles),
        paid(ask, tiles),
    ]
    span, found = facts(ask)
    return Report(workbook, span, found, tiles, sections, XL_INFUSION_VERSION())
