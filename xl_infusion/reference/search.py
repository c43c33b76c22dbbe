"""The drugs of the code reference by any part of their names, and those that imported releases alone list.

>>> from xl_infusion.reference import current
>>> sorted({row.drug for row in called(current(), "prol")}), {row.drug for row in called(current(), "vanco")}
(['denosumab'], {'vancomycin'})
"""

from __future__ import annotations

from collections.abc import Iterator

from xl_infusion.reference.imported import HCPCS
from xl_infusion.reference.look_up import Reference
from xl_infusion.reference.names import DrugName, fold
from xl_infusion.reference.rows import DrugRow

#: A text of fewer letters is looked for as a whole name only: of any two letters there are hundreds.
_LEAST = 3


def called(reference: Reference, text: str) -> frozenset[DrugRow]:
    """The rows of the drugs that ``text`` is a name of, or a part of one: brands, salts and short forms as well.

    A name of a drug finds the rows of all its products, one of a product those of that product.
    """
    reference.read_listed()
    key = fold(text)
    names = reference.names
    meant = {names[key]} if key in names else set()
    if len(key) >= _LEAST:
        meant |= {target for name, target in names.items() if key in name}
    return frozenset(row for target in meant for row in rows_of(reference, target))


def rows_of(reference: Reference, name: DrugName) -> tuple[DrugRow, ...]:
    """The rows that a name may mean, on whatever days.

    >>> from xl_infusion.reference import current
    >>> [row.code for row in rows_of(current(), DrugName("vancomycin", "Mylan"))]
    ['J3371', 'J3374']
    """
    rows = reference.rows_of_drug(name.drug)
    own = tuple(row for row in rows if not name.product or row.product == name.product)
    return own or reference.products_meant(name)


def released(reference: Reference) -> Iterator[DrugRow]:
    """The rows of the drug codes that imported releases alone list, by their codes."""
    codes = {code for file in reference.quarters(HCPCS) for code in reference.listed_in(file)}
    for code in sorted(codes):
        if not reference.has_table_row(code):
            yield from reference.release_rows(code)
