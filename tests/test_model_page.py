"""docs/model.md, the analyst's five minutes: its scenario, typed as it stands there, comes to the figures it tells."""

from __future__ import annotations

import re

from tests import ROOT
from tests.template.test_model_sheets import table
from tests.worked.page import cells
from xl_infusion import BRIDGE
from xl_infusion.template.year import year

PAGE = (ROOT / "docs" / "model.md").read_text("utf-8")
WORK, CODES = ("Orders", "Visits", "Payers", "Rates"), ("Payer codes", "Own codes", "Holds")
#: The figures of step 4, in their order.
TOLD = re.compile(
    r"Model says ([\d,.]+) now, ([\d,.]+) under `Mine`: ([\d,.]+) more\..*"
    r"the\s+smaller second share takes ([\d,.]+), the per diem brings ([\d,.]+),",
    re.DOTALL,
)


def typed() -> list[list[object]]:
    """The table of step 1, as the function is given it."""
    lines = [line for line in PAGE.splitlines() if line.startswith("   | ")]
    return [list(cells(lines[0])), *(list(cells(line)) for line in lines[1:])]


def test_the_bridge_is_what_the_page_tells() -> None:
    found = TOLD.search(PAGE)
    assert found
    now, proposed, more, share, per_diem = (float(figure.replace(",", "")) for figure in found.groups())
    rows = year()
    work, codes = [[table(rows, name) for name in names] for names in (WORK, CODES)]
    header, *steps = BRIDGE(*work, typed(), "Mine", "Base", *codes)
    totals, contributions = [
        [step[header.index(name)] for step in steps if step[header.index(name)] != ""]
        for name in ("Total", "Contribution")
    ]
    assert (totals[0], totals[-1]) == (now, proposed)
    assert contributions == [-share, per_diem]
    assert round(proposed - now, 2) == round(per_diem - share, 2) == more
