"""Parameters that several functions share, each described once."""

from __future__ import annotations

import datetime as dt
from typing import Annotated, Any

from xl_infusion.rules import day as day_rule

Interval = Annotated[Any, {"doc": "Hours between doses: 8, q8h, BID, daily, q48h, continuous"}]
Rank = Annotated[Any, {"doc": "1 the first therapy of the day, 2 the second concurrent one, 3 and up the further ones"}]
Date = Annotated[Any, {"doc": "Date of service; left out: the newest code in force in the reference"}]
Drug = Annotated[Any, {"doc": "A drug's name, brand or short form, or its HCPCS code"}]
Ndc = Annotated[
    Any, {"doc": "NDC of the product: CMS's imported crosswalk tells its drug and maker, and drug may then be blank"}
]
Code = Annotated[Any, {"doc": "A HCPCS code, 99601 or 99602, or a modifier"}]


def blank(cell: object) -> bool:
    """True for a blank cell, and for the 0 that some hosts give for one."""
    return cell is None or (isinstance(cell, (int, float)) and not isinstance(cell, bool) and cell == 0)


def day(cell: object) -> dt.date | None:
    """The date of service of a cell; blank is None."""
    return None if blank(cell) else day_rule.parse(cell)
