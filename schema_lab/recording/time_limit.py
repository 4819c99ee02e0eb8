"""End code that does not end: an exception is raised in the thread that runs it."""

import ctypes
import threading
from collections.abc import Callable
from queue import Empty, SimpleQueue
from typing import TypeVar

T = TypeVar("T")

_AGAIN = 0.05
"""Seconds between two attempts: a bare `except:` in a loop swallows one exception."""


class TooLongError(BaseException):
    """Code ran longer than it may; no `except Exception` hides it."""


def within(seconds: float, work: Callable[[], T]) -> T:
    """Call `work`, and raise TooLongError in it when it does not return in time.

    A single call into C, such as `time.sleep`, is waited for. The exception reaches `work` alone:
    none is pending when this function returns. This is a function and not a context manager,
    because an exception could arrive in a context manager's `__exit__` before its first line.

    Examples
    --------
    >>> within(10, lambda: "done")
    'done'
    >>> def endless():
    ...     while True:
    ...         pass
    >>> within(0.01, endless)
    Traceback (most recent call last):
    ...
    schema_lab.recording.time_limit.TooLongError
    """
    here, done, raised = threading.get_ident(), SimpleQueue[None](), threading.Event()
    watch = threading.Thread(target=_watch, args=(here, done, raised, seconds), daemon=True)
    try:
        watch.start()
        return work()
    finally:
        joined = False
        while True:
            try:
                done.put(None)
                watch.join()
                joined = True
                if raised.is_set():
                    # One may be pending. Clearing it would hang a traced thread on Python 3.11,
                    # so this one takes its place, and the loop ends when it arrives.
                    _raise_in(here)
                    while True:
                        pass
                break
            except TooLongError:
                if joined:
                    break


def _watch(thread: int, done: SimpleQueue[None], raised: threading.Event, seconds: float) -> None:
    while True:
        try:
            done.get(timeout=seconds)
        except Empty:
            raised.set()
            _raise_in(thread)
            seconds = _AGAIN
        else:
            return


def _raise_in(thread: int) -> None:
    """Raise TooLongError in a thread; never NULL, which 3.11 signals but never takes back.

    https://docs.python.org/3/c-api/init.html#c.PyThreadState_SetAsyncExc
    """
    error = ctypes.py_object(TooLongError)
    ctypes.pythonapi.PyThreadState_SetAsyncExc(ctypes.c_ulong(thread), error)
