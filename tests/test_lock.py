"""What the tests are installed from, and the list of parts: whole, with hashes, and what pyproject.toml says."""

from __future__ import annotations

import importlib.metadata
import itertools
import json
import re

import pytest
from packaging.markers import Marker
from packaging.requirements import Requirement

from tests import ROOT
from tools import sbom
from tools.lock import HEAD
from tools.pins import LOCK, Pinned, pinned, project

TEXT = LOCK.read_text("utf-8")
LOCKED = pinned(TEXT)
PYTHONS = ("3.11", "3.12", "3.13", "3.14")
SYSTEMS = {"linux": "Linux", "darwin": "Darwin", "win32": "Windows"}


def asked() -> list[Requirement]:
    """What pyproject.toml asks for: the package, its tests, its build."""
    found = project()["project"]
    lines = [*found["dependencies"], *found["optional-dependencies"]["test"], *project()["build-system"]["requires"]]  # type: ignore[index]
    return [Requirement(line) for line in lines]


def on(python: str, system: str) -> list[Pinned]:
    """What is installed there."""
    there = {
        "python_version": python, "python_full_version": f"{python}.0", "sys_platform": system,
        "platform_system": SYSTEMS[system], "platform_python_implementation": "CPython",
        "implementation_name": "cpython", "extra": "",
    }  # fmt: skip
    return [one for one in LOCKED if not one.marker or Marker(one.marker).evaluate(there)]


@pytest.mark.parametrize(("python", "system"), list(itertools.product(PYTHONS, SYSTEMS)))
def test_everything_asked_for_is_there_once(python: str, system: str) -> None:
    there = {one.name: one.version for one in on(python, system)}
    assert len(there) == len(on(python, system))
    for one in asked():
        assert there[sbom.normal(one.name)] in one.specifier, one


def test_nothing_is_there_that_nobody_asks_for() -> None:
    names = {sbom.normal(one.name) for one in asked()}
    assert {one.name for one in sbom.installed(LOCKED, names)} == {one.name for one in LOCKED}


def test_every_file_is_known_by_its_hash_and_no_index_is_named() -> None:
    assert all(one.hashes and all(re.fullmatch(r"sha256:[0-9a-f]{64}", h) for h in one.hashes) for one in LOCKED)
    pins = sum(1 for line in TEXT.splitlines() if "==" in line and not line.startswith((" ", "#")))
    assert pins == len(LOCKED) > 50
    rest = [line for line in TEXT.removeprefix(HEAD).splitlines() if not line.startswith(" ") and "==" not in line]
    assert rest == [] and "://" not in TEXT and "/tmp" not in TEXT


def test_the_test_command_installs_from_it() -> None:
    [command] = re.findall(r"<!-- test -->\n```sh\n(.*)\n```", (ROOT / "README.md").read_text("utf-8"))
    assert f"pip install --quiet --require-hashes --requirement {LOCK.relative_to(ROOT).as_posix()} " in command
    assert "pip install --quiet --no-deps --no-build-isolation --editable . " in command


def test_what_a_new_major_release_would_change_has_a_bound() -> None:
    bounded = {one.name for one in asked() if re.search(r"<|==|~=", str(one.specifier))}
    assert bounded >= {"xlwings", "openpyxl", "python-calamine", "ironcalc", "pyOpenVBA", "markdown-it-py"}
    assert bounded >= {"jinja2", "matplotlib", "numpy", "pandas", "openxml-audit"}


# -- the list of parts -----------------------------------------------------------------------------------------


def test_the_list_of_parts_is_cyclonedx_without_a_time() -> None:
    bill = json.loads(sbom.SBOM.read_text("utf-8"))
    assert (bill["bomFormat"], bill["specVersion"]) == ("CycloneDX", "1.6")
    assert "timestamp" not in bill["metadata"] and "serialNumber" not in bill
    refs = [bill["metadata"]["component"]["bom-ref"], *(one["bom-ref"] for one in bill["components"])]
    assert len(set(refs)) == len(refs) and {one["ref"] for one in bill["dependencies"]} == set(refs)
    asked = {sbom.normal(one) for one in project()["project"]["dependencies"]}  # type: ignore[index]
    assert asked <= {one["name"] for one in bill["components"]}
    assert {one["name"] for one in bill["components"]} == set(sbom.LICENCES)


#: What a package's own metadata calls a licence of this identifier.
WORDS = {
    "MIT": "MIT", "BSD-3-Clause": "BSD", "BSD-2-Clause": "BSD", "ISC": "ISC", "MIT OR Apache-2.0": "Apache",
    "PSF-2.0": "PSF|Python Software Foundation",
}  # fmt: skip


@pytest.mark.parametrize("name", [name for name, licence in sbom.LICENCES.items() if licence in WORDS])
def test_a_licence_is_the_one_that_the_package_says(name: str) -> None:
    try:
        found = importlib.metadata.metadata(name)
    except importlib.metadata.PackageNotFoundError:
        assert any(one.name == name and one.marker for one in LOCKED)  # of another system
        return
    said = [found.get("License-Expression") or "", found.get("License") or "", *(found.get_all("Classifier") or [])]
    assert re.search(WORDS[sbom.LICENCES[name]], " ".join(line for line in said if "Topic" not in line))
