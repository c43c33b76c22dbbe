"""What needs Cosmic Ray is collected where it is installed: `nox -s mutants` does so, and runs these tests first."""

from __future__ import annotations

import importlib.util

collect_ignore = [] if importlib.util.find_spec("cosmic_ray") else ["test_changes.py"]
