"""The tables that a claim is made from, and the grid it comes out as: their columns, by name.

A column is found by its name without regard to case, spaces and punctuation, or by a usual synonym.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a table: its name, whether it must be there, synonyms, and what it takes."""

    name: str
    needed: bool
    synonyms: tuple[str, ...]
    doc: str


@dataclass(frozen=True, slots=True)
class Table:
    """A table of the workbook. ``one_of``: of these columns at least one must be there."""

    name: str
    columns: tuple[Column, ...]
    one_of: tuple[str, ...] = ()


ORDERS = Table(
    "Orders",
    (
        Column("Order", True, ("Order no", "Order number", "Order id", "Rx", "Rx number"),
               "Your number of the order: any text or number. It decides between therapies that rank the same."),
        Column("Patient", True, ("Patient id", "Patient ref", "Patient reference", "MRN"),
               "A reference to the patient, never a name: any text."),
        Column("Payer", False, ("Plan", "Insurance", "Payor"),
               "A payer of the Payers table. Blank: the default terms."),
        Column("Therapy", False, ("Therapy type",),
               "Blank: the drug's own. Name it where a drug serves several, or where no drug is billed (TPN)."),
        Column("Drug", True, ("Medication", "Drug name"),
               "A drug's name, brand or short form, or its HCPCS code."),
        Column("Dose", True, ("Dosage", "Single dose"),
               "One dose with its unit: 1 g, 500 mg, 2.5 million units, 40 mEq, 250 mL. A bare number is mg."),
        Column("Interval", True, ("Frequency", "Freq", "Sig"),
               "Hours between doses: 8, q8h, BID, daily, q48h, continuous."),
        Column("Start", True, ("Start date", "First day", "From"), "First day of therapy."),
        Column("End", False, ("End date", "Last day", "To", "Stop", "Stop date"),
               "Last day of therapy, inclusive. Or give Days in its place."),
        Column("Days", False, ("Number of days", "Length"), "Days of therapy, in place of End."),
        Column("Volume", False, ("Volume a day", "Daily volume", "Volume per day"),
               "Fluid a day for TPN and hydration: 1.5 L or 1500 mL."),
        Column("Place", False, ("Place of service", "POS"),
               "Place of service: 12 home (blank), 49 infusion suite, 11 office."),
    ),
    one_of=("End", "Days"),
)  # fmt: skip

VISITS = Table(
    "Visits",
    (
        Column("Patient", True, ("Patient id", "Patient ref", "Patient reference", "MRN"),
               "The reference that the patient's orders have."),
        Column("Date", True, ("Visit date", "Date of service", "DOS"), "Day of the visit."),
        Column("Minutes", True, ("Duration", "Mins", "Visit minutes"), "Length of the visit in minutes: 210."),
        Column("Payer", False, ("Plan", "Insurance", "Payor"),
               "Needed only where the patient's orders of that day have several payers."),
        Column("Place", False, ("Place of service", "POS"), "Place of service: 12 home (blank)."),
    ),
)  # fmt: skip

PAYERS = Table(
    "Payers",
    (
        Column("Payer", True, ("Plan", "Insurance", "Payor", "Payer name"), "The payer's name, as the orders have it."),
        Column("Second share", False, ("Second", "SH share", "Second therapy"),
               "Share of the rate for the second concurrent therapy: 50% (blank) or another."),
        Column("Third share", False, ("Third", "SJ share", "Third therapy"),
               "Share for the third and every further therapy: 25% (blank) or another."),
    ),
)  # fmt: skip

RATES = Table(
    "Rates",
    (
        Column("Payer", False, ("Plan", "Insurance", "Payor"), "Blank: the rate of every payer without its own."),
        Column("Code", True, ("HCPCS", "HCPCS code", "Procedure"), "The code that the rate is for."),
        Column("Rate", True, ("Amount", "Price", "Fee"), "US dollars per unit: a day, a drug unit, a visit unit."),
        Column("From", False, ("First day", "Start", "Effective"), "First day of the rate. Blank: since ever."),
        Column("To", False, ("Last day", "End", "Through", "Until"), "Last day, inclusive. Blank: still in force."),
    ),
)  # fmt: skip

TABLES = (ORDERS, VISITS, PAYERS, RATES)

GRID = (
    "Patient", "Payer", "Line", "From", "To", "Place", "Code", "Modifier 1", "Modifier 2", "Units", "Rate", "Charge",
    "Order", "Drug", "Why",
)  # fmt: skip
#: The columns that are there only when rates are given.
MONEY = ("Rate", "Charge")
