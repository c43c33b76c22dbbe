"""What the reason of a per diem line says: what chose its code, and at which rank it stands."""

from __future__ import annotations

from decimal import Decimal

from xl_infusion.claim.order import Prescription
from xl_infusion.claim.ranking import UNRANKED, Stretch
from xl_infusion.claim.terms import Terms
from xl_infusion.claim.words import DRUGS_BILLED, NOT_OURS
from xl_infusion.errors import brief
from xl_infusion.reference import PerDiemRow
from xl_infusion.rules.number import plain

WITH_CLAIM, _BY_PHARMACY, _BY_NOBODY = DRUGS_BILLED
#: Why a claim has no line of a drug; {} is the payer.
_ELSEWHERE = {_BY_PHARMACY: "the pharmacy benefit pays the drug", _BY_NOBODY: "{} pays no drug beside it"}
_ORDINALS = ("", "first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth", "tenth")


def selected(stretch: Stretch, row: PerDiemRow) -> str:
    """What chose the code: the interval, the volume, the method, or the therapy alone."""
    rx = stretch.rx
    assert rx.therapy is not None
    if rx.therapy.code_by == "interval" and rx.interval is not None:
        return str(rx.interval)
    if rx.therapy.code_by == "volume":
        if isinstance(stretch.volume_l, Decimal):
            return f"{rx.therapy.name}, {plain(stretch.volume_l)} L a day"
        return f"{rx.therapy.name}, volume not stated"
    return f"{rx.therapy.name}, {row.method}" if row.method else rx.therapy.name


def place_of(stretch: Stretch) -> int:
    """Where the line stands among those of its day: by rank, and after them what is not ranked."""
    return stretch.rank if stretch.ranked else UNRANKED


def ranked(stretch: Stretch) -> str:
    if not stretch.ranked:
        return "beside the ranked therapies"
    if stretch.most == 1:
        return "the only therapy"
    ordinal = _ORDINALS[stretch.rank] if stretch.rank < len(_ORDINALS) else f"number {stretch.rank}"
    count = str(stretch.most) if stretch.least == stretch.most else f"{stretch.least} to {stretch.most}"
    return f"{ordinal} of {count} therapies{', those equally frequent by their rates' if stretch.tied else ''}"


def not_billed(rx: Prescription, terms: Terms) -> str:
    """Why the drug of a per diem has no line on the claim, "" where it has one."""
    if rx.drug is not None and terms.drugs_billed != WITH_CLAIM:
        return _ELSEWHERE[terms.drugs_billed].format(brief(terms.name))
    if rx.supplier in NOT_OURS:
        return f"the {rx.supplier} supplied the drug and bills it"
    return "no dose was dispensed" if rx.dispensed == 0 else ""
