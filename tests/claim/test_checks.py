"""The claim checks: clean tables without a finding, and one wrong thing in them for every kind of finding."""

from __future__ import annotations

import copy
import datetime as dt
import random
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from tests.functions.test_any_cell import cells
from tests.reference.editions import quarter, with_imported
from tools import names
from xl_infusion import CLAIM_CHECKS, ExcelError
from xl_infusion.claim import TABLES
from xl_infusion.claim.checks import CHECKS, ERROR
from xl_infusion.claim.checks.check import Checked, check
from xl_infusion.claim.grid import Work
from xl_infusion.errors import BillingError
from xl_infusion.functions.claim_checks import HEADER
from xl_infusion.reference import current, using
from xl_infusion.reference.imported import NDC

Row = dict[str, Any]
#: Rows of every table by its name, in the order of CLAIM_CHECKS.
Book = dict[str, list[Row]]

NPI = "1234567893"
VANCO = {"NDC": "0409-6510-01", "NDC unit": "UN", "NDC quantity": 1}


def order(number: object, patient: str, payer: str, drug: str | None, dose: str | None, interval: object, start: str,
          end: str, **more: object) -> Row:  # fmt: skip
    return {
        "Order": number, "Patient": patient, "Payer": payer, "Drug": drug, "Dose": dose, "Interval": interval,
        "Start": start, "End": end, "Prescriber": NPI, **more,
    }  # fmt: skip


#: Five payers that differ: concurrent therapies, a follow-on order, a payer's own code, TPN in two bags, waste,
#: Medicare first with its visit, an outside pharmacy, NDCs and products, an agency's visit, two accreditations.
CLEAN: Book = {
    "Orders": [
        order(1, "P1", "Blue", "vancomycin", "1 g", 12, "2025-08-01", "2025-08-10", Authorization="A1", **VANCO),
        order(2, "P1", "Blue", "ceftriaxone", "2 g", 24, "2025-08-01", "2025-08-10", Authorization="A2"),
        order(3, "P1", "Blue", "vancomycin", "1.25 g", 12, "2025-08-11", "2025-08-14", Authorization="A3", **VANCO),
        order(4, "P2", "Island", "cefazolin", "1 g", "q8h", "2025-08-20", "2025-09-05", NDC="0143-9924-90"),
        order(5, "P2", "Island", None, None, None, "2025-08-20", "2025-08-31", Therapy="TPN", Volume="1.5 L"),
        order(6, "P2", "Island", None, None, None, "2025-08-20", "2025-08-31", Therapy="TPN", Volume="1 L"),
        order("RX-7", "P3", "Works", "meropenem", "750 mg", 8, "2025-08-01", "2025-08-09", Product="B. Braun",
              Vials="500 mg, 1 g"),
        order(8, "P4", "Medicare", "meropenem", "1 g", 8, "2025-09-01", "2025-09-03",
              **{"Second payer": "Works", "Supplied by": "outside pharmacy"}),
        order(9, "P5", "State", "ertapenem", "1 g", "daily", "2025-08-01", "2025-08-05", NDC="0006-3843-71"),
        order(10, "P6", "Home", "ceftriaxone", "2 g", 24, "2025-08-01", "2025-08-05"),
        order(11, "P7", "Medicare", "milrinone", "40 mg", "continuous", "2025-08-01", "2025-08-05",
              **{"Second payer": "Island"}),
    ],
    "Visits": [
        {"Patient": "P1", "Date": "2025-08-03", "Start time": "9:00", "End time": "11:30"},
        {"Patient": "P1", "Date": "2025-08-03", "Start time": "18:00", "End time": "19:00"},
        {"Patient": "P4", "Date": "2025-09-01", "Minutes": 60, "Special training": "yes"},
        {"Patient": "P3", "Date": "2025-08-02", "Minutes": 60, "Nurse": "agency"},
        {"Patient": "P5", "Date": "2025-08-02", "Start time": "22:30", "End time": "1:00"},
        {"Patient": "P7", "Date": "2025-08-01", "Minutes": 60},
    ],
    "Payers": [
        {"Payer": "Blue", "Third share": 0, "Days counted": "infusion days", "Extra modifier": "59",
         "Second visit": "99602", "Hours a day": 4, "Hours a week": 12, "Accreditation": "ACHC, CHAP",
         "Authorization": "yes", "Days to file": 300},
        {"Payer": "Island", "Always code": "S9494", "Line span": "month", "Exempt therapies": "TPN", "Rank by": "rate"},
        {"Payer": "Medicare", "Kind": "Medicare", "Covers": "deny first", "Home infusion benefit": "yes"},
        {"Payer": "Works", "Kind": "workers' compensation", "Waste": "JW and JZ", "Unit rounding": "day"},
        {"Payer": "State", "Kind": "Medicaid", "Fractional units": "yes", "Second share": 0.5},
        {"Payer": "Home", "Line span": "week"},
        {"Payer": "Federal", "Kind": "Medicare"},
    ],
    "Rates": [
        *({"Code": code, "Rate": rate} for code, rate in (
            ("S9500", 110), ("S9501", 130), ("S9502", 150), ("S9494", 100), ("S9366", 200), ("S9367", 220),
            ("S9348", 160), ("J3373", 0.05), ("J0696", 0.5), ("J2184", 1), ("J2185", 0.8), ("J1335", 20), ("J2260", 2),
            ("99601", 150), ("99602", 70), ("G0088", 40),
        )),
        {"Payer": "Island", "Code": "J3490", "Rate": 3},
        {"Payer": "Blue", "Code": "S9500", "Modifier": "SH", "Rate": 60, "To": "2025-12-31"},
    ],
    "Provider": [
        {"Item": "Name", "Value": "Example Infusion"},
        {"Item": "NPI", "Value": NPI},
        {"Item": "Accreditation", "Value": "ACHC", "From": "2020-01-01", "To": "2025-08-05"},
        {"Item": "Accreditation", "Value": "CHAP", "From": "2025-08-06"},
        {"Item": "Filing date", "Value": "2026-03-31"},
    ],
    "Payer codes": [{"Payer": "Island", "Drug or therapy": "cefazolin", "Code": "J3490", "Unit": "1 g"}],
    "Own codes": [
        {"Drug": "examplomycin", "Code": "J9998", "Amount": 10, "Unit": "mg", "From": "2025-07-01",
         "Therapy": "anti-infective", "Source": "CMS HCPCS release, July 2025"},
    ],
    "Holds": [],
}  # fmt: skip


def sheet(name: str, book: Book) -> list[list[Any]]:
    """The table with its header row: of every column that it may have."""
    columns = [column.name for column in next(table for table in TABLES if table.name == name).columns]
    return [columns, *([row.get(column) for column in columns] for row in book[name])]


def tables(book: Book) -> list[list[list[Any]]]:
    return [sheet(name, book) for name in CLEAN]


def checks(given: list[Any]) -> list[Row]:
    found = CLAIM_CHECKS(*given)
    assert not isinstance(found, ExcelError), found.message
    header, *rows = found
    assert header[: len(HEADER)] == HEADER and header[len(HEADER) + 3] == len(rows)
    return [dict(zip(HEADER, row, strict=False)) for row in rows]


def said_of(kind: str) -> tuple[str, str]:
    """The severity and the remedy of a kind of finding."""
    return CHECKS[kind].severity, CHECKS[kind].remedy


def test_clean_tables_have_no_finding() -> None:
    assert checks(tables(CLEAN)) == []


# -- one wrong thing in them ---------------------------------------------------------------------------------------

#: Something done to the tables.
Wrong = Callable[[Book], None]


def put(name: str, row: int, **cells: object) -> Wrong:
    """Other cells in a row of a table (its heading is row 1)."""

    def change(book: Book) -> None:
        book[name][row - 2].update({column.replace("_", " "): cell for column, cell in cells.items()})

    return change


def add(name: str, **cells: object) -> Wrong:
    """One row more, the last."""
    return lambda book: book[name].append({column.replace("_", " "): cell for column, cell in cells.items()})


def own(**cells: object) -> Wrong:
    """A row of Own codes more, with a source."""
    return add("Own codes", Source="CMS HCPCS release, January 2026", **cells)


def both(*changes: Wrong) -> Wrong:
    """Changes that make one wrong thing."""

    def change(book: Book) -> None:
        for one in changes:
            one(book)

    return change


def hold(**cells: object) -> Wrong:
    """A stay of the patient of order 10, whose payer says that no end of it is billed."""
    row = {"Patient": "P6", "From": "2025-08-04", "To": "2025-08-07", "Order": 10} | cells
    return both(put("Payers", 7, Day_of_admission="not billed", Day_of_discharge="not billed"), add("Holds", **row))


def gone(name: str, row: int) -> Wrong:
    """A row taken out."""
    return lambda book: book[name].__delitem__(row - 2)


#: Rates of what flushes and reopens a line.
FLUSHED = both(both(both(add("Rates", Code="S9372", Rate=90), add("Rates", Code="J1644", Rate=1)), both(add("Rates", Code="S9374", Rate=90), add("Rates", Code="J7050", Rate=1))),
               both(add("Rates", Code="S5517", Rate=90), add("Rates", Code="J2997", Rate=1)))  # fmt: skip


@dataclass(frozen=True)
class Case:
    """One wrong thing, and the one finding that tells it; ``says`` is a part of its message."""

    kind: str
    wrong: Wrong
    sheet: str
    row: int
    order: object = ""
    first: str = ""
    last: str = ""
    says: str = ""
    #: NDC -> code, of a crosswalk that the edition of this case has and the bundled one has not
    crosswalk: tuple[tuple[str, str], ...] = ()


CASES = [
    # cells of the tables
    Case("error value", put("Orders", 3, Dose="#REF!"), "Orders", 3, 2, "2025-08-01", "2025-08-10", "Dose is #REF!"),
    Case("error value", put("Orders", 11, Prescriber="#N/A"), "Orders", 11, 10, "2025-08-01", "2025-08-05", "Prescriber"),
    Case("error value", put("Orders", 3, Authorization="#N/A"), "Orders", 3, 2, "2025-08-01", "2025-08-10", "Authorization"),
    Case("error value", put("Provider", 3, Value="#NAME?"), "Provider", 3, says="Provider table row 3: Value is #NAME?"),
    Case("cannot be read", put("Orders", 11, Start="soon"), "Orders", 11, 10, says="soon"),
    Case("cannot be read", put("Orders", 11, Patient=None), "Orders", 11, 10, "2025-08-01", "2025-08-05", "Patient is blank"),
    Case("cannot be read", put("Payers", 2, Line_span="fortnight"), "Payers", 2, says="Payers table row 2: Line span 'fortnight'"),
    Case("cannot be read", put("Rates", 2, Basis="gift"), "Rates", 2, says="Rates table row 2: Basis 'gift'"),
    Case("cannot be read", put("Payer codes", 2, Code="cefazolin"), "Payer codes", 2, says="Payer codes table row 2"),
    Case("cannot be read", put("Provider", 5, Item=None), "Provider", 5, says="Item is blank"),
    Case("wrong NPI", put("Provider", 3, Value=None), "Provider", 3, says="Value of NPI is blank"),
    Case("cannot be read", add("Provider", Item="Filing date", Value="2026-01-01"), "Provider", 7, says="stands twice"),
    Case("cannot be read", put("Provider", 4, To="then"), "Provider", 4, says="then"),
    Case("not a number", put("Orders", 11, Days="five"), "Orders", 11, 10, says="Days 'five'"),
    Case("not a number", put("Rates", 15, Rate="free"), "Rates", 15, says="Rates table row 15: Rate 'free'"),
    Case("not a number", put("Visits", 4, Minutes="an hour"), "Visits", 4, "", "2025-09-01", "2025-09-01", "an hour"),
    Case("not a number", put("Payers", 2, Hours_a_day="few"), "Payers", 2, says="Hours a day 'few'"),
    Case("out of range", put("Orders", 11, End="2025-07-31"), "Orders", 11, 10, says="before Start"),
    Case("out of range", put("Visits", 4, Minutes=1500), "Visits", 4, "", "2025-09-01", "2025-09-01", "1500"),
    Case("out of range", put("Payers", 7, Second_share=2), "Payers", 7, says="Second share"),
    Case("not found", put("Provider", 5, Value="ISO"), "Provider", 5, says="'ISO' is no accreditation body"),
    Case("not found", put("Payers", 2, Accreditation="ISO"), "Payers", 2, says="'ISO'"),
    # orders
    Case("unknown drug", put("Orders", 11, Drug="ceftriaxom"), "Orders", 11, 10, "2025-08-01", "2025-08-05", "ceftriaxone?"),
    Case("therapy not named", put("Orders", 11, Drug="methylprednisolone acetate", Therapy=None), "Orders", 11, 10, "2025-08-01", "2025-08-05",
         "corticosteroid and injection, not otherwise classified are usual"),
    Case("no such bag", put("Orders", 11, Drug="NS", Dose="2 L"), "Orders", 11, 10, "2025-08-01", "2025-08-05", "1000 mL q12h"),
    Case("supply as drug", put("Orders", 11, Drug="NS flush", Dose="10 mL"), "Orders", 11, 10, "2025-08-01", "2025-08-05", "'NS flush' is a flush"),
    Case("supply as drug", put("Orders", 11, Drug="D5W", Dose="20 mL"), "Orders", 11, 10, "2025-08-01", "2025-08-05", "'D5W 20 mL' is mostly a flush"),
    Case("flush as therapy", both(FLUSHED, put("Orders", 11, Drug="heparin", Dose="500 units/5 mL", NDC="0409-2720-01")), "Orders", 11, 10, "2025-08-01", "2025-08-05",
         "500 units of heparin is mostly a flush of the line, and is billed as a therapy: type the drug heparin lock flush"),
    Case("flush as therapy", both(FLUSHED, put("Orders", 11, Drug="heparin", Dose="10 units", NDC="0409-2720-01")), "Orders", 11, 10, "2025-08-01", "2025-08-05", "10 units of heparin"),
    Case("flush as therapy", both(FLUSHED, put("Orders", 11, Drug="normal saline 250 mL", Dose="20 mL", Volume="0.02 L")), "Orders", 11, 10, "2025-08-01", "2025-08-05",
         "take the row out, for the per diem pays supplies"),
    Case("one dose or two", add("Orders", **order(12, "P6", "Home", "ceftriaxone", "1 g", 24, "2025-08-01", "2025-08-05", **{"Per diem with": 10})), "Orders", 13, 12, "2025-08-01", "2025-08-05",
         "ceftriaxone is one dose with that of order 10, for no time of day tells them apart"),
    Case("outside the other's per diem", add("Orders", **order(12, "P6", "Home", "ertapenem", "1 g", 24, "2025-08-05", "2025-08-06", **{"Per diem with": 10})), "Orders", 13, 12, "2025-08-06", "2025-08-06",
         "order 10, whose per diem covers it, does not run on 2025-08-06"),
    Case("nothing is billed", add("Orders", **order(12, "P6", "Home", "ertapenem", "1 g", 24, "2025-08-05", "2025-08-05", **{"Per diem with": 10, "Supplied by": "outside pharmacy"})), "Orders", 13, 12, "2025-08-05", "2025-08-05",
         "Per diem with is 10, and it has no drug of ours to bill"),
    Case("hold cannot be used", hold(To="soon", Patient="P9"), "Holds", 2, "", "", "", "Holds table row 2: To 'soon' is not a date"),
    Case("hold of nobody", hold(From="2025-08-06"), "Holds", 2, "", "", "", "no order of this patient runs on days from 2025-08-06 on"),
    Case("visit during a hold", both(hold(Order=None), add("Visits", Patient="P6", Date="2025-08-05", Minutes=60)), "Visits", 8, "", "2025-08-05", "2025-08-05",
         "the patient is on hold (hospital) from 2025-08-04, Holds table row 2"),
    Case("day of admission or discharge", both(hold(), put("Payers", 7, Day_of_admission=None)), "Orders", 11, 10, "2025-08-04", "2025-08-04",
         "2025-08-04: not billed, for no term of the payer says that it is"),
    Case("catheter device not named", both(add("Rates", Code="S5497", Rate=30), add("Orders", **order(12, "P9", "Home", None, None, None, "2025-08-01", "2025-08-05", Therapy="catheter care"))), "Orders", 13, 12, "2025-08-01", "2025-08-05",
         "catheter care without its device is S5497"),
    Case("device in use", both(add("Rates", Code="S5502", Rate=30), add("Orders", **order(12, "P6", "Home", None, None, None, "2025-08-05", "2025-08-09", Therapy="port care"))), "Orders", 13, 12, "2025-08-05", "2025-08-05",
         "S5502 is for a device not in use"),
    Case("many kits", both(FLUSHED, put("Orders", 11, Drug="Cathflo", Dose="2 mg")), "Orders", 11, 10, "2025-08-01", "2025-08-05",
         "every 24 hours gives 5 x catheter declotting kit, and more than 2 in one order are rare"),
    Case("waste of a bulk package", put("Orders", 8, Drug="ceftriaxone", Dose="1 g", Product=None, Vials="10 g"), "Orders", 8, "RX-7", "2025-08-01", "2025-08-09",
         "ceftriaxone of 10 g is a pharmacy bulk package, and 36 units of J0696 of each dose are billed as discarded (JW)"),
    Case("code not in force", put("Orders", 11, Modifiers="JG"), "Orders", 11, 10, "2025-08-01", "2025-08-05", "Modifiers JG from 2018-01-01 through 2024-12-31"),
    Case("not found", put("Orders", 11, Modifiers="QQ"), "Orders", 11, 10, "2025-08-01", "2025-08-05", "Modifiers 'QQ' is no modifier"),
    Case("cannot be read", put("Orders", 11, Modifiers="TD"), "Orders", 11, 10, "2025-08-01", "2025-08-05", "Modifiers 'TD' goes on a nursing visit"),
    Case("attestation missing", both(put("Payers", 4, DME_payer="Home"), put("Orders", 12)), "Orders", 12, 11, "2025-08-01", "2025-08-05", "J2260 has none of KX, GA, GZ, GY"),
    Case("per diem beside what Medicare pays", both(put("Payers", 4, DME_payer="Home"), put("Orders", 12, Drug="Privigen", Dose="40 g", Interval="once", End="2025-08-01", Modifiers="KX"), *(add("Rates", Code=code, Rate=1) for code in ("J1459", "Q2052", "S9338"))), "Orders", 12, 11, "2025-08-01", "2025-08-01", "S9338 is billed to Island"),
    Case("modifier on no line", put("Orders", 6, Modifiers="JB"), "Orders", 6, 5, "2025-08-20", "2025-08-31", "Modifiers JB goes on drug or item lines"),
    Case("modifiers not together", put("Orders", 11, Modifiers="JA JB"), "Orders", 11, 10, "2025-08-01", "2025-08-05", "J0696 has JA and JB"),
    Case("more than four modifiers", put("Orders", 11, Modifiers="JB KD RD TB CR"), "Orders", 11, 10, "2025-08-01", "2025-08-05", "J0696 has 5 modifiers"),
    Case("code not in force", put("Orders", 11, Drug="J3370"), "Orders", 11, 10, "2025-08-01", "2025-08-05", "J3373"),
    Case("unit mismatch", put("Orders", 11, Dose="2 million units"), "Orders", 11, 10, "2025-08-01", "2025-08-05", "mg"),
    Case("interval without a code", put("Orders", 11, Interval=5), "Orders", 11, 10, "2025-08-01", "2025-08-05", "every 5 hours"),
    Case("interval without a code", put("Orders", 3, Interval=48), "Orders", 3, 2, "2025-08-01", "2025-08-09", "every 48 hours"),
    Case("single dose by day", put("Orders", 11, Interval="once", End=None), "Orders", 11, 10, "2025-08-01", "2025-08-01", "S9500"),
    Case("interval without a code", put("Orders", 11, Interval="monthly"), "Orders", 11, 10, "2025-08-01", "2025-08-01", "name the Therapy"),
    Case("days of the week not named", put("Orders", 5, Interval="BIW"), "Orders", 5, 4, "2025-08-20", "2025-09-05", "days 1 and 4 of each week from Start"),
    Case("cannot be read", put("Orders", 11, Interval="x1"), "Orders", 11, 10, says="a single dose, and the order has 5 days"),
    Case("cannot be read", put("Orders", 11, Interval="x1", End="2025-08-02"), "Orders", 11, 10, says="the order has 2 days"),
    Case("same drug twice", put("Orders", 4, Start="2025-08-10"), "Orders", 4, 3, "2025-08-10", "2025-08-10", "order 1"),
    Case("same drug twice", add("Orders", **order(12, "P4", "Home", "meropenem", "1 g", 8, "2025-09-02", "2025-09-09", Product="B. Braun")),
         "Orders", 13, 12, "2025-09-02", "2025-09-03", "through 2025-09-03: order 8"),
    Case("dose unusual", put("Orders", 11, Dose="2 mg"), "Orders", 11, 10, "2025-08-01", "2025-08-05", "not 2 mg"),
    Case("dose of several days", put("Orders", 12, Dose="700 mg"), "Orders", 12, 11, "2025-08-01", "2025-08-05",
         "is that of 24 hours, and this one runs 5 days: 700 mg is more than the usual 0.5 to 150 mg a day"),
    Case("dispensed unlike the days", put("Orders", 12, Dispensed=10), "Orders", 12, 11, "2025-08-01", "2025-08-05",
         "Dispensed is 10, and continuous for 5 days gives 5: 80 units of J2260 are billed, where these days have 40"),
    Case("dispensed unlike the days", put("Orders", 11, Dispensed=70), "Orders", 11, 10, "2025-08-01", "2025-08-05",
         "Dispensed is 70, and every 24 hours for 5 days gives 5: 560 units of J0696 are billed, where these days have 40"),
    Case("dispensed unlike the days", put("Orders", 11, Dispensed=2), "Orders", 11, 10, "2025-08-01", "2025-08-05",
         "Dispensed is 2, and every 24 hours for 5 days gives 5: 16 units"),
    Case("dispensed unlike the days", put("Orders", 12, Dispensed=1, Dose="2 mg"), "Orders", 12, 11, "2025-08-01", "2025-08-05", "gives 5"),
    Case("volume not stated", both(both(gone("Orders", 7), add("Rates", Code="S9364", Rate=9)), put("Orders", 6, Volume=None)), "Orders", 6, 5, "2025-08-20", "2025-08-31",
         "Volume is blank, and S9364 is the code of no volume"),
    Case("volume unlike the doses", both(both(gone("Orders", 7), add("Rates", Code="J7060", Rate=9)), both(add("Rates", Code="S9375", Rate=90),
         put("Orders", 6, Drug="D5W 500 mL", Dose="500 mL", Interval=12, Therapy="hydration", Volume="2 L"))), "Orders", 6, 5, "2025-08-20", "2025-08-31", "Volume is 2 L a day: the doses come to 1 L a day"),
    Case("dates unlikely", put("Orders", 11, Start="2024-08-01"), "Orders", 11, 10, "2024-08-01", "2025-08-05", "are 370 days"),
    Case("dose of several days", put("Orders", 12, Vials="10 mg, 30 mg"), "Orders", 12, 11, "2025-08-01", "2025-08-05", "Vials hold 40 mg"),
    Case("dose unusual", put("Orders", 12, Dose="90 g"), "Orders", 12, 11, "2025-08-01", "2025-08-05", "not 90 g"),
    Case("product not known", put("Orders", 8, Product=None), "Orders", 8, "RX-7", "2025-08-01", "2025-08-09", "generic code J2185"),
    Case("product not known", put("Orders", 8, Product=None, NDC="44567-0401-10"), "Orders", 8, "RX-7", "2025-08-01", "2025-08-09", "44567"),
    Case("NDC of another drug", put("Orders", 11, NDC="99999-0001-01"), "Orders", 11, 10, "2025-08-01", "2025-08-05",
         "NDC 99999-0001-01 is under J2185 in the crosswalk of July 2025: that is meropenem, and the order is of ceftriaxone",
         (("99999000101", "J2185"),)),
    Case("no prescriber", put("Orders", 11, Prescriber=" "), "Orders", 11, 10, "2025-08-01", "2025-08-05", "Prescriber is blank"),
    Case("wrong NPI", put("Orders", 11, Prescriber="1234567890"), "Orders", 11, 10, "2025-08-01", "2025-08-05", "check digit"),
    Case("wrong NPI", put("Orders", 9, Prescriber=123), "Orders", 9, 8, "2025-09-01", "2025-09-03", "ten digits"),
    Case("wrong NPI", put("Provider", 3, Value="1234567890"), "Provider", 3, says="check digit"),
    Case("no NPI", gone("Provider", 3), "Provider", 1, says="no row NPI"),
    Case("unlisted drug without NDC", put("Orders", 5, NDC=None), "Orders", 5, 4, "2025-08-20", "2025-09-05", "J3490"),
    Case("Medicaid drug without NDC", put("Orders", 10, NDC=None), "Orders", 10, 9, "2025-08-01", "2025-08-05", "State"),
    # own codes
    Case("cannot be read", put("Own codes", 2, Code="J99"), "Own codes", 2, says="Own codes table row 2: Code 'J99' is no HCPCS code"),
    Case("cannot be read", put("Own codes", 2, Unit=None), "Own codes", 2, says="Amount 10 has no Unit"),
    Case("cannot be read", put("Own codes", 2, Drug=None), "Own codes", 2, says="Drug '' is no name"),
    Case("not a number", put("Own codes", 2, Amount="ten"), "Own codes", 2, says="Amount 'ten'"),
    Case("out of range", put("Own codes", 2, Amount=0), "Own codes", 2, says="Amount 0 is not more than 0"),
    Case("out of range", put("Own codes", 2, To="2025-06-30"), "Own codes", 2, says="To is before From"),
    Case("error value", put("Own codes", 2, Source="#REF!"), "Own codes", 2, says="Source is #REF!"),
    Case("not found", put("Own codes", 2, Drug="J9997"), "Own codes", 2, says="Drug 'J9997' is a code"),
    Case("two codes on one day", own(Drug="Examplomycin", Code="J9997", Amount=5, Unit="mg", From="2026-01-01"),
         "Own codes", 2, says="rows 2 and 3"),
    Case("own code of another drug", put("Own codes", 2, Code="J2185"), "Own codes", 2, says="J2185 is meropenem in the reference"),
    Case("own code not in force", own(Drug="vanco", Code="J3370", Amount=500, Unit="mg", From="2025-09-01"), "Own codes", 3,
         says="J3370 is not in force from 2025-09-01: the reference has J3370 from 1986-01-01 through 2025-06-30, then J3373"),
    Case("own code counts otherwise", own(Drug="vanco", Code="J3373", Amount=500, Unit="mg", From="2025-09-01"), "Own codes", 3,
         says="a unit of J3373 is 500 mg here and 10 mg in the reference from 2025-09-01: the row's own is used"),
    Case("own code in place of another", own(Drug="cefazolin", Code="J9997", Amount=1, Unit="g", From="2025-10-01"), "Own codes", 3,
         says="cefazolin is J0690 in the reference from 2025-10-01 through 2025-12-31: J9997 is used"),
    Case("own code not needed", own(Drug="ertapenem", Code="J1335", Amount=0.5, Unit="g", From="2025-10-01"), "Own codes", 3,
         says="the reference has J1335 for ertapenem, 0.5 g, on all of these days"),
    Case("own code without source", put("Own codes", 2, Source=None), "Own codes", 2, says="Source is blank"),
    Case("own name like another", own(Drug="ceftriaxom", Code="J9997", Amount=250, Unit="mg"), "Own codes", 3,
         says="no drug 'ceftriaxom': is it ceftriaxone?"),
    Case("order billed twice", add("Orders", **CLEAN["Orders"][8]), "Orders", 13, 9, "2025-08-01", "2025-08-05",
         "order 9 stands in Orders table row 10 too, with the same drug"),
    Case("order billed twice", add("Orders", **{**CLEAN["Orders"][8], "Order": "9", "Dose": "500 mg", "Start": "2025-08-04"}),
         "Orders", 13, "9", "2025-08-04", "2025-08-05", "these days are billed twice"),
    Case("order billed twice", both(put("Orders", 6, Volume="0.5 L"), add("Orders", **{**CLEAN["Orders"][4], "Volume": "500 mL"})), "Orders", 13, 5, "2025-08-20", "2025-08-31",
         "order 5 stands in Orders table row 6 too, with the same therapy"),
    Case("same volume twice", put("Orders", 7, Volume="1500 mL"), "Orders", 7, 6, "2025-08-20", "2025-08-31",
         "order 5 has 1.5 L a day of TPN too, and the volumes of a day add up: together they count 3 L"),
    # payers and contracts
    Case("no payer", put("Orders", 11, Payer=None), "Orders", 11, 10, "2025-08-01", "2025-08-05", "Payer is blank"),
    Case("no payer", add("Visits", Patient="P55", Date="2025-08-02", Minutes=60), "Visits", 8, "", "2025-08-02", "2025-08-02",
         "Payer is blank, and Orders has no order of the patient of this visit: no payer to bill"),
    Case("unknown payer", put("Orders", 11, Payer="Hoem"), "Orders", 11, 10, "2025-08-01", "2025-08-05", "'Hoem'"),
    Case("unknown payer", put("Orders", 12, Second_payer="Ilsand"), "Orders", 12, 11, "2025-08-01", "2025-08-05", "'Ilsand'"),
    Case("unknown payer", put("Orders", 11, Second_payer="Ilsand"), "Orders", 11, 10, "2025-08-01", "2025-08-05", "Second payer"),
    Case("unknown payer", add("Rates", Payer="Hoem", Code="S9500", Rate=1), "Rates", 20, says="'hoem'"),
    Case("unknown payer", add("Payer codes", Payer="Iland", Drug_or_therapy="TPN", Code="S9364"), "Payer codes", 3, says="'iland'"),
    Case("not covered", put("Orders", 9, Second_payer=None), "Orders", 9, 8, "2025-09-01", "2025-09-03", "Second payer"),
    Case("rate missing", gone("Rates", 13), "Orders", 10, 9, "2025-08-01", "2025-08-05", "J1335"),
    Case("rate missing", put("Rates", 13, From="2025-08-03"), "Orders", 10, 9, "2025-08-01", "2025-08-02", "J1335"),
    Case("rate missing", put("Rates", 13, Rate="80%", Basis="% of charge"), "Rates", 13, says="usual charge of J1335"),
    Case("two rates on one day", add("Rates", Code="J1335", Rate=21), "Rates", 13, says="rows 13 and 20"),
    Case("two codes on one day", add("Payer codes", Payer="Island", Drug_or_therapy="cefazolin", Code="J0690"),
         "Orders", 5, 4, "2025-08-20", "2025-09-05", "row 2 and Payer codes table row 3"),
    Case("S code billed to Medicare", put("Payers", 7, Kind="Medicare"), "Orders", 11, 10, "2025-08-01", "2025-08-05", "S9500"),
    Case("visit billed to Medicare", add("Visits", Patient="P6", Date="2025-08-02", Minutes=60, Payer="Federal"),
         "Visits", 8, "", "2025-08-02", "2025-08-02", "99601"),
    Case("no visit for the denial", gone("Visits", 4), "Orders", 9, 8, "2025-09-01", "2025-09-03", "denial by Medicare"),
    Case("no visit for the denial", put("Visits", 4, Nurse="agency"), "Orders", 9, 8, "2025-09-01", "2025-09-03", "Medicare"),
    Case("benefit not known", put("Visits", 7, Minutes=50), "Visits", 7, "", "2025-08-01", "2025-08-01", "50 minutes"),
    Case("accreditation missing", put("Provider", 5, To="2025-08-13"), "Orders", 4, 3, "2025-08-14", "2025-08-14", "ACHC or CHAP"),
    Case("authorization missing", put("Orders", 3, Authorization=None), "Orders", 3, 2, "2025-08-01", "2025-08-10", "authorization"),
    Case("past the filing limit", put("Payers", 5, Days_to_file=230), "Orders", 8, "RX-7", "2025-08-01", "2025-08-09",
         "234 days, and Works gives 230"),
    Case("filed before the service", put("Provider", 6, Value="2025-09-04"), "Orders", 5, 4, "2025-08-20", "2025-09-05",
         "filed on 2025-09-04"),
    Case("codes exclude each other", add("Payer codes", Payer="Blue", Drug_or_therapy="ceftriaxone", Code="S9494"),
         "Orders", 3, 2, "2025-08-01", "2025-08-10", "S9494 and S9501 (Orders table row 2)"),
    # patients
    Case("patient in other letters", add("Orders", **order(12, "p6", "Home", "ceftriaxone", "2 g", 24, "2025-10-01", "2025-10-02")),
         "Orders", 13, 12, "2025-10-01", "2025-10-02", "from that of Orders table row 11 in capital letters alone"),
    # visits
    Case("99602 without 99601", put("Visits", 2, Nurse="agency"), "Visits", 3, "", "2025-08-03", "2025-08-03", "99602"),
    Case("same visit twice", add("Visits", **CLEAN["Visits"][4]), "Visits", 8, "", "2025-08-02", "2025-08-02", "Visits table row 6"),
    Case("visit length unlikely", put("Visits", 6, Start_time="1:30", End_time="15:00"), "Visits", 6, "", "2025-08-02", "2025-08-02",
         "lasts 13.5 hours, and visits are mostly of 10 minutes to 12 hours"),
    Case("visit length unlikely", put("Visits", 4, Minutes=4), "Visits", 4, "", "2025-09-01", "2025-09-01", "lasts 4 minutes"),
    Case("visit length unlikely", put("Visits", 6, Start_time="9:30", End_time="5:30"), "Visits", 6, "", "2025-08-02", "2025-08-02",
         "lasts 20 hours"),
    Case("visit without an order", put("Visits", 6, Patient="P55", Payer="State"), "Visits", 6, "", "2025-08-02", "2025-08-02", "no order"),
    Case("visit outside the therapy", put("Visits", 6, Date="2025-08-06"), "Visits", 6, "", "2025-08-06", "2025-08-06",
         "no order of the patient runs on 2025-08-06: one ended on 2025-08-05"),
    Case("visit outside the therapy", put("Visits", 6, Date="2025-07-31"), "Visits", 6, "", "2025-07-31", "2025-07-31",
         "no order of the patient runs on 2025-07-31: one begins on 2025-08-01"),
    Case("visit outside the therapy", both(add("Orders", **order(12, "P5", "State", "ertapenem", "1 g", "daily",
         "2025-08-08", "2025-08-09", NDC="0006-3843-71")), put("Visits", 6, Date="2025-08-07")), "Visits", 6, "", "2025-08-07", "2025-08-07",
         "no order of the patient runs on 2025-08-07: one ended on 2025-08-05, one begins on 2025-08-08"),
    Case("too many hours", put("Visits", 3, End_time="20:00"), "Visits", 2, "", "2025-08-03", "2025-08-03",
         "4.5 hours in a day, and Blue pays 4"),
    Case("too many hours", put("Payers", 2, Hours_a_week=3),
         "Visits", 2, "", "2025-08-03", "2025-08-03", "3.5 hours in a week, and Blue pays 3"),
    # money and the edition
    Case("rank by rate pays more", put("Rates", 2, Rate=140), "Orders", 2, 1, "2025-08-01", "2025-08-14",
         "earn $150.00 more: $2,570.00 in place of $2,420.00"),
    Case("after the verified day", put("Orders", 11, End="2026-01-05"), "Orders", 11, 10, "2026-01-01", "2026-01-05", "since 2026-01-01: CMS's release of January 2026"),
]  # fmt: skip


@contextmanager
def edition_of(*cases: Case) -> Iterator[None]:
    """The edition that cases are for, in use: the bundled one, with a crosswalk where they have one."""
    rows = [
        {"ndc": ndc, "code": code, "drug": "made", "package_size": 1, "package_quantity": 1, "units": 10}
        for case in cases
        for ndc, code in case.crosswalk
    ]
    with using(with_imported((NDC, quarter(2025, 7), rows))) if rows else nullcontext():
        yield


KINDS = {case.kind for case in CASES}
#: Kinds that a whole table is told with, which no case of a row has: what tells them is tested below.
OF_HEADINGS = {"column missing or twice"}


def test_every_check_has_its_wrong_thing() -> None:
    lacking = [f"{check.family} declares {kind!r}" for kind, check in CHECKS.items() if kind not in KINDS | OF_HEADINGS]
    assert not lacking, f"{lacking}: put its wrong thing among CASES of tests/claim/test_checks.py"
    assert not KINDS - set(CHECKS), "no check is called so"


def test_every_family_of_checks_is_imported() -> None:
    assert names.FAMILIES.read_text("utf-8") == names.families(), "run: python -m tools.regenerate names"


def test_a_family_that_is_added_is_found(tmp_path: Path) -> None:
    for module in ("npi", "sources", "vials"):
        (tmp_path / f"{module}.py").write_text((names.CHECKS / f"{module}.py").read_text("utf-8"), "utf-8")
    before = names.families(tmp_path)
    (tmp_path / "tubing.py").write_text("from xl_infusion.claim.checks.check import WARNING, check\n")
    after = names.families(tmp_path)
    assert set(after.splitlines()) - set(before.splitlines()) == {
        "from xl_infusion.claim.checks import tubing as tubing"
    }
    assert before.count(" as ") == 1


def test_two_checks_of_one_name_are_refused() -> None:
    with pytest.raises(ValueError, match=r"two checks are called 'no NPI': in .*checks\.npi and in .*test_checks"):

        @check("no NPI", ERROR, "Add it.")
        def _again(checked: Checked) -> Iterator[Any]: ...

    assert CHECKS["no NPI"].family.endswith(".npi")


def test_every_failure_is_of_a_kind_of_finding() -> None:
    def kinds(error: type[BillingError]) -> dict[str, str]:
        found = {error.kind: error.__name__}
        for one in error.__subclasses__():
            found |= kinds(one)
        return found

    lacking = [f"errors.{name} is {kind!r}" for kind, name in kinds(BillingError).items() if kind not in CHECKS]
    assert not lacking, f"{lacking}: declare its check in claim/checks/failures.py"


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case.kind}: {case.says}"[:60])
def test_one_wrong_thing_gives_that_finding_and_no_other(case: Case) -> None:
    book = copy.deepcopy(CLEAN)
    case.wrong(book)
    with edition_of(case):
        (found,) = checks(tables(book))
    assert (found["Finding"], found["Severity"], found["What to do"]) == (case.kind, *said_of(case.kind))
    assert (found["Sheet"], found["Row"], found["Order"]) == (case.sheet, case.row, case.order)
    assert (str(found["From"]), str(found["To"])) == (case.first, case.last)
    assert case.says in found["What is wrong"]
    assert not re.search(r"\bP[0-9]+\b", found["What is wrong"])  # no patient in a message


# -- a table that cannot be read -----------------------------------------------------------------------------------

NEEDED = [(table.name, column.name) for table in TABLES for column in table.columns if column.needed]
NAMES = list(CLEAN)


def without(given: list[list[list[Any]]], name: str, column: str) -> list[list[list[Any]]]:
    """The tables, a heading of one of them gone."""
    header = given[NAMES.index(name)][0]
    header[header.index(column)] = "something else"
    return given


@pytest.mark.parametrize(("name", "column"), NEEDED, ids=" ".join)
def test_a_column_that_is_missing_is_the_one_finding(name: str, column: str) -> None:
    (found,) = checks(without(tables(CLEAN), name, column))
    assert (found["Severity"], found["Finding"], found["Sheet"], found["Row"]) == (
        "error", "column missing or twice", name, 1,
    )  # fmt: skip
    assert f"{name} lacks the column {column}" in found["What is wrong"]


@pytest.mark.parametrize(("name", "column"), NEEDED, ids=" ".join)
def test_a_column_that_is_there_twice_is_the_one_finding(name: str, column: str) -> None:
    given = tables(CLEAN)
    for row in given[NAMES.index(name)]:
        row.append(row[given[NAMES.index(name)][0].index(column)])
    (found,) = checks(given)
    assert (found["Finding"], found["Sheet"]) == ("column missing or twice", name)
    assert f"{name} has the column {column} twice" in found["What is wrong"]


@pytest.mark.parametrize(
    ("name", "column", "left"),
    [
        ("Orders", "Drug", {("out of range", "Payers"), ("wrong NPI", "Provider"), ("not a number", "Rates"),
                            ("not a number", "Visits"), ("cannot be read", "Payer codes")}),
        ("Visits", "Date", {("out of range", "Payers"), ("wrong NPI", "Provider"), ("not a number", "Rates"),
                            ("unknown drug", "Orders"), ("cannot be read", "Payer codes")}),
        ("Payers", "Payer", {("wrong NPI", "Provider"), ("not a number", "Rates"), ("not a number", "Visits"),
                             ("unknown drug", "Orders"), ("cannot be read", "Payer codes")}),
        ("Rates", "Rate", {("out of range", "Payers"), ("wrong NPI", "Provider"), ("not a number", "Visits"),
                           ("unknown drug", "Orders"), ("cannot be read", "Payer codes")}),
        ("Provider", "Value", {("out of range", "Payers"), ("not a number", "Rates"), ("not a number", "Visits"),
                               ("unknown drug", "Orders"), ("cannot be read", "Payer codes")}),
        ("Payer codes", "Code", {("out of range", "Payers"), ("wrong NPI", "Provider"), ("not a number", "Rates"),
                                 ("not a number", "Visits"), ("unknown drug", "Orders")}),
        ("Own codes", "Code", {("out of range", "Payers"), ("wrong NPI", "Provider"), ("not a number", "Rates"),
                               ("not a number", "Visits"), ("cannot be read", "Payer codes")}),
    ],
)  # fmt: skip
def test_the_other_tables_are_checked_all_the_same(name: str, column: str, left: set[tuple[str, str]]) -> None:
    book = copy.deepcopy(CLEAN)
    for wrong in (
        put("Orders", 10, Drug="ertapenum"), put("Visits", 4, Minutes="an hour"), put("Payers", 8, Second_share=2),
        put("Rates", 17, Rate="free"), put("Provider", 3, Value=NPI[::-1]), put("Payer codes", 2, Drug_or_therapy=None),
        put("Own codes", 2, Amount="ten"),
    ):  # fmt: skip
        wrong(book)
    found = checks(without(tables(book), name, column))
    own_codes = set() if name == "Own codes" else {("not a number", "Own codes")}
    assert {(one["Finding"], one["Sheet"]) for one in found} == left | {("column missing or twice", name)} | own_codes


def test_an_error_in_a_heading_is_a_finding_and_an_error_in_place_of_a_table_comes_out_as_it_is() -> None:
    for at, name in enumerate(NAMES):
        given: list[Any] = tables(CLEAN)
        given[at][0][-1] = "#REF!"
        (found,) = checks(given)
        assert (found["Finding"], found["Sheet"]) == ("error value", name)
        assert found["What is wrong"] == f"a heading of {name} is #REF!"
        given[at] = ExcelError("#NAME?", "gone")
        result = CLAIM_CHECKS(*given)
        assert isinstance(result, ExcelError) and result == "#NAME?" and name in result.message
        given[at] = "a text"
        (found,) = checks(given)
        assert "is a single cell" in found["What is wrong"] and found["Sheet"] == name


def test_tables_that_are_not_given_are_no_finding() -> None:
    alone = [[row[column] for column in ("Order", "Patient", "Drug", "Dose", "Interval", "Start", "End", "Prescriber")]
             for row in CLEAN["Orders"][1:3]]  # fmt: skip
    header = ["Order", "Patient", "Drug", "Dose", "Interval", "Start", "End", "Prescriber"]
    assert checks([[header, alone[0]]]) == []
    assert checks([None]) == checks([[], [], [], [], [], [], []]) == []
    (found,) = checks([[header[:-1], alone[0][:-1]]])
    assert (found["Finding"], found["Row"], found["Order"]) == ("no prescriber", 1, "")


@pytest.mark.parametrize("code", ["S9500", "J9996"])
def test_a_code_that_is_no_drugs_is_a_finding_of_its_order(code: str) -> None:
    book = copy.deepcopy(CLEAN)
    put("Orders", 11, Drug=code, Therapy="anti-infective")(book)
    put("Orders", 5, Drug=code, Therapy="anti-infective")(book)  # at a payer with codes of its own
    (found,) = checks(tables(book))
    assert (found["Finding"], found["Row"], found["Order"]) == ("not found", 5, "")
    assert found["What is wrong"].startswith(("2 orders: S9500 is no drug code", "2 orders: code J9996 is not in"))
    assert found["What is wrong"].endswith("(table rows 5, 11)")


# -- more than one wrong thing -------------------------------------------------------------------------------------


def test_an_order_is_told_with_everything_that_is_wrong_in_it() -> None:
    book = copy.deepcopy(CLEAN)
    put("Orders", 11, Drug="ceftriaxom", Interval="often", Start="soon", Prescriber=None, NDC="1", Place="house",
        Volume="much", Payer="Hoem", Unused="few", Patient=None)(book)  # fmt: skip
    found = checks(tables(book))
    assert {one["Row"] for one in found} == {11} and {one["Sheet"] for one in found} == {"Orders"}
    words = [one["What is wrong"].casefold() for one in found]
    for word in ("ceftriaxom", "often", "soon", "prescriber", "ndc", "house", "much", "unused", "patient", "'hoem'"):
        assert sum(word in text for text in words) == 1, word
    assert len(found) == 10


@pytest.mark.parametrize(
    ("change", "kinds"),
    [
        ({"Payer": "Hoem", "Start": None}, {"unknown payer", "cannot be read"}),
        ({"Second payer": "Hoem", "Start": None}, {"unknown payer", "cannot be read"}),
        ({"Payer": "Medicare", "Start": "soon"}, {"not covered", "cannot be read"}),
        ({"Payer": None, "Dose": "#REF!", "Interval": None}, {"no payer", "error value", "cannot be read"}),
        ({"Payer": "Medicare", "Second payer": "Hoem", "End": None}, {"unknown payer", "cannot be read"}),
    ],
)
def test_the_second_fault_of_an_order_is_told_with_its_first(change: Row, kinds: set[str]) -> None:
    book = copy.deepcopy(CLEAN)
    book["Orders"][9].update(change)
    assert {(one["Row"], one["Finding"]) for one in checks(tables(book))} == {(11, kind) for kind in kinds}


def test_the_second_fault_of_a_visit_is_told_with_its_first() -> None:
    book = copy.deepcopy(CLEAN)
    add("Visits", Patient="P6", Date="soon", Minutes=60, Payer="Hoem")(book)
    add("Visits", Patient="P9", Date="2025-08-02", Minutes="#N/A", Payer="Hoem")(book)
    found = {(one["Row"], one["Finding"]) for one in checks(tables(book))}
    assert {("cannot be read"), ("error value")} <= {kind for _, kind in found}
    (unknown,) = (one for one in checks(tables(book)) if one["Finding"] == "unknown payer")
    assert unknown["Count"] == 2 and unknown["Row"] == 8


def test_claims_after_the_limit_that_have_visits_alone() -> None:
    book = copy.deepcopy(CLEAN)
    add("Visits", Patient="P6", Date="2025-06-03", Minutes=60, Payer="Blue")(book)
    late, outside = checks(tables(book))
    assert (late["Finding"], late["Sheet"], late["Row"]) == ("past the filing limit", "Visits", 8)
    assert late["What is wrong"].endswith("are 301 days, and Blue gives 300")
    assert outside["Finding"] == "visit outside the therapy"


@pytest.mark.parametrize(
    ("minutes", "unlikely"),
    [(1, True), (9.5, True), (10, False), (720, False), (720.5, True), (1440, True)],
)
def test_the_shortest_and_the_longest_visit_that_are_likely(minutes: float, unlikely: bool) -> None:
    """Of the table of what checks hold likely: 10 minutes to 12 hours."""
    book = copy.deepcopy(CLEAN)
    put("Visits", 4, Minutes=minutes)(book)
    assert ("visit length unlikely" in {row["Finding"] for row in checks(tables(book))}) == unlikely


def test_a_visit_after_the_therapy_is_of_no_use_to_a_denial() -> None:
    book = copy.deepcopy(CLEAN)
    put("Visits", 4, Date="2025-09-04")(book)
    assert [(one["Finding"], one["Sheet"], one["Row"]) for one in checks(tables(book))] == [
        ("no visit for the denial", "Orders", 9), ("visit outside the therapy", "Visits", 4),
    ]  # fmt: skip


def test_an_order_of_the_same_claim_that_its_payer_covers_waits_for_no_denial() -> None:
    book = copy.deepcopy(CLEAN)
    covered = order(12, "P4", "Works", "ceftriaxone", "2 g", 24, "2025-09-01", "2025-09-03")
    book["Orders"].append(covered | {"Supplied by": "outside pharmacy"})
    gone("Visits", 4)(book)
    assert [(one["Finding"], one["Row"]) for one in checks(tables(book))] == [("no visit for the denial", 9)]


def test_the_visit_of_another_agency_needs_no_order_of_ours() -> None:
    book = copy.deepcopy(CLEAN)
    book["Visits"].append({"Patient": "P55", "Date": "2025-08-02", "Minutes": 60, "Payer": "State", "Nurse": "agency"})
    assert checks(tables(book)) == []


def test_an_order_that_cannot_be_billed_waits_for_no_denial() -> None:
    book = copy.deepcopy(CLEAN)
    put("Orders", 12, Drug="milrinonol")(book)
    gone("Visits", 7)(book)
    assert [(one["Finding"], one["Row"]) for one in checks(tables(book))] == [("unknown drug", 12)]


def test_a_row_of_payer_codes_without_a_payer_names_none_that_is_unknown() -> None:
    book = copy.deepcopy(CLEAN)
    book["Payer codes"].append({"Drug or therapy": "TPN", "Code": "S9364"})
    assert [(one["Finding"], one["Sheet"], one["Row"]) for one in checks(tables(book))] == [
        ("cannot be read", "Payer codes", 3)
    ]


def test_nobody_is_asked_for_a_payer_where_no_payer_is_named() -> None:
    book = copy.deepcopy(CLEAN)
    for row in book["Orders"]:
        row["Payer"] = row["Second payer"] = None
    for name in ("Payers", "Payer codes", "Rates"):
        book[name] = []
    add("Visits", Patient="P55", Date="2025-08-02", Minutes=60)(book)
    found = {one["Finding"] for one in checks(tables(book))}
    assert "no payer" not in found and "visit without an order" in found
    put("Orders", 3, Payer="Blue")(book)  # one order names its payer: the others do not
    (blank, alone) = (one for one in checks(tables(book)) if one["Finding"] == "no payer")
    assert blank["What is wrong"].startswith("10 orders and 3 visits: Payer is blank") and blank["Count"] == 13
    assert (alone["Sheet"], alone["Row"]) == ("Visits", 8)


def test_a_payer_that_cannot_be_read_is_not_a_blank_one() -> None:
    book = copy.deepcopy(CLEAN)
    put("Orders", 10, Payer="#REF!")(book)  # its visit has no payer of its own
    assert {one["Finding"] for one in checks(tables(book))} == {"error value"}
    add("Visits", Patient="P55", Date="2025-08-02", Minutes=60, Payer="#REF!")(book)
    assert {one["Finding"] for one in checks(tables(book))} == {"error value"}


def test_days_of_an_order_that_cannot_be_read_may_be_those_of_the_visit() -> None:
    book = copy.deepcopy(CLEAN)
    put("Orders", 10, Start="soon")(book)
    put("Visits", 6, Date="2025-12-31")(book)
    assert {one["Finding"] for one in checks(tables(book))} == {"cannot be read"}


@pytest.mark.parametrize(
    ("more", "kinds"),
    [
        ({"Order": 12}, ["same drug twice"]),  # another number: one may have replaced the other
        ({"Order": None}, ["same drug twice"]),  # without a number nothing says that it is one order
        ({"Start": "2025-08-06", "End": "2025-08-09"}, []),  # the same order, on other days: it goes on
        ({"Drug": "ceftriaxone", "Dose": "2 g", "NDC": "0409-7332-01"}, []),  # two drugs of one order
    ],
)
def test_an_order_is_billed_twice_where_number_drug_and_days_are_the_same(more: Row, kinds: list[str]) -> None:
    book = copy.deepcopy(CLEAN)
    book["Orders"].append({**CLEAN["Orders"][8], **more})
    assert [one["Finding"] for one in checks(tables(book))] == kinds


def test_an_order_typed_three_times_is_billed_twice_two_times_whatever_else_runs() -> None:
    book = copy.deepcopy(CLEAN)
    book["Orders"] += [CLEAN["Orders"][8], CLEAN["Orders"][8],
                       {**CLEAN["Orders"][8], "Order": 12, "Start": "2025-07-01", "End": "2025-08-31"}]  # fmt: skip
    twice, *others = checks(tables(book))
    assert twice["What is wrong"] == (
        "2 orders: order 9 stands in Orders table row 10 too, with the same drug: these days are billed twice (table rows 13-14)"
    )
    assert [(one["Finding"], one["Row"]) for one in others] == [("same drug twice", 10)]


@pytest.mark.parametrize(
    ("change", "kinds"),
    [
        ({"Dispensed": 3}, []),  # some bags of a day were not needed
        ({"Dispensed": 1}, []),  # a bag of 8 mg a day, and that is billed
        ({"Dose": "400 mg", "Dispensed": 1}, []),  # so is one that is more than a dose usually is
        ({"Dose": "400 mg", "Dispensed": 5}, ["dose of several days"]),
        ({"Vials": "20 mg, 10 mg"}, []),
        ({"Vials": "10/40"}, []),  # it cannot be read, and nothing is asked of it
        ({"Dispensed": 1, "End": "2025-08-01"}, []),
        ({"Dose": "1 g", "End": "2025-08-01"}, ["dose unusual"]),
        ({"Dose": "1 g", "Interval": 24}, ["dose unusual"]),
        ({"Dose": "40 mL"}, ["unit mismatch"]),
        ({"Dose": "40 mL", "Dispensed": 1}, ["unit mismatch", "dispensed unlike the days"]),
        ({"Dose": "1 g", "Supplied by": "outside pharmacy"}, []),
    ],
)
def test_a_continuous_dose_is_that_of_a_day(change: Row, kinds: list[str]) -> None:
    book = copy.deepcopy(CLEAN)
    book["Orders"][10].update(change)
    assert [one["Finding"] for one in checks(tables(book))] == kinds


@pytest.mark.parametrize(
    ("drug", "dose", "days"), [("fluorouracil", "4600 mg", 2), ("fluorouracil", "4600 mg", 3), ("morphine", "500 mg", 5),
                               ("hydromorphone", "100 mg", 5), ("milrinone", "200 mg", 3)],
)  # fmt: skip
def test_a_bag_of_several_days_is_asked_for_until_its_number_is_typed(drug: str, dose: str, days: int) -> None:
    """Either of the two ways that the warning names ends it."""
    bag = order(1, "P1", "", drug, dose, "continuous", "2025-12-01", f"2025-12-{days:02}")
    by_days = {**bag, "Dose": f"{int(dose.split()[0]) // days} mg"}
    kinds = [[one["Finding"] for one in found_in([row])] for row in (bag, {**bag, "Dispensed": 1}, by_days)]
    maker = ["product not known"] if drug == "morphine" else []
    assert kinds == [["dose of several days", *maker], maker, maker]


def test_more_or_fewer_dispensed_than_the_days_have_is_told_with_its_units() -> None:
    week = ("2025-08-01", "2025-08-07")
    (found,) = found_in([order(1, "P1", "", "ceftriaxone", "1 g", 24, *week, Dispensed=70)])
    assert found["What is wrong"].endswith("gives 7: 280 units of J0696 are billed, where these days have 28")
    (found,) = found_in([order(1, "P1", "", "ampicillin", "12 g", "continuous", *week, Dispensed=14)])
    assert found["What is wrong"].endswith("gives 7: 336 units of J0290 are billed, where these days have 168")
    days = ("2025-06-29", "2025-07-02")  # another code from July
    (found,) = found_in(
        [order(1, "P1", "", "vancomycin", "1 g", 24, *days, Dispensed=1)], kind="dispensed unlike the days"
    )
    assert "units of J3370 and J3373 are billed" in found["What is wrong"]
    days = ("2025-06-30", "2025-07-02")  # its one dose is of June
    (found,) = found_in(
        [order(1, "P1", "", "vancomycin", "1 g", "q72h", *days, Dispensed=3)], kind="dispensed unlike the days"
    )
    assert found["What is wrong"].endswith("gives 1: 202 units of J3370 and J3373 are billed, where these days have 2")
    assert (
        found_in(
            [order(1, "P1", "", "ketorolac", "30 mg", "once", week[0], None, Dispensed=4)],
            kind="dispensed unlike the days",
        )
        == []
    )


@pytest.mark.parametrize("change", [{"Drug": "J3370", "Dispensed": 9}, {"Dose": "2 mEq", "Dispensed": 9}])
def test_units_that_fail_are_left_out_of_what_is_dispensed(change: Row) -> None:
    row = {**order(1, "P1", "", "ceftriaxone", "1 g", 24, "2025-08-01", "2025-08-07"), **change}
    (found,) = found_in([row], kind="dispensed unlike the days")
    assert found["What is wrong"] == "Dispensed is 9, and every 24 hours for 7 days gives 7"


@pytest.mark.parametrize(
    ("drug", "dose", "every"),
    [
        ("heparin", "501 units", "q8h"), ("heparin", "5000 units", "q12h"), ("heparin", "500 mL", "daily"), ("heparin flush", "500 units", "q8h"),
        ("normal saline 250 cc", "21 mL", "daily"), ("heparin", None, "daily"), ("Cathflo", "2 mg", "once"),
    ],
)  # fmt: skip
def test_what_is_given_as_therapy_or_typed_as_a_flush_is_no_finding_of_one(drug: str, dose: str, every: str) -> None:
    end = None if every == "once" else "2025-08-01"
    found = found_in([order(1, "P1", "", drug, dose, every, "2025-08-01", end)])
    assert not {"flush as therapy", "supply as drug", "many kits", "dose unusual"} & {one["Finding"] for one in found}


@pytest.mark.parametrize(
    ("drug", "dose", "vials", "terms", "says"),
    [
        ("cefazolin", "1 g", "100 g", {"Fractional units": "yes"}, "of 100 g is a pharmacy bulk package, and each dose is rounded up"),
        ("vancomycin", "5 g", "5 g", {"Waste": "JW and JZ"}, "of 5 g is a pharmacy bulk package, and the line says with JZ that nothing"),
        ("vancomycin", "5 g", "5 g", {"Waste": "JW and JZ", "Fractional units": "yes"}, "with JZ"),
        ("penicillin G potassium", "3 million units", "20 million units", {"Waste": "JW and JZ"}, "of 20,000,000 units is a pharmacy bulk package"),
        ("ondansetron", "4 mg", "40 mg", {"Waste": "JW and JZ"}, "of 40 mg is a multiple-dose vial, and 36 units of J2405"),
        ("cefazolin", "1 g", "10 g", {}, ""),  # nothing comes of the vials
        ("cefazolin", "1 g", "1 g, 10 g", {"Waste": "JW and JZ"}, ""),  # the package stays closed
        ("cefazolin", "11 g", "1 g, 10 g", {"Waste": "JW and JZ"}, "of 10 g is a pharmacy bulk package"),
        ("cefazolin", "3 g", "3 g", {"Waste": "JW and JZ"}, ""),
        ("ertapenem", "1 g", "10 g", {"Waste": "JW and JZ"}, ""),  # no such package is known
        ("cefazolin", "plenty", "10 g", {"Waste": "JW and JZ"}, ""),  # the line says what is wrong
        ("cefazolin", "1 g", "a crate", {"Waste": "JW and JZ"}, ""),
        ("J0690", "1 g", "10 g", {"Waste": "JW and JZ"}, "of 10 g is a pharmacy bulk package"),
    ],
)  # fmt: skip
def test_waste_is_of_single_dose_containers_alone(drug: str, dose: str, vials: str, terms: Row, says: str) -> None:
    one = order(1, "P1", "A", drug, dose, 24, "2025-08-01", "2025-08-01", Vials=vials)
    payers = [["Payer", *terms], ["A", *terms.values()]]
    found = found_in([one], None, payers, kind="waste of a bulk package")
    assert [says in one["What is wrong"] for one in found] == ([True] if says else [])
    assert all(row["Severity"] == "warning" for row in found)


HYDRATION = order(1, "P1", "", "normal saline 1000 cc", "1 L", 24, "2025-08-01", "2025-08-05")


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({}, "Volume is blank, and S9373 is the code of no volume: the doses come to 1 L a day"),
        ({"Interval": 48}, "Volume is blank, and S9373 is the code of no volume"),
        ({"Volume": "1 L"}, ""),
        ({"Volume": "3 L"}, "Volume is 3 L a day: the doses come to 1 L a day"),
        ({"Interval": "q8h", "Volume": 3}, ""),
        ({"Interval": "q8h", "Volume": 1}, "Volume is 1 L a day: the doses come to 3 L a day"),
        ({"Drug": "thiamine", "Dose": "100 mg", "Therapy": "hydration", "Volume": 1}, ""),  # in a fluid of any volume
        ({"Therapy": "hydration", "Drug": None, "Dose": None, "Volume": "1 L"}, ""),
    ],
)
def test_the_fluid_of_a_day_is_that_of_its_bags(change: Row, says: str) -> None:
    found = [one for one in found_in([{"Volume": None, "Therapy": None, **HYDRATION, **change}])
             if one["Finding"].startswith("volume")]  # fmt: skip
    assert [one["What is wrong"] for one in found] == ([says] if says else [])


def test_two_bags_of_a_day_are_held_against_the_volume_of_both() -> None:
    bag = {**HYDRATION, "Order": 2, "Drug": "D5W 500 mL", "Dose": "500 mL"}
    assert found_in([{**HYDRATION, "Volume": "1.5 L"}, bag]) == []
    (found,) = found_in([{**HYDRATION, "Volume": "1 L"}, {**bag, "Start": "2025-08-03"}])
    assert found["What is wrong"] == "Volume is 1 L a day: the doses come to 1.5 L a day"
    assert (str(found["From"]), str(found["To"])) == ("2025-08-03", "2025-08-05")
    (found,) = found_in([{**HYDRATION, "Volume": "1 L"}, {**bag, "End": "2025-08-02"}])
    assert (str(found["From"]), str(found["To"])) == ("2025-08-01", "2025-08-02")


def test_a_code_that_a_payer_wants_for_any_volume_needs_none() -> None:
    wanted = [["Payer", "Drug or therapy", "Code"], ["A", "hydration", "S9373"]]
    given = [{**HYDRATION, "Payer": "A"}], None, [["Payer"], ["A"]], None, None, wanted
    assert [one for one in found_in(*given) if one["Finding"].startswith("volume")] == []


def test_a_start_far_out_is_a_slip_of_the_year() -> None:
    start = current().edition.verified_through + dt.timedelta(366)
    row = order(1, "P1", "", "ceftriaxone", "1 g", 24, str(start), str(start))
    assert found_in([row], kind="dates unlikely") == []
    row = {**row, "Start": str(start + dt.timedelta(1)), "End": str(start + dt.timedelta(2))}
    (found,) = found_in([row], kind="dates unlikely")
    assert "is more than 366 days after" in found["What is wrong"]
    assert found_in([{**row, "Start": "2024-01-01", "End": "2024-12-31"}], kind="dates unlikely") == []


def test_one_volume_of_two_therapies_or_of_days_apart_is_no_finding() -> None:
    book = copy.deepcopy(CLEAN)
    put("Orders", 7, Volume="1.5 L", Therapy="hydration")(book)
    assert "same volume twice" not in {one["Finding"] for one in checks(tables(book))}
    put("Orders", 7, Therapy="TPN", Start="2025-09-01", End="2025-09-05")(book)
    assert checks(tables(book)) == []


def test_a_visit_and_a_payer_are_told_with_everything_that_is_wrong_in_them() -> None:
    book = copy.deepcopy(CLEAN)
    put("Visits", 6, Date="soon", Minutes="few", Start_time=None, End_time=None, Nurse="nobody", Place="house")(book)
    put("Payers", 8, Second_share=2, Line_span="year", Hours_a_day="few")(book)
    found = [(one["Sheet"], one["Row"], one["What is wrong"]) for one in checks(tables(book))]
    assert {(sheet, row) for sheet, row, _ in found} == {("Visits", 6), ("Payers", 8)} and len(found) == 7
    for word in ("soon", "few", "nobody", "house", "Second share", "Line span", "Hours a day"):
        assert any(word in says for _, _, says in found), word


@pytest.mark.slow
def test_no_wrong_thing_hides_another() -> None:
    chosen = [case for case in CASES if case.sheet != "Provider" and case.order in (9, 10)]
    for one in chosen:
        for other in CASES:
            if (other.sheet, other.row) != ("Orders", 3) and (other.sheet, other.row) != ("Orders", 4):
                continue
            book = copy.deepcopy(CLEAN)
            one.wrong(book)
            other.wrong(book)
            with edition_of(one, other):
                assert {(found["Finding"], found["Row"]) for found in checks(tables(book))} == {
                    (one.kind, one.row),
                    (other.kind, other.row),
                }


def test_a_row_of_a_table_that_cannot_be_used_is_told_once_for_many_orders() -> None:
    book = copy.deepcopy(CLEAN)
    put("Payers", 2, Second_share="half")(book)
    put("Rates", 2, Rate=None)(book)
    found = [(one["Finding"], one["Sheet"], one["Row"]) for one in checks(tables(book))]
    assert found == [("not a number", "Payers", 2), ("not a number", "Rates", 2)]


# -- order ---------------------------------------------------------------------------------------------------------


def all_wrong() -> Book:
    """Many wrong things at once, on every sheet."""
    book = copy.deepcopy(CLEAN)
    for wrong in (
        put("Orders", 3, Dose="2 mg", Authorization=None), put("Orders", 4, Start="2025-08-09"), put("Orders", 5, NDC=None),
        put("Orders", 10, Interval=5, NDC=None), put("Orders", 11, Prescriber=1, End="2026-02-01"), put("Visits", 6, Patient="P55"),
        put("Visits", 3, End_time="21:00"), add("Visits", **CLEAN["Visits"][4]), put("Provider", 5, To="2025-08-07"),
        put("Rates", 2, Rate=140), add("Rates", Payer="Hoem", Code="S9500", Rate=1), add("Rates", Code="J3373", Rate=1),
        put("Payers", 8, Second_share=2), add("Payer codes", Payer="Blue", Drug_or_therapy="ceftriaxone", Code="S9494"),
        put("Provider", 3, Value=1), gone("Visits", 4), put("Own codes", 2, Amount=None), own(Drug="examplomycin", Code="J9997"),
        own(Drug="meropenem", Code="J2185", Amount=1, Unit="g"), own(Drug="vanco", Code="J3370", From="2026-01-01"),
    ):  # fmt: skip
        wrong(book)
    return book


def test_errors_come_first_then_table_row_and_day() -> None:
    found = checks(tables(all_wrong()))
    assert len(found) >= 20 and len({one["Finding"] for one in found}) > 15
    sheets = [table.name for table in TABLES]
    places = [
        (one["Severity"], sheets.index(one["Sheet"]), one["Row"], one["From"] or dt.date.min, one["To"] or dt.date.min)
        for one in found
    ]
    assert places == sorted(places) and places[0][0] == "error" and places[-1][0] == "warning"


def test_rows_in_another_order_give_the_same_findings() -> None:
    chooser = random.Random(7)

    def told(book: Book) -> list[str]:
        def plain(one: Row) -> str:
            cells = [str(cell) for column, cell in one.items() if column != "Row"]
            return re.sub(r"\brows? [0-9]+((-|, | and )[0-9]+)*", "row", " | ".join(cells))

        return sorted(map(plain, checks(tables(book))))

    book = all_wrong()
    before = told(book)
    for _ in range(12):
        for rows in book.values():
            chooser.shuffle(rows)
        assert told(book) == before


# -- legitimate claims ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "right",
    [
        put("Orders", 4, Start="2025-08-11"),  # an order that follows another the next day
        put("Provider", 5, From="2025-08-06"),  # two bodies that follow each other
        put("Payers", 5, Days_to_file=234),  # on the last day of the filing limit
        put("Payers", 2, Hours_a_day=3.5),  # as many hours as the payer pays
        put("Rates", 2, Rate=130),  # equal rates: no rank earns more
        put("Orders", 8, Product=None, NDC="0409-1391-21"),  # a labeler that is billed with the generic code
        put("Orders", 11, Start="2025-08-01T00:00:00", End=45874),  # Excel's own days
        put("Orders", 11, Payer="HOME"),  # a payer in another spelling
        put("Orders", 11, Drug="Rocephin", Dose="2000 mg"),
        put("Orders", 11, Drug="ceftriaxone", Dose=2000),
        put("Orders", 11, Dispensed=4),  # a dose that was not needed
        put("Orders", 11, Dispensed=7, Unused=2),  # none beyond those of the days was given
        put("Orders", 11, Dispensed=11, Unused=6),
        put("Orders", 11, Dispensed=3),
        put("Visits", 4, Minutes=10),
        put("Orders", 11, End="2025-12-31"),  # the last day that is verified
        put("Provider", 6, Item="Filing date", Value="2025-09-05"),  # filed on the last day of service
        gone("Provider", 6),  # no filing date: no filing limit
    ],
)
def test_what_is_right_has_no_finding(right: Wrong) -> None:
    book = copy.deepcopy(CLEAN)
    right(book)
    assert checks(tables(book)) == []


def found_in(orders: list[Row], *more: Any, kind: str = "") -> list[Row]:
    """The findings of some orders, of one kind only where it is named."""
    header = list(dict.fromkeys(column for row in orders for column in row))
    found = checks([[header, *([row.get(column) for column in header] for row in orders)], *more])
    return [one for one in found if not kind or one["Finding"] == kind]


def test_the_longest_order_and_the_farthest_start_that_are_likely() -> None:
    """366 days both, of the table of what checks hold likely."""
    verified = current().edition.verified_through

    def unlikely(first: dt.date, days: int) -> bool:
        row = order(1, "P1", "", "meropenem", "1 g", 8, str(first), str(first + dt.timedelta(days - 1)))
        return bool(found_in([row], kind="dates unlikely"))

    assert [unlikely(dt.date(2024, 3, 1), days) for days in (366, 367)] == [False, True]
    assert [unlikely(verified + dt.timedelta(days), 5) for days in (366, 367)] == [False, True]


def test_a_maker_is_asked_for_only_where_makers_have_codes_that_day() -> None:
    worked = [
        order(1, "P1", "", "meropenem", "1 g", 8, "2013-05-01", "2013-05-01"),
        order(2, "P1", "", "vancomycin", "1 g", 12, "2013-05-01", "2013-05-01"),
    ]
    assert found_in(worked) == []
    (found,) = found_in([order(1, "P1", "", "meropenem", "1 g", 8, "2022-12-25", "2023-01-08")])
    assert (found["Finding"], str(found["From"]), str(found["To"])) == ("product not known", "2023-01-01", "2023-01-08")
    (found,) = found_in([order(1, "P1", "", "vancomycin", "1 g", 8, "2025-06-25", "2025-06-30")])
    assert "J3370" in found["What is wrong"]
    codes = [
        one["What is wrong"] for one in found_in([order(1, "P1", "", "vanco", "1 g", 8, "2025-06-25", "2025-07-05")])
    ]
    assert len(codes) == 2 and "J3370" in codes[0] and "J3373" in codes[1]
    # a drug that has products alone is an error, and no question of its generic code
    (found,) = found_in([order(1, "P1", "", "immune globulin", "30 g", 24, "2025-08-01", "2025-08-01")])
    assert (found["Finding"], found["Severity"]) == ("not found", "error")
    # its code says which one is meant
    assert found_in([order(1, "P1", "", "J2185", "1 g", 8, "2025-08-01", "2025-08-08")]) == []


def test_of_two_spellings_of_a_patient_the_rows_of_the_rarer_are_told() -> None:
    orders = [{**order(number, patient, "A", "ertapenem", "1 g", 24, day, day), "Prescriber": NPI}
              for number, (patient, day) in enumerate([("P1", "2025-08-01"), ("p1", "2025-08-02"), ("P2", "2025-08-01"),
                                                       ("p1", "2025-08-03"), ("Q", "2025-08-01")], start=1)]  # fmt: skip
    visits = [["Patient", "Date", "Minutes", "Payer"], ["q", "2025-08-01", 60, "A"], ["P2", "2025-08-01", 60, "A"]]
    found = found_in(orders, visits, kind="patient in other letters")
    assert [(one["Sheet"], one["Row"], one["What is wrong"].split(" that of ")[1].split(" in ")[0]) for one in found] == [
        ("Orders", 2, "Orders table row 3"), ("Visits", 2, "Orders table row 6"),
    ]  # fmt: skip


def test_one_drug_of_two_therapies_two_patients_or_two_days_is_no_overlap() -> None:
    days = ("2025-08-01", "2025-08-08")
    assert not found_in(
        [
            order(1, "P1", "", "ceftriaxone", "1 g", 24, *days),
            order(2, "P2", "", "ceftriaxone", "1 g", 24, *days),
            order(3, "P1", "", "ceftriaxone", "1 g", 24, "2025-08-09", "2025-08-09"),
            order(4, "P1", "", "ertapenem", "1 g", 24, *days),
        ]
    )
    three = [
        order(1, "P1", "A", "ceftriaxone", "1 g", 24, "2025-08-01", "2025-08-20"),
        order(2, "P1", "B", "Rocephin", "2 g", 12, "2025-08-05", "2025-08-06"),
        order(3, "P1", "A", "J0696", "1 g", 24, "2025-08-10", "2025-08-30"),
    ]
    assert [(one["Order"], str(one["From"]), str(one["To"])) for one in found_in(three)] == [
        (2, "2025-08-05", "2025-08-06"),
        (3, "2025-08-10", "2025-08-20"),
    ]


# -- ranks and money -----------------------------------------------------------------------------------------------

RANKED = [
    order(1, "P1", "A", "cefazolin", "1 g", 8, "2024-03-01", "2024-03-10"),
    order(2, "P1", "A", "ceftriaxone", "2 g", 24, "2024-03-01", "2024-03-05"),
    order(3, "P1", "A", "ampicillin", "2 g", 6, "2024-03-01", "2024-03-10"),
]


def more_by_rate(orders: list[Row], amounts: dict[str, float], terms: Row | None = None, *rates: Row) -> list[str]:
    """What the finding of a better rank says, where there is one."""
    table = [{"Code": code, "Rate": amount} for code, amount in amounts.items()] + list(rates)
    header = ["Code", "Rate", "Modifier", "From", "To"]
    payer = {"Payer": "A", **(terms or {})}
    found = found_in(orders, None, [list(payer), list(payer.values())],
                     [header, *([row.get(column) for column in header] for row in table)],
                     kind="rank by rate pays more")  # fmt: skip
    assert len(found) <= 1
    return [one["What is wrong"] for one in found]


def test_what_ranking_by_rate_would_earn_more() -> None:
    drugs = {"J0690": 1, "J0696": 1, "J0290": 1}
    # by frequency, 5 days of S9503 (10), S9502 half of 20, S9500 a quarter of 40, and 5 of S9503, S9502:
    # 5 x (10 + 10 + 10) + 5 x (10 + 10) = 250; by rate 5 x (40 + 10 + 2.5) + 5 x (20 + 5) = 387.50
    (says,) = more_by_rate(RANKED, {"S9503": 10, "S9502": 20, "S9500": 40, **drugs})
    assert says == (
        "ranked by rate, the per diems of this claim to A earn $137.50 more: $387.50 in place of $250.00"
    )  # fmt: skip
    nobody = [{**one, "Payer": None} for one in RANKED]
    (found,) = found_in(nobody, None, None, [["Code", "Rate"], ["S9503", 10], ["S9502", 20], ["S9500", 40]],
                        kind="rank by rate pays more")  # fmt: skip
    assert found["What is wrong"].startswith("ranked by rate, the per diems of this claim earn $137.50 more")
    # the more frequent one is the dearer one: the same rank
    assert not more_by_rate(RANKED, {"S9503": 40, "S9502": 20, "S9500": 10, **drugs})
    assert not more_by_rate(RANKED, {"S9503": 20, "S9502": 20, "S9500": 20, **drugs})
    # the contract ranks so already; every rank earns the same; one therapy cannot be priced
    assert not more_by_rate(RANKED, {"S9503": 10, "S9502": 20, "S9500": 40, **drugs}, {"Rank by": "rate"})
    assert not more_by_rate(
        RANKED, {"S9503": 10, "S9502": 20, "S9500": 40, **drugs}, {"Second share": 1, "Third share": 1}
    )
    assert not more_by_rate(RANKED, {"S9503": 10, "S9502": 20, **drugs})
    # every patient's claim by itself
    two = RANKED + [{**one, "Patient": "P2", "Order": f"{one['Order']}b"} for one in RANKED[:2]]
    payers = [["Payer"], ["A"]]
    amounts = [
        ["Code", "Rate"],
        *([code, rate] for code, rate in {"S9503": 10, "S9502": 20, "S9500": 40, **drugs}.items()),
    ]
    found = found_in(two, None, payers, amounts, kind="rank by rate pays more")
    # the other patient's: 5 x (20 + 20) + 5 x 20 = 300; by rate 5 x (40 + 10) + 5 x 20 = 350
    assert [(one["Order"], one["What is wrong"].partition(" earn ")[2]) for one in found] == [
        (3, "$137.50 more: $387.50 in place of $250.00"),
        ("1b", "$50.00 more: $350.00 in place of $300.00"),
    ]
    # a drug without a rate does not matter to the per diems
    assert more_by_rate(RANKED, {"S9503": 10, "S9502": 20, "S9500": 40})


def test_a_better_rank_among_therapies_of_one_frequency() -> None:
    # two of 24 hours: the earlier order comes first, 100 + 80; by rate 160 + 50
    orders = [
        order(1, "P1", "A", "ceftriaxone", "2 g", 24, "2024-03-01", "2024-03-01"),
        order(2, "P1", "A", "milrinone", "40 mg", "continuous", "2024-03-01", "2024-03-01"),
    ]
    (says,) = more_by_rate(orders, {"S9500": 100, "S9348": 160}, {"Tie by": "start"})
    assert "$30.00 more: $210.00 in place of $180.00" in says
    assert not more_by_rate(orders, {"S9500": 100, "S9348": 160})  # ties go by rate
    # ranked by start, the rarer and dearer one first already, and then last
    assert not more_by_rate(orders[::-1], {"S9500": 160, "S9348": 100}, {"Rank by": "start"})
    first_later = [{**orders[0], "Start": "2024-02-28"}, orders[1]]
    (says,) = more_by_rate(first_later, {"S9500": 100, "S9348": 160}, {"Rank by": "start"})
    assert "$30.00 more" in says
    # the dearer one has more doses a day and begins a day later: on 4 days 100 + 75; by rate 150 + 50
    later = [RANKED[1], {**RANKED[0], "Start": "2024-03-02", "End": "2024-03-05"}]
    (says,) = more_by_rate(later, {"S9500": 100, "S9502": 150}, {"Rank by": "start"})
    assert "$100.00 more" in says


def test_a_better_rank_from_the_day_of_a_new_rate_or_never() -> None:
    # from 6 March the daily one is dearer: 5 days x (150 + 60) in place of 5 x (120 + 75)
    rates = {"S9502": 120, "J0690": 1, "J0696": 1}
    orders = [{**one, "End": "2024-03-10"} for one in RANKED[:2]]
    (says,) = more_by_rate(orders, rates, None, {"Code": "S9500", "Rate": 100, "To": "2024-03-05"},
                           {"Code": "S9500", "Rate": 150, "From": "2024-03-06"})  # fmt: skip
    assert "$75.00 more: $1,900.00 in place of $1,825.00" in says
    # a dearer therapy that never meets a cheaper one of more doses
    apart = [RANKED[0], {**RANKED[1], "Start": "2024-04-01", "End": "2024-04-05"}]
    assert not more_by_rate(apart, {"S9502": 100, "S9500": 150})
    # a rate of its own for the second rank turns it round: by frequency 100 + 149, by rate 150 + 50
    assert not more_by_rate(
        RANKED[:2], {"S9502": 100, "S9500": 150}, None, {"Code": "S9500", "Modifier": "SH", "Rate": 149}
    )


# -- days and hours ------------------------------------------------------------------------------------------------


def visits(*rows: Row) -> list[list[Any]]:
    header = ["Patient", "Date", "Minutes", "Start time", "End time", "Nurse"]
    return [header, *([row.get(column) for column in header] for row in rows)]


def test_a_week_goes_from_sunday_to_saturday() -> None:
    one = [order(1, "P1", "A", "ceftriaxone", "2 g", 24, "2025-08-01", "2025-08-20")]
    payers = [["Payer", "Hours a week"], ["A", 4]]
    saturday, sunday, next_saturday = "2025-08-02", "2025-08-03", "2025-08-09"

    def too_many(*days: str) -> list[tuple[str, ...]]:
        found = found_in(one, visits(*({"Patient": "P1", "Date": day, "Minutes": 150} for day in days)), payers)
        return [(one["Finding"], str(one["From"]), str(one["To"])) for one in found]

    def too_long(minutes: int) -> bool:
        four_times = visits(*({"Patient": "P1", "Date": f"2025-08-0{day}", "Minutes": minutes} for day in range(3, 7)))
        return bool(found_in(one, four_times, payers))

    assert too_many(saturday, sunday) == []
    assert too_many(sunday, next_saturday) == [("too many hours", sunday, next_saturday)]
    assert not too_long(60) and too_long(61)


def test_visits_of_a_day_on_which_the_first_fails_or_is_an_agencys() -> None:
    one = [order(1, "P1", "A", "ceftriaxone", "2 g", 24, "2025-08-01", "2025-08-20")]
    payers = [["Payer", "Second visit"], ["A", "99602"]]
    day = {"Patient": "P1", "Date": "2025-08-03"}
    wrong = {**day, "Minutes": 2000}
    (found,) = found_in(one, visits(wrong, {**day, "Minutes": 60}), payers)
    assert (found["Finding"], found["Row"]) == ("out of range", 2)
    agency = {**day, "Start time": "8:00", "End time": "9:00", "Nurse": "agency"}
    own = {**day, "Start time": "12:00", "End time": "13:00"}
    evening = {**day, "Start time": "18:00", "End time": "19:00"}
    for ours in ([own], [own, evening]):
        (found,) = found_in(one, visits(agency, *ours), payers)
        assert (found["Finding"], found["Row"]) == ("99602 without 99601", 3)
    assert found_in(one, visits(agency, own), [["Payer"], ["A"]]) == []  # 99601 again
    assert found_in(one, visits(own, {**agency, "Start time": "14:00", "End time": "15:00"}), payers) == []


def test_two_visits_of_a_day_are_the_same_only_where_nothing_tells_them_apart() -> None:
    one = [order(1, "P1", "", "ceftriaxone", "2 g", 24, "2025-08-01", "2025-08-20")]
    day = {"Patient": "P1", "Date": "2025-08-03", "Minutes": 60}
    (found,) = found_in(one, visits(day, day))
    assert (found["Finding"], found["Severity"], found["Row"]) == ("same visit twice", "warning", 3)
    assert found_in(one, visits(day, {**day, "Minutes": 61})) == []
    assert found_in(one, visits(day, {**day, "Date": "2025-08-04"})) == []
    assert found_in(one, visits(day, {**day, "Nurse": "agency"})) == []
    times = {"Patient": "P1", "Date": "2025-08-03", "Start time": "8:00", "End time": "9:00"}
    assert found_in(one, visits(times, {**times, "Start time": "8:30", "End time": "9:30"})) == []


def test_every_gap_of_the_accreditations_is_told() -> None:
    one = [order(1, "P1", "A", "ceftriaxone", "2 g", 24, "2025-08-01", "2025-08-20")]
    payers = [["Payer", "Accreditation"], ["A", "ACHC, CHAP"]]
    provider = [["Item", "Value", "From", "To"], ["NPI", NPI, None, None],
                ["Accreditation", "ACHC", "2025-08-03", "2025-08-05"], ["Accreditation", "CHAP", "2025-08-08", "2025-08-11"],
                ["Accreditation", "URAC", "2020-01-01", None]]  # fmt: skip
    found = found_in(one, None, payers, None, provider)
    assert [(one["Finding"], str(one["From"]), str(one["To"])) for one in found] == [
        ("accreditation missing", "2025-08-01", "2025-08-02"),
        ("accreditation missing", "2025-08-06", "2025-08-07"),
        ("accreditation missing", "2025-08-12", "2025-08-20"),
    ]
    (found,) = [one for one in found_in(one, None, payers)]  # nor is there one where no Provider is given
    assert found["Finding"] == "accreditation missing"


def test_codes_that_exclude_each_other_are_told_once_for_two_orders_with_the_days_they_share() -> None:
    orders = [
        order(1, "P1", "A", "cefazolin", "1 g", 8, "2024-01-01", "2024-03-31"),
        order(2, "P1", "A", "ceftriaxone", "2 g", 24, "2024-02-10", "2024-04-20"),
        order(3, "P1", "A", "ertapenem", "1 g", 24, "2024-05-01", "2024-05-02"),
    ]
    payers = [["Payer", "Line span"], ["A", "month"]]
    codes = [["Payer", "Drug or therapy", "Code"], ["A", "ceftriaxone", "S9494"]]
    (found,) = found_in(orders, None, payers, None, None, codes, kind="codes exclude each other")
    assert (found["Order"], str(found["From"]), str(found["To"])) == (2, "2024-02-10", "2024-03-31")
    hemodialysis = order(4, "P1", "A", None, None, None, "2024-05-01", "2024-05-02", Therapy="gestational diabetes")
    (found,) = found_in([orders[2], hemodialysis], kind="codes exclude each other")
    assert found["What is wrong"] == "S9214 and S9500 (Orders table row 2) may not be billed for one day"


# -- whatever stands in a cell -------------------------------------------------------------------------------------


@pytest.mark.slow
def test_whatever_stands_in_the_cells_there_is_an_answer() -> None:
    chooser = random.Random(11)
    pool = cells(12_000, 5)
    for _ in range(150):
        book = all_wrong() if chooser.random() < 0.5 else copy.deepcopy(CLEAN)
        given: list[Any] = tables(book)
        for _ in range(chooser.randint(1, 12)):
            table = chooser.choice(given)
            row = chooser.choice(table[1:] or table) if chooser.random() < 0.97 else table[0]
            row[chooser.randrange(len(row))] = chooser.choice(pool)
        found = checks(given)
        for one in found:
            assert (one["Severity"], one["What to do"]) == said_of(one["Finding"])
            assert isinstance(one["Row"], int) and one["Row"] >= 1 and one["What is wrong"]
            assert (one["From"] == "") == (one["To"] == "") and (one["From"] == "" or one["From"] <= one["To"])
        assert len({tuple(map(str, one.values())) for one in found}) == len(found)  # nothing is told twice


def test_an_unlisted_code_is_one_of_drugs_without_an_amount_and_no_code_at_all_is_none() -> None:
    work = Work(current(), [])
    assert [work.is_unlisted(code) for code in ("J3490", "J0696", "S9500", "J0000")] == [True, False, False, False]
