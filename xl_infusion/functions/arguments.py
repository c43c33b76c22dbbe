"""What several functions share: their categories, parameters (each described once), and how a lone cell is read."""

from __future__ import annotations

import datetime as dt
from typing import Annotated, Any

from xl_infusion.claim.inputs import good
from xl_infusion.errors import WrongInput
from xl_infusion.functions.ranges import is_cell, rows_of
from xl_infusion.rules import day as day_rule

#: The categories that functions of several modules have.
CLAIM, DRUGS, MODEL = "Claim", "Drugs", "Model"

#: The tables of a workbook that a claim is made of, as a formula names them: those of each call, and the last ones.
FIRST_TABLES = "Orders[#All],Visits[#All],Payers[#All],Rates[#All]"
LAST_TABLES = "PayerCodes[#All],OwnCodes[#All],Holds[#All]"

Interval = Annotated[Any, {"doc": "Hours between doses: 8, q8h, BID, daily, q48h, continuous"}]
Rank = Annotated[Any, {"doc": "1 the first therapy of the day, 2 the second concurrent one, 3 and up the further ones"}]
Date = Annotated[Any, {"doc": "Date of service; left out: the newest code in force in the reference"}]
Drug = Annotated[Any, {"doc": "A drug's name, brand or short form, or its HCPCS code"}]
Ndc = Annotated[
    Any, {"doc": "NDC of the product: CMS's imported crosswalk tells its drug and maker, and drug may then be blank"}
]
Code = Annotated[Any, {"doc": "A HCPCS code, 99601 or 99602, or a modifier"}]

Orders = Annotated[
    Any,
    {"doc": "Orders with their header row: Order, Patient, Payer, Drug, Dose, Interval, Start, End or Days, ..."},
]
Visits = Annotated[Any, {"doc": "Visits with their header row: Patient, Date, Minutes, ..."}]
Payers = Annotated[Any, {"doc": "Payers with their header row: Payer, Covers, Second share, Third share, ..."}]
Rates = Annotated[Any, {"doc": "Rates with their header row: Payer (blank: any), Code, Modifier, Rate, From, To, ..."}]
PayerCodes = Annotated[
    Any, {"doc": "Payer codes with their header row: Payer, Drug or therapy, Interval, Code, Unit, From, To"}
]
OwnCodes = Annotated[
    Any,
    {"doc": "Own codes with their header row, over the code reference: Drug, Product, Code, Amount, Unit, From, To, "
            "Therapy, Source"},
]  # fmt: skip

Holds = Annotated[Any, {"doc": "Holds with their header row: Patient, From, To, Reason, Order"}]


def blank(cell: object) -> bool:
    """True for a blank cell, and for the 0 that some hosts give for one."""
    return cell is None or (isinstance(cell, (int, float)) and not isinstance(cell, bool) and cell == 0)


def day(cell: object) -> dt.date | None:
    """The date of service of a cell; blank is None."""
    return None if blank(cell) else day_rule.parse(cell)


def lone(value: object, what: str) -> object:
    """The cell of an argument that is one cell; None for blank, and for the 0 that some hosts make of it.

    Errors: `CellError`, `WrongInput` for a range.
    """
    if not is_cell(value):
        raise WrongInput(f"{what} is a range: give one cell")
    cell = good(rows_of(value)[0][0], what)
    return None if blank(cell) else cell
