"""DOSE_AMOUNT: published examples at the digits that were published, and what it refuses."""

from __future__ import annotations

from typing import Any

import pytest

from xl_infusion import DOSE_AMOUNT, ExcelError

MILRINONE = "pfizermedicalinformation.com, milrinone label"
SOUTHERN = "southern.edu, critical care dosages"


def amount(dose: object, **given: Any) -> Any:
    return DOSE_AMOUNT(dose, **given)


#: Case, its authority, the dose, what else is given, the result, and how many decimals of it are published.
PUBLISHED: list[tuple[str, str, object, dict[str, Any], float, int]] = [
    ("milrinone loading dose", MILRINONE, "50 mcg/kg", {"weight": "70 kg", "concentration": "1 mg/mL", "unit": "mL"}, 3.5, 1),
    ("milrinone first day", MILRINONE, "50 mcg/kg + 0.375 mcg/kg/min over 24 h", {"unit": "mg/kg"}, 0.59, 2),
    ("milrinone first day", MILRINONE, "0.5 mcg/kg/min over 24 h after 50 mcg/kg", {"unit": "mg/kg"}, 0.77, 2),
    ("milrinone first day", MILRINONE, "50 mcg/kg then 0.75 mcg/kg/min over 24 h", {"unit": "mg/kg"}, 1.13, 2),
    ("milrinone bag", MILRINONE, None, {"concentration": "20 mg in 100 mL", "unit": "mcg/mL"}, 200, 0),
    ("nitroglycerin", SOUTHERN, "10 mcg/min", {"concentration": "50 mg in 250 mL", "unit": "mL/h"}, 3, 0),
    ("nitroprusside", "stuvia.com, HESI dosage practice", "75 mL/h", {"weight": "72.4 kg", "concentration": "50 mg in 250 mL", "unit": "mcg/kg/min"}, 3.453, 3),
    ("dobutamine an hour", "studyquestionhub.com, textbook problem 21", "30 mL/h", {"concentration": "500 mg in 500 mL", "unit": "mcg/h"}, 30_000, 0),
    ("dobutamine a minute", "studyquestionhub.com, textbook problem 21", "30 mL/h", {"concentration": "500 mg in 500 mL", "unit": "mcg/min"}, 500, 0),
    ("dopamine", "costcalculator.calculator.city", "5 mcg/kg/min", {"weight": "70 kg", "concentration": "400 mg in 250 mL", "unit": "mL/h"}, 13.125, 3),
    ("heparin", "calculator7.snowdaycalculatornow.com", "18 units/kg/h", {"weight": "70 kg", "concentration": "25,000 units in 250 mL", "unit": "mL/h"}, 12.6, 1),
    ("heparin in units", "calculator7.snowdaycalculatornow.com", "18 units/kg/h", {"weight": "70 kg", "unit": "units/h"}, 1260, 0),
    ("heparin, pounds by 2.2", "registerednursern.com", "12 units/kg/h", {"weight": "189 lb", "concentration": "25,000 units in 250 mL", "unit": "mL/h", "pound": "1/2.2 kg"}, 10.3091, 4),
    ("heparin, pounds as they are", "registerednursern.com; NIST SP 811", "12 units/kg/h", {"weight": "189 lb", "concentration": "25,000 units in 250 mL", "unit": "mL/h"}, 10.3, 1),
    ("immune globulin a day", "droracle.ai 668661", "1 g/kg", {"weight": "65 kg", "unit": "g"}, 65, 0),
    ("immune globulin in all", "droracle.ai 668661", "1 g/kg", {"weight": "65 kg", "unit": "g", "interval": "daily", "days": 2}, 130, 0),
    ("factor VIII by its rise", "studylib.net 7951115", "rise of 30 % x 0.5 IU/kg", {"weight": "50 kg", "unit": "IU"}, 750, 0),
    ("weight in whole kg", "nursingworldnigeria.com 2017-11-15", "4 mg/kg", {"weight": "61 kg", "unit": "mg"}, 244, 0),
    ("vials opened", "nursingworldnigeria.com 2017-11-15", "4 mg/kg", {"weight": "61 kg", "unit": "100 mg", "vials": "100 mg"}, 3, 0),
    ("vials with the least waste", "Noridian, Gammagard 2011", "1,500 mg", {"unit": "500 mg", "vials": "1 g, 2.5 g"}, 4, 0),
    ("body surface", "ehow.co.uk how_5718169", None, {"weight": "90.7 kg", "height": "61 in", "unit": "m2"}, 1.9758, 4),
    ("fluorouracil for a pump", "drugs.com regimen; Mosteller", "2,400 mg/m2 over 46 h", {"weight": "80 kg", "height": "170 cm", "unit": "mg"}, 4664.7615, 4),
    ("cefazolin for two weeks", "prc.hmsa.com, anti-microbial", "1 g", {"interval": "q8h", "days": 14, "unit": "g"}, 42, 0),
    ("formula for a month", "Noridian PEN 2022-11-17", "2,000 kcal a day", {"days": 30, "unit": "100 kcal"}, 600, 0),
    ("milrinone for a week", MILRINONE, "0.375 mcg/kg/min", {"weight": "70 kg", "days": 7, "unit": "mg"}, 264.6, 1),
    ("milrinone's rate", MILRINONE, "0.375 mcg/kg/min", {"weight": "70 kg", "concentration": "200 mcg/mL", "unit": "mL/h"}, 7.9, 1),
    ("immune globulin under the skin", "drugs.com, Hizentra", "30 g/4 weeks x 1.37", {"unit": "g/week"}, 10.275, 3),
    ("immune globulin under the skin, mL", "drugs.com, Hizentra", "30 g/4 weeks x 1.37", {"interval": "weekly", "concentration": "20 %", "unit": "mL"}, 51.4, 1),
    ("daptomycin rounded down", "docslib 12837108", "6 mg/kg", {"weight": "90 kg", "unit": "mg", "vials": "500 mg", "rounding": "down within 10%"}, 500, 0),
    ("infliximab rounded down", "Triple-S MP.001.001 (2024)", "5 mg/kg", {"weight": "84 kg", "unit": "mg", "vials": "100 mg", "rounding": "down within 10%"}, 400, 0),
    ("treprostinil", "Remodulin label", "1.25 ng/kg/min", {"weight": "60 kg", "concentration": "1 mg/mL", "unit": "mL/h"}, 0.0045, 4),
    ("immune globulin's highest rate", "medicalalgorithms.com", "5 mg/kg/min", {"weight": "70 kg", "concentration": "10 %", "unit": "mL/h"}, 210, 0),
    ("body surface by DuBois", "DuBois 1916", None, {"weight": "70 kg", "height": "175 cm", "unit": "m2", "surface": "DuBois"}, 1.848, 3),
    ("immune globulin by ideal weight", "Devine 1974", "0.4 g/kg", {"weight": "ideal, man", "height": "170 cm", "unit": "g"}, 26.4, 1),
    ("immune globulin by adjusted weight", "studyres.com 6558262", "1 g/kg", {"weight": "100 kg, adjusted, man", "height": "70 in", "unit": "g"}, 83.8, 1),
    ("daptomycin by adjusted weight", "docslib 12837108", "6 mg/kg", {"weight": "100 kg adjusted by 0.6 for a woman", "height": "65 in", "unit": "mg"}, 496.8, 1),
    ("surface of the body's own weight", "Mosteller 1987", "1 g/m2", {"weight": "80 kg, ideal, male", "height": "70 in", "unit": "g"}, 1.9877, 4),
    ("the ideal weight of a woman", "Devine 1974", None, {"weight": "IBW female", "height": "60 in", "unit": "kg"}, 45.5, 1),
    ("a bag's rate", "arithmetic", "1 g over 4 h", {"unit": "mg/h"}, 250, 0),
    ("all doses of a day", "arithmetic", "1 g", {"interval": "q8h", "unit": "g/day"}, 3, 0),
    ("half of a dose", "arithmetic", "50 % of 400 mg/m2", {"weight": "70 kg", "height": "175 cm", "unit": "mg"}, 368.9, 1),
]  # fmt: skip


@pytest.mark.parametrize(
    ("dose", "given", "result", "decimals"), [case[2:] for case in PUBLISHED], ids=[case[0] for case in PUBLISHED]
)
def test_published_examples_at_their_digits(dose: object, given: dict[str, Any], result: float, decimals: int) -> None:
    assert round(amount(dose, **given), decimals) == result


@pytest.mark.parametrize(
    ("given", "text"),
    [
        ({"dose": "0.375 mcg/kg/min", "weight": "70 kg", "interval": "continuous"}, "37.8 mg"),
        ({"dose": "0.375 mcg/kg/min", "weight": 70}, "26.25 mcg/min"),
        ({"dose": "1 g/kg", "weight": "65 kg"}, "65 g"),
        ({"dose": "45 mg/kg/day", "weight": "20 kg", "interval": "q8h"}, "300 mg"),
        ({"dose": "1.25 ng/kg/min", "weight": "70 kg", "interval": "continuous"}, "126 mcg"),
        ({"dose": "2000 kcal a day", "days": 30}, "60000 kcal"),
        ({"dose": "100 mg/m2", "weight": "80 kg", "height": "170 cm"}, "194.36506316151 mg"),
        ({"dose": 500}, "500 mg"),
        ({"dose": "1 g", "vials": "300 mg", "rounding": "nearest"}, "0.9 g"),
    ],
)
def test_without_a_unit_the_amount_is_a_dose_as_the_column_takes_it(given: dict[str, Any], text: str) -> None:
    assert amount(**given) == text


def test_a_column_of_orders_gives_a_column_of_amounts() -> None:
    assert amount([["5 mg/kg"], ["10 mg/kg"]], weight=[["50 kg"], ["154 lb"]], unit="mg") == [[250], [698.5322498]]


@pytest.mark.parametrize(
    ("given", "says"),
    [
        ({"dose": "5 mg/kg"}, "dose 5 mg/kg needs the patient's weight: type it into Weight, 70 kg or 154 lb"),
        ({"dose": "5 mg/m2", "weight": 70}, "dose 5 mg/m2 needs the patient's height: type it into Height, 170 cm or 67 in"),
        ({"dose": "5 mL/h", "unit": "mg/h"}, "dose 5 mL/h is in mL and mg is wanted: type what the fluid holds into Concentration, 1 mg/mL or 500 mg/100 mL"),
        ({"dose": "5 mL/h", "unit": "mg/h", "concentration": "25,000 units in 250 mL"}, "Concentration is in units and mg is wanted"),
        ({"dose": "5 mg/h", "unit": "units/h"}, "dose 5 mg/h is in mg and units is wanted: give the dose in units"),
        ({"dose": "5 mg/h", "unit": "mg"}, "dose 5 mg/h is a rate: say how long it runs, 5 mg/h over 4 h, or its Interval"),
        ({"dose": "5 mg", "unit": "mg/h"}, "dose 5 mg is no rate: say how long it runs, 5 mg over 4 h"),
        ({"dose": "5 mg/h", "interval": "q8h"}, "dose 5 mg/h is a rate: say how long it runs, 5 mg/h over 4 h, or type continuous into Interval"),
        ({"dose": "5 mg", "days": 3}, "days are given, and no interval: type how often the dose is given, q8h or daily"),
        ({"dose": "5 mg/h", "unit": "mg/min", "days": 3}, "a rate has no days and no vials: ask for an amount, with the unit mg or the interval continuous"),
        ({"dose": "5 mg/h", "vials": "10 mg"}, "a rate has no days and no vials: ask for an amount, with the unit mg or the interval continuous"),
        ({"dose": "5 mg", "unit": "kg"}, "unit is that of a body or a fluid: leave the dose blank, or ask for mg, mL/h or mcg/kg/min"),
        ({"dose": "5 mg", "unit": "fortnights"}, "unit 'fortnights' is not understood: write mg, mL/h, mcg/kg/min or 500 mg"),
        ({"dose": "5 mg", "unit": "mg/h/mL"}, "unit 'mg/h/mL' is not understood: write mg, mL/h, mcg/kg/min or 500 mg"),
        ({"dose": None}, "dose is blank: type 5 mg/kg or 0.375 mcg/kg/min, or ask for the unit kg, m2 or mg/mL"),
        ({"dose": "1 g/kg", "weight": "ideal, man"}, "an ideal weight needs the patient's height: type it into Height, 170 cm or 67 in"),
        ({"dose": "1 g/kg", "weight": "adjusted, man", "height": 170}, "Weight 'adjusted, man' is not understood: type 100 kg, adjusted, man, or ideal, woman"),
        ({"dose": "1 g/kg", "weight": "90 kg, adjusted 1.5, man", "height": 170}, "Weight '90 kg, adjusted 1.5, man' is not understood: type 100 kg, adjusted, man, or ideal, woman"),
        ({"dose": "1 g/kg", "weight": "ideal, man", "height": "50 in"}, "Height 50 in: an ideal weight is for 60 inches and more, type the weight"),
        ({"dose": "1 g/m2", "weight": "ideal, man", "height": "70 in"}, "dose 1 g/m2 needs the body's own weight: type it before ideal, 70 kg, ideal, man"),
        ({"dose": None, "unit": "kg"}, "kg needs the patient's weight: type it into Weight, 70 kg or 154 lb"),
        ({"dose": None, "unit": "units/mL", "concentration": "1 mg/mL"}, "the amount is in mg and units is wanted: ask for mg"),
        ({"dose": "5 mg", "pound": "half a kilo"}, "pound 'half a kilo' is not one of 0.45359237 kg, 1/2.2 kg"),
        ({"dose": "5 mg", "vials": "10 mg", "rounding": "roughly"}, "rounding 'roughly' is not one of none, nearest, nearest within 10%, down within 10%, down within 5%, up"),
        ({"dose": "5 mg", "vials": "10 mg", "rounding": "up within 0 %"}, "rounding 'up within 0 %': a share of the dose is more than 0 % and up to 100 %"),
        ({"dose": "5 mg", "vials": "10 units"}, "vial sizes '10 units': dose '10 units' is in units and the code counts mg: give the dose in mg"),
    ],
)  # fmt: skip
def test_what_is_missing_is_named_with_its_remedy(given: dict[str, Any], says: str) -> None:
    found = amount(**given)
    assert isinstance(found, ExcelError) and found.message == says
