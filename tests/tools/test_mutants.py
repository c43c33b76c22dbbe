"""What is told of a change: noticed or not, by tests that really run on it."""

from __future__ import annotations

from pathlib import Path

import pytest
from coverage import CoverageData

from tests.tools import tiny
from tools.mutants.changes import Change
from tools.mutants.known import known, stale
from tools.mutants.reach import Reached
from tools.mutants.trial import _is_of, inside_a_function, lines, near


@pytest.mark.slow
def test_what_tests_notice_and_what_they_do_not(tmp_path: Path) -> None:
    assert tiny.outcomes(
        tmp_path,
        [
            ("return 0 < hours <= MOST", "return 0 < hours < MOST"),
            ("return 0 < hours <= MOST", "return -9 < hours <= MOST"),  # no example has 0
            ("return False", "return True"),
            ("days -= 7", "days -= 0"),  # never ends
            ("found += 1", "found += 2"),
            ("while days > 0", "while days >= 0"),  # no example is of whole weeks
            ("MOST = 168", "MOST = 167"),  # made on import, as are those below
            ("ALL_HOURS_FIT = fits(MOST)", "ALL_HOURS_FIT = fits(MOST + 1)"),
            ("@lru_cache", "# @lru_cache"),  # the same, slower
            ("return hours <= most", "return hours < most"),  # in a function that another one made on import
        ],
    ) == {
        "return 0 < hours < MOST": "killed",
        "return -9 < hours <= MOST": "survived",
        "return True": "killed",
        "days -= 0": "undecided",
        "found += 2": "killed",
        "while days >= 0": "survived",
        "MOST = 167": "killed",
        "ALL_HOURS_FIT = fits(MOST + 1)": "killed",
        "# @lru_cache": "survived",
        "return hours < most": "killed",
    }


def test_the_statement_that_is_changed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    tiny.write(tmp_path)
    monkeypatch.chdir(tmp_path)
    module = tiny.MODULE.splitlines()

    def at(text: str) -> Change:
        return Change("tiny/hours.py", module.index(text) + 1, text, "", "")

    assert [inside_a_function(at(line)) for line in ("MOST = 168", "@lru_cache", "        return False")] == [
        False, False, True,
    ]  # fmt: skip
    above = at("    while days > 0:")
    assert lines(above) == range(above.line, above.line + 1)  # what the loop does is not changed with its condition


def test_a_test_of_a_rare_case_runs_before_those_that_pass_by(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    tiny.write(tmp_path)
    monkeypatch.chdir(tmp_path)
    line = tiny.MODULE.splitlines().index("    if hours is None:") + 1
    reach = {"quick": [line, line + 2], "slow": [line, line + 2], "of none": [line, line + 1, line + 2],
             "long": [line, line + 1]}  # fmt: skip
    seconds = {"slow": 0.5, "quick": 0.1, "of none": 0.9, "long": 9.0}
    data = CoverageData(str(tmp_path / "reached"))
    for test, lines_ in reach.items():
        data.set_context(f"{test}|run")
        data.add_lines({str(tmp_path / "tiny" / "hours.py"): lines_})
    data.write()
    change = Change("tiny/hours.py", line, "if hours is None:", "if hours is not None:", "")
    reached = Reached(tmp_path / "reached", seconds)
    assert list(near(change)) == [line, line + 1, line + 2]
    assert reached.tests(change.file, lines(change)) == ["quick", "slow", "of none", "long"]
    assert reached.tests(change.file, lines(change), near(change)) == ["of none", "quick", "slow", "long"]


def test_a_test_that_reaches_no_line_looks_at_what_was_made_on_import(tmp_path: Path) -> None:
    CoverageData(str(tmp_path / "reached")).write()
    seconds = {"tests/claim/test_columns.py::test_widths": 0.2, "tests/claim/test_columns.py::test_names": 0.1, "tests/model/test_a.py::test": 0.1}  # fmt: skip
    found = Reached(tmp_path / "reached", seconds).of_room("xl_infusion/claim/columns.py")
    assert [test.rpartition("::")[2] for test in found] == ["test_names", "test_widths"]


@pytest.mark.parametrize(
    ("test", "file", "of"),
    [
        ("tests/claim/test_needed_columns.py::test", "xl_infusion/claim/columns.py", True),
        ("tests/claim/test_checks.py::test", "xl_infusion/claim/checks/drugs.py", True),
        ("tests/model/test_land_doig.py::test", "xl_infusion/model/land_doig.py", True),
        ("xl_infusion/rules/npi.py::xl_infusion.rules.npi", "xl_infusion/rules/npi.py", True),
        ("tests/claim/test_terms.py::test", "xl_infusion/claim/columns.py", False),
    ],
)
def test_which_tests_are_named_after_a_module(test: str, file: str, of: bool) -> None:
    assert _is_of(test, file) == of


def test_what_nothing_can_notice_is_still_there_and_has_a_reason() -> None:
    assert stale(known()) == []
    assert all(known().values())
