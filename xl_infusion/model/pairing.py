"""What a remittance row and an expected line have in common, and how sure that makes it that the one pays the other."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from decimal import ROUND_HALF_UP, Decimal
from functools import cached_property

from xl_infusion.claim.inputs import fold_name
from xl_infusion.claim.order import Order
from xl_infusion.errors import BillingError, NotFound, brief
from xl_infusion.model.expected import ExpectedLine, kind_of
from xl_infusion.model.remittance import Maybe, Remit
from xl_infusion.reference import DrugName, DrugRow, PerDiemRow, Reference
from xl_infusion.rules.number import CENT, plain

SURE, LIKELY, GUESS, NONE = MATCHES = ("sure", "likely", "guess", "none")
#: Days that a date may be off: without the order's number, and with it.
NEAR, FAR = 7, 31


@dataclass(slots=True, eq=False)
class Part:
    """A remittance row, or the part of it, that pays one expected line. ``several``: it pays others as well."""

    remit: Remit
    grade: str
    how: str
    several: bool
    units: Maybe
    paid: Decimal | BillingError
    allowed: Maybe
    charge: Maybe
    share: Maybe


@dataclass(eq=False)
class Target:
    """An expected line, as it is matched. ``code`` is "" where the line has none; ``parts``: what pays it."""

    at: int
    expected: ExpectedLine
    parts: list[Part] = field(default_factory=list)

    def __post_init__(self) -> None:
        line, claim = self.expected.line, self.expected.claim
        self.patient, self.payer = fold_name(claim.patient), fold_name(claim.payer)
        self.order = fold_name(line.source.label) if isinstance(line.source, Order) else ""
        self.code = line.code if isinstance(line.code, str) else ""
        self.modifiers = tuple(sorted(line.modifiers))
        self.first, self.last = line.first, line.last
        self.units = None if line.units is None or isinstance(line.units, BillingError) else Decimal(line.units)
        pays = self.expected.payer_pays
        self.amount = None if isinstance(pays, BillingError) else pays

    @cached_property
    def key(self) -> tuple[object, ...]:
        """What an exact match has of the line."""
        return self.code, self.modifiers, self.first, self.last


class Families:
    """Which codes may stand for one another: those of a drug, its old and new ones, and the per diems of a therapy."""

    def __init__(self, reference: Reference) -> None:
        self._reference = reference
        self._of: dict[str, str] = {}

    def of(self, code: str) -> str:
        """The family of a code; one that the reference does not know is a family of its own."""
        found = self._of.get(code)
        if found is None:
            found = self._of[code] = self._family(code)
        return found

    def _family(self, code: str) -> str:
        try:
            row = self._reference.code_rows(code)[-1]
        except NotFound:
            return code
        if isinstance(row, PerDiemRow):
            return f"per diem of {row.therapy}"
        return f"drug {row.drug}" if isinstance(row, DrugRow) and row.amount is not None else code

    def kind(self, code: str) -> str:
        """What a code bills, for a line that has none: per diem, drug or visit; "" where that is not known."""
        family = self.of(code)
        if family.startswith("per diem of "):
            return "per diem"
        return "drug" if family != code or code[:1] in "JQBC" else ""

    def of_target(self, target: Target) -> list[str]:
        """The families of a line: that of its code, and that of its drug where the payer wants another code for it."""
        if not target.code:
            return [f"no code, {kind_of(target.expected.line)}"]
        found, source = [self.of(target.code)], target.expected.line.source
        if isinstance(source, Order) and isinstance(source.rx.drug, DrugName) and found[0] == target.code:
            found.append(f"drug {source.rx.drug.drug}")
        return found


@dataclass(frozen=True, slots=True)
class Likeness:
    """How much a row and a line have in common: a score for which goes first, a grade, and the words for it."""

    score: int
    grade: str
    how: str


@dataclass(frozen=True, slots=True)
class _Sign:
    """One thing that a row and a line may have in common: what it counts, and the words for it, of which one is ""."""

    score: int
    agrees: str = ""
    differs: str = ""


_NO_SIGN = _Sign(0)
_ORDER, _PATIENT, _PAYER = _Sign(100, "order"), _Sign(0, "patient"), _Sign(6, "payer")
_CODE, _MODIFIERS, _DAYS, _UNITS = _Sign(40, "code"), _Sign(12, "modifiers"), _Sign(24, "days"), _Sign(8, "units")
_AMOUNT = _Sign(10)
_OTHER_ORDER = _Sign(0, differs="the order number is not one of the patient's")
_OTHER_PATIENT = _Sign(0, differs="the patient reference is another")
_OTHER_PAYER = _Sign(0, differs="the payer's name is another")
#: A code of the same family; days within or beyond the line's, that share one, and that share none, less what is off.
_FAMILY, _NESTED, _TOUCHING, _APART = 15, 20, 14, 10
#: Days off that count at most.
_MOST_OFF = 10


def likeness(remit: Remit, target: Target, known_order: bool, known_payer: bool, alike: bool) -> Likeness:
    """A row beside a line. ``known_order``: the order is one of the patient's; ``known_payer``: so is the payer;
    ``alike``: another line cannot be told from this one."""
    by_order = known_order and remit.order == target.order
    signs = (
        _of_order(remit, known_order, by_order),
        _of_patient(remit, target),
        _PAYER if known_payer else _OTHER_PAYER if remit.payer else _NO_SIGN,
        _of_code(remit, target),
        _of_modifiers(remit, target),
        _of_days(remit, target),
    )
    differs = [sign.differs for sign in signs if sign.differs]
    grade = _graded(by_order, remit.code == target.code, len(differs))
    units, amount = _of_units(remit, target), _of_amount(remit, target)
    if units.differs:
        differs.append(units.differs)
    if alike and grade == SURE and not by_order:
        grade = LIKELY
        differs.append("another line is the same")
    agrees = ", ".join(sign.agrees for sign in (*signs, units) if sign.agrees)
    how = "; ".join(filter(None, (agrees, ", ".join(differs))))
    return Likeness(sum(sign.score for sign in (*signs, units, amount)), grade, how)


def _graded(by_order: bool, same_code: bool, doubts: int) -> str:
    """How sure: the order's number says it with the code; else by how many things differ."""
    if by_order:
        return SURE if same_code else LIKELY
    return (SURE, LIKELY)[doubts] if doubts < 2 else GUESS


def _of_order(remit: Remit, known_order: bool, by_order: bool) -> _Sign:
    if by_order:
        return _ORDER
    return _OTHER_ORDER if remit.order and not known_order else _NO_SIGN


def _of_patient(remit: Remit, target: Target) -> _Sign:
    if remit.patient == target.patient:
        return _PATIENT
    return _OTHER_PATIENT if remit.patient else _NO_SIGN


def _of_code(remit: Remit, target: Target) -> _Sign:
    if remit.code == target.code:
        return _CODE
    return _Sign(_FAMILY, differs=f"code {remit.code} in place of {target.code or 'one that cannot be told'}")


def _of_modifiers(remit: Remit, target: Target) -> _Sign:
    if remit.modifiers == target.modifiers:
        return _MODIFIERS
    mine, its = brief(" ".join(remit.modifiers)) or "none", " ".join(target.modifiers) or "none"
    return _Sign(0, differs=f"modifier {mine} in place of {its}")


def _of_days(remit: Remit, target: Target) -> _Sign:
    if (remit.first, remit.last) == (target.first, target.last):
        return _DAYS
    off = min(abs(remit.first - target.first) + abs(remit.last - target.last), _MOST_OFF)
    if target.first <= remit.first and remit.last <= target.last:
        return _Sign(_NESTED - off, differs="days within the line's")
    if remit.first <= target.first and target.last <= remit.last:
        return _Sign(_NESTED - off, differs="days beyond the line's")
    apart = gap(remit, target)
    if apart <= 0:
        return _Sign(_TOUCHING - off, differs="days off")
    return _Sign(_APART - off, differs=f"days off by {apart}")


def _of_units(remit: Remit, target: Target) -> _Sign:
    if target.units is None or not isinstance(remit.units, Decimal):
        return _NO_SIGN
    if remit.units == target.units:
        return _UNITS
    return _Sign(0, differs=f"units {plain(remit.units)} in place of {plain(target.units)}")


def _of_amount(remit: Remit, target: Target) -> _Sign:
    return _AMOUNT if target.amount is not None and remit.paid == target.amount else _NO_SIGN


def gap(one: Remit, other: Remit | Target) -> int:
    """Days from the one to the other, 0 or less where they share a day."""
    return max(one.first - other.last, other.first - one.last)


def divided(total: Decimal, weights: Sequence[Decimal], step: Decimal = CENT) -> list[Decimal]:
    """A total in parts as the weights are, each a whole number of steps, that add up to it exactly.

    >>> [str(part) for part in divided(Decimal("10.00"), [Decimal(1), Decimal(1), Decimal(1)])]
    ['3.33', '3.34', '3.33']
    """
    whole = sum(weights, Decimal(0))
    if whole == 0:
        weights, whole = [Decimal(1)] * len(weights), Decimal(len(weights))
    parts, before, so_far = [], Decimal(0), Decimal(0)
    for weight in weights[:-1]:
        so_far += weight
        until = (total * so_far / whole / step).quantize(Decimal(1), ROUND_HALF_UP) * step
        parts.append(until - before)
        before = until
    return [*parts, total - before]


def parts_of(remit: Remit, targets: Sequence[Target], likes: Sequence[Likeness]) -> list[Part]:
    """A row divided among the lines that it pays: money as they expect it, units as they have them."""
    if len(targets) == 1:
        like = likes[0]
        return [Part(remit, like.grade, like.how, False, remit.units, remit.paid, remit.allowed, remit.charge,
                     remit.share)]  # fmt: skip
    days = [Decimal(target.last - target.first + 1) for target in targets]
    amounts = [target.amount for target in targets if target.amount is not None]
    units = [target.units for target in targets if target.units is not None]
    by_money = amounts if len(amounts) == len(targets) else days
    by_units = units if len(units) == len(targets) else days

    def of(amount: Maybe, weights: list[Decimal], step: Decimal = CENT) -> Sequence[Maybe]:
        return divided(amount, weights, step) if isinstance(amount, Decimal) else [amount] * len(targets)

    paid: Sequence[Decimal | BillingError]
    paid = divided(remit.paid, by_money) if isinstance(remit.paid, Decimal) else [remit.paid] * len(targets)
    cut = zip(of(remit.units, by_units, Decimal(1)), paid, of(remit.allowed, by_money), of(remit.charge, by_money),
              of(remit.share, by_money), likes, strict=True)  # fmt: skip
    return [Part(remit, like.grade, f"one row for {len(targets)} lines: {like.how}", True, *amounts_)
            for *amounts_, like in cut]  # fmt: skip
