"""Which drug a descriptor of CMS names: its ingredients and form, without amounts, salts and makers.

Two codes bill one drug where their descriptors say the same beside amount, salt and maker: "Injection,
vancomycin hcl, 500 mg" and "Injection, vancomycin hydrochloride (mylan) not therapeutically equivalent to j3373,
10 mg". Whatever else a descriptor says (inhalation, liposome, for intrathecal use) makes it another drug.

>>> ingredients("Injection, vancomycin hcl, 500 mg"), ingredients("Injection, made-up hydrochloride, per 5 mg")
('vancomycin', 'made-up')
>>> ingredients("Injection, imipenem 4 mg, cilastatin 4 mg and relebactam 2 mg")
'cilastatin imipenem relebactam'
>>> ingredients("Injection, morphine sulfate, preservative-free for epidural or intrathecal use, 10 mg")
'morphine preservative-free for epidural or intrathecal use'
>>> ingredients("Injection, epoetin alfa, (for non-esrd use), 1000 units")
'epoetin alfa; for non-esrd use'
"""

from __future__ import annotations

import re

from xl_infusion.reference.cms.descriptor import MOST_LETTERS

_NOT_EQUIVALENT = re.compile(r",? *not th\w*apeutically equivalent to [^,()]+")
_ASIDE = re.compile(r"\(([^()]*)\)")
#: Parentheses that say which drug it is; others hold makers, amounts, synonyms and what is left to the coder.
_TELLS_APART = re.compile(r"for |heparin lock flush|preservative|loading dose|antihemophilic factor|contraceptive")
_UNIT = (
    r"mgs?|milligrams?|mcgs?|micrograms?|ug|gms?|grams?|g|i\.u\.|iu|international units?|(?:usp )?units?|meq"
    r"|milliequivalents?|ml|cc|milliliters?|mci|uci|millicuries?"
)
_NUMBER = r"(?:[0-9]{1,3}(?:,[0-9]{3})+(?:\.[0-9]+)?|[0-9]+(?:\.[0-9]+)?|\.[0-9]+)"
_AMOUNT = re.compile(rf"(?<![\w.-])(?:up to |per )?{_NUMBER}(?: million)? ?(?:{_UNIT})(?!\w)|\bper (?:{_UNIT})(?!\w)")
#: What says how a drug is given or made, and not which it is; a salt is left out, since codes of one drug differ in
#: how they spell it, or whether they do.
_NO_DRUG = re.compile(
    r"\b(?:per (?:dose|vial|treatment|day)"
    r"|injection|infusion|sterile|aqueous|not otherwise specified|intravenous|for intravenous infusion|human"
    r"|recombinant|non-lyophilized|excludes biosimilars?|in sodium|hydrochloride|hcl|hydrobromide|sodium|disodium"
    r"|sulfate|mesylate|acetate|phosphate|fosamil|isethionate|tromethamine|citrate|lactate)\b"
)
#: Whose first word is a salt, or whose salt tells it apart: the words stay.
_WHOLE = re.compile(r"\b(?:sodium (?:ferric|chloride|bicarbonate|phosphate)|ringers lactate|potassium phosphate"
                    r"|magnesium sulfate|\w+ sodium (?:succinate|phosphate|thiosulfate))\b")  # fmt: skip
_WORD = re.compile(r"[a-z0-9][a-z0-9.'-]*")


def ingredients(descriptor: str) -> str:
    """What a long descriptor names, to be compared with another's; '' where nothing is left.

    A combination's components come in the order of the alphabet, since descriptors vary it.
    """
    if len(descriptor) > MOST_LETTERS:
        return ""
    text = _NOT_EQUIVALENT.sub("", " ".join(descriptor.lower().split()))
    text, asides = _without_asides(text)
    text, wholes = _with_wholes_apart(_without_amounts(text))
    found = _components(_NO_DRUG.sub(" ", text))
    for short, whole in wholes.items():
        found = found.replace(short, whole)
    return "; ".join([found, *sorted(aside for aside in asides if _TELLS_APART.match(aside))])


def _without_asides(text: str) -> tuple[str, list[str]]:
    """The text without its parentheses, and what stands in them."""
    asides: list[str] = []
    while match := _ASIDE.search(text):
        asides.append(match[1].strip())
        text = f"{text[: match.start()]} {text[match.end() :]}"
    return text, asides


def _without_amounts(text: str) -> str:
    """The text without its amounts; those of a combination part its components."""
    several = sum(bool(_WORD.search(part)) for part in _AMOUNT.split(text)) > 1
    return _AMOUNT.sub(" / " if several else " ", text)


def _with_wholes_apart(text: str) -> tuple[str, dict[str, str]]:
    """The text with a short word for each name that stays whole (`_WHOLE`): the word -> the name."""
    wholes: dict[str, str] = {}
    for number, whole in enumerate(dict.fromkeys(match[0] for match in _WHOLE.finditer(text))):
        wholes[f"whole{number}"] = whole
        text = text.replace(whole, f"whole{number}")
    return text, wholes


def _components(text: str) -> str:
    """The words of a text; the components of a combination in the order of the alphabet."""
    components = [" ".join(_WORD.findall(part)) for part in re.split(r"/|;|\band\b|,", text)]
    named = [component for component in components if component]
    combined = re.search(r"/|;|\band\b", text) and all(" " not in component for component in named)
    return " ".join(sorted(named) if combined else named)
