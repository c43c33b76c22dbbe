"""The page on paid against expected says what the code says."""

from __future__ import annotations

from tests.test_docs import DOCS, rows
from xl_infusion.functions import VARIANCE_GRID
from xl_infusion.model.causes import CAUSES, REASONS
from xl_infusion.model.columns import REMITTANCE_EXPORT, VARIANCE
from xl_infusion.model.pairing import FAR, MATCHES, NEAR
from xl_infusion.reference.names import fold

PAGE = (DOCS / "variance.md").read_text("utf-8")


def test_every_cause_stands_with_how_it_is_recognised_and_what_to_do() -> None:
    assert [[cause, *says] for cause, says in CAUSES.items()] == [row for row in rows("variance.md") if len(row) == 3][
        1:
    ]


def test_every_grade_of_a_match_stands() -> None:
    assert [row[0] for row in rows("variance.md") if len(row) == 2][1:] == list(MATCHES)
    assert f"up to {NEAR} ({FAR} with the order's number)" in " ".join(PAGE.split())


def test_the_reason_codes_that_are_told_in_words_are_those_of_the_page() -> None:
    told = " ".join(PAGE.split()).partition("Reason codes are told")[2].partition("every other one")[0]
    assert set(REASONS) == {word.strip(",;:") for word in told.split() if word.strip(",;:").isdigit()}


def test_every_heading_of_an_export_that_the_page_names_is_read() -> None:
    named = " ".join(PAGE.split()).partition("as exports have them are known (")[2].partition(")")[0]
    known = {fold(name) for column in REMITTANCE_EXPORT.columns for name in (column.name, *column.synonyms)}
    for heading in named.replace("Modifier 1 to 4", "Modifier 1, Modifier 4").split(", "):
        assert fold(heading) in known, heading


def test_a_heading_means_one_column_and_the_grid_has_those_that_are_documented() -> None:
    names = [fold(name) for column in REMITTANCE_EXPORT.columns for name in (column.name, *column.synonyms)]
    assert len(names) == len(set(names))
    grid = VARIANCE_GRID([["Order", "Patient", "Drug", "Dose", "Interval", "Start", "Days"]], None, None,
                         [["Code", "Rate"], ["S9500", 1]], None)  # fmt: skip
    assert grid == [list(VARIANCE)]
