"""The Own codes of a workbook, read: rows that go over the code reference (`xl_infusion.reference.own_codes`).

A row that cannot be read is never passed over: it stays, with its problem, and whatever it may be meant for fails.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace
from decimal import Decimal

from xl_infusion.claim.inputs import Row, V, good, period, text
from xl_infusion.claim.words import UNITS
from xl_infusion.errors import BillingError, NotFound, OutOfRange, WrongInput, kept, quoted, table_row
from xl_infusion.reference import CodeRow, DrugName, DrugRow, Reference
from xl_infusion.reference.names import as_code, fold, spellings
from xl_infusion.reference.own_codes import OwnCode
from xl_infusion.rules import dose as dose_rule
from xl_infusion.rules.number import exact, plain

#: Amount, unit, component.
_Unit = tuple[Decimal | None, str, str]
_NO_UNIT: _Unit = (None, "", "")
#: What a dose may be in and no code of the reference is: the unit that it has there, and its size in it.
_AS = {"million units": ("units", 10**6), "L": ("mL", 1000)}


def read(reference: Reference, rows: Iterable[tuple[int, Row]]) -> list[OwnCode]:
    """The rows of Own codes as they go over ``reference``, each with what is wrong with it.

    >>> from xl_infusion.reference import current
    >>> (own,) = read(current(), [(2, {"Drug": "vanco", "Code": "j9999", "Amount": 5, "Unit": "mg"})])
    >>> own.drug, own.code, own.amount, own.unit, own.problem
    ('vancomycin', 'J9999', Decimal('5'), 'mg', None)
    >>> str(read(current(), [(3, {"Drug": "vanco", "Code": "J9999", "Amount": 5})])[0].problem)
    'Own codes table row 3: Amount 5 has no Unit: it is one of mg, g, mcg, units, IU, mEq, mL, kcal, g protein'
    """
    found = [_Cells(reference, row).own(number) for number, row in rows]
    return _named_apart(reference, _with_therapies(reference, _spelled_alike(found)))


class _Cells:
    """The cells of one row, and what is wrong with them."""

    def __init__(self, reference: Reference, row: Row) -> None:
        self.reference, self.row = reference, row
        self.problems: list[BillingError] = []

    def own(self, number: int) -> OwnCode:
        drug = self._take(self._drug, None)
        product = None if drug is None else self._take(lambda: self._product(drug), None)
        code = self._take(self._code, "")
        amount, unit, component = self._take(self._unit, _NO_UNIT)
        first, last, wrong = period(self.row)
        if wrong is not None:
            self.problems.append(wrong)
        therapy = self._take(lambda: self._therapy(drug), "")
        source = self._take(lambda: text(good(self.row.get("Source"), "Source"), "Source"), "")
        by = table_row("Own codes", number)
        problem = self.problems[0].at(by) if self.problems else None
        name = "" if drug is None else drug.drug
        says = f"{by}, Therapy" if therapy else ""
        return OwnCode(
            number, name, product, code, amount, unit, component, therapy, says, source, first, last, problem
        )

    def _take(self, read: Callable[[], V], otherwise: V) -> V:
        try:
            return read()
        except BillingError as error:
            self.problems.append(kept(error))
            return otherwise

    def _text(self, column: str) -> str:
        return text(good(self.row.get(column), column), column)

    def _drug(self) -> DrugName:
        """The drug that the row names, by its name or by a code of it; a name that is not known is a new drug's."""
        name = self._text("Drug")
        if not any(map(str.isalpha, name)):
            raise WrongInput(f"Drug {quoted(name)} is no name: name the drug that the code bills")
        if known := self.reference.named(name):
            return known
        if self.reference.named_therapy(name):
            raise WrongInput(f"Drug {quoted(name)} is a therapy: name the drug that the code bills")
        code = as_code(name)
        if code is None:
            return DrugName(name)
        rows = [row for row in self._rows(code) if isinstance(row, DrugRow)]
        if not rows:
            raise NotFound(f"Drug {quoted(name)} is a code, and not that of a drug of the reference: name the drug")
        latest = rows[-1]
        return DrugName(latest.drug, latest.product)

    def _product(self, drug: DrugName) -> str:
        """The product, as the reference has it; one that it does not know is a new product."""
        given = self._text("Product")
        if not given:
            return drug.product
        if not fold(given):
            raise WrongInput(f"Product {quoted(given)} is no name: name the maker or product, or leave it blank")
        known = self.reference.named(f"{drug.drug} {given}")
        if known is not None and known.drug != drug.drug:
            raise WrongInput(f"Product {quoted(given)}: {drug.drug} {given} is {known}: name that in Drug")
        product = given if known is None else known.product
        if drug.product not in ("", product):
            raise WrongInput(f"Product {quoted(given)} is not {drug.product}, which Drug says: leave Product blank")
        return product

    def _code(self) -> str:
        written = self._text("Code")
        code = as_code(written)
        if code is None:
            raise WrongInput(f"Code {quoted(written)} is no HCPCS code: type one as J1234")
        for row in self._rows(code):
            if not isinstance(row, DrugRow):
                raise WrongInput(f"Code {code} is no drug code: {row.meaning}")
        return code

    def _rows(self, code: str) -> Sequence[CodeRow]:
        try:
            return self.reference.code_rows(code)
        except NotFound:
            return ()

    def _unit(self) -> _Unit:
        """What a unit of the code counts: amount, unit and component; nothing for an unclassified code."""
        given, unit = good(self.row.get("Amount"), "Amount"), self._text("Unit")
        if given is None and not unit:
            return _NO_UNIT
        if given is None:
            raise WrongInput(f"Amount is blank, and Unit is {quoted(unit)}: give both, 10 and mg, or neither")
        amount = exact(given, "Amount")
        if amount <= 0:
            raise OutOfRange(f"Amount {plain(amount)} is not more than 0")
        known = ", ".join(UNITS)
        if not unit:
            raise WrongInput(f"Amount {plain(amount)} has no Unit: it is one of {known}")
        try:
            one = dose_rule.parse(f"1 {unit}")
        except BillingError:
            one = dose_rule.Dose(amount, "")
        if not one.unit or one.parts:
            raise WrongInput(f"Unit {quoted(unit)} is not one of {known}; the number goes into Amount")
        name, size = _AS.get(one.unit, (one.unit, 1))
        return Decimal(plain(amount * size)), name, one.component

    def _therapy(self, drug: DrugName | None) -> str:
        """The therapy of a new drug, "" where the row names none; a drug of the reference has its own."""
        given = self._text("Therapy")
        if not given:
            return ""
        therapy = self.reference.therapy(given).therapy
        if drug is None or self.reference.named(drug.drug) is None:
            return therapy.therapy
        known = self.reference.therapy_of(drug)
        if known is not therapy:
            raise WrongInput(
                f"Therapy {quoted(given)}: {drug.drug} is {known.name} in the reference: leave Therapy blank"
            )
        return ""


def _spelled_alike(rows: Sequence[OwnCode]) -> list[OwnCode]:
    """New drugs and products by the first of their spellings."""
    spelled: dict[tuple[str, str], str] = {}
    found = []
    for own in rows:
        drug = spelled.setdefault((fold(own.drug), ""), own.drug)
        product = own.product and spelled.setdefault((fold(drug), fold(own.product)), own.product)
        found.append(replace(own, drug=drug, product=product))
    return found


def _with_therapies(reference: Reference, rows: Sequence[OwnCode]) -> list[OwnCode]:
    """A new drug has the therapy that any of its rows names; two of them are a problem of all."""
    of: dict[str, dict[str, str]] = defaultdict(dict)
    for own in rows:
        if own.therapy:
            of[own.drug].setdefault(own.therapy, own.therapy_by)
    found = []
    for own in rows:
        says = of.get(own.drug, {}) if own.drug else {}
        if len(says) > 1:
            names = " and ".join(sorted(reference.therapies[key].name for key in says))
            own = _wrong(own, f"{own.drug} has two therapies, {names}: keep one")
        for therapy, by in says.items():
            own = replace(own, therapy=therapy, therapy_by=by)
        found.append(own)
    return found


def _named_apart(reference: Reference, rows: Sequence[OwnCode]) -> list[OwnCode]:
    """A name that means two drugs, or two products, is a problem of the rows that give it."""
    meant: dict[str, set[DrugName]] = defaultdict(set)
    for own in rows:
        for name, target in _names(own):
            meant[fold(name)] |= {target} if (known := reference.named(name)) is None else {target, known}
    found = []
    for own in rows:
        for name, _ in _names(own):
            if len(targets := meant[fold(name)]) > 1:
                own = _wrong(own, f"{name} means {' and '.join(sorted(map(str, targets)))}: name them otherwise")
        found.append(own)
    return found


def _names(own: OwnCode) -> Iterator[tuple[str, DrugName]]:
    """The names by which the drug of a row is found."""
    if own.drug:
        yield own.drug, DrugName(own.drug)
        for name in spellings(own.product or ""):
            yield f"{own.drug} {name}", DrugName(own.drug, own.product or "")


def _wrong(own: OwnCode, what: str) -> OwnCode:
    """The row with a problem; the first one stays."""
    return own if own.problem is not None else replace(own, problem=WrongInput(what).at(own.by))
