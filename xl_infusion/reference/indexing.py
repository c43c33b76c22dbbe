"""The tables of an edition, checked against each other, by what they are looked up by: code, drug, name, therapy."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import TypeVar

from xl_infusion.errors import ReferenceTableError
from xl_infusion.reference.names import DrugName, fold, spellings
from xl_infusion.reference.periods import Dated, Periods
from xl_infusion.reference.rows import (
    Alias,
    DrugRow,
    HitRow,
    ModifierRow,
    PerDiemRow,
    Therapy,
    TherapyName,
    VisitRow,
)
from xl_infusion.reference.tables import Place, Tables

#: Any row of the reference that a code names.
CodeRow = PerDiemRow | DrugRow | VisitRow | HitRow | ModifierRow
R = TypeVar("R", bound=Dated)
R0 = TypeVar("R0")


@dataclass(slots=True)
class Drugs:
    """Drug rows by what they are asked for.

    ``by_name``: those of a drug and product; ``several``: those of which one is meant where no product is named;
    ``first_row``: the first of each drug; ``names``: what a folded name means; ``shown``: the names that may be
    proposed, as they are written, with what they mean; ``usual``: of a name of several the code that it mostly is.
    """

    by_name: dict[tuple[str, str], Periods[DrugRow]] = field(default_factory=dict)
    several: dict[tuple[str, str], list[DrugRow]] = field(default_factory=dict)
    first_row: dict[str, DrugRow] = field(default_factory=dict)
    names: dict[str, DrugName] = field(default_factory=dict)
    shown: dict[str, str] = field(default_factory=dict)
    usual: dict[tuple[str, str], str] = field(default_factory=dict)

    def copy(self) -> Drugs:
        """The same, to be changed."""
        return Drugs(*(dict(getattr(self, each)) for each in Drugs.__slots__))

    def under(self, others: Drugs) -> Drugs:
        """These drugs with ``others`` over them, which hold where both have one."""
        return Drugs(*({**getattr(self, each), **getattr(others, each)} for each in Drugs.__slots__))

    def add_name(self, text: str, target: DrugName, place: Place) -> None:
        """Gives a name its meaning. Errors: `ReferenceTableError` where it has another one."""
        key = fold(text)
        if self.names.setdefault(key, target) != target:
            raise place.fail(f"{text!r} means both {self.names[key]} and {target}: leave the ambiguous name out")
        self.shown.setdefault(text, str(target))


def codes_of(tables: Tables) -> dict[str, Periods[CodeRow]]:
    """The rows of every code. Errors: `ReferenceTableError` where two of one are in force on a day."""
    rows: dict[str, list[CodeRow]] = defaultdict(list)
    places: dict[str, Place] = {}
    for table in (tables.per_diem, tables.drugs, tables.visits, tables.hit, tables.modifiers):
        for place, row in table:
            rows[row.code].append(row)
            places[row.code] = place
    return {code: periods(found, places[code]) for code, found in rows.items()}


def drugs_of(tables: Tables, therapies: Mapping[str, Therapy], codes: Mapping[str, object]) -> Drugs:
    """The drugs of an edition with their names. Errors: `ReferenceTableError`."""
    found = Drugs()
    rows: dict[tuple[str, str], list[DrugRow]] = defaultdict(list)
    several: dict[tuple[str, str], list[DrugRow]] = defaultdict(list)
    places: dict[tuple[str, str], Place] = {}
    for place, row in tables.drugs:
        _known(row, therapies, codes, place)
        key = (row.drug, row.product)
        rows[key].append(row)
        places[key] = place
        if row.answers_to == "sole":
            several[row.drug, ""].append(row)
        first = found.first_row.setdefault(row.drug, row)
        if first.therapy != row.therapy:
            raise place.fail(f"{row.drug} is {row.therapy} here and {first.therapy} at {first.code}: name one")
    found.by_name = {key: periods(of, places[key]) for key, of in rows.items()}
    found.several = dict(several)
    _name(found, tables)
    return found


def _known(
    row: DrugRow | PerDiemRow, therapies: Mapping[str, Therapy], codes: Mapping[str, object], place: Place
) -> None:
    if row.therapy not in therapies:
        raise place.fail(f"therapy {row.therapy!r} is not in therapies.csv")
    if row.successor and row.successor not in codes:
        raise place.fail(f"successor {row.successor} of {row.code} is not in the reference")


def _name(found: Drugs, tables: Tables) -> None:
    for place, row in tables.drugs:
        found.add_name(row.drug, DrugName(row.drug), place)
    for place, row in tables.drugs:
        for product in spellings(row.product):
            found.add_name(f"{row.drug} {product}", DrugName(row.drug, row.product), place)
    for place, alias in tables.aliases:
        if alias.kind == "drug":
            if (alias.target, alias.product) not in found.by_name and (
                alias.product or fold(alias.target) not in found.names
            ):
                raise place.fail(f"{alias.alias!r} stands for {alias.target!r}, which drugs.csv does not have")
            found.add_name(alias.alias, DrugName(alias.target, alias.product), place)


def per_diem_of(
    tables: Tables, therapies: Mapping[str, Therapy], codes: Mapping[str, object]
) -> dict[str, list[Periods[PerDiemRow]]]:
    """The per diem codes of each therapy. Errors: `ReferenceTableError`, also for a therapy that has none."""
    found: dict[str, dict[str, list[PerDiemRow]]] = defaultdict(lambda: defaultdict(list))
    for place, row in tables.per_diem:
        _known(row, therapies, codes, place)
        found[row.therapy][row.code].append(row)
    for key in therapies.keys() - found.keys():
        raise ReferenceTableError(f"therapies.csv: no row of per_diem.csv belongs to therapy {key!r}")
    return {key: [Periods(rows) for rows in each.values()] for key, each in found.items()}


def therapy_names(tables: Tables, therapies: Mapping[str, Therapy]) -> tuple[dict[str, TherapyName], dict[str, str]]:
    """What a therapy's folded name means, and the names as they are written with the therapy's own."""
    names: dict[str, TherapyName] = {}
    shown: dict[str, str] = {}

    def add(text: str, target: TherapyName, place: Place) -> None:
        key = fold(text)
        if names.setdefault(key, target) != target:
            raise place.fail(f"{text!r} means two therapies: leave the ambiguous name out")
        shown.setdefault(text, target.therapy.name)

    for place, therapy in tables.therapies:
        add(therapy.name, TherapyName(therapy), place)
        add(therapy.therapy, TherapyName(therapy), place)
    for place, row in tables.per_diem:
        for name in _named_by(row, therapies[row.therapy]):
            add(name, TherapyName(therapies[row.therapy], row.method), place)
    for place, alias in tables.aliases:
        if alias.kind == "therapy":
            add(alias.alias, _meant(alias, place, therapies, tables), place)
    return names, shown


def _named_by(row: PerDiemRow, therapy: Therapy) -> Iterator[str]:
    """The names that a row of a per diem gives its therapy: the code itself, where no interval or volume chooses it."""
    if therapy.code_by in ("method", "single"):
        yield row.code
    if row.method:
        for name in (therapy.therapy, therapy.name):
            yield from (f"{name} {row.method}", f"{row.method} {name}")


def _meant(alias: Alias, place: Place, therapies: Mapping[str, Therapy], tables: Tables) -> TherapyName:
    """The therapy that an alias stands for, with the method that stands in its product."""
    if alias.target not in therapies:
        raise place.fail(f"{alias.alias!r} stands for {alias.target!r}, which therapies.csv does not have")
    methods = {row.method for _, row in tables.per_diem if row.therapy == alias.target}
    if alias.product and alias.product not in methods:
        raise place.fail(f"{alias.alias!r} stands for {alias.target} {alias.product!r}, which no per diem code has")
    return TherapyName(therapies[alias.target], alias.product)


def targets(aliases: Iterable[tuple[Place, Alias]], kind: str) -> dict[str, str]:
    """What the folded names of a kind (``place``, ``supply``) stand for."""
    return {fold(row.alias): row.target for _, row in aliases if row.kind == kind}


def unique(table: Iterable[tuple[Place, R0]], key: Callable[[R0], str]) -> Iterator[R0]:
    """The rows of a table. Errors: `ReferenceTableError` where a key stands twice."""
    seen: set[str] = set()
    for place, row in table:
        if key(row) in seen:
            raise place.fail(f"{key(row)!r} stands twice")
        seen.add(key(row))
        yield row


def periods(rows: Iterable[R], place: Place) -> Periods[R]:
    """The rows of one thing by their days. Errors: `ReferenceTableError` at ``place`` where two are of one day."""
    try:
        return Periods(rows)
    except ValueError as error:
        raise place.fail(str(error)) from None
