"""Where editions of the code reference are kept, and which of them is in use.

The bundled edition ships with the package. `xl-infusion codes update` makes others out of CMS's files, each a folder
of its own that is never changed afterwards, in the user's data folder; the file ``in_use`` there names the one that
every function and `fill` answer from. Without that file, or when it names ``bundled``, it is the bundled one.

The environment variable XL_INFUSION_CODES names another folder (a team's share, say), or says ``bundled``.
"""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Mapping

from xl_infusion.errors import ReferenceTableError
from xl_infusion.reference.tables import EDITION, LATER_TABLES, VERIFIED, Read, bundled

VARIABLE = "XL_INFUSION_CODES"
BUNDLED = "bundled"
_IN_USE = "in_use"
#: An edition's name is a folder's.
_LONGEST, _NOT_IN_NAMES = 100, frozenset('/\\:*?"<>|')


class NoEdition(ReferenceTableError):
    """The folder has no edition of the name that somebody gave."""

    status = 3


def folder() -> str:
    """The folder of the editions: XL_INFUSION_CODES, or ``xl_infusion/codes`` in the user's data folder."""
    if (named := os.environ.get(VARIABLE, "")) and named != BUNDLED:
        return os.path.abspath(os.path.expanduser(named))
    home = os.path.expanduser("~")
    if sys.platform == "win32":
        data = os.environ.get("LOCALAPPDATA") or os.path.join(home, "AppData", "Local")
    elif sys.platform == "darwin":
        data = os.path.join(home, "Library", "Application Support")
    else:
        data = os.environ.get("XDG_DATA_HOME") or os.path.join(home, ".local", "share")
    return os.path.join(data, "xl_infusion", "codes")


def chosen(where: str | None = None) -> Read:
    """The tables of the edition in use (of the folder ``where``, or of `folder`).

    Errors: `ReferenceTableError` for an edition that is in use and not there, or whose tables were changed, and for
    a folder that XL_INFUSION_CODES names and that does not say which is in use: no function answers from another
    edition instead.
    """
    if where is None and os.environ.get(VARIABLE) == BUNDLED:
        return bundled
    store = Editions(where or folder())
    if where is None and os.environ.get(VARIABLE) and not os.path.isfile(os.path.join(store.where, _IN_USE)):
        raise ReferenceTableError(  # a share that is not connected is no reason to answer from other codes
            f"{VARIABLE} names {store.where}, and no edition is in use there: connect it, or choose with xl-infusion "
            "codes use"
        )
    return store.read_in_use()


class Editions:
    """The editions of one folder."""

    def __init__(self, where: str) -> None:
        self.where = where

    @property
    def in_use(self) -> str:
        """The name of the edition in use, `BUNDLED` where none was chosen. Errors: `ReferenceTableError`."""
        return self._named()

    def _named(self) -> str:
        try:
            with open(os.path.join(self.where, _IN_USE), encoding="utf-8") as file:
                name = file.read(_LONGEST + 1).strip() or BUNDLED
        except (FileNotFoundError, NotADirectoryError):
            return BUNDLED
        except (OSError, UnicodeDecodeError) as error:
            raise self._not_ours(f"cannot be read ({error})") from None
        if name != BUNDLED and not _is_name(name):
            raise self._not_ours("names no edition, it is none that xl-infusion wrote")
        return name

    def _not_ours(self, what: str) -> ReferenceTableError:
        return ReferenceTableError(
            f"{self._path(_IN_USE)} {what}: move that file away, then choose with xl-infusion codes use"
        )

    @property
    def names(self) -> list[str]:
        """The editions that are there, in the order of their names; the bundled one is not among them."""
        try:
            found = sorted(os.listdir(self.where))
        except OSError:
            return []
        return [name for name in found if not name.startswith(".") and os.path.isfile(self._path(name, EDITION))]

    def read(self, name: str) -> Read:
        """The tables of an edition. Each is compared with the SHA-256 that the edition keeps of it.

        Errors: `NoEdition`.
        """
        if name == BUNDLED:
            return bundled
        if not _is_name(name) or not os.path.isfile(self._path(name, EDITION)):
            has = ", ".join([*self.names, BUNDLED])
            raise NoEdition(
                f"the edition {name!r} is not in {self.where}, which has {has}: choose one with xl-infusion codes use"
            )
        return reading(os.path.join(self.where, name))

    def read_in_use(self) -> Read:
        """The tables of the edition in use, as `read`. Errors: `ReferenceTableError`, also where it is not there."""
        try:
            return self.read(self.in_use)
        except NoEdition as error:  # nobody gave its name now: it is the codes in use that cannot be read
            raise ReferenceTableError(str(error)) from None

    def use(self, name: str) -> None:
        """Puts an edition in use, which must be there.

        Errors: `ReferenceTableError`, also for a file ``in_use`` of somebody else's; OSError.
        """
        from xl_infusion.spreadsheet import disk  # where functions are worked out nothing is written

        self.read(name)
        self._named()  # a file of somebody else's is not written over
        os.makedirs(self.where, exist_ok=True)
        disk.write(os.path.join(self.where, _IN_USE), f"{name}\n".encode())

    def free_name(self, wanted: str, *taken: str) -> str:
        """``wanted``, or with a number behind it where an edition of that name is there or ``taken``."""
        number, name = 1, wanted
        while name in taken or os.path.exists(self._path(name)):
            number += 1
            name = f"{wanted}.{number}"
        return name

    def with_tables(self, tables: Mapping[str, str]) -> str:
        """The edition that has the same tables, whatever it was made from; "" where none has."""
        wanted = {table: sha256(text) for table, text in tables.items() if table != EDITION}
        return next((name for name in self.names if self._sums(name) == wanted), "")

    def _sums(self, name: str) -> object:
        """The SHA-256 that an edition has of each of its tables; None where it has none, or is damaged."""
        try:
            with open(self._path(name, EDITION), encoding="utf-8") as file:
                return json.load(file).get("sums")
        except (OSError, ValueError, AttributeError):
            return None

    def add(self, name: str, tables: Mapping[str, str]) -> None:
        """Writes a new edition: wholly, or not at all. Errors: OSError, FileExistsError for one of that name.

        It is written beside its place and moved there when it is whole, so that what interrupts it leaves no
        edition, and the one in use as it is.
        """
        if not _is_name(name):
            raise ReferenceTableError(f"the edition {name!r} has no name that can be a folder's: 2025-10")
        from xl_infusion.spreadsheet import disk

        os.makedirs(self.where, exist_ok=True)
        with disk.workspace(self.where) as temporary:
            made = os.path.join(temporary, name)
            os.mkdir(made)
            for table, text in tables.items():
                _write(os.path.join(made, table), text)
            os.rename(made, self._path(name))

    def _path(self, *names: str) -> str:
        return os.path.join(self.where, *names)


def reading(where: str) -> Read:
    """The tables in the folder of an edition, each compared with the SHA-256 that edition.json has of it.

    An edition made by hand may have none; then its tables are read as they are. A table that came after an edition
    was made has the rows that ship, but for the days through which codes are verified: the edition says its one.
    """
    sums: dict[str, str] | None = None

    def read(name: str) -> str:
        nonlocal sums
        if sums is None and name != EDITION:
            read(EDITION)
        path = os.path.join(where, name)
        if name in LATER_TABLES and name not in (sums or ()) and not os.path.lexists(path):
            return _later(name, read, where)
        try:
            with open(path, encoding="utf-8", newline="") as file:
                text = file.read()
        except (OSError, UnicodeDecodeError) as error:
            raise _damaged(path, str(getattr(error, "strerror", None) or error)) from None
        if name == EDITION:
            try:
                sums = dict(json.loads(text).get("sums") or {})
            except (ValueError, TypeError, AttributeError):
                raise _damaged(path, "it is not the description of an edition") from None
        elif sums and sums.get(name) != sha256(text):
            raise _damaged(path, "it was changed after the edition was made")
        return text

    return read


def _later(name: str, read: Read, where: str) -> str:
    """A table that came after the edition of the folder ``where`` was made."""
    from xl_infusion.reference.verified import one_range  # an edition that has the table does not need it

    if name != VERIFIED:
        return bundled(name)
    try:
        return one_range(read(EDITION))
    except (ValueError, KeyError, TypeError):
        raise _damaged(os.path.join(where, EDITION), "it does not say through which day it is verified") from None


def sha256(text: str) -> str:
    """The SHA-256 of a table's text."""
    import hashlib  # not when the bundled edition is in use

    return hashlib.sha256(text.encode("utf-8")).hexdigest()


def _damaged(path: str, what: str) -> ReferenceTableError:
    return ReferenceTableError(
        f"{path}: {what}: choose another edition with xl-infusion codes use, or make it again with codes update"
    )


def _is_name(name: str) -> bool:
    fits = 0 < len(name) <= _LONGEST and name.isprintable()
    return fits and name != BUNDLED and not name.startswith(".") and not set(name) & _NOT_IN_NAMES


def _write(path: str, text: str) -> None:
    with open(path, "w", encoding="utf-8", newline="") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
