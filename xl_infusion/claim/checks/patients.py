"""Whose the rows are: references to patients that are one to a reader, and two to the claim."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator

from xl_infusion.claim.checks.check import WARNING, Checked, Wrong, check, wrong_order, wrong_visit
from xl_infusion.claim.columns import ORDERS, VISITS
from xl_infusion.claim.order import Order
from xl_infusion.claim.visits import Visit
from xl_infusion.errors import table_row

#: What stands in a row of a patient.
Source = Order | Visit


@check(
    "patient in other letters",
    WARNING,
    "Write the reference in the same letters everywhere, if it is one patient: as two none has a second therapy.",
)
def _letters(checked: Checked) -> Iterator[Wrong]:
    """A reference that differs in capital letters alone from another one, which stands in more rows."""
    written: dict[str, dict[str, list[Source]]] = defaultdict(dict)
    sources: list[Source] = [*checked.work.orders, *checked.work.visits]
    for source in sources:
        written[source.patient.casefold()].setdefault(source.patient, []).append(source)
    for spellings in written.values():
        usual, *others = sorted(spellings, key=lambda name: (-len(spellings[name]), name))
        known = spellings[usual][0]
        for source in (source for name in others for source in spellings[name]):
            where = table_row((ORDERS if isinstance(known, Order) else VISITS).name, known.at)
            what = f"Patient differs from that of {where} in capital letters alone: they are billed as two"
            yield wrong_order(source, what) if isinstance(source, Order) else wrong_visit(source, what)
