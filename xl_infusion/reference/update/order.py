"""In which order a report names codes: what home infusion bills first, skin substitutes last."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable

from xl_infusion.reference.cms.hcpcs import HcpcsRecord
from xl_infusion.reference.listing.rows import ENTERAL, INFUSED, SKIN, USES
from xl_infusion.reference.listing.scope import names_drug, use_of
from xl_infusion.reference.update.change import KINDS, Change

_HOME = re.compile(r"home (?:infusion|(?:injectable )?therapy)")
_AREA = re.compile(r"square cent")
#: A drug that is infused, one under a hospital's code, nutrition, other drugs, everything else, skin substitutes.
_INFUSED, _HOSPITAL, _NUTRITION, _OTHER_DRUGS, _NO_DRUGS, _SKIN = range(6)


def in_order(changes: Iterable[Change], records: Iterable[HcpcsRecord]) -> list[Change]:
    """Changes as a report has them: by kind, by what their codes are used for, by code; ``records`` say their texts."""
    kinds = {kind: number for number, kind in enumerate(KINDS)}
    texts = {record.code: record.long for record in records}
    ranks = {one.code: rank(one.code, texts[one.code]) if one.code in texts else _INFUSED for one in changes}
    return sorted(changes, key=lambda one: (kinds[one.kind], ranks[one.code], one.code, one.day or dt.date.min))


def rank(code: str, text: str) -> int:
    """The place of a code in a report by its long text, the first ones lowest.

    >>> rank("J9990", "Injection, made-up, 5 mg"), rank("A9990", "A walker"), rank("Q4990", "Per square centimeter")
    (0, 4, 5)
    """
    if names_drug(code, text):
        return rank_of_use(code, use_of(code, text))
    if _HOME.search(text.lower()):
        return _INFUSED
    return _SKIN if _AREA.search(text.lower()) else _NO_DRUGS


def rank_of_use(code: str, use: str) -> int:
    """The place of a drug's code by what the drug is used as (one of `USES`)."""
    assert use in USES
    if use == INFUSED:
        return _HOSPITAL if code[0] == "C" else _INFUSED
    return {ENTERAL: _NUTRITION, SKIN: _SKIN}.get(use, _OTHER_DRUGS)
