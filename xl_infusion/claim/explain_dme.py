"""What an explanation tells of typed modifiers, and of what Medicare's DME contractor is billed."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from xl_infusion.claim import dme
from xl_infusion.claim.grid import Claim, Work
from xl_infusion.claim.lines import BESIDE, Line
from xl_infusion.claim.modifiers import EXCLUDED, rows_of
from xl_infusion.claim.order import Order
from xl_infusion.claim.step import Step, code_of, days_of
from xl_infusion.errors import BillingError, brief
from xl_infusion.reference import Reference


def typed(order: Order, claims: Iterable[Claim], reference: Reference, at: str) -> Iterator[Step]:
    """The modifiers that are typed: what each says, and which of the order's lines have it."""
    given, lines = order.rx.modifiers, [line for claim in claims for line in claim.lines if line.source is order]
    for modifier in () if isinstance(given, BillingError) else given:
        codes = dict.fromkeys(code_of(line) for line in lines if modifier in line.modifiers)
        row = rows_of(reference, modifier)[-1]
        answer = f"{modifier}, {row.meaning}: on {', '.join(codes) or 'no line'}"
        yield Step("Which modifier is typed?", answer, f"{at}, Modifiers; code reference: {row.source}")


def billed_to_dme(work: Work, claim: Claim, order: Order) -> Iterator[Step]:
    """Who is billed for the drug that Medicare pays with its pump, on which days and in which category."""
    payer = work.payer(claim.payer)
    for first, last in claim.drug_days[order]:
        code = payer.codes.drug(order.rx).on(first)
        assert not isinstance(code, BillingError) and code is not None  # else none of its days were this payer's
        ((_, _, row),) = dme.paid(work.reference, order.rx, code.row.code, [(first, first)])
        assert row is not None
        answer = f"{brief(payer.terms.name)}: {row.code} is of the category {row.category}"
        if order in claim.denials:
            answer += f"; {EXCLUDED} asks for its denial, and the drug is billed behind it too"
        by = f"{claim.terms.dme}; code reference, medicare_dme: {row.source}"
        yield Step(f"Who is billed for the drug, {days_of(first, last)}?", answer, by)


def a_line_a_day(work: Work, claim: Claim, line: Line) -> tuple[str, str] | None:
    """Why a line of what Medicare pays by the day of infusion is of that day alone, None for another line."""
    if not claim.terms.dme or isinstance(line.code, BillingError) or not isinstance(line.source, Order):
        return None
    found = dme.paid(work.reference, line.source.rx, line.code, [(line.first, line.first)])
    if line.kind == BESIDE or any(dme.a_day(work.reference, row, line.first) for _, _, row in found):
        return "each day of an infusion has a line of its own", "code reference, medicare_dme_rules"
    return None
