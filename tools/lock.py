"""Renews what the tests are installed from: ``python -m tools.lock [--upgrade]``, with uv (``pip install uv``).

`LOCK` has every package of the package, its extra *test* and its build, for Python 3.11 to 3.14 and every system, each
with the hashes of all its files and with what asks for it. Without ``--upgrade`` a version stays while pyproject.toml
allows it. The list of parts (`tools.sbom`) is made from it, and made anew with it.
"""

from __future__ import annotations

import re
import subprocess
import sys
import tempfile
import tomllib
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).parent.parent
LOCK = ROOT / "tests" / "requirements.lock"
HEAD = "# Made by python -m tools.lock out of pyproject.toml; for Python 3.11 to 3.14. Not edited by hand.\n"

_PIN = re.compile(r"^([A-Za-z0-9._-]+)==(\S+)(?: ; (.*?))? \\$", re.MULTILINE)


class Pinned(NamedTuple):
    """A package of the lock: ``marker`` says where it is installed (blank: everywhere), ``via`` what asks for it."""

    name: str
    version: str
    marker: str
    hashes: tuple[str, ...]
    via: tuple[str, ...]


def pinned(text: str) -> list[Pinned]:
    """The packages of a lock.

    >>> text = "a==1 ; sys_platform == 'win32' \\\\\\n    --hash=sha256:ab\\n    # via\\n    #   b\\n    #   c\\n"
    >>> [one] = pinned(text)
    >>> one.name, one.version, one.marker, one.hashes, one.via
    ('a', '1', "sys_platform == 'win32'", ('sha256:ab',), ('b', 'c'))
    """
    found = list(_PIN.finditer(text))
    ends = [one.start() for one in found[1:]] + [len(text)]
    return [
        Pinned(one[1], one[2], one[3] or "", _hashes(block := text[one.end() : end]), _via(block))
        for one, end in zip(found, ends, strict=True)
    ]


def _hashes(block: str) -> tuple[str, ...]:
    return tuple(re.findall(r"--hash=(\S+)", block))


def _via(block: str) -> tuple[str, ...]:
    return tuple(re.findall(r"# (?:via |  )([A-Za-z0-9._-]+)", block))


def project() -> dict[str, object]:
    """pyproject.toml."""
    return tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))


def renew(options: Sequence[str] = ()) -> None:
    """Writes the lock. Errors: `subprocess.CalledProcessError` where uv finds no versions, or is not there."""
    with tempfile.TemporaryDirectory() as folder:
        build = Path(folder, "build.in")
        build.write_text("\n".join(project()["build-system"]["requires"]))  # type: ignore[index]
        command = ["pip", "compile", "--quiet", "--universal", "--python-version", "3.11", "--generate-hashes"]
        plain = ["--no-header", "--no-emit-index-url", "--no-emit-find-links", "--output-file", str(LOCK), *options]
        inputs = ["--extra", "test", "pyproject.toml", str(build)]
        subprocess.run([sys.executable, "-m", "uv", *command, *plain, *inputs], cwd=ROOT, check=True)
        text = LOCK.read_text("utf-8").replace(f"-r {build}", "the build")
    LOCK.write_text(HEAD + text.removeprefix(HEAD), "utf-8", newline="\n")


if __name__ == "__main__":
    renew(sys.argv[1:])
    from tools import sbom

    sbom.make()
