"""What `xl-infusion server` writes: a project folder for xlwings Server, and a workbook for its add-in.

The workbook's formulas are spelt as Excel stores those of the add-in, with its namespace. **Not verified in Excel.**
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from xl_infusion.hosts.lite.workbook import remarked
from xl_infusion.hosts.server.project import FUNCTIONS_FILE, ONE_LINE, SCRIPTS_FILE, checked_hostname, project
from xl_infusion.spreadsheet import disk
from xl_infusion.spreadsheet.formula.addin_names import WrongName, checked_namespace
from xl_infusion.spreadsheet.xlsx.package import Package, check_not_locked
from xl_infusion.workbook.convert import convert
from xl_infusion.workbook.ours import NAMESPACE

WORKBOOK = "home_infusion_billing_server.xlsx"
#: What a fresh workbook says of itself on its Start sheet.
REMARK = (
    "For the add-in of your organisation's xlwings Server. Not verified in Excel: where the cells show #NAME?, the "
    "add-in is not there: Home > Add-ins, and ask who administers Office."
)


@dataclass(frozen=True, slots=True)
class Written:
    """What was written: the files, by their names in the folder, and the workbook, None without one."""

    folder: Path
    files: tuple[str, ...]
    workbook: Path | None
    namespace: str


def write_server(
    folder: str | Path,
    namespace: str = NAMESPACE,
    hostname: str = "",
    source: str | Path | None = None,
    *,
    workbook: bool = True,
    replace: bool = False,
) -> Written:
    """Writes a project for xlwings Server into ``folder``, made if need be; other files in it stay.

    In: ``namespace``: what stands before the functions in formulas; ``hostname``: the server's name, which the help
    links need; ``source``: a workbook of the user's, of which a copy is made, else it is a fresh billing workbook;
    ``replace``: files of these names are replaced, but for what a user added to. Nothing is written unless all of it
    can be made.

    Errors: `WrongName` for a namespace or a host name that cannot be one; `disk.Exists`; `WorkbookError` and its kinds;
    OSError.
    """
    folder = Path(folder)
    namespace, hostname = _checked(namespace), checked_hostname(hostname)
    target = folder / (f"{Path(source).stem}_server{Path(source).suffix}" if source else WORKBOOK)
    files = project(namespace, hostname, target.name if workbook else None)
    book = (target.name,) if workbook else ()
    disk.check_free([folder / name for name in (*files, *book)], force=replace, otherwise="choose another folder")
    files = {path: text for path, text in files.items() if not _is_users(folder / path, path)}
    if workbook:
        check_not_locked(target)
        _check_opens(source)
    folder.mkdir(parents=True, exist_ok=True)
    with disk.workspace(folder) as place:
        if workbook:
            _make(place / target.name, source, namespace)
        for path, text in files.items():
            part = place / path
            part.parent.mkdir(parents=True, exist_ok=True)
            part.write_text(text, encoding="utf-8", newline="\n")
        for path in (*files, *book):
            (folder / path).parent.mkdir(parents=True, exist_ok=True)
            disk.put(place / path, folder / path)
    return Written(folder, (*files, *book), target if workbook else None, namespace)


def _checked(namespace: str) -> str:
    """A namespace as formulas have it. Errors: `WrongName`."""
    if checked := checked_namespace(namespace):
        return checked
    raise WrongName("namespace: xlwings Server puts one before every function: give it a name of yours, as HINF")


def _check_opens(source: str | Path | None) -> None:
    """Opens a workbook of the user's, before anything is made. Errors: `WorkbookError` and its kinds."""
    if source is not None:
        with Package.open(source):
            pass


def _make(path: Path, source: str | Path | None, namespace: str) -> None:
    """Makes a workbook as the server's add-in spells its formulas, a fresh one or a copy."""
    if source is not None:
        convert(source, "office-js", path, namespace)
        return
    remarked(path, REMARK)
    convert(path, "office-js", namespace=namespace)


def _is_users(path: Path, name: str) -> bool:
    """Whether a file is there that its user may have added to, and does what the project needs of it."""
    if name not in (FUNCTIONS_FILE, SCRIPTS_FILE) or not path.exists():
        return False
    return name == SCRIPTS_FILE or path.read_text("utf-8").startswith(ONE_LINE.partition(" #")[0])
