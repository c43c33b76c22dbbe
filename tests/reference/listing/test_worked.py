"""Rows of the tables that ship, each with what says that it is so, and what holds for every row of them."""

from __future__ import annotations

import csv
import datetime as dt
import io
import re
from collections import defaultdict
from collections.abc import Iterator
from itertools import pairwise

import pytest

from xl_infusion.errors import BillingError
from xl_infusion.reference import current
from xl_infusion.reference.listing.rows import USES
from xl_infusion.reference.names import fold
from xl_infusion.reference.tables import MEDICARE, UNIT_RULES, UNITS, bundled, read_tables
from xl_infusion.rules.dose import parse
from xl_infusion.rules.drug_units import of_dose

Row = dict[str, str]


def rows(table: str) -> list[Row]:
    return list(csv.DictReader(io.StringIO(bundled(table))))


DRUGS, NAMES = rows("listed_drugs.csv"), rows("listed_names.csv")
TABLES = read_tables()

OCTOBER, JANUARY = "CMS HCPCS Level II release, October 2025", "CMS HCPCS Level II release, January 2026"
ASP = "CMS ASP pricing file, October 2025"
HMSA = f"{OCTOBER}; HMSA, Home Total Parenteral Nutrition for Adults: a unit a day"
#: Code, first day -> drug, product, use, a unit, last day and successor; and the authority.
WORKED = {
    # nutrition counts what it counts
    ("B4150", "1986-01-01"): ("enteral formula|complete, intact nutrients|enteral|100 kcal exact||", OCTOBER),
    ("B4102", "2005-01-01"): ("enteral fluid replacement|adult|enteral|500 mL exact||", OCTOBER),
    ("B4178", "1988-01-01"): ("amino acids|over 8.5%|infused|500 mL exact||", OCTOBER),
    ("B4193", "1988-01-01"): ("parenteral nutrition premix|52 to 73 g protein|infused|a unit is one day, 52 to 73 g protein a day||", f"{OCTOBER}; HMSA's example bills one unit a day"),
    ("B4216", "1984-01-01"): ("parenteral nutrition additives||infused|a unit is one day||", OCTOBER),
    ("J7340", "2016-01-01"): ("carbidopa-levodopa enteral||enteral|100 mL exact||", f"{OCTOBER}; {ASP}: 100 ML"),
    # factors, of two names and by brand
    ("J7186", "2009-01-01"): ("factor VIII-von Willebrand factor human||infused|1 IU per||", f"{OCTOBER}; {ASP}"),
    ("J7210", "2018-01-01"): ("factor VIII recombinant|Afstyla|infused|1 IU exact||", f"{OCTOBER}; {ASP}"),
    ("J7189", "2006-01-01"): ("factor VIIa recombinant|NovoSeven RT|infused|1 mcg exact||", f"{OCTOBER}; {ASP}"),
    ("J7165", "2024-04-01"): ("prothrombin complex concentrate|Balfaxar|infused|1 IU per counted as factor ix activity||", f"{OCTOBER}; C9159 names it before"),
    # combinations count their total
    ("J1454", "2019-01-01"): ("fosnetupitant-palonosetron||infused|235.25 mg exact total (235 + 0.25)||", OCTOBER),
    ("J7356", "2025-07-01"): ("foscarbidopa-foslevodopa||infused|5.25 mg exact total (0.25 + 5)||", OCTOBER),
    ("J9316", "2021-01-01"): ("pertuzumab-trastuzumab-hyaluronidase-zzxf||infused|10 mg per total of pertuzumab and trastuzumab||", f"{OCTOBER}; {ASP}: 10 MG; FDA label: 1,200 mg of the one and 600 mg of the other"),
    ("J9144", "2021-01-01"): ("daratumumab-hyaluronidase-fihj||infused|10 mg exact hyaluronidase is not counted||", f"{OCTOBER}; {ASP}"),
    # ended codes and what follows them
    ("J1020", "1982-01-01"): ("methylprednisolone acetate|20 mg|infused|20 mg exact|2024-03-31|J1010", OCTOBER),
    ("J9070", "1984-01-01"): ("cyclophosphamide||infused|100 mg exact|2024-03-31|J9075", OCTOBER),
    ("J2311", "2023-01-01"): ("naloxone|Zimhi|infused|1 mg exact|2025-06-30|J2313", OCTOBER),
    ("J9010", "2003-01-01"): ("alemtuzumab||infused|10 mg exact|2015-12-31|J0202", f"{OCTOBER}: XREF"),
    ("J0715", "1995-01-01"): ("ceftizoxime||infused|500 mg per|2025-12-31|", JANUARY),
    ("Q2017", "2000-07-01"): ("teniposide||infused|50 mg exact|2025-12-31|", JANUARY),
    ("J1080", "1982-01-01"): ("testosterone cypionate|200 mg|infused|200 mg exact|2014-12-31|J1071", f"{OCTOBER}: 1 cc, 200 mg"),
    ("J2150", "1986-01-01"): ("mannitol|25%|infused|50 mL exact|2025-09-30|J2151", f"{OCTOBER}: 25% in 50 ml"),
    ("S0189", "2002-01-01"): ("testosterone pellet||implant|75 mg exact|2025-12-31|J1073", JANUARY),
    # temporary codes
    ("C9305", "2025-10-01"): ("nipocalimab-aahu||infused|3 mg exact|2025-12-31|J9256", JANUARY),
    ("C9305", "2026-01-01"): ("nipocalimab-aahu|C9305|infused|3 mg exact||", JANUARY),
    ("C9047", "2019-07-01"): ("caplacizumab-yhdp||infused|1 mg exact||", OCTOBER),
    ("C9041", "2019-04-01"): ("factor Xa recombinant inactivated||infused|10 mg exact|2020-06-30|J7169", f"{OCTOBER}: XREF"),
    ("Q5103", "2018-04-01"): ("infliximab-dyyb||infused|10 mg exact||", f"{OCTOBER}; {ASP}"),
    ("J1748", "2024-07-01"): ("infliximab-dyyb SC||infused|10 mg exact||", f"{OCTOBER}; FDA label: Zymfentra is subcutaneous"),
    # January 2026
    ("J3379", "2026-01-01"): ("valproate sodium||infused|5 mg exact||", JANUARY),
    ("J2596", "2026-01-01"): ("vasopressin|Long Grove|infused|1 units exact||", JANUARY),
    ("Q5160", "2026-01-01"): ("bevacizumab-nwgd||infused|10 mg exact||", JANUARY),
    # the others of one drug
    ("J2354", "2004-01-01"): ("octreotide||infused|25 mcg exact||", f"{OCTOBER}; {ASP}"),
    ("J2353", "2004-01-01"): ("octreotide|depot|infused|1 mg exact||", f"{OCTOBER}; {ASP}"),
    ("J0882", "2006-01-01"): ("darbepoetin alfa|ESRD dialysis|infused|1 mcg exact||", f"{OCTOBER}; {ASP}"),
    ("J0365", "2006-01-01"): ("aprotinin||infused|a unit is 10,000 KIU|2025-12-31|", JANUARY),
    ("J9216", "1993-01-01"): ("interferon gamma-1b||infused|3000000 units exact||", OCTOBER),
    ("P9047", "2002-01-01"): ("albumin 25%|50 mL|infused|50 mL exact||", f"{OCTOBER}; {ASP}"),
    ("A4217", "2004-01-01"): ("sterile water or saline|500 mL|infused|500 mL exact||", OCTOBER),
    # what nobody infuses
    ("J7686", "2011-01-01"): ("treprostinil inhalation||inhaled|1.74 mg exact||", OCTOBER),
    ("Q0162", "2012-01-01"): ("ondansetron oral||oral|1 mg exact||", OCTOBER),
    ("Q4116", "2009-07-01"): ("alloderm||skin substitute|a unit is 1 sq cm||", OCTOBER),
}  # fmt: skip


def told(row: Row) -> str:
    unit = (
        f"{row['amount']} {row['unit']} {row['unit_rule']} {row['dose_basis']}".strip()
        if row["amount"]
        else ", ".join(filter(None, [row["unit_note"], row["dose_basis"]]))
    )
    return "|".join([row["drug"], row["product"], row["use"], unit, row["last_day"], row["successor"]])


@pytest.mark.parametrize("of", WORKED, ids=" ".join)
def test_a_code_is_as_its_authority_says(of: tuple[str, str]) -> None:
    found = [told(row) for row in DRUGS if (row["code"], row["first_day"]) == of]
    assert found == [WORKED[of][0]]
    assert WORKED[of][1]


#: A drug as it is typed, a dose -> its code and units, or what the error says; and the authority of the unit.
BILLED = {
    ("B4150", "1000 kcal"): ("B4150", 10, OCTOBER),
    ("amino acids 3.5%", "1 L"): ("B4168", 2, OCTOBER),
    ("Duopa", "100 mL"): ("J7340", 1, ASP),
    ("Wezlana IV", "520 mg"): ("Q5138", 520, ASP),
    ("Afstyla", "2000 IU"): ("J7210", 2000, ASP),
    ("Akynzeo", "235 mg/0.25 mg"): ("J1454", 1, OCTOBER),
    ("Phesgo", "600 mg/600 mg"): ("J9316", 120, ASP),
    ("Ocrevus Zunovo", "920 mg"): ("J2351", 920, ASP),
    ("B4189", "10 g protein"): ("B4189", 1, HMSA), ("B4189", "51 g protein"): ("B4189", 1, HMSA),
    ("B4193", "60 g protein"): ("B4193", 1, HMSA), ("B4199", "120 g protein"): ("B4199", 1, HMSA),
    ("B4193", "74 g protein"): ("B4193", "is not of B4193, which is of 52 to 73 g protein: B4197 is of 74 to 100 g", OCTOBER),
    ("B4199", "100 g protein"): ("B4199", "which is of over 100 g protein: B4197 is of 74 to 100 g protein", OCTOBER),
    ("B4189", "51.5 g protein"): ("B4189", "which is of 10 to 51 g protein: no code is of it", OCTOBER),
    ("B4193", "60 g"): ("B4193", "is in g and the code counts g protein: give the dose in g protein", OCTOBER),
    ("Clinimix E 74 to 100 g protein", "90 g protein"): ("B4197", 1, HMSA),
    ("B4150", "100 g"): ("B4150", "is in g and the code counts kcal", OCTOBER),
    ("J9266", "3750 units"): ("J9266", "the payer says what a unit is .a unit is one single dose vial", OCTOBER),
}  # fmt: skip


@pytest.mark.parametrize("typed", BILLED, ids=" ".join)
def test_a_dose_is_billed_as_its_authority_says(typed: tuple[str, str]) -> None:
    code, units, authority = BILLED[typed]
    row = current().drug(typed[0], dt.date(2026, 2, 1))
    assert row.code == code and authority
    if isinstance(units, int):
        assert of_dose(row, parse(typed[1])).units == units
    else:
        with pytest.raises(BillingError, match=units):
            of_dose(row, parse(typed[1]))


def _days(row: Row) -> tuple[dt.date, dt.date]:
    last = dt.date.fromisoformat(row["last_day"]) if row["last_day"] else dt.date.max
    return dt.date.fromisoformat(row["first_day"] or "0001-01-01"), last


def _by_hand() -> Iterator[Row]:
    yield from csv.DictReader(io.StringIO(bundled("drugs.csv")))


@pytest.mark.parametrize("key", [("code",), ("drug", "product")], ids=" ".join)
def test_no_two_rows_of_a_code_or_of_a_product_meet(key: tuple[str, ...]) -> None:
    of: dict[tuple[str, ...], list[Row]] = defaultdict(list)
    for row in (*DRUGS, *_by_hand()):
        of[tuple(fold(row[column]) for column in key)].append(row)
    for found in of.values():
        for (_, ends), (begins, _) in pairwise(sorted(map(_days, found))):
            assert ends < begins, found


def test_a_code_that_stands_here_and_by_hand_has_no_day_missing_between() -> None:
    hand = defaultdict(list)
    for row in _by_hand():
        hand[row["code"]].append(_days(row))
    listed = {row["code"] for row in DRUGS} & hand.keys()
    for code in listed:
        days = sorted([*hand[code], *(_days(row) for row in DRUGS if row["code"] == code)])
        assert all(ends + dt.timedelta(1) == begins for (_, ends), (begins, _) in pairwise(days)), code


def test_every_row_is_one_of_a_drug() -> None:
    codes = {row["code"] for row in DRUGS} | {row.code for _, row in TABLES.drugs}
    for row in DRUGS:
        assert re.fullmatch("[ABCJPQS][0-9]{4}", row["code"]), row
        assert row["drug"] and row["use"] in USES and row["unit_rule"] in UNIT_RULES and row["medicare"] in MEDICARE, (
            row
        )
        assert (row["amount"] == "") == (row["unit"] == "") == (row["unit_note"] != ""), row
        assert row["unit"] in UNITS | {""}, row
        assert not row["amount"] or float(row["amount"]) > 0, row
        assert not row["successor"] or (
            row["successor"] in codes and row["successor"] != row["code"] and row["last_day"]
        ), row
        assert bool(row["successor"]) == bool(row["successor_basis"]), row


def test_no_descriptor_stands_in_the_table() -> None:
    """What CMS's texts say is said in our own words: names are short, and have none of the phrases of a descriptor."""
    for row in DRUGS:
        assert len(row["drug"]) <= 60 and len(row["product"]) <= 40, row
        assert not re.search(
            "^injection|therapeutically|administered|fda|not otherwise|, per ", row["drug"] + row["product"], re.I
        ), row


def test_every_name_is_of_a_row_and_stands_once() -> None:
    known = {(row["drug"], row["product"]) for row in DRUGS} | {(row.drug, row.product) for _, row in TABLES.drugs}
    generic = {(drug, "") for drug, _ in known}
    keys = [(fold(row["name"]), row["drug"], row["product"]) for row in NAMES]
    assert len(set(keys)) == len(keys)
    for row in NAMES:
        assert row["name"] and (row["drug"], row["product"]) in known | generic, row
        assert row["basis"] in ("text", "crosswalk", "hand", "hand, usual"), row


def test_the_tables_are_small_enough_for_a_file_in_a_workbook() -> None:
    assert len(bundled("listed_drugs.csv").encode()) < 140_000
    assert len(bundled("listed_names.csv").encode()) < 110_000
