"""Which changes are made of a module, and what is told of all of them."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.tools import tiny
from tools.mutants.changes import every, places, sample

FILE = "tiny/hours.py"


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    tiny.write(tmp_path)
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_the_same_seed_draws_the_same_places_once_each() -> None:
    drawn = sample([FILE], 8, 3)
    assert drawn == sample([FILE], 8, 3) != sample([FILE], 8, 4)
    assert len(drawn) == 8 and drawn[:4] == sample([FILE], 4, 3)
    assert len(sample([FILE], 10**6, 3)) <= len(places(FILE))


def test_nothing_is_changed_in_what_is_written_of_types_nor_to_an_identity() -> None:
    told = [str(change) for change in every([FILE])]
    assert f"{FILE}:19  return 0 < hours <= MOST  ->  return 0 < hours < MOST" in told
    assert not any("int + None" in change or "hours is MOST" in change for change in told)


def _told_of(folder: Path, *lines: str) -> list[str]:
    """What is changed in a module of these lines."""
    (folder / FILE).write_text("\n".join(lines), "utf-8")
    return [f"{change.before} -> {change.after}" for change in every([FILE])]


def test_how_many_answers_are_kept_decides_nothing(folder: Path) -> None:
    function = ("def days(weeks):", "    return weeks")
    for keeps in ("@cache", "@lru_cache", "@lru_cache(maxsize=4096)", "@lru_cache(None, typed=False)"):
        assert _told_of(folder, keeps, *function) == []
    # an attribute that is kept would be a method without its decorator
    assert _told_of(
        folder, "class Order:", "    @cached_property", "    def days(self):", "        return self.weeks"
    ) == ["@cached_property -> "]


def test_a_protocol_is_the_type_checkers_matter(folder: Path) -> None:
    protocol = ("class Dated(Protocol):", "    first: int = 1", "    @property", "    def code(self) -> str: ...")
    assert _told_of(folder, *protocol) == []
    assert _told_of(folder, "class Dated:", *protocol[1:]) != []


def test_of_a_dataclass_what_saves_memory_alone_decides_nothing(folder: Path) -> None:
    body = ("class Order:", "    number: str")
    assert "@dataclass(slots=True) -> " in _told_of(folder, "@dataclass(slots=True)", *body)
    assert not any("slots=False" in change for change in _told_of(folder, "@dataclass(slots=True)", *body))
    assert _told_of(folder, "@dataclass(frozen=True)", *body) == ["@dataclass(frozen=True) -> "]
    assert _told_of(folder, "@dataclass(kw_only=True)", *body) == ["@dataclass(kw_only=True) -> "]
    held = ("@dataclass", "class Order:", "    kept: dict = field(compare=False, repr=False)")
    assert set(_told_of(folder, *held)) == {
        "@dataclass -> ",
        "kept: dict = field(compare=False, repr=False) -> kept: dict = field(compare=True, repr=False)",
    }
    by_identity = "@dataclass(frozen=True, slots=True, eq=False)"
    assert set(_told_of(folder, by_identity, *body)) == {
        f"{by_identity} -> ",
        f"{by_identity} -> @dataclass(frozen=True, slots=True, eq=True)",
    }


def test_what_holds_whatever_comes_in_and_how_wide_a_column_is_decides_nothing(folder: Path) -> None:
    assert _told_of(folder, "assert weeks > 0", "pairs = zip(lines, amounts, strict=True)") == []
    assert _told_of(folder, "pairs = zip(lines, lines[1:], strict=False)") != []  # ends with the shorter one
    assert _told_of(folder, "rows = csv.reader(text, strict=True)") != []  # refuses wrong quotes
    assert _told_of(folder, "Column(width=11)", "Column(width=10.5)") == []
    assert _told_of(folder, "Table(keys=2)", "term(width=9)") == []
    assert _told_of(folder, "Column(days=11)", "pad(width=9)") != []


def test_a_decorator_that_is_taken_out_stands_in_its_own_line(folder: Path) -> None:
    lines = ("days = 7", "", "# -- checks ---", "", "@check", "def found(days):", "    return days")
    (folder / FILE).write_text("\n".join(lines), "utf-8")
    assert [change.line for change in every([FILE]) if "@check" in change.before] == [5]


def test_an_exception_that_cosmic_ray_cannot_change_is_passed_over(folder: Path) -> None:
    lines = ("try:", "    read()", "except (zlib.error, OSError):", "    pass")
    (folder / FILE).write_text("\n".join(lines), "utf-8")
    assert {change.after for change in every([FILE])} >= {"except (zlib.error, CosmicRayTestingException):"}
    assert len(sample([FILE], 100, 1)) < len(places(FILE))


@pytest.mark.slow
def test_every_change_is_tried_and_the_share_is_told(folder: Path) -> None:
    found = tiny.run(
        folder,
        "-m",
        "tools.mutants",
        "--sample",
        "12",
        "--seed",
        "1",
        "--rooms",
        "tiny",
        "--tests",
        "tests",
        "--seconds",
        "2",
    )
    *told, summary = found.stdout.splitlines()
    assert summary.startswith("12 changes: "), found.stderr
    survived = [line for line in told if line.startswith("survived  tiny/hours.py:")]
    assert f"{len(survived)} survived" in summary and found.returncode == (1 if survived else 0)
