"""What the long text of a drug code says beside amounts: the drug, and what sets the code apart from another of it.

The drug is its ingredients as a biller writes them: without the salt where the salt makes no other drug, with a
biosimilar's suffix. Sources: the habits of CMS's texts, and `listed_makers.csv`, which says which words in parentheses
are a maker and not a brand.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from xl_infusion.reference.names import fold

_NOT_EQUIVALENT = re.compile(r",? *not th\w*apeutically equivalent to [^,()]+")
_ASIDE = re.compile(r"\(([^()]*)\)")
_UNIT = (
    r"mgs?|milligrams?|mcgs?|micrograms?|ug|gms?|grams?|g|k?iu|i\.u\.|international units?|(?:usp )?units?|meq"
    r"|milliequivalents?|ml|cc|milliliters?|mci|uci|millicuries?|microcuries?|square cent?imeters?|square cenitmeter"
    r"|capsules|mm|calories"
)
_NUMBER = r"(?:[0-9]{1,3}(?:,[0-9]{3})+(?:\.[0-9]+)?|[0-9]+(?:\.[0-9]+)?|\.[0-9]+)"
_AMOUNT = re.compile(
    rf"(?<![\w.-])(?:up to |per )?{_NUMBER}(?: million| billion)? ?(?:{_UNIT})(?!\w)"
    rf"|\bper (?:factor [ivx]+ )?(?:{_UNIT})(?!\w)"
)
#: What says nothing of which drug it is, nor of which of its codes.
_IDLE = re.compile(
    r"\bprovided in .*|,? ?\bfda[ -]approved (?:prescription|final).*|,? ?non-compounded, administered.*"
    r"|, ?administered through dme.*|\badministered through (?:dme|an? \w+).*|,? ?only for use as hiv.*"
    r"|,? ?for the pre-exposure.*|,? ?for hospitalized.*|\bincluding (?:leuka|impl).*|\bcontaining nominal.*"
    r"|(?:,|^) ?(?:injection|infusion|injectable|inj)\b,? ?"
    r"|, ?(?:up to|minimum of|10 up to) [0-9]+ million.*"
    r"|\bper (?:(?:study|therapeutic|single dose|single use) )?(?:dose|vial|treatment|day|patch|infusion"
    r"|instillation|implant)\b|\beach\b|\bvial$|\bof (?:factor ix activity|iron)\b|\bvwf:rco\b|\bampule\b"
    r"|(?:,|\b) ?(?:biosimilar|excludes biosimilars?|human|recombinant|sterile|aqueous|ovine|equine|synthetic"
    r"|purified|non-recombinant|antihemophilic factor|powder or solution|solvent detergent|lyophilized"
    r"|usp|inactivated|unit dose form|single unit dos(?:e|age) (?:form|applicator))\b(?!-)"
)
_NOS = re.compile(r",? ?\b(?:not otherwise (?:specified|classified)|unspecified|nos)\b")
#: (what is said, as a product says it, pattern); where one code of a drug says it and another does not, it tells.
_TELLS = tuple(
    (word, re.compile(pattern))
    for word, pattern in (
        ("ESRD dialysis", r"\(?,? ?\bfor esrd on dialysis\b\)?"),
        ("", r"\(?,? ?\b(?:for )?non[- ]esrd use\b\)?"),
        ("in sodium chloride", r"\bin (?:[0-9.]+% )?(?:sodium chloride|sodium)\b"),
        ("in dextrose", r"\bin [0-9]+% dextrose\b"),
        ("with epinephrine", r"\bwith epinephrine\b"),
        ("", r",? ?\bnon-depot form\b"),
        ("depot", r",? ?\b(?:for )?depot (?:suspension|form)\b"),
        ("extended-release", r",? ?\bextended[- ]release\b"),
        ("long-acting", r",? ?\blong[- ]acting\b"),
        ("preservative-free", r",? ?\bpreservative[- ]free(?: sterile solution)?\b"),
        ("microspheres", r",? ?\bmicrosphere formulation\b"),
        ("SC", r",? ?\b(?:for )?subcutaneous(?: (?:use|injection|or intravenous injection))?\b"),
        ("IV", r",? ?\b(?:for )?intravenous(?: (?:use|injection|infusion))?\b|^iv,"),
        ("IM or IV", r",? ?\bintramuscular or intravenous\b"),
        ("IM", r",? ?\b(?:for )?intramuscular(?: (?:use|injection))?\b"),
        ("intrathecal trial", r",? ?\bfor intrathecal trial\b"),
        ("non-lyophilized", r",? ?\bnon-lyophilized\b"),
        ("lyophilized", r",? ?\blyophilized\b"),
        ("pegylated", r",? ?\b(?:glyco)?pegylated\b"),
        ("concentrated", r",? ?\bconcentrated form\b"),
        ("compounded", r",? ?\b(?<!non-)compounded product\b"),
        ("loading dose", r"\(?\bloading dose for infusion pump\b\)?"),
        ("powder", r", ?powder\b(?! or)"),
    )
)
#: Parentheses that name neither a brand nor a maker.
_NO_BRAND = re.compile(
    r"code may|for |not |non[- ]|only |e\.g|i\.e|list |preservative|antihemophilic|human|recombinant|ovine|equine"
    r"|porcine|bovine|contraceptive|intravesical|central |including|when |if |see |minimum|loading|up to"
    r"|heparin lock flush|vitamin k|g-csf|gm-csf|nitrogen mustard|mal$|bcma$|nos$|.*=|purified|powder|liquid|d$"
    r"|s$|ivig|.*equivalent|[0-9.]|ddi$|dextrose$|ecmo$|ab'?$|cap$|pfu$|bmwd$|amino|equal|greater|vitamins|lispro|aspart"
    r"|nph|lente|ml$|bendamustine$|drt$|hct"
)
#: Salts that make no other drug; an ester or another salt of a steroid does.
_SALT = re.compile(
    r" (?:hydrochloride|hcl|hydrobromide|disodium|sodium|calcium|sulfate|mesylate|tartrate|maleate|phosphate|citrate"
    r"|tromethamine|besylate|bromide|fumarate|succinate|lactate|acetate|gluconate|isethionate|methylsulfate|potassium"
    r"|bitartrate|pamoate|diphosphate|mepesuccinate|fosamil|hyclate|butyrate|carbonate|methyl sulfate|trometamol"
    r"|dimeglumine|oleate|dihydrochloride|tosylate)$"
)
#: What stays whole: an element's salt is the drug itself, an ester of a steroid another drug.
_WHOLE = re.compile(
    r"^(?:sodium|potassium|calcium|magnesium|ferric|iron|zinc|arsenic|lanthanum|sevelamer|edetate|gold|penicillin"
    r"|estradiol|doxycycline|caffeine|valproate|ammonium|selenious)\b"
    r"|(?:sone|lone|terone|trol) |\bmicroglobulin"
)
_SUFFIX = re.compile(r"-x{4}\b")


@dataclass(frozen=True, slots=True)
class Said:
    """What a text says: the drug, its name as the text has it in full, brands, makers and what else tells it apart.

    ``rest`` are parts behind a comma that are neither: a brand without parentheses, or more of the name.
    """

    drug: str
    whole: str
    brands: tuple[str, ...] = ()
    makers: tuple[str, ...] = ()
    tells: tuple[str, ...] = ()
    is_nos: bool = False
    rest: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Text:
    """A code's text with what it is used as, and every brand that it names."""

    said: Said
    use: str
    brands: tuple[str, ...]


def said(descriptor: str, makers: Mapping[str, str]) -> Said:
    """What the long text of a drug code says; ``makers`` are known makers by their folded names.

    >>> one = said("Injection, made-up hydrochloride (acme), not therapeutically equivalent to j0001, 5 mg",
    ...            {"acme": "Acme"})
    >>> one.drug, one.whole, one.makers
    ('made-up', 'made-up hydrochloride', ('Acme',))
    >>> said("Injection, made-up-abcd, biosimilar, (brandname), for intravenous use, 5 mg", {}).brands
    ('Brandname',)
    """
    text = _NOT_EQUIVALENT.sub("", " ".join(descriptor.lower().split()))
    tells = []
    for word, pattern in _TELLS:
        found = pattern.sub(" ", text)
        if found != text:
            text = found
            tells.append(word)
    text, asides = _asides(text)
    is_nos = bool(_NOS.search(text))
    text = _AMOUNT.sub(" ; ", _NOS.sub("", text))
    text = re.sub(r"^ ?(?:injection|infusion|injectable|inj|instillation)\b ?", ", ", text)
    text = _IDLE.sub(" ", text)
    segments = [_neat(segment) for segment in re.split(r"[,;:]", text)]
    segments = [segment for segment in segments if re.search("[a-z]", segment)]
    brands, made_by = _products(asides, makers)
    if not segments:
        return Said("", "", brands, made_by, tuple(filter(None, tells)), is_nos)
    name, *rest = _combined(segments)
    whole = _SUFFIX.sub("", name)
    return Said(_short(whole), whole, brands, made_by, tuple(filter(None, tells)), is_nos, tuple(rest))


def _combined(segments: list[str]) -> list[str]:
    """The components of a combination as one name; other parts as they are."""
    ends = [at for at, segment in enumerate(segments) if at and re.match(r"(?:and|with)\b|/", segment)]
    count = ends[-1] + 1 if ends else 1
    name = " / ".join(re.sub(r"^(?:and|with)\b|^/", "", segment).strip() for segment in segments[:count])
    return [re.sub(r" ?/ ?| and (?!for\b)", "-", name), *segments[count:]]


def _short(name: str) -> str:
    """A name without its salt, each component of a combination for itself."""
    return re.sub(
        r"-{2,}", "-", "-".join(_without_salt(part) for part in re.split(r"(?<=[a-z]{4})-(?=[a-z]{5})", name))
    )


def _without_salt(name: str) -> str:
    while not _WHOLE.search(name):
        shorter = _SALT.sub("", name)
        if shorter == name:
            break
        name = shorter
    return name


def _neat(segment: str) -> str:
    return re.sub(r" {2,}", " ", segment).strip(" -.")


def _asides(text: str) -> tuple[str, list[str]]:
    """The text without its parentheses, and what stands in them."""
    asides: list[str] = []
    while match := _ASIDE.search(text):
        asides.append(match[1].strip())
        text = f"{text[: match.start()]} {text[match.end() :]}"
    return re.sub(r" +,", ",", text), asides


def _products(asides: list[str], makers: Mapping[str, str]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    brands: list[str] = []
    made_by: list[str] = []
    for aside in asides:
        if maker := makers.get(fold(aside)):
            made_by.append(maker)
        elif not _NO_BRAND.match(aside):
            brands += [titled(part) for part in re.split(r" ?/ ?|,? or ", aside) if part]
    return tuple(brands), tuple(made_by)


def titled(name: str) -> str:
    """A brand as it is written: ``gamunex-c`` is Gamunex-C; what has no vowel is an abbreviation."""
    return " ".join(_word(word) for word in name.split())


def _word(word: str) -> str:
    if "-" in word:
        return "-".join(_word(part) for part in word.split("-"))
    return word.capitalize() if re.search("[aeiouy]", word) and word not in _CAPITALS else word.upper()


_CAPITALS = frozenset({"rtu", "hd", "la", "xr", "xl", "sr", "iv", "dif", "eu"})
