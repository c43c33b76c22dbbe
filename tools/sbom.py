"""What the package is made of, as CycloneDX has it (a software bill of materials): `SBOM`, beside the built files.

Made out of pyproject.toml and the lock (`tools.lock`) alone, so that it is the same on every machine: it has no time,
no serial number, and its licences stand here, for a licence is read by a person.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from tools.pins import LOCK, ROOT, Pinned, pinned, project
from xl_infusion.version import __version__

SBOM = ROOT / "workbook" / "sbom.cdx.json"

#: The licence of everything that is installed with the package, by its SPDX identifier.
LICENCES = {
    "annotated-doc": "MIT",
    "annotated-types": "MIT",
    "appscript": "LicenseRef-Public-Domain",
    "colorama": "BSD-3-Clause",
    "defusedxml": "PSF-2.0",
    "et-xmlfile": "MIT",
    "ironcalc": "MIT OR Apache-2.0",
    "lxml": "BSD-3-Clause",
    "markdown-it-py": "MIT",
    "mdurl": "MIT",
    "openpyxl": "MIT",
    "psutil": "BSD-3-Clause",
    "pydantic": "MIT",
    "pydantic-core": "MIT",
    "pygments": "BSD-2-Clause",
    "pyopenvba": "MIT",
    "python-calamine": "MIT",
    "pywin32": "PSF-2.0",
    "rich": "MIT",
    "shellingham": "ISC",
    "typer": "MIT",
    "typing-extensions": "PSF-2.0",
    "typing-inspection": "MIT",
    "xlwings": "BSD-3-Clause",
}


def normal(name: str) -> str:
    """A package's name as the registry has it.

    >>> normal("pyOpenVBA~=6.5.0"), normal("typing_extensions")
    ('pyopenvba', 'typing-extensions')
    """
    found = re.match(r"[A-Za-z0-9._-]+", name)
    return re.sub(r"[-_.]+", "-", found[0] if found else name).lower()


def installed(locked: Iterable[Pinned], roots: Iterable[str]) -> list[Pinned]:
    """What comes with the packages ``roots``: they, and whatever they ask for."""
    by_name: dict[str, list[Pinned]] = {}
    for one in locked:
        by_name.setdefault(one.name, []).append(one)
    found = {normal(root) for root in roots}
    while more := {name for name, ones in by_name.items() if any(found & set(one.via) for one in ones)} - found:
        found |= more
    return [one for name in sorted(found) for one in by_name[name]]


def bill(locked: Iterable[Pinned]) -> dict[str, object]:
    """The list of parts. Errors: KeyError for one whose licence is not in `LICENCES`."""
    of: dict[str, Any] = project()["project"]
    roots = [normal(one) for one in of["dependencies"]]
    parts = installed(locked, roots)
    own = f"pkg:pypi/{of['name']}@{__version__}"
    by_name = {one.name: _purl(one) for one in parts}
    depends = {purl: sorted(by_name[o.name] for o in parts if name in o.via) for name, purl in by_name.items()}
    return {
        "$schema": "http://cyclonedx.org/schema/bom-1.6.schema.json",
        "bomFormat": "CycloneDX",
        "specVersion": "1.6",
        "version": 1,
        "metadata": {
            "component": {
                "type": "application",
                "bom-ref": own,
                "name": of["name"],
                "version": __version__,
                "description": of["description"],
                "licenses": _licence(of["license"]),
                "purl": own,
            }
        },
        "components": [_component(one) for one in parts],
        "dependencies": [
            {"ref": own, "dependsOn": sorted(by_name[name] for name in roots)},
            *({"ref": ref, "dependsOn": others} for ref, others in sorted(depends.items())),
        ],
    }


def _purl(one: Pinned) -> str:
    return f"pkg:pypi/{one.name}@{one.version}"


def _component(one: Pinned) -> dict[str, object]:
    where = [{"name": "python:marker", "value": one.marker}] if one.marker else []
    return {
        "type": "library",
        "bom-ref": _purl(one),
        "name": one.name,
        "version": one.version,
        "licenses": _licence(LICENCES[one.name]),
        "purl": _purl(one),
        **({"properties": where} if where else {}),
    }


def _licence(text: str) -> list[dict[str, object]]:
    """A licence as CycloneDX has it: an identifier, or an expression of several."""
    if " " in text or text.startswith("LicenseRef-"):
        return [{"expression": text}]
    return [{"license": {"id": text}}]


def text(path: Path = LOCK) -> str:
    """The file."""
    return json.dumps(bill(pinned(path.read_text("utf-8"))), indent=1, ensure_ascii=False) + "\n"


def make() -> None:
    """Writes the file."""
    SBOM.write_text(text(), "utf-8", newline="\n")
