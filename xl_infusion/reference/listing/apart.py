"""Codes of one drug told apart: by product, and where that is one too, by days.

Two rows of one drug and product never overlap. A temporary code (Q, S, C) gives way to a permanent one in its days;
of two alike the code that endures keeps the name. The other one is told by its strength, and so are both where
neither ends before the other.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from xl_infusion.reference.listing.rows import ListedDrug
from xl_infusion.reference.names import fold
from xl_infusion.reference.periods import DAY, LAST, meets, ordinals
from xl_infusion.reference.rows import DrugRow

#: Permanent codes come first; of the temporary ones hospitals' own (C) come last.
_RANKS = {"Q": 1, "S": 2, "C": 3}


@dataclass(frozen=True, slots=True)
class Draft:
    """A row before its product is known: ``parts`` are what its text says beside the drug."""

    row: ListedDrug
    parts: tuple[str, ...]


def apart(drafts: Iterable[Draft], curated: Sequence[DrugRow]) -> list[ListedDrug]:
    """The rows with the products that tell them apart, from each other and from the rows that are there by hand."""
    groups: dict[str, list[Draft]] = defaultdict(list)
    for draft in drafts:
        groups[fold(draft.row.drug)].append(draft)
    by_hand: dict[str, list[DrugRow]] = defaultdict(list)
    for row in curated:
        by_hand[fold(row.drug)].append(row)
    out = [
        row for name, group in groups.items() for row in _settled(_with_products(group, by_hand[name]), by_hand[name])
    ]
    return sorted(out, key=lambda row: (row.code, row.first_day))


def _with_products(group: Sequence[Draft], curated: Sequence[DrugRow]) -> list[ListedDrug]:
    """Each row with those parts of its text that not every code of the drug says."""
    if len({draft.row.code for draft in group} | {row.code for row in curated}) == 1:
        return [replace(draft.row, product="") for draft in group]
    common = set() if curated else set.intersection(*({fold(part) for part in draft.parts} for draft in group))
    return [replace(draft.row, product=_product(draft, common)) for draft in group]


def _product(draft: Draft, common: set[str]) -> str:
    """The product that a table says, ``-`` for none, else the parts that are not ``common`` to all."""
    if draft.row.product:
        return draft.row.product.removeprefix("-")
    return ", ".join(dict.fromkeys(part for part in draft.parts if fold(part) not in common))


def _settled(rows: list[ListedDrug], curated: Sequence[DrugRow]) -> list[ListedDrug]:
    """The rows of a drug, of which no two have the same product on one day."""
    taken: dict[str, list[ListedDrug | DrugRow]] = defaultdict(list)
    for one in curated:
        taken[fold(one.product)].append(one)
    out: list[ListedDrug] = []
    waiting = sorted(_by_strength(rows), key=_precedence)
    while waiting:
        row = waiting.pop(0)
        others = [one for one in taken[fold(row.product)] if meets(one, row.first_day, row.last_day)]
        for piece, free in _pieces(row, others):
            if free:
                out.append(piece)
                taken[fold(piece.product)].append(piece)
            else:
                waiting.append(replace(piece, product=_other(piece, others)))
    return out


def _by_strength(rows: Sequence[ListedDrug]) -> Iterator[ListedDrug]:
    """The rows; those of one product that end together and count otherwise have their strengths in it."""
    for row in rows:
        alike = [one for one in rows if one is not row and _tie(row, one)]
        yield replace(row, product=_other(row, alike)) if alike else row


def _tie(row: ListedDrug, other: ListedDrug) -> bool:
    same = fold(row.product) == fold(other.product) and _rank(row) == _rank(other) and row.last_day == other.last_day
    return same and row.code != other.code and (row.amount, row.unit) != (other.amount, other.unit)


def _rank(row: ListedDrug) -> int:
    return _RANKS.get(row.code[0], 0)


def _precedence(row: ListedDrug) -> tuple[int, int, int, str]:
    """Permanent codes come first, then what endures, then what began earlier."""
    first, last = ordinals(row)
    return _rank(row), LAST - last, first, row.code


def _other(row: ListedDrug, others: Iterable[ListedDrug | DrugRow]) -> str:
    """The product of a row in whose days others have its name: with its strength, or with its code."""
    strength = "" if row.amount is None else f"{row.amount:f} {row.unit}"
    told = strength and all((one.amount, one.unit) != (row.amount, row.unit) for one in others)
    return f"{row.product} {strength if told else row.code}".strip()


def _pieces(row: ListedDrug, others: Sequence[ListedDrug | DrugRow]) -> Iterator[tuple[ListedDrug, bool]]:
    """A row cut where others have its name; True with the pieces in which none has."""
    first, last = ordinals(row)
    days = [ordinals(one) for one in others]
    cuts = {first} | {day for begins, ends in days for day in (begins, ends + 1) if first < day <= last}
    starts = sorted(cuts)
    for start, following in zip(starts, [*starts[1:], 0], strict=True):
        day = dt.date.fromordinal(start)
        end = dt.date.fromordinal(following) - DAY if following else row.last_day
        yield replace(row, first_day=day, last_day=end), not any(begins <= start <= ends for begins, ends in days)
