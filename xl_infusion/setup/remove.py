"""``xl-infusion install --remove``: what ``install`` did for this user, undone; nothing else is touched."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from xl_infusion.setup import configuration
from xl_infusion.setup.addin import Files, addin_file, stranger
from xl_infusion.setup.install import (
    BEFORE,
    NONE,
    NotInstalled,
    another,
    beside_it,
    configuration_file,
    reaching,
)
from xl_infusion.setup.machine import Machine


@dataclass(frozen=True, slots=True)
class Removed:
    """What was undone, and what was left as it is and why; a sentence each."""

    done: tuple[str, ...]
    left: tuple[str, ...]


def remove(
    machine: Machine, files: Files, *, addin: bool = True, replace: bool = False, beside: str | None = None
) -> Removed:
    """Undoes `install`: the add-in goes, and the configuration is again what it was; the second time nothing is done.

    In: how modules are read; whether the add-in is to go too; ``replace``: also where the configuration names another
    Python by now; ``beside``: the folder whose configuration is meant.
    Errors: `NotInstalled`, and `InUse` where Excel has the add-in open; then nothing was changed.
    """
    done: list[str] = []
    left: list[str] = []
    path = configuration_file(machine, beside)
    try:
        text = configuration.read(machine, path)
        settings = configuration.parsed(text)
        other = another(machine, settings) if BEFORE in settings else ""
        if other and not replace:
            raise NotInstalled(
                f"{path} names another Python by now, which may serve the user's workbooks: {other}. Use that one's "
                "xl-infusion install --remove, or --replace to take it out all the same; nothing was changed"
            )
        if addin and not beside:
            _addin(machine, files, done, left)
        _configuration(machine, path, text, done, left)
    except OSError as error:
        raise NotInstalled(
            f"{path} cannot be put back: {error.strerror or error}; {'; '.join(done) or 'nothing was changed'}"
        ) from None
    return Removed(tuple(done), tuple(left))


def _addin(machine: Machine, files: Files, done: list[str], left: list[str]) -> None:
    path = addin_file(machine)
    if not machine.exists(path):
        left.append(f"{path} is not there")
        return
    with reaching(path):
        if why := stranger(machine, files, path):
            left.append(f"{path} {why}: it stays")
            return
        machine.delete(path)
    done.append(f"{path} is deleted")


def _configuration(machine: Machine, path: str, text: str, done: list[str], left: list[str]) -> None:
    settings = configuration.parsed(text)
    if BEFORE not in settings:
        what = "is none that install wrote: it stays" if machine.exists(path) else "is not there"
        left.append(f"{path} {what}")
        return
    copy = "" if settings[BEFORE] == NONE else beside_it(path, settings[BEFORE])
    data = machine.read(copy) if copy else b""
    if data is None:
        left.append(f"{copy}, what the file was before, is not there")
    before = (data or b"").decode(machine.encoding, "replace")
    if data is not None and _as_written(before, settings) == text.splitlines():
        _put_back(machine, path, copy, data, done)
        return
    _taken_out(machine, path, text, before, done)
    if data:
        left.append(f"{copy}, the whole of what it was, stays: {path} was changed since")


def _as_written(before: str, settings: Mapping[str, str]) -> list[str]:
    """The lines of a file as `install` left it, out of what it was before and what it says now of our settings."""
    written = {name: settings[name] for name in (configuration.INTERPRETER, BEFORE) if name in settings}
    return configuration.changed(before, written).splitlines()


def _put_back(machine: Machine, path: str, copy: str, data: bytes, done: list[str]) -> None:
    """The file, which is as `install` wrote it, becomes what it was before."""
    if not copy:
        machine.delete(path)
        done.append(f"{path} is deleted: there was none before")
        return
    machine.write(path, data)
    machine.delete(copy)
    done.append(f"{path} is what it was before (out of {copy}, which is gone with it)")


def _taken_out(machine: Machine, path: str, text: str, before: str, done: list[str]) -> None:
    """Out of a file that was changed since, what `install` wrote; what somebody else wrote stays."""
    old = configuration.parsed(before).get(configuration.INTERPRETER)
    new = configuration.changed(text, {configuration.INTERPRETER: old, BEFORE: None})
    if new:
        machine.write(path, configuration.encoded(machine, new))
    else:
        machine.delete(path)
    done.append(f"{path} names {_named(configuration.parsed(new))}; what else stands in it stays")


def _named(settings: Mapping[str, str]) -> str:
    return settings.get(configuration.INTERPRETER) or settings.get(configuration.LEGACY) or "no Python any more"
