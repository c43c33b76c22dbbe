"""What another order of concurrent therapies would earn."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from decimal import Decimal
from fractions import Fraction

from xl_infusion.claim.checks.check import WARNING, Checked, Wrong, check, wrong_at
from xl_infusion.claim.codes import PerDiem
from xl_infusion.claim.columns import PAYER_CODES, PAYERS
from xl_infusion.claim.grid import Claim, Work
from xl_infusion.claim.lines import PER_DIEM, Line
from xl_infusion.claim.price import Price
from xl_infusion.claim.ranking import Code, Ranker
from xl_infusion.claim.words import RANK_BY
from xl_infusion.errors import BillingError
from xl_infusion.rules.number import dollars

_, BY_RATE, BY_START = RANK_BY
_NO_RATE = Decimal(-1)


@check(
    "rank by rate pays more", WARNING, "Ask whether the contract ranks by rate; if so say it in Rank by.",
    (PAYERS, PAYER_CODES),
)  # fmt: skip
def _by_rate(checked: Checked) -> Iterator[Wrong]:
    yield from checked.once(better_ranks)


def better_ranks(checked: Checked) -> list[Wrong]:
    """The claims that ranking by rate would earn more for than ranking as the contract says, with the amount."""
    work = checked.work
    rates = _FullRates(work)
    ranked = [claim for claim in checked.claims if work.rates.given and claim.terms.rank_by != BY_RATE]
    return [wrong for claim in ranked for wrong in _better(work, claim, rates)]


def _better(work: Work, claim: Claim, rates: _FullRates) -> Iterator[Wrong]:
    if not _may_earn_more(claim, rates):
        return
    payer = work.payer(claim.payer)
    ranker = Ranker(work.reference, payer.terms, payer.codes, work.rates, by_rate=True)
    ranking = ranker.rank(claim.dated, claim.visited, claim.line_days)
    mine = [line for line in claim.lines if line.kind == PER_DIEM]
    now, then = _earned(mine), _earned(line for one in ranking.stretches for line in payer.maker.per_diem(one))
    if now is not None and then is not None and then > now:
        first, last = min(line.first for line in mine), max(line.last for line in mine)
        yield wrong_at(mine[0].source, first, last, _more(claim, now, then))


def _more(claim: Claim, now: Decimal, then: Decimal) -> str:
    of = f"this claim to {claim.payer}" if claim.payer else "this claim"
    earn = f"the per diems of {of} earn {dollars(then - now)} more"
    return f"ranked by rate, {earn}: {dollars(then)} in place of {dollars(now)}"


def _earned(lines: Iterable[Line]) -> Decimal | None:
    """What lines come to, None where one of them has no charge."""
    total = Decimal(0)
    for line in lines:
        if not isinstance(line.charge, Decimal):
            return None
        total += line.charge
    return total


def _may_earn_more(claim: Claim, rates: _FullRates) -> bool:
    """True where a therapy that the contract puts first may have a lower full rate than one after it.

    It looks at all days at once, and so at two therapies that never meet: ranking them then finds nothing.
    """
    by_start = claim.terms.rank_by == BY_START
    stretches = [one for one in claim.ranking.stretches if one.ranked]
    hours: dict[Code, int | Fraction] = {one.code: 0 if by_start else one.lead.rx.hours for one in stretches}
    if len(hours) < 2:
        return False
    first, last = min([one.first for one in stretches]), max([one.last for one in stretches])
    found = sorted([(hours[code], *rates.of(claim.payer, code, first, last)) for code in hours])
    least = found[0][1]
    for _, low, high in found[1:]:
        if high > least:
            return True
        least = min(least, low)
    return False


class _FullRates:
    """The full rates of per diem codes on all days, worked out once for many claims."""

    def __init__(self, work: Work) -> None:
        self.work = work
        self._known: dict[Code, list[tuple[int, int, Decimal]]] = {}

    def of(self, payer: str, code: Code, first: int, last: int) -> tuple[Decimal, Decimal]:
        """The lowest and the highest full rate of a code on some days; -1 is no rate: it ranks last."""
        spans = self._known.get(code)
        if spans is None:
            spans = self._known[code] = list(self._spans(payer, code))
        found = [amount for start, end, amount in spans if start <= last and end >= first] or [_NO_RATE]
        return min(found), max(found)

    def _spans(self, payer: str, code: Code) -> Iterator[tuple[int, int, Decimal]]:
        prices = self.work.payer(payer).maker.prices
        for first, last, answer in () if isinstance(code, BillingError) else code.whole:
            if isinstance(answer, PerDiem):
                for start, end, price in prices(answer.row.code).cut(first, last):
                    yield start, end, price.amount if isinstance(price, Price) else _NO_RATE
