"""What the reason of a per diem line says: what chose its code, and at which rank it stands."""

from __future__ import annotations

from decimal import Decimal

from xl_infusion.claim.ranking import UNRANKED, Stretch
from xl_infusion.reference import PerDiemRow
from xl_infusion.rules.number import plain

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
