"""What the claim lines are worth: expected payment, scenarios, forecast, and paid against expected.

The tables and their columns are at hand at once; what works the figures out is imported where it is used.
"""

from xl_infusion.model.columns import COSTS, MODEL_TABLES, REMITTANCE, SCENARIOS

__all__ = ["COSTS", "MODEL_TABLES", "REMITTANCE", "SCENARIOS"]
