"""Whatever stands in a cell: never an exception, never a number or text for something unknown, never NaN."""

from __future__ import annotations

import datetime as dt
import math
import random
import string
from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest

from xl_infusion import (
    CLAIM_CHECKS,
    CODE_INFO,
    DOSES_PER_DAY,
    EXPLAIN,
    JCODE,
    JUNITS,
    MEDICARE_PAYS,
    PERDIEM_CODE,
    PERDIEM_MODIFIER,
    PERDIEM_RANK,
    PERDIEM_RATE,
    VISIT_UNITS,
    ExcelError,
)
from xl_infusion.claim import TABLES
from xl_infusion.claim.checks import CHECKS
from xl_infusion.spreadsheet.cell_error import EXCEL_ERRORS

GOOD = [
    "meropenem",
    "vanco",
    "J2185",
    "q8h",
    "BID",
    "daily",
    "1 g",
    "2.5 million units",
    "TPN",
    8,
    12,
    500,
    45839,
    1,
    2,
    210,
]
ODD: list[Any] = [
    None, "", " ", "\t\n", "#N/A", "#VALUE!", "#DIV/0!", ExcelError("#REF!"), True, False, 0, 0.0, -0.0, -1, -8.5, 0.125,
    1 / 3, 1e-300, 1e300, 2**63, -(10**30), float("inf"), float("-inf"), float("nan"), Decimal("NaN"), Decimal("1e999"),
    dt.date(2025, 7, 1), dt.datetime(2025, 7, 1, 8, 30), dt.time(8), dt.timedelta(hours=8), dt.date.min, dt.date.max,
    "٣", "q٨h", "８", "१ g", "1٫5 g", "Ⅷ", "²", "½ g", "1e3", "1_000", "0x10", "+8", "-1 g", "nan", "inf", "Infinity", "None",
    "TRUE", "1,5 g", "1.000,50", "1,00 mg", "1 kg", "15 mg/kg", "10%", "1 g/h", "8:00", "08:00:00", "q0h", "q-8h", "q1e3h",
    "every 0 hours", "0 mg", "0.0000001 mcg", "999999999999 g", "12345678901234567890 mg", "g", "mg", "q", "every", "every hours",
    "q8h q12h", "8 or 12", "2025-02-30", "13/13/2025", "1/1/25", "20250701", "J99999", "S9", "Z0000", "99601", "SH", "=1+1",
    "a" * 5000, "1" * 400, "\x00", "\ud800", "💉", "vancomycin٣", "meropenum", "'; DROP TABLE", object(), b"8", {}, complex(1, 2),
]  # fmt: skip


def cells(count: int, seed: int) -> list[Any]:
    chooser = random.Random(seed)
    alphabet = string.printable + "µ٣८８½ⅧéĀ中\u200b\u00a0"
    out: list[Any] = []
    for _ in range(count):
        kind = chooser.random()
        if kind < 0.3:
            out.append(chooser.choice(ODD))
        elif kind < 0.45:
            out.append(chooser.choice(GOOD))
        elif kind < 0.7:
            out.append("".join(chooser.choices(alphabet, k=chooser.randint(0, 12))))
        elif kind < 0.8:
            out.append(
                chooser.choice(["q", "every ", "", "x"])
                + str(chooser.randint(-3, 400))
                + chooser.choice(["h", " g", " mg", "d", ""])
            )
        elif kind < 0.9:
            out.append(chooser.uniform(-10, 10) * 10 ** chooser.randint(-20, 20))
        else:
            out.append(chooser.randint(-(10**6), 10**6))
    return out


def is_value(result: Any, kinds: tuple[type, ...]) -> bool:
    if isinstance(result, bool):
        return bool in kinds
    return isinstance(result, kinds) and not (isinstance(result, float) and not math.isfinite(result))


#: function, how many cells it takes, whether a result that is no error is right in kind
FUNCTIONS: list[tuple[Callable[..., Any], int, Callable[[Any], bool]]] = [
    (PERDIEM_CODE, 4, lambda r: isinstance(r, str) and len(r) == 5 and r[0] == "S"),
    (PERDIEM_MODIFIER, 1, lambda r: r in ("", "SH", "SJ")),
    (PERDIEM_RANK, 1, lambda r: is_value(r, (int,)) and r >= 1),
    (PERDIEM_RATE, 3, lambda r: is_value(r, (int, float)) and r >= 0),
    (DOSES_PER_DAY, 1, lambda r: is_value(r, (int, float)) and r > 0),
    (JCODE, 2, lambda r: isinstance(r, str) and len(r) == 5 and r[1:].isdigit()),
    (JUNITS, 3, lambda r: is_value(r, (int,)) and r >= 1),
    (VISIT_UNITS, 2, lambda r: (r[0][0] == 1 and is_value(r[0][1], (int,))) or isinstance(r[0][0], ExcelError)),
    (MEDICARE_PAYS, 1, lambda r: r is True or r is False),
    (CODE_INFO, 3, lambda r: is_value(r, (str, int, float, dt.date))),
]  # fmt: skip


@pytest.mark.slow
@pytest.mark.parametrize(("function", "count", "right"), FUNCTIONS, ids=lambda x: getattr(x, "__name__", ""))
def test_ten_thousand_rows_of_cells(function: Callable[..., Any], count: int, right: Callable[[Any], bool]) -> None:
    columns = [cells(10_000, seed) for seed in range(count)]
    for arguments in zip(*columns, strict=True):
        result = function(*arguments)
        if isinstance(result, ExcelError):
            assert result in EXCEL_ERRORS, (arguments, result)
            continue
        assert right(result), (arguments, result)


@pytest.mark.parametrize(("function", "count", "right"), FUNCTIONS, ids=lambda x: getattr(x, "__name__", ""))
def test_a_blank_is_never_a_number(function: Callable[..., Any], count: int, right: Callable[[Any], bool]) -> None:
    result = function(*[None] * count)
    while isinstance(result, list):
        result = result[0]
    assert result in ("#VALUE!", "#NUM!", "#N/A") and isinstance(result, ExcelError) and result.message


def tables_of(columns: dict[str, list[list[Any]]], at: int, size: int) -> list[list[list[Any]]]:
    """Every table of a claim, in the order of CLAIM_CHECKS, filled with rows of arbitrary cells."""
    found = {
        table.name: [[column.name for column in table.columns], *(list(row) for row in zip(*cells, strict=True))]
        for table, cells in ((table, [cells[at : at + size] for cells in columns[table.name]]) for table in TABLES)
    }
    return [found[name] for name in ("Orders", "Visits", "Payers", "Rates", "Provider", "Payer codes", "Own codes")]


@pytest.mark.slow
def test_tables_of_arbitrary_cells_are_checked_and_explained() -> None:
    count, size = 240, 8
    columns = {
        table.name: [cells(count, seed * 100 + at) for at, _ in enumerate(table.columns)]
        for seed, table in enumerate(TABLES, start=1)
    }
    for at in range(0, count, size):
        given = tables_of(columns, at, size)
        found = CLAIM_CHECKS(*given)
        assert not isinstance(found, ExcelError), (found, found.message)
        for severity, kind, sheet, row, _, first, last, wrong, remedy, count, *_ in found[1:]:
            assert count >= 1
            assert (severity, remedy) == (CHECKS[kind].severity, CHECKS[kind].remedy)
            assert sheet in columns and isinstance(row, int) and row >= 1
            assert wrong and (first == last == "" or first <= last)
        for row in given[0][1:]:
            orders, visits, payers, rates, _, payer_codes, own_codes = given
            steps = EXPLAIN(row[0], orders, visits, payers, rates, payer_codes, own_codes)
            if isinstance(steps, ExcelError):
                assert steps in EXCEL_ERRORS and steps.message
            else:
                assert len(steps) > 2 and all(isinstance(cell, str) and cell for step in steps[1:] for cell in step[1:])


@pytest.mark.slow
def test_a_table_that_is_an_arbitrary_cell() -> None:
    for cell in cells(600, 3):
        for at in range(7):
            found = CLAIM_CHECKS(*[cell if i == at else None for i in range(7)])
            if isinstance(found, ExcelError):
                assert found in EXCEL_ERRORS and found.message
            else:
                assert len(found) <= 2 and (len(found) == 1 or found[1][1] == "column missing or twice")


@pytest.mark.parametrize("error", sorted(EXCEL_ERRORS))
def test_an_error_in_an_argument_comes_out_as_that_error(error: str) -> None:
    for function, count, _ in FUNCTIONS:
        result = function(error, *[None] * (count - 1))
        while isinstance(result, list):
            result = result[0]
        assert result == error and isinstance(result, ExcelError), function
    assert PERDIEM_RATE(2, 100, error) == error
    assert JCODE("meropenem", own_codes=error) == error and JUNITS("meropenem", "1 g", own_codes=error) == error
    for at in range(7):
        assert CLAIM_CHECKS(*[error if i == at else None for i in range(7)]) == error
        assert EXPLAIN(*[error if i == at else 1 if i == 0 else None for i in range(7)]) == error
