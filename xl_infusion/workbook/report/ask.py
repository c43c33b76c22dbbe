"""The functions over one workbook's tables, and the scenario that its report shows."""

from __future__ import annotations

from collections.abc import Callable

from xl_infusion.errors import ExcelError
from xl_infusion.functions import EXPECTED_GRID, SCENARIO_GRID
from xl_infusion.reference.names import fold
from xl_infusion.workbook.report.grids import Grid
from xl_infusion.workbook.report.parts import Section
from xl_infusion.workbook.report.tables import Range, Tables

BASE, ALL_PAYERS, AS_IT_IS = "Base", "All payers", "as it is"


class NoScenario(ValueError):
    """The scenario that was asked for is not in the table Scenarios."""

    status = 2


class Ask:
    """What is asked of the functions: each with the tables of the claim, first and last. Errors: `NoScenario`."""

    def __init__(self, tables: Tables, scenario: str | None) -> None:
        self.tables = tables
        self.expected = self.of(EXPECTED_GRID, tables["Costs"])
        self.scenarios = self.of(SCENARIO_GRID, tables["Scenarios"]) if tables.rows("Scenarios") else None
        self.scenario = self._chosen(scenario)

    def of(self, function: Callable[..., object], *arguments: object) -> Range | ExcelError:
        """What a function gives for the tables of the claim and these arguments: a grid, or the error of it all."""
        tables = self.tables
        claim = (tables[name] for name in ("Orders", "Visits", "Payers", "Rates"))
        found = function(*claim, *arguments, tables["PayerCodes"], tables["OwnCodes"])
        assert isinstance(found, (list, ExcelError))
        return found

    def grid(self, section: Section, found: object, table: str = "Orders") -> Grid | None:
        """What a function gave, to be read; None where it gave none, and the section then says why.

        ``table``: the one that has no rows where nothing was asked.
        """
        if isinstance(found, list):
            return Grid(found)
        if isinstance(found, ExcelError):
            section.problem = found
        else:
            section.missing = self.tables.why_none(table)
        return None

    def _chosen(self, asked: str | None) -> str:
        """The scenario to show, as the table spells it; "" where there is none.

        The one that is asked for, else the one that is chosen on Model, else the first that changes the contracts.
        """
        if asked is not None and self.scenarios is None:
            raise NoScenario(f"scenario {asked!r}: {self.tables.why_none('Scenarios')}")
        if not isinstance(self.scenarios, list):
            return asked or ""
        grid = Grid(self.scenarios)
        names = list(dict.fromkeys(str(name) for name in grid.column("Scenario")))
        wanted = self._proposed if asked is None else asked
        if not wanted:
            return self._first_change(grid, names)
        spelt = {fold(name): name for name in reversed(names)}  # of two spellings of one name the first
        if fold(wanted) in spelt:
            return spelt[fold(wanted)]
        why = f"scenario {wanted[:60]!r} is not in Scenarios: it has {', '.join(names)}"
        if asked is not None:
            raise NoScenario(why)
        self.scenarios = ExcelError("#N/A", f"{why}; choose one on Model")
        return wanted

    @property
    def _proposed(self) -> str:
        """The scenario that is chosen on Model; "" for the contracts as they are."""
        proposed = self.tables.proposed
        return proposed if fold(proposed) != fold(BASE) else ""

    @staticmethod
    def _first_change(grid: Grid, names: list[str]) -> str:
        """The first scenario that is other than the contracts as they are, else the last; one that fails is other."""
        whole = [row for row in grid.rows if grid.of(row, "Payer") == ALL_PAYERS]
        other = {grid.of(row, "Scenario") for row in whole if grid.of(row, "Why") != AS_IT_IS}
        return next((name for name in names if name != BASE and name in other), names[-1])
