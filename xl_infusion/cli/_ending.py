"""How a command ends that is not let finish: by a signal, or by an output that takes no more text.

Either is an exception that passes through everything, so that whatever was begun is tidied up on the way.
"""

from __future__ import annotations

import contextlib
import errno
import io
import os
import signal
import sys
from collections.abc import Callable, Iterator
from types import FrameType
from typing import IO, Any

from xl_infusion.cli.exits import NO_FILE, READER_GONE

#: The signals that ask a process to end: Ctrl+C, kill, the terminal closed.
_ENDING = [getattr(signal, name) for name in ("SIGINT", "SIGTERM", "SIGHUP") if hasattr(signal, name)]


class Ended(BaseException):
    """A signal asked for the end. ``number``: which."""

    def __init__(self, number: int) -> None:
        super().__init__(number)
        self.number = number


class OutputLost(BaseException):
    """Standard output takes no more text. ``why``: what the system says."""

    def __init__(self, why: OSError) -> None:
        super().__init__(str(why))
        self.why = why


class _Watched(io.TextIOWrapper):
    """Standard output whose failure is no failure of a workbook: `OutputLost`, once, in place of OSError."""

    _gone = False

    def write(self, text: str) -> int:
        try:
            return super().write(text)
        except OSError as error:
            self._lose(error)
            return len(text)

    def flush(self) -> None:
        try:
            super().flush()
        except OSError as error:
            self._lose(error)

    def _lose(self, error: OSError) -> None:
        if not self._gone:
            self._gone = True
            raise OutputLost(error) from None


class _Forgiving(io.TextIOWrapper):
    """Standard error: where it takes no text, the exit status still says what happened."""

    def write(self, text: str) -> int:
        with contextlib.suppress(OSError):
            return super().write(text)
        return len(text)

    def flush(self) -> None:
        with contextlib.suppress(OSError):
            super().flush()


class _Closed(io.RawIOBase):
    """A stream that was closed before the command began."""

    def writable(self) -> bool:
        return True

    def write(self, data: Any) -> int:
        raise OSError(errno.EBADF, "it is closed")


def run(command: Callable[[], None]) -> None:
    """Runs a command to its end, whichever that is; gives or leaves the exit status that goes with it."""
    _prepare()
    try:
        with _signals_raise():
            try:
                command()
            finally:
                sys.stdout.flush()
    except Ended as ended:
        _end_by(ended.number)
    except OutputLost as lost:
        _discard()
        if lost.why.errno == errno.EPIPE:
            sys.exit(READER_GONE)
        print(
            f"xl-infusion: what was to be shown is lost, the output cannot be written ({lost.why.strerror}); --quiet "
            "shows nothing",
            file=sys.stderr,
        )
        sys.exit(NO_FILE)


def _prepare() -> None:
    """Makes the standard streams such that printing to them cannot end in a traceback.

    A letter that a terminal does not have is shown as ``?``. Where a stream is closed its number is taken, so that no
    workbook gets it and with it what is printed.
    """
    with contextlib.suppress(OSError):
        while (handle := os.open(os.devnull, os.O_RDWR)) <= 2:
            pass
        os.close(handle)
    out: IO[Any] | None = sys.stdout
    if out is None:
        sys.stdout = _Watched(io.BufferedWriter(_Closed()), encoding="utf-8")
    elif isinstance(out, io.TextIOWrapper):
        encoding, buffered = out.encoding, out.line_buffering
        sys.stdout = _Watched(out.detach(), encoding=encoding, errors="replace", line_buffering=buffered)
    errors: IO[Any] | None = sys.stderr
    if errors is None:
        sys.stderr = _Forgiving(io.BufferedWriter(_Closed()), encoding="utf-8")
    elif isinstance(errors, io.TextIOWrapper):
        encoding = errors.encoding
        sys.stderr = _Forgiving(errors.detach(), encoding=encoding, errors="replace", line_buffering=True)


@contextlib.contextmanager
def _signals_raise() -> Iterator[None]:
    """Has the signals that ask for the end raise `Ended`; one that was ignored (by nohup) stays ignored."""

    def ended(number: int, _: FrameType | None) -> None:
        signal.signal(number, signal.SIG_DFL)  # who asks twice does not want to wait
        raise Ended(number)

    before = {number: signal.getsignal(number) for number in _ENDING}
    for number, handler in before.items():
        if handler != signal.SIG_IGN:
            signal.signal(number, ended)
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _end_by(number: int) -> None:
    """Ends the process as the signal would have: whoever started it sees by what it ended (a shell: 128 and it)."""
    if sys.platform != "win32":
        signal.signal(number, signal.SIG_DFL)
        os.kill(os.getpid(), number)
    sys.exit(128 + number)


def _discard() -> None:
    """Lets go of what is still to be written, which Python would try again at its end."""
    handle = os.open(os.devnull, os.O_WRONLY)
    os.dup2(handle, 1)
    os.close(handle)
