"""A wrong configuration of each kind, made by hand: doctor names it, and nothing on a healthy machine."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Callable
from importlib.metadata import version
from pathlib import Path

import pytest

from tests import ROOT
from tests.setup.machines import ADDIN, CONFIGURATION, DLL, EXCEL, HOME, PYTHON, Made, healthy, program
from xl_infusion.cli.excel import _Files
from xl_infusion.hosts.excel import files
from xl_infusion.reference import current, editions, look_up
from xl_infusion.setup.doctor import examine
from xl_infusion.setup.findings import ERROR, KINDS, WARNING
from xl_infusion.setup.machine import Process
from xl_infusion.setup.office import ASR, NO_CHILDREN

XLWINGS = version("xlwings")
WITHIN = current().edition.verified_through
BOOK = HOME + r"\Documents\billing.xlsm"
STORE = (
    r"C:\Program Files\WindowsApps\Microsoft.Office.Desktop.Excel_16051.13001.20384.0_x86__8wekyb3d8bbwe"
    r"\Office16\EXCEL.EXE"
)
SECURITY = r"HKCU\Software\Microsoft\Office\16.0\Excel\Security"
POLICY = r"HKCU\Software\Policies\Microsoft\Office\16.0\Excel\Security"
OTHER = r"C:\Other\python.exe"


@pytest.fixture(scope="module")
def addin() -> bytes:
    return files.addin()


@pytest.fixture(scope="module")
def workbook() -> bytes:
    """The one that ships, which is what the package makes (tests/test_regenerated.py)."""
    return (ROOT / "workbook" / files.WORKBOOK).read_bytes()


@pytest.fixture
def machine(addin: bytes) -> Made:
    return healthy(addin, XLWINGS)


def found(machine: Made, *workbooks: str, today: dt.date = WITHIN) -> dict[str, tuple[str, str]]:
    """What doctor finds: kind -> what, remedy."""
    every = examine(machine, workbooks, _Files(), today)
    assert [one.severity for one in every] == sorted(one.severity for one in every), "errors first"
    assert len({one.kind for one in every}) == len(every)
    return {one.kind: (one.what, one.remedy) for one in every}


def settings(python: str, *lines: str) -> bytes:
    pair = f'"INTERPRETER_WIN","{python}"' if python else ""
    return "".join(f"{line}\r\n" for line in (pair, *lines) if line).encode("cp1252")


@pytest.mark.slow
def test_a_healthy_machine_has_no_finding(machine: Made, workbook: bytes) -> None:
    assert found(machine) == {}
    machine.files[BOOK] = workbook
    assert found(machine, BOOK) == {}
    machine.files[EXCEL] = program(0x14C)
    machine.files[DLL.format(XLWINGS).replace("64", "32")] = b"MZ"
    del machine.files[DLL.format(XLWINGS)]
    assert found(machine) == {}, "Excel of 32 bits with a Python of 64"


# -- one kind each ------------------------------------------------------------------------------------------------


def _store(machine: Made) -> None:
    machine.running = [Process(100, 4, "EXCEL.EXE", STORE)]
    machine.files[DLL.format(XLWINGS).replace("64", "32")] = b"MZ"


def _store_not_running(machine: Made) -> None:
    machine.running, machine.keys = [], {}
    machine.files[HOME + r"\AppData\Local\Microsoft\WindowsApps\Microsoft.Office.Desktop_8wekyb3d8bbwe\excel.exe"] = b""
    machine.files[DLL.format(XLWINGS).replace("64", "32")] = b"MZ"


def _no_excel(machine: Made) -> None:
    machine.running, machine.keys = [], {}


def _conf(content: bytes | None) -> Callable[[Made], None]:
    def change(machine: Made) -> None:
        del machine.files[CONFIGURATION]
        if content is not None:
            machine.files[CONFIGURATION] = content

    return change


def _another(machine: Made) -> None:
    machine.files.update({CONFIGURATION: settings(OTHER), OTHER: b"MZ"})
    machine.files[rf"C:\Other\xlwings64-{XLWINGS}.dll"] = b"MZ"


def _legacy(machine: Made) -> None:
    _another(machine)
    machine.files[CONFIGURATION] = f'"INTERPRETER","{OTHER}"\n'.encode()


def _store_python(machine: Made) -> None:
    machine.python = HOME + r"\AppData\Local\Microsoft\WindowsApps\python3.11.exe"
    machine.files.update({CONFIGURATION: settings(machine.python), machine.python: b""})


def _python(**told: object) -> Callable[[Made], None]:
    def change(machine: Made) -> None:
        has = {
            "version": [3, 11, 7], "bits": 64, "platform": "win-amd64", "failed": {}, "xlwings": XLWINGS,
            "xl_infusion": "0.1.0",
        }  # fmt: skip
        machine.says[PYTHON] = json.dumps({**has, **told})

    return change


def _says(text: str) -> Callable[[Made], None]:
    def change(machine: Made) -> None:
        machine.says[PYTHON] = text

    return change


def _lacks(*names: str) -> Callable[[Made], None]:
    def change(machine: Made) -> None:
        machine.lacks = set(names)

    return change


def _no_dll(machine: Made) -> None:
    del machine.files[DLL.format(XLWINGS)]


def _old_dll(machine: Made) -> None:
    _no_dll(machine)
    machine.files[DLL.format("0.30.0")] = b"MZ"


def _excel_of_32_bits(machine: Made) -> None:
    machine.files[EXCEL] = program(0x14C)


def _excel_of_32_bits_by_the_registry(machine: Made) -> None:
    machine.files[EXCEL] = b"unreadable"
    machine.keys[r"HKLM\SOFTWARE\Microsoft\Office\ClickToRun\Configuration"] = {"Platform": "x86"}


def _zombie(machine: Made) -> None:
    machine.running = [one for one in machine.running if one.name != "EXCEL.EXE"]


def _zombie_beside_excel(machine: Made) -> None:
    machine.running.append(Process(200, 99, "pythonw.exe", PYTHON, "pythonw.exe -c xlwings.serve('{2}')"))


def _hidden(machine: Made) -> None:
    machine.running.append(Process(300, 4, "EXCEL.EXE", EXCEL, f'"{EXCEL}" /automation -Embedding'))


def _value(key: str, name: str, value: object) -> Callable[[Made], None]:
    def change(machine: Made) -> None:
        machine.keys[key] = {**machine.keys.get(key, {}), name: value}

    return change


def _marked(zone: str) -> Callable[[Made], None]:
    def change(machine: Made) -> None:
        machine.marks[ADDIN] = f"[ZoneTransfer]\nZoneId={zone}\nHostUrl=https://example.org/xl_infusion.xlam\n"

    return change


def _no_addin(machine: Made) -> None:
    del machine.files[ADDIN]


def _crashed(machine: Made) -> None:
    data = b"\1\0\0\0\0\0\0\0\x20\0\0" + f"{ADDIN.lower()}\0xl_infusion\0".encode("utf-16-le")
    machine.keys[r"HKCU\Software\Microsoft\Office\16.0\Excel\Resiliency\DisabledItems"] = {"9F0C": data}


def _made_with(old: str, new: str, module: str) -> Callable[[Made], None]:
    def change(machine: Made) -> None:
        now = files.vba_modules("xl_infusion.xlam")
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(files, "vba_modules", lambda name: {**now, module: now[module].replace(old, new)})
            machine.files[ADDIN] = files.addin()

    return change


def _no_file(machine: Made) -> None:
    machine.files[ADDIN] = b"PK but no package"


WRONG: dict[str, tuple[str, Callable[[Made], None], str, str]] = {
    "Office from the Store": ("Excel from the Store", _store, "Microsoft.Office.Desktop.Excel", "office.com"),
    "Office from the Store, closed": ("Excel from the Store", _store_not_running, "8wekyb3d8bbwe", "uninstall"),
    "no Excel": ("no Excel", _no_excel, "neither", "office.com"),
    "no configuration": ("no configuration", _conf(None), CONFIGURATION, "xl-infusion install"),
    "a configuration without a Python": ("no configuration", _conf(settings("", '"SHOW CONSOLE","True"')), "PATH", "install"),
    "an interpreter that is gone": (
        "missing interpreter", _conf(settings(r"C:\gone\python.exe")), r"C:\gone", "install",
    ),
    "an interpreter by its environment": (
        "missing interpreter", _conf(settings(r"%USERPROFILE%\gone\python.exe")), HOME, "install",
    ),
    "another interpreter": ("another interpreter", _another, OTHER, "--replace"),
    "another interpreter, as xlwings named it before": ("another interpreter", _legacy, OTHER, "--replace"),
    "an interpreter by its name": (
        "another interpreter", _conf(settings("python")), "first on the PATH", "--replace",
    ),
    "an interpreter that says nothing": ("broken interpreter", _says("hello"), "'hello'", "repair"),
    "a Python of the Store": ("Python from the Store", _store_python, "python3.11.exe", "python.org"),
    "a Python of 32 bits": ("Python's bits", _python(bits=32, platform="win32"), "a 32-bit Python", "64-bit"),
    "a Python for ARM": ("Python's bits", _python(platform="win-arm64"), "an ARM Python", "xl-infusion install"),
    "no pywin32": ("missing module", _lacks("pywin32"), "lacks pywin32 (ModuleNotFoundError", "pip install"),
    "no xl_infusion": ("missing module", _lacks("xl_infusion"), "lacks xl_infusion", "xl-infusion install --replace"),
    "no xlwings": ("missing module", _lacks("xlwings"), "lacks xlwings", f"xlwings=={XLWINGS}"),
    "no DLL": ("DLL missing", _no_dll, f"xlwings64-{XLWINGS}.dll is neither in", f"xlwings=={XLWINGS}"),
    "the DLL of another xlwings": ("DLL missing", _old_dll, f"xlwings64-{XLWINGS}.dll", f"xlwings=={XLWINGS}"),
    "Excel of 32 bits, the DLL of 64": ("DLL of other bits", _excel_of_32_bits, "32 bits", "--force-reinstall"),
    "the same, by the registry": ("DLL of other bits", _excel_of_32_bits_by_the_registry, "32 bits", "reinstall"),
    "debugging": (
        "debug mode", _conf(settings(PYTHON, '"DEBUG UDFS","True"')), "DEBUG UDFS = True", "DEBUG UDFS",
    ),
    "a server without Excel": ("zombie server", _zombie, "process 102", "taskkill /F /PID 102"),
    "a server of an Excel before": ("zombie server", _zombie_beside_excel, "process 200", "taskkill /F /PID 200"),
    "Excel without a window": ("hidden Excel", _hidden, "process 300", "Task Manager"),
    "VBA off": ("VBA off", _value(r"HKLM\SOFTWARE\Microsoft\Office\16.0\Common", "VBAOff", 1), "VBAOff", "ask"),
    "VBA off by policy": (
        "VBA off", _value(r"HKCU\Software\Policies\Microsoft\Office\16.0\Common", "vbaoff", 1), "VBAOff", "ask",
    ),
    "no child processes, by policy": (
        "Defender blocks Python", _value(rf"{ASR[0]}\Rules", NO_CHILDREN, "1"), NO_CHILDREN, "exclusion",
    ),
    "no child processes": (
        "Defender blocks Python", _value(rf"{ASR[1]}\Rules", NO_CHILDREN.lower(), 1), "child processes", "xlwings Lite",
    ),
    "child processes that somebody must allow": (
        "Defender blocks Python", _value(rf"{ASR[1]}\Rules", NO_CHILDREN, 6), PYTHON, "exclusion",
    ),
    "no macros": ("macros off", _value(SECURITY, "VBAWarnings", 4), "(all)", "Macro Settings"),
    "signed macros only, by policy": ("macros off", _value(POLICY, "vbawarnings", 3), "your organisation", "ask who"),
    "no add-ins": ("add-ins off", _value(SECURITY, "DisableAllAddins", 1), "all add-ins", "Trust Center"),
    "signed add-ins only": ("add-ins off", _value(POLICY, "RequireAddinSig", 1), "signature", "ask who"),
    "a file of the internet": ("blocked file", _marked("3"), ADDIN, "Unblock"),
    "no add-in": ("add-in missing", _no_addin, ADDIN, "xl-infusion install"),
    "crashed": ("disabled after a crash", _crashed, ADDIN, "Disabled Items"),
    "another add-in of that name": (
        "add-in missing", _made_with('"xl_infusion.hosts.excel"', '"mine"', "xlwings_udfs"), "another add-in", "--force",
    ),
    "an add-in for another xlwings": (
        "DLL of another version", _made_with(XLWINGS, "0.30.0", "xlwings"), "wants xlwings 0.30.0", "install",
    ),
    "an add-in of before": ("out of date", _made_with("JUNITS", "JUNITZ", "xlwings_udfs"), ADDIN, "install"),
    "no package": ("unreadable file", _no_file, ADDIN, ""),
}  # fmt: skip


@pytest.mark.parametrize(("kind", "change", "what", "remedy"), WRONG.values(), ids=WRONG)
def test_doctor_names_it(machine: Made, kind: str, change: Callable[[Made], None], what: str, remedy: str) -> None:
    change(machine)
    told = found(machine)
    assert set(told) == {kind}
    assert what in told[kind][0] and remedy in told[kind][1] and told[kind][1]


def test_a_python_for_arm_lacks_the_engine_and_the_x64_one_has_it(machine: Made) -> None:
    _python(platform="win-arm64", failed={"pywin32": "ModuleNotFoundError: No module named 'pywintypes'"})(machine)
    told = found(machine)
    assert set(told) == {"Python's bits"}, "what it lacks besides need not be installed"
    what, remedy = told["Python's bits"]
    assert "native formulas (ironcalc) no wheel" in what and PYTHON in what
    assert "the x64 Python from python.org" in remedy and "not the one for ARM64" in remedy
    _python(platform="win-amd64")(machine)
    assert found(machine) == {}, "also on Windows on ARM: what counts is what the Python is made for"


def test_defender_where_it_keeps_nobody_from_it(machine: Made) -> None:
    policy, own = (rf"{key}\Rules" for key in ASR)
    for value in ("0", "2", 5):
        machine.keys = {**machine.keys, policy: {NO_CHILDREN: value}, own: {NO_CHILDREN: 1}}
        assert found(machine) == {}, "off, or only noted, by policy, which goes first"
    machine.keys[policy] = {NO_CHILDREN: "1"}
    assert set(found(machine)) == {"Defender blocks Python"}
    machine.keys[rf"{ASR[0]}\ASROnlyExclusions"] = {r"C:\Other": "0"}
    assert set(found(machine)) == {"Defender blocks Python"}
    machine.keys[rf"{ASR[0]}\ASROnlyExclusions"] = {r"%USERPROFILE%\infusion": "0"}
    assert found(machine) == {}


def test_stale_codes_are_a_warning(machine: Made) -> None:
    told = found(machine, today=WITHIN + dt.timedelta(40))
    assert set(told) == {"stale codes"} and "codes are not verified since" in told["stale codes"][0]
    assert KINDS["stale codes"][0] == WARNING


def test_codes_that_cannot_be_read(machine: Made, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "in_use").write_text("2031-01")
    monkeypatch.setenv(editions.VARIABLE, str(tmp_path))
    look_up._chosen.cache_clear()
    try:
        assert set(found(machine)) == {"unreadable codes"}
    finally:
        look_up._chosen.cache_clear()
        monkeypatch.undo()
        current()


def test_every_kind_has_its_case() -> None:
    cases = {kind for kind, *_ in WRONG.values()} | {"stale codes", "unreadable codes"}
    assert cases == set(KINDS)
    assert {severity for severity, *_ in KINDS.values()} == {ERROR, WARNING}


# -- workbooks ----------------------------------------------------------------------------------------------------


def test_a_workbook_is_looked_at_too(machine: Made, workbook: bytes) -> None:
    del machine.files[ADDIN]
    machine.files[BOOK] = workbook
    assert found(machine, BOOK) == {}, "it needs no add-in"
    machine.marks[BOOK] = "[ZoneTransfer]\r\nZoneId=3\r\n"
    assert set(found(machine, BOOK)) == {"blocked file"}
    machine.marks[BOOK] = "[ZoneTransfer]\r\nZoneId=1\r\n"
    assert found(machine, BOOK) == {}, "the intranet's"
    assert set(found(machine, HOME + r"\no.xlsm")) == {"unreadable file"}


def test_in_a_trusted_location_macros_run(machine: Made, workbook: bytes) -> None:
    machine.files[BOOK] = workbook
    machine.marks[BOOK] = "[ZoneTransfer]\nZoneId=3\n"
    machine.keys[SECURITY] = {"VBAWarnings": 4}
    assert set(found(machine, BOOK)) == {"blocked file", "macros off"}
    location = SECURITY + r"\Trusted Locations\Location3"
    machine.keys[location] = {"Path": r"%USERPROFILE%\documents"}
    assert found(machine, BOOK) == {}
    machine.keys[location] = {"Path": HOME + "\\"}
    assert set(found(machine, BOOK)) == {"blocked file", "macros off"}
    machine.keys[location]["AllowSubfolders"] = 1
    assert found(machine, BOOK) == {}
    machine.keys[SECURITY + r"\Trusted Locations"] = {"AllLocationsDisabled": 1}
    assert set(found(machine, BOOK)) == {"blocked file", "macros off"}


def test_an_organisations_setting_goes_before_the_users(machine: Made) -> None:
    machine.keys[SECURITY] = {"VBAWarnings": 4}
    machine.keys[POLICY] = {"VBAWarnings": 2}
    assert found(machine) == {}


def test_a_configuration_beside_the_workbook_goes_before_the_users(machine: Made, workbook: bytes) -> None:
    beside = HOME + r"\Documents\xlwings.conf"
    machine.files.update({BOOK: workbook, beside: settings(r"C:\gone\python.exe")})
    told = found(machine, BOOK)
    assert set(told) == {"missing interpreter"} and beside in told["missing interpreter"][0]
    machine.files[beside] = settings("", '"SHOW CONSOLE","True"')
    assert found(machine, BOOK) == {}, "it names no Python"


def test_a_workbook_without_macros_lives_by_the_add_in(machine: Made) -> None:
    machine.files[BOOK.replace("xlsm", "xlsx")] = b"PK"
    assert found(machine, BOOK.replace("xlsm", "xlsx")) == {}


def test_a_server_that_cannot_be_traced_to_the_end_is_no_endless_search(machine: Made) -> None:
    machine.running = [
        Process(1, 2, "python.exe", PYTHON, "xlwings.serve('{1}')"), Process(2, 1, "cmd.exe"),
    ]  # fmt: skip
    assert set(found(machine)) == {"zombie server"}
