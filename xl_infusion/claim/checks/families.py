"""Every family of checks: made by ``python -m tools.regenerate names``, never edited by hand.

A check is declared in the module of its family alone; to import it is to put its checks among `check.CHECKS`.
"""

from xl_infusion.claim.checks import codes as codes
from xl_infusion.claim.checks import dme as dme
from xl_infusion.claim.checks import drugs as drugs
from xl_infusion.claim.checks import failures as failures
from xl_infusion.claim.checks import holds as holds
from xl_infusion.claim.checks import inside as inside
from xl_infusion.claim.checks import medicare as medicare
from xl_infusion.claim.checks import modifiers as modifiers
from xl_infusion.claim.checks import npi as npi
from xl_infusion.claim.checks import orders as orders
from xl_infusion.claim.checks import own_codes as own_codes
from xl_infusion.claim.checks import patients as patients
from xl_infusion.claim.checks import payers as payers
from xl_infusion.claim.checks import provider as provider
from xl_infusion.claim.checks import ranking as ranking
from xl_infusion.claim.checks import twice as twice
from xl_infusion.claim.checks import visits as visits
from xl_infusion.claim.checks import volumes as volumes
