"""Files written whole or not at all: what is kept of the one before, what is refused, what a killed process leaves."""

from __future__ import annotations

import errno
import os
import signal
import stat
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from xl_infusion.spreadsheet import disk

ROOT = os.name == "posix" and os.geteuid() == 0
#: A user and a group that nobody here is.
JANE, BILLING = 54321, 54322


def others(folder: Path) -> list[str]:
    """What stands in a folder beside claims.xlsx."""
    return sorted(one.name for one in folder.iterdir() if one.name != "claims.xlsx")


def rights(path: Path) -> tuple[int, int, int]:
    status = path.stat()
    return stat.S_IMODE(status.st_mode), status.st_uid, status.st_gid


@pytest.fixture
def claims(tmp_path: Path) -> Path:
    path = tmp_path / "claims.xlsx"
    path.write_bytes(b"old" * 100)
    return path


@pytest.fixture
def shared() -> Iterator[Path]:
    """A workbook in a folder that everybody may write to."""
    with tempfile.TemporaryDirectory() as name:
        os.chmod(name, 0o777)
        path = Path(name, "claims.xlsx")
        path.write_bytes(b"old" * 100)
        yield path


@pytest.fixture
def umask() -> Iterator[Callable[[int], object]]:
    before = os.umask(0o022)
    yield os.umask
    os.umask(before)


@pytest.fixture
def as_a_clerk() -> Iterator[Callable[[], None]]:
    """Goes on as a user who is in the group BILLING and owns nothing."""
    if not ROOT:
        pytest.skip("only root can be another user")
    groups = os.getgroups()

    def clerk() -> None:
        os.setgroups([BILLING])
        os.setegid(1001)
        os.seteuid(1001)

    yield clerk
    os.seteuid(0)
    os.setegid(0)
    os.setgroups(groups)


# -- what is refused --------------------------------------------------------------------------------------------------


def test_what_is_there_is_named_and_replaced_only_when_asked(claims: Path) -> None:
    folder = claims.parent
    disk.check_free([folder / "new.xlsx"], force=False)
    disk.check_free([claims], force=True)
    with pytest.raises(
        disk.Exists, match="claims.xlsx is there already: choose another name, or --force to replace it"
    ):
        disk.check_free([claims], force=False)
    names = [folder / "a" / f"{number}.txt" for number in range(5)]
    names[0].parent.mkdir()
    for name in names[1:]:
        name.write_text("")
    with pytest.raises(disk.Exists, match=f"{folder} has claims.xlsx, a/1.txt, a/2.txt and 2 more already") as error:
        disk.check_free([claims, *names], force=False)
    assert error.value.paths == (claims, *names[1:])
    (folder / "gone.xlsx").symlink_to(folder / "nowhere")
    with pytest.raises(disk.Exists):
        disk.check_free([folder / "gone.xlsx"], force=False)
    with pytest.raises(disk.NoFile, match="name the file to write in it"):
        disk.check_free([folder / "a"], force=True)


def test_one_file_under_two_names(claims: Path) -> None:
    link = claims.with_name("link.xlsx")
    link.symlink_to(claims)
    assert disk.same_file(claims, link) and disk.same_file(claims, claims.parent / "." / "claims.xlsx")
    assert not disk.same_file(claims, claims.with_name("other.xlsx"))
    assert disk.same_file(claims.with_name("other.xlsx"), claims.parent / "." / "other.xlsx")


# -- what is kept -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("mask", "mode"), [(0o022, 0o644), (0o077, 0o600), (0o002, 0o664)])
def test_a_new_file_has_the_mode_that_the_umask_gives(
    tmp_path: Path, umask: Callable[[int], object], mask: int, mode: int
) -> None:
    umask(mask)
    disk.write(tmp_path / "a.xlsx", b"new")
    assert rights(tmp_path / "a.xlsx")[0] == mode


def test_a_copy_has_no_more_rights_than_what_it_was_made_of(claims: Path, umask: Callable[[int], object]) -> None:
    claims.chmod(0o640)
    umask(0o002)
    with disk.workspace(claims.parent) as folder:
        made = folder / "copy.xlsx"
        made.write_bytes(b"new")
        disk.put(made, claims.with_name("copy.xlsx"), like=claims.stat())
    assert rights(claims.with_name("copy.xlsx"))[0] == 0o640


def test_mode_and_extended_attributes_stay(claims: Path) -> None:
    claims.chmod(0o604)
    try:
        os.setxattr(claims, "user.origin", b"clearinghouse")
    except OSError as error:
        pytest.skip(f"no extended attributes here: {error}")
    number = claims.stat().st_ino
    disk.write(claims, b"new")
    assert claims.read_bytes() == b"new" and claims.stat().st_ino != number, "another file, in its place at once"
    assert rights(claims)[0] == 0o604 and os.getxattr(claims, "user.origin") == b"clearinghouse"
    assert others(claims.parent) == []


@pytest.mark.skipif(not ROOT, reason="only root can give files away")
def test_owner_and_group_stay_where_they_can_be_given(claims: Path) -> None:
    os.chown(claims, JANE, BILLING)
    claims.chmod(0o640)
    disk.write(claims, b"new")
    assert rights(claims) == (0o640, JANE, BILLING)


def test_where_the_owner_cannot_be_given_the_file_stays_hers(shared: Path, as_a_clerk: Callable[[], None]) -> None:
    """The clerk may write the file that Jane owns, and she must still be able to read it."""
    os.chown(shared, JANE, BILLING)
    shared.chmod(0o660)
    number = shared.stat().st_ino
    as_a_clerk()
    for content in (b"shorter", b"longer" * 1000):
        disk.write(shared, content)
        assert shared.read_bytes() == content and others(shared.parent) == []
        assert rights(shared) == (0o660, JANE, BILLING) and shared.stat().st_ino == number


def test_hard_links_stay_one_file(claims: Path) -> None:
    other = claims.with_name("archive.xlsx")
    os.link(claims, other)
    disk.write(claims, b"new")
    assert other.read_bytes() == b"new" and os.path.samefile(claims, other)
    assert others(claims.parent) == ["archive.xlsx"]


def test_the_whole_file_is_beside_the_one_that_is_written_over_until_that_is_done(
    claims: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    os.link(claims, claims.with_name("archive.xlsx"))

    def failing(*_: object) -> None:
        raise OSError(errno.EIO, "Input/output error")

    with monkeypatch.context() as patched:
        patched.setattr(disk.shutil, "copyfileobj", failing)
        with pytest.raises(OSError, match=r"written in part .*the whole is in claims.new.xlsx beside it"):
            disk.write(claims, b"new")
    assert claims.with_name("claims.new.xlsx").read_bytes() == b"new"
    assert rights(claims.with_name("claims.new.xlsx"))[0] == 0o600


def test_a_full_disk_is_found_before_a_file_is_written_over(claims: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    os.link(claims, claims.with_name("archive.xlsx"))

    def full(*_: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(os, "posix_fallocate", full)
    with pytest.raises(OSError, match="No space left") as error:
        disk.write(claims, b"new" * 1000)
    assert str(error.value.filename) == str(claims), "not the name of what was made"
    assert claims.read_bytes() == b"old" * 100 and others(claims.parent) == ["archive.xlsx"]


def test_a_link_stays_a_link(claims: Path) -> None:
    link = claims.parent / "sub" / "link.xlsx"
    link.parent.mkdir()
    link.symlink_to(claims)
    disk.write(link, b"new")
    assert link.is_symlink() and claims.read_bytes() == b"new"


def test_a_file_that_may_not_be_written_is_not_replaced(shared: Path, as_a_clerk: Callable[[], None]) -> None:
    shared.chmod(0o444)
    as_a_clerk()
    with pytest.raises(PermissionError, match="is read-only"):
        disk.write(shared, b"new")
    assert shared.read_bytes() == b"old" * 100 and others(shared.parent) == []


def test_an_error_names_what_was_asked_for(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError) as error:
        disk.write(tmp_path / "no" / "claims.xlsx", b"")
    assert error.value.filename == str(tmp_path / "no" / "claims.xlsx")


def test_copies_have_names_of_their_own(claims: Path) -> None:
    claims.chmod(0o640)
    for number, content in enumerate((b"1", b"2", b"3"), 1):
        claims.write_bytes(content)
        kept = disk.backup(claims)
        assert kept.name == f"claims.bak{number if number > 1 else ''}.xlsx"
        assert (kept.read_bytes(), rights(kept)[0]) == (content, 0o640)
    assert others(claims.parent) == ["claims.bak.xlsx", "claims.bak2.xlsx", "claims.bak3.xlsx"]


def test_copies_where_the_file_system_has_no_links(claims: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def none(*_: object) -> None:
        raise OSError(errno.EPERM, "Operation not permitted")

    monkeypatch.setattr(os, "link", none)
    assert [disk.backup(claims).name for _ in range(2)] == ["claims.bak.xlsx", "claims.bak2.xlsx"]


# -- what a killed process leaves -------------------------------------------------------------------------------------

#: Makes a workspace with a patient in it and says so; then works on until it is ended.
WORKS = """
import sys, time
from xl_infusion.spreadsheet import disk
with disk.workspace(sys.argv[1]) as folder:
    (folder / "claims.xlsx").write_text("RX-101")
    print(folder, flush=True)
    time.sleep(600)
"""


@pytest.fixture
def worker(tmp_path: Path) -> Iterator[tuple[subprocess.Popen[str], Path]]:
    process = subprocess.Popen([sys.executable, "-c", WORKS, str(tmp_path)], stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    yield process, Path(process.stdout.readline().strip())
    process.kill()
    process.wait()
    process.stdout.close()


def test_the_next_one_takes_away_what_a_killed_one_left(
    worker: tuple[subprocess.Popen[str], Path], tmp_path: Path
) -> None:
    process, folder = worker
    process.send_signal(signal.SIGKILL)
    process.wait()
    assert (folder / "claims.xlsx").read_text() == "RX-101"
    disk.write(tmp_path / "other.xlsx", b"")
    assert not folder.exists() and others(tmp_path) == ["other.xlsx"]


def test_what_another_one_works_on_stays(worker: tuple[subprocess.Popen[str], Path], tmp_path: Path) -> None:
    _, folder = worker
    disk.write(tmp_path / "other.xlsx", b"")
    assert (folder / "claims.xlsx").read_text() == "RX-101"


def test_without_locks_the_process_in_the_name_decides(
    worker: tuple[subprocess.Popen[str], Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    process, folder = worker

    def no_locks(*_: object) -> None:
        raise OSError(errno.ENOLCK, "No locks available")

    monkeypatch.setattr(disk.fcntl, "flock", no_locks)
    elsewhere = tmp_path / folder.name.replace(f"-{process.pid}-", "x-1-")  # of another machine
    elsewhere.mkdir()
    disk.write(tmp_path / "other.xlsx", b"")
    assert folder.exists()
    process.kill()
    process.wait()
    disk.write(tmp_path / "other.xlsx", b"")
    assert not folder.exists() and elsewhere.exists()


def test_nothing_of_another_name_or_kind_is_taken_away(tmp_path: Path) -> None:
    names = [".claims.xlsx.tmp", ".xl-infusion-mine.tmp", "~$claims.xlsx", ".lite-123"]
    for name in names:
        (tmp_path / name).mkdir()
    looks_so = f".xl-infusion-desk-1-{'0' * 16}.tmp"
    (tmp_path / looks_so).write_text("a file")
    disk.sweep(tmp_path)
    assert sorted(one.name for one in tmp_path.iterdir()) == sorted([*names, looks_so])
    disk.sweep(tmp_path / "none")


def test_a_workspace_is_nobody_elses(tmp_path: Path) -> None:
    with disk.workspace(tmp_path) as folder:
        assert rights(folder)[0] == 0o700
    assert list(tmp_path.iterdir()) == []
    with pytest.raises(FileNotFoundError), disk.workspace(tmp_path / "none"):
        pass


@pytest.mark.slow
def test_many_at_once_disturb_each_other_not(tmp_path: Path) -> None:
    code = """
import sys
from xl_infusion.spreadsheet import disk
for number in range(100):
    disk.write(f"{sys.argv[1]}/{sys.argv[2]}.txt", b"x" * number)
"""
    running = [subprocess.Popen([sys.executable, "-c", code, str(tmp_path), str(one)]) for one in range(4)]
    until = time.monotonic() + 120
    assert [one.wait(until - time.monotonic()) for one in running] == [0] * 4
    assert sorted(one.name for one in tmp_path.iterdir()) == [f"{one}.txt" for one in range(4)]
