"""What a page can say that comes out, each with what it is worked out of, and how a page is held against it.

A new kind of example is an `Outcome` in `OUTCOMES`: its heading, the tables that it reads, the function that works
it out of their rows.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal

from tests.worked.page import NUMBER, Page, PageError, Row, Table, value
from xl_infusion import (
    CLAIM_CHECKS,
    CLAIM_GRID,
    NDC_11,
    PERDIEM_CODE,
    PERDIEM_MODIFIER,
    PERDIEM_RATE,
    VISIT_UNITS,
)
from xl_infusion.claim import columns as workbook
from xl_infusion.claim.column import Table as SheetTable
from xl_infusion.errors import BillingError
from xl_infusion.reference import current, load
from xl_infusion.reference.tables import bundled
from xl_infusion.rules import day, drug_units, ndc, waste
from xl_infusion.rules import dose as dose_rule
from xl_infusion.spreadsheet.cell_error import ExcelError

Given = Mapping[str, list[Row]]
Results = list[dict[str, object]]


@dataclass(frozen=True)
class Outcome:
    """A table of results: its heading, the tables and columns that it reads, and how it is worked out.

    ``needed``: the tables that must be there; ``may_lack``: columns that may be left out; ``among``: the page names
    some of the results, in any order, else all of them in their order.
    """

    heading: str
    reads: Mapping[str, tuple[str, ...]]
    work: Callable[[Given], Results]
    needed: tuple[str, ...]
    may_lack: frozenset[str] = frozenset()
    among: bool = False


def of_rule(
    heading: str, reads: Mapping[str, tuple[str, ...]], work: Callable[[Given], Results], *may_lack: str
) -> Outcome:
    """The outcome of a single rule: every table that it reads is needed."""
    return Outcome(heading, reads, work, tuple(reads), frozenset(may_lack))


def of_claim(
    heading: str, reads: Mapping[str, tuple[str, ...]], work: Callable[[Given], Results], among: bool
) -> Outcome:
    """The outcome of a claim: Orders alone are needed, and the functions themselves say which columns are."""
    return Outcome(
        heading, reads, work, ("Orders",), frozenset(name for names in reads.values() for name in names), among
    )


def _names(table: SheetTable) -> tuple[str, ...]:
    """The columns that a table of the workbook takes, their synonyms too."""
    return tuple(name for column in table.columns for name in (column.name, *column.synonyms))


#: The tables of the workbook, by their sheet's name.
WORKBOOK = {
    table.name: _names(table)
    for table in (
        workbook.ORDERS,
        workbook.VISITS,
        workbook.PAYERS,
        workbook.RATES,
        workbook.PAYER_CODES,
        workbook.OWN_CODES,
        workbook.HOLDS,
        workbook.PROVIDER,
    )
}


# -- a claim: the tables of the workbook -----------------------------------------------------------------------------
def _sheet(rows: list[Row], usual: Mapping[str, object] | None = None) -> list[list[object]] | None:
    """Rows as a worksheet function is given them, the headings first; ``usual`` for the columns that are left out."""
    if not rows:
        return None
    added = {name: what for name, what in (usual or {}).items() if name not in rows[0]}
    return [[*added, *rows[0]], *([*added.values(), *map(value, row.values())] for row in rows)]


def _ranges(given: Given) -> dict[str, list[list[object]] | None]:
    """The ranges of a claim. Orders have the numbers 1, 2, 3, ..., patient P1 and the first payer unless they say."""
    payers = given.get("Payers", [])
    payer = {"Payer": payers[0]["Payer"]} if payers else {}
    orders = _sheet(given["Orders"], {"Patient": "P1", **payer})
    if orders is not None and "Order" not in orders[0]:
        orders = [["Order", *orders[0]], *([number, *row] for number, row in enumerate(orders[1:], start=1))]
    return {
        "orders": orders,
        "visits": _sheet(given.get("Visits", []), {"Patient": "P1"}),
        "payers": _sheet(payers),
        "rates": _sheet(given.get("Rates", [])),
        "payer_codes": _sheet(given.get("Payer codes", [])),
        "own_codes": _sheet(given.get("Own codes", [])),
        "holds": _sheet(given.get("Holds", []), {"Patient": "P1"}),
    }


class Refused(Exception):
    """A function gave an error in place of a grid."""


def _grid(result: object) -> tuple[list[str], list[list[object]]]:
    """The headings of a grid and its rows. Errors: `Refused` with the reason where there is none."""
    if isinstance(result, ExcelError):
        raise Refused(result.message)
    assert isinstance(result, list)
    return [str(name) for name in result[0]], result[1:]


def claim_lines(given: Given) -> Results:
    """The claim grid; its modifiers together under Modifiers, as SH 59."""
    header, grid = _grid(CLAIM_GRID(**_ranges(given)))
    lines: Results = [dict(zip(header, row, strict=True)) for row in grid]
    for line in lines:
        modifiers = [line[name] for name in header if name.startswith("Modifier")]
        line["Modifiers"] = " ".join(str(modifier) for modifier in modifiers if modifier)
    return lines


def findings(given: Given) -> Results:
    """What the checks find; of a provider with an NPI and nothing else unless the page says."""
    provider = _sheet(given.get("Provider", [])) or [["Item", "Value"], ["NPI", "1234567893"]]
    header, rows = _grid(CLAIM_CHECKS(**_ranges(given), provider=provider))
    names = header[: header.index("Count") + 1]
    return [dict(zip(names, row, strict=False)) for row in rows]


# -- single rules ----------------------------------------------------------------------------------------------------
def _amount(text: str, unit: str) -> Decimal:
    return dose_rule.amount_in(dose_rule.parse(text), unit)


def _unit(text: str) -> str:
    """The unit of an amount: mg of 10 mg."""
    return text.split()[-1]


def units(given: Given) -> Results:
    """Whole units of each dose."""
    return [
        {"Units": drug_units.units(_amount(row["Dose"], unit), _amount(row["Billing unit"], unit))}
        for row in given["Doses"]
        for unit in [_unit(row["Billing unit"])]
    ]


def vials(given: Given) -> Results:
    """The vials that a dose opens; where a billing unit is given, what is billed as given and as discarded."""
    results: Results = []
    for row in given["Doses from vials"]:
        unit = _unit(row["Dose"])
        drug = next(drug for drug in current().drugs if drug.unit == unit and not drug.component)
        dose = _amount(row["Dose"], unit)
        opened = waste.vials(dose, waste.sizes(row["Sizes"], drug))
        result: dict[str, object] = {"Opened": " + ".join(f"{size:f}" for size in opened)}
        if "Billing unit" in row:
            billed = waste.billed(dose, _amount(row["Billing unit"], unit), sum(opened, Decimal(0)))
            of_given, of_discarded = waste.modifiers(current(), billed.discarded, day.parse(row["Date"]))
            result |= {"Units": billed.administered, "Modifier": of_given}
            result |= {"Discarded units": billed.discarded, "Modifier of discarded": of_discarded}
        results.append(result)
    return results


def dated(given: Given) -> Results:
    """Code and units of a dose on a day, out of the codes that the page gives and no others."""
    rows = [
        f"{row['Drug']},,name,{row['Code']},{amount},{unit},,exact,,anti-infective,antibacterial,"
        f"{row['First day']},{row['Last day']},,,,,example,example"
        for row in given["Codes in force"]
        for amount, unit in [row["Billing unit"].split()]
    ]
    texts = {
        "drugs.csv": "\n".join([bundled("drugs.csv").splitlines()[0], *rows]),
        "aliases.csv": bundled("aliases.csv").splitlines()[0] + "\nabx,therapy,anti-infective,,short form",
    }
    reference = load(lambda name: texts.get(name) or bundled(name))
    results: Results = []
    for row in given["Dose on a day"]:
        drug = reference.drug(row["Drug"], day.parse(row["Date"]))
        results.append({"Code": drug.code, "Units": drug_units.of_dose(drug, dose_rule.parse(row["Dose"])).units})
    return results


def visit_units(given: Given) -> Results:
    """Units of the two visit codes."""
    return [
        {"99601": first, "99602": further}
        for row in given["Minutes of a visit"]
        for [(first, further)] in [VISIT_UNITS(value(row["Minutes"]))]
    ]


def rank_rates(given: Given) -> Results:
    """What a full rate of 100 comes to at each rank, and the modifier of the rank."""
    rows = given["Shares of the full rate"]
    shares = [value(row["Share"]) for row in rows]
    ranks = [value(row["Rank"]) for row in rows]
    return [{"Rate": PERDIEM_RATE(rank, 100, shares), "Modifier": PERDIEM_MODIFIER(rank)} for rank in ranks]


def therapy_day(given: Given) -> Results:
    """The per diem of a day of a therapy that no interval decides, at its full rate."""
    return [
        {"Code": PERDIEM_CODE(None, row["Date"], row["Therapy"]), "Rate": PERDIEM_RATE(1, value(row["Fee"]))}
        for row in given["Day of a therapy"]
    ]


def eleven_digits(given: Given) -> Results:
    """The 11 digits of each NDC."""
    return [{"NDC": NDC_11(row["Typed"])} for row in given["NDC as typed"]]


def ndc_quantity(given: Given) -> Results:
    """Unit and quantity of vials; a powder has no volume."""
    results: Results = []
    for row in given["Vials"]:
        volume = Decimal(row["mL a vial"]) if row["mL a vial"] else None
        unit, quantity = ndc.quantity_of(int(row["Vials"]), volume)
        results.append({"Unit": unit, "Quantity": quantity})
    return results


OUTCOMES = {
    outcome.heading: outcome
    for outcome in [
        of_claim("Lines", {name: WORKBOOK[name] for name in WORKBOOK if name != "Provider"}, claim_lines, among=False),
        of_claim("Findings", WORKBOOK, findings, among=True),
        of_rule("Units", {"Doses": ("Dose", "Billing unit")}, units),
        of_rule(
            "Vials opened",
            {"Doses from vials": ("Dose", "Sizes", "Billing unit", "Date")},
            vials,
            "Billing unit",
            "Date",
        ),
        of_rule(
            "Code and units",
            {
                "Dose on a day": ("Drug", "Dose", "Date"),
                "Codes in force": ("Drug", "Code", "Billing unit", "First day", "Last day"),
            },
            dated,
        ),
        of_rule("Visit units", {"Minutes of a visit": ("Minutes",)}, visit_units),
        of_rule("Rates by rank", {"Shares of the full rate": ("Rank", "Share")}, rank_rates),
        of_rule("Per diem", {"Day of a therapy": ("Therapy", "Date", "Fee")}, therapy_day),
        of_rule("NDC of 11 digits", {"NDC as typed": ("Typed",)}, eleven_digits),
        of_rule("NDC quantity", {"Vials": ("Vials", "mL a vial")}, ndc_quantity),
    ]
}


# -- a page against what comes out -----------------------------------------------------------------------------------
def same(cell: str, result: object) -> bool:
    """Whether a page's cell says a result, with margin 0.

    >>> same("27.5", 27.5), same("27.50", 27.5), same("28", 27.5), same("", None), same("5/1/2013", dt.date(2013, 5, 1))
    (True, True, False, True, True)
    """
    if isinstance(result, (int, float, Decimal)):
        return bool(NUMBER.fullmatch(cell)) and Decimal(cell) == Decimal(str(result))
    if isinstance(result, dt.date):
        return bool(cell) and day.parse(cell) == result
    return cell == ("" if result is None else str(result))


def check(page: Page) -> Iterator[str]:
    """What a page says otherwise than what comes out, a sentence each.

    Errors: `PageError` for a page that cannot be held against anything, with its line and what to do.
    """
    outcomes = [OUTCOMES[heading] for heading in page.tables if heading in OUTCOMES]
    _check_headings(page, outcomes)
    for outcome in outcomes:
        yield from _differences(page, outcome, worked_out(page, outcome))


def worked_out(page: Page, outcome: Outcome) -> Results:
    """What comes out of the page's tables. Errors: `PageError` where their cells cannot be read."""
    try:
        return outcome.work({heading: table.rows for heading, table in page.tables.items()})
    except (BillingError, Refused, ValueError, ArithmeticError, IndexError) as error:
        first = page.tables[outcome.needed[0]]
        why = str(error) or type(error).__name__
        raise page.error(first.line, f"{outcome.heading} cannot be worked out of {first.heading}: {why}") from error


def _check_headings(page: Page, outcomes: list[Outcome]) -> None:
    """Every table has a use, every table that is needed is there, and the columns are known."""
    if not outcomes:
        raise page.error(1, f"nothing comes out: add a table with a heading of these: {', '.join(OUTCOMES)}")
    for outcome in outcomes:
        for heading in outcome.needed:
            if heading not in page.tables:
                line = page.tables[outcome.heading].line
                raise page.error(line, f"{outcome.heading} comes out of {heading}: add a table ## {heading}")
    for heading, table in page.tables.items():
        readers = [outcome for outcome in outcomes if heading in outcome.reads]
        if not readers and heading not in OUTCOMES:
            known = ", ".join(dict.fromkeys(name for outcome in outcomes for name in outcome.reads))
            raise page.error(table.line, f"nothing here reads {heading}: a table that is read is one of {known}")
        for outcome in readers:
            _check_columns(page, table, outcome)


def _check_columns(page: Page, table: Table, outcome: Outcome) -> None:
    known = outcome.reads[table.heading]
    names = {name.casefold() for name in known}
    at = table.line + 2
    for column in table.columns:
        if column.casefold() not in names:
            raise page.error(at, f"{table.heading} has no column {column}: it is one of {', '.join(known)}")
    for column in known:
        if column not in outcome.may_lack and column not in table.columns:
            raise page.error(at, f"{table.heading} lacks the column {column}: add it")


def _differences(page: Page, outcome: Outcome, results: Results) -> Iterator[str]:
    """The cells that differ; of results that the page names some of, the rows that are none of them."""
    table = page.tables[outcome.heading]
    for column in table.columns:
        if results and column not in results[0]:
            raise page.error(
                table.line + 2, f"{outcome.heading} has no column {column}: it is one of {', '.join(results[0])}"
            )
    if outcome.among:
        for at, row in enumerate(table.rows):
            if not any(all(same(row[name], result[name]) for name in row) for result in results):
                yield _sentence(page, table, at, f"{' '.join(row.values())} is not found")
        return
    if len(table.rows) != len(results):
        yield _sentence(page, table, -4, f"{outcome.heading} has {len(table.rows)} rows, but {len(results)} come out")
    for at, (row, result) in enumerate(zip(table.rows, results, strict=False)):
        for name, cell in row.items():
            if not same(cell, result[name]):
                yield _sentence(page, table, at, f"{name} is {cell or 'blank'}, but {shown(result[name])} comes out")


def _sentence(page: Page, table: Table, row: int, what: str) -> str:
    return str(PageError(page.path.name, table.line_of(row), what))


def shown(result: object) -> str:
    """A result as a page has it."""
    return "" if result is None else str(result).removesuffix(".0")


def as_table(outcome: Outcome, columns: tuple[str, ...], results: Results) -> str:
    """What comes out, as a page has it, to put into one after it was looked at.

    >>> print(as_table(OUTCOMES["Units"], ("Units",), [{"Units": 4}]))
    ## Units
    <BLANKLINE>
    | Units |
    |---|
    | 4 |
    """
    rows = [columns, ["---"] * len(columns), *([shown(result[name]) for name in columns] for result in results)]
    lines = ["| " + " | ".join(row) + " |" for row in rows]
    lines[1] = "|" + "---|" * len(columns)
    return "\n".join([f"## {outcome.heading}", "", *lines])
