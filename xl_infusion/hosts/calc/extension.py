"""The add-in as one file: an .oxt is a zip that LibreOffice's extension manager installs.

It carries the type library, what Calc shows of each function, the component and the package itself, so that it runs
wherever LibreOffice runs. The same bytes every time.
"""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterable
from importlib import resources
from importlib.resources.abc import Traversable
from pathlib import Path
from xml.sax.saxutils import escape, quoteattr

from xl_infusion.functions import FUNCTIONS, WorksheetFunction
from xl_infusion.hosts.calc.addin import IMPLEMENTATION
from xl_infusion.hosts.calc.interface import SERVICE, identifier, methods
from xl_infusion.hosts.calc.typelib import library
from xl_infusion.spreadsheet import disk
from xl_infusion.version import __version__

#: The name by which LibreOffice knows the extension.
IDENTIFIER = "org.xlinfusion"

#: What of the package runs in LibreOffice; the rest builds and fills workbooks.
CARRIED = (
    "__init__.py", "errors.py", "version.py", "reference", "rules", "claim", "model", "functions",
    "spreadsheet/__init__.py", "spreadsheet/cell_error.py", "spreadsheet/undisturbed.py",
    "hosts/__init__.py",
    "hosts/calc/__init__.py", "hosts/calc/addin.py", "hosts/calc/arrays.py", "hosts/calc/cells.py",
    "hosts/calc/interface.py",
)  # fmt: skip

_HEAD = '<?xml version="1.0" encoding="UTF-8"?>\n'
_TYPE = "application/vnd.sun.star."

#: The file that LibreOffice loads: it has the package beside it, and takes no other one that Python may have.
_COMPONENT = """\
import os
import sys

sys.path.insert(0, os.path.join(os.path.dirname(__file__), "pythonpath"))

from xl_infusion.hosts.calc.addin import component

g_ImplementationHelper = component()
"""


def build(path: str | Path) -> None:
    """Writes the add-in to ``path``. Errors: OSError when it cannot be written; what stood there then stays."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for name, data in members().items():
            member = zipfile.ZipInfo(name)  # of 1 January 1980, from no system in particular
            member.compress_type = zipfile.ZIP_DEFLATED
            member.create_system = 0
            archive.writestr(member, data)
    disk.write(path, out.getvalue())


def members() -> dict[str, bytes]:
    """What is in the .oxt: name -> content."""
    package = resources.files("xl_infusion")
    return {
        "META-INF/manifest.xml": _manifest().encode(),
        "description.xml": _description().encode(),
        "functions.rdb": library(methods()),
        "functions.components": _components().encode(),
        "functions.xcu": configuration(FUNCTIONS.values()).encode(),
        "functions.py": _COMPONENT.encode(),
        **{
            f"pythonpath/xl_infusion/{name}": data
            for carried in CARRIED
            for name, data in _content(package.joinpath(carried), carried)
        },
    }


def _content(item: Traversable, name: str) -> Iterable[tuple[str, bytes]]:
    if item.is_file():
        yield name, item.read_bytes()
        return
    for inner in sorted(item.iterdir(), key=lambda entry: entry.name):
        if inner.name != "__pycache__":
            yield from _content(inner, f"{name}/{inner.name}")


def configuration(functions: Iterable[WorksheetFunction]) -> str:
    """What Calc is told of the functions: names, also in an .xlsx file, and the texts of its function wizard."""
    nodes = "\n".join(_function(function) for function in functions)
    return (
        f'{_HEAD}<oor:component-data xmlns:oor="http://openoffice.org/2001/registry" '
        'xmlns:xs="http://www.w3.org/2001/XMLSchema" oor:name="CalcAddIns" oor:package="org.openoffice.Office">\n'
        f'<node oor:name="AddInInfo"><node oor:name="{SERVICE}" oor:op="replace"><node oor:name="AddInFunctions">\n'
        f"{nodes}\n</node></node></node>\n</oor:component-data>\n"
    )


def _function(function: WorksheetFunction) -> str:
    parameters = "".join(
        f'<node oor:name="{identifier(parameter.name)}" oor:op="replace">'
        f"{_text('DisplayName', parameter.name)}{_text('Description', parameter.doc)}</node>"
        for parameter in function.parameters
    )
    return (
        f'<node oor:name="{function.name}" oor:op="replace">'
        f"{_text('DisplayName', function.name)}{_text('Description', function.summary)}"
        f'<prop oor:name="Category"><value>Add-In</value></prop>{_text("CategoryDisplayName", function.category)}'
        f'{_text("CompatibilityName", function.name)}<node oor:name="Parameters">{parameters}</node></node>'
    )


def _text(name: str, value: str) -> str:
    return f'<prop oor:name="{name}"><value xml:lang="en-US">{escape(value)}</value></prop>'


def _manifest() -> str:
    entries = "".join(
        f'<manifest:file-entry manifest:full-path="{name}" manifest:media-type="{_TYPE}{kind}"/>\n'
        for name, kind in (
            ("functions.rdb", "uno-typelibrary;type=RDB"),
            ("functions.components", "uno-components"),
            ("functions.xcu", "configuration-data"),
        )
    )
    return f'{_HEAD}<manifest:manifest xmlns:manifest="http://openoffice.org/2001/manifest">\n{entries}</manifest:manifest>\n'


def _components() -> str:
    return (
        f'{_HEAD}<components xmlns="http://openoffice.org/2010/uno-components">\n'
        '<component loader="com.sun.star.loader.Python" uri="functions.py">'
        f'<implementation name="{IMPLEMENTATION}"><service name="{SERVICE}"/></implementation>'
        "</component>\n</components>\n"
    )


def _description() -> str:
    return (
        f'{_HEAD}<description xmlns="http://openoffice.org/extensions/description/2006">\n'
        f"<identifier value={quoteattr(IDENTIFIER)}/><version value={quoteattr(__version__)}/>\n"
        '<display-name><name lang="en">Home infusion billing functions</name></display-name>\n</description>\n'
    )
