"""Random orders under five contracts, what their payers pay when all is right, and payment mistakes put into it.

What a payer pays is worked out here of the rates below by plain arithmetic, never by the model.
"""

from __future__ import annotations

import datetime as dt
import random
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from tests.model.payments import in_order
from xl_infusion.functions import EXPECTED_GRID

DAY = dt.timedelta(1)
#: drug, mg of a dose, hours between doses, its code, mg of a unit
DRUGS = (
    ("meropenem", 1000, 8, "J2185", 100), ("vancomycin", 1250, 12, "J3373", 10), ("ceftriaxone", 2000, 24, "J0696", 250),
    ("cefepime", 2000, 12, "J0692", 500), ("daptomycin", 500, 24, "J0878", 1), ("ertapenem", 1000, 24, "J1335", 500),
    ("ampicillin", 2000, 6, "J0290", 500), ("micafungin", 100, 24, "J2248", 1), ("Zosyn", 3375, 6, "J2543", 1125),
)  # fmt: skip
CHANGE = dt.date(2025, 7, 1)
#: code -> its rate for every payer until 30 June 2025, and since
COMMON: dict[str, tuple[str, str]] = {
    "S9500": ("110", "118.40"), "S9501": ("130", "137.15"), "S9502": ("150", "161.30"), "S9503": ("170", "178.65"),
    "S9504": ("190", "204.75"), "J3370": ("2.40", "2.40"), "J3373": ("0.055", "0.055"), "J2185": ("0.83", "0.91"),
    "J0696": ("0.65", "0.72"), "J0692": ("1.13", "1.27"), "J0878": ("0.16", "0.19"), "J1335": ("12.55", "13.85"),
    "J0290": ("1.90", "2.15"), "J2248": ("0.31", "0.37"), "J2543": ("2.05", "2.25"), "99601": ("150", "158.50"),
    "99602": ("75", "79.25"),
}  # fmt: skip
OWN: dict[str, dict[str, str]] = {
    "Plan A": {"S9500": "98.25", "S9501": "121.35", "S9502": "143.55"},
    "Plan D": {"S9500": "126.70", "S9501": "139.85", "J1335": "14.95"},
}
USUAL = {"J0878": "0.48", "J2248": "0.95", "J0692": "3.10"}
PAYERS: list[list[object]] = [
    ["Payer", "Second share", "Third share", "Line span", "Extra modifier", "Coinsurance"],
    ["Plan A", None, None, None, None, None],
    ["Plan B", "60%", "30%", "month", None, None],
    ["Plan C", None, None, None, "59", "20%"],
    ["Plan D", "75%", "50%", None, None, None],
    ["Plan E", None, None, "month", None, None],
]
SHARES = {"Plan A": ("0.5", "0.25"), "Plan B": ("0.6", "0.3"), "Plan C": ("0.5", "0.25"), "Plan D": ("0.75", "0.5"),
          "Plan E": ("0.5", "0.25")}  # fmt: skip
#: Plan E pays these drugs at a percentage of the usual charge.
PERCENT = Decimal("0.40")
HEADER = ["Order", "Patient", "Payer", "Drug", "Dose", "Interval", "Start", "End"]
COLUMNS = ["Claim", "Order", "Patient", "Payer", "Code", "Modifiers", "From", "To", "Units", "Charge", "Allowed", "Paid",
           "Patient share", "Adjustments"]  # fmt: skip
Row = dict[str, Any]
CENT = Decimal("0.01")


def cents(amount: Decimal) -> Decimal:
    return amount.quantize(CENT, ROUND_HALF_UP)


def rates() -> list[list[object]]:
    rows: list[list[object]] = [["Payer", "Code", "Rate", "Basis", "From", "To"]]
    for code, (old, new) in COMMON.items():
        rows.append([None, code, float(old), None, None, CHANGE - DAY])
        rows.append([None, code, float(new), None, CHANGE, None])
    rows += [[payer, code, float(rate), None, None, None] for payer, own in OWN.items() for code, rate in own.items()]
    rows += [[None, code, float(rate), "usual charge", None, None] for code, rate in USUAL.items()]
    rows += [["Plan E", code, "40%", "% of charge", None, None] for code in USUAL]
    return rows


def rate(payer: str, code: str, day: dt.date) -> Decimal:
    if payer == "Plan E" and code in USUAL:
        return PERCENT * Decimal(USUAL[code])
    return Decimal(OWN.get(payer, {}).get(code) or COMMON[code][day >= CHANGE])


@dataclass
class Case:
    """Tables of a random workbook; ``lines``: the expected lines, ``right``: for each the rows that pay it right."""

    orders: list[list[object]]
    visits: list[list[object]]
    lines: list[Row]
    rows: list[list[Row]]
    extra: list[Row] = field(default_factory=list)
    #: place of a line -> the causes that may be named
    wrong: dict[int, tuple[str, ...]] = field(default_factory=dict)
    kinds: dict[int, str] = field(default_factory=dict)

    def table(self, random_: random.Random) -> list[list[object]]:
        found = [row for rows in self.rows for row in rows] + self.extra
        random_.shuffle(found)
        return [COLUMNS, *([row.get(name) for name in COLUMNS] for row in found)]

    def variance(self, random_: random.Random) -> list[Row]:
        return in_order(self.orders, self.visits, PAYERS, rates(), self.table(random_))


def case(random_: random.Random, patients: int = 60) -> Case:
    """Patients with one to four therapies of 4 to 50 days, their visits, and right payments in each payer's manner."""
    orders: list[list[object]] = [HEADER]
    visits: list[list[object]] = [["Patient", "Date", "Minutes"]]
    for patient in range(patients):
        name, payer = f"PT-{patient:04}", f"Plan {'ABCDE'[patient % 5]}"
        start = dt.date(2025, 5, 1) + dt.timedelta(random_.randint(0, 120))
        for drug, dose, hours, *_ in random_.sample(DRUGS, random_.choice((1, 2, 2, 3, 3, 4))):
            first = start + dt.timedelta(random_.randint(0, 6))
            last = first + dt.timedelta(random_.randint(3, 49))
            orders.append([f"RX-{len(orders)}", name, payer, drug, f"{dose} mg", f"q{hours}h", first, last])
        for week in range(random_.randint(0, 3)):
            visits.append([name, start + dt.timedelta(7 * week), random_.choice((90, 150, 200))])
    grid = EXPECTED_GRID(orders, visits, PAYERS, rates())
    lines = [dict(zip(grid[0], row, strict=True)) for row in grid[1:]]
    by_order = {payer: random_.random() < 0.5 for payer in SHARES}
    return Case(orders, visits, lines, [right(line, by_order[line["Payer"]], random_) for line in lines])


def modifiers(line: Row) -> list[str]:
    return [line[name] for name in ("Modifier 1", "Modifier 2", "Modifier 3", "Modifier 4") if line.get(name)]


def share(line: Row) -> Decimal:
    rank = 2 if "SH" in modifiers(line) else 3 if "SJ" in modifiers(line) else 1
    return (Decimal(1), *map(Decimal, SHARES[line["Payer"]]))[rank - 1]


def priced(line: Row, units: Any, share_: Decimal | None = None, by: Decimal | None = None) -> Decimal:
    """What is allowed: units times the rate, a share of it to the cent."""
    of = rate(line["Payer"], line["Code"], line["From"]) if by is None else by
    part = share(line) if share_ is None else share_
    return cents((cents(of * part) if part != 1 else of) * Decimal(str(units)))


def paid(row: Row, line: Row, units: Any, allowed: Decimal) -> Row:
    """A row with its money: Plan C leaves 20 % to the patient."""
    owed = cents(allowed * Decimal("0.2")) if line["Payer"] == "Plan C" else Decimal(0)
    row = row | {"Units": units, "Paid": float(allowed - owed), "Adjustments": "CO-45"}
    if line["Payer"] in ("Plan C", "Plan D"):
        row |= {"Allowed": float(allowed)}
    if line["Payer"] == "Plan C":
        row |= {"Patient share": float(owed), "Adjustments": "CO-45, PR-2"}
    return row


def right(line: Row, by_order: bool, random_: random.Random) -> list[Row]:
    row: Row = {"Claim": f"C{random_.randint(10**6, 10**7)}", "Patient": line["Patient"], "Payer": line["Payer"],
                "Code": line["Code"], "Modifiers": " ".join(modifiers(line)), "From": line["From"], "To": line["To"]}  # fmt: skip
    if by_order:
        row["Order"] = line["Order"]
        if random_.random() < 0.3:
            del row["Payer"]
    if random_.random() < 0.2:
        row |= {"Code": "-".join([line["Code"], *modifiers(line)]), "Modifiers": None}
    allowed = priced(line, line["Units"])
    assert float(allowed) == line["Expected"], (line, allowed)
    days = (line["To"] - line["From"]).days + 1
    if random_.random() < 0.1 and days > 2 and line["Kind"] == "per diem":  # two rows, cut somewhere
        cut = random_.randint(1, days - 1)
        middle = line["From"] + dt.timedelta(cut)
        return [paid(row | {"To": middle - DAY}, line, cut, priced(line, cut)),
                paid(row | {"From": middle}, line, days - cut, priced(line, days - cut))]  # fmt: skip
    found = [paid(row, line, line["Units"], allowed)]
    if random_.random() < 0.05:  # denied first, paid afterwards
        found.append(row | {"Units": line["Units"], "Paid": 0, "Adjustments": "CO-16"})
    if random_.random() < 0.05:  # paid wrong, taken back, corrected
        wrong = paid(row, line, line["Units"], cents(allowed * Decimal("0.9")))
        back = wrong | {name: -wrong[name] for name in ("Units", "Paid", "Allowed", "Patient share") if name in wrong}
        found += [wrong, back]
    return found


# -- mistakes --------------------------------------------------------------------------------------------------

Mistake = Callable[[Row, Row, random.Random], tuple[list[Row], tuple[str, ...]] | None]


def _rank(line: Row) -> int:
    return 0 if line["Kind"] != "per diem" else 2 if "SH" in modifiers(line) else 3 if "SJ" in modifiers(line) else 1


def _remodified(row: Row, line: Row, old: str, new: str) -> Row:
    mods = [new if one == old else one for one in modifiers(line)]
    return row | {"Code": line["Code"], "Modifiers": " ".join(filter(None, mods))}


def third_as_second(row: Row, line: Row, random_: random.Random) -> Any:
    if _rank(line) != 3:
        return None
    if random_.random() < 0.5:
        row = _remodified(row, line, "SJ", "SH")
    second = Decimal(SHARES[line["Payer"]][0])
    return [paid(row, line, line["Units"], priced(line, line["Units"], second))], ("third therapy paid as second",)


def second_at_wrong_share(row: Row, line: Row, random_: random.Random) -> Any:
    if _rank(line) != 2:
        return None
    part = random_.choice(
        [Decimal(n) / 100 for n in (20, 33, 40, 45, 55, 70) if str(Decimal(n) / 100) not in SHARES[line["Payer"]]]
    )
    return [paid(row, line, line["Units"], priced(line, line["Units"], part))], ("later therapy at the wrong share",)


def modifier_lost(row: Row, line: Row, random_: random.Random) -> Any:
    if _rank(line) < 2:
        return None
    row = row | {"Code": line["Code"], "Modifiers": None}
    return [paid(row, line, line["Units"], priced(line, line["Units"], Decimal(1)))], (
        "later therapy at the full rate",
    )


def old_units(row: Row, line: Row, random_: random.Random) -> Any:
    if line["Code"] != "J3373":
        return None
    doses = Decimal(line["Units"]) * 10 / 1250
    units = int(doses * 3)  # 1,250 mg are 3 units of 500 mg
    if random_.random() < 0.5:
        row = row | {"Code": "J3370"}
    return [paid(row, line, units, priced(line, units))], ("units of the old code",)


def days_short(row: Row, line: Row, random_: random.Random) -> Any:
    days = line["Units"]
    if _rank(line) == 0 or days < 5:
        return None
    less = days - random_.randint(1, 2)
    way = random_.random()
    if way < 0.4:
        row = row | {"To": row["From"] + dt.timedelta(less - 1)}
    if way > 0.9:  # the row has all the days, the money has not
        found = paid(row, line, days, priced(line, less))
        return ([found], ("days counted short",)) if _rank(line) == 1 else None
    return [paid(row, line, less, priced(line, less))], ("days counted short",)


def days_long(row: Row, line: Row, random_: random.Random) -> Any:
    if _rank(line) == 0 or line["Units"] < 5:
        return None
    more = line["Units"] + 1
    return [paid(row | {"To": row["To"] + DAY}, line, more, priced(line, more))], ("days counted long",)


def units_off(row: Row, line: Row, random_: random.Random) -> Any:
    if line["Kind"] != "drug" or line["Units"] < 12:
        return None
    off = max(2, int(line["Units"] * random_.choice((0.03, 0.1, 0.25))))
    units = line["Units"] + random_.choice((-off, off))
    cause = "units short" if units < line["Units"] else "units over"
    allowed = priced(line, units)
    return ([paid(row, line, units, allowed)], (cause,)) if abs(allowed - priced(line, line["Units"])) > CENT else None


def missing(row: Row, line: Row, random_: random.Random) -> Any:
    return [], ("line missing",)


def denied(row: Row, line: Row, random_: random.Random) -> Any:
    reason = random_.choice(("CO-18", "CO-97", "CO-29", "CO-16, N706", "CO-252"))
    return [row | {"Units": line["Units"], "Paid": 0, "Adjustments": reason}], ("denied",)


def twice(row: Row, line: Row, random_: random.Random) -> Any:
    one = paid(row, line, line["Units"], priced(line, line["Units"]))
    return [one, one | {"Claim": "C-AGAIN"}], ("paid twice",)


def other_days_rate(row: Row, line: Row, random_: random.Random) -> Any:
    code, payer = line["Code"], line["Payer"]
    old, new = COMMON[code]
    if old == new or code in OWN.get(payer, {}) or (payer == "Plan E" and code in USUAL):
        return None
    allowed = priced(line, line["Units"], by=Decimal(old if line["From"] >= CHANGE else new))
    return (
        ([paid(row, line, line["Units"], allowed)], ("rate of other days",))
        if abs(allowed - priced(line, line["Units"])) > CENT
        else None
    )


def other_payer_rate(row: Row, line: Row, random_: random.Random) -> Any:
    code, payer = line["Code"], line["Payer"]
    if code in OWN.get(payer, {}):
        by, cause = Decimal(COMMON[code][line["From"] >= CHANGE]), "common rate, not the payer's"
    else:
        others = [own[code] for own in OWN.values() if code in own]
        if not others or line["Kind"] == "drug":
            return None
        by, cause = Decimal(random_.choice(others)), "rate of another payer"
    return [paid(row, line, line["Units"], priced(line, line["Units"], by=by))], (cause,)


def unknown_rate(row: Row, line: Row, random_: random.Random) -> Any:
    if _rank(line) != 1:
        return None
    by = rate(line["Payer"], line["Code"], line["From"]) * Decimal("0.9137")
    return [paid(row, line, line["Units"], priced(line, line["Units"], by=cents(by)))], ("rate not in Rates",)


def patient_share(row: Row, line: Row, random_: random.Random) -> Any:
    allowed = priced(line, line["Units"])
    if line["Payer"] == "Plan C":
        return [row | {"Units": line["Units"], "Paid": float(allowed), "Adjustments": "CO-45"}], ("patient share",)
    owed = cents(allowed * Decimal("0.3"))
    return [row | {"Units": line["Units"], "Paid": float(allowed - owed), "Patient share": float(owed),
                   "Adjustments": "PR-1, CO-45"}], ("patient share",)  # fmt: skip


def percent_off(row: Row, line: Row, random_: random.Random) -> Any:
    if line["Payer"] != "Plan E" or line["Code"] not in USUAL:
        return None
    by = Decimal(random_.choice(("0.35", "0.32", "0.45"))) * Decimal(USUAL[line["Code"]])
    return [paid(row, line, line["Units"], priced(line, line["Units"], by=by))], ("drug at another percent",)


def other_code(row: Row, line: Row, random_: random.Random) -> Any:
    if _rank(line) != 1 or line["Code"] == "S9500" or line["Payer"] in OWN:
        return None
    by = Decimal(COMMON["S9500"][line["From"] >= CHANGE])
    return [paid(row | {"Code": "S9500"}, line, line["Units"], priced(line, line["Units"], by=by))], (
        "paid under another code",
    )


MISTAKES: dict[str, Mistake] = {
    one.__name__: one
    for one in (third_as_second, second_at_wrong_share, modifier_lost, old_units, days_short, days_long, units_off, missing,
                denied, twice, other_days_rate, other_payer_rate, unknown_rate, patient_share, percent_off, other_code)
}  # fmt: skip


_MONEY = ("Units", "Charge", "Allowed", "Paid", "Patient share", "Adjustments")


def spoil(found: Case, random_: random.Random, count: int, strangers: int = 0) -> None:
    """Puts mistakes into ``count`` lines, each kind as often as it finds lines, and ``strangers`` rows of nobody."""
    places = list(range(len(found.lines)))
    random_.shuffle(places)
    names = list(MISTAKES)
    while len(found.wrong) < count:
        placed = 0
        for name in names:
            for place in places:
                line = found.lines[place]
                if place in found.wrong or len(found.wrong) == count:
                    continue
                if len(found.rows[place]) > 1:
                    continue
                row = {name: cell for name, cell in found.rows[place][0].items() if name not in _MONEY}
                made = MISTAKES[name](row, line, random_)
                if made is not None:
                    found.rows[place], found.wrong[place] = made
                    found.kinds[place] = name
                    placed += 1
                    break
        if not placed:
            return
    for number in range(strangers):
        line = random_.choice(found.lines)
        found.extra.append({"Claim": "C-OTHER", "Patient": f"ZZ-{number}" if number % 2 else line["Patient"], "Code": "J1885" if number % 4 < 2 else "S9340",
                            "From": line["From"], "To": line["To"], "Units": 3, "Paid": 77.7 + number})  # fmt: skip


def _told_apart(found: Case, rows: list[Row]) -> list[Row]:
    """Lines that differ in their order alone, paid without its number, in the order that suits the causes: neither of
    them is more wrong than the other."""
    alike: dict[tuple[Any, ...], list[int]] = {}
    for place, line in enumerate(found.lines):
        if not any(row.get("Order") for row in found.rows[place]):
            alike.setdefault((line["Patient"], line["Code"], *modifiers(line), line["From"], line["To"]), []).append(
                place
            )
    rows = list(rows)
    for places in alike.values():
        left = [rows[place] for place in places]
        for place in sorted(places, key=lambda place: place not in found.wrong):
            wanted = found.wrong.get(place, ("paid as expected",))
            rows[place] = next((row for row in left if row["Cause"] in wanted), left[0])
            left.remove(rows[place])
    return rows


def judged(found: Case, rows: list[Row]) -> tuple[Counter[str], Counter[str], list[Row]]:
    """(mistakes named right, all mistakes) by kind, and the rows of right payments that are accused."""
    rows = _told_apart(found, rows)
    named: Counter[str] = Counter()
    every: Counter[str] = Counter(found.kinds.values())
    accused = []
    for place, row in enumerate(rows[: len(found.lines)]):
        if place in found.wrong:
            named[found.kinds[place]] += row["Cause"] in found.wrong[place]
        elif row["Cause"] != "paid as expected":
            accused.append(row)
    every["stranger"] = len(found.extra)
    named["stranger"] = sum(row["Cause"] == "line not ours" for row in rows[len(found.lines) :])
    return named, every, accused
