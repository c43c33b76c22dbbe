"""What `doctor` can find, each kind with what it comes from, as its page in docs/hosts.md has it."""

from __future__ import annotations

from dataclasses import dataclass

from xl_infusion.reference.verified import REMEDY

ERROR, WARNING = "ERROR", "WARNING"

#: Kind -> how bad it is (ERROR: no function calculates; WARNING: it may), what one sees, and what to do.
KINDS: dict[str, tuple[str, str, str]] = {
    "no Excel": (
        ERROR, "no Excel is found",
        "install Microsoft 365 or Office from office.com; without Excel use xl-infusion fill",
    ),
    "Excel from the Store": (
        ERROR, "every formula waits a minute, then shows #VALUE!",
        "uninstall Office under Settings > Apps and install it from office.com: Excel from the Microsoft Store cannot "
        "start Python",
    ),
    "no configuration": (ERROR, "#VALUE!, or Python could not be found", "xl-infusion install"),
    "missing interpreter": (
        ERROR, "#VALUE!: the Python in xlwings.conf is not there any more", "xl-infusion install",
    ),
    "another interpreter": (
        WARNING, "#VALUE!, or other codes than here", "xl-infusion install --replace",
    ),
    "broken interpreter": (
        ERROR, "#VALUE!: the Python in xlwings.conf does not run",
        "repair that Python or its virtual environment, then xl-infusion install",
    ),
    "Python from the Store": (
        ERROR, "#VALUE!: Excel does not find xlwings' DLL beside a Python of the Microsoft Store",
        "install Python from python.org and xl_infusion into it, then xl-infusion install",
    ),
    "Python's bits": (
        ERROR, "#VALUE!: xlwings has no DLL for a 32-bit or an ARM Python",
        "install the 64-bit Python from python.org (Windows installer, 64-bit; on Windows on ARM too, not the one for "
        "ARM64); Excel may be of either kind",
    ),
    "missing module": (
        ERROR, "#VALUE!: that Python lacks a package",
        "pip install it, with the Python in xlwings.conf",
    ),
    "DLL missing": (
        ERROR, "#VALUE!: could not load xlwings64-....dll",
        "pip install --force-reinstall --no-deps the version of xlwings that is needed",
    ),
    "DLL of other bits": (
        ERROR, "#VALUE!: Excel has other bits (32, 64) than the DLL that is there",
        "pip install --force-reinstall --no-deps xlwings, which brings both",
    ),
    "DLL of another version": (
        ERROR, "#VALUE!: the file wants the DLL of another version of xlwings than is installed",
        "xl-infusion install for the add-in, xl-infusion excel renew FILE for a workbook",
    ),
    "debug mode": (
        ERROR, "#VALUE!: xlwings waits for a Python that is being debugged",
        'take the line "DEBUG UDFS" out of xlwings.conf',
    ),
    "zombie server": (
        ERROR, "#VALUE!, or results of before an update: a Python server of an Excel that is gone",
        "end it: taskkill /F /PID and its number",
    ),
    "hidden Excel": (
        WARNING, "files are in use, updates do not show: an Excel without a window, which another program started",
        "save and close the Excel that you see; end this one in the Task Manager if no program works with it",
    ),
    "VBA off": (ERROR, "#NAME?: VBA is switched off in Office", "ask who administers Office"),
    "Defender blocks Python": (
        ERROR, "#VALUE! everywhere: Microsoft Defender lets no Office program start another one",
        "ask who administers Windows for an exclusion of that Python from the rule (attack surface reduction); or use "
        "xlwings Lite (xl-infusion lite), which starts no process",
    ),
    "macros off": (
        ERROR, "#NAME?, without a message",
        "File > Options > Trust Center > Macro Settings: disable with notification; or put the file in a trusted "
        "location",
    ),
    "blocked file": (
        ERROR, "#NAME?, and a red bar: Microsoft has blocked macros from running",
        "right-click the file > Properties > Unblock; or put it in a trusted location",
    ),
    "add-ins off": (
        WARNING, "#NAME? in workbooks that are not .xlsm",
        "File > Options > Trust Center > Add-ins: take the ticks out",
    ),
    "add-in missing": (WARNING, "#NAME? in workbooks that are not .xlsm", "xl-infusion install"),
    "disabled after a crash": (
        ERROR, "#NAME?: Excel does not open the file any more",
        "File > Options > Add-ins > Manage: Disabled Items > Go > Enable",
    ),
    "out of date": (
        WARNING, "#NAME? for a new function, #VALUE! for a new argument",
        "xl-infusion install for the add-in, xl-infusion excel renew FILE for a workbook",
    ),
    "unreadable file": (ERROR, "the file cannot be read", "see what is said of it"),
    "stale codes": (WARNING, "claim lines say STALE", REMEDY),
    "unreadable codes": (ERROR, "#VALUE! everywhere", "see what is said of them"),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Diagnosis:
    """One thing that is wrong: its kind, how bad it is, what is wrong and where, and what to do."""

    kind: str
    what: str
    remedy: str

    @property
    def severity(self) -> str:
        return KINDS[self.kind][0]


def diagnosis(kind: str, what: str, remedy: str = "") -> Diagnosis:
    """A finding of a kind, with the kind's remedy where no nearer one is given."""
    return Diagnosis(kind, what, remedy or KINDS[kind][2])
