"""The Scenarios table: rows of one name are one scenario."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field

from xl_infusion.claim.inputs import Row, good, text
from xl_infusion.errors import BillingError, NotFound, UnknownPayer, WrongInput, quoted, table_row
from xl_infusion.model.changes import (
    DRUGS,
    GROWTH,
    PART,
    RATE,
    TERMS,
    ChangeReader,
    Changes,
    Scenario,
    Term,
    Value,
    as_payer,
    told,
)
from xl_infusion.reference import Reference
from xl_infusion.reference.names import fold

#: The contracts as they are.
BASE = "Base"


@dataclass(slots=True)
class _Rows:
    """A scenario while its rows are read."""

    name: str
    values: dict[Term, Value] = field(default_factory=dict)
    rows: dict[Term, int] = field(default_factory=dict)
    problem: BillingError | None = None

    def say(self, term: Term, value: Value, row: int) -> None:
        """What a row of the table changes. Errors: `WrongInput` where another row says otherwise."""
        if self.name == BASE:
            raise WrongInput(f"{BASE} is the contracts as they are: name a scenario that changes them otherwise")
        if self.values.setdefault(term, value) != value:
            other = told(term, self.values[term])
            raise WrongInput(f"{told(term, value)} here, and {other} in table row {self.rows[term]}: keep one")
        self.rows.setdefault(term, row)


def _name(row: Row) -> str:
    """The scenario that a row belongs to. Errors: `WrongInput` for a blank one."""
    name = text(good(row.get("Scenario"), "Scenario"), "Scenario")
    if not name:
        raise WrongInput("Scenario is blank: name the scenario that the row belongs to")
    return name


def _go_together(row: Row, therapy: str) -> None:
    """Errors: `WrongInput` for a cell that says nothing without another one."""
    if therapy and row.get(GROWTH) is None:
        raise WrongInput(f"Therapy {quoted(therapy)} is named, and there is no Volume growth: it goes with that alone")
    if (row.get("Code") is None) != (row.get(RATE) is None):
        raise WrongInput("Code and Rate go together: give both, or neither")
    if row.get("Drug basis") is not None and row.get(DRUGS) is None:
        raise WrongInput("Drug basis says what Drugs at is a percentage of: give Drugs at too")


class Scenarios:
    """The scenarios of a table, in the order of their first rows, with the base before them.

    ``payers``: the payers (folded) that have claims or a row of Payers: a row of any other is a misspelt one.
    """

    def __init__(self, reference: Reference, rows: Sequence[tuple[int, Row]], payers: Collection[str]) -> None:
        self._reader = ChangeReader(reference)
        self._payers = payers
        found: dict[str, _Rows] = {fold(BASE): _Rows(BASE)}
        for number, row in rows:
            where = table_row("Scenarios", number)
            name, problem = "", None
            try:
                name = _name(row)
            except BillingError as error:
                problem = error.at(where)
            # a row whose scenario cannot be read may belong to any: it is one of its own, and fails
            scenario = found.setdefault(fold(name) or where, _Rows(name or where))
            scenario.problem = scenario.problem or problem
            try:
                self._add(scenario, number, row)
            except BillingError as error:
                scenario.problem = scenario.problem or error.at(where)
        self.all = [Scenario(one.name, Changes(one.values), one.problem) for one in found.values()]
        self._by_name = {fold(one.name): one for one in self.all}

    def _add(self, scenario: _Rows, number: int, row: Row) -> None:
        payer = self._payer(row)
        therapy = self._reader.therapy(row.get("Therapy"))
        _go_together(row, therapy)
        for name in TERMS:
            cell = row.get(name)
            if cell is None:
                continue
            if name == PART and not payer:
                raise WrongInput("Part of orders is a payer's: name the payer")
            of = therapy if name == GROWTH else self._reader.code(row.get("Code")) if name == RATE else ""
            scenario.say(Term(name, payer, of), self._reader.value(name, cell, row.get("Drug basis")), number)

    def _payer(self, row: Row) -> str:
        """The payer that a row is about, folded; "" for all."""
        written = text(good(row.get("Payer"), "Payer"), "Payer")
        payer = as_payer(written)
        if payer and payer not in self._payers:
            raise UnknownPayer(f"payer {quoted(written)} has neither orders nor a row of Payers: mend the name")
        return payer

    def named(self, name: object) -> Scenario:
        """The scenario of a name. Errors: `NotFound`, and whatever is wrong with its rows."""
        written = text(good(name, "Scenario"), "Scenario")
        found = self._by_name.get(fold(written or BASE))
        if found is None:
            names = ", ".join(one.name for one in self.all)
            raise NotFound(f"scenario {quoted(written)} is not in Scenarios: it has {names}")
        if found.problem is not None:
            raise found.problem
        return found
