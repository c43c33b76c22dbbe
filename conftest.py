"""What holds for every test and every example: the codes that it answers from, and how hard Hypothesis looks.

No test answers from the edition that is in use on this machine. The rules, the claim, the model and the functions, and
the examples of every docstring, answer from a small frozen reference (`tests.frozen_reference`), so that a release of
CMS changes tables and no test; the workbooks, the hosts and the tables themselves from what ships.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import nullcontext

import pytest
from hypothesis import HealthCheck, settings

from tests.frozen_reference import FROZEN
from xl_infusion.reference import current, using
from xl_infusion.reference.editions import BUNDLED, VARIABLE

#: Where the frozen reference is in use.
FROZEN_ROOMS = ("tests/rules", "tests/claim", "tests/model", "tests/functions", "tests/worked", "xl_infusion")

os.environ[VARIABLE] = BUNDLED
current()  # read once, so that no test that names another folder is the first to ask

# no test is timed: on a busy machine a good answer takes as long as it takes
settings.register_profile("ci", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("ci")


@pytest.fixture(autouse=True, scope="module")
def edition_in_use(request: pytest.FixtureRequest) -> Iterator[None]:
    """The codes that the tests of a file answer from."""
    where = request.path.relative_to(request.config.rootpath).as_posix()
    with using(FROZEN) if where.startswith(FROZEN_ROOMS) else nullcontext():
        yield
