"""What drugs are called: names out of CMS's own texts and crosswalk, and those that were written down by hand."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from xl_infusion.reference.cms.asp import CrosswalkRecord
from xl_infusion.reference.listing.rows import ENTERAL, INFUSED, INHALED, ORAL, USUAL, ListedDrug, ListedName
from xl_infusion.reference.listing.said import Text
from xl_infusion.reference.listing.tables import ByHand
from xl_infusion.reference.names import fold, spellings
from xl_infusion.reference.rows import Alias, DrugRow

TEXT, CROSSWALK, HAND = "text", "crosswalk", "hand"
_GIVEN, _BRANDED = (INFUSED, ENTERAL), (INFUSED, ENTERAL, INHALED, ORAL)
_SUFFIX = re.compile(r"-(?!free)[a-z]{4}$")
#: Words of the crosswalk's names that no brand has alone.
_PLAIN = frozenset(
    {"nacl", "hcl", "recombi", "kit", "vial", "pfs", "inj", "injection", "solution", "sdv", "mdv", "and", "for", "oral"}
)
_FORM = re.compile(r"\b(?:vial|kit|pfs|inj|injection|kwikpen|flexpen|penfill|tempo pen|dosepak)s?$", re.IGNORECASE)
_Target = tuple[str, str]


def called(
    texts: Mapping[str, Text],
    drugs: Sequence[ListedDrug],
    curated: Sequence[DrugRow],
    aliases: Iterable[Alias],
    crosswalk: Iterable[CrosswalkRecord],
    by_hand: Iterable[ByHand],
) -> list[ListedName]:
    """The names, each once for a drug and product, without those by which the rows by hand are found already.

    What CMS's own text calls a code goes before a name by hand, and that before the crosswalk's.
    """
    names = _Names(texts, drugs, curated, aliases)
    for code, text in texts.items():
        names.of_text(code, text)
    names.without_suffix()
    names.of_hand(by_hand)
    names.of_crosswalk(crosswalk)
    return sorted(names.found, key=lambda row: (fold(row.name), row.drug, row.product))


class _Names:
    def __init__(
        self,
        texts: Mapping[str, Text],
        drugs: Sequence[ListedDrug],
        curated: Sequence[DrugRow],
        aliases: Iterable[Alias],
    ) -> None:
        self.uses = {code: text.use for code, text in texts.items()}
        every: list[ListedDrug | DrugRow] = [*drugs, *curated]
        self._rows: dict[str, list[ListedDrug | DrugRow]] = defaultdict(list)
        for row in every:
            self._rows[row.code].append(row)
        own_names = [row.drug for row in every]
        self.drugs = {fold(name): name for name in own_names}
        self._words = set(_words(" ".join([*own_names, *(text.said.whole for text in texts.values())])))
        self.given = {row.drug for row in drugs if row.use in _GIVEN}
        self._aliases = _known(every, aliases)
        self._found: dict[str, dict[_Target, ListedName]] = defaultdict(dict)

    @property
    def found(self) -> list[ListedName]:
        """The names; of one that the rows by hand are found by anyway all that it may mean, or nothing."""
        return [
            name
            for key, targets in self._found.items()
            if not targets.keys() <= self._aliases[key]
            for name in targets.values()
        ]

    def targets(self, code: str) -> list[_Target]:
        """The drug and product of a code, by its own name and not by that of days when another code has it."""
        rows = sorted(self._rows.get(code, ()), key=lambda row: (row.product.endswith(code), row.last_day is not None))
        return [(row.drug, row.product) for row in rows[:1]]

    def add(self, name: str, target: _Target, basis: str) -> None:
        """Takes a name in, where no better authority has it; a drug's own name is no other drug's."""
        key = fold(name)
        if not key or self.drugs.get(key, target[0]) != target[0]:
            return
        known = self._found[key]
        if all(one.basis.startswith(basis) for one in known.values()):
            known.setdefault(target, ListedName(name, *target, basis))

    def of_text(self, code: str, text: Text) -> None:
        """The names that the text of a code has: the whole one with its salt, and the brands."""
        for drug, product in self.targets(code) if text.use in _BRANDED else ():
            for brand in text.brands:
                if fold(brand) != fold(drug):
                    self.add(brand, (drug, product), TEXT)
            if text.use in _GIVEN and fold(text.said.drug) == fold(drug) and not self._aliases[fold(text.said.whole)]:
                self.add(text.said.whole, (drug, ""), TEXT)

    def without_suffix(self) -> None:
        """A biological's name without its suffix, where one drug alone has it."""
        bare: dict[str, set[str]] = defaultdict(set)
        for drug in self.given:
            if _SUFFIX.search(drug):
                bare[_SUFFIX.sub("", drug)].add(drug)
        for name, drugs in bare.items():
            if len(drugs) == 1 and fold(name) not in self.drugs:
                self.add(name, (next(iter(drugs)), ""), TEXT)

    def of_hand(self, rows: Iterable[ByHand]) -> None:
        """The names by hand; each is of the drug whose code it gives. Of several whose texts have it they choose."""
        meant: dict[str, set[_Target]] = defaultdict(set)
        for one in rows:
            for drug, product in self.targets(one.code):
                target = (drug, one.product or product)
                meant[fold(one.name)].add(target)
                self.add(one.name, target, HAND)
                if one.source.endswith("usual") and (known := self._found[fold(one.name)]).get(target):
                    known[target] = replace(known[target], basis=USUAL)
        for key, targets in meant.items():
            known = self._found[key]
            if targets < known.keys():
                self._found[key] = {target: known[target] for target in targets}

    def of_crosswalk(self, records: Iterable[CrosswalkRecord]) -> None:
        """The product names that the crosswalk has under a code, where they are brands."""
        for record in sorted(records, key=lambda one: (one.code, one.drug)):
            name = _product_name(record.drug)
            if self.uses.get(record.code) not in _BRANDED or self._aliases[fold(name)] or self._generic(name):
                continue
            for drug, product in self.targets(record.code):
                if not any(one.drug == drug and not one.product for one in self._found[fold(name)].values()):
                    self.add(name, (drug, product), CROSSWALK)

    def _generic(self, name: str) -> bool:
        """Whether a name has no word but those of drugs' own names."""
        return all(word in self._words or word in _PLAIN for word in _words(name))


def _known(rows: Iterable[ListedDrug | DrugRow], aliases: Iterable[Alias]) -> dict[str, set[_Target]]:
    """What names mean without this table: those of the rows themselves, and the aliases by hand."""
    known: dict[str, set[_Target]] = defaultdict(set)
    for alias in aliases:
        known[fold(alias.alias)].add((alias.target, alias.product))
    for row in rows:
        known[fold(row.drug)].add((row.drug, ""))
        for part in spellings(row.product):
            known[fold(row.drug + part)].add((row.drug, row.product))
    return known


def _words(name: str) -> list[str]:
    return re.findall(r"[a-z]{3,}", name.lower())


def _product_name(text: str) -> str:
    """A product's name as it stands in the crosswalk, without its form and strength."""
    name = re.sub(r"\(.*?\)|[®™*]", " ", text)
    name = re.split(r"[,;]|\b[0-9.,]+ ?(?:mg|mcg|ml|g|units?|iu|%)", name, flags=re.IGNORECASE)[0]
    return _FORM.sub("", " ".join(name.split()).strip(" -/")).strip(" -/")
