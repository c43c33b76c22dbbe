"""Long work on many rows without the garbage collector, which would walk them all again and again for nothing."""

from __future__ import annotations

import contextlib
import gc
from collections.abc import Iterator


@contextlib.contextmanager
def undisturbed() -> Iterator[None]:
    """No garbage collection meanwhile; afterwards it is as it was. The time then grows in proportion to the rows.

    >>> import gc
    >>> with undisturbed():
    ...     gc.isenabled()
    False
    >>> gc.isenabled()
    True
    """
    running = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if running:
            if not gc.get_freeze_count():
                # what was made is old already: else the next allocation would walk all of it at once
                gc.freeze()
                gc.unfreeze()
            gc.enable()
