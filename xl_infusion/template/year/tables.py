"""Every table of the year, by its name."""

from __future__ import annotations

import datetime as dt
from functools import cache

from xl_infusion.template.examples import Row
from xl_infusion.template.year.contracts import PAYERS, SCENARIOS, costs, rates
from xl_infusion.template.year.orders import orders_and_visits

_PROVIDER: tuple[Row, ...] = (
    {"Item": "Name", "Value": "Example Home Infusion Pharmacy"},
    {"Item": "NPI", "Value": 1999999984},
    {"Item": "Accreditation", "Value": "ACHC", "From": dt.date(2022, 11, 1)},
    {"Item": "Filing date", "Value": dt.date(2026, 1, 15)},
)


@cache
def year() -> dict[str, tuple[Row, ...]]:
    """The rows of every table of the year. What was paid is worked out from the codes that are in use."""
    from xl_infusion.template.year.payments import remittance

    orders, visits = orders_and_visits()
    tables = {
        "Orders": orders, "Visits": visits, "Holds": (), "Payers": PAYERS, "Payer codes": (), "Own codes": (),
        "Rates": rates(), "Provider": _PROVIDER, "Costs": costs(), "Scenarios": SCENARIOS,
    }  # fmt: skip
    return {**tables, "Remittance": remittance(tables)}
