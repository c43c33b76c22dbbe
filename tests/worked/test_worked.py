"""Every worked example, with margin 0."""

from __future__ import annotations

import datetime as dt
import json
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from xl_infusion import CLAIM_CHECKS, CLAIM_GRID, PERDIEM_CODE, PERDIEM_MODIFIER, PERDIEM_RATE, VISIT_UNITS
from xl_infusion.reference import current, load
from xl_infusion.reference.tables import bundled
from xl_infusion.rules import dose as dose_rule
from xl_infusion.rules import drug_units, ndc, waste

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


@pytest.mark.parametrize("case", cases("contracts"))
def test_contract(case: Case) -> None:
    """The lines of a claim under a payer's contract, each as far as the case says; and the findings it must have."""
    payer = case["payers"][0]["Payer"]
    orders = [{"Order": i, "Patient": "P1", "Payer": payer, **order} for i, order in enumerate(case["orders"], start=1)]
    ranges = [
        table(rows, list(dict.fromkeys([*needed, *(name for row in rows for name in row)]))) if rows else None
        for rows, needed in [
            (orders, ["Drug", "Dose"]),
            ([{"Patient": "P1", **visit} for visit in case.get("visits", [])], []),
            (case["payers"], []),
            (case.get("rates", []), []),
            (case.get("codes", []), []),
        ]
    ]
    header, *grid = CLAIM_GRID(*ranges)
    found = []
    for row, expected in zip(grid, case["lines"], strict=True):
        line = dict(zip(header, row, strict=True))
        shown = {
            "payer": line["Payer"],
            "line": line["Line"],
            "code": line["Code"],
            "modifiers": [m for name in header if name.startswith("Modifier") and (m := line[name])],
            "from": str(line["From"]),
            "to": str(line["To"]),
            "units": line["Units"],
            "place": line["Place"],
            "rate": line.get("Rate"),
            "charge": line.get("Charge"),
            "ndc": line.get("NDC"),
            "waits": line.get("Waits for"),
        }
        found.append({name: shown[name] for name in expected})
    assert found == case["lines"]
    provider = [["Item", "Value"], ["NPI", "1234567893"]]
    *five, codes = ranges
    kinds = {row[1] for row in CLAIM_CHECKS(*five, provider, codes)[1:]}
    assert set(case.get("findings", [])) <= kinds


def test_every_rule_of_a_payer_is_worked_or_named_as_not_modelled() -> None:
    """docs/payer_rules.md: each row names worked examples that exist, or says why the rule is not modelled."""
    page = (HERE.parent.parent / "docs" / "payer_rules.md").read_text("utf-8")
    rows = [[cell.strip() for cell in line.strip("|").split("|")] for line in page.splitlines() if line[:2] == "| "]
    header, *rules = rows
    assert header == ["payer", "rule", "how it is modelled, or why not", "worked examples"]
    known = {case["id"] for path in HERE.glob("*.json") for case in json.loads(path.read_text("utf-8"))}
    named = []
    for payer, rule, how, examples in rules:
        ids = [name.strip(" `") for name in examples.split(",") if name.strip() != "-"]
        assert payer and rule and set(ids) <= known, (payer, rule, set(ids) - known)
        assert ids or how.startswith("Not modelled: "), (payer, rule)
        named += ids
    contracts = {case["id"] for case in json.loads((HERE / "contracts.json").read_text("utf-8"))}
    assert contracts <= set(named)


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


@pytest.mark.parametrize("case", cases("waste"))
def test_waste(case: Case) -> None:
    unit = case["dose"].split()[-1]
    row = next(row for row in current().drugs if row.unit == unit and not row.component)
    dose = dose_rule.amount_in(dose_rule.parse(case["dose"]), unit)
    opened = waste.vials(dose, waste.sizes(case["sizes"], row))
    assert opened == tuple(Decimal(size) for size in case["vials"])
    if "units" in case:
        amount = dose_rule.amount_in(dose_rule.parse(case["amount"]), unit)
        found = waste.billed(dose, amount, sum(opened, Decimal(0)))
        assert [found.administered, found.discarded] == case["units"]
        day = dt.date.fromisoformat(case["date"])
        assert list(waste.modifiers(current(), found.discarded, day)) == case["modifiers"]


@pytest.mark.parametrize("case", cases("ndc"))
def test_ndc(case: Case) -> None:
    if "typed" in case:
        assert ndc.hyphenated(ndc.parse(case["typed"])) == case["ndc"]
    else:
        volume = case["volume_ml"] and Decimal(case["volume_ml"])
        assert ndc.quantity_of(case["vials"], volume) == (case["unit"], Decimal(case["quantity"]))
