"""End code that does not end: an exception is raised in the thread that runs it."""

import ctypes
import threading
from collections.abc import Iterator
from contextlib import contextmanager

_AGAIN = 0.05
"""Seconds between two tries: a bare `except:` in a loop swallows one."""


class TooLongError(BaseException):
    """Code ran longer than it may; no `except Exception` hides it."""


@contextmanager
def time_limit(seconds: float) -> Iterator[None]:
    """Raise TooLongError in this thread when the block is not done in time.

    A single call into C, such as `time.sleep`, is waited for. The exception reaches the block's
    own code alone: it is switched off before this function gives way.

    Examples
    --------
    >>> with time_limit(0.01):
    ...     while True:
    ...         pass
    Traceback (most recent call last):
    ...
    schema_lab.autogenerate.time_limit.TooLongError
    """
    done, here = threading.Event(), threading.get_ident()
    watch = threading.Thread(target=_watch, args=(here, done, seconds), daemon=True)
    watch.start()
    try:
        yield
    finally:
        _end(watch, done, here)


def _watch(thread: int, done: threading.Event, seconds: float) -> None:
    while not done.wait(seconds):
        _raise_in(thread, TooLongError)
        seconds = _AGAIN


def _end(watch: threading.Thread, done: threading.Event, thread: int) -> None:
    """Stop the watch; what it raised at the last moment is dropped."""
    while True:
        try:
            done.set()
            watch.join()
            _raise_in(thread, None)
        except TooLongError:
            continue
        return


def _raise_in(thread: int, exception: type[BaseException] | None) -> None:
    error = ctypes.py_object(exception) if exception is not None else None
    ctypes.pythonapi.PyThreadState_SetAsyncExc(ctypes.c_ulong(thread), error)
