"""What the terminal shows loses nothing, however wide it is; --help has the commands of every day first."""

from __future__ import annotations

import io

import pytest
from rich.console import Console
from typer.testing import CliRunner

from tests import ROOT, billing
from xl_infusion.cli import _claim, app
from xl_infusion.workbook.fill import Grid, fill
from xl_infusion.workbook.findings import Findings, findings

WIDTHS = (60, 80, 100, 120, 130, 160, 200)


@pytest.fixture(scope="module")
def computed(tmp_path_factory: pytest.TempPathFactory) -> tuple[Grid, Findings]:
    path = tmp_path_factory.mktemp("terminal") / "book.xlsx"
    billing.new(path)
    [grid] = fill(path).grids
    [found] = findings(path, path)
    return grid, found


def shown(what: Grid | Findings, width: int, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    written = io.StringIO()
    monkeypatch.setattr(_claim, "out", Console(width=width, file=written, highlight=False))
    if isinstance(what, Grid):
        _claim.print_grid(what)
    else:
        _claim.print_findings(what)
    lines = written.getvalue().splitlines()
    assert all(len(line) <= width for line in lines) and not any("\u2026" in line for line in lines)
    return lines


def joined(lines: list[str]) -> str:
    return "".join("".join(lines).split())


def test_a_row_that_a_message_names_has_its_cell_beside_it(
    computed: tuple[Grid, Findings], monkeypatch: pytest.MonkeyPatch
) -> None:
    _, checks = computed
    top = checks.heads["Rates"][0]
    text = "Own codes table rows 2 and 3, Rates table row 12, Orders row 5 and Rates table row 1234"
    cells = f"Rates table row 12 (A{top + 11}), Orders row 5 and Rates table row 1234 (A{top + 1233})"
    assert checks.located(text) == f"Own codes table rows 2 and 3, {cells}"
    assert Findings("Checks", (1, 1), []).located(text) == text
    told = {**checks.rows[0], "What is wrong": "as in Rates table row 12"}
    for width in (60, 200):
        said = joined(shown(Findings("Checks", (1, 1), [told], heads=checks.heads), width, monkeypatch))
        assert f"asinRatestablerow12(A{top + 11})" in said


@pytest.mark.parametrize("width", WIDTHS)
def test_nothing_of_a_claim_is_lost(
    computed: tuple[Grid, Findings], width: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    grid, _ = computed
    said = joined(shown(grid, width, monkeypatch))
    header, *rows = grid.rows
    for row in rows:
        for name in ("Patient", "Payer", "Order", "Drug", "Why"):
            text = str(row[header.index(name)])
            assert all(word in said for word in text.split()), (width, name, text)
            if width < 120 and name != "Payer":
                assert "".join(text.split()) in said, (width, name, text)


@pytest.mark.parametrize("width", WIDTHS)
def test_nothing_of_a_finding_is_lost(
    computed: tuple[Grid, Findings], width: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    _, found = computed
    said = joined(shown(found, width, monkeypatch))
    assert found.rows
    for row in found.rows:
        for name in ("Finding", "What is wrong", "What to do"):
            text = str(row[name])
            assert all(word in said for word in text.split()), (width, name, text)
            if width < 120:
                assert "".join(text.split()) in said, (width, name, text)


def test_help_has_what_is_needed_every_day_first_and_flags_without_a_value() -> None:
    def help_of(*command: str) -> str:
        return CliRunner().invoke(app, [*command, "--help"], env={"COLUMNS": "120", "NO_COLOR": "1"}).output

    listed = help_of().partition("Commands")[2]
    places = [listed.index(f" {name} ") for name in ("new", "fill", "codes", "remit", "report", "convert", "doctor")]
    assert places == sorted(places)
    for command in ((), ("fill",), ("codes", "update"), ("install",)):
        assert "bool" not in help_of(*command) and "--help" in help_of(*command)
    assert "--install-completion" in help_of()


def test_the_page_says_how_to_install_upgrade_remove_and_do_without_a_network() -> None:
    page = (ROOT / "docs" / "install.md").read_text("utf-8")
    for words in ("## Install", "## Upgrade", "## Remove", "## Offline", "Windows on ARM"):
        assert words in page
