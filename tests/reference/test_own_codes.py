"""A workbook's own codes over the reference: on their days they hold, on all others the edition does."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.frozen_reference import CURATED
from tests.reference.editions import quarter, with_imported
from xl_infusion.errors import BillingError, NotFound, NotInForce, TwoCodes, UnknownDrug, WrongInput
from xl_infusion.reference import DrugName, DrugRow, Reference, current, using
from xl_infusion.reference.imported import ASP, NDC
from xl_infusion.reference.own_codes import LAST, OwnCode, OwnReference, overlaid, own_problems

WRONG = WrongInput("Own codes table row 9: cannot be read")


@pytest.fixture(autouse=True, scope="module")
def few_listed() -> Iterator[None]:
    """The codes that rows of these tests bring in are not among the listed ones."""
    with using(CURATED):
        yield


def day(text: str) -> dt.date:
    return dt.date.fromisoformat(text)


def own(number: int, drug: str, code: str, first: str = "", last: str = "", **more: Any) -> OwnCode:
    """An own row of 5 mg a unit."""
    days = {"first": day(first).toordinal() if first else 1, "last": day(last).toordinal() if last else LAST}
    return OwnCode(number, drug, **{"product": "", "code": code, "amount": Decimal(5), "unit": "mg", **days, **more})


def over(*rows: OwnCode, base: Reference | None = None) -> OwnReference:
    found = overlaid(base or current(), rows)
    assert isinstance(found, OwnReference)
    return found


def code_of(reference: Reference, drug: str, on: str = "") -> str:
    return reference.drug(drug, day(on) if on else None).code


# -- the days ------------------------------------------------------------------------------------------------------


def test_no_row_is_the_reference_itself() -> None:
    assert overlaid(current(), []) is current()
    assert own_problems(current()) == []


def test_a_row_holds_on_its_days_and_the_reference_on_the_others() -> None:
    reference = over(own(2, "vancomycin", "J9999", "2025-06-01", "2025-07-31"))
    assert [code_of(reference, "vanco", on) for on in ("2025-05-31", "2025-06-01", "2025-07-31", "2025-08-01")] == [
        "J3370", "J9999", "J9999", "J3373",
    ]  # fmt: skip
    row = reference.drug("vancomycin", day("2025-06-15"))
    assert (row.unit_text, row.by, row.problem, row.therapy) == (
        "5 mg",
        "Own codes table row 2",
        None,
        "anti-infective",
    )
    assert (row.first_day, row.last_day) == (day("2025-06-01"), day("2025-07-31"))
    before = reference.drug("vancomycin", day("2025-05-31"))
    assert (before.last_day, before.successor, before.by) == (day("2025-05-31"), "J9999", "")
    after = reference.drug("vancomycin", day("2025-08-01"))
    assert (after.first_day, after.last_day) == (day("2025-08-01"), None)
    assert code_of(reference, "vancomycin") == "J3373"  # the newest row in force
    assert code_of(reference, "J9999", "2025-06-01") == "J9999"
    with pytest.raises(
        NotInForce, match="J9999 is not in force on 2025-08-01: J9999 from 2025-06-01 through 2025-07-31"
    ):
        reference.drug("J9999", day("2025-08-01"))
    # what is not the drug's, or its code's, is the very same row
    assert reference.drug("meropenem", day("2025-06-15")) is current().drug("meropenem", day("2025-06-15"))
    assert reference.drug("J3370", day("2025-06-15")) is current().drug("J3370", day("2025-06-15"))


def test_a_row_of_a_code_that_the_reference_has_goes_over_the_code_too() -> None:
    reference = over(own(2, "vancomycin", "J3373", "2025-09-01", "2025-09-30"))
    assert (
        reference.drug("J3373", day("2025-09-15")).unit_text
        == reference.drug("vanco", day("2025-09-15")).unit_text
        == "5 mg"
    )
    for on in ("2025-08-31", "2025-10-01"):
        by_code, by_name = reference.drug("J3373", day(on)), reference.drug("vancomycin", day(on))
        assert by_code is by_name and by_code.unit_text == "10 mg" and by_code.successor == ""
    assert reference.drug("J3373", day("2025-09-15")).medicare == current().drug("J3373").medicare != ""


def test_a_row_since_ever_and_still() -> None:
    reference = over(own(2, "ertapenem", "J9999"))
    assert {code_of(reference, "ertapenem", on) for on in ("1900-01-01", "2025-01-01", "9999-12-31")} == {"J9999"}
    assert (reference.drug("ertapenem").first_day, reference.drug("ertapenem").last_day) == (None, None)
    assert code_of(reference, "J1335", "2025-01-01") == "J1335"
    spans = [(first, last, row.code) for first, last, row in reference.drug_spans(reference.name("ertapenem"), dt.date.min, dt.date.max)
             if isinstance(row, DrugRow)]  # fmt: skip
    assert spans == [(dt.date.min, dt.date.max, "J9999")]


def test_a_makers_product_and_the_drugs_own_code_are_apart() -> None:
    reference = over(own(2, "vancomycin", "J9999", "2025-09-01", product="Mylan"))
    assert code_of(reference, "vancomycin Mylan", "2025-09-01") == "J9999"
    assert code_of(reference, "vancomycin Mylan", "2025-08-31") == "J3374"
    assert code_of(reference, "vancomycin", "2025-09-01") == "J3373"
    new = over(own(2, "vancomycin", "J9999", "2025-09-01", product="Acme / Apex"))
    assert new.named("vancomycin apex") == new.named("Vancomycin Acme") == DrugName("vancomycin", "Acme / Apex")
    assert code_of(new, "vancomycin Acme", "2025-09-01") == "J9999"
    with pytest.raises(NotInForce):
        new.drug("vancomycin Acme", day("2025-08-31"))
    assert over(own(2, "ertapenem", "J9999", product="Acme")).has_products("ertapenem")
    assert not current().has_products("ertapenem")


def test_a_drug_that_is_only_there_as_products() -> None:
    # the one product answers to the drug's name, until there is another
    base = current()
    assert code_of(base, "amphotericin B liposome", "2025-01-01") == "J0289"
    same = over(own(2, "amphotericin B liposome", "J9999", "2025-01-01", product="AmBisome"))
    assert code_of(same, "amphotericin B liposome", "2025-01-01") == "J9999"
    assert code_of(same, "amphotericin B liposome", "2024-12-31") == "J0289"
    two = over(own(2, "amphotericin B liposome", "J9999", "2025-01-01", product="Acme"))
    with pytest.raises(NotFound, match="has a code for each product"):
        two.drug("amphotericin B liposome", day("2025-01-01"))
    assert code_of(two, "amphotericin B liposome", "2024-12-31") == "J0289"
    assert code_of(two, "amphotericin B liposome Acme", "2025-01-01") == "J9999"
    # a drug that must be named by product stays one
    globulin = over(own(2, "immune globulin", "J9999", product="Acme"))
    with pytest.raises(NotFound, match="has a code for each product"):
        globulin.drug("immune globulin", day("2025-01-01"))
    assert code_of(globulin, "immune globulin Acme", "2025-01-01") == "J9999"
    generic = over(own(2, "immune globulin", "J9999", "2025-01-01"))
    assert code_of(generic, "immune globulin", "2025-01-01") == "J9999"


def test_a_new_drug() -> None:
    reference = over(own(2, "examplocillin", "J9999", "2026-01-01", therapy="anti-infective", therapy_by="row 2"))
    assert code_of(reference, "Examplocillin", "2026-01-01") == code_of(reference, "J9999") == "J9999"
    assert reference.therapy_of(reference.name("examplocillin")) is reference.therapies["anti-infective"]
    assert reference.therapy_of("J9999").therapy == "anti-infective"
    with pytest.raises(NotInForce, match="examplocillin has no code in force on 2025-12-31: J9999 from 2026-01-01"):
        reference.drug("examplocillin", day("2025-12-31"))
    with pytest.raises(UnknownDrug, match="did you mean examplocillin?"):
        reference.drug("examplocilin")
    with pytest.raises(UnknownDrug):
        current().drug("examplocillin")
    product = over(own(2, "examplocillin", "J9999", product="Acme"))  # the only product answers to the drug's name
    assert code_of(product, "examplocillin", "2026-01-01") == code_of(product, "examplocillin Acme") == "J9999"


def test_a_new_drug_without_a_therapy_has_none_to_give() -> None:
    reference = over(own(2, "examplocillin", "J9999"))
    for drug in (reference.name("examplocillin"), "J9999"):
        with pytest.raises(WrongInput, match="examplocillin has no Therapy in Own codes: name the order's Therapy"):
            reference.therapy_of(drug)
    unread = over(own(9, "examplocillin", "J9999", problem=WRONG))
    with pytest.raises(WrongInput, match="Own codes table row 9"):
        unread.therapy_of(unread.name("examplocillin"))


def test_doses_of_a_combination_count_as_the_reference_has_it() -> None:
    reference = over(
        own(2, "piperacillin-tazobactam", "J9999", amount=Decimal("1.125"), unit="g"),
        own(3, "sulfamethoxazole-trimethoprim", "J9998", component="trimethoprim"),
        own(4, "ertapenem", "J9997"),
    )
    assert reference.drug("Zosyn").counts_total
    assert reference.drug("J9998").unit_text == "5 mg trimethoprim" and not reference.drug("J9998").counts_total
    assert not reference.drug("J9997").counts_total


def test_an_unclassified_code_serves_many_drugs_and_stays_what_it_is() -> None:
    none: dict[str, Any] = {"amount": None, "unit": ""}
    reference = over(own(2, "examplocillin", "J3490"), own(3, "examplomycin", "J3490", **none))
    assert own_problems(reference) == []
    assert reference.drug("examplocillin").unit_text == "5 mg" and reference.drug("examplomycin").amount is None
    assert reference.drug("J3490") is current().drug("J3490")
    # one that the reference does not have
    new = over(own(2, "examplocillin", "C9399", **none), own(3, "examplomycin", "C9399", **none))
    assert own_problems(new) == [] and code_of(new, "examplocillin") == code_of(new, "examplomycin") == "C9399"
    with pytest.raises(NotFound):
        new.drug("C9399")
    assert over(own(2, "examplocillin", "C9399", **none)).drug("C9399").drug == "examplocillin"


# -- what cannot be used -------------------------------------------------------------------------------------------


def fails(reference: Reference, text: str, on: str) -> str:
    """Why nothing can be billed: the same by look-up and by days, and nothing else on any way to it."""
    with pytest.raises(BillingError) as by_drug:
        reference.drug(text, day(on))
    ((_, _, row),) = reference.drug_spans(reference.drug_or_code(text), day(on), day(on))
    assert isinstance(row, DrugRow) and row.problem is by_drug.value
    return str(by_drug.value)


def test_two_rows_for_one_drug_fail_on_the_days_that_they_share() -> None:
    reference = over(
        own(2, "ertapenem", "J9999", "2025-01-01", "2025-03-31"),
        own(3, "ertapenem", "J9998", "2025-03-01", "2025-05-31"),
    )
    assert code_of(reference, "ertapenem", "2025-02-28") == "J9999"
    assert code_of(reference, "ertapenem", "2025-04-01") == "J9998"
    assert code_of(reference, "ertapenem", "2025-06-01") == "J1335"
    for text in ("ertapenem", "J9999", "J9998"):
        says = fails(reference, text, "2025-03-15")
        assert says == "Own codes table rows 2 and 3 are for one drug or code on one day: close one of them"
    ((number, error),) = own_problems(reference)
    assert number == 2 and isinstance(error, TwoCodes)
    with pytest.raises(TwoCodes):
        reference.code("J9999", day("2025-03-15"))


def test_two_rows_with_one_code_fail_whatever_their_drugs() -> None:
    reference = over(own(2, "ertapenem", "J9999", "2025-01-01"), own(3, "cefazolin", "J9999", "2025-02-01"))
    for text in ("ertapenem", "cefazolin", "J9999"):
        assert "rows 2 and 3" in fails(reference, text, "2025-02-01")
    assert (
        code_of(reference, "ertapenem", "2025-01-31") == "J9999"
        and code_of(reference, "cefazolin", "2025-01-31") == "J0690"
    )


def test_a_row_goes_on_past_the_end_of_one_that_is_no_rival_of_it() -> None:
    reference = over(
        own(2, "ertapenem", "J9991", "2025-01-01", "2025-12-31"),
        own(3, "meropenem", "J9992", "2025-02-01", "2025-02-28"),
        own(4, "meropenem", "J9991", "2026-01-01", "2026-01-31"),
    )
    spans = reference.drug_spans(reference.name("ertapenem"), day("2025-01-01"), day("2025-12-31"))
    assert [(first, last) for first, last, _ in spans] == [(day("2025-01-01"), day("2025-12-31"))]


def test_three_rows_of_one_drug() -> None:
    reference = over(
        own(2, "ertapenem", "J9991", "2025-01-01", "2025-01-31"),
        own(3, "ertapenem", "J9992", "2025-01-10", "2025-01-20"),
        own(4, "ertapenem", "J9993", "2025-01-15", "2025-02-28"),
    )
    found = [
        fails(reference, "ertapenem", on).partition(" are ")[0] for on in ("2025-01-10", "2025-01-15", "2025-01-21")
    ]
    assert found == [
        "Own codes table rows 2 and 3",
        "Own codes table rows 2, 3 and 4",
        "Own codes table rows 2 and 4",
    ]
    assert [number for number, _ in own_problems(reference)] == [2, 2, 2]
    assert code_of(reference, "ertapenem", "2025-01-09") == "J9991"


def test_a_row_that_cannot_be_read_fails_its_drug_and_its_code_on_its_days() -> None:
    reference = over(own(9, "vancomycin", "J3373", "2025-08-01", "2025-08-31", amount=None, unit="", problem=WRONG))
    for text in ("vancomycin", "J3373"):
        assert fails(reference, text, "2025-08-15") == str(WRONG)
        assert code_of(reference, text, "2025-07-31") == code_of(reference, text, "2025-09-01") == "J3373"
    assert code_of(reference, "vancomycin Mylan", "2025-08-15") == "J3374"
    assert own_problems(reference) == [(9, WRONG)]
    # beside another row: nobody knows which of them is meant
    both = over(own(2, "vancomycin", "J9999"), own(9, "vancomycin", "J3373", problem=WRONG))
    assert fails(both, "vancomycin", "2025-08-15") == fails(both, "J9999", "2025-08-15") == str(WRONG)
    assert own_problems(both) == [(9, WRONG)]


def test_what_cannot_be_read_may_be_anything() -> None:
    # its code: any of the drug's
    code = over(own(9, "vancomycin", "", problem=WRONG))
    for text in ("vancomycin", "J3373"):
        assert fails(code, text, "2025-08-15") == str(WRONG)
    assert fails(code, "J3370", "2025-01-01") == str(WRONG)
    assert code_of(code, "J3374", "2025-08-15") == "J3374"
    # its product: any of the drug's
    product = over(
        own(2, "vancomycin", "J9998", product="Acme"), own(9, "vancomycin", "J9999", product=None, problem=WRONG)
    )
    for text in ("vancomycin", "vancomycin Mylan", "vancomycin Acme", "J9999", "J9998"):
        assert fails(product, text, "2025-08-15") == str(WRONG)
    assert code_of(product, "J3373", "2025-08-15") == "J3373"
    # its drug: any, by name and by code
    drug = over(own(2, "ertapenem", "J9998"), own(9, "", "J9999", first="2025-08-01", product=None, problem=WRONG))
    assert drug.unread is WRONG and current().unread is None
    for text in ("vancomycin", "ertapenem", "J2185", "J9998"):
        assert fails(drug, text, "2025-01-01") == str(WRONG)
    with pytest.raises(WrongInput):
        drug.drug("meropenem")
    assert drug.code("S9502").code == "S9502"  # a per diem is none


def test_a_problem_that_is_raised_again_and_again_does_not_grow() -> None:
    reference = over(own(9, "vancomycin", "J3373", problem=WRONG))
    for _ in range(5):
        with pytest.raises(WrongInput) as error:
            reference.drug("vancomycin")
    frames, trace = 0, error.value.__traceback__
    while trace is not None:
        frames, trace = frames + 1, trace.tb_next
    assert frames < 5


# -- the reference below -------------------------------------------------------------------------------------------


def test_what_is_read_when_it_is_asked_for_is_the_bases() -> None:
    reference = over(
        own(2, "vancomycin", "J1559", amount=Decimal(1), unit="mL"),
        own(3, "immune globulin SC", "J9999", product="Hizentra"),
    )
    base = current()
    assert reference.product_of("vancomycin", "72078") == "Mylan"
    assert reference.usual_dose("vancomycin") is base.usual_dose("vancomycin")
    assert reference.hit_drug("J1559", day("2025-07-01")) is base.hit_drug("J1559", day("2025-07-01"))
    assert reference.hit_category("J1559", day("2025-07-01")) == 2
    assert reference.accreditor("JCAHO") == "Joint Commission" and reference.accreditors is base.accreditors
    reference.read_all()
    row = {"ndc": "00409651001", "code": "J3373", "drug": "made", "package_size": 1, "package_quantity": 1, "units": 50}
    imported = with_imported((NDC, quarter(2025, 7), [row]), (ASP, quarter(2025, 7), [{"code": "J3373", "limit": 1}]))
    above = over(own(2, "vancomycin", "J9999"), base=imported)
    (file,) = above.quarters(NDC)
    assert above.ndc_rows("00409651001", file) == imported.ndc_rows("00409651001", file) != ()
    assert above.asp_limits("J3373") == imported.asp_limits("J3373") != ()


def test_the_tables_of_the_reference_hold_the_own_rows_once() -> None:
    reference = over(own(2, "vancomycin", "J9999", "2025-08-01", "2025-08-31"), own(3, "examplocillin", "J9998"))
    rows = [row for row in reference.drugs if row.drug == "vancomycin" and not row.product]
    assert [(row.code, str(row.first_day)) for row in sorted(rows, key=lambda row: row.first_day or dt.date.min)] == [
        ("J3370", "1986-01-01"), ("J3373", "2025-07-01"), ("J9999", "2025-08-01"), ("J3373", "2025-09-01"),
    ]  # fmt: skip
    assert len(reference.drugs) == len(current().drugs) + 3


DRUGS = (
    "vancomycin",
    "vancomycin Mylan",
    "nafcillin",
    "nafcillin 2 g",
    "ertapenem",
    "examplocillin",
    "examplocillin Acme",
)
CODES = ("J3370", "J3373", "J3374", "S0032", "J2290", "J1335", "J9990", "J9991")
#: Days about which something changes in the reference, or in the rows.
SOME = [day("2024-12-30") + dt.timedelta(n) for n in range(0, 400, 3)]
NAMES = {
    "vancomycin Mylan": ("vancomycin", "Mylan"),
    "nafcillin 2 g": ("nafcillin", "2 g"),
    "examplocillin Acme": ("examplocillin", "Acme"),
}


@st.composite
def rows(draw: st.DrawFn) -> list[OwnCode]:
    found = []
    for number in range(2, 2 + draw(st.integers(1, 6))):
        drug, product = NAMES.get(name := draw(st.sampled_from(DRUGS)), (name, ""))
        first, last = sorted(draw(st.tuples(st.sampled_from(SOME), st.sampled_from(SOME))))
        found.append(
            OwnCode(
                number, drug, product, draw(st.sampled_from(CODES)), Decimal(draw(st.integers(1, 9))), "mg",
                first=draw(st.sampled_from([1, first.toordinal()])), last=draw(st.sampled_from([LAST, last.toordinal()])),
                problem=draw(st.sampled_from([None, None, None, WRONG])),
            )
        )  # fmt: skip
    return found


def answer(reference: Reference, text: str, on: dt.date) -> object:
    """What a reference says of a drug on a day: code, unit and where it is from; or that it has none."""
    try:
        row = reference.drug(text, on)
    except BillingError as error:
        told = str(error)  # Own codes are also what to do about a drug that is nowhere
        return told if "Own codes" in told and "is not in the reference" not in told else "none"
    return row.code, row.unit_text, row.by


@given(rows(), st.lists(st.sampled_from(SOME), min_size=1, max_size=12), st.sampled_from([*DRUGS, *CODES]))
def test_on_each_day_the_own_row_in_force_else_the_reference(
    own_rows: list[OwnCode], days: list[dt.date], text: str
) -> None:
    base, reference = current(), over(*own_rows)
    drug, product = NAMES.get(text, (text, ""))
    spans = (
        reference.drug_spans(reference.drug_or_code(text), dt.date.min, dt.date.max) if known(reference, text) else ()
    )
    by_day = [(first, last, row) for first, last, row in spans]
    for on in days:
        ordinal = on.toordinal()
        there = [one for one in own_rows if one.first <= ordinal <= one.last]

        def is_of(one: OwnCode) -> bool:
            return one.code == text if text in CODES else (one.drug, one.product) == (drug, product)

        mine = [one for one in there if is_of(one)]
        rivals = {
            other for one in mine for other in there
            if other.code == one.code or (other.drug, other.product) == (one.drug, one.product)
        }  # fmt: skip
        found = answer(reference, text, on)
        if not mine:
            if (text, product) == ("examplocillin", ""):  # of its products the only one answers to its name
                continue
            if drug == "nafcillin" and not product and any(one.product for one in own_rows if one.drug == drug):
                continue
            assert found == answer(base, text, on)
        elif any(one.problem for one in rivals):  # of two faults at once either may be told
            two = len(rivals - {one for one in rivals if one.problem}) > 1
            assert found == str(WRONG) or (two and "are for one drug or code on one day" in str(found))
        elif len(rivals) > 1:
            # of two faults either may be told: a rival's own rival may be a row that cannot be read
            wrong = any(
                one.problem and (one.code == other.code or (one.drug, one.product) == (other.drug, other.product))
                for other in rivals
                for one in there
            )
            assert "are for one drug or code on one day" in str(found) or (wrong and found == str(WRONG))
        else:
            (one,) = mine
            assert found == (one.code, f"{one.amount} mg", one.by)
        (row,) = (row for first, last, row in by_day if first <= on <= last) if by_day else (None,)
        if isinstance(row, DrugRow):
            assert found == (str(row.problem) if row.problem else (row.code, row.unit_text, row.by))
        else:
            assert found == "none"


def known(reference: Reference, text: str) -> bool:
    return reference.named(text) is not None or text in CODES


@given(rows())
def test_the_reference_below_is_never_changed(own_rows: list[OwnCode]) -> None:
    base = current()
    base.read_listed()
    before = {
        name: (value, list(value) if isinstance(value, (dict, tuple, set)) else None)
        for name, value in vars(base).items()
    }
    drugs_before = base._drugs.copy()
    over(*own_rows)
    assert all(vars(base)[name] is value for name, (value, _) in before.items())
    assert all(list(vars(base)[name]) == content for name, (_, content) in before.items() if content is not None)
    assert base._drugs == drugs_before
    assert len(base._codes) == len(
        {row.code for row in (*base.every_drug, *base.per_diem, *base.visits, *base.hit, *base.modifiers)}
    )
