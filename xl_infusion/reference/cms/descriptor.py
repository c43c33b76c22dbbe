"""The amount that one unit of a drug code counts, read out of CMS's long descriptor.

A descriptor has no syntax that CMS publishes; it has habits, and those are read: "Injection, meropenem, 100 mg",
"per 1.125 g", "up to 80 mg", "0.5 g/0.125 g", "10mg/10mg (20mg)", "not therapeutically equivalent to j0690, 500
mg", "per i.u.", "(500 ml = 1 unit)". What does not follow them has no amount and a reason; nothing is guessed. A
strength (mg/ml), a range of doses, a dose, a vial or a treatment is no amount.

Checked against the dosage column of CMS's ASP pricing file, which states the same unit in its own words.

>>> print(unit_of("Injection, made-up, not therapeutically equivalent to j0001, up to 80 mg"))
up to 80 mg
>>> print(unit_of("Injection, one and another, 50 mg/12.5 mg"), "|", unit_of("Injection, made-up, per dose").reason)
62.5 mg (50 + 12.5) | it counts by the dose, not by an amount
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from itertools import pairwise

#: unit -> (dimension, its size there, how descriptors and dosages spell it); international units of one drug are called
#: units in another place.
_UNITS: dict[str, tuple[str, Decimal, str]] = {
    "mg": ("mass", Decimal(1), r"mgs?|milligrams?"),
    "mcg": ("mass", Decimal("0.001"), r"mcgs?|micrograms?|ug"),
    "g": ("mass", Decimal(1000), r"gms?|grams?|g"),
    "IU": ("units", Decimal(1), r"i\.u\.|iu|international units?"),
    "units": ("units", Decimal(1), r"(?:usp )?units?"),
    "mEq": ("mEq", Decimal(1), r"meq|milliequivalents?"),
    "mL": ("volume", Decimal(1), r"ml|cc|milliliters?"),
    "mCi": ("activity", Decimal(1), r"mci|millicuries?"),
    "uCi": ("activity", Decimal("0.001"), r"uci|microcuries?"),
    "sq cm": ("area", Decimal(1), r"square centimeters?|sq\.? ?cm"),
}
_ANY = "|".join(spelling for _, _, spelling in _UNITS.values())
_SPELLINGS = [(unit, re.compile(spelling)) for unit, (_, _, spelling) in _UNITS.items()]
_NUMBER = r"(?:[0-9]{1,3}(?:,[0-9]{3})+(?:\.[0-9]+)?|[0-9]+(?:\.[0-9]+)?|\.[0-9]+)"
_AMOUNT = re.compile(rf"(?<![\w.^-])(?<![0-9],)({_NUMBER})( million)? ?({_ANY})(?![\w^])")
#: "per gm", "per i.u. of factor ix activity", "per factor viii i.u."; a unit of blood is none of an amount.
_PER_ONE = re.compile(rf"\bper (?:factor [ivx]+ )?(?!(?:usp )?units?\b)({_ANY})(?![\w^])")
_ONE_UNIT = re.compile(rf"(?<![0-9])({_NUMBER}) ?({_ANY}) = 1 unit\b")
_NOT_EQUIVALENT = re.compile(r",? *not th\w*apeutically equivalent to ([^,()]+)")
_INNERMOST = re.compile(r"\(([^()]*)\)")
_PROVIDED = re.compile(r", provided in .*")

#: So many letters before an amount say what it is; a descriptor is no longer than that (CMS's longest has 1,200).
_NEAR, MOST_LETTERS = 40, 4096
#: What stands before an amount, and says that it is one end of a range, or else what it is.
_BAND = re.compile(r"\b(?:less than(?: or equal to)?|(?:greater|more) than|over|minimum of|at least) ?$|[0-9] to $")
_BEFORE = re.compile(r"\b(up to|per|in|containing(?: nominal)?) ?$")
#: What stands behind an amount, and says that it is a strength, a rate or the size of a thing.
_STRENGTH = re.compile(rf" ?/ ?(?:{_NUMBER} ?)?(?:ml|l|kg|hr|hour|m2|cc)\b| ?%|,? per (?:24|day|hour|ml|cc)\b| size\b")
_OR_LESS = re.compile(r" or (?:less|more|greater)\b")
_COUNTS = re.compile(
    r"\bper (?:study |therapeutic |single (?:dose |use ))?"
    r"(dose|vial|treatment|implant|instillation|infusion|patch|bottle)|\beach\b"
)
_SINGLE_FORM = re.compile(r"single unit dos(?:e|age) (?:form|applicator)$")

#: What parentheses hold beside a product or a manufacturer.
_NO_PRODUCT = re.compile(
    r"(?:code may|for |not |non[- ]|only |e\.g|i\.e|list |preservative|antihemophilic|human|recombinant|ovine|equine"
    r"|porcine|bovine|contraceptive|intravesical|central |including|when |if |see |minimum|loading|up to"
    r"|heparin lock flush|vitamin k|g-csf|gm-csf|nitrogen mustard|mal$|bcma$|nos$|.*=)"
)
_COMPONENT = re.compile(
    r" (?:of )?((?!and |for |in |with |vial|ampule|implant|single|gel|intra|oral|or )[a-z][a-z :-]*)"
)


@dataclass(frozen=True, slots=True)
class UnitAmount:
    """What one unit of a code counts: ``amount`` ``unit`` by ``rule`` (exact, per, up to).

    ``amount`` is None where it cannot be read, and ``reason`` says why. ``parts`` are the amounts of a
    combination's components; the amount is then their total. ``component`` is what alone is counted where the
    descriptor names it (iron, phenytoin equivalent). ``products`` stand in parentheses: a brand or a
    manufacturer, in lower case as CMS writes them. ``not_equivalent_to`` are the codes or names of products to
    which it is not therapeutically equivalent.
    """

    amount: Decimal | None
    unit: str
    rule: str
    parts: tuple[Decimal, ...] = ()
    component: str = ""
    products: tuple[str, ...] = ()
    not_equivalent_to: tuple[str, ...] = ()
    reason: str = ""

    def __str__(self) -> str:
        if self.amount is None:
            return f"not read: {self.reason}"
        rule = f"{self.rule} " if self.rule != "exact" else ""
        parts = f" ({' + '.join(map(str, self.parts))})" if self.parts else ""
        return f"{rule}{self.amount} {self.unit}{f' {self.component}' if self.component else ''}{parts}"

    def same_amount(self, other: UnitAmount) -> bool:
        """Whether both count the same, in whatever unit of one dimension: 1 g and 1000 mg.

        >>> one = unit_of("x, 1 g")
        >>> one.same_amount(unit_of("x, per 1,000 mg")), one.same_amount(unit_of("x, 1 unit"))
        (True, False)
        >>> dosage("10 UNITS").same_amount(unit_of("x, 10 i.u."))
        True
        """
        if self.amount is None or other.amount is None:
            return False
        (mine, size, _), (theirs, base, _) = (_UNITS.get(one.unit, (one.unit, 1, "")) for one in (self, other))
        return mine == theirs and self.amount * size == other.amount * base


@dataclass(frozen=True, slots=True)
class _Part:
    amount: Decimal
    unit: str
    rule: str
    start: int
    end: int


def unit_of(descriptor: str) -> UnitAmount:
    """What the long descriptor of a drug code says that one unit counts. Every text is answered.

    >>> unit_of("Injection, made-up (maker), 600,000 units").amount, unit_of("Made-up, oral, 10 mg/ml").reason
    (Decimal('600000'), 'it states a strength or a rate, not an amount')
    """
    if len(descriptor) > MOST_LETTERS:
        return _not_read("it is longer than any descriptor")
    text = " ".join(descriptor.lower().split())
    others = tuple(
        name.upper() if re.fullmatch("[a-z][0-9]{4}", name) else name
        for clause in _NOT_EQUIVALENT.findall(text)
        for name in re.split(r" or | and ", clause.strip())
    )
    text, asides = _asides(_NOT_EQUIVALENT.sub("", text))
    text = _PROVIDED.sub("", text)
    products = tuple(
        aside for aside in asides if not _NO_PRODUCT.match(aside) and not re.match(rf"\.?[0-9]|{_NUMBER}", aside)
    )
    return replace(_read(text, asides), products=products, not_equivalent_to=others)


def dosage(text: str) -> UnitAmount:
    """The same out of the dosage column of an ASP file, which separates components by ``/``, ``-`` or ``&``.

    >>> print(dosage("UP TO 80 MG"), "|", dosage("4 MG-4 MG-2 MG"), "|", dosage("1 I.U. VWF:RCO"))
    up to 80 mg | 10 mg (4 + 4 + 2) | 1 IU vwf:rco
    """
    return unit_of(re.sub(r" ?(?:&|-(?= ?[0-9.])) ?", "/", text))


def _asides(text: str) -> tuple[str, list[str]]:
    """The text without what stands in parentheses, and that, the innermost first."""
    asides: list[str] = []
    while match := _INNERMOST.search(text):
        asides.append(match[1].strip())
        text = f"{text[: match.start()].rstrip()} {text[match.end() :].lstrip()}".strip()
    return re.sub(r" +,", ",", text), asides


def _not_read(reason: str) -> UnitAmount:
    return UnitAmount(None, "", "", reason=reason)


def _decimal(number: str, million: str | None = None) -> Decimal:
    return Decimal(number.replace(",", "")) * (10**6 if million else 1)


def _unit(spelling: str) -> str:
    return next(unit for unit, pattern in _SPELLINGS if pattern.fullmatch(spelling))


def _read(text: str, asides: Sequence[str]) -> UnitAmount:
    for place in (text, *asides):
        if one := _ONE_UNIT.search(place):
            return UnitAmount(_decimal(one[1]), _unit(one[2]), "exact")
    if "= 1 unit" in text or any("= 1 unit" in aside for aside in asides):
        return _not_read("its unit is not one of an amount")
    if counts := _COUNTS.search(text):
        return _not_read(f"it counts by the {counts[1] or 'piece'}, not by an amount")
    parts, reason = _parts(text)
    if reason:
        return _not_read(reason)
    if not parts:
        return _without_amount(text, asides)
    if len(parts) == 1:
        return _single(parts[0], text, asides)
    return _combination(parts, text, asides)


def _parts(text: str) -> tuple[list[_Part], str]:
    """The amounts of the text in their order, or why they are none."""
    parts: list[_Part] = []
    strengths = 0
    for match in _AMOUNT.finditer(text):
        before = text[max(0, match.start() - _NEAR) : match.start()]
        said = _BEFORE.search(before)
        word = said[1] if said else ""
        if _BAND.search(before) or _OR_LESS.match(text, match.end()):
            return [], "it names a range of amounts"
        if _STRENGTH.match(text, match.end()) or word in ("in", "containing", "containing nominal"):
            strengths += 1
            continue
        rule = word or "exact"
        parts.append(_Part(_decimal(match[1], match[2]), _unit(match[3]), rule, match.start(), match.end()))
    ends = {amount.end() for amount in _AMOUNT.finditer(text)}
    for match in _PER_ONE.finditer(text):
        if match.start() - 1 not in ends:  # else a strength
            parts.append(_Part(Decimal(1), _unit(match[1]), "per", match.start(), match.end()))
    if strengths and not parts:
        return [], "it states a strength or a rate, not an amount"
    return sorted(parts, key=lambda part: part.start), ""


def _without_amount(text: str, asides: Sequence[str]) -> UnitAmount:
    alone = [match for aside in asides if (match := _AMOUNT.fullmatch(aside))]
    if len(alone) == 1 and _SINGLE_FORM.search(text):
        return UnitAmount(_decimal(alone[0][1], alone[0][2]), _unit(alone[0][3]), "exact")
    return _not_read("it states no amount")


def _single(part: _Part, text: str, asides: Sequence[str]) -> UnitAmount:
    """One amount; parentheses may split it (500 mg (150/350)), or say it again in another unit."""
    parts: tuple[Decimal, ...] = ()
    for aside in asides:
        if re.fullmatch(rf"{_NUMBER}(?:/{_NUMBER})+", aside):
            parts = tuple(map(_decimal, aside.split("/")))
            if sum(parts) != part.amount:
                return _not_read(f"the components in ({aside}) are not {part.amount} in all")
        elif (again := _AMOUNT.fullmatch(aside)) and _UNITS[_unit(again[3])][0] == _UNITS[part.unit][0]:
            return _not_read(f"it states two amounts, the other in ({aside})")
    component = _COMPONENT.match(text[part.end :])
    return UnitAmount(part.amount, part.unit, part.rule, parts, component[1].strip() if component else "")


def _combination(parts: Sequence[_Part], text: str, asides: Sequence[str]) -> UnitAmount:
    """Several amounts: the components of a combination, where they can be added and stand as such."""
    if reason := _not_added(parts, text):
        return _not_read(reason)
    unit = parts[-1].unit
    amounts = tuple(part.amount * _UNITS[part.unit][1] / _UNITS[unit][1] for part in parts)
    total = Decimal(f"{sum(amounts, Decimal(0)).normalize():f}")
    whole = UnitAmount(total, unit, parts[0].rule, amounts)
    for aside in asides:
        again = _AMOUNT.fullmatch(aside)
        if again and not whole.same_amount(UnitAmount(_decimal(again[1]), _unit(again[3]), "")):
            return _not_read(f"its components are {total} {unit} in all, and ({aside}) says otherwise")
    return whole


def _not_added(parts: Sequence[_Part], text: str) -> str:
    """Why several amounts are not those of a combination; '' where they are."""
    if len({_UNITS[part.unit][0] for part in parts}) > 1:
        return "it states amounts that cannot be added"
    if any(part.rule != "exact" for part in parts[1:]) or parts[0].rule == "up to":
        return "each of its amounts has a rule of its own"
    for before, after in pairwise(parts):
        between = text[before.end : after.start].strip()
        if not (between == "/" or re.search("[a-z]{3}", between)):
            return "it states several amounts, and not which is the unit's"
    return ""
