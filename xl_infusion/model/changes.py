"""What a scenario changes: one value for a term of the contract, of a payer or of every payer.

A term is a column of Scenarios; two of them say of what beside the payer: Volume growth of which therapy, Rate of which
code. The more specific change holds: one of a payer before one of every payer, and of those one that names a therapy
before one that names none.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from types import MappingProxyType
from typing import NamedTuple

from xl_infusion.claim.column import Limits
from xl_infusion.claim.inputs import choice, fold_name, good, text
from xl_infusion.claim.rates import RANKED
from xl_infusion.claim.readers import CHECKED_SHARE, percent, share
from xl_infusion.claim.terms import IN_SCENARIO
from xl_infusion.errors import BillingError, NotFound, OutOfRange, WrongInput, quoted
from xl_infusion.model.columns import DRUGS_AT, SCENARIOS
from xl_infusion.reference import Reference
from xl_infusion.reference.names import as_code, fold
from xl_infusion.rules.number import exact, plain

GROWTH, PART = "Volume growth", "Part of orders"
CHANGE, AMOUNT, RATE, DRUGS = "Per diem change", "Per diem amount", "Rate", "Drugs at"
#: The terms of payers that a scenario may change, by their columns.
OF_PAYERS = {term.name: term for term, _ in IN_SCENARIO.values()}
#: Those of them that are a share.
SHARES = tuple(name for name, term in OF_PAYERS.items() if term.column.checked is CHECKED_SHARE)
#: The terms in the order in which a bridge walks them: what is done, by which rules, at which price.
TERMS = (GROWTH, PART, *OF_PAYERS, CHANGE, AMOUNT, RATE, DRUGS)
#: How the numbers of the other terms are read.
_NUMBERS: dict[str, Callable[[object, str], Decimal]] = {
    GROWTH: percent,
    PART: share,
    CHANGE: percent,
    AMOUNT: exact,
    RATE: exact,
    DRUGS: percent,
}

#: A value of a term: a number, a word of its choices, or the drugs' percentage with what it is of.
Value = Decimal | str | tuple[Decimal, str]


class Term(NamedTuple):
    """A term, the payer whose it is ("" every payer; folded), and of what: a therapy, or a code with its modifier."""

    name: str
    payer: str = ""
    of: str = ""


class Changes(Mapping[Term, Value]):
    """What changes, and to what. Equal changes are equal whatever the order of the rows they are from."""

    def __init__(self, values: Mapping[Term, Value] | None = None) -> None:
        self._values = dict(values or {})

    def __getitem__(self, term: Term) -> Value:
        return self._values[term]

    def __iter__(self) -> Iterator[Term]:
        return iter(self._values)

    def __len__(self) -> int:
        return len(self._values)

    def having(self, term: Term, value: Value) -> Changes:
        """These changes with one more, or another value of one."""
        return Changes({**self._values, term: value})

    def taking(self, names: frozenset[str], other: Changes) -> Changes:
        """These changes, with all that ``other`` says of some terms in place of what these say of them."""
        mine = {term: value for term, value in self._values.items() if term.name not in names}
        return Changes(mine | {term: value for term, value in other.items() if term.name in names})

    def of(self, name: str, payer: str, of: str = "") -> Value | None:
        """The value that holds for a payer (folded), None where the contract stays as it is."""
        for term in (Term(name, payer, of), Term(name, payer), Term(name, "", of), Term(name)):
            if term in self._values:
                return self._values[term]
        return None

    def all_of(self, name: str, payer: str) -> dict[str, Value]:
        """What is said of a term by what it is of, as it holds for a payer: code -> rate."""
        found: dict[str, Value] = {}
        for whose in ("", payer):
            found |= {term.of: value for term, value in self._values.items() if term[:2] == (name, whose)}
        return found

    def told(self, names: Mapping[str, str], payer: str | None = None) -> str:
        """The changes in words: every one, or those that are said of a payer and of every payer.

        ``names``: the payers' names as they are shown.
        """
        parts = []
        for name in TERMS:
            for term, value in sorted(self._values.items()):
                if term.name == name and (payer is None or term.payer in ("", payer)):
                    parts.append(told(term, value, names))
        return "; ".join(parts)


def told(term: Term, value: Value, names: Mapping[str, str] = MappingProxyType({})) -> str:
    """A change in words; ``names``: the payers' names as they are shown.

    >>> half = told(Term("Second share", "acme"), Decimal("0.25"), {"acme": "Acme"})
    >>> half, told(Term("Rate", "", "S9500"), Decimal(9))
    ('Second share 25 % (Acme)', 'Rate S9500 9')
    """
    shown = f" {term.of}" if term.of else ""
    if isinstance(value, tuple):
        shown += f" {plain(value[0] * 100)} {value[1]}"
    elif isinstance(value, str):
        shown += f" {value}"
    else:
        shown += f" {plain(value)}" if term.name in (RATE, AMOUNT) else f" {plain(value * 100)} %"
    return f"{term.name}{shown}{f' ({names.get(term.payer, term.payer)})' if term.payer else ''}"


class ChangeReader:
    """Reads the values of terms; every method raises a `BillingError` that names the column."""

    def __init__(self, reference: Reference) -> None:
        self.reference = reference

    def value(self, name: str, cell: object, basis: object = None) -> Value:
        """The value of a term out of its cell; ``basis``: what the drugs' percentage is of."""
        cell = good(cell, name)
        if name in OF_PAYERS:
            found: Value = OF_PAYERS[name].read(self.reference, cell, name)
            return found
        if name == DRUGS:
            of = choice(SCENARIOS["Drug basis"], basis) or DRUGS_AT[0]
            return _number(cell, name), of
        return _number(cell, name)

    def therapy(self, cell: object) -> str:
        """The name of a therapy, "" for blank."""
        written = text(good(cell, "Therapy"), "Therapy")
        return self.reference.therapy(written).therapy.name if written else ""

    def code(self, cell: object) -> str:
        """A code, with the modifier of a rank where one stands there: ``S9500-SH``."""
        written = text(good(cell, "Code"), "Code").upper()
        first, _, modifier = written.replace(" ", "-").partition("-")
        code = as_code(first)
        if code is None:
            raise NotFound(f"Code {quoted(written)} is no code: write S9500, or S9500-SH for the rate of a rank")
        self.reference.code_rows(code)
        if modifier and modifier not in RANKED:
            raise WrongInput(f"Code {quoted(written)}: a rate of a rank is written S9500-SH or S9500-SJ")
        return f"{code}-{modifier}" if modifier else code

    def named(self, written: object, payer: str = "") -> tuple[Term, str]:
        """The term that a cell names, and what its percentage is of where it is that of drugs.

        ``Second share``, ``Rate S9500``, ``Volume growth TPN``, ``Drugs at % of charge``. Errors: `NotFound`.
        """
        name = text(good(written, "Term"), "Term")
        for known in TERMS:
            rest = name[len(known) :].strip()
            if fold(name[: len(known)]) != fold(known) or (rest and name[len(known)] != " "):
                continue
            if known == RATE:
                if not rest:
                    raise WrongInput("Rate is the rate of a code: write Rate S9500")
                return Term(known, payer, self.code(rest)), ""
            if known == DRUGS:
                return Term(known, payer), choice(SCENARIOS["Drug basis"], rest) or DRUGS_AT[0]
            if known == GROWTH or not rest:
                return Term(known, payer, self.therapy(rest) if rest else ""), ""
        raise NotFound(f"{quoted(name)} is no term of a scenario: write one of {', '.join(TERMS)} (Rate with its code)")


def _number(cell: object, name: str) -> Decimal:
    """A number of a scenario, within the limits of its column."""
    number = _NUMBERS[name](cell, name)
    least, most = LIMITS[name]
    if not least <= number <= most:
        raise OutOfRange(f"{name} {plain(number)} is not from {plain(least)} to {plain(most)}")
    return number


def _limits(name: str) -> tuple[Decimal, Decimal]:
    """What a column of Scenarios is checked for."""
    checked = SCENARIOS[name].checked
    assert isinstance(checked, Limits), f"Scenarios, {name}: declare its limits"
    assert checked.least is not None and checked.most is not None, f"Scenarios, {name}: declare the least and the most"
    return Decimal(checked.least), Decimal(checked.most)


#: Term -> the least and the most that a scenario may say.
LIMITS = {name: _limits(name) for name in _NUMBERS}


@dataclass(frozen=True, slots=True)
class Scenario:
    """A scenario: its name, what it changes, and the first thing that is wrong with its rows."""

    name: str
    changes: Changes
    problem: BillingError | None = None


def as_payer(name: str) -> str:
    """A payer's name as changes have it."""
    return fold_name(name)
