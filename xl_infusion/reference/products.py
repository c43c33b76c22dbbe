"""Which code bills a product, told by its NDC: the imported crosswalks of CMS, beside the reference's own rows.

A crosswalk names the code of its own quarter. A code changes from quarter to quarter, the product that it is for does
not: so any crosswalk that has an NDC tells its drug and maker, the nearest to the day first, and the reference then
has the code that bills them on the day. Source: CMS's ASP NDC-HCPCS crosswalk, which lists what Medicare Part B pays
for and is no list of all NDCs.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from xl_infusion.errors import NotFound, NotInForce, WrongInput
from xl_infusion.reference.imported import NDC, NdcRow
from xl_infusion.reference.names import DrugName
from xl_infusion.reference.periods import meets
from xl_infusion.reference.rows import DrugRow, ImportedFile

if TYPE_CHECKING:
    from xl_infusion.reference.look_up import Reference

#: What is missing where nothing was imported, and how to have it.
NONE_IMPORTED = (
    "no crosswalk is imported: bring in CMS's ASP NDC-HCPCS crosswalk file of the quarter with xl-infusion codes update"
)
_LISTS = "it lists what Medicare Part B pays for and is no list of all NDCs"


@dataclass(frozen=True, slots=True)
class Told:
    """What one imported crosswalk says of an NDC: a row for each code that it is billed under."""

    ndc: str
    file: ImportedFile
    rows: tuple[NdcRow, ...]

    @property
    def codes(self) -> tuple[str, ...]:
        """The codes, as the file has them."""
        return tuple(row.code for row in self.rows)

    @property
    def text(self) -> str:
        """``NDC 00409-6510-01 is under J3373 in the crosswalk of October 2025``."""
        return f"NDC {hyphenated(self.ndc)} is under {joined(self.codes)} in the crosswalk of {self.file.quarter}"

    def governs(self, day: dt.date) -> bool:
        """True where the crosswalk is the one of the day's own quarter."""
        return self.file.first_day <= day <= self.file.last_day


def nearest(reference: Reference, ndc: str, day: dt.date | None = None) -> Told | None:
    """What the imported crosswalk nearest to ``day`` that has an NDC (11 digits) says; with no day the latest one."""
    files = reference.quarters(NDC)
    if day is not None:
        files = sorted(files, key=lambda file: _days_apart(file, day))
    for file in files:
        if rows := reference.ndc_rows(ndc, file):
            return Told(ndc, file, rows)
    return None


def governing(reference: Reference, ndc: str, day: dt.date | None = None) -> Told:
    """What the imported crosswalk that governs ``day`` says of an NDC; with no day the latest one.

    Errors: `NotFound` where none is imported, none for that day, or it does not have the NDC.
    """
    file = reference.file_of(NDC, day)
    if file is None:
        quarters = _quarters(reference)
        if not quarters:
            raise NotFound(f"NDC {hyphenated(ndc)} cannot be looked up: {NONE_IMPORTED}")
        raise NotFound(f"no imported crosswalk governs {day}: those of {joined(quarters)} are imported")
    rows = reference.ndc_rows(ndc, file)
    if not rows:
        raise NotFound(f"NDC {hyphenated(ndc)} is not in the crosswalk of {file.quarter}: {_LISTS}")
    return Told(ndc, file, rows)


def drugs_of(reference: Reference, told: Told) -> list[DrugRow]:
    """The reference's row (the latest) of each code that a crosswalk has for an NDC, where it is one of a drug that the
    reference knows with its products: not one that an imported release alone lists."""
    return [row for row in _rows(reference, told) if _is_known(row)]


def _rows(reference: Reference, told: Told) -> list[DrugRow]:
    found = []
    for code in told.codes:
        try:
            row = reference.code_rows(code)[-1]
        except NotFound:
            continue
        if isinstance(row, DrugRow):
            found.append(row)
    return found


def _is_known(row: DrugRow) -> bool:
    """False for a code that an imported release alone lists: it says of what it is in its own words."""
    return bool(row.therapy or row.by or row.listed)


def products_of(reference: Reference, told: Told, drug: str) -> list[str]:
    """The products of a drug that an NDC is by a crosswalk: one, '' the generic one; none where it is no such drug."""
    return sorted({row.product for row in drugs_of(reference, told) if row.drug == drug})


def one_of(reference: Reference, told: Told, meant: Iterable[DrugRow]) -> DrugName | None:
    """The one product that an NDC is by a crosswalk, of those that a name may mean; None where it is not one alone."""
    are = {DrugName(row.drug, row.product) for row in drugs_of(reference, told)}
    found = are & {DrugName(row.drug, row.product) for row in meant}
    return found.pop() if len(found) == 1 else None


def other_drug(reference: Reference, told: Told, drug: str) -> str:
    """What an NDC is, where the crosswalk bills it under codes of another drug than ``drug``; else ''.

    '' as well where nobody can say: under a code that the reference does not have, and a name that it does not know.
    """
    names = _names(reference, told)
    if len(names) < len(told.rows) or drug in names.values():
        return ""
    return joined(sorted(set(names.values())))


def _names(reference: Reference, told: Told) -> dict[str, str]:
    """The drug of each code of an NDC, as the reference names it; a code is left out where it cannot be told."""
    names: dict[str, str] = {}
    for drug in _rows(reference, told):
        if _is_known(drug):
            names[drug.code] = drug.drug
        elif known := reference.named(drug.drug):
            names[drug.code] = known.drug
    for row in told.rows:
        if row.code not in names and (known := reference.named(row.drug)):
            names[row.code] = known.drug
    return names


def begun_since(reference: Reference, told: Told, drug: str) -> list[DrugRow]:
    """The codes of makers' products of a drug that had none in the quarter of a crosswalk.

    A crosswalk that has an NDC under the drug's generic code cannot say whether it is one of these products.
    """
    products = [row for row in reference.rows_of_drug(drug) if row.product]
    then = {row.product for row in products if meets(row, told.file.first_day, told.file.last_day)}
    return [row for row in products if row.product not in then]


def row_of(reference: Reference, drug: str, ndc: str, day: dt.date | None = None) -> DrugRow:
    """The row that bills the product of an NDC (11 digits) on ``day``; None is the newest in force.

    ``drug``: a name or code that the product must be of; '' takes the drug of the NDC. Before a maker's own code
    began, the drug's generic one bills its product. Errors: `NotFound` where no crosswalk is imported, none has the
    NDC, or its code is no drug of the reference; `WrongInput` where drug and NDC, or the answer and the crosswalk of
    the day's own quarter, differ; and those of `Reference.drug`.
    """
    if not reference.quarters(NDC):
        raise NotFound(f"NDC {hyphenated(ndc)} cannot be looked up: {NONE_IMPORTED}; or leave the NDC out")
    told = nearest(reference, ndc, day)
    if told is None:
        quarters = joined(_quarters(reference))
        raise NotFound(
            f"NDC {hyphenated(ndc)} is in no imported crosswalk ({quarters}): {_LISTS}; leave the NDC out and name the "
            "drug and its product"
        )
    wanted = reference.drug_or_code(drug) if drug else None
    if code := _listed_alone(reference, told, wanted):
        return reference.drug_code(code, day)
    name = _product(reference, told, wanted)
    row = _on(reference, name, day)
    if isinstance(wanted, str) and row.code != wanted:
        raise WrongInput(f"{wanted} is named, and {told.text}: {row.name}, billed with {row.code}")
    if day is not None and told.governs(day):
        if row.code not in told.codes and not row.by:  # a row of Own codes goes over all that the edition holds
            raise WrongInput(
                f"the reference bills {row.name} with {row.code} on {day}, and {told.text}: one of the two is out "
                "of date, so bring in the HCPCS release of that quarter with xl-infusion codes update"
            )
    elif not name.product:
        _be_sure(reference, told, name.drug, day)
    return row


def _listed_alone(reference: Reference, told: Told, wanted: DrugName | str | None) -> str:
    """The code of an NDC that only an imported release lists, where it is the one that is meant; else ''."""
    listed = [row.code for row in _rows(reference, told) if not _is_known(row)]
    if isinstance(wanted, str):
        return wanted if wanted in listed else ""
    if len(listed) != 1 or len(told.codes) != 1:
        return ""
    if wanted is None or (not wanted.product and _names(reference, told).get(listed[0]) == wanted.drug):
        return listed[0]
    return ""


def _product(reference: Reference, told: Told, wanted: DrugName | str | None) -> DrugName:
    """The drug and product that an NDC is, held against what was named."""
    if not _rows(reference, told):
        what = "as a drug's code" if len(told.codes) == 1 else "as codes of drugs"
        raise NotFound(f"{told.text}, which the reference does not have {what}: look it up in the HCPCS release")
    if wanted is None:
        return _sole_product(reference, told)
    if isinstance(wanted, DrugName) and (meant := one_of(reference, told, reference.products_meant(wanted))):
        return meant
    drug = _drug_of(reference, wanted)
    mine = _products_told(reference, told, drug)
    if isinstance(wanted, str):
        # a code says its product itself; `row_of` holds the two against each other
        mine = {product: row for product, row in mine.items() if row.code == wanted} or mine
    elif wanted.product:
        if wanted.product not in mine:
            are = joined(f"{row.name} ({row.code})" for row in mine.values())
            raise WrongInput(f"{told.text}: it is {are}, not {wanted}")
        return wanted
    if len(mine) > 1:
        raise NotFound(f"{told.text}: name the product, one of {joined(row.name for row in mine.values())}")
    return DrugName(drug, next(iter(mine)))


def _sole_product(reference: Reference, told: Told) -> DrugName:
    """The one product that an NDC is. Errors: `NotFound` where it may be several, or is nobody knows what."""
    rows = drugs_of(reference, told)
    if len({(row.drug, row.product) for row in rows}) != 1 or len(rows) < len(told.codes):
        raise NotFound(f"{told.text}: name the drug, or the code that is meant")
    return DrugName(rows[0].drug, rows[0].product)


def _products_told(reference: Reference, told: Told, drug: str) -> dict[str, DrugRow]:
    """The products of a drug that an NDC may be, with their rows. Errors: `WrongInput`, `NotFound` where it is none."""
    mine = {row.product: row for row in drugs_of(reference, told) if row.drug == drug}
    if mine:
        return mine
    if other := other_drug(reference, told, drug):
        raise WrongInput(f"{told.text}: it is {other}, not {drug}")
    raise NotFound(f"{told.text}, which is no code of {drug} in the reference: name the code in place of the drug")


def _drug_of(reference: Reference, wanted: DrugName | str) -> str:
    if not isinstance(wanted, str):
        return wanted.drug
    row = reference.code_rows(wanted)[-1]
    if not isinstance(row, DrugRow):
        raise NotFound(f"{wanted} is no drug code: {row.meaning}")
    return row.drug


def _on(reference: Reference, name: DrugName, day: dt.date | None) -> DrugRow:
    """The row of a drug's product on a day; before its own code began, the generic one."""
    try:
        return reference.drug(f"{name.drug} {name.product}".strip(), day)
    except NotInForce:
        starts = [row.first_day for row in reference.rows_of_drug(name.drug) if row.product == name.product]
        if day is None or not name.product or any(start is None or start <= day for start in starts):
            raise
        return reference.drug(name.drug, day)


def _be_sure(reference: Reference, told: Told, drug: str, day: dt.date | None) -> None:
    """A generic answer out of a crosswalk of another quarter, where a maker got a code of its own in between."""
    since = [row for row in begun_since(reference, told, drug) if meets(row, day or dt.date.max, day or dt.date.max)]
    if since:
        codes = joined(f"{row.product} {row.code} from {row.first_day}" for row in since)
        raise NotFound(
            f"{told.text}, and makers of {drug} have codes of their own that it does not know yet ({codes}): import "
            f"the crosswalk of {'the day' if day else 'the latest quarter'}, or leave the NDC out and name the product"
        )


def _days_apart(file: ImportedFile, day: dt.date) -> int:
    """How far a day is from the days that a file governs."""
    return max((file.first_day - day).days, (day - file.last_day).days, 0)


def _quarters(reference: Reference) -> list[str]:
    return [file.quarter for file in reversed(reference.quarters(NDC))]


def hyphenated(ndc: str) -> str:
    """The 11 digits of an NDC as a claim shows them, 5-4-2."""
    return f"{ndc[:5]}-{ndc[5:9]}-{ndc[9:]}"


def joined(texts: Iterable[str]) -> str:
    """Texts as a sentence lists them, each once.

    >>> joined(["J0885", "Q4081", "J0885"])
    'J0885 and Q4081'
    """
    *first, last = dict.fromkeys(texts)
    return f"{', '.join(first)} and {last}" if first else last
