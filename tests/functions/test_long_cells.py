"""A cell may hold 32,767 characters of anything: no line costs more for it, no message quotes it, no file is refused."""

from __future__ import annotations

import contextlib
import copy
import time
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from tests.bad_rows import HOLD, MODEL, given
from tests.claim.test_checks import CLEAN, Book
from xl_infusion import CLAIM_CHECKS, CLAIM_GRID, EXPECTED_GRID, EXPLAIN, JUNITS, VARIANCE_GRID, ExcelError
from xl_infusion.claim import TABLES
from xl_infusion.errors import MOST_QUOTED, brief, quoted
from xl_infusion.model import MODEL_TABLES
from xl_infusion.reference.cms.columns import Columns, find
from xl_infusion.reference.cms.descriptor import dosage, unit_of
from xl_infusion.reference.cms.files import Page
from xl_infusion.reference.cms.naming import ingredients
from xl_infusion.rules import clock, day, dose, interval, ndc, npi, number, waste

MOST = 32_767
#: No two pieces of it are equal, so that what is quoted of it is found.
MARKED = "".join(f"{n:05}" for n in range(7000))[:MOST]
LONG = {
    "digits": MARKED, "blanks": f"1{' ' * 32_000}x", "words": ("ab cd " * 6000)[:MOST], "parentheses": "(" * 16_000 + ")" * 16_000,
    "commas": "1," * 16_000, "amounts": ("1 mg " * 7000)[:MOST],
}  # fmt: skip
CLAIM = ("Orders", "Visits", "Payers", "Rates", "Payer codes", "Own codes", "Holds")


def with_text(text: str) -> Iterator[tuple[str, str, Book]]:
    """The clean book with a text in one column of a table, for each of them."""
    for table in (*TABLES, *MODEL_TABLES):
        for column in table.columns:
            book = copy.deepcopy(CLEAN | MODEL | HOLD)
            book[table.name][2 if table.name == "Provider" else 0][column.name] = text
            yield table.name, column.name, book


def results(name: str, book: Book, order: object) -> Iterator[Any]:
    orders, visits, payers, rates, *others = given(book, *CLAIM)
    yield CLAIM_GRID(orders, visits, payers, rates, *others)
    (costs,) = given(book, "Costs")
    if name == "Costs":
        yield EXPECTED_GRID(orders, visits, payers, rates, costs, *others)
    elif name == "Remittance":
        yield VARIANCE_GRID(orders, visits, payers, rates, *given(book, "Remittance"), *others)
    elif name in CLEAN:
        (provider,) = given(book, "Provider")
        yield CLAIM_CHECKS(orders, visits, payers, rates, provider, *others)
        yield EXPLAIN(order, orders, visits, payers, rates, *others)


def texts(result: Any) -> Iterator[str]:
    """What the cells of a result say, an error by its message."""
    for cell in [result] if isinstance(result, ExcelError) else [cell for row in result[1:] for cell in row]:
        if isinstance(cell, str):
            yield cell.message if isinstance(cell, ExcelError) else cell


@pytest.mark.slow
@pytest.mark.parametrize("kind", LONG)
def test_no_text_is_longer_than_a_cell(kind: str) -> None:
    text = LONG[kind]
    for name, column, book in with_text(text):
        order = text if (name, column) == ("Orders", "Order") else 1
        for result in results(name, book, order):
            for said in texts(result):
                assert len(said) <= MOST, (name, column, said[:80])


@pytest.mark.slow
def test_no_message_quotes_more_than_sixty_characters() -> None:
    """Patient, Payer, Order and Drug have columns of their own; everything else that has some of a text is a message."""
    pieces = [MARKED[at : at + MOST_QUOTED + 1] for at in (0, 5000)]
    for name, column, book in with_text(MARKED):
        order = MARKED if (name, column) == ("Orders", "Order") else 1
        for result in results(name, book, order):
            for said in texts(result):
                assert said == MARKED or said in MARKED or not any(piece in said for piece in pieces), (
                    name,
                    column,
                    said[:90],
                )


def test_a_quote_is_as_short_as_it_says() -> None:
    assert quoted("meropenum") == "'meropenum'"
    assert len(brief("x" * 61)) == MOST_QUOTED and brief("x" * 60) == "x" * 60


@pytest.mark.parametrize("text", LONG.values(), ids=LONG)
def test_single_cells(text: str) -> None:
    for found in (
        JUNITS(text, "1 g"),
        JUNITS("meropenem", text),
        JUNITS("meropenem", "1 g", text),
        JUNITS("meropenem", "1 g", None, text),
    ):
        assert isinstance(found, ExcelError) and len(found.message) < 500


#: What reads a text of unknown length.
READERS: dict[str, Callable[[str], object]] = {
    "dose": dose.parse, "interval": interval.parse, "day": day.parse, "NDC": ndc.parse, "NPI": npi.parse,
    "time": lambda text: clock.minutes_between(text, "8:00"), "number": lambda text: number.exact(text, "rate"),
    "vials": lambda text: waste.sizes(text, None),  # type: ignore[arg-type]
    "descriptor": unit_of, "dosage": dosage, "ingredients": ingredients,
}  # fmt: skip
_UNITS = (
    "1",
    "1,",
    " ",
    " x",
    "(",
    "()",
    "1 mg ",
    "per g ",
    "up to 1 mg ",
    "not th",
    "/1",
    "a sodium ",
    "1 mg = ",
    "q",
    "N4",
    "-",
)


@pytest.mark.parametrize("name", READERS)
def test_twice_the_text_takes_no_four_times_as_long(name: str) -> None:
    """Two sizes in one run, the quickest of several: what is worked out in no time at all is not compared."""

    def takes(text: str) -> float:
        def once() -> float:
            start = time.process_time()
            with contextlib.suppress(ValueError):
                READERS[name](text)
            return time.process_time() - start

        return min(once() for _ in range(3))

    for unit in _UNITS:
        small, large = (takes(f"1{unit * (size // len(unit))}x") for size in (2000, 4000))
        assert large < 0.02 or large < 3.2 * small, (unit, small, large)


def test_what_is_longer_than_a_descriptor_is_none() -> None:
    assert unit_of("made-up, 1 mg" + " and more" * 500).reason == "it is longer than any descriptor"
    assert ingredients("made-up" + " and more" * 500) == ""


def test_a_row_of_a_thousand_cells_is_none_of_headings() -> None:
    wanted = Columns({"code": "code", "price": "price"}, needed=2, enough=2)
    wide = ["code", "price", *[f"more {n}" for n in range(1000)]]
    found = find(Page("made.csv", "", [wide, ["Code", "Price"]], [1, 2]), wanted)
    assert found is not None and found.at == 1
    assert find(Page("made.csv", "", [wide], [1]), wanted) is None
