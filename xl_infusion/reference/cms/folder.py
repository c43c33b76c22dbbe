"""A folder with files of CMS: a .zip that was unpacked as it is, or what was downloaded into one place.

CMS packs record layouts, notes and the same release as a text and as a workbook into one .zip. Of each kind and quarter
the file is taken that is read best; what is none of CMS's, and a part among whole files, is left out, and told.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path

from xl_infusion.reference.cms.files import EXTENSIONS
from xl_infusion.reference.cms.findings import CmsFileError, NoneOfCms
from xl_infusion.reference.cms.quarters import Quarter
from xl_infusion.reference.cms.release import AnyRelease, is_beside, read

#: More files than these are a folder that somebody named by mistake.
MOST = 200
_KINDS = (".zip", *EXTENSIONS)


def files_in(folder: Path) -> list[Path]:
    """The files of a folder, and of those within it, that may be CMS's. Errors: `CmsFileError` where they are many."""
    paths = [path for path in sorted(folder.rglob("*")) if path.suffix.lower() in _KINDS and path.is_file()]
    if len(paths) > MOST:
        raise CmsFileError(f"{folder}: {len(paths):,} files: name the folder that CMS's .zip was unpacked to")
    return paths


def read_folder(
    folder: Path, quarters: Mapping[Path, Quarter] | None = None, part: bool = False
) -> tuple[list[AnyRelease], list[str]]:
    """The releases in a folder and in those within it, and what is left out of it.

    ``quarters`` says what those of its files govern whose names were lost; ``part``: files that are not whole are
    taken beside those that are. Errors: `CmsFileError` for a folder without a file of CMS's, and for such a file that
    is damaged: what was downloaded is taken whole or not at all.
    """
    paths, quarters = files_in(folder), quarters or {}
    releases: list[AnyRelease] = []
    left_out: list[str] = []
    for path in paths:
        try:
            releases.append(read(path, quarters.get(path)))
        except NoneOfCms:
            left_out.append(f"{path.relative_to(folder)} is none of CMS's code files: left out")
    if not releases:
        raise NoneOfCms(f"{folder}: no file in it is CMS's: give the .zip, or the folder, as it was downloaded")
    found = _best(releases, left_out)
    return (found if part else _whole(found, left_out)), left_out


def _whole(releases: list[AnyRelease], left_out: list[str]) -> list[AnyRelease]:
    """The releases without the parts among them, which are told; of parts alone all."""
    whole = [release for release in releases if release.whole]
    if not whole:
        return releases
    parts = [release.file for release in releases if not release.whole]
    left_out += [f"{file} is not whole: left out; --part takes it for what its rows say" for file in parts]
    return whole


def _best(releases: Iterable[AnyRelease], left_out: list[str]) -> list[AnyRelease]:
    """One release of each kind and quarter; the others are told."""
    found: dict[tuple[type, Quarter | None], AnyRelease] = {}
    for release in sorted(releases, key=_rank):
        one = found.setdefault((type(release), release.quarter), release)
        if one is not release:
            left_out.append(f"{release.file} is of the kind and quarter of {one.file}, which is taken: left out")
    return list(found.values())


def _rank(release: AnyRelease) -> tuple[bool, bool, int, str]:
    """What is read best first: a part last, before it what CMS packs beside a file, then by the kind of file."""
    name = release.member or release.file
    end = next((i for i, extension in enumerate(EXTENSIONS) if name.lower().endswith(extension)), 0)
    return not release.whole, is_beside(f"{release.file} {release.member}"), end, release.file
