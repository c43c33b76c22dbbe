"""The modifiers that people type: on which lines they stand, from which day on, and in which place.

A row of the reference says it of each. Where one is not in force, or not for the code, the line says so in place of its
units: it is never left out in silence. Sources: HCPCS Level II (CMS) for the days; the table's own rows for the places,
which a payer's term Modifier order goes before.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from xl_infusion.claim.inputs import good, text
from xl_infusion.claim.spans import LAST, Spans, day_of
from xl_infusion.errors import BillingError, NotFound, NotInForce, WrongInput, kept, quoted
from xl_infusion.reference import ModifierRow, Reference
from xl_infusion.reference.look_up import period_text
from xl_infusion.reference.periods import ordinals
from xl_infusion.reference.rows import MODIFIED

#: The kinds of lines.
ON_PER_DIEM, ON_DRUG, ON_VISIT, ON_ITEM = MODIFIED
#: What Medicare excludes: the line is billed for its denial.
EXCLUDED = "GY"
#: What a claim line has room for; where there are more, `MORE` stands in the last one.
PLACES, MORE = 4, "99"
_BLANK = ("",) * PLACES
_BETWEEN = re.compile(r"[\s,;]+")
_BEHIND = 1_000

#: Days (ordinals), the modifiers of a line on them, and why it cannot have those that were typed.
Marked = tuple[int, int, tuple[str, ...], BillingError | None]


def typed(reference: Reference, value: object, lines: Sequence[str]) -> tuple[str, ...]:
    """The modifiers that a cell names, several with spaces or commas between, each once.

    ``lines``: the kinds of lines that there are for them. Errors: `CellError`, `WrongInput` for what is no modifier, is
    put by another column, or goes on none of the lines; `NotFound` for one that the reference lacks.

    >>> from xl_infusion.reference import current
    >>> typed(current(), "jb, KX", ["drug"]), typed(current(), 59, ["per diem"])
    (('JB', 'KX'), ('59',))
    >>> typed(current(), "TD", ["per diem", "drug"])
    Traceback (most recent call last):
    xl_infusion.errors.WrongInput: Modifiers 'TD' goes on a nursing visit, and not on a per diem or drug line
    """
    words = [word for word in _BETWEEN.split(text(good(value, "Modifiers"), "Modifiers").upper()) if word]
    for word in words:
        _check(reference, word, lines)
    return tuple(dict.fromkeys(words))


def _check(reference: Reference, word: str, lines: Sequence[str]) -> None:
    shown = f"Modifiers {quoted(word)}"
    if not re.fullmatch(r"[A-Z0-9]{2}", word, re.ASCII):
        raise WrongInput(f"{shown} is not a modifier, two letters or digits: write JB KX")
    rows = rows_of(reference, word)
    if not rows:
        raise NotFound(f'{shown} is no modifier of the reference: see =CODES("modifier")')
    if rows[-1].put_by:
        raise WrongInput(f"{shown} is put by {rows[-1].put_by}: leave it out")
    goes_on = [line for row in rows for line in row.places]
    if not set(goes_on) & set(lines):
        on = " or ".join(dict.fromkeys(goes_on))
        raise WrongInput(f"{shown} goes on {_a(on)}, and not on a {' or '.join(lines)} line")


def _a(name: str) -> str:
    return f"an {name}" if name[0] in "aeiou" else f"a {name}"


def rows_of(reference: Reference, modifier: str) -> list[ModifierRow]:
    """The rows of a modifier, the oldest first; none where the reference lacks it."""
    try:
        rows = reference.code_rows(modifier)
    except NotFound:
        return []
    return [row for row in rows if isinstance(row, ModifierRow)]


def shown(modifiers: tuple[str, ...]) -> tuple[str, ...]:
    """The modifiers as the four places of a line have them: where there are more, 99 stands in the last one.

    Source: Noridian Medicare JD DME, page on modifiers; all of them then stand in the note of the line.

    >>> shown(("JB", "JZ", "KX", "KD", "TB"))
    ('JB', 'JZ', 'KX', '99')
    """
    return modifiers if len(modifiers) <= PLACES else (*modifiers[: PLACES - 1], MORE)


def filled(modifiers: tuple[str, ...]) -> tuple[str, ...]:
    """The four places of a line, blank ones too.

    >>> filled(("JB", "KX"))
    ('JB', 'KX', '', '')
    """
    places = shown(modifiers)
    return (*places, *_BLANK[len(places) :])


def noted(modifiers: tuple[str, ...]) -> str:
    """What the reason of a line says where its places do not hold all of its modifiers; else "".

    >>> noted(("JB", "JZ", "KX", "KD", "TB")), noted(("JB", "KX"))
    ('; modifiers JB JZ KX KD TB: 99 in the fourth place, all of them in the note of the line', '')
    """
    if len(modifiers) <= PLACES:
        return ""
    return f"; modifiers {' '.join(modifiers)}: {MORE} in the fourth place, all of them in the note of the line"


class _Marks(NamedTuple):
    """The modifiers of a line on some days, and the typed one that it cannot have, "" for none."""

    modifiers: tuple[str, ...]
    wrong: str


class Marker:
    """Puts typed modifiers beside those that a line has by itself, for one payer."""

    def __init__(self, reference: Reference, first: Sequence[str] = ()) -> None:
        """``first``: the modifiers that the payer wants before all others, in their order."""
        self.reference = reference
        self._first = {modifier: at - len(first) for at, modifier in enumerate(first)}
        self._rows: dict[str, list[ModifierRow]] = {}
        self._marks: dict[tuple[tuple[str, ...], str, str, tuple[str, ...]], Spans[_Marks]] = {}

    def marked(
        self, given: tuple[str, ...], line: str, code: str, own: tuple[str, ...], first: int, last: int
    ) -> Iterator[Marked]:
        """The days of a line, cut where one of the ``given`` modifiers begins or ends, with all of its modifiers.

        ``own``: those that it has by itself. Where a given one is not in force, or not for the code, the line keeps its
        own and the failure says why.
        """
        key = (given, line, code, own)
        found = self._marks.get(key)
        if found is None:
            found = self._marks[key] = self._of_all_days(*key)
        for start, end, marks in found.cut(first, last):
            assert marks is not None
            yield start, end, marks.modifiers, kept(self._wrong(marks.wrong, code, start)) if marks.wrong else None

    def _of_all_days(self, given: tuple[str, ...], line: str, code: str, own: tuple[str, ...]) -> Spans[_Marks]:
        """The modifiers of a line with their days."""
        mine = [modifier for modifier in given if self._goes_on(modifier, line)]
        together = self.together(own, mine, line)
        days = [ordinals(row) for modifier in mine for row in self._of(modifier)]
        turns = sorted({1, *(day for begins, ends in days for day in (begins, ends + 1) if day <= LAST)})
        wrong = [next((one for one in mine if self._row(one, code, day) is None), "") for day in turns]
        return Spans(turns, [_Marks(own if one else together, one) for one in wrong]).joined([], lambda found: found)

    def of_day(self, given: tuple[str, ...], line: str, code: str, own: tuple[str, ...], day: int) -> tuple[str, ...]:
        """The modifiers of a line of one day. Errors: `NotInForce`, `WrongInput`, as `marked` has them."""
        ((_, _, modifiers, wrong),) = self.marked(given, line, code, own, day, day)
        if wrong is not None:
            raise wrong
        return modifiers

    def together(self, own: tuple[str, ...], others: Sequence[str], line: str) -> tuple[str, ...]:
        """Modifiers of a line in their places; its own keep the order that they have among themselves."""
        found = list(own)
        for modifier in others:
            if modifier not in found:
                place = self._place(modifier, line)
                at = next((at for at, one in enumerate(found) if self._place(one, line) > place), len(found))
                found.insert(at, modifier)
        return tuple(found)

    def _of(self, modifier: str) -> list[ModifierRow]:
        found = self._rows.get(modifier)
        if found is None:
            found = self._rows[modifier] = rows_of(self.reference, modifier)
        return found

    def _goes_on(self, modifier: str, line: str) -> bool:
        return any(line in row.places for row in self._of(modifier))

    def _place(self, modifier: str, line: str) -> int:
        """Where a modifier stands on a kind of line; behind all others where nothing says it."""
        at = self._first.get(modifier)
        return at if at is not None else next((row.places.get(line, _BEHIND) for row in self._of(modifier)), _BEHIND)

    def _row(self, modifier: str, code: str, day: int) -> ModifierRow | None:
        """The row of a modifier on a day, None where it is not in force, or not for the code."""
        for row in self._of(modifier):
            first, last = ordinals(row)
            if first <= day <= last and (not row.codes or code in row.codes):
                return row
        return None

    def _wrong(self, modifier: str, code: str, day: int) -> BillingError:
        """Why a line of a code cannot have a modifier on a day."""
        rows = self._of(modifier)
        row = next((row for row in rows if ordinals(row)[0] <= day <= ordinals(row)[1]), None)
        if row is None:
            periods = "; ".join(map(period_text, rows))
            return NotInForce(f"Modifiers {periods}: not in force on {day_of(day)}, leave it out")
        return WrongInput(f"Modifiers {modifier} is for {' '.join(row.codes)}, and not for {code}")
