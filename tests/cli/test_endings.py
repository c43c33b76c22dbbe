"""How commands end that are not let finish: killed at any moment, stopped by a signal, with an output that takes no text.

XL_INFUSION_KILLS sets how many processes are killed; as it is, few enough for every run of the tests.
"""

from __future__ import annotations

import datetime as dt
import os
import random
import shutil
import signal
import subprocess
import sys
import time
import zipfile
from pathlib import Path

import pytest

from tests import billing
from tests.cli.test_remit_command import ODD, written
from tests.test_end_to_end import typed
from xl_infusion.workbook.new import new_workbook

KILLS = int(os.environ.get("XL_INFUSION_KILLS", "12"))
PROGRAM = [sys.executable, "-m", "xl_infusion"]
MARK = ".xl-infusion-"
pytestmark = [
    pytest.mark.skipif(sys.platform == "win32", reason="signals and streams of POSIX"),
    pytest.mark.slow,
]


def start(folder: Path, *arguments: str, **options: object) -> subprocess.Popen[str]:
    """Starts a command as a terminal does: a shell that runs the tests in the background has it ignore Ctrl-C."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        return subprocess.Popen(
            [*PROGRAM, *arguments], cwd=folder, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True,
            **options,  # type: ignore[call-overload]
        )  # fmt: skip
    finally:
        signal.signal(signal.SIGINT, before)


def ended(process: subprocess.Popen[str]) -> tuple[int, str]:
    """How a process ended, and what it said of errors."""
    _, said = process.communicate(timeout=120)
    return process.returncode, said


def shell(folder: Path, command: str, **environment: str) -> subprocess.CompletedProcess[str]:
    """Runs a line of bash in which ``$X`` is the program."""
    return subprocess.run(
        ["bash", "-c", f"X() {{ {' '.join(PROGRAM)} \"$@\"; }}; {command}"], cwd=folder, capture_output=True, text=True,
        env={**os.environ, **environment},
    )  # fmt: skip


def left(folder: Path) -> list[str]:
    """What a killed process left half made."""
    return [one.name for one in folder.rglob("*") if one.name.startswith((MARK, "openpyxl.")) or ".tmp" in one.name]


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a workbook with examples, not computed, a small one of a page, and a remittance."""
    folder = tmp_path_factory.mktemp("made")
    billing.built(folder / "claims.xlsx")
    typed(folder / "small.xlsx", dt.datetime(2013, 5, 1))
    written(folder / "paid.csv", ODD)
    return folder


#: What is killed: the arguments, the file that they write, and what that file was before.
COMMANDS: dict[str, tuple[list[str], str]] = {
    "fill": (["fill", "claims.xlsx"], "claims.xlsx"),
    "remit": (["remit", "paid.csv", "claims.xlsx"], "claims.xlsx"),
    "new": (["new", "new.xlsx", "--force"], "new.xlsx"),
    "convert": (["convert", "claims.xlsx", "--to", "office-js"], "claims.xlsx"),
}
SIGNALS = (signal.SIGKILL, signal.SIGTERM, signal.SIGHUP)


def kill(folder: Path, name: str, number: int, after: float, *, at_work: bool) -> int:
    """Starts a command and kills it after some seconds, or as soon as something half made is seen."""
    process = start(folder, *COMMANDS[name][0])
    until = time.monotonic() + 60
    if at_work:
        while process.poll() is None and time.monotonic() < until and not left(folder):
            time.sleep(0.001)
        time.sleep(after / 50)
    else:
        time.sleep(after)
    process.send_signal(number)
    status, said = ended(process)
    assert "Traceback" not in said or number == signal.SIGKILL, said
    return status


def test_killed_at_any_moment_the_file_is_whole_and_nothing_stays_after_the_next_run(
    made: Path, tmp_path: Path
) -> None:
    chance = random.Random(20)
    killed = 0
    for count in range(KILLS):
        name = list(COMMANDS)[count % len(COMMANDS)]
        number = SIGNALS[count % len(SIGNALS)]
        folder = tmp_path / f"{name}{count // 40}"
        target = folder / COMMANDS[name][1]
        if not folder.exists():
            shutil.copytree(made, folder)
        if name != "new":
            shutil.copy(made / "claims.xlsx", target)
        status = kill(folder, name, number, chance.random() * 3, at_work=count % 2 == 0)
        assert status in (-number, 0), status
        killed += status != 0
        if target.exists():
            with zipfile.ZipFile(target) as archive:
                assert archive.testzip() is None, "whole: the one before, or the new one"
    assert killed > KILLS / 3, "or nothing was tried"
    for folder in tmp_path.iterdir():
        assert ended(start(folder, "fill", "small.xlsx")) == (0, "")
        assert left(folder) == []
        assert {one.name for one in folder.iterdir()} <= {
            "claims.xlsx",
            "paid.csv",
            "new.xlsx",
            "small.xlsx",
        }


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP, signal.SIGINT])
def test_a_signal_tidies_up_and_gives_its_status(made: Path, tmp_path: Path, number: int) -> None:
    """What was half made is gone at once, without a next run."""
    shutil.copy(made / "claims.xlsx", tmp_path)
    process = start(tmp_path, "new", "new.xlsx")
    while process.poll() is None and not left(tmp_path):
        time.sleep(0.001)
    process.send_signal(number)
    assert ended(process) == (-number, ""), "so that a shell says 128 and its number"
    assert [one.name for one in tmp_path.iterdir()] == ["claims.xlsx"]


def test_a_hangup_that_is_ignored_stays_ignored(made: Path, tmp_path: Path) -> None:
    """As under nohup."""
    process = start(tmp_path, "new", "new.xlsx", preexec_fn=lambda: signal.signal(signal.SIGHUP, signal.SIG_IGN))
    while process.poll() is None and not left(tmp_path):
        time.sleep(0.001)
    process.send_signal(signal.SIGHUP)
    assert ended(process) == (0, "") and (tmp_path / "new.xlsx").exists()


#: A reader of a pipe that is gone before anything is written: `head` may be so slow that all of it was.
GONE = "mkfifo gone; { read -r < gone;"


@pytest.mark.parametrize(
    ("command", "status", "says"),
    [
        ("X new new.xlsx --empty > /dev/full", 3, "the output cannot be written (No space left on device)"),
        ("X fill small.xlsx --output new.xlsx >&-", 3, "the output cannot be written (it is closed)"),
        ("X fill small.xlsx --output new.xlsx >&- 2>&-", 3, ""),
        ("X new none/new.xlsx --empty 2>/dev/full", 3, ""),
        ("X fill small.xlsx --quiet >&-", 0, ""),
        ("X codes find > /dev/full", 3, "No space left"),
        ("X --help > /dev/full", 3, "No space left"),
        (f"{GONE} X codes find; }} | {{ exec 0<&-; echo > gone; }}; exit ${{PIPESTATUS[0]}}", 141, ""),
        (f"{GONE} X --help; }} | {{ exec 0<&-; echo > gone; }}; exit ${{PIPESTATUS[0]}}", 141, ""),
    ],
)
def test_an_output_that_takes_no_text(made: Path, tmp_path: Path, command: str, status: int, says: str) -> None:
    shutil.copy(made / "small.xlsx", tmp_path)
    done = shell(tmp_path, command)
    assert done.returncode == status, done
    assert says in done.stderr and (says or not done.stderr), done.stderr
    assert "Traceback" not in done.stderr and "Exception" not in done.stderr
    if " new.xlsx" in command:  # it is written, and whole
        with zipfile.ZipFile(tmp_path / "new.xlsx") as archive:
            assert archive.testzip() is None


def test_a_terminal_of_few_letters(made: Path, tmp_path: Path) -> None:
    folder = tmp_path / "caf\u00e9"
    folder.mkdir()
    shutil.copy(made / "small.xlsx", folder)
    for environment in ({"PYTHONIOENCODING": "ascii"}, {"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"}):
        done = shell(tmp_path, "X fill caf*/small.xlsx --show", **environment)
        assert done.returncode == 0 and "S9502" in done.stdout and done.stdout.isascii(), done.stderr
        missing = shell(tmp_path, "X fill \u00e9.xlsx", **environment)
        assert missing.returncode == 3 and "no such file" in missing.stderr and "Traceback" not in missing.stderr


def test_a_new_workbook_needs_no_folder_for_temporary_files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """openpyxl would write every sheet there."""
    import tempfile

    def full(*_: object, **__: object) -> None:
        raise OSError(28, "No space left on device")

    for name in ("NamedTemporaryFile", "mkstemp", "mkdtemp", "TemporaryDirectory"):
        monkeypatch.setattr(tempfile, name, full)
    monkeypatch.setattr("openpyxl.worksheet._writer.NamedTemporaryFile", full)
    new_workbook(tmp_path / "new.xlsx", examples=False)
    assert [one.name for one in tmp_path.iterdir()] == ["new.xlsx"]


def test_the_program_is_a_module_too(tmp_path: Path) -> None:
    done = subprocess.run([*PROGRAM, "--version"], capture_output=True, text=True)
    assert done.returncode == 0 and done.stdout.startswith("xl_infusion ")
