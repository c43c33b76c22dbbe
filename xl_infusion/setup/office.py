"""Which Excel a machine has, and what it lets run: read from the registry and the program's file.

The keys are those that Microsoft documents for Click-to-Run and the Trust Center, and that administrators' tools
read. Not verified on Windows.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import PureWindowsPath

from xl_infusion.setup.configuration import expanded
from xl_infusion.setup.machine import Machine

CLICK_TO_RUN = r"HKLM\SOFTWARE\Microsoft\Office\ClickToRun\Configuration"
APP_PATHS = r"SOFTWARE\Microsoft\Windows\CurrentVersion\App Paths\excel.exe"
#: Excel 2016, 2019, 2021, 2024 and Microsoft 365 all are version 16.0.
USER = r"HKCU\Software\Microsoft\Office\16.0"
#: Where an organisation's settings are, which go before the user's: by group policy, and by the cloud service.
POLICIES = (
    r"HKCU\Software\Policies\Microsoft\Cloud\Office\16.0",
    r"HKCU\Software\Policies\Microsoft\Office\16.0",
    r"HKLM\Software\Policies\Microsoft\Office\16.0",
)
#: The folder of programs of the Microsoft Store, and the name of Office's package there.
STORE_FOLDER, STORE_PACKAGE = "windowsapps", "microsoft.office.desktop"
#: The command by which the Store's Excel is started, within the user's local data.
STORE_COMMAND = r"Microsoft\WindowsApps\Microsoft.Office.Desktop_8wekyb3d8bbwe\excel.exe"

#: Microsoft Defender's attack surface reduction rules: an organisation's, which go before those of the machine.
ASR = (
    r"HKLM\Software\Policies\Microsoft\Windows Defender\Windows Defender Exploit Guard\ASR",
    r"HKLM\SOFTWARE\Microsoft\Windows Defender\Windows Defender Exploit Guard\ASR",
)
#: Its rule "Block all Office applications from creating child processes", and what of its values keeps Python from
#: starting: block, and warn until somebody allows it. 2 only notes it.
NO_CHILDREN, BLOCKING = "D4F940AB-401B-4EFC-AADC-AD5F3C50688A", ("1", "6")

#: What a program's file says it is made for (the machine in its PE header): the only 32-bit one.
_X86 = 0x014C

#: What Excel does with macros (VBAWarnings) where the Trust Center was never touched.
ASK, ONLY_SIGNED, NEVER = 2, 3, 4


@dataclass(frozen=True, slots=True)
class Excel:
    """An installed Excel: where, whether it comes from the Microsoft Store, 32 or 64 bits (None: unknown)."""

    path: str
    from_store: bool
    bits: int | None


def excel(machine: Machine) -> Excel | None:
    """The Excel of a machine: the one that runs, or else the one that Windows starts; None where there is none."""
    path = next(filter(None, _paths(machine)), None)
    if path is None:
        return None
    store = _is_of_store(expanded(machine, path))
    return Excel(path, store, 32 if store else _bits(machine, path))


def _paths(machine: Machine) -> Iterator[str]:
    """Where an Excel may be, "" where a place has none: those that run, those that Windows starts, the Store's."""
    for process in machine.processes():
        if process.name.upper() == "EXCEL.EXE":
            yield process.path
    for hive in ("HKCU", "HKLM"):
        yield str(machine.registry(f"{hive}\\{APP_PATHS}").get("", "")).strip('"')
    command = str(PureWindowsPath(machine.environment.get("LOCALAPPDATA", ""), STORE_COMMAND))
    if machine.exists(command):
        yield command


def _is_of_store(path: str) -> bool:
    """Whether a program comes from the Microsoft Store."""
    parts = [part.lower() for part in PureWindowsPath(path).parts]
    return STORE_FOLDER in parts and any(part.startswith(STORE_PACKAGE) for part in parts)


def _bits(machine: Machine, path: str) -> int | None:
    try:
        head = machine.read(expanded(machine, path), 4096) or b""
    except OSError:
        head = b""
    at = int.from_bytes(head[0x3C:0x40], "little")
    if head[:2] == b"MZ" and head[at : at + 4] == b"PE\0\0" and len(head) >= at + 6:
        return 32 if int.from_bytes(head[at + 4 : at + 6], "little") == _X86 else 64
    platform = str(machine.registry(CLICK_TO_RUN).get("platform", "")).lower()
    return {"x86": 32, "x64": 64, "arm64": 64}.get(platform)


def setting(machine: Machine, key: str, name: str) -> tuple[int, bool] | None:
    """A setting of Office as it is in force, and whether the organisation set it; None where nobody did.

    ``key`` within Office's own: ``Excel\\Security``.
    """
    for root in (*POLICIES, USER):
        value = machine.registry(f"{root}\\{key}").get(name.lower())
        if isinstance(value, int):
            return value, root != USER
    return None


def vba_is_off(machine: Machine) -> bool:
    """Whether VBA is switched off in all of Office."""
    machines_own = machine.registry(r"HKLM\SOFTWARE\Microsoft\Office\16.0\Common").get("vbaoff")
    return machines_own == 1 or (setting(machine, "Common", "VBAOff") or (0, False))[0] == 1


def starts_no_python(machine: Machine, python: str) -> str:
    """The key by which Defender keeps Excel from starting a Python; "" where it does not, or an exclusion is for it."""
    for root in ASR:
        value = machine.registry(f"{root}\\Rules").get(NO_CHILDREN.lower())
        if value is None:
            continue
        if str(value).strip() not in BLOCKING:
            return ""
        excluded = [path for one in ASR for path in machine.registry(f"{one}\\ASROnlyExclusions")]
        places = [PureWindowsPath(expanded(machine, path)) for path in excluded if path]
        return "" if any(PureWindowsPath(python).is_relative_to(place) for place in places) else f"{root}\\Rules"
    return ""


def trusted(machine: Machine, path: str) -> bool:
    """Whether a file is in one of Excel's trusted locations: macros run there whatever else is set."""
    key = r"Excel\Security\Trusted Locations"
    if (setting(machine, key, "AllLocationsDisabled") or (0, False))[0] == 1:
        return False
    file = PureWindowsPath(path)
    for root in (USER, *POLICIES):
        for name in machine.subkeys(f"{root}\\{key}"):
            told = machine.registry(f"{root}\\{key}\\{name}")
            folder = PureWindowsPath(expanded(machine, str(told.get("path", ""))))
            if folder.parts and (
                file.parent == folder or (told.get("allowsubfolders") == 1 and file.is_relative_to(folder))
            ):
                return True
    return False


def disabled(machine: Machine, path: str) -> bool:
    """Whether Excel put a file on its list of what it opens no more, after it had crashed with it."""
    name = PureWindowsPath(path).name.lower()
    for value in machine.registry(USER + r"\Excel\Resiliency\DisabledItems").values():
        if isinstance(value, bytes):
            # its text begins at no fixed place: read from even and from odd ones
            texts = "".join(value[start:].decode("utf-16-le", "replace") for start in (0, 1))
            if re.search(rf"(^|[\\/\0]){re.escape(name)}(\0|$)", texts.lower()):
                return True
    return False


def start_folder(machine: Machine) -> str:
    """XLSTART: the folder whose files Excel opens when it starts."""
    return str(PureWindowsPath(machine.environment.get("APPDATA", ""), r"Microsoft\Excel\XLSTART"))
