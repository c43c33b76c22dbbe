"""Drug codes as rows: what is one, what it is called, and how codes of one drug are told apart."""

from __future__ import annotations

import datetime as dt
from itertools import combinations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.reference.listing.records import by_hand, drugs, listing, record
from xl_infusion.reference.cms.hcpcs import HcpcsRecord
from xl_infusion.reference.listing.made import together
from xl_infusion.reference.listing.rows import USES, ListedDrug
from xl_infusion.reference.listing.tables import Otherwise, Tables
from xl_infusion.reference.names import fold
from xl_infusion.reference.periods import meets
from xl_infusion.reference.tables import UNITS

#: What a text names, in the habits of CMS's own: invented drugs, and what a biller would write.
SAID = {
    "Injection, fictumab-abcd, biosimilar, (brandname), 10 mg": "fictumab-abcd",
    "Injection, fictocillin sodium, not otherwise specified, up to 1 gm": "fictocillin",
    "Injection, fictocillin sodium/fictobactam sodium, per 1.5 gm": "fictocillin-fictobactam",
    "Injection, fictocillin 4 mg, fictostatin 4 mg and fictobactam 2 mg": "fictocillin-fictostatin-fictobactam",
    "Injection, fictumab, fictuzumab, and hyaluronidase-abcd, 10 mg": "fictumab-fictuzumab-hyaluronidase-abcd",
    "Injection, fictocillin and fictobactam, 2mg/3mg": "fictocillin-fictobactam",
    "Injection, sodium fictosulfate, 100 mg": "sodium fictosulfate",
    "Injection, potassium chloride, per 2 meq": "potassium chloride",
    "Injection, fictosone sodium phosphate, 1 mg": "fictosone sodium phosphate",
    "Injection, fictamine dihydrochloride monohydrate, 1 mg": "fictamine dihydrochloride monohydrate",
    "Fictolimus, oral, 1 mg": "fictolimus oral",
    "Oral fictolimus, 1 mg": "oral fictolimus",
    "Fictuterol, inhalation solution, compounded product, administered through dme, unit dose form, per milligram": "fictuterol inhalation",
    "Fictolone intravitreal implant, 0.1 mg": "fictolone intravitreal implant",
    "Fictarin for topical administration, 10% gel, 10 mg": "fictarin for topical administration 10% gel",
    "Injection, bamfictimab-xxxx, 700 mg": "bamfictimab",
    "(brandname), 5 mg": "brandname",
}  # fmt: skip


@pytest.mark.parametrize("text", SAID)
def test_a_text_names_a_drug(text: str) -> None:
    assert [row.drug for row in listing(record("J0001", text)).drugs] == [SAID[text]]


#: Code, text, and what it is used as.
USED = [
    ("J0001", "Injection, made-up, 1 mg", "infused"), ("J0001", "Infusion, made-up, 500 ml", "infused"),
    ("J0001", "Made-up, 1 mg", "infused"), ("J0001", "Made-up, oral, 1 mg", "oral"), ("S0001", "Made-up, 1 mg", "oral"),
    ("S5010", "5% made-up, 1000 ml", "infused"), ("S0001", "Injection, made-up, 1 mg", "infused"),
    ("S0001", "Sterile dilutant for made-up, 50 ml", "infused"), ("S0001", "Made-up gel 0.01%, 0.5 gm", "topical"),
    ("J0001", "Made-up, inhalation solution, per 1 mg", "inhaled"), ("J0001", "Made-up, nasal spray, 1 mg", "topical"),
    ("J0001", "Noc drugs, other than inhalation drugs, administered through dme", "infused"),
    ("B4150", "Enteral formula, made-up, 100 calories = 1 unit", "enteral"), ("B4034", "Enteral feeding supply kit; made-up", "other"),
    ("J0001", "Made-up implant, 65 mg", "implant"), ("Q4101", "Made-up, per square centimeter", "skin substitute"),
    ("C9363", "Skin substitute, made-up, per square centimeter", "skin substitute"), ("Q4112", "Made-up, injectable, 1 cc", "skin substitute"),
    ("Q9951", "Made-up contrast material, per ml", "imaging"), ("J0001", "Instillation, made-up, 1 mg", "other"),
    ("Q4100", "Made-up, not otherwise specified", "skin substitute"), ("Q4081", "Injection, made-up, 1 mg", "infused"),
    ("Q5101", "Injection, made-up, 1 mg", "infused"),
    ("Q2034", "Made-up virus vaccine", "other"), ("P9040", "Made-up cells, each unit", "other"),
]  # fmt: skip


@pytest.mark.parametrize(("code", "text", "use"), USED)
def test_what_a_drug_is_used_as(code: str, text: str, use: str) -> None:
    assert [row.use for row in listing(record(code, text)).drugs] == [use]


@pytest.mark.parametrize(
    ("code", "text"),
    [
        ("JW", "Made modifier"), ("G0001", "Made service"), ("Q0081", "Made visit"), ("Q0510", "Pharmacy supply fee for made-up"),
        ("Q9988", "Platelets, made-up, each unit"), ("Q2052", "Services, made-up"), ("S0199", "Medically induced made-up"),
        ("C9600", "Made procedure"), ("S5570", "Insulin delivery device, made-up"), ("B9002", "Made pump"), ("Q4001", "Cast supplies"),
    ],
)  # fmt: skip
def test_what_is_no_drug(code: str, text: str) -> None:
    assert not listing(record(code, text)).drugs


#: A text, and its unit: amount, unit, rule, basis; or a note in place of them.
COUNTED = {
    "Enteral formula, made-up, 100 calories = 1 unit": "100 kcal exact ",
    "Made-up solution; amino acid, 3.5%, (500 ml = 1 unit) - home mix": "500 mL exact ",
    "Made-up solution, 10 grams lipids": "10 g exact counted as lipids",
    "Made-up solution, any strength, 52 to 73 grams of protein - premix": "a unit is one day, 52 to 73 g protein a day",
    "Made-up solution, any strength, over 100 grams of protein - premix": "a unit is one day, over 100 g protein a day",
    "Made-up solution, any strength, renal-madeupra-premix": "a unit is one day",
    "Made-up additives, home mix, per day": "a unit is one day",
    "Injection, made-up, per 1,000 usp units": "1000 units per ",
    "Injection, one 235 mg and other 0.25 mg": "235.25 mg exact total (235 + 0.25)",
    "Injection, made-up, 10 mg and hyaluronidase-abcd": "10 mg exact hyaluronidase is not counted",
    "Injection, made-up, 50 mg phenytoin equivalent": "50 mg exact counted as phenytoin equivalent",
    "Injection, made-up, per vial": "a unit is one vial",
    "Injection, made-up, each": "a unit is one piece",
    "Made-up, 30-day supply": "a unit is one 30-day supply",
    "Made-up, 100 capsules": "a unit is 100 capsules",
    "Injection, made-up, 10,000 kiu": "a unit is 10,000 KIU",
    "Injection, made-up, 1 billion vector genomes": "a unit is 1 billion vector genomes",
    "Injection, made-up, less than or equal to 100 mg": "the code is that of up to 100 mg",
    "Injection, made-up, greater than 100 mg": "the code is that of over 100 mg",
    "Made-up, diagnostic, 1 millicurie": "a unit is 1 mCi",
    "Unclassified made-up": "its text states no amount",
}  # fmt: skip


@pytest.mark.parametrize("text", COUNTED)
def test_what_a_unit_counts(text: str) -> None:
    found = listing(record("J0001", text))
    (row,) = found.drugs
    note = ", ".join(filter(None, [row.unit_note, row.dose_basis]))
    told = f"{row.amount:f} {row.unit} {row.unit_rule} {row.dose_basis}" if row.amount is not None else note
    assert told == COUNTED[text]
    assert found.uncounted == ([] if row.amount is not None else [("J0001", row.unit_note)])
    assert bool(row.unit) == (row.amount is not None)


def test_makers_and_brands_tell_codes_of_one_drug_apart() -> None:
    found = listing(
        record("J0001", "Injection, made-up hydrochloride, not otherwise specified, 10 mg"),
        record("J0002", "Injection, made-up (acme), not therapeutically equivalent to j0001, 10 mg"),
        record("J0003", "Injection, made-up hcl (zenith) not therapeutically equivalent to j0001, 10 mg"),
        record("J0004", "Injection, made-up, (madeupra/made-zo rtu), 10 mg"),
        record("J0005", "Injection, made-up, extended-release, 10 mg"),
        record("J0006", "Injection, made-up, (for esrd on dialysis), 10 mg"),
        record("J0007", "Injection, made-up, ruconyl, 10 mg"),
    )
    assert drugs(found) == [
        "J0001 made-up 2004-01-01", "J0002 made-up (Acme) 2004-01-01", "J0003 made-up (Zenith) 2004-01-01",
        "J0004 made-up (Madeupra/Made-Zo RTU) 2004-01-01", "J0005 made-up (extended-release) 2004-01-01",
        "J0006 made-up (ESRD dialysis) 2004-01-01", "J0007 made-up (ruconyl) 2004-01-01",
    ]  # fmt: skip


def test_what_every_code_of_a_drug_says_is_no_product() -> None:
    alone = record("J0001", "Injection, made-up (madeupra), for intravenous use, 10 mg")
    assert drugs(listing(alone)) == ["J0001 made-up 2004-01-01"]
    both = listing(alone, record("J0002", "Injection, made-up (madeupra), subcutaneous, 10 mg"))
    assert drugs(both) == ["J0001 made-up (IV) 2004-01-01", "J0002 made-up (SC) 2004-01-01"]


def test_a_temporary_code_gives_way_to_the_permanent_one() -> None:
    found = listing(
        record("C9001", "Injection, made-up, 3 mg", "2025-10-01"), record("J0001", "Injection, made-up, 3 mg", "2026-01-01")
    )  # fmt: skip
    assert drugs(found) == [
        "C9001 made-up 2025-10-01 2025-12-31", "C9001 made-up (C9001) 2026-01-01", "J0001 made-up 2026-01-01"
    ]  # fmt: skip
    assert [row.successor for row in found.drugs] == ["J0001", "", ""]


@pytest.mark.parametrize(
    ("holds", "gives_way"),
    [("J0001", "Q2004"), ("Q2004", "S0001"), ("S0001", "C9001"), ("Q2004", "C9001"), ("J0001", "C9001"), ("B4187", "C9001")],
)  # fmt: skip
def test_of_codes_alike_the_permanent_one_has_the_name_and_hospitals_own_comes_last(holds: str, gives_way: str) -> None:
    """Also where the other one began before it."""
    text = "Injection, made-up, 10 grams"
    found = listing(record(gives_way, text, "2003-01-01"), record(holds, text, "2004-01-01"))
    assert {row.code: row.product for row in found.drugs} == {holds: "", gives_way: gives_way}


def test_the_code_that_endures_has_the_name_and_the_other_its_strength() -> None:
    found = listing(
        record("J0001", "Injection, made-up, 50 mg", "1984-01-01"),
        record("J0002", "Injection, made-up, 5 mg", "1994-01-01", "2024-03-31"),
        record("J0003", "Injection, other-made, 40 mg", "1984-01-01", "2024-03-31"),
        record("J0004", "Injection, other-made, 1 mg", "2020-01-01"),
    )
    assert drugs(found) == [
        "J0001 made-up 1984-01-01", "J0002 made-up (5 mg) 1994-01-01 2024-03-31",
        "J0003 other-made 1984-01-01 2019-12-31", "J0003 other-made (40 mg) 2020-01-01 2024-03-31",
        "J0004 other-made 2020-01-01",
    ]  # fmt: skip


def test_codes_that_end_together_are_both_told_by_their_strength() -> None:
    found = listing(
        record("J0001", "Injection, made-up, 20 mg", last="2024-03-31"), record("J0002", "Injection, made-up, 40 mg", last="2024-03-31"),
        record("J0003", "Injection, made-up, 1 mg", "2024-04-01"),
    )  # fmt: skip
    assert drugs(found) == [
        "J0001 made-up (20 mg) 2004-01-01 2024-03-31", "J0002 made-up (40 mg) 2004-01-01 2024-03-31", "J0003 made-up 2024-04-01"
    ]  # fmt: skip
    assert [row.successor for row in found.drugs] == ["J0003", "J0003", ""]


def test_codes_that_nothing_tells_apart_are_told_by_the_code() -> None:
    found = listing(record("J0001", "Made-up, per vial"), record("J0002", "Made-up, per vial", "2005-01-01"))
    assert drugs(found) == ["J0001 made-up 2004-01-01", "J0002 made-up (J0002) 2005-01-01"]


def test_rows_by_hand_stay_and_a_code_has_the_days_that_they_lack() -> None:
    hand = [
        by_hand("made-up as billed", "J0001", first="2010-01-01", last="2019-12-31"),
        by_hand("made-up as billed", "J0002", first="2004-01-01"), by_hand("other", "J0003", first=""),
    ]  # fmt: skip
    found = listing(
        record("J0001", "Injection, made-up hcl, 10 mg"), record("J0002", "Injection, made-up, 5 mg"),
        record("J0003", "Injection, other, 1 mg"), record("J0004", "Injection, made-up, 20 mg"), curated=hand,
    )  # fmt: skip
    assert drugs(found) == [
        "J0001 made-up as billed (10 mg) 2004-01-01 2009-12-31", "J0001 made-up as billed (10 mg) 2020-01-01",
        "J0004 made-up as billed (20 mg) 2004-01-01",
    ]  # fmt: skip
    before = by_hand("gone", "J0005", first="1990-01-01", last="1999-12-31")
    assert drugs(listing(record("J0005", "Injection, made-up, 1 mg"), curated=[before])) == ["J0005 made-up 2004-01-01"]


def test_a_code_has_the_name_until_the_day_before_a_row_by_hand_and_from_the_day_after_it() -> None:
    hand = by_hand("made-up", "J0002", first="2016-03-01", last="2018-02-28")
    found = listing(record("J0001", "Injection, made-up, 10 mg", "2010-01-01"), curated=[hand])
    assert drugs(found) == [
        "J0001 made-up 2010-01-01 2016-02-29", "J0001 made-up (10 mg) 2016-03-01 2018-02-28", "J0001 made-up 2018-03-01"
    ]  # fmt: skip


def test_a_name_that_two_drugs_by_hand_have_is_none_of_theirs() -> None:
    hand = [by_hand("one", "J0001"), by_hand("two", "J0002")]
    texts = [record(code, "Injection, made-up, 1 mg") for code in ("J0001", "J0002", "J0003")]
    assert drugs(listing(*texts, curated=hand)) == ["J0003 made-up 2004-01-01"]


def test_successors_as_stated_and_as_inferred() -> None:
    found = listing(
        record("C9001", "Injection, one, 1 mg", "2018-01-01", "2018-12-31", cross=["J0001"]),
        record("J0001", "Injection, one-made, 1 mg", "2019-01-01", cross=["C9001"]),
        record("C9002", "Injection, two, 1 mg", "2018-01-01", "2018-12-31", cross=["A9999", "C9002"]),
        record("J0002", "Injection, two, 1 mg", "2019-01-01"),
        record("J0003", "Injection, three (acme), 1 mg", "2018-01-01", "2018-12-31"),
        record("J0004", "Injection, three, 1 mg", "2018-07-01"),
        record("J0005", "Injection, four (acme), 1 mg", "2018-01-01", "2018-12-31"),
        record("J0006", "Injection, four, 1 mg", "2010-01-01"),
        record("J0007", "Injection, five (visco), 1 mg", "2018-01-01", "2018-12-31"),
        record("J0008", "Injection, five (hyal/visco), 1 mg", "2010-01-01"),
        record("J0009", "Injection, gone, 1 mg", "2018-01-01", "2018-12-31", cross=["J0010"]),
        record("J0010", "Injection, gone too, 1 mg", "2017-01-01", "2017-12-31"),
    )
    assert {row.code: (row.successor, row.successor_basis) for row in found.drugs if row.last_day} == {
        "C9001": ("J0001", "stated by CMS"), "C9002": ("J0002", "inferred from ingredient and dates"),
        "J0003": ("J0004", "inferred from ingredient and dates"), "J0005": ("", ""),
        "J0007": ("J0008", "inferred from ingredient and dates"), "J0009": ("", ""), "J0010": ("", ""),
    }  # fmt: skip


def test_what_a_text_only_seems_to_say_stands_in_a_table() -> None:
    blank = {
        "says": "made-up",
        "drug": "right name",
        "product": "",
        "use": "",
        "amount": "",
        "unit": "",
        "dose_basis": "",
        "brands": "",
    }
    tables = Tables(
        {
            "J0001": Otherwise(**{**blank, "code": "J0001", "product": "-", "use": "enteral", "amount": "100", "unit": "mL"}),
            "J0002": Otherwise(**{**blank, "code": "J0002", "product": "Acme Two", "dose_basis": "total of both"}),
            "J0003": Otherwise(**{**blank, "code": "J0003"}),
        },
        {},
    )  # fmt: skip
    found = listing(
        record("J0001", "Made-up 5 mg/other 20 mg suspension, 100 ml"), record("J0002", "Injection, made-up, per 10 mg"),
        record("J0003", "Injection, another drug, 1 mg"), tables=tables,
    )  # fmt: skip
    told = [(row.drug, row.product, row.use, f"{row.amount} {row.unit}", row.dose_basis) for row in found.drugs]
    assert told == [
        ("right name", "", "enteral", "100 mL", ""), ("right name", "Acme Two", "infused", "10 mg", "total of both"),
        ("another drug", "", "infused", "1 mg", ""),
    ]  # fmt: skip


def test_of_several_releases_the_last_that_has_a_code_counts() -> None:
    old = [record("J0001", "Injection, made-up, 1 mg"), record("J0002", "Injection, other, 1 mg")]
    new = [record("J0001", "Injection, made-up, 1 mg", last="2025-12-31")]
    assert together(old, new) == [new[0], old[1]]


def _covers(rows: list[ListedDrug], one: HcpcsRecord) -> bool:
    """Whether the rows of a code have its days, each once."""
    rows = sorted((row for row in rows if row.code == one.code), key=lambda row: row.first_day)
    ends = [row.last_day for row in rows]
    starts = [row.first_day for row in rows]
    whole = (starts[0], ends[-1]) == (one.first_day, one.last_day)
    return whole and all(end and end + dt.timedelta(1) == start for end, start in zip(ends, starts[1:], strict=False))


DAYS = st.integers(0, 60).map(lambda months: dt.date(2015 + months // 12, 1 + months % 12, 1))
TEXTS = st.sampled_from(
    [
        "Injection, made-up, 1 mg", "Injection, made-up hcl, 5 mg", "Injection, made-up (acme), 1 mg", "Made-up, per vial",
        "Injection, made-up (acme), not therapeutically equivalent to j0001, 10 mg", "Injection, made-up, extended-release, 1 mg",
    ]
)  # fmt: skip


@st.composite
def releases(draw: st.DrawFn) -> list[HcpcsRecord]:
    codes = draw(
        st.lists(
            st.sampled_from(["J0001", "J0002", "J0003", "J0004", "Q2004", "Q2009", "S0001", "C9001", "C9002"]),
            min_size=1,
            unique=True,
        )
    )
    out = []
    for code in codes:
        first, last = sorted(draw(st.tuples(DAYS, DAYS)))
        out.append(record(code, draw(TEXTS), str(first), str(last) if draw(st.booleans()) else ""))
    return out


@given(releases(), st.booleans())
def test_no_two_rows_of_one_product_meet_and_every_code_has_its_days(
    records: list[HcpcsRecord], with_hand: bool
) -> None:
    curated = [by_hand("made-up", "J9000", first="2016-03-01", last="2018-02-28")] if with_hand else []
    found = listing(*records, curated=curated).drugs
    for one in records:
        assert _covers(found, one), one
    rows = [*found, *curated]
    for row, other in combinations(rows, 2):
        if (fold(row.drug), fold(row.product)) == (fold(other.drug), fold(other.product)):
            assert not meets(row, other.first_day, other.last_day), (row, other)
    assert all(row.unit in UNITS | {""} and row.use in USES for row in found)


@given(releases())
def test_the_order_of_a_release_makes_no_difference(records: list[HcpcsRecord]) -> None:
    assert drugs(listing(*records)) == drugs(listing(*reversed(records)))
