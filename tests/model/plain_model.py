"""The model worked out from the raw tables, day after day, in plain arithmetic: nothing of the package is imported.

An oracle for the worksheet functions. It knows the drugs, codes and unit amounts that its tables need by hand (HCPCS
Level II, CMS), the terms of a contract in their documented meaning, and fractions. Whatever a table has that it does
not know (a column, a drug, a basis) is a `NotKnown`: it never leaves anything out.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from math import ceil
from typing import Any

from tests.model.plain_orders import (
    DAY,
    DRUG_CODES,
    INFECTION,
    KINDS,
    LITERS,
    NONE,
    ONE,
    PER_DIEMS,
    Changes,
    NotKnown,
    Order,
    Row,
    Tables,
    amount,
    cents,
    check,
    day,
    number,
    per_diem_code,
    read_order,
)

# -- claims ------------------------------------------------------------------------------------------------------


@dataclass
class Claim:
    """Orders of one patient that one payer pays, and visits; a denial has visits alone, and is paid nothing."""

    patient: str
    payer: str
    denial: bool
    orders: list[Order] = field(default_factory=list)
    visits: list[Row] = field(default_factory=list)


def claims(tables: Tables) -> list[Claim]:
    """The claims of the tables."""
    deny = {row["Payer"] for row in tables["Payers"] if row.get("Covers") == "deny first"}
    if {row.get("Covers") for row in tables["Payers"]} - {None, "yes", "deny first"}:
        raise NotKnown("a payer that does not cover")
    found: dict[tuple[str, str], Claim] = {}
    payers: dict[str, set[tuple[str, str]]] = defaultdict(set)
    for row in tables["Orders"]:
        order, payer = read_order(row), row["Payer"]
        second = row.get("Second payer") if payer in deny else None
        if payer in deny and (not second or second in deny):
            raise NotKnown(f"order {order.number} without a second payer")
        payers[order.patient].add((payer, second or ""))
        order.payer = second or payer
        found.setdefault((order.patient, order.payer), Claim(order.patient, order.payer, False)).orders.append(order)
    for row in tables["Visits"]:
        patient = row["Patient"]
        if len(payers[patient]) != 1 or row.get("Payer") not in {None, *(first for first, _ in payers[patient])}:
            raise NotKnown(f"a visit of {patient}, whose orders have {len(payers[patient])} payers")
        [(first, second)] = payers[patient]
        found[patient, second or first].visits.append(row)
        if second:
            found.setdefault((patient, first), Claim(patient, first, True)).visits.append(row)
    return list(found.values())


# -- what a payer pays -------------------------------------------------------------------------------------------


class Rates:
    """The rows of Rates by their code, and the days on which one of them begins or has ended."""

    def __init__(self, rows: Sequence[Row]) -> None:
        self.rows: dict[str, list[Row]] = defaultdict(list)
        self._turns: dict[str, set[dt.date]] = defaultdict(set)
        for row in rows:
            if row.get("Modifier") not in (None, "SH", "SJ"):
                raise NotKnown(f"a rate for modifier {row['Modifier']}")
            self.rows[row["Code"]].append(row)
            if row.get("From") is not None:
                self._turns[row["Code"]].add(day(row["From"]))
            if row.get("To") is not None:
                self._turns[row["Code"]].add(day(row["To"]) + DAY)

    def since(self, code: str, on: dt.date) -> dt.date:
        """The first day from which on a code's rows are those of a day."""
        return max((turn for turn in self._turns[code] if turn <= on), default=dt.date.min)

    def listed(self, payer: str, code: str, modifier: str, on: dt.date, basis: tuple[str, ...]) -> Row | None:
        """The most specific row in force."""
        for whose, ranked in ((payer, modifier), (payer, ""), (None, modifier), (None, "")):
            rows = [
                row
                for row in self.rows[code]
                if row.get("Payer") == whose
                and (row.get("Modifier") or "") == ranked
                and (row.get("Basis") or "fee") in basis
                and (row.get("From") is None or day(row["From"]) <= on)
                and (row.get("To") is None or on <= day(row["To"]))
            ]
            if len({number(row["Rate"]) for row in rows}) > 1:
                raise NotKnown(f"two rates of {code} on {on}")
            if rows:
                return rows[0]
        return None


@dataclass
class Contract:
    """The terms of a payer, under the changes of a scenario."""

    payer: str
    row: Row
    rates: Rates
    changes: Changes
    _found: dict[Any, Any] = field(default_factory=dict)

    def changed(self, term: str, of: str = "") -> Any:
        """What the changes make of a term: of the payer before every payer's, and of those the one that says of what."""
        for payer in (self.payer, ""):
            for whose in (of, ""):
                if (term, payer, whose) in self.changes:
                    return self.changes[term, payer, whose]
        return None

    def term(self, name: str, default: Any) -> Any:
        found = self.changed(name)
        if found is None:
            found = self.row.get(name)
        return default if found is None else found

    def share(self, rank: int) -> Fraction:
        return (ONE, number(self.term("Second share", 0.5)), number(self.term("Third share", 0.25)))[min(rank, 2)]

    def a_day(self, code: str, modifier: str, rank: int, exempt: bool, on: dt.date) -> Fraction:
        """What a day of a per diem earns: a full rate in the decimals that it has, a part of it to the cent."""
        key = ("day", code, modifier, rank, exempt, self.rates.since(code, on))
        if key not in self._found:
            rate, own = self.price(code, modifier, on)
            share = ONE if own or exempt else self.share(rank)
            self._found[key] = rate if share == 1 else cents(rate * share)
        return self._found[key]  # type: ignore[no-any-return]

    def usual(self, code: str, modifier: str, on: dt.date) -> Fraction | None:
        """The usual charge of a unit or day."""
        key = ("usual", code, modifier, self.rates.since(code, on))
        if key not in self._found:
            row = self.rates.listed(self.payer, code, modifier, on, ("usual charge",))
            self._found[key] = None if row is None else number(row["Rate"])
        return self._found[key]  # type: ignore[no-any-return]

    def price(self, code: str, modifier: str, on: dt.date) -> tuple[Fraction, bool]:
        """US dollars of a day or unit, and whether it is the rank's own rate, of which no share is taken."""
        key = ("price", code, modifier, self.rates.since(code, on))
        if key not in self._found:
            self._found[key] = self._price(code, modifier, on)
        return self._found[key]  # type: ignore[no-any-return]

    def _price(self, code: str, modifier: str, on: dt.date) -> tuple[Fraction, bool]:
        row = self.rates.listed(self.payer, code, modifier, on, ("fee", "% of charge"))
        for whose in (self.payer, ""):  # a rate that the scenario gives the code, or its rank
            if modifier and ("Rate", whose, f"{code}-{modifier}") in self.changes:
                return self.changes["Rate", whose, f"{code}-{modifier}"], True
        for whose in (self.payer, ""):  # a new full rate says nothing of the rate that a rank has in force
            if ("Rate", whose, code) in self.changes and not (row and row.get("Modifier")):
                return self.changes["Rate", whose, code], False
        drugs = self.changed("Drugs at") if code in DRUG_CODES else None
        basis, rate = "", NONE
        if drugs is not None:
            rate, basis = drugs
        elif row is not None:
            rate, basis = number(row["Rate"]), row.get("Basis") or "fee"
        if basis == "% of charge":
            usual = self.usual(code, modifier, on)
            if usual is None or code not in DRUG_CODES:
                raise NotKnown(f"a percentage of the charge of {code}")
            return rate * usual, False
        if basis != "fee" or row is None:
            raise NotKnown(f"no rate of {code} of {self.payer} on {on}")
        if code in PER_DIEMS and (self.changed("Per diem change") or self.changed("Per diem amount")):
            rate = rate * (1 + (self.changed("Per diem change") or 0)) + (self.changed("Per diem amount") or 0)
            decimals = max(2, len(str(float(row["Rate"])).partition(".")[2].rstrip("0")))
            rate = cents(rate * 10 ** (decimals - 2)) / 10 ** (decimals - 2)
        return rate, bool(row.get("Modifier"))


# -- lines -------------------------------------------------------------------------------------------------------


@dataclass
class Line:
    """Days of one code at one price; ``units``: days, drug units or visit units."""

    claim: Claim
    kind: str
    therapy: str
    drug: str
    code: str
    modifier: str
    first: dt.date
    last: dt.date
    units: int
    allowed: Fraction
    charge: Fraction


def joined(days: Iterable[tuple[dt.date, Any]], span: str) -> list[list[tuple[dt.date, Any]]]:
    """Days that follow each other and say the same, cut where the payer's span of a line ends."""
    out: list[list[tuple[dt.date, Any]]] = []
    for on, says in days:
        if (
            out
            and out[-1][-1] == (on - DAY, says)
            and not (span == "month" and on.day == 1)
            and not (span == "week" and len(out[-1]) == 7)
            and span != "day"
        ):
            out[-1].append((on, says))
        else:
            out.append([(on, says)])
    return out


def every_day_counts(order: Order, terms: Contract) -> bool:
    """Whether each day of an order counts, or its infusion days alone."""
    return order.hours <= 24 or (terms.term("Days counted", "every day") == "every day" and order.hours <= 72)


def per_diem_lines(claim: Claim, terms: Contract) -> Iterator[Line]:
    """Every day: who runs, in which order, and what each earns."""
    counted = terms.term("Days counted", "every day")
    rank_by, ties = terms.term("Rank by", "frequency"), terms.row.get("Tie by") or "rate"
    if counted not in ("every day", "infusion days", "infusion or visit days"):
        raise NotKnown(f"days counted {counted!r}")
    exempt = {name.strip() for name in (terms.row.get("Exempt therapies") or "").split(",")}
    always = terms.row.get("Always code")
    if always not in (None, "S9494") or rank_by not in ("frequency", "rate", "start"):
        raise NotKnown(f"always {always!r}, rank by {rank_by!r}")
    visited = {day(visit["Date"]) for visit in claim.visits}
    running: dict[dt.date, list[Order]] = defaultdict(list)
    for order in sorted(claim.orders, key=lambda order: (order.first, order.number)):
        every = every_day_counts(order, terms)
        for on in order.days():
            if every or order.doses(on) or (counted == "infusion or visit days" and on in visited):
                running[on].append(order)
    found: dict[Any, list[tuple[dt.date, Any]]] = defaultdict(list)
    for on in sorted(running):
        groups: dict[Any, list[Order]] = defaultdict(list)
        for order in running[on]:
            groups[order.therapy if order.therapy in LITERS else order.number].append(order)
        therapies = []
        for orders in groups.values():
            code = always if always and orders[0].therapy == INFECTION else per_diem_code(orders)
            lead = orders[0]
            key: tuple[Any, ...] = (min(order.hours for order in orders), lead.first, lead.number)
            if rank_by == "frequency" and ties == "rate":
                key = (key[0], -terms.price(code, "", on)[0], *key[1:])
            elif rank_by == "rate":
                key = (-terms.price(code, "", on)[0], *key)
            elif rank_by == "start":
                key = (lead.first, *key)
            therapies.append((key, code, orders))
        for rank, (_, code, orders) in enumerate(sorted(therapies, key=lambda one: one[0])):
            modifier = ("", "SH", "SJ")[min(rank, 2)]
            liters = orders[0].liters if len(orders) == 1 else sum((order.liters for order in orders), NONE)
            dollars = terms.a_day(code, modifier, rank, orders[0].therapy in exempt, on)
            says = (code, modifier, dollars, liters)
            found[orders[0].number, orders[0].therapy].append((on, says))
    for (_, therapy), days in found.items():
        for piece in joined(days, terms.term("Line span", "whole")):
            (first, (code, modifier, dollars, _)), last = piece[0], piece[-1][0]
            usual = terms.usual(code, modifier, first)
            allowed = cents(dollars * len(piece))
            charge = allowed if usual is None else cents(usual * len(piece))
            yield Line(claim, KINDS[0], therapy, "", code, modifier, first, last, len(piece), allowed, charge)


def drug_lines(claim: Claim, terms: Contract) -> Iterator[Line]:
    """Every order: which code, how many doses a day, and what they come to."""
    rounding = terms.term("Unit rounding", "dose")
    for order in claim.orders:
        if not order.drug:
            continue
        kind, dose = amount(order.dose)
        days = []
        every = every_day_counts(order, terms)
        for on in order.days():
            if not every and not order.doses(on):
                continue  # it is billed on the day on which it is given
            code, unit = order.code(on)
            days.append((on, (code, unit, terms.price(code, "", on)[0])))
        for piece in joined(days, terms.term("Line span", "whole")):
            (first, (code, unit, price)), last = piece[0], piece[-1][0]
            of, size = amount(unit)
            if of != kind:
                raise NotKnown(f"{order.dose} in units of {unit}")
            doses = [order.doses(on) for on, _ in piece]
            if rounding == "dose":
                units = sum(doses) * ceil(dose / size)
            elif rounding == "day":
                units = sum(ceil(count * dose / size) for count in doses)
            elif rounding == "line":
                units = ceil(sum(doses) * dose / size)
            else:
                raise NotKnown(f"rounding {rounding!r}")
            if not units:
                continue  # days between two doses
            usual, allowed = terms.usual(code, "", first), cents(price * units)
            charge = allowed if usual is None else cents(usual * units)
            yield Line(claim, KINDS[1], order.therapy, order.drug, code, "", first, last, units, allowed, charge)


def visit_lines(claim: Claim, terms: Contract) -> Iterator[Line]:
    """Every visit: two hours, and each further hour from its 31st minute on."""
    for visit in claim.visits:
        on = day(visit["Date"])
        further = max(visit["Minutes"] - 120, 0)
        for code, units in (("99601", 1), ("99602", further // 60 + (further % 60 >= 31))):
            if units:
                usual, allowed = terms.usual(code, "", on), cents(terms.price(code, "", on)[0] * units)
                charge = allowed if usual is None else cents(usual * units)
                paid = NONE if claim.denial else allowed
                yield Line(claim, KINDS[2], "", "", code, "", on, on, units, paid, charge)


def lines(tables: Tables, changes: Changes, made: Sequence[Claim] = ()) -> Iterator[Line]:
    """Every line of every claim under the changes; ``made``: the claims, where they were made before."""
    check(tables)
    rows = {row["Payer"]: row for row in tables["Payers"]}
    rates = Rates(tables["Rates"])
    contracts: dict[str, Contract] = {}
    for claim in made or claims(tables):
        if claim.payer not in contracts:
            contracts[claim.payer] = Contract(claim.payer, rows[claim.payer], rates, changes)
        terms = contracts[claim.payer]
        if not claim.denial:
            yield from per_diem_lines(claim, terms)
            yield from drug_lines(claim, terms)
        yield from visit_lines(claim, terms)
