"""What cannot be read or billed as it is written: a heading, a cell, a row of a table, a line that fails for it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from itertools import chain

from xl_infusion.claim.checks.check import ERROR, Cells, Checked, Wrong, check, wrong_at, wrong_order, wrong_row
from xl_infusion.claim.checks.npi import prescribers
from xl_infusion.claim.checks.offered import offered
from xl_infusion.claim.checks.payers import authorizations
from xl_infusion.claim.checks.ranking import better_ranks
from xl_infusion.claim.column import Table
from xl_infusion.claim.columns import ORDERS, OWN_CODES, PAYER_CODES, PAYERS, PROVIDER, RATES, TABLES
from xl_infusion.claim.grid import Work
from xl_infusion.claim.inputs import fold_name
from xl_infusion.claim.lines import Line
from xl_infusion.claim.order import Order
from xl_infusion.claim.visits import Visit
from xl_infusion.errors import (
    BillingError,
    CellError,
    NoPerDiemCode,
    NoRate,
    NoSuchBag,
    NotANumber,
    NotCovered,
    NotFound,
    NoTherapy,
    NotInForce,
    NotKnown,
    OutOfRange,
    SupplyAlone,
    TwoCodes,
    UnknownDrug,
    UnknownPayer,
    WrongUnit,
    quoted,
)
from xl_infusion.reference.own_codes import own_problems


@check("column missing or twice", ERROR, "Mend the heading of that column.")
def _columns(checked: Checked) -> Iterator[Wrong]:
    for table, error in _unread(checked):
        if not isinstance(error, CellError):
            yield wrong_row(table, 1, error)


@check(CellError.kind, ERROR, "Mend the formula in that cell.")
def _error_values(checked: Checked) -> Iterator[Wrong]:
    for table, error in _unread(checked):
        if isinstance(error, CellError):
            yield wrong_row(table, 1, error)
    for order, cell in (*checked.once(prescribers), *checked.once(authorizations)):
        if isinstance(cell, CellError):
            yield wrong_order(order, str(cell))
    yield from _failures(checked, CellError)


def _fails(error: type[BillingError], remedy: str, needs: tuple[Table, ...] = ()) -> None:
    """Declares the check that tells the failures of a kind: nothing has to look for them."""

    def find(checked: Checked) -> Iterator[Wrong]:
        yield from _failures(checked, error)

    check(error.kind, ERROR, remedy, needs)(find)


_fails(BillingError, "Type it as the heading's note says.")
_fails(NoTherapy, "Type the order's Therapy, one that the message names: the per diem goes by it.", (OWN_CODES,))
_fails(NotANumber, "Type a number.")
_fails(OutOfRange, "Check the number.")
_fails(NotFound, "Mend the entry, or add what it names.", (PAYER_CODES, OWN_CODES))
_fails(UnknownDrug, "Mend the drug's name, or give the drug a row of Own codes.", (OWN_CODES,))
_fails(NoSuchBag, "Type the dose of one bag, and the hours from one bag to the next as Interval.", (OWN_CODES,))
_fails(
    SupplyAlone, "Take the row out; where the payer wants a code for it, give it a row of Own codes.", (OWN_CODES,)
)  # fmt: skip
_fails(NotInForce, "Use the code of that day, its successor where the message names one.", (PAYER_CODES, OWN_CODES))
_fails(WrongUnit, "Give the dose in the unit that the code counts.", (PAYER_CODES, OWN_CODES))
_fails(
    NoPerDiemCode, "Check the interval; else ask the payer which code it wants (Payer codes).", (PAYERS, PAYER_CODES)
)  # fmt: skip
_fails(NotCovered, "Name a Second payer that covers home infusion.")
_fails(NoRate, "Add the rate to Rates.", (ORDERS, PAYERS, PAYER_CODES, OWN_CODES))
_fails(TwoCodes, "Close one of the rows with its To.")
_fails(NotKnown, "Ask the MAC: no source says how Medicare's benefit counts this visit.")


@check(UnknownPayer.kind, ERROR, "Add the payer to Payers, or mend its name.")
def _unknown_payers(checked: Checked) -> Iterator[Wrong]:
    """Of a line; the second payer of an order; a row of Rates or Payer codes that names one."""
    yield from _failures(checked, UnknownPayer)
    work = checked.work
    for claim in checked.claims:
        for order in claim.orders:
            second = work.payer(order.rx.second_payer).terms if order.rx.second_payer else claim.terms
            if second is not claim.terms and isinstance(second.problem, UnknownPayer):
                yield wrong_order(order, f"Second payer: {second.problem}")
    known = {fold_name(terms.name) for terms in work.payers.all}
    for payer, number, table in work.named_payers():
        if known and fold_name(payer) not in known:
            yield Wrong(table, number, "", 0, 0, f"payer {quoted(payer)} is not in the Payers table")


@check("two rates on one day", ERROR, "Close one of the rows with its To.")
def _two_rates(checked: Checked) -> Iterator[Wrong]:
    for number, error in checked.once(_conflicts):
        if not isinstance(error, NoRate):
            yield wrong_row(RATES, number, error)


# -- where they come from ------------------------------------------------------------------------------------------


def _unread(checked: Checked) -> Iterator[tuple[Table, BillingError]]:
    return ((table, checked.unread[table.name]) for table in TABLES if table.name in checked.unread)


def _failures(checked: Checked, error: type[BillingError]) -> list[Wrong]:
    """The failures of one kind, of lines and of rows."""
    return checked.once(_by_kind).get(error.kind, [])


def _by_kind(checked: Checked) -> dict[str, list[Wrong]]:
    found: dict[str, list[Wrong]] = defaultdict(list)
    for error, wrong in chain(_of_lines(checked), _of_rows(checked)):
        found[error.kind].append(wrong)
    return found


def _of_rows(checked: Checked) -> Iterator[tuple[BillingError, Wrong]]:
    """Rows of the tables that cannot be used, whatever the orders."""
    work, provider = checked.work, checked.provider
    of_table: list[tuple[Table, Iterable[tuple[int, BillingError | None]]]] = [
        (PAYERS, ((terms.row, problem) for terms in work.payers.all for problem in terms.problems)),
        (PAYER_CODES, ((wanted.number, wanted.problem) for wanted in work.payer_codes.all)),
        (OWN_CODES, own_problems(work.reference)),
        (RATES, work.rates.problems),
        (RATES, ((row, error) for row, error in checked.once(_conflicts) if isinstance(error, NoRate))),
        (PROVIDER, (problem for problem in provider.problems if not provider.is_of_npi(*problem))),
    ]
    for table, problems in of_table:
        for row, problem in problems:
            if problem is not None:
                yield problem, wrong_row(table, row, problem)


def _conflicts(checked: Checked) -> list[tuple[int, BillingError]]:
    """What is wrong between rows of Rates: found when a rate is asked for, and ranking by rate asks for more."""
    checked.once(better_ranks)
    return list(checked.work.rates.conflicts())


def _of_lines(checked: Checked) -> Iterator[tuple[BillingError, Wrong]]:
    """Each failure of an order or visit once, however many lines it has, with the days of all of them."""
    work = checked.work
    said = work.problems()  # a row of a table that cannot be used is told once, not for every line it fails
    money = work.rates.given
    for claim in checked.claims:
        # a line whose units fail has no charge either
        failed = [one for one in claim.lines if isinstance(one.charge if money else one.units, BillingError)]
        found: dict[tuple[Order | Visit, str], tuple[BillingError, int, int]] = {}
        for line in failed:
            for error in _errors(line):
                if id(error) not in said:
                    key = (line.source, str(error))
                    known, first, last = found.get(key, (error, line.first, line.last))
                    found[key] = (known, min(first, line.first), max(last, line.last))
        for (source, what), (error, first, last) in found.items():
            yield error, wrong_at(source, first, last, what)._replace(offer=_offer(work, source, error))


def _offer(work: Work, source: Order | Visit, error: BillingError) -> Cells:
    """The row of Own codes that mends an order, where one does."""
    return offered(work.reference, source.row, error) if isinstance(source, Order) else ()


def _errors(line: Line) -> Iterator[BillingError]:
    """Everything that fails a line: a row that cannot be billed is told with all that is wrong in it."""
    source = line.source
    values: list[object] = [line.code, line.units, line.rate, line.charge]
    if isinstance(source, Visit):
        values += (source.problem, *source.problems, source.minutes)
    elif source.problem is not None:
        values += (*source.problems, source.rx.dose, source.rx.volume_l)
    yield from (value for value in values if isinstance(value, BillingError))
