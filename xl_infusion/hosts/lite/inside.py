"""How a package is imported out of texts: what a ``main.py`` that holds it does with them."""

from __future__ import annotations

import importlib.abc
import importlib.machinery
import os
import sys
from collections.abc import Mapping
from typing import Any


class Inside(importlib.abc.MetaPathFinder, importlib.abc.ExecutionLoader):
    """Finds and loads the modules that stand in ``files`` (path: text), and gives out the data beside them."""

    def __init__(self, files: Mapping[str, str]) -> None:
        self.files = files

    def find_spec(self, name: str, path: Any = None, target: Any = None) -> importlib.machinery.ModuleSpec | None:
        """The module of that name, None for one that does not stand here."""
        file = self._file(name)
        if file is None:
            return None
        package = file.endswith("/__init__.py")
        spec = importlib.machinery.ModuleSpec(name, self, origin=file, is_package=package)
        spec.has_location = True
        return spec

    def _file(self, name: str) -> str | None:
        folder = name.replace(".", "/")
        return next((file for file in (f"{folder}/__init__.py", f"{folder}.py") if file in self.files), None)

    def get_filename(self, name: str) -> str:
        """The path of a module."""
        file = self._file(name)
        if file is None:
            raise ImportError(f"{name} does not stand in this file", name=name)
        return file

    def get_source(self, name: str) -> str:
        """The text of a module; a traceback shows its lines."""
        return self.files[self.get_filename(name)]

    def get_data(self, path: bytes | str) -> bytes:
        """The text at a path, as its bytes."""
        try:
            return self.files[os.fsdecode(path).replace(os.sep, "/")].encode()
        except KeyError:
            raise FileNotFoundError(2, "does not stand in this file", path) from None


def use(files: Mapping[str, str]) -> None:
    """Makes the modules in ``files`` importable, in place of what an earlier run of the same file left of them."""
    packages = {path.partition("/")[0] for path in files}
    for name in [name for name in sys.modules if name.partition(".")[0] in packages]:
        del sys.modules[name]
    others = [finder for finder in sys.meta_path if type(finder).__name__ != Inside.__name__]
    sys.meta_path[:] = [Inside(files), *others]
