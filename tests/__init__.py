"""The tests; what they share stands beside them."""

import os
from pathlib import Path

#: The folder of the project.
ROOT = Path(__file__).parent.parent

# The tests' processes have no terminal; Python's readline leaves them the size of one, 80 columns.
for _name in ("COLUMNS", "LINES"):
    os.environ.pop(_name, None)
