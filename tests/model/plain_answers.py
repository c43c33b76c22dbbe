"""What the Model sheet shows, added up from the plain lines: scenarios, bridges, sensitivity, expected payment."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Sequence
from fractions import Fraction
from typing import Any

from tests.model.plain_model import Claim, Line, claims, lines
from tests.model.plain_orders import KINDS, NONE, ONE, TERMS, Changes, NotKnown, Row, Tables, cents, check, day, number

ALL = "All payers"
#: Per diem, drugs, visits, in all; US dollars.
Money = tuple[Fraction, Fraction, Fraction, Fraction]
#: Claims, days of per diem, money.
Answer = tuple[Fraction, Fraction, Money]


# -- scenarios ---------------------------------------------------------------------------------------------------


def scenarios(tables: Tables) -> dict[str, Changes]:
    """Each scenario of the table with its changes, Base first."""
    check(tables)
    found: dict[str, Changes] = {"Base": {}}
    for row in tables["Scenarios"]:
        changes = found.setdefault(row["Scenario"], {})
        for term in TERMS:
            if row.get(term) is None:
                continue
            of = (row.get("Therapy") or "") if term == "Volume growth" else row["Code"] if term == "Rate" else ""
            changes[term, row.get("Payer") or "", of] = value(term, row[term], row.get("Drug basis"))
    return found


def value(term: str, cell: Any, basis: str | None = None) -> Any:
    """A cell of a term as what is counted with."""
    if term in ("Days counted", "Rank by", "Unit rounding"):
        return cell
    if term == "Drugs at":
        if basis != "% of charge":
            raise NotKnown(f"drugs at {basis}")
        return number(cell), basis
    return number(cell)


def parts(made: Sequence[Claim], changes: Changes) -> dict[str, Fraction]:
    """By how much the orders of each payer grow or shrink for its part of all orders."""
    orders: dict[str, int] = defaultdict(int)
    for claim in made:
        orders[claim.payer] += len(claim.orders)
    stated = {payer: part for (term, payer, _), part in changes.items() if term == "Part of orders"}
    if not stated:
        return dict.fromkeys(orders, ONE)
    every = sum(orders.values())
    others = sum(count for payer, count in orders.items() if payer not in stated)
    left = 1 - sum(stated.values(), NONE)
    if left < 0 or (left and not others) or any(part and not orders[payer] for payer, part in stated.items()):
        raise NotKnown("parts of orders that cannot be")
    out = {}
    for payer, count in orders.items():
        if payer in stated:
            out[payer] = stated[payer] * every / count if count else ONE
        else:
            out[payer] = left * every / others if others else ONE
    return out


def growth(changes: Changes, payer: str, therapy: str) -> Fraction:
    """1 and the growth of a therapy of a payer: its own before every payer's, and of those the therapy's before all."""
    for whose in (payer, ""):
        for of in (therapy, ""):
            if ("Volume growth", whose, of) in changes:
                return 1 + Fraction(changes["Volume growth", whose, of])
    return ONE


class Answers:
    """What the contracts come to under changes; the answers to equal changes are worked out once."""

    def __init__(self, tables: Tables) -> None:
        self.tables, self._claims = tables, claims(tables)
        self._known: dict[frozenset[Any], dict[str, Answer]] = {}

    def of(self, changes: Changes) -> dict[str, Answer]:
        """Payer, and all of them -> claims, days of per diem, and the money."""
        key = frozenset(changes.items())
        if key not in self._known:
            self._known[key] = answers(self.tables, changes, self._claims)
        return self._known[key]

    def total(self, changes: Changes) -> Fraction:
        """What all payers pay together."""
        return self.of(changes)[ALL][2][3]

    def bridge(self, before: Changes, after: Changes) -> list[tuple[str, Fraction, Fraction]]:
        """Each term that differs, in the order of TERMS: what it adds after those before it, and the total then."""
        out = []
        now, earned = dict(before), self.total(before)
        for term in TERMS:
            old = {key: what for key, what in before.items() if key[0] == term}
            new = {key: what for key, what in after.items() if key[0] == term}
            if old != new:
                now = {key: what for key, what in now.items() if key[0] != term} | new
                later = self.total(now)
                out.append((term, later - earned, later))
                earned = later
        return out


def answers(tables: Tables, changes: Changes, made: Sequence[Claim]) -> dict[str, Answer]:
    """Payer, and all of them -> claims, days of per diem, and the money."""
    factor = parts(made, changes)
    dollars: dict[str, dict[str, Fraction]] = {}
    days: dict[str, Fraction] = defaultdict(Fraction)
    of_claim: dict[int, dict[str, int]] = defaultdict(lambda: defaultdict(int))
    every: dict[int, Claim] = {}
    for line in lines(tables, changes, made):
        payer = line.claim.payer
        grown = factor[payer] * growth(changes, payer, line.therapy)
        kinds = dollars.setdefault(payer, dict.fromkeys(KINDS, NONE))
        kinds[line.kind] += line.allowed * grown
        every[id(line.claim)] = line.claim
        if line.kind == KINDS[0]:
            days[payer] += line.units * grown
            of_claim[id(line.claim)][line.therapy] += line.units
    counts: dict[str, Fraction] = defaultdict(Fraction)
    for key, claim in every.items():
        whole = of_claim[key] or {"": 1}
        for therapy, some in whole.items():
            grown = factor[claim.payer] * growth(changes, claim.payer, therapy)
            counts[claim.payer] += grown * Fraction(some, sum(whole.values()))
    out: dict[str, Answer] = {}
    for payer, kinds in dollars.items():
        per_diem, drugs, visits = (cents(kinds[kind]) for kind in KINDS)
        out[payer] = counts[payer], days[payer], (per_diem, drugs, visits, per_diem + drugs + visits)
    sums = [sum((one[2][at] for one in out.values()), NONE) for at in range(4)]
    out[ALL] = (sum((one[0] for one in out.values()), NONE), sum((one[1] for one in out.values()), NONE),
                (sums[0], sums[1], sums[2], sums[3]))  # fmt: skip
    return out


# -- expected payment --------------------------------------------------------------------------------------------

Sums = dict[str, Fraction]


def expected(tables: Tables) -> dict[str, Sums]:
    """Payer, and all of them -> charge, allowed, adjustment, patient share, what the payer pays, cost, margin."""
    out: dict[str, Sums] = defaultdict(lambda: defaultdict(Fraction))
    copays: dict[tuple[int, dt.date], Fraction] = {}
    rows = {row["Payer"]: row for row in tables["Payers"]}
    for line in lines(tables, {}):
        owed = owes(line, rows[line.claim.payer], copays)
        cost = None if line.kind != KINDS[1] else bought(line, tables.get("Costs", ()))
        for payer in (line.claim.payer, ALL):
            sums = out[payer]
            sums["Charge"] += line.charge
            sums["Allowed"] += line.allowed
            sums["Expected"] += line.allowed
            sums["Adjustment"] += line.charge - line.allowed
            sums["Patient share"] += owed
            sums["Payer pays"] += line.allowed - owed
            if cost is not None:
                sums["Drug cost"] += cost
                sums["Drug margin"] += line.allowed - cost
            sums["Lines"] += 1
    return out


def owes(line: Line, payer: Row, copays: dict[tuple[int, dt.date], Fraction]) -> Fraction:
    """The patient's part of a line: a copay for a day with a visit, the coinsurance of every other line."""
    if line.claim.denial:
        return NONE
    if line.kind == KINDS[2] and payer.get("Copay a visit") is not None:
        left = copays.setdefault((id(line.claim), line.first), number(payer["Copay a visit"]))
        copay = min(left, line.allowed)
        copays[id(line.claim), line.first] -= copay
        return copay
    return cents(line.allowed * number(payer.get("Coinsurance") or 0))


def bought(line: Line, costs: Iterable[Row]) -> Fraction | None:
    """What the drug of a line cost, by the row in force on its first day: one for the code before one for the drug."""
    rows = list(costs)
    for name in (line.code, line.drug):
        named = [row for row in rows if row["Drug or code"] == name]
        found = [
            row
            for row in named
            if (row.get("From") is None or day(row["From"]) <= line.first)
            and (row.get("To") is None or line.first <= day(row["To"]))
        ]
        if len(found) > 1 or (named and not found):
            raise NotKnown(f"{len(found)} costs of {name} on {line.first}")
        if found:
            return cents(number(found[0]["Cost"]) * line.units)
    return None
