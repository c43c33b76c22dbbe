"""The drugs that CMS has codes for and drugs.csv has not: what a release lists, as a table of facts.

drugs.csv holds what home infusion mostly bills, row by row with its own source. Everything else that CMS lists is
here: it is read when somebody first asks for a name or a code that drugs.csv does not have. Where both have one,
drugs.csv holds. What a unit is, the days and the coverage are CMS's; the therapy of a drug is ours (drug_classes.csv).
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import chain
from typing import Any

from xl_infusion.reference.indexing import CodeRow, Drugs, periods
from xl_infusion.reference.listing.rows import ENTERAL, INFUSED, USES, USUAL, ListedDrug, ListedName
from xl_infusion.reference.names import DrugName, fold, spellings
from xl_infusion.reference.periods import Periods
from xl_infusion.reference.rows import DrugRow, Range, Therapy
from xl_infusion.reference.tables import MEDICARE, UNIT_RULES, UNITS, Place, Read, Reader, read_table

#: A biosimilar's suffix: its class is that of the drug itself. Source: FDA, nonproprietary naming of biologics, 2017.
_SUFFIX = re.compile(r"-[a-z]{4}(?![a-z])")
#: How ``dose_basis`` says of a code that it is for so much a day.
_RANGE = re.compile(r"(over )?([0-9]+)(?: to ([0-9]+))? (g protein) a day")
#: Words in the names of codes for drugs that have none of their own.
_UNLISTED = frozenset({"NOC", "NOS", "unclassified"})
#: The uses whose names are answered and proposed; the rest is there by code.
_GIVEN = (INFUSED, ENTERAL)


@dataclass(frozen=True, slots=True, eq=False)
class DrugClass:
    """A row of drug_classes.csv: the therapy whose per diem goes with a drug, or ``others``, of which one does."""

    drug: str
    therapy: str
    basis: str
    others: tuple[str, ...]


@dataclass(frozen=True, slots=True, eq=False)
class ListedRow(DrugRow):
    """A listed drug as a row of the reference, with its use and the therapies of which an order names one."""

    use: str
    others: tuple[str, ...]
    a_day: tuple[Range, ...]

    @property
    def listed(self) -> bool:
        """True: CMS lists it, and drugs.csv does not have it."""
        return True

    @property
    def unlisted(self) -> bool:
        """True of a code for drugs that have none of their own: its name says not otherwise classified."""
        return self.amount is None and not _UNLISTED.isdisjoint(self.drug.split())

    @property
    def unit_note(self) -> str:
        """What its text says of a unit in place of an amount."""
        return self.note

    @property
    def ranges(self) -> tuple[Range, ...]:
        """The day's amounts that its code is for, then those of the drug's other codes."""
        return self.a_day

    @property
    def infused(self) -> bool:
        """True where it is injected, infused or given by tube."""
        return self.use in _GIVEN

    @property
    def usual_therapies(self) -> tuple[str, ...]:
        """The keys of the therapies that are usual for the drug, where it belongs to no single one."""
        return self.others


@dataclass(frozen=True, slots=True)
class Listed:
    """What is listed: its rows, by code and by drug and name."""

    rows: tuple[ListedRow, ...]
    codes: dict[str, Periods[CodeRow]]
    drugs: Drugs


def read_listed(
    read: Read,
    source: str,
    codes: Mapping[str, object],
    curated: Drugs,
    therapies: Mapping[str, Therapy],
    of_therapies: Collection[str],
) -> Listed:
    """The listed drugs beside those of an edition: its ``codes`` and ``curated`` drugs hold.

    ``source``: the release that the table was made from; ``of_therapies``: the folded names of therapies, which are
    no drug's.

    Errors: `ReferenceTableError` with file, line and remedy.
    """
    class_of = _classes(read, therapies, curated)
    rows = read_drugs(read)
    ranges = _ranges(row for _, row in rows)
    table = [
        (place, _row(row, class_of(row.drug), source, ranges.get(row.drug, {})))
        for place, row in rows
        if row.code not in codes
    ]
    #: a further code of a curated drug is found by itself alone: what the name means is drugs.csv's
    drugs = _drugs([one for one in table if (one[1].drug, one[1].product) not in curated.by_name], curated)
    _name(drugs, curated, of_therapies, read)
    by_code: dict[str, list[CodeRow]] = defaultdict(list)
    places: dict[str, Place] = {}
    for place, row in table:
        by_code[row.code].append(row)
        places[row.code] = place
    return Listed(
        tuple(row for _, row in table), {code: periods(rows, places[code]) for code, rows in by_code.items()}, drugs
    )


def read_drugs(read: Read) -> list[tuple[Place, ListedDrug]]:
    """The listed drugs. Errors: `ReferenceTableError`."""
    return read_table("listed_drugs.csv", read, ListedDrug, _listed_drug)


def read_names(read: Read) -> list[tuple[Place, ListedName]]:
    """The names of listed drugs. Errors: `ReferenceTableError`."""
    return read_table("listed_names.csv", read, ListedName, _listed_name)


def read_classes(read: Read) -> list[tuple[Place, DrugClass]]:
    """The therapies of listed drugs. Errors: `ReferenceTableError`."""
    return read_table("drug_classes.csv", read, DrugClass, _drug_class)


def _drugs(table: Iterable[tuple[Place, ListedRow]], curated: Drugs) -> Drugs:
    """Listed rows by drug and product, with the names that they have of themselves.

    A further product of a curated drug is found by its own name and code: the drug's name means what drugs.csv says.
    """
    found = Drugs()
    rows: dict[tuple[str, str], list[DrugRow]] = defaultdict(list)
    places: dict[tuple[str, str], Place] = {}
    for place, row in table:
        rows[row.drug, row.product].append(row)
        places[row.drug, row.product] = place
        found.first_row.setdefault(row.drug, row)
    found.by_name = {key: periods(of, places[key]) for key, of in rows.items()}
    for (drug, product), of in rows.items():
        if product and (drug, "") not in rows and drug not in curated.first_row:
            found.several.setdefault((drug, ""), []).extend(of)
    for text, target, row in _own_names([row for _, row in table]):
        if found.names.setdefault(fold(text), target) == target and row.infused:  # else nobody means it by a slip
            found.shown.setdefault(text, str(target))
    return found


def _own_names(rows: Sequence[ListedRow]) -> Iterator[tuple[str, DrugName, ListedRow]]:
    """The names of drugs, of their products, and last of each of several products that one code is for."""
    for row in rows:
        yield row.drug, DrugName(row.drug), row
    for row in rows:
        if row.product:
            yield f"{row.drug} {row.product}", DrugName(row.drug, row.product), row
    for row in rows:
        for product in spellings(row.product):
            yield f"{row.drug} {product}", DrugName(row.drug, row.product), row


def _name(found: Drugs, curated: Drugs, of_therapies: Collection[str], read: Read) -> None:
    """Gives the listed names their meanings: a name of several rows may be any of them."""
    meant: dict[str, list[ListedName]] = defaultdict(list)
    for _, row in read_names(read):
        meant[fold(row.name)].append(row)
    for key in meant.keys() - curated.names.keys() - set(of_therapies):
        name = meant[key][0].name
        targets = _targets(found, curated, meant[key])
        if not targets:
            continue  # an older edition's drugs.csv lacks what the name is of
        target = next(iter(targets)) if len(targets) == 1 else _any_of(found, meant[key], targets)
        found.names[key] = target
        if any(row.infused for row in chain.from_iterable(targets.values())):
            found.shown.setdefault(name, str(target))


def _any_of(found: Drugs, names: Sequence[ListedName], targets: Mapping[DrugName, list[DrugRow]]) -> DrugName:
    """A name that may be any of several things, as a thing of its own: a product of their drug, or a drug."""
    name, (drug, *others) = names[0].name, {target.drug for target in targets}
    target = DrugName(name) if others else DrugName(drug, name)
    rows = list(chain.from_iterable(targets.values()))
    found.several[target.drug, target.product] = rows
    found.first_row.setdefault(target.drug, rows[0])
    for one in targets:  # with its product behind it a name is of that one
        found.names.setdefault(fold(f"{name} {one.product}"), one)
    for usual in names:
        if usual.basis == USUAL and (of := targets.get(DrugName(usual.drug, usual.product))):
            found.usual[target.drug, target.product] = of[-1].code
    return target


def _targets(found: Drugs, curated: Drugs, names: Iterable[ListedName]) -> dict[DrugName, list[DrugRow]]:
    """What the rows of a name mean, each with its rows."""
    known = {DrugName(row.drug, row.product): _rows_of(found, curated, row) for row in names}
    return {target: rows for target, rows in known.items() if rows}


def _rows_of(found: Drugs, curated: Drugs, name: ListedName) -> list[DrugRow]:
    """The rows that a name means; none where the tables have no such drug."""
    key = (name.drug, name.product)
    for drugs in (curated, found):
        if key in drugs.by_name:
            return list(drugs.by_name[key].rows)
        if key in drugs.several:
            return drugs.several[key]
    return []


def _classes(read: Read, therapies: Mapping[str, Therapy], curated: Drugs) -> Callable[[str], DrugClass]:
    """The therapy of a drug: where drugs.csv has the drug, what stands there."""
    found: dict[str, DrugClass] = {}
    for place, row in read_classes(read):
        for key in (row.therapy, *row.others):
            if key and key not in therapies:
                raise place.fail(f"therapy {key!r} is not in therapies.csv")
        if found.setdefault(fold(row.drug), row) is not row:
            raise place.fail(f"{row.drug} stands twice")
    for drug, first in curated.first_row.items():
        found[fold(drug)] = DrugClass(drug, first.therapy, first.therapy_basis, ())
    unknown = DrugClass("", "", "", ())

    def class_of(drug: str) -> DrugClass:
        return found.get(fold(drug)) or found.get(fold(_SUFFIX.sub("", drug))) or unknown

    return class_of


def _ranges(rows: Iterable[ListedDrug]) -> dict[str, dict[str, Range]]:
    """Of each drug whose codes are for so much a day, the range of each code."""
    found: dict[str, dict[str, Range]] = defaultdict(dict)
    for row in rows:
        if row.amount is None and (said := _RANGE.fullmatch(row.dose_basis)):
            _, least, most, unit = said.groups()
            found[row.drug][row.code] = Range(row.code, Decimal(least), Decimal(most) if most else None, unit)
    return found


def _row(listed: ListedDrug, of: DrugClass, source: str, ranges: Mapping[str, Range]) -> ListedRow:
    own = [ranges[listed.code]] if listed.code in ranges else []
    return ListedRow(
        drug=listed.drug, product=listed.product, answers_to="sole" if listed.product else "name", code=listed.code,
        amount=listed.amount, unit=listed.unit, component=listed.component, unit_rule=listed.unit_rule,
        dose_basis=listed.dose_basis, therapy=of.therapy, therapy_basis=of.basis, first_day=listed.first_day,
        last_day=listed.last_day, successor=listed.successor, successor_basis=listed.successor_basis,
        medicare=listed.medicare, note=listed.unit_note, source=source, dates_basis="stated in the source",
        use=listed.use, others=of.others, a_day=(*own, *(one for one in ranges.values() if own and one is not own[0])),
    )  # fmt: skip


def _listed_drug(row: Reader) -> dict[str, Any]:
    row.needed("drug")
    amount = row.number("amount")
    if (amount is None) != (row.text("unit") == ""):
        raise row.place.fail("amount and unit go together: give both, or neither and a unit_note")
    if amount is None:
        row.needed("unit_note")
    else:
        row.one_of("unit", UNITS)
        row.needed_number("amount")
    return {
        "code": row.code("code"),
        "use": row.one_of("use", frozenset(USES)),
        "amount": amount,
        "unit_rule": row.one_of("unit_rule", UNIT_RULES),
        "successor": row.code("successor", optional=True),
        "medicare": row.one_of("medicare", MEDICARE),
        **row.period(),
    }


def _listed_name(row: Reader) -> dict[str, Any]:
    row.needed("name"), row.needed("drug"), row.needed("basis")
    return {}


def _drug_class(row: Reader) -> dict[str, Any]:
    row.needed("drug"), row.needed("basis")
    others = tuple(row.text("others").split())
    if (row.text("therapy") != "") == (others != ()) or len(others) == 1:
        raise row.place.fail("name the therapy, or two or more others of which the order names one")
    return {"others": others}
