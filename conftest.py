"""What holds for every test: the codes that it answers from, how hard Hypothesis looks, whether its branches count.

No test answers from the edition that is in use on this machine. The rules, the claim, the model and the functions, and
the examples of every docstring, answer from a small frozen reference (`tests.frozen_reference`), so that a release of
CMS changes tables and no test; the workbooks, the hosts and the tables themselves from what ships. So do the worked
examples: a page that a biller sends may name any drug, and the rows that its days ask for are closed, never
overwritten.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Generator, Iterator
from contextlib import nullcontext

import pytest
from coverage import Coverage
from hypothesis import HealthCheck, is_hypothesis_test, settings

from tests.frozen_reference import FROZEN
from xl_infusion.reference import current, using
from xl_infusion.reference.editions import BUNDLED, VARIABLE

#: Where the frozen reference is in use.
FROZEN_ROOMS = ("tests/rules", "tests/claim", "tests/model", "tests/functions", "xl_infusion")

#: Whose tests have to reach every branch of the core. To count branches takes twice the time: no other room's are.
CORE_ROOMS = (*FROZEN_ROOMS, "tests/reference")

os.environ[VARIABLE] = BUNDLED
# each process, and each program that a test starts, would compile everything anew: of a run's collection two thirds
os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
sys.dont_write_bytecode = False
current()  # read once, so that no test that names another folder is the first to ask

# no test is timed: on a busy machine a good answer takes as long as it takes
settings.register_profile("ci", deadline=None, max_examples=50, suppress_health_check=[HealthCheck.too_slow])
settings.register_profile("dev", settings.get_profile("ci"), max_examples=15)

#: What the fast lane leaves out.
LEFT_OUT = ("slow", "office", "node")


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--fast",
        action="store_true",
        help=f"the fast lane: nothing that is marked {', '.join(LEFT_OUT)}, and few random examples",
    )


def pytest_configure(config: pytest.Config) -> None:
    settings.load_profile("dev" if config.getoption("fast") else "ci")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    for item in items:
        if is_hypothesis_test(getattr(item, "obj", None)):
            item.add_marker("random")
    if config.getoption("fast"):
        left_out = [item for item in items if any(map(item.get_closest_marker, LEFT_OUT))]
        items[:] = [item for item in items if not any(map(item.get_closest_marker, LEFT_OUT))]
        config.hook.pytest_deselected(items=left_out)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_protocol(item: pytest.Item) -> Generator[None, object, object]:
    """Counts no branches of a test elsewhere, and none that only chance would reach."""
    counted = _room(item).startswith(CORE_ROOMS) and not any(map(item.get_closest_marker, ("random", "slow")))
    stopped = [] if counted else list(_stopped())
    try:
        return (yield)
    finally:
        for coverage in reversed(stopped):
            coverage.start()


def _stopped() -> Iterator[Coverage]:
    """What counts branches, stopped: where tests run in several processes one counts beneath another."""
    while (coverage := Coverage.current()) is not None:
        coverage.stop()
        yield coverage


def _room(node: pytest.Item | pytest.FixtureRequest) -> str:
    return node.path.relative_to(node.config.rootpath).as_posix()


@pytest.fixture(autouse=True, scope="module")
def edition_in_use(request: pytest.FixtureRequest) -> Iterator[None]:
    """The codes that the tests of a file answer from."""
    with using(FROZEN) if _room(request).startswith(FROZEN_ROOMS) else nullcontext():
        yield
