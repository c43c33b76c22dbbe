"""The tables that finance types in, Costs, Scenarios and Remittance, and the grids that the model comes out as.

They stand beside the tables of the claim (`xl_infusion.claim.TABLES`), and are read in the same way: a column is
found by its name without regard to case, spaces and punctuation, or by a usual synonym.
"""

from __future__ import annotations

from xl_infusion.claim.columns import DAYS_COUNTED, PER, RANK_BY, ROUNDING, Column, Table

COSTS = Table(
    "Costs",
    (
        Column("Drug or code", True, ("Drug", "Code", "HCPCS", "Item"),
               "A drug's name, brand or short form, or a HCPCS code. A row for a code goes before one for its drug."),
        Column("Cost", True, ("Acquisition cost", "Unit cost", "Price"), "What it is bought for, US dollars."),
        Column("Per", False, ("Per what",), "What the cost is of: a unit of the code (blank), a day, a dose, or the "
               "whole line.", choices=PER),
        Column("From", False, ("First day", "Start", "Effective"), "First day of the cost. Blank: since ever."),
        Column("To", False, ("Last day", "End", "Through", "Until"), "Last day, inclusive. Blank: still."),
    ),
)  # fmt: skip

#: How a scenario may price drugs.
DRUGS_AT = ("% of ASP", "% of charge", "% of reference price")

SCENARIOS = Table(
    "Scenarios",
    (
        Column("Scenario", True, ("Name", "Case"), "Its name. Rows of one name are one scenario."),
        Column("Payer", False, ("Plan", "Insurance", "Payor"), "The payer whose terms change. Blank: every payer."),
        Column("Therapy", False, ("Therapy type",),
               "Only with Volume growth: the therapy that grows. Blank: all of the payer's orders."),
        Column("Volume growth", False, ("Growth", "Volume"), "More (or fewer) orders than now: 10%, -5%."),
        Column("Part of orders", False, ("Payer mix", "Share of orders", "Mix"),
               "The payer's part of all orders: 30%. Payers without a part divide the rest as they do now."),
        Column("Days counted", False, ("Per diem days",), "The payer's term Days counted.", choices=DAYS_COUNTED),
        Column("Rank by", False, ("Ranking",), "The payer's term Rank by.", choices=RANK_BY),
        Column("Unit rounding", False, ("Rounding",), "The payer's term Unit rounding.", choices=ROUNDING),
        Column("Second share", False, ("SH share",), "The share of the second concurrent therapy: 50%."),
        Column("Third share", False, ("SJ share",), "The share of the third and every further therapy: 25%."),
        Column("Per diem change", False, ("Per diem percent", "Per diem %"),
               "Every per diem rate up or down by a percentage: 3%, -5%. It is in cents, or as fine as the old rate."),
        Column("Per diem amount", False, ("Per diem dollars", "Per diem $"),
               "Every per diem rate up or down by US dollars a day, after the percentage: 5, -2.50."),
        Column("Code", False, ("HCPCS", "HCPCS code"),
               "With Rate: the code that gets it, S9500; or S9500-SH for the rate of a rank."),
        Column("Rate", False, ("New rate", "Code rate"), 
               "The new rate of Code, US dollars; no other change is made to it."),
        Column("Drugs at", False, ("Drug pricing", "Drug rate"), "Every drug at this percentage: 106%, 85%."),
        Column("Drug basis", False, ("Drugs of", "Basis"),
               "What Drugs at is a percentage of: % of ASP (blank), % of charge, % of reference price.",
               choices=DRUGS_AT),
    ),
)  # fmt: skip

REMITTANCE = Table(
    "Remittance",
    (
        Column("Claim", False, ("Claim number", "Claim id", "ICN", "Payer claim number", "Payer claim control number",
                                "DCN", "TCN"),
               "The payer's number of the claim: any text. It is shown, and does not match."),
        Column("Order", False, ("Order no", "Order number", "Order id", "Rx", "Rx number", "Line reference",
                                "Line item control number", "Line control number", "Prescription number"),
               "Your number of the order, where the payer sends it back. It makes the match sure."),
        Column("Patient", False, ("Patient id", "Patient ref", "Patient reference", "MRN", "Account", "Account number",
                                  "Patient account number", "Patient control number"),
               "The reference that Orders has. Order or Patient must be there."),
        Column("Payer", False, ("Plan", "Insurance", "Payor", "Payer name"),
               "Who paid. Blank: the payer of the order."),
        Column("Code", True, ("HCPCS", "HCPCS code", "Procedure", "Procedure code", "Service code", "CPT"),
               "The code that was paid: S9500; S9500-SH is read too."),
        Column("Modifiers", False, ("Modifier", "Mod", "Mods", "Modifier 1", "Mod 1"), "SH; several: SH 59."),
        Column("From", True, ("Date of service", "DOS", "First day", "Start", "Service from", "Service date",
                              "Service date from", "Service start date", "From date", "DOS from"),
               "First day of service."),
        Column("To", False, ("Last day", "End", "Through", "Service to", "Service date to", "Service end date",
                             "To date", "DOS to", "Thru"),
               "Last day. Blank: the first day alone."),
        Column("Units", True, ("Quantity", "Units paid", "Paid units", "Days", "Paid service units", "Service units"),
               "Units that were paid."),
        Column("Charge", False, ("Billed", "Charged", "Submitted", "Charge amount", "Billed amount",
                                 "Submitted charge", "Line item charge amount"),
               "US dollars that were billed."),
        Column("Allowed", False, ("Allowed amount", "Allowable"), "US dollars that the payer allowed."),
        Column("Paid", True, ("Payment", "Paid amount", "Payer paid", "Amount paid", "Payment amount",
                              "Line item provider payment amount", "Line paid amount"),
               "US dollars that the payer paid; a takeback is negative."),
        Column("Patient share", False, ("Patient responsibility", "PR", "Patient responsibility amount", "PR amount"),
               "US dollars that it left to the patient."),
        Column("Adjustments", False, ("Adjustment codes", "CARC", "Reason codes", "Reason code", "CAS",
                                      "Adjustment reason codes", "Claim adjustment reason codes"),
               "CARC and RARC as they came, with their amounts if you like: CO-45, PR-2 20.00, N674."),
    ),
    one_of=("Order", "Patient"),
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
    "Modifier 3", "Units", "Charge", "Allowed", "Expected", "Adjustment", "Patient share", "Payer pays", "Drug cost",
    "Drug margin", "Why",
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
