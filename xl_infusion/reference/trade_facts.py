"""What the reference knows for checking a claim: makers by NDC, usual doses, Medicare's own visits, accreditors.

Their tables are read and checked row by row when one of them is first asked for, so that a claim that needs none
does not wait for them; `TradeFacts.read_all` asks for every one.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Sequence
from decimal import Decimal
from functools import cached_property
from typing import TYPE_CHECKING, TypeVar

from xl_infusion.reference.names import fold
from xl_infusion.reference.periods import Dated, Periods
from xl_infusion.reference.rows import ANY_INFUSION, ANY_PER_DIEM, DrugRow, HitRow, PerDiemRow
from xl_infusion.reference.tables import Place, Read

if TYPE_CHECKING:
    from xl_infusion.reference.check_tables import Accreditor, BulkPackage, Flush, HitDrugRow, UsualDose
    from xl_infusion.reference.dme import Dme

    #: A row that says an amount of a drug.
    A = TypeVar("A", UsualDose, Flush, BulkPackage)


class TradeFacts:
    """The look-ups of `Reference` that a claim's checks ask for."""

    drugs: tuple[DrugRow, ...]
    per_diem: tuple[PerDiemRow, ...]
    _read: Read
    _hit_visits: dict[tuple[int, str], Periods[HitRow]]

    # -- look-ups ----------------------------------------------------------------------------------------------

    def product_of(self, drug: str, labeler: str) -> str | None:
        """Whose product of ``drug`` the labeler (first five digits of the 11-digit NDC) sells, as drugs.csv has it.

        "" where the labeler's are billed with the generic code, None where no source says, or where the labeler
        has products under several codes. A product's own code may begin later than the drug's: before that day
        the drug's generic code bills it. Source: CMS's NDC-HCPCS crosswalk of October 2025, which lists what is
        sold under Medicare Part B and not every NDC.

        >>> from xl_infusion.reference import current
        >>> current().product_of("vancomycin", "72078"), current().product_of("vancomycin", "00409")
        ('Mylan', '')
        >>> current().product_of("vancomycin", "70594") is None  # Xellia: some are Xellia's own, some are not
        True
        """
        return self._products.get((drug, labeler))

    def usual_dose(self, drug: str) -> UsualDose | None:
        """One dose of ``drug`` (as drugs.csv names it) as it is given at home, or None where none can be stated.

        The range is wide, for child and adult together: outside of it a slip of the unit or of a digit is likely.
        Of a continuous infusion it holds the dose of a day. Source: each row's own (labels, accepted practice).

        >>> from xl_infusion.reference import current
        >>> from decimal import Decimal
        >>> usual = current().usual_dose("vancomycin")
        >>> usual.text, usual.holds(Decimal(1000)), usual.holds(Decimal(1))
        ('20 to 8,000 mg', True, False)
        """
        return self._usual_doses.get(drug)

    def check_limit(self, limit: str) -> Decimal:
        """Beyond what a check of the claims warns. Source: documented defaults, each with its reason.

        >>> from xl_infusion.reference import current
        >>> current().check_limit("longest visit")
        Decimal('720')
        """
        return self._check_limits[limit]

    def flush(self, drug: str) -> Flush | None:
        """Up to which amount ``drug`` (as drugs.csv names it) is mostly a flush of the line, None where it is none.

        Source: each row's own (CMS's descriptors, labels, practice).

        >>> from xl_infusion.reference import current
        >>> current().flush("heparin").up_to, current().flush("heparin").instead
        (Decimal('500'), 'heparin lock flush')
        """
        return self._flushes.get(drug)

    def bulk_package(self, drug: str) -> BulkPackage | None:
        """From which size on a container of ``drug`` (as drugs.csv names it) is one for many doses, or None.

        What is left of it is not billed: JW and JZ are of single-dose containers. Source: each row's own (labels).

        >>> from xl_infusion.reference import current
        >>> str(current().bulk_package("cefazolin").least), current().bulk_package("cefazolin").package
        ('10', 'pharmacy bulk package')
        """
        return self._bulk_packages.get(drug)

    def hit_drug(self, drug: DrugRow | str, day: dt.date) -> HitDrugRow | None:
        """What Medicare's home infusion therapy benefit says of a drug's code on ``day``, None where nothing.

        Source: Social Security Act s. 1834(u)(7)(C) and Noridian's page on the benefit; see each row.

        >>> from xl_infusion.reference import current
        >>> import datetime as dt
        >>> current().hit_drug("J1559", dt.date(2025, 7, 1)).modifier  # its drug line is marked as subcutaneous
        'JB'
        """
        periods = self._hit_drugs.get(drug if isinstance(drug, str) else drug.code)
        return periods.on(day) if periods else None

    def hit_category(self, drug: DrugRow | str, day: dt.date) -> int | None:
        """The category of a drug (its row or code) in Medicare's home infusion therapy benefit on ``day``, or None.

        1 is intravenous therapy (antifungals and antivirals, inotropes, pulmonary hypertension, pain, chelation),
        2 subcutaneous immunotherapy (with the modifier that `hit_drug` names), 3 chemotherapy and other highly
        complex drugs. None where no source at hand says so: most antibiotics are not in the benefit.
        Source: 42 CFR 414.1550(c) for the categories; see `hit_drug`.

        >>> from xl_infusion.reference import current
        >>> import datetime as dt
        >>> day = dt.date(2025, 7, 1)
        >>> [current().hit_category(code, day) for code in ("J2260", "J1559", "J9190", "J2185")]
        [1, 2, 3, None]
        """
        row = self.hit_drug(drug, day)
        return row.category if row else None

    def hit_code(self, category: int, initial: bool, day: dt.date) -> HitRow | None:
        """The code of a visit to give a drug of ``category`` on ``day``, None before the benefit began (2019).

        In 2019 and 2020 one code stood for initial and subsequent visits. A category has one payment a day; an
        initial visit comes again only after a gap of more than 60 days (the row's ``gap_days``).
        Source: CMS HCPCS Level II release, October 2025; Medicare Benefit Policy Manual ch. 15 s. 320.8.

        >>> from xl_infusion.reference import current
        >>> import datetime as dt
        >>> day = dt.date(2025, 7, 1)
        >>> current().hit_code(1, True, day).code, current().hit_code(1, False, day).code
        ('G0088', 'G0068')
        >>> current().hit_code(1, True, dt.date(2020, 7, 1)).code, current().hit_code(1, True, dt.date(2018, 7, 1))
        ('G0068', None)
        """
        periods = self._hit_visits.get((category, "initial" if initial else "subsequent"))
        return periods.on(day) if periods else None

    def accreditor(self, text: str) -> str | None:
        """The accreditation body that ``text`` names, in one spelling, or None.

        Source: manuals of payers, CMS's notices of approval; see each row.

        >>> from xl_infusion.reference import current
        >>> current().accreditor("JCAHO"), current().accreditor("the joint commission"), current().accreditor("ISO")
        ('Joint Commission', 'Joint Commission', None)
        """
        return self._accreditor_names.get(fold(text))

    def excludes(self, code: str, other: str) -> bool:
        """Whether two per diem codes may not be billed for one day of one patient, in either order.

        False for any code that is no per diem code. Source: the descriptors of the HCPCS release (October 2025):
        single codes; "any home infusion per diem code", which are those that the release calls home infusion
        therapy; "any per diem code".

        >>> from xl_infusion.reference import current
        >>> current().excludes("S9502", "S9494"), current().excludes("S9500", "S9502")
        (True, False)
        >>> current().excludes("S9502", "S9208"), current().excludes("S9335", "S9208")  # infusion; hemodialysis
        (True, False)
        """
        return self._bars(code, other) or self._bars(other, code)

    @cached_property
    def dme(self) -> Dme:
        """The drugs that Medicare pays as durable medical equipment. Errors: `ReferenceTableError`."""
        from xl_infusion.reference.dme import Dme

        return Dme(self._read)

    def read_all(self) -> None:
        """Reads and checks the tables that are read only when asked for. Errors: `ReferenceTableError`."""
        _ = self._products, self._usual_doses, self._check_limits, self._hit_drugs, self._accreditor_names
        _ = self._flushes, self._bulk_packages, self.dme

    @cached_property
    def accreditors(self) -> tuple[Accreditor, ...]:
        """Every accreditation body of the edition."""
        return tuple(row for _, row in self._accreditor_table)

    # -- reading and checking ----------------------------------------------------------------------------------

    def _bars(self, code: str, other: str) -> bool:
        mine, its = self._per_diem_codes.get(code), self._per_diem_codes.get(other)
        if mine is None or its is None or mine is its:
            return False
        if ANY_PER_DIEM in mine.not_with or (ANY_INFUSION in mine.not_with and its.infusion):
            return its.per == "day"
        return other in mine.not_with

    @cached_property
    def _per_diem_codes(self) -> dict[str, PerDiemRow]:
        return {row.code: row for row in self.per_diem}

    @cached_property
    def _rows_of(self) -> dict[str, list[DrugRow]]:
        rows: dict[str, list[DrugRow]] = defaultdict(list)
        for row in self.drugs:
            rows[row.drug].append(row)
        return dict(rows)

    def _drug_rows(self, drug: str, place: Place) -> list[DrugRow]:
        if drug not in self._rows_of:
            raise place.fail(f"drug {drug!r} is not in drugs.csv")
        return self._rows_of[drug]

    @cached_property
    def _products(self) -> dict[tuple[str, str], str]:
        from xl_infusion.reference.check_tables import read_labelers

        found: dict[tuple[str, str], str] = {}
        for place, row in read_labelers(self._read):
            products = {drug.product for drug in self._drug_rows(row.drug, place)}
            if row.product not in products:
                raise place.fail(f"product {row.product!r} of {row.drug} is not in drugs.csv")
            if products == {""}:
                raise place.fail(f"{row.drug} has no product of its own code: leave it out")
            if (row.drug, row.labeler) in found:
                raise place.fail(f"labeler {row.labeler} of {row.drug} stands twice")
            found[row.drug, row.labeler] = row.product
        return found

    @cached_property
    def _usual_doses(self) -> dict[str, UsualDose]:
        from xl_infusion.reference.check_tables import read_usual_doses

        return self._of_drugs(read_usual_doses(self._read))

    @cached_property
    def _flushes(self) -> dict[str, Flush]:
        from xl_infusion.reference.check_tables import read_flushes

        table = read_flushes(self._read)
        for place, row in table:
            if row.instead:
                self._drug_rows(row.instead, place)
        return self._of_drugs(table)

    @cached_property
    def _bulk_packages(self) -> dict[str, BulkPackage]:
        from xl_infusion.reference.check_tables import read_bulk_packages

        return self._of_drugs(read_bulk_packages(self._read))

    def _of_drugs(self, table: list[tuple[Place, A]]) -> dict[str, A]:
        """Rows of amounts by their drug, each once and in a unit that can be billed."""
        from xl_infusion.reference.check_tables import same_kind

        found: dict[str, A] = {}
        for place, row in table:
            units = {drug.unit for drug in self._drug_rows(row.drug, place) if drug.unit}
            if not any(same_kind(row.unit, unit) for unit in units):
                raise place.fail(f"{row.drug} is not billed in {row.unit} or what can be said in it")
            if row.drug in found:
                raise place.fail(f"{row.drug} stands twice")
            found[row.drug] = row
        return found

    @cached_property
    def _check_limits(self) -> dict[str, Decimal]:
        from xl_infusion.reference.check_tables import read_check_limits

        found: dict[str, Decimal] = {}
        for place, row in read_check_limits(self._read):
            if row.limit in found:
                raise place.fail(f"{row.limit} stands twice")
            found[row.limit] = row.value
        # an edition that was made before a limit came has the default that ships
        return {row.limit: row.value for _, row in read_check_limits()} | found

    @cached_property
    def _hit_drugs(self) -> dict[str, Periods[HitDrugRow]]:
        from xl_infusion.reference.check_tables import read_hit_drugs

        billed: dict[str, list[DrugRow]] = defaultdict(list)
        for drug in self.drugs:
            billed[drug.code].append(drug)
        found: dict[str, list[HitDrugRow]] = defaultdict(list)
        for place, row in read_hit_drugs(self._read):
            for drug in billed.get(row.code, ()):
                if drug.drug != row.drug:
                    raise place.fail(f"{row.code} is {drug.drug} in drugs.csv and {row.drug} here")
                if (drug.last_day or dt.date.max) < (row.last_day or dt.date.max):
                    raise place.fail(f"{row.code} ended on {drug.last_day}: end it here too")
            found[row.code].append(row)
            _periods(found[row.code], place)
        return {code: Periods(rows) for code, rows in found.items()}

    @cached_property
    def _accreditor_table(self) -> list[tuple[Place, Accreditor]]:
        from xl_infusion.reference.check_tables import read_accreditors

        return read_accreditors(self._read)

    @cached_property
    def _accreditor_names(self) -> dict[str, str]:
        found: dict[str, str] = {}
        for place, row in self._accreditor_table:
            for name in (row.accreditor, row.name, *row.also):
                if found.setdefault(fold(name), row.accreditor) != row.accreditor:
                    raise place.fail(f"{name!r} means both {found[fold(name)]} and {row.accreditor}: name one")
        return found


def hit_visits(table: list[tuple[Place, HitRow]]) -> dict[tuple[int, str], Periods[HitRow]]:
    """The codes of a category's initial and of its subsequent visits; one that stands for any visit is in both."""
    found: dict[tuple[int, str], list[HitRow]] = defaultdict(list)
    for place, row in table:
        for visit in ("initial", "subsequent") if row.visit == "any" else (row.visit,):
            found[row.category, visit].append(row)
            _periods(found[row.category, visit], place)
    return {key: Periods(rows) for key, rows in found.items()}


def _periods(rows: Sequence[Dated], place: Place) -> None:
    """Fails at ``place`` where two rows are in force on one day."""
    try:
        Periods(rows)
    except ValueError as error:
        raise place.fail(str(error)) from None
