"""What `install` writes, and that xlwings reads it so; what it leaves alone, and why it refuses."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from tests.setup.addins import FOREIGN, made_with
from tests.setup.machines import ADDIN, CONFIGURATION, HOME, PYTHON, Made
from xl_infusion.cli.excel import _Files
from xl_infusion.setup import configuration
from xl_infusion.setup.install import InUse, NotInstalled, install

OTHER = r"C:\Other\python.exe"
BEFORE = f"{CONFIGURATION}.before"
DATA = b"the add-in"
FILES = _Files()


def conf(machine: Made, path: str = CONFIGURATION) -> str:
    return machine.files[path].decode(machine.encoding)


def python_in(machine: Made, path: str = CONFIGURATION) -> str:
    return configuration.parsed(conf(machine, path))[configuration.INTERPRETER]


def test_on_a_new_machine() -> None:
    machine = Made()
    done = install(machine, DATA, FILES)
    assert conf(machine) == f'"INTERPRETER_WIN","{PYTHON}"\r\n"XL_INFUSION_BEFORE","none"\r\n'
    assert machine.files[ADDIN] == DATA
    assert (done.configuration, done.python, done.before, done.copy, done.addin) == (
        CONFIGURATION, PYTHON, "", "", ADDIN,
    )  # fmt: skip
    assert set(machine.files) == {CONFIGURATION, ADDIN}


def test_xlwings_reads_what_is_written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    import xlwings.utils

    machine = Made()
    install(machine, None, FILES)
    (tmp_path / "xlwings.conf").write_bytes(machine.files[CONFIGURATION])
    monkeypatch.setattr(xlwings, "USER_CONFIG_FILE", str(tmp_path / "xlwings.conf"))
    assert xlwings.utils.read_user_config() == {
        "interpreter_win": PYTHON, "xl_infusion_before": "none",
    }  # fmt: skip


def test_it_is_where_xlwings_looks(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """On this machine xlwings' own notion of its file; a Windows path is compared by its parts."""
    import xlwings

    home = os.path.expanduser("~")
    machine = Made(environment={"USERPROFILE": home})
    assert Path(configuration.user_file(machine).replace("\\", "/")) == Path(xlwings.USER_CONFIG_FILE)


def test_other_settings_stay() -> None:
    machine = Made()
    before = (
        '"LICENSE_KEY","abc, def"\r\n\r\n"Interpreter_Win","' + PYTHON.replace("python.exe", "pythonw.exe") + '"\r\n'
    )
    machine.files[CONFIGURATION] = before.encode() + b'"SHOW CONSOLE",True\r\n'
    done = install(machine, None, FILES)
    assert conf(machine) == (
        f'"LICENSE_KEY","abc, def"\r\n"SHOW CONSOLE",True\r\n"INTERPRETER_WIN","{PYTHON}"\r\n'
        '"XL_INFUSION_BEFORE","xlwings.conf.before"\r\n'
    )
    assert done.before == "", "it was this Python already"
    assert done.copy == BEFORE and machine.files[BEFORE] == before.encode() + b'"SHOW CONSOLE",True\r\n'
    again = conf(machine)
    assert install(machine, None, FILES).copy == BEFORE and conf(machine) == again
    assert machine.files[BEFORE].startswith(before.encode()), "the user's own, not what install wrote"


def test_another_python_that_works_is_replaced_only_when_asked() -> None:
    machine = Made(files={OTHER: b"MZ", CONFIGURATION: f'"INTERPRETER_WIN","{OTHER}"\n'.encode()})
    before = dict(machine.files)
    with pytest.raises(NotInstalled, match=r"has another Python.*C:\\Other\\python.exe.*--replace.*--beside"):
        install(machine, DATA, FILES)
    assert machine.files == before
    done = install(machine, DATA, FILES, replace=True)
    assert done.before == OTHER and machine.files[done.copy] == before[CONFIGURATION]
    assert python_in(machine) == PYTHON and ADDIN in machine.files


def test_a_bare_name_may_be_a_python_that_works() -> None:
    machine = Made(files={CONFIGURATION: b'"INTERPRETER","python"\n'})
    with pytest.raises(NotInstalled, match="another Python"):
        install(machine, None, FILES)
    install(machine, None, FILES, replace=True)
    assert configuration.interpreter(machine, configuration.parsed(conf(machine))) == PYTHON


def test_a_python_that_is_gone_is_replaced() -> None:
    machine = Made(files={CONFIGURATION: f'"INTERPRETER_WIN","{OTHER}"\n'.encode()})
    assert install(machine, None, FILES).before == OTHER
    assert python_in(machine) == PYTHON


def test_for_the_workbooks_of_one_folder() -> None:
    machine = Made(files={OTHER: b"MZ", CONFIGURATION: f'"INTERPRETER_WIN","{OTHER}"\n'.encode()})
    install(machine, None, FILES, beside=HOME + r"\Claims")
    assert OTHER in conf(machine)
    assert python_in(machine, HOME + r"\Claims\xlwings.conf") == PYTHON
    assert ADDIN not in machine.files


def test_a_path_that_vba_could_not_read_is_refused() -> None:
    machine = Made(python="C:\\Users\\Žofie\\Python\\python.exe", encoding="cp1252")
    install(machine, None, FILES)
    assert (
        '"INTERPRETER_WIN","C:\\Users\\Žofie\\Python\\python.exe"\r\n'.encode("cp1252") in machine.files[CONFIGURATION]
    )
    machine = Made(python="C:\\Users\\佐藤\\python.exe")
    with pytest.raises(NotInstalled, match=r"'佐'.*code page.*another folder; nothing was changed"):
        install(machine, DATA, FILES)
    assert machine.files == {}
    machine = Made(python='C:\\a"b\\python.exe')
    with pytest.raises(NotInstalled, match="quotation mark"):
        install(machine, DATA, FILES)


def test_an_add_in_that_excel_has_open_is_said() -> None:
    machine = Made(locked={ADDIN})
    with pytest.raises(InUse, match=r"configuration is written, the add-in is not.*open in Excel"):
        install(machine, DATA, FILES)
    assert PYTHON in conf(machine)
    with pytest.raises(NotInstalled, match="cannot be written"):
        install(Made(locked={CONFIGURATION}), DATA, FILES)


@pytest.mark.parametrize("kind", FOREIGN)
def test_a_file_of_the_add_ins_name_that_is_somebodys_is_refused(kind: str) -> None:
    what, data = FOREIGN[kind]()
    machine = Made(files={ADDIN: data})
    with pytest.raises(NotInstalled) as refused:
        install(machine, DATA, FILES)
    assert what in str(refused.value) and "move it away, or --force" in str(refused.value)
    assert machine.files == {ADDIN: data}, "nothing was changed, the configuration neither"
    install(machine, None, FILES)
    assert machine.files[ADDIN] == data, "without the add-in it is no matter"
    install(machine, DATA, FILES, force=True)
    assert machine.files[ADDIN] == DATA


def test_our_own_add_in_is_replaced_whatever_its_version() -> None:
    machine = Made(files={ADDIN: made_with("xlwings_udfs", "JUNITS", "JUNITZ")})
    install(machine, DATA, FILES)
    assert machine.files[ADDIN] == DATA


def test_one_that_cannot_be_looked_at_is_refused() -> None:
    machine = Made(files={ADDIN: b"open"}, locked={ADDIN})
    with pytest.raises(InUse, match=r"open in Excel.*nothing was changed"):
        install(machine, DATA, FILES)
    assert set(machine.files) == {ADDIN}
