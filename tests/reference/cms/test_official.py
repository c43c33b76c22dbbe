"""CMS's own files, where the environment variable XL_INFUSION_CMS names a folder that holds them.

They are no part of this project. Any HCPCS release, ASP pricing file and crosswalk in the folder is read, and
compared with a second reading that shares nothing with the first; what is known of one release by its counts is
checked for that release. Without a folder there is nothing to collect.
"""

from __future__ import annotations

import csv
import datetime as dt
import os
import re
import warnings
from collections import Counter
from collections.abc import Iterator
from dataclasses import fields, replace
from decimal import Decimal
from pathlib import Path

import openpyxl
import pytest

from tests.reference.editions import with_imported
from xl_infusion import JCODE, NDC_UNITS
from xl_infusion.claim.limits import Limit, Limits
from xl_infusion.reference import load, using
from xl_infusion.reference.cms.descriptor import UnitAmount, dosage, unit_of
from xl_infusion.reference.cms.findings import CmsFileError
from xl_infusion.reference.cms.quarters import Quarter
from xl_infusion.reference.cms.release import CrosswalkRelease, HcpcsRelease, PriceRelease, read
from xl_infusion.reference.imported import ASP, NDC, AspLimit, NdcRow
from xl_infusion.rules.drug_units import counts_otherwise

FOLDER = os.environ.get("XL_INFUSION_CMS", "")
FILES = sorted(path for path in Path(FOLDER).iterdir() if path.is_file()) if FOLDER else []


def named(pattern: str) -> list[Path]:
    return [path for path in FILES if re.fullmatch(pattern, path.name, re.IGNORECASE)]


def days(cell: object) -> dt.date | None:
    text = str(int(cell)) if isinstance(cell, float) else str(cell or "").strip()
    return dt.datetime.strptime(text, "%Y%m%d").date() if text else None


def second_reading(path: Path) -> Iterator[tuple[str, str, dt.date | None, dt.date | None, str]]:
    """Code, RECID, ADD DT, TERM DT and ACTION CD, by openpyxl or by slices of the lines."""
    if path.suffix == ".xlsx":
        with warnings.catch_warnings(action="ignore"):  # its header and footer are of no standard
            rows = iter(list(openpyxl.load_workbook(path).worksheets[0].iter_rows(values_only=True)))
        heads = next(row for row in rows if row[0] == "HCPC")
        at = [heads.index(name) for name in ("HCPC", "RECID", "ADD DT", "TERM DT", "ACTION CD")]
        cells = ([row[i] for i in at] for row in rows)
    else:
        text = path.read_text("cp1252").splitlines()
        cells = (
            [x[:5], x[10], x[268:276], x[284:292], x[292]] for x in text if re.match(r"[ A-Z0-9]{5}[0-9]{5}[37]", x)
        )
    for code, recid, first, last, action in cells:
        if str(recid) in "37":
            yield str(code).strip(), str(recid), days(first), days(last), str(action)


if RELEASES := named(r"HCPC.*ANWEB.*\.(xlsx|txt|zip)"):

    @pytest.mark.parametrize("path", RELEASES, ids=lambda path: path.name)
    def test_a_release_is_read_whole(path: Path) -> None:
        release = read(path)
        assert isinstance(release, HcpcsRelease) and not release.left_out
        assert release.whole is ("part" not in path.name)

    @pytest.mark.parametrize("path", [path for path in RELEASES if path.suffix != ".zip"], ids=lambda path: path.name)
    def test_every_code_date_and_termination_is_the_file_s(path: Path) -> None:
        release = read(path)
        assert isinstance(release, HcpcsRelease)
        mine = [(r.code, "7" if r.is_modifier else "3", r.first_day, r.last_day, r.action) for r in release.records]
        assert mine == list(second_reading(path))


if len(TWICE := named(r"HCPC2018_CONTR_ANWEB.*\.(xlsx|txt)")) == 2:

    def test_the_text_and_the_workbook_of_2018_are_one_table() -> None:
        one, other = ([replace(record, row=0) for record in read(path).records] for path in TWICE)  # type: ignore[type-var]
        assert one == other and len(one) == 6559


if OCTOBER := named(r"HCPC2025_OCT_ANWEB\.xlsx"):

    def test_october_2025_by_its_counts() -> None:
        release = read(OCTOBER[0])
        assert isinstance(release, HcpcsRelease)
        ended = [record for record in release.records if record.last_day is not None]
        assert (len(release.records), sum(record.is_modifier for record in release.records)) == (8846, 383)
        assert len(ended) == 1225 and all(
            record.last_day is not None and record.action_day == record.last_day + dt.timedelta(1) for record in ended
        )
        codes = [record for record in release.records if record.code[0] == "J" and not record.is_modifier]
        units = [unit_of(record.long) for record in codes]
        assert (len(codes), sum(unit.amount is not None for unit in units)) == (1188, 1124)

    def test_the_curated_drugs_count_what_the_descriptors_say() -> None:
        release = read(OCTOBER[0])
        assert isinstance(release, HcpcsRelease)
        said = {record.code: unit_of(record.long) for record in release.records if not record.is_modifier}
        apart = set()
        for row in load().drugs:
            if row.code not in said:
                assert row.first_day is not None and row.first_day.year >= 2026, row.code
                continue
            unit = said[row.code]
            if row.amount is None:
                assert unit.amount is None, row.code
            elif not unit.same_amount(UnitAmount(row.amount, row.unit, row.unit_rule)) or unit.rule != row.unit_rule:
                apart.add(row.code)
        # One unit of J2865 is both components; the table counts it by the one that a dose is ordered in.
        assert apart == {"J2865"} and said["J2865"].parts == (Decimal(5), Decimal(1))


if (LIMITS := named(r"asp_pricing\.csv")) and OCTOBER:

    def test_the_descriptors_count_what_the_payment_limits_are_for() -> None:
        release, limits = read(OCTOBER[0]), read(LIMITS[0])
        assert isinstance(release, HcpcsRelease) and isinstance(limits, PriceRelease)
        said = {record.code: unit_of(record.long) for record in release.records if not record.is_modifier}
        both = [
            (said[record.code], dosage(record.dosage), record.code) for record in limits.records if record.code in said
        ]
        read_both = [
            (one, other, code) for one, other, code in both if one.amount is not None and other.amount is not None
        ]
        assert (len(both), len(read_both)) == (978, 951)
        # J1454 and J8655 name one of two components in the pricing file.
        assert {code for one, other, code in read_both if not one.same_amount(other)} == {"J1454", "J8655"}
        # A range, an amount among others, each with its rule, and a misspelled unit: not read, and so not guessed.
        unread = {code for one, other, code in both if one.amount is None and other.amount is not None}
        assert unread == {"J1560", "J7340", "J7620", "Q4314"}


if CROSSED := named(r"asp_crosswalk\.csv"):

    def test_the_crosswalk_without_the_113_rows_that_contradict_themselves() -> None:
        release = read(CROSSED[0])
        assert isinstance(release, CrosswalkRelease) and release.whole
        assert (release.rows, len(release.records), len(release.left_out)) == (8245, 8132, 113)
        assert all("it contradicts itself" in finding.what for finding in release.findings)
        with CROSSED[0].open(encoding="cp1252", newline="") as file:
            rows = list(csv.reader(file))[9:]
        good = [row for row in rows if abs(Decimal(row[7]) * Decimal(row[8]) - Decimal(row[9])) <= Decimal("0.5")]
        assert [(r.code, r.product, str(r.units), str(r.units_per_package)) for r in release.records] == [
            (row[0], row[3], row[8], row[9]) for row in good
        ]


if CROSSED:

    def test_every_ndc_of_the_crosswalk_has_its_quantity_and_its_code() -> None:
        release = read(CROSSED[0])
        assert isinstance(release, CrosswalkRelease) and release.quarter is not None
        rows = [record for record in release.records if record.ndc]
        columns = [field.name for field in fields(NdcRow)]
        cells = [{name: getattr(record, name) for name in columns} for record in rows]
        day = release.quarter.first_day
        codes: dict[str, dict[str, Decimal]] = {}
        for record in rows:
            codes.setdefault(record.ndc, {})[record.code] = record.package_size / record.units
        drugs: dict[str, str] = {}
        counted: Counter[str] = Counter()
        with using(with_imported((NDC, (day, release.quarter.last_day), cells))) as reference:
            drugs |= {row.code: row.drug for row in reference.every_drug}
            for record in rows:
                told = codes[record.ndc]
                # the units of one item of a package give that item back
                quantity = NDC_UNITS(record.ndc, record.units, day)
                if len(set(told.values())) == 1:
                    assert quantity == float(record.package_size), (record.code, record.ndc)
                    counted["one item"] += 1
                else:
                    assert quantity == "#N/A" and all(code in quantity.message for code in told), record.ndc
                    counted["codes that count differently"] += 1
                # the code, by the NDC alone: the row's, where it has one and the reference has it as a drug
                alone = JCODE(None, day, record.ndc)
                if len(told) == 1 and record.code in drugs:
                    assert alone == record.code, (record.ndc, alone)
                    counted["answered"] += 1
                else:
                    assert alone == "#N/A" and record.code in alone.message, (record.ndc, alone)
                    counted["under two codes" if record.code in drugs else "no drug of the reference"] += 1
                # and with the drug named
                if record.code in drugs:
                    for named in (drugs[record.code], record.code):
                        assert JCODE(named, day, record.ndc) == record.code, record.ndc
        if release.quarter == Quarter(dt.date(2025, 10, 1), dt.date(2025, 12, 31)):
            assert (counted["one item"], counted["codes that count differently"]) == (6701, 215)
            # the reference grows: it has answered 1,981 of 6,916 rows from the first day on
            assert counted["answered"] >= 1981


if LIMITS:

    def test_which_payment_limits_are_106_percent_of_asp() -> None:
        release = read(LIMITS[0])
        assert isinstance(release, PriceRelease) and release.quarter is not None
        columns = [field.name for field in fields(AspLimit)]
        cells = [
            {name: getattr(record, name) for name in columns if getattr(record, name) is not None}
            for record in release.records
        ]
        day = release.quarter.first_day.toordinal()
        edition = with_imported((ASP, (release.quarter.first_day, release.quarter.last_day), cells))
        limits = Limits(edition)
        found = {record.code: limits.of(record.code).on(day) for record in release.records}
        for record in release.records:
            limit = found[record.code]
            if record.limit is None:
                assert isinstance(limit, str) and record.code in limit
            else:
                assert isinstance(limit, Limit) and limit.amount == record.limit
                assert bool(limit.not_asp) or record.vaccine_limit is record.blood_limit is None
        # what the reference bills with counts what the limit is for
        known = {row.code: row for row in edition.drugs}
        priced = {code: limit for code, limit in found.items() if isinstance(limit, Limit) and code in known}
        assert not [code for code, limit in priced.items() if counts_otherwise(known[code], limit.dosage)]
        if release.quarter == Quarter(dt.date(2025, 10, 1), dt.date(2025, 12, 31)):
            of = Counter(limit.not_asp for limit in found.values() if isinstance(limit, Limit))
            assert (len(found), of[""], len(of)) == (1012, 931, 7) and len(priced) >= 144


if LAYOUTS := named(r".*recordlayout.*\.txt"):

    @pytest.mark.parametrize("path", LAYOUTS, ids=lambda path: path.name)
    def test_a_paper_of_cms_is_no_release(path: Path) -> None:
        with pytest.raises(CmsFileError, match="is no HCPCS release"):
            read(path)
