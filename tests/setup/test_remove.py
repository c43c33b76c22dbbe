"""`install --remove` undoes what `install` did, and nothing else; twice is as once."""

from __future__ import annotations

from importlib.metadata import version

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.setup.addins import FOREIGN, made_with
from tests.setup.machines import ADDIN, CONFIGURATION, HOME, PYTHON, Made
from xl_infusion.cli.excel import _Files
from xl_infusion.hosts.excel import files
from xl_infusion.setup.install import InUse, NotInstalled, install
from xl_infusion.setup.remove import Removed, remove

OTHER, LATER = r"C:\Other\python.exe", HOME + r"\later\Scripts\python.exe"
BEFORE = f"{CONFIGURATION}.before"
FILES = _Files()
#: Odd on purpose: blank lines, ends of two kinds, another Python in the middle.
OWN = f'"LICENSE_KEY","abc"\n\r\n"Interpreter_Win","{OTHER}"\r\n"SHOW CONSOLE",True'.encode()


@pytest.fixture(scope="module")
def addin() -> bytes:
    return files.addin()


def removed(machine: Made, **options: bool) -> Removed:
    return remove(machine, FILES, **options)


def test_a_new_machine_is_as_new_again(addin: bytes) -> None:
    machine = Made()
    install(machine, addin, FILES)
    done = removed(machine)
    assert machine.files == {} and not done.left
    assert done.done == (f"{ADDIN} is deleted", f"{CONFIGURATION} is deleted: there was none before")
    again = removed(machine)
    assert machine.files == {} and not again.done
    assert again.left == (f"{ADDIN} is not there", f"{CONFIGURATION} is not there")


_LINES = st.sampled_from(
    ['"LICENSE_KEY","a b"', "", f'"INTERPRETER_WIN","{OTHER}"', f'"interpreter_win","{PYTHON}"', '"INTERPRETER","python"',
     '"SHOW CONSOLE",True', '"é","ü"', "no pair"]
)  # fmt: skip


@given(st.lists(st.tuples(_LINES, st.sampled_from(["\n", "\r\n"])), max_size=6), st.integers(1, 3))
def test_whatever_stood_there_is_back_byte_for_byte(lines: list[tuple[str, str]], installed: int) -> None:
    own = "".join(line + end for line, end in lines).encode("cp1252")
    kept = {CONFIGURATION: own, OTHER: b"MZ", BEFORE: b"a copy of the user's", f"{BEFORE}2": b"another"}
    machine = Made(files=dict(kept))
    for at in range(installed):
        machine.python = (PYTHON, LATER)[at % 2]  # an upgrade into another environment
        machine.files[machine.python] = b"MZ"
        install(machine, None, FILES, replace=True)
    assert machine.files[f"{BEFORE}3"] == own, "what the user had, not what install wrote before"
    removed(machine)
    left = {path: data for path, data in machine.files.items() if path not in (PYTHON, LATER)}
    assert left == kept
    assert removed(machine).done == () and machine.files[CONFIGURATION] == own


def test_what_the_user_changed_since_stays(addin: bytes) -> None:
    machine = Made(files={OTHER: b"MZ", CONFIGURATION: OWN})
    install(machine, addin, FILES, replace=True)
    machine.files[CONFIGURATION] += b'"DEBUG UDFS","True"\r\n'
    done = removed(machine)
    assert machine.files[CONFIGURATION].decode() == (
        f'"LICENSE_KEY","abc"\r\n"SHOW CONSOLE",True\r\n"DEBUG UDFS","True"\r\n"INTERPRETER_WIN","{OTHER}"\r\n'
    )
    assert machine.files[BEFORE] == OWN and BEFORE in done.left[0] and "was changed since" in done.left[0]
    machine = Made()
    install(machine, None, FILES)
    machine.files[CONFIGURATION] += b'"DEBUG UDFS","True"\r\n'
    assert "names no Python any more" in removed(machine).done[0]
    assert machine.files == {CONFIGURATION: b'"DEBUG UDFS","True"\r\n'}


def test_a_copy_that_is_gone_is_said() -> None:
    machine = Made(files={CONFIGURATION: f'"INTERPRETER_WIN","{OTHER}"\r\n'.encode()})
    install(machine, None, FILES)
    del machine.files[BEFORE]
    assert removed(machine).left == (f"{ADDIN} is not there", f"{BEFORE}, what the file was before, is not there")
    assert machine.files == {}
    machine = Made(files={CONFIGURATION: f'"INTERPRETER_WIN","{PYTHON}"\n"XL_INFUSION_BEFORE","no\\name"\n'.encode()})
    assert "name, what the file was before, is not there" in removed(machine).left[1]
    assert machine.files == {}


def test_another_python_by_now_is_left_to_it(addin: bytes) -> None:
    machine = Made(files={OTHER: b"MZ"})
    install(machine, addin, FILES)
    machine.files[CONFIGURATION] = machine.files[CONFIGURATION].replace(PYTHON.encode(), OTHER.encode())
    before = dict(machine.files)
    with pytest.raises(NotInstalled, match=r"another Python by now.*C:\\Other\\python.exe.*--replace.*nothing was"):
        removed(machine)
    assert machine.files == before
    removed(machine, replace=True)
    assert machine.files == {OTHER: b"MZ"}


def test_what_is_not_ours_stays(addin: bytes) -> None:
    own = {CONFIGURATION: OWN, ADDIN: b"somebody's", BEFORE: b"a copy"}
    machine = Made(files=dict(own))
    done = removed(machine)
    assert machine.files == own and not done.done
    assert done.left == (
        f"{ADDIN} is no add-in of xl_infusion: it stays", f"{CONFIGURATION} is none that install wrote: it stays",
    )  # fmt: skip
    machine.files[ADDIN] = made_with("xlwings", version("xlwings"), "0.30.0")
    assert removed(machine).done == (f"{ADDIN} is deleted",), "ours, of an earlier version"


@pytest.mark.parametrize("kind", FOREIGN)
def test_an_add_in_of_somebodys_stays(kind: str) -> None:
    what, data = FOREIGN[kind]()
    machine = Made(files={ADDIN: data})
    assert what in removed(machine).left[0] and "it stays" in removed(machine).left[0]
    assert machine.files == {ADDIN: data}


def test_while_excel_has_the_add_in_open_nothing_is_changed(addin: bytes) -> None:
    machine = Made()
    install(machine, addin, FILES)
    before = dict(machine.files)
    machine.locked = {ADDIN}
    with pytest.raises(InUse, match=r"open in Excel: close Excel .*nothing was changed"):
        removed(machine)
    assert machine.files == before
    removed(machine, addin=False)
    assert set(machine.files) == {ADDIN}, "the configuration alone"


def test_a_configuration_that_cannot_be_written_is_said(addin: bytes) -> None:
    machine = Made(files={CONFIGURATION: OWN})
    install(machine, addin, FILES, replace=True)
    machine.locked = {CONFIGURATION}
    with pytest.raises(NotInstalled, match="cannot be put back: Permission denied; nothing was changed"):
        removed(machine)
    assert ADDIN in machine.files


def test_for_the_workbooks_of_one_folder(addin: bytes) -> None:
    machine = Made()
    install(machine, addin, FILES)
    install(machine, None, FILES, beside=HOME + r"\Claims")
    remove(machine, FILES, beside=HOME + r"\Claims")
    assert set(machine.files) == {CONFIGURATION, ADDIN}
