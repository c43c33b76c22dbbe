"""Every worked example, with margin 0."""

from __future__ import annotations

import datetime as dt
import json
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from xl_infusion import CLAIM_GRID, PERDIEM_CODE, PERDIEM_MODIFIER, PERDIEM_RATE, VISIT_UNITS
from xl_infusion.reference import load
from xl_infusion.reference.tables import bundled
from xl_infusion.rules import dose as dose_rule
from xl_infusion.rules import drug_units

HERE = Path(__file__).parent
Case = dict[str, Any]


def cases(name: str) -> list[Any]:
    found = json.loads((HERE / f"{name}.json").read_text("utf-8"))
    return [pytest.param(case, id=case["id"]) for case in found]


def test_every_case_names_its_authority() -> None:
    for path in HERE.glob("*.json"):
        for case in json.loads(path.read_text("utf-8")):
            assert case["authority"]["source"] and case["authority"]["kind"] in {"published", "derived"}, case["id"]


def table(rows: list[Case], columns: list[str]) -> list[list[Any]]:
    return [columns, *([row.get(column) for column in columns] for row in rows)]


@pytest.mark.parametrize("case", cases("claims"))
def test_claim(case: Case) -> None:
    columns = ["Order", "Patient", "Therapy", "Drug", "Dose", "Interval", "Start", "Days"]
    orders = [
        {"Order": i, "Patient": "P1", "Start": case["start"], "Days": case["days"], **order}
        for i, order in enumerate(case["orders"], start=1)
    ]
    rates = [{"Code": line["code"], "Rate": 100} for line in case["lines"]]
    header, *grid = CLAIM_GRID(table(orders, columns), None, None, table(rates, ["Code", "Rate"]))
    lines = [dict(zip(header, row, strict=True)) for row in grid]
    assert [
        (line["Code"], [m for m in (line["Modifier 1"], line["Modifier 2"]) if m], line["Units"]) for line in lines
    ] == [(line["code"], line["modifiers"], line["units"]) for line in case["lines"]]
    last = dt.date.fromisoformat(case["start"]) + dt.timedelta(case["days"] - 1)
    for line, expected in zip(lines, case["lines"], strict=True):
        assert (str(line["From"]), line["To"]) == (case["start"], last)
        if "factor" in expected:
            assert Decimal(str(line["Rate"])) == Decimal(expected["factor"]) * 100


@pytest.mark.parametrize("case", cases("units"))
def test_units(case: Case) -> None:
    dose = dose_rule.amount_in(dose_rule.parse(f"{case['dose']} {case['unit']}"), case["unit"])
    assert drug_units.units(dose, Decimal(case["amount"])) == case["units"]


@pytest.mark.parametrize("case", cases("dated"))
def test_dated(case: Case) -> None:
    header = bundled("drugs.csv").splitlines()[0]
    rows = [
        f"{case['drug']},,name,{code},{amount},units,,exact,,anti-infective,antibacterial,{first},{last},,,,,example,example"
        for code, amount, first, last in case["reference"]
    ]
    texts = {
        "drugs.csv": "\n".join([header, *rows]),
        "aliases.csv": bundled("aliases.csv").splitlines()[0] + "\nabx,therapy,anti-infective,,short form",
    }
    reference = load(lambda name: texts.get(name) or bundled(name))
    row = reference.drug(case["drug"], dt.date.fromisoformat(case["date"]))
    assert (row.code, drug_units.of_dose(row, dose_rule.parse(case["dose"])).units) == (case["code"], case["units"])


@pytest.mark.parametrize("case", cases("visits"))
def test_visits(case: Case) -> None:
    for visit in case["visits"]:
        assert VISIT_UNITS(visit["minutes"]) == [visit["units"]]


@pytest.mark.parametrize("case", cases("shares"))
def test_shares(case: Case) -> None:
    shares = [float(share) for share in case["shares"]]
    for rank, factor in enumerate(case["factors"], start=1):
        assert PERDIEM_RATE(rank, 100, shares) == float(factor) * 100
    assert [PERDIEM_MODIFIER(rank) for rank in (1, 2, 3)] == case["modifiers"]


@pytest.mark.parametrize("case", cases("rates"))
def test_rates(case: Case) -> None:
    assert PERDIEM_CODE(None, case["date"], case["therapy"]) == case["code"]
    assert PERDIEM_RATE(1, case["rate"]) == case["rate"]
