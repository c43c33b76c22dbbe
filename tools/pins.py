"""The versions that the tests are installed from, and the project they are of: what `tools.lock` writes, read back."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path
from typing import Any, NamedTuple

ROOT = Path(__file__).parent.parent
LOCK = ROOT / "tests" / "requirements.lock"

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


def project() -> dict[str, Any]:
    """pyproject.toml."""
    return tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
