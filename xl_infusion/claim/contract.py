"""What a payer's contract says: the terms of its row in Payers (`terms` declares them).

Every term has a documented default (the reference's terms); nothing of a payer stands in code. A blank cell is
the default; a cell that cannot be read fails every line of that payer, for none of them can be trusted.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from xl_infusion.claim.inputs import Row, fold_name, good, text
from xl_infusion.claim.terms import OF_DME, TERMS, Terms
from xl_infusion.claim.words import COVERS
from xl_infusion.errors import BillingError, UnknownPayer, WrongInput, quoted, table_row
from xl_infusion.reference import Reference

YES, _, _ = COVERS


class Payers:
    """The Payers table: terms by a payer's name. No table (or one without rows): default terms for all."""

    def __init__(self, reference: Reference, rows: Sequence[tuple[int, Row]]) -> None:
        self._reference = reference
        self._defaults = {field: term.of(reference) for field, term in TERMS.items()}
        self._terms: dict[str, Terms] = {}
        self._absent: dict[str, Terms] = {}
        self._given = bool(rows)
        for number, row in rows:
            terms = self._read(number, row)
            key = fold_name(terms.name)
            if key in self._terms:
                problem = WrongInput(
                    f"payer {quoted(terms.name)} stands twice in Payers (again in table row {number}): keep one row"
                )
                terms = self._made(terms.name, number, {}, problem)
            self._terms[key] = terms
        for terms in self.all:
            if terms.dme_payer:
                self._name_dme(terms)

    def _name_dme(self, terms: Terms) -> None:
        """Marks the row that another one names as its DME payer, or says what is wrong with that name."""
        named = self._terms.get(fold_name(terms.dme_payer))
        where, what = table_row("Payers", terms.row), f"DME payer {quoted(terms.dme_payer)}"
        problem: BillingError | None = None
        if named is None:
            problem = UnknownPayer(f"{what} is not in the Payers table: add a row for it, or mend the name")
        elif named.row == terms.row:
            problem = WrongInput(f"{what} is the payer itself: name the row of the DME contractor")
        elif named.covers != YES:
            problem = WrongInput(f"{what} does not cover what it is billed: leave Covers of its row blank")
        if problem is not None:
            self._terms[fold_name(terms.name)] = self._made(terms.name, terms.row, {}, problem.at(where))
        elif named is not None and not named.dme:
            waste = named.waste or OF_DME not in named.stated
            cell = f"{where}, {TERMS['dme_payer'].name}"
            self._terms[fold_name(named.name)] = replace(named, dme=cell, waste=waste)

    @property
    def all(self) -> list[Terms]:
        """The terms of every row."""
        return list(self._terms.values())

    def _read(self, number: int, row: Row) -> Terms:
        name, where = "", table_row("Payers", number)
        stated: dict[str, Any] = {}
        problems: list[BillingError] = []
        try:
            name = text(good(row.get("Payer"), "Payer"), "Payer")
            if not name:
                raise WrongInput("Payer is blank")
        except BillingError as error:
            problems.append(error.at(where))
        for field, term in TERMS.items():
            try:
                if (cell := row.get(term.name)) is not None:
                    stated[field] = term.read(self._reference, good(cell, term.name), term.name)
            except BillingError as error:
                problems.append(error.at(where))
        return self._made(name, number, {} if problems else stated, *problems)

    def _made(self, name: str, row: int, stated: dict[str, Any], *problems: BillingError) -> Terms:
        values = self._defaults | stated
        problem = problems[0] if problems else None
        return Terms(name=name, row=row, problem=problem, problems=problems, stated=frozenset(stated), **values)

    def terms(self, payer: str) -> Terms:
        """The terms of ``payer``: the defaults for a blank name, an error for one that the table lacks.

        A payer without a row has the spelling that is asked for: no other row's.
        """
        found = self._terms.get(fold_name(payer)) or self._absent.get(payer)
        if found is None:
            problems = []
            if payer and self._given:
                what = f"payer {quoted(payer)} is not in the Payers table: add a row for it, or mend the name"
                problems = [UnknownPayer(what)]
            found = self._absent[payer] = self._made(payer, 0, {}, *problems)
        return found
