"""What a claim check finds: the kinds of findings, each with its severity and what to do about it."""

from __future__ import annotations

from dataclasses import dataclass

from xl_infusion.claim.columns import ORDERS, OWN_CODES, PAYER_CODES, PAYERS, PROVIDER, RATES, TABLES, VISITS
from xl_infusion.claim.orders import Order
from xl_infusion.claim.visits import Visit
from xl_infusion.errors import BillingError

#: An error: the claim would be denied, or its money is wrong. A warning: somebody should look.
ERROR, WARNING = "error", "warning"

#: Kind of finding -> its severity, and what to do.
KINDS: dict[str, tuple[str, str]] = {
    # tables
    "column missing or twice": (ERROR, "Mend the heading of that column."),
    "error value": (ERROR, "Mend the formula in that cell."),
    "cannot be read": (ERROR, "Type it as the heading's note says."),
    "not a number": (ERROR, "Type a number."),
    "out of range": (ERROR, "Check the number."),
    "not found": (ERROR, "Mend the entry, or add what it names."),
    # orders
    "unknown drug": (ERROR, "Mend the drug's name, or give the drug a row of Own codes."),
    "no such bag": (ERROR, "Type the dose of one bag, and the hours from one bag to the next as Interval."),
    "supply as drug": (ERROR, "Take the row out; where the payer wants a code for it, give it a row of Own codes."),
    "code not in force": (ERROR, "Use the code of that day, its successor where the message names one."),
    "unit mismatch": (ERROR, "Give the dose in the unit that the code counts."),
    "interval without a code": (ERROR, "Check the interval; else ask the payer which code it wants (Payer codes)."),
    "order billed twice": (ERROR, "Take one of the two rows out; if both were ordered, mend the number that is wrong."),
    "same volume twice": (WARNING, "Take the volume out of one of them, if both are of one bag; two bags do add up."),
    "single dose by day": (
        WARNING,
        "Ask the payer which code it wants for a single dose (Payer codes, Interval once).",
    ),
    "same drug twice": (WARNING, "End the first order before the second begins, if it was replaced."),
    "dose unusual": (WARNING, "Check the dose and its unit."),
    "flush as therapy": (WARNING, "Do what the message says, if it flushes a line: a flush is no therapy of its own."),
    "many kits": (WARNING, "Type once as Interval, and a row for each day on which it was done."),
    "dose of several days": (
        WARNING,
        "Type the dose of 24 hours; or leave the bag's dose, and type in Dispensed how many bags there were.",
    ),
    "dispensed unlike the days": (
        WARNING,
        "Compare Dispensed with the doses given: it counts doses of that Dose, no vials; bags that make one are one.",
    ),
    "waste of a bulk package": (
        WARNING,
        "Take that size out of Vials: JW and JZ are of single-dose containers alone, and what is left of one for many "
        "doses is not billed.",
    ),
    "volume not stated": (WARNING, "Type the fluid of a day in Volume: the code goes by it."),
    "volume unlike the doses": (WARNING, "Compare Volume with Dose and Interval: it is the fluid of a whole day."),
    "dates unlikely": (WARNING, "Compare the years of Start and End with the order."),
    "product not known": (WARNING, "Name the Product or the NDC: makers of this drug have codes of their own."),
    "NDC of another drug": (ERROR, "Compare the NDC with the package."),
    "no prescriber": (WARNING, "Type the prescriber's NPI before a claim is written: an order is billed without it."),
    "wrong NPI": (ERROR, "Compare the NPI with the NPI Registry."),
    "no NPI": (ERROR, "Add a row NPI to Provider."),
    "unlisted drug without NDC": (ERROR, "Type the package's NDC: a code of unlisted drugs says nothing of the drug."),
    "Medicaid drug without NDC": (WARNING, "Type the package's NDC: Medicaid agencies ask for it on drug lines."),
    # payers and contracts
    "no payer": (ERROR, "Name the payer; of a visit, compare its Patient with those of Orders first."),
    "unknown payer": (ERROR, "Add the payer to Payers, or mend its name."),
    "not covered": (ERROR, "Name a Second payer that covers home infusion."),
    "rate missing": (ERROR, "Add the rate to Rates."),
    "two rates on one day": (ERROR, "Close one of the rows with its To."),
    "two codes on one day": (ERROR, "Close one of the rows with its To."),
    # own codes
    "own code of another drug": (ERROR, "Compare the code with its descriptor, and mend the row."),
    "own code not in force": (ERROR, "Give the row the days of its code (From, To), or the code of those days."),
    "own code counts otherwise": (WARNING, "Compare Amount and Unit with the code's descriptor."),
    "own code in place of another": (WARNING, "Ask the row's Source which of the two codes bills the drug."),
    "own code not needed": (WARNING, "Take the row out: the reference has the same."),
    "own code without source": (WARNING, "Say in Source where the code is from: a release, a notice, a letter."),
    "own name like another": (WARNING, "Mend the name; a new drug's row says with its Therapy that it is one."),
    # what is billed to whom, and when
    "S code billed to Medicare": (ERROR, "Set the payer's Covers to deny first, and name the Second payer."),
    "visit billed to Medicare": (ERROR, "Set the payer's Covers to deny first: its visits then go out for a denial."),
    "no visit for the denial": (
        ERROR,
        "Type the visit if one was made on those days; if none was, there is nothing to "
        "bill: ask the payer how it denies without one.",
    ),
    "benefit not known": (ERROR, "Ask the MAC: no source says how Medicare's benefit counts this visit."),
    "accreditation missing": (
        ERROR,
        "If you had it on those days, add it to Provider; else this payer cannot be billed for them.",
    ),
    "authorization missing": (ERROR, "Type the number that the payer gave; if it gave none, ask for it."),
    "past the filing limit": (ERROR, "File at once, with proof of why it is late."),
    "filed before the service": (ERROR, "File after the last day of service, or mend a date that is wrong."),
    "codes exclude each other": (ERROR, "Bill one of the two for those days."),
    "99602 without 99601": (ERROR, "Bill the day's first visit if your nurse made it, or ask the payer."),
    "same visit twice": (
        WARNING,
        "Take one of the rows out; if both visits were made, give each its Start time and End time.",
    ),
    "visit length unlikely": (
        WARNING,
        "Compare AM and PM (an End time before Start time is on the next day), and Minutes: it counts no hours.",
    ),
    "visit without an order": (WARNING, "Compare the Patient of the visit with those of Orders."),
    "visit outside the therapy": (
        WARNING,
        "Compare the Date with the days of the orders; else ask the payer whether it pays a visit without therapy.",
    ),
    "too many hours": (WARNING, "Expect the hours beyond to be denied, or get them authorized."),
    "rank by rate pays more": (WARNING, "Ask whether the contract ranks by rate; if so say it in Rank by."),
    "after the verified day": (WARNING, "Compare the codes with CMS's release of that quarter."),
}


#: What cannot be said while a table cannot be read: its rows would decide it. Table -> kinds of findings.
UNKNOWN_WITHOUT: dict[str, frozenset[str]] = {
    ORDERS.name: frozenset({"rate missing", "visit without an order", "no payer"}),
    VISITS.name: frozenset({"no visit for the denial"}),
    PAYERS.name: frozenset(
        {"interval without a code", "single dose by day", "rate missing", "codes exclude each other",
         "rank by rate pays more", "volume not stated"}
    ),
    PAYER_CODES.name: frozenset(
        {"interval without a code", "single dose by day", "rate missing", "codes exclude each other",
         "rank by rate pays more", "code not in force", "unit mismatch", "not found", "product not known",
         "unlisted drug without NDC", "volume not stated"}
    ),
    OWN_CODES.name: frozenset(
        {"rate missing", "unknown drug", "no such bag", "supply as drug", "code not in force", "unit mismatch",
         "not found", "product not known", "unlisted drug without NDC"}
    ),
    RATES.name: frozenset(),
    PROVIDER.name: frozenset({"accreditation missing"}),
}  # fmt: skip

_SHEETS = {table.name: at for at, table in enumerate(TABLES)}


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that is wrong: where (a sheet and its row, an order, the days as ordinals or 0), and what.

    ``cause``: what is wrong without what is this row's alone, "" where ``what`` has nothing of the kind: by it findings
    are joined. ``count``: the rows that it tells of.
    """

    kind: str
    sheet: str
    row: int
    order: object
    first: int
    last: int
    what: str
    cause: str = ""
    count: int = 1

    @property
    def severity(self) -> str:
        """`ERROR` or `WARNING`."""
        return KINDS[self.kind][0]

    @property
    def place(self) -> tuple[object, ...]:
        """What it is sorted by: errors first, then by table, row and day."""
        return (self.severity, _SHEETS[self.sheet], self.row, self.first, self.last, self.kind, self.what)

    @property
    def remedy(self) -> str:
        """What to do."""
        return KINDS[self.kind][1]


def of_error(error: BillingError, sheet: str, row: int, order: object = "", first: int = 0, last: int = 0) -> Finding:
    """A failure of the claim as a finding."""
    return Finding(error.kind, sheet, row, order, first, last, str(error))


def at(source: Order | Visit) -> tuple[str, int, object]:
    """Where an order or a visit stands: its table, its row there, and the number of the order."""
    return (ORDERS.name, source.at, source.number) if isinstance(source, Order) else (VISITS.name, source.at, "")
