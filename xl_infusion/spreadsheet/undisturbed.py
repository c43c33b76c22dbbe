"""Long work on many rows without the garbage collector, which would walk them all again and again for nothing."""

from __future__ import annotations

import contextlib
import gc
import threading
from collections.abc import Iterator
from dataclasses import dataclass

#: A full collection is due when that many times the objects of the largest work were made since the last one: it takes
#: a fifth of the time of such a work.
_TIMES = 4
#: And not before that part of the objects that there are was made: a collection walks all of them, also those of the
#: program beside us. It is Python's own rule for full collections.
_PART = 4


@dataclass(slots=True)
class _Made:
    """How many objects works have left: since the last full collection, and the largest of them; how many there were
    after that collection."""

    since: int = 0
    most: int = 0
    held: int = 0


@dataclass(slots=True)
class _Works:
    """How many works run now, in whatever threads; before the first of them: whether the collector ran, its count."""

    now: int = 0
    ran: bool = False
    before: int = 0


_MADE = _Made()
_WORKS = _Works()
_LOCK = threading.RLock()


@contextlib.contextmanager
def undisturbed() -> Iterator[None]:
    """No garbage collection meanwhile; after the last of several works it is as it was before the first of them.

    The time of a work then grows in proportion to the rows.

    >>> import gc
    >>> with undisturbed():
    ...     gc.isenabled()
    False
    >>> gc.isenabled()
    True
    """
    _begin()
    try:
        yield
    finally:
        _end()


def _begin() -> None:
    with _LOCK:
        if not _WORKS.now:
            _WORKS.ran = gc.isenabled()
            _WORKS.before = gc.get_count()[0]
            gc.disable()
        _WORKS.now += 1


def _end() -> None:
    with _LOCK:
        _WORKS.now -= 1
        if _WORKS.ran and not _WORKS.now:
            _collected(gc.get_count()[0] - _WORKS.before)
            gc.enable()


def _collected(made: int) -> None:
    """What was made is old already: else the next allocation would walk all of it at once.

    So the collector never sees it grow, and would not look at it again in a long day: every few works we do.
    """
    _MADE.since += made
    _MADE.most = max(_MADE.most, made)
    if _MADE.since > max(_TIMES * _MADE.most, _MADE.held // _PART):
        _MADE.since = 0
        gc.collect()
        _MADE.held = len(gc.get_objects())
    elif not gc.get_freeze_count():
        gc.freeze()
        gc.unfreeze()
