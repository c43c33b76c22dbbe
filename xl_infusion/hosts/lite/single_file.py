"""The package as one readable file, for a host that keeps a single ``main.py``: xlwings Lite.

Every module that the functions need stands in it as it is written, and every table of the codes in use. Nothing of it
comes over a network.
"""

from __future__ import annotations

import ast
import base64
import json
import pkgutil
import re
import textwrap
import zlib
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from functools import cache

from xl_infusion.errors import ReferenceTableError
from xl_infusion.reference import Reference, load
from xl_infusion.reference.editions import BUNDLED, VARIABLE, chosen
from xl_infusion.reference.imported import ASP, HCPCS, NDC
from xl_infusion.reference.tables import EDITION, TABLES
from xl_infusion.version import __version__

#: What an edition may hold of CMS's own files, and what goes in of it only when it is asked for.
IMPORTED = {
    NDC: "the NDC to HCPCS crosswalk", ASP: "ASP payment limits", HCPCS: "every code of the HCPCS release"
}  # fmt: skip
#: What of a statement has statements in it; handlers and cases have theirs in a body of their own.
_BLOCKS = ("body", "orelse", "finalbody", "handlers", "cases")
#: What writes an edition: where there is one file nobody writes any.
_UNUSED = frozenset({"xl_infusion.spreadsheet.disk"})
#: A table of more characters is packed.
_LARGE = 20_000
#: The version of xlwings that the file was tried with.
XLWINGS = "0.37.8"
REQUIREMENTS = f"xlwings=={XLWINGS}  # required\n"

#: The line that ends our part of the file: what stands below it is the user's, and stays.
END = "# ---- xl_infusion ends here: functions of your own go below, and `xl-infusion lite --renew` keeps them ----\n"

_PACKAGE, _HOST, _IMPORTER = "xl_infusion", "xl_infusion.hosts.lite", "xl_infusion.hosts.lite.inside"
_TABLES = "xl_infusion/reference/tables/"
_HEAD = '''"""Home infusion billing in xlwings Lite: JUNITS, PERDIEM_CODE, CLAIM_GRID and the other worksheet functions.

xl_infusion {version}, with the codes {edition}, verified through {through}. Written by `xl-infusion lite`: write it
again for other codes or another version (`xl-infusion lite --renew`) instead of changing it. Functions of your own go
to its end, below the last line.

First the tables of the codes, the large ones packed, then the modules of xl_infusion, each as it is written there; then
how Python imports them from here. Nothing is fetched over a network.
"""

from __future__ import annotations

import base64
import zlib

FILES = {{}}


def packed(table: str) -> str:
    """The text of a large table."""
    return zlib.decompress(base64.b64decode(table)).decode()

'''
_TAIL = f"""
os.environ["{VARIABLE}"] = "{BUNDLED}"  # the tables above are the codes in use
use(FILES)

from {_HOST} import *  # registers the functions

{END}"""


@dataclass(frozen=True, slots=True)
class SingleFile:
    """``main.py``: its text, the edition in it, and what of that edition was left out (kind: characters)."""

    text: str
    edition: str
    verified_through: str
    left_out: dict[str, int]


def single_file(include: Collection[str] = ()) -> SingleFile:
    """The package and the codes in use as the text of one ``main.py``.

    ``include``: which of `IMPORTED` go in as well. Errors: `ReferenceTableError` for an edition that is damaged.
    """
    tables, reference, left_out = _edition(include)
    edition = reference.edition
    head = _HEAD.format(version=__version__, edition=edition.edition, through=edition.verified_through)
    files = {f"{_TABLES}{name}": text for name, text in tables.items()}
    files |= {path: source for _, path, source in sorted(_modules(_HOST))}
    parts = [head, *(f'\nFILES["{path}"] = {_told(path, text)}\n' for path, text in files.items())]
    parts += ["\n", _without_future(_source(_IMPORTER)[1]), _TAIL]
    return SingleFile("".join(parts), edition.edition, str(edition.verified_through), left_out)


def imported_in(text: str) -> set[str]:
    """Which of `IMPORTED` are in a ``main.py`` that was written before.

    >>> imported_in("FILES = {}")
    set()
    """
    found = re.search(rf"^FILES\[\"{_TABLES}{EDITION}\"\] = (r?'''.*?''')$", text, re.MULTILINE | re.DOTALL)
    if found is None:
        return set()
    description = json.loads(ast.literal_eval(found[1]))
    return {one["kind"] for one in description.get("imported", ()) if one["kind"] in IMPORTED}


def _edition(include: Collection[str]) -> tuple[dict[str, str], Reference, dict[str, int]]:
    """The tables of the codes in use, those codes, and the size of the tables that are left out."""
    read = chosen()
    reference = load(read)
    reference.read_all()
    description = json.loads(read(EDITION))
    left_out: dict[str, int] = {}
    kept = []
    tables = {name: read(name) for name in TABLES}
    for file, record in zip(reference.edition.imported, description.get("imported", ()), strict=True):
        text = read(file.table)
        if file.kind in include:
            tables[file.table] = text
            kept.append(record)
        else:
            left_out[file.kind] = left_out.get(file.kind, 0) + len(text)
    if "imported" in description:
        # what is not there must not be asked for: a code that only it has is then not in the reference
        description["imported"] = kept
        description["sums"] = {name: one for name, one in (description.get("sums") or {}).items() if name in tables}
        tables[EDITION] = json.dumps(description, indent=2, ensure_ascii=False) + "\n"
    else:
        tables[EDITION] = read(EDITION)
    return tables, reference, left_out


def _modules(name: str) -> set[tuple[str, str, str]]:
    """A module of the package and all that it imports of the package: name, path and text of each."""
    found: dict[str, tuple[str, str, str]] = {}
    waiting = [name]
    while waiting:
        name = waiting.pop()
        if name in found or name in _UNUSED:
            continue
        path, source = _source(name)
        found[name] = (name, path, source)
        waiting += [name.rpartition(".")[0]] * ("." in name)
        waiting += _imports(source)
    return set(found.values())


@cache
def _imports(source: str) -> tuple[str, ...]:
    """The modules of the package that a module imports, at its beginning or later."""
    return tuple(_imported(_statements(ast.parse(source).body)))


def _statements(body: Iterable[ast.AST]) -> Iterator[ast.AST]:
    """Statements and those within them: an import stands in no expression, and of these a module has far more.

    What only a type checker imports is left out.
    """
    for node in body:
        if isinstance(node, ast.If) and isinstance(node.test, ast.Name) and node.test.id == "TYPE_CHECKING":
            continue
        yield node
        for name in _BLOCKS:
            yield from _statements(getattr(node, name, ()))


def _imported(nodes: Iterable[ast.AST]) -> Iterator[str]:
    for node in nodes:
        if isinstance(node, ast.Import):
            yield from filter(_is_ours, (alias.name for alias in node.names))
        elif isinstance(node, ast.ImportFrom) and node.module and _is_ours(node.module):
            yield node.module
            yield from filter(_find, (f"{node.module}.{alias.name}" for alias in node.names))


def _is_ours(module: str) -> bool:
    return module.split(".")[0] == _PACKAGE


def _source(name: str) -> tuple[str, str]:
    """Where a module stands, and its text."""
    found = _find(name)
    if found is None:
        raise ReferenceTableError(f"{name} is not there: the package is incomplete; install it again")
    return found


def _find(name: str) -> tuple[str, str] | None:
    folder = name.replace(".", "/")
    for path in (f"{folder}/__init__.py", f"{folder}.py"):
        try:
            data = pkgutil.get_data(_PACKAGE, path.removeprefix(f"{_PACKAGE}/"))
        except OSError:
            continue
        return path, (data or b"").decode()
    return None


def _without_future(source: str) -> str:
    """A module's text without the line that may stand at the beginning of a file only."""
    return re.sub(r"^from __future__ .*\n", "", source, flags=re.MULTILINE)


def _told(path: str, text: str) -> str:
    """A file as Python reads it; a large table, which nobody reads there, packed."""
    return packed(text) if path.startswith(_TABLES) and len(text) > _LARGE else literal(text)


def packed(text: str) -> str:
    """A large table as ``main.py`` has it: compressed, in lines of letters and digits.

    >>> table = "code,amount" * 90
    >>> len(packed(table)) < len(table) / 10
    True
    """
    lines = textwrap.wrap(base64.b64encode(zlib.compress(text.encode(), 9)).decode(), 120)
    return "\n".join(['packed("""', *lines, '""")'])


def literal(text: str) -> str:
    """A text as Python reads it, with its lines as they are.

    >>> print(literal("code,amount\\nJ2185,100\\n"))
    r'''code,amount
    J2185,100
    '''
    """
    if "'''" not in text and not text.endswith(("'", "\\")) and "\r" not in text and "\0" not in text:
        return f"r'''{text}'''"
    escaped = text.replace("\\", "\\\\").replace("'", "\\'").replace("\r", "\\r").replace("\0", "\\x00")
    return f"'''{escaped}'''"
