"""Updates with CMS's own files, where the environment variable XL_INFUSION_CMS names a folder that holds them."""

from __future__ import annotations

import csv
import datetime as dt
import io
import os
import re
from pathlib import Path

import pytest

from tests.reference.editions import cut_off, reading
from xl_infusion.reference import DrugRow, Reference, current, load
from xl_infusion.reference.cms.release import HcpcsRelease, read
from xl_infusion.reference.editions import Editions, chosen
from xl_infusion.reference.update.edition import named, update

FOLDER = os.environ.get("XL_INFUSION_CMS", "")
FILES = sorted(path for path in Path(FOLDER).iterdir() if path.is_file()) if FOLDER else []
RELEASES = [path for path in FILES if re.fullmatch(r"HCPC.*ANWEB.*\.(xlsx|txt|zip)", path.name, re.IGNORECASE)]
OCTOBER = [path for path in RELEASES if path.name == "HCPC2025_OCT_ANWEB.xlsx"]
JANUARY = [path for path in RELEASES if path.name == "HCPC2026_JAN_ANWEB_part.txt"]
#: Drugs of which no code was there yet, and one whose new code counts another thing than the old: told, not placed.
_UNKNOWN_THEN = {"sulfamethoxazole-trimethoprim"}

if RELEASES:

    @pytest.mark.parametrize("path", RELEASES, ids=lambda path: path.name)
    def test_an_edition_made_from_clean_holds_every_code_and_day_of_the_file(path: Path, tmp_path: Path) -> None:
        release = read(path)
        made = update(load(), [release], part=True)
        store = Editions(str(tmp_path))
        store.add(made.name, named(made, made.name))
        store.use(made.name)
        assert isinstance(release, HcpcsRelease)
        reference = load(chosen(store.where))
        (file,) = reference.quarters("hcpcs")
        table = list(csv.DictReader(io.StringIO(reference.table(file.table))))
        assert [(row["code"], row["first_day"], row["last_day"], row["long"]) for row in table] == [
            (one.code, str(one.first_day), str(one.last_day or ""), one.long) for one in release.records
        ]
        assert file.rows == len(table) == len(release.records)


if OCTOBER and JANUARY:

    def rows_of(reference: Reference | None = None) -> dict[tuple[str, dt.date | None], DrugRow]:
        """The drug rows by code and first day; the days of a code that another took over are one row each."""
        found: dict[tuple[str, dt.date | None], DrugRow] = {}
        for row in (reference or current()).drugs:
            found.setdefault((row.code, row.first_day), row)
        return found

    @pytest.mark.parametrize("year", [2022, 2023, 2024])
    def test_the_codes_of_another_year_brought_up_to_date_come_to_those_that_ship(year: int) -> None:
        then = load(reading(cut_off(dt.date(year, 12, 31))))
        drugs = {row.drug for row in then.drugs} - _UNKNOWN_THEN
        now = rows_of(update(then, [read(path) for path in (*OCTOBER, *JANUARY)], part=True).reference)
        compared = 0
        for key, row in rows_of().items():
            began = row.first_day is None or row.first_day <= dt.date(2025, 12, 31)
            told = "in 0." in row.product or "," in row.product  # a solvent makes another drug of a descriptor
            if (
                row.drug not in drugs
                or not began
                or "inferred" in row.dates_basis
                or told
                or row.drug.startswith("immune")
            ):
                continue
            mine = now[key]
            fields = (
                "drug",
                "amount",
                "unit",
                "component",
                "unit_rule",
                "therapy",
                "last_day",
                "successor",
                "medicare",
            )
            assert [getattr(mine, name) for name in fields] == [getattr(row, name) for name in fields], key
            assert mine.product == row.product
            compared += 1
        assert compared >= 195

    def test_vancomycin_before_and_after_the_release() -> None:
        then = load(reading(cut_off(dt.date(2024, 12, 31))))
        day = dt.date(2025, 7, 5)
        assert (then.drug("vancomycin", day).code, then.edition.verified_through < day) == ("J3370", True)
        now = update(then, [read(OCTOBER[0])]).reference
        row = now.drug("vancomycin", day)
        assert (row.code, row.amount, row.unit, now.edition.verified_through) == (
            "J3373",
            10,
            "mg",
            dt.date(2025, 12, 31),
        )

    @pytest.mark.parametrize("path", [*OCTOBER, *JANUARY], ids=lambda path: path.name)
    def test_the_codes_that_ship_have_nothing_to_learn_from_the_releases_they_are_of(path: Path) -> None:
        assert update(load(), [read(path)], part=True).changes == ()
