"""The tables: complete, consistent, and every malformed row stops the load with file and line."""

from __future__ import annotations

import csv
import datetime as dt
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.frozen_reference import CURATED
from xl_infusion.errors import NotFound, NotInForce, ReferenceTableError
from xl_infusion.reference import DrugName, DrugRow, load
from xl_infusion.reference.names import as_code, fold
from xl_infusion.reference.periods import Periods
from xl_infusion.reference.spelling import closest
from xl_infusion.reference.tables import bundled, read_tables

REFERENCE = CURATED
DAYS = st.dates(dt.date(1981, 1, 1), dt.date(2027, 12, 31))


def changed(name: str, change: Callable[[str], str]) -> Callable[[str], str]:
    return lambda asked: change(bundled(asked)) if asked == name else bundled(asked)


def test_every_row_of_a_table_is_one_of_the_reference() -> None:
    """How many there are stands in docs/reference.md, which is held to the tables."""
    for name in ("per_diem", "drugs", "modifiers", "visits"):
        assert len(getattr(REFERENCE, name)) == len(list(csv.reader(bundled(f"{name}.csv").splitlines()))) - 1
    aliases = [alias for _, alias in read_tables().aliases if alias.kind == "drug"]
    assert len(aliases) >= 150


def test_every_row_has_a_source_and_every_drug_a_therapy_with_its_basis() -> None:
    for row in (*REFERENCE.per_diem, *REFERENCE.drugs, *REFERENCE.modifiers, *REFERENCE.visits):
        assert row.source, row.code
    for drug in REFERENCE.drugs:
        assert drug.therapy in REFERENCE.therapies and drug.therapy_basis


def test_every_name_and_every_alias_finds_its_drug() -> None:
    for row in REFERENCE.drugs:
        assert REFERENCE.name(row.drug.upper()).drug == row.drug
        if row.product:
            assert REFERENCE.name(f"{row.drug}  {row.product}") == DrugName(row.drug, row.product)
    for _, alias in read_tables().aliases:
        if alias.kind == "drug":
            found = REFERENCE.name(alias.alias.lower().replace("-", " "))
            assert (found.drug, found.product) == (alias.target, alias.product)


@pytest.mark.parametrize(
    ("typed", "drug"),
    [("Zosyn", "piperacillin-tazobactam"), ("PIP/TAZO", "piperacillin-tazobactam"), ("merrem", "meropenem"),
     ("Cubicin", "daptomycin"), ("vanco", "vancomycin"), ("ROCEPHIN", "ceftriaxone"), (" vancomycin  hcl", "vancomycin")],
)  # fmt: skip
def test_names_as_billers_type_them(typed: str, drug: str) -> None:
    assert REFERENCE.name(typed).drug == drug


@given(st.sampled_from(sorted({row.drug for row in REFERENCE.drugs})), DAYS)
def test_at_most_one_row_of_a_drug_and_product_on_a_day(drug: str, day: dt.date) -> None:
    for product in {row.product for row in REFERENCE.drugs if row.drug == drug}:
        rows = [row for _, _, row in REFERENCE.drug_spans(DrugName(drug, product), day, day)]
        assert len(rows) == 1
        if isinstance(rows[0], DrugRow):
            assert (rows[0].first_day or day) <= day <= (rows[0].last_day or day)


@given(st.sampled_from(REFERENCE.drugs), DAYS)
def test_a_code_is_in_force_exactly_from_its_first_through_its_last_day(row: DrugRow, day: dt.date) -> None:
    of_code = [one for one in REFERENCE.drugs if one.code == row.code]
    if inside := [one for one in of_code if (one.first_day or day) <= day <= (one.last_day or day)]:
        assert [REFERENCE.code(row.code, day)] == inside
        assert [REFERENCE.drug(row.code.lower(), day)] == inside
    else:
        with pytest.raises(NotInForce):
            REFERENCE.code(row.code, day)


@given(st.sampled_from(sorted({row.drug for row in REFERENCE.drugs})), DAYS, st.integers(0, 9000))
def test_spans_cover_the_days_without_gap_or_overlap(drug: str, first: dt.date, length: int) -> None:
    last = first + dt.timedelta(length)
    day = first
    for start, end, row in REFERENCE.drug_spans(DrugName(drug), first, last):
        assert start == day <= end
        if isinstance(row, DrugRow):
            assert REFERENCE.drug(drug, start) is row and REFERENCE.drug(drug, end) is row
        else:
            with pytest.raises(NotFound):
                REFERENCE.drug(drug, start)
        day = end + dt.timedelta(1)
    assert day == last + dt.timedelta(1)


def test_products_have_their_own_codes() -> None:
    assert REFERENCE.drug("meropenem (B. Braun)").code == "J2184"
    assert REFERENCE.drug("vancomycin Mylan", dt.date(2025, 6, 30)).code == "J3371"
    with pytest.raises(NotFound, match="immune globulin has a code for each product: name one of .*J1561"):
        REFERENCE.drug("immune globulin")
    assert REFERENCE.drug("oritavancin", dt.date(2018, 1, 1)).code == "J2407"
    assert REFERENCE.drug("oritavancin", dt.date(2025, 1, 1)).code == "J2407"  # both count 10 mg
    assert REFERENCE.drug("calcium gluconate", dt.date(2020, 1, 1)).code == "J0610"
    assert REFERENCE.drug("calcium gluconate").code == "J0612"


def test_an_ended_code_names_its_successor() -> None:
    with pytest.raises(NotInForce, match="J3370 from 1986-01-01 through 2025-06-30, then J3373"):
        REFERENCE.drug("J3370")
    with pytest.raises(NotInForce, match="doripenem has no code"):
        REFERENCE.drug("doripenem")
    with pytest.raises(NotFound, match="J99 is not|drug 'J99'"):
        REFERENCE.drug("J99")
    with pytest.raises(NotFound, match="no drug code"):
        REFERENCE.drug("S9502")
    with pytest.raises(NotFound, match="J9999 is not in the reference"):
        REFERENCE.drug("J9999", dt.date(2025, 1, 1))
    with pytest.raises(NotInForce, match="methylprednisolone sodium succinate .40 mg. has no code in force"):
        REFERENCE.drug("methylprednisolone sodium succinate 40 mg")
    (_, _, unknown), *_ = REFERENCE.drug_spans("J9999", dt.date(2025, 1, 1), dt.date(2025, 1, 2))
    assert isinstance(unknown, NotFound)
    with pytest.raises(NotFound, match="code J9999"):
        REFERENCE.code_rows("J9999")


@pytest.mark.parametrize("name", ["pentamidine", "Pentamidine isethionate", "Pentam", "Pentam 300"])
def test_pentamidine_changes_its_code_with_2026_under_each_of_its_names(name: str) -> None:
    rows = [REFERENCE.drug(name, day) for day in (dt.date(2025, 12, 31), dt.date(2026, 1, 1))]
    assert [(row.code, row.unit_text) for row in rows] == [("S0080", "300 mg"), ("J2516", "1 mg")]


#: What a name has more than another drug's where it is another form, route or mixture; a salt is an alias.
OTHER_FORMS = {
    "+ procaine", "IV", "IV NOS liquid", "NOS liquid", "SC", "cholesteryl sulfate", "inhalation via DME",
    "inhalation, non-compounded, via DME", "lipid complex", "liposome", "lock flush", "preservative-free", "via DME pump",
}  # fmt: skip


def test_no_drug_stands_under_two_names_of_which_one_has_the_old_code_and_one_the_new() -> None:
    names = {row.drug for row in REFERENCE.drugs}
    more = {other.removeprefix(f"{name} ") for name in names for other in names if other.startswith(f"{name} ")}
    assert more == OTHER_FORMS


def test_nafcillin_is_handed_to_its_successor_while_the_old_code_still_stands() -> None:
    assert REFERENCE.drug("nafcillin", dt.date(2024, 12, 31)).code == "S0032"
    assert REFERENCE.drug("nafcillin", dt.date(2025, 1, 1)).code == "J2290"
    assert REFERENCE.drug("S0032", dt.date(2025, 3, 31)).code == "S0032"


#: A suffix, a salt, an ester, a form, a product, a strength or a drug that is not the reference's.
OTHERS = (
    "infliximab-dyyb", "infliximab-axxq", "infliximab-dyyb SC", "filgrastim-sndz", "pegfilgrastim-jmdb", "tbo-filgrastim",
    "methylprednisolone base", "Depo-Medrol", "hydrocortisone acetate", "dexamethasone acetate",
    "penicillin G sodium", "Gammagard S/D", "Adynovate", "Kogenate", "factor IX recombinant", "factor VII recombinant NOS",
    "alpha-1 proteinase inhibitor (Glassia)", "liposomal amphotericin", "amphotericin", "vancomycin oral", "tobramycin inhalation",
    "amikacin liposome inhalation", "normal saline 100 mL", "normal saline 750 mL", "amoxicillin", "cloxacillin",
    "cefixime", "ketamine", "velaglucerase", "ocrelizumab", "omalizumab", "Lanoxin", "Amicar", "aminophylline", "d5w", "xyzzy",
    "ferric derisomaltose", "Vitamin B12", "Trophamine", "Polycillin", "x" * 70, "1000 mL",
)  # fmt: skip


@pytest.mark.parametrize("typed", OTHERS)
def test_another_suffix_salt_product_or_drug_is_nobodys_misspelling(typed: str) -> None:
    assert REFERENCE.near(typed) == ""
    with pytest.raises(NotFound, match="add a row of Own codes"):
        REFERENCE.name(typed)


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("vancomicin", "vancomycin"), ("vnacomycin", "vancomycin"), ("ceftriaxom", "ceftriaxone"), ("cefepim", "cefepime"),
        ("pipracillin-tazobactam", "piperacillin-tazobactam"), ("Penicilin G potasium", "penicillin G potassium"),
        ("Rocefin", "ceftriaxone"), ("infliximb", "infliximab"), ("ceftriax", "ceftriaxone"), ("vancomycin Mylon", "vancomycin (Mylan)"),
        ("methylprednisolone sodium sucinate", "methylprednisolone sodium succinate"), ("ampho B liposome", ""),
    ],
)  # fmt: skip
def test_one_misspelling_has_one_suggestion(typed: str, meant: str) -> None:
    assert REFERENCE.near(typed) == meant


@given(
    st.sampled_from(sorted(row.drug for row in REFERENCE.drugs)),
    st.text("abcdefghijklmnopqrstuvwxyz", min_size=4, max_size=4),
)
def test_a_four_letter_suffix_is_never_led_away_from(drug: str, suffix: str) -> None:
    assert REFERENCE.near(f"{drug}-{suffix}") == "" or REFERENCE.named(f"{drug}-{suffix}") is not None


def test_what_an_unknown_name_may_have_meant() -> None:
    for typed, meant in [("meropenum", "meropenem"), ("vancomicin", "vancomycin"), ("ceftriaxon", "ceftriaxone")]:
        with pytest.raises(NotFound, match=f"did you mean .*{meant}"):
            REFERENCE.name(typed)
    with pytest.raises(NotFound, match="find its name with"):
        REFERENCE.name("xyzzy")
    with pytest.raises(NotFound, match="did you mean hydration"):
        REFERENCE.therapy("hydratoin")
    with pytest.raises(NotFound, match="therapy 'xyzzy' is not in the reference"):
        REFERENCE.therapy("xyzzy")
    with pytest.raises(NotFound, match="'IVIG' is not in the reference: it names a therapy, immunotherapy"):
        REFERENCE.name("IVIG")
    assert closest("ceph", {"cephradine": "a"}) == "a" and closest("cef", {"cefepime": "a"}) == closest("", {}) == ""
    # two slips in one word and one in each of two are as far: it may be either
    assert closest("penicillin potassium", {"penicillin potassyom": "a", "penicilin potasium": "b"}) == ""
    assert closest("penicillin potassium", {"penicillin potassyom": "a"}) == "a"
    assert fold("Pip-Tazo ") == "piptazo" and as_code("j2185") == "J2185" and as_code("J21855") is None


#: table, what is changed in it, what the load must say
BROKEN = [
    ("drugs.csv", ("J2185,100,", "J2185,0,"), r"drugs.csv line \d+: amount is 0"),
    ("drugs.csv", ("J2185,100,mg", "J2185,100,"), r"amount and unit go together"),
    ("drugs.csv", ("J2185,100,mg", "J2185,a hundred,mg"), r"amount 'a hundred' is no number"),
    ("drugs.csv", ("J2185,100,mg", "J2185,100,ounces"), r"unit 'ounces' is not one of"),
    ("drugs.csv", ("J2185,", "2185,"), r"code '2185' is no HCPCS code"),
    ("drugs.csv", ("name,J2185", "product,J2185"), r"answers_to 'product'"),
    ("drugs.csv", ("meropenem,,name,J2185", "meropenem ,,name,J2185"), r"has spaces around it"),
    ("drugs.csv", ("meropenem,,name,J2185", ",,name,J2185"), r"drug is blank"),
    ("drugs.csv", ("2004-01-01", "2004-02-31"), r"'2004-02-31' is no date"),
    ("drugs.csv", ("2004-01-01", "2004-1-1"), r"'2004-1-1' is no date"),
    ("drugs.csv", ("2025-06-30", "1985-06-30"), r"last_day 1985-06-30 is before first_day"),
    ("drugs.csv", ("2025-06-30,J3373", "2025-07-31,"), r"J3370 and J3373 are both in force on 2025-07-01"),
    ("drugs.csv", ("2025-06-30,J3373", "2025-06-30,Z0000"), r"successor Z0000 of J3370 is not in the reference"),
    ("drugs.csv", ("2025-06-30,J3373", "2025-06-30,J3370"), r"J3370 is its own successor"),
    ("per_diem.csv", ("S9502,anti-infective", "S9502,antiinfective"), r"per_diem.csv line \d+: therapy 'antiinfective'"),
    ("per_diem.csv", ("code,therapy", "Code,therapy"), r"per_diem.csv line 1: the columns are"),
    ("therapies.csv", ("anti-infective,", "anti-infective,x,"), r"therapies.csv line \d+: .* cells where"),
    ("modifiers.csv", ("SH,", "SHH,"), r"modifier 'SHH' is not two"),
    ("modifiers.csv", ("SH,per diem,10,", "SH,per diem,first,"), r"modifiers.csv line \d+: place is a whole number for each line of goes_on"),
    ("modifiers.csv", ("SH,per diem,10,", 'SH,per diem,"10, 20",'), r"modifiers.csv line \d+: place is a whole number for each"),
    ("modifiers.csv", ("SH,per diem,10,", "SH,per week,10,"), r"modifiers.csv line \d+: goes_on 'per week' is not one of"),
    ("modifiers.csv", ("SH,per diem,10,", "SH,per diem,,"), r"modifiers.csv line \d+: place is blank"),
    ("visits.csv", (",120,", ",12.5,"), r"covers_minutes is a whole number"),
    ("aliases.csv", ("\n", "\nvancomycin,drug,meropenem,,other\n"), r"aliases.csv line 2: 'vancomycin' means both"),
    ("aliases.csv", ("\n", "\nxyzzy,drug,xyzzyn,,other\n"), r"stands for 'xyzzyn', which drugs.csv does not have"),
    ("aliases.csv", ("\n", "\nxyzzy,therapy,xyzzyn,,other\n"), r"stands for 'xyzzyn', which therapies.csv"),
    ("aliases.csv", ("\n", "\nhydration,therapy,tpn,,other\n"), r"'hydration' means two therapies"),
    ("aliases.csv", ("\n", "\nxyzzy,thing,tpn,,other\n"), r"kind 'thing' is not one of"),
    ("edition.json", ("2026-03-31", "soon"), r"edition.json: ValueError"),
    ("edition.json", ("verified_through", "verified"), r"edition.json: KeyError"),
]  # fmt: skip


@pytest.mark.parametrize(("name", "change", "says"), BROKEN)
def test_a_broken_row_stops_the_load(name: str, change: tuple[str, str], says: str) -> None:
    assert change[0] in bundled(name)
    with pytest.raises(ReferenceTableError, match=says):
        load(changed(name, lambda text: text.replace(*change, 1)))


@pytest.mark.parametrize(
    ("name", "line", "says"),
    [
        ("drugs.csv", "meropenem,,name,J9998,1,mg,,exact,,anti-infective,b,2020-01-01,,,,C,,s,d", "J2185 and J9998 are both in force"),
        ("drugs.csv", "xyzzy,,name,J9998,1,mg,,exact,,nothing,b,2020-01-01,,,,C,,s,d", "therapy 'nothing' is not in"),
        ("drugs.csv", "meropenem,Z,product,J9998,1,mg,,exact,,tpn,b,2020-01-01,,,,C,,s,d", "meropenem is tpn here and anti-infective"),
        ("drugs.csv", "pip-tazo,,name,J9998,1,mg,,exact,,tpn,b,2020-01-01,,,,C,,s,d", "means both"),
        ("therapies.csv", "new,new,single,day,yes,no,yes,,b", "no row of per_diem.csv belongs to therapy 'new'"),
        ("therapies.csv", "tpn,x,volume,day,yes,no,yes,,b", "'tpn' stands twice"),
        ("therapies.csv", "new,new,single,day,maybe,no,yes,,b", "ranked 'maybe' is not one of no, yes"),
        ("therapies.csv", "new,new,single,day,yes,no,yes,above,b", "line 'above' is not one of"),
        ("aliases.csv", "six lumen,therapy,catheter-care,sixfold,other", "stands for catheter-care 'sixfold', which no per diem code has"),
        ("terms.csv", "place,11,code,m,s", "'place' stands twice"),
        ("per_diem.csv", "S9998,tpn,m,,2,1,,day,,yes,,2020-01-01,,,I,s", "volume_up_to_l 1 is not more than"),
        ("per_diem.csv", "S9998,tpn,m,,1,2,,day,,yes,,2020-01-01,2020-02-01,S9997,I,s", "successor S9997 of S9998"),
    ],
)  # fmt: skip
def test_a_row_that_contradicts_others_stops_the_load(name: str, line: str, says: str) -> None:
    with pytest.raises(ReferenceTableError, match=says):
        load(changed(name, lambda text: text + line + "\n"))


def test_an_empty_table_stops_the_load() -> None:
    with pytest.raises(ReferenceTableError, match=r"visits.csv: the table has no rows"):
        load(changed("visits.csv", lambda text: text.splitlines()[0]))
    with pytest.raises(ReferenceTableError, match="nothing.csv: No such file"):
        bundled("nothing.csv")


def test_periods_before_after_and_in_a_gap() -> None:
    from collections import namedtuple

    row = namedtuple("row", "code first_day last_day successor")
    day = dt.date
    periods = Periods(
        [row("A", day(2020, 1, 1), day(2020, 1, 31), ""), row("B", day(2020, 3, 1), day(2020, 3, 31), "")]
    )
    spans = [(str(a), str(b), r and r.code) for a, b, r in periods.spans(day(2019, 12, 31), day(2020, 4, 2))]
    assert spans == [
        ("2019-12-31", "2019-12-31", None), ("2020-01-01", "2020-01-31", "A"), ("2020-02-01", "2020-02-29", None),
        ("2020-03-01", "2020-03-31", "B"), ("2020-04-01", "2020-04-02", None),
    ]  # fmt: skip
    in_gap = [(str(a), str(b), r and r.code) for a, b, r in periods.spans(day(2020, 2, 10), day(2020, 3, 5))]
    assert in_gap == [("2020-02-10", "2020-02-29", None), ("2020-03-01", "2020-03-05", "B")]
    newest = {end: periods.newest({"B": day(2020, 3, end)}.__getitem__) for end in (30, 31)}
    assert newest[31] is None and newest[30].code == "B"  # type: ignore[union-attr]
    assert [r and r.code for _, _, r in periods.spans(day(2019, 1, 1), day(2019, 1, 2))] == [None]
    with pytest.raises(ValueError, match="A and B are both in force"):
        Periods([row("A", None, None, "B"), row("B", None, None, "")])


@pytest.mark.parametrize("opened", ['"a quote that never ends', 'a "quote" within'])
def test_quotes_that_do_not_match_are_told_with_the_line_on_which_they_begin(opened: str) -> None:
    def quoted(text: str) -> str:
        header, first, second, *rest = text.split("\n")
        return "\n".join([header, first, f'"x"{opened},{second}' if "within" in opened else opened + second, *rest])

    with pytest.raises(ReferenceTableError, match="visits.csv line 3: the quotes do not match"):
        load(changed("visits.csv", quoted)).read_all()
