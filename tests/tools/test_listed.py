"""``python -m tools.listed``: the tables of every drug code, out of small files in CMS's form."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest

from tests.reference.cms import made
from tests.reference.cms.made import Code
from tools import listed

OLD = [
    *made.RELEASE, Code("J9990", "Injection, fictocillin hydrochloride (madeupra), 5 mg"), Code("Q9980", "Injection, othermade, per vial"),
]  # fmt: skip
#: A later part of a release: one of its codes ended.
NEW = [
    Code(
        "J9990", "Injection, fictocillin hydrochloride (madeupra), 5 mg", last="20251231", acted="20260101", action="D"
    )
]
SOLD = made.crosswalk(["Q9980", "Other", "Maker", "00000-0000-01", "Otherprex", "1 VIAL", "1", "1", "1", "1"])


@pytest.fixture
def files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    tables = tmp_path / "tables"
    tables.mkdir()
    monkeypatch.setattr(listed, "TABLES", tables)
    return [
        str(made.write(tmp_path / "HCPC2025_OCT_ANWEB.txt", made.lines(OLD))),
        str(made.write(tmp_path / "HCPC2026_JAN_ANWEB.txt", made.lines(NEW))),
        str(made.write(tmp_path / "crosswalk.csv", SOLD)),
    ]


def read(table: str) -> list[dict[str, str]]:
    return list(csv.DictReader((listed.TABLES / table).read_text("utf-8").splitlines()))


def test_the_tables_are_what_the_files_make(files: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert listed.main(files) == 1
    assert "listed_drugs.csv: " in capsys.readouterr().out
    assert not list(listed.TABLES.iterdir())
    assert listed.main([*files, "--write"]) == 0
    assert "rows infused" in capsys.readouterr().out
    assert listed.main(files) == 0
    rows = {row["code"]: row for row in read("listed_drugs.csv")}
    assert (rows["J9990"]["drug"], rows["J9990"]["amount"], rows["J9990"]["last_day"]) == (
        "fictocillin",
        "5",
        "2025-12-31",
    )
    assert (rows["Q9980"]["drug"], rows["Q9980"]["unit_note"]) == ("othermade", "a unit is one vial")
    names = [tuple(row.values()) for row in read("listed_names.csv")]
    assert ("Madeupra", "fictocillin", "", "text") in names
    assert ("Otherprex", "othermade", "", "crosswalk") in names
