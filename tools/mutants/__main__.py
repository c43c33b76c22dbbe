"""``python -m tools.mutants [BASE]``: of modules that changed since a commit; or ``--sample N --seed S``, ``--all``.

Prints each change that no test noticed, and the share that one did. Ends with 1 where it is under `ENOUGH`.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
from collections import Counter
from collections.abc import Sequence

from tools.mutants import known
from tools.mutants.changes import Change, every, modules, sample
from tools.mutants.reach import reached
from tools.mutants.trial import SECONDS, Outcome, trials

#: What decides what is billed.
ROOMS = ("xl_infusion/rules", "xl_infusion/claim", "xl_infusion/reference", "xl_infusion/model")
#: What is to notice: the tests of these rooms, those through cells, and the docstrings of both.
TESTS = (
    *("tests/rules", "tests/claim", "tests/reference", "tests/model", "tests/functions"),
    *(*ROOMS, "xl_infusion/functions"),
)
#: The share of the decided changes that tests have to notice.
ENOUGH = 0.95


def main(arguments: Sequence[str] | None = None) -> int:
    """The exit status: 0 where enough is noticed."""
    asked = _parser().parse_args(arguments)
    changes = list(_changes(asked))
    found = Counter[str]()
    reasons = known.known()
    for change, outcome in trials(changes, reached(asked.rooms, asked.tests), asked.tests, asked.seconds):
        survived = outcome is Outcome.SURVIVED
        told = "known" if survived and known.key(change) in reasons else outcome.value
        found[told] += 1
        if told in (Outcome.SURVIVED, Outcome.UNDECIDED):
            print(f"{told}  {change}", flush=True)
    print(summary(found))
    return 0 if score(found) >= ENOUGH else 1


def _changes(asked: argparse.Namespace) -> Sequence[Change]:
    if asked.sample:
        return sample(modules(asked.only or asked.rooms), asked.sample, asked.seed)
    every_one = asked.all or asked.only
    return list(every(modules(asked.only or asked.rooms) if every_one else _since(asked.base, asked.rooms)))


def _since(base: str, rooms: Sequence[str]) -> list[str]:
    """The modules that are others than in a commit."""
    command = ["git", "diff", "--name-only", "--diff-filter=d", base, "--", *rooms]
    names = subprocess.run(command, capture_output=True, encoding="utf-8", check=True).stdout.splitlines()
    return [name for name in names if name.endswith(".py")]


def score(found: Counter[str]) -> float:
    """The share that was noticed, of what was decided.

    >>> score(Counter(killed=19, survived=1, undecided=2, known=3))
    0.95
    """
    decided = found[Outcome.KILLED] + found[Outcome.SURVIVED]
    return found[Outcome.KILLED] / decided if decided else 1.0


def summary(found: Counter[str]) -> str:
    """What came out, in a line.

    >>> summary(Counter(killed=19, survived=1, undecided=2, known=3))
    '25 changes: 19 killed, 1 survived (95.0 % of the decided noticed); 2 undecided, 3 that nothing can notice'
    """
    counts = f"{found.total()} changes: {found[Outcome.KILLED]} killed, {found[Outcome.SURVIVED]} survived"
    left = f"{found[Outcome.UNDECIDED]} undecided, {found['known']} that nothing can notice"
    return f"{counts} ({100 * score(found):.1f} % of the decided noticed); {left}"


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m tools.mutants", description=__doc__.partition("\n")[0])
    parser.add_argument("base", nargs="?", default="main", help="what changed since this commit (main)")
    parser.add_argument("--sample", type=int, help="as many places, drawn from all of the rooms")
    parser.add_argument("--seed", type=int, default=1, help="what they are drawn by (1)")
    parser.add_argument("--all", action="store_true", help="every change of the rooms")
    parser.add_argument("--only", nargs="+", default=(), help="modules or folders of the rooms: no others are changed")
    parser.add_argument("--rooms", nargs="+", default=ROOMS, help="the folders that are changed")
    parser.add_argument("--tests", nargs="+", default=TESTS, help="the tests that are to notice")
    parser.add_argument("--seconds", type=float, default=SECONDS, help="of a processor, for the tests of one change")
    return parser


if __name__ == "__main__":
    sys.exit(main())
