"""The folder of editions: which is in use, what is written wholly or not at all, what is refused."""

from __future__ import annotations

import csv
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.reference.editions import as_csv, cut_off
from xl_infusion.errors import ReferenceTableError
from xl_infusion.reference import editions as module
from xl_infusion.reference import load
from xl_infusion.reference.editions import BUNDLED, VARIABLE, Editions, chosen, folder, sha256
from xl_infusion.reference.tables import TABLES, bundled
from xl_infusion.spreadsheet import disk


def tables(name: str) -> dict[str, str]:
    """The bundled tables as an edition of a folder."""
    found = {table: bundled(table) for table in TABLES}
    edition = {**json.loads(bundled("edition.json")), "edition": name}
    edition["sums"] = {table: sha256(text) for table, text in found.items()}
    return {**found, "edition.json": json.dumps(edition)}


@pytest.fixture
def store(tmp_path: Path) -> Editions:
    found = Editions(str(tmp_path / "codes"))
    found.add("2025-10.2", tables("2025-10.2"))
    return found


def test_the_bundled_edition_is_in_use_until_another_is_chosen(store: Editions) -> None:
    assert Editions(os.path.join(store.where, "none")).names == []
    assert (store.in_use, store.names) == (BUNDLED, ["2025-10.2"])
    assert chosen(store.where) is bundled
    store.use("2025-10.2")
    assert store.in_use == "2025-10.2"
    assert load(chosen(store.where)).edition.edition == "2025-10.2"
    store.use(BUNDLED)
    assert chosen(store.where) is bundled
    assert sorted(os.listdir(store.where)) == ["2025-10.2", "in_use"]


def test_the_variable_names_the_folder_or_the_bundled_edition(store: Editions, monkeypatch: pytest.MonkeyPatch) -> None:
    store.use("2025-10.2")
    monkeypatch.setenv(VARIABLE, store.where)
    assert folder() == store.where and load(chosen()).edition.edition == "2025-10.2"
    monkeypatch.setenv(VARIABLE, BUNDLED)
    assert chosen() is bundled and folder() != store.where


def test_a_share_that_is_not_connected_is_said_and_not_replaced_by_the_bundled_codes(
    store: Editions, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "empty").mkdir()
    for gone in (tmp_path / "gone", tmp_path / "empty", Path(store.where)):
        monkeypatch.setenv(VARIABLE, str(gone))
        with pytest.raises(ReferenceTableError, match="no edition is in use there: connect it, or choose"):
            chosen()
    store.use(BUNDLED)
    assert chosen() is bundled


@pytest.mark.parametrize(
    ("platform", "variables", "ends"),
    [
        ("win32", {"LOCALAPPDATA": "/users/me/local"}, "/users/me/local/xl_infusion/codes"),
        ("win32", {}, "/home/me/AppData/Local/xl_infusion/codes"),
        ("darwin", {}, "/home/me/Library/Application Support/xl_infusion/codes"),
        ("linux", {"XDG_DATA_HOME": "/data"}, "/data/xl_infusion/codes"),
        ("linux", {}, "/home/me/.local/share/xl_infusion/codes"),
    ],
)
def test_the_users_data_folder(
    platform: str, variables: dict[str, str], ends: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in (VARIABLE, "LOCALAPPDATA", "XDG_DATA_HOME"):
        monkeypatch.delenv(name, raising=False)
    for name, value in {"HOME": "/home/me", **variables}.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setattr(sys, "platform", platform)
    assert folder().replace("\\", "/") == ends


def test_an_edition_in_use_that_is_gone_is_said_and_not_replaced_by_another(store: Editions) -> None:
    (Path(store.where) / "in_use").write_text("2026-01\n")
    with pytest.raises(ReferenceTableError, match=r"'2026-01' is not in .*, which has 2025-10.2, bundled: choose one"):
        chosen(store.where)
    (Path(store.where) / "in_use").write_bytes(b"\xff\xfe")
    with pytest.raises(ReferenceTableError, match="in_use cannot be read"):
        chosen(store.where)


@pytest.mark.parametrize("text", ["call Ann\nabout the codes\n", "x" * 101, "../other", "\xff"])
def test_a_file_in_use_of_somebody_elses_is_not_written_over(store: Editions, text: str) -> None:
    file = Path(store.where) / "in_use"
    file.write_bytes(text.encode("latin-1"))
    for ask in (lambda: chosen(store.where), lambda: store.use(BUNDLED), lambda: store.use("2025-10.2")):
        with pytest.raises(ReferenceTableError, match=r"in_use (names no edition|cannot be read).*move that file away"):
            ask()
    assert file.read_bytes() == text.encode("latin-1")


@pytest.mark.parametrize("name", ["../2025-10", "", ".hidden", "a/b", "C:x", "none"])
def test_only_an_edition_of_the_folder_can_be_chosen(store: Editions, name: str) -> None:
    with pytest.raises(ReferenceTableError, match="is not in"):
        store.use(name)
    assert store.in_use == BUNDLED


def test_an_edition_has_a_name_that_can_be_a_folders(store: Editions) -> None:
    for name in ("bundled", "a/b"):
        with pytest.raises(ReferenceTableError, match="has no name that can be a folder's"):
            store.add(name, tables("x"))


def test_a_table_that_was_changed_is_not_read(store: Editions) -> None:
    path = Path(store.where) / "2025-10.2" / "drugs.csv"
    path.write_text(path.read_text().replace("J3373,10,mg", "J3373,100,mg"))
    with pytest.raises(ReferenceTableError, match=r"drugs.csv: it was changed after the edition was made"):
        load(store.read("2025-10.2"))
    path.unlink()
    with pytest.raises(ReferenceTableError, match=r"drugs.csv: No such file"):
        load(store.read("2025-10.2"))


def test_an_edition_made_before_a_table_or_a_column_came_has_what_ships(store: Editions) -> None:
    folder = Path(store.where) / "2025-10.2"
    (folder / "check_limits.csv").unlink()
    doses = folder / "usual_doses.csv"
    rows = [*csv.DictReader(doses.read_text().splitlines())]
    doses.write_text(as_csv([{name: row[name] for name in row if name != "most_a_day"} for row in rows]))
    described = json.loads((folder / "edition.json").read_text())
    there = [name for name in described["sums"] if (folder / name).exists()]
    described["sums"] = {name: sha256((folder / name).read_text()) for name in there}
    (folder / "edition.json").write_text(json.dumps(described))
    older = load(store.read("2025-10.2"))
    assert older.check_limit("longest visit") == load(bundled).check_limit("longest visit")
    usual, ships = older.usual_dose("morphine"), load(bundled).usual_dose("morphine")
    assert usual is not None and ships is not None and usual.most_a_day == usual.most == ships.most > ships.most_a_day


def test_a_later_table_that_an_edition_names_is_not_replaced_by_what_ships(store: Editions) -> None:
    (Path(store.where) / "2025-10.2" / "check_limits.csv").unlink()
    with pytest.raises(ReferenceTableError, match=r"check_limits.csv: No such file"):
        load(store.read("2025-10.2")).check_limit("longest visit")


@pytest.mark.parametrize("text", ["{", "[]", '{"sums": 3}'])
def test_a_description_that_is_none_is_said(store: Editions, text: str) -> None:
    (Path(store.where) / "2025-10.2" / "edition.json").write_text(text)
    with pytest.raises(ReferenceTableError, match="it is not the description of an edition"):
        load(store.read("2025-10.2"))


def test_an_edition_made_by_hand_has_no_sums(store: Editions) -> None:
    import datetime as dt

    store.add("mine", {**{name: bundled(name) for name in TABLES}, **cut_off(dt.date(2024, 12, 31))})
    assert load(store.read("mine")).drug("vancomycin", dt.date(2025, 7, 1)).code == "J3370"


def test_an_edition_is_never_overwritten(store: Editions) -> None:
    with pytest.raises(OSError):
        store.add("2025-10.2", tables("other"))
    assert load(store.read("2025-10.2")).edition.edition == "2025-10.2"
    assert store.free_name("2025-10", "2025-10") == "2025-10.3"
    assert store.free_name("2026-01") == "2026-01"


def test_an_edition_with_the_same_tables_is_found_whatever_it_was_made_from(store: Editions) -> None:
    same = {**tables("another"), "edition.json": "{}"}
    assert store.with_tables(same) == "2025-10.2"
    assert store.with_tables({**same, "drugs.csv": same["drugs.csv"] + "\n"}) == ""
    for text in ("{", "[]", "{}"):
        (Path(store.where) / "2025-10.2" / "edition.json").write_text(text)
        assert store.with_tables(same) == ""


@pytest.mark.parametrize("at", range(1, 14))
def test_what_interrupts_the_writing_leaves_no_edition(
    store: Editions, at: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each of the files in turn is the one at which the machine fails."""
    store.use("2025-10.2")
    write, times = module._write, 0

    def failing(path: str, text: str) -> None:
        nonlocal times
        times += 1
        if times == at:
            raise OSError(28, "No space left on device")
        write(path, text)

    monkeypatch.setattr(module, "_write", failing)
    with pytest.raises(OSError, match="No space left"):
        store.add("2026-01", tables("2026-01"))
    assert (store.names, store.in_use) == (["2025-10.2"], "2025-10.2")
    assert sorted(os.listdir(store.where)) == ["2025-10.2", "in_use"]


def test_what_was_left_half_written_is_no_edition_and_goes(store: Editions) -> None:
    """A process that was killed leaves its folder behind."""
    ended = subprocess.run([sys.executable, "-c", "import os; print(os.getpid())"], capture_output=True, text=True)
    name = f".xl-infusion-{disk._MACHINE}-{ended.stdout.strip()}-{'0' * 16}.tmp"
    left = Path(store.where) / name / "2026-01"
    left.mkdir(parents=True)
    (left / "edition.json").write_text(tables("2026-01")["edition.json"])
    assert store.names == ["2025-10.2"]
    store.add("2026-01", tables("2026-01"))
    assert store.names == ["2025-10.2", "2026-01"] and not left.parent.exists()


def test_what_interrupts_the_choice_leaves_the_one_before(store: Editions, monkeypatch: pytest.MonkeyPatch) -> None:
    store.use("2025-10.2")

    def failing(*_: object) -> None:
        raise OSError(5, "Input/output error")

    monkeypatch.setattr(os, "replace", failing)
    with pytest.raises(OSError, match="Input/output"):
        store.use(BUNDLED)
    assert store.in_use == "2025-10.2" and sorted(os.listdir(store.where)) == ["2025-10.2", "in_use"]
