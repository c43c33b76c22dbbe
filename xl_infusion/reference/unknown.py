"""What is said of a drug or a code that the reference does not have: the way that leads to a line."""

from __future__ import annotations

from xl_infusion.errors import SupplyAlone, UnknownCode, UnknownDrug, brief, quoted
from xl_infusion.reference.names import like_code
from xl_infusion.reference.spelling import Names

#: What bills a drug that the reference does not have; docs/own_codes.md says it in full.
_ROW = "add a row of Own codes (Drug, Code, Amount, Unit and Therapy; docs/own_codes.md)"
#: What brings in the codes of later quarters.
_UPDATE = "bring in CMS's later release (xl-infusion codes update)"


def no_drug(text: str, known: Names, therapy: str, near: str) -> UnknownDrug:
    """The error of a name that is no drug's. ``known``: the names there are; ``near``: the one that it misspells.

    ``therapy``: the one that it names, if it names one.

    >>> str(no_drug("xyzzy", Names({"infliximab": ""}), "", "")).partition(", or ")[2][:26]
    'add a row of Own codes (Dr'
    >>> "own code" in str(no_drug("infliximab-dyyb", Names({"infliximab": ""}), "", ""))
    True
    >>> str(no_drug("J9999X", Names({}), "", "")).partition(": ")[2]
    'it is like a HCPCS code, which is a letter and four digits: mend it'
    """
    if like_code(text):
        remedy = "it is like a HCPCS code, which is a letter and four digits: mend it"
    elif therapy:
        remedy = f"it names a therapy, {therapy}; name the drug or its product"
    elif near:
        remedy = f"did you mean {near}?"
    else:
        remedy = f'find its name with =CODES("drug","a part of it"), {_UPDATE}, or {_ROW}'
        if known.shares_a_word(text):
            remedy += "; a suffix, salt or product has its own code"
    return UnknownDrug(f"drug {quoted(text)} is not in the reference: {remedy}")


def supply(text: str, what: str) -> SupplyAlone:
    """The error of a name that is a supply's (``what``: a flush). Source: the S codes' descriptors (CMS).

    >>> str(supply("NS flush", "a flush"))
    "drug 'NS flush' is a flush, and the per diem of the day pays supplies: take the row out"
    """
    return SupplyAlone(f"drug {quoted(text)} is {what}, and the per diem of the day pays supplies: take the row out")


def no_code(code: str) -> UnknownCode:
    """The error of a code that the reference does not have.

    >>> str(no_code("Q5103")).split(", ")[:2]
    ['code Q5103 is not in the reference: mend it', "bring in CMS's later release (xl-infusion codes update)"]
    """
    return UnknownCode(f"code {brief(code)} is not in the reference: mend it, {_UPDATE}, or, of a drug, {_ROW}")
