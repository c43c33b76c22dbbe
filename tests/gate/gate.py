"""All rules of the gate, gathered."""

from __future__ import annotations

from tests.gate import (
    cell_rules,
    drawing_rules,
    formula_rules,
    package_rules,
    sheet_rules,
    table_rules,
    workbook_rules,
)
from tests.gate.rule import RULES, Finding, findings

ROOMS = (package_rules, workbook_rules, cell_rules, sheet_rules, formula_rules, table_rules, drawing_rules)

__all__ = ["ROOMS", "RULES", "Finding", "findings"]
