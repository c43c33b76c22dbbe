"""The drugs that CMS lists beside drugs.csv: found by name and code, by day, with their therapy; read when asked for."""

from __future__ import annotations

import datetime as dt
from concurrent.futures import ThreadPoolExecutor
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.frozen_reference import frozen
from xl_infusion.errors import NotFound, NotInForce, ReferenceTableError, UnknownDrug, WrongInput
from xl_infusion.reference import DrugName, Reference, load
from xl_infusion.reference.listed import read_names
from xl_infusion.reference.own_codes import OwnCode, overlaid
from xl_infusion.reference.tables import EDITION, TABLES, bundled
from xl_infusion.rules.dose import parse
from xl_infusion.rules.drug_units import of_dose

NOW = dt.date(2025, 10, 15)


@pytest.fixture
def reference() -> Reference:
    return load(frozen)


def changed(**texts: tuple[str, str]) -> Reference:
    """The frozen reference with one text of its tables changed; ``listed_drugs=(old, new)``."""

    def read(name: str) -> str:
        text = frozen(name)
        if (change := texts.get(name.removesuffix(".csv"))) is not None:
            old, new = change
            assert old in text
            text = text.replace(old, new)
        return text

    return load(read)


@pytest.mark.parametrize(
    ("typed", "day", "code"),
    [
        ("denosumab", NOW, "J0897"),  # CMS HCPCS October 2025: J0897 from 2012
        ("Prolia", NOW, "J0897"),
        ("denosumab-bbdz", NOW, "Q5136"),  # the text of Q5136 names both brands
        ("WYOST", None, "Q5136"),
        ("Narcan", dt.date(2025, 6, 30), "J2310"),  # J2310 ended on 2025-06-30, then J2312
        ("Narcan", dt.date(2025, 7, 1), "J2312"),
        ("J2312", dt.date(2025, 7, 1), "J2312"),
        ("q5136", None, "Q5136"),
        ("B4189", NOW, "B4189"),
        ("Q4101", NOW, "Q4101"),
    ],
)
def test_a_name_or_code_that_drugs_csv_lacks_answers_on_its_days(
    reference: Reference, typed: str, day: dt.date | None, code: str
) -> None:
    assert reference.drug(typed, day).code == code


def test_a_code_that_ended_names_the_one_after_it(reference: Reference) -> None:
    with pytest.raises(NotInForce, match=r"J2310 is not in force on 2025-07-01: J2310 .* then J2312"):
        reference.drug("J2310", dt.date(2025, 7, 1))
    with pytest.raises(NotInForce, match="denosumab has no code in force on 2011-12-31: J0897 from 2012-01-01"):
        reference.drug("denosumab", dt.date(2011, 12, 31))


def test_nothing_listed_is_read_for_what_drugs_csv_has(reference: Reference) -> None:
    def none(name: str) -> str:
        if "listed" in name or name == "drug_classes.csv":
            raise AssertionError(name)
        return frozen(name)

    curated = load(none)
    for row in curated.drugs:
        assert curated.named(row.name) is not None and curated.drug_spans(row.code, NOW, NOW)
        assert curated.has_products(row.drug) in (True, False) and curated.code_rows(row.code)
    assert curated.curated("denosumab") is None
    with pytest.raises(AssertionError):
        curated.named("denosumab")


def test_what_drugs_csv_has_holds_where_both_have_it() -> None:
    both = changed(
        listed_drugs=("J0897,denosumab,", "J1745,denosumab,"), listed_names=("Prolia,denosumab,", "Prolia,infliximab,")
    )
    assert both.drug("J1745", NOW).drug == "infliximab" and both.drug("Prolia", NOW).code == "J1745"
    drug = changed(
        listed_drugs=("J0897,denosumab,", "J0897,infliximab,"), listed_names=("Prolia,denosumab,", "Prolia,infliximab,")
    )
    assert drug.drug("infliximab", NOW).code == "J1745"
    assert drug.drug("Prolia", NOW).code == "J1745" and drug.drug("J0897", NOW).code == "J0897"  # by itself it is there
    named = changed(listed_names=("Prolia,denosumab,", "meropenem,denosumab,"))
    named.read_listed()
    assert named.drug("meropenem", NOW).code == "J2185"


# -- names that may be several things --------------------------------------------------------------------------


def test_a_name_of_several_products_answers_where_all_count_alike(reference: Reference) -> None:
    assert reference.named("Gammagard") == DrugName("Gammagard")
    # J1566 (powder) and J1569 (liquid) both count 500 mg: it is what the table says it mostly is, else what began first
    assert reference.drug("Gammagard", NOW).code == "J1569"
    assert changed(listed_names=('"hand, usual"', "hand")).drug("Gammagard", NOW).code == "J1566"
    gone = 'Gammagard,immune globulin,Octagam,hand\nGammagard,immune globulin,Gone,"hand, usual"'
    lacking = changed(listed_names=('Gammagard,immune globulin,Gammagard liquid,"hand, usual"', gone))
    assert lacking.drug("Gammagard", NOW).code == "J1566"
    products = changed(listed_names=("Gammagard,immune globulin powder,", "Gammagard,immune globulin,Octagam"))
    assert products.named("Gammagard") == DrugName("immune globulin", "Gammagard")
    assert products.drug("Gammagard", NOW).code == "J1569"
    with pytest.raises(NotFound, match="formula has a code for each product: name one of intact B4150, dense B4152"):
        reference.drug("formula", NOW)  # 100 kcal each, and of another formula
    with pytest.raises(NotFound, match="ustekinumab has a code for each product: name one of SC J3357, IV J3358"):
        reference.drug("ustekinumab injection", NOW)  # 1 mg each; a route is another code and per diem
    assert reference.drug("ustekinumab", dt.date(2015, 1, 1)).code == "J3357"


def test_a_drug_with_a_code_of_its_own_is_meant_itself_and_none_of_its_products() -> None:
    """Of methylprednisolone acetate J1010 is the drug's and J1020 another strength's; meropenem is drugs.csv's."""
    reference = changed(listed_drugs=("J9071,cyclophosphamide,Auromedics", "J9071,meropenem,loading dose"))
    reference.read_listed()
    assert reference.products_meant(DrugName("ustekinumab")) != ()
    assert reference.products_meant(DrugName("methylprednisolone acetate")) == ()
    assert reference.products_meant(DrugName("denosumab")) == reference.products_meant(DrugName("meropenem")) == ()
    meropenem = reference.rows_of_drug("meropenem")
    assert "J9071" not in {row.code for row in meropenem}


def test_a_name_of_several_products_that_count_otherwise_lists_them(reference: Reference) -> None:
    with pytest.raises(NotFound, match="methylprednisolone has a code for each product: name one of "
                                       "methylprednisolone acetate J1010, methylprednisolone sodium succinate J2919"):  # fmt: skip
        reference.drug("methylprednisolone", NOW)
    with pytest.raises(
        NotFound, match="cyclophosphamide has a code for each product: name one of Auromedics J9071, NOS J9075"
    ):
        reference.drug("cyclophosphamide")
    assert reference.drug("cyclophosphamide", dt.date(2023, 1, 1)).code == "J9071"
    with pytest.raises(NotInForce, match="methylprednisolone has no code in force on 2024-03-31: J1010"):
        reference.drug("methylprednisolone", dt.date(2024, 3, 31))


def test_a_name_that_may_be_two_drugs_lists_each_with_its_own_name() -> None:
    both = changed(
        listed_names=(
            "Prolia,denosumab,,hand\n",
            "Prolia,ustekinumab,IV,hand\nProlia,methylprednisolone acetate,,hand\n",
        )
    )
    with pytest.raises(NotFound) as told:
        both.drug("Prolia", NOW)
    assert "name one of ustekinumab (IV) J3358, methylprednisolone acetate J1010" in str(told.value)


def test_what_is_not_infused_is_there_by_name_and_code_and_no_proposal(reference: Reference) -> None:
    assert reference.drug("prednisone inhaled", NOW).code == reference.drug("prednisone", NOW).code == "J7638"
    assert reference.near("prednisona") == reference.near("Apligraft") == ""
    assert reference.near("denosumap") == "denosumab"
    mixed = changed(listed_drugs=("J7638,prednisone,inhaled,inhaled,", "J7638,denosumab,inhaled,inhaled,"))
    assert mixed.drug("denosumab", NOW).code == "J0897"


# -- therapies ---------------------------------------------------------------------------------------------------


def test_a_drug_has_the_therapy_of_its_class_and_a_biosimilar_that_of_its_drug(reference: Reference) -> None:
    for typed in ("denosumab", "denosumab-bbdz", "J0897"):
        assert reference.therapy_of(reference.drug_or_code(typed)).therapy == "injection-noc"
    assert reference.therapy_of(reference.name("Gammagard")).therapy == "immunotherapy"


@pytest.mark.parametrize(
    ("typed", "told"),
    [
        ("methylprednisolone acetate", "has no one Therapy, corticosteroid and .* are usual: name the order's Therapy"),
        ("methylprednisolone", "methylprednisolone has no one Therapy, corticosteroid and"),
        ("Apligraf", "Apligraf has no Therapy in the reference: name the order's Therapy"),
    ],
)
def test_where_several_therapies_are_usual_or_none_the_order_names_it(
    reference: Reference, typed: str, told: str
) -> None:
    with pytest.raises(WrongInput, match=told):
        reference.therapy_of(reference.name(typed))


# -- under a workbook's own codes ---------------------------------------------------------------------------------


def test_own_codes_lie_over_listed_drugs_too(reference: Reference) -> None:
    own = [OwnCode(2, "denosumab", "", "J9999", first=dt.date(2025, 1, 1).toordinal())]
    over = overlaid(reference, own)
    assert over.drug("Prolia", NOW).code == "J9999" and over.drug("Prolia", dt.date(2024, 12, 31)).code == "J0897"
    assert reference.drug("Prolia", NOW).code == "J0897"
    assert [row.code for row in over.rows_of_drug("denosumab")] == ["J0897", "J9999"]
    product = overlaid(reference, [OwnCode(2, "ustekinumab", "Wezlana", "Q5138")])
    with pytest.raises(NotFound, match="SC J3357, IV J3358, Wezlana Q5138"):
        product.drug("ustekinumab", NOW)


# -- the tables ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("change", "told"),
    [
        (
            {"listed_drugs": (",infused,1,mg,,exact,,2012", ",infused,1,,,exact,,2012")},
            "line 6: amount and unit go together",
        ),
        ({"listed_drugs": (",a unit is a day's bag", ",")}, "line 4: unit_note is blank"),
        (
            {"listed_drugs": ("infused,1,mg,,exact,,2012", "infused,1,pounds,,exact,,2012")},
            "unit 'pounds' is not one of",
        ),
        ({"listed_drugs": ("J0897,denosumab,,infused", "J0897,denosumab,,eaten")}, "use 'eaten' is not one of"),
        ({"listed_drugs": ("2025-07-01,", "2025-06-30,")}, "J2310 and J2312 are both in force on 2025-06-30"),
        ({"drug_classes": ("cyclophosphamide,chemotherapy", "cyclophosphamide,chemo")}, "therapy 'chemo' is not in"),
        ({"drug_classes": ("prednisone,", "Denosumab,")}, "Denosumab stands twice"),
        ({"drug_classes": ("antineoplastic,", "antineoplastic,hydration pain")}, "therapy, or two or more others"),
        ({"drug_classes": ("corticosteroid injection-noc", "corticosteroid")}, "therapy, or two or more others"),
    ],
)
def test_a_wrong_row_of_them_is_told_with_its_place(change: dict[str, tuple[str, str]], told: str) -> None:
    with pytest.raises(ReferenceTableError, match=told):
        changed(**change).read_listed()


def test_an_edition_made_before_these_tables_has_the_ones_that_ship() -> None:
    assert {"listed_drugs.csv", "listed_names.csv", "drug_classes.csv"} < set(TABLES)
    assert bundled(EDITION)
    shipped = load()
    assert [row.code for row in shipped.every_drug[len(shipped.drugs) :]] == [row.code for row in shipped.read_listed()]


def test_many_threads_that_ask_first_get_the_same_answer(reference: Reference) -> None:
    with ThreadPoolExecutor(8) as pool:
        found = list(pool.map(lambda _: reference.drug("Prolia", NOW), range(64)))
    assert len(set(map(id, found))) == 1


@given(st.sampled_from(["denosumab", "Narcan", "methylprednisolone", "Gammagard", "cyclophosphamide", "ustekinumab"]))
def test_a_span_says_what_each_of_its_days_says(typed: str) -> None:
    reference = load(frozen)
    name = reference.name(typed)
    spans = list(reference.drug_spans(name, dt.date(1980, 1, 1), dt.date(2030, 1, 1)))
    assert spans[0][0] == dt.date(1980, 1, 1) and spans[-1][1] == dt.date(2030, 1, 1)
    assert all(after[0] == before[1] + dt.timedelta(1) for before, after in pairwise(spans))
    for first, last, found in spans:
        for day in (first, last):
            if isinstance(found, NotFound):
                with pytest.raises(NotFound):
                    reference.drug(typed, day)
            else:
                assert reference.drug(typed, day) is found


def test_an_unknown_name_is_still_unknown(reference: Reference) -> None:
    with pytest.raises(UnknownDrug, match="add a row of Own codes .*; a suffix, salt or product has its own code"):
        reference.name("denosumab-xxxx")


def test_a_further_product_of_a_curated_drug_is_found_by_its_own_name_and_the_drug_stays_what_it_is() -> None:
    further = changed(listed_drugs=("J9071,cyclophosphamide,Auromedics", "J9071,meropenem,loading dose"))
    products = [row.code for row in further.rows_of_drug("meropenem")]
    has_products = further.has_products("meropenem")
    assert further.drug("meropenem loading dose", NOW).code == further.drug("J9071", NOW).code == "J9071"
    assert further.drug("meropenem", NOW).code == "J2185"
    assert [row.code for row in further.rows_of_drug("meropenem")] == products
    assert further.has_products("meropenem") == has_products
    with pytest.raises(NotInForce, match="meropenem has no code in force on 1990-01-01"):
        further.drug("meropenem", dt.date(1990, 1, 1))


def test_a_product_that_has_a_code_goes_before_one_of_several_that_share_another() -> None:
    shared = changed(listed_drugs=("J3357,ustekinumab,SC,", "J3357,ustekinumab,IV / SC,"))
    for typed, code in (("ustekinumab IV", "J3358"), ("ustekinumab SC", "J3357"), ("ustekinumab IV / SC", "J3357")):
        assert shared.drug(typed, NOW).code == code


def test_a_name_of_a_drug_that_an_edition_lacks_is_no_name_there() -> None:
    lacking = changed(listed_names=("Prolia,denosumab,", "Prolia,denosumap,"))
    assert lacking.named("Prolia") is None and lacking.drug("Jubbonti", NOW).code == "Q5136"


def test_every_name_that_ships_is_one_of_a_drug_that_ships() -> None:
    shipped = load()
    shipped.read_listed()
    for place, row in read_names(bundled):
        assert shipped.named(row.name) or shipped.named_therapy(row.name), (place, row.name)


def test_a_code_without_an_amount_says_what_is_known_of_its_unit_and_is_no_unlisted_drugs(reference: Reference) -> None:
    bag, unlisted = reference.drug("B4189", NOW), reference.drug("J7999", NOW)
    assert (bag.unit_note, bag.unlisted) == ("a unit is a day's bag", False)
    assert unlisted.unlisted and reference.drug("J3490", NOW).unlisted and not reference.drug("denosumab", NOW).unlisted
    assert reference.drug("J3490", NOW).unit_note == ""
    with pytest.raises(NotFound, match="the payer says what a unit is .a unit is a day's bag."):
        of_dose(bag, parse("1 g"))
