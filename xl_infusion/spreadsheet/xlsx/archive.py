"""The zip archive that a workbook is: read strictly and within limits, and written again with raw copies.

Nothing is inflated before the directory has been found honest: at most `MAX_MEMBERS` parts, `MAX_TOTAL` bytes
in all, `MAX_RATIO` times what they take in the file, every name once, every part in bytes of its own. A
directory that lies is caught while reading, which stops at the size it gave. What is not changed keeps its
bytes: the local header, the compressed data and whatever stands between two members are copied as they are.
"""

from __future__ import annotations

import re
import struct
import zlib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import NamedTuple

from xl_infusion.spreadsheet.xlsx.errors import (
    DO_NOT_OPEN,
    SAVE_ANEW,
    DamagedWorkbook,
    EncryptedWorkbook,
    HostileWorkbook,
)
from xl_infusion.spreadsheet.xlsx.limits import MAX_MEMBERS, MAX_RATIO, MAX_TOTAL, is_bomb

#: Measured on a sheet of 100,000 lines (75 MB): level 1 takes 0.24 s for 11.4 MB, level 2 0.27 s for 11.0 MB,
#: level 4 0.44 s for 10.3 MB, level 6 1.05 s for 9.2 MB. What level 6 saves is not worth waiting for.
LEVEL = 2
BLOCK = 1 << 18

_LOCAL = struct.Struct("<4s5H3I2H")
_CENTRAL = struct.Struct("<4s6H3I5H2I")
_END = struct.Struct("<4s4H2IH")
_END64 = struct.Struct("<4sQ2H2I4Q")
_END64_AT = struct.Struct("<4sIQI")
_NONE16, _NONE32 = 0xFFFF, 0xFFFFFFFF
_ZIP64 = 1
STORED, _DEFLATED = 0, 8
_PASSWORD, _DESCRIPTOR, _STRONG, _UTF8, _MASKED = 0x1, 0x8, 0x40, 0x800, 0x2000
#: What a part's name may not be, once each \\ that an old writer put in it is the / that it means.
_BAD_NAME = re.compile(r"^/|^[A-Za-z]:|(?:^|/)\.\.(?:/|$)|[\x00-\x1f\x7f]")
_UNREADABLE = "has a zip directory that cannot be read"


class _Directory(NamedTuple):
    """What an archive says of its directory: how many entries it has, its length and where it begins.

    ``limit``: where what says so begins, before which it must end.
    """

    limit: int
    entries: int
    length: int
    start: int


@dataclass(frozen=True, slots=True)
class Packed:
    """The bytes of a part as they stand in an archive."""

    data: bytes | memoryview
    crc: int
    size: int
    method: int = _DEFLATED


@dataclass(frozen=True, slots=True)
class Member:
    """An entry of an archive: ``start``..``end`` is what belongs to it, at ``data`` its bytes begin."""

    name: str
    flags: int
    method: int
    crc: int
    packed: int
    size: int
    start: int
    data: int
    end: int
    central: tuple[int, ...]
    raw_name: bytes
    extra: bytes
    comment: bytes


def deflated(pieces: Iterable[bytes], level: int = LEVEL) -> Packed:
    """The compressed form of a part that is given piece by piece."""
    squeeze = zlib.compressobj(level, zlib.DEFLATED, -15)
    crc = size = 0
    out = []
    for piece in pieces:
        crc = zlib.crc32(piece, crc)
        size += len(piece)
        out.append(squeeze.compress(piece))
    out.append(squeeze.flush())
    return Packed(b"".join(out), crc, size)


def _new(name: str, part: Packed, at: int) -> tuple[bytes, bytes]:
    """The local header of a new part that begins at ``at``, and its entry in the directory."""
    raw = name.encode()
    fields = (part.crc, len(part.data), part.size, len(raw), 0)
    local = _LOCAL.pack(b"PK\3\4", 20, _UTF8, part.method, 0, 0x21, *fields)
    central = _CENTRAL.pack(b"PK\1\2", 20, 20, _UTF8, part.method, 0, 0x21, *fields, 0, 0, 0, 0, at)
    return local + raw, central + raw


def assembled(parts: Mapping[str, Packed]) -> bytes:
    """A small archive of its own, for a reader that wants a whole file."""
    out, central, at = [], [], 0
    for name, part in parts.items():
        header, entry = _new(name, part, at)
        central.append(entry)
        out += [header, part.data]
        at += len(header) + len(part.data)
    length = sum(map(len, central))
    end = _END.pack(b"PK\5\6", 0, 0, len(parts), len(parts), length, at, 0)
    return b"".join([*out, *central, end])


class Archive:
    """The members of a zip file that is held in memory. Errors carry ``label``, the file's name."""

    def __init__(self, data: bytes, label: str) -> None:
        self.data = data
        self.label = label
        self._end, entries = self._directory()
        self.members: dict[str, Member] = {}
        folded: dict[str, str] = {}
        for member in self._members(entries):
            twin = folded.setdefault(member.name.casefold(), member.name)
            if member.name in self.members or twin != member.name:
                raise HostileWorkbook(f"{label}: has two parts named {member.name!r}; {DO_NOT_OPEN}")
            self.members[member.name] = member
        self._folded = folded

    # -- the directory ---------------------------------------------------------------------------------------

    def _damaged(self, what: str) -> DamagedWorkbook:
        return DamagedWorkbook(f"{self.label}: {what}; fetch the file again, or {SAVE_ANEW}")

    def _shared(self) -> HostileWorkbook:
        return HostileWorkbook(f"{self.label}: has parts that share bytes, as a zip bomb does; {DO_NOT_OPEN}")

    def _directory(self) -> tuple[int, list[bytes]]:
        """Where the directory begins, and its raw entries."""
        said = self._end_record()
        if said.entries > MAX_MEMBERS:
            what = f"has {said.entries:,} parts, at most {MAX_MEMBERS:,} are read"
            raise HostileWorkbook(f"{self.label}: {what}; {DO_NOT_OPEN}")
        if said.start + said.length > said.limit:
            raise self._damaged("is cut off, its zip directory lies outside the file")
        return said.start, self._raw_entries(said)

    def _end_record(self) -> _Directory:
        """What the record at the end says, with its comment and what stands behind it."""
        data = self.data
        at = data.rfind(b"PK\5\6", max(0, len(data) - _END.size - _NONE16))
        if at < 0 or at + _END.size > len(data):
            raise self._damaged("is cut off, the end of the zip archive is missing")
        _, disk, first_disk, _, count, length, start, self._comment = _END.unpack_from(data, at)
        self._behind = data[at + _END.size :]
        if _NONE16 in (count, disk) or _NONE32 in (length, start):
            return self._directory64(at)
        if disk or first_disk:
            raise self._damaged("is one of several disks of a zip archive")
        return _Directory(at, count, length, start)

    def _raw_entries(self, said: _Directory) -> list[bytes]:
        data, here, end = self.data, said.start, said.start + said.length
        entries: list[bytes] = []
        while here < end:
            is_entry = data[here : here + 4] == b"PK\1\2" and here + _CENTRAL.size <= said.limit
            if len(entries) == said.entries or not is_entry:
                raise self._damaged(_UNREADABLE)
            sizes = struct.unpack_from("<3H", data, here + 28)
            entries.append(data[here : here + _CENTRAL.size + sum(sizes)])
            here += len(entries[-1])
        if len(entries) != said.entries or here != end:
            raise self._damaged(_UNREADABLE)
        return entries

    def _directory64(self, end: int) -> _Directory:
        locator = end - _END64_AT.size
        if locator < 0 or self.data[locator : locator + 4] != b"PK\6\7":
            raise self._damaged(_UNREADABLE)
        at = _END64_AT.unpack_from(self.data, locator)[2]
        if at + _END64.size > locator or self.data[at : at + 4] != b"PK\6\6":
            raise self._damaged(_UNREADABLE)
        _, _, _, _, disk, first_disk, _, count, length, start = _END64.unpack_from(self.data, at)
        if disk or first_disk:
            raise self._damaged("is one of several disks of a zip archive")
        return _Directory(at, count, length, start)

    def _members(self, entries: list[bytes]) -> Iterator[Member]:
        read = [self._entry(raw) for raw in entries]
        self._check_sizes(read)
        starts = sorted(one.start for one in read)
        if not starts or starts[0] != 0:
            raise self._damaged("has bytes in front of the zip archive")
        nexts = dict(zip(starts, [*starts[1:], self._end], strict=True))
        if len(nexts) != len(read):
            raise self._shared()
        for one in read:
            yield self._located(one, nexts[one.start])

    def _check_sizes(self, members: list[Member]) -> None:
        """Refuses what unpacks to too much. Errors: `HostileWorkbook`."""
        total, packed = sum(one.size for one in members), sum(one.packed for one in members)
        if total > MAX_TOTAL:
            raise HostileWorkbook(
                f"{self.label}: unpacks to {total >> 20:,} MB, at most {MAX_TOTAL >> 20} MB are read; "
                f"split the workbook, or do not open it if you do not know its sender"
            )
        if is_bomb(total, packed) or any(is_bomb(one.size, one.packed) for one in members):
            what = f"unpacks to more than {MAX_RATIO} times its size, as a zip bomb does"
            raise HostileWorkbook(f"{self.label}: {what}; {DO_NOT_OPEN}")

    def _entry(self, raw: bytes) -> Member:
        fields = _CENTRAL.unpack_from(raw)
        flags, method, crc, packed, size = fields[3], fields[4], *fields[7:10]
        name_length, extra_length = fields[10:12]
        start = fields[16]
        names, behind = _CENTRAL.size, _CENTRAL.size + name_length
        raw_name = raw[names:behind]
        extra, wide = _without_zip64(raw[behind : behind + extra_length])
        try:
            name = raw_name.decode("utf-8" if flags & _UTF8 else "cp437").replace("\\", "/")
            # what does not fit the fixed fields stands in the zip64 field, in this order
            size, packed, start = (wide.next() if at == _NONE32 else at for at in (size, packed, start))
        except (UnicodeDecodeError, struct.error) as error:
            raise self._damaged(_UNREADABLE) from error
        if not name or _BAD_NAME.search(name):
            raise HostileWorkbook(
                f"{self.label}: has a part named {name!r}, which may lead elsewhere; "
                f"if you know its sender, {SAVE_ANEW}"
            )
        if flags & (_PASSWORD | _STRONG | _MASKED):
            raise EncryptedWorkbook(
                f"{self.label}: is a zip archive with a password; unpack it and open the workbook in it"
            )
        if method not in (STORED, _DEFLATED):
            raise self._damaged(f"uses zip method {method} for {name}, which no workbook may")
        comment = raw[behind + extra_length :]
        return Member(name, flags, method, crc, packed, size, start, 0, 0, fields, raw_name, extra, comment)

    def _located(self, one: Member, end: int) -> Member:
        """The member with the place of its bytes, once its local header agrees with the directory."""
        header = self.data[one.start : one.start + _LOCAL.size]
        if len(header) < _LOCAL.size or header[:4] != b"PK\3\4":
            raise self._damaged(f"has no {one.name} where its zip directory says")
        fields = _LOCAL.unpack(header)
        name_at = one.start + _LOCAL.size
        data = name_at + fields[9] + fields[10]
        if self.data[name_at : name_at + fields[9]] != one.raw_name or fields[3] != one.method:
            raise HostileWorkbook(f"{self.label}: gives {one.name} two names; {DO_NOT_OPEN}")
        if data + one.packed > end:
            raise self._shared()
        if one.method == STORED and one.packed != one.size:
            raise self._damaged(f"has two sizes for {one.name}")
        return replace(one, data=data, end=end)

    # -- reading ---------------------------------------------------------------------------------------------

    def find(self, part: str) -> Member | None:
        """The member of that name; letters' case does not matter."""
        name = self._folded.get(part.casefold())
        return None if name is None else self.members[name]

    def packed(self, member: Member) -> Packed:
        """A member's bytes as they stand in the file."""
        data = memoryview(self.data)[member.data : member.data + member.packed]
        return Packed(data, member.crc, member.size, member.method)

    def pieces(self, member: Member, block: int = BLOCK) -> Iterator[bytes]:
        """A member's own bytes, block by block, and never more than the directory says."""
        packed = self.packed(member).data
        produced: Iterator[bytes]
        if member.method == STORED:
            produced = (bytes(packed[at : at + block]) for at in range(0, len(packed), block))
        else:
            produced = self._inflated(packed, member, block)
        crc = size = 0
        for piece in produced:
            size += len(piece)
            if size > member.size:
                raise HostileWorkbook(
                    f"{self.label}: {member.name} is larger than the zip directory says; {DO_NOT_OPEN}"
                )
            crc = zlib.crc32(piece, crc)
            yield piece
        if size != member.size or crc != member.crc:
            raise self._damaged(f"is damaged in {member.name}")

    def _inflated(self, packed: bytes | memoryview, member: Member, block: int) -> Iterator[bytes]:
        inflate = zlib.decompressobj(-15)
        try:
            for at in range(0, len(packed), block):
                rest: bytes | memoryview = packed[at : at + block]
                while rest and not inflate.eof:
                    yield inflate.decompress(rest, block)
                    rest = inflate.unconsumed_tail
            while not inflate.eof:
                piece = inflate.decompress(b"", block)
                if not piece:
                    break
                yield piece
        except zlib.error as error:
            raise self._damaged(f"is damaged in {member.name}") from error
        if not inflate.eof:
            raise self._damaged(f"is damaged in {member.name}")

    def read(self, member: Member) -> bytes:
        """All of a member's own bytes."""
        return b"".join(self.pieces(member))

    # -- writing ---------------------------------------------------------------------------------------------

    def rewritten(self, changed: Mapping[str, Packed]) -> Iterator[bytes | memoryview]:
        """The archive's bytes with some parts replaced, and new ones at its end; all else is copied in its order."""
        if not changed:
            yield self.data
            return
        source, at, moved = memoryview(self.data), 0, {}
        for member in sorted(self.members.values(), key=lambda one: one.start):
            moved[member.name] = at
            part = changed.get(member.name)
            if part is None:
                piece: bytes | memoryview = source[member.start : member.end]
                yield piece
                at += len(piece)
                continue
            header = self._local(member, part)
            yield header
            yield part.data
            at += len(header) + len(part.data)
        added: list[bytes] = []
        for name, part in changed.items():
            if name not in self.members:
                header, entry = _new(name, part, at)
                added.append(entry)
                yield header
                yield part.data
                at += len(header) + len(part.data)
        length = 0
        for member in self.members.values():
            entry = self._central(member, changed.get(member.name), moved[member.name])
            yield entry
            length += len(entry)
        for entry in added:
            yield entry
            length += len(entry)
        if at + length >= _NONE32:
            raise self._damaged("would grow past 4 GB")
        count = len(self.members) + len(added)
        yield _END.pack(b"PK\5\6", 0, 0, count, count, length, at, self._comment) + self._behind

    def _local(self, member: Member, part: Packed) -> bytes:
        fields = _LOCAL.unpack_from(self.data, member.start)
        name_end = member.start + _LOCAL.size + fields[9]
        extra, _ = _without_zip64(self.data[name_end : name_end + fields[10]])
        sizes = (part.crc, len(part.data), part.size, fields[9], len(extra))
        flags = fields[2] & ~_DESCRIPTOR
        return _LOCAL.pack(fields[0], 20, flags, part.method, *fields[4:6], *sizes) + member.raw_name + extra

    def _central(self, member: Member, part: Packed | None, at: int) -> bytes:
        fields = list(member.central)
        fields[7:10] = member.crc, member.packed, member.size
        if part is not None:
            fields[3] &= ~_DESCRIPTOR
            fields[4] = part.method
            fields[7:10] = part.crc, len(part.data), part.size
        fields[11] = len(member.extra)
        fields[16] = at
        return _CENTRAL.pack(b"PK\1\2", *fields[1:]) + member.raw_name + member.extra + member.comment


class _Wide:
    """The 8-byte numbers of a zip64 field, read one after the other."""

    def __init__(self, data: bytes = b"") -> None:
        self.data = data

    def next(self) -> int:
        (value,) = struct.unpack_from("<Q", self.data)
        self.data = self.data[8:]
        return int(value)


def _without_zip64(extra: bytes) -> tuple[bytes, _Wide]:
    """An entry's extra fields without the zip64 one, and that one's numbers."""
    kept, wide, at = [], _Wide(), 0
    while at + 4 <= len(extra):
        kind, length = struct.unpack_from("<2H", extra, at)
        if kind == _ZIP64:
            wide = _Wide(extra[at + 4 : at + 4 + length])
        else:
            kept.append(extra[at : at + 4 + length])
        at += 4 + length
    return b"".join(kept) + extra[at:], wide
