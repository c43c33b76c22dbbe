"""Which codes of a release are of drugs, and what each is used as.

The ranges are those of CMS's own numbering; what stands in them and is no drug (a fee, a test, a service) is left out
by its words.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from xl_infusion.reference.listing.rows import (
    ENTERAL,
    IMAGING,
    IMPLANT,
    INFUSED,
    INHALED,
    ORAL,
    OTHER,
    SKIN,
    TOPICAL,
)

if TYPE_CHECKING:
    from xl_infusion.reference.cms.hcpcs import HcpcsRecord

#: Drugs (J); drugs, biologicals, vaccines, skin substitutes and contrast media under temporary codes (Q, C, S);
#: nutrition (B); albumin and plasma (P); fluids that flush and dilute (A).
_RANGES = re.compile(
    r"J|Q0(?:1[34567]|18|2[0-4])|Q0515|Q20[0-5]|Q302[78]|Q4(?:0[78]|[1-3])|Q5[1]|Q509[89]|Q99[4-9]"
    r"|C9(?:0|1|2|3|40|4[4-9])|S0[01]|S501|S555|S556[56]|B[45]|P904|A421[678]"
)
_NO_DRUG = re.compile(
    r"\bfee\b|^services|^medically induced|^pathogen|^platelets|\btest\b|^q[0-9]|^cardiokymography|^echocardio"
)
#: The first that a text has says what it is used as.
_USES = tuple(
    (use, re.compile(words))
    for use, words in (
        (OTHER, r"feeding supply kit|tub(?:e|ing)\b|supply kit|administration kit|vaccine|\beach unit\b"),
        (IMAGING, r"diagnostic, |contrast|microspheres?, per|\bf ?-?18\b"),
        (ENTERAL, r"enteral (?:formula|suspension|feeding)"),
        (INHALED, r"inhalation (?:solution|suspension|drugs? admin|powder)|for inhalation|inhaler|nebulizer"),
        (INFUSED, r"other than inhalation"),
        (ORAL, r"\boral(?:ly)?\b|oral$"),
        (SKIN, r"per (?:0\.5 )?square (?:centi?meters?|cenitmeter)|skin substitute|wound matrix"),
        (TOPICAL, r"topical|ophthalmic|otic suspension|\bpatch\b|\bgel\b.*%|% gel|nasal|lacrimal"),
        (IMPLANT, r"implant|pellet|intrauterine|contracepti|vaginal|insert\b"),
        (OTHER, r"intravesical|instillation|suppository|irrigation|each$"),
    )
)  # fmt: skip
_GIVEN = re.compile(r"inject|infus|parenteral|intravenous")


def is_drug(record: HcpcsRecord) -> bool:
    """Whether a record is the code of a drug (or of what is listed among drugs)."""
    return not record.is_modifier and names_drug(record.code, record.long)


def names_drug(code: str, text: str) -> bool:
    """Whether a code is one of a drug, by its range and its long text.

    >>> names_drug("B4187", "Omegaven, 10 grams lipids"), names_drug("A9990", "A walker"), names_drug("Q3014", "A fee")
    (True, False, False)
    """
    return bool(_RANGES.match(code)) and not _NO_DRUG.search(text.lower())


def use_of(code: str, text: str) -> str:
    """What a drug's code is used as, by its long text, and where that does not say by its range."""
    text = text.lower()
    if "Q4100" <= code <= "Q4999":
        return SKIN
    if code[0] == "S" and not _GIVEN.search(text) and not re.search("topical|gel|nasal|pellet|inhal|dilutant", text):
        return ORAL if code < "S1" else INFUSED
    return next((use for use, words in _USES if words.search(text)), INFUSED)
