"""Renews what the tests are installed from: ``python -m tools.lock [--upgrade]``, with uv (``pip install uv``).

`LOCK` has every package of the package, its extra *test* and its build, for Python 3.11 to 3.14 and every system, each
with the hashes of all its files and with what asks for it. Without ``--upgrade`` a version stays while pyproject.toml
allows it. The list of parts (`tools.sbom`) is made from it, and made anew with it.
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

from tools import sbom
from tools.pins import LOCK, ROOT, project

HEAD = "# Made by python -m tools.lock out of pyproject.toml; for Python 3.11 to 3.14. Not edited by hand.\n"


def renew(options: Sequence[str] = ()) -> None:
    """Writes the lock. Errors: `subprocess.CalledProcessError` where uv finds no versions, or is not there."""
    with tempfile.TemporaryDirectory() as folder:
        build = Path(folder, "build.in")
        build.write_text("\n".join(project()["build-system"]["requires"]))
        command = ["pip", "compile", "--quiet", "--universal", "--python-version", "3.11", "--generate-hashes"]
        plain = ["--no-header", "--no-emit-index-url", "--no-emit-find-links", "--output-file", str(LOCK), *options]
        inputs = ["--extra", "test", "pyproject.toml", str(build)]
        subprocess.run([sys.executable, "-m", "uv", *command, *plain, *inputs], cwd=ROOT, check=True)
        text = LOCK.read_text("utf-8").replace(f"-r {build}", "the build")
    LOCK.write_text(HEAD + text.removeprefix(HEAD), "utf-8", newline="\n")


if __name__ == "__main__":
    renew(sys.argv[1:])
    sbom.make()
