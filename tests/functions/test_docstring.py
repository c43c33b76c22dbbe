"""How a docstring is read: each part once, wherever it stands in the text."""

from __future__ import annotations

import subprocess
import sys

import pytest

from xl_infusion.functions import FUNCTIONS, WorksheetFunction
from xl_infusion.functions.docstring import Docstring, Example, parse


def test_every_part() -> None:
    found = parse(
        """Units of a
        dose.

        Not for waste (In: nothing). More in
        the manual. In: a drug. Out: units, as in Out: above.
        Errors (of the whole grid): #N/A what? In the cell: #VALUE! no text.
        Authority: CMS.

        >>> for i in (1,):
        ...     print(i)
        1
        >>> x = 2
        """
    )
    assert found == Docstring(
        summary="Units of a dose.",
        remarks="Not for waste (In: nothing). More in the manual.",
        takes="a drug.",
        gives="units, as in Out: above.",
        errors_of="of the whole grid",
        errors="#N/A what? In the cell: #VALUE! no text.",
        authority="CMS.",
        examples=(Example("for i in (1,):\n    print(i)", "1"), Example("x = 2", "")),
    )


@pytest.mark.parametrize(
    ("text", "summary", "errors"),
    [("", "", ""), ("One line.", "One line.", ""), ("Gives.\n\nErrors: #N/A no.", "Gives.", "#N/A no."), ("Gives.\n>>> 1\n1", "Gives.", "")],
)  # fmt: skip
def test_parts_that_are_not_there_are_empty(text: str, summary: str, errors: str) -> None:
    found = parse(text)
    assert (found.summary, found.errors) == (summary, errors)
    assert (found.remarks, found.takes, found.gives, found.errors_of, found.authority) == ("",) * 5
    assert bool(found.examples) == (">>>" in text)


def test_a_section_that_stands_twice_is_refused() -> None:
    with pytest.raises(ValueError, match=r"begins 'Gives\.' has two sections Errors: keep one"):
        parse("Gives.\n\nErrors: #N/A no. Errors: #VALUE! yes.")


def test_a_function_without_a_docstring_says_nothing() -> None:
    def BARE() -> None: ...

    assert WorksheetFunction("BARE", BARE, "Drugs", False, "=BARE()").doc == parse("")


def test_every_word_of_every_docstring_is_in_one_of_its_parts() -> None:
    for function in FUNCTIONS.values():
        doc, text = function.doc, function.call.__doc__ or ""
        parts = [doc.summary, doc.remarks, doc.takes, doc.gives, doc.errors_of, doc.errors, doc.authority]
        said = text.split(">>>")[0].split()
        heads = {"In:", "Out:", "Errors:", "Authority:", "Errors"}
        words = [word.strip("():") for word in said if word not in heads]
        assert words == [word.strip("():") for part in parts for word in part.split()], function.name


def test_reading_functions_needs_no_doctest() -> None:
    """Importing doctest takes a third of the time that the package takes."""
    code = "import sys, xl_infusion; assert 'doctest' not in sys.modules"
    subprocess.run([sys.executable, "-c", code], check=True)
