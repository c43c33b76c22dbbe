"""The tables of every drug code and of the names that CMS's own texts give, made out of a release and a crosswalk.

`made` is asked by ``python -m tools.listed`` for the tables that ship, and by `codes update` for those of an import.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from xl_infusion.reference.cms.asp import CrosswalkRecord
from xl_infusion.reference.cms.hcpcs import HcpcsRecord
from xl_infusion.reference.cms.naming import ingredients
from xl_infusion.reference.listing.after import succeeded
from xl_infusion.reference.listing.apart import Draft, apart
from xl_infusion.reference.listing.called import called
from xl_infusion.reference.listing.counted import Counted, counted
from xl_infusion.reference.listing.rows import ENTERAL, INFUSED, INHALED, ORAL, ListedDrug, ListedName
from xl_infusion.reference.listing.said import Said, Text, said
from xl_infusion.reference.listing.scope import is_drug, use_of
from xl_infusion.reference.listing.tables import ByHand, Otherwise, Tables
from xl_infusion.reference.periods import DAY, meets
from xl_infusion.reference.rows import Alias, DrugRow


@dataclass(frozen=True, slots=True)
class Listing:
    """The rows of the two tables, and the codes whose texts state no amount, with what they count instead.

    ``texts``: what the text of each code says, by which names are given anew where rows are added to these.
    """

    drugs: list[ListedDrug]
    names: list[ListedName]
    uncounted: list[tuple[str, str]]
    texts: Mapping[str, Text]


def together(*releases: Iterable[HcpcsRecord]) -> list[HcpcsRecord]:
    """The records of several releases, the earlier ones first: of each code that of the last that has it."""
    found = {record.code: record for release in releases for record in release}
    return [found[code] for code in sorted(found)]


def made(
    curated: Sequence[DrugRow],
    aliases: Iterable[Alias],
    records: Iterable[HcpcsRecord],
    crosswalk: Iterable[CrosswalkRecord] = (),
    by_hand: Iterable[ByHand] = (),
    tables: Tables | None = None,
) -> Listing:
    """The rows of every drug code of ``records`` that ``curated`` does not have on its days, and the names.

    ``records`` are those of one release, or of several `together`. ``by_hand``: names that no text gives, each with
    its code. ``tables``: what is otherwise than the texts seem to say; by default the tables that ship.
    """
    tables = tables or Tables.bundled()
    codes = {record.code: record for record in records if is_drug(record)}
    like = _curated_names(codes.values(), curated)
    drafts: list[Draft] = []
    texts: dict[str, Text] = {}
    for code, record in codes.items():
        draft, texts[code] = _draft(record, tables, like)
        drafts += [replace(draft, row=row) for row in _left(draft.row, curated)]
    drugs = succeeded(apart(drafts, curated), curated, codes)
    names = called(texts, drugs, curated, aliases, crosswalk, by_hand)
    return Listing(drugs, names, [(row.code, row.unit_note) for row in drugs if row.amount is None], texts)


def _draft(record: HcpcsRecord, tables: Tables, like: Mapping[str, str]) -> tuple[Draft, Text]:
    """A code as its text says it, and what the table of exceptions says in place of it.

    ``like``: what texts name -> the drug as the rows by hand call it.
    """
    text, use, count = said(record.long, tables.makers), use_of(record.code, record.long), counted(record.long)
    other = tables.otherwise.get(record.code)
    parts: tuple[str, ...] = ()
    if other is not None and other.says in record.long.lower():
        drug, product = other.drug, other.product
        use, count = other.use or use, _count_otherwise(count, other)
        brands = (*text.brands, *filter(None, other.brands.split(";")))
    else:
        drug, parts = _named(text, use)
        drug = like.get(ingredients(record.long), drug) if use == INFUSED else drug
        product, brands = "", text.brands
    row = ListedDrug(
        code=record.code, drug=drug, product=product, use=use, amount=count.amount, unit=count.unit, component="",
        unit_rule=count.unit_rule, dose_basis=count.dose_basis, first_day=record.first_day, last_day=record.last_day,
        successor="", successor_basis="", medicare=record.coverage, unit_note=count.unit_note,
    )  # fmt: skip
    return Draft(row, parts), Text(text, use, brands)


def _count_otherwise(count: Counted, other: Otherwise) -> Counted:
    if other.amount:
        return Counted(Decimal(other.amount), other.unit, dose_basis=other.dose_basis)
    return replace(count, dose_basis=other.dose_basis or count.dose_basis)


#: What a drug is called beside its name where nobody infuses it.
_FORMS = {ORAL: "oral", INHALED: "inhalation"}


def _named(text: Said, use: str) -> tuple[str, tuple[str, ...]]:
    """The drug, and the parts that tell its codes apart."""
    form = _FORMS.get(use, "")
    rest = [part for part in text.rest if not _says_form(part)]
    drug = text.drug or " ".join(text.brands).lower()
    if form and form not in drug.split():
        drug = f"{drug} {form}"
    elif not form and use not in (INFUSED, ENTERAL):
        drug, rest = " ".join([drug, *rest]), []
    parts = ["/".join(text.brands), *text.makers, *rest, *text.tells]
    return drug, tuple(filter(None, parts))


def _says_form(part: str) -> bool:
    return part in ("oral", "parenteral", "inhalation solution", "inhalation suspension", "inhalation powder", "or")


def _curated_names(codes: Iterable[HcpcsRecord], curated: Sequence[DrugRow]) -> dict[str, str]:
    """What a text names -> the drug as the rows by hand call it, where they have one code of it, and one drug."""
    days = defaultdict(list)
    for row in curated:
        days[row.code].append(row)
    found: dict[str, set[str]] = defaultdict(set)
    for record in codes:
        found[ingredients(record.long)] |= {
            row.drug for row in days[record.code] if meets(row, record.first_day, record.last_day)
        }
    return {name: next(iter(drugs)) for name, drugs in found.items() if len(drugs) == 1}


def _left(row: ListedDrug, curated: Sequence[DrugRow]) -> list[ListedDrug]:
    """The days of a code that the rows by hand do not have, as rows."""
    pieces = [row]
    for one in curated:
        if one.code == row.code:
            pieces = [rest for piece in pieces for rest in _without(piece, one)]
    return pieces


def _without(row: ListedDrug, other: DrugRow) -> list[ListedDrug]:
    if not meets(other, row.first_day, row.last_day):
        return [row]
    out = []
    if other.first_day is not None and row.first_day < other.first_day:
        out.append(replace(row, last_day=other.first_day - DAY))
    if other.last_day is not None and (row.last_day is None or other.last_day < row.last_day):
        out.append(replace(row, first_day=other.last_day + DAY))
    return out
