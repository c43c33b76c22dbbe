"""A real xlwings Server, started from a folder that `xl-infusion server` wrote, and a Chromium that opens its page.

All of it asks for XLWINGS_LICENSE_KEY: tests that use it are marked ``licensed``. The server has a Python of its own, in
which the steps of the folder's README were taken; it and the browser are ended by their process ids.
"""

from __future__ import annotations

import contextlib
import http.client
import json
import os
import shutil
import socket
import subprocess
import time
import venv
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from tests import ROOT
from tests.hosts.lite import pyodide
from tests.hosts.lite.pyodide import sendable, shown
from xl_infusion.hosts.lite.single_file import XLWINGS

HERE = Path(__file__).parent
#: Seconds that a start may take on a busy machine.
PATIENCE = 120
NAMES = ("chromium", "chromium-browser", "google-chrome")


class Refused(AssertionError):
    """The server answered a call with an HTTP error; ``status`` and its text."""

    def __init__(self, status: int, text: str) -> None:
        super().__init__(f"{status}: {text}")
        self.status, self.text = status, text


def python(folder: Path, project: Path) -> Path:
    """A new Python in ``folder`` with what a project's README installs; xl_infusion out of a copy of this tree."""
    copy = folder / "copy"
    shutil.copytree(ROOT / "xl_infusion", copy / "xl_infusion", ignore=shutil.ignore_patterns("__pycache__"))
    for name in ("pyproject.toml", "README.md", "LICENSE"):
        shutil.copy(ROOT / name, copy)
    venv.create(folder / "python", with_pip=True)
    made = folder / "python" / "bin" / "python"
    for wanted in ([str(copy)], ["-r", str(project / "requirements.txt")]):
        done = subprocess.run([made, "-m", "pip", "install", "--quiet", *wanted], capture_output=True, text=True)
        assert done.returncode == 0, done.stdout + done.stderr
    return made


def environment() -> dict[str, str]:
    """What a server's process is given: the licence key of this one, and nothing that would find this tree."""
    keep = ("PATH", "HOME", "XLWINGS_LICENSE_KEY")
    return {name: os.environ[name] for name in keep if name in os.environ}


class Server:
    """A running server. ``address``: http://127.0.0.1 and its port."""

    def __init__(self, port: int) -> None:
        self.port, self.address = port, f"http://127.0.0.1:{port}"
        self._connection = http.client.HTTPConnection("127.0.0.1", port, timeout=PATIENCE)

    def get(self, path: str) -> tuple[str, str]:
        """The content type and the text at a path."""
        status, kind, data = self._asked("GET", path)
        if status != 200:
            raise Refused(status, data.decode())
        return kind, data.decode()

    def call(self, function: str, *arguments: object, runtime: str = "1.4") -> list[list[object]]:
        """The cells that a call shows. Arguments as Python has them; None at the top is an argument left out."""
        return shown(json.loads(self.posted(function, *arguments, runtime=runtime))["result"])

    def posted(self, function: str, *arguments: object, runtime: str = "1.4") -> bytes:
        """The answer to a call, as it comes."""
        return self.sent(self.body(function, *arguments, runtime=runtime))

    def sent(self, body: bytes) -> bytes:
        """The answer to what `body` made."""
        status, _, data = self._asked("POST", "/xlwings/custom-functions-call", body)
        if status != 200:
            raise Refused(status, data.decode())
        return data

    def body(self, function: str, *arguments: object, runtime: str = "1.4") -> bytes:
        """What xlwings' JavaScript sends for a call."""
        sent = [None if one is None else sendable(one) for one in arguments]
        return json.dumps({
            "client": "Office.js", "func_name": function, "args": sent, "caller_address": "[claims.xlsx]Claim!A1",
            "session_id": "tests", "culture_info_name": "en-US", "date_format": "m/d/yyyy", "version": XLWINGS,
            "runtime": runtime,
        }).encode()  # fmt: skip

    def close(self) -> None:
        """Ends the connection."""
        self._connection.close()

    def _asked(self, method: str, path: str, body: bytes | None = None) -> tuple[int, str, bytes]:
        headers = {"Content-Type": "application/json"} if body else {}
        for once_more in (True, False):
            try:
                self._connection.request(method, path, body, headers)
                answer = self._connection.getresponse()
                return answer.status, answer.getheader("Content-Type", ""), answer.read()
            except ConnectionError:  # a connection that was idle for a while, or has had a failure, the server closes
                self._connection.close()
                if not once_more:
                    raise
        raise AssertionError


@contextlib.contextmanager
def running(project: Path, python: Path) -> Iterator[Server]:
    """The server of a project, in its own process on a free port, for the length of the block.

    Its log stands in ``server.log`` beside the project.
    """
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    log = project.with_name("server.log")
    command = [python, "-m", "uvicorn", "xlwings_server.main:main_app", "--host", "127.0.0.1", "--port", str(port)]
    with log.open("w") as out:
        process = subprocess.Popen(command, cwd=project, env=environment(), stdout=out, stderr=out)
    server = Server(port)
    try:
        end = time.monotonic() + PATIENCE
        while True:
            assert process.poll() is None, log.read_text()
            with contextlib.suppress(ConnectionError):
                server.get("/xlwings/custom-functions-meta.json")
                break
            assert time.monotonic() < end, log.read_text()
            time.sleep(0.1)
        yield server
    finally:
        server.close()
        process.terminate()
        process.wait(timeout=30)


class Browser:
    """A Chromium that has a server's task pane open. ``about``: what the page has."""

    def __init__(self, folder: Path, server: Server, runtime: str) -> None:
        chromium = next(filter(None, map(shutil.which, NAMES)), None)
        assert chromium, "no Chromium: the tests of xlwings Server run its page in one (Debian: apt install chromium)"
        keep = {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ}
        self._process = subprocess.Popen(
            ["node", "drive.mjs", chromium, server.address, runtime],
            cwd=folder, env=keep, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
        )  # fmt: skip
        self.about = self._answer()

    def call(self, function: str, *arguments: object) -> dict[str, Any]:
        """What Excel is told: ``value``, rows of cells as they come, or ``error`` and ``message``."""
        assert self._process.stdin
        sent = [None if one is None else sendable(one) for one in arguments]
        self._process.stdin.write(json.dumps({"function": function, "arguments": sent}) + "\n")
        self._process.stdin.flush()
        return self._answer()

    def cells(self, function: str, *arguments: object) -> list[list[object]]:
        """The cells that a call shows."""
        answer = self.call(function, *arguments)
        return shown(answer["value"]) if "value" in answer else [[answer["error"]]]

    def _answer(self) -> dict[str, Any]:
        assert self._process.stdout
        while line := self._process.stdout.readline():
            if line.startswith("{"):
                answer: dict[str, Any] = json.loads(line)
                assert "refused" not in answer, answer["refused"]
                return answer
        raise AssertionError(f"node ended with {self._process.wait()}")

    def close(self) -> None:
        """Ends it."""
        assert self._process.stdin and self._process.stdout
        self._process.stdin.close()
        self._process.wait(timeout=60)
        self._process.stdout.close()


def packages(folder: Path) -> Path:
    """Installs what drives the browser into a folder."""
    return pyodide.packages(folder, HERE, "drive.mjs", "office.js")
