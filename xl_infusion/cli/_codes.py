"""What the commands of ``xl-infusion codes`` do, and how they tell it."""

from __future__ import annotations

import datetime as dt
import os
import re
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import TypeVar

from rich.markup import escape
from rich.table import Table

from xl_infusion.cli._out import fail, failed, out, table
from xl_infusion.cli.exits import WRONG_LINE
from xl_infusion.errors import NotFound, ReferenceTableError
from xl_infusion.functions.codes import unit_text
from xl_infusion.reference import CodeRow, DrugRow, Reference, load
from xl_infusion.reference.cms.findings import CmsFileError
from xl_infusion.reference.cms.folder import files_in, read_folder
from xl_infusion.reference.cms.quarters import Quarter, quarter_on
from xl_infusion.reference.cms.release import AnyRelease, HcpcsRelease, PriceRelease, read
from xl_infusion.reference.editions import BUNDLED, VARIABLE, Editions, chosen, folder
from xl_infusion.reference.imported import AspLimit, ListedCode
from xl_infusion.reference.rows import ImportedFile
from xl_infusion.reference.tables import TABLES
from xl_infusion.reference.update.change import ENDED, KINDS, NEW_DRUG, NOT_LISTED, UNDECIDED, UNIT_CHANGED, Change
from xl_infusion.reference.update.differences import between, differences
from xl_infusion.reference.update.edition import NothingNew, Update, named
from xl_infusion.reference.update.edition import update as updated
from xl_infusion.reference.verified import REMEDY, not_verified

_Row = TypeVar("_Row")

#: So many of one kind are printed, unless all are asked for.
_FEW = 12
_FEW_ROWS = 3
_COLORS = {UNIT_CHANGED: "bold red", ENDED: "yellow", UNDECIDED: "bold yellow", NOT_LISTED: "bold yellow"}
_REMEDY = {
    UNDECIDED: "nothing was decided for these: add them to the workbook's Own codes where you bill them",
    NOT_LISTED: "these stay as they are: look up in CMS's list whether they ended",
    NEW_DRUG: "they are billed by their code or the name here; name the order's Therapy where it is asked for",
}
_WHERE_ASP = "https://www.cms.gov/medicare/payment/part-b-drugs/asp-pricing-files"


def quarter(text: str) -> Quarter:
    """The quarter that ``2025-10`` begins."""
    if not re.fullmatch(r"20[0-9]{2}-(01|04|07|10)", text):
        raise fail(WRONG_LINE, f"--quarter {text!r}: name its first month: 2025-01, 2025-04, 2025-07 or 2025-10")
    return quarter_on(dt.date.fromisoformat(f"{text}-01"))


def quarters(texts: Sequence[str], files: Sequence[Path]) -> dict[Path, Quarter]:
    """The quarter of each file that has one given: ``2025-10`` of the only file, ``FILE=2025-10`` of one of several."""
    found: dict[Path, Quarter] = {}
    for text in texts:
        name, _, month = text.rpartition("=")
        meant = [file for file in files if name in ("", str(file), file.name)]
        if len(meant) != 1:
            which = f"names none of the {len(files)} files" if name and not meant else "does not say of which file"
            raise fail(
                WRONG_LINE, f"--quarter {text!r} {which}: give --quarter FILE={month} for each file that needs one"
            )
        if meant[0] in found:
            raise fail(WRONG_LINE, f"--quarter is given twice for {meant[0]}: give it once")
        found[meant[0]] = quarter(month)
    return found


# -- update ----------------------------------------------------------------------------------------------------


def to_update(into: str | None) -> Reference:
    """The codes that an update goes on from: those in use, found as they were made. Errors: `ReferenceTableError`."""
    store = Editions(os.path.abspath(into) if into else folder())
    base = load(chosen() if into and store.in_use == BUNDLED else store.read_in_use())
    for name in (*TABLES, *(file.table for file in base.edition.imported)):
        base.table(name)
    return base


def update(
    base: Reference, files: Sequence[Path], into: str | None, workbook: Path | None, dry_run: bool, part: bool,
    of_quarter: Sequence[str], every: bool,
) -> None:  # fmt: skip
    """Reads, compares with ``base``, reports, and writes the new edition unless it is a dry run."""
    store = Editions(os.path.abspath(into) if into else folder())
    releases = _read(files, of_quarter, part, every)
    made = updated(base, releases, part=part)
    if made_before := store.with_tables(made.tables):
        raise NothingNew(
            f"nothing is new: the edition {made_before} was made so already: xl-infusion codes use {made_before}"
        )
    name = store.free_name(made.name, base.edition.edition, load().edition.edition)
    _print_update(made, base, every)
    if workbook is not None:
        _print_touched(workbook, base, made.reference)
    if dry_run:
        out.print(f"a dry run: the edition [bold]{name}[/] was not written")
        return
    store.add(name, named(made, name))
    store.use(name)
    out.print(
        f"[green]{escape(name)}[/] is in use, verified through {made.reference.edition.verified_through}: "
        f"{escape(os.path.join(store.where, name))}",
        soft_wrap=True,
    )
    if into and store.where != folder():
        out.print(f"set {VARIABLE}={escape(store.where)} where the functions run, so that they use it", soft_wrap=True)
    before = base.edition.edition
    out.print(
        f"back to the codes before: [bold]xl-infusion codes use {escape(before)}[/]; in Excel, restart it and "
        "recalculate (Ctrl+Alt+F9)",
        soft_wrap=True,
    )


def _read(files: Sequence[Path], of_quarter: Sequence[str], part: bool, every: bool) -> list[AnyRelease]:
    """The releases of files and of folders, which are told as they are read."""
    given = quarters(of_quarter, [one for file in files for one in (files_in(file) if file.is_dir() else [file])])
    releases: list[AnyRelease] = []
    for file in files:
        found, left_out = read_folder(file, given, part) if file.is_dir() else ([read(file, given.get(file))], [])
        for release in found:
            _print_release(release, every)
        for text in left_out:
            out.print(f"  [dim]{escape(text)}[/]", soft_wrap=True)
        releases += found
    return releases


def _print_release(release: AnyRelease, every: bool) -> None:
    """What was read of a file; what is wrong with the whole of it always, with single rows a few."""
    out.print(escape(str(release)), soft_wrap=True)
    notes = [finding for finding in release.findings if not finding.left_out]
    of_rows = [finding for finding in notes if finding.row]
    said = [finding.what for finding in notes if not finding.row]
    for findings, what in ((release.left_out, "more rows left out"), (of_rows, "more notes")):
        few, more = _few(findings, every, _FEW_ROWS, what)
        said += [*map(str, few), *more]
    for text in said:
        out.print(f"  [yellow]{escape(text)}[/]", soft_wrap=True)


def _few(rows: Sequence[_Row], every: bool, most: int = _FEW, what: str = "more") -> tuple[Sequence[_Row], list[str]]:
    """The rows that are printed; and what is said of the others, where there are any."""
    if every or len(rows) <= most:
        return rows, []
    return rows[:most], [f"... and {len(rows) - most:,} {what}: --all shows them"]


def _print_update(made: Update, base: Reference, every: bool) -> None:
    edition, new = base.edition, made.reference.edition
    through = (
        f"verified through {new.verified_through}, not {edition.verified_through}"
        if new.verified_through != edition.verified_through
        else f"verified through {new.verified_through} as before"
    )
    out.print(f"compared with the codes {escape(edition.edition)}: {through}", soft_wrap=True)
    for note in made.notes:
        out.print(f"  [yellow]{escape(note)}[/]", soft_wrap=True)
    print_changes(made.changes, every)


def print_changes(changes: Sequence[Change], every: bool) -> None:
    """Changes, one kind after the other, what costs money first."""
    if not changes:
        out.print("no code of the reference changes")
        return
    counts = Counter(change.kind for change in changes)
    out.print(", ".join(f"[{_COLORS.get(kind, 'bold')}]{counts[kind]:,} {kind}[/]" for kind in KINDS if counts[kind]))
    shown = table(("Change", "Code", "What"), wraps=("What",))
    for kind in KINDS:
        if found := [change for change in changes if change.kind == kind]:
            _add_changes(shown, kind, found, every)
    out.print(shown)


def _add_changes(shown: Table, kind: str, changes: Sequence[Change], every: bool) -> None:
    """Changes of one kind, and what to do about them."""
    few, more = _few(changes, every)
    for change in few:
        shown.add_row(f"[{_COLORS.get(kind, 'default')}]{kind}[/]", change.code, escape(change.text))
    for text in more:
        shown.add_row("", "", text)
    if kind in _REMEDY:
        shown.add_row("", "", f"[dim]{_REMEDY[kind]}[/]")
    shown.add_section()


def _print_touched(workbook: Path, old: Reference, new: Reference) -> None:
    from xl_infusion.spreadsheet.xlsx.package import WorkbookError
    from xl_infusion.workbook.touched import touched

    try:
        found = touched(workbook, old, new)
    except WorkbookError as error:
        raise failed(error, workbook) from None
    if not found:
        out.print(f"{escape(workbook.name)}: no line of its claims changes")
        return
    count = f"{len(found)} order{'s' if len(found) > 1 else ''}"
    out.print(f"[bold]{escape(workbook.name)}[/]: it touches {count}")
    names = ("Order", "Drug", "Billed now", "With the new codes")
    shown = table(names, wraps=names)
    for one in found:
        now, then = _only_in(one.before, one.after), _only_in(one.after, one.before)
        shown.add_row(escape(one.order or "visits"), escape(one.drug), now, then)
    out.print(shown)


def _only_in(lines: Sequence[str], others: Sequence[str]) -> str:
    """The claim lines that are not among the others, each on a line of its own."""
    return escape("\n".join(line for line in lines if line not in others)) or "[dim]the same lines[/]"


# -- the other commands ----------------------------------------------------------------------------------------


def diff(old: str, new: str, into: str | None, every: bool) -> None:
    """What differs between two editions or two releases."""
    store = Editions(os.path.abspath(into) if into else folder())
    both = [_edition_or_release(one, store) for one in (old, new)]
    if all(isinstance(one, Reference) for one in both):
        changes = differences(*both)  # type: ignore[arg-type]
    elif all(isinstance(one, HcpcsRelease) for one in both):
        for release in both:
            out.print(escape(str(release)), soft_wrap=True)
        changes = between(*both)  # type: ignore[arg-type]
    else:
        raise CmsFileError(f"{old} and {new} are not two editions, nor two HCPCS releases: give two of a kind")
    print_changes(changes, every)


def _edition_or_release(text: str, store: Editions) -> Reference | HcpcsRelease:
    if os.path.isfile(text):
        release = read(text)
        if not isinstance(release, HcpcsRelease):
            raise CmsFileError(f"{text} is no HCPCS release: only codes are compared")
        return release
    if os.path.isdir(text):
        return load(Editions(os.path.dirname(os.path.abspath(text))).read(os.path.basename(os.path.abspath(text))))
    if text not in store.names and text == load().edition.edition:
        return load()
    return load(store.read(text))


def history(code: str) -> bool:
    """Prints what is known of a code; False where nothing is."""
    reference = load(chosen())
    code = code.strip().upper()
    try:
        rows = reference.code_rows(code)
    except NotFound:
        rows = ()
    listed, limits = reference.listed(code), reference.asp_limits(code)
    shown = table(("In", "First day", "Last day", "Successor", "A unit", "What it says"), ("In", "What it says"))
    for cells in (
        *map(_in_reference, rows),
        *(_in_release(*one) for one in reversed(listed)),
        *(_in_prices(*one) for one in limits),
    ):
        shown.add_row(*map(escape, cells))
    if not shown.row_count:
        return False
    out.print(shown)
    if not listed:
        out.print("no imported release lists it: [bold]xl-infusion codes update FILE[/] brings CMS's releases in")
    return True


def _in_reference(row: CodeRow) -> tuple[str, ...]:
    """A row of the reference as `history` shows it."""
    says = row.name if isinstance(row, DrugRow) else row.meaning
    successor = getattr(row, "successor", "")
    return (
        f"the reference: {row.source}",
        str(row.first_day or ""),
        str(row.last_day or ""),
        successor,
        _unit(row),
        says,
    )


def _in_release(file: ImportedFile, row: ListedCode) -> tuple[str, ...]:
    """A row of a HCPCS release as `history` shows it."""
    unit = f"{row.amount} {row.unit}" if row.amount is not None else ""
    days = str(row.first_day), str(row.last_day or "")
    return _named(file), *days, " ".join(row.cross_references), unit, row.long


def _in_prices(file: ImportedFile, row: AspLimit) -> tuple[str, ...]:
    """A row of an ASP pricing file as `history` shows it."""
    price = "no payment limit" if row.limit is None else f"ASP payment limit {row.limit} dollars"
    return _named(file), "", "", "", row.dosage, f"{price}; {row.notes}" if row.notes else price


def _named(file: ImportedFile) -> str:
    """An imported file with the quarter that it is for."""
    return f"{Quarter(file.first_day, file.last_day)}, {file.file}"


def _unit(row: CodeRow) -> str:
    if isinstance(row, DrugRow):
        return row.unit_text if row.amount is not None else ""
    return unit_text(row) or ""


def check(today: dt.date) -> bool:
    """Tells how the codes in use stand on ``today``; whether they are verified through it."""
    from xl_infusion.reference.imported import ASP, NDC

    reference = load(chosen())
    reference.read_all()
    edition = reference.edition
    for file in edition.imported:
        reference.table(file.table)
    of = f"imported from {', '.join(file.file for file in edition.imported)}" if edition.imported else "bundled"
    out.print(f"codes [bold]{escape(edition.edition)}[/] ({escape(of)}): whole", soft_wrap=True)
    fresh = today <= edition.verified_through
    days = (today - edition.verified_through).days
    out.print(
        f"verified through {edition.verified_through}: "
        + ("[green]today is within[/]" if fresh else f"[yellow]{days:,} days before {today}[/]"),
        soft_wrap=True,
    )
    _print_apart(reference)
    for kind, name in ((ASP, "ASP payment limits"), (NDC, "NDC-HCPCS crosswalk")):
        has = ", ".join(str(Quarter(file.first_day, file.last_day)) for file in reference.quarters(kind))
        out.print(f"{name}: {has or 'none imported'}")
    shipped = load().edition
    if shipped.verified_through > edition.verified_through:
        out.print(
            f"[yellow]the package ships codes that are verified through {shipped.verified_through}: go to them with "
            "xl-infusion codes use bundled, and import later files again[/]",
            soft_wrap=True,
        )
    if not fresh:
        since = edition.verified_through + dt.timedelta(1)
        out.print(f"{not_verified(since, today)}. {REMEDY}; ASP files are at {_WHERE_ASP}", soft_wrap=True)
    return fresh


def _print_apart(reference: Reference) -> None:
    """The codes that are verified through another day than the edition's."""
    verified = reference.verified
    for row in (*verified.ranges, verified.rest):
        if row.through != reference.edition.verified_through:
            codes = " to ".join(dict.fromkeys(filter(None, (row.first_code, row.last_code)))) or "every other code"
            out.print(f"  {codes}: through {row.through} ({escape(row.basis)})", soft_wrap=True)


def editions(into: str | None) -> None:
    """Lists the editions of a folder, and which is in use."""
    store = Editions(os.path.abspath(into) if into else folder())
    in_use = store.in_use
    listed = table(("", "Edition", "Verified through", "Made of", "From"), wraps=("From",))
    for name in [BUNDLED, *store.names]:
        try:
            edition = load(store.read(name)).edition
            cells = [str(edition.verified_through), edition.based_on, ", ".join(one.file for one in edition.imported)]
        except ReferenceTableError as error:
            cells = ["", "", f"[red]{escape(str(error))}[/]"]
        shown = f"{name} ({load().edition.edition})" if name == BUNDLED else name
        listed.add_row("[green]in use[/]" if name == in_use else "", escape(shown), *cells)
    out.print(listed)
    out.print(f"editions of {escape(store.where)}", soft_wrap=True)


def use(name: str, into: str | None) -> None:
    """Puts an edition in use, once it is found whole."""
    store = Editions(os.path.abspath(into) if into else folder())
    if name not in store.names and name == load().edition.edition:
        name = BUNDLED
    reference = load(store.read(name))
    reference.read_all()
    for file in reference.edition.imported:
        reference.table(file.table)
    store.use(name)
    through = reference.edition.verified_through
    out.print(
        f"[green]{escape(name)}[/] is in use, verified through {through}; in Excel, restart it and recalculate "
        "(Ctrl+Alt+F9)",
        soft_wrap=True,
    )


def units(files: Sequence[Path], every: bool) -> None:
    """Tells how many drug codes of a release have a unit that can be read, and what differs."""
    from xl_infusion.reference.update.units import units_read

    codes, prices = _codes_and_prices(files)
    found = units_read(load(chosen()), codes, prices)
    out.print(escape(str(codes)), soft_wrap=True)
    out.print(f"J codes: {found.codes:,}; the unit of {found.read:,} is read, of {len(found.unread):,} it is not")
    _print_units([(one.code, one.short, reason) for one, reason in found.unread], ["Why it is not read"], every)
    _print_compared("the reference", found.known, found.differ)
    if prices is not None:
        _print_compared(prices.file, found.priced, found.priced_otherwise)


def _codes_and_prices(files: Sequence[Path]) -> tuple[HcpcsRelease, PriceRelease | None]:
    """The HCPCS release among the files, and the ASP pricing file where there is one. Errors: `CmsFileError`."""
    releases = [read(file) for file in files]
    codes = [one for one in releases if isinstance(one, HcpcsRelease)]
    prices = [one for one in releases if isinstance(one, PriceRelease)]
    if len(codes) != 1 or len(prices) > 1 or len(releases) > 2:
        raise CmsFileError("give one HCPCS release, and at most one ASP pricing file to compare with")
    return codes[0], prices[0] if prices else None


def _print_compared(where: str, common: int, otherwise: Sequence[Sequence[str]]) -> None:
    """The units that stand elsewhere too, and those that are another one there."""
    unexplained = sum(not why for *_, why in otherwise)
    out.print(
        f"in {escape(where)} too: {common:,}; {len(otherwise)} say it otherwise, {unexplained} of them unexplained"
    )
    _print_units(otherwise, ["The two units", "Why"], every=True)


def _print_units(rows: Sequence[Sequence[str]], titles: Sequence[str], every: bool) -> None:
    if not rows:
        return
    names = ("Code", "What", *titles)
    shown, (few, more) = table(names, wraps=names), _few(rows, every)
    for row in few:
        shown.add_row(*map(escape, row))
    out.print(shown)
    for text in more:
        out.print(text)
