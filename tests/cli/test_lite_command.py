"""`xl-infusion lite`: two files and a workbook that carries them, with the codes that are in use."""

from __future__ import annotations

import html
import json
import re
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path
from xml.etree import ElementTree

import openpyxl
import pytest
from typer.testing import CliRunner, Result

from tests import billing
from xl_infusion.cli import app
from xl_infusion.hosts.lite import workbook as lite_module
from xl_infusion.hosts.lite.single_file import END, XLWINGS, imported_in
from xl_infusion.hosts.lite.workbook import REMARK, WORKBOOK, TooLarge, embed
from xl_infusion.reference import current
from xl_infusion.reference.editions import VARIABLE, Editions, sha256
from xl_infusion.reference.tables import TABLES, bundled
from xl_infusion.spreadsheet.xlsx.package import Package, SheetEdit, write, write_parts
from xl_infusion.workbook.convert import convert
from xl_infusion.workbook.fill import fill

pytestmark = pytest.mark.slow

EXTENSION = "xl/webextensions/webextension1.xml"
LISTED = (
    "code,kind,long,short,coverage,action,first_day,last_day,action_day,cross_references,amount,unit,unit_rule,"
    "component,unit_note\n"
    'J9990,code,"Injection, invented, 1 mg",Invented,D,N,2025-10-01,,2025-10-01,,1,mg,exact,,\n'
)
LIMITS = "code,dosage,limit,coinsurance_percent,vaccine_limit,blood_limit,notes\nJ2185,100 mg,1.5,20,,,\n"


def run(*arguments: object, codes: Path | None = None) -> Result:
    env = {"COLUMNS": "200", "NO_COLOR": "1", **({VARIABLE: str(codes)} if codes else {})}
    return CliRunner().invoke(app, ["lite", *map(str, arguments)], env=env)


def carried(path: Path) -> dict[str, object]:
    """What a workbook holds for xlwings Lite, read as Office reads it."""
    with zipfile.ZipFile(path) as archive:
        for name in archive.namelist():
            if name.endswith((".xml", ".rels")):
                ElementTree.fromstring(archive.read(name))
        root = ElementTree.fromstring(archive.read(EXTENSION))
        types, links = archive.read("[Content_Types].xml").decode(), archive.read("_rels/.rels").decode()
    assert types.count("/xl/webextensions/") == 2 and links.count("xl/webextensions/taskpanes.xml") == 1
    found = root.iter("{http://schemas.microsoft.com/office/webextensions/webextension/2010/11}property")
    return {one.attrib["name"]: json.loads(one.attrib["value"]) for one in found}


def parts(path: Path) -> dict[str, bytes]:
    with zipfile.ZipFile(path) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def said(main: Path, expression: str) -> str:
    """What a main.py answers in a Python of its own."""
    done = subprocess.run(
        [sys.executable, "-c", f"import sys; sys.path.insert(0, {str(main.parent)!r}); import main; print({expression})"],
        capture_output=True, text=True, cwd=main.parent,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


@pytest.fixture(scope="module")
def editions(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder of editions in which one is in use that holds what was imported of CMS's files."""
    where = tmp_path_factory.mktemp("codes")
    imported = [
        {"kind": kind, "file": f"{kind}.zip", "sha256": "0" * 64, "first_day": "2025-10-01", "last_day": "2025-12-31",
         "table": f"{kind}-2025-10.csv", "rows": 1, "left_out": 0}
        for kind in ("hcpcs", "asp")
    ]  # fmt: skip
    tables = {name: bundled(name) for name in TABLES} | {"hcpcs-2025-10.csv": LISTED, "asp-2025-10.csv": LIMITS}
    description = {**json.loads(bundled("edition.json")), "edition": "made", "imported": imported}
    description["sums"] = {name: sha256(text) for name, text in tables.items()}
    store = Editions(str(where))
    store.add("made", {"edition.json": json.dumps(description), **tables})
    store.use("made")
    return where


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Result]:
    """The folder that one run wrote, and what it said."""
    folder = tmp_path_factory.mktemp("written") / "lite"
    return folder, run(folder)


@pytest.fixture
def lite(written: tuple[Path, Result], tmp_path: Path) -> Path:
    """A copy of that folder."""
    return Path(shutil.copytree(written[0], tmp_path / "lite"))


def test_it_writes_two_files_and_a_workbook_that_carries_them(
    written: tuple[Path, Result], lite: Path, tmp_path: Path
) -> None:
    _, found = written
    assert found.exit_code == 0, found.output
    assert (
        "not verified in Excel" in found.output
        and f"verified through {current().edition.verified_through}" in found.output
    )
    assert sorted(one.name for one in (tmp_path / "lite").iterdir()) == [WORKBOOK, "main.py", "requirements.txt"]
    main = (tmp_path / "lite" / "main.py").read_text("utf-8")
    book = tmp_path / "lite" / WORKBOOK
    held = carried(book)
    assert held["main.py"] == main
    assert (
        held["requirements.txt"]
        == (tmp_path / "lite" / "requirements.txt").read_text()
        == f"xlwings=={XLWINGS}  # required\n"
    )
    assert len(main.encode()) < 1_500_000
    assert sum(len(json.dumps(one)) for one in held.values()) < 1_600_000, "far from the 2 MB that there may be"
    assert "Not verified in Excel" in REMARK
    assert openpyxl.load_workbook(book)["Start"]["B41"].value == REMARK
    assert convert(book, "office-js").calls == 0, "spelt so already"
    assert fill(book).changed == 0, "and computed"
    # apart from that it is the workbook that `new` writes
    plain, back = tmp_path / "plain.xlsx", tmp_path / "back.xlsx"
    billing.new(plain)
    convert(book, "excel", back)
    other = {name for name, data in parts(back).items() if parts(plain).get(name) != data}
    with zipfile.ZipFile(back) as archive:
        start = next(
            name for name in archive.namelist() if b"Not verified in Excel" in archive.read(name) and "sheet" in name
        )
    assert other == {start, "[Content_Types].xml", "_rels/.rels", EXTENSION, "xl/webextensions/taskpanes.xml",
                     "xl/webextensions/_rels/taskpanes.xml.rels"}  # fmt: skip


def test_two_workbooks_are_two_for_lite(written: tuple[Path, Result], tmp_path: Path) -> None:
    assert run(tmp_path / "other", "--quiet").output == ""
    a, b = (carried(folder / WORKBOOK) for folder in (written[0], tmp_path / "other"))
    assert a.pop("xlwingsWorkbookId") != b.pop("xlwingsWorkbookId") and a == b


def test_a_copy_of_ones_own_workbook_can_carry_them(tmp_path: Path) -> None:
    mine = tmp_path / "mine.xlsx"
    billing.built(mine)
    before = mine.read_bytes()
    assert run(tmp_path, "--workbook", mine).exit_code == 0
    assert mine.read_bytes() == before
    assert carried(tmp_path / "mine_lite.xlsx")["main.py"] == (tmp_path / "main.py").read_text("utf-8")
    assert convert(tmp_path / "mine_lite.xlsx", "office-js").already > 15
    shutil.copy(mine, tmp_path / "other.xlsx")
    more = run(tmp_path, "--workbook", tmp_path / "other.xlsx")
    assert more.exit_code == 0, "main.py says the same already"
    again = run(tmp_path, "--workbook", tmp_path / "mine_lite.xlsx")
    assert again.exit_code == 4 and "mine_lite.xlsx: carries an add-in's settings already" in again.output
    assert not (tmp_path / "mine_lite_lite.xlsx").exists()


def test_the_codes_in_use_go_in_and_what_is_left_out_is_told(tmp_path: Path, editions: Path) -> None:
    found = run(tmp_path, "--no-workbook", codes=editions)
    assert found.exit_code == 0, found.output
    assert "with the codes made" in found.output
    for kind, what in (("hcpcs", "every code of the HCPCS release"), ("asp", "ASP payment limits")):
        assert f"left out: {what}" in found.output and f"--with {kind} puts it in" in found.output
    assert sorted(one.name for one in tmp_path.iterdir()) == ["main.py", "requirements.txt"]
    main = tmp_path / "main.py"
    asked = "main.CODE_INFO([['J9990']], [['Code']], None), main.XL_INFUSION_VERSION(), main.JUNITS([['meropenem']], [['1 g']], None, None, None)"
    answer = said(main, asked)
    assert answer.startswith("[['#N/A']] ") and "codes made" in answer and answer.endswith("[[10]]")
    whole = run(tmp_path, "--no-workbook", "--force", "--with", "hcpcs", "--with", "asp", codes=editions)
    assert "left out" not in whole.output and said(main, asked).startswith("[['J9990']] ")


def test_a_damaged_edition_is_not_written_out(tmp_path: Path, editions: Path) -> None:
    table = editions / "made" / "asp-2025-10.csv"
    whole = table.read_text()
    table.write_text(whole.replace("1.5", "15"))
    try:
        found = run(tmp_path / "lite", codes=editions)
    finally:
        table.write_text(whole)
    assert found.exit_code == 8 and "was changed after the edition was made" in found.output
    assert not (tmp_path / "lite").exists()


def test_failures(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "text.xlsx").write_text("a,b\n")
    (tmp_path / "file").write_text("")
    for arguments, status, says in [
        ([tmp_path / "a", "-w", tmp_path / "text.xlsx"], 4, "CSV"),
        ([tmp_path / "a", "-w", tmp_path / "none.xlsx"], 3, "no such file"),
        ([tmp_path / "file"], 3, "file"),
        ([tmp_path / "a", "-w", tmp_path / "b.xlsx", "--no-workbook"], 2, "give one of them"),
        ([tmp_path / "a", "--with", "all"], 2, "all"),
        ([], 2, "Missing argument"),
    ]:
        failure = run(*arguments)
        assert failure.exit_code == status and says in failure.output, (arguments, failure.output)
    assert not (tmp_path / "a").exists()
    (tmp_path / "b").mkdir()
    (tmp_path / "b" / f"~${WORKBOOK}").write_bytes(b"\4Jane")
    locked = run(tmp_path / "b")
    assert locked.exit_code == 5 and "is open in Excel by Jane" in locked.output
    monkeypatch.setattr(lite_module, "MOST", 500_000)
    openpyxl.Workbook().save(tmp_path / "own.xlsx")
    large = run(tmp_path / "c", "-w", tmp_path / "own.xlsx")
    assert large.exit_code == 4 and "is too large for a workbook to carry" in large.output
    assert list((tmp_path / "c").iterdir()) == []


def test_any_text_is_carried_as_it_is(tmp_path: Path) -> None:
    path = tmp_path / "book.xlsx"
    openpyxl.Workbook().save(path)
    text = "a <b> & \"c\" 'd'\n\ttab \\ é 🙂 \u2028 ]]> &quot; {0} %s"
    embed(path, {"main.py": text, "requirements.txt": "x"})
    assert carried(path)["main.py"] == text
    raw = parts(path)[EXTENSION].decode()
    assert json.loads(html.unescape(re.search('name="main.py" value="([^"]*)"', raw)[1])) == text  # type: ignore[index]
    with pytest.raises(TooLarge, match=r"2\.0 MB, at most 2"):
        embed(path, {"main.py": "x" * 2_000_001})


OWN = "\n\n@func\ndef MINE(x):\n    return x  # \u00e9\n"
OLD = "# written by an earlier version\n"


def aged(main: str) -> str:
    """A main.py as an earlier version wrote it, with a function of the user's own below our part."""
    ours, mark, rest = main.partition(END)
    assert mark and not rest
    return ours.replace("\nFILES = {}\n", f"\n{OLD}FILES = {{}}\n", 1) + mark + OWN


def test_renew_keeps_the_orders_and_what_the_user_added(lite: Path) -> None:
    """A second run replaces nothing unasked; --renew brings main.py up to date, in the folder and in the workbook."""
    book, main, required = lite / WORKBOOK, lite / "main.py", lite / "requirements.txt"
    new = main.read_text("utf-8")
    old = aged(new)
    main.write_text(old, encoding="utf-8")
    required.write_text("xlwings==0.30.0\nrequests  # mine\n")
    with Package.open(book) as package:
        sheet = SheetEdit(cells={(5, 2): "PT-MINE"})
        write(package, book, {"Orders": sheet})
        text = package.read(EXTENSION).decode()
    inside = html.escape(json.dumps(aged(carried(book)["main.py"]) + "# inside\n"))  # type: ignore[arg-type]
    text = re.sub(r'(name="main.py" value=")[^"]*', lambda found: found[1] + inside, text)
    with Package.open(book) as package:
        write_parts(package, book, {EXTENSION: text.encode()})
    before = parts(book)

    refused = run(lite)
    assert refused.exit_code == 3 and "choose another folder, or --renew, or --force" in refused.output
    assert parts(book) == before and main.read_text("utf-8") == old

    found = run(lite, "--renew")
    assert found.exit_code == 0 and found.output.count(": renewed") == 3, found.output
    assert main.read_text("utf-8") == new + OWN
    assert required.read_text() == f"xlwings=={XLWINGS}  # required\nrequests  # mine\n"
    assert carried(book)["main.py"] == new + OWN + "# inside\n"
    after = parts(book)
    assert {name for name in after if after[name] != before[name]} == {EXTENSION}, "orders and all else"
    again = run(lite, "--renew")
    assert again.output.count("is of this version already") == 3


def test_renew_puts_in_what_was_in(tmp_path: Path, editions: Path) -> None:
    assert run(tmp_path, "--no-workbook", "--with", "asp", codes=editions).exit_code == 0
    assert imported_in((tmp_path / "main.py").read_text("utf-8")) == {"asp"}
    found = run(tmp_path, "--renew", codes=editions)
    assert found.exit_code == 0 and "left out: every code" in found.output and "ASP" not in found.output
    assert run(tmp_path, "--renew", "--with", "hcpcs", "--quiet", codes=editions).output == ""
    assert imported_in((tmp_path / "main.py").read_text("utf-8")) == {"asp", "hcpcs"}


def test_renew_of_one_workbook_and_what_cannot_be_renewed(lite: Path, tmp_path: Path) -> None:
    folder, elsewhere = lite, tmp_path / "claims.xlsx"
    (folder / WORKBOOK).rename(elsewhere)
    assert "claims.xlsx: is of this version already" in run(folder, "--renew", "-w", elsewhere).output
    main = folder / "main.py"
    for arguments, content, says in [
        ([folder, "--renew"], main.read_text("utf-8").replace(END, ""), "cannot be told from ours"),
        ([folder, "--renew"], "print()\n", "was not written by xl-infusion lite"),
        ([tmp_path / "none", "--renew"], "", "has no main.py of xl-infusion lite"),
    ]:
        main.write_text(content, encoding="utf-8")
        failure = run(*arguments)
        assert failure.exit_code == 4 and says in failure.output, failure.output
        assert main.read_text("utf-8") == content
    billing.built(tmp_path / "plain.xlsx")
    plain = run(folder, "--renew", "-w", tmp_path / "plain.xlsx")
    assert plain.exit_code == 4
