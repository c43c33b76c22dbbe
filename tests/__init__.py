"""The tests; what they share stands beside them."""

import os

# The tests' processes have no terminal; Python's readline leaves them the size of one, 80 columns.
for _name in ("COLUMNS", "LINES"):
    os.environ.pop(_name, None)
