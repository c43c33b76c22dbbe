"""What is declared of one term of a contract, and how a field of `Terms` declares it (`term`)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Literal, TypeVar

from xl_infusion.claim.column import Check, Column, Look
from xl_infusion.claim.readers import Reader
from xl_infusion.reference import Reference
from xl_infusion.reference.rows import Term as Default

T = TypeVar("T")
#: What a term changes of a claim: who ranks where and on which days, the price of a per diem, drug lines, visit lines.
Decides = Literal["ranks", "per diem", "drugs", "visits"]


@dataclass(frozen=True, slots=True)
class InScenario:
    """A term that a scenario may change: its column in Scenarios, which reads and looks as that of Payers does.

    ``step``: when a bridge walks it, rules before prices. ``decides``: which lines are made anew for it.
    """

    step: int
    decides: tuple[Decides, ...]
    doc: str
    synonyms: tuple[str, ...]
    subject: str = ""


@dataclass(frozen=True, slots=True)
class PayerTerm:
    """One term: its column in Payers (without a name: no payer says otherwise), its default, how a cell is read."""

    column: Column
    default: Default
    read: Callable[[Reference, object, str], Any]
    scenario: InScenario | None

    def of(self, reference: Reference) -> Any:
        """Its default in the codes that are in use. KeyError that says where a row is missing."""
        return self.read(reference, default(reference, self.default.term).value, self.name)

    @property
    def name(self) -> str:
        """The heading of its column, by which messages name it."""
        return self.column.name or self.default.term


def default(reference: Reference, term: str) -> Default:
    """The row of a term's default. KeyError where the table lacks it, with what makes it."""
    if term not in reference.terms:
        raise KeyError(f"terms.csv has no row {term}: python -m tools.regenerate makes it of what is declared")
    return reference.terms[term]


def term(
    column: str,
    name: str,
    reader: Reader[T],
    value: str,
    unit: str,
    *,
    doc: str,
    meaning: str,
    source: str,
    synonyms: tuple[str, ...] = (),
    width: float = 13,
    look: Look = "text",
    checked: Check | None = None,
    prompt: str = "",
    subject: str = "",
    scenario: InScenario | None = None,
) -> T:
    """Declares a field of `Terms`: what its column ``column`` of Payers says, blank for one that has none.

    ``name``, ``value``, ``unit``, ``meaning``, ``source``: its default, a row of the reference's terms.csv. ``doc``:
    the note on its heading. ``checked``: in place of what its reader says. The rest is as `Column` has it.
    """
    shown = Column(
        column, False, synonyms, doc, name, reader.choices, width, look, checked or reader.checked, prompt, subject
    )  # fmt: skip
    declared = PayerTerm(shown, Default(name, value, unit, meaning, source), reader.read, scenario)
    found: T = field(metadata={"term": declared})
    return found
