"""Every test answers from the bundled codes, whatever edition is in use on this machine."""

from __future__ import annotations

import os

from xl_infusion.reference import current
from xl_infusion.reference.editions import BUNDLED, VARIABLE

os.environ[VARIABLE] = BUNDLED
current()  # read once, so that no test that names another folder is the first to ask
