"""What is otherwise with a drug code than its text seems to say, which words are makers, and names given by hand."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from xl_infusion.reference.names import fold
from xl_infusion.reference.tables import Read, Reader, read_table
from xl_infusion.reference.tables import bundled as bundled_text


@dataclass(frozen=True, slots=True)
class Otherwise:
    """A code whose text is not read by its habits: only where the text has ``says``, since codes are given anew.

    A blank column leaves what was read; a product ``-`` is none. ``brands`` are names that the text has outside of
    parentheses, separated by ``;``.
    """

    code: str
    says: str
    drug: str
    product: str
    use: str
    amount: str
    unit: str
    dose_basis: str
    brands: str


@dataclass(frozen=True, slots=True)
class Maker:
    """A maker as CMS's texts have it, and as the reference spells it."""

    says: str
    maker: str


@dataclass(frozen=True, slots=True)
class ByHand:
    """A name that no text of CMS gives, and a code of what it names; a product where it is not the code's own.

    ``source`` ends in "usual" where a name of several codes mostly is of this one.
    """

    name: str
    code: str
    product: str
    source: str


@dataclass(frozen=True, slots=True)
class Tables:
    """The tables by which texts are read: `Otherwise` by code, makers by their folded names."""

    otherwise: Mapping[str, Otherwise]
    makers: Mapping[str, str]

    @classmethod
    def bundled(cls, read: Read = bundled_text) -> Tables:
        """The tables that ship with the package. Errors: `ReferenceTableError` with file and line."""
        otherwise = read_table("listed_otherwise.csv", read, Otherwise, _otherwise)
        makers = read_table("listed_makers.csv", read, Maker, _maker)
        return cls({row.code: row for _, row in otherwise}, {fold(row.says): row.maker for _, row in makers})


def names_by_hand(read: Read = bundled_text) -> list[ByHand]:
    """The rows of names_by_hand.csv. Errors: `ReferenceTableError` with file and line."""
    return [row for _, row in read_table("names_by_hand.csv", read, ByHand, _by_hand)]


def _otherwise(row: Reader) -> dict[str, Any]:
    row.needed("says"), row.needed("drug"), row.number("amount")
    return {"code": row.code("code")}


def _maker(row: Reader) -> dict[str, Any]:
    row.needed("says"), row.needed("maker")
    return {}


def _by_hand(row: Reader) -> dict[str, Any]:
    row.needed("name"), row.needed("source")
    return {"code": row.code("code")}
