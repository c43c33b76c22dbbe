"""Which remittance rows pay which expected lines: decided for a patient as a whole, never by place.

What is alike goes together in this order, and what is taken is taken:

1. A payment and its reversal of the same amount stand together and pay nothing.
2. The same code, modifiers and days; among several by order, payer, units and amount. Several rows that come to what
   one line expects pay it together.
3. Rows that follow one another and fill the days of a line; one row over the days of several lines.
4. What is left, by how much is alike: a code of the same family (a drug's codes, a therapy's per diems), days that
   touch or are near, then modifiers, units and amount. All rows together have as much in common with their lines as
   can be (`land_doig`); where that is the same, the earlier row keeps the line.
5. A row more for a line that is paid already: paid twice, or taken back.

An order's number that is one of the patient's binds a row to that order's lines (and to visits). So does the name of
a payer that the patient's claims have. Nothing is dropped: what finds no line comes back with the reason.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Hashable, Iterable, Iterator, Mapping, Sequence
from decimal import Decimal
from functools import cached_property
from itertools import pairwise

from xl_infusion.model.expected import ExpectedLine
from xl_infusion.model.land_doig import placed
from xl_infusion.model.pairing import FAR, NEAR, Families, Likeness, Target, gap, likeness, parts_of
from xl_infusion.model.remittance import Remit
from xl_infusion.reference import Reference
from xl_infusion.rules.number import CENT

#: A row that pays no line, and why.
Unmatched = tuple[Remit, str]

#: What rows of one code, modifiers and days are told apart by, the strictest first: (units, amount).
_BY = ((True, True), (True, False), (False, True), (False, False))
#: Days in all that first and last day may be off, for a row to be of another line than the one it equals.
_FEW = 3


def matched(
    lines: Iterable[ExpectedLine], remits: Sequence[Remit], reference: Reference
) -> tuple[list[Target], list[Unmatched]]:
    """Every line with the rows that pay it, and the rows that pay none, sorted by what they say.

    Every row is in exactly one of the two; one that pays several lines is divided among them to the cent.
    """
    targets = [Target(at, line) for at, line in enumerate(lines)]
    of_patient: dict[str, list[Target]] = defaultdict(list)
    of_order: dict[str, str] = {}
    for target in targets:
        of_patient[target.patient].append(target)
        if target.order:
            of_order.setdefault(target.order, target.patient)
    rows: dict[str, list[Remit]] = defaultdict(list)
    unmatched: list[Unmatched] = []
    for remit in sorted(remits, key=lambda remit: remit.key):
        if remit.problem is not None:
            unmatched.append((remit, str(remit.problem)))
            continue
        patient = remit.patient
        if patient not in of_patient and remit.order in of_order:
            patient = of_order[remit.order]
        if patient in of_patient:
            rows[patient].append(remit)
        else:
            unmatched.append((remit, "no expected line is of this order or patient"))
    families = Families(reference)
    for patient, found in rows.items():
        left = _Patient(of_patient[patient], found, families).match()
        unmatched += [(remit, "no expected line of the patient has such a code on these days") for remit in left]
    unmatched.sort(key=lambda one: one[0].key)
    return targets, unmatched


class _Calendar:
    """Lines by what they have in common, in the order of their first days."""

    def __init__(self, lines: Iterable[tuple[Hashable, Target]]) -> None:
        self._lines: dict[Hashable, list[Target]] = defaultdict(list)
        for key, target in lines:
            self._lines[key].append(target)
        for some in self._lines.values():
            some.sort(key=lambda target: (target.first, target.at))
        self._firsts = {key: [target.first for target in some] for key, some in self._lines.items()}
        #: from the first to the last day of the longest line
        self._longest = {key: max(target.last - target.first for target in some) for key, some in self._lines.items()}

    def beginning(self, key: Hashable, first: int, last: int) -> list[Target]:
        """The lines whose first day lies among these."""
        firsts = self._firsts.get(key, [])
        return self._lines.get(key, [])[bisect_left(firsts, first) : bisect_right(firsts, last)]

    def near(self, key: Hashable, first: int, last: int) -> list[Target]:
        """The lines that have one of these days, and some that end before them."""
        return self.beginning(key, first - self._longest.get(key, 0), last)


class _Patient:
    """The lines of one patient and the rows that are of that patient."""

    def __init__(self, targets: list[Target], remits: list[Remit], families: Families) -> None:
        self.targets = targets
        self.families = families
        #: rows that are not placed yet, in the order of what they say
        self.free = dict.fromkeys(remits)
        self.orders = {target.order for target in targets} - {""}
        self.payers = {target.payer for target in targets} - {""}
        self.same: dict[tuple[object, ...], list[Target]] = defaultdict(list)
        for target in targets:
            self.same[target.key].append(target)

    def match(self) -> list[Remit]:
        """Gives the lines their rows; what is left."""
        reversals = self._reversals()
        groups: dict[tuple[object, ...], list[Remit]] = defaultdict(list)
        for remit in self.free:
            groups[remit.code, remit.modifiers, remit.first, remit.last].append(remit)
        for key, remits in groups.items():
            if key in self.same:
                self._exact(remits, self.same[key])
        if self.free:
            self._split()
            self._combined()
            for key, remits in groups.items():  # what was denied: only now, for it may be of a line that is paid
                if key in self.same:
                    self._told_apart([remit for remit in remits if remit.amount == 0], self.same[key])
            self._alike()
            for remit in list(self.free):
                self._again(remit)
        for payment, reversal in reversals:
            self.free[payment] = self.free[reversal] = None
            self._again(payment, reversal)
        return sorted(self.free, key=lambda remit: remit.key)

    # -- what a row may pay ------------------------------------------------------------------------------------

    def fits(self, remit: Remit, target: Target) -> bool:
        """False where the row's order or payer is one of the patient's, and not the line's."""
        if remit.order in self.orders and target.order not in ("", remit.order):
            return False
        return remit.payer not in self.payers or target.payer == remit.payer

    def like(self, remit: Remit, target: Target) -> Likeness:
        alike = sum(self.fits(remit, other) for other in self.same[target.key][:9]) > 1
        return likeness(remit, target, remit.order in self.orders, remit.payer in self.payers, alike)

    def _free_for(self, target: Target, remits: Iterable[Remit]) -> list[Remit]:
        """Those of these rows that have no line yet and may pay this one."""
        return [remit for remit in remits if remit in self.free and self.fits(remit, target)]

    def give(self, remit: Remit, *targets: Target) -> None:
        """The row pays these lines."""
        likes = [self.like(remit, target) for target in targets]
        for target, part in zip(targets, parts_of(remit, targets, likes), strict=True):
            target.parts.append(part)
        del self.free[remit]

    # -- the same code, modifiers and days ---------------------------------------------------------------------

    def _reversals(self) -> list[tuple[Remit, Remit]]:
        """Takes out each payment that was reversed, with its reversal."""
        waiting: dict[tuple[object, ...], list[Remit]] = defaultdict(list)
        for remit in self.free:
            if remit.amount > 0:
                key = (*remit.identity, remit.amount)
                waiting[key].append(remit)
        found = []
        for remit in [remit for remit in self.free if remit.amount < 0]:
            payments = waiting.get((*remit.identity, -remit.amount))
            if payments:
                of_claim = next((one for one in payments if one.claim == remit.claim), payments[0])
                payments.remove(of_claim)
                found.append((of_claim, remit))
                del self.free[of_claim], self.free[remit]
        return found

    def _exact(self, remits: list[Remit], targets: list[Target]) -> None:
        by_order: dict[str, list[Remit]] = defaultdict(list)
        for remit in remits:
            if remit.order:
                by_order[remit.order].append(remit)
        for target in targets:
            several = self._free_for(target, remits if len(targets) == 1 else by_order[target.order])
            if len(several) > 1 and _comes_to(several, target):
                for remit in several:
                    self.give(remit, target)
        self._told_apart([remit for remit in remits if remit.amount > 0], targets)

    def _told_apart(self, remits: list[Remit], targets: list[Target]) -> None:
        """Rows and lines of one code, modifiers and days: first those whose order is known."""
        known = [remit for remit in remits if remit in self.free and remit.order in self.orders]
        others = [remit for remit in remits if remit in self.free and remit.order not in self.orders]
        for some in (known, others):
            for units, amount in _BY:
                self._pair([remit for remit in some if remit in self.free], targets, units, amount)

    def _pair(self, remits: list[Remit], targets: list[Target], units: bool, amount: bool) -> None:
        waiting: dict[tuple[object, object], list[Target]] = defaultdict(list)
        for target in targets:
            if not target.parts:
                waiting[units and target.units, amount and target.amount].append(target)
        for remit in remits if waiting else ():
            some = waiting.get((units and remit.units, amount and remit.paid), [])
            found = next((target for target in some if self.fits(remit, target)), None)
            if found is not None:
                some.remove(found)
                self.give(remit, found)

    # -- one line in several rows, several lines in one --------------------------------------------------------

    def _split(self) -> None:
        """Rows that follow one another and fill a line's days."""
        starts: dict[tuple[object, ...], list[Remit]] = defaultdict(list)
        for remit in self.free:
            if remit.amount > 0:
                starts[remit.code, remit.modifiers, remit.first].append(remit)
        for target in self.targets:
            if not target.parts and target.code and target.first < target.last:
                for remit in self._chain(target, starts):
                    self.give(remit, target)

    def _chain(self, target: Target, starts: Mapping[tuple[object, ...], Sequence[Remit]]) -> list[Remit]:
        """Rows that follow one another from the first day of a line to its last; none where a day is left."""
        day, chain = target.first, list[Remit]()
        while day <= target.last:
            some = self._free_for(target, starts.get((target.code, target.modifiers, day), ()))
            some = [remit for remit in some if remit.last <= target.last]
            if not some:
                return []
            chain.append(max(some, key=lambda remit: (remit.order in self.orders, remit.last)))
            day = chain[-1].last + 1
        return chain

    def _combined(self) -> None:
        """One row over the days of several lines, whose units or money it has, or whose days are its own."""
        for alike, must_follow in ((_code_and_modifiers, False), (_code, True)):
            unpaid = [target for target in self.targets if not target.parts and target.code]
            lines = _Calendar((alike(target), target) for target in unpaid)
            for remit in self._payments():
                some = lines.beginning(alike(remit), remit.first, remit.last)
                some = [target for target in some if self._lies_within(target, remit)]
                if len(some) > 1 and (_follow(some) or not must_follow) and _covered(remit, some):
                    self.give(remit, *some)

    def _payments(self) -> list[Remit]:
        """The rows that have no line yet; what takes back is none."""
        return [remit for remit in self.free if remit.amount >= 0]

    def _lies_within(self, target: Target, remit: Remit) -> bool:
        """True where a line has no payment yet, and may be paid by a row that goes on until its last day."""
        return target.last <= remit.last and not target.parts and self.fits(remit, target)

    # -- what is alike -----------------------------------------------------------------------------------------

    @cached_property
    def _by_family(self) -> _Calendar:
        return _Calendar((family, target) for target in self.targets for family in self.families.of_target(target))

    def _near(self, remit: Remit) -> Iterator[Target]:
        """The lines whose code is of the row's family, on days that touch or are near."""
        reach = FAR if remit.order in self.orders else NEAR
        kind = self.families.kind(remit.code)
        for family in (self.families.of(remit.code), f"no code, {kind}"):
            for target in self._by_family.near(family, remit.first - reach, remit.last + reach):
                if gap(remit, target) <= reach and self.fits(remit, target):
                    yield target

    def _alike(self) -> None:
        """What is left, so that all rows together have as much in common with their lines as can be."""
        scores = {remit: self._scores(remit) for remit in self._payments()}
        for remits in _connected(scores):
            at = {target.at: target for remit in remits for target in scores[remit]}
            gains = [{target.at: score for target, score in scores[remit].items()} for remit in remits]
            chosen = placed(gains, [(remit.first, remit.last) for remit in remits])
            for remit, line in zip(remits, chosen, strict=True):
                if line is not None:
                    self.give(remit, at[line])

    def _scores(self, remit: Remit) -> dict[Target, int]:
        """The lines without a payment that the row may pay, and how much it has in common with each."""
        same = self.same.get((remit.code, remit.modifiers, remit.first, remit.last), [])
        twin = any(target.parts and self.fits(remit, target) for target in same[:9])
        if twin and remit.amount == 0:
            return {}  # a denial of what was paid after all
        # a row like one that is paid already is a second payment, unless a line much like it has none: one mistake is
        # likelier than two
        return {
            target: self.like(remit, target).score
            for target in self._near(remit)
            if not target.parts and (not twin or _much_like(remit, target))
        }

    # -- a row more --------------------------------------------------------------------------------------------

    def _again(self, remit: Remit, reversal: Remit | None = None) -> None:
        """A row of a code whose line is paid already, on its days; a takeback, a denial and a reversed payment too."""
        pays_nothing = reversal is not None or remit.amount <= 0
        near = [target for target in self._near(remit) if target.parts or pays_nothing]
        some = [target for target in near if remit.code == target.code and gap(remit, target) <= 0]
        if not some and pays_nothing:
            some = near
        if some:
            best = max(some, key=lambda target: (_was_paid(remit, target), self.like(remit, target).score, -target.at))
            for one in filter(None, (remit, reversal)):
                self.give(one, best)


def _was_paid(remit: Remit, target: Target) -> bool:
    """True where one of the rows that pay a line is like this one."""
    return any(part.remit.identity == remit.identity for part in target.parts)


def _connected(wanted: Mapping[Remit, Iterable[Target]]) -> Iterator[list[Remit]]:
    """The rows in groups: those that want a line in common, or are linked over others that do; by what they say."""
    rows_of: dict[Target, list[Remit]] = defaultdict(list)
    for remit, targets in wanted.items():
        for target in targets:
            rows_of[target].append(remit)
    left = set(wanted)
    for remit in wanted:
        if remit not in left:
            continue
        left.remove(remit)
        group = [remit]
        for one in group:  # grows while it is walked through
            for target in wanted[one]:
                more = [other for other in rows_of.pop(target, ()) if other in left]
                left.difference_update(more)
                group += more
        yield sorted(group, key=lambda remit: (remit.key, remit.at))


def _much_like(remit: Remit, target: Target) -> bool:
    """True where one thing alone differs: the code, the modifiers, or the days by a few."""
    off = abs(remit.first - target.first) + abs(remit.last - target.last)
    same = (remit.code == target.code) + (remit.modifiers == target.modifiers)
    return (same == 2 and off <= _FEW) or (same == 1 and off == 0)


def _comes_to(remits: Sequence[Remit], target: Target) -> bool:
    """True where the rows together pay what the line expects."""
    if target.amount is None or any(not isinstance(remit.paid, Decimal) for remit in remits):
        return False
    return abs(sum((remit.amount for remit in remits), Decimal(0)) - target.amount) <= CENT


def _code(one: Remit | Target) -> Hashable:
    return one.code


def _code_and_modifiers(one: Remit | Target) -> Hashable:
    return one.code, one.modifiers


def _follow(targets: Sequence[Target]) -> bool:
    """True where lines in the order of their days share none."""
    return all(after.first > before.last for before, after in pairwise(targets))


def _covered(remit: Remit, targets: Sequence[Target]) -> bool:
    """True where a row has the units or the money of all of these lines, or exactly their days."""
    units = [target.units for target in targets if target.units is not None]
    amounts = [target.amount for target in targets if target.amount is not None]
    if len(units) == len(targets) and sum(units) == remit.units:
        return True
    if len(amounts) == len(targets) and abs(sum(amounts, -remit.amount)) <= CENT * len(targets):
        return True
    days = (targets[0].first, targets[-1].last)
    return days == (remit.first, remit.last) and all(b.first == a.last + 1 for a, b in pairwise(targets))
