"""The terms of a contract that decide its per diems: whom it covers, ranks, days and codes (`terms` has the rest)."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from xl_infusion.claim.column import Listed
from xl_infusion.claim.readers import (
    A_SHARE,
    BY_INTERVAL,
    MODIFIER,
    MODIFIERS,
    THERAPIES,
    WHOLE_THERAPY,
    whole_number,
    words,
)
from xl_infusion.claim.term import InScenario, term
from xl_infusion.claim.words import (
    COVERS,
    DAY_COUNTS,
    DAYS_COUNTED,
    KINDS,
    RANK_BY,
    TIE_BY,
)
from xl_infusion.rules.interval import MOST_HOURS


@dataclass(frozen=True, slots=True, eq=False)
class PerDiemTerms:
    """The terms of one payer that decide its per diems; ``row`` is that of Payers, 0 where the defaults hold."""

    name: str
    row: int
    kind: str = term(
        "Kind", "kind", words(KINDS), "commercial", "kind of payer",
        doc="commercial (blank), Medicare, Medicaid or workers' compensation.",
        meaning="what kind of payer it is when its row does not say",
        source="published payer rules differ by payer; the defaults are those of a commercial payer (IDSA Home "
               "Infusion FAQ, 2013)",
        synonyms=("Payer kind", "Type", "Line of business"),
        width=22,
        checked=Listed("Not commercial, Medicare, Medicaid or workers' compensation (also written workers comp, "
                       "WC). Keep it?"),
    )  # fmt: skip
    covers: str = term(
        "Covers", "covers", words(COVERS), "yes", "yes, deny first or no",
        doc="Covers home infusion: yes (blank); deny first: bill the visits for a denial, then the second payer; "
            "no: the second payer is billed at once.",
        meaning="whether the payer covers home infusion",
        source="IDSA Home Infusion FAQ, 2013: commercial payers do; Medicare is billed for a denial first",
        synonyms=("Covers home infusion", "Coverage"),
        width=12,
    )  # fmt: skip
    denial_modifier: str = term(
        "Denial modifier", "denial_modifier", MODIFIER, "GY", "modifier",
        doc="Modifier of the visits on the denial claim: GY (blank), GA, GZ.",
        meaning="the modifier of the visits on a claim that is sent for a denial",
        source="HCPCS Level II modifiers (CMS): GY is an item or service that Medicare excludes by statute",
        width=17, look="word",
        checked=Listed("Not GY, GA or GZ. Keep it?", names="DenialNames"),
    )  # fmt: skip
    second: Decimal = term(
        "Second share", "second_share", A_SHARE, "0.5", "share of the full rate",
        doc="Share of the rate for the second concurrent therapy: 50% (blank) or another.",
        meaning="what a second concurrent therapy earns of its per diem",
        source="IDSA Home Infusion FAQ, 2013",
        synonyms=("Second", "SH share", "Second therapy"),
        width=14, look="share", subject="Concurrent therapies",
        prompt="Share of the full rate: 50%. Blank: 50%.",
        scenario=InScenario(4, ("per diem",), "The share of the second concurrent therapy: 50%.",
                            ("SH share",), "Concurrent therapies"),
    )  # fmt: skip
    third: Decimal = term(
        "Third share", "third_share", A_SHARE, "0.25", "share of the full rate",
        doc="Share for the third and every further therapy: 25% (blank) or another.",
        meaning="what a third and every further concurrent therapy earns of its per diem",
        source="IDSA Home Infusion FAQ, 2013",
        synonyms=("Third", "SJ share", "Third therapy"),
        width=13, look="share",
        prompt="Share of the full rate: 25%. Blank: 25%.",
        scenario=InScenario(5, ("per diem",), "The share of the third and every further therapy: 25%.", ("SJ share",)),
    )  # fmt: skip
    exempt: frozenset[str] = term(
        "Exempt therapies", "exempt_therapies", THERAPIES, "none", "therapies",
        doc="Therapies that keep their rank and modifier and earn the full rate: TPN, enteral.",
        meaning="therapies that keep the full rate at any rank; none",
        source="IDSA Home Infusion FAQ, 2013, names none",
        synonyms=("Exempt", "No reduction"),
        width=18,
        checked=Listed("Not one therapy of the list. Several stand with commas between: TPN, enteral nutrition. "
                       "Keep it?", names="TherapyNames"),
    )  # fmt: skip
    unranked: frozenset[str] = term(
        "Unranked therapies", "unranked_therapies", THERAPIES, "none", "therapies",
        doc="Therapies without a rank: their per diem stands beside the others, in full and without SH: aerosol.",
        meaning="therapies whose per diem is a service of its own beside the ranked ones; none",
        source="Florida Blue (2016, medicarepaymentandreimbursement.com) pays aerosol so; the FAQ names none",
        synonyms=("Not ranked", "Beside the ranked ones"),
        width=18,
        checked=Listed("Not one therapy of the list. Several stand with commas between: TPN, enteral nutrition. "
                       "Keep it?", names="TherapyNames"),
    )  # fmt: skip
    rank_by: str = term(
        "Rank by", "rank_by", words(RANK_BY), "frequency", "frequency, rate or start",
        doc="What comes first: frequency (blank), rate (the dearest per diem) or start (the earliest).",
        meaning="what puts one concurrent therapy before another",
        source="IDSA Home Infusion FAQ, 2013: the more frequent first",
        synonyms=("Ranked by", "Ranking"),
        width=12,
        scenario=InScenario(2, ("ranks",), "The payer's term Rank by.", ("Ranking",)),
    )  # fmt: skip
    tie_by: str = term(
        "Tie by", "tie_by", words(TIE_BY), "rate", "rate or start",
        doc="Of equally frequent therapies the dearer full rate comes first (rate, blank; where Rates has them), or "
            "the earlier start (start).",
        meaning="what puts one of two equally frequent therapies before the other",
        source="derived: IDSA Home Infusion FAQ, 2013, ranks so that the dearer therapy is paid in full",
        synonyms=("Ties by", "Equally frequent by"),
        width=10,
    )  # fmt: skip
    days_counted: str = term(
        "Days counted", "days_counted", words(DAYS_COUNTED), "every day",
        "every day, infusion days, or infusion or visit days",
        doc="Per diem for every day of therapy (blank), infusion days alone, or infusion or visit days.",
        meaning="which days of a therapy have a per diem",
        source="NHIA definition of the per diem, public pages 2024-2026",
        synonyms=("Per diem days", "Days paid"),
        width=21, subject="Per diem days and codes",
        scenario=InScenario(1, ("ranks", "drugs"), "The payer's term Days counted.", ("Per diem days",),
                            "How it is counted"),
    )  # fmt: skip
    longest_interval: int = term(
        "Longest interval", "per_diem_longest_interval",
        whole_number(24, MOST_HOURS, "Hours between doses: a whole number from {least} to {most}."),
        "72", "hours",
        doc="Hours between doses up to which every day of therapy counts: 72 (blank). Beyond, infusion days.",
        meaning="the longest time between doses over which every day counts; beyond it only days with a dose count",
        source="NHIA definition of the per diem, public pages 2024-2026",
        synonyms=("Per diem up to hours",),
        width=17, look="number",
    )  # fmt: skip
    day_counts: str = term(
        "Day counts", "day_counts", words(DAY_COUNTS), DAY_COUNTS[0],
        "24 hours, calendar days, or over 24 and under 48 hours is one",
        doc="What a day of an infusion over more than 24 hours is: 24 hours begun (blank), the calendar days that it "
            "touches, or one where it takes over 24 and under 48 hours. An order's End or Days goes before it.",
        meaning="how the days of one infusion that runs longer than 24 hours are counted",
        source="BCBS North Dakota home infusion reimbursement policy: a day is 24 hours",
        synonyms=("A day is",),
        width=16,
    )  # fmt: skip
    other_intervals: str = term(
        "Other intervals", "other_intervals", BY_INTERVAL, "none", "code",
        doc="Anti-infective code of an interval that has none: S9494, S9500. Blank or none: it cannot be billed.",
        meaning="anti-infective per diem of an interval that has no code; none, so that it cannot be billed",
        source="HCPCS Level II (CMS): the codes name 3, 4, 6, 8, 12 and 24 hours only",
        synonyms=("Code of other intervals",),
        width=16, look="word",
        checked=Listed("No per diem code of the reference: S9494, S9500. Keep it?", names="PerDiemNames"),
    )  # fmt: skip
    always: dict[str, str] = term(
        "Always code", "always_code", WHOLE_THERAPY, "none", "codes",
        doc="Per diem codes that stand for their whole therapy, whatever the interval or volume: S9494.",
        meaning="per diem codes that stand for their whole therapy; none",
        source="HCPCS Level II (CMS): the code names interval, volume or method",
        synonyms=("Per diem code", "Always this code"),
        width=13, look="word",
        checked=Listed("Not one per diem code. Several stand with commas between: S9494, S9326. Keep it?",
                       names="PerDiemNames"),
    )  # fmt: skip
    extra_modifier: str = term(
        "Extra modifier", "extra_modifier", MODIFIER, "none", "modifier",
        doc="Modifier beside SH and SJ: 59. Blank: none.",
        meaning="a modifier beside SH and SJ; none",
        source="IDSA Home Infusion FAQ, 2013, has SH and SJ alone",
        synonyms=("Modifier beside SH and SJ",),
        width=16, look="word",
        checked=Listed("No modifier of the reference (sheet Codes). Keep it?", names="ModifierNames"),
    )  # fmt: skip
    modifier_order: tuple[str, ...] = term(
        "Modifier order", "modifier_order", MODIFIERS, "none", "modifiers",
        doc="Modifiers that stand first, in this order, where some are typed: KX, JB. Blank: as the reference has it.",
        meaning="typed modifiers that a payer wants in another place; the places of the reference",
        source="the reference's modifiers say the place of each, and from where",
        synonyms=("Order of modifiers",),
        width=16, look="word",
        checked=Listed("Not one modifier of the list. Several stand with commas between: KX, JB. Keep it?",
                       names="ModifierNames"),
    )  # fmt: skip
