"""What another contract would earn: scenarios, one term over many values, break-even, and the bridge between two."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from typing import TYPE_CHECKING, Annotated, Any

from xl_infusion.claim.inputs import good
from xl_infusion.errors import BillingError, NotFound, WrongInput, kept, quoted
from xl_infusion.functions.arguments import (
    FIRST_TABLES,
    LAST_TABLES,
    MODEL,
    Holds,
    Orders,
    OwnCodes,
    PayerCodes,
    Payers,
    Rates,
    Visits,
    lone,
)
from xl_infusion.functions.cells import Value, shown
from xl_infusion.functions.ranges import Rows, is_cell, records, rows_of
from xl_infusion.functions.tables import Tables
from xl_infusion.functions.worksheet import table
from xl_infusion.model.columns import SCENARIOS
from xl_infusion.spreadsheet.undisturbed import undisturbed

if TYPE_CHECKING:
    from xl_infusion.model.book import Book
    from xl_infusion.model.changes import ChangeReader, Term
    from xl_infusion.model.changes import Value as TermValue

ScenarioRows = Annotated[
    Any, {"doc": "Scenarios with their header row: Scenario, Payer (blank: every payer), and the terms that change"}
]
TermName = Annotated[
    Any,
    {"doc": "A heading of Scenarios: Second share, Per diem change, Rate S9500, Drugs at % of ASP, Volume growth TPN"},
]
Values = Annotated[
    Any, {"doc": "Values of the term: cells of any shape. With a column of terms: a row of values for each"}
]
OnePayer = Annotated[Any, {"doc": "The payer whose term it is. Left out: every payer"}]
To = Annotated[Any, {"doc": "The scenario that the bridge leads to, as Scenarios names it"}]
From = Annotated[Any, {"doc": "The scenario that it starts from. Left out: Base, the contracts as they are"}]
One = Annotated[Any, {"doc": "The scenario that should earn the target, all its other changes kept: Proposed, or Base"}]
NumberTerm = Annotated[Any, {"doc": "The term whose value is asked: Second share, Per diem change, Rate S9500, ..."}]
Target = Annotated[Any, {"doc": "What all payers together should earn, US dollars. Left out: what Base earns"}]


@table(MODEL, f"=SCENARIO_GRID({FIRST_TABLES},Scenarios[#All],{LAST_TABLES})")
def SCENARIO_GRID(
    orders: Orders,
    visits: Visits,
    payers: Payers,
    rates: Rates,
    scenarios: ScenarioRows = None,
    payer_codes: PayerCodes = None,
    own_codes: OwnCodes = None,
    holds: Holds = None,
) -> Any:
    """What each scenario would earn by payer, spilled, with the difference to the contracts as they are.

    In: the tables of CLAIM_GRID with Rates, and Scenarios. Out: a header row; for Base and each scenario a row for all
    payers and one a payer: claims, days of per diem, US dollars of per diem, drugs, visits and in all, the difference
    to Base in dollars and as a share. Amounts are what the contract comes to, nothing on a claim that is sent to be
    denied.
    Errors (of the whole grid): #N/A no rates; #VALUE! a table that lacks a column. A scenario with a claim that cannot
    be priced, or a row that cannot be read, is that error in its amounts, and its Why says the reason.
    Authority: the payers' contracts, with the changes that the rows state.

    >>> grid = SCENARIO_GRID(
    ...     [["Order", "Patient", "Payer", "Drug", "Dose", "Interval", "Start", "Days"],
    ...      [1, "P1", "A", "ceftriaxone", "2 g", "daily", "2025-09-01", 10],
    ...      [2, "P1", "A", "vancomycin", "1 g", "q12h", "2025-09-01", 10]],
    ...     None, None, [["Code", "Rate"], ["S9500", 100], ["S9501", 130], ["J0696", 1], ["J3373", 0.05]],
    ...     [["Scenario", "Second share"], ["Half less", 0.25]])
    >>> for row in grid:
    ...     print(*row[:2], *row[4:10])
    Scenario Payer Per diem Drugs Visits Total Difference Difference %
    Base All payers 1800 180 0 1980 0 0
    Base A 1800 180 0 1980 0 0
    Half less All payers 1550 180 0 1730 -250 -0.12626262626262627
    Half less A 1550 180 0 1730 -250 -0.12626262626262627
    """
    from xl_infusion.model.answers import SCENARIO_COLUMNS, scenario_rows

    tables = Tables(orders, visits, payers, rates, payer_codes, own_codes, holds)
    with undisturbed(), tables.claims() as found:
        return _spilled(SCENARIO_COLUMNS, scenario_rows(found.book, _scenarios(found.book, scenarios).all))


@table(MODEL, f'=SENSITIVITY({FIRST_TABLES},"Second share",{{0,0.25,0.5}},,{LAST_TABLES})')
def SENSITIVITY(
    orders: Orders,
    visits: Visits,
    payers: Payers,
    rates: Rates,
    term: TermName,
    values: Values,
    payer: OnePayer = None,
    payer_codes: PayerCodes = None,
    own_codes: OwnCodes = None,
    holds: Holds = None,
) -> Any:
    """What all payers together would earn at each value of a term, spilled, all else as it is.

    In: the tables of CLAIM_GRID with Rates; a term by the heading that it has in Scenarios, and values of it. Out: a
    header row and one row a value: US dollars of per diem, drugs, visits and in all, the difference to the contracts
    as they are. With a column of terms and a row of values for each, one row a term: each value with its difference.
    Errors: #N/A no such term; #VALUE! or #NUM! in the row of a value that the term cannot have; the error of a claim
    that cannot be priced.
    Authority: the payers' contracts, with that one change.

    >>> grid = SENSITIVITY(
    ...     [["Order", "Patient", "Payer", "Drug", "Dose", "Interval", "Start", "Days"],
    ...      [1, "P1", "A", "ceftriaxone", "2 g", "daily", "2025-09-01", 10]],
    ...     None, None, [["Code", "Rate"], ["S9500", 100], ["J0696", 1]], "Per diem change", [["-5%"], ["10%"]])
    >>> for row in grid:
    ...     print(*row)
    Per diem change Per diem Drugs Visits Total Difference Difference %
    -0.05 950 80 0 1030 -50 -0.046296296296296294
    0.1 1100 80 0 1180 100 0.09259259259259259
    """
    tables = Tables(orders, visits, payers, rates, payer_codes, own_codes, holds)
    with undisturbed(), tables.claims() as found:
        terms, cells = rows_of(term), rows_of(values)
        if is_cell(values):
            good(cells[0][0], "values")  # an error that is the whole argument is that of the whole result
        if len(terms) == 1 and len(terms[0]) == 1:
            return _of_one_term(found.book, terms[0][0], payer, cells)
        if len(terms[0]) != 1 or len(terms) != len(cells):
            raise WrongInput(
                f"{len(terms)} rows of terms and {len(cells)} of values: give a column of terms, and a row of values "
                "for each"
            )
        return _of_each_term(found.book, [name for (name,) in terms], payer, cells)


def _of_one_term(book: Book, name: object, payer: object, cells: Rows) -> list[list[Value]]:
    """One row a value of a term."""
    from xl_infusion.model.answers import AMOUNTS, DIFFERENCE, sensitivity

    named = _Asked(book, name, payer)
    asked = [named.value(cell) for row in cells for cell in row if cell is not None]
    return _spilled((named.heading, *AMOUNTS[2:], *DIFFERENCE), sensitivity(book, named.term, asked))


def _of_each_term(book: Book, names: Sequence[object], payer: object, cells: Rows) -> list[list[Value]]:
    """One row a term: each of its values with its difference. A row without term and values is room for another."""
    header = ["Term"]
    for n in range(1, len(cells[0]) + 1):
        header += [f"Value {n}", f"Difference {n}"]
    rows = zip(names, cells, strict=True)
    given = [(name, row) for name, row in rows if name is not None or any(cell is not None for cell in row)]
    return _spilled(header, [_of_term(book, name, payer, row) for name, row in given])


def _of_term(book: Book, name: object, payer: object, values: Sequence[object]) -> list[object]:
    """A term by its heading and what each of its values earns, or why it cannot have them."""
    from xl_infusion.model.answers import sensitivity

    line = [name]
    try:
        named = _Asked(book, name, payer)
        line[0] = named.heading
        for cell in values:
            if cell is None:
                line += ["", ""]
                continue
            ((value, *_, difference, _),) = sensitivity(book, named.term, [named.value(cell)])
            line += [value, difference]
    except BillingError as error:
        line += [kept(error)] * (2 * len(values))
    return line


@table(MODEL, f'=BREAK_EVEN({FIRST_TABLES},Scenarios[#All],"Proposed","Per diem change",,,{LAST_TABLES})')
def BREAK_EVEN(
    orders: Orders,
    visits: Visits,
    payers: Payers,
    rates: Rates,
    scenarios: ScenarioRows,
    scenario: One,
    term: NumberTerm,
    target: Target = None,
    payer: OnePayer = None,
    payer_codes: PayerCodes = None,
    own_codes: OwnCodes = None,
    holds: Holds = None,
) -> Any:
    """The value of a term at which a scenario earns what Base does (or a target), exact to the cent, spilled.

    In: the tables of CLAIM_GRID with Rates, Scenarios, one of them, and a term that is a number. Out: a header row and
    three rows, US dollars: the value that earns the target to the cent, and the nearest that earn less and more; the
    roundest value where several earn the same.
    Errors: #N/A as the value where none earns it to the cent (the rows below say between which it jumps), and in a row
    below where nothing earns less, or more; #VALUE! a term that is no number; #N/A no such scenario or term; the error
    of a claim that cannot be priced.
    Authority: the payers' contracts; rates are whole cents, so that earnings go up by stairs.

    >>> grid = BREAK_EVEN(
    ...     [["Order", "Patient", "Payer", "Drug", "Dose", "Interval", "Start", "Days"],
    ...      [1, "P1", "A", "ceftriaxone", "2 g", "daily", "2025-09-01", 10],
    ...      [2, "P1", "A", "vancomycin", "1 g", "q12h", "2025-09-01", 10]],
    ...     None, None, [["Code", "Rate"], ["S9500", 100], ["S9501", 130], ["J0696", 1], ["J3373", 0.05]],
    ...     [["Scenario", "Second share"], ["Proposed", 0.25]], "Proposed", "Rate S9501")
    >>> for row in grid:
    ...     print(*row[:4])
    Break-even Rate S9501 Total Target
    exact 155 1980 1980
    just below 154.999 1979.99 1980
    just above 155.001 1980.01 1980
    """
    from xl_infusion.model.break_even import break_even, told_as
    from xl_infusion.model.expected import less
    from xl_infusion.rules.number import exact

    tables = Tables(orders, visits, payers, rates, payer_codes, own_codes, holds)
    with undisturbed(), tables.claims() as found:
        book = found.book
        changes = _scenarios(book, scenarios).named(lone(scenario, "Scenario")).changes
        asked = _Asked(book, lone(term, "Term"), payer)
        cell = lone(target, "Target")
        even = break_even(book, changes, asked.term, asked.basis, None if cell is None else exact(cell, "Target"))
        none = told_as(asked.term, even)
        rows: list[list[object]] = []
        for label, point, why in (
            ("exact", even.at, none),
            ("just below", even.below, NotFound("nothing earns less")),
            ("just above", even.above, NotFound("nothing earns more")),
        ):
            if point is None:
                rows.append([label, why, why, even.target, why, str(why)])
            else:
                difference = less(point.total, even.target)
                rows.append([label, point.value, point.total, even.target, difference, ""])
        return _spilled(("Break-even", asked.heading, "Total", "Target", "Difference", "Why"), rows)


@table(MODEL, f'=BRIDGE({FIRST_TABLES},Scenarios[#All],"Proposed",,{LAST_TABLES})')
def BRIDGE(
    orders: Orders,
    visits: Visits,
    payers: Payers,
    rates: Rates,
    scenarios: ScenarioRows,
    to: To,
    start: From = None,
    payer_codes: PayerCodes = None,
    own_codes: OwnCodes = None,
    holds: Holds = None,
) -> Any:
    """What each changed term contributes to the difference between two scenarios, spilled; it adds up exactly.

    In: the tables of CLAIM_GRID with Rates, Scenarios, and two of them. Out: a header row, the first scenario, one row
    a term that differs (volume first, then rules, then prices), the second scenario; US dollars: the contribution, the
    total after it, and four columns for a waterfall chart. A term's contribution is what it adds after those above it.
    Errors: #N/A no such scenario; the error of a claim that cannot be priced, in the rows that it is part of.
    Authority: the payers' contracts, changed one term after another.

    >>> grid = BRIDGE(
    ...     [["Order", "Patient", "Payer", "Drug", "Dose", "Interval", "Start", "Days"],
    ...      [1, "P1", "A", "ceftriaxone", "2 g", "daily", "2025-09-01", 10]],
    ...     None, None, [["Code", "Rate"], ["S9500", 100], ["J0696", 1]],
    ...     [["Scenario", "Per diem change", "Volume growth"], ["Proposed", "-5%", "10%"]], "Proposed")
    >>> for row in grid:
    ...     print(row[0], row[1] or "-", row[2])
    Step Contribution Total
    Base - 1080
    Volume growth 10 % 108 1188
    Per diem change -5 % -55 1133
    Proposed - 1133
    """
    from xl_infusion.model.answers import BRIDGE_COLUMNS, bridge

    tables = Tables(orders, visits, payers, rates, payer_codes, own_codes, holds)
    with undisturbed(), tables.claims() as found:
        table = _scenarios(found.book, scenarios)
        before, after = table.named(lone(start, "Scenario")), table.named(lone(to, "Scenario"))
        return _spilled(BRIDGE_COLUMNS, bridge(found.book, before, after))


def _scenarios(book: Book, rows: object) -> Any:
    from xl_infusion.model.scenarios import Scenarios

    return Scenarios(book.work.reference, records(rows, SCENARIOS), book.known_payers)


class _Asked:
    """A term that a formula names, of a payer or of every payer."""

    def __init__(self, book: Book, name: object, payer: object) -> None:
        from xl_infusion.claim.inputs import text
        from xl_infusion.errors import UnknownPayer
        from xl_infusion.model.changes import ChangeReader, as_payer

        self._reader: ChangeReader = ChangeReader(book.work.reference)
        written = text(lone(payer, "Payer"), "Payer")
        if written and as_payer(written) not in book.known_payers:
            raise UnknownPayer(f"payer {quoted(written)} has neither orders nor a row of Payers: mend the name")
        self.term: Term
        self.term, self.basis = self._reader.named(name, as_payer(written))
        self.heading = text(name, "Term")

    def value(self, cell: object) -> TermValue | BillingError:
        """The value in a cell, or why the term cannot have it."""
        try:
            return self._reader.value(self.term.name, cell, self.basis)
        except BillingError as error:
            return kept(error)


def _spilled(header: Sequence[str], rows: Sequence[Sequence[object]]) -> list[list[Value]]:
    return [list(header), *([_shown(cell) for cell in row] for row in rows)]


def _shown(cell: object) -> Value:
    """A cell; a share that has no end as a decimal is the float next to it."""
    if isinstance(cell, Fraction):
        return int(cell) if cell.denominator == 1 else cell.numerator / cell.denominator
    return shown(cell)
