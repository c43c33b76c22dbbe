"""What Medicare pays under its benefit for durable medical equipment: drugs by their codes, and what their lines need.

Sources: each row's own (medicare_dme.csv, medicare_dme_rules.csv). A drug that no row has is in no list at hand.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterator
from itertools import pairwise

from xl_infusion.reference.check_tables import DmeDrugRow, DmeRule, read_dme_drugs, read_dme_rules
from xl_infusion.reference.indexing import periods
from xl_infusion.reference.periods import ordinals
from xl_infusion.reference.tables import Read

#: The rules of a category, as its rows call them.
ONE_OF, NOTHING_DISCARDED, DISCARDED, A_DAY = "one of", "nothing discarded", "discarded", "a day"
#: First and last day (ordinals), and the row by which a drug is paid on them.
DmeDays = list[tuple[int, int, DmeDrugRow]]


class Dme:
    """The drugs of Medicare's benefit for durable medical equipment. Errors: `ReferenceTableError`."""

    def __init__(self, read: Read) -> None:
        self._drugs: dict[str, list[DmeDrugRow]] = defaultdict(list)
        self._rules: dict[tuple[str, str], list[DmeRule]] = defaultdict(list)
        self._paid: dict[tuple[str, ...], DmeDays] = {}
        for place, row in read_dme_drugs(read):
            self._drugs[row.code].append(row)
            periods([one for one in self._drugs[row.code] if one.modifier == row.modifier], place)
        for place, rule in read_dme_rules(read):
            of_category = self._rules[rule.category, rule.rule]
            of_category.append(rule)
            # of several sets of which a line has one each, each has its days
            periods([one for one in of_category if rule.rule != ONE_OF or one.says == rule.says], place)

    def paid(self, code: str, modifiers: Collection[str] = ()) -> DmeDays:
        """The days on which a drug's code is paid, each with its row; the lines have these ``modifiers``.

        A code of two routes is that of the row whose modifier it has, and without it of the other: J1569 with JB is
        given under the skin through a pump, without it in a vein. One route's alone has the modifier whatever is typed.

        >>> from xl_infusion.reference import current
        >>> def shown(*asked):
        ...     return [(row.category, row.modifier) for _, _, row in current().dme.paid(*asked)]
        >>> shown("J2260"), shown("J1559"), shown("J2185")
        ([('pump', '')], [('subcutaneous immune globulin', 'JB')], [])
        >>> shown("J1569", ["JB"]), shown("J1569")
        ([('subcutaneous immune globulin', 'JB')], [('home immune globulin', '')])
        """
        key = (code, *sorted(modifiers))
        found = self._paid.get(key)
        if found is None:
            found = self._paid[key] = self._paid_days(self._drugs.get(code, []), modifiers)
        return found

    @staticmethod
    def _paid_days(rows: list[DmeDrugRow], modifiers: Collection[str]) -> DmeDays:
        if len({row.modifier for row in rows}) > 1:
            marked = [row for row in rows if row.modifier in modifiers]
            rows = marked or [row for row in rows if not row.modifier]
        return sorted(((*ordinals(row), row) for row in rows), key=lambda found: found[0])

    def rule(self, category: str, name: str, day: int) -> Iterator[tuple[str, ...]]:
        """What the rules of a name say of a category on a day (an ordinal).

        >>> from xl_infusion.reference import current
        >>> import datetime as dt
        >>> day = dt.date(2025, 7, 1).toordinal()
        >>> [*current().dme.rule("pump", "one of", day)], [*current().dme.rule("home immune globulin", "a day", day)]
        ([('KX', 'GA', 'GZ', 'GY')], [('Q2052',)])
        """
        for rule in self._rules.get((category, name), ()):
            first, last = ordinals(rule)
            if first <= day <= last:
                yield rule.says

    def turns(self, category: str, names: Collection[str], first: int, last: int) -> Iterator[tuple[int, int]]:
        """Days (ordinals), cut where one of some rules of a category begins or ends.

        >>> from xl_infusion.reference import current
        >>> import datetime as dt
        >>> days = [dt.date(year, 6, 1).toordinal() for year in (2023, 2025)]
        >>> [end - start + 1 for start, end in current().dme.turns("pump", ["nothing discarded"], *days)]
        [214, 518]
        """
        rules = [ordinals(rule) for name in names for rule in self._rules.get((category, name), ())]
        days = {day for begins, ends in rules for day in (begins, ends + 1) if first < day <= last}
        yield from ((start, after - 1) for start, after in pairwise([first, *sorted(days), last + 1]))
