"""The tables that a claim is made from, and the grid it comes out as: their columns, by name.

A column is found by its name without regard to case, spaces and punctuation, or by a usual synonym.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping

from xl_infusion.claim.column import Column, Limits, Listed, Table, Written
from xl_infusion.claim.terms import COLUMNS
from xl_infusion.claim.words import BASES, HOLD_REASONS, ITEMS, NURSES, PER, SUPPLIERS, UNITS, YES_NO
from xl_infusion.rules.visit import MOST_MINUTES

#: An order of more days is a typing error in one of its dates.
MOST_DAYS = 3660
#: More doses than an order of that length can have.
MOST_DOSES = 24 * MOST_DAYS

A_DAY = Written("day", "Type a day from 2000 on, as 7/1/2025.")
A_LATER_DAY = Written("later day", "Type a day, as 7/1/2025, that is not before the first day.")
A_TIME = Written("time", "Type a time of day, as 9:30 PM or 21:30. A visit that ends the next day has the earlier time "
                 "as its end.")  # fmt: skip
DOSES = Limits("whole", "A number of doses of the whole order, 0 or more; a whole number.", least=0, most=MOST_DOSES)
A_PAYER = "This payer is not on the sheet Payers"

ORDERS = Table(
    "Orders",
    (
        Column("Order", True, ("Order no", "Order number", "Order id", "Rx", "Rx no", "Rx number",
                               "Prescription number"),
               "Your number of the order: any text or number. It decides between therapies that rank the same.",
               width=11, subject="The order"),
        Column("Patient", True, ("Patient id", "Patient number", "Patient ref", "Patient reference", "MRN",
                                 "Patient MRN", "Medical record number"),
               "A reference to the patient, never a name: any text.",
               width=12),
        Column("Payer", False, ("Plan", "Insurance", "Payor", "Payer name", "Primary payer", "Primary insurance"),
               "A payer of the Payers table. Blank only where no order names one: the default terms.",
               width=22,
               checked=Listed(f"{A_PAYER}: its lines will show #N/A until it is. Keep it?", names="PayerNames")),
        Column("Therapy", False, ("Therapy type",),
               "Blank: the drug's own. Name it where a drug serves several, or where no drug is billed (TPN).",
               width=16, subject="What is given",
               checked=Listed("No therapy of that name in the list. Usual short forms are known too; one that is "
                              "not known shows an error on Claim. Keep it?", names="TherapyNames")),
        Column("Drug", True, ("Medication", "Drug name", "Medication name", "Drug description"),
               "A drug's name, brand or short form, or its HCPCS code; or a therapy that has no drug line (TPN).",
               width=25,
               checked=Listed(names="DrugNames", open=True),
               prompt="The list has the usual drugs. Every drug that CMS lists is known, by its name, brand or HCPCS "
                      "code; another name shows an error on Claim."),
        Column("Dose", True, ("Dosage", "Single dose"),
               "One dose with its unit: 1 g, 500 mg, 2.5 million units, 40 mEq, 250 mL. A bare number is mg. Of a "
               "continuous infusion the dose of 24 hours, also where a bag lasts several days. Or as it is ordered: 5 "
               "mg/kg, 0.375 mcg/kg/min, 2400 mg/m2 over 46 h, 125 mL/h, with Weight, Height and Concentration.",
               width=17,
               checked=Written("amount", "Type one dose with its unit: 1 g, 500 mg, 40 mEq. A bare number is mg and "
                               "more than 0."),
               prompt="One dose with its unit: 1 g, 500 mg, 2.5 million units. A bare number is mg. Continuous: of "
                      "24 hours."),
        Column("Interval", True, ("Frequency", "Freq", "Sig", "Directions", "Dosing interval"),
               "Hours between doses: 8, q8h, BID, daily, q48h, continuous; once: a single dose on Start. Or the days: "
               "MWF, TIW, Tue and Fri, 5 days on 2 off, days 1, 8 of 21, monthly.",
               width=13,
               checked=Listed("Not one of the usual intervals. Type the hours between doses, 8 or q8h: never a time "
                              "of day. Keep it?", names="IntervalNames"),
               prompt="Hours between doses: 8, q8h, BID, daily, q48h, continuous; or days: MWF, 5 days on 2 off."),
        Column("Start", True, ("Start date", "First day", "From", "Therapy start"), "First day of therapy.",
               width=13, look="day", subject="When",
               checked=A_DAY),
        Column("End", False, ("End date", "Last day", "To", "Stop", "Stop date", "Therapy end"),
               "Last day of therapy, inclusive. Or give Days in its place.",
               width=13, look="day",
               checked=A_LATER_DAY),
        Column("Days", False, ("Number of days", "Length", "Days supply", "Day supply", "Days of therapy"),
               "Days of therapy, in place of End.",
               width=9, look="number",
               checked=Limits("whole", f"Days of therapy: a whole number from 1 to {MOST_DAYS}.",
                              least=1, most=MOST_DAYS)),
        Column("Volume", False, ("Volume a day", "Daily volume", "Volume per day"),
               "Fluid a day for TPN and hydration: 1.5 L or 1500 mL.",
               width=11, subject="How and where",
               checked=Written("amount", "Type the fluid a day with its unit: 1.5 L or 1500 mL.")),
        Column("Place", False, ("Place of service", "POS"),
               "Place of service: 12 home (blank), 49 infusion suite, 11 office.",
               width=9, look="word",
               checked=Listed("Not 12 home, 49 infusion suite or 11 office. Keep it?", names="PlaceNames")),
        Column("Second payer", False, ("Secondary payer", "Secondary", "Payer 2", "Secondary insurance"),
               "Who is billed after a payer that denies home infusion first (Medicare), or in place of one that "
               "does not cover it.",
               width=22, subject="Who pays second, who prescribed",
               checked=Listed(f"{A_PAYER}: its lines will show #N/A until it is. Keep it?", names="PayerNames")),
        Column("Prescriber", False, ("Prescriber NPI", "Ordering provider", "Physician", "Ordering NPI"),
               "NPI of the prescriber: ten digits. It is needed before a claim is written.",
               width=14, look="number",
               checked=Written("npi", "An NPI is ten digits and begins with 1 or 2.")),
        Column("Authorization", False, ("Authorization number", "Auth", "Prior authorization", "Auth number"),
               "The payer's number, where the payer needs one.",
               width=15, look="as typed",
               checked=Limits("letters", "The payer's number: at most 50 characters.", least=1, most=50)),
        Column("Supplied by", False, ("Supplier", "Drug supplied by", "Drug source"),
               "Who supplied the drug: in-house pharmacy (blank), pre-mixed, outside pharmacy or prescriber's office. "
               "The last two bill it themselves: no drug line.", choices=SUPPLIERS,
               width=18, subject="The product"),
        Column("Product", False, ("Maker", "Manufacturer", "Brand"),
               "Maker or product, where makers have codes of their own: Mylan, Baxter, WG Critical Care.",
               width=15.5,
               checked=Listed("No product in the list has that name: only makers with a code of their own are "
                              "there. Keep it?", names="ProductNames")),
        Column("NDC", False, ("NDC number", "NDC code", "National drug code"),
               "National Drug Code with its hyphens. It tells the maker: by CMS's imported crosswalk, else by its "
               "first part.",
               width=15.5, look="as typed",
               checked=Limits("letters", "Type the NDC with its hyphens, as the package has it: 0409-6533-21.",
                              least=10, most=25),
               prompt="With its hyphens, as the package has it: 0409-6533-21."),
        Column("NDC unit", False, ("NDC UOM", "NDC unit of measure"), "UN, ML, GR or F2: what NDC quantity counts.",
               width=10.5, look="word",
               checked=Listed("UN (vials, packages), ML, GR or F2 (international units).",
                              names="NdcUnits", firm=True)),
        Column("NDC quantity", False, ("NDC qty",), "NDC units of one dose: 2 vials, 20 mL.",
               width=14, look="fine number",
               checked=Limits("decimal", "NDC units of one dose: more than 0.", over=0),
               prompt="Of one dose: 2 vials, 20 mL."),
        Column("Dispensed", False, ("Doses dispensed", "Dispensed doses"),
               "Doses dispensed in all, in place of the number that interval and days come to.",
               width=11.5, look="number", subject="Doses and vials",
               checked=DOSES),
        Column("Unused", False, ("Doses unused", "Doses not used", "Delivered not used"),
               "Doses of them that were delivered and not used: a line of its own with SV.",
               width=9.5, look="number",
               checked=DOSES),
        Column("Vials", False, ("Vial sizes", "Single-dose vials"),
               "Sizes of the single-dose vials that were at hand: 100 mg, 400 mg. Blank: no waste is worked out.",
               width=17,
               checked=Written("amount", "Type what one vial holds, with its unit; several with commas between: 100 "
                               "mg, 400 mg."),
               prompt="What one single-dose vial holds: 350 mg, 500 mg."),
        Column("Weight", False, ("Patient weight", "Body weight", "Wt"),
               "The patient's weight, 70 kg or 154 lb, for a dose per kg or m2. A bare number is kg. By another weight "
               "than the body's: ideal, man; 100 kg, adjusted, woman; with Height. A later weight is another order.",
               width=9.5,
               checked=Written("amount", "Type the weight with its unit: 70 kg or 154 lb. A bare number is kg.")),
        Column("Height", False, ("Patient height", "Body height", "Ht"),
               "The patient's height, 170 cm or 67 in, for a dose per m2. A bare number is cm.",
               width=10,
               checked=Written("amount", "Type the height with its unit: 170 cm or 67 in. A bare number is cm.")),
        Column("Concentration", False, ("Conc", "Strength"),
               "What a volume of the drug holds, for a dose in mL or mL/h: 1 mg/mL, 500 mg/100 mL, 10 %.",
               width=15,
               checked=Written("text", "Type what a volume of it holds: 1 mg/mL, 500 mg/100 mL, 10 %.")),
        Column("Modifiers", False, ("Mods", "Line modifiers"),
               "Modifiers of the lines, several with spaces or commas between: JB KX. Each goes on the drug lines, the "
               "per diem or both, as the reference has it.",
               width=13, look="word",
               checked=Listed("Not one modifier of the list. Several stand with spaces between: JB KX. Keep it?",
                              names="ModifierNames"),
               prompt="JB, or several: JB KX. SH, SJ, JW and SV come by themselves."),
        Column("Per diem with", False, ("Same per diem as", "Inside order", "With order"),
               "The Order of the same patient whose per diem covers this one too: a further vial or NDC of its dose, "
               "its premedication, a drug of its bag, its evening dose. none: no per diem at all. Blank: its own.",
               width=14, look="as typed",
               checked=Limits("letters", "The number of another order of this patient, or none: at most 50 characters.",
                              least=1, most=50),
               prompt="The Order whose per diem covers this one too. Blank: it has its own."),
    ),
    one_of=("End", "Days"),
    hint="One row an order. Type in the cream cells; the note on each heading says what it takes. The dark headings "
         "are needed (give End or Days); every other column may stay blank, or go.",
    keys=2,
)  # fmt: skip

VISITS = Table(
    "Visits",
    (
        Column("Patient", True, ("Patient id", "Patient number", "Patient ref", "Patient reference", "MRN",
                                 "Patient MRN", "Medical record number"),
               "The reference that the patient's orders have.",
               width=12),
        Column("Date", True, ("Visit date", "Date of service", "Service date", "DOS"), "Day of the visit.",
               width=13, look="day",
               checked=A_DAY),
        Column("Minutes", False, ("Duration", "Mins", "Visit minutes"),
               "Length of the visit in minutes: 210. Or give Start time and End time.",
               width=12, look="number",
               checked=Limits("decimal", f"Minutes of the visit: 1 to {MOST_MINUTES}. 210 is three and a half hours; "
                              "never a time of day.", least=1, most=MOST_MINUTES),
               prompt="Minutes: 210 for three and a half hours."),
        Column("Start time", False, ("Time in", "Arrival", "From time"), "When the visit began: 9:30 PM.",
               width=13, look="time",
               checked=A_TIME),
        Column("End time", False, ("Time out", "Departure", "To time"),
               "When it ended; earlier than Start time: on the next day.",
               width=13, look="time",
               checked=A_TIME),
        Column("Payer", False, ("Plan", "Insurance", "Payor"),
               "Needed only where the patient's orders of that day have several payers.",
               width=22,
               checked=Listed(f"{A_PAYER}. Keep it?", names="PayerNames")),
        Column("Place", False, ("Place of service", "POS"), "Place of service: 12 home (blank).",
               width=9, look="word",
               checked=Listed("Not 12 home, 49 infusion suite or 11 office. Keep it?", names="PlaceNames")),
        Column("Nurse", False, ("Nurse of", "Nursing by"),
               "own (blank), or agency: a home health agency bills its visits itself.", choices=NURSES,
               width=11),
        Column("Special training", False, ("Training", "SD"),
               "yes: a registered nurse with special infusion training, which adds SD.", choices=YES_NO,
               width=17, look="word"),
        Column("Modifiers", False, ("Mods", "Line modifiers"),
               "Further modifiers of the visit's lines, several with spaces or commas between: TD.",
               width=13, look="word",
               checked=Listed("Not one modifier of the list. Several stand with spaces between: TD U1. Keep it?",
                              names="ModifierNames")),
    ),
    one_of=("Minutes", "End time"),
    hint="One row a nurse's visit: 99601 for up to two hours, 99602 for each further hour. Give Minutes, or Start "
         "time and End time.",
)  # fmt: skip

HOLDS = Table(
    "Holds",
    (
        Column("Patient", True, ("Patient id", "Patient number", "Patient ref", "Patient reference", "MRN",
                                 "Patient MRN", "Medical record number"),
               "The reference that the patient's orders have.",
               width=12),
        Column("From", True, ("First day", "Admitted", "Admission", "Start", "Hold from"),
               "First day of the hold: the day of admission.",
               width=13, look="day",
               checked=A_DAY),
        Column("To", True, ("Last day", "Discharged", "Discharge", "End", "Hold to"),
               "Last day of the hold: the day of discharge. Blank only for a patient who died.",
               width=13, look="day",
               checked=A_LATER_DAY),
        Column("Reason", False, ("Why", "Kind"),
               "hospital (blank), held (at home, the therapy paused), clinic, traveling, or deceased.",
               choices=HOLD_REASONS,
               width=12),
        Column("Order", False, ("Order no", "Order number", "Order id", "Rx", "Rx no", "Rx number"),
               "Only this order. Blank: all of the patient's.",
               width=11, look="as typed"),
    ),
    hint="One row a stay or a pause: therapies stop from From through To and go on the day after. Whether the days of "
         "admission and discharge are billed, and a per diem while held, are terms of the payer.",
)  # fmt: skip

PAYERS = Table(
    "Payers",
    (
        Column("Payer", True, ("Plan", "Insurance", "Payor", "Payer name"), "The payer's name, as the orders have it.",
               width=22, subject="The payer"),
        *COLUMNS,
    ),
    hint="One row a payer: its contract. A blank cell is the default, which the note on its heading names with its "
         "source; nothing else about a payer is known to the functions.",
    keys=1,
)  # fmt: skip

PAYER_CODES = Table(
    "Payer codes",
    (
        Column("Payer", True, ("Plan", "Insurance", "Payor"), "The payer that wants the code.",
               width=22,
               checked=Listed(f"{A_PAYER}. Keep it?", names="PayerNames")),
        Column("Drug or therapy", True, ("Drug", "Therapy", "For"),
               "A drug (its billing code) or a therapy (its per diem code).",
               width=26,
               checked=Listed(names="DrugOrTherapyNames", open=True),
               prompt="The list has the usual ones. Every drug that CMS lists is known, by its name, brand or HCPCS "
                      "code; Checks tells of another name."),
        Column("Interval", False, ("Frequency",), "Only for this interval. Blank: for every one.",
               width=13,
               checked=Listed("Not one of the usual intervals. Type the hours between doses, 8 or q8h: never a time "
                              "of day. Keep it?", names="IntervalNames"),
               prompt="Hours between doses: 8, q8h, BID, daily, q48h, continuous."),
        Column("Code", True, ("HCPCS", "HCPCS code"), "The code that this payer wants.",
               width=11,
               checked=Listed("This code is not in the list. Every drug code that CMS lists is known too; a payer's "
                              "own drug code needs its Unit. Keep it?", names="CodeNames")),
        Column("Unit", False, ("Amount", "Unit amount"), "What one unit of a drug's code counts: 1 g. Blank: as the "
               "reference has it.",
               width=11,
               checked=Written("text", "Type what one unit of the code counts, with its unit of measure: 1 g.")),
        Column("From", False, ("First day", "Start", "Effective"), "First day. Blank: since ever.",
               width=13, look="day",
               checked=A_DAY),
        Column("To", False, ("Last day", "End", "Through", "Until"), "Last day, inclusive. Blank: still.",
               width=13, look="day",
               checked=A_LATER_DAY),
    ),
    hint="Where a payer wants another code than HCPCS has: for a drug or a therapy, at one interval or all, on its "
         "days. A row for a drug goes before one for its therapy.",
)  # fmt: skip

OWN_CODES = Table(
    "Own codes",
    (
        Column("Drug", True, ("Medication", "Drug name"),
               "A drug's name, brand or short form. A name that the reference does not know is a new drug's.",
               width=25,
               checked=Listed(names="DrugNames", open=True),
               prompt="The list has the usual drugs. Every drug that CMS lists is known, by its name, brand or HCPCS "
                      "code; another name is that of a new drug."),
        Column("Product", False, ("Maker", "Manufacturer", "Brand"),
               "Only for this maker's product. Blank: the drug's own code; a product that has its own keeps it.",
               width=15.5,
               checked=Listed("No product in the list has that name: it is then a new one. Keep it?",
                              names="ProductNames")),
        Column("Code", True, ("HCPCS", "HCPCS code"), "The code that bills it on the days of the row.",
               width=11,
               checked=Limits("letters", "A HCPCS code is a letter and four digits, or five digits.", least=5, most=5)),
        Column("Amount", False, ("Unit amount",), "What one unit of the code counts, with Unit: 10. Both blank: an "
               "unclassified code, which has no unit of its own.",
               width=11, look="word",
               checked=Limits("decimal", "What one unit counts: more than 0. Its measure stands in Unit.", over=0)),
        Column("Unit", False, ("Unit of measure", "UOM"),
               "mg, g, mcg, units, IU, mEq, mL, kcal or g protein: what Amount is in.",
               choices=UNITS,
               width=11),
        Column("From", False, ("First day", "Start", "Effective"), "First day of the code. Blank: since ever.",
               width=13, look="day",
               checked=A_DAY),
        Column("To", False, ("Last day", "End", "Through", "Until"), "Last day, inclusive. Blank: still.",
               width=13, look="day",
               checked=A_LATER_DAY),
        Column("Therapy", False, ("Therapy type",),
               "Only for a new drug: the therapy that its per diem names. Blank: its orders name it.",
               width=16,
               checked=Listed("No therapy of that name in the list. Usual short forms are known too; one that is "
                              "not known shows an error on Claim. Keep it?", names="TherapyNames")),
        Column("Source", False, ("Authority", "Release"),
               "Where the code is from: a release, a notice, a payer's letter. Blank: Checks asks for it.",
               width=54,
               checked=Limits("letters", "Where the code is from: at most 250 characters.", least=1, most=250)),
    ),
    hint="Codes that the reference (sheet Codes) does not have yet, or has otherwise: on its days a row goes over "
         "it. Say in Source where the code is from; Checks tells what the reference has otherwise.",
)  # fmt: skip

RATES = Table(
    "Rates",
    (
        Column("Payer", False, ("Plan", "Insurance", "Payor"), "Blank: the rate of every payer without its own.",
               width=22,
               checked=Listed(f"{A_PAYER}. Keep it?", names="PayerNames")),
        Column("Code", True, ("HCPCS", "HCPCS code", "Procedure"), "The code that the rate is for.",
               width=11,
               checked=Listed("This code is not in the list. Every drug code that CMS lists is known too, and those of "
                              "Payer codes and Own codes; for another one no line will use the rate. Keep it?",
                              names="CodeNames")),
        Column("Modifier", False, ("Mod",),
               "Only lines with this modifier. A rate for SH or SJ is that therapy's own: no share is taken of it.",
               width=11, look="word",
               checked=Listed("No modifier of the reference (sheet Codes): no line will have it. Keep it?",
                              names="ModifierNames")),
        Column("Rate", True, ("Amount", "Price", "Fee"), "US dollars, or percent where Basis says so: 85%.",
               width=13, look="rate",
               checked=Limits("decimal", "US dollars, or a percentage as 85%: 0 or more.", least=0)),
        Column("Basis", False, ("Priced as", "Method"),
               "fee (blank): US dollars; % of charge; % of reference price; % of ASP; or what those are taken of: "
               "usual charge, reference price (without a row of it, CMS's ASP payment limit).", choices=BASES,
               width=22),
        Column("Per", False, ("Per what",), "What the rate pays: a unit (blank: a day, drug unit or visit unit), "
               "a day, a dose, or the whole line.", choices=PER,
               width=9, look="word"),
        Column("Lesser of charge", False, ("Lesser of",),
               "yes: the usual charge is paid where it is less.", choices=YES_NO,
               width=17, look="word"),
        Column("From", False, ("First day", "Start", "Effective"), "First day of the rate. Blank: since ever.",
               width=13, look="day",
               checked=A_DAY),
        Column("To", False, ("Last day", "End", "Through", "Until"), "Last day, inclusive. Blank: still in force.",
               width=13, look="day",
               checked=A_LATER_DAY),
    ),
    hint="US dollars per unit, dated; both days count. Close a row with To and add the new rate below it. A payer's "
         "own rate goes before the rate of every payer, one for a modifier before one for any.",
)  # fmt: skip

PROVIDER = Table(
    "Provider",
    (
        Column("Item", True, ("What", "Field"), "Name, NPI, Accreditation (a row each), Filing date.", choices=ITEMS,
               width=18),
        Column("Value", True, ("Is", "Entry"), "1234567893, ACHC, 7/1/2025.",
               width=36,
               checked=Written("item", "An NPI is ten digits and begins with 1 or 2; a Filing date is a day.")),
        Column("From", False, ("First day", "Start", "Effective"), "First day of an accreditation. Blank: since ever.",
               width=13, look="day",
               checked=A_DAY),
        Column("To", False, ("Last day", "End", "Through", "Until"), "Its last day, inclusive. Blank: still.",
               width=13, look="day",
               checked=A_LATER_DAY),
    ),
    hint="Who bills, one row an item: NPI, each accreditation with its days, the day of filing. Checks compares "
         "them with what the payers ask for.",
)  # fmt: skip

TABLES = (ORDERS, VISITS, HOLDS, PAYERS, PAYER_CODES, OWN_CODES, RATES, PROVIDER)

GRID = (
    "Patient", "Payer", "Line", "From", "To", "Place", "Code", "Modifier 1", "Modifier 2", "Modifier 3",
    "Modifier 4", "Units", "Rate", "Charge", "Order", "Drug", "NDC", "NDC unit", "NDC quantity", "Waits for", "Why",
)  # fmt: skip
#: The columns that are there only when a table of rates is given, with rows or without.
MONEY = ("Rate", "Charge")
_TYPED = ((ORDERS.name, "Modifiers"), (VISITS.name, "Modifiers"))
_NDC = ((ORDERS.name, "NDC"),)
#: The columns that are there only when one of some columns of the tables calls for them.
IF_COLUMN: dict[str, tuple[tuple[str, str], ...]] = {
    "Modifier 3": ((PAYERS.name, "Extra modifier"), (PAYERS.name, "Suite modifier on visits"), *_TYPED),
    "Modifier 4": _TYPED,
    "NDC": _NDC, "NDC unit": _NDC, "NDC quantity": _NDC,
    "Waits for": ((ORDERS.name, "Second payer"),),
}  # fmt: skip


def is_called(name: str, columns: Mapping[str, Collection[str]]) -> bool:
    """Whether a column of a grid is there for tables that have these columns, by the table's name."""
    calling = IF_COLUMN.get(name, ())
    return not calling or any(column in columns[table] for table, column in calling)
