"""What the payers paid: the rows of Remittance, typed, pasted from an 835 or an EOB, or read from a CSV file.

A row is read as it came and never dropped: one that cannot be placed (no day, no code, nobody named) keeps the
reason in ``problem``; a Paid that cannot be read is its error. Amounts are US dollars as people and programs write
them: 1,250.50, $12.50, (12.50) and 12.50- are taken.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from xl_infusion.claim.inputs import Row, fold_name, good, sort_key, text
from xl_infusion.errors import BillingError, OutOfRange, WrongInput, table_row
from xl_infusion.reference.names import as_code
from xl_infusion.rules import day as day_rule
from xl_infusion.rules.number import exact

#: A number that a row may leave out, or why it cannot be read.
Maybe = Decimal | BillingError | None

#: Group codes of an adjustment: contractual, patient responsibility, other, payer initiated, correction (X12 835, CAS).
PATIENT = "PR"
_ADJUSTMENT = re.compile(
    r"(?:\b(CO|PR|OA|PI|CR)[\s:*-]*)?\b([A-Z]{0,2}[0-9]{1,3})\b(?![.,][0-9])"
    r"(?:[\s:(=*$]+(-?[0-9][0-9,]*\.[0-9]{2})\b\)?)?",
    re.ASCII,
)
#: CARCs of what the patient owes: deductible, coinsurance, copay.
OF_PATIENT = frozenset({"1", "2", "3"})
_AMOUNTS = ("Paid", "Units", "Charge", "Allowed", "Patient share")


@dataclass(frozen=True, slots=True)
class Adjustment:
    """One reason of an adjustment: its group ("" where the row names none), its CARC or RARC, its amount if told."""

    group: str
    code: str
    amount: Decimal | None

    @property
    def of_patient(self) -> bool:
        """True for what was left to the patient."""
        return self.group == PATIENT or (self.group == "" and self.code in OF_PATIENT)


@dataclass(frozen=True, slots=True, eq=False)
class Remit:
    """A row of Remittance; ``at``: its number in the table. ``first`` and ``last`` are ordinals, 0 if not known.

    ``order``, ``patient`` and ``payer`` are without regard to case, and their cells in ``row``. ``modifiers`` sorted.
    ``problem``: why it cannot be placed. ``key``: what it says, for an order that its place does not change.
    """

    at: int
    row: Row
    claim: str
    order: str
    patient: str
    payer: str
    code: str
    modifiers: tuple[str, ...]
    first: int
    last: int
    units: Maybe
    charge: Maybe
    allowed: Maybe
    paid: Decimal | BillingError
    share: Maybe
    adjustments: tuple[Adjustment, ...]
    said: str
    problem: BillingError | None
    key: tuple[object, ...]

    @property
    def identity(self) -> tuple[object, ...]:
        """What a reversal has of the payment that it takes back."""
        return (self.order, self.patient, self.payer, self.code, self.modifiers, self.first, self.last)

    @property
    def amount(self) -> Decimal:
        """What was paid; 0 where that cannot be read."""
        return Decimal(0) if isinstance(self.paid, BillingError) else self.paid


def remits(rows: Sequence[tuple[int, Row]]) -> list[Remit]:
    """The rows of Remittance (`REMITTANCE_EXPORT`), each read for itself.

    >>> one, = remits([(2, {"Patient": "P1", "Code": "HC:S9501:SH", "From": "7/1/2025", "Units": 10,
    ...                     "Paid": "$1,250.50", "Adjustments": "CO-45 99.50, PR-2 20.00"})])
    >>> one.code, one.modifiers, one.paid, one.share
    ('S9501', ('SH',), Decimal('1250.50'), Decimal('20.00'))
    """
    return [_remit(at, row) for at, row in rows]


class _Cells:
    """The cells of a row, read one after another; why some of what places it cannot be read is in ``problems``."""

    def __init__(self, at: int, row: Row) -> None:
        self._row = row
        self.where = table_row("Remittance", at)
        self.problems: list[BillingError] = []

    def words(self, column: str) -> str:
        try:
            return text(good(self._row.get(column), column), column)
        except BillingError as error:
            self.problems.append(error.at(self.where))
            return ""

    def amount(self, column: str) -> Maybe:
        try:
            cell = good(self._row.get(column), column)
            return None if cell is None else dollars(cell, column)
        except BillingError as error:
            return error.at(self.where)

    def service(self) -> tuple[str, str, int, int]:
        """The code, the modifiers that stand with it, and the days; what cannot be read, and what follows, is blank."""
        code = more = ""
        first = last = 0
        try:
            code, more = code_of(good(self._row.get("Code"), "Code"))
            first, last = _days(self._row)
        except BillingError as error:
            self.problems.append(error.at(self.where))
        return code, more, first, last


def _remit(at: int, row: Row) -> Remit:
    cells = _Cells(at, row)
    order, patient, payer = (fold_name(cells.words(column)) for column in ("Order", "Patient", "Payer"))
    if not order and not patient and not cells.problems:
        cells.problems.append(WrongInput(f"{cells.where}: Order and Patient are both blank: name one of them"))
    modifiers = [cells.words(name) for name in ("Modifiers", "Modifier 2", "Modifier 3", "Modifier 4")]
    code, more, first, last = cells.service()
    mods = tuple(sorted({part for words in (*modifiers, more) for part in modifiers_of(words)}))
    claim, said, group = cells.words("Claim"), cells.words("Adjustments"), cells.words("Adjustment group").upper()
    paid, units, charge, allowed, share = (cells.amount(column) for column in _AMOUNTS)
    if paid is None:
        paid = WrongInput(f"{cells.where}: Paid is blank: type what was paid, 0 where it was nothing")
    reasons = _with_amount(adjustments(said, group), cells.amount("Adjustment amount"))
    key = (sort_key(patient), sort_key(order), payer, first, last, code, mods,
           *(repr(row.get(name)) for name in _AMOUNTS), sort_key(claim), said)  # fmt: skip
    return Remit(at, row, claim, order, patient, payer, code, mods, first, last, units, charge, allowed, paid,
                 _of_patient(reasons) if share is None else share, reasons, said,
                 cells.problems[0] if cells.problems else None, key)  # fmt: skip


def _with_amount(reasons: tuple[Adjustment, ...], told: Maybe) -> tuple[Adjustment, ...]:
    """The reasons of a row; the amount that a column of its own tells is that of the only one."""
    if isinstance(told, Decimal) and len(reasons) == 1 and reasons[0].amount is None:
        return (Adjustment(reasons[0].group, reasons[0].code, told),)
    return reasons


def _of_patient(reasons: Sequence[Adjustment]) -> Decimal | None:
    """What the reasons leave to the patient; None where none does, or one does not say how much."""
    parts = [one.amount for one in reasons if one.of_patient]
    told = [part for part in parts if part is not None]
    return sum(told, Decimal(0)) if told and len(told) == len(parts) else None


def _days(row: Row) -> tuple[int, int]:
    first = last = day_rule.parse(good(row.get("From"), "From"), "From").toordinal()
    if (to := good(row.get("To"), "To")) is not None:
        last = day_rule.parse(to, "To").toordinal()
    if last < first:
        raise OutOfRange("To is before From")
    return first, last


def code_of(cell: object) -> tuple[str, str]:
    """A code, and the modifiers that stand with it; the 835's composite too. Errors: `WrongInput`.

    >>> code_of("S9501-SH"), code_of("HC:J3373"), code_of(99601.0)
    (('S9501', 'SH'), ('J3373', ''), ('99601', ''))
    """
    first, *rest = re.split(r"[\s:\-,/>^*|]+", text(cell, "Code")) or [""]
    if first.upper() in ("HC", "HP", "WK") and rest:
        first, *rest = rest
    if not first:
        raise WrongInput("Code is blank: name the code that was paid")
    return as_code(first) or first.upper(), " ".join(rest)


def modifiers_of(words: str) -> list[str]:
    """The modifiers of a cell: SH 59, SH,59 and SH59 are two.

    >>> modifiers_of("sh, 59"), modifiers_of("SH59"), modifiers_of("")
    (['SH', '59'], ['SH', '59'], [])
    """
    found = []
    for part in re.findall(r"[A-Z0-9]+", words.upper(), re.ASCII):
        found += [part[i : i + 2] for i in range(0, len(part), 2)] if len(part) in (4, 6, 8) else [part]
    return found


def dollars(cell: object, what: str) -> Decimal:
    """An amount as people and programs write it. Errors: as `exact`.

    >>> dollars("(12.50)", "Paid"), dollars("$1,250", "Paid"), dollars("12.50-", "Paid")
    (Decimal('-12.50'), Decimal('1250'), Decimal('-12.50'))
    """
    if isinstance(cell, str):
        written = cell.replace("$", "").strip()
        if len(written) > 2 and written[0] + written[-1] == "()":
            written = "-" + written[1:-1].strip()
        elif len(written) > 1 and written[-1] == "-" and written[0] not in "+-":
            written = "-" + written[:-1].strip()
        cell = written if written.strip("-0123456789.,") == "" and written else cell
    return exact(cell, what)


def adjustments(said: str, group: str = "") -> tuple[Adjustment, ...]:
    """The reasons of a cell, each with its group and its amount where they stand there.

    >>> [(one.group, one.code, one.amount) for one in adjustments("CO-45: 12.50, PR-2 (20.00), N674")]
    [('CO', '45', Decimal('12.50')), ('PR', '2', Decimal('20.00')), ('', 'N674', None)]
    >>> adjustments("2", "PR")[0].of_patient
    True
    """
    return tuple(
        Adjustment(
            found[1] or ("" if found[2][0].isalpha() else group),
            found[2].lstrip("0") or found[2],
            Decimal(found[3].replace(",", "")) if found[3] else None,
        )
        for found in _ADJUSTMENT.finditer(said.upper())
    )
