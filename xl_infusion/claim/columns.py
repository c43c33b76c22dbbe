"""The tables that a claim is made from, and the grid it comes out as: their columns, by name.

A column is found by its name without regard to case, spaces and punctuation, or by a usual synonym.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a table: its name, whether it must be there, synonyms, and what it takes.

    ``term``: the default of the reference that holds where the cell is blank; ``choices``: the words that it takes.
    """

    name: str
    needed: bool
    synonyms: tuple[str, ...]
    doc: str
    term: str = ""
    choices: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Table:
    """A table of the workbook. ``one_of``: of these columns at least one must be there."""

    name: str
    columns: tuple[Column, ...]
    one_of: tuple[str, ...] = ()

    def __getitem__(self, name: str) -> Column:
        return next(column for column in self.columns if column.name == name)


#: Who supplied a drug; what the provider does not bill stands in `NOT_OURS`.
SUPPLIERS = ("in-house pharmacy", "pre-mixed", "outside pharmacy", "prescriber's office")
NOT_OURS = SUPPLIERS[2:]
#: Whose nurse made a visit; an agency bills its own.
NURSES = ("own", "agency")
KINDS = ("commercial", "Medicare", "Medicaid", "workers' compensation")
#: Word of a column -> what people write for it.
ALSO_WRITTEN = {
    "workers' compensation": ("workers' comp", "worker's compensation", "worker's comp", "work comp", "WC"),
}
COVERS = ("yes", "deny first", "no")
RANK_BY = ("frequency", "rate", "start")
DAYS_COUNTED = ("every day", "infusion days", "infusion or visit days")
ROUNDING = ("dose", "day", "line")
WASTE = ("none", "JW and JZ")
SPANS = ("whole", "month", "week", "day")
YES_NO = ("yes", "no")
BASES = ("fee", "% of charge", "% of reference price", "% of ASP", "usual charge", "reference price")
PER = ("unit", "day", "dose", "line")
#: What a unit of a drug's code may be in.
UNITS = ("mg", "g", "mcg", "units", "IU", "mEq", "mL")
ITEMS = ("Name", "NPI", "Accreditation", "Filing date")

ORDERS = Table(
    "Orders",
    (
        Column("Order", True, ("Order no", "Order number", "Order id", "Rx", "Rx no", "Rx number",
                               "Prescription number"),
               "Your number of the order: any text or number. It decides between therapies that rank the same."),
        Column("Patient", True, ("Patient id", "Patient number", "Patient ref", "Patient reference", "MRN",
                                 "Patient MRN", "Medical record number"),
               "A reference to the patient, never a name: any text."),
        Column("Payer", False, ("Plan", "Insurance", "Payor", "Payer name", "Primary payer", "Primary insurance"),
               "A payer of the Payers table. Blank only where no order names one: the default terms."),
        Column("Therapy", False, ("Therapy type",),
               "Blank: the drug's own. Name it where a drug serves several, or where no drug is billed (TPN)."),
        Column("Drug", True, ("Medication", "Drug name", "Medication name", "Drug description"),
               "A drug's name, brand or short form, or its HCPCS code; or a therapy that has no drug line (TPN)."),
        Column("Dose", True, ("Dosage", "Single dose"),
               "One dose with its unit: 1 g, 500 mg, 2.5 million units, 40 mEq, 250 mL. A bare number is mg. Of a "
               "continuous infusion the dose of 24 hours, also where a bag lasts several days."),
        Column("Interval", True, ("Frequency", "Freq", "Sig", "Directions", "Dosing interval"),
               "Hours between doses: 8, q8h, BID, daily, q48h, continuous; once: a single dose on Start."),
        Column("Start", True, ("Start date", "First day", "From", "Therapy start"), "First day of therapy."),
        Column("End", False, ("End date", "Last day", "To", "Stop", "Stop date", "Therapy end"),
               "Last day of therapy, inclusive. Or give Days in its place."),
        Column("Days", False, ("Number of days", "Length", "Days supply", "Day supply", "Days of therapy"),
               "Days of therapy, in place of End."),
        Column("Volume", False, ("Volume a day", "Daily volume", "Volume per day"),
               "Fluid a day for TPN and hydration: 1.5 L or 1500 mL."),
        Column("Place", False, ("Place of service", "POS"),
               "Place of service: 12 home (blank), 49 infusion suite, 11 office."),
        Column("Second payer", False, ("Secondary payer", "Secondary", "Payer 2", "Secondary insurance"),
               "Who is billed after a payer that denies home infusion first (Medicare), or in place of one that "
               "does not cover it."),
        Column("Prescriber", False, ("Prescriber NPI", "Ordering provider", "Physician", "Ordering NPI"),
               "NPI of the prescriber: ten digits. It is needed before a claim is written."),
        Column("Authorization", False, ("Authorization number", "Auth", "Prior authorization", "Auth number"),
               "The payer's number, where the payer needs one."),
        Column("Supplied by", False, ("Supplier", "Drug supplied by", "Drug source"),
               "Who supplied the drug: in-house pharmacy (blank), pre-mixed, outside pharmacy or prescriber's office. "
               "The last two bill it themselves: no drug line.", choices=SUPPLIERS),
        Column("Product", False, ("Maker", "Manufacturer", "Brand"),
               "Maker or product, where makers have codes of their own: Mylan, Baxter, WG Critical Care."),
        Column("NDC", False, ("NDC number", "NDC code", "National drug code"),
               "National Drug Code with its hyphens. It tells the maker: by CMS's imported crosswalk, else by its "
               "first part."),
        Column("NDC unit", False, ("NDC UOM", "NDC unit of measure"), "UN, ML, GR or F2: what NDC quantity counts."),
        Column("NDC quantity", False, ("NDC qty",), "NDC units of one dose: 2 vials, 20 mL."),
        Column("Dispensed", False, ("Doses dispensed", "Dispensed doses"),
               "Doses dispensed in all, in place of the number that interval and days come to."),
        Column("Unused", False, ("Doses unused", "Doses not used", "Delivered not used"),
               "Doses of them that were delivered and not used: a line of its own with SV."),
        Column("Vials", False, ("Vial sizes", "Single-dose vials"),
               "Sizes of the single-dose vials that were at hand: 100 mg, 400 mg. Blank: no waste is worked out."),
    ),
    one_of=("End", "Days"),
)  # fmt: skip

VISITS = Table(
    "Visits",
    (
        Column("Patient", True, ("Patient id", "Patient number", "Patient ref", "Patient reference", "MRN",
                                 "Patient MRN", "Medical record number"),
               "The reference that the patient's orders have."),
        Column("Date", True, ("Visit date", "Date of service", "Service date", "DOS"), "Day of the visit."),
        Column("Minutes", False, ("Duration", "Mins", "Visit minutes"),
               "Length of the visit in minutes: 210. Or give Start time and End time."),
        Column("Start time", False, ("Time in", "Arrival", "From time"), "When the visit began: 9:30 PM."),
        Column("End time", False, ("Time out", "Departure", "To time"),
               "When it ended; earlier than Start time: on the next day."),
        Column("Payer", False, ("Plan", "Insurance", "Payor"),
               "Needed only where the patient's orders of that day have several payers."),
        Column("Place", False, ("Place of service", "POS"), "Place of service: 12 home (blank)."),
        Column("Nurse", False, ("Nurse of", "Nursing by"),
               "own (blank), or agency: a home health agency bills its visits itself.", choices=NURSES),
        Column("Special training", False, ("Training", "SD"),
               "yes: a registered nurse with special infusion training, which adds SD.", choices=YES_NO),
    ),
    one_of=("Minutes", "End time"),
)  # fmt: skip

PAYERS = Table(
    "Payers",
    (
        Column("Payer", True, ("Plan", "Insurance", "Payor", "Payer name"), "The payer's name, as the orders have it."),
        Column("Kind", False, ("Payer kind", "Type", "Line of business"),
               "commercial (blank), Medicare, Medicaid or workers' compensation.", "kind", KINDS),
        Column("Covers", False, ("Covers home infusion", "Coverage"),
               "Covers home infusion: yes (blank); deny first: bill the visits for a denial, then the second payer; "
               "no: the second payer is billed at once.", "covers", COVERS),
        Column("Denial modifier", False, (), "Modifier of the visits on the denial claim: GY (blank), GA, GZ.",
               "denial_modifier"),
        Column("Second share", False, ("Second", "SH share", "Second therapy"),
               "Share of the rate for the second concurrent therapy: 50% (blank) or another.", "second_share"),
        Column("Third share", False, ("Third", "SJ share", "Third therapy"),
               "Share for the third and every further therapy: 25% (blank) or another.", "third_share"),
        Column("Exempt therapies", False, ("Exempt", "No reduction"),
               "Therapies that keep their rank and modifier and earn the full rate: TPN, enteral.", "exempt_therapies"),
        Column("Rank by", False, ("Ranked by", "Ranking"),
               "What comes first: frequency (blank), rate (the dearest per diem) or start (the earliest).",
               "rank_by", RANK_BY),
        Column("Days counted", False, ("Per diem days", "Days paid"),
               "Per diem for every day of therapy (blank), infusion days alone, or infusion or visit days.",
               "days_counted", DAYS_COUNTED),
        Column("Longest interval", False, ("Per diem up to hours",),
               "Hours between doses up to which every day of therapy counts: 72 (blank). Beyond, infusion days.",
               "per_diem_longest_interval"),
        Column("Other intervals", False, ("Code of other intervals",),
               "Anti-infective code of an interval that has none: S9494, S9500. Blank or none: it cannot be billed.",
               "other_intervals"),
        Column("Always code", False, ("Per diem code", "Always this code"),
               "Per diem codes that stand for their whole therapy, whatever the interval or volume: S9494.",
               "always_code"),
        Column("Extra modifier", False, ("Modifier beside SH and SJ",),
               "Modifier beside SH and SJ: 59. Blank: none.", "extra_modifier"),
        Column("Unit rounding", False, ("Rounding", "Round units"),
               "Drug units are rounded up for each dose (blank), day or line.", "unit_rounding", ROUNDING),
        Column("Fractional units", False, ("Fractions",),
               "yes: units with up to three decimals, but for single-dose vials.", "fractional_units", YES_NO),
        Column("Waste", False, ("Waste reported", "JW/JZ"),
               "JW and JZ: discarded units of single-dose vials are billed. Blank: none.", "waste", WASTE),
        Column("Further hour from", False, ("99602 from minute", "99602 from", "Further hour from minute"),
               "Minute of a further hour from which 99602 counts it: 31 (blank), 1 for every started hour.",
               "additional_hour_from_minute"),
        Column("Second visit", False, ("Second visit of a day",),
               "A second visit on one day: 99601 again (blank), or 99602 alone.", "second_visit", ("99601", "99602")),
        Column("Hours a day", False, ("Most hours a day", "Visit hours a day"),
               "Most visit hours a day. Blank: no limit.", "visit_hours_a_day"),
        Column("Hours a week", False, ("Most hours a week", "Visit hours a week"),
               "Most visit hours in a week from Sunday. Blank: no limit.", "visit_hours_a_week"),
        Column("Line span", False, ("Span", "Span of a line"),
               "Days of one line: whole (blank), month, week (seven days) or day.", "line_span", SPANS),
        Column("Place", False, ("Place of service", "POS"), "Place of service where an order names none: 12 (blank).",
               "place"),
        Column("Suite places", False, ("Infusion suite places",), "Places that add SS to the per diem: 49 (blank).",
               "suite_places"),
        Column("Accreditation", False, ("Accreditation accepted", "Accreditations"),
               "Bodies, one of which must have accredited the provider: ACHC, CHAP, Joint Commission. Blank: none.",
               "accreditation"),
        Column("Authorization", False, ("Authorization needed", "Prior authorization"),
               "yes: every order needs the payer's number. Blank: no.", "authorization", YES_NO),
        Column("Days to file", False, ("Filing limit", "Timely filing"),
               "Days from the last day of service within which the claim is filed. Blank: no limit.", "days_to_file"),
        Column("Home infusion benefit", False, ("HIT benefit",),
               "yes: Medicare's own benefit pays the provider's visits (G codes) for the drugs it names.",
               "home_infusion_benefit", YES_NO),
        Column("Deductible left", False, ("Deductible", "Deductible remaining"),
               "US dollars that each patient still owes before this payer pays. Blank: none.", "deductible_left"),
        Column("Coinsurance", False, ("Coinsurance share", "Patient percent"),
               "Share of what is allowed, after the deductible, that the patient owes: 20%. Blank: none.",
               "coinsurance"),
        Column("Copay a visit", False, ("Copay", "Visit copay"),
               "US dollars that the patient owes for each day with a nurse's visit. Blank: none.", "copay_a_visit"),
        Column("Payment days", False, ("Payment lag", "Days to pay"),
               "Days from the last day of a line until this payer pays it: 30 (blank) or another.", "payment_days"),
    ),
)  # fmt: skip

PAYER_CODES = Table(
    "Payer codes",
    (
        Column("Payer", True, ("Plan", "Insurance", "Payor"), "The payer that wants the code."),
        Column("Drug or therapy", True, ("Drug", "Therapy", "For"),
               "A drug (its billing code) or a therapy (its per diem code)."),
        Column("Interval", False, ("Frequency",), "Only for this interval. Blank: for every one."),
        Column("Code", True, ("HCPCS", "HCPCS code"), "The code that this payer wants."),
        Column("Unit", False, ("Amount", "Unit amount"), "What one unit of a drug's code counts: 1 g. Blank: as the "
               "reference has it."),
        Column("From", False, ("First day", "Start", "Effective"), "First day. Blank: since ever."),
        Column("To", False, ("Last day", "End", "Through", "Until"), "Last day, inclusive. Blank: still."),
    ),
)  # fmt: skip

OWN_CODES = Table(
    "Own codes",
    (
        Column("Drug", True, ("Medication", "Drug name"),
               "A drug's name, brand or short form. A name that the reference does not know is a new drug's."),
        Column("Product", False, ("Maker", "Manufacturer", "Brand"),
               "Only for this maker's product. Blank: the drug's own code, whoever makes it."),
        Column("Code", True, ("HCPCS", "HCPCS code"), "The code that bills it on the days of the row."),
        Column("Amount", False, ("Unit amount",), "What one unit of the code counts, with Unit: 10. Both blank: an "
               "unclassified code, which has no unit of its own."),
        Column("Unit", False, ("Unit of measure", "UOM"), "mg, g, mcg, units, IU, mEq or mL: what Amount is in.",
               choices=UNITS),
        Column("From", False, ("First day", "Start", "Effective"), "First day of the code. Blank: since ever."),
        Column("To", False, ("Last day", "End", "Through", "Until"), "Last day, inclusive. Blank: still."),
        Column("Therapy", False, ("Therapy type",),
               "Only for a new drug: the therapy that its per diem names. Blank: its orders name it."),
        Column("Source", False, ("Authority", "Release"),
               "Where the code is from: a release, a notice, a payer's letter. Blank: Checks asks for it."),
    ),
)  # fmt: skip

RATES = Table(
    "Rates",
    (
        Column("Payer", False, ("Plan", "Insurance", "Payor"), "Blank: the rate of every payer without its own."),
        Column("Code", True, ("HCPCS", "HCPCS code", "Procedure"), "The code that the rate is for."),
        Column("Modifier", False, ("Mod",),
               "Only lines with this modifier. A rate for SH or SJ is that therapy's own: no share is taken of it."),
        Column("Rate", True, ("Amount", "Price", "Fee"), "US dollars, or percent where Basis says so: 85%."),
        Column("Basis", False, ("Priced as", "Method"),
               "fee (blank): US dollars; % of charge; % of reference price; % of ASP; or what those are taken of: "
               "usual charge, reference price (without a row of it, CMS's ASP payment limit).", choices=BASES),
        Column("Per", False, ("Per what",), "What the rate pays: a unit (blank: a day, drug unit or visit unit), "
               "a day, a dose, or the whole line.", choices=PER),
        Column("Lesser of charge", False, ("Lesser of",),
               "yes: the usual charge is paid where it is less.", choices=YES_NO),
        Column("From", False, ("First day", "Start", "Effective"), "First day of the rate. Blank: since ever."),
        Column("To", False, ("Last day", "End", "Through", "Until"), "Last day, inclusive. Blank: still in force."),
    ),
)  # fmt: skip

PROVIDER = Table(
    "Provider",
    (
        Column("Item", True, ("What", "Field"), "Name, NPI, Accreditation (a row each), Filing date.", choices=ITEMS),
        Column("Value", True, ("Is", "Entry"), "1234567893, ACHC, 7/1/2025."),
        Column("From", False, ("First day", "Start", "Effective"), "First day of an accreditation. Blank: since ever."),
        Column("To", False, ("Last day", "End", "Through", "Until"), "Its last day, inclusive. Blank: still."),
    ),
)  # fmt: skip

TABLES = (ORDERS, VISITS, PAYERS, PAYER_CODES, OWN_CODES, RATES, PROVIDER)

GRID = (
    "Patient", "Payer", "Line", "From", "To", "Place", "Code", "Modifier 1", "Modifier 2", "Modifier 3", "Units",
    "Rate", "Charge", "Order", "Drug", "NDC", "NDC unit", "NDC quantity", "Waits for", "Why",
)  # fmt: skip
#: The columns that are there only when a table of rates is given, with rows or without.
MONEY = ("Rate", "Charge")
#: The columns that are there only when a column of a table calls for them.
IF_COLUMN = {
    "Modifier 3": (PAYERS.name, "Extra modifier"),
    "NDC": (ORDERS.name, "NDC"), "NDC unit": (ORDERS.name, "NDC"), "NDC quantity": (ORDERS.name, "NDC"),
    "Waits for": (ORDERS.name, "Second payer"),
}  # fmt: skip
