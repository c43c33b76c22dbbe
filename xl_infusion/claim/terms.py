"""The terms of a contract: one declaration each, out of which everything about a term is made.

That is the field of `Terms`, the column of Payers with its note, look and check, the default in the reference's
terms.csv, its row of docs/contracts.md, what an explanation names as the row that decided, and where a scenario may
change it the column of Scenarios and the change. `python -m tools.regenerate` writes what is a file.
"""

from __future__ import annotations

from dataclasses import dataclass, field, fields
from decimal import Decimal

from xl_infusion.claim.column import Column, Listed
from xl_infusion.claim.readers import (
    A_PAYER,
    A_SHARE,
    ACCREDITORS,
    BILLED,
    OWED,
    OWED_OR_NONE,
    PLACE,
    PLACES,
    VIAL_ROUNDING,
    YES,
    beyond_first,
    days_or_none,
    hours_or_none,
    whole_number,
    words,
)
from xl_infusion.claim.term import InScenario, PayerTerm, default, term
from xl_infusion.claim.terms_of_per_diem import PerDiemTerms
from xl_infusion.claim.words import (
    CATHETER_CARE,
    DRUGS_BILLED,
    ROUNDING,
    SECOND_VISIT,
    SPANS,
    WASTE,
)
from xl_infusion.errors import BillingError, table_row
from xl_infusion.reference import Reference
from xl_infusion.rules.measures import POUNDS, SURFACES
from xl_infusion.rules.vial_rounding import VialRounding


@dataclass(frozen=True, slots=True, eq=False)
class Terms(PerDiemTerms):
    """The terms of one payer; ``row`` is that of Payers, 0 where the defaults hold.

    ``stated``: the fields that the row itself says, the others are defaults. ``problem`` is the first of its
    ``problems``. ``dme``: the cell that names it as a DME payer, "" where none does.
    """

    drugs_billed: str = term(
        "Drugs billed", "drugs_billed", words(DRUGS_BILLED), "with the claim",
        "with the claim, pharmacy benefit, or no",
        doc="with the claim (blank); pharmacy benefit: on the pharmacy's claim, and this one has no drug line; no: "
            "drugs are not paid beside the per diem.",
        meaning="where the drugs of a therapy are billed",
        source="IDSA Home Infusion FAQ, 2013: with the claim; OAR 410-148-0140 (Oregon Medicaid): at the point of sale",
        synonyms=("Drug billing", "Drugs"),
        width=16, subject="Drugs",
    )  # fmt: skip
    rounding: str = term(
        "Unit rounding", "unit_rounding", words(ROUNDING), "dose", "dose, day or line",
        doc="Drug units are rounded up for each dose (blank), day or line.",
        meaning="what drug units are rounded up for",
        source="Medicare Claims Processing Manual ch. 17 s. 10, as First Coast and CMS RAC topic 0074 quote it: "
               "each dose",
        synonyms=("Rounding", "Round units"),
        width=15, look="word",
        scenario=InScenario(3, ("drugs",), "The payer's term Unit rounding.", ("Rounding",)),
    )  # fmt: skip
    fractional: bool = term(
        "Fractional units", "fractional_units", YES, "no", "yes or no",
        doc="yes: units with up to three decimals, but for single-dose vials.",
        meaning="whether drug units may be fractions",
        source="Medicare Claims Processing Manual ch. 17 s. 10: up to the next whole unit",
        synonyms=("Fractions",),
        width=17, look="word",
    )  # fmt: skip
    waste: bool = term(
        "Waste", "waste", beyond_first(WASTE), "none", "none, or JW and JZ",
        doc="JW and JZ: discarded units of single-dose vials are billed. Blank: none, but for a DME payer.",
        meaning="whether discarded units of single-dose vials are billed",
        source="JW and JZ are Medicare's (CGS 2023-06, Noridian 2024-03); other payers' contracts say so where they "
               "want them",
        synonyms=("Waste reported", "JW/JZ"),
        width=12, look="word",
    )  # fmt: skip
    vial_rounding: VialRounding | None = term(
        "Rounding to vials", "rounding_to_vials", VIAL_ROUNDING, "none", "none, nearest, down, up; within %",
        doc="The dose is rounded to whole vials of the order's Vials first: nearest, down or up, and within 10% where "
            "it may change by no more. Blank: none.",
        meaning="whether a dose is rounded to whole vials before it is billed; not",
        source="Medicare Claims Processing Manual ch. 17 s. 40: what is given is billed; HOPA, dose rounding (2018), "
               "and Triple-S MP.001.001 (2024) round within 10 percent",
        synonyms=("Vial rounding", "Dose rounding"),
        width=17, look="word",
    )  # fmt: skip
    surface: str = term(
        "Body surface", "body_surface", words(SURFACES), SURFACES[0], "Mosteller or DuBois",
        doc="Formula of the body surface of a dose per m2: Mosteller (blank) or DuBois.",
        meaning="by which formula weight and height make a body surface",
        source="Mosteller, N Engl J Med 1987;317:1098",
        synonyms=("BSA", "Body surface area", "BSA formula"),
        width=13, look="word",
    )  # fmt: skip
    pound: str = term(
        "Pound", "pound", words(POUNDS), POUNDS[0], "kg",
        doc="What a pound of Weight is: 0.45359237 kg (blank), or 1/2.2 kg, as one divides at the bedside.",
        meaning="how many kg a pound of body weight is",
        source="NIST Special Publication 811: a pound is 0.45359237 kg exactly",
        synonyms=("Pounds", "Pound in kg"),
        width=15, look="word",
    )  # fmt: skip
    further_hour_from: int = term(
        "Further hour from", "additional_hour_from_minute",
        whole_number(1, 60, "A minute of the hour: {least} to {most}."),
        "31", "minute",
        doc="Minute of a further hour from which 99602 counts it: 31 (blank), 1 for every started hour.",
        meaning="the minute of a further hour of a visit from which that hour is billed",
        source="BCBSM, The Record, May 2013",
        synonyms=("99602 from minute", "99602 from", "Further hour from minute"),
        width=18, look="number", subject="Visits",
    )  # fmt: skip
    second_visit: str = term(
        "Second visit", "second_visit", words(SECOND_VISIT), "99601", "code",
        doc="A second visit on one day: 99601 again (blank), or 99602 alone.",
        meaning="the first code of a second visit on one day",
        source="IDSA Home Infusion FAQ, 2013: one 99601 a visit",
        synonyms=("Second visit of a day",),
        width=13, look="number",
    )  # fmt: skip
    hours_a_day: Decimal | None = term(
        "Hours a day", "visit_hours_a_day", hours_or_none(168), "none", "hours",
        doc="Most visit hours a day. Blank: no limit.",
        meaning="most visit hours a day; no limit",
        source="IDSA Home Infusion FAQ, 2013, states none",
        synonyms=("Most hours a day", "Visit hours a day"),
        width=13, look="word",
    )  # fmt: skip
    hours_a_week: Decimal | None = term(
        "Hours a week", "visit_hours_a_week", hours_or_none(168), "none", "hours",
        doc="Most visit hours in a week from Sunday. Blank: no limit.",
        meaning="most visit hours in a week from Sunday; no limit",
        source="IDSA Home Infusion FAQ, 2013, states none",
        synonyms=("Most hours a week", "Visit hours a week"),
        width=14, look="word",
    )  # fmt: skip
    admission_day: bool = term(
        "Day of admission", "day_of_admission", BILLED, "not billed", "billed or not billed",
        doc="Whether the first day of a hold (Holds) has its per diem and its doses: not billed (blank) or billed.",
        meaning="whether the day of admission to a hospital is billed",
        source="no payer's text was found; the day is left out unless the contract says otherwise",
        synonyms=("Admission day",),
        width=16, look="word", subject="Holds and the care of a line",
    )  # fmt: skip
    discharge_day: bool = term(
        "Day of discharge", "day_of_discharge", BILLED, "not billed", "billed or not billed",
        doc="Whether the last day of a hold (Holds) has its per diem and its doses: not billed (blank) or billed.",
        meaning="whether the day of discharge from a hospital is billed",
        source="no payer's text was found; the day is left out unless the contract says otherwise",
        synonyms=("Discharge day",),
        width=16, look="word",
    )  # fmt: skip
    while_held: bool = term(
        "Per diem while held", "per_diem_while_held", YES, "no", "yes or no",
        doc="yes: a per diem goes on while its therapy is held at home (Holds, held). Blank: no.",
        meaning="whether a per diem goes on while its therapy is held at home",
        source="BCBS Michigan, Record June 2016, pays the care of the line in its place; NHIA's pages leave it open",
        synonyms=("While held",),
        width=18, look="word",
    )  # fmt: skip
    catheter_care: str = term(
        "Catheter care", "catheter_care", words(CATHETER_CARE), "days without a therapy",
        "days without a therapy, beside therapies, during a hold, or never",
        doc="When the care of a line is paid: days without a therapy given through a line (blank), beside therapies, "
            "only during a hold of one, or never.",
        meaning="when the care of a line is paid",
        source="OAR 410-148-0300 (Oregon Medicaid): alone, or on days that no other per diem covers",
        synonyms=("Line care",),
        width=20,
    )  # fmt: skip
    care_days: int | None = term(
        "Catheter care days", "catheter_care_days", days_or_none(3660), "none", "days",
        doc="Most days of the care of a line in one hold: 28. Blank: no limit.",
        meaning="most days of the care of a line in one hold; no limit",
        source="BCBS Michigan, Record June 2016, states 4 weeks; no other payer's text states a limit",
        synonyms=("Most catheter care days",),
        width=18, look="word",
    )  # fmt: skip
    span: str = term(
        "Line span", "line_span", words(SPANS), "whole", "whole, month, week or day",
        doc="Days of one line: whole (blank), month, week (seven days) or day.",
        meaning="the days that one claim line may cover",
        source="spans from through to, as in Blue Cross of Idaho PAP243 (2013), cut only where a payer asks for it",
        synonyms=("Span", "Span of a line"),
        width=11, look="word", subject="Lines and places",
    )  # fmt: skip
    place: str = term(
        "Place", "place", PLACE, "12", "place of service",
        doc="Place of service where an order names none: 12 (blank).",
        meaning="where a therapy is given when the order does not say: at home",
        source="BCBS North Dakota home infusion reimbursement policy",
        synonyms=("Place of service", "POS"),
        width=9, look="word",
        checked=Listed("Not 12 home, 49 infusion suite or 11 office. Keep it?", names="PlaceNames"),
    )  # fmt: skip
    suites: frozenset[str] = term(
        "Suite places", "suite_places", PLACES, "49", "places of service",
        doc="Places that add SS to the per diem: 49 (blank).",
        meaning="the places that mean the infusion suite of the provider",
        source="BCBS North Dakota home infusion reimbursement policy",
        synonyms=("Infusion suite places",),
        width=14, look="word",
        checked=Listed("Not one place of the list. Several stand with commas between: 49, 11. Keep it?",
                       names="PlaceNames"),
    )  # fmt: skip
    suite_on_visits: bool = term(
        "Suite modifier on visits", "suite_modifier_on_visits", YES, "no", "yes or no",
        doc="yes: SS on the visits in the infusion suite too. Blank: on the per diem alone.",
        meaning="whether visits in the infusion suite have SS",
        source="Oregon Health Plan wants it on 99601 and 99602; other payers' manuals name the per diem alone",
        synonyms=("SS on visits",),
        width=23, look="word",
    )  # fmt: skip
    accreditation: tuple[str, ...] = term(
        "Accreditation", "accreditation", ACCREDITORS, "none", "bodies",
        doc="Bodies, one of which must have accredited the provider: ACHC, CHAP, Joint Commission. Blank: none.",
        meaning="accreditations of which a payer needs one; none",
        source="manuals of single payers (BCBS Illinois and others) ask for one",
        synonyms=("Accreditation accepted", "Accreditations"),
        width=17, subject="Before it is filed",
        checked=Listed("Not one body of the list. Several stand with commas between: ACHC, CHAP. Keep it?",
                       names="AccreditorNames"),
    )  # fmt: skip
    authorization: bool = term(
        "Authorization", "authorization", YES, "no", "yes or no",
        doc="yes: every order needs the payer's number. Blank: no.",
        meaning="whether every order needs an authorization number",
        source="provider manuals of single payers (BCBS Texas) ask for it",
        synonyms=("Authorization needed", "Prior authorization"),
        width=15, look="as typed",
    )  # fmt: skip
    days_to_file: int | None = term(
        "Days to file", "days_to_file", days_or_none(3660), "none", "days",
        doc="Days from the last day of service within which the claim is filed. Blank: no limit.",
        meaning="days from the last day of service within which a claim is filed; no limit",
        source="the payer's contract",
        synonyms=("Filing limit", "Timely filing"),
        width=13, look="word",
    )  # fmt: skip
    hit_benefit: bool = term(
        "Home infusion benefit", "home_infusion_benefit", YES, "no", "yes or no",
        doc="yes: Medicare's own benefit pays the provider's visits (G codes) for the drugs it names.",
        meaning="whether Medicare's own home infusion benefit pays the provider's visits",
        source="Medicare Benefit Policy Manual ch. 15 s. 320: for enrolled suppliers from 2021",
        synonyms=("HIT benefit",),
        width=23, look="word", subject="Medicare",
    )  # fmt: skip
    dme_payer: str = term(
        "DME payer", "dme_payer", A_PAYER, "none", "payer",
        doc="The payer of Payers that is billed for the drugs that Medicare pays with their pump: its DME contractor. "
            "Blank: none.",
        meaning="who is billed for the drugs that Medicare pays as durable medical equipment; nobody apart",
        source="Noridian Medicare, home infusion therapy page: drugs of the benefit's categories are billed to the DME "
               "contractor",
        synonyms=("DME contractor", "DME MAC"),
        width=22,
        checked=Listed("This payer is not on the sheet Payers. Keep it?", names="PayerNames"),
    )  # fmt: skip
    deductible_left: Decimal = term(
        "Deductible left", "deductible_left", OWED, "none", "US dollars",
        doc="US dollars that each patient still owes before this payer pays. Blank: none.",
        meaning="what each patient still owes before the payer pays; nothing",
        source="a benefit of the patient's plan: the payer's answer on eligibility says it",
        synonyms=("Deductible", "Deductible remaining"),
        width=16, look="rate", subject="What patients owe, when it pays",
    )  # fmt: skip
    coinsurance: Decimal = term(
        "Coinsurance", "coinsurance", A_SHARE, "0", "share of what is allowed",
        doc="Share of what is allowed, after the deductible, that the patient owes: 20%. Blank: none.",
        meaning="what the patient owes of what the payer allows; nothing",
        source="a benefit of the patient's plan: the payer's answer on eligibility says it",
        synonyms=("Coinsurance share", "Patient percent"),
        width=13, look="share",
    )  # fmt: skip
    copay_a_visit: Decimal | None = term(
        "Copay a visit", "copay_a_visit", OWED_OR_NONE, "none", "US dollars",
        doc="US dollars that the patient owes for each day with a nurse's visit, in place of Coinsurance; 0: nothing. "
            "Blank: none.",
        meaning="what the patient owes for each day with a nurse's visit, in place of coinsurance; none",
        source="a benefit of the patient's plan: the payer's answer on eligibility says it",
        synonyms=("Copay", "Visit copay"),
        width=14, look="rate",
    )  # fmt: skip
    payment_days: int = term(
        "Payment days", "payment_days",
        whole_number(0, 3660, "Days until it pays: a whole number from {least} to {most}."),
        "30", "days",
        doc="Days from the last day of a line until this payer pays it: 30 (blank) or another.",
        meaning="days from the last day of a line until it is paid",
        source="42 CFR 447.45(d)(2), of Medicaid: nine of ten clean claims are paid within 30 days; a payer's own "
               "remittances go before it",
        synonyms=("Payment lag", "Days to pay"),
        width=14, look="word",
    )  # fmt: skip
    first: Decimal = term(
        "", "first_share", A_SHARE, "1", "share of the full rate",
        doc="", meaning="what the first therapy of a day earns of its per diem", source="IDSA Home Infusion FAQ, 2013",
    )  # fmt: skip
    problem: BillingError | None = None
    problems: tuple[BillingError, ...] = ()
    stated: frozenset[str] = field(default_factory=frozenset)
    dme: str = ""

    @property
    def shares(self) -> tuple[Decimal, Decimal, Decimal]:
        """What the first, the second, and every further concurrent therapy earns of its rate."""
        return self.first, self.second, self.third

    def by(self, field_name: str, reference: Reference) -> str:
        """What says a term: the row of Payers with its column, or the source of its default."""
        declared = TERMS[field_name]
        if field_name in self.stated:
            return f"{table_row('Payers', self.row)}, {declared.name}"
        if self.dme and field_name == OF_DME:
            return f"{self.dme}: Medicare's DME contractors want it"
        return f"default: {default(reference, declared.default.term).source}"


#: What a DME payer has where its row does not say it: waste is reported.
OF_DME = "waste"
#: Field of `Terms` -> what is declared of it, in the order of the columns of Payers.
TERMS: dict[str, PayerTerm] = {one.name: one.metadata["term"] for one in fields(Terms) if "term" in one.metadata}
#: The columns of Payers that say a term.
COLUMNS: tuple[Column, ...] = tuple(one.column for one in TERMS.values() if one.column.name)
#: Field -> term, of those that a scenario may change, in the order in which a bridge walks them.
IN_SCENARIO: dict[str, tuple[PayerTerm, InScenario]] = dict(
    sorted(
        ((name, (one, one.scenario)) for name, one in TERMS.items() if one.scenario is not None),
        key=lambda found: found[1][1].step,
    )
)
