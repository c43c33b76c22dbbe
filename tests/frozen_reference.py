"""A small reference that no release of CMS changes: what the rules and the claim are tested against.

``tests/frozen`` is an edition as the user's data folder has them, read through the same `load`: every therapy, per diem
code, visit and modifier, and of the drugs those that a test names. It is edited by hand, and only where a test needs
another row. What is the package's own and no release's, as the defaults of contracts, is read from what ships; the
tables that ship are tested as what they are in ``tests/reference``.
"""

from __future__ import annotations

from pathlib import Path

from xl_infusion.reference import load
from xl_infusion.reference.editions import reading
from xl_infusion.reference.tables import bundled

FOLDER = Path(__file__).parent / "frozen"
_in_folder = reading(str(FOLDER))


def frozen(name: str) -> str:
    """A table of it, as `load` takes them."""
    return _in_folder(name) if (FOLDER / name).exists() else bundled(name)


FROZEN = load(frozen)


def curated(name: str) -> str:
    """A table that ships, with few listed drugs in place of all: what another release lists is unknown then."""
    return frozen(name) if name in ("listed_drugs.csv", "listed_names.csv", "drug_classes.csv") else bundled(name)


CURATED = load(curated)
