"""Ground floor: the code reference. Dated tables, the reader that says which row is in force, the edition."""

from xl_infusion.reference.indexing import CodeRow
from xl_infusion.reference.look_up import Reference, current, load, using
from xl_infusion.reference.names import DrugName
from xl_infusion.reference.rows import DrugRow, HitRow, ModifierRow, PerDiemRow, Therapy, TherapyName, VisitRow

__all__ = [
    "CodeRow",
    "DrugName",
    "DrugRow",
    "HitRow",
    "ModifierRow",
    "PerDiemRow",
    "Reference",
    "Therapy",
    "TherapyName",
    "VisitRow",
    "current",
    "load",
    "using",
]
