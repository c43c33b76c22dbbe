"""What a typed cell is checked for: words and names to choose from, limits of numbers and days.

A column that takes certain words refuses another; where a name may be written in other ways (brands, short
forms, several with commas) its list warns and lets it stand. What the text of a cell means is the claim's
affair: these checks are only for what goes wrong in typing.
"""

from __future__ import annotations

from collections.abc import Callable

from openpyxl.worksheet.datavalidation import DataValidation

from xl_infusion.claim.columns import Column
from xl_infusion.claim.orders import MOST_DAYS, MOST_DOSES
from xl_infusion.rules.visit import MOST_MINUTES
from xl_infusion.spreadsheet.xlsx.grid import letters, number
from xl_infusion.template.sheets.lists import choices_name

Check = Callable[[str], DataValidation]


def _list(name: str, error: str, style: str = "warning") -> Check:
    """A list to choose from: one that warns of another text and lets it stand, or one that refuses it."""

    def make(at: str) -> DataValidation:
        return DataValidation(type="list", formula1=name, allow_blank=True, showErrorMessage=True,
                              errorStyle=style, errorTitle="Not in the list", error=error)  # fmt: skip

    return make


def _stop(kind: str, error: str, **terms: str) -> Check:
    """A validation that refuses; ``{at}`` in a term is the first cell it is for, ``{left}`` the one left of it."""

    def make(at: str) -> DataValidation:
        letter = at.rstrip("0123456789")
        row = at[len(letter) :]
        left = f"${letters(max(1, number(letter) - 1))}{row}"
        written = {name: term.format(at=at, left=left) for name, term in terms.items()}
        return DataValidation(type=kind, allow_blank=True, showErrorMessage=True, errorStyle="stop",
                              errorTitle="Please check", error=error, **written)  # fmt: skip

    return make


def _from_to(kind: str, least: float, most: float, error: str) -> Check:
    return _stop(kind, error, operator="between", formula1=str(least), formula2=str(most))


def _text(error: str) -> Check:
    """A text, or a number that is more than 0: a drug's amount."""
    return _stop("custom", error, formula1="OR(ISTEXT({at}),{at}>0)")


def _number(error: str) -> Check:
    """Any number that money or units can be, below nothing too."""
    return _from_to("decimal", -10_000_000, 10_000_000, error)


_A_DAY = _stop("date", "Type a day from 2000 on, as 7/1/2025.", operator="greaterThanOrEqual", formula1="36526")
_A_LATER_DAY = _stop(
    "date", "Type a day, as 7/1/2025, that is not before the first day.", operator="greaterThanOrEqual",
    formula1="MAX(36526,{left})",
)  # fmt: skip
_A_SHARE = _from_to("decimal", 0, 1, "A share is from 0% to 100%.")
_A_TIME = _stop("time", "Type a time of day, as 9:30 PM or 21:30. A visit that ends the next day has the earlier time "
                "as its end.", operator="between", formula1="0", formula2="0.999988425925926")  # fmt: skip
_HOURS = _stop("custom", "Hours: more than 0 and at most 168; none, or blank, is no limit.",
               formula1='OR({at}="none",AND(ISNUMBER({at}),{at}>0,{at}<=168))')  # fmt: skip
_OWED = _stop("custom", "US dollars: 0 or more; none, or blank, is nothing.",
              formula1='OR({at}="none",AND(ISNUMBER({at}),{at}>=0))')  # fmt: skip
_A_PAYER = "This payer is not on the sheet Payers"
_DOSES = "A number of doses of the whole order, 0 or more; a whole number."

#: (table or "", column) -> its validation, where the column's own words are not all.
_CHECKS: dict[tuple[str, str], Check] = {
    ("Orders", "Payer"): _list("PayerNames", f"{_A_PAYER}: its lines will show #N/A until it is. Keep it?"),
    ("Orders", "Second payer"): _list("PayerNames", f"{_A_PAYER}: its lines will show #N/A until it is. Keep it?"),
    ("Visits", "Payer"): _list("PayerNames", f"{_A_PAYER}. Keep it?"),
    ("Rates", "Payer"): _list("PayerNames", f"{_A_PAYER}. Keep it?"),
    ("Payer codes", "Payer"): _list("PayerNames", f"{_A_PAYER}. Keep it?"),
    ("Payers", "Kind"): _list("Words_kind", "Not commercial, Medicare, Medicaid or workers' compensation (also written "
                              "workers comp, WC). Keep it?"),
    ("", "Therapy"): _list("TherapyNames", "No therapy of that name in the list. Usual short forms are known too; "
                           "one that is not known shows an error on Claim. Keep it?"),
    ("", "Drug"): _list("DrugNames", "No drug of that name in the list. Brands, short forms, HCPCS codes and the "
                        "drugs of Own codes are known too; another name shows an error on Claim. Keep it?"),
    ("", "Drug or therapy"): _list("DrugOrTherapyNames", "No drug and no therapy of that name in the list. Brands and "
                                   "short forms are known too. Keep it?"),
    ("", "Product"): _list("ProductNames", "No product in the list has that name: only makers with a code of their own "
                           "are there. Keep it?"),
    ("", "Interval"): _list("IntervalNames", "Not one of the usual intervals. Type the hours between doses, 8 or "
                            "q8h: never a time of day. Keep it?"),
    ("", "Place"): _list("PlaceNames", "Not 12 home, 49 infusion suite or 11 office. Keep it?"),
    ("", "Suite places"): _list("PlaceNames", "Not one place of the list. Several stand with commas between: 49, 11. "
                                "Keep it?"),
    ("Rates", "Code"): _list("CodeNames", "This code is not in the reference (sheet Codes): no line will use the rate, "
                             "unless Payer codes or Own codes have it. Keep it?"),
    ("Own codes", "Drug"): _list("DrugNames", "No drug of that name in the list. Brands, short forms and HCPCS codes "
                                 "are known too; another name is that of a new drug. Keep it?"),
    ("Own codes", "Product"): _list("ProductNames", "No product in the list has that name: it is then a new one. Keep "
                                    "it?"),
    ("Own codes", "Code"): _from_to("textLength", 5, 5, "A HCPCS code is a letter and four digits, or five digits."),
    ("", "Amount"): _stop("decimal", "What one unit counts: more than 0. Its measure stands in Unit.",
                          operator="greaterThan", formula1="0"),
    ("", "Source"): _from_to("textLength", 1, 250, "Where the code is from: at most 250 characters."),
    ("Payer codes", "Code"): _list("CodeNames", "This code is not in the reference (sheet Codes). A payer's own drug "
                                   "code needs its Unit. Keep it?"),
    ("", "Other intervals"): _list("PerDiemNames", "No per diem code of the reference: S9494, S9500. Keep it?"),
    ("", "Always code"): _list("PerDiemNames", "Not one per diem code. Several stand with commas between: S9494, "
                               "S9326. Keep it?"),
    ("", "Exempt therapies"): _list("TherapyNames", "Not one therapy of the list. Several stand with commas between: "
                                    "TPN, enteral nutrition. Keep it?"),
    ("Payers", "Accreditation"): _list("AccreditorNames", "Not one body of the list. Several stand with commas "
                                       "between: ACHC, CHAP. Keep it?"),
    ("", "Denial modifier"): _list("DenialNames", "Not GY, GA or GZ. Keep it?"),
    ("", "Extra modifier"): _list("ModifierNames", "No modifier of the reference (sheet Codes). Keep it?"),
    ("", "Modifier"): _list("ModifierNames", "No modifier of the reference (sheet Codes): no line will have it. "
                            "Keep it?"),
    ("", "NDC unit"): _list("NdcUnits", "UN (vials, packages), ML, GR or F2 (international units).", "stop"),
    ("", "Dose"): _text("Type one dose with its unit: 1 g, 500 mg, 40 mEq. A bare number is mg and more than 0."),
    ("", "Volume"): _text("Type the fluid a day with its unit: 1.5 L or 1500 mL."),
    ("", "Unit"): _stop("custom", "Type what one unit of the code counts, with its unit of measure: 1 g.",
                        formula1="ISTEXT({at})"),
    ("", "Vials"): _text("Type what one vial holds, with its unit; several with commas between: 100 mg, 400 mg."),
    ("", "Prescriber"): _stop("custom", "An NPI is ten digits and begins with 1 or 2.",
                              formula1="AND(ISNUMBER({at}),{at}>=1000000000,{at}<3000000000)"),
    ("Orders", "Authorization"): _from_to("textLength", 1, 50, "The payer's number: at most 50 characters."),
    ("", "NDC"): _from_to("textLength", 10, 25, "Type the NDC with its hyphens, as the package has it: 0409-6533-21."),
    ("", "NDC quantity"): _stop("decimal", "NDC units of one dose: more than 0.", operator="greaterThan", formula1="0"),
    ("", "Dispensed"): _from_to("whole", 0, MOST_DOSES, _DOSES),
    ("", "Unused"): _from_to("whole", 0, MOST_DOSES, _DOSES),
    ("", "Start"): _A_DAY,
    ("", "Date"): _A_DAY,
    ("", "From"): _A_DAY,
    ("", "End"): _A_LATER_DAY,
    ("", "To"): _A_LATER_DAY,
    ("", "Start time"): _A_TIME,
    ("", "End time"): _A_TIME,
    ("", "Days"): _from_to("whole", 1, MOST_DAYS, f"Days of therapy: a whole number from 1 to {MOST_DAYS}."),
    ("", "Minutes"): _from_to("decimal", 1, MOST_MINUTES, f"Minutes of the visit: 1 to {MOST_MINUTES}. 210 is three "
                              "and a half hours; never a time of day."),
    ("", "Second share"): _A_SHARE,
    ("", "Third share"): _A_SHARE,
    ("", "Longest interval"): _from_to("whole", 1, 8784, "Hours between doses: a whole number from 1 to 8784."),
    ("", "Further hour from"): _from_to("whole", 1, 60, "A minute of the hour: 1 to 60."),
    ("", "Hours a day"): _HOURS,
    ("", "Hours a week"): _HOURS,
    ("", "Days to file"): _stop("custom", "Days: a whole number from 1 to 3660; none, or blank, is no limit.",
                                formula1='OR({at}="none",AND(ISNUMBER({at}),{at}>0,{at}<3661))'),
    ("", "Rate"): _stop("decimal", "US dollars, or a percentage as 85%: 0 or more.", operator="greaterThanOrEqual",
                        formula1="0"),
    ("", "Coinsurance"): _A_SHARE,
    ("", "Deductible left"): _OWED,
    ("", "Copay a visit"): _OWED,
    ("", "Payment days"): _from_to("whole", 0, 3660, "Days until it pays: a whole number from 0 to 3660."),
    ("Costs", "Drug or code"): _list("DrugNames", "No drug of that name in the list. Brands, short forms and HCPCS "
                                     "codes are known too. Keep it?"),
    ("", "Cost"): _stop("decimal", "US dollars: 0 or more.", operator="greaterThanOrEqual", formula1="0"),
    ("Scenarios", "Payer"): _list("PayerNames", f"{_A_PAYER}: the scenario will show #N/A until it is. Keep it?"),
    ("", "Volume growth"): _from_to("decimal", -1, 99, "More or fewer orders than now: 10%, -5%; not below -100%."),
    ("", "Part of orders"): _A_SHARE,
    ("", "Per diem change"): _from_to("decimal", -1, 9, "Up or down by a percentage: 3%, -5%; not below -100%."),
    ("", "Per diem amount"): _from_to("decimal", -1_000_000, 1_000_000, "Up or down by US dollars a day: 5, -2.50."),
    ("Scenarios", "Code"): _list("CodeNames", "This code is not in the list. The rate of a rank is written S9500-SH. "
                                 "Keep it?"),
    ("Scenarios", "Rate"): _stop("decimal", "US dollars: 0 or more.", operator="greaterThanOrEqual", formula1="0"),
    ("", "Drugs at"): _from_to("decimal", 0, 10, "A percentage from 0% to 1000%: 106%, 85%."),
    ("Remittance", "Payer"): _list("PayerNames", f"{_A_PAYER}. Keep it?"),
    ("Remittance", "Code"): _list("CodeNames", "This code is not in the reference (sheet Codes): the line will match "
                                  "none of yours. Keep it?"),
    ("", "Modifiers"): _from_to("textLength", 1, 20, "Modifiers with blanks between them: SH 59."),
    ("Remittance", "Units"): _number("A number of units."),
    ("Remittance", "Charge"): _number("US dollars."),
    ("", "Allowed"): _number("US dollars."),
    ("", "Paid"): _number("US dollars; a takeback is negative."),
    ("", "Patient share"): _number("US dollars."),
    ("", "Adjustments"): _from_to("textLength", 1, 250, "Codes as they came: CO-45, N674."),
    ("", "Value"): _stop("custom", "An NPI is ten digits and begins with 1 or 2; a Filing date is a day.",
                         formula1='IF({left}="NPI",AND(ISNUMBER({at}),{at}>=1000000000,{at}<3000000000),'
                                  'IF({left}="Filing date",AND(ISNUMBER({at}),{at}>36525),TRUE))'),
}  # fmt: skip
#: What a cell says when it is chosen, where typing goes wrong most.
_PROMPTS = {
    "Dose": "One dose with its unit: 1 g, 500 mg, 2.5 million units. A bare number is mg. Continuous: of 24 hours.",
    "Interval": "Hours between doses: 8, q8h, BID, daily, q48h, continuous.",
    "Minutes": "Minutes: 210 for three and a half hours.",
    "Second share": "Share of the full rate: 50%. Blank: 50%.",
    "Third share": "Share of the full rate: 25%. Blank: 25%.",
    "NDC": "With its hyphens, as the package has it: 0409-6533-21.",
    "NDC quantity": "Of one dose: 2 vials, 20 mL.",
    "Scenario": "Its name; rows of one name are one scenario. Base is the contracts as they are.",
    "Per diem change": "Every per diem rate up or down: 3%, -5%.",
    "Drugs at": "Every drug at this percentage of ASP, or of what Drug basis says.",
    "Vials": "What one single-dose vial holds: 350 mg, 500 mg.",
}


def validation(table: str, column: Column, at: str) -> DataValidation | None:
    """The check of a column whose first cell is ``at``; None for one that takes any text."""
    make = _CHECKS.get((table, column.name))
    if make is None and column.choices:
        make = _list(choices_name(column), f"It is one of: {', '.join(column.choices)}.", "stop")
    make = make or _CHECKS.get(("", column.name))
    if make is None:
        return None
    check = make(at)
    if prompt := _PROMPTS.get(column.name):
        check.promptTitle, check.prompt, check.showInputMessage = column.name, prompt, True
    return check
