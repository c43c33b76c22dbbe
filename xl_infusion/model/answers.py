"""What finance asks of scenarios: what each earns, one term over many values, and what a difference is made of."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from xl_infusion.errors import BillingError
from xl_infusion.model.book import Answer, Book, all_payers
from xl_infusion.model.changes import PART, TERMS, Changes, Scenario, Term, Value, told
from xl_infusion.model.expected import less

#: A cell of an answer.
Cell = str | int | Decimal | Fraction | BillingError
Rows = list[list[Cell]]

ALL_PAYERS, NO_PAYER = "All payers", "(no payer)"
AMOUNTS = ("Claims", "Days", "Per diem", "Drugs", "Visits", "Total")
DIFFERENCE = ("Difference", "Difference %")
SCENARIO_COLUMNS = ("Scenario", "Payer", *AMOUNTS, *DIFFERENCE, "Why")
#: The last four are the columns of a waterfall: nothing below a floating bar, a whole one, what went up, what down.
BRIDGE_COLUMNS = ("Step", "Contribution", "Total", "Blank", "Whole", "Up", "Down")


def scenario_rows(book: Book, scenarios: Iterable[Scenario]) -> Rows:
    """A row for all payers and one for each, scenario by scenario; a scenario that cannot be read is its error."""
    base = book.answers(Changes())
    out: Rows = []
    for scenario in scenarios:
        answers = base if not scenario.changes else book.answers(scenario.changes)
        if scenario.problem is not None:
            answers = dict.fromkeys(base, Answer(*[scenario.problem] * 5))
        whole = all_payers(answers.values())
        why = _why(whole, scenario.changes, book.names, None)
        out.append([scenario.name, ALL_PAYERS, *_row(whole, all_payers(base.values())), why])
        for key, name in book.payers:
            answer = answers[key]
            why = _why(answer, scenario.changes, book.names, key)
            out.append([scenario.name, name or NO_PAYER, *_row(answer, base[key]), why])
    return out


def _row(answer: Answer, base: Answer) -> list[Cell]:
    return [*answer, answer.total, *_difference(answer.total, base.total)]


def _difference(total: Decimal | BillingError, base: Decimal | BillingError) -> list[Cell]:
    """A difference in US dollars, and as a share of the base: blank where the base earns nothing."""
    difference = less(total, base)
    if isinstance(difference, BillingError):
        return [difference, difference]
    assert isinstance(base, Decimal)
    return [difference, Fraction(difference) / Fraction(base) if base else ""]


def _why(answer: Answer, changes: Changes, names: Mapping[str, str], payer: str | None) -> str:
    """The first failure, or the changes in words: those that a payer feels, or (None) all."""
    if answer.problem is not None:
        return str(answer.problem)
    parts = [changes.told(names, payer)]
    if payer is not None and Term(PART, payer) not in changes and any(term.name == PART for term in changes):
        parts.append("its part of the orders that are left")
    return "; ".join(filter(None, parts)) or "as it is"


def sensitivity(book: Book, term: Term, values: Sequence[Value | BillingError]) -> Rows:
    """One term over many values, all else as it is: a row a value, of all payers together."""
    base = all_payers(book.answers(Changes()).values())
    out: Rows = []
    for value in values:
        if isinstance(value, BillingError):
            out.append([value] * 7)
            continue
        answer = all_payers(book.answers(Changes({term: value})).values())
        shown = value[0] if isinstance(value, tuple) else value
        money = (answer.per_diem, answer.drugs, answer.visits, answer.total)
        out.append([shown, *money, *_difference(answer.total, base.total)])
    return out


@dataclass(frozen=True, slots=True)
class _Step:
    name: str
    changes: Changes


def bridge(book: Book, before: Scenario, after: Scenario) -> Rows:
    """What each changed term contributes to the difference of two scenarios, in the order of `changes.TERMS`.

    Each step changes one term more, for all payers at once, so that the contributions add up to the difference exactly.
    What a term contributes depends on what was changed before it; the order is that of volume, rules, price.
    """
    steps = [_Step(before.name, before.changes)]
    done: set[str] = set()
    for name in TERMS:
        if _said(name, before.changes) != _said(name, after.changes):
            done.add(name)
            named = _named(name, after.changes, book.names)
            steps.append(_Step(named, before.changes.taking(frozenset(done), after.changes)))
    totals = [all_payers(book.answers(step.changes).values()).total for step in steps]
    out: Rows = [_bar(before.name, totals[0])]
    for step, earlier, later in zip(steps[1:], totals, totals[1:], strict=False):
        contribution = less(later, earlier)
        if isinstance(contribution, BillingError):
            out.append([step.name, *[contribution] * 6])
            continue
        assert isinstance(earlier, Decimal) and isinstance(later, Decimal)
        low = min(earlier, later)
        up, down = max(contribution, Decimal(0)), max(-contribution, Decimal(0))
        out.append([step.name, contribution, later, low, Decimal(0), up, down])
    out.append(_bar(after.name, totals[-1]))
    return out


def _bar(name: str, total: Decimal | BillingError) -> list[Cell]:
    """The whole bar at either end of a bridge."""
    if isinstance(total, BillingError):
        return [name, *[total] * 6]
    return [name, "", total, Decimal(0), total, Decimal(0), Decimal(0)]


def _said(name: str, changes: Changes) -> dict[Term, Value]:
    return {term: value for term, value in changes.items() if term.name == name}


def _named(name: str, changes: Changes, names: Mapping[str, str]) -> str:
    """A step's name: what the term becomes; where it goes back to the contract, the term alone."""
    parts = [told(term, value, names) for term, value in sorted(_said(name, changes).items())]
    return "; ".join(parts) if 0 < len(parts) <= 2 else name if parts else f"{name} as it is"
