"""The tables that a claim's checks ask for: labelers, usual doses, Medicare's own visits, accreditors, exclusions."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from decimal import Decimal
from itertools import product
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tools import edition
from xl_infusion import CODE_INFO, CODES, MEDICARE_PAYS
from xl_infusion.errors import ReferenceTableError
from xl_infusion.reference import DrugRow, HitRow, current, load
from xl_infusion.reference.check_tables import (
    LIMITS,
    UsualDose,
    read_accreditors,
    read_bulk_packages,
    read_check_limits,
    read_flushes,
    read_hit_drugs,
    read_labelers,
    read_usual_doses,
    same_kind,
)
from xl_infusion.reference.tables import bundled

REFERENCE = current()
DAY = dt.date(2025, 7, 1)
USUAL = [row for _, row in read_usual_doses()]
PER_DIEM = sorted({row.code for row in REFERENCE.per_diem})


def changed(name: str, change: Callable[[str], str]) -> Callable[[str], str]:
    return lambda asked: change(bundled(asked)) if asked == name else bundled(asked)


def row_of(name: str, first: str) -> str:
    """The whole line of a table that begins with ``first``."""
    return next(line for line in bundled(name).splitlines(keepends=True) if line.startswith(f"{first},"))


def test_the_counts_and_a_source_of_every_row() -> None:
    REFERENCE.read_all()
    tables = [read_labelers(), read_usual_doses(), read_hit_drugs(), read_accreditors(), read_check_limits(),
              read_flushes(), read_bulk_packages()]  # fmt: skip
    assert [len(table) for table in tables] == [209, 154, 38, 6, 6, 6, 24] and len(REFERENCE.hit) == 9
    for row in (*(row for table in tables for _, row in table), *REFERENCE.hit):
        assert row.source


# -- labelers ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("drug", "labeler", "product"),
    [
        ("daptomycin", "00409", "Hospira"), ("daptomycin", "00338", "Baxter"), ("daptomycin", "67457", ""),
        ("daptomycin", "70594", None),  # Xellia: cooled, uncooled, and under the generic code
        ("meropenem", "00264", "B. Braun"), ("meropenem", "00409", ""), ("meropenem", "44567", None),
        ("vancomycin", "67457", None),  # Mylan: its own code for some strengths, the generic one for others
        ("vancomycin", "72078", "Mylan"), ("cefepime", "00264", "B. Braun"), ("micafungin", "42023", "Par"),
        ("immune globulin IV", "44206", "Privigen"), ("immune globulin", "00944", None),
        ("ceftriaxone", "00409", None), ("daptomycin", "99999", None), ("daptomycin", "409", None),
    ],
)  # fmt: skip
def test_the_labeler_says_whose_product_it_is(drug: str, labeler: str, product: str | None) -> None:
    assert REFERENCE.product_of(drug, labeler) == product


def test_every_labeler_row_leads_to_a_code() -> None:
    for _, row in read_labelers():
        drug = REFERENCE.drug(f"{row.drug} {row.product}".rstrip(), dt.date(2025, 10, 1))
        assert (drug.drug, drug.product) == (row.drug, row.product)
        assert drug.code in row.source


# -- usual doses ------------------------------------------------------------------------------------------------


def test_a_drug_has_a_usual_dose_or_the_edition_says_that_it_has_none() -> None:
    without = {row.drug for row in REFERENCE.drugs} - {row.drug for row in USUAL}
    assert without == set(edition.facts()["without_usual_dose"])  # type: ignore[call-overload]
    assert "unclassified drugs" in without and all(REFERENCE.usual_dose(drug) is None for drug in without)


@given(st.sampled_from(USUAL), st.integers(0, 1000))
def test_a_slip_of_a_thousand_is_never_usual(usual: UsualDose, permille: int) -> None:
    dose = usual.least + (usual.most - usual.least) * permille / 1000
    assert usual.holds(dose) and not usual.holds(dose * 1000) and not usual.holds(dose / 1000)


@pytest.mark.parametrize(
    ("drug", "doses"),
    [
        ("vancomycin", "30 250 1000 1250 3000 6000"), ("daptomycin", "25 350 500 700 1500"), ("cefazolin", "75 1000 2000 3000 8000"),
        ("ceftriaxone", "150 1000 2000 4000"), ("cefepime", "150 1000 2000 6000"), ("meropenem", "30 500 1000 2000 6000"),
        ("ertapenem", "45 500 1000"), ("piperacillin-tazobactam", "270 2250 3375 4500 13500 18000"),
        ("ampicillin-sulbactam", "225 1500 3000 9000 12000"), ("ampicillin", "75 1000 2000 12000"), ("nafcillin", "75 1000 2000 12000"),
        ("oxacillin", "75 2000 12000"), ("penicillin G potassium", "75000 4000000 20000000 24000000"),
        ("penicillin G benzathine", "300000 1200000 2400000"), ("gentamicin", "7.5 80 120 500"), ("tobramycin", "7.5 80 420 1000"),
        ("amikacin", "45 500 1500 2000"), ("acyclovir sodium", "30 350 700 1500"), ("ganciclovir", "20 175 350 450"),
        ("foscarnet", "120 4000 6000 9000"), ("fluconazole", "9 200 400 800 1200"), ("micafungin", "6 50 100 150 300"),
        ("caspofungin", "5 35 50 70"), ("anidulafungin", "50 100 200"), ("amphotericin B liposome", "9 210 350 700"),
        ("amphotericin B lipid complex", "15 350 500"), ("amphotericin B", "1 50 100"), ("levofloxacin", "40 250 500 750"),
        ("linezolid", "30 600"), ("clindamycin", "15 600 900 2700"), ("metronidazole", "22.5 500 1000"), ("doxycycline hyclate", "44 100 200"),
        ("azithromycin", "50 250 500"), ("dalbavancin", "55 375 1125 1500"), ("oritavancin", "1200"), ("tigecycline", "50 100"),
        ("aztreonam", "90 1000 2000"), ("ceftazidime-avibactam", "940 1250 2500"), ("ceftolozane-tazobactam", "150 1500 3000"),
        ("sulfamethoxazole-trimethoprim", "15 160 320 400"), ("remdesivir", "5 100 200"), ("cidofovir", "350"),
        ("immune globulin", "1.5 10 35 140"), ("immune globulin SC", "0.4 4 10 40"), ("immune globulin IV", "5 30 80 200"),
        ("milrinone", "2 20 75 162"), ("dobutamine", "15 500 1000 4300"), ("heparin", "225 5000 25000 40000"), ("furosemide", "3 20 40 80 960"),
        ("methylprednisolone sodium succinate", "5 40 125 1000"), ("ondansetron", "0.5 4 8 32"), ("morphine", "1 2 10 240"),
        ("hydromorphone", "0.5 2 48 240"), ("fentanyl", "25 100 2400 12000"), ("infliximab", "50 300 500 1000"), ("iron sucrose", "10 100 200 300"),
        ("ferric carboxymaltose", "150 750 1000"), ("vedolizumab IV", "300"), ("deferoxamine", "200 1000 2000"), ("treprostinil", "0.1 5 25"),
        ("epoprostenol", "0.144 1.5 14"), ("pantoprazole", "5 40 80 192"), ("famotidine", "0.75 20 40"), ("filgrastim", "15 300 480"),
        ("fluorouracil", "300 700 4500 7500"), ("potassium chloride", "1.5 20 40 80"), ("alteplase", "0.5 1 2"), ("insulin", "0.5 10 100"),
        ("normal saline 1000 cc", "10 250 1000 3000"), ("factor VIII recombinant", "250 2000 10000"), ("imiglucerase", "100 4000 6000"),
        ("heparin lock flush", "10 30 500"), ("alpha-1 proteinase inhibitor", "3600 9000"), ("lipids NOS", "3 50 100"),
    ],
)  # fmt: skip
def test_doses_in_real_use_raise_no_alarm(drug: str, doses: str) -> None:
    usual = REFERENCE.usual_dose(drug)
    assert usual is not None
    assert [dose for dose in doses.split() if not usual.holds(Decimal(dose))] == []


def test_how_a_range_reads() -> None:
    usual = REFERENCE.usual_dose("penicillin G potassium")
    assert usual is not None and usual.text == "50,000 to 40,000,000 units"
    assert same_kind("IU", "units") and not same_kind("mEq", "mg")


# -- Medicare's home infusion therapy benefit -------------------------------------------------------------------


@pytest.mark.parametrize(
    ("code", "day", "category"),
    [
        ("J1250", DAY, 1), ("J2260", DAY, 1), ("J0895", DAY, 1), ("J1555", DAY, 2), ("J9190", DAY, 3), ("J2185", DAY, None),
        ("J1250", dt.date(2019, 1, 1), 1), ("J1250", dt.date(2018, 12, 31), None), ("S9502", DAY, None),
        ("J9200", dt.date(2020, 12, 31), 3), ("J9200", dt.date(2021, 1, 1), None), ("J1551", dt.date(2022, 6, 30), None),
        ("J1551", dt.date(2022, 7, 1), 2), ("J1170", dt.date(2024, 9, 30), 1), ("J1170", dt.date(2024, 10, 1), None),
        ("J1171", dt.date(2024, 10, 1), 1), ("J1171", dt.date(2024, 9, 30), None), ("J7799", DAY, None),
    ],
)  # fmt: skip
def test_the_category_of_a_drug(code: str, day: dt.date, category: int | None) -> None:
    assert REFERENCE.hit_category(code, day) == category
    row = REFERENCE.hit_drug(code, day)
    assert (row.modifier if row else None) == ({1: "", 2: "JB", 3: "", None: None}[category])


def test_the_category_of_a_drug_row_is_that_of_its_code() -> None:
    assert REFERENCE.hit_category(REFERENCE.drug("milrinone"), DAY) == 1
    assert REFERENCE.hit_category(REFERENCE.drug("immune globulin SC (Hizentra)"), DAY) == 2
    assert REFERENCE.hit_category(REFERENCE.drug("vancomycin", DAY), DAY) is None


def test_the_drugs_of_the_benefit_are_billed_with_their_code_on_each_of_their_days() -> None:
    for place, row in read_hit_drugs():
        assert row.first_day is not None
        last = row.last_day or REFERENCE.verified_through(row.code)
        for first, _, drug in REFERENCE.drug_spans(row.code, row.first_day, last):
            assert isinstance(drug, DrugRow) and drug.drug == row.drug, f"{place}: {row.drug} on {first}: {drug}"


@pytest.mark.parametrize("read", [read_usual_doses, read_flushes, read_bulk_packages])
def test_an_amount_is_said_of_a_drug_that_can_be_billed_in_a_unit_of_its_code(read: Callable[[], Any]) -> None:
    for place, row in read():
        name = REFERENCE.named(row.drug)
        assert name is not None and name.drug == row.drug, f"{place}: {row.drug} is {name}"
        units = {drug.unit for drug in REFERENCE.rows_of_drug(row.drug) if drug.amount is not None}
        assert any(same_kind(row.unit, unit) for unit in units), f"{place}: {row.drug} in {row.unit}, not in {units}"


@pytest.mark.parametrize("category", [1, 2, 3])
def test_the_visit_codes_of_a_category(category: int) -> None:
    def code(initial: bool, day: dt.date) -> str | None:
        row = REFERENCE.hit_code(category, initial, day)
        return row.code if row else None

    first, later = f"G{87 + category:04}", f"G{67 + category:04}"
    days = (dt.date(2018, 12, 31), dt.date(2019, 1, 1), dt.date(2020, 12, 31))
    assert [code(True, day) for day in days] == [None, later, later]
    assert [code(initial, dt.date(2021, 1, 1)) for initial in (True, False)] == [first, later]
    row = REFERENCE.hit_code(category, True, DAY)
    assert row is not None and (row.gap_days, row.payments_a_day, row.covers_minutes) == (60, 1, 15)
    assert REFERENCE.hit_code(4, True, DAY) is None


def test_the_visit_codes_are_found_as_every_code() -> None:
    rows = REFERENCE.code_rows("G0068")
    assert all(isinstance(row, HitRow) for row in rows) and len(rows) == 2
    assert REFERENCE.code("G0088", DAY).meaning.startswith("Medicare home infusion visit, initial: intravenous")
    assert CODE_INFO("G0088", "kind") == "HIT visit" and CODE_INFO("g0088", "unit") == "15 minutes"
    assert CODE_INFO("G0088", "First day") == dt.date(2021, 1, 1) and MEDICARE_PAYS("G0068") is True
    codes = {row[1] for row in CODES("HIT visits")[1:]}
    assert codes == {"G0068", "G0069", "G0070", "G0088", "G0089", "G0090"} and len(CODES("HIT visit")) == 10


# -- accreditors ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("achc", "ACHC"), ("A.C.H.C.", "ACHC"), ("Accreditation Commission for Health Care", "ACHC"),
        ("Joint Commission", "Joint Commission"), ("JCAHO", "Joint Commission"), ("tjc", "Joint Commission"),
        ("CHAP", "CHAP"), ("Community Health Accreditation Program, Inc.", "CHAP"), ("URAC", "URAC"),
        ("the compliance team", "TCT"), ("NABP", "NABP"), ("", None), ("ISO 9001", None),
    ],
)  # fmt: skip
def test_an_accreditor_in_any_spelling(text: str, name: str | None) -> None:
    assert REFERENCE.accreditor(text) == name


def test_the_accreditors_that_payers_name() -> None:
    assert {row.accreditor for row in REFERENCE.accreditors if row.payers} == {"ACHC", "CHAP", "Joint Commission"}


# -- codes that exclude each other ------------------------------------------------------------------------------

OBSTETRIC = {"S9208", "S9209", "S9211", "S9212", "S9213", "S9214"}
DAYS = {row.code for row in REFERENCE.per_diem if row.per == "day"}
NO_INFUSION = {
    "S9061", "S9335", "S9339", "S9340", "S9341", "S9342", "S9343", "S9370", "S9372", "S9537", "S9538", "S9542",
    "S9558", "S9559", "S9560", "S9562", "S9563", "S9590",
} | OBSTETRIC  # fmt: skip


@pytest.mark.parametrize("code", sorted(OBSTETRIC))
def test_home_management_of_a_pregnancy_excludes_every_home_infusion_per_diem(code: str) -> None:
    excluded = {other for other in PER_DIEM if REFERENCE.excludes(code, other)}
    assert excluded == (DAYS - NO_INFUSION) | {"S9810"}


def test_pharmacy_services_exclude_every_per_diem() -> None:
    assert {other for other in PER_DIEM if REFERENCE.excludes("S9810", other)} == DAYS


def test_a_general_code_excludes_its_specific_ones_and_they_do_not_exclude_each_other() -> None:
    anti_infective = ["S9497", "S9500", "S9501", "S9502", "S9503", "S9504"]
    assert {other for other in PER_DIEM if REFERENCE.excludes("S9494", other)} == {*anti_infective, *OBSTETRIC, "S9810"}
    assert not any(REFERENCE.excludes(code, other) for code, other in product(anti_infective, repeat=2))
    assert REFERENCE.excludes("S9366", "S9364") and not REFERENCE.excludes("S9366", "S9365")


@given(st.sampled_from([*PER_DIEM, "J2185", "99601", "X0000"]), st.sampled_from([*PER_DIEM, "J2185", "99601", "X0000"]))
def test_exclusion_goes_both_ways_and_only_between_per_diem_codes(code: str, other: str) -> None:
    assert REFERENCE.excludes(code, other) == REFERENCE.excludes(other, code)
    assert not REFERENCE.excludes(code, code)
    if not {code, other} <= set(PER_DIEM):
        assert not REFERENCE.excludes(code, other)


# -- broken rows ------------------------------------------------------------------------------------------------

#: table, what is changed in it, what reading it must say
BROKEN = [
    ("labelers.csv", ("labeler,drug", "Labeler,drug"), r"labelers.csv line 1: the columns are"),
    ("labelers.csv", ("00409,daptomycin", "0409,daptomycin"), r"labelers.csv line \d+: labeler '0409' is not the first five"),
    ("labelers.csv", ("00409,daptomycin", "00409,daptomicin"), r"labelers.csv line \d+: drug 'daptomicin' is not in drugs.csv"),
    ("labelers.csv", ("00409,daptomycin", "00409,"), r"labelers.csv line \d+: drug is blank"),
    ("labelers.csv", ("daptomycin,Hospira", "daptomycin,Hospital"), r"line \d+: product 'Hospital' of daptomycin is not in drugs.csv"),
    ("labelers.csv", ("\n", "\n00409,ceftriaxone,,s\n"), r"labelers.csv line 2: ceftriaxone has no product of its own code"),
    ("labelers.csv", ("\n", "\n00409,immune globulin,,s\n"), r"labelers.csv line 2: product '' of immune globulin is not"),
    ("labelers.csv", ("\n", "\n00409,daptomycin,Hospira,s\n"), r"labelers.csv line \d+: labeler 00409 of daptomycin stands twice"),
    ("labelers.csv", ("\n", "\n00999,daptomycin,Hospira,\n"), r"labelers.csv line 2: source is blank"),
    ("usual_doses.csv", ("vancomycin,20,8000,mg", "vancomycin,0,8000,mg"), r"usual_doses.csv line \d+: least '0' is no number above 0"),
    ("usual_doses.csv", ("vancomycin,20,8000,mg", "vancomycin,,8000,mg"), r"line \d+: least '' is no number above 0"),
    ("usual_doses.csv", ("vancomycin,20,8000,mg", "vancomycin,20,8 g,mg"), r"line \d+: most '8 g' is no number"),
    ("usual_doses.csv", ("vancomycin,20,8000,mg", "vancomycin,20,20,mg"), r"line \d+: most 20 is not more than least 20"),
    ("usual_doses.csv", ("vancomycin,20,8000,mg", "vancomycin,20,20000,mg"), r"line \d+: most 20000 is 1000 times least 20 or more"),
    ("usual_doses.csv", ("vancomycin,20,8000,mg", "vancomycin,20,8000,mgs"), r"line \d+: unit 'mgs' is not one of"),
    ("usual_doses.csv", ("vancomycin,20,8000,mg", "vancomycin,20,8000,units"), r"line \d+: vancomycin is not billed in units"),
    ("usual_doses.csv", ("vancomycin,20,8000,mg", "vanco,20,8000,mg"), r"line \d+: drug 'vanco' is not in drugs.csv"),
    ("usual_doses.csv", ("\n", "\nunclassified drugs,1,2,mg,,s\n"), r"line 2: unclassified drugs is not billed in mg"),
    ("usual_doses.csv", ("\n", "\nvancomycin,1,2,g,,s\n"), r"usual_doses.csv line \d+: vancomycin stands twice"),
    ("usual_doses.csv", ("morphine,1,900,mg,480", "morphine,1,900,mg,901"), r"most_a_day 901 is not between least 1 and most 900"),
    ("check_limits.csv", ("longest visit,", "longest visits,"), r"check_limits.csv line \d+: limit 'longest visits' is not one of"),
    ("check_limits.csv", ("longest visit,", "shortest visit,"), r"check_limits.csv line \d+: shortest visit stands twice"),
    ("check_limits.csv", ("longest visit,720,", "longest visit,0,"), r"value '0' is no number above 0"),
    ("flushes.csv", ("heparin,500,", "heparin,0,"), r"flushes.csv line \d+: up_to '0' is no number above 0"),
    ("flushes.csv", ("heparin,500,units", "heparin,500,mg"), r"flushes.csv line \d+: heparin is not billed in mg"),
    ("flushes.csv", (",heparin lock flush,", ",heparin flush,"), r"flushes.csv line \d+: drug 'heparin flush' is not in drugs.csv"),
    ("flushes.csv", ("\n", "\nheparin,1,units,,s\n"), r"flushes.csv line \d+: heparin stands twice"),
    ("bulk_packages.csv", ("cefazolin,10,", "cefazolin,,"), r"bulk_packages.csv line \d+: least '' is no number above 0"),
    ("bulk_packages.csv", ("cefazolin,10,g", "cefazolin,10,mL"), r"bulk_packages.csv line \d+: cefazolin is not billed in mL"),
    ("bulk_packages.csv", ("multiple-dose vial", "multi-dose vial"), r"bulk_packages.csv line \d+: package 'multi-dose vial' is not one of"),
    ("hit_drugs.csv", ("J1250,dobutamine,1", "J1250,dobutamine,4"), r"hit_drugs.csv line \d+: category '4' is not one of 1, 2, 3"),
    ("hit_drugs.csv", ("J1250,dobutamine,1", "J1250,dopamine,1"), r"hit_drugs.csv line \d+: J1250 is dobutamine in drugs.csv and dopamine here"),
    ("hit_drugs.csv", ("J1250,", "1250,"), r"hit_drugs.csv line \d+: code '1250' is no HCPCS code"),
    ("hit_drugs.csv", (",2,JB,", ",2,JA,"), r"hit_drugs.csv line \d+: modifier 'JA' is not one of"),
    ("hit_drugs.csv", ("2019-01-01,2024-09-30", "2019-01-01,"), r"hit_drugs.csv line \d+: J1170 ended on 2024-09-30: end it here too"),
    ("hit_drugs.csv", ("2019-01-01,2024-09-30", "2019-01-01,2018-09-30"), r"hit_drugs.csv line \d+: last_day 2018-09-30 is before"),
    ("hit_drugs.csv", ("\n", "\nJ1250,dobutamine,2,,2020-01-01,,s\n"), r"hit_drugs.csv line \d+: J1250 and J1250 are both in force"),
    ("medicare_dme.csv", ("J2260,milrinone,pump", "J2260,milrinone,pumps"), r"medicare_dme.csv line \d+: category 'pumps' is not one of"),
    ("medicare_dme.csv", ("J2260,", "2260,"), r"medicare_dme.csv line \d+: code '2260' is no HCPCS code"),
    ("medicare_dme.csv", ("immune globulin,JB,", "immune globulin,JA,"), r"medicare_dme.csv line \d+: modifier 'JA' is not one of"),
    ("medicare_dme.csv", ("\n", "\nJ2260,milrinone,insulin,,2020-01-01,,s,c\n"), r"medicare_dme.csv line \d+: J2260 and J2260 are both in force"),
    ("medicare_dme_rules.csv", ("pump,one of", "pump,all of"), r"medicare_dme_rules.csv line \d+: rule 'all of' is not one of"),
    ("medicare_dme_rules.csv", ("pump,discarded,JW,", "pump,discarded,,"), r"medicare_dme_rules.csv line \d+: says is blank"),
    ("medicare_dme_rules.csv", ("\n", "\npump,discarded,JW,2020-01-01,,s,c\n"), r"line \d+: pump, discarded JW and pump, discarded JW are both in force"),
    ("accreditors.csv", ("ACHC,", ","), r"accreditors.csv line \d+: accreditor is blank"),
    ("accreditors.csv", (",yes,", ",maybe,"), r"accreditors.csv line \d+: payers 'maybe' is not one of"),
    ("accreditors.csv", ("TJC; JC;", "TJC;; JC;"), r"accreditors.csv line \d+: also has an empty spelling"),
    ("accreditors.csv", ("TJC; JC;", "ACHC; JC;"), r"accreditors.csv line \d+: 'ACHC' means both ACHC and Joint Commission"),
]  # fmt: skip


def test_a_limit_that_an_edition_lacks_is_the_one_that_ships() -> None:
    row = row_of("check_limits.csv", "longest visit")
    assert load(changed("check_limits.csv", lambda text: text.replace(row, ""))).check_limit("longest visit") == 720
    assert {row.limit for _, row in read_check_limits()} == LIMITS


@pytest.mark.parametrize(("name", "change", "says"), BROKEN)
def test_a_broken_row_stops_with_file_and_line(name: str, change: tuple[str, str], says: str) -> None:
    assert change[0] in bundled(name)
    reference = load(changed(name, lambda text: text.replace(*change, 1)))
    with pytest.raises(ReferenceTableError, match=says):
        reference.read_all()


#: the tables that are read with the edition: what is changed, what the load must say
BROKEN_AT_ONCE = [
    ("hit_benefit.csv", (",initial,", ",first,"), r"hit_benefit.csv line \d+: visit 'first' is not one of any, initial, subsequent"),
    ("hit_benefit.csv", ("G0068,1", "G0068,9"), r"hit_benefit.csv line \d+: category '9' is not one of"),
    ("hit_benefit.csv", (",15,1,", ",,1,"), r"hit_benefit.csv line \d+: covers_minutes '' is no number above 0"),
    ("hit_benefit.csv", (",15,1,", ",15,1.5,"), r"hit_benefit.csv line \d+: payments_a_day 1.5 is no whole number"),
    ("hit_benefit.csv", (",60,", ",0,"), r"hit_benefit.csv line \d+: gap_days '0' is no number above 0"),
    ("hit_benefit.csv", ("2020-12-31", "2021-12-31"), r"hit_benefit.csv line \d+: G0068 and G0068 are both in force on 2021-01-01"),
    ("hit_benefit.csv", ("G0089,2,", "G0089,1,"), r"hit_benefit.csv line \d+: G0088 and G0089 are both in force on 2021-01-01"),
    ("per_diem.csv", (",yes,S9326 S9327 S9328,", ",maybe,S9326 S9327 S9328,"), r"per_diem.csv line \d+: infusion 'maybe' is not one of"),
    ("per_diem.csv", ("S9326 S9327 S9328", "S9326 S9327 S9399"), r"per_diem.csv line \d+: not_with S9399 of S9325 is not in per_diem.csv"),
    ("per_diem.csv", ("S9326 S9327 S9328", "S9326 S9327"), r"per_diem.csv line \d+: S9328 is not with S9325, and S9325 does not say so"),
]  # fmt: skip


@pytest.mark.parametrize(("name", "change", "says"), BROKEN_AT_ONCE)
def test_a_broken_row_stops_the_load(name: str, change: tuple[str, str], says: str) -> None:
    assert change[0] in bundled(name)
    with pytest.raises(ReferenceTableError, match=says):
        load(changed(name, lambda text: text.replace(*change, 1)))


def test_a_code_that_is_no_per_diem_code_is_billed_with_any() -> None:
    assert isinstance(REFERENCE.code_rows("J2185")[-1], DrugRow) and not REFERENCE.excludes("J2185", "S9810")
