"""The tables of every drug code and its names, made of CMS's files, which are not part of the package.

    python -m tools.listed HCPC2025_OCT_ANWEB.xlsx HCPC2026_JAN_ANWEB_part.txt asp_crosswalk.csv [--write]

The releases are given in their order: of each code the last one that has it counts. Without ``--write`` it says what
would be otherwise.
"""

from __future__ import annotations

import csv
import sys
from collections import Counter, defaultdict
from collections.abc import Sequence
from pathlib import Path

from xl_infusion.reference.cms.release import CrosswalkRelease, HcpcsRelease, read
from xl_infusion.reference.listing.made import Listing, made, together
from xl_infusion.reference.listing.rows import SKIN, ListedDrug, ListedName
from xl_infusion.reference.listing.tables import ByHand, names_by_hand
from xl_infusion.reference.tables import as_text, read_tables

TABLES = Path(__file__).parent.parent / "xl_infusion/reference/tables"


def listing(paths: Sequence[str], by_hand: Sequence[ByHand]) -> Listing:
    """What the files make."""
    releases = [read(path) for path in paths]
    tables = read_tables()
    return made(
        [row for _, row in tables.drugs],
        [row for _, row in tables.aliases if row.kind == "drug"],
        together(*(release.records for release in releases if isinstance(release, HcpcsRelease))),
        [record for release in releases if isinstance(release, CrosswalkRelease) for record in release.records],
        by_hand,
    )


def texts(found: Listing) -> dict[str, str]:
    """The texts of the two tables, by file name."""
    return {
        "listed_drugs.csv": as_text(ListedDrug, found.drugs),
        "listed_names.csv": as_text(ListedName, found.names),
    }


def uncounted() -> str:
    """The codes of the table that ships whose texts state no amount of which a dose is given, by what they say."""
    of: dict[str, list[str]] = defaultdict(list)
    for row in csv.DictReader((TABLES / "listed_drugs.csv").read_text("utf-8").splitlines()):
        if row["unit_note"] and not row["dose_basis"]:
            name = f"{row['code']} {row['drug']}" if row["use"] != SKIN else SKIN
            of[row["unit_note"]].append(name)
    lines = []
    for note, names in sorted(of.items(), key=lambda one: (-len(one[1]), one[0])):
        counted = Counter(names)
        skin = counted.pop(SKIN, 0)
        told = [*sorted(counted), *([f"{skin} of skin substitutes"] if skin else [])]
        lines.append(f"| {note} | {', '.join(told)} |")
    return "\n".join(["| what the code says of its unit | codes |", "|---|---|", *lines])


def main(arguments: Sequence[str]) -> int:
    """Writes the tables, or says whether they are what the files make; 1 where they are not."""
    paths = [one for one in arguments if not one.startswith("-")]
    found = listing(paths, names_by_hand() if (TABLES / "names_by_hand.csv").exists() else [])
    for use, count in Counter(row.use for row in found.drugs).most_common():
        print(f"{count:6} rows {use}")
    print(f"{len(found.names):6} names; {len(found.uncounted)} rows without an amount")
    otherwise = 0
    for name, text in texts(found).items():
        path = TABLES / name
        same = path.exists() and path.read_text("utf-8") == text
        otherwise += not same
        print(f"{name}: {len(text.encode()):,} bytes, {'as it is' if same else 'otherwise'}")
        if "--write" in arguments:
            path.write_text(text, "utf-8", newline="\n")
    return 0 if "--write" in arguments else min(otherwise, 1)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
