"""Names that billers asked for, each with the code, amount and unit of CMS's release, on a day on which it is in force.

names_asked.csv: 287 names of home infusion's drugs, generic and brand, that had no answer when only drugs.csv was there,
and some that were found missing later.
Authority: the text of the code in CMS's HCPCS Level II releases of October 2025 and January 2026; for a brand that no
text names, CMS's ASP NDC-HCPCS crosswalk of October 2025 or the label. A blank code is a drug without a code of its own;
``several`` is a name of several products that do not count alike.
"""

from __future__ import annotations

import csv
import datetime as dt
from pathlib import Path

import pytest

from xl_infusion.errors import NotFound
from xl_infusion.reference import current
from xl_infusion.reference.tables import bundled

ASKED = list(csv.DictReader(Path(__file__).with_name("names_asked.csv").read_text("utf-8").splitlines()))
BY_HAND = list(csv.DictReader(bundled("names_by_hand.csv").splitlines()))


def told(name: str, day: dt.date) -> tuple[str, str, str]:
    """What a name answers: code, amount and unit; ``several`` for products to choose from, blank for none."""
    try:
        row = current().drug(name, day)
    except NotFound as error:
        return ("several" if "name one of" in str(error) else "", "", "")
    return row.code, "" if row.amount is None else f"{row.amount:f}", row.unit


@pytest.mark.parametrize("asked", ASKED, ids=lambda row: row["name"])
def test_a_name_answers_its_code_and_what_it_counts(asked: dict[str, str]) -> None:
    day = dt.date.fromisoformat(asked["day"])
    assert told(asked["name"], day) == (asked["code"], asked["amount"], asked["unit"])


def test_every_name_by_hand_of_one_code_answers_it() -> None:
    """Or the code that another of its product has on that day."""
    reference = current()
    codes: dict[str, set[str]] = {}
    for row in BY_HAND:
        codes.setdefault(row["name"], set()).add(row["code"])
    for name, of_name in codes.items():
        if len(of_name) == 1:
            code = next(iter(of_name))
            rows = reference.code_rows(code)
            assert told(name, rows[-1].last_day or dt.date(2026, 1, 15))[0] == code, name


NO_CODE = [
    "Arikayce", "Kesimpta", "Gattex", "Prevymis", "Empaveli", "Kineret", "Plegridy", "peginterferon beta-1a", "Besremi",
    "Precedex", "Ketalar", "Ultiva", "norepinephrine", "Levophed", "enalaprilat", "verapamil", "flumazenil",
    "sodium bicarbonate", "potassium phosphate", "sodium acetate", "selenious acid", "zinc sulfate", "Elcys",
    "Uptravi IV", "Winrevair", "Tyvaso DPI", "Strensiq", "Revcovi", "Palynziq", "Keytruda Qlex", "adalimumab-atto",
    "Praxbind", "Defitelio", "ascorbic acid", "polymyxin B", "penicillin G sodium", "cefepime-enmetazobactam",
    "normal saline 100 mL", "D10W", "D5 1/4 NS", "Normosol-R", "Briviact", "methylene blue", "Cayston", "vedolizumab SC",
]  # fmt: skip


@pytest.mark.parametrize("name", NO_CODE)
def test_a_drug_without_a_code_of_its_own_is_not_taken_for_another(name: str) -> None:
    assert told(name, dt.date(2026, 1, 15)) == ("", "", "")


@pytest.mark.parametrize(
    ("name", "code"),
    [("vancomycin IV", "J3373"), ("IV vancomycin", "J3373"), ("Inj. ceftriaxone", "J0696"), ("Lovenox injection", "J1650"),
     ("Emend for injection", "J1453"), ("Keytruda, infusion", "J9271"), ("CellCept I.V.", "J7519"),
     ("hydroxocobalamin IV", "J3424")],
)  # fmt: skip
def test_a_word_that_says_injected_or_infused_makes_no_other_drug(name: str, code: str) -> None:
    assert told(name, dt.date(2026, 1, 15))[0] == code


@pytest.mark.parametrize(
    "name",
    ["capecitabine IV", "Xeloda injection", "vancomycin oral", "insulin infusion", "sterile water for injection",
     "IV", "injection", f"vancomycin {'x' * 60} IV"],
)  # fmt: skip
def test_another_form_a_therapy_and_a_supply_are_no_injected_drug(name: str) -> None:
    assert told(name, dt.date(2026, 1, 15)) == ("", "", "")
