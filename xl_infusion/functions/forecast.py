"""The next months out of the past ones: patient-days, revenue and cash, and what such a forecast rests on."""

from __future__ import annotations

import datetime as dt
from typing import Annotated, Any

from xl_infusion.functions.arguments import (
    FIRST_TABLES,
    LAST_TABLES,
    MODEL,
    Holds,
    Orders,
    OwnCodes,
    PayerCodes,
    Payers,
    Rates,
    Visits,
    lone,
)
from xl_infusion.functions.cells import shown
from xl_infusion.functions.tables import Tables
from xl_infusion.functions.worksheet import table
from xl_infusion.model.columns import FORECAST
from xl_infusion.model.columns import FORECAST_BASIS as BASIS
from xl_infusion.rules.number import whole
from xl_infusion.spreadsheet.undisturbed import undisturbed

Months = Annotated[
    Any, {"doc": "Months to forecast, from the one after the last whole month of starts: 1 to 36. Left out: 12"}
]
Runs = Annotated[
    Any, {"doc": "Runs of the simulation: 100 to 5000. Left out: 500. Ten times the runs take ten times as long"}
]
Seed = Annotated[
    Any, {"doc": "A whole number from 1: the same seed gives the same figures, another one other draws. Left out: 1"}
]


@table(
    MODEL,
    f"=FORECAST_GRID({FIRST_TABLES},12,500,1,{LAST_TABLES})",
)
def FORECAST_GRID(
    orders: Orders,
    visits: Visits = None,
    payers: Payers = None,
    rates: Rates = None,
    months: Months = None,
    runs: Runs = None,
    seed: Seed = None,
    payer_codes: PayerCodes = None,
    own_codes: OwnCodes = None,
    holds: Holds = None,
) -> Any:
    """The next months if they go as the past ones did, spilled: starts, patient-days, revenue, cash, with their bands.

    In: the tables of CLAIM_GRID with Rates; how many months, how many runs, a seed. Out: a header row, the total and
    one row a month, US dollars. Starts a month, lengths of therapy and payments by day are drawn from the orders
    themselves; what known orders still bring stands in Known and is part of the rest. P10, P50, P90: a tenth, half,
    nine tenths of the runs come to no more; the percentiles of the total are those of its own runs.
    Errors (of the whole grid): #N/A no rates, fewer than 30 orders or 3 whole months of starts; #NUM! months, runs or
    seed out of range; a row that cannot be priced is its error, and the reason names the row.
    Authority: a bootstrap of the orders given: no trend, no season, no new payer; payment lag by Payment days.

    >>> orders = [["Order", "Patient", "Drug", "Dose", "Interval", "Start", "Days"]]
    >>> orders += [[i, f"P{i}", "ceftriaxone", "2 g", 24, f"2025-0{i % 3 + 1}-0{i % 9 + 1}", 10] for i in range(30)]
    >>> rates = [["Code", "Rate"], ["S9500", 100], ["J0696", 0.5]]
    >>> grid = FORECAST_GRID(orders, None, None, rates, 2)
    >>> for row in grid[:3]:
    ...     print(*row[1:5], row[8], row[9], row[13])
    Starts Patient-days P10 Patient-days P50 Patient-days P90 Revenue P90 Revenue mean Cash P90
    20 176 185 196 20384 19249.36 19760
    10 74 86 96 9984 8898.24 10400
    >>> FORECAST_GRID([["Order", "Patient", "Drug", "Dose", "Interval", "Start", "Days"],
    ...                [1, "P1", "ceftriaxone", "2 g", "daily", "2025-01-01", 10]], None, None,
    ...               [["Code", "Rate"], ["S9500", 100], ["J0696", 0.5]]).message[:56]
    'a forecast rests on 30 orders or more, and on 3 whole mo'
    """
    from xl_infusion.model import forecast as model
    from xl_infusion.model.history import history

    tables = Tables(orders, visits, payers, rates, payer_codes, own_codes, holds)
    with undisturbed():
        count = _whole(months, "months", 1, model.MOST_MONTHS, model.MONTHS)
        many = _whole(runs, "runs", model.LEAST_RUNS, model.MOST_RUNS, model.RUNS)
        start = _whole(seed, "seed", 1, model.MOST_SEED, model.SEED)
        with tables.claims() as found:
            past = history(found.work, found.all)
            forecast = model.forecast(past, count, many, start)
        grid: list[list[object]] = [[*FORECAST]]
        for row in forecast:
            days, revenue, cash = row.patient_days, row.revenue, row.cash
            cells = (
                row.starts, days.p10, days.p50, days.p90,
                row.revenue_known, revenue.p10, revenue.p50, revenue.p90, revenue.mean,
                row.cash_known, cash.p10, cash.p50, cash.p90, cash.mean,
                len(past.orders), row.why,
            )  # fmt: skip
            month = dt.date.fromordinal(row.first) if row.first else "Total"
            grid.append([month, *map(shown, cells)])
        return grid


@table(MODEL, f"=FORECAST_BASIS({FIRST_TABLES},{LAST_TABLES})")
def FORECAST_BASIS(
    orders: Orders,
    visits: Visits = None,
    payers: Payers = None,
    rates: Rates = None,
    payer_codes: PayerCodes = None,
    own_codes: OwnCodes = None,
    holds: Holds = None,
) -> Any:
    """What FORECAST_GRID rests on, spilled: starts a month, length of therapy, payment and days to pay, by therapy and
    by payer.

    In: the tables of CLAIM_GRID with Rates. Out: a header row, the total of all orders, one row a therapy and one row a
    payer: orders; starts in a whole month (mean, least, most); length of therapy in days (P10, median, P90, mean);
    expected payment of an order and of a day of therapy, US dollars; Days to pay from the last day of a line, the mean
    of the dollars.
    Errors (of the whole grid): those of FORECAST_GRID.
    Authority: counts of the orders given; percentiles by nearest rank.

    >>> orders = [["Order", "Patient", "Drug", "Dose", "Interval", "Start", "Days"]]
    >>> orders += [[i, f"P{i}", "ceftriaxone", "2 g", 24, f"2025-0{i % 3 + 1}-0{i % 9 + 1}", 10] for i in range(30)]
    >>> for row in FORECAST_BASIS(orders, None, None, [["Code", "Rate"], ["S9500", 100], ["J0696", 0.5]])[:3]:
    ...     print(*row[1:6], *row[9:13])
    Group Orders Starts mean Starts least Starts most Days mean Expected an order Expected a day Days to pay
    Total 30 10 10 10 10 1040 104 30
    anti-infective 30 10 10 10 10 1040 104 30
    >>> FORECAST_BASIS([["Order", "Patient", "Drug", "Dose", "Interval", "Start", "Days"],
    ...                 [1, "P1", "ceftriaxone", "2 g", "daily", "2025-01-01", 10]], None, None,
    ...                [["Code", "Rate"], ["S9500", 100], ["J0696", 0.5]]).message[80:]
    'here are 1 and 0: give a longer history'
    """
    from xl_infusion.model.basis import basis
    from xl_infusion.model.history import history

    tables = Tables(orders, visits, payers, rates, payer_codes, own_codes, holds)
    with undisturbed(), tables.claims() as found:
        grid: list[list[object]] = [[*BASIS]]
        for row in basis(history(found.work, found.all)):
            cells = (row.by, row.group, row.orders, *row.starts, *row.length, row.an_order, row.a_day, row.days_to_pay,
                     row.why)  # fmt: skip
            grid.append([*map(shown, cells)])
        return grid


def _whole(value: object, what: str, least: int, most: int, otherwise: int) -> int:
    """A whole number out of a lone cell; blank is the default. Errors: `CellError`, `WrongInput`, `OutOfRange`."""
    cell = lone(value, what)
    return otherwise if cell is None else whole(cell, what, least, most)
