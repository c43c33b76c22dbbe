"""The Provider table: NPI, accreditations with their days, the filing date, and what cannot be read of them."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest

from tests.functions.test_any_cell import cells
from xl_infusion import ExcelError
from xl_infusion.claim.provider import Accredited, Provider
from xl_infusion.errors import BillingError
from xl_infusion.reference import current

LAST = dt.date.max.toordinal()


def day(text: str) -> int:
    return dt.date.fromisoformat(text).toordinal()


def read(*rows: tuple[Any, ...]) -> Provider:
    columns = ("Item", "Value", "From", "To")
    padded = [(*row, None, None, None)[:4] for row in rows]
    return Provider.read(
        current(), [(n, dict(zip(columns, row, strict=True))) for n, row in enumerate(padded, start=2)]
    )


def test_nothing_given_is_nothing_known() -> None:
    provider = read()
    assert (provider.given, provider.npi, provider.npi_row, provider.filed, provider.unsure) == (False, "", 0, 0, False)
    assert list(provider.gaps(["ACHC"], 5, 9)) == [(5, 9)]


def test_a_whole_table() -> None:
    provider = read(
        ("Name", "Example Infusion"),
        ("npi", 1234567893),
        ("Accreditation", "jcaho", "2024-01-01", "2025-06-30"),
        ("Accreditation", "The Compliance Team"),
        ("filing date", "7/1/2025"),
    )
    assert provider.given and provider.problems == [] and not provider.unsure
    assert (provider.npi, provider.npi_row, provider.filed) == ("1234567893", 3, day("2025-07-01"))
    assert provider.accredited == [
        Accredited("Joint Commission", day("2024-01-01"), day("2025-06-30")),
        Accredited("TCT", 1, LAST),
    ]


@pytest.mark.parametrize(
    ("row", "says", "unsure"),
    [
        ((None, "ACHC"), "Item is blank: it is one of Name, NPI, Accreditation, Filing date", True),
        (("Address", "12 Main St"), "Item 'Address' is not one of", True),
        ((ExcelError("#REF!"), "ACHC"), "Item is #REF!", True),
        (("Accreditation", None), "Value of Accreditation is blank: type it, or take the row out", True),
        (("Accreditation", "ISO"), "'ISO' is no accreditation body", True),
        (("Accreditation", ExcelError("#N/A")), "Value is #N/A", True),
        (("Accreditation", "ACHC", "2025-02-01", "2025-01-01"), "To is before From", True),
        (("Accreditation", "ACHC", "soon"), "soon", True),
        (("Accreditation", True), "Value is TRUE", True),
        (("NPI", None), "Value of NPI is blank", False),
        (("NPI", "1234567890"), "check digit", False),
        (("NPI", "12345"), "not ten digits", False),
        (("NPI", ExcelError("#N/A")), "Value is #N/A", False),
        (("Filing date", "soon"), "soon", False),
        (("Filing date", None), "Value of Filing date is blank", False),
        (("Name", None), "Value of Name is blank", False),
    ],
)
def test_what_cannot_be_read_is_a_problem_of_its_row(row: tuple[Any, ...], says: str, unsure: bool) -> None:
    provider = read(("Accreditation", "CHAP"), row)
    ((number, problem),) = provider.problems
    assert number == 3 and isinstance(problem, BillingError)
    assert str(problem).startswith("Provider table row 3: ") and says in str(problem)
    assert provider.unsure is unsure and provider.accredited == [Accredited("CHAP", 1, LAST)]


def test_what_stands_once_is_not_taken_twice() -> None:
    provider = read(
        ("Filing date", "2025-07-01"), ("NPI", "1234567893"), ("Accreditation", "ACHC"), ("Accreditation", "ACHC"),
        ("Filing date", "2025-08-01"), ("NPI", "1245319599"), ("Name", "One"), ("Name", "Another"),
    )  # fmt: skip
    assert [(number, str(problem)) for number, problem in provider.problems] == [
        (6, "Provider table row 6: Filing date stands twice: keep one row"),
        (7, "Provider table row 7: NPI stands twice: keep one row"),
        (9, "Provider table row 9: Name stands twice: keep one row"),
    ]
    assert (provider.filed, provider.npi, provider.npi_row) == (day("2025-07-01"), "1234567893", 3)


@pytest.mark.parametrize(
    ("spans", "gaps"),
    [
        ([], [(10, 20)]),
        ([(1, 30)], []),
        ([(10, 20)], []),
        ([(1, 14), (15, 30)], []),
        ([(15, 30), (1, 14)], []),
        ([(1, 14), (16, 30)], [(15, 15)]),
        ([(12, 13), (12, 18), (14, 15)], [(10, 11), (19, 20)]),
        ([(1, 9), (21, 30)], [(10, 20)]),
        ([(1, 10), (20, 20)], [(11, 19)]),
    ],
)
def test_the_days_without_an_accreditation(spans: list[tuple[int, int]], gaps: list[tuple[int, int]]) -> None:
    bodies = ["ACHC", "CHAP"]
    accredited = [Accredited(bodies[at % 2], *span) for at, span in enumerate(spans)]
    provider = Provider(accredited=[Accredited("URAC", 1, LAST), *accredited])
    assert list(provider.gaps(bodies, 10, 20)) == gaps
    uncovered = {day for first, last in gaps for day in range(first, last + 1)}
    assert uncovered == {day for day in range(10, 21) if not any(first <= day <= last for first, last in spans)}


def test_whatever_stands_in_its_cells() -> None:
    columns = [cells(3000, seed) for seed in range(4)]
    items = ["NPI", "Accreditation", "Filing date", "Name"]
    for at, row in enumerate(zip(*columns, strict=True)):
        for item in (row[0], items[at % 4]):
            provider = read((item, *row[1:]))
            assert len(provider.problems) <= 1 and len(provider.accredited) <= 1
