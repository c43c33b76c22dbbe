"""The National Drug Code: its 11 digits out of every spelling, its unit of measure, and the quantity it counts.

A package shows ten digits in three segments (labeler, product, package), 4-4-2, 5-3-2 or 5-4-1; a claim
carries eleven, 5-4-2: the short segment gets a leading zero. Ten digits without hyphens may be three different
codes and are refused. Sources: Keystone First, NDC examples, for the formats and the quantity of a vial;
NUBC's instructions of 2007 in the HL7 wiki for the qualifier N4 and the units F2, GR, ML, UN; NUCC's
instructions, quoted in X12 RFI 2151, for the digits of a quantity.

>>> parse("0002-7266-25"), parse("NDC 50242-040-62"), parse("N4 60575-4112-1")
('00002726625', '50242004062', '60575411201')
>>> quantity_of(1), quantity_of(2, Decimal("0.6"))
(('UN', Decimal('1')), ('ML', Decimal('1.2')))
"""

from __future__ import annotations

import re
from decimal import Decimal
from fractions import Fraction
from functools import lru_cache

from xl_infusion.errors import OutOfRange, WrongInput
from xl_infusion.rules.number import as_typed, exact, plain, short

_LENGTHS = (5, 4, 2)
#: The segments that a package or a claim shows.
_FORMATS = frozenset({(4, 4, 2), (5, 3, 2), (5, 4, 1), _LENGTHS})

_PREFIX = re.compile(r"^(NDC[\s:#]*)?(N4\s*)?", re.IGNORECASE)
_BETWEEN = re.compile(r"\s*-\s*|\s+")
_DIGITS = re.compile(r"[0-9-]+")
#: The hyphens and dashes that a text processor or a web page puts in the place of a hyphen.
_DASHES = str.maketrans(dict.fromkeys("\u2010\u2011\u2012\u2013\u2014\u2212", "-"))

_UNITS = {
    spelling: unit
    for unit, spellings in {
        "UN": "un, unit, units, ea, each, vial, vials, package, packages",
        "ML": "ml, mls, cc, ccs, milliliter, milliliters, millilitre, millilitres",
        "GR": "gr, g, gm, gms, gram, grams",
        "F2": "f2, iu, ius, i.u, international unit, international units",
    }.items()
    for spelling in spellings.split(", ")
}
_MILLIGRAMS = frozenset({"me", "mg", "mgs", "mgm", "milligram", "milligrams"})

_THOUSANDTH = Decimal("0.001")
#: A quantity has at most eight digits before the point and three behind it (NUCC, in X12 RFI 2151).
_TOO_MUCH = 10**8


def parse(value: object) -> str:
    """The 11 digits of the NDC that a cell says, without hyphens; spaces do for hyphens.

    Errors: `WrongInput` for what is no NDC, for ten digits without hyphens, and for a number of fewer than
    eleven digits: it may have lost leading zeros. `OutOfRange` for a number beyond 1e15.

    >>> parse("00002 7266 25"), parse(50242004062)
    ('00002726625', '50242004062')
    >>> parse("0002726625")  # doctest: +ELLIPSIS
    Traceback (most recent call last):
    xl_infusion.errors.WrongInput: NDC '0002726625' has 10 digits and no hyphens: it may be 00002-7266-25, ...
    """
    if isinstance(value, str):
        return _of_text(short(value, "NDC"))
    if value is None:
        raise WrongInput("NDC is blank: type it with its hyphens, 0002-7266-25")
    number = exact(value, "NDC")
    if number % 1 or number < 0 or number >= 10**11:
        raise WrongInput(f"NDC {number:.15g} is not 10 or 11 digits: type it as text with its hyphens, 0002-7266-25")
    if number < 10**10:
        raise WrongInput(
            f"NDC {plain(number)} is a number of fewer than 11 digits and may have lost its leading zeros: "
            "type it as text with its hyphens, 0002-7266-25"
        )
    return str(int(number))


@lru_cache(maxsize=4096)
def _of_text(value: str) -> str:
    shown = as_typed(value)
    text = value.strip().translate(_DASHES)
    text = _BETWEEN.sub("-", _PREFIX.sub("", text))
    if not text:
        raise WrongInput(f"NDC {shown} is blank: type it with its hyphens, 0002-7266-25")
    if "*" in text:
        raise WrongInput(f"NDC {shown} has an asterisk, which only fills a place: leave it out, 12345-678-09")
    if not _DIGITS.fullmatch(text):
        raise WrongInput(f"NDC {shown} is more than digits and hyphens: type it as text, 0002-7266-25")
    if "-" in text:
        segments = text.split("-")
        if tuple(map(len, segments)) not in _FORMATS:
            raise WrongInput(f"NDC {shown} is not in 4-4-2, 5-3-2, 5-4-1 or 5-4-2 digits: compare it with the package")
        return "".join(segment.zfill(length) for segment, length in zip(segments, _LENGTHS, strict=True))
    if len(text) == 10:
        may_be = (f"0{text[:4]}-{text[4:8]}-{text[8:]}", f"{text[:5]}-0{text[5:8]}-{text[8:]}",
                  f"{text[:5]}-{text[5:9]}-0{text[9]}")  # fmt: skip
        raise WrongInput(
            f"NDC {shown} has 10 digits and no hyphens: it may be {', '.join(may_be[:2])} or {may_be[2]}; "
            "type it with the hyphens of its package"
        )
    if len(text) != sum(_LENGTHS):
        raise WrongInput(f"NDC {shown} has {len(text)} digits: 11, or 10 with the hyphens of its package, are needed")
    return text


def hyphenated(ndc11: str) -> str:
    """An NDC in 5-4-2 with its hyphens. Errors: those of `parse`.

    >>> hyphenated("00002726625")
    '00002-7266-25'
    """
    digits = parse(ndc11)
    return f"{digits[:5]}-{digits[5:9]}-{digits[9:]}"


def labeler(ndc11: str) -> str:
    """The labeler of an NDC, its first five digits. Errors: those of `parse`.

    >>> labeler("00002726625")
    '00002'
    """
    return parse(ndc11)[:5]


def unit(value: object) -> str:
    """The unit of measure of an NDC's quantity, out of its code or a word: UN, ML, GR or F2.

    A milligram (ME) is none of them: NUBC's list does not have it, and no vial is counted so. `WrongInput`.

    >>> unit("vial"), unit("mL"), unit("grams"), unit("IU")
    ('UN', 'ML', 'GR', 'F2')
    >>> unit("mg")
    Traceback (most recent call last):
    xl_infusion.errors.WrongInput: NDC unit 'mg': an NDC is not counted in milligrams: count vials (UN) or mL (ML)
    """
    if value is None:
        raise WrongInput("NDC unit is blank: write UN, ML, GR or F2")
    if not isinstance(value, str):
        raise WrongInput("NDC unit is not a text: write UN, ML, GR or F2")
    words = " ".join(value.lower().split()).removesuffix(".")
    if words in _UNITS:
        return _UNITS[words]
    shown = as_typed(value)
    if words in _MILLIGRAMS:
        raise WrongInput(f"NDC unit {shown}: an NDC is not counted in milligrams: count vials (UN) or mL (ML)")
    raise WrongInput(f"NDC unit {shown} is not one of UN (unit), ML (milliliter), GR (gram), F2 (international unit)")


def quantity(value: object) -> Decimal:
    """The quantity of an NDC in its unit: more than 0, at most eight digits and three decimals.

    X12 sets no limit of decimals (RFI 1924), the paper claim does (NUCC), and what fits the narrower of the two
    fits both. More decimals are refused, not rounded: what is paid and what is rebated is worked out of this
    number, and a fourth decimal is the mark of a rounded conversion factor. Errors: `WrongInput`, `OutOfRange`.

    >>> quantity("0.6")
    Decimal('0.6')
    >>> quantity(1 / 1.66)
    Traceback (most recent call last):
    xl_infusion.errors.OutOfRange: NDC quantity 0.602409639 has more than 3 decimals: count whole vials, or mL
    """
    number = exact(value, "NDC quantity")
    if number <= 0:
        raise OutOfRange(f"NDC quantity {number:.9g} is not more than 0")
    if number >= _TOO_MUCH:
        raise OutOfRange(f"NDC quantity {number:.9g} has more than 8 digits: check the vials and their volume")
    if number % _THOUSANDTH:
        raise OutOfRange(f"NDC quantity {number:.9g} has more than 3 decimals: count whole vials, or mL")
    return number


def quantity_of(vials: int, volume_ml: Decimal | None = None) -> tuple[str, Decimal]:
    """Unit and quantity of whole vials: 1 UN for each vial of powder, its mL for each vial of liquid.

    ``volume_ml``: the mL of one vial (or prefilled syringe) as it is sold; None for a powder, however much
    diluent it takes. Errors: `OutOfRange` for vials or a volume not more than 0, and those of `quantity`.

    >>> quantity_of(1, Decimal(10))
    ('ML', Decimal('10'))
    """
    if vials < 1:
        raise OutOfRange(f"vials {vials} is not a whole number from 1")
    if volume_ml is None:
        return "UN", quantity(vials)
    return "ML", quantity(vials * quantity(volume_ml))


def of_units(units: Decimal, item_units: Decimal, item_size: Decimal) -> Decimal:
    """The quantity that goes with so many billing units of a product, of whose items one has ``item_units``.

    ``item_size``: the mL of one item (vial, syringe, bag) of a liquid, 1 of a powder. The quantity is worked out
    exactly and rounded once, half up, to the three decimals that a claim holds (see `quantity`): a dose need not be a
    whole number of mL, and an exact 0.6666... has no other way onto the claim. Errors: `OutOfRange` for units not
    more than 0, and for a quantity that is 0.000 or beyond eight digits.

    >>> of_units(Decimal(100), Decimal(50), Decimal(1)), of_units(Decimal(7), Decimal(30), Decimal("1.2"))
    (Decimal('2.000'), Decimal('0.280'))
    """
    if units <= 0:
        raise OutOfRange(f"units {plain(units)} is not more than 0")
    thousandths = Fraction(units) * Fraction(item_size) / Fraction(item_units) * 1000
    rounded = int(thousandths + Fraction(1, 2))
    if not rounded:
        raise OutOfRange(
            f"{plain(units)} units, of {plain(item_units)} in {plain(item_size)}, come to less than the 0.001 that an "
            "NDC quantity can say: check the units and the NDC"
        )
    return quantity(Decimal(rounded).scaleb(-3))
