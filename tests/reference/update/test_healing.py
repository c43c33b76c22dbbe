"""A row that is wrong in the light of a release: an import of the release puts it right, whatever it was before."""

from __future__ import annotations

import csv
import datetime as dt
import io
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.reference.cms.made import Code, changed
from tests.reference.editions import as_csv, reading
from tests.reference.update.releases import codes_of, drug, ended, release
from xl_infusion.reference import Reference, current, load
from xl_infusion.reference.tables import bundled
from xl_infusion.reference.update.change import ADDED, DAYS, ENDED, UNIT_CHANGED
from xl_infusion.reference.update.edition import Update, update

JANUARY, MARCH = "HCPC2026_JAN_ANWEB.csv", dt.date(2026, 3, 31)
BEFORE, AFTER = dt.date(2025, 12, 31), dt.date(2026, 1, 1)
_Rows = list[dict[str, str]]


def with_rows(**change: Callable[[_Rows], _Rows]) -> Reference:
    """The bundled tables, verified through 2025, some of them with other rows."""
    tables = {}
    for name, changed_rows in change.items():
        rows = list(csv.DictReader(io.StringIO(bundled(f"{name}.csv"))))
        tables[f"{name}.csv"] = as_csv(changed_rows(rows))
    return load(reading(tables))


def split(rows: _Rows) -> _Rows:
    """As it shipped once: the drug kept S0080 for good, and its salt was a drug of its own with the new code."""
    for row in rows:
        if row["code"] == "S0080":
            row |= {"last_day": "", "successor": "", "successor_basis": ""}
        if row["code"] == "J2516":
            row["drug"] = "pentamidine isethionate"
    return rows


def without(alias: str) -> Callable[[_Rows], _Rows]:
    return lambda rows: [row for row in rows if row["alias"] != alias]


def january(folder: Path, codes: list[Code] | None = None) -> Update:
    """The bundled codes with pentamidine under two names, and an import of January 2026."""
    wrong = with_rows(
        drugs=split, aliases=without("pentamidine isethionate"),
        usual_doses=lambda rows: [*rows, dict(zip(rows[0], ["pentamidine isethionate", "1", "9", "mg", "", "made"], strict=True))],
    )  # fmt: skip
    assert [wrong.drug(name, AFTER).code for name in ("Pentam", "pentamidine isethionate")] == ["S0080", "J2516"]
    return update(wrong, [release(folder, codes or of_january(), JANUARY)])


def of_january() -> list[Code]:
    """January 2026 in the words of CMS where they matter."""
    codes = changed(codes_of(current(), MARCH), "S0080", long="Injection, pentamidine isethionate, 300 mg")
    return changed(codes, "J2516", long="Injection, pentamidine isethionate, 1 mg", action="A")


@pytest.mark.parametrize("open_still", [False, True], ids=["S0080 ends", "S0080 stays in force"])
def test_a_drug_under_two_names_of_which_one_has_the_old_and_one_the_new_code(open_still: bool, tmp_path: Path) -> None:
    codes = of_january()
    if open_still:  # a temporary code gives way to the permanent one
        codes = changed(codes, "S0080", last="", acted="20000101")
    made = january(tmp_path, codes)
    for name in ("pentamidine", "Pentam", "pentamidine isethionate"):
        rows = [made.reference.drug(name, day) for day in (BEFORE, AFTER)]
        assert [(row.code, str(row.amount), row.unit) for row in rows] == [("S0080", "300", "mg"), ("J2516", "1", "mg")]
        assert rows[0].successor == "J2516"
    told = {(one.kind, one.code): one.text for one in made.changes}
    assert "then J2516; a unit was 300 mg and is 1 mg" in told[ENDED, "S0080"]
    assert told[ADDED, "J2516"] == (
        "pentamidine: from 2026-01-01; a unit is 1 mg; it stood under pentamidine isethionate, which CMS's texts do not "
        "tell apart"
    )
    dose = made.reference.usual_dose("pentamidine")
    assert dose is not None and dose.most == 600  # the drug's own, not that of the name that is gone
    made.reference.read_all()
    april = [*codes, drug("J9990", "another, 1 mg", "20260401")]
    again = update(made.reference, [release(tmp_path, april, "HCPC2026_APR_ANWEB.csv")])
    assert again.name == "2026-04" and [one for one in again.changes if one.code in ("S0080", "J2516")] == []


def test_the_new_code_where_the_release_lists_no_more_than_what_is_new(tmp_path: Path) -> None:
    new = [one for one in of_january() if one.code != "S0080"]
    made = january(tmp_path, new)
    assert [made.reference.drug("Pentam", day).code for day in (BEFORE, AFTER)] == ["S0080", "J2516"]


def test_drugs_that_only_seem_to_be_one_stay_apart(tmp_path: Path) -> None:
    """Another therapy, a product that both have, codes in force at once: of these nobody can say that they are one."""

    def therapy(rows: _Rows) -> _Rows:
        return [row | {"therapy": "pain"} if row["code"] == "J2516" else row for row in split(rows)]

    def unknown_day(rows: _Rows) -> _Rows:
        return [row | {"first_day": ""} if row["code"] == "J2516" else row for row in split(rows)]

    def product(rows: _Rows) -> _Rows:
        rows = split(rows)
        old = next(row for row in rows if row["code"] == "S0080")
        both = ({"code": "J9901", "drug": "pentamidine"}, {"code": "J9902", "drug": "pentamidine isethionate"})
        return [*rows, *(old | {"product": "Maker", "answers_to": "product"} | one for one in both)]

    for rows in (therapy, unknown_day, product):
        wrong = with_rows(drugs=rows, aliases=without("pentamidine isethionate"))
        codes = of_january()
        if rows is unknown_day:
            codes = changed(codes, "J2516", first="", acted="")
        made = update(wrong, [release(tmp_path, codes, JANUARY)])
        assert made.reference.drug("pentamidine isethionate", AFTER).drug == "pentamidine isethionate", rows


@pytest.mark.parametrize("action", ["A", "N"])
def test_an_amount_that_the_text_never_said(action: str, tmp_path: Path) -> None:
    """Nothing was done to the code since it began: all its days have the unit that the text says."""
    wrong = with_rows(drugs=lambda rows: [row | {"amount": "300"} if row["code"] == "J2516" else row for row in rows])
    made = update(wrong, [release(tmp_path, changed(of_january(), "J2516", action=action), JANUARY)])
    assert str(made.reference.drug("Pentam", AFTER).amount) == "1"
    (told,) = (one for one in made.changes if one.kind == UNIT_CHANGED)
    assert told.text == (
        "pentamidine: from 2026-01-01; a unit was 300 mg and is 1 mg; its text has said so since the code began"
    )


def test_a_unit_that_the_release_before_said_otherwise_is_not_put_right_for_all_days(tmp_path: Path) -> None:
    october = update(current(), [release(tmp_path, codes_of(current()))]).reference
    codes = changed(codes_of(current(), MARCH), "J1335", long="Injection, ertapenem, 250 mg")
    made = update(october, [release(tmp_path, codes, JANUARY)])
    (row,) = (row for row in made.reference.drugs if row.code == "J1335")
    assert row.amount == 500 and any("this one is kept" in one.text for one in made.changes if one.code == "J1335")


def test_a_first_day_that_a_later_release_says_otherwise(tmp_path: Path) -> None:
    codes = changed(codes_of(current(), dt.date(2026, 6, 30)), "J2185", first="20050101", acted="20260401")
    made = update(current(), [release(tmp_path, codes, "HCPC2026_APR_ANWEB.csv")])
    (told,) = (one for one in made.changes if one.code == "J2185")
    assert (told.kind, told.text) == (DAYS, "meropenem: first day 2005-01-01, not 2004-01-01")
    assert min(row.first_day or AFTER for row in made.reference.drugs if row.code == "J2185") == dt.date(2005, 1, 1)


def test_a_code_that_was_left_open(tmp_path: Path) -> None:
    """J1562 (Vivaglobin) was, until the January 2026 release was read."""
    wrong = with_rows(drugs=lambda rows: [row | {"last_day": ""} if row["code"] == "J1562" else row for row in rows])
    codes = ended(codes_of(wrong, MARCH), "J1562", "20251231")
    made = update(wrong, [release(tmp_path, [*codes, drug("J9990", "another, 1 mg", "20260101")], JANUARY)])
    assert [row.last_day for row in made.reference.drugs if row.code == "J1562"] == [BEFORE]
