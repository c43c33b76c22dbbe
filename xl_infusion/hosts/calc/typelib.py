"""The type library of the add-in: what LibreOffice reads to know the interface, written without LibreOffice's SDK.

The format is UNOIDL's own (LibreOffice core, unoidl/README.md, "Specification of the new UNOIDL types.rdb format"),
as unoidl-write writes it: one pass, depth first, a text that was written before is pointed to. The tests compare the
bytes with those that unoidl-write makes of `idl`.
"""

from __future__ import annotations

import struct
from collections.abc import Sequence

from xl_infusion.hosts.calc.interface import INTERFACE, MODULE, Method

_BASE = "com.sun.star.uno.XInterface"
_MODULE_KIND, _INTERFACE_KIND = 0, 5
_IN = 0
#: The bit that tells a place where a text stands from the length of one.
_PLACE = 0x80000000


def idl(methods: Sequence[Method]) -> str:
    """The interface in UNOIDL, as one would write it by hand.

    >>> print(idl([Method("JCODE", "any", (("drug", "any"),))]))
    module org { module xlinfusion {
    interface XFunctions: com::sun::star::uno::XInterface {
        any JCODE( [in] any drug );
    };
    }; };
    """
    lines = [" ".join(f"module {name} {{" for name in MODULE), f"interface {INTERFACE}: {_idl(_BASE)} {{"]
    for method in methods:
        parameters = ", ".join(f"[in] {_idl(kind)} {name}" for name, kind in method.parameters)
        lines.append(f"    {_idl(method.returns)} {method.name}( {parameters} );")
    return "\n".join([*lines, "};", " ".join("};" for _ in MODULE)])


def _idl(kind: str) -> str:
    """A type in UNOIDL: a sequence is written ``[]`` in the library, and a dot there is ``::`` here."""
    if kind.startswith("[]"):
        return f"sequence< {_idl(kind[2:])} >"
    return kind.replace(".", "::")


def library(methods: Sequence[Method], banner: bytes = b"") -> bytes:
    """The type library. ``banner``: what unoidl-write puts behind the header, its version.

    Errors: UnicodeEncodeError for a name that is not ASCII, which UNOIDL does not take.
    """
    out = _Writer(banner)
    entity = out.place
    out.byte(_INTERFACE_KIND)
    out.number(1)  # one base that is mandatory, none that is optional, no attribute
    out.text(_BASE)
    out.number(0)
    out.number(0)
    out.number(len(methods))
    for method in methods:
        out.text(method.name)
        out.text(method.returns)
        out.number(len(method.parameters))
        for name, kind in method.parameters:
            out.byte(_IN)
            out.text(name)
            out.text(kind)
        out.number(0)  # no exception: a failure is an error value
    name = INTERFACE
    for outer in reversed(MODULE):
        at = out.name(name)
        name, module = outer, out.place
        out.byte(_MODULE_KIND)
        out.number(1)
        out.number(at)
        out.number(entity)
        entity = module
    at = out.name(name)
    root = out.place
    out.number(at)
    out.number(entity)
    return out.finished(root, 1)


class _Writer:
    """The bytes written so far, and where each text stands among them."""

    _MAGIC = b"UNOIDL\xff\x00"

    def __init__(self, banner: bytes) -> None:
        self._bytes = bytearray(self._MAGIC + bytes(8) + banner)
        self._texts: dict[str, int] = {}

    @property
    def place(self) -> int:
        return len(self._bytes)

    def byte(self, value: int) -> None:
        self._bytes.append(value)

    def number(self, value: int) -> None:
        self._bytes += struct.pack("<I", value)

    def text(self, value: str) -> None:
        if value in self._texts:
            self.number(self._texts[value] | _PLACE)
            return
        self._texts[value] = self.place
        self.number(len(value))
        self._bytes += value.encode("ascii")

    def name(self, value: str) -> int:
        """The place of a name that ends with a zero byte."""
        at = self.place
        self._bytes += value.encode("ascii") + b"\0"
        return at

    def finished(self, root: int, count: int) -> bytes:
        struct.pack_into("<II", self._bytes, len(self._MAGIC), root, count)
        return bytes(self._bytes)
