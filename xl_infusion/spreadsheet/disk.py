"""Files written whole or not at all, over nothing that a user did not ask to have replaced.

Whatever is written is made first in a `workspace`, a folder of this process alone beside its place, and then `put`
there in one step. A process that is killed leaves its workspace; the next one that writes beside it takes it away. A
lock tells a dead process from one that works: it goes with its process, however that ends.

>>> with workspace() as elsewhere:
...     for text in ("one", "two"):
...         with making(elsewhere / "claims.txt") as made:
...             _ = made.write_text(text)
...     (elsewhere / "claims.txt").read_text(), [one.name for one in elsewhere.iterdir()]
('two', ['claims.txt'])
"""

from __future__ import annotations

import contextlib
import errno
import os
import platform
import re
import secrets
import shutil
import signal
import stat
import sys
import tempfile
from collections.abc import Iterable, Iterator
from pathlib import Path

if sys.platform != "win32":
    import fcntl

_BEGIN, _END = ".xl-infusion-", ".tmp"
#: A workspace's name says whose it is: the machine, the process; and a word that makes it one of its kind.
_NAME = re.compile(rf"{re.escape(_BEGIN)}([A-Za-z0-9]*)-([0-9]+)-[0-9a-f]{{16}}{re.escape(_END)}")
_IN_PATH = re.compile(rf"[\\/]?{_NAME.pattern}")
_MACHINE = re.sub(r"[^A-Za-z0-9]", "", platform.node())[:20]
#: What asks a process to end, and can be put off.
_SIGNALS = [getattr(signal, name) for name in ("SIGINT", "SIGTERM", "SIGHUP") if hasattr(signal, name)]


class Exists(FileExistsError):
    """A file is there already, and nobody asked to have it replaced. ``paths``: which."""

    status = 3

    def __init__(self, message: str, paths: tuple[Path, ...]) -> None:
        super().__init__(message)
        self.paths = paths


class NoFile(OSError):
    """What stands under a name is no file, and nothing takes its place: a folder, a device, a pipe."""

    status = 2


def check_regular(path: Path) -> None:
    """Errors: `NoFile` where a folder, a device or a pipe stands."""
    try:
        mode = path.stat().st_mode
    except OSError:
        return  # nothing is there, or whoever opens it says why it cannot be
    if not stat.S_ISREG(mode):
        what = "a folder; name the file to write in it" if stat.S_ISDIR(mode) else "no file but a device or a pipe"
        raise NoFile(f"{path}: is {what}; nothing was written")


def check_free(paths: Iterable[Path], *, force: bool, otherwise: str = "choose another name") -> None:
    """Refuses to write over what is there: the one place that asks. ``force``: the user said that it may.

    Errors: `Exists`; `NoFile`.
    """
    paths = tuple(paths)
    there = tuple(path for path in paths if os.path.lexists(path))
    for path in there:
        check_regular(path)
    if not there or force:
        return
    if len(paths) == 1:
        raise Exists(f"{there[0]} is there already: {otherwise}, or --force to replace it", there)
    folder = Path(os.path.commonpath([path.parent for path in paths]))
    named = ", ".join(str(path.relative_to(folder)) for path in there[:3])
    more = f" and {len(there) - 3} more" if len(there) > 3 else ""
    raise Exists(f"{folder} has {named}{more} already: {otherwise}, or --force to replace what is there", there)


def same_file(one: Path, other: Path) -> bool:
    """Whether two paths lead to one file, by a link too; of files that are not there, whether they are one path."""
    try:
        return os.path.samefile(one, other)
    except OSError:
        return os.path.realpath(one) == os.path.realpath(other)


# -- where files are made ---------------------------------------------------------------------------------------------


@contextlib.contextmanager
def workspace(beside: str | Path | None = None) -> Iterator[Path]:
    """A folder to make files in, within the folder ``beside`` (left out: where temporary files go); then it is gone.

    Nobody else may look into it. Those of killed processes that stand in the same place are taken away.
    Errors: OSError where none can be made.
    """
    parent = Path(tempfile.gettempdir() if beside is None else beside)
    sweep(parent)
    folder = parent / f"{_BEGIN}{_MACHINE}-{os.getpid()}-{secrets.token_hex(8)}{_END}"
    lock = -1
    try:
        lock = _locked(folder)
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)
        if lock >= 0:
            os.close(lock)


def _locked(folder: Path) -> int:
    """Makes a folder and locks it; the handle that keeps the lock, or -1 where there are no locks."""
    while True:
        os.mkdir(folder, 0o700)
        if sys.platform == "win32":
            return -1  # a folder cannot be opened there: the process in its name must do
        try:
            handle = os.open(folder, os.O_RDONLY)
        except FileNotFoundError:  # swept by another before it could be locked
            continue
        try:
            fcntl.flock(handle, fcntl.LOCK_EX)
        except OSError:  # a file system without locks
            return handle
        with contextlib.suppress(FileNotFoundError):
            if os.path.samestat(os.fstat(handle), os.stat(folder)):
                return handle
        os.close(handle)


def sweep(parent: str | Path) -> None:
    """Takes away the workspaces in a folder that are this user's and whose process is dead; never another's."""
    try:
        with os.scandir(parent) as entries:
            names = [entry.name for entry in entries if _NAME.fullmatch(entry.name)]
    except OSError:
        return
    for name in names:
        _take_away(Path(parent, name))


def _take_away(folder: Path) -> None:
    if sys.platform == "win32":
        if _ended(folder.name):
            shutil.rmtree(folder, ignore_errors=True)
        return
    try:
        handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW)
    except OSError:
        return
    try:
        if os.fstat(handle).st_uid == os.geteuid() and _abandoned(handle, folder.name):
            shutil.rmtree(folder, ignore_errors=True)
    finally:
        os.close(handle)


def _abandoned(handle: int, name: str) -> bool:
    """Whether the process is dead that made a workspace: nobody holds its lock."""
    if sys.platform == "win32":
        return False
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    except OSError:  # no locks here
        return _ended(name)
    return True


def _ended(name: str) -> bool:
    """Whether a workspace's name tells of a process of this machine that does not run any more."""
    found = _NAME.fullmatch(name)
    if found is None or found[1] != _MACHINE:
        return False
    import psutil

    return not psutil.pid_exists(int(found[2]))


def told(text: str) -> str:
    """A text without the names of workspaces in it: what is made there has the name that it gets.

    >>> told("/home/jane/.xl-infusion-desk-12-0123456789abcdef.tmp/claims.xlsx: cannot be written")
    '/home/jane/claims.xlsx: cannot be written'
    """
    return _IN_PATH.sub("", text)


# -- putting them in their place --------------------------------------------------------------------------------------


def put(made: Path, target: str | Path, like: os.stat_result | None = None) -> None:
    """Puts a file of a workspace into its place, at once: whoever looks sees the old one or the new one.

    A link's target is replaced, not the link. A file that was there keeps its owner, group, mode, access control list
    and extended attributes. Where these cannot be given to a new file, or the old one has other names (hard links), the
    very file is written over instead, and until that is done the whole new one stands beside it as ``NAME.new.xlsx``.
    A new file has the mode that the umask gives, and no more rights than ``like``, what it was made of.

    Errors: OSError; what was there is then as it was, unless the error says otherwise.
    """
    target = Path(os.path.realpath(target))
    _sync(made)
    before = _status(target)
    if before is None:
        if like is not None:
            os.chmod(made, stat.S_IMODE(made.stat().st_mode) & stat.S_IMODE(like.st_mode))
        os.replace(made, target)
    elif not os.access(target, os.W_OK, effective_ids=os.access in os.supports_effective_ids):
        raise PermissionError(errno.EACCES, "is read-only; allow changes to it, or use another name", str(target))
    elif _made_like(made, target, before):
        os.replace(made, target)
    else:
        _write_over(made, target, before)
    _sync_folder(target.parent)


@contextlib.contextmanager
def making(target: str | Path) -> Iterator[Path]:
    """A path to make a file at, which is `put` into its place when the block ends well.

    Errors: OSError, which names the file that was asked for and not the one that was made.
    """
    place = Path(os.path.realpath(target))
    try:
        with workspace(place.parent) as folder:
            made = folder / place.name
            yield made
            put(made, place)
    except OSError as error:
        if error.filename is None or _IN_PATH.search(str(error.filename)):
            error.filename, error.filename2 = str(target), None
        raise


def write(target: str | Path, data: bytes) -> None:
    """Writes a file whole, or leaves what is there. Errors: OSError."""
    with making(target) as made:
        made.write_bytes(data)


def backup(path: Path) -> Path:
    """A copy of a file beside it, its rights and times too: ``NAME.bak.xlsx``, then ``NAME.bak2.xlsx``, ...

    No earlier copy is written over. Errors: OSError.
    """
    path = Path(os.path.realpath(path))
    with workspace(path.parent) as folder:
        made = folder / path.name
        shutil.copy2(path, made)
        _sync(made)
        return _placed_free(made, path, "bak")


def _placed_free(made: Path, path: Path, word: str) -> Path:
    """Gives a file the first free name of its kind: ``NAME.bak.xlsx``."""
    number = 1
    while True:
        name = path.with_name(f"{path.stem}.{word}{number if number > 1 else ''}{path.suffix}")
        try:
            os.link(made, name)
        except FileExistsError:
            number += 1
        except OSError:  # a file system without links: between the two nobody is likely to take the name
            if os.path.lexists(name):
                number += 1
                continue
            os.rename(made, name)
            return name
        else:
            os.unlink(made)
            return name


def _status(path: Path) -> os.stat_result | None:
    try:
        return os.stat(path)
    except FileNotFoundError:
        return None


def _made_like(made: Path, target: Path, before: os.stat_result) -> bool:
    """Gives a new file all that the old one has beside its content; False where that cannot be."""
    if before.st_nlink > 1:
        return False
    try:
        if sys.platform != "win32":
            now = made.stat()
            if (now.st_uid, now.st_gid) != (before.st_uid, before.st_gid):
                os.chown(made, before.st_uid, before.st_gid)
        os.chmod(made, stat.S_IMODE(before.st_mode))
        if sys.platform == "linux":
            _attributes(made, target)  # after the mode, which an access control list says too
    except OSError:
        return False
    return True


def _attributes(made: Path, target: Path) -> None:
    """Gives a new file the extended attributes of the old one, and no others. Errors: OSError."""
    wanted, has = _attributes_of(target), _attributes_of(made)
    for name in has.keys() - wanted.keys():
        os.removexattr(made, name)
    for name, value in wanted.items():
        if has.get(name) != value:
            os.setxattr(made, name, value)


def _attributes_of(path: Path) -> dict[str, bytes]:
    if sys.platform != "linux":
        return {}
    try:
        return {name: os.getxattr(path, name) for name in os.listxattr(path)}
    except OSError as error:
        if error.errno in (errno.ENOTSUP, errno.ENOSYS):  # a file system that has none
            return {}
        raise


def _write_over(made: Path, target: Path, before: os.stat_result) -> None:
    """Writes the content of a new file into the old one, which stays the file that it is."""
    os.chmod(made, 0o600)
    with open(target, "r+b") as file, open(made, "rb") as whole:
        more = os.fstat(whole.fileno()).st_size - before.st_size
        if more > 0 and hasattr(os, "posix_fallocate"):
            try:
                os.posix_fallocate(file.fileno(), before.st_size, more)  # a full disk is found before anything changes
            except OSError:
                os.ftruncate(file.fileno(), before.st_size)
                raise
        beside = _placed_free(made, target, "new")
        with _undisturbed():
            try:
                shutil.copyfileobj(whole, file, 1 << 20)
                file.truncate()
                file.flush()
                os.fsync(file.fileno())
            except OSError as error:
                why = f"was written in part ({error.strerror}): the whole is in {beside.name} beside it"
                raise OSError(error.errno, why, str(target)) from None
            os.unlink(beside)


@contextlib.contextmanager
def _undisturbed() -> Iterator[None]:
    """Puts off the signals that end a process until the block is done."""
    if sys.platform == "win32":
        yield
        return
    before = signal.pthread_sigmask(signal.SIG_BLOCK, _SIGNALS)
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def _sync(path: Path) -> None:
    with open(path, "r+b") as file:
        os.fsync(file.fileno())


def _sync_folder(folder: Path) -> None:
    """Makes the new name last through a power failure, where the system can."""
    with contextlib.suppress(OSError):
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)
