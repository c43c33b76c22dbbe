"""The tables that finance types in, Costs, Scenarios and Remittance, and the grids that the model comes out as.

They stand beside the tables of the claim (`xl_infusion.claim.TABLES`), and are read in the same way: a column is
found by its name without regard to case, spaces and punctuation, or by a usual synonym.
"""

from __future__ import annotations

from dataclasses import replace

from xl_infusion.claim.column import Column, Limits, Listed, Table
from xl_infusion.claim.columns import A_DAY, A_LATER_DAY, A_PAYER
from xl_infusion.claim.readers import CHECKED_SHARE
from xl_infusion.claim.terms import IN_SCENARIO
from xl_infusion.claim.words import PER

COSTS = Table(
    "Costs",
    (
        Column("Drug or code", True, ("Drug", "Code", "HCPCS", "Item"),
               "A drug's name, brand or short form, or a HCPCS code. A row for a code goes before one for its drug.",
               width=26,
               checked=Listed(names="DrugNames", open=True),
               prompt="The list has the usual drugs. Every drug that CMS lists is known, by its name, brand or HCPCS "
                      "code."),
        Column("Cost", True, ("Acquisition cost", "Unit cost", "Price"), "What it is bought for, US dollars.",
               width=13, look="rate",
               checked=Limits("decimal", "US dollars: 0 or more.", least=0)),
        Column("Per", False, ("Per what",), "What the cost is of: a unit of the code (blank), a day, a dose, or the "
               "whole line.", choices=PER,
               width=9, look="word"),
        Column("From", False, ("First day", "Start", "Effective"), "First day of the cost. Blank: since ever.",
               width=13, look="day",
               checked=A_DAY),
        Column("To", False, ("Last day", "End", "Through", "Until"), "Last day, inclusive. Blank: still.",
               width=13, look="day",
               checked=A_LATER_DAY),
    ),
    hint="What the drugs are bought for, US dollars, dated; both days count. Expected then shows the cost and the "
         "margin of every drug line that has a row here. Without rows nothing is missing.",
)  # fmt: skip

#: How a scenario may price drugs.
DRUGS_AT = ("% of ASP", "% of charge", "% of reference price")

#: The most that a rate can be, or an amount that a payer paid or took back.
MOST_DOLLARS, MOST = 1_000_000, 10_000_000
#: A payer's terms that a scenario may change: each reads and looks as its column of Payers does.
TERM_COLUMNS = tuple(
    replace(term.column, doc=of.doc, synonyms=of.synonyms, subject=of.subject, term="")
    for term, of in IN_SCENARIO.values()
)

SCENARIOS = Table(
    "Scenarios",
    (
        Column("Scenario", True, ("Name", "Case"), "Its name. Rows of one name are one scenario.",
               width=26, subject="The scenario",
               prompt="Its name; rows of one name are one scenario. Base is the contracts as they are."),
        Column("Payer", False, ("Plan", "Insurance", "Payor"), "The payer whose terms change. Blank: every payer.",
               width=22,
               checked=Listed(f"{A_PAYER}: the scenario will show #N/A until it is. Keep it?", names="PayerNames")),
        Column("Therapy", False, ("Therapy type",),
               "Only with Volume growth: the therapy that grows. Blank: all of the payer's orders.",
               width=16, subject="How much is ordered, and whose",
               checked=Listed("No therapy of that name in the list. Usual short forms are known too; one that is "
                              "not known shows an error on Claim. Keep it?", names="TherapyNames")),
        Column("Volume growth", False, ("Growth", "Volume"), "More (or fewer) orders than now: 10%, -5%.",
               width=15, look="share",
               checked=Limits("decimal", "More or fewer orders than now: 10%, -5%; not below -100%.",
                              least=-1, most=99)),
        Column("Part of orders", False, ("Payer mix", "Share of orders", "Mix"),
               "The payer's part of all orders: 30%. Payers without a part divide the rest as they do now.",
               width=14, look="share",
               checked=CHECKED_SHARE),
        *TERM_COLUMNS,
        Column("Per diem change", False, ("Per diem percent", "Per diem %"),
               "Every per diem rate up or down by a percentage: 3%, -5%. It is in cents, or as fine as the old rate.",
               width=16, look="share", subject="Per diem",
               checked=Limits("decimal", "Up or down by a percentage: 3%, -5%; not below -100%.", least=-1, most=9),
               prompt="Every per diem rate up or down: 3%, -5%."),
        Column("Per diem amount", False, ("Per diem dollars", "Per diem $"),
               "Every per diem rate up or down by US dollars a day, after the percentage: 5, -2.50.",
               width=16, look="rate",
               checked=Limits("decimal", "Up or down by US dollars a day: 5, -2.50.",
                              least=-MOST_DOLLARS, most=MOST_DOLLARS)),
        Column("Code", False, ("HCPCS", "HCPCS code"),
               "With Rate: the code that gets it, S9500; or S9500-SH for the rate of a rank.",
               width=11, subject="One code",
               checked=Listed("This code is not in the list. The rate of a rank is written S9500-SH. Keep it?",
                              names="CodeNames")),
        Column("Rate", False, ("New rate", "Code rate"),
               "The new rate of Code, US dollars; no other change is made to it.",
               width=13, look="rate",
               checked=Limits("decimal", "US dollars: from 0 to 1,000,000.", least=0, most=MOST_DOLLARS)),
        Column("Drugs at", False, ("Drug pricing", "Drug rate"), "Every drug at this percentage: 106%, 85%.",
               width=11, look="share", subject="Drugs",
               checked=Limits("decimal", "A percentage from 0% to 1000%: 106%, 85%.", least=0, most=10),
               prompt="Every drug at this percentage of ASP, or of what Drug basis says."),
        Column("Drug basis", False, ("Drugs of", "Basis"),
               "What Drugs at is a percentage of: % of ASP (blank), % of charge, % of reference price.",
               choices=DRUGS_AT,
               width=20),
    ),
    hint="What another contract would say: one row a scenario and payer (or all), only what changes. A blank cell "
         "stays as it is now. Rows of one name are one scenario; Model prices the same orders under each.",
    keys=2,
)  # fmt: skip

REMITTANCE = Table(
    "Remittance",
    (
        Column("Claim", False, ("Claim number", "Claim id", "ICN", "Payer claim number", "Payer claim control number",
                                "DCN", "TCN"),
               "The payer's number of the claim: any text. It is shown, and does not match.",
               width=13.5, look="as typed", subject="Which line"),
        Column("Order", False, ("Order no", "Order number", "Order id", "Rx", "Rx number", "Line reference",
                                "Line item control number", "Line control number", "Prescription number"),
               "Your number of the order, where the payer sends it back. It makes the match sure.",
               width=11),
        Column("Patient", False, ("Patient id", "Patient ref", "Patient reference", "MRN", "Account", "Account number",
                                  "Patient account number", "Patient control number"),
               "The reference that Orders has. Order or Patient must be there.",
               width=12),
        Column("Payer", False, ("Plan", "Insurance", "Payor", "Payer name"),
               "Who paid. Blank: the payer of the order.",
               width=22,
               checked=Listed(f"{A_PAYER}. Keep it?", names="PayerNames")),
        Column("Code", True, ("HCPCS", "HCPCS code", "Procedure", "Procedure code", "Service code", "CPT"),
               "The code that was paid: S9500; S9500-SH is read too.",
               width=11, subject="What was paid",
               checked=Listed("This code is not in the list. Every drug code that CMS lists is known too; a line with "
                              "another one will match none of yours. Keep it?", names="CodeNames")),
        Column("Modifiers", False, ("Modifier", "Mod", "Mods", "Modifier 1", "Mod 1"), "SH; several: SH 59.",
               width=12, look="as typed",
               checked=Limits("letters", "Modifiers with blanks between them: SH 59.", least=1, most=20)),
        Column("From", True, ("Date of service", "DOS", "First day", "Start", "Service from", "Service date",
                              "Service date from", "Service start date", "From date", "DOS from"),
               "First day of service.",
               width=13, look="day",
               checked=A_DAY),
        Column("To", False, ("Last day", "End", "Through", "Service to", "Service date to", "Service end date",
                             "To date", "DOS to", "Thru"),
               "Last day. Blank: the first day alone.",
               width=13, look="day",
               checked=A_LATER_DAY),
        Column("Units", True, ("Quantity", "Units paid", "Paid units", "Days", "Paid service units", "Service units"),
               "Units that were paid.",
               width=10, look="number",
               checked=Limits("decimal", "A number of units.", least=-MOST, most=MOST)),
        Column("Charge", False, ("Billed", "Charged", "Submitted", "Charge amount", "Billed amount",
                                 "Submitted charge", "Line item charge amount"),
               "US dollars that were billed.",
               width=12, look="cents", subject="US dollars",
               checked=Limits("decimal", "US dollars.", least=-MOST, most=MOST)),
        Column("Allowed", False, ("Allowed amount", "Allowable"), "US dollars that the payer allowed.",
               width=12, look="cents",
               checked=Limits("decimal", "US dollars.", least=-MOST, most=MOST)),
        Column("Paid", True, ("Payment", "Paid amount", "Payer paid", "Amount paid", "Payment amount",
                              "Line item provider payment amount", "Line paid amount"),
               "US dollars that the payer paid; a takeback is negative.",
               width=12, look="cents",
               checked=Limits("decimal", "US dollars; a takeback is negative.", least=-MOST, most=MOST)),
        Column("Patient share", False, ("Patient responsibility", "PR", "Patient responsibility amount", "PR amount"),
               "US dollars that it left to the patient.",
               width=14, look="cents",
               checked=Limits("decimal", "US dollars.", least=-MOST, most=MOST)),
        Column("Adjustments", False, ("Adjustment codes", "CARC", "Reason codes", "Reason code", "CAS",
                                      "Adjustment reason codes", "Claim adjustment reason codes"),
               "CARC and RARC as they came, with their amounts if you like: CO-45, PR-2 20.00, N674.",
               width=15, look="as typed", subject="Why not more",
               checked=Limits("letters", "Codes as they came: CO-45, N674.", least=1, most=250)),
    ),
    one_of=("Order", "Patient"),
    hint="What the payers paid, one row a line as it came (835, EOB): typed, or pasted below the headings. Order or "
         "Patient must be there. Variance compares it with what was expected.",
)  # fmt: skip

#: Remittance as it may be pasted or read from an export: what the sheet keeps in one column may stand in several.
REMITTANCE_EXPORT = Table(
    REMITTANCE.name,
    (
        *REMITTANCE.columns,
        Column("Modifier 2", False, ("Mod 2",), "A second modifier in a column of its own."),
        Column("Modifier 3", False, ("Mod 3",), "A third modifier."),
        Column("Modifier 4", False, ("Mod 4",), "A fourth modifier."),
        Column("Adjustment group", False, ("Group code", "CAS group", "Adjustment group code"),
               "The group of the reason in Adjustments, where it stands apart: CO, PR, OA, PI."),
        Column("Adjustment amount", False, ("CAS amount",), "The amount of the one reason in Adjustments."),
    ),
    REMITTANCE.one_of,
)  # fmt: skip

MODEL_TABLES = (COSTS, SCENARIOS, REMITTANCE)

#: What `VARIANCE_GRID` spills.
VARIANCE = (
    "Patient", "Payer", "Order", "Code", "Modifiers", "From", "To", "Units expected", "Units paid", "Expected", "Paid",
    "Variance", "Cause", "Match", "Remittance row", "Claim", "Adjustments", "Why",
)  # fmt: skip

#: The kinds of claim lines that amounts are summed by.
PER_DIEM_LINE, DRUG_LINE, VISIT_LINE = KINDS_OF_LINE = ("per diem", "drug", "visit")

EXPECTED = (
    "Patient", "Payer", "Line", "From", "To", "Kind", "Therapy", "Drug", "Order", "Code", "Modifier 1", "Modifier 2",
    "Modifier 3", "Modifier 4", "Units", "Charge", "Allowed", "Expected", "Adjustment", "Patient share", "Payer pays",
    "Drug cost", "Drug margin", "Why",
)  # fmt: skip
FORECAST = (
    "Month", "Starts", "Patient-days P10", "Patient-days P50", "Patient-days P90", "Revenue known", "Revenue P10",
    "Revenue P50", "Revenue P90", "Revenue mean", "Cash known", "Cash P10", "Cash P50", "Cash P90", "Cash mean",
    "Rests on", "Why",
)  # fmt: skip
FORECAST_BASIS = (
    "By", "Group", "Orders", "Starts mean", "Starts least", "Starts most", "Days P10", "Days median", "Days P90",
    "Days mean", "Expected an order", "Expected a day", "Days to pay", "Why",
)  # fmt: skip
#: The columns that are there only when a table has one of these columns.
IF_PATIENT_SHARE = ("Deductible left", "Coinsurance", "Copay a visit")
#: What `xl_infusion.model.summary` adds up, where a grid has it.
AMOUNTS = (
    "Charge", "Allowed", "Expected", "Adjustment", "Patient share", "Payer pays", "Drug cost", "Drug margin", "Paid",
    "Variance",
)  # fmt: skip
#: Amounts that are the difference of two others, on every line: so they are in every month of it too.
DIFFERENCES = {
    "Adjustment": ("Charge", "Expected"), "Payer pays": ("Expected", "Patient share"),
    "Drug margin": ("Expected", "Drug cost"), "Variance": ("Paid", "Expected"),
}  # fmt: skip
