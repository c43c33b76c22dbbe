"""The names of drugs: what CMS's own text calls a code, then names by hand, then the crosswalk's products."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.reference.listing.records import by_hand, crosswalk, listing, names, record
from xl_infusion.errors import ReferenceTableError
from xl_infusion.reference.listing.tables import ByHand, Otherwise, Tables, names_by_hand
from xl_infusion.reference.names import fold
from xl_infusion.reference.rows import Alias
from xl_infusion.reference.tables import bundled


def hand(name: str, code: str, product: str = "") -> ByHand:
    return ByHand(name, code, product, "brand")


def test_the_brands_of_a_text_and_its_name_with_the_salt() -> None:
    found = listing(
        record("J0001", "Injection, made-up hydrochloride, 10 mg"),
        record("J0002", "Injection, made-up hcl (acme), not therapeutically equivalent to j0001, 10 mg"),
        record("J0003", "Injection, made-up (madeupra), 10 mg"),
        record("J0004", "Injection, fictumab-abcd, biosimilar, (fictra/fictsta), 10 mg"),
    )
    assert names(found) == [
        "Fictra: fictumab-abcd, text", "Fictsta: fictumab-abcd, text", "fictumab: fictumab-abcd, text",
        "made-up hcl: made-up, text", "made-up hydrochloride: made-up, text", "Madeupra: made-up (Madeupra), text",
    ]  # fmt: skip


def test_a_name_without_its_suffix_is_of_one_drug_alone() -> None:
    one, other = record("J0001", "Injection, fictumab-abcd, 1 mg"), record("J0002", "Injection, fictumab-efgh, 1 mg")
    bare, free = (
        record("J0003", "Injection, fictumab, 1 mg"),
        record("J0004", "Injection, made-up preservative-free, 1 mg"),
    )
    assert names(listing(one)) == ["fictumab: fictumab-abcd, text"]
    assert names(listing(one, other)) == names(listing(one, bare)) == names(listing(free)) == []


def test_what_nobody_infuses_has_its_brands_and_no_other_name() -> None:
    found = listing(
        record("J0001", "Made-up hydrochloride (madeupra), oral, 10 mg"),
        record("J0002", "Other hydrochloride (otherra), topical, 10 mg"),
        sold=[crosswalk("J0001", "Madeuprex"), crosswalk("J0002", "Otherrex"), crosswalk("J0009", "Nowhere")],
    )
    assert names(found) == ["Madeupra: made-up oral, text", "Madeuprex: made-up oral, crosswalk"]


def test_the_crosswalk_names_brands_and_not_what_is_in_them() -> None:
    found = listing(
        record("J0001", "Injection, made-up hydrochloride, 10 mg"), record("J0002", "Injection, other, 10 mg"),
        sold=[
            crosswalk("J0001", "MadeUpra Vial"), crosswalk("J0001", "MADEUPRA (PF) 10 mg/mL"), crosswalk("J0001", "Made-Up HCl"),
            crosswalk("J0001", "Other"), crosswalk("J0001", "Other Kit"), crosswalk("J0002", "Otherix, 5 mL"), crosswalk("J0002", ""),
        ],
    )  # fmt: skip
    assert names(found) == [
        "made-up hydrochloride: made-up, text", "MADEUPRA: made-up, crosswalk", "Otherix: other, crosswalk"
    ]  # fmt: skip


def test_text_goes_before_hand_and_hand_before_crosswalk() -> None:
    found = listing(
        record("J0001", "Injection, made-up, 10 mg"), record("J0002", "Injection, made-up (madeupra), 10 mg"),
        names=[hand("Madeupra", "J0001"), hand("Upmade", "J0002"), hand("upmade", "J0001"), hand("Nothing", "J0009")],
        sold=[crosswalk("J0001", "Upmade"), crosswalk("J0001", "Madeupra")],
    )  # fmt: skip
    assert names(found) == [
        "Madeupra: made-up (Madeupra), text", "upmade: made-up, hand", "Upmade: made-up (Madeupra), hand"
    ]  # fmt: skip


def test_of_several_codes_whose_texts_have_a_brand_the_name_by_hand_chooses() -> None:
    both = [
        record("J0001", "Injection, made-up, (madeupra) (for esrd on dialysis), 1 mg"),
        record("J0002", "Injection, made-up, (madeupra) (for non-esrd use), 1 mg"),
    ]
    assert names(listing(*both)) == ["Madeupra: made-up, text", "Madeupra: made-up (ESRD dialysis), text"]
    assert names(listing(*both, names=[hand("Madeupra", "J0002")])) == ["Madeupra: made-up, text"]


def test_a_brand_of_two_products_is_that_of_the_drug_itself_where_the_crosswalk_alone_says_it() -> None:
    drug = "Injection, made-up, 1 mg"
    found = listing(
        record("J0001", drug), record("J0002", f"{drug} (for esrd on dialysis)"),
        sold=[crosswalk("J0002", "Madeupra"), crosswalk("J0001", "Madeupra")],
    )  # fmt: skip
    assert names(found) == ["Madeupra: made-up, crosswalk"]


def test_a_name_is_of_a_codes_own_product_and_not_of_days_when_another_has_it() -> None:
    found = listing(
        record("C9001", "Injection, made-up, 1 mg", "2025-10-01"), record("J0001", "Injection, made-up, 1 mg", "2026-01-01"),
        names=[hand("Madeupra", "C9001")],
    )  # fmt: skip
    assert names(found) == ["Madeupra: made-up, hand"]


def test_a_name_is_of_the_product_that_a_code_has_still() -> None:
    found = listing(
        record("C9001", "Injection, made-up, 5 mg", "2025-10-01"), record("J0001", "Injection, made-up, 1 mg", "2026-01-01"),
        names=[hand("Madeupra", "C9001")],
    )  # fmt: skip
    assert names(found) == ["Madeupra: made-up (5 mg), hand"]


def test_a_text_s_whole_name_is_no_name_of_another_drug_nor_of_what_an_alias_means() -> None:
    text = "Injection, made-up hydrochloride, 10 mg"
    assert names(listing(record("J0001", text))) == ["made-up hydrochloride: made-up, text"]
    says = {
        "says": "made-up",
        "drug": "right name",
        "product": "-",
        "use": "",
        "amount": "",
        "unit": "",
        "dose_basis": "",
    }
    otherwise = Tables({"J0001": Otherwise(code="J0001", brands="", **says)}, {})
    assert names(listing(record("J0001", text), tables=otherwise)) == []
    aliases = [Alias("made-up hydrochloride", "drug", "known", "", "label")]
    assert names(listing(record("J0001", text), curated=[by_hand("known", "J0002")], aliases=aliases)) == []


def test_names_by_hand_that_are_known_or_a_drugs_own_are_left_out() -> None:
    curated = [by_hand("known", "J0001"), by_hand("known", "J0002", "Acme / Zenith")]
    aliases = [Alias("Knownra", "drug", "known", "", "brand")]
    found = listing(
        record("J0003", "Injection, made-up, 1 mg"),
        curated=curated,
        aliases=aliases,
        names=[
            hand("Knownra", "J0001"), hand("known", "J0003"), hand("known Zenith", "J0002"), hand("-", "J0003"),
            hand("knownish", "J0001"), hand("by maker", "J0002"), hand("product told", "J0003", "Special"),
        ],
    )  # fmt: skip
    assert names(found) == [
        "by maker: known (Acme / Zenith), hand", "knownish: known, hand", "product told: made-up (Special), hand"
    ]  # fmt: skip


def test_a_name_by_hand_of_several_codes_may_be_any_of_them_the_one_that_is_called_so_too() -> None:
    texts = [
        record("J0001", "Injection, made-up, 1 mg"),
        record("J0002", "Injection, made-up, for intravenous use, 1 mg"),
    ]
    found = listing(*texts, names=[hand("made-up IV", "J0001"), hand("made-up IV", "J0002")])
    assert names(found) == ["made-up IV: made-up, hand", "made-up IV: made-up (IV), hand"]
    assert names(listing(*texts, names=[hand("made-up IV", "J0002")])) == []


def test_a_drugs_own_name_in_brackets_is_no_brand() -> None:
    texts = [
        record("J0001", "Injection, made-up, 1 mg"),
        record("J0002", "Injection, made-up (madeupra/made-up), 1 mg"),
    ]
    assert names(listing(*texts)) == ["Madeupra: made-up (Madeupra/Made-Up), text"]


def test_a_brand_that_a_text_names_has_that_code_whatever_the_aliases_say() -> None:
    curated = [by_hand("made-up", "J0001")]
    aliases = [Alias("Madeupra", "drug", "made-up", "", "brand")]
    found = listing(record("J0002", "Injection, made-up (madeupra), 1 mg"), curated=curated, aliases=aliases)
    assert names(found) == ["Madeupra: made-up (Madeupra), text"]


WORDS = st.sampled_from(["Madeupra", "MADEUPRA", "made-upra", "Upmade", "made-up", "other", "Otherra"])


@given(
    st.lists(st.tuples(WORDS, st.sampled_from(["J0001", "J0002", "J0003"]))),
    st.lists(st.tuples(WORDS, st.sampled_from(["J0001", "J0003"]))),
)
def test_no_name_stands_twice_for_one_drug_and_product(
    written: list[tuple[str, str]], sold: list[tuple[str, str]]
) -> None:
    found = listing(
        record("J0001", "Injection, made-up, 1 mg"), record("J0002", "Injection, made-up (madeupra), 1 mg"),
        record("J0003", "Injection, other, 1 mg"),
        names=[hand(name, code) for name, code in written], sold=[crosswalk(code, name) for name, code in sold],
    )  # fmt: skip
    keys = [(fold(one.name), one.drug, one.product) for one in found.names]
    assert len(set(keys)) == len(keys)
    bases = {
        fold(one.name): {other.basis for other in found.names if fold(other.name) == fold(one.name)}
        for one in found.names
    }
    assert all(len(basis) == 1 for basis in bases.values())


def test_the_tables_that_ship_are_read() -> None:
    tables = Tables.bundled()
    assert tables.otherwise["J0257"].product == "Glassia"
    assert tables.makers["drreddys"] == "Dr. Reddy's"
    assert names_by_hand()


@pytest.mark.parametrize(
    ("table", "row", "says"),
    [
        ("listed_otherwise.csv", "J001,x,x,,,,,,", "code 'J001' is no HCPCS code"), ("listed_otherwise.csv", "J0001,,x,,,,,,", "says is blank"),
        ("listed_otherwise.csv", "J0001,x,x,,,many,mg,,", "amount 'many' is no number"), ("listed_makers.csv", "acme,", "maker is blank"),
    ],
)  # fmt: skip
def test_a_table_with_a_wrong_row_is_refused(table: str, row: str, says: str) -> None:
    with pytest.raises(ReferenceTableError, match=says):
        Tables.bundled(lambda name: bundled(name) + row + "\n" if name == table else bundled(name))


def test_a_name_by_hand_needs_a_code_and_a_source() -> None:
    with pytest.raises(ReferenceTableError, match="source is blank"):
        names_by_hand(lambda name: bundled(name) + "made up,J0001,,\n")
